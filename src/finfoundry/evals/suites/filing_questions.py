"""Generated questions over annual reports in inline XBRL, printed to PDF: their tags are the truth that no reader of the PDF sees.

Kinds: lines of the statements, growth, differences, whether something rose, and ratios, in the words of several hands
(``data/filing_questions.yaml``). The product is asked over one store of all filings, parsed from PDF without the tags.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from lxml.etree import _Element

from finfoundry.core.errors import InputError
from finfoundry.evals.judging import TrueFigure, Truth, judge
from finfoundry.evals.measures import MEASURES
from finfoundry.evals.numeric import asked_scale
from finfoundry.evals.rows import Item, Judgement, Reply
from finfoundry.evals.run import Suite
from finfoundry.evals.suites.ixbrl_facts import FOLDER, print_pdf
from finfoundry.knowledge.facts.tags.ixbrl import Tagged, read_tags
from finfoundry.knowledge.formats.html import read_tree
from finfoundry.knowledge.formats.html_style import tag_of

SEED = 0
EACH = 60  # questions on a filing
SHARES = {"line": 10, "per_share": 1, "growth": 4, "difference": 2, "direction": 2, "ratio": 8}  # how often each kind is made
YEAR = (timedelta(days=350), timedelta(days=380))  # 52 or 53 weeks, or twelve months
Question = tuple[str, str, Truth]  # the sentence, the reference, and what is true of it
LEGAL = re.compile(r",?\s+(?:inc|corp|corporation|co|company|plc|ltd|limited|n\.?v|s\.?a)\.?$", re.IGNORECASE)


@cache
def wording() -> dict[str, Any]:
    text = (files("finfoundry.evals") / "data" / "filing_questions.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@dataclass(frozen=True)
class FilingReport:
    """One annual report: who, which year, and its figures without dimensions."""

    file: str
    company: str
    year: int
    end: date
    figures: tuple[Tagged, ...]

    def value(self, line: str, year: int) -> Decimal | None:
        """A line's value in base units with the tag's own sign; None where the filing does not tag it for that year."""
        end = self.end.replace(year=self.end.year - (self.year - year))
        for name in wording()["lines"][line]["tags"]:
            for figure in self.figures:
                if figure.concept == name and figure.text.strip() and self._is_year(figure, end):
                    return figure.value
        return None

    def _is_year(self, figure: Tagged, end: date) -> bool:
        period = figure.period
        near = abs(period.end - end) <= timedelta(days=7)  # years of 52 weeks
        return near and (period.start is None or YEAR[0] <= period.end - period.start <= YEAR[1])

    def total(self, lines: Sequence[str], year: int) -> Decimal | None:
        """The sum of lines, those with a minus taken away; None where one is missing."""
        values = [self.value(name.removeprefix("-"), year) for name in lines]
        if any(value is None for value in values):
            return None
        return sum((-v if name.startswith("-") else v for name, v in zip(lines, values, strict=True) if v is not None), Decimal(0))


def read_report(path: Path) -> FilingReport | None:
    """None for what is no annual report."""
    root = read_tree(gzip.decompress(path.read_bytes()), path.name)
    said = dict(_said(root))
    if said.get("DocumentType") != "10-K":
        return None
    company = said["EntityRegistrantName"]
    while (shorter := LEGAL.sub("", company)) != company:
        company = shorter
    figures = tuple(tag for tag in read_tags(root) if not tag.dimensions and tag.in_table)
    end = max((tag.period.end for tag in figures if tag.concept == "Assets"), default=date.min)
    return FilingReport(path.name.removesuffix(".html.gz"), company.strip().title() if company.isupper() and len(company) > 5 else company,
                  int(said["DocumentFiscalYearFocus"]), end, figures)  # fmt: skip


def _said(root: _Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if tag_of(element) == "ix:nonnumeric" and (element.get("name") or "").startswith("dei:"):
            text = " ".join("".join(str(part) for part in element.itertext()).split())
            yield str(element.get("name")).removeprefix("dei:"), text


class FilingQuestionMaker:
    """Draws the questions on one report, each with its truth; ``strangers`` are the companies of the other reports."""

    def __init__(self, report: FilingReport, seed: int, strangers: Sequence[str] = ()) -> None:
        self.report = report
        self.random = random.Random(f"{seed} {report.file}")  # noqa: S311  questions, no secret
        self.words = wording()
        self.strangers = frozenset(strangers) - {report.company}

    def make(self, count: int) -> list[Item]:
        """Up to ``count`` different questions on the report, in the kinds' shares; fewer where it holds too few facts."""
        kinds = [name for name, share in SHARES.items() for _ in range(share)]
        made: dict[str, Item] = {}
        for _ in range(count * 20):
            kind = self.random.choice(kinds)
            question = getattr(self, kind)()
            if question is not None and len(made) < count:
                text, gold, truth = question
                name = f"{self.report.file}/{len(made) + 1}"
                meta = {"truth": replace(truth, money_scale=asked_scale(text))}
                made.setdefault(text, Item(name, text, gold, kind.replace("_", " "), self.report.file, meta=meta))
        return list(made.values())

    def ask(self, kind: str, **words: object) -> str:
        sentence: str = self.random.choice(self.words["asked"][kind])
        year, end = self.report.year, self.report.end
        shown = {"company": self.report.company, "year": year, "before": year - 1, "end": f"{end:%B} {end.day}, {end.year}"}
        return " ".join(sentence.format(**shown, **words).split())

    def truth(self, labels: Sequence[str], figure: TrueFigure | None = None, *, yes: bool | None = None) -> Truth:
        """The truth about this company and year; the names of all other lines and ratios are those of other metrics."""
        every = [word for line in self.words["lines"].values() for word in line["words"]] + [one["name"] for one in self.words["ratios"]]
        others = tuple(name for name in every if not any(name in own or own in name for own in labels))
        years = (self.report.year - 1, self.report.year) if yes is not None or (figure and figure.change) else (self.report.year,)
        return Truth(
            (self.report.company,), self.strangers, years, tuple(labels), others, () if figure is None else (figure,), yes=yes
        )  # fmt: skip

    def drawn(self, shares: bool = False) -> tuple[str, str, Decimal, Decimal] | None:
        """A line, the words for it, and its values of this year and the last."""
        names = [name for name in self.words["lines"] if name.endswith("eps") == shares and name != "diluted_shares"]
        name = self.random.choice(names)
        now, before = (self.report.value(name, self.report.year - back) for back in (0, 1))
        return None if now is None or before is None else (name, self.random.choice(self.words["lines"][name]["words"]), now, before)

    def labels(self, name: str, words: str) -> list[str]:
        """All names of a line, the one that is asked with first."""
        return list(dict.fromkeys([words, *self.words["lines"][name]["words"]]))

    def signless(self, name: str) -> bool:
        """Whether statements print the line with or without a minus: what was spent or paid."""
        return bool(self.words["lines"][name].get("spent"))

    def line(self, shares: bool = False) -> Question | None:
        """A line of a statement in the report's year; None where the filing does not tag the one drawn for this year and the last."""
        if (found := self.drawn(shares)) is None:
            return None
        name, words, now, _ = found
        text = self.ask("per_share" if shares else "line", words=words, statement=self.words["lines"][name]["statement"])
        figure = TrueFigure(now, Decimal("0.01") if shares else Decimal(0), "per share" if shares else "money", "USD", self.signless(name))
        return text, f"{now:f}", self.truth(self.labels(name, words), figure)

    def per_share(self) -> Question | None:
        return self.line(shares=True)

    def growth(self) -> Question | None:
        """The relative change of a line; None unless the year before is positive."""
        if (found := self.drawn()) is None or found[3] <= 0:
            return None
        name, words, now, before = found
        value = (now - before) / before
        figure = TrueFigure(value, Decimal("0.001"), "percent", change=True)
        return self.ask("growth", words=words), f"{value:.2%}", self.truth(self.labels(name, words), figure)

    def difference(self) -> Question | None:
        """The change of a line in dollars; None where it did not change."""
        if (found := self.drawn()) is None or found[2] == found[3]:
            return None
        name, words, now, before = found
        figure = TrueFigure(now - before, unit="USD", signless=self.signless(name), change=True)
        return self.ask("difference", words=words), f"{now - before:f}", self.truth(self.labels(name, words), figure)

    def direction(self) -> Question | None:
        if (found := self.drawn()) is None or found[2] == found[3] or found[2] < 0 or found[3] < 0:
            return None
        name, words, now, before = found
        return self.ask("direction", words=words), "yes" if now > before else "no", self.truth(self.labels(name, words), yes=now > before)

    def ratio(self) -> Question | None:
        """A ratio with its definition; None where the report lacks one of its totals."""
        ratio = self.random.choice(self.words["ratios"])
        year = self.report.year
        above = self.report.total(ratio["over"], year)
        below = self.report.total(ratio["under"], year) if "under" in ratio else Decimal(1)
        if ratio.get("average") and below is not None:
            last = self.report.total(ratio["under"], year - 1)
            below = None if last is None else (below + last) / 2
        if above is None or not below:
            return None
        value = above / below * (365 if ratio.get("days") else 1)
        definition = ratio.get("definition", "").format(year=year, before=year - 1)
        text = self.ask("ratio", name=ratio["name"], definition=definition)
        return text, f"{value:.4f}", self.truth([ratio["name"]], _ratio(value, ratio))


