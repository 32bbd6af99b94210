"""Whether a text states a figure: at the precision in which the reference is printed, in the scale that the question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.numbers import PrintedNumber, find_numbers

_BARE = re.compile(r"\s*-?[$€£¥]?-?[\d,]+(?:\.\d+)?\s*%?\s*")
_ASKED = re.compile(
    r"\bin\s+(?:units?\s+of\s+)?(?:usd|us\$|u\.?s\.?\s+dollars?|\$|dollars?|rmb|cny|eur)?\s*(thousand|million|billion)s?\b"
    r"|(?:以|单位[:：为是]?|多少|几|用)\s*(百万|万|亿|千)元?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reference figure: right are numbers within half a ``step`` of ``value`` in one of the ``scales``."""

    value: Decimal
    step: Decimal
    scales: tuple[Decimal, ...]

    def met_by(self, number: PrintedNumber) -> bool:
        """Beside the reference's own rounding only a last digit rounded the other way is allowed."""
        return any(abs(number.value - self.value * scale) <= self.step * abs(scale) / 2 + number.step / 100 for scale in self.scales)

    def stated_in(self, text: str) -> str | None:
        """The number that states it, as printed; None where none does."""
        return next((number.text for number in find_numbers(text) if self.met_by(number)), None)


def is_figure(gold: str) -> bool:
    """Whether a reference is a bare figure: "$5466.00", "-3.7", "101.5%"."""
    return bool(_BARE.fullmatch(gold))


def wanted(question: str, gold: str, usual: Decimal = Decimal(10**6)) -> Wanted:
    """The figure of a bare reference. Without % it may be meant in the question's scale (``usual`` if it names none), or as a percent."""
    percent = gold.strip().endswith("%")
    printed = re.sub(r"[$€£¥,%\s]", "", gold)
    decimals = len(printed.partition(".")[2].rstrip("0"))
    scales = [Decimal("0.01")] if percent else [Decimal(1), asked_scale(question) or usual, Decimal("0.01")]
    return Wanted(Decimal(printed), Decimal(1).scaleb(-decimals), tuple(scales))


def asked_scale(question: str) -> Decimal | None:
    """The scale in which a question wants its answer; None where it names none."""
    match = _ASKED.search(question)
    return Decimal(_SCALES[(match[1] or match[2]).lower()]) if match else None


def without_markers(text: str) -> str:
    """An answer without its citation markers."""
    return re.sub(r"\s*\[\d+\]", "", text)


def sentences(text: str) -> list[str]:
    """An answer's sentences, without its citation markers."""
    return [one for one in re.split(r"(?<=[.。!?])\s+(?=[A-Z])|。|\n+", without_markers(text).strip()) if one.strip()]


def conclusion(text: str) -> str:
    """Where an answer says what it was asked: in the first sentence that states a figure, or in the last; what lies between explains."""
    every = sentences(text)
    first = next((one for one in every if find_numbers(one)), "")
    return "\n".join(dict.fromkeys([first, *every[-1:]]))
