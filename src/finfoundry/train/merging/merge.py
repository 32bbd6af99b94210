"""``finfoundry merge``: several tuned models of one base into one, in a folder that is exported and released as any other."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.data.learned_rows import FINGERPRINTS, learned_before
from finfoundry.train.export.manifest import MANIFEST, ModelManifest, check_base, read_manifest, write_manifest
from finfoundry.train.merging.algorithms import LINEAR, METHODS, Merging, Mix
from finfoundry.train.merging.changes import Changes, alpha_of, factored, read_changes, write_adapter, write_full
from finfoundry.train.recipe import NAME

LEARNED = "adapter"


@dataclass(frozen=True)
class MergeTask:
    """``folders`` are the parents', in the order that ``slerp`` and ``liti`` go by; ``rank`` is the result's, by default the first's."""

    name: str
    folders: tuple[Path, ...]
    method: Merging
    mix: Mix
    rank: int | None = None


@dataclass(frozen=True)
class MergedModel:
    """What ``finfoundry merge`` prints. ``kept``: the share of the merged change's squares that the rank holds; 1 of full weights."""

    name: str
    folder: str
    method: str
    parents: list[dict[str, Any]]
    rank: int | None
    kept: float


@dataclass(frozen=True)
class From:
    """Where the parents began: their changes are counted from it, and the result lies ``towards`` of the way to what is merged of them.
    ``learned``: the folder of learned weights; None where they began with the base.
    """

    learned: Path | None = None
    towards: float = 1.0


def merge(task: MergeTask, base: Base, out: Path, version: str, report: Report = silent, begun: From | None = None) -> MergedModel:
    """Raises InputError for parents not of one kind or broken, and for a folder in use; ModelError for one of another base; IntegrityError
    for one of which is not known what it learned.
    """
    _check_out(task, out)
    manifests = [read_manifest(folder) for folder in task.folders]
    for manifest in manifests:
        check_base(manifest, base)
    if unknown := [folder for folder in task.folders if not (folder / FINGERPRINTS).is_file()]:
        raise IntegrityError(f"{unknown[0]} has no {FINGERPRINTS}: what it learned is not known", remedy="Train that model again")
    kinds = {manifest.recipe["weights"] == "full" for manifest in manifests}
    if len(kinds) > 1:
        raise InputError("adapters and full weights are not merged with each other", remedy="Merge those of one kind")
    _check(task)
    full = kinds.pop()
    rank = None if full else task.rank or int(manifests[0].recipe["lora"]["rank"])
    kept = combine([folder / LEARNED for folder in task.folders], task, base, out / LEARNED, rank, report, begun or From())
    parents = [
        {"name": manifest.name, "path": folder.name, "sha256": path_digest(folder / LEARNED)}
        for manifest, folder in zip(manifests, task.folders, strict=True)
    ]
    write_manifest(out, _manifest(task, manifests, out, version, parents, rank))
    return MergedModel(task.name, str(out), task.method, parents, rank, round(kept, 6))


def _check_out(task: MergeTask, out: Path) -> None:
    if not re.fullmatch(NAME, task.name):
        raise InputError(f"{task.name!r} cannot be the name of a model", remedy="Give --name small letters, digits, . _ -")
    if out.resolve() in {folder.resolve() for folder in task.folders}:
        raise InputError(f"{out} is one of those that are merged", remedy="Give a new folder with --out")
    if out.exists() and any(out.iterdir()) and not ((out / MANIFEST).is_file() and read_manifest(out).merged):
        raise InputError(f"{out} holds other files", remedy="Give a new folder with --out")


def _check(task: MergeTask) -> None:
    least = 1 if task.method == "liti" else 2
    if len(task.folders) < least or len(task.mix.weights) != len(task.folders):
        raise InputError(
            f"{task.method} merges {least} models at least, each with a weight: {len(task.folders)} with {len(task.mix.weights)}",
            remedy="Name the folders of tuned models, and give no weight or one for each",
        )
    if task.method == "liti" and len(task.folders) > 2:
        raise InputError("liti goes from one model to another", remedy="Name the start and the tuned one; or the tuned one, from the base")
    if not all(0 < weight < math.inf for weight in task.mix.weights):
        raise InputError(f"the weights {task.mix.weights} are not all above 0", remedy="Leave out the model that shall not count")
    if task.method in ("slerp", "liti") and set(task.mix.weights) != {1}:
        raise InputError(f"{task.method} takes no weights", remedy="Leave out --weight; --share says how far it goes")
    by_share = task.method == "liti" or (task.method == "slerp" and len(task.folders) == 2)
    if not by_share and task.mix.share != Mix.share:
        raise InputError(
            f"{task.method} of {len(task.folders)} takes no share", remedy="Leave out --share; linear, ties and dare take --weight"
        )


