"""Cold start to ready, and the memory of all processes while nobody asks: without a model, and with one.

    python benchmarks/service.py idle [--model qwen2.5-coder-1.5b-instruct] [--starts 5]

Each start is of everything: supervisor, PostgreSQL, worker, server, over a home that is there already. Memory is the proportional share
(PSS), so that what processes share counts once. Without a model the embedders' weights lie in the home, and nobody has asked for them
yet; with one the embedder of the settings has answered, too. The baselines: an interpreter that imports the web framework alone, and the
size of the weights.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from finfoundry.app import open_app
from finfoundry.base.catalogue import model_folder, models_folder
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from measures.service.server_process import Server, all_of, families, load, serving, start_engine

SETTLED = 20.0  # seconds after the last request, in which the worker ends its first round


def share(pid: int) -> float:
    """Proportional share of a process in MiB; 0 for one that ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def shares(pids: Iterable[int]) -> float:
    return sum(map(share, pids))


def tell(server: Server, what: str) -> None:
    """Memory of each part with all that it started, and of the whole."""
    time.sleep(SETTLED)
    kept = {one.name: one.pid for one in Supervisor(server.settings.home).status() if one.pid}
    parts = {"server": server.pid, **kept}
    told = ", ".join(f"{name} {shares(families([pid])):.0f}" for name, pid in parts.items())
    print(f"idle memory {what}: {shares(families(all_of(server))):.0f} MiB ({told})")


def framework() -> float:
    """Seconds for an interpreter that imports the web framework and no more."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import fastapi, uvicorn"], check=True)
    return time.monotonic() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct")
    parser.add_argument("--starts", type=int, default=5)
    wanted = parser.parse_args()
    given, home = Settings(), Path(tempfile.mkdtemp(prefix="ff-bench-"))
    home.chmod(0o755)
    (home / "models").symlink_to(models_folder(given))
    bare = Settings(home=home, models=home / "no-models", model=wanted.model)
    full = bare.model_copy(update={"models": home / "models"})
    try:
        with open_app(bare) as app:
            key = ApiKeys(app.database).create(app.administrator, "bench", scopes=("read", "raw")).key
        starts = []
        for number in range(min(wanted.starts, 50)):
            Supervisor(home).stop()
            with serving(bare, key) as server:
                starts.append(server.seconds)
                if number == 0:
                    tell(server, "without a model")
        print(
            f"start to ready {statistics.median(starts):.1f} s median, {max(starts):.1f} s at most; the framework alone {framework():.1f} s"
        )
        Supervisor(home).stop()
        weights = sum(path.stat().st_size for path in model_folder(full, wanted.model).glob("*.gguf")) / 2**20
        with serving(full, key) as server:
            start_engine(server)
            body = {"model": full.embedder, "input": ["net profit"]}
            httpx.post(f"{server.url}/v1/embeddings", json=body, headers=server.headers, timeout=120).raise_for_status()
            tell(server, f"with {wanted.model} ({weights:.0f} MiB of weights) and the embedder")
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)
    print(load())
