"""Numbers that a sentence derives: a rise in percent or by an amount, a difference of ratios, a share, a sum of two.

Tried only where the sentence says so, and only over the items that its words name. The outcome is an item of source calculation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache
from itertools import permutations

from finfoundry.binding.evidence import EvidenceItem, plain
from finfoundry.binding.expression import evaluate, in_order
from finfoundry.binding.naming import FULL, Naming
from finfoundry.binding.part_and_whole import BETWEEN, is_part, stands_so
from finfoundry.binding.ratios import of_name
from finfoundry.binding.sense import NAMED, Sense, fits_unit, spends
from finfoundry.binding.sentence.claim import Claim
from finfoundry.binding.sentence.claim_patterns import BASE, FALL, RISE
from finfoundry.binding.sentence.labels import MetricLabel, Words, concepts_named, weight, word_list, words
from finfoundry.binding.sentence.when import When, agree, told_periods
from finfoundry.core.answer import Figure, Reference
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import find_periods

_SHARE = re.compile(
    r"\b(?:share|percent(?:age)?|proportion|ratio|portion|margin|fraction|account\w*|contribut\w*|represent\w*"
    r"|made up|equal\w*|com(?:e|es|ing) from|(?:every|each) dollar)\b|% of|占|比例|比重|之比|比值|率|相当于",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:combin(?:ed|ing)|(?:al)?together|sum|total of|in (?:aggregate|total|all)|plus)\b"
    r"|之和|总和|加总|合计|累计|合共",
    re.IGNORECASE,
)
_TWO_TIMES = re.compile(r"\b(?:two|both) (?:\w+ )?(?:years|quarters|halves|periods)\b|两个?(?:年|季度|半年|期)", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\b(?:difference|exceed\w*|more than|less than|change|by)\b|差额|之差|相差|变动|了", re.IGNORECASE)
_EARNED = re.compile(  # of what a company takes in, where its sales are not called so
    r"\b(?:com(?:e|es|ing) from|tak(?:e|es|ing|en) in|br(?:ing|ings|ought) in|earn(?:s|ed)?|generat(?:e|es|ed)|dollars?)\b"
    r"|来自|贡献|源于|赚",
    re.IGNORECASE,
)
_JUDGED = re.compile(r"\b(?:improv|better|worse|deteriorat)\w*|改善|恶化|好转", re.IGNORECASE)
_SUPPOSE = re.compile(
    r"\b(?:assum\w*|suppose|if|given|at an?|using|with an?|provided|(?:more|less|greater|higher|lower|larger|smaller|fewer) than"
    r"|over|under|above|below|exceed\w*|at least)\b"
    r"|假设|如果|假如|若|按照?|以|超过|低于|高于|大于|小于|多于|少于|不足|至少",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:than|what|from|compared|those?|that)\b|较|(?<![同环之])比|的$", re.IGNORECASE)
_ITSELF = re.compile(  # a row is set beside itself at another time
    r"\bwhat (?:it|they) (?:had )?(?:was|were|been)\b|\b(?:that|those) of (?:the |a )?(?:(?:19|20)\d\d|year|prior|previous)"
    r"|\b(?:prior|previous|last)[- ]year|上年|去年|前一年|同期",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"\byear[- ]over[- ]year\b|\byoy\b|\bannual(?:ly)?\b|\btwelve months\b|同比", re.IGNORECASE)
_MORE_THAN = re.compile(r"\b(?:more|less|fewer) than\s+(?=… )")  # of the figure itself, which is compared with nothing
_TOTAL = frozenset(("total",))  # "assets" for "total assets"
_HALF_MONTH = 15
_MOST = 40  # operands tried


def derive(sense: Sense) -> EvidenceItem | None:
    """The first derivation that the sentence speaks of and whose outcome prints as its figure, as an item; None where there is none."""
    claim, naming = sense.claim, Naming(sense, operands=True)
    for expression, operands, unit in _candidates(sense, naming):
        try:
            value = evaluate(expression, {name: item.value for name, item in operands.items()})
        except (PlanError, DivisionByZero, InvalidOperation):
            continue
        found = calculation(expression, operands, value, unit) if _prints_as(value, claim, operands, summed="+" in expression) else None
        if found and fits_unit(claim.number, found):
            return found
    return None


def _candidates(sense: Sense, naming: Naming) -> Iterator[tuple[str, dict[str, EvidenceItem], str | None]]:
    claim, number = sense.claim, sense.claim.number
    if claim.direction or _says(_DIFFERENCE, claim.nearby):
        for now, before in _over_time(sense, naming):
            if now.value < 0 and before.value < 0 and not number.points and not _says(_JUDGED, claim.sentence):  # a loss grows by its size
                sizes = "abs(a) - abs(b)"
                yield f"({sizes}) / abs(b)" if number.percent else sizes, {"a": now, "b": before}, "ratio" if number.percent else now.unit
            elif number.points:
                yield "a - b", {"a": now, "b": before}, "ratio"
            elif number.percent:
                yield "(a - b) / abs(b)", {"a": now, "b": before}, "ratio"
            else:
                yield "a - b", {"a": now, "b": before}, now.unit
    if number.points and _says(BETWEEN, claim.sentence) and not _compares_times(claim):
        for one, other in _ratios_apart(sense):
            if stands_so(one, other, claim.sentence):
                yield "a - b", {"a": one, "b": other}, "ratio"
    if number.unit != "ratio" and _says(BETWEEN, claim.sentence) and not _compares_times(claim):
        for one, other in _pairs(sense):
            if stands_so(one, other, claim.sentence):
                yield "abs(a) - abs(b)", {"a": one, "b": other}, one.unit
    years = len({period.fiscal_year for period in find_periods(claim.sentence) if period.kind == "year"})
    if number.unit == "ratio" and not number.percent:  # "1.8 times what it was in 2022"
        over_time = _tells_move(claim) or years > 1
        for now, before in (*_over_time(sense, naming), *(() if over_time else _pairs(sense))):
            yield "a / b", {"a": now, "b": before}, "ratio"
    itself = (years > 1 or _says(_ITSELF, claim.sentence)) and _says(_COMPARED, claim.contexts[0].partition(" … ")[2])
    if number.percent and not claim.direction and not number.points and itself:
        for now, before in _over_time(sense, naming):  # "67 % of what it had been"
            yield "a / b", {"a": now, "b": before}, "ratio"
    if (not claim.direction or claim.earlier) and number.unit in ("ratio", None) and _says_share(claim):
        for part, whole in (*_pairs(sense), *_parts(sense, naming)):
            if is_part(part, whole, sense.claim):
                spent = part.value < 0 < whole.value and spends(part.reference.metric or "")
                yield "abs(a) / b" if spent else "a / b", {"a": part, "b": whole}, "ratio"
    if number.unit not in ("ratio",) and _says(_SUM, claim.sentence):
        yield from _sums(sense, naming)
    yield from of_name(sense)


def _sums(sense: Sense, naming: Naming) -> Iterator[tuple[str, dict[str, EvidenceItem], str | None]]:
    """Of two rows that the sentence names, at one time; of one row where it names no other, at the two times that it tells."""
    for one, other in _pairs(sense):
        yield "a + b", {"a": one, "b": other}, one.unit
    times = {period.text for period in find_periods(sense.claim.sentence) if period.kind != "relative"}
    names = {sense.evidence.labels.known[number].alternatives[0] for number in _rows_named(sense)}
    if (len(times) > 1 or _says(_TWO_TIMES, sense.claim.sentence)) and len(names) < 2:
        for now, before in _over_time(sense, naming):
            yield "a + b", {"a": now, "b": before}, now.unit


def _is_anothers(item: EvidenceItem, sense: Sense, naming: Naming) -> bool:
    """Whether another row explains the claim's words better than an operand's."""
    return naming.outranked(sense.evidence.place_of[id(item)])


def _tells_move(claim: Claim) -> bool:
    """Whether a multiple is told by a verb, "halved": of a row and of itself at another time."""
    return _says(RISE, claim.number.text) or _says(FALL, claim.number.text)


def _compares_times(claim: Claim) -> bool:
    """Whether what a level is compared with is itself at another time: "higher than in 2022"."""
    return any(BASE.search(claim.sentence[: period.start]) for period in told_periods(claim.sentence))


@lru_cache(maxsize=2_000)  # a sentence has many figures
def _says(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def _says_share(claim: Claim) -> bool:
    """Whether the sentence speaks of a share, or the figure is "of" something."""
    return _says(_SHARE, claim.sentence) or (claim.number.percent and claim.contexts[0].partition(" … ")[2].lstrip().startswith("of "))


def _over_time(sense: Sense, naming: Naming) -> Iterator[tuple[EvidenceItem, EvidenceItem]]:
    """Pairs of one series, later and earlier: the claimed periods where two are named, else the claimed one and the year before."""
    near = _MORE_THAN.sub("", sense.claim.contexts[0])
    claimed, compared = sense.whens, _COMPARED.search(near.partition(" … ")[2])
    if len(claimed) < 2 and (compared or sense.claim.direction or sense.claim.number.unit == "ratio"):
        said = tuple(When.found(period) for period in find_periods(sense.claim.sentence) if period.kind != "relative")
        free = compared or (sense.claim.number.unit == "ratio" and _COMPARED.search(near))
        claimed = said if len(said) == 2 else () if said and free and not _is_relative(sense.claim.sentence) else claimed or said
    pool = [item for item in _named(sense, naming) if item.whens and item.series]
    for now in pool:
        for before in pool:
            if now.series != before.series or now.entity != before.entity or now.scope != before.scope or now.unit != before.unit:
                continue
            closed = now.principal and before.principal and _is_since(now, before, pool, sense.claim.sentence)
            if _year_apart(now, before, claimed, sense.claim.months, closed=closed) and not _is_anothers(now, sense, naming):
                yield now, before


def _is_since(now: EvidenceItem, before: EvidenceItem, pool: Sequence[EvidenceItem], sentence: str) -> bool:
    """Whether a sentence may tell of what changed since an earlier day that is no year away: it compares no years and names no other day,
    and where the row has a figure of a year before, that earlier day.
    """
    if _is_relative(sentence) or _says(_YEARLY, sentence):
        return False
    told = [When.found(period) for period in find_periods(sentence) if period.kind != "relative"]
    if not all(agree(when, now.whens[0]) or agree(when, before.whens[0]) for when in told):
        return False
    rivals = [one for one in pool if one.series == now.series and _a_year_before(now, one)]
    return not rivals or any(agree(when, before.whens[0]) for when in told)


def _a_year_before(now: EvidenceItem, other: EvidenceItem) -> bool:
    later, earlier = now.whens[0].period, other.whens[0].period
    return later is not None and earlier is not None and 355 <= (later.end - earlier.end).days <= 375


@lru_cache(maxsize=2_000)
def _is_relative(sentence: str) -> bool:
    """Whether a sentence tells a time by another: "a year earlier"."""
    return any(period.kind == "relative" for period in find_periods(sentence))


def _year_apart(now: EvidenceItem, before: EvidenceItem, claimed: tuple[When, ...], months: int, *, closed: bool) -> bool:
    """Whether two items are of the times compared: those claimed, else a year apart; balances also by as many months as are told, and since
    the end of the year before where both are of the balance sheet (``closed``).
    """
    later, earlier = now.whens[0], before.whens[0]
    if later.period is None or earlier.period is None:
        a, b = later.fiscal_year, earlier.fiscal_year
        if a is None or b is None or a <= b or later.kind != earlier.kind:
            return False
        one_year = a - b == 1
    else:
        days = (later.period.end - earlier.period.end).days
        if days <= 0 or abs(later.period.days - earlier.period.days) > 10:
            return False
        part = closed or abs(days - months * 30.4) < _HALF_MONTH
        one_year = 355 <= days <= 375 or (later.period.instant and days < 355 and part)
    if len(claimed) > 1:
        return any(agree(when, later) for when in claimed) and any(agree(when, earlier) for when in claimed)
    return one_year and (not claimed or agree(claimed[0], later))


def _named(sense: Sense, naming: Naming) -> list[EvidenceItem]:
    """Items of the metric that the words name, of the right entity and scope, whatever their period and value."""
    known = sense.evidence.labels.known
    scores = {number: score for number, score in sense.evidence.labels.scores(sense.context).items() if not known[number].prose}
    best = max(scores.values(), default=0.0)
    found = [index for number, score in scores.items() if score >= max(best - 0.05, 0.45) for index in sense.evidence.by_label[number]]
    named = [index for number in naming.rows for index in sense.evidence.by_label[number]]
    found = list(dict.fromkeys([*named, *found] if best < NAMED else [*found, *named]))
    return [sense.items[index] for index in found if sense.may_mean(index) and sense.items[index].source != "span"][:_MOST]


def _pairs(sense: Sense) -> Iterator[tuple[EvidenceItem, EvidenceItem]]:
    """Two different metrics that the sentence names in full, at one period, in the order of the sentence or the other."""
    items = [
        sense.items[index]
        for number in _rows_named(sense)
        for index in sense.evidence.by_label[number]
        if sense.may_mean(index) and sense.fits_time(index)
    ]
    items = [item for item in items if item.source != "span" and item.unit != "ratio"]
    items = _latest_first(_principal(items), sense)[:_MOST]
    for one in items:
        for other in items:
            alike = one.unit == other.unit or None in (one.unit, other.unit)  # a table may print "$" on its first row alone
            if one.label != other.label and alike and _time(one) == _time(other):
                yield one, other


def _ratios_apart(sense: Sense) -> Iterator[tuple[EvidenceItem, EvidenceItem]]:
    """The printed ratios of two rows that the sentence names, of one time and one column: how far the one's margin is above the other's."""
    named = [sense.items[index] for number in _rows_named(sense) for index in sense.evidence.by_label[number] if sense.may_mean(index)]
    items = [item for item in named if item.unit == "ratio" and not item.change and item.source == "cell" and _in_time(sense, item)]
    for one, other in permutations(items[:_MOST], 2):
        apart = one.reference.metric != other.reference.metric and one.value > other.value
        if apart and one.dates == other.dates and one.column == other.column:
            yield one, other


def _rows_named(sense: Sense) -> list[int]:
    """The rows that the sentence names in full."""
    text = sense.evidence.entities.without(sense.claim.sentence)
    said = sense.evidence.labels.scores(text)
    return _not_within([number for number in said if any(_covered(sense.evidence.labels.known[number], text))], text, sense)


def _not_within(named: list[int], text: str, sense: Sense) -> list[int]:
    """The rows without those whose names are only said within another's: "income taxes" in "accrued income taxes"."""
    told = word_list(text)
    names = {number: _said_name(sense.evidence.labels.known[number], told) for number in named}
    in_one_place = {name for name in names.values() if _is_in_one_place(name, told)}

    def is_told(number: int) -> bool:
        own = names[number]
        if own not in in_one_place and own <= frozenset[str]().union(*in_one_place):
            return False  # "net" of one name and "income" of another
        wider = [name for name in in_one_place if own < name]
        return all(own <= (Counter(told) - Counter(name)).keys() for name in wider)

    return [number for number in named if is_told(number)]


