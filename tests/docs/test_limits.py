"""docs/limits.md names every bound at which the code refuses, with its value of now."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from finfoundry.knowledge.bounds import KINDS
from finfoundry.runtime.settings import Settings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "finfoundry"
BOUND_SETTINGS = re.compile(r"max_|parse_|ask_|check_|address_|readers$|context$|question_characters$")
CONSTANT = re.compile(r"_?[A-Z][A-Z_]+")
OURS = (
    "evals.",
    "train.",
    "demo.",
    "operations.",
    "usecases.train_model",
    "usecases.light",
    "usecases.evaluation",
)  # tools of who runs the home
NO_BOUND = {
    "ask.plan.dimension.HUNDRED": "a percentage",
    "ask.plan.drawn_plan.MOST": "years of a plan that a model drew up: nobody gives them",
    "ask.context.timely.LEAST": "less is not worth a call of the model",
    "base.first_layers.gguf_decoder.LONGEST": "tokens that a layer must look back",
    "base.first_layers.gguf_decoder.WINDOW": "the name of a size",
    "base.pull.SLACK_BYTES": "room that a disk must have",
    "runtime.daemon.DEATHS_BEFORE_GIVING_UP": "of a process of ours",
    "runtime.migrate.LOWEST_SERVER": "a version",
    "runtime.migrate.LOWEST_VECTOR": "a version",
    "runtime.postgres.LONGEST_SOCKET_PATH": "of the kernel",
    "runtime.supervisor.LONGEST_SOCKET_PATH": "of the kernel",
    "machine.NEEDED_BYTES": "memory that a model needs",
    "usecases.release_model.UNLIKE": "a share of answers",
    "usecases.readers.reader_data.FEWEST": "labels that a collection must have",
    "specialists.market.market_data._WIDE": "a share",
    "specialists.market.market_data._MOSTLY_NUMBERS": "a share",
    "specialists.lifecycle.validate.LEAST_EVENTS": "the fewest events",
    "specialists.reports.bins_preview._LEAST": "the fewest events",
    "specialists.families.market_risk.market_comparison.LEAST": "the fewest days",
    "specialists.lifecycle.outcomes.LEAST": "the fewest outcomes",
    "specialists.market.portfolio.LEAST": "the fewest outcomes",
    "specialists.lifecycle.shadow.LEAST": "the fewest outcomes",
}


def rows() -> Iterator[list[str]]:
    for line in (ROOT / "docs" / "limits.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and not set(cells[0]) <= {"-"}:
            yield cells


def named() -> Iterator[tuple[str, str]]:
    """Each constant of the code, as module and name, with what its row says; "`.NAME`" is of the module named before it."""
    for _, bound, setting in rows():
        module = ""
        for name in re.findall(r"`([\w/.]+)`", setting):
            if name.startswith("FINFOUNDRY_"):
                continue
            before, _, last = name.rpartition(".")
            module = before.replace("/", ".") or module
            yield f"{module}.{last}", bound


def value_of(name: str) -> Any:
    """The constant, or the default of a class's field."""
    parts = name.split(".")
    at = next(at for at in range(len(parts), 0, -1) if (SOURCE / Path(*parts[:at])).with_suffix(".py").exists())
    found: Any = importlib.import_module(".".join(["finfoundry", *parts[:at]]))
    if len(parts) - at == 2:
        return getattr(found, parts[at]).__dataclass_fields__[parts[-1]].default
    return reduce(getattr, parts[at:], found)


def told(value: Any) -> set[str]:
    """How a page may print it."""
    if isinstance(value, timedelta):
        return {f"{value.days:,} days"}
    return {f"{value:,.10g}", f"{value / 1024:g} KiB", f"{value / 2**20:g} MiB", f"{value / 2**30:g} GiB"}


def refused() -> Iterator[str]:
    """Constants that something is compared with just before an error is raised."""
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if ".".join(parts).startswith(OURS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.If) and any(isinstance(one, ast.Raise) for line in node.body for one in ast.walk(line)):
                yield from (f"{'.'.join(parts)}.{name}" for name in _compared(node.test))


def _compared(test: ast.expr) -> Iterator[str]:
    for compare in (node for node in ast.walk(test) if isinstance(node, ast.Compare)):
        if any(isinstance(operator, ast.Gt | ast.GtE | ast.Lt | ast.LtE) for operator in compare.ops):
            yield from (one.id for one in ast.walk(compare) if isinstance(one, ast.Name) and CONSTANT.fullmatch(one.id))


def test_every_bound_that_the_code_refuses_at_is_listed() -> None:
    listed = {name for name, _ in named()}
    assert set(refused()) - listed - NO_BOUND.keys() == set()
    assert NO_BOUND.keys() <= set(refused()), "an exception that is none any more"


@pytest.mark.parametrize(("name", "bound"), sorted(set(named())))
def test_a_bound_is_listed_with_its_value(name: str, bound: str) -> None:
    words = {part.strip() for part in re.split(r"[;,](?=\s)|(?<=\d) a second| times the file|and ", bound)}
    value = value_of(name)
    assert told(value) & words or f"{value:g} s" in words, (bound, value)


def test_every_setting_of_a_bound_is_listed_with_its_default() -> None:
    listed = {name: bound for _, bound, setting in rows() for name in re.findall(r"FINFOUNDRY_(\w+)", setting)}
    wanted = {name: field for name, field in Settings.model_fields.items() if BOUND_SETTINGS.match(name)}
    assert {name.upper() for name in wanted} == listed.keys()
    assert {f"max_{kind}" for kind in KINDS} <= wanted.keys()
    for name, field in wanted.items():
        if field.default_factory is None:
            assert any(one in listed[name.upper()] for one in told(field.default)), name
