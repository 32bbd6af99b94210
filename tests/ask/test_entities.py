"""Companies in questions: names, aliases, tickers, codes, and how people shorten them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.unknown_names import unknown_company

NAMES = EntityNames(
    [
        ("NORTHWIND TRADERS INC /DE", ["NWT"]),
        ("The Harbor & Vale Company", ["HVC"]),
        ("AMBER EXPORT CO", []),
        ("Oak Ridge Foods, Inc.", ["Oak Ridge"]),
        ("Oak Ridge Timber Corp", []),
        ("海东生物股份有限公司", ["海东生物", "688123"]),
        ("海东生物科技有限公司", []),
    ]
)


def found(question: str) -> list[str]:
    return sorted({named.name for named in NAMES.find(question)})


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What was Northwind Traders' revenue in 2020?", "NORTHWIND TRADERS INC /DE"),
        ("What was Northwind's revenue?", "NORTHWIND TRADERS INC /DE"),
        ("How much debt has NWT?", "NORTHWIND TRADERS INC /DE"),
        ("Harbor and Vale sales", "The Harbor & Vale Company"),
        ("Did HnV grow?", "The Harbor & Vale Company"),
        ("Is AMEX profitable?", "AMBER EXPORT CO"),
        ("Oak Ridge Timber's margin", "Oak Ridge Timber Corp"),
        ("688123的净利润", "海东生物股份有限公司"),
        ("海东生物股份有限公司2020年营业收入", "海东生物股份有限公司"),
    ],
)
def test_names_and_how_people_shorten_them(question: str, name: str) -> None:
    assert found(question) == [name]


WRITTEN = EntityNames(
    [
        ("The Brick-Mortar Company", ["BRK", "COST", "Y"]),
        ("SALT & PEPPER INC.", []),
        ("Oak'Neil's Stores, Inc.", ["ONS"]),
        ("Société Verte SA", ["Verte"]),
        ("4W COMPANY", []),
        ("U.S. Granite Corp", []),
        ("Rivers.com, Inc.", ["RVRS"]),
        ("K9.ai, Inc.", []),
        ("Plain Holdings Ltd", ["Quill", "P&H"]),
    ]
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Brick Mortar's sales", "The Brick-Mortar Company"),
        ("what was brick-mortar revenue", "The Brick-Mortar Company"),
        ("what was brickmortar's revenue", "The Brick-Mortar Company"),
        ("BRK's margin", "The Brick-Mortar Company"),
        ("salt and pepper net income", "SALT & PEPPER INC."),
        ("Salt & Pepper’s net income", "SALT & PEPPER INC."),
        ("Salt Pepper Inc", "SALT & PEPPER INC."),
        ("OakNeils revenue", "Oak'Neil's Stores, Inc."),
        ("Oak’Neil’s Stores' revenue", "Oak'Neil's Stores, Inc."),
        ("Societe Verte revenue", "Société Verte SA"),
        ("Verte's revenue", "Société Verte SA"),
        ("4W's debt", "4W COMPANY"),
        ("US Granite", "U.S. Granite Corp"),
        ("U.S. Granite", "U.S. Granite Corp"),
        ("Rivers' cash", "Rivers.com, Inc."),
        ("Did K9 spend more?", "K9.ai, Inc."),
        ("K9 AI's cash", "K9.ai, Inc."),
        ("Quill's cash", "Plain Holdings Ltd"),
        ("P&H cash", "Plain Holdings Ltd"),
    ],
)
def test_hyphens_apostrophes_accents_and_ampersands_make_no_difference(question: str, name: str) -> None:
    assert {named.name for named in WRITTEN.find(question)} == {name}


@pytest.mark.parametrize(
    "question", ["the Cost of sales", "COST of sales", "what is y", "Is Y high?", "brk", "a quill", "the S&P index", "verte"]
)
def test_words_that_are_no_names(question: str) -> None:
    assert WRITTEN.find(question) == []


def test_a_lower_case_word_is_no_ticker_and_no_part_of_a_name() -> None:
    assert found("the amber light, the northwind and the nwt") == []


def test_a_ticker_in_a_question_without_capitals() -> None:
    assert found("how much did nwt spend on fuel last year") == ["NORTHWIND TRADERS INC /DE"]
    assert found("how much did NWT and nwt spend") == ["NORTHWIND TRADERS INC /DE"]  # capitals elsewhere: the small one names nothing


def test_the_telling_word_of_a_name_names_its_company() -> None:
    parks = EntityNames([("THE WILLOW MARSHFIELD COMPANY", []), ("Willow Parcel Services", []), ("Alder Parcel Systems", [])])
    assert [named.name for named in parks.find("What cash did Marshfield generate?")] == ["THE WILLOW MARSHFIELD COMPANY"]
    for question in ("What did Parcel Services cost?", "what did marshfield generate", "What did all Systems cost?"):
        assert not [named for named in parks.find(question) if named.name == "THE WILLOW MARSHFIELD COMPANY"]
    assert parks.find("What did Parcel cost?") == []


def test_equal_names_are_all_kept() -> None:
    twins = EntityNames([("Alpha Holdings plc", ["Alpha"]), ("Alpha Trust plc", ["Alpha"])])
    assert {named.name for named in twins.find("What did Alpha earn?")} == {"Alpha Holdings plc", "Alpha Trust plc"}


@pytest.mark.parametrize(
    ("question", "company"),
    [
        ("What was Zephyr's revenue in FY2020?", "Zephyr"),
        ("How much did Quillon Corporation earn in 2020?", "Quillon Corporation"),
        ("远山集团2020年营业收入是多少？", "远山集团"),
        ("What was revenue in FY2020?", None),
        ("Which segment had the highest EBITDA in Q2 of FY2023?", None),
        ("公司2020年营业收入是多少？", None),
        ("客户只交了一半的钱，合同里公司可以先扣掉什么？", None),
        ("發生火災，哪些情況保險公司不用賠？", None),
        ("哪些情形下保险公司可以不退保费？", None),
        ("为什么公司要收这笔费用？", None),
        ("申請理賠時公司要客戶交什麼？", None),
        ("这笔钱应由公司出吗？", None),
        ("万里公司2020年营业收入是多少？", "万里公司"),
        ("為什麼沒有把它當成子公司？", None),
        ("远山矿业怎么合并子公司？", "远山矿业怎么合并子公司"),
        ("怎样计算远山母公司的总资产？", "怎样计算远山母公司"),
        ("如何处置子公司？", None),
        ("本公司为何转让了子公司？", None),
        ("为什么远山公司要收这笔费用？", "为什么远山公司"),
        ("哪些情况下远山保险公司可以不退保费？", "哪些情况下远山保险公司"),
    ],
)
def test_companies_that_nobody_knows(question: str, company: str | None) -> None:
    assert unknown_company(question, []) == company


@given(st.text(max_size=120))
def test_any_text_can_be_searched(text: str) -> None:
    for named in NAMES.find(text):
        assert 0 <= named.start < named.end <= len(text)


def test_a_trade_alone_names_no_company() -> None:
    names = EntityNames([("中国银行股份有限公司", ["中国银行"])])
    assert not names.find("银行应当通过哪些渠道公示投诉受理方式？")
    assert names.find("中国银行2020年的净利润是多少？")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("请问远洋重工2020年的营业收入是多少？", False),  # a name that begins before the short one
        ("中国重工2020年的营业收入是多少？", True),
        ("请问重工2020年的营业收入是多少？", True),
        ("2020年重工的营业收入与海东相比如何？", True),
        ("重工的净利润", True),
        ("2020年底重工对客户的贷款", True),
        ("那重工的客户又是谁", True),
    ],
)
def test_a_short_name_is_no_part_of_another(question: str, found: bool) -> None:
    """重工 is short for 中国重工, and the end of many a name that nobody knows."""
    assert bool(EntityNames([("中国船舶重工股份有限公司", ["中国重工"])]).find(question)) == found


def test_a_company_called_like_a_common_word_is_named_by_its_capital_alone() -> None:
    """Otherwise each question about net sales would be about it, too."""
    names = EntityNames([("Net", []), ("Alder Foods Inc", [])])
    assert [found.name for found in names.find("What were the net sales of Alder Foods?")] == ["Alder Foods Inc"]
    assert [found.name for found in names.find("What were the sales of Net?")] == ["Net"]


_TAIWANESE = EntityNames(
    (name, ())
    for name in (
        "示範電子工業股份有限公司",
        "和安汽車股份有限公司",
        "台原化學纖維股份有限公司",
        "遠洋海運股份有限公司",
        "遠洋航空股份有限公司",
    )
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("示電112年第三季的營業收入是多少？", "示範電子工業股份有限公司"),
        ("和安車在112年的本期淨利為何？", "和安汽車股份有限公司"),
        ("請問台化一一二年第一季的每股盈餘？", "台原化學纖維股份有限公司"),
        ("遠海112年的營業收入？", "遠洋海運股份有限公司"),
    ],
)
def test_a_chinese_company_is_known_by_characters_of_its_name(question: str, name: str) -> None:
    assert [named.name for named in _TAIWANESE.find(question)] == [name]


@pytest.mark.parametrize(
    "question",
    [
        "遠洋112年的營業收入？",  # of two companies
        "示波112年的營業收入？",
        "今年的營業利益是多少？",
        "范電112年的營業收入？",
    ],
)
def test_characters_that_no_single_company_has_from_its_first_name_none(question: str) -> None:
    named = {one.name for one in _TAIWANESE.find(question)}
    assert len(named) != 1


def test_a_term_is_no_company_that_has_its_characters() -> None:
    names = EntityNames([("總成資產管理股份有限公司", ()), ("營運收付股份有限公司", ()), ("毛紡利達股份有限公司", ())])

    for question in ("總資產112年是多少？", "營收的成長率？", "毛利在112年為何？", "營業收入112年？"):
        assert names.find(question) == []


@pytest.mark.parametrize("asked", ["青屿农商行", "青屿农商银行", "青屿农村商业银行", "青屿农村商业银行股份有限公司"])
def test_banks_are_known_by_the_short_names_of_their_kinds(asked: str) -> None:
    names = EntityNames([("青屿农村商业银行股份有限公司", []), ("青屿城市商业银行股份有限公司", [])])
    assert [named.name for named in names.find(f"{asked}2025年上半年营业收入是多少？")] == ["青屿农村商业银行股份有限公司"]
    assert [named.name for named in names.find("青屿城商行的净利润？")] == ["青屿城市商业银行股份有限公司"]


def test_a_country_is_no_short_form_of_a_company_that_begins_with_it() -> None:
    names = EntityNames([("Norway Lime Corp", []), ("Quartz, Inc.", [])])
    assert {one.name for one in names.find("Did Quartz's sales to Norway fall?")} == {"Quartz, Inc."}
    assert {one.name for one in names.find("What was Norway Lime's revenue?")} == {"Norway Lime Corp"}
