"""Who reports, on covers as they are printed."""

import pytest

from finfoundry.core.document import Block, BlockKind, Document, Page
from finfoundry.knowledge.facts.issuers.issuer import Reporter, find_reporter, reporter
from finfoundry.knowledge.facts.issuers.issuer_zh import find_reporter_zh
from finfoundry.knowledge.facts.table.company_names import is_name, leading_name, shorter


@pytest.mark.parametrize(
    ("cover", "name"),
    [
        ("FORM 10-K\nCommission File No. 1-2\nALPHA, Inc .\n(Exact name of Registrant as specified in its charter)", "ALPHA, Inc."),
        (
            "For the transition period from\nto Commission file number: 1-3 BETA INCORPORATED (Exact name of registrant)",
            "BETA INCORPORATED",
        ),
        ("B ETA R ESORTS\n(Exact name of registrant as specified)\nBeta Resorts owns hotels.", "BETA RESORTS"),
        (
            "Commission File Number 001-4\n(Exact name of Registrant)\nThe Gamma Company (together with its subsidiaries)",
            "The Gamma Company",
        ),
        ("FOR IMMEDIATE RELEASE\nDelta, N.J. (May 1, 2024) – Delta & Sons (NYSE: DLT) today announced results", "Delta & Sons"),
        ("Epsilon reports fiscal 2023 results\nDuring fiscal 2023, the Company grew.", "Epsilon"),
        ("ANNUAL REPORT 2024\nZeta Holdings plc\nLondon", "Zeta Holdings plc"),
        ("During fiscal 2023, the Company grew.", None),
        ("Commission File Number 1-5\nmark_primary_black.jpg\nETA WATER CO\n(Exact name of Registrant as specified)", "ETA WATER CO"),
        ("Commission file number 1-6\nTHE THETA GROUP,\nINC.\n(Exact name of registrant as specified)", "THE THETA GROUP, INC."),
        ("Commission file number 1-7\nThe iotaCare Company\nor\n____\n(Exact name of registrant)", "The iotaCare Company"),
        ("FORM 10-K\nTHE KAPPA & LAMBDA COMPANY\nOne Kappa Plaza\nDocuments Incorporated by Reference", "THE KAPPA & LAMBDA COMPANY"),
        ("Mu Größe AG\nGeschäftsbericht 2024", "Mu Größe AG"),
        ("Omicron plc Annual Report and Accounts 2024\nChairman's statement", "Omicron plc"),
        ('COLUMBIA, Md. -- Nu Holdings, Inc. ("Nu") (Nasdaq: NUNU), a maker, today announced results', "Nu Holdings, Inc."),
        (
            "XI GROUP ANNOUNCES RESULTS\nParis, May 14 – Xi Group Holding Limited (NYSE: XI and HKEX: 9, “Xi Group”) announced",
            "Xi Group Holding Limited",
        ),
        ("Royal Bank of Rho Annual Report 2024\nTo the Shareholders and the Board of Directors of Royal Bank of Rho", "Royal Bank of Rho"),
        ("sigma AG\nAnnual Report 2024\nsigma AG Annual Report 2024", "sigma AG"),
        ("T&U INC.\nIncorporated in Delaware", "T&U INC."),
        ("Phi Energy Corporation\n1-32\tPHI ENERGY CORPORATION\n1-49\tPHI ENERGY NORTH, LLC", "Phi Energy Corporation"),
        ("QUARTERLY REPORT\nChi Company Limited (the “Company”) and its subsidiaries", "Chi Company Limited"),
        ("MANAGEMENT REPORT\nINDEPENDENT AUDITOR’S REPORT", None),
        ("Did X_Y announce a dividend in the annual report?", None),
        ("Certain Documents Incorporated by Reference", None),
        ("Market Research reports the prices of funds.", None),
    ],
)
def test_the_reporter_of_a_cover(cover: str, name: str | None) -> None:
    assert reporter(cover) == name


@pytest.mark.parametrize(
    "text",
    [
        "the Company",
        "Commission file number",
        "During Fiscal",
        "Form",
        "ab",
        "logo_black.jpg",
        "Inc., Alpha Limited",
        "MANAGEMENT",
        "Your Fee on International",
    ],
)
def test_phrases_are_no_names(text: str) -> None:
    assert not is_name(text)


