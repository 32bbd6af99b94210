"""Every task file as a suite: its test split, asked of a model, scored by its metrics."""

from __future__ import annotations

import dataclasses
import random
import re
import string
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from finfoundry.core.protocols import Engine, JsonSchema, Request
from finfoundry.core.tasks import EntitySpan, Task, rows
from finfoundry.core.tasks import TaskRow as TaskRow
from finfoundry.core.tasks.json_value import json_value
from finfoundry.core.tasks.task import score_of
from finfoundry.evals.measures import MEASURES, normal, rouge_l
from finfoundry.evals.rows import Item, Judgement, Reply, Solver
from finfoundry.evals.run import Suite

HALF = 0.5  # of a score
MARKS = 48  # tokens besides the words under a constraint: quotes, and the blanks that llama.cpp's grammar lets a base model write first


def task_suite(task: Task) -> Suite:
    """The suite of a task: exact duplicates are asked once."""
    return Suite(
        task.name, task.title, "task", lambda data: items(task, data), lambda item, reply: score(task, item, reply),
        tuple(MEASURES[name] for name in task.metrics), sample=60,
    )  # fmt: skip


def items(task: Task, data: Path) -> list[Item]:
    """The rows of the test split. Raises InputError."""
    seen: set[tuple[str, str]] = set()
    found = []
    for row in rows(task, data, "test"):
        question = task.prompt(row)
        if (question, row.target) not in seen:
            seen.add((question, row.target))
            found.append(Item(row.id, question, row.target, row.fields.get("area", ""), row.group, meta={"row": row} | row.meta))
    if task.kind == "match":  # each is looked for among what belongs, or seems to belong, to any
        pool = list(dict.fromkeys(text for item in found for text in (item.gold, *item.meta["negatives"])))
        for item in found:
            item.meta["pool"] = pool
    return found


def task_solver(engine: Engine, task: Task, examples: Sequence[TaskRow] = (), *, adapter: str | None = None) -> Solver:
    """Asks freely first. An answer in another form than asked for is a slip: it is marked, and asked for again, constrained to the form.

    Greedy decoding under a constraint that its free answer already meets gives that answer, so only slips need the second call.
    """

    schema = form(task)
    stop = ("\n",) if schema is not None else tuple(task.stop)  # labels are one line: a base model would go on with the next question

    def solve(item: Item) -> Reply:
        row: TaskRow = item.meta["row"]
        request = Request(task.messages(row, tuple(examples)), max_tokens=task.max_tokens, stop=stop, adapter=adapter, likelihood=True)
        first = engine.chat(request)
        reply = Reply(first.text.strip(), confidence=first.likelihood)
        reply.prompt_tokens, reply.completion_tokens = first.prompt_tokens, first.completion_tokens
        if schema is not None and task.read(reply.text, row.fields.get("text", "")) is None:
            again = engine.chat(dataclasses.replace(request, schema=schema, stop=(), max_tokens=task.max_tokens + MARKS))
            reply.slip, reply.reason = True, reply.text
            reply.text, reply.confidence = unquoted(again.text), again.likelihood
            reply.prompt_tokens, reply.completion_tokens = (
                reply.prompt_tokens + again.prompt_tokens,
                reply.completion_tokens + again.completion_tokens,
            )
        return reply

    return solve


def form(task: Task) -> JsonSchema | None:
    """The constraint of an answer that has labels; None where any text will do."""
    words = list(task.words)
    if task.kind == "choice":
        return {"type": "string", "enum": words}
    if task.kind == "choices":
        return {"type": "array", "items": {"type": "string", "enum": words}, "minItems": 1, "maxItems": 4}
    return None


def unquoted(text: str) -> str:
    """A JSON string or list of strings as the plain words."""
    return " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)) or text.strip(' "')


def shots(task: Task, data: Path, count: int, seed: int = 0) -> tuple[TaskRow, ...]:
    """Examples from the train split, of different answers first, the shorter ones."""
    pool = [row for row in rows(task, data, "train") if len(task.prompt(row)) < 600]
    random.Random(seed).shuffle(pool)  # noqa: S311  a sample, no secret
    by_answer = list({row.target: row for row in pool}.values())
    return tuple([*by_answer, *pool][:count]) if task.split[0] else ()


def score(task: Task, item: Item, reply: Reply) -> Judgement:
    """The judgement by the task's first metric; its other metrics are made of the same labels."""
    if task.metrics[0].startswith("tatqa"):
        return tatqa(item.meta["answer"], item.meta["scale"], reply.text)
    text = item.meta["row"].fields.get("text", "")
    gold, found = task.read(item.gold, text), task.read(reply.text, text)
    if task.kind == "text":
        return _text(task, item.gold, reply.text)
    if task.kind == "score":
        return _scored(float(item.gold), score_of(reply.text.strip()))
    right = found == gold
    return Judgement("correct" if right else "wrong", float(right), "", {}, _labels(gold), _labels(found))


