"""Twelve papers of invented institutions, in the forms in which offices keep them, for the questions of ``by_hand/own.jsonl``.

    python benchmarks/own_papers.py FOLDER

Six are Chinese (a bank's interim report, an insurer's terms in traditional characters, a broker's fees, minutes of a credit committee,
a workbook of branches by month, rules on expenses) and six English (a fund's factsheet, a term sheet, a lending policy, a press release, a
risk report on slides, a credit union's questions and answers). Nobody else has such papers, so no model has read them.

In a table of the texts (``own_texts.py``) lines are rows and strokes part the cells; ``<`` belongs to the cell on its left, ``^`` to the one above.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
import pptx
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from measures import carried_out
from measures.own_texts import EXPENSES, FACTSHEET, FEES, INSURANCE, INTERIM, LENDING, MINUTES, QUESTIONS, RELEASE, TERMS

SONG = "STSong-Light"  # every reader of PDFs knows it; nothing is embedded
STYLES = getSampleStyleSheet()
BODY = STYLES["BodyText"]
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7)
Box = tuple[int, int, int, int]  # first row and column, last row and column


def grid(text: str) -> tuple[list[list[str]], list[Box]]:
    """The cells of a table, and which of them are one."""
    marked = [line.split("|") for line in text.strip("\n").split("\n")]
    boxes = list[Box]()
    for r, row in enumerate(marked):
        for c in range(len(row)):
            right = next((k for k in range(c + 1, len(row)) if row[k] != "<"), len(row)) - 1
            down = next((k for k in range(r + 1, len(marked)) if marked[k][c] != "^"), len(marked)) - 1
            if row[c] not in ("<", "^") and (right, down) != (c, r):
                boxes.append((r, c, down, right))
    return [["" if cell in ("<", "^") else cell for cell in row] for row in marked], boxes


# --- PDF ------------------------------------------------------------------------------------------------------------------------


def song(style: str, text: str) -> Flowable:
    """A Chinese paragraph; its style is size, space after and indent."""
    size, after, indent = [*map(float, style.split("/")), *(4.0, 0.0)[style.count("/") :]]
    return Paragraph(
        text,
        ParagraphStyle("x", fontName=SONG, fontSize=size, leading=size * 1.5, spaceAfter=after, wordWrap="CJK", firstLineIndent=indent),
    )


def statement(text: str, shape: str) -> Flowable:
    """A Chinese table of some widths, with all its rules or, open, with three."""
    cells, boxes = grid(text)
    head = 1 if "two heads" in shape else 0
    style: list[tuple[Any, ...]] = [("FONT", (0, 0), (-1, -1), SONG, 8.5), ("ALIGN", (1, 0), (-1, -1), "RIGHT")]
    style += [("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    if "open" in shape:
        style += [("LINEABOVE", (0, 0), (-1, 0), 0.8, colors.black), ("LINEBELOW", (0, head), (-1, head), 0.4, colors.black)]
        style.append(("LINEBELOW", (0, -1), (-1, -1), 0.8, colors.black))
    else:
        style.append(("GRID", (0, 0), (-1, -1), 0.4, colors.grey))
    for top, left, bottom, right in boxes:
        style += [("SPAN", (left, top), (right, bottom)), ("ALIGN", (left, top), (right, bottom), "CENTER")]
    return Table(cells, colWidths=widths(shape), style=style, hAlign="LEFT")


def english(style: str, text: str) -> Flowable:
    """An English paragraph in a style of reportlab's."""
    return Paragraph(text, SMALL if style == "Small" else STYLES[style])


def figures(text: str, shape: str) -> Flowable:
    """An English table of some widths: a bold head above a rule, and unless it is open all other rules."""
    style: list[tuple[Any, ...]] = [("FONTSIZE", (0, 0), (-1, -1), 8.5), ("ALIGN", (1, 0), (-1, -1), "RIGHT")]
    style += [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]
    style += [("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black), ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")]
    style += [] if "open" in shape else [("GRID", (0, 0), (-1, -1), 0.3, colors.grey)]
    return Table(grid(text)[0], colWidths=widths(shape), style=style, hAlign="LEFT")


