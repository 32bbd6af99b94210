"""A cheap model before the dear one: taken where its answer is sure enough, and never asked what no model is needed for."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.cheap_first import CheapModel
from finfoundry.ask.compose.confidence import calibration
from finfoundry.ask.context.question import Trace
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core import cancellation
from finfoundry.core.answer import Answer
from finfoundry.core.errors import EngineError, SettingsError
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import Completion, Request
from finfoundry.governance.recorder import Recorder
from finfoundry.release.cheap_model import cheap_model
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
OPEN = "How does Northwind keep its warehouses cool in summer?"
COOLING = "The warehouses are cooled at night with water from the harbour, which saves power."
RIGHT = "They are cooled at night with water from the harbour [1]."


class Away(ScriptedEngine):
    def chat(self, request: Request) -> Completion:  # noqa: ARG002
        raise EngineError("no engine answers at http://engine", remedy="Check that it runs")


def said(text: str, model: str) -> ScriptedEngine:
    return ScriptedEngine([("", text)], model=model)


def ask(
    cheap: ScriptedEngine, dear: ScriptedEngine, bar: float, question: str = OPEN, seconds: float | None = None, *, silence: bool = False
) -> tuple[Answer, Trace]:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    search.add(PAPER, COOLING, page=7)
    agent = Agent(dear, store, search, cheap=CheapModel(cheap, bar, calibration(), silence))
    with cancellation.work_until(seconds=seconds):
        return agent.ask(ADMINISTRATOR, question)


def decided(trace: Trace) -> dict[str, object]:
    (step,) = [step.content for step in trace.steps if step.kind == "cascade"]
    assert isinstance(step, dict)
    return step


def test_an_answer_that_is_sure_enough_spares_the_dear_model() -> None:
    cheap, dear = said(RIGHT, "small"), said(RIGHT, "large")
    answer, trace = ask(cheap, dear, 0.0)
    assert (answer.status, answer.model, dear.requests) == ("answered", "small", [])
    assert decided(trace)["taken"] is True


@pytest.mark.parametrize(("cheap", "status"), [(said(RIGHT, "small"), "answered"), (said("NOT FOUND", "small"), "no_evidence")])
def test_one_that_is_not_is_asked_of_the_dear_model(cheap: ScriptedEngine, status: str) -> None:
    answer, trace = ask(cheap, said(RIGHT, "large"), 0.999)
    assert (answer.status, answer.model) == ("answered", "large")
    told = decided(trace)
    assert (told["status"], told["taken"], told["model"]) == (status, False, "small")
    assert [step.kind for step in trace.steps].count("question") == 1, "one answer, one record of it"


def test_one_that_finds_nothing_is_believed_where_the_bars_say_so() -> None:
    dear = said(RIGHT, "large")
    answer, trace = ask(said("NOT FOUND", "small"), dear, 0.999, silence=True)
    assert (answer.status, dear.requests, decided(trace)["taken"]) == ("no_evidence", [], True)
    answer, _ = ask(said(RIGHT, "small"), said(RIGHT, "large"), 0.999, silence=True)
    assert answer.model == "large", "an answer that is not sure enough is no silence"


def test_what_rules_answer_is_asked_of_neither() -> None:
    cheap, dear = said(RIGHT, "small"), said(RIGHT, "large")
    answer, trace = ask(cheap, dear, 0.999, "What were Northwind's total current assets in FY2020?")
    assert (answer.status, cheap.requests, dear.requests) == ("answered", [], [])
    assert "cascade" not in [step.kind for step in trace.steps]


def test_a_cheap_model_that_is_away_or_slow_leaves_time_for_the_dear_one() -> None:
    answer, trace = ask(Away([], model="small"), said(RIGHT, "large"), 0.0)
    assert (answer.status, answer.model) == ("answered", "large")
    assert "no engine answers" in str(decided(trace)["failed"])
    slow = ScriptedEngine([("", ScriptedReply("word " * 200, delay=0.2))], model="small")
    answer, trace = ask(slow, said(RIGHT, "large"), 0.0, seconds=8)
    assert (answer.status, answer.model, decided(trace)["taken"]) == ("answered", "large", False)


def bars(path: Path, bar: float | None, model: str | None = "small", **more: bool) -> Path:
    stages = [{"model": model, "bar": bar, **more}, {"model": "large", "bar": None}]
    path.write_text(json.dumps({"stages": stages}), "utf-8")
    return path


def test_the_bar_is_that_of_the_file_and_the_calls_are_on_record(tmp_path: Path) -> None:
    recorder = Recorder(said(RIGHT, "large"))

    def made(file: Path | None, model: str = "small") -> CheapModel | None:
        given = Settings(home=tmp_path, cheap_model=model, cascade=file)
        return cheap_model(given, Supervisor(tmp_path), recorder, calibration())

    found = made(bars(tmp_path / "bars.json", 0.625))
    assert found
    assert (found.bar, found.silence, found.engine.model) == (0.625, False, "small")
    silent = made(bars(tmp_path / "silent.json", None, silence=True))
    assert silent
    assert (silent.bar, silent.silence) == (math.inf, True)
    assert made(bars(tmp_path / "none.json", None)) is None, "no answer of it was ever sure enough"
    assert made(None, "") is None
    for wrong in (None, tmp_path / "absent.json", bars(tmp_path / "other.json", 0.5, "tiny")):
        with pytest.raises(SettingsError):
            made(wrong)
    seen = list[str]()
    recorder.watch = lambda completion, *_: seen.append(completion.model)
    beside = recorder.beside(said(RIGHT, "small"))
    request = Request(())
    with recorder.recording() as calls:
        beside.chat(request)
        recorder.chat(request)
    assert [call.completion.model for call in calls.made] == seen == ["small", "large"]
    recorder.close()
