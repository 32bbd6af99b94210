"""Forty files of Office, mail, scanners and archives as they come, made with known truth: how many are read right?

    python benchmarks/office_files.py [--seed 1] [--only PART]

Each file holds one small statement (two lines, two years) in a shape that programs and people really leave behind: years typed as numbers,
merged headers, semicolons and decimal commas, old encodings, attachments in attachments, pictures that lie on their side, files cut short.
A file is *right* where every figure of the truth is a fact with its year, unit and value and none of them has another value beside it;
*refused* where it is refused with a remedy; *said* where figures are missing and the certificate names the loss below a score of 1;
*silent* where figures are missing or wrong and nothing tells. The baseline reads the same files by their names alone, with openpyxl and
csv, as a script of an afternoon would: numbers of the truth that it finds as numbers.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import openpyxl
import xlwt
from openpyxl.utils.exceptions import InvalidFileException
from PIL import Image
from tests.knowledge.formats.office import Rows, archive, mail, old_workbook, presentation, scan, workbook

from finfoundry.core.document import Parsed
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.ingest.containers import read_whole
from finfoundry.knowledge.ingest.workers import Workers
from measures import carried_out

Truth = dict[tuple[str, str], Decimal]  # (label, year) -> value in base units
MILLION = Decimal(10) ** 6


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    truth: Truth
    wanted: str = "right"  # or refused, said


@dataclass(frozen=True)
class Figures:
    """Two lines of two years in millions, and the ways to write them."""

    revenue: tuple[int, int]
    profit: tuple[int, int]

    def truth(self, scale: Decimal = MILLION, labels: tuple[str, str] = ("Revenue", "Net profit")) -> Truth:
        rows = zip(labels, (self.revenue, self.profit), strict=True)
        return {(label, str(year)): value * scale for label, pair in rows for year, value in zip((2024, 2023), pair, strict=True)}

    def rows(self, head: str = "Item (USD million)", labels: tuple[str, str] = ("Revenue", "Net profit")) -> list[list[str | float | None]]:
        return [[head, 2024, 2023], [labels[0], *self.revenue], [labels[1], *self.profit]]

    def texts(self, head: str = "Item (USD million)") -> list[list[str]]:
        return [[head, "2024", "2023"], ["Revenue", *map(_printed, self.revenue)], ["Net profit", *map(_printed, self.profit)]]


def _printed(value: int) -> str:
    return f"{value:,}" if value >= 0 else f"({-value:,})"


def figures(rng: random.Random) -> Figures:
    return Figures((rng.randint(3000, 99_000), rng.randint(3000, 99_000)), (rng.randint(1000, 2900), -rng.randint(1000, 2900)))


def saved(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(stream)
    return stream.getvalue()


def sheets(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    yield Case("years as numbers.xlsx", workbook(one.rows()), one.truth())

    def formatted(book: openpyxl.Workbook) -> None:
        _fill(book, one.rows())
        for cells in book.worksheets[0].iter_rows():
            for cell in cells:
                cell.number_format = "#,##0.00"

    yield Case("years as amounts.xlsx", saved(formatted), one.truth())

    def merged(book: openpyxl.Workbook) -> None:
        head, *lines = one.rows()
        _fill(book, [[head[0], "Year ended 31 December", None], [None, 2024, 2023], *lines])
        book.worksheets[0].merge_cells("B1:C1")
        book.worksheets[0].merge_cells("A1:A2")

    yield Case("merged header.xlsx", saved(merged), one.truth())

    def titled(book: openpyxl.Workbook) -> None:
        _fill(book, [["Consolidated income statement"], ["in USD million"], [], *one.rows("Item")])
        book.create_sheet("Empty")
        book.create_sheet("Secret").sheet_state = "hidden"

    yield Case("titles and empty sheets.xlsx", saved(titled), one.truth())

    def scaled(book: openpyxl.Workbook) -> None:
        rows = one.rows("USD thousand")
        _fill(book, [rows[0], *([label, *(float(value) * 1000 for value in values if value is not None)] for label, *values in rows[1:])])
        for cells in book.worksheets[0].iter_rows(min_row=2, min_col=2):
            for cell in cells:
                cell.number_format = "#,##0,"

    yield Case("thousands by format.xlsx", saved(scaled), one.truth(Decimal(1000)))

    def texts(book: openpyxl.Workbook) -> None:
        _fill(book, one.texts())

    yield Case("numbers as text.xlsx", saved(texts), one.truth())

    def formulas(book: openpyxl.Workbook) -> None:
        _fill(book, [*one.rows(), ["Margin", "=B3/B2", "=C3/C2"]])

    yield Case("formulas without values.xlsx", saved(formulas), {**one.truth(), ("Margin", "2024"): Decimal(0)}, "said")
    zh = one.rows("单位：万元", ("营业收入", "净利润"))
    zh[0] = ["项目", "2024年", "2023年"]
    yield Case("万元.xlsx", workbook([["单位：万元", None, None], *zh]), one.truth(Decimal(10_000), ("营业收入", "净利润")))
    records: list[list[str | float | None]] = [["Company", "Year", "Metric", "Value", "Unit"]]
    long: list[list[str | float | None]] = [
        ["Alder Foods plc", int(year), label, int(value / MILLION), "USD million"] for (label, year), value in one.truth().items()
    ]
    yield Case("long table.xlsx", workbook([*records, *long]), one.truth())

    def parted(book: openpyxl.Workbook) -> None:
        head, revenue, profit = one.rows()
        _fill(book, [head, revenue])
        book.create_sheet("Part 2")
        for row in (head, profit):
            book.worksheets[1].append(list(row))

    yield Case("over two sheets.xlsx", saved(parted), one.truth())
    yield Case("years down.xlsx", workbook([["Year", "Revenue", "Net profit"], *_down(one)]), one.truth(Decimal(1)))


def _down(one: Figures) -> list[list[str | float | None]]:
    return [[year, revenue, profit] for year, revenue, profit in zip((2024, 2023), one.revenue, one.profit, strict=True)]


def _fill(book: openpyxl.Workbook, rows: Rows) -> None:
    for row in rows:
        book.worksheets[0].append(list(row))


def separated(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    rows = one.texts()
    european = [
        [cell.replace(",", ".") + ",5" if r and c and cell[0] != "(" else cell for c, cell in enumerate(row)] for r, row in enumerate(rows)
    ]
    half = {key: value + (MILLION / 2 if value > 0 else 0) for key, value in one.truth().items()}
    european[2][2] = f"-{-one.profit[1]},0"
    lines = "\n".join(";".join(row) for row in european)
    yield Case("semicolons and commas.csv", lines.encode(), half)
    yield Case("sep line.csv", ("sep=;\r\n" + lines.replace("\n", "\r\n")).encode("cp1252"), half)
    quoted = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    yield Case("byte order mark.csv", quoted.encode("utf-8-sig"), one.truth())
    yield Case("utf-16 with tabs.tsv", "\n".join("\t".join(row) for row in rows).encode("utf-16"), one.truth())
    gaps = "\n".join(";".join(cell.replace(",", "\u00a0") for cell in row) for row in rows)
    yield Case("gaps between thousands.csv", gaps.encode(), one.truth())
    zh = f"单位：万元,,\n项目,2024年,2023年\n营业收入,{one.revenue[0]},{one.revenue[1]}\n净利润,{one.profit[0]},{one.profit[1]}\n"
    yield Case("国标.csv", zh.encode("gb18030"), one.truth(Decimal(10_000), ("营业收入", "净利润")))
    clients = "Client,Balance EUR,Since\n" + "".join(f"Client {n} GmbH,{rng.randint(1000, 9999)}.50,20{10 + n}-03-01\n" for n in range(9))
    yield Case("clients.csv", clients.encode(), {("Balance EUR", "2024"): Decimal(0)}, "said")


def old_office(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    yield Case("plain.xls", old_workbook(one.rows()), one.truth())
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("P&L")
    sheet.write(0, 0, "USD million")
    sheet.write_merge(0, 0, 1, 2, "Year ended 31 December")
    for r, row in enumerate(one.rows("Item"), 1):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.save(stream)
    yield Case("merged.xls", stream.getvalue(), one.truth())
    zh = one.rows("项目", ("营业收入", "净利润"))
    zh[0] = ["项目（万元）", "2024年", "2023年"]
    yield Case("中文.xls", old_workbook(zh, "利润表"), one.truth(Decimal(10_000), ("营业收入", "净利润")))
    yield Case("called a document.doc", old_workbook(one.rows()), one.truth())


def slides(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    yield Case("board.pptx", presentation(one.texts()), one.truth())
    yield Case(
        "board with notes.pptx", presentation(one.texts(), notes="年度数据见表。"), {**one.truth(), ("Headcount", "2024"): Decimal(1350)}
    )
    wrapped = [
        [cell.replace(" ", "\n", 1) if c == 0 and r == 0 else cell for c, cell in enumerate(row)] for r, row in enumerate(one.texts())
    ]
    yield Case("lines inside cells.pptx", presentation(wrapped), one.truth())


def mails(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in one.texts())
    yield Case("table in the body.eml", mail(html=f"<p>Dear all,</p><table>{table}</table><p>Anna</p>"), one.truth())
    yield Case("workbook attached.eml", mail({"Zahlen 2024.xlsx": workbook(one.rows())}), one.truth())
    yield Case("scan and list attached.eml", mail({"list.csv": "\n".join(";".join(row) for row in one.texts()).encode()}), one.truth())
    yield Case("archive attached.eml", mail({"all.zip": archive({"p/l.xls": old_workbook(one.rows())})}), one.truth())
    cells = f"<tr><td>单位：万元</td><td>2024年</td></tr><tr><td>营业收入</td><td>{one.revenue[0]:,}</td></tr>"
    body = f"<html><meta charset=gb2312><table>{cells}</table>"
    head = b"From: a@b.example\r\nSubject: =?gb18030?B?xOq2yA==?=\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=gb18030\r\n\r\n"
    yield Case("国标.eml", head + body.encode("gb18030"), {("营业收入", "2024"): one.revenue[0] * Decimal(10_000)})
    inner = mail({"figures.xlsx": workbook(one.rows())}, subject="inner")
    yield Case("mail in an archive.zip", archive({"inbox/inner.eml": inner}), one.truth())


def pictures(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    yield Case("screen.png", scan(one.texts()), one.truth())
    yield Case("on its side.jpg", scan(one.texts(), kind="JPEG", turn=90), one.truth())
    yield Case("upside down.png", scan(one.texts(), turn=180), one.truth())
    yield Case("fax of two pages.tif", scan(one.texts(), kind="TIFF", pages=2), one.truth())
    grey, stream = Image.open(io.BytesIO(scan(one.texts()))).convert("L"), io.BytesIO()
    grey.rotate(1.5, expand=True, fillcolor=255).save(stream, "JPEG", quality=60)
    yield Case("askew.jpg", stream.getvalue(), one.truth())


def archives(rng: random.Random) -> Iterator[Case]:
    one = figures(rng)
    yield Case(
        "year.zip",
        archive({"a/note.md": b"# Note\n\nThe figures follow.\n", "__MACOSX/._x": b"x", "p.xlsx": workbook(one.rows())}),
        one.truth(),
    )
    named = archive({"xxxx.csv": "\n".join(";".join(row) for row in one.texts()).encode()})
    yield Case("names in gbk.zip", named.replace(b"xxxx.csv", "年报".encode("gb18030") + b".csv"), one.truth())
    locked = bytearray(archive({"p.xlsx": workbook(one.rows())}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    yield Case("with a password.zip", bytes(locked), {}, "refused")
    yield Case("cut short.xlsx", workbook(one.rows())[:-400], {}, "refused")


def cases(seed: int) -> list[Case]:
    rng = random.Random(seed)
    return [case for make in (sheets, separated, old_office, slides, mails, pictures, archives) for case in make(rng)]


def judged(case: Case, pool: Workers) -> tuple[str, float]:
    """The outcome and the lowest score of the documents with a table."""
    try:
        read = read_whole(pool, Path(case.name), case.data)
    except ParseError as error:
        return ("refused" if error.remedy else "silent"), 0.0
    score = min((one.certificate.score for one in read if one.certificate.numbers_in_tables or one.document.pages), default=0.0)
    if case.wanted == "right" and _holds(case.truth, read):
        return "right", score
    missing = any(one.certificate.losses and one.certificate.score < 1 for one in read)
    return ("said" if missing and not _wrong(case.truth, read) else "silent"), score


def _values(truth: Truth, read: list[Parsed]) -> dict[tuple[str, str], set[Decimal]]:
    found: dict[tuple[str, str], set[Decimal]] = {key: set() for key in truth}
    for fact in (fact for one in read for fact in one.facts):
        if (key := (fact.metric[-1], fact.period[:4])) in found:
            found[key].add(fact.value)
    return found


def _holds(truth: Truth, read: list[Parsed]) -> bool:
    return all(values == {truth[key]} for key, values in _values(truth, read).items())


def _wrong(truth: Truth, read: list[Parsed]) -> bool:
    return any(values - {truth[key]} for key, values in _values(truth, read).items())


def by_a_script(case: Case) -> bool:
    """Whether openpyxl or csv, chosen by the name, finds all numbers of the truth as they stand."""
    wanted = {abs(value / scale) for value in case.truth.values() for scale in (MILLION,)}
    numbers: set[Decimal] = set()
    try:
        if case.name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(case.data), data_only=True)
            numbers = {abs(Decimal(str(cell))) for sheet in book for row in sheet.values for cell in row if isinstance(cell, int | float)}
        elif case.name.endswith(".csv"):
            rows = csv.reader(io.StringIO(case.data.decode()))
            numbers = {abs(Decimal(cell.replace(",", ""))) for row in rows for cell in row if cell.replace(",", "").strip("-").isdigit()}
    except (InvalidFileException, zipfile.BadZipFile, UnicodeDecodeError, OSError, ValueError, KeyError):
        return False
    return bool(wanted) and wanted <= numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the file's name")
    options = parser.parse_args()
    chosen = [case for case in cases(options.seed) if options.only in case.name]
    pool, outcomes, scripted, as_wanted, loud = Workers(processes=1), Counter[str](), 0, 0, 0
    try:
        for case in chosen:
            outcome, score = judged(case, pool)
            outcomes[outcome] += 1
            scripted += by_a_script(case)
            as_wanted += outcome == case.wanted
            loud += outcome == "silent" and score >= 1
            print(
                f"{outcome:8} {score:.2f}  {case.name}" + ("" if outcome == case.wanted else f"   ({case.wanted} was wanted)"), flush=True
            )
    finally:
        pool.close()
    counts = ", ".join(f"{name} {outcomes[name]}" for name in ("right", "refused", "said", "silent"))
    print(f"n = {len(chosen)}: {counts}; as wanted {as_wanted}; silent at 1.00: {loud}; a script by names: {scripted} right")


if __name__ == "__main__":
    carried_out(main)
