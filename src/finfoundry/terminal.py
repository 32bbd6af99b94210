"""How results look on a terminal. ``print_value`` chooses by the value's type; anything unknown prints as a table of its fields."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import singledispatch
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Column, Table

from finfoundry.ask.views import FactView, HitView, ParseView, json_text
from finfoundry.binding.verify import Report
from finfoundry.core.answer import Answer, Citation, Figure
from finfoundry.core.document import Certificate
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.progress import Progress, silent
from finfoundry.core.progress import Report as ReportProgress
from finfoundry.governance.replay import ReplayReport
from finfoundry.governance.seal import Verification
from finfoundry.governance.trail import Listed
from finfoundry.knowledge.ingest.ingest_files import Ingested
from finfoundry.knowledge.storage.store import StoredDocument
from finfoundry.machine import ModelRow
from finfoundry.operations.contract import Contract
from finfoundry.operations.namespace import ADDRESSES
from finfoundry.operations.sealed import Sealed

SIZES = ("bytes", "_free")  # how fields that count bytes are called
MOMENTS = ("since",)  # how fields that hold seconds since the epoch are called
LARGE = 1_000_000
NAME = 60  # columns that a name may take beside others
PIPED = 160  # columns where no terminal says how many it has
out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)
err = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    sys.stdout.write(json_text(value) + "\n")


def print_error(error: FinfoundryError, *, as_json: bool) -> None:
    """To standard error: what happened and the remedy."""
    if as_json:
        sys.stderr.write(json_text({"error": {"type": type(error).__name__, "message": error.message, "remedy": error.remedy}}) + "\n")
    else:
        err.print(f"[bold red]{type(error).__name__}[/]: {escape(error.message)}", soft_wrap=True)
        if error.remedy:
            err.print(f"  → {escape(error.remedy)}", soft_wrap=True)


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[ReportProgress]:
    """A bar a task on standard error; nothing when quiet or when nobody watches."""
    if quiet or not err.is_terminal:
        yield silent
        return
    with Bars(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn(), console=err
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: Progress) -> None:
            if step.task not in tasks:
                tasks[step.task] = bars.add_task(escape(step.task), total=step.total, count="")
            count = f"{amount(step.done, step.unit)}/{amount(step.total, step.unit)}" if step.total else amount(step.done, step.unit)
            bars.update(tasks[step.task], completed=step.done, total=step.total, count=f"{count} {escape(step.detail)}".strip())

        yield report


def size(number: Any) -> str:
    return f"{number / 1e9:,.2f} GB" if isinstance(number, int) and number >= LARGE else shown(number)


def amount(number: int, unit: str) -> str:
    return f"{number / 1e6:,.0f} MB" if unit == "bytes" else f"{number:,} {unit}".strip()


@singledispatch
def print_value(value: Any) -> None:
    if dataclasses.is_dataclass(value):
        print_value({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    else:
        out.print(escape(str(value)))


@print_value.register
def _(value: dict) -> None:  # type: ignore[type-arg]
    """What is one value stands in one table; what has parts of its own follows under its name."""
    parts = {key: item for key, item in value.items() if _has_parts(item)}
    table = Table(Column(), Column(overflow="fold"), show_header=False, box=None)
    for key, item in value.items():
        if key not in parts:
            table.add_row(f"[bold]{escape(str(key))}[/]", escape(size(item) if str(key).endswith(SIZES) else shown(item)))
    out.print(table)
    for key, item in parts.items():
        if not isinstance(item, Certificate):
            out.print(f"\n[bold]{escape(str(key))}[/]")
        print_value(item)


def _has_parts(item: Any) -> bool:
    return dataclasses.is_dataclass(item) or (isinstance(item, list) and bool(item) and dataclasses.is_dataclass(item[0]))


@print_value.register
def _(rows: list) -> None:  # type: ignore[type-arg]
    if not rows:
        out.print("[dim]nothing[/]")
    elif isinstance(rows[0], HitView | Ingested):
        for row in rows:
            print_value(row)
    elif isinstance(rows[0], FactView):
        print_facts(rows)
    elif dataclasses.is_dataclass(rows[0]):
        print_rows(COLUMNS.get(type(rows[0]), _filled(rows)), rows)
    else:
        for row in rows:
            out.print(escape(shown(row)))


# what a person looks for; --json has the rest
COLUMNS: dict[type, list[str]] = {
    StoredDocument: ["id", "name", "collection", "label", "entity", "fiscal_year", "pages", "score", "mark"],
    ModelRow: ["name", "purpose", "size", "languages", "licence", "here"],
    Listed: ["id", "at", "user", "action", "target"],
}


def _filled(rows: Sequence[Any]) -> list[str]:
    """The fields that some row has a plain value in; a count of 0 and a "no" are values."""
    names = (field.name for field in dataclasses.fields(rows[0]))
    return [
        name for name in names if any(shown(getattr(row, name)) not in ("", "-") and not _has_parts(getattr(row, name)) for row in rows)
    ]


def print_rows(names: Sequence[str], rows: Sequence[Any]) -> None:
    table = Table(
        *(Column(name.replace("_", " "), no_wrap=name in ("id", "name"), max_width=NAME if name == "name" else None) for name in names)
    )
    for row in rows:
        table.add_row(*(escape(moment(getattr(row, name)) if name in MOMENTS else shown(getattr(row, name))) for name in names))
    out.print(table)


def moment(seconds: float) -> str:
    """A moment in the time of the machine's place."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < LARGE else f"{value:.3g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "-"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(item) for item in value)
    return str(value)


