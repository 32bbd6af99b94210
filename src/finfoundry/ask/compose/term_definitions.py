"""What an answer says of the institution's own terms by which it was read: formulas, norms, what takes the place of a usual meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from finfoundry.ask.compose.sentences import templates
from finfoundry.ask.lexicon.own_vocabulary import in_words, name_of
from finfoundry.ask.lexicon.vocabulary import Vocabulary
from finfoundry.core.answer import Language, TermUsed
from finfoundry.governance.own_terms import OwnTerm


def told(terms: Iterable[TermUsed], found: Vocabulary, language: Language, norm: str = "") -> list[str]:
    """A sentence for each formula and each phrase that the institution redefined; and one for the norm of this name, by which is judged."""
    texts = [text for term in terms for text in (definition(term, found, language), _norm(term, language) if term.name == norm else "")]
    return [text for text in texts if text]


def definition(term: TermUsed, found: Vocabulary, language: Language) -> str:
    """What a term is, and that it takes the place of the usual meaning where it does; "" where its name says it."""
    words = templates()[language]
    if term.kind == "formula":
        title, formula = term.said or name_of(term.name, found, language), in_words(term.means, found, language)
        return words["own_redefined" if term.replaces else "own_formula"].format(title=title, formula=formula)
    if not term.replaces:
        return ""
    meaning = in_words(term.means, found, language) if term.means.isidentifier() else term.means
    return words["own_meaning"].format(title=term.said, meaning=meaning)


def other_norms(norms: Sequence[OwnTerm], language: Language) -> list[str]:
    """That other levels are set for what was judged, each with its term: one sentence, none where there are none."""
    if not norms:
        return []
    words = templates()[language]
    named = words["join"].join(f"{one.entry.name} ({one.entry.norm:f})" for one in norms)
    return [words["own_norms_beside"].format(norms=named)]


def _norm(term: TermUsed, language: Language) -> str:
    key = "own_norm_of" if term.approved else "own_norm_tried"
    return templates()[language][key].format(name=term.name, version=term.version, day=term.approved)
