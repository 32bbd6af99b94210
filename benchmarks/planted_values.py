"""Personal values planted in documents, questions, raw messages, uploads and faulty requests: how many are found where none may be.

    python benchmarks/planted_values.py [--texts 12] [--seed 0] [--rules] [--masked] [--show]

The values are names, addresses, accounts, telephones, papers and days of birth of people who do not exist, in texts of registers that no
reader learned. A service runs over a home of its own, with an engine elsewhere (``FINFOUNDRY_ENGINE_URL``, a server of this benchmark that
keeps each prompt) and a collector of traces. Then every value is looked for in what the service wrote (its log, the logs of its home), in
its metrics, in the spans that it sent, and in the prompts of the engine elsewhere. Baseline: the values that stand in what was sent to the
service, all of which an engine elsewhere would be sent without masking. What is found in prompts is told by kind. ``--rules``: without the
encoder of the reader, so that rules alone mask. First the texts are masked by themselves, with the reader and by rules; ``--masked``: that
alone, without a service.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from finfoundry.app import App
from finfoundry.base.catalogue import models_folder
from finfoundry.base.privacy.personal_reader import personal_reader
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.personal.filled_slots import personal_data
from finfoundry.governance.personal.personal_rows import MarkedText, made_text
from finfoundry.governance.personal_text import without_personal
from finfoundry.machine import read_settings
from measures import carried_out
from measures.service.server_process import Server, running

SHORTEST = 4  # characters of a value that is looked for: shorter ones stand in anything
SECONDS = 400.0  # of one request


@dataclass
class Elsewhere:
    """What was sent to the engine and to the collector."""

    url: str = ""
    prompts: list[str] = field(default_factory=list)
    spans: list[bytes] = field(default_factory=list)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    seen = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._tell({"object": "list", "data": [{"id": "elsewhere", "object": "model"}]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.endswith("/v1/traces"):
                seen.spans.append(body)
                self._tell({})
                return
            seen.prompts.append(body.decode("utf-8", "replace"))
            message = {"role": "assistant", "content": "That stands in the papers [1]."}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            self._tell({"id": "1", "object": "chat.completion", "created": 0, "model": "elsewhere", "choices": [choice], "usage": usage})

        def _tell(self, content: dict[str, Any]) -> None:
            data = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield seen
    finally:
        server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=12, help="of each language")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--masked", action="store_true")
    given = parser.parse_args()
    texts = list(made(given.texts, given.seed))
    planted = {text.text[start:end]: kind for text in texts for start, end, kind in text.spans if end - start >= SHORTEST}
    reader = personal_reader(read_settings())
    tell("masked by the reader", planted, [without_personal(text.text, reader) for text in texts], show=given.show)
    tell("masked by rules", planted, [without_personal(text.text) for text in texts], show=False)
    if given.masked:
        return
    with elsewhere() as seen, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "said"
        places = {
            "FINFOUNDRY_ENGINE_URL": f"{seen.url}/v1",
            "FINFOUNDRY_MODEL": "elsewhere",
        }
        if traced := find_spec("opentelemetry.exporter") is not None:
            places["OTEL_EXPORTER_OTLP_ENDPOINT"] = seen.url
        with running(lambda app: fill(app, texts, Path(folder), encoder=not given.rules), environment=places, said=log) as server:
            asked = list(requests(server, texts))
            metrics = httpx.get(f"{server.url}/metrics", timeout=60).text
            time.sleep(6)  # spans go in batches
            files = [path.read_bytes().decode("utf-8", "replace") for path in server.settings.home.rglob("*.log") if path.is_file()]
        files.append(log.read_bytes().decode("utf-8", "replace"))
    print(f"{len(planted)} values in {len(texts)} texts; {len(asked)} requests: {dict(Counter(asked))}")
    print(f"prompts that left: {len(seen.prompts)}; batches of spans: {len(seen.spans)}; log: {sum(map(len, files)):,} characters")
    tell("logs", planted, files, show=given.show)
    tell("metrics", planted, [metrics], show=given.show)
    if traced:
        tell("traces", planted, [span.decode("utf-8", "replace") for span in seen.spans], show=given.show)
    else:
        print("traces               not measured: finfoundry[telemetry] is not installed")
    tell("external prompts", planted, [_plain(prompt) for prompt in seen.prompts], show=given.show)
    print(f"baseline: {len(planted)} of {len(planted)} stand in what the service was sent")


def made(each: int, seed: int) -> Iterator[MarkedText]:
    """Texts of registers that no reader learned."""
    source, layouts = random.Random(seed), personal_data("layouts")
    for language in ("zh", "en"):
        for number in range(each):
            name = layouts["unseen"][number % len(layouts["unseen"])]
            yield made_text(source, layouts[language], name, chinese=language == "zh")


def fill(app: App, texts: Iterable[MarkedText], folder: Path, *, encoder: bool) -> None:
    """The papers, and the encoder by which the reader of personal data reads."""
    if encoder:
        (app.settings.home / "models").symlink_to(models_folder(read_settings()))
    papers = folder / "papers"
    papers.mkdir()
    for number, text in enumerate(texts):
        (papers / f"note{number}.md").write_text(f"# Note {number}\n\n{text.text}\n", "utf-8")
    app.ingest(ADMINISTRATOR, [papers])


def requests(server: Server, texts: Iterable[MarkedText]) -> Iterator[str]:
    """What was asked in which way: each text as a question, as a message of the raw route, as a search, and where it does not belong."""
    with httpx.Client(base_url=server.url, headers=server.headers, timeout=SECONDS) as client:
        for text in texts:
            ways: list[tuple[str, str, dict[str, Any]]] = [
                ("ask", "/v1/ask", {"question": f"What is noted here? {text.text}"[:900]}),
                ("raw", "/v1/chat/completions", {"model": "elsewhere", "messages": [{"role": "user", "content": text.text}]}),
                ("faulty", "/v1/ask", {"question": {"text": text.text}}),
                ("unknown", f"/v1/documents/{text.text[:40]}", {}),
            ]
            for name, path, body in ways:
                answer = client.post(path, json=body) if body else client.get(path)
                yield f"{name} {answer.status_code}"


def _plain(prompt: str) -> str:
    """A body of JSON as its text reads: letters are escaped in it."""
    try:
        return json.dumps(json.loads(prompt), ensure_ascii=False)
    except ValueError:
        return prompt


def tell(where: str, planted: dict[str, str], texts: Iterable[str], *, show: bool) -> None:
    whole = "\n".join(texts)
    found = {value: kind for value, kind in planted.items() if value in whole}
    by_kind = Counter(planted.values())
    kinds = ", ".join(f"{kind} {count} of {by_kind[kind]}" for kind, count in sorted(Counter(found.values()).items()))
    print(f"{where:20} {len(found):4} of {len(planted)} found{f' ({kinds})' if kinds else ''}")
    if show:
        for value, kind in found.items():
            print(f"  {kind}: {value}")


if __name__ == "__main__":
    carried_out(main)
