"""What computes over what clients sent, and draws, is done in sandboxes: killed in time, bounded in memory, with nothing to reach."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from finfoundry.core import cancellation
from finfoundry.core.errors import EngineTimeout, InputError
from finfoundry.demo.report import annual_report
from finfoundry.knowledge.bounds import BOUNDS
from finfoundry.runtime.settings import Settings
from finfoundry.server.sandbox import apart
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.sandboxed import NICE, CheckedAnswer, CheckTask, Done, Drawing, FileGiven, TextGiven

CHECK = CheckTask(0.6, BOUNDS)
HOSTILE = """
import os, socket, sys, time
from pathlib import Path
import msgspec
from finfoundry.runtime import sandbox
from finfoundry.server.sandbox.sandboxed import Done, SandboxedTask

def work(task, data):
    if data == b"endless":
        while True: pass
    if data == b"memory":
        bytearray(4 * 2**30)
    if data == b"lie":
        return b"no outcome"
    if data == b"die":
        os._exit(3)
    told = [name for name in os.environ if name.startswith("FINFOUNDRY_") and name != "FINFOUNDRY_OCR_THREADS"]
    for reach in (lambda: Path("/etc/passwd").read_text(), lambda: socket.create_connection(("127.0.0.1", 1)), os.fork):
        try:
            told.append(str(reach()))
        except PermissionError:
            pass
    return msgspec.msgpack.encode(Done(" ".join(told).strip().encode()))

if __name__ == "__main__":
    sandbox.serve(socket.socket(fileno=int(sys.argv[1])), SandboxedTask, work)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, parse_memory=256 * 2**20)


@pytest.fixture
def real(settings: Settings) -> Iterator[Apart]:
    made = Apart(settings, 1)
    yield made
    made.close()


@pytest.fixture
def hostile(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """Whose work was taken over."""
    program = tmp_path / "taken_over.py"
    program.write_text(HOSTILE)
    monkeypatch.setattr(apart, "PROGRAM", (str(program),))
    monkeypatch.setenv("FINFOUNDRY_DATABASE", "postgresql://secret")
    made = Apart(settings, 1)
    yield made
    made.close()


def sent(answer: str, *evidence: TextGiven | FileGiven) -> bytes:
    return msgspec.msgpack.encode(CheckedAnswer(answer, "", list(evidence)))


def checked(where: Apart, answer: str, *evidence: TextGiven | FileGiven) -> Done:
    return where.do(CHECK, sent(answer, *evidence))


def process(where: Apart) -> int:
    (idle,) = where._idle
    return idle._process.pid


def test_a_check_is_done_in_a_process_of_a_low_priority(real: Apart) -> None:
    done = checked(real, "Revenue was $12 million and costs were $7 million.", TextGiven("Revenue was $12 million.", "text"))
    assert (done.bound, done.unbound) == (1, 1)
    assert msgspec.json.decode(done.outcome)["figures"][0]["bound"]
    assert os.getpriority(os.PRIO_PROCESS, process(real)) == NICE
    before = process(real)
    checked(real, "None.")
    assert process(real) == before, "loaded once"


def test_what_cannot_be_read_is_told(real: Apart) -> None:
    with pytest.raises(InputError, match="not base64"):
        checked(real, "5", FileGiven("%%%", "a.pdf"))
    with pytest.raises(InputError, match=r"a\.pdf"):
        checked(real, "5", FileGiven("JVBERi0xLjcgbm90aGluZw==", "a.pdf"))


def test_a_page_is_drawn_where_nothing_can_be_reached(real: Apart) -> None:
    """PDFium reads what strangers wrote: it once did so with the environment of the service."""
    picture = real.do(Drawing(1, 0.5, ((100, 100, 200, 200),), ()), annual_report().data).outcome
    assert Image.open(io.BytesIO(picture)).size[0] > 200
    with pytest.raises(InputError, match="Page 99"):
        real.do(Drawing(99, 0.5, (), ()), annual_report().data)


def test_a_check_that_does_not_end_is_killed_and_its_program_goes_on(hostile: Apart) -> None:
    hostile.do(CHECK, b"")
    before = process(hostile)
    with pytest.raises(EngineTimeout), cancellation.work_until(seconds=0.5):
        hostile.do(CHECK, b"endless")
    assert process(hostile) == before
    assert not Path(f"/proc/{before}/task/{before}/children").read_text().split(), "nothing of it is left"
    assert hostile.do(CHECK, b"").outcome == b""


def test_memory_and_death_of_a_check_are_its_own_fate(hostile: Apart) -> None:
    for what, told in ((b"memory", "exit status 1"), (b"die", "exit status 3"), (b"lie", "exit status 0")):
        with pytest.raises(InputError, match=told):
            hostile.do(CHECK, what)
    assert hostile.do(CHECK, b"").outcome == b""


@pytest.mark.slow
def test_memory_is_bounded_and_the_refusal_names_the_bound(real: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LEAST_MEMORY", 192 * 2**20)
    monkeypatch.setattr(apart, "MEMORY_PER_BYTE", 0)
    with pytest.raises(InputError, match=r"limit of 192 MiB.*FINFOUNDRY_PARSE_MEMORY"):
        checked(real, "Revenue was 5.", *[TextGiven("1,234.5 " * 100_000, "text")] * 4)


@pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's")
def test_a_check_that_was_taken_over_reaches_nothing(hostile: Apart) -> None:
    assert hostile.do(CHECK, b"reach").outcome == b""


def test_a_sandbox_ends_with_its_service(hostile: Apart) -> None:
    hostile.do(CHECK, b"")
    pid = process(hostile)
    hostile.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
