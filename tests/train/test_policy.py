"""Learning from one's own answers: sampling, judging, watching, grpo and rejection."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.tiers import slow_but
from tests.train import tiny
from tests.train.test_preferences_learned import plainly, same_gradients

from finfoundry.core.errors import InputError
from finfoundry.core.protocols import Message
from finfoundry.runtime.path_digest import path_digest
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.export.manifest import read_manifest
from finfoundry.train.loss import CausalLoss
from finfoundry.train.methods.grpo import GroupLoss, compared
from finfoundry.train.methods.rejection import right_ones
from finfoundry.train.packing import Pack
from finfoundry.train.recipe import Recipe, Sampling
from finfoundry.train.rewards import REWARDS, Reward, SampledAnswer
from finfoundry.train.runs.training_run import TrainedModel, carry_out, prepared
from finfoundry.train.sampling import rollouts
from finfoundry.train.sampling.judged import Group, Judge, RewardedAnswer
from finfoundry.train.sampling.rounds import AskedRow, SampledRow
from finfoundry.train.sampling.sampler import Drawn, TorchSampler
from finfoundry.train.sampling.trends import trends
from finfoundry.train.sampling.watch import Habits, collapse, repeats
from finfoundry.train.text import Lesson
from measures.training import policies as train_policies

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
PROMPTS = [(5, 40, 41, 42), (5, 60, 61), (5, 90, 91, 92, 93, 94, 95)]


@pytest.mark.parametrize("architecture", tiny.ARCHITECTURES)
def test_what_is_drawn_is_what_transformers_would_say(architecture: str, bases: Bases) -> None:
    """The likeliest token each time, of questions of different lengths side by side; scores are those of the packs that are learned."""
    model = bases(architecture).model(torch.float32)
    found = TorchSampler(model, 2, 8, 0.0, torch.float32).draw(PROMPTS, 2, seed=1)
    module = CausalLoss(model)
    for prompt, (first, second) in zip(PROMPTS, found, strict=True):
        assert first.ids == second.ids
        row = SampledRow((*prompt, *first.ids), len(prompt))
        with torch.no_grad():
            scores = module.scores(Pack((row,)))
            states = module.body(Pack((row,)))[len(prompt) - 1 : -1]
        assert (states @ model.get_output_embeddings().weight.T).argmax(-1).tolist() == list(first.ids)
        torch.testing.assert_close(torch.tensor(first.scores), scores, atol=1e-4, rtol=1e-4)


def test_draws_follow_the_probabilities_and_the_seed(bases: Bases) -> None:
    model = bases("llama").model(torch.float32)
    sampler = TorchSampler(model, 2, 1, 1.0, torch.float32)
    drawn = sampler.draw(PROMPTS[:1], 4000, seed=3)[0]
    assert drawn == sampler.draw(PROMPTS[:1], 4000, seed=3)[0]
    assert drawn != sampler.draw(PROMPTS[:1], 4000, seed=4)[0]
    likely = max(drawn, key=lambda one: one.scores[0])
    share = sum(one.ids == likely.ids for one in drawn) / len(drawn)
    assert share == pytest.approx(float(torch.tensor(likely.scores[0]).exp()), abs=0.03)


def test_a_row_that_ended_goes_on_no_more(bases: Bases) -> None:
    model = bases("llama").model(torch.float32)
    end = TorchSampler(model, -1, 1, 0.0, torch.float32).draw(PROMPTS[:1], 1, 0)[0][0].ids[0]
    first, other = (found[0] for found in TorchSampler(model, end, 6, 0.0, torch.float32).draw(PROMPTS[:2], 1, 0))
    assert (first.ids, first.finished) == ((end,), True)
    assert other.finished or len(other.ids) == 6


def grpo_loss(model: Any, rows: Sequence[SampledRow], told: Sampling) -> torch.Tensor:
    """Shao et al. (2024), equation 3, in the mean over all tokens, with equation 4 for the divergence."""
    found = []
    for row in rows:
        now = plainly(model, row.ids, row.start)
        ratio = (now - torch.tensor(row.before)).exp()
        clipped = torch.where(ratio > 1 + told.ratio, 1 + told.ratio, torch.where(ratio < 1 - told.ratio, 1 - told.ratio, ratio))
        gain = torch.minimum(ratio * row.advantage, clipped * row.advantage)
        apart = torch.tensor(row.anchor) - now
        found.append(-(gain - told.divergence * (apart.exp() - apart - 1)))
    return torch.cat(found).mean()


def test_grpo_and_its_gradients_are_those_of_the_paper(bases: Bases) -> None:
    ours, plain = bases("llama").model(torch.float32), tiny.hf_model("llama")
    plain.load_state_dict(ours.state_dict())
    source = torch.Generator().manual_seed(0)
    rows = []
    for length, advantage in ((9, 1.3), (12, -0.7), (7, 0.2), (10, -1.1)):
        ids = tuple(torch.randint(6, 300, (length,), generator=source).tolist())
        now = plainly(plain, ids, 3).detach()
        moved = (now + torch.randn(now.shape, generator=source) * 0.4).tolist()
        anchor = (now + torch.randn(now.shape, generator=source) * 0.4).tolist()
        rows.append(SampledRow(ids, 3, advantage, tuple(moved), tuple(anchor)))
    module = GroupLoss(ours)
    module.told = Sampling(updates=2, ratio=0.2, divergence=0.3)
    loss = module(Pack(tuple(rows))) / sum(row.targets for row in rows)
    loss.backward()
    wanted = grpo_loss(plain, rows, module.told)
    wanted.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), abs=1e-4)
    same_gradients(ours, plain)


def group(*totals: float) -> Group:
    asked = AskedRow((1, 2, 3, 4), 2, Lesson("r", "t", (Message("user", "q"),), "a"))
    return Group(asked, [RewardedAnswer(Drawn((7, place), (-1.0, -2.0), True), "", {}, total) for place, total in enumerate(totals)])


def test_groups_without_spread_teach_nothing() -> None:
    learned = compared([group(1, 1, 1), group(0, 1, 1, 0)])
    assert [row.advantage for row in learned] == pytest.approx([-0.866, 0.866, 0.866, -0.866], abs=1e-3)
    assert learned[0].ids == (1, 2, 7, 0)
    assert [row.ids for row in right_ones(1.0, [group(1, 1), group(0, 1, 0.5)])] == [(1, 2, 7, 1)]


@pytest.fixture
def asked(recipe: Made) -> Made:
    def made(method: str = "grpo", **given: Any) -> Recipe:
        sampling = {"prompts": 4, "completions": 6, "tokens": 8} | given.pop("sampling", {})
        told: dict[str, Any] = {"rewards": {"letters": 1.0}, "learning_rate": 0.02, "epochs": 0.5, "pack": 256, "warmup": 0}
        return recipe(method=method, sampling=sampling, **told | given)

    return made


def letters(answered: SampledAnswer) -> float:
    """More of the letters before n: something that a model of random weights can learn."""
    return sum(letter < "n" for letter in answered.text) / max(1, len(answered.text))


LETTERS: dict[str, Reward] = {**REWARDS, "letters": letters}


def trained(recipe: Recipe, base: Base, data: Path, folder: Path, screen: Screen) -> TrainedModel:
    return carry_out(prepared(recipe, base, data, folder, screen), folder, "0", rewards=LETTERS)


@pytest.mark.parametrize("weights", slow_but(["lora"], ["lora", "full"]))
def test_grpo_earns_more(weights: str, asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    told = asked(weights=weights, epochs=1.5, learning_rate=0.02 if weights == "lora" else 0.006)
    found = trained(told, bases("qwen2"), data, tmp_path / "run", screen)
    assert found.metrics["letters_last"] > found.metrics["letters_first"] + 0.1
    samples = json.loads((tmp_path / "run" / "rounds" / "000000.json").read_text("utf-8"))["samples"]
    assert len(samples) == 24
    assert {"row", "text", "rewards"} == samples[0].keys()


def test_a_round_asks_on_until_enough_questions_tell_a_better_answer_from_a_worse_one(
    asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """Of every fourth question alone answers differ: one try of four questions finds about one of them, six find the four."""

    def fourth(answered: SampledAnswer) -> float:
        return letters(answered) if int(answered.texts[0].split()[0]) % 4 == 0 else 0.5

    found = {}
    for tries in (1, 6):
        told = asked(rewards={"fourth": 1.0}, sampling={"tries": tries}, epochs=0.2)
        folder = tmp_path / f"tries-{tries}"
        carry_out(prepared(told, bases("llama"), data, folder, screen), folder, "0", rewards={**REWARDS, "fourth": fourth})
        found[tries] = [json.loads(path.read_text("utf-8")) for path in sorted((folder / "rounds").glob("*.json"))]
    assert all(len(one["samples"]) == 24 for one in found[1])
    assert sum(one["learned"] for one in found[1]) < sum(one["learned"] for one in found[6])
    for one in found[6]:
        assert one["learned"] <= 24
        assert one["learned"] == 24 or len(one["samples"]) == 6 * 24


def test_rejection_earns_more(asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    def mostly(answered: SampledAnswer) -> float:
        return float(letters(answered) > 0.7)

    told = asked("rejection", epochs=2, rewards={"mostly": 1.0, "length": 0.0})
    ready = prepared(told, bases("qwen2"), data, tmp_path / "run", screen)
    found = carry_out(ready, tmp_path / "run", "0", rewards={**REWARDS, "mostly": mostly})
    assert found.metrics["mostly_last"] > found.metrics["mostly_first"] + 0.1
    assert "length_last" in found.metrics


@pytest.mark.slow
@pytest.mark.parametrize("sampling", [{"updates": 1}, {"updates": 3, "anchor": 0.2}, {"tries": 3}])
def test_a_run_that_goes_on_ends_with_the_same_bits(
    sampling: dict[str, Any], asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """Also from the middle of a round, and with an anchor that moves."""
    told = asked(sampling=sampling, checkpoint_every=4)
    trained(told, bases("llama"), data, tmp_path / "run", screen)
    whole = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
    shutil.rmtree(max((tmp_path / "run" / "checkpoints").glob("step-*")))
    shutil.rmtree(tmp_path / "run" / "adapter")
    found = trained(told, bases("llama"), data, tmp_path / "run", screen)
    assert 0 < found.outcome.resumed < found.outcome.steps
    again = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_rewards_that_say_nothing_are_refused_by_name(asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen) -> None:
    def run(reward: Reward) -> None:
        folder = tmp_path / reward.__name__
        ready = prepared(asked(rewards={"odd": 1.0}), bases("llama"), data, folder, screen)
        carry_out(ready, folder, "0", rewards={"odd": reward})

    def constant(_: SampledAnswer) -> float:
        return 0.5

    def broken(_: SampledAnswer) -> float:
        return float("nan")

    with pytest.raises(InputError, match=r"rewards odd \(0.5\) say the same"):
        run(constant)
    with pytest.raises(InputError, match="reward odd is nan for a completion of row"):
        run(broken)
    with pytest.raises(InputError, match="no reward odd"):
        Judge({"odd": 1.0}, REWARDS)


def test_samples_that_all_earn_the_same_end_a_run_that_has_learned(
    asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """What was learned before is kept: there is nothing wrong with it."""
    calls = iter(range(10**9))

    def soon_alike(_: SampledAnswer) -> float:
        return float(number % 2) if (number := next(calls)) < 2 * 4 * 6 else 1.0

    ready = prepared(asked(rewards={"alike": 1.0}, epochs=1), bases("llama"), data, tmp_path / "run", screen)
    found = carry_out(ready, tmp_path / "run", "0", rewards={"alike": soon_alike})
    assert "nothing was left to learn after round 1: all completions of a question earn the same" in found.outcome.ended
    assert found.outcome.steps == 2 + rollouts.IDLE - 1


def test_a_collapse_ends_the_run_at_the_last_good_checkpoint(
    asked: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollouts, "collapse", lambda *_: "it repeats itself")
    found = trained(asked(epochs=1, checkpoint_every=4), bases("llama"), data, tmp_path / "run", screen)
    assert "it repeats itself" in found.outcome.ended
    assert not found.outcome.stopped
    assert found.outcome.steps == 4
    assert len(list((tmp_path / "run" / "rounds").iterdir())) == 4
    kept = load_file(max((tmp_path / "run" / "checkpoints").glob("step-*")) / "weights.safetensors")
    saved = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
    assert {str(tuple(one.shape)) for one in kept.values()} == {str(tuple(one.shape)) for one in saved.values()}
    assert sorted(float(one.sum()) for one in kept.values()) == sorted(float(one.sum()) for one in saved.values())


def test_a_policy_that_gets_worse_is_found_out() -> None:
    first = Habits(2.0, 20, 0.0, 0.9, 0.5)
    assert not collapse(first, first)
    assert "entropy" in collapse(first, Habits(0.01, 20, 0.0, 0.9, 0.5))
    assert "repeat" in collapse(first, Habits(2.0, 20, 0.8, 0.9, 0.4))
    assert "tokens" in collapse(first, Habits(2.0, 1, 0.0, 1.0, 0.1))
    assert "end" in collapse(first, Habits(2.0, 20, 0.0, 0.0, 0.1))
    assert not collapse(first, Habits(0.01, 20, 0.0, 0.9, 0.9)), "sure, and right"
    assert repeats([1, 2, 3] * 4)
    assert not repeats(range(40))


def test_the_table_names_what_was_gamed(tmp_path: Path) -> None:
    folder = tmp_path / "rounds"
    folder.mkdir()
    for number in range(10):
        told = {"length": number / 10, "right": 0.8 - number / 20, "form": 1.0}
        (folder / f"{number:06d}.json").write_text(json.dumps({"rewards": told}), "utf-8")
    found = {one.reward: one for one in trends(tmp_path, {"length": 1.0, "right": 0.0, "form": 0.5})}
    assert found["length"].gamed == ("right",)
    assert not found["right"].gamed
    assert found["form"].constant
    assert trends(tmp_path / "none", {"length": 1.0}) == []


def test_a_learned_reward_is_part_of_a_run_and_named_by_what_came_of_it(
    asked: Made, recipe: Made, bases: Bases, data: Path, tmp_path: Path, screen: Screen
) -> None:
    """With the adapter that learning began from; another reward in the same folder is another run."""
    lines = ({"prompt": f"{n} plus {n % 7}", "chosen": str(n + n % 7), "rejected": "xyzzy plugh", "licence": "CC0-1.0"} for n in range(20))
    (data / "pairs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    taste, first = tmp_path / "taste", tmp_path / "first"
    trained(recipe(name="beginner", epochs=0.2), bases("qwen2"), data, first, screen)
    parts = {"tasks": [], "preferences": ["pairs.jsonl"]}
    trained(asked("reward", rewards={}, data=parts, name="taste", context=128, pack=512), bases("qwen2"), data, taste, screen)
    told = asked(rewards={f"model:{taste}": 1.0, "letters": 1.0}, init_adapter=str(first), epochs=0.2)
    trained(told, bases("qwen2"), data, tmp_path / "run", screen)
    manifest = read_manifest(tmp_path / "run")
    assert manifest.parents == [
        {"name": "beginner", "path": "first", "sha256": manifest.init_adapter_sha256},
        {"name": "taste", "path": "taste", "sha256": path_digest(taste / "adapter")},
    ]
    calibration = taste / "adapter" / "reward.json"
    calibration.write_text(json.dumps(json.loads(calibration.read_text("utf-8")) | {"mean": 0.5}), "utf-8")
    with pytest.raises(InputError, match="of another learned reward"):
        trained(told, bases("qwen2"), data, tmp_path / "run", screen)


def test_wordings_that_are_sampled_on_are_neither_learned_nor_asked_in_the_end(tmp_path: Path) -> None:
    """Of the benchmark: kinds are the same, wordings are not, and names and numbers are drawn anew."""
    assert train_policies.FRESH.keys() == train_policies.KINDS.keys()
    for kind, wordings in train_policies.FRESH.items():
        assert not set(wordings) & set(train_policies.KINDS[kind])
    train_policies.write_tasks(tmp_path, 50, 50)
    learned, unseen, fresh = (
        {row[0].partition(". ")[2] for row in json.loads((tmp_path / f"{name}.json").read_text("utf-8"))}
        for name in ("plans", "plans-unseen", "plans-fresh")
    )
    assert not (learned | unseen) & fresh
    assert not learned & unseen
