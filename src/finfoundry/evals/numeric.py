"""References that are bare figures, and the scale in which a question wants its answer."""

from __future__ import annotations

import re
from decimal import Decimal

_BARE = re.compile(r"\s*-?[$€£¥]?-?[\d,]+(?:\.\d+)?\s*%?\s*")
_ASKED = re.compile(
    r"\bin\s+(?:units?\s+of\s+)?(?:usd|us\$|u\.?s\.?\s+dollars?|\$|dollars?|rmb|cny|eur)?\s*(thousand|million|billion)s?\b"
    r"|(?:以|单位[:：为是]?|多少|几|用)\s*(百万|万|亿|千)元?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8}


def is_figure(gold: str) -> bool:
    """Whether a reference is a bare figure: "$5466.00", "-3.7", "101.5%"."""
    return bool(_BARE.fullmatch(gold))


def asked_scale(question: str) -> Decimal | None:
    """The scale in which a question wants its answer; None where it names none."""
    match = _ASKED.search(question)
    return Decimal(_SCALES[(match[1] or match[2]).lower()]) if match else None
