"""``finfoundry doctor --sealed``: what an auditor asks to see before believing that nothing leaves the building.

Four things: where the settings lead, which reporting of the libraries is switched off, which sockets the processes of this home hold at
this moment, and a drill: every feature once in a network namespace without a route, while the kernel counts what tries to leave.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import psycopg
from psycopg import conninfo
from pydantic import SecretStr

from finfoundry import __version__
from finfoundry.base.catalogue import models_folder
from finfoundry.core.display import Display, escaped
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.operations.drill import STEPS, Counted, DrillStep
from finfoundry.operations.namespace import ADDRESSES, Tried
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor

Where = Literal["this machine", "another machine"]
# What the libraries below would report on their own, and the variable that stops it. The package sets them before it loads any.
SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "onnxruntime: an id of the device and events of use",
    "HF_HUB_DISABLE_TELEMETRY": "huggingface_hub: library and version with each call",
    "DO_NOT_TRACK": "whatever follows the common sign",
}
STATES = {"01": "connected", "02": "connecting", "0A": "listening"}


@dataclass(frozen=True, slots=True)
class Lead:
    """A setting that names a place, without user and password."""

    setting: str
    host: str
    where: Where


@dataclass(frozen=True, slots=True)
class Switch:
    name: str
    of: str
    off: bool


@dataclass(frozen=True, slots=True)
class Socket:
    """A TCP or UDP socket that a process of the home holds."""

    process: str
    pid: int
    protocol: str
    state: str
    local: str
    remote: str
    where: Where


@dataclass(frozen=True, slots=True)
class Sealed:
    """``sealed``: no problem was found, and the drill was run. Unix sockets, which cannot leave the machine, are not listed."""

    sealed: bool
    at: str
    version: str
    machine: str
    leads: list[Lead]
    switches: list[Switch]
    processes: int
    sockets: list[Socket]
    steps: list[DrillStep]
    counted: Counted | None
    problems: list[str]

    def show_on(self, display: Display) -> None:
        display.wrapped(f"finfoundry {self.version} on {escaped(self.machine)}, {self.at}\n")
        display.wrapped(
            "[bold]Where settings lead[/]" + ("" if self.leads else ": nowhere; database, model and embedder are processes of this machine")
        )
        for lead in self.leads:
            display.wrapped(f"  {lead.setting}: {escaped(lead.host)} ({lead.where})")
        display.wrapped("[bold]Reporting by libraries[/]")
        for switch in self.switches:
            display.line(f"  {switch.name} {'off' if switch.off else '[red]NOT SET[/]'}  [dim]{escaped(switch.of)}[/]")
        display.wrapped(f"[bold]Network sockets of the {self.processes} processes of this home[/]" + ("" if self.sockets else ": none"))
        for one in self.sockets:
            display.line(f"  {one.process} {one.pid}: {one.protocol} {one.state} {one.local} ← {one.remote} ({one.where})")
        display.wrapped("[bold]Every feature once, in a network namespace without a route[/]")
        for step in self.steps:
            told = {True: "[green]done[/]", False: "[red]failed[/]", None: "[yellow]not run[/]"}[step.ok]
            display.line(f"  {told}  {escaped(step.name)}  {step.seconds} s  [dim]{escaped(step.detail)}[/]")
        if counted := self.counted:
            display.wrapped(f"  interfaces: {', '.join(counted.interfaces)}; routes beyond loopback: {counted.routes}")
            display.wrapped(f"  the kernel counted {counted.tried.without_route} attempts to leave and {counted.tried.datagrams} datagrams")
            display.wrapped(f"  control: of {len(ADDRESSES)} attempts made on purpose afterwards it counted {counted.control}")
        for problem in self.problems:
            display.line(f"[red]![/] {escaped(problem)}")
        display.wrapped("[bold green]sealed[/]" if self.sealed else "[bold red]not shown to be sealed[/]")


def examine(settings: Settings, report: Report = silent) -> Sealed:
    """Look, and run the drill. Changes nothing in the home."""
    leads, switches = list(places(settings)), [Switch(name, of, os.environ.get(name) == "1") for name, of in SWITCHES.items()]
    processes = family(settings.home)
    sockets = [found for pid, name in processes.items() for found in sockets_of(pid, name)]
    problems = [f"The setting {one.setting} leads to {one.host}, another machine" for one in leads if one.where == "another machine"]
    problems += [f"{one.name} is not set: {one.of}" for one in switches if not one.off]
    problems += [
        f"The process {one.process} ({one.pid}) is {one.state} with {one.remote}" for one in sockets if one.where == "another machine"
    ]
    steps, counted = run_drill(settings, problems, report)
    problems += [f"In the drill, {one.name} failed: {one.detail}" for one in steps if one.ok is False]
    problems += judge(counted)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Sealed(not problems, now, __version__, socket.gethostname(), leads, switches, len(processes), sockets, steps, counted, problems)


def places(settings: Settings) -> Iterator[Lead]:
    """Settings, and variables of libraries, that hold a URL or the DSN of a database."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if name == "database" and text:
            yield from database_places(str(text))
        elif isinstance(text, str) and "://" in text:
            host = urlsplit(text).hostname or ""
            yield Lead(name, host, where(host))
    for name, text in os.environ.items():
        if name.startswith("OTEL_EXPORTER_") and "://" in text:
            host = urlsplit(text).hostname or ""
            yield Lead(name, host, where(host))


