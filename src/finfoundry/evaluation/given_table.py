"""A question about one small table that is given with it: cells by row label and column, then arithmetic in Decimal. No model.

For the suites that hand the page over with the question (TAT-QA). Where the table does not clearly hold what is asked, nothing is
answered, and the model reads the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FIGURE = re.compile(r"^[-–(]?\s*[$€£¥]?\s*[-–(]?[\d,]*\.?\d+\)?\s*%?\)?$")
_NIL = frozenset({"-", "—", "–", "nil", "—%", "-%"})
_STOP = frozenset(
    re.findall(
        r"\w+",
        "what was is were are the a an of in on at for from to between and by as per its company s did do does how much many year years "
        "ended fiscal value amount respectively respective during end all their that be been which with compared any it there this "
        "these about",
    )
)
_WAYS = {
    "percent_change": r"percent(?:age)? (?:change|increase|decrease|growth|drop|rise)|(?:growth|change) rate|% change"
    r"|percentage (?:did|of (?:change|increase))",
    "ratio": r"\bratio of\b.*\bto\b",
    "share": r"\b(?:as|in terms of) a? ?(?:percentage|percent|proportion|share|%) of\b|\bproportion of\b"
    r"|\bpercentage of\b.*\b(?:over|to|out of|in)\b",
    "average": r"\baverage\b|\bmean\b",
    "change": r"\bchanges?\b|\bdifference\b|\b(?:increase|decrease|growth)\b|\bincrease/|how much did .* (?:change|increase|decrease)",
    "sum": r"\bsum\b|\bcombined\b|\btotal\b.*\b(?:between|across|over)\b|\btogether\b|(?:is|was) the total\b(?!.*respectively)",
}
_WORDS_OF_WAYS = frozenset(
    re.findall(
        r"\w+",
        "percentage percent change changes increase decrease difference average mean ratio sum combined growth rate proportion drop rise",
    )
)
_OF_TEXT = re.compile(
    r"^(?:why|who|where|when|how (?!much|many|long))"
    r"|\b(?:due to|driven by|reason|cause|represent|consist|include|mean by|refer|purpose|defined?)",
    re.IGNORECASE,
)
_MOST = frozenset(["larger", "largest", "higher", "highest", "greater", "greatest", "more", "most"])
_LEAST = frozenset(["lower", "lowest", "smaller", "smallest", "less", "least"])
_WHICH_YEAR = re.compile(rf"\bwhich (?:fiscal )?year\b.*\b(?P<way>{'|'.join(sorted(_MOST | _LEAST))})\b", re.IGNORECASE)
_YEARS_SHOWN = re.compile(r"\bwhich years\b(?!.*\b(?:than|exceed|above|below|less|more|positive|negative|larger|lower)\b)", re.IGNORECASE)
_VARIATION = re.compile(r"\b(?:change|variance|variation|vs\.?|versus|increase|decrease|favorable)\b", re.IGNORECASE)
SURE = 0.6  # how much of a row's label the question must hold, and the other way round
APART = 0.05  # how much better than the second row


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its label, the headings above it, its cells as printed by column."""

    label: str
    group: str
    cells: dict[int, str]


