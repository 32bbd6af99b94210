"""Numbers as an answer prints them: money with a scale word, percents, times, days, in the question's language and wished form."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from finfoundry.ask.understand.intent import Wish
from finfoundry.core.answer import Language
from finfoundry.core.document import Fact
from finfoundry.core.formulas import Show
from finfoundry.core.quantities.currencies import HAN_NAMES

PLAIN = Wish()
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_BILLION, _BILLIONS = Decimal(10**9), Decimal(10**10)  # from the second on an amount is told in the first, if no printed digit is lost
_WORDS_EN = ((Decimal(10**6), "million"), (Decimal(10**3), "thousand"))
_YUAN = HAN_NAMES | {"CNY": "元"}
_SCALES_ZH = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"), (Decimal(1), ""))


def rounded(value: Decimal, decimals: int) -> str:
    """A number rounded half away from zero, with thousands separators; no minus before zero."""
    quantised = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{quantised if quantised else abs(quantised):,.{decimals}f}"


def show_number(
    value: Decimal,
    unit: str | None,
    show: Show | None,
    wish: Wish,
    language: Language,
    source_scale: Decimal = Decimal(1),
    precision: int = 0,
) -> str:
    """One figure as an answer prints it: "$12.345 billion", "5.20%", 3.50亿元.

    ``unit`` is that of the contract (ISO 4217, ``USD/share``, ``ratio``, ``shares``, ``count``); of None no currency is printed. ``show``
    is how the formula is shown (None: as the unit asks); ``source_scale`` and ``precision`` are those of the printed source, which decide
    how exact a plain lookup is shown.
    """
    if show == "percent" or (show is None and unit == "ratio" and source_scale < 1):
        return percent(value, language, wish.decimals, precision if show is None else None)
    digits = 2 if wish.decimals is None else wish.decimals
    if show is None and unit == "ratio" and value != value.quantize(Decimal(1).scaleb(-precision)):
        show = "ratio"  # computed: it has no printed digits, and 0.62 is not 1
    if show == "ratio" and value and not value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):
        return percent(value, language, wish.decimals)  # not "0.00"
    if show in ("ratio", "times", "number"):
        return rounded(value, digits)
    if show == "days":
        return rounded(value, digits) + ("天" if language == "zh" else " days")
    if unit == "years":
        return rounded(value, precision) + ("年" if language == "zh" else " years")
    unit = unit or ""
    if unit.endswith("/share"):
        return _per_share(value, unit.removesuffix("/share"), wish, language, precision)
    if unit in ("shares", "count", "ratio", "employees") or (not unit and source_scale == 1 and wish.scale is None):
        return _count(value, unit, wish, language, precision)
    return (
        _money_zh(value, unit, wish, source_scale, precision) if language == "zh" else _money_en(value, unit, wish, source_scale, precision)
    )


def show_fact(fact: Fact, wish: Wish, language: Language) -> str:
    """A fact as answers print it; one in a thousand as the paper does, of which a percentage would have too many digits."""
    return fact.text if "‰" in fact.text else show_number(fact.value, fact.unit, None, wish, language, fact.scale, fact.precision)


def percent(value: Decimal, language: Language, decimals: int | None, precision: int | None = None) -> str:
    usual = 2 if language == "zh" else 1
    return rounded(value * 100, decimals if decimals is not None else precision if precision is not None else usual) + "%"


def _per_share(value: Decimal, currency: str, wish: Wish, language: Language, precision: int) -> str:
    digits = rounded(value, wish.decimals if wish.decimals is not None else max(precision, 2))
    return f"{digits}{_YUAN.get(currency, currency)}/股" if language == "zh" else _signed(digits, currency, " per share")


def _count(value: Decimal, unit: str, wish: Wish, language: Language, precision: int) -> str:
    digits = rounded(value, wish.decimals if wish.decimals is not None else (0 if value == value.to_integral_value() else precision))
    tail = {"shares": ("股", " shares")}.get(unit, ("", ""))
    return digits + tail[0 if language == "zh" else 1]


def _signed(digits: str, currency: str, tail: str) -> str:
    """ "-$12 million", "$12 million", "CHF 12 million"."""
    sign, plain = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    symbol = _SYMBOLS.get(currency, "")
    return f"{sign}{symbol}{plain}{tail}" if symbol or not currency else f"{currency} {sign}{plain}{tail}"


def _money_en(value: Decimal, currency: str, wish: Wish, source_scale: Decimal, precision: int) -> str:
    scale, word = wish.scale, wish.word
    if scale is None and wish.decimals is None and source_scale == _BILLION and value == round(value / _BILLION, precision) * _BILLION:
        return _signed(rounded(value / _BILLION, precision), currency, " billion")  # as printed
    if scale is None and wish.decimals is None and abs(value) >= _BILLIONS and source_scale == 10**6 and precision == 0:
        return _signed(rounded(value / _BILLION, 3), currency, " billion")
    if scale is None:
        scale, word = next(
            ((s, w) for s, w in _WORDS_EN if abs(value) >= s and (source_scale >= s or abs(value) >= s * 10)), (Decimal(1), "")
        )
    if word and not word.isascii():
        scale, word = Decimal(1), ""
    decimals = wish.decimals if wish.decimals is not None else _decimals_for(abs(value) / scale, scale, source_scale, precision)
    return _signed(rounded(value / scale, decimals), currency, f" {word}" if word else "")


def _decimals_for(shown: Decimal, scale: Decimal, source_scale: Decimal, precision: int) -> int:
    """No more digits than the source prints, and no more than three or four that matter."""
    held = max(0, int(scale.log10()) - int(source_scale.log10()) + precision) if source_scale > 0 else 0
    useful = 0 if shown >= 100 else 1 if shown >= 10 else 2
    return min(held, useful) if scale > 1 else min(held, 2)


def _money_zh(value: Decimal, currency: str, wish: Wish, source_scale: Decimal, precision: int) -> str:
    yuan = _YUAN.get(currency, currency)
    scale = wish.scale
    if scale is None and source_scale > 1:
        scale = next(s for s, _ in _SCALES_ZH if abs(value) >= s or s == 1)
    scale = scale or Decimal(1)
    word = wish.word.removesuffix("元") if wish.scale is not None else next(w for s, w in _SCALES_ZH if s == scale)
    decimals = wish.decimals if wish.decimals is not None else 2 if scale > 1 else max(0, min(2, precision - int(source_scale.log10())))
    return f"{rounded(value / scale, decimals)}{word}{yuan}"
