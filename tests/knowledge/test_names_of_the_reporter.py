"""Under which names a reader may ask for a report: with and without the legal form, and in both languages where the cover gives both."""

import pytest

from finfoundry.core.document import Block, Cell, Document, Page
from finfoundry.knowledge.facts.issuers.document_metadata import read_profile


def covered(*lines: str) -> Document:
    page = Page(1, 595, 842, [Block("paragraph", line) for line in lines])
    return Document("report.pdf", "", "application/pdf", 0, [page])


@pytest.mark.parametrize(
    ("lines", "entity", "aliases"),
    [
        (
            ("Annual Report 2024", "Northern Quay Group Co., Ltd."),
            "Northern Quay Group Co., Ltd.",
            {"Northern Quay Group", "Northern Quay"},
        ),
        (("Harbour Works plc", "Annual Report 2024"), "Harbour Works plc", {"Harbour Works"}),
        (("Ample, Inc.", "Annual Report 2024"), "Ample, Inc.", {"Ample"}),
        (
            ("青石银行股份有限公司", "Bluestone Bank Co., Ltd.", "2024年年度报告", "本报告以中文和英文编制，两种文本有差异时以中文为准。"),
            "青石银行股份有限公司",
            {"青石银行", "Bluestone Bank Co., Ltd.", "Bluestone Bank"},
        ),
    ],
)
def test_names(lines: tuple[str, ...], entity: str, aliases: set[str]) -> None:
    profile, _ = read_profile(covered(*lines))
    assert profile.entity == entity
    assert aliases <= set(profile.aliases)
    assert entity not in profile.aliases


@pytest.mark.parametrize(
    ("lines", "tickers"),
    [
        (
            ("FORM 10-K", "Title of each class\tTrading Symbol(s)\tName of each exchange\nCommon Stock\tAMPL\tNew York Stock Exchange"),
            {"AMPL"},
        ),
        (
            ("FORM 10-K", "Common Stock QRY Nasdaq Global Select Market", "(Title of each class) (Trading symbol) (Name of exchange)"),
            {"QRY"},
        ),
        (("FORM 10-K", "Trading Symbol(s)", "Common Stock OR", "NONE New York Stock Exchange"), set()),
        (("Annual report", "Our shares are listed on the Oslo exchange under the symbol “QUAY”."), {"QUAY"}),
        (("Annual report", "Harbour (NYSE: QUAY) reports results"), {"QUAY"}),
    ],
)
def test_trading_symbols(lines: tuple[str, ...], tickers: set[str]) -> None:
    profile, _ = read_profile(covered(*lines))
    assert {alias for alias in profile.aliases if alias.isupper() and len(alias) < 6} == tickers


def test_the_names_that_a_chinese_report_lists() -> None:
    profile, _ = read_profile(
        covered(
            "2023 年年度报告",
            "青石港口股份有限公司",
            "公司董事会、监事会及董事、监事、高级管理人员保证年度报告内容的真实、准确、完整，不存在虚假记载。",
            "股票简称\t青石港\t股票代码\t601999\n公司的中文名称\t青石港口股份有限公司\n公司的中文简称\t青石港口\n"
            "公司的外文名称（如有）\tQINGSHI PORT CO., LTD.\n公司的外文名称缩写\tQSP\n办公地址\t青石市",
            "青石港口股份有限公司全体股东：",
        )
    )
    assert profile.entity == "青石港口股份有限公司"
    assert {"青石港", "601999", "青石港口", "QINGSHI PORT CO., LTD.", "QSP"} <= set(profile.aliases)
    assert not any("地址" in alias or "报告" in alias for alias in profile.aliases)


def test_a_chinese_report_is_not_that_of_a_company_that_it_mentions() -> None:
    profile, _ = read_profile(
        covered(
            "本报告由中原证券股份有限公司承销。",
            "2023年年度报告",
            "公司的中文名称\t远帆重工集团有限公司",
            "远帆重工集团有限公司全体股东：",
            "我们审计了远帆重工集团有限公司的财务报表，包括资产负债表和利润表。",
        )
    )  # fmt: skip
    assert profile.entity == "远帆重工集团有限公司"


@pytest.mark.parametrize(
    ("pages", "entity"),
    [
        ([["其中，远帆重工集团有限公司由本集团持有。", "此外，青石港口股份有限公司由本集团投资。"]], None),  # investees, each once
        ([["其中，远帆重工集团有限公司由本集团持有。"], *[["附注"]] * 20], None),  # in passing
        ([["其中，远帆重工集团有限公司由本集团持有。"] * 2 + ["此外，青石港口股份有限公司由本集团投资。"]], "远帆重工集团有限公司"),
    ],
)
def test_a_part_of_a_report_is_not_of_an_investee_that_it_names(pages: list[list[str]], entity: str | None) -> None:
    made = [Page(number, 595, 842, [Block("paragraph", line) for line in lines]) for number, lines in enumerate(pages, 1)]
    profile, _ = read_profile(Document("part.pdf", "", "application/pdf", 0, made))
    assert profile.entity == entity


def signed(*tables: str, note: str | None = None) -> Document:
    blocks = [
        Block("paragraph", "FORM 10-K"),
        *(Block("table", text, note=note if number == 0 else None) for number, text in enumerate(tables)),
    ]
    return Document("report.pdf", "", "application/pdf", 0, [Page(1, 595, 842, blocks)])


@pytest.mark.parametrize(
    ("note", "sign", "currency"),
    [
        ("(in € millions)", "$", "USD"),
        ("(in thousands of Canadian dollars)", "$", "CAD"),
        (None, "£", "GBP"),
        ("(CHF million)", "CHF", "CHF"),
        (None, "", None),
    ],
)
def test_the_currency_is_that_of_most_tables(note: str | None, sign: str, currency: str | None) -> None:
    """A note on one table of debt in another currency is not the paper's."""
    profile, _ = read_profile(signed(f"Notes\t{sign} 1", *[f"Revenue\t{sign} 5"] * 3, note=note))
    assert profile.currency == currency


def test_the_first_of_january_is_no_year_end_where_the_day_before_is_one() -> None:
    days = ["31 December 2022", "1 January 2022", "31 December 2021", "1 January 2023", "1 January 2023"]
    cells = [Cell(0, number, day) for number, day in enumerate(days, 1)]
    tables = [Block("table", "\t".join(days), cells=cells)] * 3
    page = Page(1, 595, 842, [Block("heading", "Annual Report"), Block("paragraph", "Example SA"), *tables])
    profile, _ = read_profile(Document("report.pdf", "", "application/pdf", 0, [page]))
    assert (profile.fiscal_year, profile.period) == (2022, "2022-01-01/2022-12-31")


def test_the_year_of_a_current_report_is_that_of_its_company() -> None:
    """A company whose year ended on January 1 tells of its second quarter in August; the year end stands in older columns."""
    days = ["July 2, 2023", "January 1, 2023", "January 1, 2023", "July 3, 2022", "April 2, 2023"]
    cells = [Cell(0, number, day) for number, day in enumerate(days, 1)]
    table = Block("table", "\t".join(days), cells=cells)
    lines = ["FORM 8-K", "Date of report (Date of earliest event reported): August 30, 2023", "Ample, Inc.", "(Exact name of registrant)"]
    page = Page(1, 595, 842, [*(Block("paragraph", line) for line in lines), table, table])
    profile, _ = read_profile(Document("report.pdf", "", "application/pdf", 0, [page]))
    assert (profile.entity, profile.fiscal_year, profile.period) == ("Ample, Inc.", 2023, "2023-04-03/2023-07-02")
