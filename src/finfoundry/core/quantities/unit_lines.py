"""What a heading, caption or note states of all numbers below it: their scale and their currency.

"Expressed in thousands of Canadian dollars", "TEUR", "£'000", "(Rs. in lakhs)" and "單位：新臺幣仟元" are made of the same parts: a
currency, a scale, and small words between them. A scale counts where its neighbours make it one. A word in the place of a scale that is
no known scale is returned as ``unread``: it never means units of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.language import halfwidth
from finfoundry.core.quantities import scales
from finfoundry.core.quantities.currencies import ALONE, CODES, SHARED, SIGNS
from finfoundry.core.quantities.unit_parts import HAN_CUES, UnitPart, parts_of
from finfoundry.core.quantities.unit_rules import HAN_POWERS, behind_cue, is_han, is_plural, neighbour, part_of_unknown, stated

LONGEST = 600  # characters of a text that are looked at: what states a unit is short
SHORT = 80  # characters of a line that is hardly more than a statement of units


@dataclass(frozen=True, slots=True)
class UnitLine:
    """``scale`` is None where none is stated, and 1 where units of one are stated ("in dollars", "单位：元")."""

    scale: Decimal | None = None
    currency: str | None = None
    shared: frozenset[str] = ALONE  # the currencies that share its sign or word: "$", "dollars", 元; none where it is sure
    unread: str | None = None  # the words in the place of a scale, where they are no known one


_STEM = re.compile(
    r"tho?u?s|tause?a?|mill?[ie]|bill?i|tril|zill|hundr|hunder|lak|crore|karor|arab|tsd|mio|mrd|mld|dozen|grosses|myri|kilo|mega|giga",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"\s*(?:FY\s?)?(?:19|20)\d\d(?:年度?|\s)\s*(?=[^\d\s])")
_LENT_IN = frozenset(("in", "of", "to", "from", "per", "/"))
_BETWEEN = ("quote", "in", "of", "open")
_NO_SCALE = frozenset(
    (
        "whole",
        "full",
        "actual",
        "nominal",
        "constant",
        "real",
        "current",
        "local",
        "their",
        "the",
        "us",
        "our",
        "net",
        "gross",
        "other",
        "any",
        "units",
    )
)  # between "in" and a currency

_UNITS = frozenset(("currency", "scale", "letter", "times", "in", "of", "cue", "open", "close", "quote", "mark", "noun"))


def only_units(text: str) -> bool:
    """Whether a text is a statement of scale and nothing else: "£m", "US$'000", "(in thousands of euros)", "单位：万元"."""
    line = read_unit_line(text)
    if line.scale is None and line.unread is None:
        return False
    parts = _settled(parts_of(halfwidth(text[:LONGEST])))
    return all(part.kind in _UNITS or (line.unread is not None and _is_unread(part, line.unread)) for part in parts)


def _is_unread(part: UnitPart, unread: str) -> bool:
    return part.text == unread or (part.kind == "han" and HAN_POWERS.fullmatch(part.text) is not None)


def states_unit(text: str) -> bool:
    """Whether a text is a statement of scale or currency and nothing else: "£m", "EUR", "单位：万元"."""
    return only_units(text) or unit_phrase(text) is not None


def unit_phrase(text: str) -> UnitLine | None:
    """What a phrase states, where it is nothing but a scale, a currency or both: "in crores of rupees", "单位：亿美元"; else None."""
    line = read_unit_line(text)
    if line.unread is not None or (line.currency is None and (line.scale or 1) <= 1):
        return None
    return line if all(part.kind in _UNITS for part in _settled(parts_of(halfwidth(text[:LONGEST])))) else None


def own_unit(text: str) -> UnitLine:
    """What a label or header states for its own numbers: "Revenue (£m)", "2024 US$'000"; nothing where it speaks of units of one."""
    line = read_unit_line(text)
    return line if line.unread is not None or (line.scale is not None and line.scale > 1) else UnitLine()


def currency_at_end(text: str) -> UnitLine:
    """The currency that a label or heading ends in: "Revenue EUR", "Margin (US$)"; nothing of "Loans in EUR", which are lent in it.

    >>> currency_at_end("Margin EUR").currency, currency_at_end("Loans in EUR").currency
    ('EUR', None)
    """
    words = text.split()
    sign = words[-1].strip("()（）[],") if len(words) > 1 else ""
    if (sign not in CODES and sign not in SIGNS and sign not in SHARED) or words[-2].lower() in _LENT_IN:
        return UnitLine()
    return replace(read_unit_line(sign), scale=None)


def first_stated(texts: Iterable[str]) -> UnitLine:
    """What the lines around a table state together: the first scale, with its currency or else the first that is named."""
    lines = [read_unit_line(text) for text in texts]
    scaled = next((line for line in lines if line.scale is not None), UnitLine())
    sure = (line for line in (scaled, *lines) if line.currency and not line.shared)
    named = next(sure, None) or next((line for line in (scaled, *lines) if line.currency), UnitLine())
    unread = None if scaled.scale is not None else next((line.unread for line in lines if line.unread), None)
    return UnitLine(scaled.scale, named.currency, named.shared, unread)


def meant(currency: str | None, *, shared: frozenset[str], stated: str | None) -> str | None:
    """What a printed currency is: a sign or word that several share is the one that is stated around it, where that is one of these.

    "$" is CAD in a paper in Canadian dollars, and USD in one in euros; ¥ is no euro, which 元 may be.
    """
    return stated if currency is None or stated in shared else currency


def scale_of(text: str) -> Decimal | None:
    """The scale that a heading, caption or note states ("(in millions, except per share data)", "单位：万元"), or None."""
    return read_unit_line(text).scale


def currency_of(text: str) -> str | None:
    """The ISO 4217 code of the first currency named, one that is sure before a bare sign. A bare $ is USD, a bare ¥ or 元 is CNY."""
    return read_unit_line(text).currency


@lru_cache(maxsize=32_768)
def read_unit_line(text: str) -> UnitLine:
    """What the text states of scale and currency; None of each where it states nothing."""
    if (dated := year_and_unit(text)) is not None:
        return read_unit_line(dated[1])
    parts = _settled(parts_of(halfwidth(text[:LONGEST])))
    code, shared = _currency(parts)
    for place, part in enumerate(parts):
        if part.kind in ("scale", "letter", "times") and (power := stated(parts, place)) is not None:
            return UnitLine(Decimal(10**power), code, shared)
    if (unread := _unread(parts, text)) is not None:
        return UnitLine(None, code, shared, unread)
    return UnitLine(Decimal(1) if _of_one(parts) else None, code, shared)


def year_and_unit(text: str) -> tuple[str, str] | None:
    """A header's year and its unit: "2024 Millions of euros", "2024年 万元" → ("2024年", "万元"). None where it is not these two."""
    match = _YEAR_FIRST.match(text)
    if match is None or not states_unit(rest := text[match.end() :]):
        return None
    return match[0].strip(), rest


