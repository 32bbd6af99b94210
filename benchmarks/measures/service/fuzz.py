"""The service's own description turned against it: requests made from the OpenAPI document, right ones and wrong ones.

    python benchmarks/service.py fuzz [--cases 10000]

No answer may be a 5xx; each has a status, a content type and a body that the document names. A server of its own in a temporary home,
with a scripted engine, so that every route runs. By schemathesis.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from finfoundry.app import App, open_app
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.demo.report import annual_report
from finfoundry.governance.api_keys import SCOPES, ApiKeys
from finfoundry.governance.recorder import Recorder
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.application import create
from finfoundry.server.service.state import Limits

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
NOT_HERE = "/v1/embeddings"  # answers 503 where there is no embedder


@dataclass
class Told:
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def fuzz(url: str, key: str, cases: int, number: int = 1) -> Told:
    """About ``cases`` requests, as many to each operation, half of them made to break its schema."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    told, session = Told(), requests.Session()
    session.headers["Authorization"] = f"Bearer {key}"
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try_all(operation, mode, max(cases // (2 * len(operations)), 1), told, session, number)
    return told


def try_all(operation: Operation, mode: GenerationMode, cases: int, told: Told, session: requests.Session, number: int) -> None:
    try:
        strategy = operation.as_strategy(mode)
    except Exception as error:  # an operation without parameters cannot be called wrongly
        if mode is GenerationMode.NEGATIVE:
            return
        raise AssertionError(operation.label) from error

    @seed(number)
    @settings(max_examples=cases, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def run(case: Any) -> None:
        response = case.call(session=session, timeout=60)
        told.cases += 1
        told.statuses[response.status_code] += 1
        if operation.path == NOT_HERE and response.status_code == 503:
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as error:
            told.failures.append(f"{operation.label} {response.status_code}: {str(error)[:300]}")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run()
        except Exception as error:  # hypothesis: nothing can be made in this mode
            if "Unsatisfiable" not in type(error).__name__ and mode is GenerationMode.POSITIVE:
                raise


@contextmanager
def server() -> Iterator[tuple[str, str, App]]:
    """Address, key and product of a server in this process."""
    home = Path(tempfile.mkdtemp(prefix="ff-fuzz-"))
    home.chmod(0o755)
    os.environ["FINFOUNDRY_HOME"] = str(home)
    try:
        with open_app(Settings(home=home, models=home / "none")) as app:
            app.engine = ScriptedEngine([("", "I say so.")], model="scripted")
            app.recorder = app.agent.engine = Recorder(app.engine)
            with tempfile.TemporaryDirectory() as folder:
                (report := Path(folder) / "report.pdf").write_bytes(annual_report().data)
                app.ingest(app.administrator, [report])
            key = ApiKeys(app.database).create(app.administrator, "fuzz", scopes=SCOPES).key
            yield from _serving(app, key)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def _serving(app: App, key: str) -> Iterator[tuple[str, str, App]]:
    running = uvicorn.Server(
        uvicorn.Config(create(app, Limits(deadline=30)), port=0, log_config=None, ws="none", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}", key, app
    running.should_exit = True
    thread.join(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    wanted = min(parser.parse_args().cases, 100_000)
    with server() as (url, key, _):
        told, number = Told(), 0
        while told.cases < wanted:  # some operations have fewer distinct requests than their share
            number += 1
            more = fuzz(url, key, wanted - told.cases, number)
            told.cases += more.cases
            told.statuses += more.statuses
            told.failures += more.failures
    print(f"{told.cases:,} requests: {', '.join(f'{count} × {status}' for status, count in sorted(told.statuses.items()))}")
    for failure, count in Counter(told.failures).most_common(20):
        print(f"{count} × {failure}")
    print(f"{len(told.failures)} answers that the document does not name, or 5xx")
    raise SystemExit(bool(told.failures))
