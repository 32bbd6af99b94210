"""The learnt planner on wordings of families that it never learned: exact plans, what they come to, seconds; beside the base model's plans.

    FINFOUNDRY_PLANNER=gemma-3-270m+planner python benchmarks/planner.py [--limit N] [--seed S] [--beside MODEL] [--json]

Rows are made as ``finfoundry planner data`` makes them, over a store with a figure for each metric in each year. A plan is carried out
over these figures as it stands, without rules; "agreed" is what several plans of one question come to. ``--beside`` asks another model of
the home by the prompt of the base model (``plan_by_model``), on the same rows.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan import plan_model
from finfoundry.ask.planner.filled_questions import FilledQuestion, Filler
from finfoundry.ask.planner.learnt_plan import ROC, Planner, agreed, write_plans
from finfoundry.ask.planner.wordings import wordings
from finfoundry.ask.planner.written_plan import COMPANY, LETTERS, WrittenPlan, read_written
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.base.llama import own_model, start_engine
from finfoundry.binding import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.errors import FinfoundryError, PlanError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Engine, Request
from finfoundry.machine import read_settings
from finfoundry.release.engine import planner_adapter, planner_engine
from finfoundry.runtime.supervisor import Supervisor

LATEST = 2024  # of the store, for questions that name no year
NAMES = {"en": "Tarn Harbours", "zh": "禾研港务"}
Figures = Mapping[tuple[str, int], Decimal]


@dataclass(slots=True)
class Score:
    """What the plans for the rows were."""

    exact: int = 0
    same: int = 0
    agreed_right: int = 0
    agreed_wrong: int = 0
    seconds: list[float] = field(default_factory=list)


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


def year_of(written: int) -> int:
    return LATEST + written if written <= 0 else written + ROC if written < 200 else written


def values_of(plan: WrittenPlan, figures: Figures) -> frozenset[Decimal] | str | None:
    """What a plan comes to; "open" for an open question, None where a figure is not there."""
    if plan.show == "open":
        return "open"
    try:
        names = {
            f"{LETTERS[place]}{number}": figures[label.casefold(), year_of(year)]
            for place, label in enumerate(plan.metrics) for number, year in enumerate(plan.years, 1)
        }  # fmt: skip
        found = frozenset(evaluate(one, names).quantize(Decimal("1e-9")) for one in plan.compute)
        return plan.show if plan.show == "yes_no" and not found else found
    except (KeyError, FinfoundryError, ArithmeticError):
        return None


def read(text: str, figures: Figures) -> frozenset[Decimal] | str | None:
    try:
        return values_of(read_written(text), figures)
    except PlanError:
        return None


def intent_of(row: FilledQuestion) -> Intent:
    return understand(row.question, EntityNames([]), vocabulary())


def by_planner(planner: Planner, chosen: Sequence[FilledQuestion], seed: int) -> Score:
    score = Score()
    for row in chosen:
        figures, started = figures_for(row, seed), time.perf_counter()
        texts = [one.text for one in write_plans(planner, intent_of(row))]
        score.seconds.append(time.perf_counter() - started)
        truth, found = values_of(row.plan, figures), [read(text, figures) for text in texts]
        score.exact += texts[0] == row.plan.text
        score.same += found[0] == truth
        place = agreed(found)
        score.agreed_right += place is not None and found[place] == truth
        score.agreed_wrong += place is not None and found[place] != truth
        if texts[0] != row.plan.text:
            print(json.dumps({"question": row.question, "want": row.plan.text, "got": texts}, ensure_ascii=False), file=sys.stderr)
    return score


def by_base(engine: Engine, chosen: Sequence[FilledQuestion], seed: int) -> Score:
    """Plans by the prompt of the base model: exact where metrics, years and arithmetic are those of the row."""
    score = Score()
    for row in chosen:
        figures, started = figures_for(row, seed), time.perf_counter()
        request = Request(plan_model.prompt(intent_of(row)), schema=plan_model.SCHEMA, max_tokens=plan_model.PLAN_TOKENS)
        text = engine.chat(request).text
        score.seconds.append(time.perf_counter() - started)
        value = _drawn_value(text, figures)
        score.same += value == values_of(row.plan, figures)
        score.exact += len(row.plan.compute) <= 1 and _drawn_expression(text) == _spelled(row.plan)
    return score


def _drawn_value(text: str, figures: Figures) -> frozenset[Decimal] | str | None:
    try:
        drawn = json.loads(text)
        if drawn["kind"] == "open":
            return "open"
        names = {one["name"]: figures[one["label"].casefold(), one["year"]] for one in drawn["metrics"]}
        return frozenset({evaluate(drawn["expression"], names).quantize(Decimal("1e-9"))})
    except (KeyError, ValueError, FinfoundryError, ArithmeticError):
        return None


def _drawn_expression(text: str) -> str:
    try:
        drawn = json.loads(text)
        if drawn["kind"] == "open":
            return "open"
        return _with_names(drawn["expression"], {one["name"]: f"{one['label'].casefold()} {one['year']}" for one in drawn["metrics"]})
    except (KeyError, ValueError, SyntaxError):
        return ""


def _spelled(plan: WrittenPlan) -> str:
    if plan.show == "open":
        return "open"
    names = {
        f"{LETTERS[place]}{number}": f"{label.casefold()} {year_of(year)}"
        for place, label in enumerate(plan.metrics) for number, year in enumerate(plan.years, 1)
    }  # fmt: skip
    return _with_names(plan.compute[0], names)


def _with_names(expression: str, names: Mapping[str, str]) -> str:
    class Naming(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Constant(names.get(node.id, node.id))

    return ast.unparse(Naming().visit(ast.parse(expression)))


def answered(planner: Planner | None, chosen: Sequence[FilledQuestion], seed: int, name: str) -> dict[str, object]:
    """How many are right, wrong and not answered, asked of the product with its rules over a store with the row's figures."""
    counts = {"right": 0, "wrong": 0, "not answered": 0}
    for row in chosen:
        figures = figures_for(row, seed)
        company = NAMES["en" if row.wording.lang == "en" else "zh"]
        question = row.question.replace(COMPANY["en"], company).replace(COMPANY["zh"], company)
        agent = Agent(None, _store(row, figures, company), MemorySearch(), planner=planner)
        answer, _ = agent.ask(ADMINISTRATOR, question)
        counts[_verdict(answer, values_of(row.plan, figures))] += 1
    return {"asked": name, **counts}


