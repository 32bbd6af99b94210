"""Where a sentence is looked for, and how much of a paper the checker reads for it."""

from __future__ import annotations

from tests.ask.support.made_papers import chinese, english

from finfoundry.ask.support.paper_sentences import MOST, PIECE, ROOM, evidence_text, sentences_of
from finfoundry.ask.support.table_extremes import table_rank
from finfoundry.binding.sources import from_text
from finfoundry.knowledge.storage.chunks import weight


def test_the_nearest_sentence_is_found_by_words_that_stand_for_it() -> None:
    assert "headquarters" in english().nearest("Northwind has its head office in Boston")[0].text
    assert "提前十日" in chinese().nearest("借款人提前归还贷款须书面通知")[0].text
    assert english().nearest("量子") == []


def test_evidence_has_its_heading_and_stays_within_its_room() -> None:
    found = english().nearest("The lender may terminate the agreement")
    text = evidence_text(found, "The lender may terminate the agreement")
    assert text.startswith("Competition: The lender may terminate")
    long = sentences_of(from_text("The bank lends money, " + "and lends it on terms that differ, " * 12 + "and it insures boats in Oslo."))
    cut = evidence_text(long.nearest("It insures boats in Oslo"), "It insures boats in Oslo")
    assert "boats in Oslo" in cut
    assert weight(cut) <= PIECE <= ROOM
    assert len(found) <= MOST


def test_given_text_and_its_tables_are_evidence_too() -> None:
    found = sentences_of(from_text("Sales are below.\n\n| Region | Sales |\n|---|---|\n| North | 12 |\n| South | 30 |\n"))
    assert any("South | 30" in one.text for one in found.all)


def test_a_superlative_is_decided_by_the_rows_of_its_table() -> None:
    papers = english()
    first = table_rank("The Americas bring the most revenue of all regions.", papers)
    assert first is not None
    assert first.holds
    wrong = table_rank("Europe brings the most revenue of all regions.", papers)
    assert wrong is not None
    assert not wrong.holds
    assert [row.text.split(" |")[0] for row in wrong.rows] == ["Europe", "Americas"]
    least = table_rank("Asia Pacific is the smallest region by revenue.", papers)
    assert least is not None
    assert least.holds
    assert table_rank("Europe is a region.", papers) is None
    assert table_rank("Europe has the most employees.", papers) is None


def test_a_superlative_of_a_time_or_of_a_row_as_large_as_another_is_not_decided_by_rows() -> None:
    papers = english()
    assert table_rank("In 2022, the Americas brought the most revenue of all regions.", papers) is None
    tied = sentences_of(from_text("Sales by region\n\n| Region | Sales |\n|---|---|\n| North | 30 |\n| South | 30 |\n| East | 10 |\n"))
    assert table_rank("North has the most sales of all regions.", tied) is None
