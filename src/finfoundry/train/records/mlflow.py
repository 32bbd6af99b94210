"""A run as MLflow keeps it in files (``mlruns``), written without MLflow: a folder an experiment, a folder a run, a file a curve.

A line of a metric is ``milliseconds value step``; ``meta.yaml`` names experiment and run (mlflow/store/tracking/file_store.py).
``mlflow ui --backend-store-uri DIR/mlruns`` shows it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

FOLDER, EXPERIMENT = "mlruns", "1"
FINISHED, RUNNING = 3, 1  # of mlflow's RunStatus


def write_run(
    folder: Path, name: str, params: Mapping[str, object], scalars: Iterable[tuple[str, int, float, float]], *, began: float, ended: bool
) -> Path:
    """Write a run with its parameters and curves, each value (tag, step, value, seconds since it ``began``); that one is since the epoch.

    The run's folder, which bears a digest of its name, is replaced as a whole. Returns it.
    """
    store = folder / FOLDER
    identity = hashlib.sha256(name.encode()).hexdigest()[:32]
    target, partial = store / EXPERIMENT / identity, store / EXPERIMENT / f".{identity}.part"
    shutil.rmtree(partial, ignore_errors=True)
    for part in ("metrics", "params", "tags", "artifacts"):
        (partial / part).mkdir(parents=True)
    curves: dict[str, list[str]] = defaultdict(list)
    last = 0.0
    for tag, step, value, seconds in scalars:
        curves[tag].append(f"{round((began + seconds) * 1000)} {value!r} {step}\n")
        last = max(last, seconds)
    for tag, lines in curves.items():
        path = partial / "metrics" / tag
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(lines), "utf-8")
    for key, text in params.items():
        (partial / "params" / key).write_text(str(text), "utf-8")
    (partial / "tags" / "mlflow.runName").write_text(name, "utf-8")
    _describe(store / EXPERIMENT, {"experiment_id": EXPERIMENT, "name": "finfoundry", "lifecycle_stage": "active"}, store / EXPERIMENT)
    told = {
        "run_id": identity, "run_uuid": identity, "run_name": name, "experiment_id": EXPERIMENT, "user_id": "", "entry_point_name": "",
        "source_name": "", "source_type": 4, "source_version": "", "tags": [], "lifecycle_stage": "active",
        "status": FINISHED if ended else RUNNING, "start_time": round(began * 1000),
        "end_time": round((began + last) * 1000) if ended else None,
    }  # fmt: skip
    _describe(partial, told, target / "artifacts")
    shutil.rmtree(target, ignore_errors=True)
    return partial.rename(target)


def _describe(folder: Path, told: Mapping[str, object], artifacts: Path) -> None:
    key = "artifact_uri" if "run_id" in told else "artifact_location"
    (folder / "meta.yaml").write_text(yaml.safe_dump({**told, key: artifacts.absolute().as_uri()}), "utf-8")