def paper(*pages: list[str], name: str = "a1b2.pdf") -> Document:
    """Pages of paragraphs; a line that begins with "^" is a page header."""
    blocks = [[Block("header" if text.startswith("^") else "paragraph", text.lstrip("^")) for text in page] for page in pages]
    return Document(name, "", "application/pdf", 0, [Page(number, 595, 842, page) for number, page in enumerate(blocks, 1)])


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        (
            [["Annual Report 2024"], ["To the General Meeting of Fabrique de Pi SA, Geneva"], ["Fabrique de Pi SA (“Pi”)"]],
            Reporter("Fabrique de Pi SA", ("Pi",)),
        ),
        (
            [["Message"], ["To the Shareholders of Rho Pages Limited"], ["“we”, “us”, “Rho” and “RP” refer to Rho Pages Limited."]],
            Reporter("Rho Pages Limited", ("Rho", "RP")),
        ),
        ([["Sigma is growing"], *[["^Sigma Capital PLC Annual Report & Accounts 2024 17", "Text."]] * 4], Reporter("Sigma Capital PLC")),
        ([["Letter"], ["Commission file number 1-2", "TAU BANKSHARES, INC.", "(Exact Name of Registrant as Specified in its Charter)"]],
         Reporter("TAU BANKSHARES, INC.")),
        ([["Report"], ["INDEPENDENT AUDITOR'S REPORT TO THE MEMBERS OF UPSILON GROUP PLC"]], Reporter("UPSILON GROUP PLC")),
        (
            [["PHI, INC.", "(Exact name of registrant as specified in its charter)", "TRIANGLE, INC.", "(Former name)"],
             ["Phi, Inc. (formerly known as Round Corporation) makes wheels. Chi Ltd, formerly Psi Ltd, sells them."]],
            Reporter("PHI, INC.", ("TRIANGLE, INC.", "Round Corporation")),
        ),
        ([["Ideas"], ["To the shareholders of our company", "Report to the members of the board"]], None),
    ],
)  # fmt: skip
def test_the_reporter_of_a_paper_without_a_cover(pages: list[list[str]], found: Reporter | None) -> None:
    assert find_reporter(paper(*pages), "\n".join(pages[0])) == found


def test_the_name_of_the_file_decides_between_two_that_a_page_names() -> None:
    lines = ["Upsilon Ltd", "Phi Ltd"]
    assert [
        found.name for name in ("PHI_2023.pdf", "UPSILON_2023.pdf") if (found := find_reporter(paper(lines, name=name), "\n".join(lines)))
    ] == [
        "Phi Ltd",
        "Upsilon Ltd",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yellow Chi Limited Opinion We have audited", "Yellow Chi Limited"),
        ("Psi & Psi: Opinion on the Financial Statements", "Psi & Psi"),
        ("Omega Resorts International and subsidiaries", "Omega Resorts International"),
        ("our company", None),
    ],
)
def test_the_name_that_a_text_begins_with(text: str, name: str | None) -> None:
    assert leading_name(text) == name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("The Alpha Port Group Co., Ltd.", ["Alpha Port Group Co", "Alpha Port Group", "Alpha Port"]),
        ("BETA & COMPANY/MN", ["BETA & COMPANY", "BETA"]),
        ("Gamma A/S", ["Gamma"]),
        ("Delta Enskilda Banken AB (publ)", ["Delta Enskilda Banken AB", "Delta Enskilda Banken"]),
        ("Epsilon", []),
    ],
)
def test_names_without_their_legal_form(name: str, short: list[str]) -> None:
    assert [one for one in shorter(name) if not one.startswith("The ")] == short


@pytest.mark.parametrize("verb", ["mean", "means", "refer to", "refers to", "refer collectively to", "relate to", "relates only to"])
def test_who_we_are_is_said_with_a_verb(verb: str) -> None:
    pages = [["Message"], ["A letter."], [f"In this report “we”, “us” and “our” {verb} Heron Mills Limited."]]
    found = find_reporter(paper(*pages), "Message")
    assert found is not None
    assert found.name == "Heron Mills Limited"
    assert find_reporter(paper(*pages[:2], [f"The “Seller” and the “Buyer” {verb} Heron Mills Limited."]), "Message") is None