def _ratio(value: Decimal, ratio: Mapping[str, Any]) -> TrueFigure:
    if "under" not in ratio:
        return TrueFigure(value, unit="USD")
    if ratio.get("days"):
        return TrueFigure(value, Decimal("0.1"), "days")
    return TrueFigure(value, Decimal("0.001"), "either") if ratio.get("percent") else TrueFigure(value, Decimal("0.01"), "ratio")


def items(data: Path) -> list[Item]:
    """The questions on every annual report. Raises InputError where there is none."""
    paths = sorted((data / FOLDER).glob("*.html.gz"))
    if not paths:
        raise InputError(f"there are no filings in {data / FOLDER}", remedy="Give the folder that holds them with --data")
    found = [report for path in paths if (report := read_report(path))]
    return [item for report in found for item in FilingQuestionMaker(report, SEED, [one.company for one in found]).make(EACH)]


def printed(data: Path, folder: Path) -> list[Path]:
    """The filings as PDF, which the home must hold."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted((data / FOLDER).glob("*.html.gz"))
    return [print_pdf(gzip.decompress(path.read_bytes()), path.name.removesuffix(".html.gz"), folder) for path in names]


def score(item: Item, reply: Reply) -> Judgement:
    """The strict judge's verdict against the truth that was made with the question."""
    if reply.status != "answered":
        return Judgement(reply.status, 0.0)
    return judge(item.meta["truth"], item.question, reply.text)


SUITE: Suite = Suite(
    "filing-questions", "Generated questions over annual reports whose tags are the truth.", "answer", items, score,
    (MEASURES["correct"], MEASURES["wrong"], MEASURES["error"]), sample=150, written=printed,
)  # fmt: skip
