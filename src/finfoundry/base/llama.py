"""The default engine: llama.cpp in a child process that the supervisor keeps, reached over a Unix socket in the home.

``engine_process`` says how to run the child, ``LlamaEngine`` is the client, ``start_engine`` joins the two.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from finfoundry.base.catalogue import catalogue, chat_model, models_folder
from finfoundry.base.gguf_file import check_gguf
from finfoundry.base.openai import NONE_KEPT, OpenAIEngine
from finfoundry.core.errors import EngineError, ModelError, ProcessError
from finfoundry.core.protocols import Request
from finfoundry.runtime import engine_builds
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Process, Supervisor

SLOTS = 4  # requests decoded together
PROMPT = "prompt"  # in the place of a model that proposes tokens (base/llama_server.py)
DEVELOPMENT = "dev-"  # begins the name of an adapter that no gate has seen: requests must name it, and it replaces no release
# Bytes of weights below which a model of this home is not asked to plan or to write (3B at four bits is 1.9 GB): of 22 plans for which a
# 1.5B took up to 28 s none could be carried out, and its texts took 10 to 17 s and left as many right as before (docs/evaluation.md).
DRAFTING_BYTES = 1_800_000_000
RESTART_SECONDS = 20.0  # for which a request waits for a child that died and is started again
# llama.cpp's threads meet several hundred times a token and spin while they wait. On a busy machine the default of 300,000 turns
# starves the very thread they wait for (measured: 1.3 tokens/s instead of 19); with none at all a quiet machine is slower.
ENVIRONMENT = {"GOMP_SPINCOUNT": "30000"}


@dataclass(frozen=True, slots=True)
class Served:
    """What one child runs: weights under a name, and the adapters in a folder. ``process`` names the child and its socket."""

    process: str
    name: str
    weights: Path
    adapters: Path
    template: dict[str, Any] = field(default_factory=dict)  # arguments of the chat template
    chat_template: str = ""  # for weights whose file has none
    digests: tuple[tuple[str, str], ...] = ()  # file and SHA-256: the child refuses to start with other bytes


def own_model(settings: Settings) -> Served:
    """The model that the settings name. Raises ModelError, NotFound."""
    weights, adapters = chat_model(settings), adapters_folder(settings)
    if settings.model not in catalogue():
        return Served("engine", model_name(settings), weights, adapters)
    known = catalogue()[settings.model]
    pinned = known.files["model.gguf"].sha256
    digests = ((str(weights), pinned),) if pinned else ()
    return Served("engine", known.name, weights, adapters, known.template, known.chat_template, digests)


def drafts(settings: Settings) -> bool:
    """Whether the engine plans and writes answers, as the settings say: left to themselves an engine elsewhere, and one of this home whose
    weights are large enough. Of weights that are not there yet the catalogue knows the size; what it does not know is asked.
    """
    if settings.drafts != "auto" or not settings.own_engine:
        return settings.drafts != "off"
    known = catalogue().get(settings.model)
    weights = models_folder(settings) / settings.model / "model.gguf" if known else Path(settings.model).expanduser()
    size = weights.stat().st_size if weights.is_file() else known.bytes if known else None
    return size is None or size >= DRAFTING_BYTES


def engine_process(settings: Settings, served: Served | None = None) -> Process:
    """What the supervisor runs; without ``served`` the settings' model. Raises ModelError when the weights are missing or damaged,
    SettingsError for builds of the engine that are not as they should be.
    """
    served = served or own_model(settings)
    check_gguf(served.weights)
    socket = socket_path(settings, served.process)
    argv = [sys.executable, "-m", "finfoundry.base.llama_server", "--model", str(served.weights), "--name", served.name]
    argv += ["--socket", str(socket), "--context", str(settings.context), "--slots", str(SLOTS), "--threads", str(settings.threads)]
    argv += ["--template", json.dumps(served.template), "--cache", settings.cache, "--speculate", _proposes(settings)]
    argv += ["--adapters", str(served.adapters), "--chat-template", served.chat_template]
    for file, sha256 in served.digests:
        argv += ["--sha256", file, sha256]
    given = ENVIRONMENT | engine_builds.environment(settings.engine_builds)
    return Process(served.process, tuple(argv), environment=given, ready_url=f"unix:{socket}", ready_timeout=300.0)


def _proposes(settings: Settings) -> str:
    """What proposes tokens: nothing, the prompt, or the file of a model. Raises ModelError, NotFound."""
    if settings.speculate in ("", PROMPT):
        return settings.speculate
    return str(chat_model(settings.model_copy(update={"model": settings.speculate})))


def start_engine(settings: Settings, supervisor: Supervisor, served: Served | None = None) -> LlamaEngine:
    """Have the child run and return a client. Raises ModelError when llama.cpp cannot load the weights."""
    served = served or own_model(settings)
    try:
        supervisor.ensure(engine_process(settings, served))
    except ProcessError as error:
        remedy = "The file may be damaged or too large for this machine's memory: pull it again or choose a smaller model"
        raise ModelError(f"llama.cpp does not start with {served.weights}: {error.message}", remedy=remedy) from error
    return LlamaEngine(socket_path(settings, served.process), served.name)


def socket_path(settings: Settings, process: str = "engine") -> Path:
    return settings.home.absolute() / f"{process}.sock"


def adapters_folder(settings: Settings) -> Path:
    """LoRA adapters as GGUF files; a request names one by its stem. They are loaded when the engine starts."""
    return settings.home.absolute() / "adapters"


def model_name(settings: Settings) -> str:
    return settings.model if settings.model in catalogue() else Path(settings.model).stem


class _ChildTransport(httpx.HTTPTransport):
    """HTTP over the child's socket. A socket without a listener means that the child is being started again."""

    def __init__(self, path: Path) -> None:
        super().__init__(uds=str(path), limits=NONE_KEPT)
        self.path = path

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        until = time.monotonic() + RESTART_SECONDS
        while self.path.exists() and not self._listens() and time.monotonic() < until:
            time.sleep(0.05)
        return super().handle_request(request)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.path)) == 0


class LlamaEngine(OpenAIEngine):
    """The client of a running child. It outlives restarts of the child: a request in flight then fails, the next one waits for it."""

    def __init__(self, path: Path, model: str, *, slots: int = SLOTS, waiting: int = 256) -> None:
        super().__init__("http://engine/v1", model, slots=slots, waiting=waiting, transport=_ChildTransport(path))

    def idle(self) -> bool:
        """Whether the child works at nothing now, for anybody."""
        with self._errors():
            return not any(slot["is_processing"] for slot in self.client.get("http://engine/slots").json())

    def adapters(self) -> dict[str, int]:
        """Name to number of the adapters that the child has loaded."""
        with self._errors():
            loaded = self.client.get("http://engine/lora-adapters").json()
        return {Path(adapter["path"]).stem: adapter["id"] for adapter in loaded}

    def _body(self, request: Request) -> dict[str, Any]:
        numbers = self.adapters()
        if request.adapter and request.adapter not in numbers:
            raise EngineError(f"no adapter {request.adapter!r}", remedy=f"Loaded are: {', '.join(sorted(numbers)) or 'none'}")
        body = super()._body(request) | {"model": self.model}
        if numbers:  # all are named: a request that names none may get a prompt that llama.cpp read with one
            body["lora"] = [{"id": number, "scale": float(name == request.adapter)} for name, number in numbers.items()]
        if not request.reuse:
            body["cache_prompt"] = False
        return body

    def _tokenize_body(self, text: str) -> dict[str, Any]:
        return {"content": text, "add_special": False}
