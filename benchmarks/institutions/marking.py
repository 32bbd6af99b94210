"""Whether a sentence about a made report is true, by two passes that share nothing: the generator's books, and the printed table.

Each gives True, False, or None where it cannot tell: no line of the report is named, or no figure. Neither knows the binder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from institutions.books import GROUP, Key
from institutions.composed import Report
from institutions.statements import Grid, Printed
from institutions.terms import spoken

_NUMBER = re.compile(
    r"(?P<minus>[-−(]?)(?:US\$|HK\$|S\$|RMB|[$€£¥])?\s?(?P<digits>\d[\d,]*(?:\.\d+)?)\)?\s*"
    r"(?P<scale>percentage points?|%|percent|per cent|个百分点|百分点|thousand|million|billion|百万|千万|亿|万|千)?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,])20[0-4]\d(?![\d,]|\.\d)")
_SCALES = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8
}  # fmt: skip
_UP = re.compile(r"\b(?:increas|rose|rise|grew|growth|up\b|gain|higher)|增长|增加|上升|提高|高于|上涨", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:decreas|fell|fall|declin|drop|down\b|reduc|lower)|下降|减少|降低|低于|下跌|下滑", re.IGNORECASE)
_RATIO = re.compile(r"\b(?:ratio|share|proportion|percentage of|accounted for|represent|times)\b|占|比率|比例|倍", re.IGNORECASE)
_PAIRED = re.compile(r"\brespectively\b|分别", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A number of a sentence: its value in base units or as a fraction, the worth of half its last digit, and where it stands."""

    value: Decimal
    half: Decimal
    percent: bool
    points: bool  # a difference of percentages
    scaled: bool  # a scale word stands behind it
    start: int
    text: str

    def is_like(self, value: Decimal) -> bool:
        return abs(abs(value) - abs(self.value)) <= self.half


def class_of(sentence: str) -> str:
    """What kind of claim a sentence makes, by its words."""
    found = said_numbers(sentence)
    if not found:
        return "no figure"
    if _UP.search(sentence) or _DOWN.search(sentence):
        return "change in percent" if any(one.percent for one in found) else "change"
    return "share or ratio" if _RATIO.search(sentence) else "level"


def said_numbers(sentence: str) -> list[Said]:
    """The numbers of a sentence, years and days apart."""
    years = {match.start() for match in _YEAR.finditer(sentence)}
    found = []
    for match in _NUMBER.finditer(sentence):
        at = match.start("digits")
        if at in years or re.match(r"\s*(?:月|日|January|December|March|June)", sentence[match.end() :]):
            continue
        digits, word = match["digits"].replace(",", ""), (match["scale"] or "").lower()
        points = word.startswith("percentage point") or word.endswith("百分点")
        percent = points or word in ("%", "percent", "per cent")
        by = Decimal("0.01") if percent else Decimal(_SCALES.get(word, 1))
        half = Decimal(1).scaleb(-len(digits.partition(".")[2])) / 2 * by
        found.append(Said(Decimal(digits) * by, half, percent, points, word in _SCALES, at, match[0]))
    return [one for one in found if not re.search(r"(?:FY|Q|第)$", sentence[: one.start])]


def _years(report: Report, sentence: str) -> list[tuple[int, int]]:
    """Where a sentence names which years; the paper's own where it names none."""
    found = [(match.start(), int(match[0])) for match in _YEAR.finditer(sentence)]
    return found or [(0, report.style.year)]


# the books


def marked_by_books(report: Report, sentence: str) -> bool | None:
    """By the figures behind the report: every number is the level, the change or the ratio that the lines and years named have."""
    numbers, lines = said_numbers(sentence), _named_lines(report, sentence)
    if not numbers or not lines:
        return None
    years = _years(report, sentence)
    values = {line: _by_year(report, line) for line in lines}
    held = all(_follows(report, one, at, numbers, values, years, sentence) for at, one in enumerate(numbers))
    return held and _moves_as_said(sentence, [one for one in values.values() if len(one) > 1], [year for _, year in years])