def _store(row: FilledQuestion, figures: Figures, name: str) -> MemoryStore:
    store, language = MemoryStore(), "en" if row.wording.lang == "en" else "zh"
    paper = document("paper", name, latest(row), (), language=language)
    for number, label in enumerate(row.plan.metrics):
        amounts = {year: str(value) for (known, year), value in figures.items() if known == label.casefold()}
        store.add(paper, None, label, amounts, statement=None, scale=1_000_000, table=number)
    return store if row.plan.metrics else _other(store, paper)


def _other(store: MemoryStore, paper: object) -> MemoryStore:
    store.add(paper, None, "Mooring dues", {LATEST: "12", LATEST - 1: "11"}, statement=None, table=1)  # type: ignore[arg-type]
    return store


def _verdict(answer: Answer, truth: frozenset[Decimal] | str | None) -> str:
    """Amounts stand in the store in millions; ratios and days as they are."""
    if answer.status != "answered":
        return "right" if truth == "open" else "not answered"
    if not isinstance(truth, frozenset):
        return "wrong"
    told = {Decimal(str(figure.value)) for figure in answer.figures}
    wanted = [(value, value * 1_000_000, value * 100) for value in truth]
    return "right" if all(any(_near(one, other) for one in told for other in ways) for ways in wanted) else "wrong"


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(abs(one) - abs(other)) <= Decimal("0.006") * max(abs(other), Decimal("0.01"))


def shown(name: str, score: Score, count: int) -> dict[str, object]:
    seconds = sorted(score.seconds)
    return {
        "plans": name, "rows": count, "exact": f"{score.exact / count:.1%}", "same value": f"{score.same / count:.1%}",
        "agreed, right": f"{score.agreed_right / count:.1%}", "agreed, wrong": f"{score.agreed_wrong / count:.1%}",
        "p50 s": round(statistics.median(seconds), 2), "p95 s": round(seconds[int(len(seconds) * 0.95)], 2),
    }  # fmt: skip


def main() -> None:
    """Print a row for each model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--beside", metavar="MODEL")
    parser.add_argument("--asked", action="store_true", help="ask the product too, by rules alone and with the planner")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = read_settings()
    supervisor, chosen, found = Supervisor(settings.home), rows(given.limit, given.seed), []
    if engine := planner_engine(settings, supervisor):
        planner = Planner(engine, planner_adapter(settings))
        write_plans(planner, intent_of(chosen[0]))  # the child has started
        found.append(shown(settings.planner, by_planner(planner, chosen, given.seed), len(chosen)))
        if given.asked:
            found.append(answered(None, chosen, given.seed, "rules alone"))
            found.append(answered(planner, chosen, given.seed, "rules and planner"))
    if given.beside:
        own = settings.model_copy(update={"model": given.beside})
        found.append(shown(given.beside, by_base(start_engine(own, supervisor, own_model(own)), chosen, given.seed), len(chosen)))
    for one in found:
        print(json.dumps(one, ensure_ascii=False) if given.json else "  ".join(f"{key} {value}" for key, value in one.items()))


if __name__ == "__main__":
    main()
