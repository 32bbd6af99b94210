"""Every feature once, on a bank that does not exist, inside a network namespace without a route. Run as a program of its own.

    python -m finfoundry.operations.drill MODELS

prints one JSON line a step, and a last one with what the kernel counted. ``MODELS`` is a folder with weights; a step whose weights are not
there says "not run". The home is a new folder, removed at the end.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from finfoundry.base.catalogue import MANIFEST
from finfoundry.core.errors import FinfoundryError
from finfoundry.operations import namespace

MINUTES = 15
NOTE = "# Harbour Bank Annual Report 2024\n\nHarbour Bank Co., Ltd.\n\n| USD million | 2024 |\n|---|---|\n| Net profit | 1,234 |\n"
ANSWER, TABLE = "Net profit was $1,234 million in 2024.", "公司,年份,净利润(元)\n港湾银行,2024,1234\n草地银行,2024,1100\n"


@dataclass(frozen=True, slots=True)
class DrillStep:
    """``ok`` is None for one that was not run."""

    name: str
    ok: bool | None
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the kernel says about the namespace before the control, and what the control added."""

    interfaces: list[str]
    routes: int
    tried: namespace.Tried
    control: int


class StepNotRun(Exception):
    """Something that the step rests on is not on this machine."""


@dataclass
class Drill:
    """The folder of the drill, and what earlier steps found."""

    folder: Path
    models: Path
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def command(self, *arguments: str, json_out: bool = True, home: Path | None = None) -> Any:
        """A command of the product; what it prints. Raises RuntimeError with the end of what it said when it fails."""
        argv = [sys.executable, "-m", "finfoundry", *arguments, *(["--json"] if json_out else [])]
        return self.program(argv, json_out=json_out, home=home)

    def program(self, argv: list[str], *, json_out: bool = False, home: Path | None = None) -> Any:
        """What a program prints, parsed where ``json_out``. Raises RuntimeError with the end of its message where it fails."""
        done = subprocess.run(  # noqa: S603  our own programs
            argv, capture_output=True, text=True, check=False, timeout=60 * MINUTES, env=self.environment(home), cwd=self.folder
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(" ".join((done.stderr.strip() or done.stdout.strip())[-300:].split()))
        return json.loads(done.stdout) if json_out else done.stdout

    def environment(self, home: Path | None = None) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FINFOUNDRY_") or name == "FINFOUNDRY_MODEL"}
        return kept | {"FINFOUNDRY_HOME": str(home or self.home), "NO_COLOR": "1"}

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def need(self, purpose: str, *names: str) -> None:
        if missing := [name for name in names if not (self.models / name / MANIFEST).is_file()]:
            raise StepNotRun(f"{purpose}: the weights of {missing[0]} are not here")


def demo(drill: Drill) -> str:
    """The whole of ``make demo``: two reports, one page of them a picture, questions in two languages, refusals, audit, replay."""
    drill.need("the demo pulls its models otherwise", *default_models())
    reply = drill.program([sys.executable, "-m", "finfoundry.demo"])
    return str(next(line.strip() for line in reversed(reply.splitlines()) if " right, " in line))


def default_models() -> list[str]:
    """The models that are pulled when nothing is set: the chat model and the two embedders."""
    from finfoundry.runtime.settings import Settings

    fields = Settings.model_fields
    chosen = os.environ.get("FINFOUNDRY_MODEL") or str(fields["model"].default)
    return [chosen, *(str(fields[name].default) for name in ("embedder", "embedder_english"))]


def ingest(drill: Drill) -> str:
    (reply,) = drill.command("ingest", drill.write("note.md", NOTE), "--wait")
    return f"{reply['outcome']}, {reply['facts']} facts"


def ask(drill: Drill) -> str:
    answer = drill.command("ask", "What was Harbour Bank's net profit in 2024?", "--collection", "default")
    drill.found["audit"] = answer["audit_id"]
    return expect(answer["status"], "answered")


def verify(drill: Drill) -> str:
    reply = drill.command("verify", ANSWER, "--evidence", str(drill.folder / "note.md"))
    return expect(reply["bound"], 1)


def facts(drill: Drill) -> str:
    reply = drill.command("facts", "--metric", "net profit", "--xlsx", str(drill.folder / "facts.xlsx"))
    return f"{reply['facts']} facts in a workbook"


def search(drill: Drill) -> str:
    return f"{len(drill.command('search', 'net profit'))} passages"


def tables(drill: Drill) -> str:
    drill.command("tables", "import", drill.write("table.csv", TABLE), "--collection", "wide")
    rows = drill.command("tables", "query", "SELECT name, value FROM company_numbers ORDER BY value DESC")["rows"]
    return f"{len(rows)} rows"


def people(drill: Drill) -> str:
    drill.command("users", "add", "ana", "--group", "risk")
    drill.command("labels", "add", "merger", "--discoverable")
    drill.command("grants", "add", "risk", "merger")
    drill.command("grants", "add", "ana", "general", "--write")
    drill.found["key"] = drill.command("keys", "create", "--user", "ana", "--scope", "read", "--scope", "write", "--scope", "raw")["key"]
    return "user, label, grants, key"


def specialists(drill: Drill) -> str:
    try:
        import lightgbm  # noqa: F401
    except ImportError:
        raise StepNotRun("the extra `specialists` is not installed") from None
    drill.command("specialists", "demo", "--out", str(drill.folder / "specialists"), "--no-open")
    return "a scorecard and a fraud model trained, scored, monitored"


def service(drill: Drill) -> str:
    """The server: page, upload, every kind of route, and OpenAI's protocol."""
    with serving(drill) as client:
        expect(client.get("/readyz").status_code, 200)
        expect(client.get("/").status_code in (200, 303), True)
        files = {"file": ("meadow.md", NOTE.replace("Harbour", "Meadow").encode(), "text/markdown")}
        upload = ok(client.post("/v1/documents", files=files))["id"]
        wait(lambda: ok(client.get(f"/v1/uploads/{upload}"))["state"] == "done")
        document = ok(client.get(f"/v1/uploads/{upload}"))["result"]["id"]
        expect(ok(client.post("/v1/ask", json={"question": "What was Meadow Bank's net profit in 2024?"}))["status"], "answered")
        ok(client.post("/v1/search", json={"query": "net profit"}))
        ok(client.get("/v1/facts", params={"metric": "net profit"}))
        expect(ok(client.post("/v1/verify", json={"answer": ANSWER, "evidence": [NOTE]}))["unbound"], 0)
        messages = [{"role": "user", "content": "What was Meadow Bank's net profit in 2024?"}]
        ok(client.post("/v1/chat/completions", json={"model": "finfoundry", "messages": messages}))
        ok(client.get(f"/v1/documents/{document}"))
        ok(client.get(f"/v1/documents/{document}/pages/1"))
        expect(client.delete(f"/v1/documents/{document}").status_code, 200)
        return "upload, ask, search, facts, verify, chat, pages, delete"


def model(drill: Drill) -> str:
    """A completion of the base model, and embeddings."""
    chat, embedder, _ = default_models()
    drill.need("the base model", chat, embedder)
    with serving(drill) as client:
        messages = [{"role": "user", "content": "Say yes."}]
        reply = ok(client.post("/v1/chat/completions", json={"model": chat, "messages": messages, "max_tokens": 8}))
        vectors = ok(client.post("/v1/embeddings", json={"model": embedder, "input": ["net profit"]}))["data"]
        return f"{reply['usage']['completion_tokens']} tokens, a vector of {len(vectors[0]['embedding'])}"


def assistant(drill: Drill) -> str:
    """The Model Context Protocol over standard input and output."""
    with serving(drill) as client:
        lines = [
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}}},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        ]
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "finfoundry", "mcp", "--url", str(client.base_url)],
            input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True, check=True, timeout=60,
            env=drill.environment() | {"FINFOUNDRY_KEY": drill.found["key"]},
        )  # fmt: skip
        tools = json.loads(done.stdout.splitlines()[-1])["result"]["tools"]
        return f"{len(tools)} tools"


