"""First paint of every page of the console in Chromium, over an almost empty store and over a full one.

    python benchmarks/service.py console-paint [--rounds 20] [--documents 2000] [--facts 100000] [--only PART] [--answers]

Documents, certificates and facts of the demo report are copied under other names; the conversations hold a real answer. What is told is the
first contentful paint as the browser measures it, after one round that is not counted: median and 95th percentile in milliseconds, how many
of them passed before the server answered, and the bytes of scripts and styles. The baseline is the same page before the store is filled.
``--answers`` needs no browser: what is told is how long the server takes to answer. Beside each stands the processor time that the
server, its database and the browser took together from the call to the paint, which other work on the machine does not lengthen: on a
machine with nothing else to do the paint takes no longer than that, and whatever nobody computes (``--answers``: to the answer). The
load of the machine is told with the result. Below the page stands where its time goes, medians of the rounds: statements sent to the
database and the milliseconds until their rows were there, filling in the template, what is left of the server, and the browser from the
first byte to the paint. First comes a bare picture, which is not counted: it tells what the browser takes by itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jinja2
import psycopg
from tests.server.browser import Page, browser

from finfoundry.app import App
from finfoundry.server.console.pages import STATIC
from measures.service.fuzz import server

LIMIT = 300.0  # milliseconds
LARGEST = 120 * 1024  # bytes of scripts and styles
PAGES = (
    "ask", "ask/{conversation}", "documents", "documents?q=company+17&sort=name", "documents/{document}", "facts",
    "facts?metric=Net+profit&view=grid", "facts?metric=Net+profit&view=grid&at=9",
    "facts?metric=Net+profit", "search", "corrections", "correct?fact={document}/1", "vocabulary",
    "audit", "access", "api", "guards", "evidence/{document}/3", "readings?document={document}&page=3",
    "readings?document={document}&page=3&kind=figure",
)  # fmt: skip


BARE = "static/icon.svg"  # a picture of the same server, which asks nothing and needs nobody: what the browser takes by itself
CHANGED: dict[str, dict[str, str]] = {  # by table: what a copy has otherwise, n being its number
    "documents": {
        "id": "id + n", "name": "'company ' || n || '.pdf'", "entity": "'Company ' || n", "sha256": "md5(n::text) || md5(n::text)",
        "entity_keys": "ARRAY['company ' || n]", "aliases": "'{}'", "chunks": "0", "fiscal_year": "2015 + n %% 10",
    },
    "certificates": {"document_id": "document_id + n"},
    "pages": {"document_id": "document_id + n"},
    "facts": {"document_id": "document_id + n", "entity": "'Company ' || n"},
}  # fmt: skip


def fill(app: App, documents: int, facts: int, records: int, conversations: int) -> None:
    """Copies of the one document that is there, and what people leave behind."""
    with app.database.owner() as connection:
        (first,) = connection.execute("SELECT id FROM documents").fetchone() or (0,)
        for table, changes in CHANGED.items():
            of = "id = %(first)s" if table == "documents" else "document_id = %(first)s"
            if table == "facts":
                of += " AND ordinal < %(each)s"
            rows = connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
                " AND table_schema = current_schema() ORDER BY ordinal_position",
                (table,),
            )
            names = [name for (name,) in rows.fetchall()]
            given = ", ".join(changes.get(name, name) for name in names)
            copy = f"INSERT INTO {table} ({', '.join(names)}) SELECT {given} FROM {table}, generate_series(1, %(copies)s) AS n WHERE {of}"
            connection.execute(copy.encode(), {"first": first, "each": max(facts // documents, 1), "copies": documents - 1})
        connection.execute(
            "INSERT INTO audit_record (id, actor, action, steps) SELECT gen_random_uuid(), (SELECT subject FROM audit_key"
            " WHERE kind = 'user' LIMIT 1), 'answer', '[]' FROM generate_series(1, %s)",
            (records,),
        )
    person = app.principal("fuzz")
    answer = app.ask(person, "What was Yunzhou Commercial Bank's net profit margin in 2024?")
    for number in range(conversations):
        app.history.keep(person, "", 1, f"Question {number} about the margin", answer)
    with app.database.owner() as connection:
        connection.execute("ANALYZE")


@dataclass(frozen=True)
class Times:
    """Of one look at a page, in milliseconds: to the paint, to the first byte, of processors, waiting for rows, filling in templates."""

    paint: float
    answer: float
    processors: float
    statements: int
    rows: float
    template: float

    @property
    def rest(self) -> float:
        """Of the server's time what neither the database nor the template takes."""
        return self.answer - self.rows - self.template


Paints = dict[str, list[Times]]  # by page
Look = Callable[[str], Times]