def widths(shape: str) -> list[int]:
    """The widths of columns."""
    return [int(one) for one in shape.split() if one.isdigit()]


def numbered(head: str) -> Callable[[Canvas, Any], None]:
    """What stands at the top and the bottom of each English page."""

    def draw(canvas: Canvas, page: Any) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(50, 820, head)
        canvas.drawRightString(545, 25, f"Page {page.page}")

    return draw


def interim_head(canvas: Canvas, page: Any) -> None:
    """What stands at the top and the bottom of each page of the interim report."""
    canvas.setFont(SONG, 8)
    canvas.drawString(50, 815, "澜溪农村商业银行股份有限公司　二〇二五年半年度报告")
    canvas.drawRightString(545, 815, "股票代码：837216")
    canvas.line(50, 810, 545, 810)
    canvas.drawCentredString(297, 28, f"第 {page.page} 页")


def story(text: str, line: Callable[[str, str], Flowable], table: Callable[[str, str], Flowable]) -> Iterator[Flowable]:
    """What flows onto pages: a line after its style, a table after its widths, ``---`` for a new page, an empty line for a gap."""
    shape, cells = "", list[str]()
    for one in [*text.strip("\n").split("\n"), "---"]:
        if "|" in one:
            cells.append(one)
            continue
        if cells:
            yield table("\n".join(cells), shape)
            cells = []
        style, _, said = one.partition(" ")
        if style == "=":
            shape = said
        elif style in ("", "---"):
            yield PageBreak() if style else Spacer(1, 8)
        else:
            yield line(style, said)


def interim(file: Path) -> None:
    """Half a year of a rural bank, unaudited."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    report = SimpleDocTemplate(str(file), pagesize=A4, leftMargin=50, rightMargin=50, topMargin=50, bottomMargin=50)
    report.build(list(story(INTERIM, song, statement)), onFirstPage=interim_head, onLaterPages=interim_head)


def factsheet(file: Path) -> None:
    """A fund of bonds and shares, at the end of a month."""
    head = numbered("Thornmere Asset Management (Ireland) Ltd - for professional and retail clients")
    sheet = SimpleDocTemplate(str(file), pagesize=A4, leftMargin=50, rightMargin=50, topMargin=45, bottomMargin=45)
    sheet.build(list(story(FACTSHEET, english, figures)), onFirstPage=head, onLaterPages=head)


def term_sheet(file: Path) -> None:
    """Notes linked to emissions."""
    lines = [[Paragraph(f"<b>{name}</b>", BODY), Paragraph(terms, BODY)] for name, terms in grid(TERMS)[0]]
    style = [("LINEBELOW", (0, 0), (-1, -1), 0.2, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    title = Paragraph("FINAL TERM SHEET", STYLES["Title"])
    note = Paragraph("Strictly private and confidential &#8211; subject to the Prospectus dated 27 October 2025", SMALL)
    head = numbered("Harrowick / Project Lantern")
    sheet = SimpleDocTemplate(str(file), pagesize=letter, leftMargin=50, rightMargin=50)
    sheet.build([title, note, Table(lines, colWidths=[140, 350], style=style)], onFirstPage=head, onLaterPages=head)


# --- Word -----------------------------------------------------------------------------------------------------------------------


def fill(table: Any, text: str) -> None:
    """Write the cells of a table of Word or PowerPoint, and join those that are one."""
    cells, boxes = grid(text)
    for r, row in enumerate(cells):
        for c, value in enumerate(row):
            table.cell(r, c).text = value
    for top, left, bottom, right in boxes:
        table.cell(top, left).merge(table.cell(bottom, right))


def word(file: Path, head: str, foot: str, text: str) -> None:
    """A Word document of a text whose first line is its title: ``#`` begins a heading, ``!`` a bold line, ``/`` an italic one, ``.`` a
    small one; tables as above.
    """
    paper, (title, *lines) = docx.Document(), text.strip("\n").split("\n")
    paper.sections[0].header.paragraphs[0].text = head
    if foot:
        paper.sections[0].footer.paragraphs[0].text = foot
    paper.add_heading(title, 0)
    for tabular, block in groupby(lines, lambda line: "|" in line):
        if tabular:
            cells = "\n".join(block)
            made = paper.add_table(rows=len(grid(cells)[0]), cols=len(grid(cells)[0][0]), style="Table Grid")
            fill(made, cells)
        for line in () if tabular else block:
            if line[0] == "#":
                paper.add_heading(line[2:], 1)
                continue
            run = paper.add_paragraph().add_run(line[2:] if line[0] in "!/." else line)
            run.bold, run.italic = line[0] == "!" or None, line[0] == "/" or None
            run.font.size = Pt(8) if line[0] == "." else None
    paper.save(str(file))


def insurance(file: Path) -> None:
    """An insurer's terms, in traditional characters."""
    word(file, "遠嶼人壽保險股份有限公司　商品編號 YHR-0612", "本商品經遠嶼人壽合格簽署人員檢視　第 1 頁", INSURANCE)


