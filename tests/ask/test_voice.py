"""How an answer speaks: losses, outflows and falls by their names and without a minus; companies as people call them; its own language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from tests.ask.memory import FLOWS, LINES, MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import named_operand
from finfoundry.ask.compose.sentences import owner, verb_of
from finfoundry.ask.compute.operands import Operand
from finfoundry.ask.lexicon.polarity import polarity, turned
from finfoundry.ask.lexicon.spans import FiscalSpan
from finfoundry.core.answer import Answer, Language
from finfoundry.core.names.spoken_names import short_name
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.facts.table.concepts import concepts
from finfoundry.knowledge.storage.store import StoredDocument

Rows = Sequence[tuple[str, str, str, str]]  # concept, label, the figures of 2019 and 2020

TARN = document("tarn-2020", "TARN AIRCRAFT COMPANY", 2020, ("TRN",))
HOLT = document("holt-2020", "Holt Motors Inc.", 2020)
IBX = document("ibx-2020", "IBX CORP.", 2020)
ELM = document("elm-2020", "Elm Ltd", 2020)
DUNN = document("dunn-2020", "Dunn Ltd", 2020)
ROSS = document("ross-2020", "Ross Stores Ltd", 2020)
BAISHAN = document("baishan-2020", "白山电气股份有限公司", 2020, language="zh")
CAIYUN = document("caiyun-2020", "彩云食品集团股份有限公司", 2020, ("彩云食品",), language="zh")
OPERATING, INVESTING = (f"NetCashProvidedByUsedIn{kind}Activities" for kind in ("Operating", "Investing"))
INCOME: Mapping[str, tuple[StoredDocument, Rows]] = {
    "Tarn": (TARN, (
        ("Revenues", "Total revenues", "76559", "58158"), ("ProfitLoss", "Net loss", "-636", "-11941"),
        ("OperatingIncomeLoss", "Loss from operations", "-1975", "-12767"),
        ("EarningsPerShareBasic", "Basic loss per share", "-1.12", "-20.88"),
    )),
    "Holt": (HOLT, (
        ("Revenues", "Revenue", "1200", "1350"), ("ProfitLoss", "Net income (loss)", "-40", "65"),
        ("OperatingIncomeLoss", "Operating income", "55", "-12"),
    )),
    "IBX": (IBX, (("Revenues", "Revenue", "2000", "1754"), ("ProfitLoss", "Net loss", "30", "41"))),
    "Elm": (ELM, (("Revenues", "Revenue", "500", "600"), ("ProfitLoss", "Net income", "90", "40"))),
    "Dunn": (DUNN, (("Revenues", "Revenue", "500", "600"), ("ProfitLoss", "Net loss", "-90", "-40"))),
    "Ross": (ROSS, (("Revenues", "Revenue", "2100", "1800"), ("ProfitLoss", "Net income", "90", "-20"))),
    "白山": (BAISHAN, (
        ("Revenues", "营业收入", "5000", "4200"), ("ProfitLoss", "净利润", "300", "-450"),
        ("OperatingIncomeLoss", "营业利润", "350", "-500"),
        ("EarningsPerShareBasic", "基本每股收益", "0.31", "-0.45"),
    )),
    "彩云": (CAIYUN, (("Revenues", "营业收入", "8000", "8800"), ("ProfitLoss", "净利润", "-900", "-1200"))),
}  # fmt: skip
CASH: Mapping[str, tuple[StoredDocument, Rows]] = {
    "Tarn": (TARN, (
        (OPERATING, "Net cash used by operating activities", "-2446", "-18410"),
        ("PaymentsToAcquirePropertyPlantAndEquipment", "Property, plant and equipment additions", "-1834", "-1303"),
    )),
    "Holt": (HOLT, (
        (OPERATING, "Net cash provided by (used in) operating activities", "120", "-15"),
        (INVESTING, "Net cash used in investing activities", "80", "95"),
    )),
    "白山": (BAISHAN, ((OPERATING, "经营活动产生的现金流量净额", "210", "-130"),)),
}  # fmt: skip


def add(store: MemoryStore, paper: StoredDocument, statement: str, rows: Rows, more: Sequence[str], table: int) -> None:
    """A statement of these rows, and of as many known lines as make it one."""
    unit = "CNY" if paper.language == "zh" else "USD"
    others = [
        (concept, concept, str(900 + at), str(910 + at)) for at, concept in enumerate(more) if concept not in {row[0] for row in rows}
    ]
    for concept, label, before, now in (*rows, *others):
        shares = concept.startswith("EarningsPerShare")
        values = {2019: before, 2020: now}
        store.add(
            paper, concept, label, values, statement=statement, table=table, unit=f"{unit}/share" if shares else unit,
            scale=1 if shares else 1_000_000,
        )  # fmt: skip


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    held = MemoryStore()
    for paper, rows in INCOME.values():
        add(held, paper, "balance", (), LINES, 0)
        add(held, paper, "income", rows, FLOWS, 1)
    flows = [concept.name for concept in concepts() if concept.statement == "cash flow"][:12]
    for paper, rows in CASH.values():
        add(held, paper, "cash flow", rows, flows, 2)
    return held


def ask(store: MemoryStore, question: str) -> Answer:
    return Agent(None, store, MemorySearch()).ask(ADMINISTRATOR, question)[0]


SAID = {
    # a profit below zero is a loss
    "What was Tarn's net income in FY2020?": "Tarn Aircraft made a net loss of $11.941 billion in FY2020.",
    "What was Tarn's net loss in FY2020?": "Tarn Aircraft made a net loss of $11.941 billion in FY2020.",
    "What was Tarn's operating income in FY2020?": "Tarn Aircraft made an operating loss of $12.767 billion in FY2020.",
    "What was Tarn's basic EPS in FY2020?": "Tarn Aircraft's basic loss per share was $20.88 in FY2020.",
    "What is Tarn's FY2020 net income in billions?": "Tarn Aircraft made a net loss of $11.9 billion in FY2020.",
    "What was Holt's net loss in FY2020?": "Holt Motors' net income was $65 million in FY2020.",
    "What was IBX's net income in FY2020?": "IBX made a net loss of $41 million in FY2020.",
    "What was Ross's net income in FY2020?": "Ross Stores made a net loss of $20 million in FY2020.",
    "Was Tarn profitable in FY2020?": "No. Tarn Aircraft's net income was negative: a loss of $11.941 billion in FY2020.",
    "Was IBX profitable in FY2020?": "No. IBX's net income was negative: a loss of $41 million in FY2020.",
    "Did Holt's net income exceed $50 million in FY2020?": "Yes. Holt Motors' net income was $65 million in FY2020, more than $50 million.",
    "Was Holt's net income higher than its operating income in FY2020?":
        "Yes. Holt Motors' net income was $65 million in FY2020, more than its operating income, a loss of $12 million.",
    "白山电气2020年的净利润是多少？": "白山电气2020年的净亏损为4.50亿元。",
    "白山电气2020年的营业利润是多少？": "白山电气2020年的营业亏损为5.00亿元。",
    "白山电气2020年基本每股收益是多少？": "白山电气2020年的基本每股亏损为0.45元/股。",
    "白山电气2020年盈利了吗？": "否。白山电气2020年的净利润为负：亏损4.50亿元。",
    # an outflow
    "What was Tarn's net cash from operating activities in FY2020?":
        "Tarn Aircraft's net cash used in operating activities was $18.410 billion in FY2020.",
    "What was Holt's operating cash flow in FY2020?": "Holt Motors' operating cash outflow was $15 million in FY2020.",
    "What was Holt's cash flow from investing activities in FY2020?":
        "Holt Motors' cash used in investing activities was $95 million in FY2020.",
    "Was Tarn's operating cash flow positive in FY2020?":
        "No. Tarn Aircraft's operating cash flow was negative: an outflow of $18.410 billion in FY2020.",
    "What was Tarn's free cash flow in FY2020?": "Tarn Aircraft's free cash flow was an outflow of $19.713 billion in FY2020. "
        "Based on Net cash used by operating activities $18.410 billion in FY2020; "
        "Property, plant and equipment additions $1,303 million in FY2020.",
    "白山电气2020年经营活动产生的现金流量净额是多少？": "白山电气2020年的经营活动产生的现金净流出为1.30亿元。",
    # a fall, a rise
    "What was IBX's revenue growth in FY2020?": "IBX's revenue fell 12.3% in FY2020. "
        "Based on Revenue $1,754 million in FY2020; Revenue $2,000 million in FY2019.",
    "What was Holt's revenue growth in FY2020?": "Holt Motors' revenue rose 12.5% in FY2020. "
        "Based on Revenue $1,350 million in FY2020; Revenue $1,200 million in FY2019.",
    "By how much did Ross Stores' net income fall in FY2020?": "Ross Stores' net income fell by $110 million. "
        "Ross Stores' net income fell to a loss of $20 million in FY2020 from $90 million in FY2019.",
    "How did Tarn's net income change from 2019 to 2020?": "Tarn Aircraft's net income fell by $11.305 billion. "
        "Tarn Aircraft's net income fell to a loss of $11.941 billion in FY2020 from a loss of $636 million in FY2019.",
    "How did IBX's net loss change from 2019 to 2020?": "IBX's net loss rose by $11 million (36.7%). "
        "IBX's net loss rose to $41 million in FY2020 from $30 million in FY2019.",
    "Has IBX's revenue risen or fallen in FY2020?":
        "IBX's revenue fell to $1,754 million in FY2020 from $2,000 million in FY2019. IBX's revenue fell by $246 million (12.3%).",
    "How did Elm's net loss change from 2019 to 2020?": "Elm's net loss rose by $50 million. "
        "Elm's net loss rose to a profit of $40 million in FY2020 from a profit of $90 million in FY2019.",
    "Was Tarn's FY2020 revenue above or below $58 billion?":
        "No. Tarn Aircraft's revenue was $58.158 billion in FY2020, more than $58,000 million.",
    "Did Dunn's net income rise or fall in FY2020?":
        "Dunn's net income improved to a loss of $40 million in FY2020 from a loss of $90 million in FY2019.",
    "白山电气2020年营业收入同比增长率是多少？": "白山电气2020年的营业收入同比下降16.00%。"
        "其中：2020年营业收入42.00亿元、2019年营业收入50.00亿元。",
    "白山电气2020年营业收入比2019年变动多少？":
        "白山电气的营业收入下降8.00亿元（16.00%）。白山电气的营业收入由2019年的50.00亿元下降至2020年的42.00亿元。",
    "What was Holt's revenue in FY2019 and FY2020?": "Holt Motors' revenue was $1,200 million in FY2019. "
        "Holt Motors' revenue was $1,350 million in FY2020. Holt Motors' revenue rose by $150 million (12.5%).",
    "白山电气2020年净利润比2019年上升还是下降？": "白山电气的净利润由2019年的3.00亿元下降至2020年的亏损4.50亿元。",
    # all that was asked, before what it is based on
    "What were Tarn's revenue, net income and operating cash flow in FY2020?": "Tarn Aircraft's revenue was $58.158 billion in FY2020. "
        "Tarn Aircraft made a net loss of $11.941 billion in FY2020. Tarn Aircraft's operating cash outflow was $18.410 billion in FY2020.",
    "What were Ross's net margin and gross margin in FY2020?":
        "Ross Stores' net margin was -1.1% in FY2020. Ross Stores' gross margin was 50.7% in FY2020. "
        "Based on Net loss $20 million in FY2020; Revenue $1,800 million in FY2020; GrossProfit $912 million in FY2020.",
    "Did Tarn or Holt have the higher net income in FY2020?": "Holt Motors had the higher net income. "
        "Tarn Aircraft made a net loss of $11.941 billion in FY2020. Holt Motors' net income was $65 million in FY2020.",
    "Did Tarn or IBX have the higher net loss in FY2020?": "Tarn Aircraft had the higher net loss. "
        "Tarn Aircraft made a net loss of $11.941 billion in FY2020. IBX made a net loss of $41 million in FY2020.",
    # labels in the language of the question
    "What was 白山电气's net margin in FY2020?":
        "白山电气's net margin was -10.7% in FY2020. Based on net loss CNY 450 million in FY2020; revenue CNY 4,200 million in FY2020.",
    "Tarn在2020年的净利率是多少？": "Tarn Aircraft 2020年的净利率为-20.53%。其中：2020年净亏损119.41亿美元、2020年营业总收入581.58亿美元。",
}  # fmt: skip


@pytest.mark.parametrize(("question", "said"), SAID.items())
def test_what_is_said(store: MemoryStore, question: str, said: str) -> None:
    answer = ask(store, question)
    assert re.sub(r"\s*\[\d+\]", "", answer.text) == said
    assert answer.status == "answered"


@pytest.mark.parametrize("question", SAID)
def test_a_word_for_a_sign_leaves_the_value_as_it_is(store: MemoryStore, question: str) -> None:
    """The figure of a level keeps the sign of its fact, whatever the words around it."""
    facts = {stored.fact.value for stored in store.held}
    figures = [figure for figure in ask(store, question).figures if figure.source == "cell"]
    assert all(Decimal(figure.value) in facts for figure in figures)


@pytest.mark.parametrize(
    ("concept", "printed", "language", "said"),
    [
        ("Revenues", "营业收入", "en", "revenue"), (None, "渡轮票款", "en", "“渡轮票款”"), (None, "渡轮票款", "zh", "渡轮票款"),
        ("ProfitLoss", "Net loss", "zh", "净亏损"), (None, "Ferry tickets", "zh", "“Ferry tickets”"),
        (None, "Ferry tickets", "en", "Ferry tickets"),
    ],
)  # fmt: skip
def test_an_operand_is_named_in_the_language_of_the_question(concept: str | None, printed: str, language: Language, said: str) -> None:
    """A label of no known concept stays as printed, in quotation marks."""
    store = MemoryStore()
    store.add(HOLT, concept, printed, {2020: "-8" if concept == "ProfitLoss" else "8"})
    assert named_operand(Operand("label_ferry", FiscalSpan(2020), store.held[0]), language).label == said


@pytest.mark.parametrize(
    ("name", "said", "owned"),
    [
        ("TARN AIRCRAFT COMPANY", "Tarn Aircraft", "Tarn Aircraft's"), ("IBX CORP", "IBX", "IBX's"), ("UPS, INC.", "UPS", "UPS's"),
        ("Ross Stores, Inc.", "Ross Stores", "Ross Stores'"), ("The Holt Company", "Holt", "Holt's"),
        ("Deere & Company", "Deere", "Deere's"),
        ("MCALDER'S CORP", "McAlder's", "McAlder's"), ("TARN.COM, INC.", "Tarn.com", "Tarn.com's"),
        ("NVX Tools N.V.", "NVX Tools", "NVX Tools'"),
        ("BANK OF TARN CORP /DE/", "Bank of Tarn", "Bank of Tarn's"), ("SUN MILLS PLC", "Sun Mills", "Sun Mills'"),
        ("X Corp.", "X Corp.", "X Corp.'s"),
        ("A&B INC.", "A&B", "A&B's"), ("Tarn S.A.", "Tarn", "Tarn's"), ("Tarn AG", "Tarn", "Tarn's"), ("Tarn Co., Ltd.", "Tarn", "Tarn's"),
        ("白山电气股份有限公司", "白山电气", "白山电气's"), ("美江集团股份有限公司", "美江集团", "美江集团's"),
        ("彩云食品集团股份有限公司", "彩云食品", "彩云食品's"),
        ("白山保险（集团）股份有限公司", "白山保险", "白山保险's"), ("白山有限公司", "白山有限公司", "白山有限公司's"),
    ],
)  # fmt: skip
def test_a_company_is_called_as_people_call_it(name: str, said: str, owned: str) -> None:
    assert (short_name(name), owner(short_name(name))) == (said, owned)


def test_two_companies_of_one_short_name_keep_the_long_ones() -> None:
    others = ("Tarn Aircraft Inc.", "Tarn Aircraft plc", "Tarn Lines plc")
    assert short_name("Tarn Aircraft Inc.", (), others) == "Tarn Aircraft Inc."
    assert short_name("TARN AIRCRAFT PLC", (), others) == "Tarn Aircraft PLC"
    assert short_name("Tarn Lines plc", (), others) == "Tarn Lines"
    assert short_name("TARN LINES PLC", ("Tarn LINES",), others) == "Tarn LINES", "as an alias spells it"


@pytest.mark.parametrize(
    ("name", "side", "other"),
    [
        ("net income", "profit", "net loss"), ("Net income (loss)", "profit", "Net loss"),
        ("Loss from operations", "loss", "profit from operations"),
        ("income before income taxes", "profit", "loss before income taxes"), ("diluted EPS", "profit", "diluted loss per share"),
        ("EBITDA", "profit", None), ("net cash from operating activities", "inflow", "net cash used in operating activities"),
        ("Net cash used in investing activities", "outflow", "Net cash provided by investing activities"),
        ("free cash flow", "inflow", None),
        ("归属于母公司股东的净利润", "profit", "归属于母公司股东的净亏损"), ("净利润（净亏损以“－”号填列）", "profit", "净亏损"),
        ("利润总额", "profit", "亏损总额"),
        ("经营活动产生的现金流量净额", "inflow", "经营活动产生的现金净流出"), ("毛利", "profit", "毛亏损"),
        *((name, None, None) for name in (
            "net interest income", "income tax expense", "retained earnings", "net profit margin", "impairment loss", "net loss on sale",
            "cash flow hedges", "change in net income", "cash and cash equivalents", "资产减值损失",
            "未分配利润", "净利率", "投资收益", "其他综合收益",
        )),
    ],
)  # fmt: skip
def test_only_names_of_two_sides_are_turned(name: str, side: str | None, other: str | None) -> None:
    assert (polarity(name), turned(name)) == (side, other)


@pytest.mark.parametrize(
    ("title", "verb"),
    [("Adjusted EBITDA (Parks Segment Results of Operations)", "was"), ("berth rents (Northern ports)", "were"), ("net income", "was")],
)
def test_a_verb_agrees_with_the_line_and_not_with_its_heading(title: str, verb: str) -> None:
    assert verb_of(title) == verb
