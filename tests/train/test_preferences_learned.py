"""dpo, kto and reward: losses as the papers write them, and runs from pairs to what was learned."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.train import tiny
from torch import Tensor

from finfoundry.core.errors import InputError, ModelError, NotPermitted
from finfoundry.core.protocols import Message
from finfoundry.train.base import Base
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.train.methods.dpo import DpoLoss
from finfoundry.train.methods.instruct import TOO_LONG
from finfoundry.train.methods.kto import KtoLoss, WantedRow
from finfoundry.train.methods.pairs import ForkedRow, PairRow, forked, is_held_back, side_by_side
from finfoundry.train.methods.reward import temperature
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Preference, Recipe, parse_recipe
from finfoundry.train.rewards.learned import LearnedReward, RewardLoss
from finfoundry.train.rewards.reward import SampledAnswer
from finfoundry.train.runs.training_run import TrainedModel, carry_out, prepared

Bases = Callable[[str], Base]
PAIRS = "pairs.jsonl"


def texts(seed: int, count: int = 6) -> list[RowTokens]:
    source = torch.Generator().manual_seed(seed)
    lengths = torch.randint(6, 14, (count,), generator=source).tolist()
    return [RowTokens(tuple(torch.randint(6, 300, (length,), generator=source).tolist()), 3) for length in lengths]


def pairs(seed: int = 0) -> list[PairRow]:
    first, second = texts(seed), texts(seed + 100)
    return [side_by_side(a, b) for a, b in zip(first, second, strict=True)]


def plainly(model: Any, ids: Sequence[int], start: int) -> Tensor:
    """The log-probability of ``ids[start:]``, computed by transformers alone, a text at a time."""
    logits = model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
    return torch.stack([logits[place - 1, ids[place]] for place in range(start, len(ids))])


def halves(row: PairRow) -> list[tuple[tuple[int, ...], int]]:
    return [(row.ids[: row.second], row.start), (row.ids[row.second :], row.asked - row.second)]


@pytest.fixture
def models(bases: Bases) -> tuple[Any, Any, Any]:
    """The same model as the project opens it and as transformers does, and another one as the reference."""
    ours = bases("llama").model(torch.float32)
    plain, other = tiny.hf_model("llama"), tiny.hf_model("llama", seed=5)
    plain.load_state_dict(ours.state_dict())
    return ours, plain, other


def dpo_loss(policy: Tensor, reference: Tensor, beta: float) -> Tensor:
    """Rafailov et al. (2023), equation 7, of sums (pairs, 2)."""
    margin = beta * ((policy[:, 0] - reference[:, 0]) - (policy[:, 1] - reference[:, 1]))
    return -(1 / (1 + torch.exp(-margin))).log().mean()


def simpo_loss(policy: Tensor, lengths: Tensor, beta: float, gamma: float) -> Tensor:
    """Meng et al. (2024), equation 6."""
    margin = beta / lengths[:, 0] * policy[:, 0] - beta / lengths[:, 1] * policy[:, 1] - gamma
    return -(1 / (1 + torch.exp(-margin))).log().mean()


def kto_loss(policy: Tensor, reference: Tensor, wanted: Sequence[bool], told: Preference) -> Tensor:
    """Ethayarajh et al. (2024), equation 7, with the mean over unrelated answers as the reference point."""
    gained = policy[:, 0] - reference[:, 0]
    point = max(0.0, float((policy[:, 1] - reference[:, 1]).mean().detach()))
    value = [
        told.wanted * (1 - 1 / (1 + torch.exp(-told.beta * (one - point))))
        if is_wanted
        else told.unwanted * (1 - 1 / (1 + torch.exp(-told.beta * (point - one))))
        for one, is_wanted in zip(gained, wanted, strict=True)
    ]
    return torch.stack(value).mean()


def sums(model: Any, rows: Sequence[PairRow]) -> Tensor:
    return torch.stack([torch.stack([plainly(model, *half).sum() for half in halves(row)]) for row in rows])


def same_gradients(ours: Any, plain: Any) -> None:
    theirs = dict(plain.named_parameters())
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, theirs[name].grad, atol=1e-4, rtol=1e-4)


def test_dpo_and_its_gradients_are_those_of_the_paper(models: tuple[Any, Any, Any]) -> None:
    ours, plain, other = models
    rows = pairs()
    module = DpoLoss(ours)
    module.told = Preference(beta=0.3)
    reference = sums(other, rows).detach()
    module.known = dict(zip(rows, reference, strict=True))
    loss = module(Pack(tuple(rows))) / len(rows)
    loss.backward()
    wanted = dpo_loss(sums(plain, rows), reference, 0.3)
    wanted.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), abs=1e-4)
    same_gradients(ours, plain)


def test_a_conversation_that_both_answers_share_is_read_once(models: tuple[Any, Any, Any]) -> None:
    """And the loss and its gradients are those of two texts; conversations that differ stay two."""
    ours, plain, other = models
    apart = [
        side_by_side(RowTokens((5, *a.ids), 4), RowTokens((5, *a.ids[:3], *b.ids), 4)) for a, b in zip(texts(4), texts(5), strict=True)
    ]
    rows = [forked(row) for row in apart]
    assert all(isinstance(row, ForkedRow) and len(row.ids) == len(pair.ids) - 4 for row, pair in zip(rows, apart, strict=True))
    assert forked(pair := pairs()[0]) is pair
    module, reference = DpoLoss(ours), sums(other, apart).detach()
    module.known = dict(zip(rows, reference, strict=True))
    loss = module(Pack(tuple(rows))) / len(rows)
    loss.backward()
    wanted = dpo_loss(sums(plain, apart), reference, module.told.beta)
    wanted.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), abs=1e-4)
    same_gradients(ours, plain)


def test_the_length_normalised_loss_is_that_of_its_paper(models: tuple[Any, Any, Any]) -> None:
    ours, plain, _ = models
    rows = pairs(1)
    module = DpoLoss(ours)
    module.told = Preference(loss="simpo", beta=2.0, margin=0.7)
    loss = module(Pack(tuple(rows))) / len(rows)
    loss.backward()
    lengths = torch.tensor([[len(ids) - start for ids, start in halves(row)] for row in rows])
    wanted = simpo_loss(sums(plain, rows), lengths, 2.0, 0.7)
    wanted.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), abs=1e-4)
    same_gradients(ours, plain)


def test_kto_and_its_gradients_are_those_of_the_paper(models: tuple[Any, Any, Any]) -> None:
    ours, plain, other = models
    wanted = [True, False, True, True, False, False]
    rows = [WantedRow(row.ids, row.start, row.second, row.asked, one) for row, one in zip(pairs(2), wanted, strict=True)]
    module = KtoLoss(ours)
    module.told = Preference(beta=0.2, wanted=1.0, unwanted=1.5)
    reference = sums(other, rows).detach()
    module.known = dict(zip(rows, reference, strict=True))
    loss = module(Pack(tuple(rows))) / len(rows)
    loss.backward()
    told = kto_loss(sums(plain, rows), reference, wanted, module.told)
    told.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(told.detach()), abs=1e-4)
    same_gradients(ours, plain)


def test_kto_takes_the_other_answer_from_another_conversation(bases: Bases, tmp_path: Path, screen: Screen) -> None:
    """Pairs that share their prompt, as when several answers were ranked: no answer to it serves as one to another question."""
    base, tokenizer = bases("llama"), bases("llama").tokenizer
    said = [("a?", "best", "good"), ("a?", "best", "bad"), ("a?", "good", "bad"), ("c?", "yes", "no")]
    lines = [{"prompt": prompt, "chosen": chosen, "rejected": rejected, "licence": "CC0-1.0"} for prompt, chosen, rejected in said]
    (tmp_path / PAIRS).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    rows = [row for row in prepared(asked("kto"), base, tmp_path, tmp_path / "run", screen).rows if isinstance(row, WantedRow)]
    found = [(tokenizer.decode(row.ids[row.start : row.second - 1]), row.wanted, tokenizer.decode(row.ids[row.asked : -1])) for row in rows]
    assert sorted((answer, wanted) for answer, wanted, _ in found) == [
        ("bad", False), ("best", True), ("good", False), ("good", True), ("no", False), ("yes", True),
    ]  # fmt: skip
    for answer, _, other in found:
        assert (answer in ("yes", "no")) != (other in ("yes", "no"))
    (tmp_path / PAIRS).write_text("".join(json.dumps(line) + "\n" for line in lines[:3]), "utf-8")
    with pytest.raises(InputError, match="finds 1 conversations"):
        prepared(asked("kto"), base, tmp_path, tmp_path / "run", screen)


def test_answers_that_are_too_long_for_kto_are_counted_and_listed(bases: Bases, tmp_path: Path, screen: Screen) -> None:
    """Both of a pair: it is not learned. One of a pair: the pair is, and the answer is listed."""
    data = write_pairs(tmp_path / "data", 40)
    long = "far too long to be learned " * 20
    more = [{"prompt": f"{number} of them?", "chosen": long, "rejected": f"{long}{number}", "licence": "CC0-1.0"} for number in range(9)]
    more += [line | {"prompt": f"{line['prompt']} And then?", "chosen": "no"} for line in more]
    learned = [line for line in more if not is_held_back(PreferenceRow(({"role": "user", "content": line["prompt"]},), "a", "b"))]
    lines = "".join(json.dumps(line) + "\n" for line in learned)
    (data / PAIRS).write_text((data / PAIRS).read_text("utf-8") + lines, "utf-8")
    dropping = asked("kto", data={"preferences": [PAIRS], "licences": ["CC0-1.0"], "too_long": "drop"})
    ready = prepared(dropping, bases("llama"), data, tmp_path / "run", screen)
    source, told = ready.material.manifest.sources[0], {one.row for one in ready.material.left_out if one.reason == TOO_LONG}
    both = [f"{PAIRS}:{41 + place}" for place, line in enumerate(learned) if line["chosen"] == long]
    assert {f"{name} {side}" for name in both for side in ("chosen", "rejected")} <= told
    assert source.too_long >= len(both) > 0
    assert source.kept == source.read - source.too_long
    assert len(ready.rows) + len(told) == 2 * (40 + len(learned)) - 2 * sum(is_held_back(row) for row in ready.material.preferences)


def test_the_loss_of_a_reward_is_that_of_bradley_and_terry(models: tuple[Any, Any, Any]) -> None:
    ours, plain, _ = models
    rows = pairs(3)
    module = RewardLoss(ours)
    head = torch.randn(1, ours.config.hidden_size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        ours.heads["reward"].weight.copy_(head)
    loss = module(Pack(tuple(rows))) / len(rows)
    loss.backward()
    states = [[plain.model(input_ids=torch.tensor([ids])).last_hidden_state[0, -1] for ids, _ in halves(row)] for row in rows]
    margins = torch.stack([(head @ (better - worse))[0] for better, worse in states])
    wanted = torch.log1p(torch.exp(-margins)).mean()
    wanted.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) == pytest.approx(float(wanted.detach()), abs=1e-4)
    for name, weight in plain.model.named_parameters():
        torch.testing.assert_close(dict(ours.model.named_parameters())[name].grad, weight.grad, atol=1e-4, rtol=1e-4)


def test_a_temperature_makes_sure_scores_less_sure() -> None:
    """Margins ten times too large: three quarters of them right, so that a margin of 10 should say log 3."""
    margins = torch.tensor([10.0, 10.0, 10.0, -10.0])
    assert temperature(margins) == pytest.approx(10 / math.log(3), rel=0.05)


def write_pairs(folder: Path, count: int = 60, **more: Any) -> Path:
    """Questions whose better answer is the short one."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        {"prompt": f"{number} plus {number % 7}", "chosen": str(number + number % 7), "rejected": "xyzzy plugh", "licence": "CC0-1.0"}
        for number in range(count)
    ]
    (folder / PAIRS).write_text("".join(json.dumps(line | more) + "\n" for line in lines), "utf-8")
    return folder


