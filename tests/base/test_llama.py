"""The contract against llama.cpp in its child process, then what only this engine has: restarts, damaged files, a warm prefix."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.contracts.engine import LONG, SHORT, EngineContract, ask, assert_soon
from tests.contracts.models import CHAT, weights

from finfoundry.base.llama import LlamaEngine, engine_process, socket_path, start_engine
from finfoundry.base.openai import OpenAIEngine
from finfoundry.core.errors import EngineError, ModelError
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A home with a running engine; short, because a Unix socket's path must be."""
    file = weights(CHAT) / "model.gguf"
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    settings = Settings(home=home, model=str(file))
    start_engine(settings, Supervisor(home)).close()
    yield settings
    Supervisor(home).stop()
    shutil.rmtree(home)


def slots(settings: Settings) -> list[dict[str, object]]:
    engine = LlamaEngine(socket_path(settings), "any")
    found: list[dict[str, object]] = engine.client.get("http://engine/slots").json()
    engine.close()
    return found


class TestLlamaEngine(EngineContract):
    @pytest.fixture
    def engine(self, settings: Settings) -> Iterator[LlamaEngine]:
        engine = LlamaEngine(socket_path(settings), "model", slots=2, waiting=2)
        yield engine
        engine.close()

    @pytest.fixture
    def idle(self, settings: Settings) -> Callable[[], bool]:
        return lambda: not any(slot["is_processing"] for slot in slots(settings))

    def test_a_stable_prefix_is_read_once(self, engine: LlamaEngine) -> None:
        prefix = "You answer from the evidence below and from nothing else. " * 20
        engine.chat(ask(prefix + "First question?", max_tokens=2))
        again = engine.chat(ask(prefix + "Second question?", max_tokens=2))
        assert again.cached_tokens > again.prompt_tokens * 0.8

    def test_nothing_is_learnt_from_what_others_asked_where_a_prompt_is_read_anew(self, engine: LlamaEngine) -> None:
        secret = "Linxi Port will be sold in March to a buyer from abroad. " * 20
        engine.chat(ask(secret + "When?", max_tokens=2))
        assert engine.chat(ask(secret + "To whom?", max_tokens=2, reuse=False)).cached_tokens == 0

    def test_a_prompt_longer_than_the_context_is_refused(self, engine: LlamaEngine) -> None:
        with pytest.raises(EngineError, match="too long"):
            engine.chat(ask("assets " * 20_000, max_tokens=2))

    @pytest.mark.slow
    def test_two_hundred_at_once_are_all_answered(self, settings: Settings) -> None:
        engine = LlamaEngine(socket_path(settings), "model")
        with ThreadPoolExecutor(200) as pool:
            answers = list(pool.map(lambda number: engine.chat(ask(f"Say {number}.", max_tokens=1)), range(200)))
        engine.close()
        assert len([answer for answer in answers if answer.completion_tokens]) == 200

    @pytest.mark.slow
    def test_after_a_death_the_same_client_goes_on(self, engine: LlamaEngine, settings: Settings) -> None:
        supervisor = Supervisor(settings.home)
        (before,) = supervisor.status()
        pieces = engine.stream(LONG)
        next(pieces)
        os.kill(before.pid or 0, signal.SIGKILL)
        with pytest.raises(EngineError, match="died"):
            list(pieces)
        assert_soon(lambda: supervisor.status()[0].pid != before.pid)
        assert engine.chat(SHORT).text  # waits until the weights are loaded again
        (after,) = supervisor.status()
        assert after.pid != before.pid
        assert after.restarts == before.restarts + 1


def test_the_child_serves_the_open_protocol_too(settings: Settings) -> None:
    transport = httpx.HTTPTransport(uds=str(socket_path(settings)))
    engine = OpenAIEngine("http://engine/v1", "model", transport=transport)
    assert engine.chat(SHORT).completion_tokens > 0
    engine.close()


def test_missing_weights_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"finfoundry pull {CHAT}"):
        engine_process(Settings(home=tmp_path, model=CHAT))


@pytest.mark.parametrize("keep", [0, 3, 1000, 1_000_000, 98_000_000])
def test_a_file_cut_short_is_refused_before_it_is_loaded(tmp_path: Path, keep: int) -> None:
    damaged = tmp_path / "cut.gguf"
    with (weights(CHAT) / "model.gguf").open("rb") as file:
        damaged.write_bytes(file.read(keep))
    with pytest.raises(ModelError, match=r"cut\.gguf.*pull"):
        engine_process(Settings(home=tmp_path, model=str(damaged)))


@pytest.mark.slow
def test_a_file_that_llama_cannot_load_does_not_take_us_down() -> None:
    """A header that is well formed but lies: llama.cpp fails or aborts, the caller gets an error that names the file."""
    home = Path(tempfile.mkdtemp(prefix="ff-"))
    data = (weights(CHAT) / "model.gguf").read_bytes()
    liar = home / "liar.gguf"
    liar.write_bytes(data.replace(b"llama.attention.head_count", b"llama.attention.head_coumt"))
    try:
        with pytest.raises(ModelError, match=r"liar\.gguf"):
            start_engine(Settings(home=home, model=str(liar)), Supervisor(home))
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home)
