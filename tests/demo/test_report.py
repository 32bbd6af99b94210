"""The generated report prints its truth: every number stands on its page, in text that a PDF reader finds."""

from collections import Counter
from decimal import Decimal
from itertools import groupby

import pypdfium2
import pytest

from finfoundry.demo.bank import YEAR, Bank
from finfoundry.demo.report import CLIENT, DemoReport, annual_report, client_report
from finfoundry.demo.writer import Printed, whole


@pytest.fixture(scope="module")
def report() -> DemoReport:
    return annual_report()


@pytest.fixture(scope="module")
def pages(report: DemoReport) -> list[str]:
    document = pypdfium2.PdfDocument(report.data)
    return [page.get_textpage().get_text_range() for page in document]


def test_the_same_bank_gives_the_same_bytes(report: DemoReport) -> None:
    assert annual_report() == report
    assert annual_report(Bank(7)).data != report.data


def test_every_number_stands_on_its_page(report: DemoReport, pages: list[str]) -> None:
    for page, numbers in groupby(sorted(report.truth, key=lambda n: n.page), key=lambda n: n.page):
        if page == report.scanned_page:
            continue
        printed = Counter(pages[page - 1].split())
        missing = Counter(number.text for number in numbers) - printed
        assert not missing, f"page {page}: {missing}"


def test_labels_stand_on_their_page(report: DemoReport, pages: list[str]) -> None:
    flat = ["".join(text.split()) for text in pages]
    for number in report.truth:
        if number.page != report.scanned_page:
            assert "".join(number.metric.split()) in flat[number.page - 1]


def test_the_scanned_page_has_no_text_but_has_truth(report: DemoReport, pages: list[str]) -> None:
    assert pages[report.scanned_page - 1].strip() == ""
    assert [number.page for number in report.truth if number.key == "net_capital"] == [report.scanned_page] * 2


def test_truth_is_in_base_units(report: DemoReport) -> None:
    assert report.find("total_assets").value == Bank().amount("total_assets") * 1_000_000
    assert report.find("total_assets").period == f"{YEAR}-12-31"
    assert report.find("net_profit", year=YEAR - 1).period == f"{YEAR - 1}-01-01/{YEAR - 1}-12-31"
    assert report.find("net_profit", scope="parent", language="zh").metric == "净利润"
    assert report.find("cost_to_income").unit == "ratio"


def test_both_languages_print_the_same_values(report: DemoReport) -> None:
    def values(language: str) -> set[tuple[str, str, str, Decimal]]:
        numbers = (n for n in report.truth if n.language == language and n.page != report.scanned_page)
        return {(n.key, n.period, n.scope, n.value) for n in numbers}

    assert values("en") == values("zh")


def test_one_key_has_one_value(report: DemoReport) -> None:
    def key(number: Printed) -> tuple[str, str, str, str]:
        return (number.key, number.period, number.scope, number.dimension or "")

    values: dict[tuple[str, str, str, str], set[Decimal]] = {}
    for number in report.truth:
        values.setdefault(key(number), set()).add(number.value)
    assert all(len(found) == 1 for found in values.values())


@pytest.mark.parametrize(("value", "text"), [(0, "–"), (-1234, "(1,234)"), (1234567, "1,234,567")])
def test_accounts_style(value: int, text: str) -> None:
    assert whole(Decimal(value)) == text


def test_the_client_has_a_page_of_its_own() -> None:
    text = pypdfium2.PdfDocument(client_report())[0].get_textpage().get_text_range()
    assert CLIENT in text
    assert client_report() == client_report()