def print_facts(facts: Sequence[FactView]) -> None:
    table = Table("entity", "metric", "period", "value", "unit", "scope", "page", "document")
    for fact in facts:
        dimensions = "".join(f" [{value}]" for value in fact.dimensions.values())
        where = fact.document.name if fact.document else "-"
        cells = [
            fact.entity or "-",
            " › ".join(fact.metric) + dimensions,
            fact.period,
            fact.value,
            fact.unit or "-",
            fact.scope,
            str(fact.page),
            where,
        ]
        table.add_row(*map(escape, cells))
    out.print(table)


@print_value.register
def _(result: Ingested) -> None:
    if result.error:
        out.print(f"[red]failed[/]  {escape(result.path)}: {escape(result.error)}", soft_wrap=True)
        out.print(f"        → {escape(result.remedy or '')}", soft_wrap=True)
        return
    if result.outcome == "unpacked":
        out.print(f"[green]unpacked[/]  {escape(result.path)}: {len(result.inside)} files", soft_wrap=True)
        print_value(list(result.inside))
        return
    told = f"{result.pages} pages, {result.facts:,} facts, {result.seconds:.1f} s" if result.seconds else f"{result.pages} pages"
    replaced = f"; replaces {', '.join(result.superseded)}" if result.superseded else ""
    mark = f"  [yellow]! {escape(result.mark)}[/]" if result.mark else ""
    out.print(f"[green]{result.outcome}[/]  {result.id}  {escape(result.path)}: {told}{replaced}{mark}", soft_wrap=True)
    for part in result.inside:
        print_value(part)


@print_value.register
def _(replay: ReplayReport) -> None:
    for check in replay.checks:
        colour = {"agrees": "green", "differs": "red"}.get(check.outcome, "yellow")
        out.print(f"[{colour}]{check.outcome}[/]  {escape(check.what)}  [dim]{escape(check.detail)}[/]", soft_wrap=True)
    for call in replay.calls:
        told = "identical" if call.identical else f"the same for {call.same} of {call.length} characters"
        out.print(f"call of {escape(call.recorded_model)} made again with {escape(call.model)}: {told}")
    erased = f", {replay.erased} steps are erased" if replay.erased else ""
    out.print(f"record {replay.record}: {'agrees' if replay.ok else 'DIFFERS'}{erased}")


