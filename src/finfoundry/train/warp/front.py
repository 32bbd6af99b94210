"""The front of what policies earn against what it cost, and the area that it covers, with intervals over the evaluation rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from finfoundry.core.svg import BLUE, GREEN, GREY, RED, SANS, Plane, dot, picture, text
from finfoundry.train.warp.assess import Assessed

Numbers = NDArray[np.float64]
Places = NDArray[Any]  # of rows that a resample drew
Against = Literal["divergence", "forgotten"]
RESAMPLES = 1000
COLOURS = {"warp": BLUE, "average": GREEN, "single": RED}
_W, _H, _PAD = 640, 360, 56


@dataclass(frozen=True)
class FrontPoint:
    """A policy: ``share``: how far from the start it lies, 1 at the end of its line. ``divergence`` in nats a completion, ``forgotten`` the
    rise of the loss on the tasks held out, in nats a token.
    """

    family: str
    share: float
    folder: str
    reward: float
    divergence: float
    forgotten: float
    rewards: dict[str, float]


@dataclass(frozen=True)
class HyperVolume:
    """The area between a family's front, the start's reward, and the largest cost of any; ``over``: None, or the family whose area is taken
    from it. ``low`` and ``high`` hold 95 % of the resamples of the rows.
    """

    against: Against
    family: str
    over: str | None
    value: float
    low: float
    high: float


def area(costs: Numbers, rewards: Numbers, most: float, floor: float) -> float:
    """What points with costs up to ``most`` and rewards from ``floor`` dominate."""
    found, best = 0.0, floor
    order = np.lexsort((-rewards, costs))
    for cost, reward in zip(costs[order], rewards[order], strict=True):
        if reward > best and cost < most:
            found += (most - max(cost, 0.0)) * (reward - best)
            best = reward
    return found


def volumes(families: Mapping[str, Sequence[Assessed]], start: Assessed, against: Against, seed: int = 0) -> list[HyperVolume]:
    """Of each family, and of the first over each of the others, on the same resamples."""
    chance = np.random.default_rng(seed)
    rows, read = len(start.reward), len(start.loss)
    draws = [(np.arange(rows), np.arange(read))]
    draws += [(chance.integers(0, rows, rows), chance.integers(0, read, read)) for _ in range(RESAMPLES)]
    areas = np.array([_areas(families, start, against, *drawn) for drawn in draws])  # (1 + RESAMPLES, families)
    names = list(families)
    found = [_volume(against, name, None, areas[:, place]) for place, name in enumerate(names)]
    return found + [_volume(against, names[0], name, areas[:, 0] - areas[:, place]) for place, name in enumerate(names) if place]


def _areas(families: Mapping[str, Sequence[Assessed]], start: Assessed, against: Against, rows: Places, read: Places) -> list[float]:
    floor, begun = float(np.mean(np.array(start.reward)[rows])), np.array(start.loss)[read].mean()

    def cost(one: Assessed) -> float:
        return float(np.array(one.divergence)[rows].mean() if against == "divergence" else np.array(one.loss)[read].mean() - begun)

    costs = {name: np.array([cost(one) for one in of]) for name, of in families.items()}
    most = max(0.0, *(float(of.max()) for of in costs.values()))  # none covers anything where all forget less than the start
    rewards = {name: np.array([np.array(one.reward)[rows].mean() for one in of]) for name, of in families.items()}
    return [area(costs[name], rewards[name], most, floor) for name in families]


def _volume(against: Against, family: str, over: str | None, areas: Numbers) -> HyperVolume:
    low, high = np.quantile(areas[1:], (0.025, 0.975))
    return HyperVolume(against, family, over, *(round(float(value), 6) for value in (areas[0], low, high)))


def draw(points: Sequence[FrontPoint], start: FrontPoint, against: Against) -> str:
    """Reward against cost, a line a family, as SVG."""
    costs = [getattr(one, against) for one in (*points, start)]
    rewards = [one.reward for one in (*points, start)]
    low, most = min(0.0, *costs), max(costs)
    plane = Plane(_PAD, _W - _PAD, _PAD, _H - _PAD, most=(most - low) or 1.0, high=max(rewards), low=min(rewards))
    parts = [plane.axes(), text(_W - _PAD, _H - 14, f"{against} (nats), to {most:.3g}", text_anchor="end", font_size=12)]
    parts += [text(_PAD - 6, plane.y(value) + 4, f"{value:.3f}", text_anchor="end", font_size=11) for value in (plane.low, plane.high)]
    families = list(dict.fromkeys(one.family for one in points))
    for place, family in enumerate(families):
        line = sorted((one.share, getattr(one, against) - low, one.reward) for one in (start, *points) if one.family in (family, "start"))
        parts.append(plane.curve([(cost, reward) for _, cost, reward in line], COLOURS.get(family, GREY)))
        parts += [dot(plane.x(cost), plane.y(reward), 4, COLOURS.get(family, GREY)) for _, cost, reward in line]
        parts.append(text(_PAD + 12, _PAD + 16 * place, family, fill=COLOURS.get(family, GREY), font_size=12))
    return picture(_W, _H, parts, name=f"Reward against {against}", font_family=SANS)
