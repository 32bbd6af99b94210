"""Issue 25, item 1: the kind of a question is recognised once; a lookup asks one kind; a kind is one file and one row."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.repository.imports import SOURCE

from finfoundry.ask.asker import Agent
from finfoundry.ask.context import endings
from finfoundry.ask.context.question import Kind, QuestionContext
from finfoundry.ask.kinds import registry
from finfoundry.ask.understand.intent import Intent
from finfoundry.ask.understand.subject import Subject
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

KINDS_FOLDER = Path(registry.__file__).parent


@pytest.fixture
def agent() -> Agent:
    store = MemoryStore()
    for name, short in (("Tarn Harbours Inc", "Tarn"), ("Reed Mills Inc", "Reed")):
        paper = document(f"{short.lower()}-2024", name, 2024, (short,))
        statements(store, paper, (2023, 2024))
        store.add(paper, "Assets", "Total assets", {2023: "950", 2024: "980"})
    return Agent(None, store, MemorySearch())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the kinds whose answerers are called, in order."""
    names: list[str] = []

    def noted(kind: Kind) -> Kind:
        def answer(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:
            names.append(kind.name)
            return kind.answer(context, intent, subject)

        return replace(kind, answer=answer)

    monkeypatch.setattr(registry, "KINDS", tuple(noted(kind) for kind in registry.KINDS))
    return names


@pytest.mark.parametrize(
    "question",
    ["What were Tarn's total assets in 2024?", "How much were Tarn's inventories in 2023?", "Tarn 2024年的总资产是多少？"],
)
def test_25_1_a_lookup_asks_one_kind(agent: Agent, asked: list[str], question: str) -> None:
    assert agent.ask(ADMINISTRATOR, question)[0].status == "answered"
    assert asked == ["figures"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Why did Tarn's revenue rise in 2024?", "drivers"),
        ("Did Tarn or Reed have the higher total assets in 2024?", "peers"),
        ("What events did Tarn's 8-K announce?", "current report"),
        ("Which region had the highest revenue of Tarn in 2024?", "segments"),
        ("What was Tarn's revenue from the U.S. in 2024?", "segments"),
        ("Which debt securities of Tarn are registered on an exchange?", "segments"),
        ("What was Tarn's goodwill in 2024 and total assets in 2023?", "every part"),
        ("支付机构应当在几个工作日内报告？", "regulation"),
        ("What were Moorgate's total assets in 2024?", "cell of a paper"),
    ],
)
def test_25_1_the_kind_whose_sign_a_question_bears_is_asked_first(agent: Agent, asked: list[str], question: str, first: str) -> None:
    agent.ask(ADMINISTRATOR, question)
    assert asked[0] == first


def test_25_1_what_a_kind_does_not_answer_is_left_to_the_next_whose_sign_is_there(agent: Agent, asked: list[str]) -> None:
    agent.ask(ADMINISTRATOR, "Which debt securities of Tarn are registered on an exchange?")
    assert asked == [
        "segments", "part of a table", "registered securities", "figures", "cell of a company's paper", "quotation", "open question"
    ]  # fmt: skip


def test_25_1_an_added_kind_is_one_row_and_is_asked_only_where_its_sign_is(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_weather(context: QuestionContext, intent: Intent, subject: Subject) -> Answer | None:  # noqa: ARG001
        return endings.end(context, "clarify", "No weather here.")

    weather = Kind("weather", of_weather, lambda _, i, __: "weather" in i.core)
    monkeypatch.setattr(registry, "KINDS", (weather, *registry.KINDS))
    assert agent.ask(ADMINISTRATOR, "What was the weather at Tarn in 2024?")[0].text == "No weather here."
    assert agent.ask(ADMINISTRATOR, "What were Tarn's total assets in 2024?")[0].status == "answered"


def entered(work: Callable[[], object]) -> set[str]:
    """The files of finfoundry in which a function was called while ``work`` ran."""
    found: set[str] = set()

    def called(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(str(SOURCE)):
            found.add(name.removeprefix(f"{SOURCE}/"))

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


def walk() -> set[str]:
    """The files that one lookup enters, once vocabularies are read."""
    store = MemoryStore()
    paper = document("tarn-2024", "Tarn Harbours Inc", 2024, ("Tarn",))
    store.add(paper, "Assets", "Total assets", {2023: "950", 2024: "980"})
    agent = Agent(None, store, MemorySearch())

    def ask() -> None:
        answer, _ = agent.ask(ADMINISTRATOR, "What were Tarn's total assets in 2024?")
        assert answer.status == "answered", answer.text

    ask()
    return entered(ask)


def test_25_1_a_lookup_enters_few_files() -> None:
    # the sign of rules, the evidence's index, printed numbers, claims, names, progress, the owners' part, the times asked,
    # the year unsaid, what stands before a name, the planners, words that nothing explains, the section named, tables of taxes, names that
    # share a word, what an answer says besides its text: a file each
    assert len(walk()) <= 58


def test_25_1_every_kind_is_answered_in_a_file_of_its_own() -> None:
    modules = {kind.answer.__module__ for kind in registry.KINDS}
    files = {path.stem for path in KINDS_FOLDER.glob("*.py")}
    assert {module.rpartition(".")[0] for module in modules} == {"finfoundry.ask.kinds"}
    assert {module.rpartition(".")[2] for module in modules} <= files
    assert len({kind.name for kind in registry.KINDS}) == len(registry.KINDS)


def test_26_3_no_list_of_words_is_named_twice() -> None:
    """YAML takes the last of two silently."""
    text = (resources.files("finfoundry.ask") / "data" / "words.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^(\w+):", text, re.MULTILINE)
    assert sorted(names) == sorted(set(names))
