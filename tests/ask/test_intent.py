"""What a question asks, read without a model."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.unexplained import unexplained
from finfoundry.ask.understand.intent import asks_yes_no, understand, wish_of
from finfoundry.ask.understand.question_text import clean
from finfoundry.core.errors import InputError
from finfoundry.core.language import language_of

NAMES = EntityNames([("Northwind Traders Inc", ["NWT"]), ("海东生物股份有限公司", ["海东生物"])])
VOCABULARY = vocabulary()


@pytest.mark.parametrize(
    ("question", "core"),
    [
        (
            "According to the cash flow statement, what did Northwind spend on buybacks in FY2021? Give it in thousands.",
            "what did Northwind spend on buybacks in FY2021?",
        ),
        (
            "With the notes at hand, how large was the FY2015 tax expense of Northwind? Use two decimals.",
            "how large was the FY2015 tax expense of Northwind?",
        ),
        ("Has its net debt fallen? If it has none, say so.", "Has its net debt fallen?"),
        ("Northwind's net income slumped. 2020 and 2021 figures?", "Northwind's net income slumped. 2020 and 2021 figures?"),
        ("I do not need Northwind's revenue. What was the 2020 one?", "What was the 2020 one?"),
        ("Northwind had a dull year. What was revenue in 2021?", "What was revenue in 2021?"),
        ("请问，海东生物2020年的净利润是多少元？", "海东生物2020年的净利润是多少元？"),
        ("海东生物2020年的毛利率是多少?保留2位小数。", "海东生物2020年的毛利率是多少?"),
    ],
)
def test_the_clause_that_asks(question: str, core: str) -> None:
    intent = understand(question, NAMES, VOCABULARY)
    assert intent.core.strip(" 。") == core
    assert len(intent.core) == len(question), "positions stay those of the question"


def test_entities_periods_and_metrics() -> None:
    intent = understand("What was Northwind's revenue growth between FY2019 and FY2020?", NAMES, VOCABULARY)
    assert intent.entities == ("Northwind Traders Inc",)
    assert [found.fiscal_year for found in intent.periods] == [2019, 2020]
    assert [mention.name for mention in intent.mentions] == ["revenue"]


def test_a_short_chinese_name_that_no_document_knows() -> None:
    assert understand("2021年远山集团净利润是多少？", NAMES, VOCABULARY).unknown == "远山集团"
    assert understand("2021年远山净利润是多少？", NAMES, VOCABULARY).unknown == "远山"


def test_a_metric_without_a_company_names_none() -> None:
    assert understand("What was total revenue in FY2020?", NAMES, VOCABULARY).unknown is None
    assert understand("2020年的营业收入是多少？", NAMES, VOCABULARY).unknown is None


@pytest.mark.parametrize(
    "question",
    [
        "想新设一家第三方支付公司,要求的注册资本至少多少?",
        "注册资本不超过多少的小公司,可以承诺后不用备案?",
        "设立全国性商业银行的最低注册资本是多少?",
        "一家投保银行资本充足率已经大幅下滑,为什么费率会提高?",
        "哪个集团的传感器事业部被买下?",
        "给新公司起名字,哪些字样不许写进经营范围?",
        "征信公司碰不得哪些个人信息?",
        "根据银发〔2016〕261号文,转账多久以后银行才办理资金划转?",
    ],
)
def test_a_company_that_is_told_by_what_it_does_is_no_name(question: str) -> None:
    assert understand(question, NAMES, VOCABULARY).unknown is None


@pytest.mark.parametrize(
    "question",
    [
        "匯款銀行應於幾日內退款？",
        "受益人銀行應於幾日內入帳？",
        "要保人應於幾日內通知公司？",
        "保险人应当在多少日内作出核定？",
        "托管银行多久对一次账？",
        "开证行收到单据后几个工作日内审单？",
        "副主承销商应留存哪些底稿？",
        "付款人开户行应当在几日内答复？",
        "银行柜员没发现假钞，由谁赔？",
        "What are the Issuing Bank's duties on receipt of documents?",
        "By when does Remitting Bank's claim fall due?",
    ],
)
def test_a_party_by_its_role_is_no_unknown_company(question: str) -> None:
    intent = understand(question, NAMES, VOCABULARY)
    assert (intent.unknown, intent.entities) == (None, ())


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("青槐银行应于几日内退款？", "青槐银行应"),
        ("保灵集团何时成立？", "保灵集团"),
        ("托管银行2023年的净利润是多少？", "托管银行"),  # whose figure is asked for is a company, which is not known
        ("What was the Issuing Bank's net income?", "Issuing Bank"),
        ("What is Sterling Quay Bank's notice period?", "Sterling Quay Bank"),
        ("招商银行何时成立？", "招商银行"),
    ],
)
def test_a_name_stays_one_beside_the_words_of_roles(question: str, unknown: str) -> None:
    assert understand(question, NAMES, VOCABULARY).unknown == unknown


@pytest.mark.parametrize("name", ["丰年集团", "悦的科技有限公司", "一家亲食品股份有限公司"])
def test_a_company_stays_one_whatever_its_name_says(name: str) -> None:
    assert understand(f"{name}2020年的净利润是多少？", NAMES, VOCABULARY).unknown == name


@pytest.mark.parametrize(("name", "question"), [("银发", "请按银发2016年261号通知回答"), ("征信业", "请按《征信业管理条例》列出来")])
def test_the_reader_s_name_is_none_where_it_is_of_a_rule(name: str, question: str) -> None:
    at = question.find(name)
    assert understand(question, NAMES, VOCABULARY, companies=[(at, at + len(name))]).unknown is None


@pytest.mark.parametrize(
    ("question", "scale", "decimals", "percent"),
    [
        ("Answer in USD millions.", 10**6, None, None),
        ("What is it (in thousands)?", 1000, None, None),
        ("Please round to two decimals.", None, 2, None),
        ("State it as a percentage with one decimal.", None, 1, True),
        ("以万元为单位，保留两位小数", 10**4, 2, None),
        ("是多少亿元？小数点后三位", 10**8, 3, None),
        ("是多少元？", 1, None, None),
        ("保留整数", None, 0, None),
    ],
)
def test_units_and_decimals_asked_for(question: str, scale: int | None, decimals: int | None, percent: bool | None) -> None:
    wish = wish_of(question)
    assert (wish.scale, wish.decimals, wish.percent) == (None if scale is None else Decimal(scale), decimals, percent)


def test_scope_and_statements() -> None:
    assert understand("海东生物母公司2020年的净利润", NAMES, VOCABULARY).scope == "parent"
    assert understand("海东生物2020年归属于母公司股东的净利润", NAMES, VOCABULARY).scope is None
    assert understand("By its P&L and balance sheet, what was NWT's debt ratio?", NAMES, VOCABULARY).statements == ("balance", "income")


def test_language() -> None:
    assert language_of("What is EBITDA?") == "en"
    assert language_of("EBITDA是多少") == "zh"


@pytest.mark.parametrize("question", ["", " \n\t ", "\x00\x01"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(InputError, match="empty"):
        clean(question, 100)


def test_a_long_question_is_refused_with_its_length() -> None:
    with pytest.raises(InputError, match="100,000"):
        clean("a" * 100_000, 4000)


def test_control_characters_are_dropped() -> None:
    assert clean("what\x00 is\x1b[31m\n revenue?", 100) == "what is[31m revenue?"


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_question_can_be_read(question: str) -> None:
    """SQL, markup, emoji, another script: read as far as it goes."""
    assert understand(question or "?", NAMES, VOCABULARY).question


def test_a_metric_does_not_reach_over_a_name() -> None:
    found = vocabulary().find("Cash and cash equivalents at            , 31 December 2023")
    assert [one.text for one in found] == ["Cash and cash equivalents"]


@pytest.mark.parametrize("written", ["U.S.", "US"])
def test_a_country_by_its_initials_is_a_word_of_the_question(written: str) -> None:
    assert "us" in understand(f"{written} parcel volume of Alder", EntityNames([("Alder", ())]), vocabulary()).rest


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Did Northwind's revenue exceed 5 billion in FY2021?", True),
        ("Northwind: has it closed a harbour since FY2021?", True),
        ("By the end of FY2021, had Northwind paid its lender?", True),
        ("What was Northwind's revenue, and is it audited?", False),
        ("In FY2021, which of Northwind's ships were sold?", False),
        ("海东生物2020年能不能分红？", True),
        ("海東生物2020年有沒有分紅？", True),
        ("海東生物的股東過世了，股利還領得到嗎，要幾天？", True),
        ("海东生物可否退股？", True),
        ("海东生物2020年净利润是多少？", False),
        ("海东生物2020年净利润不高，毛利率是多少？", False),
    ],
)
def test_what_is_answered_with_yes_or_no(question: str, asked: bool) -> None:
    assert asks_yes_no(understand(question, NAMES, VOCABULARY)) is asked


@pytest.mark.parametrize("printed", [(), ("Total liabilities and shareholders' equity",)])
@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("total assets, total liabilities and shareholders' equity", ["total assets", "total liabilities", "shareholders' equity"]),
        ("total liabilities and shareholders' equity", ["total liabilities and shareholders' equity"]),
        ("revenue, cash and cash equivalents", ["revenue", "cash and cash equivalents"]),
        ("revenue, selling, general and administrative expenses", ["revenue", "selling, general and administrative expenses"]),
    ],
)
def test_the_last_two_things_of_a_list_are_two_though_a_line_is_called_by_both(
    question: str, named: list[str], printed: tuple[str, ...]
) -> None:
    found = understand(f"What were NWT's {question} at the end of 2020?", NAMES, VOCABULARY, labels=printed)
    assert [one.text for one in found.mentions] == named


def test_two_lines_that_the_company_prints_apart_are_two_at_the_end_of_a_list() -> None:
    question = "Give NWT's goodwill, short-term investments and marketable securities at the end of 2020 separately."
    printed = ("Short-term investments", "Marketable securities")
    found = understand(question, NAMES, VOCABULARY, labels=printed)
    assert [one.text for one in found.mentions] == ["goodwill", "short-term investments", "marketable securities"]
    assert "separately" not in unexplained(found)
    together = understand(
        "Give NWT's short-term investments and marketable securities at the end of 2020.", NAMES, VOCABULARY, labels=printed
    )
    assert [one.text for one in together.mentions] == ["short-term investments and marketable securities"]
