"""TAT-QA by ``table-rules``: the given table by rows, columns and a calculator first; what it does not clearly hold is read by the
model, which copies words, or writes the calculation whose value is computed here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from finfoundry.binding import evaluate
from finfoundry.core.errors import InputError
from finfoundry.core.protocols import Engine, JsonSchema, Message, Request
from finfoundry.core.tasks import load_task
from finfoundry.evals.rows import Item, Reply, Solver
from finfoundry.evals.suites.tasks import task_suite
from finfoundry.evals.systems.table_rules.given_table import YEAR, GivenTable, figure
from finfoundry.evals.systems.table_rules.question import TableAnswer, answer, computes, words

TOKENS = 160
TOGETHER = 1.5  # how much longer a reason's stretch of text may be than its parts
_REASON = re.compile(r"^\W*(?:why|how)\b|\b(?:due to|led to|reasons?|caused?|drove|driven|attributable)\b", re.IGNORECASE)
ROOM = 3000  # characters of text in a prompt
SCHEMA: JsonSchema = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["words", "calculation", "count"]},
        "answers": {"type": "array", "items": {"type": "string"}, "maxItems": 6},
        "calculation": {"type": "string", "maxLength": 120},
    },
    "required": ["kind", "answers", "calculation"],
    "additionalProperties": False,
}
_COUNTED = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
_SUM = re.compile(r"\b(?:sum|total|combined|altogether)\b", re.IGNORECASE)
_MEAN = re.compile(r"(?<!weighted[- ])\b(?:average|mean)\b", re.IGNORECASE)
_EACH = re.compile(r"\brespectively\b|\beach\b", re.IGNORECASE)
_SIGNS = re.compile(r"(?<=[\d)])\s*[-+*/–]\s*(?=[$€£(]*\d)")  # between two figures
SYSTEM = """You answer questions about a table and a text of an annual report, in JSON.
kind "words": copy the answer word by word from the text or the table: a reason, a definition or a list in full, a figure with its unit; \
one entry for each thing asked for.
kind "calculation": write the arithmetic with the figures as they stand, nothing else: change = later - earlier; percentage change = \
(later - earlier) / earlier * 100; average = (a + b) / 2; share in percent = part / whole * 100; ratio = a / b.
kind "count": list the items that are to be counted; only where the number itself is not printed.
Examples:
Why did rent rise? {"kind":"words","answers":["because two new warehouses were leased in Ohio and prices were adjusted to inflation"],\
"calculation":""}
How is net debt defined? {"kind":"words","answers":["total borrowings less cash and cash equivalents"],"calculation":""}
How much was paid for Acme? {"kind":"words","answers":["$3.4 million"],"calculation":""}
What were sales in 2012 and 2011 respectively? {"kind":"words","answers":["$1,204","$1,133"],"calculation":""}
What is the change in rent from 2011 to 2012? {"kind":"calculation","answers":[],"calculation":"88.2 - 81.4"}
What is rent as a percentage of sales in 2012? {"kind":"calculation","answers":[],"calculation":"88.2 / 1204 * 100"}
How many kinds of leases are there? {"kind":"count","answers":["operating leases","finance leases"],"calculation":""}"""


def questions(data: Path) -> list[Item]:
    """The task's items, each with the kind of answer and where it is found. Raises InputError."""
    return [replace(item, kind=f"{item.meta['answer_type']} from {item.meta['answer_from']}") for item in _TASK.items(data)]


_TASK = task_suite(load_task("tatqa"))
SUITE = replace(_TASK, items=questions, system="table", sample=300)


def solver(engine: Engine) -> Solver:
    """Rules over the table first, then one call of the model."""

    def solve(item: Item) -> Reply:
        row = item.meta["row"]
        question = row.fields["question"]
        table = GivenTable.read(item.meta["table"], " ".join(item.meta["paragraphs"]))
        found = answer(question, table)
        grid, paragraphs = item.meta["table"], item.meta["paragraphs"]
        if found is not None and not _elsewhere(question, found, grid, paragraphs):
            return Reply(
                _said(found.answers, found.scale), reason=f"table: {found.how or 'row and columns'}", confidence=min(1.0, found.sure)
            )
        text = near(question, paragraphs)
        asked = f"Table:\n{row.fields['table']}\n\nText:\n{text}\n\nQuestion: {question}"
        said = engine.chat(Request((Message("system", SYSTEM), Message("user", asked)), schema=schema_of(question), max_tokens=TOKENS))
        return Reply(
            read(question, said.text, table, paragraphs),
            reason=_how(said.text),
            prompt_tokens=said.prompt_tokens,
            completion_tokens=said.completion_tokens,
        )

    return solve


def schema_of(question: str) -> JsonSchema:
    """The answer's shape: a count only where one is asked for, a calculation only where the words ask for one."""
    kinds = ["words"] + ["calculation"] * computes(question) + ["count"] * bool(_COUNTED.search(question))
    return {**SCHEMA, "properties": {**SCHEMA["properties"], "kind": {"enum": kinds}}}


def _elsewhere(question: str, found: TableAnswer, grid: Sequence[Sequence[str]], paragraphs: Sequence[str]) -> bool:
    """Whether the question is about something that the text states and the table does not; years of columns are the table's."""
    if YEAR.fullmatch(found.answers[0]):
        return False
    return (named_in_text if found.how else told_in_text)(question, grid, paragraphs)


