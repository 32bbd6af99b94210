"""What a corpus is made of, before it is learned: languages, duplicates, broken rules, personal data, harms, contamination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.train.corpus_rules import RULES
from finfoundry.train.data.duplicates import SeenTexts
from finfoundry.train.data.manifest import language_of
from finfoundry.train.data.plain_documents import CorpusDocument

EXAMPLES = 3  # ids of texts that a row of the report names
NEAR = 0.8  # Jaccard similarity from which two texts are nearly the same


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """How many texts break a rule, and which, the first few by their ids."""

    rule: str
    says: str
    source: str
    texts: int
    share: float
    examples: list[str]


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """Of one corpus. ``personal`` counts findings by kind, ``harms`` texts by label, None where no tagger looked; ``contamination`` the
    texts that are, exactly or nearly, a row on which a task reports. ``clean`` texts break no rule and repeat none.
    """

    corpus: str
    licence: str
    texts: int
    characters: int
    languages: dict[str, int]
    duplicates: int
    near_duplicates: int
    rules: list[RuleFinding]
    personal: dict[str, int]
    harms: dict[str, int] | None
    contamination: dict[str, dict[str, int]] = field(default_factory=dict)
    clean: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What looks at texts besides the rules: ``personal`` gives kinds, ``harms`` labels; ``reported`` are rows on which a task reports."""

    personal: Callable[[str], Sequence[str]]
    harms: Callable[[str], Sequence[str]] | None = None
    reported: Mapping[str, Fingerprints] = field(default_factory=dict)


def corpus_report(name: str, licence: str, documents: Iterable[CorpusDocument], look: Look) -> CorpusReport:
    """Look at every text once."""
    languages, personal, harms, broken = Counter[str](), Counter[str](), Counter[str](), dict[str, list[str]]()
    contamination: dict[str, Counter[str]] = {}
    seen, texts, characters, same, near, clean = SeenTexts(NEAR), 0, 0, 0, 0, 0
    for one in documents:
        texts, characters = texts + 1, characters + len(one.text)
        languages[language_of(one.text)] += 1
        personal.update(look.personal(one.text))
        harms.update(look.harms(one.text) if look.harms else ())
        rules = [rule.name for rule in RULES if rule.breaks(one.text)]
        for rule in rules:
            broken.setdefault(rule, []).append(one.id)
        repeated, alike = bool(seen.same(one.text)), seen.like(one.text)
        same, near, clean = same + repeated, near + (alike and not repeated), clean + (not rules and not alike)
        seen.add(one.text)
        for task, prints in look.reported.items():
            if known := prints.knows(one.text):
                contamination.setdefault(task, Counter())[known] += 1
    found = [
        RuleFinding(rule.name, rule.says, rule.source, len(ids), round(len(ids) / max(1, texts), 4), ids[:EXAMPLES])
        for rule in RULES for ids in [broken.get(rule.name, [])]
    ]  # fmt: skip
    told = {task: dict(counts) for task, counts in sorted(contamination.items())}
    harmful = dict(harms) if look.harms else None
    return CorpusReport(name, licence, texts, characters, dict(languages), same, near, found, dict(personal), harmful, told, clean)