def database_places(dsn: str) -> Iterator[Lead]:
    """The hosts of a DSN, each with the machine that it is on; a socket's folder is this machine."""
    try:
        hosts = str(conninfo.conninfo_to_dict(dsn).get("host") or "localhost")
    except psycopg.ProgrammingError:
        hosts = "a DSN that cannot be read"
    for host in hosts.split(","):
        yield Lead("database", host, "this machine" if host.startswith(("/", "@")) else where(host))


def where(host: str) -> Where:
    """On which machine a host is, by its name or address alone: a name server is not asked."""
    try:
        local = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        local = host in ("localhost", "ip6-localhost")
    return "this machine" if local else "another machine"


def family(home: Path) -> dict[int, str]:
    """The processes of a home, with all that they have started, by their number."""
    named = {status.pid: status.name for status in Supervisor(home).status() if status.pid}
    if not named:
        return {}
    parents = {int(path.name): parent for path in Path("/proc").glob("[0-9]*") if (parent := parent_of(path)) is not None}
    supervisor = parents.get(next(iter(named)))
    if supervisor and supervisor > 1:
        named[supervisor] = "supervisor"
    grown = True
    while grown:
        children = {pid: named[parent] for pid, parent in parents.items() if parent in named and pid not in named}
        named |= children
        grown = bool(children)
    return named


def parent_of(process: Path) -> int | None:
    """None for a process that ended meanwhile, or that is not ours to see."""
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def sockets_of(pid: int, name: str) -> Iterator[Socket]:
    """The TCP and UDP sockets that a process holds, from ``/proc``; none for one that ended."""
    try:
        held = {link[8:-1] for path in list(Path(f"/proc/{pid}/fd").iterdir()) if (link := link_of(path)).startswith("socket:[")}
        tables = {protocol: Path(f"/proc/{pid}/net/{protocol}").read_text() for protocol in ("tcp", "tcp6", "udp", "udp6")}
    except OSError:
        return  # it ended
    for protocol, table in tables.items():
        for line in table.splitlines()[1:]:
            columns = line.split()
            if columns[9] in held:
                local, remote = address(columns[1]), address(columns[2])
                outside = not ipaddress.ip_address(remote.rsplit(":", 1)[0].strip("[]")).is_loopback and not remote.endswith(":0")
                state = STATES.get(columns[3], "closing") if protocol.startswith("tcp") else "bound"
                yield Socket(name, pid, protocol, state, local, remote, "another machine" if outside else "this machine")


def link_of(path: Path) -> str:
    """The target of a link in ``/proc``; empty where it was closed meanwhile."""
    try:
        return str(path.readlink())
    except OSError:
        return ""


def address(text: str) -> str:
    """``0100007F:1F90`` of the kernel's tables as ``127.0.0.1:8080``. Each group of four bytes is in the order of the machine."""
    digits, port = text.split(":")
    raw = b"".join(bytes.fromhex(digits[place : place + 8])[::-1] for place in range(0, len(digits), 8))
    found = ipaddress.ip_address(raw)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    shown = f"[{found}]" if found.version == 6 else str(found)
    return f"{shown}:{int(port, 16)}"


def run_drill(settings: Settings, problems: list[str], report: Report) -> tuple[list[DrillStep], Counted | None]:
    """The steps as they come. What keeps the drill from running is a problem: without it nothing is shown."""
    argv = [sys.executable, "-m", "finfoundry.operations.drill", str(models_folder(settings))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FINFOUNDRY_")}
    steps: list[DrillStep] = []
    counted = None
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as drill:  # noqa: S603
        assert drill.stdout is not None  # noqa: S101  a pipe was asked for
        assert drill.stderr is not None  # noqa: S101
        for line in drill.stdout:
            event = json.loads(line)
            if "tried" in event:
                counted = Counted(**{**event, "tried": Tried(**event["tried"])})
            else:
                steps.append(DrillStep(**event))
                report(Progress("drill", len(steps), len(STEPS), "steps"))
        said = drill.stderr.read().strip().splitlines()
    if counted is None:
        problems.append(f"The drill did not run to its end: {said[-1] if said else 'no reason given'}")
    return steps, counted


def judge(counted: Counted | None) -> Iterator[str]:
    """What the kernel's counters say against it."""
    if counted is None:
        return
    if counted.interfaces != ["lo"] or counted.routes:
        yield f"The drill was not alone: interfaces {', '.join(counted.interfaces)}, {counted.routes} routes"
    if counted.tried.without_route:
        yield f"In the drill, {counted.tried.without_route} attempts to leave the machine were counted"
    if counted.tried.datagrams:
        yield f"In the drill, {counted.tried.datagrams} datagrams were sent, such as questions to a name server"
    if counted.control < 1:
        yield "The control attempts were not counted, so the count proves nothing"
