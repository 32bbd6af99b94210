"""One contract for every kind of weights: shape, resume, identity, learning."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.tiers import slow_but

from finfoundry.core.errors import InputError, IntegrityError
from finfoundry.core.progress import Progress
from finfoundry.train import machine
from finfoundry.train.base import Base
from finfoundry.train.checkpoint import Checkpoint, RunIdentity, latest, write
from finfoundry.train.curve import read_log
from finfoundry.train.data.personal import Screen
from finfoundry.train.loop import LOG
from finfoundry.train.methods import METHODS
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
KINDS = ("full", "lora", "qlora")


def run(recipe: Recipe, base: Base, data: Path, folder: Path, screen: Screen) -> dict[str, torch.Tensor]:
    """Train in the folder; returns what was learned."""
    carry_out(prepared(recipe, base, data, folder, screen), folder, "0")
    return whole_of(folder)


@pytest.mark.parametrize("weights", KINDS)
def test_every_kind_learns_and_writes_what_it_learned(
    weights: str, recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    rate = 0.002 if weights == "full" else 0.02
    learned = run(recipe(weights=weights, epochs=6, learning_rate=rate), bases("qwen2"), data, tmp_path / "run", screen)
    points = read_log(tmp_path / "run" / LOG, 10**6)
    assert [point.step for point in points] == list(range(1, len(points) + 1))
    assert points[-1].loss < points[0].loss / 2
    assert all(torch.isfinite(tensor).all() for tensor in learned.values())
    told = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    assert told["base_sha256"] == bases("qwen2").sha256
    assert told["data"]["sources"][0]["kept"] == told["data"]["rows"]
    assert "<svg" in (tmp_path / "run" / "loss.svg").read_text("utf-8")


def by_method(method: str, data: Path) -> dict[str, Any]:
    """What a recipe says for a method: rows of ``cards``, or their texts as documents."""
    if method == "instruct":
        return {}
    texts = {"tasks": [str(data / "cards.yaml")]}
    told = {"tasks": [], "corpus": texts | {"held_back": 0.2}, "replay": texts | {"share": 0.2, "held_back": 0.3}, "near_duplicates": 1}
    return {"method": "pretrain", "data": told}


def test_pretraining_learns_the_language_of_its_documents(recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    """Perplexity falls on documents that were kept from it, and is measured on the general text as well."""
    asked = recipe(**by_method("pretrain", data), epochs=6, learning_rate=0.02)
    run(asked, bases("qwen2"), data, tmp_path / "run", screen)
    told = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    measured = told["metrics"]
    assert measured.keys() == {f"{part}perplexity_{when}" for part in ("", "general_") for when in ("before", "after")}
    assert measured["perplexity_after"] < measured["perplexity_before"] / 2
    assert [source["kind"] for source in told["data"]["sources"]] == ["corpus", "replay"]


@pytest.mark.parametrize("method", slow_but(["instruct", "pretrain"], METHODS))
@pytest.mark.parametrize("weights", slow_but(["lora"], KINDS))
def test_a_run_that_was_cut_ends_with_the_same_bits(
    weights: str, method: str, recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """Cut after the first checkpoint, with dropout, so that what is random must come back, too."""
    lora = {"rank": 4, "alpha": 8, "dropout": 0.2}
    asked = recipe(**by_method(method, data), weights=weights, epochs=3, precision="auto", lora=lora, checkpoint_every=3)
    whole = run(asked, bases("llama"), data, tmp_path / "whole", screen)

    def cut(progress: Progress) -> None:
        if progress.unit == "steps" and progress.done == 5:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        carry_out(prepared(asked, bases("llama"), data, tmp_path / "cut", screen), tmp_path / "cut", "0", cut)
    assert not (tmp_path / "cut" / "manifest.json").exists()
    again = run(asked, bases("llama"), data, tmp_path / "cut", screen)
    assert whole.keys() == again.keys()
    for name, tensor in whole.items():
        assert torch.equal(tensor, again[name]), name
    curves = [[point.loss for point in read_log(tmp_path / name / LOG, 10**6)] for name in ("whole", "cut")]
    assert curves[0] == curves[1]


@pytest.mark.slow
def test_a_run_that_was_cut_goes_on_in_the_precision_that_it_began_with(
    recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though bf16, which was the faster when it began, is the slower now."""
    asked = recipe(epochs=3, precision="auto", checkpoint_every=3)
    monkeypatch.setattr(machine, "peak", {torch.float32: 1e9, torch.bfloat16: 2e9}.__getitem__)
    whole = run(asked, bases("llama"), data, tmp_path / "whole", screen)

    def cut(progress: Progress) -> None:
        if progress.unit == "steps" and progress.done == 5:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        carry_out(prepared(asked, bases("llama"), data, tmp_path / "cut", screen), tmp_path / "cut", "0", cut)
    monkeypatch.setattr(machine, "peak", {torch.float32: 2e9, torch.bfloat16: 1e9}.__getitem__)
    again = prepared(asked, bases("llama"), data, tmp_path / "cut", screen)
    assert again.plan.precision == "bfloat16"
    carry_out(again, tmp_path / "cut", "0")
    assert all(torch.equal(tensor, whole[name]) for name, tensor in whole_of(tmp_path / "cut").items())


