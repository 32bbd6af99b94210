"""Text in the product's two languages: which it is in, and its full-width digits and signs as half-width ones."""

from __future__ import annotations

import re

from finfoundry.core.answer import Language

_HAN = re.compile(r"[\u3400-\u9fff]")
_FULL = "０１２３４５６７８９．％（）－＋＄￥：／～＝"
_HALF = "0123456789.%()-+$¥:/~="
_HALFWIDTH = str.maketrans(_FULL + "−‐‑‒\u00a0\u2007\u202f\u2009", _HALF + "----    ")
_FULL_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")


def language_of(text: str) -> Language:
    """Chinese when a fifth of the letters are Han; else English."""
    han = len(_HAN.findall(text))
    return "zh" if han and han * 5 >= len(re.findall(r"\w", text)) else "en"


def halfwidth(text: str) -> str:
    """The text with full-width digits and signs made half-width, exotic hyphens and spaces made plain; same length, same offsets."""
    if text.isascii():
        return text
    return _FULL_COMMA.sub(",", text).translate(_HALFWIDTH)
