"""The gate chooses a point of WARP's front: of those that earn more than their start, the best one that loses nothing in the exam.

Points are asked in the order of what they earn, each in the form in which it would serve, against what serves now; the first that passes
is the best that passes, and those behind it are not asked. Which were refused before it stands in the manifest of the one chosen, and so in
its release: each further point is a further chance to pass by luck.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.release.candidate import Candidate, compared, tuned
from finfoundry.release.register import Release
from finfoundry.runtime.path_digest import path_digest
from finfoundry.usecases.release_model import ReleaseDesk

FRONT, CHOICE = "warp.json", "choice.json"  # in WARP's folder: its front, and what the gate made of it
FAMILY = "warp"  # the baselines beside it are not proposed
Exporting = Callable[[Path, str], object]  # writes a form of a tuned model that is not there yet


@dataclass(frozen=True, slots=True)
class PointAsked:
    """A point of the front, and what became of it. ``release``: its proposal, with all evidence; None where it was not asked."""

    share: float
    folder: str
    reward: float
    divergence: float
    forgotten: float
    release: int | None
    passed: bool
    why: list[str]  # it was refused, or not asked


@dataclass(frozen=True, slots=True)
class PointChoice:
    """What ``finfoundry release choose`` prints. ``chosen``: the share of the point that may be promoted, ``release`` its proposal;
    both are None where none passed: then the start remains, whose ``folder`` is "" where it is the base.
    """

    name: str
    form: str
    front: str  # SHA-256 of the front
    exam: int | None
    chosen: float | None
    release: int | None
    folder: str
    start_reward: float
    points: list[PointAsked]
    why: str


def choose(desk: ReleaseDesk, principal: Principal, folder: Path, form: str, why: str, export: Exporting) -> PointChoice:
    """Propose points of the front in ``folder`` until one passes. A point that was proposed before, on the same exam and against what still
    serves, is not asked again: what was stopped goes on.

    Raises InputError for a folder without a front, and what exporting and ``ReleaseDesk.propose`` raise.
    """
    front = _front(folder)
    start, points = front["start"], [one for one in front["points"] if one["family"] == FAMILY]
    told = {"warp": front["name"], "sha256": path_digest(folder / FRONT), "start_reward": start["reward"]}
    asked, chosen, release = list[PointAsked](), None, None
    for point in sorted(points, key=lambda one: (-one["reward"], one["divergence"])):
        found = _asked(folder, point)
        if chosen is not None:
            found = replace(found, why=["a point that earns no less passed"])
        elif found.reward <= start["reward"]:
            found = replace(found, why=["it earns no more than the start"])
        else:
            refused = [{"share": one.share, "release": one.release, "why": one.why} for one in asked]
            candidate = _candidate(found, form, export, told | {"point": _earned(found), "refused_before": refused})
            release = _proposed_before(desk, principal, candidate) or desk.propose(principal, candidate, why)
            found = replace(found, release=release.id, passed=release.passed, why=list(release.refusals))
            chosen = found if release.passed else None
        asked.append(found)
    made = PointChoice(
        name=front["name"],
        form=form,
        front=told["sha256"],
        exam=release.exam if release else None,
        chosen=chosen.share if chosen else None,
        release=chosen.release if chosen else None,
        folder=chosen.folder if chosen else start["folder"],
        start_reward=start["reward"],
        points=asked,
        why=_reason(asked, chosen),
    )
    _keep(folder, made)
    return made


def _front(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / FRONT).read_text("utf-8"))
        if any(one["family"] == FAMILY for one in found["points"]):
            return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} holds no front of WARP ({error!r})", remedy="Give the folder of `finfoundry warp --out`") from error
    raise InputError(f"the front in {folder} has no point of WARP yet", remedy="Run the same `finfoundry warp` again: it goes on")


def _asked(folder: Path, point: dict[str, Any]) -> PointAsked:
    """Where it lies below WARP's folder, which may have moved since."""
    share = float(point["share"])
    place = str(folder / FAMILY / f"point-{share:.2f}")
    return PointAsked(share, place, point["reward"], point["divergence"], point["forgotten"], None, passed=False, why=[])


def _earned(point: PointAsked) -> dict[str, float]:
    return {name: getattr(point, name) for name in ("share", "reward", "divergence", "forgotten")}


def _candidate(point: PointAsked, form: str, export: Exporting, front: dict[str, Any]) -> Candidate:
    """The point in a form, its manifest naming the front."""
    from finfoundry.train.export.manifest import read_manifest, write_manifest  # the extra ``train``

    folder = Path(point.folder)
    if form not in read_manifest(folder).forms:
        export(folder, form)
    write_manifest(folder, replace(read_manifest(folder), front=front))
    return tuned(folder, form)


def _proposed_before(desk: ReleaseDesk, principal: Principal, candidate: Candidate) -> Release | None:
    """The latest proposal of the same file on the exam in force, against what still serves."""
    exam, now = desk.register.exam(candidate.slot, principal), desk.register.serving()
    against = {slot: release.id for slot, release in now.items() if slot in compared(candidate.slot)}
    return next(
        (
            one
            for one in desk.register.releases()
            if (one.slot, one.form, one.sha256, one.exam, one.against)
            == (candidate.slot, candidate.form, candidate.sha256, exam.id, against)
        ),
        None,
    )


def _reason(asked: list[PointAsked], chosen: PointAsked | None) -> str:
    proposed = sum(one.release is not None for one in asked)
    if chosen is None:
        return f"none of {len(asked)} points may be promoted, {proposed} were asked: the start remains"
    gain = f"it earns {chosen.reward:.3f}, divergence {chosen.divergence:.3f}"
    return f"point {chosen.share:.2f} passed, after {proposed - 1} that earn more or as much were refused: {gain}"


def _keep(folder: Path, made: PointChoice) -> None:
    partial = folder / f".{CHOICE}.part"
    partial.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), "utf-8")
    partial.replace(folder / CHOICE)