def _settled(parts: list[UnitPart]) -> list[UnitPart]:
    """The parts, with each "maybe" decided: a currency next to a scale, else a word ("R" of R'000)."""
    return [_settle(parts, place) if part.kind == "maybe" else part for place, part in enumerate(parts)]


def _settle(parts: Sequence[UnitPart], place: int) -> UnitPart:
    if len(parts) == 1 and (parts[0].text in CODES or parts[0].text in SIGNS):
        return parts[0]._replace(kind="currency")
    after, before = neighbour(parts, place, 1, "quote", "in", "open"), neighbour(parts, place, -1, "quote", "of")
    next_to_scale = (after is not None and after.kind in ("scale", "letter")) or (before is not None and before.kind == "scale")
    return parts[place]._replace(kind="currency" if next_to_scale else "word")


def _currency(parts: Sequence[UnitPart]) -> tuple[str | None, frozenset[str]]:
    named = [part for part in parts if part.kind == "currency"]
    sure = next((part for part in named if not part.shared), None)
    if sure is not None:
        return sure.code, ALONE
    return (named[0].code, named[0].shared) if named else (None, ALONE)


def _of_one(parts: Sequence[UnitPart]) -> bool:
    """Whether units of one are stated: "in dollars", "Expressed in Swiss francs", "单位：元", "人民币元"."""
    for place, part in enumerate(parts):
        if part.kind == "in" and (named := _unit_after(parts, place)) is not None:
            before = neighbour(parts, place, -1)
            announced = before is None or before.kind in ("open", "cue")
            if announced or (named.code in ("USD", "EUR", "CNY") and named.text.isalpha() and named.text.islower()):
                return True
        if part.kind == "cue" and part.text in HAN_CUES:
            after = neighbour(parts, place, 1)
            if after is not None and (after.kind in ("currency", "noun") or after.text in ":为為"):
                return neighbour(parts, place, 1, "mark") is not None
    words = [part for part in parts if part.kind not in ("open", "close")]
    yuan = bool(words) and words[-1].text in ("元", "圆", "圓", "円", "원")
    return yuan and len(words) == 1 + (len(words) > 1 and words[0].kind == "currency")