def expenses(file: Path) -> None:
    """Rules on travel and expenses."""
    word(file, "泊川银行 内部制度　泊银发〔2025〕88号", "", EXPENSES)


def lending(file: Path) -> None:
    """A lending policy."""
    word(file, "Pentwater Regional Bank | Commercial Lending Policy CLP-07 | v4.2", "INTERNAL - uncontrolled when printed", LENDING)


# --- Excel ----------------------------------------------------------------------------------------------------------------------

AREAS = {"沿江片区": ("鹿鸣分行", "石淙分行", "白渡分行"), "内陆片区": ("枕山分行", "松陵分行", "西坞分行")}


def branches(file: Path) -> None:
    """A bank's branches by month: four sheets with sums by area, and notes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, (title, unit, months, shown, text) in SHEETS.items():
        fill_sheet(book.create_sheet(name), (f"云岫城市商业银行 各分行{title}", unit), months.split(), text, shown)
    for line in NOTES.strip().split("\n"):
        (book["说明"] if "说明" in book.sheetnames else book.create_sheet("说明")).append([line])
    book.save(str(file))


def fill_sheet(sheet: Worksheet, titles: tuple[str, str], months: Sequence[str], text: str, shown: str) -> None:
    """One measure of all branches: a line a branch; sums of the areas and of the bank, but not of rates."""
    width, sums = len(months) + 2, "%" not in shown
    numbers = {name: [float(one) for one in values] for name, *values in grid(text)[0]}
    for row in ([titles[0]], [None] * (width - 1) + [titles[1]], ["片区", "机构", "2025年"], [None, None, *months]):
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, size=14)
    joined = [(1, 1, 1, width), (3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 3, width)]
    for area, names in AREAS.items():
        first = sheet.max_row + 1
        for name in names:
            sheet.append([area if name == names[0] else None, name, *numbers[name]])
        joined.append((first, 1, sheet.max_row, 1))
        if sums:
            sheet.append([f"{area}小计", None, *added(numbers, names)])
            sheet.cell(sheet.max_row, 1).font = Font(bold=True)
            joined.append((sheet.max_row, 1, sheet.max_row, 2))
    if sums:
        sheet.append(["全行合计", None, *added(numbers, list(numbers))])
    for cells in sheet.iter_rows(min_row=5, min_col=3):
        for cell in cells:
            cell.number_format = shown
    sheet.cell(sheet.max_row + 2, 1, "数据来源：计划财务部；填表人：顾菱；未经审计")
    for top, left, bottom, right in joined:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def added(numbers: dict[str, list[float]], names: Sequence[str]) -> list[float]:
    """The sums of some branches by month."""
    return [round(sum(column), 1) for column in zip(*(numbers[name] for name in names), strict=True)]


HALF_YEAR = "1月 2月 3月 4月 5月 6月"
SHEETS = {  # by name: title, unit, months, how numbers are shown, numbers
    "存款余额": (
        "存款余额（月末）",
        "单位：亿元",
        HALF_YEAR,
        "#,##0.0",
        """
