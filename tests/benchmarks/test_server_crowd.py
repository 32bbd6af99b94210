"""The crowd beside a planner: two servers over one home that differ in the planner alone, and questions that a model plans."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.reader.tuned_plan import PLANNER
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.runtime.settings import Settings
from measures.service import crowd as server_crowd

ADVANCES = '{"kind": "lookup", "metrics": [{"name": "a", "label": "Berth advances", "year": 2024}], "expression": "a", "show": "money"}'


def test_its_questions_that_no_rule_knows_are_planned_by_the_adapter() -> None:
    name = f"Company {server_crowd.word(1)}"
    paper, store = document("one", name, 2024, (name,)), MemoryStore()
    statements(store, paper, (2023, 2024))
    store.add(paper, None, "Berth advances", {2024: "3001"}, statement=None, scale=1)
    engine = ScriptedEngine([("", ADVANCES)], adapters=[PLANNER])
    _, body = server_crowd.request("plan", 1, random.Random(0), "any")
    answer, _ = Agent(engine, store, MemorySearch(), planner=lambda: PLANNER).ask(ADMINISTRATOR, str(body["question"]))
    assert {one.adapter for one in engine.requests} == {PLANNER}
    assert "3,001" in answer.text


def test_two_servers_differ_in_the_planner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The adapter lies in the home of both, and each has half of the time."""
    environments, asked = list[Mapping[str, str]](), list[tuple[str, tuple[str, ...], float]]()
    (tmp_path / "own/adapters").mkdir(parents=True)
    (tmp_path / "own/adapters/dev-planner.gguf").write_bytes(b"GGUF")
    home = Settings(home=tmp_path / "crowd")

    @contextmanager
    def started(*_: object, environment: Mapping[str, str], **__: object) -> Iterator[Any]:
        environments.append(environment)
        yield SimpleNamespace(settings=home, planner=environment["FINFOUNDRY_PLANNER"])

    @contextmanager
    def running(fill: Any, *, model: str, environment: Mapping[str, str]) -> Iterator[Any]:
        assert model == "gemma-3-270m"
        fill(SimpleNamespace(settings=home))
        with started(environment=environment) as server:
            yield server

    def crowd(server: Any, _: list[str], seconds: float, seen: server_crowd.Seen, kinds: tuple[str, ...]) -> None:
        asked.append((server.planner, kinds, seconds))
        seen.seconds = {"ask": [2.0 if server.planner == "off" else 3.0], "plan": [4.0]}
        seen.planned = 1

    monkeypatch.setattr(server_crowd, "read_settings", lambda: Settings(home=tmp_path / "own"))
    monkeypatch.setattr(server_crowd, "fill", lambda _, clients, keys: keys.extend(["key"] * clients))
    monkeypatch.setattr(server_crowd, "running", running)
    monkeypatch.setattr(server_crowd, "serving", started)
    monkeypatch.setattr(server_crowd, "crowd", crowd)
    for idle in ("start_engine", "client"):
        monkeypatch.setattr(server_crowd, idle, lambda *_: None)
    assert not server_crowd.beside_planner("dev-planner", "gemma-3-270m", "off", 2, 40)
    assert environments == [{"FINFOUNDRY_PLANNER": planner, "FINFOUNDRY_READER": "off"} for planner in ("dev-planner", "off")]
    assert asked == [(planner, server_crowd.PLANNED, 10) for planner in ("dev-planner", "off", "off", "dev-planner")]
    assert (home.home / "adapters/dev-planner.gguf").read_bytes() == b"GGUF"
    told = capsys.readouterr().out
    assert "p95 with the planner: 1.50 times that without it" in told
    assert "planned: 1 of 1 told their figure" in told
    with pytest.raises(SystemExit, match="adapters install"):
        server_crowd.beside_planner("absent", "gemma-3-270m", "off", 2, 40)
