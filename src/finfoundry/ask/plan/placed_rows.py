"""A measure of a part of the company by where its row stands: called as the part under a heading that says the measure ("Tarvex" under
"Sales by product"), or as the measure under one that says the part, or its initials (provisions under "ICS Selected Data").

A row is meant where its path and the headings over it say both, and its own label says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from finfoundry.ask.lexicon.definitions import label_name
from finfoundry.ask.lexicon.metric_terms import metrics
from finfoundry.ask.lexicon.ports import StoredFact
from finfoundry.ask.lexicon.vocabulary import Mention, tokens
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.plan.expressions import PlannedExpression
from finfoundry.ask.plan.member_plan import names_of, title_of_part
from finfoundry.ask.plan.rules import Plan, shaped
from finfoundry.ask.plan.unexplained import names_left, unexplained
from finfoundry.ask.understand.intent import Intent
from finfoundry.core.language import has_han, simplified
from finfoundry.core.periods import FiscalYear

ABOVE = 1  # headings over a table that count, the last: a section is of more than one thing
LEAST = 2  # characters of a Chinese name of a part


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A figure with the words of its label, and the text of what it stands under: the headings over its table, the path of its label."""

    stored: StoredFact
    label: frozenset[str]
    heads: str

    @property
    def words(self) -> frozenset[str]:
        return self.label | _words(self.heads)

    @property
    def text(self) -> str:
        return f"{self.heads} {self.stored.fact.metric[-1]}"


def placed(rows: Iterable[StoredFact], above: Callable[[StoredFact], Sequence[str]]) -> list[PlacedRow]:
    """Amounts of tables with what they stand under; ``above``: the headings over a table, outermost first."""
    found = []
    for stored in rows:
        if not stored.structured and stored.fact.unit != "ratio":
            heads = simplified(" · ".join((*above(stored)[-ABOVE:], *stored.fact.metric[:-1])))
            found.append(PlacedRow(stored, _words(stored.fact.metric[-1]), heads))
    return found


def plan_by_place(
    intent: Intent, rows: Sequence[PlacedRow], calendar: FiscalYear, metric: Mention, prints: Callable[[str], bool]
) -> Plan | None:
    """The plan over the rows that are meant; None where there are none, or where a word of the question stays that no row says and that can
    change what is asked. ``prints``: whether a line of the company has a word.
    """
    part = None if intent.definitions else _part(intent, rows, prints)
    if not part:
        return None
    concepts = metrics()[metric.name].concepts if metric.name in metrics() else ()
    said = [simplified(phrase) for phrase in names_of(metric, intent.language)]
    meant = [row for row in rows if _says_part(row, part) and _says_measure(row, part, said, concepts, intent, metric)]
    meant = [row for row in meant if _is_called(row, part)] or meant  # under a heading of a part may stand the whole, too
    fewest = min((len(row.stored.fact.dimensions) for row in meant), default=0)  # no region of a product
    found = tuple(row.stored for row in meant if len(row.stored.fact.dimensions) == fewest)
    label = f"{' '.join(part)} {metric.text}"
    name = label_name(label)
    item = PlannedExpression(title_of_part(intent, _called(part, found, intent), metric), name, None)
    made = shaped(intent, [item], spans_of(intent, calendar), {name: label}, "label") if found else None
    return replace(made, rows={name: found}) if made else None


def _part(intent: Intent, rows: Sequence[PlacedRow], prints: Callable[[str], bool]) -> list[str]:
    """The words of the part that a question names; empty where it names none, or more than that. Beside a part and a measure that are both
    found, a word that no line of the company has says nothing, unless it is a name, a number or limits what is asked.
    """
    if intent.language == "zh":
        return _part_zh(intent, rows)
    words = [word for word in unexplained(intent) if word not in word_list("kinds_of_parts") | word_list("whole")]
    known = frozenset[str]().union(*(row.words for row in rows))
    initials = {found for row in rows for found in re.findall(r"\b[A-Z]{2,}\b", row.heads)}
    part = [word for word in words if word in known or _initials(words) in initials]
    limiting = {*names_left(intent), *word_list("qualifiers"), *word_list("limits"), *word_list("bases")}
    rest = [word for word in words if word not in part]
    return [] if any(word in limiting or prints(word) for word in rest) or set(part) & word_list("limits") else part


def _part_zh(intent: Intent, rows: Sequence[PlacedRow]) -> list[str]:
    """The longest piece of the one run of characters that is left which a row or a heading has, where the rest of it is a kind of part."""
    left = unexplained(intent)
    if len(left) != 1:
        return []
    run, texts = left[0], [simplified(row.text) for row in rows]
    pieces = sorted((run[a:b] for a, b in combinations(range(len(run) + 1), 2) if b - a >= LEAST), key=len, reverse=True)
    idle = word_list("kinds_of_parts")
    fits = (piece for piece in pieces if all(token.text in idle for token in tokens(run.replace(piece, " "))))
    return [held for held in fits if any(held in text for text in texts)][:1]


def _is_called(row: PlacedRow, part: Sequence[str]) -> bool:
    """Whether the path of a row says the part, not its headings alone."""
    path = " ".join(row.stored.fact.metric)
    return part[0] in simplified(path) if has_han(part[0]) else set(part) <= _words(path)


def _says_part(row: PlacedRow, part: Sequence[str]) -> bool:
    if has_han(part[0]):
        return part[0] in simplified(row.text)
    return set(part) <= row.words or _initials(part) in re.findall(r"\b[A-Z]{2,}\b", row.heads)


def _says_measure(
    row: PlacedRow, part: Sequence[str], said: Sequence[str], concepts: Sequence[str], intent: Intent, metric: Mention
) -> bool:
    """Whether the label says the measure, or the part and the headings the measure alone; the label nothing else than the two."""
    idle = word_list("whole") | word_list("untelling") | word_list("neutral") | word_list("kinds_of_parts") | word_list("empty")
    own = row.label - idle
    label = simplified(row.stored.fact.metric[-1])
    if row.stored.fact.concept in concepts or any(_words(phrase) - idle == own or phrase == label for phrase in said if own):
        return True
    if not (own <= _words(intent.question) or (has_han(part[0]) and part[0] in label and len(label) <= len(part[0]) + LEAST)):
        return False
    others = {found.name for found in intent.vocabulary.find(row.heads)} - {metric.name}
    return not others and any(phrase in row.heads if has_han(phrase) else _words(phrase) <= _words(row.heads) for phrase in said)


def _called(part: Sequence[str], rows: Sequence[StoredFact], intent: Intent) -> str:
    """The part as a row is called that is called so; else in the words of the question."""
    labels = (label for stored in rows for label in stored.fact.metric[::-1])
    printed = next((label.strip() for label in labels if set(part) <= _words(label) <= _words(intent.question)), None)
    said = (intent.core[word.start : word.end] for word in tokens(intent.core) if word.text in part)
    return printed or (part[0] if has_han(part[0]) else " ".join(said))


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words).upper() if len(words) > 1 else ""


def _words(text: str) -> frozenset[str]:
    return frozenset(token.text for token in tokens(simplified(text)))
