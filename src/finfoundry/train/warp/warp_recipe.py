"""What WARP is told: a recipe for each policy, and how they become one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from finfoundry.core.errors import InputError
from finfoundry.train.recipe import NAME, Recipe, shipped


class WarpRecipe(BaseModel):
    """``policy`` is a recipe of the method grpo; each of ``members`` names the rewards of one policy, with their weights."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=f"^{NAME}$")
    purpose: str = ""
    policy: Recipe
    members: list[dict[str, float]] = Field(min_length=2)
    iterations: int = Field(default=2, gt=0)
    anchor: float = Field(default=0.05, gt=0, lt=1)  # share by which a policy's anchor follows it each round
    towards: float = Field(default=0.5, gt=0, le=1)  # how far from its start an iteration goes towards what it merged
    points: list[float] = [0.25, 0.5, 0.75, 1.0]  # of the way from the start to the last iteration's end, between which the gate chooses
    measured: dict[str, float] = Field(min_length=1)  # rewards by which all are compared, with their weights
    items: int = Field(default=64, gt=1)  # evaluation rows of the tasks that are asked, and rows of each task held out that are read
    beside: bool = True  # also average as many policies as long, and train one as long as all

    @model_validator(mode="after")
    def _whole(self) -> WarpRecipe:
        if self.policy.method != "grpo" or self.policy.weights == "full":
            raise ValueError("policy must be of the method grpo, with weights lora or qlora")
        if not self.policy.data.held_out:
            raise ValueError("policy.data.held_out must name a task on which it is measured what is forgotten")
        if self.policy.init_adapter:
            raise ValueError("policy.init_adapter is not the start that costs are counted from: use --start")
        if not self.points or not all(0 < point <= 1 for point in self.points):
            raise ValueError("points are shares, above 0 up to 1, at least one")
        if len({f"{point:.2f}" for point in self.points}) < len(self.points):
            raise ValueError("points are told apart by two digits")
        if not all(any(weight > 0 for weight in member.values()) for member in self.members):
            raise ValueError("each of members needs a reward that weighs more than 0")
        return self

    def of_member(self, number: int, iteration: int) -> Recipe:
        """The recipe of one policy, both counted from 1."""
        sampling = self.policy.sampling.model_copy(update={"anchor": self.anchor})
        seed = self.policy.seed + 1000 * iteration + number
        return self._recipe(f"{self.name}-{iteration}-{number}", seed, rewards=self.members[number - 1], sampling=sampling)

    def of_average(self, number: int) -> Recipe:
        """A policy of the plain average: as long as all iterations, its anchor at the start."""
        rewards = self.members[number - 1]
        return self._recipe(f"{self.name}-average-{number}", self.policy.seed + number, rewards=rewards, epochs=self._longer(1))

    def of_single(self) -> Recipe:
        """One policy as long as all of them, by the mean of their rewards."""
        names = dict.fromkeys(name for mix in self.members for name in mix)
        mean = {name: sum(mix.get(name, 0.0) for mix in self.members) / len(self.members) for name in names}
        return self._recipe(f"{self.name}-single", self.policy.seed, rewards=mean, epochs=self._longer(len(self.members)))

    def _longer(self, times: int) -> float:
        return self.policy.epochs * self.iterations * times

    def _recipe(self, name: str, seed: int, **given: Any) -> Recipe:
        return self.policy.model_copy(update={"name": name, "seed": seed, "forms": [], **given})


def load_warp(path: Path) -> WarpRecipe:
    """The recipe in a file, or a shipped one by its name. Raises InputError naming the file and the key."""
    try:
        content = yaml.safe_load(shipped("warp").get(str(path), path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        remedy = f"Give a file, or one of {', '.join(sorted(shipped('warp')))}"
        raise InputError(f"the recipe {path} cannot be read: {error}", remedy=remedy) from error
    try:
        return WarpRecipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise InputError(f"{path}: {key}: {first['msg']}", remedy="docs/training.md lists what WARP is told") from error
