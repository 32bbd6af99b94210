"""Periods: months, rows of years, rows without figures that date nothing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, Column, figure, formats, paper, statement
from finfoundry.evals.silent_errors.expected import Figure, NoFigure
from finfoundry.evals.silent_errors.paper_blocks import Block, Heading, Line, Table

# ---- OWN05-1: months in figures


@fault("OWN05-1")
def months(_: Bench) -> Iterator[Trial]:
    whole = ("2024-01", "2024-02", "2024-03")
    rows = [("Revenue", "310", "295", "342", "947"), ("Costs", "201", "190", "214", "605")]
    for name, heads in (
        ("literal", whole),
        ("with a slash", ("01/2024", "02/2024", "03/2024")),
        ("without a sign", ("202401", "202402", "202403")),
        ("with a point", ("2024.01", "2024.02", "2024.03")),
        ("named", ("Jan 2024", "Feb 2024", "Mar 2024")),
        ("Chinese", ("2024年1月", "2024年2月", "2024年3月")),
    ):
        blocks = statement("Linden Foods AG", "Monthly accounts 2024", "EUR million", [["", *heads, "Total"], *rows])
        found = [figure(row[0], cell, Column(month)) for row in rows for cell, month in zip(row[1:4], whole, strict=True)]
        yield from formats(name, blocks, "xlsx html csv docx", found, told=heads)
    lines = ["company,month,metric,value", *[f"Linden Foods AG,2024-0{n},Revenue,{v}" for n, v in ((1, 310), (2, 295), (3, 342))]]
    found = [Figure(("Revenue",), Decimal(v), None, f"2024-0{n}", str(v), Decimal(v)) for n, v in ((1, 310), (2, 295), (3, 342))]
    yield paper("literal, records", "\n".join(lines).encode(), "csv", found)
    lines = ["month;metric;value", *[f"0{n}/2024;Revenue;{v}" for n, v in ((1, 310), (2, 295), (3, 342))]]
    yield paper("records, with a slash", "\n".join(lines).encode(), "csv", found, told=("period", "/2024"))


# ---- OWN04-3: maturities with an empty year


@fault("OWN04-3")
def maturities(_: Bench) -> Iterator[Trial]:
    lines = [("2025", "750"), ("2026", "-"), ("2027", "500"), ("2028", "600"), ("2029", "-"), ("Thereafter", "1,400"), ("Total", "3,250")]
    for name, sign, head in (
        ("literal", "-", "31 December 2024"),
        ("blank", "", "31 December 2024"),
        ("em dash", "—", "At 31 December 2024"),
    ):
        rows = [[one[0], sign if one[1] == "-" else one[1]] for one in lines]
        blocks: list[Block] = [
            Heading("Fen Bank plc"),
            Heading("Maturities of long-term debt", 2),
            Line("EUR million"),
            Table([["", head], *rows]),
        ]
        found = [figure(label, cell, Column("2024-12-31")) for label, cell in rows[-1:]]
        apart = [
            NoFigure(Decimal(500) * MILLION, "2026"),
            NoFigure(Decimal(3250) * MILLION, "2029"),
            NoFigure(Decimal(1400) * MILLION, "2029"),
        ]
        yield from formats(name, blocks, "html xlsx docx pdf csv", found, no=apart)


# ---- B105: a triangle with a blank origin row


@fault("B105")
def triangle(_: Bench) -> Iterator[Trial]:
    heads = ["Origin year", "12", "24", "36", "48"]
    rows = [["2020", "", "", "", ""], ["2021", "256", "311", "342", ""], ["2022", "271", "330", "", ""], ["2023", "290", "", "", ""]]
    moved = [NoFigure(Decimal(number) * MILLION, "2020") for number in (256, 271, 290, 311, 330, 342)]
    for name, title, blank in (
        ("literal", "Claims paid by development month at 31 December 2023", 0),
        ("another row", "Claims paid by development month at 31 December 2023", 1),
        ("without a day", "Paid claims, triangle", 0),
    ):
        lines = [row if at != blank else [row[0], "", "", "", ""] for at, row in enumerate(rows)]
        if blank:
            lines[0] = ["2020", "240", "300", "320", "331"]
        year = "2021" if blank else "2020"
        no = [NoFigure(one.value, year) for one in moved]
        blocks: list[Block] = [Heading("Quay Insurance plc"), Heading(title, 2), Line("EUR million"), Table([heads, *lines])]
        yield from (_undated(f"{name}, {kind}", blocks, kind, no, year) for kind in ("html", "xlsx", "docx", "csv"))


def _undated(name: str, blocks: list, kind: str, no: list[NoFigure], year: str) -> Trial:  # type: ignore[type-arg]
    """No fact of another row is dated by the blank row."""
    from finfoundry.core.document import Parsed
    from finfoundry.evals.silent_errors.written_files import written

    def look(read: Parsed) -> str | None:
        bad = [fact for fact in read.facts if fact.metric[-1] != year and year in fact.period]
        return f"{' > '.join(bad[0].metric)} {bad[0].text} is dated {bad[0].period}" if bad else None

    return paper(name, lambda: written(blocks, kind), kind, (), no=no, also=look)