@print_value.register
def _(contract: Contract) -> None:
    out.print(f"{escape(contract.server)}, database {escape(contract.database)}", soft_wrap=True)
    colours = {"ok": "green", "missing": "red"}
    for one in contract.points:
        colour = colours.get(one.verdict, "yellow")
        out.print(f"[{colour}]{one.verdict:8}[/] {escape(one.name)}  [dim]{escape(one.needed_for)}[/]", soft_wrap=True)
        if one.detail:
            out.print(f"           {escape(one.detail)}", soft_wrap=True)
    out.print("[bold green]fits[/]" if contract.fits else "[bold red]does not fit[/]")


@print_value.register
def _(found: Sealed) -> None:
    out.print(f"finfoundry {found.version} on {escape(found.machine)}, {found.at}\n")
    out.print(
        "[bold]Where settings lead[/]" + ("" if found.leads else ": nowhere; database, model and embedder are processes of this machine")
    )
    for lead in found.leads:
        out.print(f"  {lead.setting}: {escape(lead.host)} ({lead.where})")
    out.print("[bold]Reporting by libraries[/]")
    for switch in found.switches:
        out.print(f"  {switch.name} {'off' if switch.off else '[red]NOT SET[/]'}  [dim]{escape(switch.of)}[/]", soft_wrap=True)
    out.print(f"[bold]Network sockets of the {found.processes} processes of this home[/]" + ("" if found.sockets else ": none"))
    for one in found.sockets:
        out.print(f"  {one.process} {one.pid}: {one.protocol} {one.state} {one.local} ← {one.remote} ({one.where})", soft_wrap=True)
    out.print("[bold]Every feature once, in a network namespace without a route[/]")
    for step in found.steps:
        told = {True: "[green]done[/]", False: "[red]failed[/]", None: "[yellow]not run[/]"}[step.ok]
        out.print(f"  {told}  {escape(step.name)}  {step.seconds} s  [dim]{escape(step.detail)}[/]", soft_wrap=True)
    if counted := found.counted:
        out.print(f"  interfaces: {', '.join(counted.interfaces)}; routes beyond loopback: {counted.routes}")
        out.print(f"  the kernel counted {counted.tried.without_route} attempts to leave and {counted.tried.datagrams} datagrams")
        out.print(f"  control: of {len(ADDRESSES)} attempts made on purpose afterwards it counted {counted.control}")
    for problem in found.problems:
        out.print(f"[red]![/] {escape(problem)}", soft_wrap=True)
    out.print("[bold green]sealed[/]" if found.sealed else "[bold red]not shown to be sealed[/]")


@print_value.register
def _(found: Verification) -> None:
    out.print(f"[bold {'green' if found.ok else 'red'}]{'the chain holds' if found.ok else 'THE CHAIN DOES NOT HOLD'}[/]", end="  ")
    out.print(f"{found.records} records, {found.sealed} sealed, {found.unsealed} waiting, {found.erased} steps erased")
    for problem in found.problems:
        where = " ".join(filter(None, (str(problem.sequence or ""), problem.record)))
        out.print(f"  [red]{escape(problem.message)}[/] {where}", soft_wrap=True)
    if found.head:
        out.print(f"  receipt (keep it elsewhere): {escape(found.head)}", soft_wrap=True)


@print_value.register
def _(report: Report) -> None:
    for figure in report.figures:
        nearest = f", nearest {figure.nearest.text}" if figure.nearest else ""
        told = "[green]bound[/]" if figure.bound else f"[red]not bound[/] ({escape(str(figure.reason))}{escape(nearest)})"
        out.print(f"{told}  {escape(figure.text)}", soft_wrap=True)
        if figure.figure:
            print_figure(figure.figure, 1)
    out.print(f"{report.bound} bound, {report.unbound} not")


@print_value.register
def _(hit: HitView) -> None:
    out.print(f"[bold]{escape(hit.document.name)}[/] p. {hit.page}  [dim]{hit.score:.4f}  {escape(' › '.join(hit.section))}[/]")
    out.print("  " + escape(" ".join(hit.text.split())[:300]))