def _said_name(known: MetricLabel, told: Sequence[str]) -> Words:
    """The longest of a row's names that is said, rather one whose words stand next to each other."""
    names = (name for name in known.alternatives if name <= frozenset(told))
    return max(names, key=lambda name: (_is_in_one_place(name, told), len(name)), default=frozenset())


def _is_in_one_place(name: Words, told: Sequence[str]) -> bool:
    """Whether a name's words stand next to each other."""
    return any(name <= frozenset(told[place : place + len(name)]) for place in range(len(told) - len(name) + 1))


def _latest_first(items: list[EvidenceItem], sense: Sense) -> list[EvidenceItem]:
    """The items, those of the latest time first where no time is told."""
    if sense.whens:
        return items
    return sorted(items, key=lambda item: -(item.dates.end.toordinal() if item.dates else 0))


def _principal(items: list[EvidenceItem]) -> list[EvidenceItem]:
    """The items without those of another table where a statement has one of the name and the time."""
    stated = {(item.label.alternatives[0], item.period) for item in items if item.principal}
    concepts = {(item.concept, item.period) for item in items if item.principal and item.concept}
    return [
        item
        for item in items
        if item.principal or not ((item.label.alternatives[0], item.period) in stated or (item.concept, item.period) in concepts)
    ]


