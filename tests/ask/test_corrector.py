"""A plan is put right where the question and the papers tell: its period, its line, its unit; plans of rules stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.ask import test_rules
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.plan_cases import Case, harbour

from finfoundry.ask.asker import Agent
from finfoundry.ask.candidates import corrector
from finfoundry.ask.candidates.corrector import Grounds, corrected
from finfoundry.ask.compute.operands import Operands
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.asked_spans import compared_with, years_said
from finfoundry.ask.plan.multi_year import plan_over_years
from finfoundry.ask.plan.rules import Plan, plan_by_rule
from finfoundry.ask.understand.intent import Intent, understand
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.formulas import formulas
from finfoundry.core.periods import CALENDAR_YEAR, FiscalYear
from finfoundry.core.principal import ADMINISTRATOR
from institutions.files import made
from institutions.questions import Asker
from institutions.terms import KINDS, LANGS, Kind, Lang

PAPER = document("brill-2020", "Brill Cables Inc", 2020, ("Brill",))
PAPER_ZH = document("lanze-2020", "岚泽电缆股份有限公司", 2020, ("岚泽电缆",), language="zh")
YARD = replace(document("holm-2021", "Holm Yards Inc", 2021, ("Holm",)), period="2021-01-01/2021-06-30")
SHOP = replace(document("quayle-2023", "Quayle Stores Inc", 2023, ("Quayle",)), period="2023-02-01/2024-01-31")
HOLDERS = "Net income attributable to noncontrolling interests"


def cables() -> MemoryStore:
    held = MemoryStore()
    for paper, table in ((PAPER, 0), (PAPER_ZH, 10)):
        statements(held, paper, (2018, 2019, 2020), table=table)
    held.add(PAPER_ZH, "ResearchStaff", "研发人员", {2018: "61", 2019: "66", 2020: "74"}, unit="count", scale=1, table=20)
    held.add(PAPER, "NetIncomeLossAttributableToNoncontrollingInterest", HOLDERS, {2019: "7", 2020: "8"}, statement="income", table=1)
    held.add(PAPER_ZH, "Revenues", "母公司营业收入", {2020: "555"}, statement=None, table=30)
    return held


def shop() -> MemoryStore:
    """Of a company whose years end in January, each called by the year before."""
    held = MemoryStore()
    for year, printed in ((2022, "922"), (2023, "931")):
        held.add(SHOP, "Revenues", "Revenue", {year: printed}, statement="income")
        held.held[-1] = replace(held.held[-1], fact=replace(held.held[-1].fact, period=f"{year}-02-01/{year + 1}-01-31"))
    return held


def mine() -> MemoryStore:
    """A report in yuan, and a later one that gives all but the goodwill in dollars."""
    held, later = MemoryStore(), document("jinyu-2021", PAPER_ZH.entity or "", 2021, PAPER_ZH.aliases, language="zh")
    statements(held, PAPER_ZH, (2020,), factor=7)
    held.held = [replace(one, fact=replace(one.fact, unit="CNY")) for one in held.held]
    statements(held, later, (2020, 2021), table=10)
    held.held = [one for one in held.held if one.document_id != later.id or one.fact.concept != "Goodwill"]
    return held


def yard() -> MemoryStore:
    """Receivables at three ends: of the year before, of its first half, and of the half before that."""
    held = MemoryStore()
    held.add(YARD, "AccountsReceivableNetCurrent", "Receivables", {2020: "40", 2021: "55", 2022: "0"})
    held.add(YARD, "Revenues", "Revenue", {2020: "200", 2021: "210"}, statement="income", table=1)
    days = {"2020-12-31": "2020-06-30", "2021-12-31": "2020-12-31", "2022-12-31": "2021-06-30"}
    printed = {"2020-06-30": "40", "2020-12-31": "50", "2021-06-30": "60"}
    for number, one in enumerate(held.held):
        if day := days.get(one.fact.period):
            fact = replace(one.fact, period=day, value=Decimal(printed[day]) * 1_000_000, text=printed[day])
            held.held[number] = replace(one, fact=fact)
    return held


def asked(question: str, held: MemoryStore, lines: tuple[tuple[str, int], ...] = (), expression: str = "a", show: str = "money") -> Answer:
    """The answer, by the plan that a model draws where no rule makes one."""
    engine = ScriptedEngine([("", Case("", "", lines, expression, show).plan)]) if lines else None
    return Agent(engine, held, MemorySearch()).ask(ADMINISTRATOR, question)[0]


Way = tuple[str, Callable[[], MemoryStore], tuple[tuple[str, int], ...], str, str, str]
WAYS: dict[str, Way] = {
    "base": ("岚泽电缆的研发人员跟2018年比有什么变化？", cables, (), "", "", "2018年至2020年的研发人员上升13（21.31%）"),
    "base, of a team": ("岚泽电缆研发队伍的人数跟2018年比有什么变化？", cables, (), "", "", "研发队伍的人数上升13（21.31%）"),
    "base, in percent": ("岚泽电缆的营业收入比2018年增长了百分之几？", cables, (), "", "", "2018年至2020年的营业收入增长0.20%"),
    "base, which way": ("Did Brill's revenue rise compared with 2018?", cables, (), "", "", "$1,020 million in FY2020"),
    "base, of a year before": (
        "2019 was a quiet year. How did Brill's revenue change compared with 2018?", cables, (), "", "", "From FY2018 to FY2019"
    ),
    "base, an amount": ("By how much did Brill's net income grow versus 2018?", cables, (), "", "", "From FY2018 to FY2020, Brill Cables'"),
    "opening": (
        "How did Holm's receivables change over the first half of 2021?", yard, (), "", "",
        "rose to $60 million at the end of H1 FY2021 from $50 million at the end of FY2020",
    ),
    "opening, in percent": ("By how many percent did Holm's receivables grow in the first half of 2021?", yard, (), "", "", "20.0%"),
    "fiscal year": (
        "How much money did Quayle's dusty revenue come to in the year ended January 31, 2024?", shop, (("Revenue", 2024),), "a", "money",
        "$931 million in FY2023",
    ),
    "fiscal year, of two": (
        "By how many dollars did Quayle's dusty revenue move in the year ended January 31, 2024, next to the year ended January 31, 2023?",
        shop, (("Revenue", 2024), ("Revenue", 2023)), "a - b", "money", "rose by $9 million in FY2023",
    ),
    "whole": (
        "How much of Brill's total assets per ledger-page did goodwill eat in 2020, as a percentage?", cables,
        (("Goodwill", 2020), ("Total current assets", 2020)), "a / b", "percent", "goodwill as a percentage of total assets was 516.7%",
    ),
    "owners": (
        "By how many dollars did Brill's net income wander, in the dusty ledger, from 2019 to 2020?", cables,
        ((HOLDERS, 2020), (HOLDERS, 2019)), "a - b", "money", "Brill Cables' net income rose by $1 million",
    ),
    "scope": (
        "岚泽电缆2020年账面上蒙尘的营业收入是多少元？", cables, (("母公司营业收入", 2020),), "a", "money", "营业收入为1,020,000,000美元"
    ),
    "shown": (
        "How many times its berth rental income did Tarn's dredging costs amount to in FY2019?", harbour,
        (("Dredging costs", 2019), ("Berth rental income", 2019)), "a / b", "days", "was 3.56 in FY2019",
    ),
    "amount": (
        "How much money per one of its deckhands did Tarn spend as dredging costs in FY2020?", harbour,
        (("Dredging costs", 2020), ("Deckhands", 2020)), "a / b", "ratio", "$267 thousand",
    ),
    "currency": ("岚泽电缆2020年末商誉占固定资产的比例是多少？", mine, (), "", "", "75.61%"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_plan_is_put_right_that_is_else_refused_or_answered_wrongly(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    question, held, lines, expression, show, told = way
    answer = asked(question, held(), lines, expression, show)
    assert answer.status == "answered", answer.reason
    assert told in answer.text
    monkeypatch.setattr(corrector, "BEFORE", {})
    monkeypatch.setattr(corrector, "UNITS", {})
    monkeypatch.setattr("finfoundry.ask.kinds.figures.UNITS", {})
    assert told not in asked(question, held(), lines, expression, show).text


@pytest.mark.parametrize(
    "question",
    [
        "How did Holm's receivables at the end of the first half of 2021 compare with a year earlier?",
        "How did Holm's receivables change in the first half of 2021? Year over year, please.",
        "How much did Holm's receivables grow at the end of the first half of 2021?",
        "Holm应收账款2021年上半年按年变动多少？",
        "Holm应收账款2021年上半年变动多少？请按同比计算。",
        "Holm应收账款2021年上半年末变动了多少？",
    ],
)
def test_a_balance_that_is_compared_with_a_year_before_is_not_with_the_opening(question: str) -> None:
    text = asked(question, yard()).text
    assert "$40 million" in text or "4,000.00万" in text
    assert "$50 million" not in text
    assert "5,000.00万" not in text


@pytest.mark.parametrize("question", ["Holm2021年营业收入比年初增加了多少？", "Holm2021年上半年营业收入比年初增加了多少？"])
def test_what_flows_is_never_set_against_the_year_before_the_part(question: str) -> None:
    assert "210" not in asked(question, yard()).text.replace("2021", "") or "上半年" not in question


@pytest.mark.parametrize("question", ["Holm的应收账款2021年6月底比年初增加了多少？", "Holm应收账款2021年上半年末较年初变动多少？"])
def test_the_beginning_of_the_year_is_the_opening_of_a_part_of_it(question: str) -> None:
    answer = asked(question, yard())
    assert "5,000.00" in answer.text
    assert "4,000.00" not in answer.text


def test_every_rule_has_its_plan() -> None:
    assert {name.partition(",")[0] for name in WAYS} == {*corrector.BEFORE, *corrector.UNITS}


def test_the_trace_says_which_rule_put_a_plan_right() -> None:
    _, trace = Agent(None, cables(), MemorySearch()).ask(ADMINISTRATOR, WAYS["base"][0])
    found = [step.content for step in trace.steps if step.kind == "corrected"]
    assert found
    assert isinstance(found[0], dict)
    assert found[0]["by"] == ["base"]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("How did Brill's revenue change compared with 2020?", ()),  # nothing later is there to compare
        ("How much money of Brill's net income went to noncontrolling interests, in the dusty ledger, in 2021?", ((HOLDERS, 2021),)),
        ("How much money did Brill make in total liabilities, dusty ledger, in 2020?", (("Total current assets", 2020),)),  # no part of it
        (
            "How much money of Brill's total assets turns to cash, dustily, in 2020?",
            (("Total current assets", 2020),),
        ),  # a part is asked for
        ("How much money of the net income that Brill made in 2020 was for minorities?", ((HOLDERS, 2020),)),
    ],
)
def test_what_the_papers_do_not_tell_is_not_put_right(question: str, lines: tuple[tuple[str, int], ...]) -> None:
    assert asked(question, cables(), lines).status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("岚泽电缆的存货跟2018年末相比变了多少？", 2018),
        ("岚泽电缆的营收较2018年增长多少？", 2018),
        ("What was Brill's revenue growth relative to fiscal 2018?", 2018),
        ("How much higher was Brill's revenue than it was in 2018?", 2018),
        ("岚泽电缆2018年营收同比增长多少？", None),
        ("岚泽电缆的存货占比2018年是多少？", None),
        ("岚泽电缆2019年和2018年比营收如何？", None),
        ("岚泽电缆2018年与上年相比营收变了多少？", None),
        ("岚泽电缆和2018年的毛利率有关吗？", None),
        ("What was Brill's revenue in 2018?", None),
        ("How did Brill's revenue change in 2018 compared with the year before?", None),
    ],
)
def test_a_year_is_a_base_where_another_is_set_against_it(question: str, year: int | None) -> None:
    found = compared_with(_read(question), CALENDAR_YEAR)
    assert (found.year if found else None) == year


def test_a_year_that_the_company_calls_otherwise_is_known() -> None:
    calendar = replace(FiscalYear.ending(date(2024, 1, 31)), year=2023)
    assert years_said(_read("What was Quayle's revenue in the year ended January 31, 2024?", calendar), calendar) == {2024: 2023}
    assert years_said(_read("What was Quayle's revenue in fiscal 2023?", calendar), calendar) == {}


def _read(question: str, calendar: FiscalYear | None = None) -> Intent:
    return understand(question, EntityNames([(one.entity or "", one.aliases) for one in (PAPER, PAPER_ZH, SHOP)]), vocabulary(), calendar)


def _untouched(plan: Plan, intent: Intent) -> bool:
    def held(_: Plan) -> Operands:
        raise AssertionError("the papers were looked at")

    return corrected(plan, Grounds(intent, CALENDAR_YEAR, formulas(), held)) == (plan, ())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_plans_of_rules_for_made_reports_stay(kind: Kind, lang: Lang) -> None:
    report = made(kind, lang, 5)
    names = EntityNames([(report.name, (report.short, report.english))])
    planned = 0
    for question in Asker(report, 5).questions():
        intent = understand(question.text, names, vocabulary())
        plan = plan_over_years(intent, CALENDAR_YEAR, formulas()) or plan_by_rule(intent, CALENDAR_YEAR, formulas())
        if plan is not None and compared_with(intent, CALENDAR_YEAR) is None:
            planned += 1
            assert _untouched(plan, intent), question.text
    assert planned > 5


def ruled() -> list[str]:
    """The questions of the tests of rules."""
    tests = (test_rules.test_values, test_rules.test_what_is_asked_of_a_metric)
    marks = [mark for test in tests for mark in getattr(test, "pytestmark", ())]
    return [row[0] for mark in marks for row in mark.args[1]]


@pytest.mark.parametrize("question", ruled())
def test_plans_of_rules_stay(question: str) -> None:
    intent = understand(question, test_rules.NAMES, vocabulary())
    plan = plan_by_rule(intent, CALENDAR_YEAR, formulas())
    assert plan is None or compared_with(intent, CALENDAR_YEAR) is not None or _untouched(plan, intent)
