"""Markdown, plain text, page-block exports, Word documents: blocks in order under their headings."""

import io
import json

import docx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finfoundry.core.errors import ParseError
from finfoundry.core.language import unified
from finfoundry.knowledge.formats.office.docx import parse_docx
from finfoundry.knowledge.formats.text import BLANK_LINE, parse_text

MARKDOWN = """# Policy

Intro text
on two lines.

## Fees

| Product | Fee |
|---|---|
| Basic | 1.5% |

- first
"""


def test_markdown_has_headings_tables_and_a_section_path() -> None:
    blocks = parse_text(MARKDOWN.encode(), "policy.md").pages[0].blocks
    assert [block.kind for block in blocks] == ["heading", "paragraph", "heading", "table", "list"]
    assert blocks[3].section == ("Policy", "Fees")
    assert [(cell.row, cell.column, cell.text) for cell in blocks[3].cells][-1] == (1, 1, "1.5%")
    assert blocks[3].locator == {"line": "8"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("现金流 **-0.83 亿元**。", "现金流 -0.83 亿元。"),
        ("同意**5票**，***通过***", "同意5票，通过"),
        ("_Rates may change._", "Rates may change."),
        ("see [the terms](http://a.b/c_d) and `a*b*c`", "see the terms and a*b*c"),
        ("the key fund_size and fund_type, 5* and 6*, 2*3*4", "the key fund_size and fund_type, 5* and 6*, 2*3*4"),
        (r"\*not\* marked", "*not* marked"),
        ("~~old~~new", "new"),  # what is struck out holds no more
    ],
)
def test_what_a_reader_sees_of_markdown_has_no_marks(written: str, read: str) -> None:
    (block,) = parse_text(written.encode(), "note.md").pages[0].blocks
    assert block.text == read
    assert parse_text(written.encode(), "note.txt").pages[0].blocks[0].text == written


def test_a_bold_line_is_a_heading_and_lines_across_the_page_are_none_of_the_text() -> None:
    head = "---\nclass: internal\n---\n# Questions\n\n**May I pay early?**\nYes, at **any** time.\n\n***\n\n"
    text = f"{head}| Fee | **Amount** |\n|---|---|\n| Wire | **$45** |\n"
    blocks = parse_text(text.encode(), "faq.md").pages[0].blocks
    assert [(one.kind, one.text) for one in blocks] == [
        ("paragraph", "class: internal"), ("heading", "Questions"), ("heading", "May I pay early?"), ("paragraph", "Yes, at any time."),
        ("table", "Fee\tAmount\nWire\t$45"),
    ]  # fmt: skip
    assert blocks[3].section == ("Questions", "May I pay early?")


def test_chinese_chapters_and_articles_give_the_section_path() -> None:
    text = "第一章 总则\n第一条 为了规范管理，制定本办法。\n第二章 附则\n第三条 本办法自发布之日起施行。"
    blocks = parse_text(text.encode("gbk"), "办法.txt").pages[0].blocks
    assert [block.kind for block in blocks] == ["heading", "paragraph", "heading", "paragraph"]
    assert blocks[3].section == ("第二章 附则",)


def test_an_export_of_page_blocks_keeps_pages_and_rows() -> None:
    lines = [
        {"page": 1, "allrow": 0, "type": "页眉", "inside": "年度报告"},
        {"page": 1, "allrow": 1, "type": "text", "inside": "第一节 重要提示"},
        {"page": 2, "allrow": 2, "type": "excel", "inside": "['项目', '2019年']"},
        {"page": 2, "allrow": 3, "type": "excel", "inside": "['营业收入', '1,000.00']"},
    ]
    document = parse_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode(), "report.txt")
    assert [page.number for page in document.pages] == [1, 2]
    assert [block.kind for block in document.pages[0].blocks] == ["header", "heading"]
    assert document.pages[1].blocks[0].cells[3].text == "1,000.00"


def test_word_documents_keep_order_and_merged_cells() -> None:
    body = docx.Document()
    body.add_heading("Risk report", 1)
    body.add_paragraph("Losses fell.")
    table = body.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "2020"
    table.cell(1, 2).text = "7"
    stream = io.BytesIO()
    body.save(stream)
    blocks = parse_docx(stream.getvalue(), "risk.docx").pages[0].blocks
    assert [block.kind for block in blocks] == ["heading", "paragraph", "table"]
    assert [(cell.text, cell.column_span) for cell in blocks[2].cells] == [("2020", 2), ("7", 1)]
    assert blocks[2].section == ("Risk report",)


@pytest.mark.parametrize("data", [b"", b"   \n", b"\x00\x00\x00\x00binary"])
def test_empty_and_binary_files_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(ParseError, match=r"x\.txt"):
        parse_text(data, "x.txt")


@given(st.text(min_size=1, max_size=400))
@example("\u2f00")
def test_no_visible_character_of_a_text_is_lost(text: str) -> None:
    try:
        document = parse_text(text.encode(), "x.txt")
    except ParseError:
        return
    kept = "".join("".join(block.text.split()) for page in document.pages for block in page.blocks)
    assert sum(map(str.isalnum, kept)) == sum(map(str.isalnum, unified(text.encode().decode("utf-8-sig"))))


@given(st.text(alphabet=st.sampled_from("ab \t\r\u3000\n"), max_size=12))
def test_lines_are_paragraphs_where_no_blank_line_lies_between_them(text: str) -> None:
    lines = text.split("\n")
    assert (BLANK_LINE.search(text) is not None) == any(not line.strip() for line in lines[1:-1])
