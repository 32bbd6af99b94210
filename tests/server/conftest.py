"""One server for the run, over a home with the demo report and a paper that its user may not read. No model: facts answer."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from tests.conftest import short_home
from tests.governance.issuer import Issuer, issuing

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.demo.report import annual_report, client_report
from finfoundry.governance.api_keys import ApiKeys, KeyRow
from finfoundry.governance.recorder import Recorder
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.application import create
from finfoundry.server.limits.connection import Connection
from finfoundry.server.service.state import Limits

REPORT, SECRET = "yunzhou-annual-report.pdf", "linxi-port.pdf"
SHAPED = [  # what the model makes under a schema, by what is asked
    ("one of both", '{"name": "lookup", "arguments": {"city": "Linxi"}}'),
    ("the weather", '{"city": "Linxi"}'),
    ("yes or no", '{"yes": true}'),
]
QUESTION = "云洲商业银行股份有限公司2024年的净利润是多少？"


@dataclass
class Live:
    """A server that answers at ``url``, and the product behind it."""

    url: str
    app: App
    engine: ScriptedEngine
    key: str  # of ana, who reads general documents and may add such
    admin_key: str
    raw_key: str

    def client(self, key: str | None = None) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key or self.key}"}, timeout=60)

    @contextmanager
    def browser(self, key: str | None = None) -> Iterator[httpx.Client]:
        """As a browser that has opened the page and, with a key, signed in there."""
        with httpx.Client(base_url=self.url, headers={"Accept": "text/html", "Origin": self.url}, timeout=60) as client:
            if key:
                assert client.post("/console/login", data={"key": key}).status_code == 303
            yield client

    def app_keys(self) -> list[KeyRow]:
        return ApiKeys(self.app.database).keys(self.app.administrator)

    def new_key(self, user: str, *scopes: str, expires: str | None = None) -> str:
        """A key that was tried once: tests of wrong keys come from the same address, and a new key may have to wait after them."""
        key = ApiKeys(self.app.database).create(self.app.administrator, user, scopes=scopes or ("read", "write"), expires=expires).key
        with self.client(key) as client:
            while (told := client.get("/v1/collections")).status_code == 429:
                time.sleep(float(told.headers["Retry-After"]))
        return key


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    home = short_home()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FINFOUNDRY_HOME", str(home))
            with open_app(Settings(home=home)) as app:
                engine = ScriptedEngine(
                    [("slow tale", ScriptedReply("once " * 400, delay=0.1)), *SHAPED, ("", "I say so.")],
                    model="scripted",
                    adapters=["tuned"],
                )
                app.engine = engine
                app.recorder = app.agent.engine = Recorder(engine)
                fill(app)
                with serving(app, Limits(deadline=30)) as url:
                    keys = ApiKeys(app.database)
                    made = [keys.create(app.administrator, user, scopes=scopes).key for user, scopes in USERS]
                    yield Live(url, app, engine, *made)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


@dataclass
class Provided:
    """A second server over the same product that takes tokens of an identity provider, too."""

    url: str
    issuer: Issuer

    def token(self, **claims: Any) -> str:
        return self.issuer.token(**claims)


@pytest.fixture(scope="module")
def provided(live: Live) -> Iterator[Provided]:
    with issuing() as issuer, pytest.MonkeyPatch.context() as patch:
        named = {"oidc_issuer": issuer.url, "oidc_client": "page", "oidc_client_secret": SecretStr("of the page")}
        patch.setattr(live.app, "settings", live.app.settings.model_copy(update=named))
        with serving(live.app, Limits(deadline=30)) as url:
            yield Provided(url, issuer)


USERS = [("ana", ("read", "write")), ("root-key", ("read", "write", "admin")), ("rae", ("read", "raw"))]


def fill(app: App) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _fill(app, Path(folder))


def _fill(app: App, papers: Path) -> None:
    (papers / REPORT).write_bytes(annual_report().data)
    (papers / SECRET).write_bytes(client_report())
    app.policy.add_user(app.administrator, "ana")
    app.policy.add_grant(app.administrator, "ana", "general", write=True)
    (first,) = app.ingest(app.administrator, [papers / REPORT])
    (second,) = app.ingest(app.administrator, [papers / SECRET], label="sensitive")
    assert first.id
    assert second.id


class serving:  # noqa: N801  used as a function
    """A uvicorn over ``app`` in a thread; its address."""

    def __init__(self, app: App, limits: Limits) -> None:
        self.recorder, self.watch, self.turn = (
            app.recorder,
            app.recorder.watch,
            app.recorder.turn,
        )  # the last service made over an app counts its engine's calls
        config = uvicorn.Config(
            create(app, limits), host="127.0.0.1", port=0, log_config=None, http=Connection, ws="none", timeout_graceful_shutdown=5
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.server.started:
            assert time.monotonic() < deadline
            assert self.thread.is_alive()
            time.sleep(0.02)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(30)
        self.recorder.watch, self.recorder.turn = self.watch, self.turn
