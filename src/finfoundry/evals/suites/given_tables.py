"""Questions that come with a table and its text (TAT-QA, sets with programs): the paper that holds both, an answer in their form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from html import escape
from pathlib import Path

from finfoundry.core.answer import Answer, Figure
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.tasks import SCALES, divided, number, task_suite

NAME = "given.htm"
NEAR, STEP = Decimal("0.001"), Decimal("0.005")  # how far a value may be from a program's: of itself, and where both are shares
VERDICTS = (MEASURES["correct"], MEASURES["wrong"])
_WHICH_YEAR = re.compile(r"\b(?:which|what)\s+(?:fiscal\s+)?(?:years?|periods?)\b", re.IGNORECASE)
_LISTING = re.compile(r"^\D*\b(?:components?|items?|types?|kinds?|categories|elements?|consists?|comprises?)\b\D*$", re.IGNORECASE)
_LEADS = (  # what leads to a table, the surest sign first
    re.compile(r":\s*$"),
    re.compile(r"\(in (?:thousands|millions|billions)\b", re.IGNORECASE),
    re.compile(r"\b(?:tables?|as follows|set(?:s|ting)? forth|following)\b", re.IGNORECASE),
)
_MARKER = re.compile(r"\s*\[\d{1,3}\]")
_FALL = re.compile(r"\bfell\b")
_QUOTED = re.compile(r"^(?:In the words of the papers|(?:A passage|\w+ passages|Passages) of [^“”:]*):\s*|[“”]")
_IN_YEAR = re.compile(r"\bin \d{4} (?=“)")
_PIECES = re.compile(r"(.+?) It stands in: “", re.DOTALL)
_PLAIN = re.compile(r"\bdifference\b", re.IGNORECASE)  # the set gives it without a sign, a change with one
_DIRECTED = re.compile(r"\b(?:change|increase|decrease|percentage difference)\b", re.IGNORECASE)
_EXTREME = re.compile(r"\b(?:highest|lowest) (?:in|at the end of)\b")
_YEAR = re.compile(r"FY(\d{4})")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z])")


def paper(table: Sequence[Sequence[str]], paragraphs: Sequence[str]) -> bytes:
    """The page as HTML. The set does not say where the table stood: it is put behind the paragraph that most likely leads to it."""
    leading = (number for sign in _LEADS for number, text in enumerate(paragraphs, 1) if sign.search(text))
    at = next(leading, min(1, len(paragraphs)))
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table)
    before, after = ("".join(f"<p>{escape(text)}</p>" for text in part) for part in (paragraphs[:at], paragraphs[at:]))
    return f"<html><body>{before}<table>{rows}</table>{after}</body></html>".encode()


def said(question: str, answer: Answer) -> str:
    """What was answered: years where these are asked for, else results where something was computed, else cells, else the words quoted;
    the scale at its end, which is the printed one.
    """
    if _WHICH_YEAR.search(question):
        first = _SENTENCE.split(answer.text)[0]
        if years := _YEAR.findall(first if _EXTREME.search(first) else answer.text):
            return "; ".join(dict.fromkeys(years))
    results = [one for one in answer.figures if one.source == "calculation"] or [one for one in answer.figures if one.source == "cell"]
    if not results:
        plain = _MARKER.sub("", answer.text)
        pieces = _PIECES.match(plain)
        return _QUOTED.sub("", _IN_YEAR.sub("", pieces[1]) if pieces else plain)
    if _LISTING.search(question) and results[0].source == "cell":
        return "; ".join(dict.fromkeys((one.reference.metric or "").rpartition(" > ")[2] for one in results))
    told = [_told(one, "" if _PLAIN.search(question) and not _DIRECTED.search(question) else answer.text) for one in results]
    scales = {scale for _, scale in told}
    scale = scales.pop() if len(scales) == 1 else ""
    return f"{'; '.join(dict.fromkeys(value for value, _ in told))} {scale}".strip()


def _told(figure: Figure, text: str) -> tuple[str, str]:
    """A figure in its printed scale, one that something fell by below zero."""
    sentence = next((one for one in _SENTENCE.split(text) if figure.text in one), "")
    value = Decimal(figure.value)
    if figure.source == "cell" and figure.reference.text:
        by = Decimal(_scale(figure) or 1)
        name = "percent" if by < 1 else next((name for name, one in SCALES.items() if one > 1 and one == by), "")
        return figure.reference.text, "" if "%" in figure.reference.text else name
    if figure.source == "calculation" and value > 0 and _FALL.search(sentence.partition(figure.text)[0]):
        value = -value
    if figure.unit == "ratio":
        return (f"{value * 100:.2f}", "percent") if "%" in figure.text else (f"{value:.2f}", "")
    scale = next((name for name, by in SCALES.items() if by > 1 and by == Decimal(_scale(figure) or 1)), "")
    return f"{value / SCALES[scale]:.2f}", scale


def _scale(figure: Figure) -> str | None:
    operands = figure.reference.operands or {}
    return figure.reference.scale or next((found for one in operands.values() if (found := _scale(one))), None)


# the suites


def questions(data: Path) -> list[Item]:
    """TAT-QA, each item with its part, the kind of answer and where it is found. Raises InputError."""
    return [replace(item, question=item.meta["row"].fields["question"], kind=_kind_of(item)) for item in _TASK.items(data)]


def _kind_of(item: Item) -> str:
    return f"{part_of(item)}: {item.meta['answer_type']} from {item.meta['answer_from']}"


def part_of(item: Item) -> str:
    """Read or blind, by the digest of the table that the item is about."""
    return "blind" if hashlib.sha256(item.group.encode()).digest()[0] % 2 else "read"


def programs(data: Path) -> list[Item]:
    """Questions whose answer is what a program comes to (FinLLMs), over real and over made tables. Raises InputError."""
    found = []
    for name in ("finllms_tatqa_dev", "finllms_table-only_dev"):
        path = data / "en_tableqa" / f"{name}.json"
        if not path.is_file():
            raise InputError(f"there is no {path}", remedy="Give the folder that holds the data with --data")
        for row in json.loads(path.read_text(encoding="utf-8")):
            asked, text = row["qa"], [one.strip() for one in (*row["pre_text"], *row["post_text"])]
            meta = {"table": row["table"], "paragraphs": text, "value": Decimal(str(asked["exe_ans"])), "answer": asked["answer"]}
            found.append(Item(f"{name}/{row['id']}", asked["question"], asked["answer"], name, group=str(row["id"]), meta=meta))
    return found


def judged(item: Item, reply: Reply) -> Judgement:
    """TAT-QA's metric of what was answered; the status of what was not."""
    return _TASK.score(item, reply) if reply.status == "answered" else Judgement(reply.status, 0.0, reply.reason or "")


def computed(item: Item, reply: Reply) -> Judgement:
    """Whether the value is the program's, as it is or in percent, to the digits of the answer."""
    if reply.status != "answered":
        return Judgement(reply.status, 0.0, reply.reason or "")
    said, scale = divided(reply.text)
    value = number(said[0]) if len(said) == 1 else None
    gold = item.meta["value"]
    near = value is not None and any(abs(value * by - gold) <= max(abs(gold) * NEAR, STEP * by) for by in (1, SCALES[scale]))
    return Judgement("correct" if near else "wrong", float(near), "" if near else f"{reply.text} is not {gold}")


_TASK = task_suite(load_task("tatqa"))
TATQA = replace(_TASK, items=questions, score=judged, system="table", sample=300, measures=(*_TASK.measures, *VERDICTS))
PROGRAMS = Suite(
    "table-programs", "questions over a given table whose answer is what a program comes to", "table", programs, computed, VERDICTS, 300
)
