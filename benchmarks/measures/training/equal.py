"""Whether our merges and losses are those of mergekit and TRL, by running their own code on the same numbers.

    python benchmarks/training.py equal [merges|losses|policies …]

Needs `pip install mergekit trl` (mergekit is LGPL: for this comparison, never a dependency). `merges` of two and three random changes of
one tensor, mergekit's by its registered methods over a random base, ours by `finfoundry merge`'s; `dare` from the same draws, without
mergekit's rescaling to the length before. `losses`: divergences of random logits against ``GKDTrainer.generalized_jsd_loss``, values and
gradients. `policies`: `dpo`, `kto`, `reward` and `grpo` of given pairs and completions on a tiny random model against TRL's trainers, the
loss and every gradient; ours reads the rows in one pack, theirs as a padded batch. Prints the largest difference of each, and ends with 1
where one is above 1e-4.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import torch
from tests.train import tiny
from torch import Tensor

from finfoundry.train.light.divergence import divergence
from finfoundry.train.merging.algorithms import METHODS, Merging, Mix
from finfoundry.train.methods.dpo import DpoLoss
from finfoundry.train.methods.grpo import GroupLoss
from finfoundry.train.methods.kto import KtoLoss, WantedRow
from finfoundry.train.methods.pairs import side_by_side
from finfoundry.train.packing import Pack, RowTokens
from finfoundry.train.recipe import Preference, Sampling
from finfoundry.train.rewards.learned import RewardLoss
from finfoundry.train.sampling.rounds import SampledRow

MOST, SHAPE, DENSITY = 1e-4, (64, 48), 0.4
WEIGHTS = (1.0, 0.5, 2.0)
ROWS = 12  # of logits, pairs, completions
BETA, IGNORED = 0.1, -100


def drawn(count: int, seed: int) -> list[Tensor]:
    source = torch.Generator().manual_seed(seed)
    return [torch.randn(SHAPE, generator=source) for _ in range(count)]


def ours(method: Merging, changes: Sequence[Tensor], mix: Mix, seed: int = 0) -> Tensor:
    return METHODS[method](changes, mix, torch.Generator().manual_seed(seed))


def theirs(method: str, base: Tensor, changes: Sequence[Tensor], **given: Any) -> Tensor:
    """The change that mergekit makes of tuned tensors over their base."""
    made = importlib.import_module("mergekit.merge_methods.base")
    registered = importlib.import_module("mergekit.merge_methods.registry").get(method)
    names = [f"model {number}" for number in range(len(changes))]
    group = made.TensorGroup.from_tensors([base, *(base + one for one in changes)], ids=["base", *names], base_index=0)
    parameters = {"weight": dict(zip(names, WEIGHTS, strict=False)), "density": dict.fromkeys(names, DENSITY), "lambda": 1.0, **given}
    found: Tensor = registered.merge_group(group, int8_mask=False, rescale=False, **parameters)
    return found - base


def merges() -> dict[str, float]:
    base, found = drawn(1, 9)[0], dict[str, float]()
    slerp = importlib.import_module("mergekit.merge_methods.slerp").slerp
    for share in (0.0, 0.3, 0.5, 1.0):
        first, second = drawn(2, 1)
        told = slerp(torch.tensor([share]), first[None], second[None])[0]
        found["slerp"] = max(found.get("slerp", 0), _off(ours("slerp", [first, second], Mix((1, 1), share=share)), told))
    for count in (2, 3):
        changes, weights = drawn(count, count), WEIGHTS[:count]
        for ours_named, named in (("linear", "task_arithmetic"), ("ties", "ties")):
            told = theirs(named, base, changes, normalize=True)
            mine = ours(ours_named, changes, Mix(weights, density=DENSITY))  # type: ignore[arg-type]
            found[ours_named] = max(found.get(ours_named, 0), _off(mine, told))
        torch.manual_seed(0)
        told = theirs("dare_linear", base, changes, normalize=True) / DENSITY
        found["dare"] = max(found.get("dare", 0), _off(ours("dare", changes, Mix(weights, density=DENSITY)), told))
    return found


def losses() -> dict[str, float]:
    theirs = importlib.import_module("trl.experimental.gkd.gkd_trainer").GKDTrainer.generalized_jsd_loss
    student, teacher = (torch.randn(1, ROWS, 300, generator=torch.Generator().manual_seed(seed)) * 3 for seed in (1, 2))
    found = {}
    for beta in (0.0, 0.3, 0.5, 1.0):
        mine = _slope(partial(divergence, teacher=teacher, beta=beta), student)
        told = _slope(partial(theirs, teacher_logits=teacher, beta=beta), student)
        found[f"divergence, beta {beta}"] = max(_off(*pair) for pair in zip(mine, told, strict=True))
    return found


def policies() -> dict[str, float]:
    """The loss of pairs and of completions, and every gradient, by ours and by TRL's trainers."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, both in (("dpo", _dpo), ("kto", _kto), ("reward", _reward), ("grpo, bnpo", _grpo)):
            ours = tiny.base(Path(folder)).model(torch.float32)
            theirs = tiny.hf_model("llama")
            theirs.load_state_dict(ours.state_dict())
            mine, told = both(ours, theirs)
            mine.backward()  # type: ignore[no-untyped-call]
            told.backward()  # type: ignore[no-untyped-call]
            slopes = dict(theirs.named_parameters())
            off = max(_off(one.grad, slopes[key].grad) for key, one in ours.named_parameters() if key in slopes and one.grad is not None)
            found[name] = max(_off(mine, told), off)
    return found


