"""The proof that nothing leaves: the kernel's count sees every attempt, and what is looked at is seen."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

import finfoundry
from finfoundry.operations import sealed
from finfoundry.operations.drill import Counted, DrillStep
from finfoundry.operations.namespace import Tried
from finfoundry.operations.sealed import SWITCHES, address, judge, places, sockets_of, where
from finfoundry.runtime.settings import Settings

LEAVING = """
import json, socket, subprocess, sys
from finfoundry.operations import namespace
CHILD = "import socket; socket.create_connection(('192.0.2.7', 80), 1)"
namespace.enter()
quiet = namespace.tried().without_route
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
inside = namespace.tried().without_route
attempts = {
    "tcp": lambda: socket.create_connection(("192.0.2.7", 80), 1),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.7", 53)),
    "child": lambda: subprocess.run([sys.executable, "-c", CHILD], stderr=subprocess.DEVNULL),
}
seen = {}
for name, attempt in attempts.items():
    before = namespace.tried().without_route
    try:
        attempt()
    except OSError:
        pass
    seen[name] = namespace.tried().without_route - before
print(json.dumps([quiet, inside, seen, namespace.interfaces(), namespace.routes(), namespace.control()]))
"""
STEPS = """
import socket, sys
from pathlib import Path
from finfoundry.operations import drill

def leaves(_):
    try:
        socket.create_connection(("192.0.2.9", 443), 1)
    except OSError:
        return "tried"

def absent(one):
    one.need("a model", "no-such-model")

steps = {"ingest": drill.ingest, "verify": drill.verify, "leaves": leaves, "absent": absent}
drill.main(Path("/nonexistent"), tuple(steps[name] for name in sys.argv[1:]))
"""


def in_namespace(program: str, *arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    if "may not make a network namespace" in done.stderr:
        pytest.skip("this machine lets nobody make a network namespace")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_kernel_counts_every_attempt_and_nothing_else() -> None:
    quiet, inside, seen, interfaces, routes, control = json.loads(in_namespace(LEAVING)[-1])
    assert (quiet, inside) == (0, 0)
    assert all(count == 1 for count in seen.values()), seen
    assert (interfaces, routes) == (["lo"], 0)
    assert control >= 1


@pytest.mark.slow
def test_a_drill_without_attempts_counts_none() -> None:
    *steps, counted = map(json.loads, in_namespace(STEPS, "ingest", "verify", "absent"))
    assert [(one["name"], one["ok"]) for one in steps] == [("ingest", True), ("verify", True), ("absent", None)], steps
    assert counted["tried"] == {"without_route": 0, "datagrams": 0}


def test_a_drill_that_tries_to_leave_is_found_out() -> None:
    *steps, counted = map(json.loads, in_namespace(STEPS, "leaves"))
    assert steps[0]["detail"] == "tried"
    assert list(judge(Counted(**{**counted, "tried": Tried(**counted["tried"])}))) == [
        "In the drill, 1 attempts to leave the machine were counted"
    ]


def test_a_drill_that_ends_early_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    problems: list[str] = []
    assert sealed.run_drill(Settings(home=tmp_path), problems, lambda _: None) == ([], None)
    assert "did not run to its end" in problems[0]


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (Counted(["lo"], 0, Tried(0, 0), 2), None),
        (Counted(["lo", "eth0"], 0, Tried(0, 0), 2), "not alone"),
        (Counted(["lo"], 1, Tried(0, 0), 2), "not alone"),
        (Counted(["lo"], 0, Tried(0, 3), 2), "3 datagrams"),
        (Counted(["lo"], 0, Tried(0, 0), 0), "proves nothing"),
    ],
)
def test_what_the_counters_say(counted: Counted, said: str | None) -> None:
    found = list(judge(counted))
    assert (found == []) if said is None else said in found[0]


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("127.0.0.1", "this machine"), ("127.8.8.8", "this machine"), ("::1", "this machine"), ("localhost", "this machine"),
        ("10.0.0.1", "another machine"), ("0.0.0.0", "another machine"), ("localhost.example", "another machine"), ("", "another machine"),
    ],
)  # fmt: skip
def test_where_a_host_is(host: str, place: str) -> None:
    assert where(host) == place


def test_settings_that_lead_elsewhere_are_told_without_their_secrets(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, engine_url="http://user:hush@gpu.bank.example:8080/v1", embedder_url="http://127.0.0.1:9/v1",
        database=SecretStr("postgresql://owner:hush@a.example,b.example/db"),
    )  # fmt: skip
    found = [(one.setting, one.host, one.where) for one in places(settings) if one.setting in ("engine_url", "embedder_url", "database")]
    assert sorted(found) == [
        ("database", "a.example", "another machine"),
        ("database", "b.example", "another machine"),
        ("embedder_url", "127.0.0.1", "this machine"),
        ("engine_url", "gpu.bank.example", "another machine"),
    ]
    assert "hush" not in str(found)


def test_a_socket_of_the_database_is_this_machine(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database=SecretStr("host=/run/postgresql dbname=x"))
    assert [one.where for one in places(settings) if one.setting == "database"] == ["this machine"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0100007F:1F90", "127.0.0.1:8080"),
        ("00000000000000000000000001000000:0050", "[::1]:80"),
        ("0000000000000000FFFF00000100007F:0016", "127.0.0.1:22"),
    ],
)
def test_an_address_of_the_kernel_s_tables(text: str, shown: str) -> None:
    assert address(text) == shown


def test_the_sockets_of_a_process_are_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = [one for one in sockets_of(os.getpid(), "tests") if one.local == f"127.0.0.1:{port}"]
    assert [(one.state, one.where) for one in found] == [("listening", "this machine")]


def test_a_process_that_is_gone_has_none() -> None:
    assert list(sockets_of(2**22 + 1, "gone")) == []


def test_the_package_switches_reporting_off() -> None:
    assert finfoundry.__version__
    assert all(os.environ[name] == "1" for name in SWITCHES)


def test_one_failed_step_is_not_sealed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    steps = [DrillStep("ask", False, 1.0, "no answer"), DrillStep("model", None, 0.0, "no weights")]
    monkeypatch.setattr(sealed, "run_drill", lambda *_: (steps, Counted(["lo"], 0, Tried(0, 0), 2)))
    found = sealed.examine(Settings(home=tmp_path))
    assert not found.sealed
    assert found.problems == ["In the drill, ask failed: no answer"]
