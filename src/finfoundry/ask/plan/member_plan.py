"""A metric of a part of the company that its documents name: a segment, a product, a region, as a row, a heading or a column calls it.

Which words name the part is read from the labels that this store holds, not from the wording of the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import Mention, Token, tokens
from finfoundry.ask.lexicon.word_lists import word_list, word_pairs
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.dimension import asked_for
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.rules import Plan, shaped
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.answer import Language
from finfoundry.core.formulas import formulas
from finfoundry.core.language import language_of, simplified
from finfoundry.core.periods import FiscalYear

PHRASES = 6  # names of a metric under which it is looked for
LONGEST = 8  # words, or Chinese characters, between two words of one name
_TIES = frozenset({"of", "and", "the", "for", "in"})


def names_asked(intent: Intent) -> list[str]:
    """The runs of words that nothing explains, each of which may hold the name of a part."""
    runs: list[tuple[int, int]] = []
    for word in sorted(intent.left, key=lambda word: word.start):
        between = intent.masked[runs[-1][1] : word.start] if runs else ""
        if runs and len(between) <= LONGEST and all(token.text in _TIES for token in tokens(between)):
            runs[-1] = (runs[-1][0], word.end)
        else:
            runs.append((word.start, word.end))
    return [intent.masked[start:end] for start, end in runs]


def plans_by_member(intent: Intent, rows: Iterable[StoredFact], calendar: FiscalYear, metric: Mention) -> Iterator[Plan]:
    """Plans for the part that the question names and each name of a metric; none where a word stays that can change the meaning.

    Whether a fact bears both is for the caller to see.
    """
    rows = list(rows)
    member = None if intent.definitions else _member(intent, rows)
    if member is None:
        return
    known = {token.text for token in tokens(member)} | word_list("kinds_of_parts")
    rest = tuple(word for word in intent.left if not _explained(word, member, known))
    if unexplained(replace(intent, left=rest)):
        return
    made = list(_of_phrases(intent, calendar, metric, member, _heading(intent, rows, member)))
    yield from (replace(plan, exact=True) for plan in made)  # before a line that says more than the metric: "Sales to wholesale customers"
    yield from made


def _of_phrases(intent: Intent, calendar: FiscalYear, metric: Mention, member: str, heading: str) -> Iterator[Plan]:
    """A plan for each name of the metric: of the part, or what share of the whole it is."""
    shared = asked_for(intent).relation == "share"
    for phrase in names_of(metric, language_of(member))[:PHRASES]:
        in_order = (heading, member, phrase) if language_of(member) == "zh" else (phrase, member, heading)  # of a line of that language
        label = " ".join(part for part in in_order if part)
        name = label_name(label)
        whole = not shared and simplified(member).lower().endswith(simplified(metric.text).lower())  # 商品销货收入 of 销货收入
        item = PlannedExpression(member if whole else title_of_part(intent, member, metric, shared=shared), name, None)
        if shared:
            item = replace(item, expression=f"{name} / {metric.name}", show="percent")
        made = shaped(intent, [item], spans_of(intent, calendar), {name: label}, "label")
        if made is not None:
            yield made


def title_of_part(intent: Intent, part: str, metric: Mention, *, shared: bool = False) -> str:
    """What a metric of a part is called: as in the question where the part stands right behind it, "net income attributable to owners"."""
    behind = f"{metric.text} {part}"
    return behind if behind in intent.core and not shared else _TITLES[intent.language, shared].format(part, metric.text)


_TITLES = {
    ("en", False): "{} {}", ("zh", False): "{}{}", ("en", True): "{} as a share of {}", ("zh", True): "{}占{}的比例"
}  # fmt: skip


def _explained(word: Token, member: str, known: set[str] | frozenset[str]) -> bool:
    """Whether a word belongs to a part: 华东市场 to 华东, since a market is a kind of part."""
    return all(token.text in known for token in tokens(simplified(word.text).replace(simplified(member), " ")))


def names_of(metric: Mention, language: Language) -> list[str]:
    """The metric as the question calls it, then its other names of a language."""
    library, known = formulas(), metrics().get(metric.name)
    names = (*library[metric.name].en, *library[metric.name].zh) if metric.name in library else known.say if known else ()
    return list(dict.fromkeys([metric.text, *(phrase for phrase in names if language_of(phrase) == language)]))


def _member(intent: Intent, rows: Iterable[StoredFact]) -> str | None:
    """The longest name of a row, heading or column that the question has word for word, with a word that nothing else explains."""
    asked = [token.text for token in tokens(simplified(intent.masked))]
    left = {token.text for word in intent.left for token in tokens(word.text)} - word_list("kinds_of_parts")
    found: dict[str, int] = {}
    for part in dict.fromkeys(part for stored in rows for part in _parts(stored)):
        own = [token.text for token in tokens(part)]
        if own and left & set(own) and len(own) > found.get(part, 0) and _within(own, asked):
            found[part] = len(own)
    return max(found, key=lambda part: found[part], default=None)


def _heading(intent: Intent, rows: Iterable[StoredFact], member: str) -> str:
    """Which division of the company a part is one of, where the question says it: 按行业分 asks for 染料 under 分行业, not under 分产品."""
    asked = simplified(intent.masked)
    above = {simplified(part) for stored in rows if member in _parts(stored) for part in stored.fact.metric[:-1]}
    kinds = word_list("kinds_of_parts")
    bare = ((part, part.lstrip("分按")) for part in above)
    named = [
        part for part, kind in bare
        if len(kind) > 1 and all(token.text in kinds for token in tokens(kind))
        and any(name in asked for name in (kind, *(said for usual, said in word_pairs("divisions_zh") if usual == kind)))
    ]  # fmt: skip
    return named[0] if len(named) == 1 else ""


def _parts(stored: StoredFact) -> Sequence[str]:
    return () if stored.structured else (*stored.fact.metric, *(member for _, member in stored.fact.dimensions))


def _within(own: Sequence[str], words: Sequence[str]) -> bool:
    return any(list(words[place : place + len(own)]) == list(own) for place in range(len(words) - len(own) + 1))