# It ends as the command line does under torchrun: gloo's threads outlive the interpreter at times, and it aborts with all done.
CHILD = """
import os
import sys
from pathlib import Path
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.recipe import load_recipe
from finfoundry.train.runs.training_run import carry_out, prepared
recipe, base, data, out = sys.argv[1:]
if __name__ == "__main__":
    told = prepared(load_recipe(Path(recipe)), Base("tiny", Path(base)), Path(data), Path(out), Screen(lambda _: [], lambda text: text))
    print(carry_out(told, Path(out), "0", lambda progress: print(progress.done, flush=True)).outcome.stopped, flush=True)
    os._exit(0)
"""


def child(folder: Path, recipe: Recipe, base: Base, data: Path, *before: str) -> subprocess.Popen[str]:
    (folder / "child.py").write_text(CHILD, "utf-8")
    (folder / "recipe.yaml").write_text(json.dumps(recipe.model_dump()), "utf-8")
    argv = [
        *(before or (sys.executable,)),
        str(folder / "child.py"),
        str(folder / "recipe.yaml"),
        str(base.path),
        str(data),
        str(folder / "run"),
    ]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout
    for said in process.stdout:
        if said.strip() == line:
            return
    raise AssertionError(f"the child ended before it said {line}")


@pytest.mark.slow
def test_kill_and_interrupt_leave_a_run_that_goes_on(recipe: Made, bases: Bases, data: Path, tmp_path: Path) -> None:
    """kill -9 at some step, Ctrl-C at another, then to the end: the same bits as a run that was left alone."""
    asked = recipe(epochs=8, checkpoint_every=2, learning_rate=0.01)
    alone, hurt = tmp_path / "alone", tmp_path / "hurt"
    alone.mkdir()
    hurt.mkdir()
    quiet = child(alone, asked, bases("llama"), data)
    quiet.communicate(timeout=200)
    killed = child(hurt, asked, bases("llama"), data)
    wait_for(killed, "5")
    killed.kill()
    killed.communicate()
    interrupted = child(hurt, asked, bases("llama"), data)
    wait_for(interrupted, "6")
    interrupted.send_signal(signal.SIGINT)
    said, _ = interrupted.communicate(timeout=200)
    assert said.split()[-1] == "True"
    assert not (hurt / "run" / "manifest.json").exists()
    child(hurt, asked, bases("llama"), data).communicate(timeout=200)
    a, b = (load_file(folder / "run" / "adapter" / "adapter_model.safetensors") for folder in (alone, hurt))
    assert all(torch.equal(a[name], b[name]) for name in a)


TWO = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def in_processes(folder: Path, asked: Recipe, base: Base, data: Path, *before: str) -> list[float]:
    """The loss curve of a run in a new folder."""
    folder.mkdir(exist_ok=True)
    process = child(folder, asked, base, data, *before)
    process.communicate(timeout=250)
    assert process.returncode == 0
    return [point.loss for point in read_log(folder / "run" / LOG, 10**6)]


@pytest.mark.slow
def test_two_processes_give_the_curve_of_one(recipe: Made, bases: Bases, data: Path, tmp_path: Path) -> None:
    """torchrun with two gloo processes: packs are divided, gradients are not."""
    asked = recipe(epochs=2, packs=4)
    one = in_processes(tmp_path / "one", asked, bases("llama"), data)
    assert len(one) > 2
    assert in_processes(tmp_path / "two", asked, bases("llama"), data, *TWO) == pytest.approx(one, rel=1e-4)