鹿鸣分行|312.4|315.8|321.0|319.6|326.2|334.9
石淙分行|188.2|187.5|190.3|192.8|193.1|197.7
白渡分行|96.5|97.1|98.8|98.0|99.4|101.3
枕山分行|141.0|143.2|142.7|145.5|147.9|150.6
松陵分行|77.3|76.8|78.4|79.9|80.1|82.5
西坞分行|54.6|55.0|54.2|53.8|53.1|52.7
""",
    ),
    "贷款余额": (
        "贷款余额（月末）",
        "单位：亿元",
        HALF_YEAR,
        "#,##0.0",
        """
鹿鸣分行|268.0|270.3|275.5|277.1|280.6|284.2
石淙分行|160.9|161.4|163.0|165.8|166.7|168.3
白渡分行|71.2|72.5|73.3|74.0|75.6|76.9
枕山分行|120.4|121.1|122.9|124.6|125.0|127.8
松陵分行|63.8|64.0|65.7|66.1|67.5|68.0
西坞分行|49.3|49.0|48.8|48.1|47.7|47.2
""",
    ),
    "中间业务收入": (
        "中间业务净收入",
        "单位：万元",
        HALF_YEAR,
        "#,##0;(#,##0)",
        """
鹿鸣分行|1820|1655|2104|1930|1988|2263
石淙分行|940|872|1015|988|1003|1121
白渡分行|385|340|402|396|411|437
枕山分行|610|588|655|629|640|702
松陵分行|298|271|315|306|322|340
西坞分行|142|-36|128|-58|117|95
""",
    ),
    "不良率": (
        "不良贷款率",
        "",
        "4月末 5月末 6月末",
        "0.00%",
        """
鹿鸣分行|0.0098|0.0101|0.0097
石淙分行|0.0142|0.0139|0.0151
白渡分行|0.012|0.0126|0.0124
枕山分行|0.0175|0.018|0.0168
松陵分行|0.0211|0.0224|0.0237
西坞分行|0.0386|0.0402|0.0441
""",
    ),
}
NOTES = """
1. 西坞分行2月、4月中间业务净收入为负，系代理保险退保冲回手续费所致。
2. 鹿鸣分行含直属营业部。
3. 报送时间：每月后第8个工作日前，联系人 顾菱 分机 6207。
"""


# --- PowerPoint -----------------------------------------------------------------------------------------------------------------


def slides(file: Path) -> None:
    """A quarter's risk report: tables, one chart, one note of the speaker."""
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Quarterly Risk Report Q3 2025"
    first.placeholders[1].text = "Pentwater Regional Bank\nBoard Risk Committee, 6 November 2025\nPresenter: Leopold Wrenfield, CRO"
    for title, text, (said, top) in SLIDES:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        written(slide, "Pentwater Regional Bank - Board Risk Committee - confidential", 7.0, (6, 0.4))
        if text:
            cells = grid(text)[0]
            box = (Inches(0.4), Inches(1.6), Inches(9), Inches(0.35 * len(cells)))
            fill(slide.shapes.add_table(len(cells), len(cells[0]), *box).table, text)
        else:
            draw(slide)
        if said:
            written(slide, said, top, (9, 1))
    deck.save(str(file))


def written(slide: Any, text: str, top: float, size: tuple[float, float]) -> None:
    """A line of text on a slide."""
    slide.shapes.add_textbox(Inches(0.4), Inches(top), Inches(size[0]), Inches(size[1])).text_frame.text = text


