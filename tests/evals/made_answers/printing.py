"""Values as people write them, in either language, right or wrong on purpose."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from finfoundry.evals.judging.truth import TrueFigure

ENGLISH = ((10**9, ("billion", "bn")), (10**6, ("million", "mn")), (10**3, ("thousand",)))
CHINESE = ((10**8, ("亿",)), (10**6, ("百万",)), (10**4, ("万",)))
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", None: "$"}


def rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def digits_of(figure: TrueFigure, scale: Decimal) -> int:
    """How many digits after the point make the printed number as exact as the truth asks for, and a little more."""
    step = (figure.step or abs(figure.value) / 2000 or Decimal(1)) / scale
    return max(0, min(6, -step.adjusted()))


def money(figure: TrueFigure, random: Random, chinese: bool, *, factor: Decimal = Decimal(1), bare: bool = False) -> str:
    """An amount without its sign, in a unit that it fits; ``factor`` makes it wrong."""
    value = abs(figure.value)
    fitting = [(scale, words) for scale, words in (CHINESE if chinese else ENGLISH) if value >= scale] if not bare else []
    scale, word = (Decimal(1), "")
    if fitting and random.random() < (0.9 if value > 10**7 else 0.6):
        chosen = random.choice(fitting[:2])
        scale, word = Decimal(chosen[0]), random.choice(chosen[1])
    digits = digits_of(figure, scale) if figure.step else _enough(value / scale * factor)
    number = f"{rounded(value / scale * factor, digits):,}"
    if chinese:
        return f"{number if random.random() < 0.7 else number.replace(',', '')}{word}元"
    sign = SIGNS.get(figure.unit, "$")
    return f"{sign}{number}{' ' + word if word else ''}"


def _enough(value: Decimal) -> int:
    """Digits after the point by which a value known exactly is printed without losing much."""
    return 0 if value == value.to_integral_value() else max(0, 3 - value.adjusted()) if value >= 1 else 4


def share(figure: TrueFigure, random: Random, chinese: bool, *, factor: Decimal = Decimal(1), word: str | None = None) -> str:
    """A percentage without its sign."""
    digits = max(0, min(4, -(figure.step * 100).adjusted())) if figure.step else 2
    if figure.step and figure.form == "either":
        digits = max(digits, 2)
    number = rounded(abs(figure.value) * 100 * factor, digits)
    return f"{number}{word if word is not None else random.choice(('%', '%', '%' if chinese else ' percent'))}"


def ratio(figure: TrueFigure, random: Random, chinese: bool, *, factor: Decimal = Decimal(1)) -> str:
    """A ratio, a number of days or people, an amount a share, without its sign."""
    digits = max(0, -figure.step.adjusted()) if figure.step else 0 if figure.value == figure.value.to_integral_value() else 2
    number = f"{rounded(abs(figure.value) * factor, digits):,}"
    if figure.form == "days":
        return f"{number}{'天' if chinese else ' days'}"
    if figure.form == "count":
        return f"{number}{random.choice(('人', '名')) if chinese else ''}"
    if figure.form == "shares":
        return f"{number}{'股' if chinese else ' shares'}"
    if figure.form == "per share":
        return f"{number}元" if chinese else f"${number} per share" if random.random() < 0.5 else f"${number}"
    return f"{number}{random.choice(('', '', '倍' if chinese else 'x', '' if chinese else ' times'))}"


def printed(figure: TrueFigure, random: Random, chinese: bool, *, factor: Decimal = Decimal(1)) -> str:
    """A figure of any kind without its sign; ``factor`` makes it wrong."""
    if figure.form == "money":
        return money(figure, random, chinese, factor=factor)
    if figure.form == "percent" or (figure.form == "either" and random.random() < 0.5):
        return share(figure, random, chinese, factor=factor)
    if figure.form == "points":
        return share(figure, random, chinese, factor=factor, word="个百分点" if chinese else " percentage points")
    return ratio(figure, random, chinese, factor=factor)


FACTORS = ("0.71", "0.87", "1.13", "1.24", "1.46", "0.93", "1.08")


def off(figure: TrueFigure, random: Random) -> Decimal:
    """A factor by which a figure becomes another one that nobody would take for it."""
    if not figure.value:
        return Decimal(1)
    least = max(figure.step * 3, abs(figure.value) / 25)
    if figure.form == "either":
        least = max(least, Decimal("0.03"))
    if figure.form in ("count", "days", "shares", "ratio", "per share") and figure.value == figure.value.to_integral_value():
        least = max(least, Decimal("0.6"))  # printed without a point
    far = [factor for factor in map(Decimal, FACTORS) if abs(figure.value * (factor - 1)) > least]
    return random.choice(far) if far else (abs(figure.value) + least * 2) / abs(figure.value)


def other_scale(amount: str, random: Random, chinese: bool) -> str:
    """A printed amount with another scale word, or with none."""
    words = ("百万", "亿", "万", "千") if chinese else ("thousand", "million", "billion", "trillion")
    tail = "元" if chinese else ""
    for word in ("百万", "亿", "万", "billion", "bn", "million", "mn", "thousand"):
        if amount.endswith(f"{word}{tail}"):
            now = {"bn": "billion", "mn": "million"}.get(word, word)
            other = random.choice(["", *(one for one in words if one != now)])
            bare = amount.removesuffix(tail).removesuffix(word).strip()
            return f"{bare}{other}{tail}" if chinese else f"{bare} {other}".strip()
    return f"{amount.removesuffix(tail)}{random.choice(('万', '亿'))}{tail}" if chinese else f"{amount} {random.choice(words[:3])}"


def as_percent(ratio: str) -> str:
    """A printed ratio as if it were a percentage: "1.25 times" as "1.25%"."""
    return f"{ratio.removesuffix('倍').removesuffix('x').removesuffix(' times')}%"