MEASURED = """
import os
import torch
from finfoundry.train import machine
from finfoundry.train.runs import training_run as running
rank, train = os.environ["RANK"], running.train
machine.peak = {torch.float32: 2e9, torch.bfloat16: 1e9 + 9e9 * (rank == "0")}.__getitem__
def told(run, report):
    (run.folder / f"dtype-{rank}").write_text(str(run.dtype))
    return train(run, report)
running.train = told
"""


@pytest.mark.slow
def test_processes_of_one_run_take_one_precision(
    recipe: Made, bases: Bases, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each measures for itself, here the opposite: all take what the first one found."""
    monkeypatch.setitem(globals(), "CHILD", MEASURED + CHILD)
    in_processes(tmp_path / "two", recipe(precision="auto"), bases("llama"), data, *TWO)
    found = [path.read_text() for path in (tmp_path / "two" / "run").glob("dtype-*")]
    assert found == ["torch.bfloat16", "torch.bfloat16"]


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["full", "lora"])
def test_two_processes_that_share_the_weights_give_the_curve_of_one(
    weights: str, recipe: Made, bases: Bases, data: Path, tmp_path: Path
) -> None:
    """FSDP: each holds half of every weight and moment; what is saved is whole, and one process goes on where two stopped."""
    asked = recipe(weights=weights, epochs=2, packs=4, shard=True, checkpoint_every=2, learning_rate=0.003)
    one = in_processes(tmp_path / "one", asked, bases("qwen2"), data)
    assert in_processes(tmp_path / "two", asked, bases("qwen2"), data, *TWO) == pytest.approx(one, rel=1e-4)
    a, b = (whole_of(tmp_path / name / "run") for name in ("one", "two"))
    assert a.keys() == b.keys()
    for name, tensor in a.items():
        torch.testing.assert_close(b[name], tensor, atol=1e-4, rtol=1e-3)
    for newest in sorted((tmp_path / "two" / "run" / "checkpoints").glob("step-*"))[1:]:
        shutil.rmtree(newest)
    assert in_processes(tmp_path / "two", asked, bases("qwen2"), data) == pytest.approx(one, rel=1e-4)


def whole_of(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor for path in sorted((folder / "adapter").glob("*.safetensors")) for name, tensor in load_file(path).items()}


def test_checkpoints_are_refused_when_they_are_of_another_run_or_altered(tmp_path: Path) -> None:
    mine = RunIdentity("recipe", "base", "data")
    for step in (1, 2, 3):
        write(tmp_path, mine, Checkpoint(step, {"weights": {"a": torch.full((2,), float(step))}}))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000002", "step-000003"]
    found = latest(tmp_path, mine)
    assert found is not None
    assert found.step == 3
    assert found.tensors["weights"]["a"].tolist() == [3.0, 3.0]
    with pytest.raises(InputError, match="another base"):
        latest(tmp_path, RunIdentity("recipe", "other", "data"))
    with pytest.raises(InputError, match="another recipe"):
        latest(tmp_path, RunIdentity("other", "base", "data"))
    path = tmp_path / "step-000003" / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="not as it was written"):
        latest(tmp_path, mine)


def test_half_a_checkpoint_is_none(tmp_path: Path) -> None:
    """What a kill leaves: a folder beside, or one without its state."""
    mine = RunIdentity("recipe", "base", "data")
    (tmp_path / ".step-000005.part").mkdir()
    (tmp_path / "step-000004").mkdir()
    assert latest(tmp_path, mine) is None
    write(tmp_path, mine, Checkpoint(5, {"weights": {"a": torch.zeros(1)}}))
    assert latest(tmp_path, mine) is not None


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from finfoundry.core.errors import SettingsError
    from finfoundry.train import checkpoint

    mine = RunIdentity("recipe", "base", "data")
    write(tmp_path, mine, Checkpoint(1, {"weights": {"a": torch.zeros(1)}}))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(SettingsError, match="the disk is full"):
        write(tmp_path, mine, Checkpoint(2, {"weights": {"a": torch.zeros(1)}}))
    assert [path.name for path in tmp_path.iterdir()] == ["step-000001"]


def test_time_is_told() -> None:
    from finfoundry.train.loop import _span

    assert (_span(12), _span(600), _span(7200)) == ("12 s", "10 min", "2.0 h")
    assert time.monotonic() > 0