def draw(slide: Any) -> None:
    """The chart, and what the speaker says of it."""
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Office", "Retail", "Industrial", "Multifamily", "Hotel"]
    data.add_series("Exposure USD m", (612, 455, 730, 521, 174))  # type: ignore[no-untyped-call]
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(0.5), Inches(1.5), Inches(7), Inches(4), data)
    slide.notes_slide.notes_text_frame.text = SPEAKER


SLIDES = (  # title, table, and a line with its place
    (
        "Risk appetite dashboard",
        """
Metric|Q3 2025|Q2 2025|Limit|Status
CET1 ratio|12.4%|12.6%|>= 11.0%|Green
Liquidity coverage ratio|134%|141%|>= 115%|Green
NPL ratio|2.35%|2.08%|<= 2.25%|Red
Single-group exposure / Tier 1|11.6%|10.9%|<= 12.0%|Amber
Policy exceptions / new commitments|6.3%|4.9%|<= 8.0%|Green
Operational losses YTD (USD m)|3.9|2.2|<= 6.0|Green
""",
        ("NPL limit breached for the first time since Q4 2020, driven by the default of Orrin Freight Lines (USD 18.2 million).", 5.2),
    ),
    (
        "Loan portfolio by rating, USD m",
        """
Rating bucket|30 Sep 2025|<|30 Jun 2025|<
|Exposure|ECL|Exposure|ECL
1-3 (strong)|3,412|(6.1)|3,380|(5.8)
4-6 (satisfactory)|4,905|(38.7)|4,861|(37.0)
7 (watch)|388|(21.5)|341|(18.4)
8-10 (non-performing)|209|(84.2)|182|(76.9)
Total|8,914|(150.5)|8,764|(138.1)
""",
        ("", 0),
    ),
    ("Commercial real estate by type", "", ("Office vacancy in the home market 19.4% (Q2: 18.1%).", 5.8)),
    (
        "Market and operational risk",
        """
USD m|Q3 2025|Q2 2025
VaR 99% 10-day, average|2.7|2.4
VaR maximum|4.1|3.3
EVE sensitivity +200 bp|(61.8)|(55.2)
NII sensitivity -100 bp (12 months)|(14.9)|(13.6)
""",
        (
            "Back-testing exceptions: 2 in the quarter. Main loss: a card-fraud event on 8 August cost USD 1.1 million; root cause was an unpatched gateway. Remediation due by 31 January 2026, owner: Head of Payments (Junia Pell).",
            4.4,
        ),
    ),
)
SPEAKER = (
    "Talk track: two office loans totalling USD 47 million mature in Q1 2026; sponsor of Quayside Tower has asked for a 12-month extension."
)


# --- pages and Markdown ---------------------------------------------------------------------------------------------------------


PAPERS: dict[str, Callable[[Path], None]] = {
    "lanxi_2025_interim.pdf": interim,
    "遠嶼人壽_安馨住院醫療附約條款.docx": insurance,
    "云岫银行_分行月报_2025H1.xlsx": branches,
    "泊川银行_费用报销办法.docx": expenses,
    "Thornmere_factsheet_Oct25.pdf": factsheet,
    "Harrowick_2032_termsheet.pdf": term_sheet,
    "CLP-07_lending_policy.docx": lending,
    "Pentwater_Q3_risk_report.pptx": slides,
}
TEXTS = {
    "hengyue_fees.html": FEES,
    "泊川银行_授审会纪要_2025-14.md": MINUTES,
    "marrowstone_q3.html": RELEASE,
    "brindle_faq.md": QUESTIONS,
}


def write(folder: Path) -> None:
    """Write all papers into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PAPERS.items():
        make(folder / name)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    write(given.folder)
    print(f"{len(PAPERS) + len(TEXTS)} papers in {given.folder}")


if __name__ == "__main__":
    carried_out(main)
