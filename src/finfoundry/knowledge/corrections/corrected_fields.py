"""What a person says of a fact that was read wrongly, checked, and the reading that follows from it.

The printed number, the scale and the value always belong together: whoever corrects one moves the others along, so that a figure can be
read again from what its cell prints.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Context, Decimal, DecimalException, localcontext

from finfoundry.core.document import Fact, FactReading, Scope
from finfoundry.core.errors import InputError
from finfoundry.core.language import halfwidth
from finfoundry.core.periods import parse_iso
from finfoundry.core.quantities.cells import CellNumber, parse_cell, readings
from finfoundry.core.quantities.currencies import CODES
from finfoundry.core.quantities.units import places
from finfoundry.core.quantities.writings import Writing
from finfoundry.knowledge.facts.table.concepts import concepts, find_concept

LONGEST_FIELD = 500  # characters of a label, an entity, a printed number
DIGITS = 28  # of a value: the precision of Decimal unless something set another
MOST_LABELS = 20  # parts of a label path
LONGEST_WHY = 2000  # characters
NONE = "none"  # takes a unit, an entity or a concept away
PLAIN_UNITS = ("ratio", "shares", "count", "years", "months", "days")
POWERS = range(-6, 16)  # of ten, which a scale may be
MOST_DIGITS = 30  # of a value before its point
MOST_PLACES = 18  # behind it


@dataclass(frozen=True, slots=True)
class CorrectionFields:
    """The fields that are put right; None: as it is. ``value`` is in base units, ``text`` the number as the cell prints it. ``metric`` is
    the label path, outermost first; the concept follows from it unless one is given. "none" takes a unit, entity or concept away.
    """

    text: str | None = None
    value: str | None = None
    unit: str | None = None
    scale: str | None = None
    period: str | None = None
    entity: str | None = None
    metric: tuple[str, ...] | None = None
    concept: str | None = None
    scope: Scope | None = None


def corrected_reading(fact: Fact, given: CorrectionFields) -> FactReading:
    """How the fact reads with the fields given. Raises InputError that names the field and the remedy, or says that nothing changes."""
    _check_lengths(given)
    before = FactReading.of(fact)
    after = _labelled(_numbered(before, given), given, fact.statement)
    if given.unit is not None:
        after = replace(after, unit=_unit(given.unit))
    if given.period is not None:
        after = replace(after, period=_period(given.period))
    if given.entity is not None:
        after = replace(after, entity=None if given.entity == NONE else given.entity.strip())
    if given.scope is not None:
        after = replace(after, scope=given.scope)
    if not before.changes(after):
        raise InputError("The correction changes nothing: the fact is already so", remedy="Say what is right: --value, --unit, --period, …")
    return after


def check_why(why: str) -> str:
    """The reason, trimmed. Raises InputError where there is none, or too long a one."""
    if not why.strip():
        raise InputError("A correction needs a reason", remedy="Say what shows that the fact was read wrongly: --why TEXT")
    if len(why) > LONGEST_WHY:
        raise InputError(f"The reason has {len(why):,} characters, more than {LONGEST_WHY:,}", remedy="Say it shorter")
    return why.strip()


def _check_lengths(given: CorrectionFields) -> None:
    for name, value in asdict(given).items():
        parts = value if isinstance(value, tuple) else () if value is None else (value,)
        if value is not None and (not parts or len(parts) > MOST_LABELS or not all(part.strip() for part in parts)):
            raise InputError(f"The {name} is empty, or has more than {MOST_LABELS} parts", remedy="Leave it out, or say what is right")
        for part in parts:
            if len(part) > LONGEST_FIELD or not part.isprintable():
                fault = f"has more than {LONGEST_FIELD} characters, or some that cannot be printed"
                raise InputError(f"The {name} {part[:60]!r} {fault}", remedy="Write it as the document prints it, in one line")


def _numbered(before: FactReading, given: CorrectionFields) -> FactReading:
    """Printed number, scale and value, each following from the ones given."""
    if given.text is not None and given.value is not None:
        raise InputError("--text and --value both say the number", remedy="Give what the cell prints (--text), or the value (--value)")
    scale = before.scale if given.scale is None else _scale(given.scale)
    printed, writing = _as_read(before)
    sign = -1 if printed is not None and printed.value * before.value < 0 else 1  # an outflow may be printed without a sign
    if given.value is not None:
        value = _number("value", given.value)
        text = _printed(value, scale, percent=printed is not None and printed.percent)
    elif given.text is not None:
        text = given.text.strip()
        number = parse_cell(text, writing)
        if number is None:
            raise InputError(
                f"The text {text[:60]!r} is not the number of a cell", remedy="Write it as the cell prints it: 1,234 or (56.7)"
            )
        value = (1 if _signed(text, number) else sign) * _value(number, scale)
    else:
        text = before.text
        value = before.value * scale / before.scale if printed is None else sign * _value(printed, scale)
        if scale == before.scale:
            return before
    if value.adjusted() >= MOST_DIGITS:
        raise InputError(f"The value {value:.3e} is larger than any figure", remedy="Check the number and its scale")
    number = parse_cell(text, "unknown" if given.text is None else writing) if text != before.text else None
    return replace(before, text=text, value=value, scale=scale, precision=before.precision if number is None else number.precision)


def _as_read(before: FactReading) -> tuple[CellNumber | None, Writing]:
    """The printed number as it was read, and the writing of its table, which the value tells; None where the text is no number."""
    found = readings(before.text)
    number = next((one for one in found if abs(_value(one, before.scale)) == abs(before.value)), next(iter(found), None))
    usual = parse_cell(before.text)
    comma = number is not None and (usual is None or usual != number) and number == parse_cell(before.text, "decimal comma")
    return number, "decimal comma" if comma else "unknown"


def _value(number: CellNumber, scale: Decimal) -> Decimal:
    return number.value / 100 if number.percent else number.value if number.scale else number.value * scale


def _signed(text: str, number: CellNumber) -> bool:
    """Whether a printed number has a sign of its own, which then says more than that of the value before."""
    return number.value < 0 or "+" in halfwidth(text)


def _printed(value: Decimal, scale: Decimal, *, percent: bool) -> str:
    """A value as its cell prints it. Raises InputError where that would not be read as the value again."""
    with localcontext(Context(DIGITS)):  # as figures are computed: what has more digits is rounded here, and refused
        text = printed_as(value * 100, percent=True) if percent else printed_as(value / scale)
        number = parse_cell(text)
        agrees = number is not None and _value(number, scale) == value
    if not agrees:
        raise InputError(
            f"The value {value:f} has more digits than a cell prints", remedy="Give fewer digits, or what the cell prints (--text)"
        )
    return text


def printed_as(number: Decimal, *, percent: bool = False) -> str:
    """A number as a cell prints it, in full: 1,234.5, (1,234.5), 12.5%, (12.5%)."""
    shown = format(abs(number).normalize(), ",f") + ("%" if percent else "")
    return f"({shown})" if number < 0 else shown


def _number(field: str, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "").strip())
    except DecimalException as error:
        raise InputError(f"The {field} {text[:60]!r} is no number", remedy="Write digits, in base units: 5466312000, -0.052") from error
    bounded = number.is_finite() and -MOST_PLACES <= number.adjusted() < MOST_DIGITS  # before it is written out: 1e-999999999 fills memory
    if not bounded or places(format(number, "f")) > MOST_PLACES:
        raise InputError(f"The {field} {text[:60]!r} is no figure of a document", remedy="Write digits, in base units: 5466312000, -0.052")
    return number


def _scale(text: str) -> Decimal:
    scale = _number("scale", text)
    for power in POWERS:
        if scale == Decimal(1).scaleb(power):
            return Decimal(f"1e{power}") if power < 0 else Decimal(10**power)
    raise InputError(f"The scale {text[:60]!r} is no power of ten", remedy="Write 1, 1000, 10000 (万), 1000000, 100000000 (亿) or 0.01")


def _unit(text: str) -> str | None:
    unit = text.strip()
    money, _, per = unit.partition("/")
    if unit == NONE or unit in PLAIN_UNITS or (money in CODES and per in ("", "share") and unit.count("/") == bool(per)):
        return None if unit == NONE else unit
    if unit.lower() in ("money", "/share", "share", "currency"):
        raise InputError(
            f"The unit {unit!r} names no currency", remedy="Write its ISO 4217 code: USD, CNY, or USD/share; none if none is stated"
        )
    known = f"an ISO 4217 code (USD), one per share (USD/share), {', '.join(PLAIN_UNITS)}, or {NONE}"
    raise InputError(f"The unit {unit[:60]!r} is not known", remedy=f"Write {known}")


def _period(text: str) -> str:
    try:
        period = parse_iso(text.strip())
        if not date(1900, 1, 1) <= period.end <= date(2200, 1, 1):
            raise ValueError("far away")
    except ValueError as error:
        raise InputError(f"The period {text[:60]!r} cannot be read", remedy="Write 2024-12-31, or 2024-01-01/2024-12-31") from error
    return period.iso


def _labelled(reading: FactReading, given: CorrectionFields, statement: str | None) -> FactReading:
    if given.metric is not None:
        path = tuple(part.strip() for part in given.metric)
        found = find_concept(path, statement)
        reading = replace(reading, metric=path, concept=found.name if found else None)
    if given.concept is None:
        return reading
    if given.concept != NONE and given.concept not in {one.name for one in concepts()}:
        remedy = f"Name one of finfoundry facts --json (Assets, Revenues, NetIncomeLoss …), or {NONE}"
        raise InputError(f"The concept {given.concept[:60]!r} is not known", remedy=remedy)
    return replace(reading, concept=None if given.concept == NONE else given.concept)
