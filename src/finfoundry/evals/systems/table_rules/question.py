"""A question about one small given table: cells by row label and column, then arithmetic in Decimal. No model.

For the suites that hand the page over with the question (TAT-QA). Where the table does not clearly hold what is asked, nothing is
answered, and the model reads the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.evals.systems.table_rules.given_table import YEAR, GivenTable, TableLine, figure, full_years

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
    r"|\bpercentage of\b.*\b(?:over|to|out of|in)\b|\bpercentage (?:of )?constitution\b",
    "average_change": r"(?:change|difference) (?:between|in|of|from)\b.*\baverage\b.*\b(?:19|20)\d\d.*\b(?:19|20)\d\d"
    r"|change between (?:19|20)\d\d and (?:19|20)\d\d average",
    "average": r"(?<!weighted[- ])\baverage\b|\bmean\b",
    "change": r"\bchanges?\b|\bdifference\b|\b(?:increase|decrease|growth)\b|\bincrease/|how much did .* (?:change|increase|decrease)",
    "sum": r"\bsum\b|\bcombined\b|\btotal\b.*\b(?:between|across|over)\b|\btogether\b|(?:is|was) the total\b(?!.*respectively)",
}
_WORDS_OF_WAYS = frozenset(
    re.findall(
        r"\w+",
        "percentage percent change changes increase decrease difference average mean ratio sum combined growth rate proportion drop rise",
    )
)
_ARITHMETIC = re.compile(r"\b(?:percent(?:age)?|ratio|proportion|times|more|less|higher|lower|net of|total)\b|%", re.IGNORECASE)
_OF_TEXT = re.compile(
    r"^(?:why|who|where|when|how (?!much|many|long))"
    r"|\b(?:due to|driven by|led to|reason|cause|represent|consist|compris|compos|include|exclude|mean by|refer|relate to|purpose|defined?"
    r"|components?|lifespan|over how many)",
    re.IGNORECASE,
)
_MOST = frozenset(["larger", "largest", "higher", "highest", "greater", "greatest", "more", "most"])
_LEAST = frozenset(["lower", "lowest", "smaller", "smallest", "less", "least"])
_WHICH_YEAR = re.compile(rf"\bwhich (?:fiscal )?year\b.*\b(?P<way>{'|'.join(sorted(_MOST | _LEAST))})\b", re.IGNORECASE)
_YEARS_SHOWN = re.compile(r"\bwhich years\b(?!.*\b(?:than|exceed|above|below|less|more|positive|negative|larger|lower)\b)", re.IGNORECASE)
_LESS = frozenset(["less", "lower", "below", "under", "smaller"])
_CONDITION = re.compile(
    r"\b(?:(?P<many>how many)\b.*\byears|(?:in )?(?:which|what) (?:fiscal )?years?)\b.*?"
    r"\b(?:(?P<way>less|lower|below|under|smaller|more|above|over|higher|greater|larger|exceed(?:ed|s)?)(?:\s+than)?\s*[$€£]?\s?"
    r"(?P<limit>\d[\d,]*(?:\.\d+)?)(?!\d)|(?P<sign>negative|positive)\b)",
    re.IGNORECASE,
)
_QUARTERS = (r"\b(?:first|q1|1st)\b", r"\b(?:second|q2|2nd)\b", r"\b(?:third|q3|3rd)\b", r"\b(?:fourth|q4|4th)\b")
_POINTS = re.compile(r"\babsolute\b|\bpoints?\b", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\bdifference\b", re.IGNORECASE)
_DIRECTED = re.compile(r"\b(?:change|increase|decrease|percentage difference)\b", re.IGNORECASE)
_ACROSS = re.compile(r"\bbetween\b|\bacross\b|\bover\b|\bto\b|[-–]\s*(?:19|20)\d\d", re.IGNORECASE)
_VARIATION = re.compile(r"\b(?:change|variance|variation|vs\.?|versus|increase|decrease|favorable)\b", re.IGNORECASE)
_TWO = {
    "ratio": (re.compile(r"ratio of (?P<a>.+?) to (?P<b>.+)", re.IGNORECASE),),
    "share": (
        re.compile(r"constitution of (?P<a>.+?) (?:among|in|of|out of) (?:the )?(?P<b>.+)", re.IGNORECASE),
        re.compile(r"(?P<a>.+?) as a? ?(?:percentage|percent|proportion|share|%) of (?:the )?(?P<b>.+)", re.IGNORECASE),
        re.compile(r"(?:percentage|percent|proportion|share) of (?P<a>.+?) (?:over|to|out of|among|in) (?:the )?(?P<b>.+)", re.IGNORECASE),
    ),
}
SURE = 0.6  # how much of a row's label the question must hold, and the other way round
APART = 0.05  # how much better than the second row
VERBATIM = 0.1  # for a label that the question holds word by word
HEADING = 0.5  # how much of a heading the question must hold where it names no year
UNKNOWN = 0.25  # weight of a question's word that is in no label, or in the heading of a column
_RATE = re.compile(r"^(?!.*\bat\b).*\brates?\W*(?:\([^)]*\)\W*)*$", re.IGNORECASE)  # no amount "computed at the statutory rate"
_UNSCALED = re.compile(r"per (?:\w+ )?share|per unit|number of|employee|\byears?\)|life expectanc|headcount|shares (?:granted|vested)")
_OF_SHARES = re.compile(r"\bshares\b", re.IGNORECASE)
_NOTE = re.compile(r"\((?:\d{1,2}|[a-z]|see note[^)]*|note[^)]*)\)+", re.IGNORECASE)  # a footnote's mark


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """Answers as printed or computed, their scale, and the calculation."""

    answers: tuple[str, ...]
    scale: str
    how: str
    sure: float


def answer(question: str, table: GivenTable) -> TableAnswer | None:
    """What the question asks of the table; None where rows, columns or the way to compute are not clear."""
    question = full_years(question)
    way = next((name for name, pattern in _WAYS.items() if re.search(pattern, question, re.IGNORECASE)), "lookup")
    if way in ("ratio", "share"):
        return _of_two(question, table, way)
    if _OF_TEXT.search(question):
        return None
    if match := _CONDITION.search(question):
        return _years_where(match, question, table)
    if _YEARS_SHOWN.search(question):
        shown = dict.fromkeys(year for heading in table.columns.values() for year in YEAR.findall(heading))
        return TableAnswer(tuple(shown), "", "years of the columns", 1.0) if shown else None
    line, sure = _row(question, table.lines, " ".join(table.columns.values()))
    if line is None or sure < SURE:
        return None
    if match := _WHICH_YEAR.search(question):
        return _year_of(match["way"].lower(), table, line, sure)
    if way == "average_change":
        return _average_changed(question, table, line, sure)
    columns = _columns(question, table, line, way)
    if way == "sum" and (len(columns) == 1 or ("total" in words(line.label) and not _ACROSS.search(question))):
        way = "lookup"  # the total is a row
    if way == "lookup" and len(columns) > 1 and not YEAR.search(question) and YEAR.search(" ".join(table.columns.values())):
        return None  # no year is asked for: it is not the amounts that are
    values = [(column, figure(line.cells.get(column, ""))) for column in columns]
    if not values or any(value is None for _, value in values):
        return None
    numbers = [value for _, value in values if value is not None]
    stated = f"{line.cells[columns[0]]} {line.label} {table.columns.get(columns[0], '')}".lower()
    percent = "%" in stated or re.search(r"(?<!except )\bpercent|\bin %|\byield\b", stated)
    scale = "percent" if percent else _row_scale(question, line, table)
    if way == "lookup":
        return TableAnswer(tuple(line.cells[column] for column in columns), scale, "", sure)
    if way in ("change", "percent_change"):
        if way == "percent_change" and scale == "percent" and _POINTS.search(question):
            way = "change"
        found = _changed(table, way, values, scale, sure) if len(numbers) == 2 else None
        plain = found is not None and _DIFFERENCE.search(question) and not _DIRECTED.search(question)
        return replace(found, answers=(found.answers[0].lstrip("-"),)) if plain and found else found
    if all(number <= 0 for number in numbers) and "used" not in line.label.lower():
        numbers = [-number for number in numbers]  # costs in brackets are stated without them
    if way == "average" and len(numbers) >= 2:
        return _computed(sum(numbers, Decimal(0)) / len(numbers), scale, f"mean of {numbers}", sure)
    if way == "sum" and len(numbers) >= 2:
        return _computed(sum(numbers, Decimal(0)), scale, f"sum of {numbers}", sure)
    return None


def computes(question: str) -> bool:
    """Whether the words of a question ask for arithmetic, or for a share, which may be printed or not."""
    return bool(_ARITHMETIC.search(question)) or any(re.search(pattern, question, re.IGNORECASE) for pattern in _WAYS.values())


def _years_where(match: re.Match[str], question: str, table: GivenTable) -> TableAnswer | None:
    """The years in which a row is below or above what the question says, or how many they are."""
    line, sure = _row(question[: match.start("limit")] if match["limit"] else question, table.lines, " ".join(table.columns.values()))
    if line is None or sure < SURE:
        return None
    limit = Decimal(match["limit"].replace(",", "")) if match["limit"] else Decimal(0)
    below = match["sign"] == "negative" if match["sign"] else match["way"].lower() in _LESS
    years = {YEAR.findall(table.columns.get(column, ""))[-1]: figure(line.cells[column]) for column in line.cells
             if YEAR.search(table.columns.get(column, "")) and "%" not in line.cells[column] + table.columns[column]
             and not _VARIATION.search(table.columns[column])}  # fmt: skip
    asked = _years_asked(question, every=True)
    held = [year for year, value in years.items() if value is not None and (value < limit if below else value > limit)]
    held = [year for year in held if not asked or year in asked]
    if match["many"]:
        return TableAnswer((str(len(held)),), "", f"{line.label}: {held}", sure)
    return TableAnswer(tuple(held), "", line.label, sure) if held else None


def _year_of(way: str, table: GivenTable, line: TableLine, sure: float) -> TableAnswer | None:
    """The year of the largest or smallest cell of a row."""
    years = {column: YEAR.findall(table.columns.get(column, "")) for column in line.cells}
    values = {found[0]: figure(line.cells[column]) for column, found in years.items() if len(found) == 1}
    known = {year: value for year, value in values.items() if value is not None}
    if len(known) < 2:
        return None
    year = (max if way in _MOST else min)(known, key=lambda one: known[one])
    return TableAnswer((year,), "", f"{way} of {known}", sure)


def _changed(table: GivenTable, way: str, values: list[tuple[int, Decimal | None]], scale: str, sure: float) -> TableAnswer | None:
    """The later column less the earlier; of columns without years the first is taken as the later."""
    years = [_time_of(table.columns.get(column, "")) for column, _ in values]
    (first, second) = (value for _, value in values)
    if first is None or second is None:
        return None
    later, earlier = (first, second) if years[0] >= years[1] else (second, first)
    if way == "change":
        return _computed(later - earlier, scale, f"{later} - {earlier}", sure)
    return _computed((later - earlier) / earlier * 100, "percent", f"({later} - {earlier}) / {earlier}", sure) if earlier else None


def _time_of(heading: str) -> int:
    """The year of a column, else its quarter; 0 where it says neither."""
    quarter = next((number for number, name in enumerate(_QUARTERS, 1) if re.search(name, heading, re.IGNORECASE)), 0)
    return max(map(int, YEAR.findall(heading)), default=quarter)


def _average_changed(question: str, table: GivenTable, line: TableLine, sure: float) -> TableAnswer | None:
    """The change of the average of a year and the year before it, from one year to another."""
    years = sorted(set(map(int, YEAR.findall(question))))
    if len(years) < 2:
        return None
    first, last = years[-2:]  # "between 2017-2018 and 2018-2019" ends in 2018 and 2019
    here = [column for column in line.cells if figure(line.cells[column]) is not None]
    columns = [_of_year(str(year), question, table, line, here) for year in (first - 1, first, last - 1, last)]
    values = [figure(line.cells[column]) for column in columns if column is not None]
    numbers = [value for value in values if value is not None]
    if len(numbers) != 4:
        return None
    a, b, c, d = numbers
    return _computed((c + d) / 2 - (a + b) / 2, _row_scale(question, line, table), f"mean of {[c, d]} less mean of {[a, b]}", sure)


def _of_two(question: str, table: GivenTable, way: str) -> TableAnswer | None:
    """One row over another in the same column."""
    match = next((found for pattern in _TWO[way] if (found := pattern.search(question))), None)
    if match is None:
        return None
    headings = " ".join(table.columns.values())
    (above, one), (below, other) = _row(match["a"], table.lines, headings), _row(match["b"], table.lines, headings)
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
        else _computed(abs(a / b) * 100, "percent", f"{a} / {b}", min(one, other))  # costs in brackets are stated without them
    )


def _computed(value: Decimal, scale: str, how: str, sure: float) -> TableAnswer:
    return TableAnswer((str(value.quantize(Decimal("0.01"))),), scale, how, sure)


def words(text: str) -> list[str]:
    """Telling words, without plural endings."""
    plain = YEAR.sub(" ", _NOTE.sub(" ", text.lower()))
    return [word.rstrip("s") for word in re.findall(r"[a-z]+|\d+", plain) if word not in _STOP and word not in _WORDS_OF_WAYS]


def _row(question: str, lines: Sequence[TableLine], headings: str) -> tuple[TableLine | None, float]:
    """The row whose label, weighed by how rare its words are in the table, agrees best with the question, and how well.

    Words of the columns' headings say nothing on the row. Among rows that agree as well, one whose label the question holds word by word.
    """
    asked = set(words(question))
    rare = Counter(word for line in lines for word in set(words(f"{line.group} {line.label}")))
    named = set(words(headings))
    weights = {word: UNKNOWN if word in named or not rare[word] else 1 / (1 + rare[word]) for word in asked | set(rare)}
    years = set(YEAR.findall(question))
    inside = [line for line in lines if years & set(YEAR.findall(line.group))] or lines
    scored = sorted(
        ((_agreement(line, asked, weights) + _verbatim(line, question), -number) for number, line in enumerate(inside)), reverse=True
    )
    if not scored or scored[0][0] <= 0:
        return None, 0.0
    if len(scored) > 1 and scored[0][0] - scored[1][0] < APART and inside[-scored[1][1]].label != inside[-scored[0][1]].label:
        return None, 0.0
    return inside[-scored[0][1]], scored[0][0]


def _agreement(line: TableLine, asked: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """The smaller of the shares that label and question have of each other; a heading above may name what the label does not."""
    label, group = set(words(line.label)), set(words(line.group))
    if not label:
        return 0.0
    of_label = sum(weights[word] for word in label & asked) / sum(weights[word] for word in label)
    of_question = sum(weights[word] for word in (label | group) & asked) / max(sum(weights[word] for word in asked), 1e-9)
    return min(of_label, 0.3 + of_question) + 0.05 * of_question


def _verbatim(line: TableLine, question: str) -> float:
    """A bonus for a label that the question contains word for word, else 0."""
    plain, asked = (" ".join(re.findall(r"\w+", _NOTE.sub(" ", text).lower())) for text in (line.label, question))
    return VERBATIM if plain and f" {plain} " in f" {asked} " else 0.0


def _columns(question: str, table: GivenTable, line: TableLine, way: str = "lookup") -> list[int]:
    """The columns that the question names by year, in its order; by more words of their headings where several have the year.

    Without a year: the column that the question names by its heading, else the columns of figures where there are one or two, or where
    every one is wanted. "2017 to 2019" has 2018, too; a change in 2019 is from the year before.
    """
    every = way in ("average", "sum")
    years = _years_asked(question, every=every)
    if set(years) <= set(YEAR.findall(line.group)):
        years = []  # the row is of that year
    wants_change = bool(_VARIATION.search(question)) and not years
    here = [
        column for column in line.cells
        if figure(line.cells[column]) is not None and (wants_change or not _VARIATION.search(table.columns.get(column, "")))
    ]  # fmt: skip
    if not years:
        named = _by_heading(question, table, line, here)
        return named or (here if every or len(here) <= 2 else [])
    if len(years) == 1 and way in ("change", "percent_change"):
        years.append(str(int(years[0]) - 1))
    chosen = [_of_year(year, question, table, line, here) for year in years]
    return [column for column in chosen if column is not None] if None not in chosen else []


def _years_asked(question: str, *, every: bool) -> list[str]:
    """The years of a question in its order, and those between where a span of years is asked for."""
    years = list(dict.fromkeys(YEAR.findall(question)))
    spanned = every or "respectively" in question
    if len(years) == 2 and spanned and re.search(rf"{years[0]}\s*(?:to|through|[-–])\s*{years[1]}", question):
        first, last = map(int, years)
        return [str(year) for year in (range(first, last + 1) if first < last else range(first, last - 1, -1))]
    return years


def _of_year(year: str, question: str, table: GivenTable, line: TableLine, here: Sequence[int]) -> int | None:
    """The one column of a year; where several have it, that whose heading has more of the question's words, percents apart."""
    named = [column for column in here if year in YEAR.findall(table.columns.get(column, ""))]
    if len(named) > 1:
        percent = [column for column in named if "%" in line.cells[column] or "%" in table.columns[column]]
        wanted = percent if re.search("percent", question, re.IGNORECASE) else [one for one in named if one not in percent]
        named = wanted or named
        asked = set(words(question))
        best = max(len(asked & set(words(table.columns[column]))) for column in named)
        named = [column for column in named if len(asked & set(words(table.columns[column]))) == best]
    return named[0] if len(named) == 1 else None


def _by_heading(question: str, table: GivenTable, line: TableLine, here: Sequence[int]) -> list[int]:
    """The columns whose own words, which no other heading and no label has, the question says."""
    asked = set(words(question)) - set(words(line.label))
    headings = {column: set(words(table.columns.get(column, ""))) for column in here}
    common = set.intersection(*headings.values()) if len(headings) > 1 else set[str]()
    held = {column: len((own - common) & asked) / len(own - common) for column, own in headings.items() if own - common}
    best = max(held.values(), default=0.0)
    return [column for column in held if held[column] == best] if best >= HEADING else []


def _row_scale(question: str, line: TableLine, table: GivenTable) -> str:
    """The table's scale, which shares, people and prices of one share do not have."""
    text = f"{line.label} {line.group} {question}".lower()
    if _RATE.search(line.label) or _UNSCALED.search(text):
        return ""
    return table.shares or table.scale if _OF_SHARES.search(line.label) else table.scale