def named_in_text(question: str, grid: Sequence[Sequence[str]], paragraphs: Sequence[str]) -> bool:
    """Whether the question has a name that the text has and no cell of the table: the table is of something else or of more."""
    names = re.findall(r"(?<!^)(?<![.?!] )\b[A-Z][a-z]{2,}\b", question)
    return any(told_in_text(name, grid, paragraphs) for name in names)


def told_in_text(question: str, grid: Sequence[Sequence[str]], paragraphs: Sequence[str]) -> bool:
    """Whether the question has words that the text has and no cell of the table: a row like it is not what is asked."""
    asked = {word for word in words(question) if not word.isdigit()} - set(words(" ".join(" ".join(row) for row in grid)))
    return bool(asked & {word for one in paragraphs for word in words(one)})


def near(question: str, paragraphs: Sequence[str]) -> str:
    """The paragraphs with most of the question's rarer words while there is room, in their order; one at least."""
    asked = set(words(question))
    spread = Counter(word for one in paragraphs for word in set(words(one)) & asked)
    worth = {number: sum(1 / spread[word] for word in set(words(one)) & asked) for number, one in enumerate(paragraphs)}
    kept, room = set[int](), ROOM
    for number in sorted(worth, key=lambda one: -worth[one]):
        if not kept or len(paragraphs[number]) <= room:
            kept.add(number)
            room -= len(paragraphs[number])
    return "\n".join(paragraphs[number] for number in sorted(kept))


def read(question: str, text: str, table: GivenTable, paragraphs: Sequence[str] = ()) -> str:
    """The answer in the model's JSON; what was cut off is read as far as it goes."""
    try:
        made = json.loads(text)
    except json.JSONDecodeError:
        return "; ".join(re.findall(r'"answers":\s*\["([^"]*)', text))
    answers = [str(one).strip() for one in made["answers"] if str(one).strip()]
    if made["kind"] == "count" and answers:
        return answers[0] if len(answers) == 1 and figure(answers[0]) is not None else str(len(answers))
    if made["kind"] == "calculation" and made["calculation"]:
        value = computed(made["calculation"])
        if value is not None:
            percent = re.search(r"\*\s*100(?![\d.])", made["calculation"]) or re.search("percent", question, re.IGNORECASE)
            ratio = re.search(r"\bratio\b", question, re.IGNORECASE)
            return _said((str(value.quantize(Decimal("0.01"))),), "percent" if percent else "" if ratio else table.scale)
    if (value := _worked_out(question, answers)) is not None:
        return _said((str(value.quantize(Decimal("0.01"))),), table.scale)
    if len(answers) > 1 and _REASON.search(question):
        answers = [_whole(answers, paragraphs) or "; ".join(answers)]
    figures = answers and all(figure(one) is not None and not YEAR.fullmatch(one) for one in answers)
    in_table = figures and all(_printed(one, table) for one in answers)
    return _said(tuple(answers), table.scale if in_table and not any("%" in one for one in answers) else "")


def _worked_out(question: str, answers: Sequence[str]) -> Decimal | None:
    """The value of a calculation that the model wrote down as words, or of the figures that it copied for a sum or a mean."""
    if len(answers) == 1 and _SIGNS.search(answers[0]):
        return computed(answers[0])
    values = [figure(one) for one in answers]
    numbers = [value for value in values if value is not None]
    if len(numbers) < 2 or len(numbers) < len(values) or _EACH.search(question) or any("%" in one for one in answers):
        return None
    if _MEAN.search(question):
        return sum(numbers, Decimal(0)) / len(numbers)
    return sum(numbers, Decimal(0)) if _SUM.search(question) else None


def _whole(answers: Sequence[str], paragraphs: Sequence[str]) -> str | None:
    """The stretch of one paragraph from the first of a reason's parts to the last; None where they are not all in one paragraph."""
    for paragraph in paragraphs:
        places = [paragraph.find(one) for one in answers]
        if -1 not in places:
            stretch = paragraph[min(places) : max(place + len(one) for place, one in zip(places, answers, strict=True))]
            if len(stretch) <= TOGETHER * sum(map(len, answers)):
                return stretch
    return None


def _printed(answer: str, table: GivenTable) -> bool:
    """Whether a figure is a cell of the table, currency signs aside."""
    plain = re.sub(r"[$€£¥\s]", "", answer)
    return any(plain == re.sub(r"[$€£¥\s]", "", cell) for line in table.lines for cell in line.cells.values())


def _how(text: str) -> str:
    """What the model made of the question, as a reason that can be counted."""
    kind, calculation = (re.search(rf'"{name}":\s*"([^"]+)', text) for name in ("kind", "calculation"))
    stated = f"model, {kind[1]}" if kind else "model"
    return f"{stated}: {calculation[1]}" if calculation and kind and kind[1] == "calculation" else stated


def computed(expression: str) -> Decimal | None:
    """The value of an expression over printed figures; None where it is none."""
    plain = re.sub(r"[$€£,%]|(?<=\d)\s*(?:million|thousand|billion)", "", expression).split("=")[0]
    names: dict[str, Decimal] = {}

    def name(match: re.Match[str]) -> str:
        names[f"v{len(names)}"] = Decimal(match[0])
        return f"v{len(names) - 1}"

    try:
        return evaluate(re.sub(r"\d+(?:\.\d+)?", name, plain), names)
    except (InputError, InvalidOperation, ArithmeticError, ValueError):
        return None


def _said(answers: tuple[str, ...], scale: str) -> str:
    return f"{'; '.join(answers)} {scale}".strip()
