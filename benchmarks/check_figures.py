"""Do the figures of published answers stand where their citations say? An independent check: it shares no code with the product.

    python benchmarks/check_figures.py ANSWERS.jsonl PDF_FOLDER [--show 20] [--json]

Each line of ANSWERS is an answer as ``finfoundry ask --batch`` writes it. For each figure the cited PDF is opened at its page and box with
pypdfium2; the cited text must stand there, the value must be the printed number times the scale, calculations are computed again, and the
value must round to what the answer prints. Figures of sources without a PDF are counted apart.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from measures import carried_out

DIGITS = 50  # of calculations
Json = dict[str, Any]


# ---- numbers, read anew

WORDS = {
    "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "mn": 6, "mm": 6, "bn": 9, "tn": 12, "m": 6, "k": 3, "b": 9,
    "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    value: Decimal
    step: Decimal
    scaled: bool  # the text itself names a scale or a percent


def read_number(text: str) -> Read | None:
    """The first number of a text with its own scale words and sign; Chinese numerals are not read."""
    flat = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("—", "-").replace("，", ",")
    if re.fullmatch(r"[\s$€£¥]*-+[\s%)]*", flat):
        return Read(Decimal(0), Decimal(0), False)
    match = re.search(r"\d[\d,]*(?:\.\d+)?|\.\d+", flat)
    if not match:
        return None
    digits = match[0].rstrip(",").replace(",", "")
    before, after = flat[: match.start()], flat[match.end() :]
    negative = bool(re.search(r"[-(△▲]\s*[^\d(]*$|负$|minus\s*$", before)) or bool(re.match(r"\s*-\s*$", after))
    exponent, scaled = _exponent(after)
    value = Decimal(digits).scaleb(exponent)
    return Read(-value if negative else value, Decimal(1).scaleb(exponent - len(digits.partition(".")[2])), scaled)


def _exponent(after: str) -> tuple[int, bool]:
    rest = after.strip().lstrip(")").strip().lstrip("-").strip()
    if re.match(r"%|percent|per cent|个?百分点|pct|percentage points?", rest):
        return -2, True
    if re.match(r"‰", rest):
        return -3, True
    if re.match(r"bps?\b|basis|个?基点", rest):
        return -4, True
    words = sorted(WORDS, key=len, reverse=True)
    match = re.match("|".join(f"{word}(?![a-z])" if word.isascii() else word for word in words), rest.lower())
    match = match or re.match(r"\(in (thousand|million|billion)s\)", rest.lower())
    return (WORDS[match[1] if match.lastindex else match[0]], True) if match else (0, False)


# ---- arithmetic, computed anew

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/(),]))")
FUNCTIONS = {
    "abs": lambda args: abs(args[0]),
    "min": min,
    "max": max,
    "sum": lambda args: sum(args, Decimal(0)),
    "mean": lambda args: sum(args, Decimal(0)) / len(args),
    "avg": lambda args: sum(args, Decimal(0)) / len(args),
    "average": lambda args: sum(args, Decimal(0)) / len(args),
    "sqrt": lambda args: args[0].sqrt(),
}


class Arithmetic:
    """A recursive-descent calculator over Decimal."""

    def __init__(self, text: str, names: dict[str, Decimal]) -> None:
        self.tokens: list[str] = []
        position, text = 0, text.replace("^", "**").replace("×", "*").replace("÷", "/").strip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                raise ValueError(f"unreadable at {text[position:]!r}")
            self.tokens.append(match[0].strip())
            position = match.end()
        self.names, self.at = names, 0

    def compute(self) -> Decimal:
        value = self._sum()
        if self.at != len(self.tokens):
            raise ValueError(f"left over: {self.tokens[self.at :]}")
        return value

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _sum(self) -> Decimal:
        value = self._product()
        while self._peek() in ("+", "-"):
            value = value + self._product() if self._take() == "+" else value - self._product()
        return value

    def _product(self) -> Decimal:
        value = self._unary()
        while self._peek() in ("*", "/"):
            value = value * self._unary() if self._take() == "*" else value / self._unary()
        return value

    def _unary(self) -> Decimal:
        if self._peek() in ("+", "-"):
            return self._unary() if self._take() == "+" else -self._unary()
        base = self._atom()
        if self._peek() == "**":
            self._take()
            return base ** self._unary()
        return base

    def _atom(self) -> Decimal:
        token = self._take()
        if token == "(":
            value = self._sum()
            if self._take() != ")":
                raise ValueError("a bracket is not closed")
            return value
        if token[0].isdigit():
            return Decimal(token)
        if self._peek() == "(" and token in FUNCTIONS:
            self._take()
            arguments = [self._sum()]
            while self._peek() == ",":
                self._take()
                arguments.append(self._sum())
            self._take()
            return Decimal(FUNCTIONS[token](arguments))  # type: ignore[operator]
        return self.names[token]


# ---- pages


class Library:
    """The PDFs of a folder by name."""

    def __init__(self, folder: Path) -> None:
        self.paths = {path.name: path for path in folder.rglob("*") if path.suffix.lower() == ".pdf"}
        self._open: dict[str, pypdfium2.PdfDocument] = {}

    def text(self, name: str, page: int, box: list[float] | None) -> str | None:
        """What stands in the box of a page (the whole page without one); None when there is no such PDF or page."""
        path = self.paths.get(name) or self.paths.get(f"{name}.pdf")
        if path is None:
            return None
        if name not in self._open:
            self._open[name] = pypdfium2.PdfDocument(path)
        document = self._open[name]
        if not 1 <= page <= len(document):
            return None
        return _text(document[page - 1], box)


def _text(page: pypdfium2.PdfPage, box: list[float] | None) -> str:
    text = page.get_textpage()
    if box is None:
        return str(text.get_text_range())
    corners = [_to_page(page, x, y) for x, y in ((box[0] - 1, box[1] - 1), (box[2] + 1, box[3] + 1))]
    left, right = sorted(x for x, _ in corners)
    bottom, top = sorted(y for _, y in corners)
    return str(text.get_text_bounded(left=left, bottom=bottom, right=right, top=top))


def _to_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """From points from the top left of the page as displayed to the page's own coordinates (rotation and crop undone)."""
    fine, (width, height) = 100, page.get_size()
    page_x, page_y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDF_DeviceToPage(page.raw, 0, 0, int(width * fine), int(height * fine), 0, int(x * fine), int(y * fine), page_x, page_y)
    return page_x.value, page_y.value


