"""The certificate counts, tries identities, finds conflicts, and marks what is poor."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.knowledge.facts.papers import document, table

from finfoundry.ask.compose.marks import mark_in
from finfoundry.core.document import Block, Fact, Page
from finfoundry.knowledge.facts import extract
from finfoundry.knowledge.ingest.certificate import certify, find_conflicts
from finfoundry.knowledge.ingest.parse_file import parse

BALANCE = [
    ["", "December 31, 2024"],
    ["Current assets:", ""],
    ["Cash and cash equivalents", "$ 10"],
    ["Inventories", "5"],
    ["Total current assets", "15"],
    ["Goodwill", "7"],
    ["Total assets", "$ 22"],
    ["Total current liabilities", "6"],
    ["Total liabilities", "9"],
    ["Total stockholders' equity", "13"],
    ["Total liabilities and stockholders' equity", "$ 22"],
]


def balance(**changed: str) -> Block:
    rows = [[label, changed.get(label.replace(" ", "_"), value)] for label, value in BALANCE]
    return table(rows, title="Consolidated Balance Sheets", note="(in millions)")


def test_identities_hold_and_everything_is_counted() -> None:
    paper = document([balance()])
    certificate = certify(paper, extract(paper))
    assert {identity.name for identity in certificate.identities if identity.held} == {
        "assets = liabilities and equity",
        "assets = liabilities + equity",
        "subtotal: Total current assets",
    }
    assert all(identity.held for identity in certificate.identities)
    assert (certificate.pages, certificate.tables, certificate.facts) == (2, 1, 9)
    assert (certificate.numbers_in_tables, certificate.numbers_in_facts) == (9, 9)
    assert (certificate.table_reports[0].scale, certificate.table_reports[0].currency) == ("1000000", "USD")
    assert certificate.score > 0.95
    assert certificate.mark is None


def test_a_wrong_digit_breaks_an_identity_and_conflicts_with_another_table() -> None:
    paper = document([balance(Total_assets="$ 27")], [balance()])
    certificate = certify(paper, extract(paper))
    assert any(not identity.held and "assets" in identity.name for identity in certificate.identities)
    assert any(conflict.startswith("Assets,") for conflict in certificate.conflicts)


def test_pages_without_text_are_losses_and_mark_the_document() -> None:
    paper = document()
    paper.pages[0].blocks = []
    paper.pages = [Page(number, 600, 800, source="empty") for number in (1, 2, 3)] + paper.pages
    certificate = certify(paper, [])
    assert certificate.pages_without_text == [1, 2, 3]
    assert certificate.losses
    assert certificate.score == 0
    assert certificate.mark is not None


def test_text_without_tables_is_judged_by_its_pages() -> None:
    paper = document([Block("paragraph", "A policy in plain words.")])
    certificate = certify(paper, [])
    assert certificate.score == 1
    assert certificate.mark is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Item,A,B\nfoo,1,2\nbar,3,4\nbaz,5,6\n", 0),
        ("Client,Balance\nAlder Foods plc,900.10\nBirch Holdings Ltd,77.00\nCedar Ltd,1.50\nElm Ltd,2.50\nFir Ltd,3.75\nYew Ltd,9.00\n", 0),
    ],
)
def test_numbers_that_became_no_facts_lower_the_score(text: str, read: int) -> None:
    certificate = parse(text.encode(), "x.csv").certificate
    assert certificate.numbers_in_facts == read
    assert certificate.score < 0.6
    assert certificate.mark


def test_a_table_read_as_text_is_said_and_counted() -> None:
    lines = "\n".join(f"Line {name} of costs   1,{n}00   9{n}0" for n, name in enumerate(("one", "two", "three", "four", "five"), 1))
    certificate = parse(f"Results of the year\n\n{lines}\n".encode(), "x.txt").certificate
    assert certificate.numbers_expected == 10
    assert certificate.score < 0.6
    assert any("10 numbers are in lines" in loss for loss in certificate.losses)


def test_missing_values_lower_the_score() -> None:
    sound = "Item,2023,2022\nRevenue,10,9\nCosts,4,3\nProfit,6,6\nTax,1,1\n"
    whole = parse(sound.encode(), "x.csv").certificate
    broken = parse(sound.replace("10,9", "#REF!,#REF!").replace("4,3", "#VALUE!,3").encode(), "x.csv").certificate
    assert whole.score == 1.0
    assert broken.score < 0.9


def test_page_numbers_of_a_table_of_contents_are_no_loss() -> None:
    rows = "".join(f"<tr><td>Chapter {name}</td><td>{page}</td></tr>" for name, page in (("a", 3), ("b", 17), ("c", 41), ("d", 88)))
    certificate = parse(f"<html><body><p>Contents</p><table>{rows}</table></body></html>".encode(), "x.html").certificate
    assert certificate.numbers_expected == 0
    assert certificate.score == 1.0


def test_profit_and_the_owners_part_of_it_are_no_conflict() -> None:
    def line(label: str, value: int) -> Fact:
        return Fact(
            (label,),
            Decimal(value),
            "EUR",
            "2023-01-01/2023-12-31",
            str(value),
            1,
            concept="NetIncomeLoss",
            statement="income",
            precision=0,
        )

    assert find_conflicts([line("Profit for the year", 100), line("Profit attributable to owners of the parent", 90)]) == []
    assert len(find_conflicts([line("Profit for the year", 100), line("Profit for the year", 90)])) == 1


@pytest.mark.parametrize(("year", "said"), [("2024", False), ("2023", True)])
def test_statements_that_end_on_another_day_than_the_cover_says_mark_the_document(year: str, said: bool) -> None:
    sheet = [[text.replace("2024", year) for text in line] for line in BALANCE]
    income = [
        ["", f"Year ended December 31, {year}"], ["Revenue", "$ 90"], ["Cost of revenue", "40"], ["Gross profit", "50"],
        ["Operating income", "30"], ["Income before income taxes", "28"], ["Income tax expense", "8"], ["Net income", "$ 20"],
    ]  # fmt: skip
    tables = [
        table(sheet, title="Consolidated Balance Sheets", note="(in millions)"),
        table(income, title="Consolidated Statements of Income", note="(in millions)"),
    ]
    paper = document(tables)
    certificate = certify(paper, extract(paper))
    expected = f"the latest columns of the statements end on {year}-12-31, the period that the cover states on 2024-12-31"
    assert (certificate.mark == expected) is said
    assert (expected in certificate.losses) is said
    assert mark_in(expected, "zh") == f"报表最近一列截至{year}-12-31，封面所述期间截至2024-12-31"


@pytest.mark.parametrize(
    ("late", "called", "in_chinese"), [("balance", "balance sheet", "资产负债表"), ("income", "income statement", "利润表")]
)
def test_the_one_statement_that_ends_on_another_day_is_named(late: str, called: str, in_chinese: str) -> None:
    years = {name: "2023" if name == late else "2024" for name in ("balance", "income")}
    sheet = [[text.replace("2024", years["balance"]) for text in line] for line in BALANCE]
    income = [
        ["", f"Year ended December 31, {years['income']}"], ["Revenue", "$ 90"], ["Cost of revenue", "40"], ["Gross profit", "50"],
        ["Operating income", "30"], ["Income before income taxes", "28"], ["Income tax expense", "8"], ["Net income", "$ 20"],
    ]  # fmt: skip
    older = [[text.replace("2024", "2022") for text in line] for line in BALANCE]  # of what was bought: rightly older
    tables = [
        table(sheet, title="Consolidated Balance Sheets", note="(in millions)"),
        table(income, title="Consolidated Statements of Income", note="(in millions)"),
    ]
    for more in ([], [table(older, title="Consolidated Balance Sheets", note="(in millions)")]):
        paper = document([*tables, *more])
        certificate = certify(paper, extract(paper))
        expected = f"the latest column of the {called} ends on 2023-12-31, the period that the cover states on 2024-12-31"
        assert (certificate.mark, expected in certificate.losses) == (expected, True)
        assert mark_in(expected, "zh") == f"{in_chinese}最近一列截至2023-12-31，封面所述期间截至2024-12-31"


def test_an_older_table_beside_the_statement_marks_nothing() -> None:
    older = [[text.replace("2024", "2022") for text in line] for line in BALANCE]
    paper = document(
        [
            table(BALANCE, title="Consolidated Balance Sheets", note="(in millions)"),
            table(older, title="Consolidated Balance Sheets", note="(in millions)"),
        ]
    )
    certificate = certify(paper, extract(paper))
    assert not any("latest column" in loss for loss in certificate.losses)