def combine(parents: Sequence[Path], task: MergeTask, base: Base, out: Path, rank: int | None, report: Report, begun: From) -> float:
    """Merge folders of learned weights into another; returns the share of the change that is kept."""
    weights = {} if rank is not None else {name: tensor.detach() for name, tensor in base.model(torch.float32).named_parameters()}
    changes = [read_changes(folder, base, weights) for folder in parents]
    start = read_changes(begun.learned, base, weights) if begun.learned else None
    found = _merged(changes, task, report, start, begun.towards)
    if rank is None:
        write_full(parents[0], out, {name: weights[name] + change for name, change in found})
        return 1.0
    bound = sum(one.rank or 0 for one in (*changes, *([start] if start else []))) if task.method in LINEAR else None
    shares: list[tuple[float, float]] = []
    write_adapter(parents[0], out, _pairs(found, changes, rank, bound, shares), rank, base)
    total = sum(size for size, _ in shares)
    return sum(size * kept for size, kept in shares) / total if total else 1.0


def _pairs(
    found: Iterator[tuple[str, Tensor]], parents: Sequence[Changes], rank: int, bound: int | None, shares: list[tuple[float, float]]
) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Factors as long as the parents', so that who learns on from them goes as fast as who learns on from a parent."""
    for name, change in found:
        lengths = [length for one in parents if (length := one.length(name))]
        a, b, kept = factored(change, rank, bound, fmean(lengths or [1.0]))
        shares.append((float((change**2).sum()), kept))
        yield name, a, b


def _merged(
    parents: Sequence[Changes], task: MergeTask, report: Report, start: Changes | None, towards: float
) -> Iterator[tuple[str, Tensor]]:
    names = list(dict.fromkeys(name for one in parents for name in one.names))
    for place, name in enumerate(names):
        report(Progress(f"merge {task.name}", place + 1, len(names), "tensors", name))
        found = [one.of(name) for one in parents]
        like = next(change for change in found if change is not None)
        begun = start.of(name) if start else None
        begun = torch.zeros_like(like) if begun is None else begun
        changes = [torch.zeros_like(like) if change is None else change - begun for change in found]
        seed = int.from_bytes(hashlib.sha256(f"{task.mix.seed}/{name}".encode()).digest()[:7])
        merged = begun + towards * METHODS[task.method](changes, task.mix, torch.Generator().manual_seed(seed))
        if not bool(torch.isfinite(merged).all()):
            broken = [
                one.folder.parent.name for one, change in zip(parents, changes, strict=True) if not bool(torch.isfinite(change).all())
            ]
            raise InputError(f"{name} of {', '.join(broken) or task.name} holds what is no number", remedy="Train that model again")
        yield name, merged


def _manifest(
    task: MergeTask, parents: Sequence[ModelManifest], out: Path, version: str, told: list[dict[str, Any]], rank: int | None
) -> ModelManifest:
    """As the first parent's, with the rows of all."""
    first = parents[0]
    recipe = first.recipe | {"name": task.name, "purpose": f"{task.method} of {', '.join(one.name for one in parents)}"}
    if rank is not None:
        lora = first.recipe["lora"]
        rslora = bool(lora.get("rslora"))
        recipe["lora"] = lora | {
            "rank": rank,
            "alpha": lora["alpha"] * alpha_of(1, rank, rslora=rslora) / alpha_of(1, lora["rank"], rslora=rslora),
        }
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    merged = {
        "method": task.method,
        "weights": task.mix.weights,
        "density": task.mix.density,
        "share": task.mix.share,
        "seed": task.mix.seed,
    }
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(
        first, name=task.name, created=now, version=version, recipe=recipe, recipe_sha256=digest,
        data=first.data | {"fingerprints": _fingerprints(task.folders, out)}, steps=sum(one.steps for one in parents),
        tokens=sum(one.tokens for one in parents), metrics={}, forms={}, parents=told, merged=merged, front={},
    )  # fmt: skip


def _fingerprints(folders: Sequence[Path], out: Path) -> dict[str, str]:
    """Of the rows that any parent learned: a release holds them against its exam."""
    Fingerprints(learned_before(*folders)).write(out / FINGERPRINTS)
    return {"path": FINGERPRINTS, "sha256": hashlib.sha256((out / FINGERPRINTS).read_bytes()).hexdigest()}
