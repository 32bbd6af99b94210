"""What a confined process may still do: asked from inside, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from finfoundry.runtime import confine

MEMORY, SECONDS, WRITTEN = 3 * 1024**3, 77, 12_345
INSIDE = f"""
import json, os, resource, socket, sys
from pathlib import Path
from finfoundry.runtime.confine import confine, installation

folder, other = Path(sys.argv[1]), Path(sys.argv[2])
had = resource.getpagesize() * int(Path("/proc/self/statm").read_text().split()[0])

def may(action, *given):
    try:
        action(*given)
    except OSError:
        return False
    return True

confine([*installation(), folder], memory={MEMORY}, seconds={SECONDS}, written={WRITTEN})
print(json.dumps({{
    "had": had,
    "at": os.getcwd(),
    "list": may(os.listdir, folder),
    "read": may((folder / "paper.txt").read_text),
    "processors": may(Path("/proc/cpuinfo").read_text),
    "random": may(Path("/dev/urandom").open, "rb"),
    "zones": may(os.listdir, "/usr/share/zoneinfo"),
    "write": may((folder / "new.txt").write_text, "x"),
    "other": may(other.read_text),
    "users": may(Path("/etc/passwd").read_text),
    "socket": may(socket.socket),
    "fork": may(os.fork),
    "kill": may(os.kill, os.getppid(), 0),
}}), flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(bool(confine.missing()), reason="the kernel has not both of Landlock and seccomp")


@pytest.fixture(scope="module")
def inside(module_home: Path) -> dict[str, Any]:
    folder, other = module_home / "readable", module_home / "other.txt"
    folder.mkdir(mode=0o755)
    (folder / "paper.txt").write_text("Revenue 5", encoding="utf-8")
    other.write_text("a key", encoding="utf-8")
    command = [sys.executable, "-c", INSIDE, str(folder), str(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        found: dict[str, Any] = json.loads(process.stdout.readline())
        limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")  # it may not ask for them itself
        process.stdin.close()
    assert process.returncode == 0
    rows = (re.split(r"\s{2,}", line) for line in limits.splitlines()[1:])
    return found | {"limits": {row[0].removeprefix("Max "): row[1:3] for row in rows}}


@pytest.mark.parametrize("what", ["list", "read", "processors", "random", "zones"])
def test_a_confined_process_reads_what_it_was_given_and_what_python_needs(inside: dict[str, Any], what: str) -> None:
    if what == "zones" and not Path("/usr/share/zoneinfo").exists():
        return
    assert inside[what]


@pytest.mark.parametrize("what", ["write", "other", "users", "socket", "fork", "kill"])
def test_a_confined_process_does_nothing_else(inside: dict[str, Any], what: str) -> None:
    assert not inside[what]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("data size", MEMORY), ("cpu time", SECONDS), ("file size", WRITTEN), ("core file size", 0), ("open files", 256), ("processes", 0),
    ],
)  # fmt: skip
def test_a_confined_process_has_the_limits_that_it_was_given(inside: dict[str, Any], name: str, most: int) -> None:
    assert inside["limits"][name] == [str(most), str(most)]


def test_the_memory_comes_on_top_of_what_the_process_has(inside: dict[str, Any]) -> None:
    lowest, highest = map(int, inside["limits"]["address space"])
    assert lowest == highest
    assert MEMORY + inside["had"] // 2 < lowest < MEMORY + 2 * inside["had"]
    assert inside["at"] == "/"


def test_a_machine_that_lacks_nothing_says_so() -> None:
    assert confine.missing() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has anything to give up")
def test_root_that_cannot_become_another_user_gives_up_its_capabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "installation_is_open", lambda: False)
    outcome, theirs = os.pipe()
    if (process := os.fork()) == 0:
        confine._leave_root()
        os.write(theirs, Path("/proc/self/status").read_bytes())
        os._exit(0)
    os.waitpid(process, 0)
    status = os.read(outcome, 100_000).decode()
    assert dict(re.findall(r"Cap(\w+):\s+(\w+)", status))["Eff"].strip("0") == ""
    assert dict(re.findall(r"Cap(\w+):\s+(\w+)", status))["Prm"].strip("0") == ""
    assert dict(re.findall(r"Cap(\w+):\s+(\w+)", status))["Bnd"].strip("0") == ""