@dataclass(slots=True)
class Table:
    columns: dict[int, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    scale: str = ""

    @classmethod
    def read(cls, grid: Sequence[Sequence[str]], text: str) -> Table:
        """Rows before the first figures are the header; a row without figures below it is a heading."""
        made = cls(scale=scale_of(" ".join(" ".join(row) for row in grid), text))
        body = next(
            (
                number
                for number, row in enumerate(grid)
                if any(figure(cell) is not None and not YEAR.fullmatch(cell.strip()) for cell in row[1:])
            ),
            len(grid),
        )
        for row in grid[:body]:
            last = ""
            for column, cell in enumerate(row[1:], 1):
                last = cell.strip() or last
                made.columns[column] = f"{made.columns.get(column, '')} {last}".strip()
        group = ""
        for row in grid[body:]:
            cells = {column: cell.strip() for column, cell in enumerate(row) if column and cell.strip()}
            if any(figure(cell) is not None for cell in cells.values()):
                made.lines.append(Line(row[0].strip(), group, cells))
            elif row[0].strip():
                group = row[0].strip()
        return made


@dataclass(frozen=True, slots=True)
class Found:
    """Answers as printed or computed, their scale, and the calculation."""

    answers: tuple[str, ...]
    scale: str
    how: str
    sure: float


def figure(cell: str) -> Decimal | None:
    """A cell that is a figure and nothing else; a dash is nil."""
    plain = cell.strip()
    if plain in _NIL:
        return Decimal(0)
    if not _FIGURE.match(plain):
        return None
    negative = plain.startswith(("(", "-", "–")) or "(" in plain[:3]
    try:
        value = Decimal(re.sub(r"[^\d.]", "", plain))
    except InvalidOperation:
        return None
    return -value if negative else value


def scale_of(grid: str, text: str) -> str:
    """The scale that the table states, else the text that introduces it."""
    for place in (grid, text):
        stated = r"\b(thousand|million|billion)s?\b" if place is grid else r"\b(?:in|of) (?:\w+ )?(thousand|million|billion)s\b"
        if match := re.search(stated, place, re.IGNORECASE):
            return match[1].lower()
        if re.search(r"[$€£]\s?(?:m|mn)\b|[$€£]m\b|\bM\$|\$M\b", place):
            return "million"
        if re.search(r"[$€£]['’]?000|\b000s?\b|['’]000", place):
            return "thousand"
    return ""


def answer(question: str, table: Table) -> Found | None:
    """What the question asks of the table; None where rows, columns or the way to compute are not clear."""
    way = next((name for name, pattern in _WAYS.items() if re.search(pattern, question, re.IGNORECASE)), "lookup")
    if way in ("ratio", "share"):
        return _of_two(question, table, way)
    if _OF_TEXT.search(question):
        return None
    if _YEARS_SHOWN.search(question):
        shown = dict.fromkeys(year for heading in table.columns.values() for year in YEAR.findall(heading))
        return Found(tuple(shown), "", "years of the columns", 1.0) if shown else None
    line, sure = _row(question, table.lines)
    if line is None or sure < SURE:
        return None
    if match := _WHICH_YEAR.search(question):
        return _year_of(match["way"].lower(), table, line, sure)
    columns = _columns(question, table, line, every=way in ("average", "sum"))
    if way == "sum" and len(columns) == 1:
        way = "lookup"
    values = [(column, figure(line.cells.get(column, ""))) for column in columns]
    if not values or any(value is None for _, value in values):
        return None
    numbers = [value for _, value in values if value is not None]
    stated = f"{line.cells[columns[0]]} {line.label} {table.columns.get(columns[0], '')}".lower()
    percent = "%" in stated or re.search(r"\bpercent|\bin %|\byield\b", stated)
    scale = "percent" if percent else _row_scale(question, line, table)
    if way == "lookup":
        return Found(tuple(line.cells[column] for column in columns), scale, "", sure)
    if way in ("change", "percent_change"):
        return _changed(table, way, values, scale, sure) if len(numbers) == 2 else None
    if all(number <= 0 for number in numbers) and "used" not in line.label.lower():
        numbers = [-number for number in numbers]  # costs in brackets are told without them
    if way == "average" and len(numbers) >= 2:
        return _computed(sum(numbers, Decimal(0)) / len(numbers), scale, f"mean of {numbers}", sure)
    if way == "sum" and len(numbers) >= 2:
        return _computed(sum(numbers, Decimal(0)), scale, f"sum of {numbers}", sure)
    return None


def _year_of(way: str, table: Table, line: Line, sure: float) -> Found | None:
    """The year of the largest or smallest cell of a row."""
    years = {column: YEAR.findall(table.columns.get(column, "")) for column in line.cells}
    values = {found[0]: figure(line.cells[column]) for column, found in years.items() if len(found) == 1}
    known = {year: value for year, value in values.items() if value is not None}
    if len(known) < 2:
        return None
    year = (max if way in _MOST else min)(known, key=lambda one: known[one])
    return Found((year,), "", f"{way} of {known}", sure)


def _changed(table: Table, way: str, values: list[tuple[int, Decimal | None]], scale: str, sure: float) -> Found | None:
    """The later column less the earlier; columns without years as they stand, the first being the later."""
    years = [max(map(int, YEAR.findall(table.columns.get(column, ""))), default=0) for column, _ in values]
    (first, second) = (value for _, value in values)
    if first is None or second is None:
        return None
    later, earlier = (first, second) if years[0] >= years[1] else (second, first)
    if way == "change":
        return _computed(later - earlier, scale, f"{later} - {earlier}", sure)
    return _computed((later - earlier) / earlier * 100, "percent", f"({later} - {earlier}) / {earlier}", sure) if earlier else None


def _of_two(question: str, table: Table, way: str) -> Found | None:
    """One row over another in the same column."""
    match = re.search(
        r"ratio of (?P<a>.+?) to (?P<b>.+)" if way == "ratio"
        else r"(?P<a>.+?) as a? ?(?:percentage|percent|proportion|share|%) of (?:the )?(?P<b>.+)",
        question, re.IGNORECASE,
    )  # fmt: skip
    if match is None:
        return None
    (above, one), (below, other) = _row(match["a"], table.lines), _row(match["b"], table.lines)
    if above is None or below is None or above is below or min(one, other) < SURE:
        return None
    columns = _columns(question, table, above)
    if len(columns) != 1:
        return None
    a, b = (figure(line.cells.get(columns[0], "")) for line in (above, below))
    if a is None or not b:
        return None
    return (
        _computed(a / b, "", f"{a} / {b}", min(one, other))
        if way == "ratio"
        else _computed(a / b * 100, "percent", f"{a} / {b}", min(one, other))
    )


def _computed(value: Decimal, scale: str, how: str, sure: float) -> Found:
    return Found((str(value.quantize(Decimal("0.01"))),), scale, how, sure)


def words(text: str) -> list[str]:
    """Telling words, without plural endings."""
    plain = YEAR.sub(" ", text.lower())
    return [word.rstrip("s") for word in re.findall(r"[a-z]+|\d+", plain) if word not in _STOP and word not in _WORDS_OF_WAYS]


def _row(question: str, lines: Sequence[Line]) -> tuple[Line | None, float]:
    """The row whose label, weighed by how rare its words are in the table, agrees best with the question, and how well."""
    asked = Counter(words(question))
    rare = Counter(word for line in lines for word in set(words(f"{line.group} {line.label}")))
    scored = sorted(((_agreement(line, asked, rare), -number) for number, line in enumerate(lines)), reverse=True)
    if not scored or scored[0][0] <= 0:
        return None, 0.0
    if len(scored) > 1 and scored[0][0] - scored[1][0] < APART and lines[-scored[1][1]].label != lines[-scored[0][1]].label:
        return None, 0.0
    return lines[-scored[0][1]], scored[0][0]


def _agreement(line: Line, asked: Counter[str], rare: Counter[str]) -> float:
    """The smaller of the shares that label and question have of each other; a heading above may name what the label does not."""
    label, group = set(words(line.label)), set(words(line.group))
    if not label:
        return 0.0
    weight = {word: 1 / (1 + rare[word]) for word in label | group | set(asked)}
    both = sum(weight[word] for word in label & set(asked))
    of_label = both / sum(weight[word] for word in label)
    of_question = sum(weight[word] for word in (label | group) & set(asked)) / max(sum(weight[word] for word in asked), 1e-9)
    return min(of_label, 0.3 + of_question) + 0.05 * of_question


def _columns(question: str, table: Table, line: Line, *, every: bool = False) -> list[int]:
    """The columns that the question names by year, in its order; by more words of their headings where several have the year.

    Without a year: the columns of figures where there are one or two, or where ``every`` one is wanted. "2017 to 2019" has 2018, too.
    """
    years = list(dict.fromkeys(YEAR.findall(question)))
    if every and len(years) == 2 and re.search(rf"{years[0]} (?:to|through|-) {years[1]}", question):
        years = [str(year) for year in range(int(min(years)), int(max(years)) + 1)]
    told = bool(_VARIATION.search(question)) and not years
    here = [
        column for column in line.cells
        if figure(line.cells[column]) is not None and (told or not _VARIATION.search(table.columns.get(column, "")))
    ]  # fmt: skip
    if not years:
        return here if every or len(here) <= 2 else []
    chosen = []
    for year in years:
        named = [column for column in here if year in YEAR.findall(table.columns.get(column, ""))]
        if len(named) > 1:
            asked = set(words(question))
            best = max(len(asked & set(words(table.columns[column]))) for column in named)
            named = [column for column in named if len(asked & set(words(table.columns[column]))) == best]
            percent = [column for column in named if "%" in line.cells[column] or "%" in table.columns[column]]
            wanted = percent if re.search("percent", question, re.IGNORECASE) else [one for one in named if one not in percent]
            named = wanted or named
        if len(named) != 1:
            return []
        chosen.append(named[0])
    return chosen


def _row_scale(question: str, line: Line, table: Table) -> str:
    """The table's scale, which shares, people and prices of one share do not have."""
    text = f"{line.label} {line.group} {question}".lower()
    if re.search(
        r"per (?:\w+ )?share|per unit|number of|employee|\byears?\)|life expectanc|headcount|\brate\b|shares (?:granted|vested)", text
    ):
        return ""
    return table.scale
