"""The likeliest sentences read beside the question by a tuned encoder: whether each answers it, not only whether it speaks of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from finfoundry.ask.retrieve.evidence_ranking import EvidenceScorer, shipped
from finfoundry.ask.retrieve.quotable import OVER_ROWS, Quotable, items_of
from finfoundry.core.answer import Language
from finfoundry.core.language import language_of, simplified
from finfoundry.core.protocols import PairReader, StatesReader

HEAD = "evidence-pairs"  # the task that the scorer learned
ROWS_HEAD = "row-pairs"  # the same of rows of tables as they would be told, alone or with a sentence
TOLD_HEAD = "told-figures"  # the same of figures as they would be told
QUOTED_HEAD = "quotation-pairs"  # the task that the reader of states learned: whether all that would be quoted holds all that is asked for
READ = 40  # sentences that are read, the likeliest without it: a third of a second on one core
MANY = 24  # of so many the next comes near, whatever the paper
QUESTION = 300  # characters of a question that are read
READ_CHARACTERS: Mapping[Language, int] = {"en": 420, "zh": 170}  # of a sentence
READ_OF_ALL: Mapping[Language, int] = {"en": 1200, "zh": 480}  # of several sentences as one
READ_QUOTED: Mapping[Language, int] = {"en": 900, "zh": 420}  # of all that would be quoted, where states are read
HEADING = 80  # characters of the headings that it stands under, the last
STATE_HEADING, MOST_ITEMS = 100, 12  # where states are read: characters of headings; items of a list
READ_ITEMS: Mapping[Language, int] = {"en": 240, "zh": 100}  # characters of its items
LEAST = 1e-4  # probability
ScorerSource = Callable[[], PairReader | None]  # asked when something is to be ranked
StatesSource = Callable[[], StatesReader | None]


@dataclass(frozen=True, slots=True)
class WordsMeaningAndPairs:
    """The scorer that reads the likeliest by words and meaning beside the question; the others come behind them.

    ``titles``: of documents without a company, by their id.
    """

    first: EvidenceScorer
    pairs: PairReader
    titles: Mapping[str, str]

    def __call__(self, question: str, query: str, found: Sequence[Quotable]) -> list[float]:
        before = [_logit(one) for one in self.first(question, query, found)]
        read = sorted(range(len(found)), key=lambda at: -before[at])[:READ]
        told = pair_scores(self.pairs, question, [(found[at], self.titles.get(found[at].hit.document_id, "")) for at in read])
        worths = dict(zip(read, joined([(before[at], _logit(score)) for at, score in zip(read, told, strict=True)]), strict=True))
        last = min(worths.values(), default=0.0)
        return [worths.get(at, last / (1 + math.exp(-before[at]))) for at in range(len(found))]


def pair_scores(pairs: PairReader, question: str, found: Sequence[tuple[Quotable, str]]) -> list[float]:
    """How likely each answers the question, 0 to 1, by the tuned encoder alone; each with its document's title, which may be empty."""
    asked = simplified(question)[:QUESTION]
    return [float(one) for one in pairs.scores(HEAD, [(asked, pair_text(one.text, (title, *one.above))) for one, title in found])]


def state_text(one: Quotable, title: str) -> str:
    """What can be quoted as the model reads it whose states are read, and as these were taught: a row under what stands over its table,
    a line that leads to a list with its items, under the document's title and the heading, in simplified characters.
    """
    language = language_of(one.text)
    head = " · ".join(dict.fromkeys(part.strip() for part in (title, *one.above) if part.strip()))[-STATE_HEADING:]
    text = one.text[: READ_CHARACTERS[language]]
    if one.form == "row" and one.before:
        text = f"{one.before[-OVER_ROWS:]} / {text}"
    if items := [item.text for item in items_of(one)][:MOST_ITEMS]:
        text = f"{text} {'; '.join(items)}"[: READ_CHARACTERS[language] + READ_ITEMS[language]]
    return simplified(f"{head}: {text}" if head and head not in text else text)


def quoted_text(chosen: Sequence[Quotable], title: str) -> str:
    """All that would be quoted as the model reads it whose states are read, under the headings of the first, in simplified characters."""
    text = " ".join(one.text for one in chosen)
    head = " · ".join(dict.fromkeys(part.strip() for part in (title, *chosen[0].above) if part.strip()))[-STATE_HEADING:]
    return simplified(f"{head}: {text[: READ_QUOTED[language_of(text)]]}")


def whole_score(pairs: PairReader, question: str, chosen: Sequence[Quotable], title: str) -> float:
    """How likely several sentences together answer the question, 0 to 1, read in one piece under the headings of the first."""
    text = pair_text(" ".join(one.text for one in chosen), (title, *chosen[0].above), READ_OF_ALL)
    return float(pairs.scores(HEAD, [(simplified(question)[:QUESTION], text)])[0])


def pair_text(text: str, headings: Sequence[str], most: Mapping[Language, int] = READ_CHARACTERS) -> str:
    """A sentence as the scorer reads it, and as it learned to: under its document's title and its heading, in simplified characters."""
    head = " · ".join(dict.fromkeys(part.strip() for part in headings if part.strip()))[-HEADING:]
    cut = text[: most[language_of(text)]]
    return simplified(f"{head}: {cut}" if head and head not in cut else cut)


def joined(told: Sequence[tuple[float, float]]) -> list[float]:
    """The probability of each by its log-odds by words and meaning, those by the pair, and how far it is ahead of the next by both: of
    sentences that all speak of what is asked, one that answers stands out. A short paper has no next that comes near: what the next
    usually reaches stands for it, the more so where there were few.
    """
    weights = shipped("paired")
    least = weights["next" if len(told) >= MANY else "few"]
    both = [weights["first"] * before + pair for before, pair in told]
    best, second, *_ = [*sorted(both, reverse=True), least]
    ahead = [one - max(second if one == best else best, least) for one in both]
    sure = [weights["bias"] + weights["before"] * before + weights["ahead"] * far for (before, _), far in zip(told, ahead, strict=True)]
    return [1 / (1 + math.exp(-one)) for one in sure]


def _logit(probability: float) -> float:
    held = min(max(probability, LEAST), 1 - LEAST)
    return math.log(held / (1 - held))