def audit(drill: Drill) -> str:
    expect(drill.command("audit", "replay", drill.found["audit"])["ok"], True)
    verified = drill.command("audit", "verify")
    return f"{verified['records']} records, the chain holds" if verified["ok"] else expect(verified["ok"], True)


def backup(drill: Drill) -> str:
    """Written, and brought back into a second home."""
    written = drill.command("backup", str(drill.folder / "backup"))
    other = drill.folder / "other"
    other.mkdir(mode=0o755)
    try:
        reply = drill.command("restore", written["file"], "--receipt", written["head"], home=other)
    finally:
        drill.command("stop", home=other)
    return f"{reply['documents']} documents and {reply['audit_records']} records brought back"


def machine(drill: Drill) -> str:
    drill.command("models")
    drill.command("status")
    drill.need("doctor asks for them", *default_models())
    checks = drill.command("doctor")
    return f"{len(checks)} checks"


STEPS: tuple[Callable[[Drill], str], ...] = (
    demo, ingest, ask, verify, facts, search, tables, people, service, model, assistant, specialists, audit, backup, machine
)  # fmt: skip


@contextmanager
def serving(drill: Drill) -> Iterator[httpx.Client]:
    """A server on loopback, and a client with the key."""
    port = 18437  # nothing else is in this namespace
    argv = [sys.executable, "-m", "finfoundry", "serve", "--port", str(port)]
    server = subprocess.Popen(argv, env=drill.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    headers = {"Authorization": f"Bearer {drill.found['key']}"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60 * MINUTES, trust_env=False) as client:
            wait(lambda: answers(client))
            yield client
    finally:
        server.terminate()
        server.wait(60)


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until the condition holds. Raises RuntimeError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing after {seconds:.0f} s")
        time.sleep(0.2)


def ok(response: httpx.Response) -> Any:
    if response.is_error:
        raise RuntimeError(f"{response.request.url.path} answered {response.status_code}: {response.text[:200]}")
    return response.json()


def expect(found: object, wanted: object) -> str:
    if found != wanted:
        raise RuntimeError(f"{found!r} instead of {wanted!r}")
    return str(found)


def attempt(step: Callable[[Drill], str], drill: Drill) -> DrillStep:
    """Run one step and time it. ``result`` is True where it did what it should, False with the error, None where it could not be run."""
    started = time.monotonic()
    result: bool | None = True
    try:
        detail = step(drill)
    except StepNotRun as error:
        result, detail = None, str(error)
    except (RuntimeError, FinfoundryError, httpx.HTTPError, subprocess.SubprocessError, LookupError, ValueError, OSError) as error:
        result, detail = False, f"{type(error).__name__}: {error}"
    return DrillStep(step.__name__, result, round(time.monotonic() - started, 1), detail)


def main(models: Path, steps: tuple[Callable[[Drill], str], ...] = STEPS) -> None:
    """Raises SettingsError where no namespace can be made."""
    namespace.enter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    with tempfile.TemporaryDirectory(prefix="ff-sealed-") as folder:
        drill = Drill(Path(folder), models.resolve())
        drill.folder.chmod(0o755)
        drill.home.mkdir(mode=0o755)
        if models.is_dir():
            (drill.home / "models").symlink_to(drill.models)
        try:
            for step in steps:
                print(json.dumps(dataclasses.asdict(attempt(step, drill))), flush=True)
        finally:
            drill.command("stop")
    shown, counted = namespace.interfaces(), namespace.tried()
    print(json.dumps(dataclasses.asdict(Counted(shown, namespace.routes(), counted, namespace.control()))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
