"""The certificate counts, tries identities, finds conflicts, and marks what is poor."""

from __future__ import annotations

from tests.knowledge.facts.papers import document, table

from finfoundry.core.document import Block, Page
from finfoundry.knowledge.certificate import certify
from finfoundry.knowledge.facts import extract

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