def test_what_a_table_says_is_not_said_of_who_reports() -> None:
    said = "“we”, “us” and “our” refer to Heron Mills Limited."
    spoken, shown = paper(["Message"], [said]), paper(["Message"], [said])
    shown.pages[1].blocks[0].kind = "table"
    assert find_reporter(spoken, "Message") is not None
    assert find_reporter(shown, "Message") is None


@pytest.mark.parametrize(
    ("term", "other"), [("Heron", True), ("Heron Mills of the North", False), ("Heron of the North", True), ("Company", False)]
)
def test_a_term_of_few_words_is_another_name(term: str, other: bool) -> None:
    found = find_reporter(
        paper(["Heron Mills North Limited"], [f"Heron Mills North Limited (“{term}” or “we”)"]), "Heron Mills North Limited"
    )
    assert found == Reporter("Heron Mills North Limited", (term,) if other else ())


@pytest.mark.parametrize(("behind", "found"), [(29, "Heron Mills Limited"), (30, None)])
def test_a_line_that_goes_on_behind_a_name_proposes_nobody(behind: int, found: str | None) -> None:
    assert reporter(f"Heron Mills Limited{' x' * 20}"[: len("Heron Mills Limited") + behind]) == found


def test_a_chinese_paper_is_that_of_the_company_that_its_cover_names_once() -> None:
    cover = "——示例科技股份有限公司"
    assert find_reporter_zh(paper([cover]), cover) == Reporter("示例科技股份有限公司")
    assert find_reporter_zh(paper(["关于存款的说明"]), "关于存款的说明") is None


def test_a_title_that_leaves_out_the_legal_form_names_who_reports() -> None:
    """Of a page of a statement alone; a bracket that was torn off its other half is no part of a name."""
    cover = "雲岭國際集團及子公司\n合併權益變動表\n民國112年1月1日至9月30日"
    assert find_reporter_zh(paper([cover]), cover) == Reporter("雲岭國際集團")
    torn = ")澜江企業控股有限公司及子公司\n合併資產負債表"
    found = find_reporter_zh(paper([torn]), torn)
    assert found is not None
    assert found.name == "澜江企業控股有限公司"
    for nobody in ("本公司及子公司", "本行及其子公司", "本集團及子公司", "集团及子公司", "控股股東及其子公司"):
        assert find_reporter_zh(paper([nobody]), nobody) is None
    stated = "本行及其子公司\n编制单位：示例银行股份有限公司"
    found = find_reporter_zh(paper([stated]), stated)
    assert found is not None
    assert found.name == "示例银行股份有限公司"


def test_a_brand_written_small_on_a_line_of_its_own_is_who_reports() -> None:
    assert reporter("sigma AG\nBerlin") == "sigma AG"


@pytest.mark.parametrize(("bearing", "found"), [(4, False), (6, True)])
def test_a_name_without_a_legal_form_is_enough_where_it_runs_along_half_of_the_pages(bearing: int, found: bool) -> None:
    pages = [
        ["Heron Annual Report 2024" if number < bearing else f"Risks {letter}", f"Text {letter}."]
        for number, letter in enumerate("abcdefghij")
    ]
    assert (find_reporter(paper(*pages), "Message") is not None) is found


@pytest.mark.parametrize(
    ("lines", "name", "short"),
    [
        ("景澜稳健增长混合型证券投资基金\n2024年年度报告\n基金管理人：禾岳有限公司", "景澜稳健增长混合型证券投资基金", "景澜稳健增长混合"),
        ("景澜中证500指数证券投资基金（LOF）2024年年度报告", "景澜中证500指数证券投资基金（LOF）", None),
        ("禾岳银行股份有限公司\n2024年年度报告\n本行托管景澜证券投资基金的资产", "禾岳银行股份有限公司", None),
    ],
)
def test_a_fund_reports_in_its_own_name(lines: str, name: str, short: str | None) -> None:
    paper = Document("paper.pdf", "0" * 64, "application/pdf", 1, [Page(1, 600, 800, [Block("paragraph", lines)])])
    found = find_reporter_zh(paper, lines)
    assert found is not None
    assert found.name == name
    assert short is None or short in found.others


