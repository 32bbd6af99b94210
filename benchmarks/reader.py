"""The learnt reader on wordings of families that it never learned: exact readings, what they come to, milliseconds; the product with it.

    FINFOUNDRY_READER=shipped python benchmarks/reader.py [--limit N] [--seed S] [--asked] [--show] [--json]

Rows are made as ``finfoundry reader data`` makes them, over a store with a figure for each metric in each year; they are read by the
question alone, and as the product reads, with the labels of the store (of all rows together). A plan is carried out over
these figures as it stands, without rules. Rows are kept by how sure the reader is; ``--asked`` asks the product of the same rows, by rules
alone and with the reader.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.spans import span_of
from finfoundry.ask.reader.learnt_plan import years_to_plan
from finfoundry.ask.reader.learnt_reading import SURE, read_question, written
from finfoundry.ask.reader.written_plan import COMPANY, LETTERS, WrittenPlan
from finfoundry.ask.understand.intent import understand
from finfoundry.ask.understand.question_text import in_full
from finfoundry.base.question_reader import question_reader
from finfoundry.binding import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, ModelError, PlanError
from finfoundry.core.periods import CALENDAR_YEAR, find_periods
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import TextReader
from finfoundry.evals.rows import Item, Reply
from finfoundry.evals.suites.question_readings import READINGS, VALUES, written_text
from finfoundry.machine import read_settings
from finfoundry.usecases.readers.filled_questions import FilledQuestion, Filler
from finfoundry.usecases.readers.wordings import wordings
from measures import carried_out

LATEST = 2024  # of the store, for questions that name no year
ROC = 1911  # before the first year of the Republic of China's calendar
NAMES = {"en": "Tarn Harbours", "zh": "禾研港务"}
Figures = Mapping[tuple[str, int], Decimal]


@dataclass(frozen=True, slots=True)
class Scored:
    """One row: whether metrics and results are right, only the results, and how sure the reader was."""

    row: FilledQuestion
    got: WrittenPlan | None
    exact: bool
    same: bool
    sure: float
    seconds: float


def rows(limit: int, seed: int) -> list[FilledQuestion]:
    """Fillings of wordings that are held out, each wording once before any comes twice."""
    unseen = [one for one in wordings() if one.unseen]
    random.Random(seed).shuffle(unseen)
    filler = Filler(seed)
    return [filler.fill(unseen[place % len(unseen)], 1000 + place // len(unseen)) for place in range(limit)]


def figures_for(row: FilledQuestion, seed: int) -> Figures:
    """An amount for each metric of the row in each year about it."""
    draw = random.Random(f"{seed}/{row.question}")
    return {
        (label.casefold(), year): Decimal(draw.randrange(1000, 99999))
        for label in row.plan.metrics
        for year in range(latest(row) - 4, latest(row) + 1)
    }


def latest(row: FilledQuestion) -> int:
    return max((year_of(year) for year in row.plan.years), default=LATEST)


def year_of(written_year: int) -> int:
    return LATEST + written_year if written_year <= 0 else written_year + ROC if written_year < 200 else written_year


def value_in_store(plan: WrittenPlan, figures: Figures) -> frozenset[Decimal] | str | None:
    """What a plan comes to over the store of its question; "open" for an open question, None where a figure is not there."""
    if plan.show == "open":
        return "open"
    try:
        names = {
            f"{LETTERS[place]}{number}": figures[label.casefold(), year_of(year)]
            for place, label in enumerate(plan.metrics) for number, year in enumerate(plan.years, 1)
        }  # fmt: skip
        return frozenset(evaluate(one, names).quantize(Decimal("1e-9")) for one in plan.compute)
    except (KeyError, FinfoundryError, ArithmeticError):
        return None


def scored(reader: TextReader, row: FilledQuestion, labels: Sequence[str] = ()) -> Scored:
    """``labels`` are those of the store."""
    question = in_full(row.question)  # as the product asks it
    known = [label for label in labels if label.casefold() in question.casefold()]
    started = time.perf_counter()
    reading = read_question(reader, question, known)
    seconds = time.perf_counter() - started
    try:
        got = written(reading, question, _years(question, reading.metrics)) if reading else OPEN
    except PlanError:
        got = None
    item, reply = Item("", row.question, _told(row.plan)), Reply(_told(got) if got else "")
    same, exact = VALUES.score(item, reply).verdict == "correct", READINGS.score(item, reply).verdict == "correct"
    return Scored(row, got, exact, same, reading.sure if reading else 1.0, seconds)


OPEN = WrittenPlan((), (), (), "open")


def _told(plan: WrittenPlan) -> str:
    return written_text(plan.metrics, plan.years, plan.compute, plan.show)


def _years(question: str, metrics: Sequence[str]) -> list[int]:
    return years_to_plan(understand(question, EntityNames([]), vocabulary()), metrics, CALENDAR_YEAR)


def summary(name: str, found: Sequence[Scored]) -> Iterator[dict[str, object]]:
    count, seconds = len(found), sorted(one.seconds for one in found)
    yield {
        "read": name, "rows": count,
        "exact": f"{sum(one.exact for one in found) / count:.1%}", "same value": f"{sum(one.same for one in found) / count:.1%}",
        "p50 ms": round(1000 * statistics.median(seconds), 1), "p95 ms": round(1000 * seconds[int(count * 0.95)], 1),
    }  # fmt: skip
    for bar in (0.5, SURE, 0.9, 0.95):
        kept = [one for one in found if one.sure >= bar]
        yield {
            "sure": bar,
            "kept": f"{len(kept) / count:.1%}",
            "same value of these": f"{sum(one.same for one in kept) / max(len(kept), 1):.1%}",
        }


def storable(row: FilledQuestion) -> bool:
    """Whether a store of amounts by year can hold what the row is about: no quarters, no ratios by their names."""
    terms = (vocabulary().exact(label) for label in row.plan.metrics)
    spans = [span_of(found, CALENDAR_YEAR) for found in find_periods(in_full(row.question), fiscal_year_end=CALENDAR_YEAR)]
    yearly = all(span is None or span.months == 12 for span in spans)
    return yearly and not any(term and term.formula for term in terms) and not any(_RATE.search(label) for label in row.plan.metrics)


_RATE = re.compile(r"\b(?:ratio|rate|margin|yield|cover)\b|[率比]$|占比", re.IGNORECASE)


def answered(reader: TextReader | None, chosen: Sequence[FilledQuestion], seed: int, name: str) -> dict[str, object]:
    """How many are right, wrong and not answered, asked of the product with its rules over a store with the row's figures."""
    counts = {"right": 0, "wrong": 0, "not answered": 0}
    for row in chosen:
        figures = figures_for(row, seed)
        company = NAMES["en" if row.wording.lang == "en" else "zh"]
        named = "".join([row.question[:start] + company + row.question[end:] for start, end in row.names] or [row.question])
        question = named.replace(COMPANY["en"], company).replace(COMPANY["zh"], company)
        agent = Agent(None, _store(row, figures, company), MemorySearch(), reader=lambda: reader)
        answer, _ = agent.ask(ADMINISTRATOR, question)
        counts[verdict(row, answer, figures)] += 1
    return {"asked": name, **counts}