@print_value.register
def _(view: ParseView) -> None:
    for page in view.pages:
        kinds = [block.kind for block in page.blocks]
        out.print(f"page {page.number} ({page.source}): " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)))
    print_facts(view.facts[:200])
    if len(view.facts) > 200:
        out.print(f"[dim]… {len(view.facts) - 200:,} more facts: use --json[/]")
    print_value(view.certificate)
    for one in view.inside:
        out.print(f"\n[bold]{escape(one.name)}[/]")
        print_value(one)


@print_value.register
def _(certificate: Certificate) -> None:
    c = certificate
    lines = [
        f"pages {c.pages}   characters {c.characters:,}   tables {c.tables}   cells {c.cells:,}",
        f"numbers {c.numbers:,}, in tables {c.numbers_in_tables:,}, with row and period {c.numbers_in_facts:,}   facts {c.facts:,}",
        f"identities held {sum(i.held for i in c.identities)} of {len(c.identities)}   score {c.score:.2f}"
        + (f"   MARK: {c.mark}" if c.mark else ""),
    ]
    lines += [f"scale and currency: {text}" for text in sorted({f"{t.scale or '?'} {t.currency or '?'}" for t in c.table_reports})][:8]
    lines += [f"page {page} was read by OCR, confidence {value:.2f}" for page, value in c.pages_read_by_ocr.items()]
    lines += [f"page {page} has no text" for page in c.pages_without_text]
    lines += [
        f"broken: {i.name} ({i.period}, page {i.page}): {i.left:,} against {i.right:,} {i.detail}" for i in c.identities if not i.held
    ]
    lines += [f"conflict: {text}" for text in c.conflicts[:20]] + [f"lost: {text}" for text in c.losses[:20]]
    out.print(Panel(escape("\n".join(lines)), title="ingestion certificate", expand=False))


COLOURS = {
    "answered": "green",
    "clarify": "yellow",
    "withheld": "yellow",
    "no_evidence": "yellow",
    "not_permitted": "red",
    "refused": "red",
}


@print_value.register
def _(answer: Answer) -> None:
    out.print(f"[bold {COLOURS[answer.status]}]{answer.status}[/]  {escape(answer.text)}", soft_wrap=True)
    for option in answer.options:
        out.print(f"  ? {escape(option)}")
    for figure in answer.figures:
        print_figure(figure, 1)
    for citation in answer.citations:
        out.print(f"  [cyan]\\[{citation.marker}][/] {_quoted(citation)}", soft_wrap=True)
    for citation in answer.nearest:
        out.print(f"  [dim]≈[/] {_quoted(citation)}", soft_wrap=True)
    for warning in answer.warnings:
        out.print(f"  [yellow]! {escape(warning)}[/]", soft_wrap=True)
    if answer.disclosure:
        out.print(f"  {escape(answer.disclosure.text)}", soft_wrap=True)
    times = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in answer.timings.items())
    out.print(f"  [dim]{escape(times)}  audit {answer.audit_id or '-'}[/]", soft_wrap=True)


def _quoted(citation: Citation) -> str:
    place = f"box {tuple(map(round, citation.box))}" if citation.box else str(citation.locator or "")
    quote = " ".join(citation.quote.split())[:120]
    return escape(f"{citation.document.name} p. {citation.page} {place}: “{quote}”")


def print_figure(figure: Figure, depth: int) -> None:
    reference = figure.reference
    called = f"{reference.field} by {reference.model}, record {reference.record}" if reference.model else ""
    origin = reference.expression or reference.text or reference.metric or called
    value = f"{figure.value} {figure.unit or ''}".strip()
    out.print(
        "  " * depth + f"[dim]{escape(figure.text)} = {value} ({figure.period or '-'}) ← {figure.source}: {escape(origin)}[/]",
        soft_wrap=True,
    )
    for operand in (reference.operands or {}).values():
        print_figure(operand, depth + 1)