def text_of(*lines: tuple[BlockKind, str], name: str = "paper.md") -> Document:
    return Document(name, "0" * 64, "text/markdown", 1, [Page(1, 0, 0, [Block(kind, text) for kind, text in lines])])


def test_minutes_are_of_the_bank_and_not_of_the_company_that_an_item_of_them_deals_with() -> None:
    lines: list[tuple[BlockKind, str]] = [
        ("heading", "栖霞湾银行贷款审查委员会 2024 年第 3 次会议纪要"),
        ("heading", "议题一　远澍机械制造有限公司综合授信"),
        ("paragraph", "远澍机械制造有限公司申请 2.1 亿元，期限 24 个月。"),
    ]
    minutes = text_of(*lines, name="栖霞湾银行_贷审会纪要.md")
    found = find_reporter_zh(minutes, "\n".join(text for _, text in lines))
    assert found is not None
    assert found.name == "栖霞湾银行"


@pytest.mark.parametrize("title", ["中国人民银行 公告", "各商业银行 数据", "中国银行业监督管理委员会通知", "商业银行股权管理办法"])
def test_words_for_banks_in_general_and_for_their_supervisors_name_no_reporter(title: str) -> None:
    assert find_reporter_zh(text_of(("heading", title)), title) is None


@pytest.mark.parametrize(
    "line",
    [
        "03.01.2025 Rent", "12/03/2024 Salary", "3 January 2025 Rent", "1 Restated. 2 Until 2026.",
        "* Restated 2024", "2024 RMB", "2024 US$m",
        "2024 Opening", "Actual 2024", "FY2024 Budget", "Outlook 2025",
    ],
)  # fmt: skip
def test_what_stands_beside_a_year_or_a_day_is_no_reporter(line: str) -> None:
    assert reporter(f"{line}\nRevenue rose in the year.") is None


@pytest.mark.parametrize(
    ("texts", "name", "reporter_of"),
    [
        (("Harbour Trust 2024", "Text."), "a.pdf", "Harbour Trust"),
        (("Verbena 2024", "In this year Verbena sold more."), "a.pdf", "Verbena"),
        (("Verbena 2024", "Text."), "verbena_2024.pdf", "Verbena"), (("Verbena 2024", "Verbena"), "a.pdf", None),
        (("Outlook 2025", "Our outlook is good."), "a.pdf", None), (("03.01.2025 Rent", "We paid Rent."), "a.pdf", None),
    ],
)  # fmt: skip
def test_a_name_beside_a_bare_year_is_the_reporters_where_it_is_told_elsewhere(
    texts: tuple[str, ...], name: str, reporter_of: str | None
) -> None:
    document = paper(list(texts), name=name)
    found = find_reporter(document, "\n".join(texts))
    assert (found.name if found else None) == reporter_of


@pytest.mark.parametrize("heading", ["Letter", "About", "Consolidated balance sheet", "Highlights"])
def test_a_heading_behind_the_year_of_a_title_is_no_part_of_the_name(heading: str) -> None:
    assert reporter(f"Verbena Bank annual report 2024 {heading}\nText.") == "Verbena Bank"
    assert reporter(f"Annual Report 2024 Verbena Bank\n{heading}") == "Verbena Bank"


def test_whom_entries_of_an_account_name_is_not_the_reporter() -> None:
    rows = ["03.01.2025\tALPHA GmbH\t300.00", "07.01.2025\tBETA GmbH\t345.67", "17.01.2025\tALPHA GmbH\t12.00"]
    assert reporter("\n".join(["Date\tText\tDebit EUR", *rows])) is None
    assert reporter("\n".join(["Gamma Bank AG", "Date\tText\tDebit EUR", *rows])) == "Gamma Bank AG"
    assert reporter("31 December 2024\tDelta Holdings plc\tLondon") == "Delta Holdings plc"