def _store(row: FilledQuestion, figures: Figures, name: str) -> MemoryStore:
    store, language = MemoryStore(), "en" if row.wording.lang == "en" else "zh"
    paper = document("paper", name, latest(row), (), language=language)
    for number, label in enumerate(row.plan.metrics):
        amounts = {year: str(value) for (known, year), value in figures.items() if known == label.casefold()}
        mention = vocabulary().exact(label)  # a statement's own line bears its concept
        concept = mention.name if mention and not mention.formula else None
        store.add(paper, concept, label, amounts, statement=None, scale=1_000_000, table=number)
    return store if row.plan.metrics else _other(store, paper)


def _other(store: MemoryStore, paper: object) -> MemoryStore:
    store.add(paper, None, "Mooring dues", {LATEST: "12", LATEST - 1: "11"}, statement=None, table=1)  # type: ignore[arg-type]
    return store


def verdict(row: FilledQuestion, answer: Answer, figures: Figures) -> str:
    """Amounts stand in the store in millions; ratios and days as they are. Of a yes or no only that counts."""
    truth = value_in_store(row.plan, figures)
    if row.plan.show == "yes_no" and answer.status == "answered" and isinstance(truth, frozenset):
        return "right" if answer.text.startswith(("Yes", "是") if min(truth) > 0 else ("No", "否")) else "wrong"
    if answer.status != "answered":
        return "right" if truth == "open" else "not answered"
    if not isinstance(truth, frozenset):
        return "wrong"
    told = {Decimal(str(figure.value)) for figure in answer.figures}
    wanted = [(value, value * 1_000_000, value * 100) for value in truth]
    return "right" if all(any(_near(one, other) for one in told for other in ways) for ways in wanted) else "wrong"


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(abs(one) - abs(other)) <= Decimal("0.006") * max(abs(other), Decimal("0.01"))


def main() -> None:
    """Print what the reader reaches."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--asked", action="store_true", help="ask the product too, by rules alone and with the reader")
    parser.add_argument("--show", action="store_true", help="each row that is not read rightly")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reader = question_reader(read_settings())
    if reader is None:
        raise ModelError("there is no reader here", remedy="Run `finfoundry pull multilingual-e5-small`")
    chosen = rows(given.limit, given.seed)
    read_question(reader, chosen[0].question)  # it is loaded
    labels = sorted({label for row in chosen for label in row.plan.metrics})
    alone, measured = ([scored(reader, row, known) for row in chosen] for known in ((), labels))
    for one in measured if given.show else ():
        if not one.same:
            print(
                f"{one.sure:.2f} {one.row.wording.family}: {one.row.question}\n   want {one.row.plan}\n   got  {one.got}", file=sys.stderr
            )
    found = [*summary("by the question alone", alone), *summary("with the labels of the store", measured)]
    if given.asked:
        asked = [row for row in chosen if storable(row)]
        found += [answered(None, asked, given.seed, "rules alone"), answered(reader, asked, given.seed, "rules and reader")]
    for line in found:
        print(json.dumps(line, ensure_ascii=False) if given.json else "  ".join(f"{key} {value}" for key, value in line.items()))


if __name__ == "__main__":
    carried_out(main)