def _completions(seed: int) -> list[RowTokens]:
    source = torch.Generator().manual_seed(seed)
    lengths = torch.randint(6, 14, (ROWS,), generator=source).tolist()
    return [RowTokens(tuple(torch.randint(6, 300, (length,), generator=source).tolist()), 3) for length in lengths]


def _dpo(ours: Any, theirs: Any) -> tuple[Tensor, Tensor]:
    """Each preferred answer has the prompt of the one put aside."""
    better = _completions(1)
    worse = [RowTokens((*one.ids[:3], *other.ids[3:]), 3) for one, other in zip(better, _completions(2), strict=True)]
    reference = torch.randn(ROWS, 2, generator=torch.Generator().manual_seed(3)) - 40
    module, rows = DpoLoss(ours), [side_by_side(*pair) for pair in zip(better, worse, strict=True)]
    module.told, module.known = Preference(beta=BETA), dict(zip(rows, reference, strict=True))
    ids, mask, answers = _padded([*better, *worse])
    trainer = _trainer(theirs, beta=BETA, loss_types=["sigmoid"], loss_weights=[1.0], f_divergence_type="reverse_kl")
    given = {"input_ids": ids, "attention_mask": mask, "completion_mask": answers}
    given |= {"ref_chosen_logps": reference[:, 0], "ref_rejected_logps": reference[:, 1]}
    compute = importlib.import_module("trl").DPOTrainer._compute_loss  # noqa: SLF001  it has no other
    told = compute(trainer, partial(_asked, theirs), given, return_outputs=False)
    return module(Pack(tuple(rows))) / ROWS, told


def _kto(ours: Any, theirs: Any) -> tuple[Tensor, Tensor]:
    """Answers wanted and not in turn, each beside an answer to another question; all in one pack, as all are in one batch."""
    answers, others = _completions(6), _completions(7)
    reference = torch.randn(ROWS, 2, generator=torch.Generator().manual_seed(8)) - 40
    module, rows = KtoLoss(ours), list[WantedRow]()
    for place, (one, other) in enumerate(zip(answers, others, strict=True)):
        pair = side_by_side(one, other)
        rows.append(WantedRow(pair.ids, pair.start, pair.second, pair.asked, place % 2 == 0))
    module.told, module.known = Preference(beta=BETA, wanted=1.3, unwanted=0.7), dict(zip(rows, reference, strict=True))
    trainer = _trainer(
        theirs,
        beta=BETA,
        loss_type="kto",
        calculate_KL=True,
        desirable_weight=1.3,
        undesirable_weight=0.7,
        _compute_kl_logps=partial(_summed, theirs),
    )
    given = dict(zip(("input_ids", "attention_mask", "completion_mask"), _padded(answers), strict=True))
    given |= {f"KL_{name}": value for name, value in zip(("input_ids", "attention_mask", "completion_mask"), _padded(others), strict=True)}
    given |= {"label": torch.tensor([row.wanted for row in rows]), "ref_logps": reference[:, 0], "ref_KL_logps": reference[:, 1]}
    compute = importlib.import_module("trl").KTOTrainer._compute_loss  # noqa: SLF001  it has no other
    told = compute(trainer, partial(_asked, theirs), given, return_outputs=False)
    return module(Pack(tuple(rows))) / ROWS, told


def _summed(model: Any, _: Any, batch: dict[str, Tensor]) -> Tensor:
    """The log-probability of each answer to another question."""
    ids, mask, answers = (batch[f"KL_{name}"] for name in ("input_ids", "attention_mask", "completion_mask"))
    with torch.no_grad():
        found: Tensor = _asked(model, ids, mask, ids.masked_fill(answers == 0, IGNORED)).log_probs.sum(-1)
    return found


