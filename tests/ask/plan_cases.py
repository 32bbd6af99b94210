"""Plans as a model may draw them up: sound ones with the figure they come to, and ones with a planted fault. For tests and a benchmark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("tarn-2020", "Tarn Harbours Inc", 2020, ("Tarn",))
PAPER_ZH = document("heyan-2020", "禾研港务股份有限公司", 2020, ("禾研港务",), language="zh")
LINES: tuple[tuple[str, str, tuple[str, str, str], int], ...] = (  # label, unit, figures of 2018 to 2020, scale
    ("Ferry ticket sales", "USD", ("500", "560", "420"), 1_000_000),
    ("Berth rental income", "USD", ("80", "90", "120"), 1_000_000),
    ("Berth rental income of Skerry Marina", "USD", ("20", "25", "30"), 1_000_000),
    ("Deferred ticket income", "USD", ("40", "50", "65"), 1_000_000),
    ("Dredging costs", "USD", ("300", "320", "350"), 1_000_000),
    ("Pilotage fees", "EUR", ("11", "12", "14"), 1_000_000),
    ("Deckhands", "count", ("1200", "1250", "1310"), 1),
    ("Berth occupancy rate", "ratio", ("0.81", "0.84", "0.79"), 1),
    ("Mooring levy per share", "USD/share", ("0.40", "0.42", "0.48"), 1),
    ("Total harbour dues", "USD", ("600", "650", "700"), 1_000_000),
    ("Yacht dues", "USD", ("0.2", "0.3", "910"), 1_000_000),
    ("Salvage result", "USD", ("-20", "-10", "15"), 1_000_000),
)  # fmt: skip
LINES_ZH: tuple[tuple[str, str, tuple[str, str, str], int], ...] = (
    ("渡轮票款", "CNY", ("500", "560", "420"), 1_000_000),
    ("泊位租金", "CNY", ("80", "90", "120"), 1_000_000),
    ("疏浚支出", "CNY", ("300", "320", "350"), 1_000_000),
    ("引航员", "count", ("120", "125", "131"), 1),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the plan that the model draws up, and what the answer holds; None where nothing may be answered from the plan."""

    name: str
    question: str
    lines: tuple[tuple[str, int], ...]  # label and year of a, b, …
    expression: str
    show: str = "percent"
    kind: str = "calculation"
    holds: str | None = None

    @property
    def plan(self) -> str:
        metrics = [{"name": chr(97 + number), "label": label, "year": year} for number, (label, year) in enumerate(self.lines)]
        return json.dumps({"kind": self.kind, "metrics": metrics, "expression": self.expression, "show": self.show}, ensure_ascii=False)


TICKETS, BERTHS, DREDGING, DUES = "Ferry ticket sales", "Berth rental income", "Dredging costs", "Total harbour dues"
TICKETS_BOTH = ((TICKETS, 2020), (TICKETS, 2019))
PAIR, PAIR_ZH = ((TICKETS, 2020), (BERTHS, 2020)), (("渡轮票款", 2020), ("泊位租金", 2020))
MORE = "How much more did Tarn take in ferry ticket sales than in berth rental income in FY2020?"
FALL = "By what percentage did Tarn's ferry ticket sales decline in the lull between FY2019 and FY2020?"
PART = "What share of Tarn's total harbour dues was ferry ticket sales in FY2020?"
RATIO = "Was the ratio of Tarn's dredging costs to its berth rental income greater than 2 in FY2020?"
MORE_ZH = "禾研港务2020年的渡轮票款扣去泊位租金还剩多少元？"

