"""The side that a metric's name is of, a profit or a loss, an inflow or an outflow; and its name on the other side.

What lies there is told by words and not by a minus: a net income of -5 is a net loss of 5.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Polarity = Literal["profit", "loss", "inflow", "outflow"]
OTHER: dict[Polarity, Polarity] = {"profit": "loss", "loss": "profit", "inflow": "outflow", "outflow": "inflow"}
TAKEN: frozenset[Polarity] = frozenset({"loss", "outflow"})  # what a statement shows as a negative

_ASIDE = re.compile(r"\s*[(（][^()（）]*[)）]|\s*/\s*(?=loss\b)loss\b|\s+or loss\b|/亏损", re.IGNORECASE)  # income (loss): of both sides
_KINDS = r"net|operating|gross|pre-?tax|comprehensive|segment|after-tax"
_OF_WHAT = r"(?:before|from (?:continuing )?operations|after tax|attributable|for the (?:year|period)|per (?:\w+ ){0,3}share)"
_NONE = re.compile(
    r"\b(?:margins?|ratio|returns?|retained|accumulated|yield|growth|rate|hedg\w*|statements?|multiple|other comprehensive|reinvested"
    r"|changes?|(?:in|de)crease|difference|less|minus|plus)\b|率|占|比|之差|之和|变动|减少|增加|未弥补|分配|其他综合|套期|表$",
    re.IGNORECASE,
)
_SIDES: tuple[tuple[Polarity, re.Pattern[str]], ...] = (
    (
        "profit",
        re.compile(
            rf"\b(?:{_KINDS}) (?:income|profits?|earnings|results?)\b(?! tax)|\b(?:income|profits?|earnings) {_OF_WHAT}|\bEPS\b"
            r"|\bEBITD?A?\b"
            r"|^(?:bottom line|profits?|earnings)$|净利|毛利|利润|每股(?:收益|盈利|盈余)|^盈利$|综合收益",
            re.IGNORECASE,
        ),
    ),
    ("loss", re.compile(rf"\b(?:{_KINDS}) loss(?:es)?\b(?! (?:on|of|ratio))|\bloss(?:es)? {_OF_WHAT}|^loss(?:es)?$|亏损", re.IGNORECASE)),
    (
        "inflow",
        re.compile(
            r"\bcash (?:flows? )?(?:provided|generated|from|inflow)|\bcash flows?\b(?! used)|\b(?:CFO|FCF)\b"
            r"|现金(?:净?流入|流量|净流量|流(?!出))",
            re.IGNORECASE,
        ),
    ),
    ("outflow", re.compile(r"\bcash (?:flows? )?used\b|\bcash outflows?\b|现金净?流出", re.IGNORECASE)),
)
_TURNS: dict[Polarity, tuple[tuple[str, str], ...]] = {
    "profit": (
        (r"毛利润?", "毛亏损"), (r"净利润?", "净亏损"), (r"利润", "亏损"), (r"每股(?:收益|盈利|盈余)", "每股亏损"),
        (r"综合收益", "综合亏损"), (r"盈利", "亏损"),
        (r"\bEPS\b", "loss per share"), (r"\b(?:income|profits?|earnings|results?)\b", "loss"),
    ),
    "loss": (
        (r"净亏损?", "净利润"), (r"每股亏损", "每股收益"), (r"综合亏损", "综合收益"), (r"亏损", "利润"), (r"\bloss per\b", "earnings per"),
        (r"\b(net|comprehensive) loss(?:es)?\b", r"\1 income"), (r"\bloss(?:es)?\b", "profit"),
    ),
    "inflow": (
        (r"(?:净)?现金(?:净?流入|净流量|流量?)(?:净额)?", "现金净流出"),
        (r"\bcash (?:flows? )?(?:(?:provided|generated) )?(?:from|by)\b", "cash used in"),
        (r"^((?:net )?(?:operating|investing|financing)) cash flows?$", r"\1 cash outflow"),
    ),
    "outflow": (
        (r"现金净?流出(?:净?额)?", "现金净流入"), (r"\bcash (?:flows? )?used (?:in|by|for)\b", "cash provided by"),
        (r"\bcash outflows?\b", "cash inflow"),
    ),
}  # fmt: skip
DENIALS = frozenset(("no", "not", "never", "without", "neither", "nor", *"不未无無没沒非否"))  # words, and characters of Chinese ones


@lru_cache(maxsize=4096)
def polarity(name: str) -> Polarity | None:
    """The side that a name is of; None of a name that has none. "Net income (loss)" is of a profit.

    >>> polarity("Loss from operations"), polarity("net interest income")
    ('loss', None)
    """
    plain = without_aside(name)
    if _NONE.search(plain):
        return None
    return next((side for side, pattern in _SIDES if pattern.search(plain)), None)


@lru_cache(maxsize=4096)
def turned(name: str) -> str | None:
    """The name of the other side; None where there is no word for it.

    >>> turned("net cash from operating activities"), turned("EBITDA")
    ('net cash used in operating activities', None)
    """
    plain, side = without_aside(name), polarity(name)
    found = (re.subn(pattern, to, plain, count=1, flags=re.IGNORECASE) for pattern, to in _TURNS[side]) if side else ()
    return next((text for text, count in found if count), None)


def without_aside(name: str) -> str:
    """A name without what it says of the other side: "Net income (loss)" is "Net income"."""
    return " ".join(_ASIDE.sub("", name).split()) or name
