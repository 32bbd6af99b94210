"""Made reports: figures that add up, papers that come again from their seed, questions whose truth the papers print."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from finfoundry.knowledge.ingest.parse_file import parse
from institutions import fact_check
from institutions.books import GROUP, Key
from institutions.composed import Report
from institutions.files import made, written
from institutions.questions import HOW_MANY, Asker
from institutions.terms import KINDS, LANGS, Kind, Lang, wording


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGS)
def test_parts_and_statements_add_up(kind: Kind, lang: Lang) -> None:
    books = made(kind, lang, 11).books
    for year in map(str, books.years):
        liabilities = Key("total_liabilities", year), Key("net_assets" if kind == "fund" else "total_equity", year)
        assert books[Key("total_assets", year)] == sum((books[key] for key in liabilities), Decimal(0))
        assert (
            books[Key("closing_cash", year)] == sum(books[Key(key, year)] for key in ("opening_cash", "net_cash_change"))
            if kind != "fund"
            else True
        )
    for name, rule in books.plan["parts"].items():
        metric, year = rule.get("of", name), str(books.years[-1])
        parts = [books[Key(metric, year, GROUP, f"{name}:{number}")] for number in range(len(rule["en"]))]
        assert sum(parts) == books[Key(metric, year)]


def test_the_same_seed_gives_the_same_paper_and_another_another() -> None:
    assert written(made("bank", "zh", 3, file="pdf")) == written(made("bank", "zh", 3, file="pdf"))
    assert written(made("bank", "zh", 3, file="pdf"))[1] != written(made("bank", "zh", 4, file="pdf"))[1]


@pytest.mark.parametrize("file", ["pdf", "html", "docx"])
def test_every_number_of_the_truth_stands_in_the_paper(file: str) -> None:
    report = made("insurer", "en", 5, file=file)
    name, data = written(report)
    document = parse(data, name).document
    printed = {cell.text.strip() for page in document.pages for block in page.blocks for cell in block.cells}
    missing = [number.text for number in report.truth if number.text not in printed]
    assert len(missing) <= len(report.truth) / 50, missing  # a sign of per cent may become a cell of its own


def test_every_way_of_asking_has_eight_constructions_in_each_language() -> None:
    for lang in LANGS:
        assert all(len({*sentences}) >= 8 for sentences in wording()["ask"][lang].values())
    assert {*wording()["ask"]["en"]} == {*wording()["ask"]["zh"]}


def test_questions_are_of_every_kind_and_come_again() -> None:
    report = made("property", "zh", 2)
    asked = [*Asker(report, 2).questions()]
    assert [one.text for one in asked] == [one.text for one in Asker(report, 2).questions()]
    assert {*HOW_MANY} - {one.kind for one in asked} <= {"parent", "quarter"}
    assert all(bool(one.truths) == (not one.kind.startswith("absent")) for one in asked)


def test_a_fact_with_another_sign_or_scope_is_counted_as_false() -> None:
    report: Report = made("broker", "en", 6, file="html")
    name, data = written(report)
    facts = parse(data, name).facts
    right = fact_check.check(report, facts).counts
    turned = [replace(fact, value=-fact.value if fact.value else Decimal(1)) for fact in facts]
    assert fact_check.check(report, turned).counts["found"] < right["found"] / 5