def _parts(sense: Sense, naming: Naming) -> Iterator[tuple[EvidenceItem, EvidenceItem]]:
    """What the figure's words name, with each larger item of its time that another name of the sentence, or of its heading, has."""
    parts = _latest_first([item for item in _named(sense, naming) if item.unit != "ratio" and _in_time(sense, item)], sense)
    if not parts:
        return
    labels, text = sense.evidence.labels, sense.evidence.entities.without(sense.claim.sentence)
    names = [number for number, (cover, _) in labels.covers(text).items() if cover >= FULL]
    wholes = [index for number in _not_within(names, text, sense) for index in sense.evidence.by_label[number]]
    told = _wholes(wholes, sense)
    if not told and _says(_EARNED, sense.claim.sentence):
        told = _wholes(sense.evidence.of_concept("Revenues", concepts_named), sense)
    for part in parts:
        for whole in told:
            if whole.unit == part.unit and whole.dates == part.dates and abs(whole.value) > abs(part.value):
                yield part, whole


def _wholes(indices: list[int], sense: Sense) -> list[EvidenceItem]:
    """Those of the items that are amounts of statements, of the right company and time."""
    found = [sense.items[index] for index in indices if sense.may_mean(index)]
    return [item for item in found if item.unit != "ratio" and item.principal and _in_time(sense, item)]