def _reward(ours: Any, theirs: Any) -> tuple[Tensor, Tensor]:
    """Scores by one line through the state of the last token, the same in both."""
    better, worse = _completions(9), _completions(10)
    module = RewardLoss(ours)
    line = torch.randn(1, ours.config.hidden_size, generator=torch.Generator().manual_seed(11))
    with torch.no_grad():
        module.model.heads["reward"].weight.copy_(line)

    def scored(input_ids: Tensor, attention_mask: Tensor, **_: Any) -> SimpleNamespace:
        states = theirs.get_decoder()(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        last = states[torch.arange(len(states)), attention_mask.sum(-1) - 1]
        return SimpleNamespace(logits=last @ line.T)

    ids, mask, _ = _padded([*better, *worse])
    trainer = _trainer(theirs)
    trainer.args.center_rewards_coefficient = None
    told = importlib.import_module("trl").RewardTrainer.compute_loss(trainer, scored, {"input_ids": ids, "attention_mask": mask})
    rows = [side_by_side(*pair) for pair in zip(better, worse, strict=True)]
    return module(Pack(tuple(rows))) / ROWS, told


def _grpo(ours: Any, theirs: Any) -> tuple[Tensor, Tensor]:
    """Log-probabilities of before and of the anchor are some way off, so that ratios are clipped."""
    source = torch.Generator().manual_seed(4)
    plain, rows = _completions(5), list[SampledRow]()
    ids, mask, answers = _padded(plain)
    scores = _asked(theirs, ids, mask, ids.masked_fill(answers == 0, IGNORED)).log_probs.detach()[:, 2:]
    before, anchor = (scores + torch.randn(scores.shape, generator=source) * 0.4 for _ in range(2))
    gains = torch.randn(ROWS, generator=source)
    for place, row in enumerate(plain):
        count = len(row.ids) - 3
        rows.append(SampledRow(row.ids, 3, float(gains[place]), *(tuple(one[place, :count].tolist()) for one in (before, anchor))))
    module = GroupLoss(ours)
    module.told = Sampling(updates=2, ratio=0.2, divergence=BETA)
    trainer = _trainer(
        theirs, beta=BETA, loss_type="bnpo", epsilon_low=0.2, epsilon_high=0.2, importance_sampling_level="token", top_entropy_quantile=1.0,
        off_policy_mask_threshold=None, use_vllm=False, current_gradient_accumulation_steps=1, _entropy_bonus_enabled=False,
        _get_per_token_logps_and_entropies=_scored,
    )  # fmt: skip
    trainer.args.delta, trainer.args.use_bias_correction_kl = None, False
    given = {"prompt_ids": ids[:, :3], "prompt_mask": mask[:, :3], "completion_ids": ids[:, 3:], "completion_mask": mask[:, 3:]}
    given |= {"advantages": gains, "old_per_token_logps": before, "ref_per_token_logps": anchor}
    told = importlib.import_module("trl").GRPOTrainer._compute_loss(trainer, theirs, given)  # noqa: SLF001
    return module(Pack(tuple(rows))) / sum(row.targets for row in rows), told


def _scored(model: Any, ids: Tensor, mask: Tensor, kept: int, **_: Any) -> tuple[Tensor, Tensor, None]:
    found = _asked(model, ids, mask, ids).log_probs[:, -kept:]
    return found, torch.zeros_like(found), None


def _trainer(model: Any, **given: Any) -> MagicMock:
    """What a trainer of TRL would hold; what it writes into its log goes nowhere."""
    told = {"aux_loss_enabled": False, "precompute_ref_logps": True, "ld_alpha": None, "use_weighting": False}
    found = MagicMock(model=model, _total_train_tokens=0, _tp_size=1, **told | given)
    found.accelerator.device = "cpu"
    found.accelerator.gather = found.accelerator.gather_for_metrics = lambda value: value
    return found


def _padded(rows: Sequence[RowTokens]) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens side by side, which of them are there, and which of them are of the answer."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.tensor([[*row.ids, *[0] * (longest - len(row.ids))] for row in rows])
    mask = torch.tensor([[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in rows])
    return ids, mask, mask * (torch.arange(longest) >= rows[0].start)


def _asked(model: Any, input_ids: Tensor, attention_mask: Tensor, labels: Tensor, **_: Any) -> SimpleNamespace:
    """The outputs that TRL's trainers read, by transformers alone: (rows, tokens - 1), nothing where there is no label."""
    logits = model(input_ids=input_ids, attention_mask=attention_mask).logits[:, :-1]
    wanted = labels[:, 1:]
    told = logits.log_softmax(-1).gather(-1, wanted.clamp(min=0)[..., None])[..., 0]
    nothing = torch.zeros_like(told)
    return SimpleNamespace(
        log_probs=told.masked_fill(wanted == IGNORED, 0.0),
        entropy=nothing,
        mean_logits=nothing,
        is_top1=nothing.bool(),
        log_sum_sq_probs=nothing,
    )


def _slope(loss: Callable[[Tensor], Tensor], student: Tensor) -> tuple[Tensor, Tensor]:
    """The mean loss of a row, and its gradient."""
    given = student.clone().requires_grad_()
    value = loss(given) / ROWS
    (slope,) = torch.autograd.grad(value, given)
    return value.detach(), slope


def _off(first: Tensor, second: Tensor) -> float:
    return float((first - second).abs().max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"merges": merges, "losses": losses, "policies": policies}
    parser.add_argument("part", nargs="*", choices=[*parts, []], default=list(parts))
    found = {name: off for part in parser.parse_args().part for name, off in parts[part]().items()}
    for name, off in found.items():
        print(f"{name:20} off by at most {off:.1e}")
    sys.exit(max(found.values()) > MOST)