def _named_lines(report: Report, sentence: str) -> list[Printed]:
    """One cell of each line whose spoken label the sentence has, the longest label of each place."""
    plain = sentence.casefold()
    spans: dict[str, tuple[int, int]] = {}
    cells = {}
    for cell in report.truth:
        name = spoken(cell.names[0]).casefold().strip()
        if cell.scope == GROUP and len(cell.names) == 1 and len(name) > 1 and (at := plain.find(name)) >= 0:
            spans[name], cells[name] = (at, at + len(name)), cell
    return [cells[name] for name, own in spans.items() if not any(_inside(own, other) for other in spans.values() if other != own)]


def _inside(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= one[0] and one[1] <= other[1]


def _by_year(report: Report, line: Printed) -> dict[int, Decimal]:
    """What the books have of a line, by year."""
    years = range(report.style.year - 4, report.style.year + 1)
    keys = {year: Key(line.key.metric, str(year), GROUP, line.key.member) for year in years}
    return {year: report.books.values[key] for year, key in keys.items() if key in report.books.values}


def _follows(
    report: Report, one: Said, at: int, numbers: Sequence[Said], values: dict[Printed, dict[int, Decimal]],
    years: Sequence[tuple[int, int]], sentence: str,
) -> bool:  # fmt: skip
    near = _year_of(one, at, numbers, years, sentence)
    named = [year for _, year in years]
    for line, by_year in values.items():
        scales = (1, line.scale, report.style.broad) if not (one.scaled or one.percent) else (1,)
        levels = [by_year[year] for year in near if year in by_year]
        if any(one.is_like(value / scale) for value in levels for scale in scales):
            return True
        for new, old in _pairs(named, by_year):
            change = by_year[new] - by_year[old]
            if one.percent and not one.points and by_year[old] and one.is_like(change / abs(by_year[old])):
                return True
            if one.points and one.is_like(change):
                return True
            if not one.percent and any(one.is_like(change / scale) for scale in scales):
                return True
    return _of_two_lines(one, list(values.values()), named)


def _of_two_lines(one: Said, lines: Sequence[dict[int, Decimal]], years: Sequence[int]) -> bool:
    """Whether a number is the ratio or the difference of two of the lines in one of the years."""
    for year in years:
        for first in lines:
            for second in lines:
                a, b = first.get(year), second.get(year)
                if first is second or a is None or not b:
                    continue
                if one.is_like(a / b) or (not one.percent and one.is_like(a - b)) or (one.percent and one.is_like((a - b) / b)):
                    return True
    return False


def _year_of(one: Said, at: int, numbers: Sequence[Said], years: Sequence[tuple[int, int]], sentence: str) -> list[int]:
    """The year that a number is told of: by order where they stand respectively, else those nearest to it."""
    if _PAIRED.search(sentence) and len(numbers) == len(years):
        return [years[at][1]]
    nearest = sorted(years, key=lambda year: abs(year[0] - one.start))
    before = [year for place, year in years if place < one.start][-1:]
    return list(dict.fromkeys([nearest[0][1], *before]))


def _pairs(years: Sequence[int], by_year: dict[int, Decimal]) -> Iterator[tuple[int, int]]:
    """Later and earlier years named; a single one and the year before it."""
    every = sorted(set(years))
    for new in every:
        for old in [year for year in every if year < new] or [new - 1]:
            if new in by_year and old in by_year:
                yield new, old


def _moves_as_said(sentence: str, lines: Sequence[dict[int, Decimal]], years: Sequence[int]) -> bool:
    """Whether the line moved in the direction told; True where none is, or both are."""
    up, down = bool(_UP.search(sentence)), bool(_DOWN.search(sentence))
    if up == down or len(lines) != 1:
        return True
    moves = [lines[0][new] - lines[0][old] for new, old in _pairs(years, lines[0])]
    return not moves or any((move > 0) is up for move in moves)


# the page


def marked_by_page(report: Report, grid: Grid, sentence: str) -> bool | None:
    """By the table's own cells: each number stands in a row that the sentence speaks of, under a year that it names, or is made of two."""
    numbers = said_numbers(sentence)
    rows = _spoken_rows(grid, sentence)
    if not numbers or not rows:
        return None
    years, by = {year for _, year in _years(report, sentence)}, _scale_of(grid)
    cells = {label: _cells(grid, row) for label, row in rows.items()}
    told = list(cells.values())
    for one in numbers:
        printed = any(_printed(one, year, value, by, years) for row in told for year, value in row)
        if not printed and not any(_made(one, value, other, by) for value, other in _couples(told, years)):
            return False
    return _runs_as_said(sentence, told, years)


def _spoken_rows(grid: Grid, sentence: str) -> dict[str, list[str]]:
    """The rows of whose label the sentence has all words, longest labels first; those within one taken are left out."""
    words, plain = set(_words(sentence)), re.sub(r"\s", "", sentence).casefold()
    taken: dict[str, list[str]] = {}
    for row in sorted(grid.rows, key=lambda row: -len(row[0])):
        label = re.sub(r"（[^）]*）|\([^)]*\)|^\s*(?:其中：|of which:?)", "", row[0]).strip()
        own = _words(label)
        has = (own and set(own) <= words) if label.isascii() else label.casefold() in plain
        if has and not any(set(own) < set(_words(other)) or (not label.isascii() and label in other) for other in taken):
            taken[label] = row
    return taken


def _words(text: str) -> list[str]:
    return [word.rstrip("s") for word in re.findall(r"[a-z]+", text.casefold())]


def _cells(grid: Grid, row: Sequence[str]) -> list[tuple[int | None, Decimal]]:
    """Figures of a row with the years of their columns; of a group and its parent the first ones."""
    found, seen = list[tuple[int | None, Decimal]](), set[int]()
    for at, cell in enumerate(row[1:], 1):
        heads = " ".join(str(one[at] or "") for one in grid.heads if at < len(one))
        years = [int(year) for year in re.findall(r"20\d\d", heads)]
        digits = re.search(r"\d[\d,]*(?:\.\d+)?", cell)
        if digits is None or (years and years[-1] in seen) or "%" in heads or "占比" in heads or "增减" in heads:
            continue
        value = Decimal(digits[0].replace(",", ""))
        seen |= set(years)
        found.append((years[-1] if years else None, -value if cell.strip().startswith(("(", "-")) else value))
    return found


def _scale_of(grid: Grid) -> Decimal:
    """What the line over a table says that its amounts are counted in."""
    names = (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("'000", 10**3), ("亿", 10**8), ("百万", 10**6), ("万", 10**4),
             ("千", 10**3))  # fmt: skip
    return Decimal(next((by for name, by in names if name in grid.unit_line.casefold()), 1))


def _printed(one: Said, year: int | None, value: Decimal, by: Decimal, years: set[int]) -> bool:
    fits = year is None or year in years
    return fits and (one.is_like(value * (by if one.scaled else 1)) or (one.percent and one.is_like(value / 100)))


def _made(one: Said, value: Decimal, other: Decimal, by: Decimal) -> bool:
    """Whether a number is the difference of two cells, or one as a share or a change of the other."""
    if not one.percent and one.is_like((value - other) * (by if one.scaled else 1)):
        return True
    if one.points:
        return one.is_like((value - other) / 100)
    return bool(other) and (one.is_like(value / other) or (one.percent and one.is_like((value - other) / abs(other))))


def _couples(rows: Sequence[Sequence[tuple[int | None, Decimal]]], years: set[int]) -> Iterator[tuple[Decimal, Decimal]]:
    """Later against earlier cells of one row, and cells of two rows under one year."""
    wanted = years | {min(years) - 1} if len(years) == 1 else years
    for at, row in enumerate(rows):
        dated = sorted(((year, value) for year, value in row if year in wanted), key=lambda one: -(one[0] or 0))
        yield from ((new, old) for place, (_, new) in enumerate(dated) for _, old in dated[place + 1 :])
        for other in (*rows[:at], *rows[at + 1 :]):
            yield from ((a, b) for year, a in row for beside, b in other if year == beside and year in years | {None})


def _runs_as_said(sentence: str, rows: Sequence[Sequence[tuple[int | None, Decimal]]], years: set[int]) -> bool:
    rising, falling = _UP.search(sentence) is not None, _DOWN.search(sentence) is not None
    if rising == falling or len(rows) != 1:
        return True
    couples = list(_couples(rows, years))
    return not couples or any((new > old) == rising for new, old in couples)
