"""Questions planned by the learnt reader: its readings are held to the question, carried out over facts, and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.ask.plan_cases import PAPER, harbour

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.rules import Plan
from finfoundry.ask.reader.learnt_plan import plan_of
from finfoundry.ask.reader.written_plan import WrittenPlan, masked
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Answer
from finfoundry.core.errors import PlanError
from finfoundry.core.periods import CALENDAR_YEAR
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import FoundSpan
from finfoundry.core.tasks import load_task

SHARE = "Taking Tarn's Ferry ticket sales for 2020 on the one hand, what part of them would Dredging costs eat up, in percent?"
AS_SHARE = {"Ferry ticket sales": "under", "Dredging costs": "plus"}
LEVEL = ("time-level", "years-1", "join-together", "show-percent")


@dataclass
class SetReader:
    """Reads every question in one way; ``sure`` is how likely each part of it is."""

    roles: Mapping[str, str]
    marks: Sequence[str] = LEVEL
    sure: float = 0.97
    asked: list[str] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return "set"

    def labels_of(self, head: str) -> tuple[str, ...]:
        return load_task(head).words

    def labels(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        self.asked += [text for (text,) in texts]
        told = [self.sure if word in self.marks else 0.005 for word in self.labels_of(head)]
        return np.array([told for _ in texts], np.float32)

    def spans(self, head: str, text: str) -> list[FoundSpan]:
        assert head == "question-roles"
        return [FoundSpan(text.find(words), text.find(words) + len(words), role, self.sure) for words, role in self.roles.items()]


def asked(question: str, reader: SetReader) -> Answer:
    return Agent(None, harbour(), MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)[0]


def read(question: str, written: WrittenPlan) -> Plan | None:
    return plan_of(written, understand(question, EntityNames([("Tarn Harbours Inc", ["Tarn"])]), vocabulary()), CALENDAR_YEAR)


def test_a_question_that_no_rule_explains_is_answered_by_the_reader() -> None:
    without = Agent(None, harbour(), MemorySearch()).ask(ADMINISTRATOR, SHARE)[0]
    assert without.status == "no_evidence"
    reader = SetReader(AS_SHARE)
    answer = asked(SHARE, reader)
    assert answer.status == "answered"
    assert "83.3" in answer.text
    assert "the company's Ferry ticket sales" in reader.asked[0]  # of whom it asks is nothing to the reader


def test_what_the_reader_is_not_sure_of_is_not_answered() -> None:
    assert asked(SHARE, SetReader(AS_SHARE, sure=0.6)).status == "no_evidence"
    assert asked(SHARE, SetReader(AS_SHARE, marks=("open",))).status == "no_evidence"
    assert asked(SHARE, SetReader({})).status == "no_evidence"


def test_pieces_of_a_metric_are_one() -> None:
    """Where only blanks are between them; its role is that of most of it."""
    pieces = SetReader({"Ferry ticket": "under", "sales": "minus", "Dredging costs": "plus"})
    assert "83.3" in asked(SHARE, pieces).text


def test_the_reader_tells_which_words_name_a_company() -> None:
    """By rule "Brown" is a company that no document knows; whom it names in passing is no reason to answer nothing."""
    store = MemoryStore()
    statements(store, PAPER, (2018, 2019, 2020))
    question = "What was revenue in 2020 according to Brown's letter?"

    def told(reader: SetReader | None) -> Answer:
        return Agent(None, store, MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)[0]

    assert "Brown" in told(None).text
    passing = told(SetReader({"revenue": "plus"}))
    assert passing.status == "answered"
    assert "Tarn" in passing.text
    unknown = told(SetReader({"Brown": "company"}))
    assert unknown.status == "no_evidence"
    assert "Brown" in unknown.text


def test_a_company_in_the_name_of_a_line_is_no_other_company() -> None:
    store = MemoryStore()
    statements(store, PAPER, (2019, 2020))
    store.add(PAPER, None, "Income owed to Brown Corporation owners", {2019: "70", 2020: "85"}, statement="income", table=1)
    reader = SetReader({"Brown Corporation": "company"})

    def told(question: str) -> Answer:
        return Agent(None, store, MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)[0]

    assert "$85 million" in told("What was the income owed to Brown Corporation owners in 2020?").text
    assert told("What was the gross profit of Brown Corporation in 2020?").status == "no_evidence"


def test_a_reading_without_sense_is_not_answered() -> None:
    assert asked(SHARE, SetReader({"Dredging costs": "minus"})).status == "no_evidence"


def test_a_rule_goes_first_and_an_open_question_is_not_planned() -> None:
    reader = SetReader({"ferry ticket sales": "plus"})
    assert asked("What were Tarn's ferry ticket sales in 2020?", reader).status == "answered"
    read_before = len(reader.asked)
    asked("Why did Tarn's ferry ticket sales fall in 2020?", reader)
    assert len(reader.asked) == read_before


GROWN = ("time-growth", "years-2", "join-together", "show-percent")


def test_where_a_rule_would_only_look_up_a_reader_that_is_very_sure_goes_first() -> None:
    """ "Retreat" tells a rule of no change: the values of two years come first. A reader that is less sure changes nothing."""
    question = "Tarn revenue 2019 and 2020, retreat?"
    by_rule = asked(question, SetReader({"revenue": "plus"}, GROWN, sure=0.5))
    corrected = asked(question, SetReader({"revenue": "plus"}, GROWN, sure=0.97))
    assert "revenue was $1,019 million" in by_rule.text
    assert "revenue was" not in corrected.text
    assert "revenue rose 0.1%" in corrected.text


def test_a_verdict_of_two_lines_is_not_corrected_to_their_sum() -> None:
    marks = ("time-level", "years-1", "join-together", "show-money")
    answer = asked("Which was bigger in 2020, Tarn's revenue or net income?", SetReader({"revenue": "plus", "net income": "plus"}, marks))
    assert "less than its net income" in answer.text


@pytest.mark.parametrize("metric", ["spent on dredging costs", ", Dredging costs", "Dredging costs (the gross line)"])
def test_words_at_the_edge_of_a_metric_that_name_no_line_are_left_out(metric: str) -> None:
    question = f"Would you kindly tell me how much, for Tarn{metric if metric[0] == ',' else f' {metric}'}, the year 2020 saw?"
    answer = asked(question, SetReader({metric.removeprefix(", "): "plus"} if metric[0] != "," else {metric: "plus"}))
    assert answer.status == "answered"
    assert "redging costs was" in answer.text or "redging costs were" in answer.text


def test_several_years_and_several_things() -> None:
    """One item by its years; two by one year; a growth by its latest year; of the latest years as many as are asked for."""
    plan = read(
        "Tarn: Pilotage fees 2018, 2019, 2020, as a row please",
        WrittenPlan(("Pilotage fees",), (2020, 2019, 2018), ("a3", "a2", "a1"), "money"),
    )
    assert plan is not None
    assert [span.year for span in plan.spans] == [2018, 2019, 2020]
    assert [item.expression for item in plan.items] == ["label_pilotage_fee"]
    plan = read("Tarn's Pilotage fees & Deckhands, 2020?", WrittenPlan(("Pilotage fees", "Deckhands"), (2020,), ("a1", "b1"), "money"))
    assert plan is not None
    assert len(plan.items) == 2
    plan = read("Tarn Pilotage fees up by what, 2020?", WrittenPlan(("Pilotage fees",), (2020, 2019), ("(a1-a2)/a2",), "percent"))
    assert plan is not None
    assert plan.items[0].expression == "(label_pilotage_fee - prior(label_pilotage_fee)) / prior(label_pilotage_fee)"
    plan = read("Tarn Pilotage fees, latest and the one before", WrittenPlan(("Pilotage fees",), (0, -1), ("a1", "a2"), "money"))
    assert plan is not None
    assert (plan.spans, plan.recent) == ((), 2)


@pytest.mark.parametrize(
    "written",
    [
        WrittenPlan(("Dredging costs",), (2020,), ("a1",), "money"),  # not copied from the question
        WrittenPlan(("Pilotage fees",), (2015,), ("a1",), "money"),  # a year that it does not name
        WrittenPlan(("Pilotage fees",), (0,), ("a1",), "money"),  # the latest, where it names one
        WrittenPlan(("Pilotage fees",), (2020,), ("a1/a1",), "ratio"),  # comes to one whatever the figures are
        WrittenPlan(("Pilotage fees", "Deckhands"), (2020, 2019), ("a1", "b2"), "money"),  # each in another year
    ],
)
def test_a_plan_that_does_not_hold_is_none(written: WrittenPlan) -> None:
    with pytest.raises(PlanError):
        read(
            "Tarn's Pilotage fees and Deckhands of 2020 against 2019?"
            if "Deckhands" in written.metrics
            else "Tarn's Pilotage fees of 2020?",
            written,
        )


SUM_OF_TWO = WrittenPlan(("Revenue", "net income"), (2020, 2019), ("(a1+b1)-(a2+b2)",), "money")


@pytest.mark.parametrize("question", ["Tarn's Revenue and net income, 2020 against 2019?", "Tarn: Revenue and net income in 2020 vs 2019"])
def test_metrics_that_a_question_but_lists_are_not_added_up(question: str) -> None:
    with pytest.raises(PlanError, match="adds nothing up"):
        read(question, SUM_OF_TWO)


@pytest.mark.parametrize(
    "question",
    [
        "Tarn's Revenue and net income together, 2020 against 2019?", "Tarn's Revenue plus net income, 2020 vs 2019?",
        "Throw Tarn's Revenue and net income into one pot: how far did it move from 2019 to 2020?",
    ],
)  # fmt: skip
def test_metrics_that_words_of_a_question_put_together_are_added_up(question: str) -> None:
    assert read(question, SUM_OF_TWO) is not None


def test_a_ratio_by_its_name_is_shown_as_it_is_defined_in_each_of_several_years() -> None:
    plan = read("Tarn's net margin 2020 and 2019", WrittenPlan(("net margin",), (2020, 2019), ("a2", "a1"), "money"))
    assert plan is not None
    assert [item.show for item in plan.items] == ["percent"]


def test_names_are_masked() -> None:
    assert masked("What did Tarn Harbours Inc earn?", [(9, 26)], "en") == "What did the company earn?"


def test_the_reader_knows_a_growth_by_words_that_rules_do_not() -> None:
    """The result of a plan of its own is held against what the question is said to ask only where words say it."""
    question = "How many percent above or below 2019 did the Dredging costs of Tarn come out in 2020?"
    marks = ("time-growth", "years-2", "join-together", "show-percent")
    answer = asked(question, SetReader({"Dredging costs": "plus"}, marks))
    assert answer.status == "answered"
    assert "9.4%" in answer.text


def test_how_a_line_moved_is_told_with_both_levels_and_of_a_rate_in_points() -> None:
    marks = ("time-change", "years-2", "join-together", "show-money")
    moved = asked("Set against 2019, where have the Dredging costs of Tarn got to in 2020?", SetReader({"Dredging costs": "plus"}, marks))
    assert "rose by $30 million (9.4%)" in moved.text
    assert "to $350 million in FY2020 from $320 million in FY2019" in moved.text
    rate = asked(
        "Set against 2019, where has the Berth occupancy rate of Tarn got to in 2020?", SetReader({"Berth occupancy rate": "plus"}, marks)
    )
    assert "fell by 5.0 percentage points" in rate.text


def test_a_named_ratio_is_set_against_what_it_is_of() -> None:
    """An EBITDA margin is one of revenue: a plan without revenue is not carried out, whatever EBITDA is said to be."""
    question = "What was the EBITDA margin of Tarn for 2020? EBITDA here is operating income with Dredging costs added back."
    reader = SetReader({"operating income": "both", "Dredging costs": "under"})
    assert asked(question, reader).status == "no_evidence"


def test_a_line_under_two_names_is_not_added_to_itself() -> None:
    store = MemoryStore()
    paper = document("fiber", "江川纤维股份有限公司", 2020, ("江川纤维",), language="zh")
    store.add(paper, "GrossProfit", "营业毛损(毛利)", {2019: "12", 2020: "-18"}, statement="income")
    reader = SetReader({"毛利": "plus", "营业毛损(毛利)": "plus"})
    agent = Agent(None, store, MemorySearch(), reader=lambda: reader)
    answer = agent.ask(ADMINISTRATOR, "江川纤维2020年好像连毛利都是负的？营业毛损(毛利)到底多少，麻烦看看")[0]
    assert "36" not in answer.text


@pytest.mark.parametrize(
    ("question", "label", "columns"),
    [
        ("What did goodwill come to in stage three at Tarn at the end of 2023?", "Goodwill", ("Stage one", "Stage two", "Stage three")),
        ("What did the dredging goodwill of Tarn come to at the end of 2023?", "Goodwill", ("Ferry", "Towage", "Dredging")),
        ("塔恩港口2023年末第三阶段的商誉一共有多少", "商誉", ("第一阶段", "第二阶段", "第三阶段")),
        ("塔恩港口第三阶段商誉2023年末占了多大盘子", "商誉", ("第一阶段", "第二阶段", "第三阶段")),
    ],
)
def test_a_question_for_a_column_of_a_line_is_not_answered_by_the_whole_line(question: str, label: str, columns: Sequence[str]) -> None:
    """Where two tables have such columns and differ, so that nothing shows which is meant."""
    language = "zh" if label == "商誉" else "en"
    store, paper = MemoryStore(), document("tarn", "Tarn Harbours Inc", 2023, ("Tarn", "塔恩港口"), language=language)
    statements(store, paper, (2023,))
    store.held = [one for one in store.held if one.fact.concept != "Goodwill"]
    store.add(paper, "Goodwill", label, {2023: "623"}, table=0)
    for table, (number, column) in ((table, one) for table in (7, 8) for one in enumerate(columns)):
        store.add(paper, None, label, {2023: str(300 - 100 * number + table)}, statement=None, table=table)
        fact = replace(store.held[-1].fact, period="2023-12-31", dimensions=(("column", column),))
        store.held[-1] = replace(store.held[-1], fact=fact)
    reader = SetReader({label.lower(): "plus"})
    answer = Agent(None, store, MemorySearch(), reader=lambda: reader).ask(ADMINISTRATOR, question)[0]
    assert (answer.status, answer.figures) == ("no_evidence", [])
