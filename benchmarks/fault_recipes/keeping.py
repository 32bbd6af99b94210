"""What is kept: papers that are deleted while they are read again, files gone from a folder, readings of two readers, torn lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from fault_recipes.book import Bench, Seen, Trial, fault
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.ingest_files import Ingested, IngestTarget, Intake
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.ingest.workers import ParseOutcome, Workers
from finfoundry.knowledge.shown.views import json_text
from finfoundry.knowledge.storage import readings


def _note(bank: str, figure: int) -> bytes:
    return f"# {bank}\n\nAnnual report 2024\n\n| In EUR million | 31 December 2024 |\n|---|---|\n| Total assets | {figure:,} |\n".encode()


def _wrong(*found: str | None) -> Seen:
    faults = [one for one in found if one]
    return Seen("silent", "; ".join(faults)) if faults else Seen("right")


class _Meanwhile:
    """Workers of ours, and what happens after they have read a file and before it is stored."""

    def __init__(self, pool: Workers, happens: Callable[[], object]) -> None:
        self._pool, self._happens = pool, happens

    def parse_all(self, files: Iterable[tuple[Path, bytes]]) -> Iterator[ParseOutcome]:
        for outcome in self._pool.parse_all(files):
            self._happens()
            yield outcome


def _reread(bench: Bench, name: str, data: bytes, pool: Workers, happens: Callable[[], object] = lambda: None) -> Ingested:
    place = IngestTarget(f"keeping-{name}", "general", again=True)
    return Intake(bench.app.store, _Meanwhile(pool, happens), ADMINISTRATOR, place).run_sent(name, data)


@fault("B056")
def deleted_while_read(bench: Bench) -> Iterator[Trial]:
    def deleted(name: str, data: bytes) -> Seen:
        store, pool = bench.app.store, Workers(processes=1)
        try:
            first = _reread(bench, name, data, pool)
            again = _reread(bench, name, data, pool, lambda: store.delete(ADMINISTRATOR, str(first.id)))
        finally:
            pool.close()
        there = [one.name for one in store.documents(ADMINISTRATOR, f"keeping-{name}")]
        return _wrong(
            f"{name} is listed again" if there else None, None if again.outcome == "dropped" else f"the reading ended as {again.outcome}"
        )

    yield Trial("literal, a note", lambda: deleted("one.md", _note("Orchard Bank", 1111)))
    table = b"<html><body><h1>Quay Bank</h1><table><tr><td></td><td>2024</td></tr><tr><td>Revenue</td><td>5</td></tr></table></body></html>"
    yield Trial("a web page", lambda: deleted("two.html", table))
    yield Trial("a table of values", lambda: deleted("three.csv", b"item,2024,2023\nRevenue,310,295\nCosts,201,190\n"))


@fault("B057")
def gone_from_a_folder(bench: Bench) -> Iterator[Trial]:
    def gone(name: str, change: Callable[[Path], object], wanted: str, *, remove: bool = False) -> Seen:
        folder = bench.folder / f"folder-{name}"
        folder.mkdir()
        for file, bank, figure in (("one.md", "Orchard Bank", 1111), ("two.md", "Quay Bank", 2222), ("three.md", "Mill Bank", 3333)):
            (folder / file).write_bytes(_note(bank, figure))
        collection = f"gone-{name}"
        bench.app.ingest(ADMINISTRATOR, [folder], collection=collection)
        change(folder)
        told = {
            Path(one.path).name: one.outcome
            for one in bench.app.ingest(ADMINISTRATOR, [folder], collection=collection, remove_missing=remove)
        }
        answer = bench.app.ask(ADMINISTRATOR, "What were Orchard Bank's total assets in 2024?", collection=collection)
        warned = answer.status != "answered" or any("gone" in warning for warning in answer.warnings)
        return _wrong(
            None if told.get("one.md") == wanted else f"one.md is told as {told.get('one.md')}",
            None if warned else f"answered unmarked: {answer.text}",
        )

    def literal(folder: Path) -> None:
        (folder / "one.md").unlink()
        (folder / "two.md").write_bytes(_note("Quay Bank", 2999))

    def more(folder: Path) -> None:
        (folder / "one.md").unlink()
        (folder / "four.md").write_bytes(_note("Fen Bank", 7))

    yield Trial("literal", lambda: gone("literal", literal, "gone"))
    yield Trial("the folder has another file", lambda: gone("more", more, "gone"))
    yield Trial("removed where wanted", lambda: gone("removed", lambda f: (f / "one.md").unlink(), "removed", remove=True))


@fault("B077")
def torn_lines(bench: Bench) -> Iterator[Trial]:
    def torn(sign: str) -> Seen:
        from finfoundry.server.service.events import event

        text = event("answer", {"text": f"café {sign} custody for 412 clients"})
        lines = [line for line in text.splitlines() if line]
        cell = parse(f"# Note\n\n| Item | 2024 |\n|---|---|\n| café{sign}custody | 412 |\n".encode(), "note.md")
        plain = json_text([fact.metric for fact in cell.facts], indent=None)
        return _wrong(
            None if len(lines) == 2 else f"an event of {len(lines)} lines", None if len(plain.splitlines()) == 1 else "facts are torn"
        )

    del bench
    for name, sign in (
        ("literal, U+0085", "\x85"),
        ("literal, U+2028", "\u2028"),
        ("U+2029", "\u2029"),
        ("form feed", "\x0c"),
        ("vertical tab", "\x0b"),
    ):
        yield Trial(name, lambda sign=sign: torn(sign))  # type: ignore[misc]


@fault("B110")
def two_readers(bench: Bench) -> Iterator[Trial]:
    """A paper read again whose facts came out otherwise: what changed is told by place."""
    from fault_recipes.tags import filing, tag

    rows = "<tr><td>(in millions)</td><td>2024</td></tr><tr><td>Deficit</td><td>({})</td></tr><tr><td>Revenue</td><td>{}</td></tr>"
    table = f"<table>{rows}</table>"

    def compared(name: str, data: bytes, change: Callable[[list], list]) -> Seen:  # type: ignore[type-arg]
        store = bench.app.store
        store.add(ADMINISTRATOR, parse(data, name), data, again=True)
        other = parse(data, name)
        wanted = len(other.facts)
        other.facts[:] = change(other.facts)
        added = store.add(ADMINISTRATOR, other, data, again=True)
        told = readings.diff(bench.app.database, ADMINISTRATOR, added.document_id)
        return _wrong(
            None if told.changes and wanted else "no difference is told",
            None if added.changed == len(told.changes) else "counted otherwise",
        )

    tagged = filing(table.format(tag("120", "RetainedEarningsAccumulatedDeficit", sign=True), tag("950", "Revenues")))
    line = b"<tr><td></td><td>2024</td></tr><tr><td>Revenue</td><td>5,100</td></tr>"
    plain = b"<html><body><h1>Orchard Bank plc</h1><p>EUR million</p><table>" + line + b"</table></body></html>"
    yield Trial(
        "literal, a value", lambda: compared("tagged.html", tagged, lambda facts: [replace(facts[0], value=-facts[0].value), *facts[1:]])
    )
    yield Trial("a fact less", lambda: compared("fewer.html", tagged, lambda facts: facts[1:]))
    yield Trial("another unit", lambda: compared("unit.html", plain, lambda facts: [replace(facts[0], unit="USD"), *facts[1:]]))