@lru_cache(maxsize=100_000)
def squeezed(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("—", "-")
    return re.sub(r"[\s\u0002\ufffe\u00ad]+", "", flat).lower()


# ---- the check


@dataclass
class Outcome:
    confirmed: int = 0
    failed: int = 0
    apart: Counter[str] = field(default_factory=Counter)  # not checkable here, by source
    failures: list[Json] = field(default_factory=list)

    def add(self, fault: str | None, answer: Json, figure: Json) -> None:
        if fault is None:
            self.confirmed += 1
        elif fault.startswith("~"):
            self.apart[fault[1:]] += 1
        else:
            self.failed += 1
            self.failures.append({"question_id": answer.get("question_id"), "text": figure.get("text"), "fault": fault})


def check(answers: Iterator[Json], library: Library) -> Outcome:
    outcome = Outcome()
    for answer in answers:
        if answer.get("status") != "answered":
            continue
        citations = {citation["marker"]: citation for citation in answer.get("citations", [])}
        for figure in answer.get("figures", []):
            with localcontext(prec=DIGITS):
                fault = check_figure(figure, citations, library, answer.get("question"))
                if fault is None or fault.startswith("~"):
                    fault = check_print(figure) or fault
            outcome.add(fault, answer, figure)
    return outcome


def check_print(figure: Json) -> str | None:
    """The figure as the answer prints it must be its value, rounded."""
    read = read_number(figure["text"])
    if read is None:
        return None
    value = Decimal(figure["value"])
    if min(abs(value - read.value), abs(abs(value) - abs(read.value))) > read.step:
        return f"printed {figure['text']!r} is not the value {figure['value']} rounded"
    return None


def check_figure(figure: Json, citations: dict[int, Json], library: Library, question: str | None) -> str | None:
    """None when confirmed, "~why" when it cannot be checked here, else what is wrong."""
    source, reference = figure.get("source"), figure.get("reference") or {}
    if source in ("cell", "span"):
        return check_place(figure, reference, citations, library)
    if source == "calculation":
        return check_calculation(figure, reference, citations, library, question)
    if source == "question":
        if question is None:
            return "~question"
        return None if squeezed(reference.get("text") or "?") in squeezed(question) else "the question does not hold it"
    return f"~{source}"


def check_place(figure: Json, reference: Json, citations: dict[int, Json], library: Library) -> str | None:
    citation = citations.get(reference.get("citation") or 0)
    if citation is None:
        return f"citation {reference.get('citation')} is not there"
    text = reference.get("text")
    if not text:
        return "the reference has no text"
    found = library.text(citation["document"]["name"], citation["page"], citation.get("box"))
    if found is None:
        return "~no such PDF" if not citation["document"]["name"].lower().endswith(".pdf") else "the PDF or page is not there"
    if squeezed(text).strip("()$¥€") not in squeezed(found):
        return f"{text!r} does not stand at page {citation['page']} {citation.get('box')}: {found[:80]!r}"
    return check_value(figure, text, Decimal(reference.get("scale") or 1))


def check_value(figure: Json, text: str, scale: Decimal) -> str | None:
    read = read_number(text)
    if read is None:
        return None if not re.search(r"\d", text) else f"{text!r} is no number"
    expected = read.value if read.scaled else read.value * scale
    value = Decimal(figure["value"])
    if value in (expected, read.value * scale) or (figure.get("source") == "span" and abs(value) == abs(expected)):
        return None
    return f"value {value} is not {text!r} x {scale}"


def check_calculation(figure: Json, reference: Json, citations: dict[int, Json], library: Library, question: str | None) -> str | None:
    operands: dict[str, Json] = reference.get("operands") or {}
    apart = None
    for name, operand in operands.items():
        fault = check_figure(operand, citations, library, question)
        if fault and not fault.startswith("~"):
            return f"operand {name}: {fault}"
        apart = apart or fault
    try:
        value = Arithmetic(reference["expression"], {name: Decimal(operand["value"]) for name, operand in operands.items()}).compute()
    except (ValueError, KeyError, InvalidOperation, ArithmeticError) as error:
        return f"{reference.get('expression')!r} cannot be computed: {error}"
    stated = Decimal(figure["value"])
    if abs(value - stated) > abs(value) * Decimal("1e-9") + Decimal("1e-12"):
        return f"{reference['expression']} is {value:.12g}, not {stated:.12g}"
    return apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with arguments.answers.open(encoding="utf-8") as lines:
        outcome = check((json.loads(line) for line in lines if line.strip()), Library(arguments.folder))
    checked = outcome.confirmed + outcome.failed
    if arguments.json:
        print(json.dumps({"confirmed": outcome.confirmed, "failed": outcome.failed, "apart": outcome.apart, "failures": outcome.failures}))
        return
    share = f"{outcome.confirmed / checked:.2%}" if checked else "none"
    print(f"{checked} figures checked, confirmed {outcome.confirmed} ({share}); apart: {dict(outcome.apart) or 'none'}")
    for failure in outcome.failures[: arguments.show]:
        print(f"  {failure['question_id']}: {failure['text']!r}: {failure['fault']}")


if __name__ == "__main__":
    carried_out(main)
