"""What an engine wrote: the agent over one passage with a scripted engine; a true figure must not be asked for a second time."""

from __future__ import annotations

from collections.abc import Iterator

from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from fault_recipes.book import Bench, Seen, Trial, fault
from finfoundry.ask.asker import Agent
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.principal import ADMINISTRATOR

AGAIN = "NOT FOUND"


def _written(name: str, question: str, passage: str, text: str, *, zh: bool = True) -> Trial:
    """Right where the first text holds, said where the answer is withheld with a reason; asked a second time it waits."""

    def run() -> Seen:
        store, search = MemoryStore(), MemorySearch()
        paper = document(
            "paper",
            "云陵食品股份有限公司" if zh else "Linden Foods plc",
            2020,
            ("云陵食品",) if zh else ("Linden",),
            language="zh" if zh else "en",
        )
        statements(store, paper, (2019, 2020))
        search.add(paper, passage)
        engine = ScriptedEngine([("这些数字|These figures", AGAIN), ("", f"{text} [1]")])
        answer, _ = Agent(engine, store, search).ask(ADMINISTRATOR, question)
        if answer.status == "answered":
            return Seen("right") if text.rstrip("。.") in answer.text else Seen("waits", answer.text)
        return Seen("waits", f"{answer.status}: {answer.reason}")

    return Trial(name, run)


@fault("CHECK1")
def spaces_between(_: Bench) -> Iterator[Trial]:
    why = "云陵食品2020年为什么实施股权激励？"
    yield _written(
        "literal, a blank",
        why,
        "公司为激励员工，向 225 名激励对象授予限制性股票，以留住人才。",
        "公司向225名激励对象授予限制性股票，以留住人才。",
    )
    yield _written(
        "a blank before a unit",
        why,
        "公司为激励员工，投入 1,200 万元实施股权激励，以留住人才。",
        "公司投入1,200万元实施股权激励，以留住人才。",
    )
    yield _written(
        "without a blank in the paper",
        why,
        "公司为激励员工，向225名激励对象授予限制性股票，以留住人才。",
        "公司向 225 名激励对象授予限制性股票，以留住人才。",
    )
    asked = "一张百元票的收入，云陵食品2020年为什么用于激励员工？"
    yield _written("literal, of the question", asked, "公司用该收入激励员工，以留住人才。", "一张百元票的收入用于激励员工，以留住人才。")
    told = "Linden spent 12 cents of every dollar on staff since wages rose."
    passage = "The company spent more on staff since wages rose."
    yield _written("of the question, English", "Why did Linden spend 12 cents of every dollar on staff in 2020?", passage, told, zh=False)