SOUND: tuple[Case, ...] = (
    Case("difference of two lines", MORE, PAIR, "a - b", "money", holds="$300 million"),
    Case("fall in percent", FALL, TICKETS_BOTH, "(a - b) / b", holds="fell 25.0%"),
    Case("part of a whole", PART, ((TICKETS, 2020), (DUES, 2020)), "a / b", holds="60.0%"),
    Case("years of one line", "How many dollars did Tarn's deferred ticket income shift from FY2019 to FY2020?",
         (("Deferred ticket income", 2020), ("Deferred ticket income", 2019)), "a - b", "money", holds="$15 million"),
    Case("sum in money", "How much money did Tarn bring in from ferry ticket sales and berth rental income together in FY2020?", PAIR,
         "a + b", "money", holds="$540 million"),
    Case("ratio of two", "How many times its berth rental income did Tarn's dredging costs amount to in FY2019?",
         ((DREDGING, 2019), (BERTHS, 2019)), "a / b", "ratio", holds="3.56"),
    Case("yes or no", RATIO, ((DREDGING, 2020), (BERTHS, 2020)), "a / b - 2", "ratio", "yes_no", "Yes"),
    Case("yes or no, the other way", RATIO.replace("greater", "less"), ((DREDGING, 2020), (BERTHS, 2020)), "a / b - 2", "ratio", "yes_no",
         "No"),
    Case("money per head", "How much money per one of its deckhands did Tarn spend as dredging costs in FY2020?",
         ((DREDGING, 2020), ("Deckhands", 2020)), "a / b", "money", holds="$267"),
    Case("heads", "How many deckhands did Tarn have at the end of FY2020 on top of those of FY2019?",
         (("Deckhands", 2020), ("Deckhands", 2019)), "a - b", "number", holds="60"),
    Case("an introduction that names a line's word", f"For the yacht desk's file, one thing: {MORE}", PAIR, "a - b", "money",
         holds="$300 million"),
    Case("an introduction in Chinese", f"关于引航方面的问题：{MORE_ZH}", PAIR_ZH, "a - b", "money", holds="300,000,000"),
    Case("difference in Chinese", MORE_ZH, PAIR_ZH, "a - b", "money", holds="300,000,000"),
    Case("quotient in Chinese", "禾研港务2019年的疏浚支出相当于渡轮票款的百分之几？", (("疏浚支出", 2019), ("渡轮票款", 2019)), "a / b",
         holds="57.14%"),
)  # fmt: skip

REPAIRED: tuple[Case, ...] = (
    Case("percent twice, of a growth", FALL, TICKETS_BOTH, "(a - b) / b * 100", holds="fell 25.0%"),
    Case("percent twice, in front", FALL, TICKETS_BOTH, "100 * (a - b) / b", "number", holds="fell 25.0%"),
    Case("percent twice, of a share", PART, ((TICKETS, 2020), (DUES, 2020)), "a / b * 100", holds="60.0%"),
    Case("percent divided away", PART, ((TICKETS, 2020), (DUES, 2020)), "a / b / 100", holds="60.0%"),
    Case("an amount shown as a ratio", MORE, PAIR, "a - b", "ratio", holds="$300 million"),
    Case("a share shown as money", PART, ((TICKETS, 2020), (DUES, 2020)), "a / b", "money", holds="60.0%"),
    Case("percent twice in Chinese", "禾研港务2019年的疏浚支出相当于渡轮票款的百分之几？", (("疏浚支出", 2019), ("渡轮票款", 2019)),
         "a / b * 100", holds="57.14%"),
)  # fmt: skip