def _unit_after(parts: Sequence[UnitPart], place: int) -> UnitPart | None:
    """The currency that an "in" leads to, over no more than a "whole" or "nominal"."""
    after = parts[place + 1 : place + 3]
    if after and after[0].kind == "word" and after[0].text.lower() in _NO_SCALE:
        after = after[1:]
    return after[0] if after and after[0].kind == "currency" else None


def _unread(parts: Sequence[UnitPart], text: str) -> str | None:
    """The first word in the place of a scale that is no known scale; None where there is none, or the text is too long for a unit line."""
    if len(text) > 2 * SHORT or not any(part.kind == "currency" for part in parts):
        return None
    places = (place for place in range(len(parts)) if _not_understood(parts, place, short=len(text) <= SHORT))
    return next((parts[place].text for place in places), None)


def _not_understood(parts: Sequence[UnitPart], place: int, *, short: bool) -> bool:
    """Whether a part is in the place of a scale, next to a currency, and its meaning is not known."""
    part = parts[place]
    before, after = neighbour(parts, place, -1, *_BETWEEN, "mark"), neighbour(parts, place, 1, *_BETWEEN)
    behind, ahead = before is not None and before.kind == "currency", after is not None and after.kind == "currency"
    figure = before is not None and before.kind == "number"
    match part.kind:
        case "letter":
            return part.text in scales.UNSURE and ((behind and _ends(parts, place)) or (ahead and not figure))
        case "number":
            return re.fullmatch("0{2,}", part.text) is not None and not _in_code(parts, place)
        case "word":
            return ((behind or ahead) and not figure and _STEM.match(part.text) is not None) or _framed(parts, place)
        case "scale" if is_han(part.text):
            return part_of_unknown(parts, place) and (behind or ahead or behind_cue(parts, place, place))
        case "scale":
            return (
                short
                and not figure
                and (behind or ahead or is_plural(part) or (before is not None and before.kind == "times" and before.text.isalpha()))
            )
        case "han":
            return HAN_POWERS.search(part.text) is not None and ahead and behind_cue(parts, place, place)
    return False


def _in_code(parts: Sequence[UnitPart], place: int) -> bool:
    """Whether zeros are digits of the number of an account, or of a form: "DE00 1234 5678 3456 00"."""
    before, after = parts[place - 1] if place else None, parts[place + 1] if place + 1 < len(parts) else None
    if before is None or before.kind in ("currency", "quote", "open"):
        return False
    glued = before.text.isalpha() and before.end == parts[place].start
    return glued or before.kind == "number" or (after is not None and after.kind == "number")


def _ends(parts: Sequence[UnitPart], place: int) -> bool:
    after = neighbour(parts, place, 1)
    return after is None or after.kind in ("close", "mark", "number")


def _framed(parts: Sequence[UnitPart], place: int) -> bool:
    """ "(in zillions of euros)": one unknown word between an "in" that opens a statement of units and a currency."""
    before, after = parts[place - 1] if place else None, neighbour(parts, place, 1)
    if before is None or before.kind != "in" or after is None or parts[place].text.lower() in _NO_SCALE:
        return False
    opening = neighbour(parts, place - 1, -1)
    announced = opening is None or opening.kind in ("open", "cue")
    of = after.kind == "of" and (named := neighbour(parts, place, 1, "of")) is not None and named.kind == "currency"
    return announced and parts[place].text.islower() and of
