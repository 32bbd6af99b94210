"""Headings read from the words of a page where those of a table do not tell its columns apart; titles over headings that repeat."""

from __future__ import annotations

from tests.knowledge.facts.papers import COVER, Rows, document, table

from finfoundry.core.document import Block, Cell, Document, Fact, Page, Word
from finfoundry.knowledge.facts import extract

Placed = list[tuple[str, float, float]]  # a text, from left to right
ENDS = (300.0, 360.0, 420.0, 480.0)  # of the figures of each column


def figures(top: float, label: str, *texts: str) -> list[tuple[str, tuple[float, float, float, float]]]:
    boxes = [(end - 6.0 * len(text), top, end, top + 9) for text, end in zip(texts, ENDS, strict=False)]
    return [(label, (40.0, top, 40.0 + 5 * len(label), top + 9)), *zip(texts, boxes, strict=True)]


def words(top: float, placed: Placed) -> list[Word]:
    """The words of a line, each text set from left to right."""
    found = []
    for text, left, right in placed:
        parts, start = text.split(), left
        width = (right - left - 3 * (len(parts) - 1)) / sum(map(len, parts))
        for part in parts:
            found.append(Word(part, (start, top, start + width * len(part), top + 9)))
            start += width * len(part) + 3
    return found


def paper(
    lines: list[tuple[float, Placed]], rows: list[list[tuple[str, tuple[float, float, float, float]]]], header: list[Cell]
) -> Document:
    cells = [Cell(number + bool(header), column, text, box) for number, row in enumerate(rows) for column, (text, box) in enumerate(row)]
    above = [word for top, placed in lines for word in words(top, placed)]
    below = [Word(text, box) for row in rows for text, box in row]
    block = Block("table", "", box=(40.0, 190.0, 480.0, 260.0), cells=[*header, *cells])
    return Document(
        "paper.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, COVER), Page(2, 600, 800, [block], words=[*above, *below])]
    )


def columns(facts: list[Fact], label: str) -> list[tuple[str, str]]:
    return [(fact.text, " ".join(name for _, name in fact.dimensions)) for fact in facts if fact.metric[-1] == label]


def test_lines_above_a_table_are_its_headings_where_nothing_else_tells_its_columns_apart() -> None:
    """Of three lines the layout kept the last; a line over the labels is none."""
    lines: list[tuple[float, Placed]] = [
        (166.0, [("Less than 12 months", 270, 350), ("12 months or more", 392, 470)]),
        (178.0, [("Carrying", 262, 298), ("Unrealized", 322, 360), ("Carrying", 382, 418), ("Unrealized", 440, 480)]),
        (
            189.0,
            [("Securities held for sale:", 40, 140), ("value", 272, 298), ("losses", 330, 360), ("value", 392, 418), ("losses", 450, 480)],
        ),
    ]
    rows = [figures(200, "Bonds", "91,929", "10,410", "66,036", "14,756"), figures(211, "Notes", "10,636", "733", "251", "10")]
    found = extract(paper(lines, rows, []))

    assert len({name for _, name in columns(found, "Bonds")}) == 4
    assert dict(columns(found, "Bonds"))["66,036"].startswith("12 months or more")
    assert not any(axis == "place" for fact in found for axis, _ in fact.dimensions)


def test_headings_that_were_read_as_one_are_parted_by_the_figures_they_are_over() -> None:
    """ "FISCAL 2024" and "FISCAL 2023" as one cell over both."""
    lines: list[tuple[float, Placed]] = [(189.0, [("FISCAL 2024", 250, 300), ("FISCAL 2023", 308, 360)])]
    rows = [figures(200, "Footwear", "33,135", "29,143"), figures(211, "Apparel", "13,843", "13,567")]
    head = [Cell(0, 1, "FISCAL 2024 FISCAL 2023", (250, 189, 360, 198), column_span=2, header=True)]
    found = extract(paper(lines, rows, head))

    assert {fact.text: fact.period[-10:-6] for fact in found if fact.metric[-1] == "Footwear"} == {"33,135": "2024", "29,143": "2023"}


def test_figures_above_a_table_and_titles_in_its_middle_are_no_headings() -> None:
    lines: list[tuple[float, Placed]] = [(189.0, [("12,000", 270, 300), ("14,000", 330, 360)])]
    rows = [figures(200, "Bonds", "91,929", "10,410"), figures(211, "Notes", "10,636", "733")]
    assert all(any(axis == "place" for axis, _ in fact.dimensions) for fact in extract(paper(lines, rows, [])))

    lines = [(189.0, [("Schedule of securities", 210, 310)])]
    assert all(any(axis == "place" for axis, _ in fact.dimensions) for fact in extract(paper(lines, rows, [])))