FAULTY: tuple[Case, ...] = (
    Case("percent three times", FALL, TICKETS_BOTH, "(a - b) / b * 100 * 100"),
    Case("an amount times 100", MORE, PAIR, "(a - b) * 100", "money"),
    Case("an amount for a share", PART, ((TICKETS, 2020), (DUES, 2020)), "a - b", "money"),
    Case("a level for a share", PART, ((TICKETS, 2020),), "a", "money", "lookup"),
    Case("a share for an amount", MORE.replace("How much", "How much money"), PAIR, "a / b"),
    Case("a growth for a level", "How much money did Tarn's ferry ticket sales and berth rental income make together in FY2020?",
         TICKETS_BOTH, "(a - b) / b"),
    Case("a level for a growth", FALL, ((TICKETS, 2020),), "a", "money", "lookup"),
    Case("an amount for a growth", FALL, TICKETS_BOTH, "a - b", "money"),
    Case("a share beyond its whole", "What share of Tarn's berth rental income was dredging costs in FY2020?",
         ((DREDGING, 2020), (BERTHS, 2020)), "a / b"),
    Case("the share upside down", PART, ((DUES, 2020), (TICKETS, 2020)), "a / b"),
    Case("another line", MORE, ((TICKETS, 2020), (DREDGING, 2020)), "a - b", "money"),
    Case("a narrower line", MORE, ((TICKETS, 2020), ("Berth rental income of Skerry Marina", 2020)), "a - b", "money"),
    Case("one of two lines", MORE, ((TICKETS, 2020),), "a", "money", "lookup"),
    Case("a line that an introduction names too",
         "For the pilotage desk: how much money did Tarn make in ferry ticket sales after pilotage in FY2020?", ((TICKETS, 2020),), "a",
         "money", "lookup"),
    Case("one of two years", "How many dollars did Tarn's deferred ticket income shift from FY2019 to FY2020?",
         (("Deferred ticket income", 2020),), "a", "money", "lookup"),
    Case("the year before", MORE, ((TICKETS, 2019), (BERTHS, 2019)), "a - b", "money"),
    Case("two years mixed", MORE, ((TICKETS, 2020), (BERTHS, 2019)), "a - b", "money"),
    Case("another year's growth", FALL, ((TICKETS, 2019), (TICKETS, 2018)), "(a - b) / b"),
    Case("the growth backwards", FALL, ((TICKETS, 2019), (TICKETS, 2020)), "(a - b) / b"),
    Case("two currencies", "How much more did Tarn take in berth rental income than in pilotage fees in FY2020?",
         ((BERTHS, 2020), ("Pilotage fees", 2020)), "a - b", "money"),
    Case("money and heads added", "How much money did Tarn's dredging costs and its deckhands come to in FY2020?",
         ((DREDGING, 2020), ("Deckhands", 2020)), "a + b", "money"),
    Case("money times money", MORE, PAIR, "a * b", "money"),
    Case("money for heads", "How many deckhands worked on ferry ticket sales at Tarn in FY2020?", ((TICKETS, 2020),), "a", "number",
         "lookup"),
    Case("heads for money", "How much money did Tarn pay its deckhands in FY2020?", (("Deckhands", 2020),), "a", "money", "lookup"),
    Case("an invented number", MORE, PAIR, "a - b - 17000000", "money"),
    Case("a bare number off an amount", MORE, PAIR, "a - b - 2", "money"),
    Case("a fraction and a percentage", FALL, TICKETS_BOTH, "a / b * 100 - 1"),
    Case("two scales", "By what percentage did Tarn's yacht dues go up, all told, between FY2019 and FY2020?",
         (("Yacht dues", 2020), ("Yacht dues", 2019)), "(a - b) / b"),
    Case("a verdict for a figure", MORE, PAIR, "a - b", "money", "yes_no"),
    Case("a figure for a verdict", RATIO, ((DREDGING, 2020), (BERTHS, 2020)), "a / b", "ratio"),
    Case("a verdict without direction", RATIO.replace("greater than", "near"), ((DREDGING, 2020), (BERTHS, 2020)), "a / b - 2", "ratio",
         "yes_no"),
    Case("a figure for a year", "In which year were Tarn's ferry ticket sales furthest above berth rental income, and how much?", PAIR,
         "a - b", "money"),
    Case("a quarter asked, a year told", MORE.replace("FY2020", "Q2 FY2020"), PAIR, "a - b", "money"),
    Case("a growth from a loss", "By what percentage did Tarn's salvage result go up, all told, between FY2019 and FY2020?",
         (("Salvage result", 2020), ("Salvage result", 2019)), "(a - b) / b"),
    Case("a rate's level for its change", "By how many points did Tarn's berth occupancy rate, all told, go down from FY2019 to FY2020?",
         (("Berth occupancy rate", 2020),), "a", "percent", "lookup"),
    Case("a share for an amount in Chinese", MORE_ZH, PAIR_ZH, "a / b"),
    Case("another line in Chinese", MORE_ZH, (("渡轮票款", 2020), ("疏浚支出", 2020)), "a - b", "money"),
    Case("another year in Chinese", MORE_ZH, (("渡轮票款", 2019), ("泊位租金", 2019)), "a - b", "money"),
    Case("heads for money in Chinese", MORE_ZH, (("引航员", 2020),), "a", "money", "lookup"),
)  # fmt: skip


@cache
def harbour() -> MemoryStore:
    """A company with statements and lines of its own trade, and a Chinese one."""
    store = MemoryStore()
    statements(store, PAPER, (2018, 2019, 2020))
    statements(store, PAPER_ZH, (2018, 2019, 2020), table=10)
    for paper, lines in ((PAPER, LINES), (PAPER_ZH, LINES_ZH)):
        for number, (label, unit, figures, scale) in enumerate(lines, 30):
            values = dict(zip((2018, 2019, 2020), figures, strict=True))
            store.add(paper, None, label, values, statement=None, unit=unit, scale=scale, table=number)
    return store


def ask(case: Case) -> tuple[Answer, ScriptedEngine]:
    """The answer to a case's question where the model draws up its plan, whenever it is asked for one."""
    engine = ScriptedEngine([("", case.plan)])
    return Agent(engine, harbour(), MemorySearch()).ask(ADMINISTRATOR, case.question)[0], engine
