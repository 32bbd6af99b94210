"""A specialist in production: what came of its scores, and its back-test from that, of whichever family it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finfoundry.core.principal import Principal
from finfoundry.specialists.families.family import FamilyBackTest, FamilyComparison
from finfoundry.specialists.lifecycle.outcomes import Noted
from finfoundry.usecases.run_specialist import Desk


def note_file(desk: Desk, principal: Principal, name: str, path: Path) -> Noted:
    """Record outcomes from a file: id and event; of market risk the series as they are given for scoring. Raises as ``outcomes.note``."""
    made = desk.in_use(principal, name)
    return desk.families.of(made).note_file(principal, name, made, path)


def note_moves(desk: Desk, principal: Principal, name: str, rows: Sequence[Mapping[str, Any]]) -> Noted:
    """Record what the series of market risk did, from rows as they are given for scoring. Raises as ``market_outcomes.note_moves``."""
    made = desk.in_use(principal, name)
    return desk.families.of(made).note_rows(principal, name, made, rows)


def compare(desk: Desk, principal: Principal, name: str) -> FamilyComparison:
    """The latest challenger against the version in use, on what both scored and what came. Raises NotFound, InputError: too little."""
    made = desk.in_use(principal, name)
    return desk.families.of(made).compare(principal, name, made)


def back_test(desk: Desk, principal: Principal, name: str) -> FamilyBackTest:
    """The version in use against what came of its own recorded scores. Raises NotFound, InputError: too few outcomes."""
    made = desk.in_use(principal, name)
    return desk.families.of(made).back_test(principal, name, made)