def facts(rows: Rows) -> list[Fact]:
    return extract(document([table(rows)]))


def test_titles_head_one_repetition_each_where_the_headings_take_several_rows() -> None:
    rows = [
        ["", "2024>3", "", "", "2023>1"],
        ["", "Options", "Weighted average", "Options", "Weighted average"],
        ["", "", "remaining life", "", "remaining life"],
        ["Plan A", "522,496", "1.0", "1,044,991", "1.5"],
    ]
    found = facts(rows)
    assert {fact.text: fact.period[:4] for fact in found if fact.text in {"522,496", "1,044,991"}} == {
        "522,496": "2024",
        "1,044,991": "2023",
    }


def test_a_second_header_without_dates_keeps_those_of_the_first() -> None:
    rows = [
        ["", "December 31, 2024>2", "", "December 31, 2023>2"],
        ["Proprietary", "16%", "", "15%"],
        ["", "Venture", "Private", "Venture", "Private"],
        ["Legacy funds", "193%", "132%", "138%", "142%"],
    ]
    found = [(fact.text, fact.period) for fact in facts(rows) if fact.metric[-1] == "Legacy funds"]
    assert found == [("193%", "2024-12-31"), ("132%", "2024-12-31"), ("138%", "2023-12-31"), ("142%", "2023-12-31")]


def test_percents_under_one_heading_are_named_by_the_column_left_of_them() -> None:
    rows = [["", "Shares before", "Share (%)", "Issued", "Shares after", "Share (%)"], ["State", "604", "75.5%", "20", "624", "73.5%"]]
    names = [dict(fact.dimensions)["column"] for fact in facts(rows) if fact.unit == "ratio"]
    assert names == ["Shares before · Share (%)", "Shares after · Share (%)"]


def test_maturities_below_a_title_are_a_part_of_the_name() -> None:
    rows = [["", "Payments due by period>3"], ["(in millions)", "Total", "1 year", "2 – 3 years"], ["Leases", "100", "40", "60"]]
    names = [dict(fact.dimensions).get("column") for fact in facts(rows)]
    assert len(set(names)) == 3
    assert not any(axis == "place" for fact in facts(rows) for axis, _ in fact.dimensions)


def test_years_that_a_change_compares_may_be_two_digits() -> None:
    rows = [["", "2024", "2023", "2022", "% Change 24/23", "% Change 23/22"], ["Sales", "110", "100", "80", "10", "25"]]
    changes = {fact.text: fact.period[:4] for fact in facts(rows) if fact.unit == "ratio"}
    assert changes == {"10": "2024", "25": "2023"}


def test_a_change_of_quarters_is_of_the_first_that_it_compares() -> None:
    head = [["", "Three Months Ended>2", "", "Change"], ["", "June 30, 2025", "June 30, 2024", "Q2'25 vs. Q2'24"]]
    found = facts([*head, ["Revenues", "$ 116", "$ 100", "16 %"]])
    assert {fact.text.strip("$ %"): fact.period for fact in found} == {
        "116": "2025-04-01/2025-06-30", "100": "2024-04-01/2024-06-30", "16": "2025-04-01/2025-06-30"
    }  # fmt: skip


def test_a_column_in_money_holds_no_percents_whatever_its_rows_are_called() -> None:
    rows = [["", "2024>2", "", "2023>2"], ["", "(%)", "CHF000", "(%)", "CHF000"], ["Change in tax rate", "-0.2", "-146", "-0.1", "-43"]]
    units = {fact.text: (fact.unit, f"{fact.value:.3f}") for fact in facts(rows)}
    assert units == {
        "-0.2": ("ratio", "-0.002"), "-146": ("CHF", "-146000.000"), "-0.1": ("ratio", "-0.001"), "-43": ("CHF", "-43000.000")
    }  # fmt: skip


def test_columns_that_number_the_lines_hold_no_values() -> None:
    rows = [["11", "Hedges", "-"], ["12", "Losses", "40"], ["13", "Sales", "7"], ["14a", "Own risk", "9"], ["20", "Rights", "3"]]
    assert [fact.text for fact in facts(rows)] == ["40", "7", "9", "3"]  # of the dash none is told