def _in_time(sense: Sense, item: EvidenceItem) -> bool:
    return not sense.whens or any(agree(claimed, when) for claimed in sense.whens for when in item.whens)


def _covered(known: MetricLabel, text: str) -> Iterator[bool]:
    said = words(text)
    for name in known.alternatives:
        bare = name - _TOTAL
        if bare <= said:
            meant = bare if weight(bare) >= 1 else name
            yield bool(meant) and meant <= said


def _time(item: EvidenceItem) -> str | tuple[When, ...] | None:
    """The time of an item to compare by: its dated period; the years themselves where it has none."""
    return item.period or item.whens


def _prints_as(value: Decimal, claim: Claim, operands: dict[str, EvidenceItem], *, summed: bool) -> bool:
    """Whether a value prints as the claim's figure; a change over time is often stated without its sign."""
    number = claim.number
    told = number.value
    over_time = _tells_move(claim) or len({_time(item) for item in operands.values()}) > 1
    if over_time and claim.direction and told > 0:
        told = told * claim.direction
    elif summed and not over_time and told > 0 and all(item.value < 0 for item in operands.values()):
        value = abs(value)  # a sum of what was spent
    elif not over_time and number.text.startswith("("):
        told = abs(told)  # "$87 million (7.7%)" says a share by the way, and nothing negative
    low, high = claim.window
    return claim.admits(abs(value)) and low <= (abs(value) - abs(told) if value * told > 0 else value - told) <= high


def calculation(expression: str, operands: dict[str, EvidenceItem], value: Decimal, unit: str | None) -> EvidenceItem:
    """A value computed from items, as an item."""
    first = next(iter(operands.values()))
    operands = in_order(expression, operands)
    figures = {name: figure_of(item) for name, item in operands.items()}
    return replace(
        first,
        value=value,
        unit=unit,
        source="calculation",
        text=expression,
        step=Decimal(0),
        place=None,
        reference=Reference(expression=expression, operands=figures),
        places=tuple((name, item.place) for name, item in operands.items() if item.place),
        terms=tuple(operands.items()),
    )


def figure_of(item: EvidenceItem) -> Figure:
    """An item as a figure of its own: printed as in its source."""
    return Figure(
        item.text, plain(item.value), item.unit or (None if item.source == "cell" else "count"), item.period, item.source, item.reference
    )


def supposed(claim: Claim, item: EvidenceItem, question: str) -> bool:
    """Whether the answer repeats a number that the question supposes rather than asks about."""
    number = claim.number
    if abs(number.value - item.value) > number.step / 2 or (number.unit and item.unit and number.unit != item.unit):
        return False
    position = question.find(item.text)
    return bool(_SUPPOSE.search(question[max(0, position - 40) : position]))