class Meter:
    """The processor time of this process, which serves, of all that it started, and of its database, the meter's own left out; and how long
    statements and templates take.
    """

    def __init__(self, home: Path) -> None:
        files = list(home.rglob("postmaster.pid"))
        self._roots = [os.getpid(), *(int(one.read_text().split()[0]) for one in files)]
        self._own = self._before = 0.0
        self.statements, self.rows, self.template = 0, 0.0, 0.0
        psycopg.Connection.execute = self._timed(psycopg.Connection.execute, "rows")  # type: ignore[method-assign]
        jinja2.Template.render = self._timed(jinja2.Template.render, "template")  # type: ignore[method-assign]

    def _timed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                setattr(self, name, getattr(self, name) + 1000 * (time.perf_counter() - begun))
                self.statements += name == "rows"

        return timed

    def begin(self) -> None:
        self.statements, self.rows, self.template = 0, 0.0, 0.0
        self._before = self._milliseconds()

    def end(self, paint: float, answer: float) -> Times:
        return Times(paint, answer, self._milliseconds() - self._before, self.statements, self.rows, self.template)

    def _milliseconds(self) -> float:
        """Since each of them began."""
        begun = time.thread_time()
        parents: dict[int, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                if b"finfoundry.usecases.worker" not in (folder / "cmdline").read_bytes():
                    parents.setdefault(int(stat[1]), []).append(int(folder.name))
        left, found = list(self._roots), set()
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += parents.get(one, [])
        self._own += 1000 * (time.thread_time() - begun)
        return sum(_spent(one) for one in found) - self._own


def _spent(process: int) -> float:
    total = 0
    for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
        with suppress(OSError, ValueError):
            total += int(task.read_text().split()[0])
    return total / 1e6


def opened(tab: Page, url: str, key: str, meter: Meter) -> Look:
    """In a browser that has signed in: milliseconds to the first contentful paint, and of these to the first byte."""
    tab.look(width=1280, height=900)
    sign_in(tab, url, key)

    def paint(path: str) -> Times:
        meter.begin()
        tab.open(f"{url}{path}")
        tab.until("performance.getEntriesByName('first-contentful-paint').length")
        first = tab.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        return meter.end(float(first), float(tab.run("performance.getEntriesByType('navigation')[0].responseStart")))

    return paint


def answered(url: str, key: str, meter: Meter) -> Look:
    """Over HTTP: milliseconds until the whole page is there."""
    client = httpx.Client(base_url=url, headers={"Origin": url, "Accept": "text/html"}, timeout=120)
    assert client.post("/console/login", data={"key": key}).status_code == 303

    def ask(path: str) -> Times:
        meter.begin()
        begun = time.perf_counter()
        answer = client.get(path)
        taken = 1000 * (time.perf_counter() - begun)
        assert answer.status_code == 200, path
        return meter.end(taken, taken)

    return ask


def measured(look: Look, names: dict[str, str], rounds: int, only: str) -> Paints:
    """The times of every page, page by page in each round, the first round left out."""
    found: Paints = {path: [] for path in (BARE, *PAGES) if path == BARE or only in path}
    for number in range(rounds + 1):
        for path in found:
            times = look(f"/console/{path.format(**names)}")
            if number:
                found[path].append(times)
    return found


def sign_in(tab: Page, url: str, key: str) -> None:
    tab.open(f"{url}/console/login?lang=en")
    tab.run("document.querySelector('input[name=key]').focus()")
    tab.type(key)
    tab.key("Enter", 13)
    tab.until("location.pathname === '/console/ask' && document.readyState === 'complete'")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rounds", 20), ("documents", 2000), ("facts", 100_000), ("records", 50_000), ("conversations", 200)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", default="", help="only pages whose address holds this")
    parser.add_argument("--answers", action="store_true", help="how long the server takes to answer, without a browser")
    wanted = parser.parse_args()
    with server() as (url, key, app), nullcontext() if wanted.answers else browser() as tab:
        person = app.principal("fuzz")
        answer = app.ask(person, "What was Yunzhou Commercial Bank's net profit margin in 2024?")
        conversation, _ = app.history.keep(person, "", 1, "The margin", answer)
        (document,) = app.documents(app.administrator)
        names = {"document": document.id, "conversation": conversation}
        meter = Meter(app.settings.home)
        look = opened(tab, url, key, meter) if tab else answered(url, key, meter)
        before = measured(look, names, max(wanted.rounds // 4, 2), wanted.only)
        fill(app, wanted.documents, wanted.facts, wanted.records, wanted.conversations)
        after = measured(look, names, wanted.rounds, wanted.only)
    tell(before, after)


def tell(before: Paints, after: Paints) -> None:
    for path, times in after.items():
        paints = [one.paint for one in times]
        told = f"{statistics.median(paints):5.0f} ms, p95 {percentile(paints):5.0f} ms; first byte {middle(times, 'answer'):4.0f} ms"
        told += f"; of processors {middle(times, 'processors'):4.0f} ms"
        print(f"{told} (almost empty: {middle(before[path], 'paint'):4.0f} ms)  {path}")
        server = f"{middle(times, 'statements'):.0f} statements {middle(times, 'rows'):.0f} ms, template {middle(times, 'template'):.0f} ms"
        browser_alone = statistics.median(one.paint - one.answer for one in times)
        print(f"         {server}, rest of the server {middle(times, 'rest'):.0f} ms, browser {browser_alone:.0f} ms")
    counted = [one for path, times in after.items() if path != BARE for one in times]
    every, spent = [one.paint for one in counted], [one.processors for one in counted]
    print(f"all pages: p95 {percentile(every):.0f} ms (limit {LIMIT:.0f}); of processors p95 {percentile(spent):.0f} ms")
    print(f"load of the machine: {', '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()} cores")
    size = sum((STATIC / name).stat().st_size for name in ("console.css", "console.js", "ask.js", "papers.js", "mending.js"))
    print(f"scripts and styles: {size:,} bytes (limit {LARGEST:,})")
    raise SystemExit(percentile(every) > LIMIT or size > LARGEST)


def middle(times: Sequence[Times], name: str) -> float:
    """The median."""
    return float(statistics.median(getattr(one, name) for one in times))


def percentile(values: list[float]) -> float:
    """The 95th."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]