class Phone:
    """A finding of personal data."""

    kind = "phone"
    text = "3 plus"


def asked(method: str, **given: Any) -> Recipe:
    told: dict[str, Any] = {
        "name": "pairs", "base": "tiny", "method": method, "weights": "lora", "lora": {"rank": 4, "alpha": 8},
        "data": {"preferences": [PAIRS], "licences": ["CC0-1.0"]}, "context": 128, "pack": 512, "packs": 1, "epochs": 2,
        "learning_rate": 0.01, "precision": "fp32", "checkpoint_every": 4, "forms": [],
    }  # fmt: skip
    return parse_recipe(told | given, "test")


def trained(recipe: Recipe, base: Base, data: Path, folder: Path, screen: Screen) -> TrainedModel:
    return carry_out(prepared(recipe, base, data, folder, screen), folder, "0")


@pytest.mark.parametrize("weights", ["lora", "full"])
@pytest.mark.parametrize("method", ["dpo", "kto", "reward"])
def test_a_run_learns_what_is_preferred(method: str, weights: str, bases: Bases, tmp_path: Path, screen: Screen) -> None:
    data = write_pairs(tmp_path / "data")
    rate = 0.001 if weights == "full" else 0.01
    found = trained(asked(method, weights=weights, learning_rate=rate), bases("qwen2"), data, tmp_path / "run", screen)
    share = found.metrics["accuracy" if method == "reward" else "preferred"]
    assert share > 0.9
    assert found.data.sources[0].kind == "preferences"
    assert found.outcome.loss < {"dpo": math.log(2), "kto": 0.5, "reward": math.log(2)}[method]


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_a_run_that_goes_on_ends_with_the_same_bits(method: str, bases: Bases, tmp_path: Path, screen: Screen) -> None:
    """From the checkpoint before the last, with the reference in the folder, and with it gone."""
    import shutil

    data, recipe = write_pairs(tmp_path / "data"), asked(method)
    trained(recipe, bases("llama"), data, tmp_path / "run", screen)
    whole = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
    for gone in (False, True):
        newest = max((tmp_path / "run" / "checkpoints").glob("step-*"))
        shutil.rmtree(newest)
        shutil.rmtree(tmp_path / "run" / "adapter")
        if gone:
            (tmp_path / "run" / "reference.safetensors").unlink()
        found = trained(recipe, bases("llama"), data, tmp_path / "run", screen)
        assert 0 < found.outcome.resumed < found.outcome.steps
        again = load_file(tmp_path / "run" / "adapter" / "adapter_model.safetensors")
        assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_the_reference_of_an_adapter_is_the_base_with_the_adapter_off(bases: Bases, tmp_path: Path, screen: Screen) -> None:
    data, base = write_pairs(tmp_path / "data", 20), bases("llama")
    ready = prepared(asked("dpo", epochs=1), base, data, tmp_path / "run", screen)
    carry_out(ready, tmp_path / "run", "0")
    kept = load_file(tmp_path / "run" / "reference.safetensors")["scores"]
    plain = tiny.hf_model("llama")
    plain.load_state_dict(base.model(torch.float32).state_dict())
    rows = [row for row in ready.rows if isinstance(row, ForkedRow)]
    assert len(rows) == len(kept)
    wanted = torch.stack([torch.stack([plainly(plain, one.ids, one.start).sum() for one in row.rows]) for row in rows])
    torch.testing.assert_close(kept, wanted.detach(), atol=1e-3, rtol=1e-4)


