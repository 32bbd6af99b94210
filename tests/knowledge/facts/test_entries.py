"""Tables of two columns that say in words what their terms are: their first entries head no figures."""

from __future__ import annotations

from finfoundry.core.document import Fact
from finfoundry.knowledge.ingest.parse_file import parse

ENTRIES = {
    "Adviser": "Maren Holt (since June 2016)",
    "Launched": "2 May 2011",
    "Fund size": "EUR 310.5 million",
    "Charge": "0.65%",
    "Auditor": "Brook & Lane",
    "Custodian": "Harbour Trust",
}


def figures(entries: dict[str, str], head: str = "| | |") -> list[Fact]:
    rows = "".join(f"| {label} | {text} |\n" for label, text in entries.items())
    return parse(f"# Harbour Reserve Fund\n\nPublished on 30 June 2024\n\n{head}\n|---|---|\n{rows}".encode(), "fund.md").facts


def test_a_day_in_the_first_entries_dates_no_other() -> None:
    found = figures(ENTRIES)
    assert {(fact.metric[-1], fact.text, fact.period, fact.dimensions) for fact in found} == {
        ("Fund size", "EUR 310.5 million", "2024-06-30", ()),
        ("Charge", "0.65%", "2024-06-30", ()),
    }


def test_entries_of_words_among_many_figures_are_headings_of_parts() -> None:
    """ "Loans | Balance" above rows of balances, and "Deposits | Average" above others."""
    parts = ("Loans", "Balance"), ("Deposits", "Average"), ("Bonds", "Face value")
    rows = {}
    for name, heading in parts:
        rows[name] = heading
        rows |= {f"{name} of kind {place}": f"{place}12.5" for place in range(1, 6)}
    found = figures(rows)
    assert {fact.dimensions for fact in found if fact.metric[-1].startswith("Deposits")} == {(("column", "Average"),)}


def test_entries_take_no_headings_from_a_table_before_them() -> None:
    before = "| Class | 30 June 2023 |\n|---|---|\n| Bonds | 61.5 |\n| Shares | 38.5 |\n"
    rows = "".join(f"| {label} | {text} |\n" for label, text in ENTRIES.items())
    text = f"# Harbour Reserve Fund\n\nPublished on 30 June 2024\n\n{before}\n\n| | |\n|---|---|\n{rows}"
    facts = parse(text.encode(), "fund.md").facts
    assert {fact.dimensions for fact in facts if fact.metric[-1] == "Charge"} == {()}
