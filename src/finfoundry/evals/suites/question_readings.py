"""What a reader makes of questions in wordings of families that it never learned: exact readings, what they come to, what it is sure of.

A reply's text is a plan as ``written_text`` writes it; its status is "answered" where the product would act on it. Plans are carried out
over amounts drawn for each metric and year.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry.binding import evaluate
from finfoundry.core.errors import FinfoundryError, InputError
from finfoundry.core.tasks.record_readers import items as records
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply, Scorer
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.safety import pairs

ROWS = "question-readings-unseen.jsonl"  # as ``finfoundry reader data`` writes it
READER_SYSTEM = "reader"
LETTERS = "abcdefgh"  # of the metrics in a plan's expressions
LATEST, BEFORE = 2024, 8  # the year of a plan that names none; years before the latest that have amounts
DRAWS = 12  # sets of amounts over which a yes or no must agree: one may agree by chance
ROC = 1911  # before the first year of the Republic of China's calendar
Values = frozenset[Decimal] | str | None


def written_text(metrics: Sequence[str], years: Sequence[int], compute: Sequence[str], show: str) -> str:
    """A plan as a reply's text, and as the truth of an item."""
    return json.dumps({"metrics": list(metrics), "years": list(years), "compute": list(compute), "show": show}, ensure_ascii=False)


NO_PLAN = written_text((), (), (), "open")  # of a question that asks for no figure


def readings(data: Path) -> list[Item]:
    """The questions of the folder, each with its plan; rows of one wording count as one. Raises InputError for a file that is none."""
    path = data / ROWS
    if not path.is_file():
        raise InputError(f"{path} is not there", remedy=f"Run `finfoundry reader data --out {data}`")
    try:
        return [
            Item(
                f"question/{number}", row["text"],
                written_text(row["metrics"], row["years"], row["compute"], row["show"]), row["family"], row["wording"],
            )
            for number, row in enumerate(records(path), 1)
        ]  # fmt: skip
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} holds no questions with their plans ({error!r})", remedy="Run `finfoundry reader data`") from error


def prompts(data: Path) -> list[Item]:
    """Requests of the safety suites, harmful and harmless: none asks for a figure. They are shipped, and asked beside the questions: raises
    InputError where ``data`` holds none.
    """
    readings(data)
    texts = dict.fromkeys(text for lines in pairs().values() for pair in lines for text in pair)
    return [Item(f"question-safety/{number}", text, NO_PLAN) for number, text in enumerate(texts, 1)]


def values_of(plan: Mapping[str, Any], question: str) -> Values:
    """What a plan comes to over the amounts drawn for a question; of a yes or no the answers over several sets of amounts, as it may be
    decided by other sums; "open" for one that asks for no figure, None where it has no value.
    """
    if plan["show"] == "open":
        return "open"
    try:
        if plan["show"] == "yes_no":
            signs = [tuple(value > 0 for value in _carried_out(plan, f"{draw}/{question}")) for draw in range(DRAWS)]
            return json.dumps(signs)
        return frozenset(value.quantize(Decimal("1e-9")) for value in _carried_out(plan, question))
    except (FinfoundryError, ArithmeticError, IndexError):
        return None


def _carried_out(plan: Mapping[str, Any], drawn: str) -> list[Decimal]:
    names = {
        f"{LETTERS[place]}{number}": _amount(drawn, label, _year(year))
        for place, label in enumerate(plan["metrics"]) for number, year in enumerate(plan["years"], 1)
    }  # fmt: skip
    return [evaluate(one, names) for one in plan["compute"]]


def _amount(question: str, label: str, year: int) -> Decimal:
    return Decimal(random.Random(f"{question}/{label.casefold()}/{year}").randrange(1000, 99999))  # noqa: S311  no secret


def _year(stated: int) -> int:
    return LATEST + stated if stated <= 0 else stated + ROC if stated < 200 else stated


def _compared(item: Item, reply: Reply) -> tuple[bool, bool]:
    """Whether a reply comes to the same, and whether it does so by the metrics that the question names, told as it asks."""
    if not reply.text:
        return False, False
    gold, found = json.loads(item.gold), json.loads(reply.text)
    value = values_of(found, item.question)
    same = value is not None and value == values_of(gold, item.question) and (found["show"] == "yes_no") == (gold["show"] == "yes_no")
    metrics = [{one.casefold() for one in plan["metrics"]} for plan in (gold, found)]
    return same, same and metrics[0] == metrics[1] and found["show"] in (gold["show"], "ratio")


def _exact(item: Item, reply: Reply) -> bool:
    return _compared(item, reply)[1]


def _same(item: Item, reply: Reply) -> bool:
    return _compared(item, reply)[0]


def _unharmful(item: Item, reply: Reply) -> bool:
    """Right, or not acted on."""
    return reply.status != "answered" or _same(item, reply)


def _scorer(right: Callable[[Item, Reply], bool]) -> Scorer:
    def score(item: Item, reply: Reply) -> Judgement:
        found = right(item, reply)
        return Judgement("correct" if found else "wrong", float(found))

    return score


def _suite(name: str, about: str, right: Callable[[Item, Reply], bool], items: Callable[[Path], Sequence[Item]] = readings) -> Suite:
    return Suite(name, about, READER_SYSTEM, items, _scorer(right), (MEASURES["correct"],))


READINGS = _suite("question-readings", "Questions of unseen families read exactly: metrics, years, arithmetic, how it is told.", _exact)
VALUES = _suite("question-values", "Questions of unseen families read to the right value.", _same)
SURE_READINGS = _suite("question-sure", "Questions of unseen families read rightly, or not surely.", _unharmful)
PROMPTS = _suite("question-safety", "Requests, harmful and harmless, that ask for no figure: none is read as a plan.", _unharmful, prompts)
KEPT, SAFETY = (READINGS.name, VALUES.name, SURE_READINGS.name), (PROMPTS.name,)