def _text(task: Task, gold: str, text: str) -> Judgement:
    value_of_gold = json_value(gold)
    if value_of_gold is not None:
        same = json_value(text) == value_of_gold
        return Judgement("correct" if same else "wrong", float(same), "" if same else "another value, or no JSON")
    exact = normal(gold).strip(string.punctuation + "。") == normal(text).strip(string.punctuation + "。")
    value = rouge_l(gold, text, characters=task.language == "zh")
    return Judgement("correct" if exact else "wrong", value, f"ROUGE-L {value:.2f}")


def _scored(gold: float, found: float | None) -> Judgement:
    """Right on the same side of one half; the value is 1 less the distance."""
    if found is None:
        return Judgement("wrong", 0.0, "no number from 0 to 1")
    return Judgement("correct" if (found >= HALF) == (gold >= HALF) else "wrong", 1 - abs(found - gold))


def _labels(read: Any) -> list[Any]:
    if read is None:
        return []
    if isinstance(read, str):
        return [read]
    return [[one.start, one.end, one.label] if isinstance(one, EntitySpan) else one for one in read]


# TAT-QA: the official metric (github.com/NExTplusplus/TAT-QA, tatqa_metric.py), written anew from its definition: a number is compared with
# its scale applied, rounded to four places; texts by the bag of words of DROP; an answer of another scale is wrong.

SCALES = {"": Decimal(1), "percent": Decimal("0.01"), "thousand": Decimal(1000), "million": Decimal(10**6), "billion": Decimal(10**9)}
_WORDS = re.compile(r"\b(a|an|the)\b")
_SCALED = re.compile(r"(?:\s*(%)|\s+(thousand|million|billion|percent)s?)$", re.IGNORECASE)
_FIGURE = re.compile(
    r"(?:US\s?)?[$€£¥(\s]*(?P<minus>-?)[$€£¥(\s]*(?P<digits>\d[\d,\s]*(?:\.\d+)?|\.\d+)[)%\s]*(?P<scale>thousand|million|billion)?s?",
    re.IGNORECASE,
)


def tatqa(gold: Any, scale: str, text: str) -> Judgement:
    """Exact match and F1 of one answer; the scale is read from the end of the text."""
    said, own = divided(text)
    golds = [str(one) for one in gold] if isinstance(gold, list) else [str(gold)]
    ours = [_answer(one, own) for one in said]
    truth = [_answer(one, scale) for one in golds]
    if sorted(ours) == sorted(truth):
        return Judgement("correct", 1.0)
    numeric = len(truth) == 1 and number(golds[0]) is not None
    value = 0.0 if numeric else _bags([bag(one) for one in ours], [bag(one) for one in truth])
    return Judgement("wrong", value, f"{' | '.join(ours)} is not {' | '.join(truth)}")


def divided(text: str) -> tuple[list[str], str]:
    """The parts of an answer as written by ``finfoundry.core.tasks`` and the scale at its end."""
    plain = text.strip().rstrip(".")
    match = _SCALED.search(plain)
    parts = [part.strip() for part in re.split(r";\s|\n", plain) if part.strip()] or [""]
    if match is None or any(_SCALED.search(part) for part in parts[:-1]):
        return parts, ""  # each part has its own
    return [*parts[:-1], parts[-1][: -len(match[0])].strip()], "percent" if match[1] else match[2].lower()


def number(text: str) -> Decimal | None:
    """A figure and nothing else, a scale word of its own counted: "$1,496.5", "(12)", "-3.5%", "$46.4 million".

    As the official metric has it, brackets make a figure negative only where no thousands are set apart in them.
    """
    match = _FIGURE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        value = Decimal(re.sub(r"[,\s]", "", match["digits"]))
    except InvalidOperation:
        return None
    negative = bool(match["minus"]) or re.search(r"\([\d.\s]+\)", text) is not None
    return (-value if negative else value) * SCALES[(match["scale"] or "").lower()]


def _answer(text: str, scale: str) -> str:
    """An answer as it is compared: figures with their scale, to four places; words without articles and punctuation."""
    value = number(text)
    if value is None:
        return " ".join(bag(text))
    value = value * SCALES["percent"] if "%" in text else value.quantize(Decimal("0.01")) * SCALES[scale]
    return str(value.quantize(Decimal("0.0001")).normalize())


def bag(text: str) -> list[str]:
    plain = _WORDS.sub(" ", text.lower())
    pieces = (piece if number(piece) is not None else re.sub(r"[^\w]", "", piece) for piece in re.split(r"[\s-]+", plain))
    return [piece for piece in pieces if piece]


def _bags(ours: list[list[str]], truth: list[list[str]]) -> float:
    """The mean F1 of answers put together one to one, greedily, the best first (Dua et al., 2019)."""
    pairs = sorted(((_bag_f1(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(truth)), reverse=True)
    used_a, used_b, total = set[int](), set[int](), 0.0
    for value, i, j in pairs:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            total += value
    return total / max(len(ours), len(truth))


def _bag_f1(ours: list[str], truth: list[str]) -> float:
    one, other = set(ours), set(truth)
    numbers_one, numbers_other = {w for w in one if number(w) is not None}, {w for w in other if number(w) is not None}
    if numbers_other and not numbers_one & numbers_other:
        return 0.0
    both = len(one & other)
    return 2 * both / (len(one) + len(other)) if one and other else 0.0
