"""FinanceBench questions over a shared store, scored automatically, with a file to read.

    python benchmarks/financebench.py [--data ../shared/data] [--limit N] [--only TEXT] [--out DIR]

Needs a home (FINFOUNDRY_HOME) into which the filings are ingested. A question counts as *correct* when the answer's figures meet the
reference at its printed precision, when yes/no agrees, or when the answer holds the reference's figures and most of its telling words;
as *wrong* when it was answered otherwise; else as withheld, no evidence or clarify. Text verdicts are a help for reading, not a judgement.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from finfoundry.agent.understand import wish_of
from finfoundry.core.answer import Answer
from finfoundry.core.numbers import PrintedNumber, find_numbers

TELLING = 0.6  # share of the reference's telling words that a text answer must hold
_YES = re.compile(r"^\W*(yes|no)\b", re.IGNORECASE)
_UP = re.compile(r"\b(improv\w*|increas\w*|rose|grew|higher|up|accelerat\w*)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(declin\w*|decreas\w*|fell|drop\w*|lower|down|decelerat\w*)\b", re.IGNORECASE)
_USELESS = re.compile(r"\bnot (?:a |an )?(?:measured|useful|relevant|meaningful|applicable)\b", re.IGNORECASE)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "for",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "with",
        "as",
        "by",
        "from",
        "has",
        "have",
        "had",
        "which",
        "who",
        "not",
        "no",
        "yes",
        "company",
        "year",
        "fy",
        "fiscal",
        "there",
        "their",
        "they",
        "than",
        "any",
        "all",
        "also",
        "were",
        "will",
        "would",
        "due",
        "amount",
        "value",
        "around",
        "approximately",
    ]
)


@dataclass(frozen=True, slots=True)
class Score:
    verdict: str  # correct, wrong, withheld, no evidence, clarify, …
    why: str


def score(question: str, gold: str, status: str, text: str) -> Score:
    """The verdict on one answer."""
    if status != "answered":
        return Score(status.replace("_", " "), "")
    plain = re.sub(r"\[\d+\]", "", text)
    if is_number(gold):
        return _number_score(question, gold, plain)
    if _USELESS.search(gold) and _USELESS.search(plain):
        return Score("correct", "not a metric for this company")
    said, meant = _YES.match(plain), _YES.match(gold)
    if meant:
        if said:
            return Score("correct" if said[1].lower() == meant[1].lower() else "wrong", "yes/no")
        return _words_score(gold, plain, "yes/no not said")
    return _words_score(gold, plain, "")


def is_number(gold: str) -> bool:
    """Whether the reference is a bare figure: "$5466.00", "-3.7", "101.5%"."""
    return bool(re.fullmatch(r"\s*-?\$?-?[\d,]+(?:\.\d+)?\s*%?\s*", gold))


def _number_score(question: str, gold: str, text: str) -> Score:
    """The first sentence's figures against the reference, at the precision it is printed with."""
    percent = gold.strip().endswith("%")
    printed = re.sub(r"[$,%\s]", "", gold)
    value = Decimal(printed)
    decimals = len(printed.partition(".")[2].rstrip("0"))
    step = Decimal(1).scaleb(-decimals)
    headline = re.split(r"(?<=[.。])\s+(?=[A-Z])|。", text)[0]
    scales = [Decimal("0.01")] if percent else [Decimal(1), wish_of(question).scale or Decimal(10**6), Decimal("0.01")]
    for number in find_numbers(headline):
        if any(abs(number.value - value * scale) <= step * scale / 2 + _own_half(number) for scale in scales):
            return Score("correct", f"{number.text} is {gold}")
    return Score("wrong", f"no figure of the first sentence is {gold}")


def _own_half(number: PrintedNumber) -> Decimal:
    """Nothing beyond the reference's rounding, but for a last digit that was rounded the other way."""
    return number.step / 100


def _words_score(gold: str, text: str, why: str) -> Score:
    numbers = [number for number in find_numbers(gold) if number.unit != "count" and not re.fullmatch(r"(?:19|20)\d\d", number.text)]
    held = find_numbers(text)
    missing = [n.text for n in numbers if not any(abs(abs(h.value) - abs(n.value)) <= max(n.step, h.step) for h in held)]
    words = [word for word in re.findall(r"[a-z][a-z-]{2,}", gold.lower()) if word not in _STOP]
    found = sum(1 for word in words if word[:5] in text.lower())
    share = found / len(words) if words else 1.0
    ways = {name for name, pattern in (("up", _UP), ("down", _DOWN)) if pattern.search(gold)}
    ours = {name for name, pattern in (("up", _UP), ("down", _DOWN)) if pattern.search(text)}
    note = f"{why} words {share:.0%}, figures missing: {missing}".strip()
    if numbers and len(missing) * 2 < len(numbers) and (not ways or ways & ours):
        return Score("correct", note)
    return Score("correct" if share >= TELLING and len(missing) < max(1, len(numbers)) else "wrong", note)


def ask_all(questions: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Answer, float]]:
    """The answers of the product, one question after the other."""
    from finfoundry.app import open_app

    with open_app() as app:
        done = []
        for item in questions:
            started = time.perf_counter()
            answer = app.ask(app.principal(None), item["question"])
            done.append((item, answer, time.perf_counter() - started))
        return done


def report(results: list[tuple[dict[str, Any], Answer, float]], out: Path) -> None:
    """Print the shares and write the file to read."""
    counts: Counter[str] = Counter()
    metric: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {"facts": [], "passages": []}
    lines = []
    for item, answer, took in results:
        verdict = score(item["question"], item["answer"], answer.status, answer.text)
        counts[verdict.verdict] += 1
        if item.get("question_type") == "metrics-generated":
            metric[verdict.verdict] += 1
        seconds["passages" if "generate" in answer.timings else "facts"].append(took)
        cited = ", ".join(f"{citation.document.name} p.{citation.page}" for citation in answer.citations)
        lines.append(
            f"## {verdict.verdict} · {item['financebench_id']} · {item.get('question_type')} · {took:.1f} s\nQ: {item['question']}\n"
            f"gold: {item['answer']} ({item['doc_name']} p.{[e['evidence_page_num'] + 1 for e in item.get('evidence', [])]})\n"
            f"ours: [{answer.status}] {answer.text}\nreason: {answer.reason} · {verdict.why}\ncited: {cited}\nwarnings: "
            f"{answer.warnings}\n"
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / "financebench.md").write_text("\n".join(lines), encoding="utf-8")
    total = len(results)
    for name, found in (("all", counts), ("metric questions", metric)):
        whole = sum(found.values()) or 1
        print(
            f"{name}: " + ", ".join(f"{verdict} {n} ({n / whole:.0%})" for verdict, n in found.most_common()) + f" of {sum(found.values())}"
        )
    for name, took_all in seconds.items():
        if took_all:
            print(f"median seconds from {name}: {statistics.median(took_all):.2f} (n = {len(took_all)})")
    print(f"{total} questions; read {out / 'financebench.md'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/out"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--only", help="questions whose text or document holds this")
    given = parser.parse_args()
    path = given.data / "en_filings/financebench/questions.jsonl"
    if not path.exists():
        raise SystemExit(f"{path} is not there: give --data")
    questions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if given.only:
        questions = [item for item in questions if given.only.lower() in f"{item['question']} {item['doc_name']}".lower()]
    report(ask_all(questions[: given.limit]), given.out)


if __name__ == "__main__":
    main()