def test_a_learned_reward_prefers_as_it_was_taught(bases: Bases, tmp_path: Path, screen: Screen) -> None:
    data, recipe = write_pairs(tmp_path / "data"), asked("reward", epochs=3)
    trained(recipe, bases("qwen2"), data, tmp_path / "run", screen)
    reward = LearnedReward(tmp_path / "run", bases("qwen2"), recipe)

    def said(text: str) -> float:
        return reward(SampledAnswer((Message("user", "9 plus 2"),), text, "11", (), "", True, 3, 9))

    assert 0 <= said("xyzzy plugh") < said("11") <= 1
    (tmp_path / "run" / "adapter" / "reward.json").write_text(json.dumps({"temperature": 1e-9, "mean": 1e3}), "utf-8")
    reward = LearnedReward(tmp_path / "run", bases("qwen2"), recipe)
    assert said("11") == 0
    (tmp_path / "run" / "adapter" / "reward.json").unlink()
    with pytest.raises(ModelError, match="no model of rewards"):
        LearnedReward(tmp_path / "run", bases("qwen2"), recipe)


def test_pairs_are_screened_and_counted(bases: Bases, tmp_path: Path, screen: Screen) -> None:
    data = write_pairs(tmp_path / "data")
    path = data / PAIRS
    lines = path.read_text("utf-8").splitlines(keepends=True)
    turned = json.loads(lines[0])
    turned["chosen"], turned["rejected"] = turned["rejected"], turned["chosen"]
    path.write_text("".join([*lines, lines[1], json.dumps(turned) + "\n"]), "utf-8")
    material = prepared(asked("dpo"), bases("llama"), data, tmp_path / "run", screen).material
    source = material.manifest.sources[0]
    assert (source.read, source.exact_duplicates, source.contradictions, source.kept) == (62, 1, 1, 60)
    assert [(one.row, one.reason, one.like) for one in material.left_out] == [
        (f"{PAIRS}:61", "the same row", f"{PAIRS}:2"), (f"{PAIRS}:62", "another row prefers the other side", f"{PAIRS}:1"),
    ]  # fmt: skip
    with pytest.raises(NotPermitted, match=r"CC0-1\.0"):
        prepared(asked("dpo", data={"preferences": [PAIRS], "licences": ["MIT"]}), bases("llama"), data, tmp_path / "run", screen)
    found = Screen(lambda text: [Phone()] if "3 plus" in text else [], lambda text: text)
    record = prepared(asked("dpo"), bases("llama"), data, tmp_path / "run", found).material.manifest.sources[0]
    assert record.personal_dropped == record.personal["phone"] == 6
    path.write_text(json.dumps({"prompt": "a", "chosen": "b", "rejected": "b "}), "utf-8")
    with pytest.raises(InputError, match=r"line 1.*equal"):
        prepared(asked("dpo"), bases("llama"), data, tmp_path / "run", screen)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"data": {"licences": ["MIT"]}}, "data.preferences"),
        ({"method": "reward", "forms": ["q8_0"]}, "writes no text"),
        ({"development": {"share": 0.1}}, "leave out development"),
        ({"method": "grpo", "data": {"tasks": [{"task": "tfns"}], "licences": ["MIT"]}}, "needs rewards"),
    ],
)
def test_recipes_that_cannot_be_followed_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        asked(given.pop("method", "dpo"), **given)
