"""FinanceBench (Islam et al., 2023): questions over filings, asked of one store of all of them, or of the one document each is about.

A bare figure is right at the precision of its reference, with its sign, in the scale that the question asks for; every other reference is
judged by what a person wrote down for it (``data/financebench.yaml``). A question of another set, without such facts, is judged by the
figures and the content words of its reference: good for reading, not for a verdict, and the row says so.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from finfoundry.core.errors import InputError
from finfoundry.core.quantities.numbers import find_numbers
from finfoundry.evals.judging import TrueFigure, Truth, judge, required
from finfoundry.evals.judging.periods import years_of
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.numeric import asked_scale, is_figure
from finfoundry.evals.rows import Item, Judgement, Reply, TruePage
from finfoundry.evals.run import Suite

FOLDER = "en_filings/financebench"
TELLING = 0.6  # share of a reference's words that an answer without written facts must hold
USUAL = Decimal(10**6)  # in which amounts are asked for where the question names no scale
_DAYS = re.compile(r"\bdays\b|cash conversion cycle|\b(?:CCC|DPO|DSO|DIO)\b", re.IGNORECASE)
_GROWTH = re.compile(r"\bgrowth rate\b|\bCAGR\b|\bchange\b", re.IGNORECASE)
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the a an of in on at for to and or is are was were be been it its this that these those with as by from has have had which who "
        "not no yes company year fy fiscal there their they than any all also will would due amount value around approximately",
    )
)


def items(data: Path) -> list[Item]:
    """One item a question. Raises InputError where the set is not there."""
    source = data / FOLDER / "questions.jsonl"
    if not source.exists():
        raise InputError(f"{source} is not there", remedy="Give the folder that holds it with --data")
    places = {path.stem: path.relative_to(data).as_posix() for path in (data / FOLDER).rglob("*.pdf")}
    return [_item(json.loads(line), places) for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]


def _item(line: dict[str, object], places: dict[str, str]) -> Item:
    found: list[dict[str, str]] = line.get("evidence") or []  # type: ignore[assignment]
    pages = [(one.get("doc_name", line["doc_name"]), int(one["evidence_page_num"]) + 1) for one in found]
    evidence = tuple(TruePage(places[str(name)], page) for name, page in dict.fromkeys(pages) if name in places)
    kind = str(line.get("question_type") or "").replace("-", " ")
    name, question, gold, document = (str(line[key]) for key in ("financebench_id", "question", "answer", "doc_name"))
    meta = {"document": line["doc_name"], "pages": pages, "truth": truth(name, question, gold, document)}
    return Item(name, question, gold, kind, evidence=evidence, meta=meta)


def truth(name: str, question: str, gold: str, document: str) -> Truth | None:
    """The truth in a bare figure, or in the facts that a person wrote; None where there are none."""
    known = Truth((document.partition("_20")[0].replace("_", " "),), years=years_of(question), money_scale=asked_scale(question))
    if is_figure(gold):
        return replace(known, figures=(figure(question, gold),))
    return required.truth_of(_facts()[name], replace(known, years=())) if name in _facts() else None


def figure(question: str, gold: str) -> TrueFigure:
    """A bare reference, known to its last printed digit; "$5466.00" counts in the scale that the question asks for."""
    printed = re.sub(r"[$€£¥,%\s]", "", gold)
    step = Decimal(1).scaleb(-len(printed.partition(".")[2].rstrip("0")))
    change = bool(_GROWTH.search(question))
    if gold.strip().endswith("%"):
        return TrueFigure(Decimal(printed) / 100, step / 100, "percent", change=change, known=step / 100)
    scale = asked_scale(question) or (USUAL if "$" in gold else None)
    if scale:
        return TrueFigure(Decimal(printed) * scale, step * scale, "money", "USD", known=step * scale)
    return TrueFigure(Decimal(printed), step, "days" if _DAYS.search(question) else "either", known=step)


def documents(data: Path) -> list[Path]:
    """The filings that a home must hold."""
    return sorted((data / FOLDER).rglob("*.pdf"))


@cache
def _facts() -> dict[str, list[required.Fact]]:
    return required.facts_of("financebench")


def score(item: Item, reply: Reply) -> Judgement:
    """The verdict on one answer."""
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    wanted: Truth | None = item.meta.get("truth")
    return judge(wanted, item.question, reply.text) if wanted else _by_words(item.gold, reply.text)


def _by_words(gold: str, text: str) -> Judgement:
    held = find_numbers(text)
    numbers = [number for number in find_numbers(gold) if not re.fullmatch(r"(?:19|20)\d\d", number.text)]
    missing = [n.text for n in numbers if not any(abs(abs(h.value) - abs(n.value)) <= max(n.step, h.step) for h in held)]
    words = [word for word in re.findall(r"[a-z][a-z-]{2,}", gold.lower()) if word not in _STOP]
    share = sum(word[:5] in text.lower() for word in words) / len(words) if words else 1.0
    right = share >= TELLING and len(missing) * 2 <= len(numbers)
    return Judgement("correct" if right else "wrong", share, f"no facts written: {share:.0%} of the words, figures missing: {missing}")


SHARED: Suite = Suite(
    "financebench", "FinanceBench: one store over all filings.", "answer", items, score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), documents=documents,
)  # fmt: skip
SINGLE: Suite = replace(
    SHARED, name="financebench-single", about="FinanceBench: each question over its own document.", system="answer-one", own_document=True
)
