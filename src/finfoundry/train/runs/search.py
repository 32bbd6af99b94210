"""A small search: a recipe with other values for some of its keys; each trial is a run, judged by the loss of the same rows held back.

Lists are tried in every combination, or as many of these as asked for, drawn by the seed (Bergstra and Bengio, 2012); of a range LOW..HIGH
values are drawn evenly on a logarithmic scale.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from finfoundry.core.display import Display, escaped
from finfoundry.core.errors import InputError
from finfoundry.train.recipe import Recipe, parse_recipe

RESULT, BEST, TRIALS = "search.json", "best.yaml", "trials"
FIXED = ("base", "method", "data", "development", "name", "context", "forms")  # change which rows are compared, in which tokens, or no run
MANY = 500  # trials


@dataclass(frozen=True)
class Space:
    """The values of one key: those listed, or, where ``low`` is given, any between ``low`` and ``high``."""

    key: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class SearchTrial:
    """One run; ``loss`` is the lowest on the rows held back, None where it was no number."""

    number: int
    changes: dict[str, Any]
    loss: float | None
    step: int | None
    steps: int
    tokens: int
    seconds: float
    folder: str


@dataclass(frozen=True)
class RecipeSearch:
    """What a search found, the best first; ``best`` is the file of the recipe that was the best."""

    recipe: str
    trials: list[SearchTrial]
    best: str

    def show_on(self, display: Display) -> None:
        """A table of the trials."""
        rows = [
            (
                json.dumps(one.changes),
                "none" if one.loss is None else f"{one.loss:.4f}",
                f"{one.step}/{one.steps}",
                f"{one.seconds:.0f} s",
                one.folder,
            )
            for one in self.trials
        ]
        display.table(("changes", "development loss", "best step", "time", "folder"), rows)
        display.line(f"the best as a recipe: {escaped(self.best)}")


def spaces(told: Sequence[str]) -> list[Space]:
    """From KEY=V1,V2 and KEY=LOW..HIGH. Raises InputError."""
    found = [_space(one) for one in told]
    if twice := {one.key for one in found if [other.key for other in found].count(one.key) > 1}:
        raise InputError(f"{min(twice)} is named twice", remedy="Give all its values at once: KEY=V1,V2")
    return found


def _space(told: str) -> Space:
    key, found, values = told.partition("=")
    if not found or not values:
        raise InputError(f"{told!r} is no search", remedy="Write KEY=V1,V2 or KEY=LOW..HIGH, as in learning_rate=1e-4..1e-3")
    if key.partition(".")[0] in FIXED:
        raise InputError(f"{key} is not searched over: trials are compared by the loss of the same rows", remedy="Compare by evaluate")
    if ".." in values:
        low, _, high = values.partition("..")
        try:
            space = Space(key, (), float(low), float(high))
        except ValueError as error:
            raise InputError(f"{told!r} is no range of numbers", remedy="Write KEY=LOW..HIGH") from error
        if not 0 < space.low < space.high < math.inf:
            raise InputError(f"{told!r} is no range above 0", remedy="Write KEY=LOW..HIGH with 0 < LOW < HIGH")
        return space
    return Space(key, tuple(_value(one) for one in values.split(",")))


def _value(text: str) -> Any:
    """As YAML reads it, and numbers that YAML takes for text (1e-4)."""
    found = yaml.safe_load(text)
    try:
        return float(found) if isinstance(found, str) else found
    except ValueError:
        return found


def drawn(over: Sequence[Space], trials: int | None, seed: int) -> list[dict[str, Any]]:
    """The changes of each trial, none twice. Raises InputError for a range without a number of trials, and for too many."""
    ranges = [space for space in over if space.low]
    if ranges and trials is None:
        raise InputError(f"{ranges[0].key} is a range: how many values of it?", remedy="Say how many runs: --trials N")
    grid = math.prod(len(space.values) for space in over if not space.low)
    if (count := trials or grid) > MANY:
        raise InputError(f"{count} runs are more than {MANY}", remedy="Say fewer: --trials N")
    source = random.Random(seed)  # noqa: S311  a sample, no secret
    if ranges:
        return [{space.key: _drawn(space, source) for space in over} for _ in range(count)]
    if grid <= 100 * MANY:
        keys = [space.key for space in over]
        every = [dict(zip(keys, values, strict=True)) for values in itertools.product(*(space.values for space in over))]
        return every if count >= len(every) else source.sample(every, count)
    raise InputError(f"{grid} combinations are too many", remedy="Give fewer values")


def _drawn(space: Space, source: random.Random) -> Any:
    if not space.low:
        return source.choice(space.values)
    return float(f"{math.exp(source.uniform(math.log(space.low), math.log(space.high))):.3g}")


def changed(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with other values, ``lora.rank`` for a key within a key. Raises InputError for a key, or a value, that none has, or with
    which the recipe's forms cannot be written.
    """
    told: dict[str, Any] = recipe.model_dump()
    for key, value in changes.items():
        *path, last = key.split(".")
        place = told
        for part in path:
            place = place.get(part) if isinstance(place.get(part), dict) else {}  # type: ignore[assignment]
        if last not in place:
            raise InputError(f"a recipe has no key {key}", remedy="docs/training.md lists the keys of a recipe")
        place[last] = value
    return parse_recipe(told, f"the recipe {recipe.name} with {json.dumps(dict(changes))}")


Run = Callable[[Recipe, Path], Mapping[str, Any]]  # trains in a folder -> outcome of the loop, as fields


@dataclass(frozen=True)
class Searched:
    """What the trials of a folder are of: SHA-256 of base and rows. A trial of others is no trial of this search."""

    base: str
    data: str


def search(recipe: Recipe, over: Sequence[str], trials: int | None, out: Path, run: Run, of: Searched) -> RecipeSearch:
    """Carry out the trials that are not done yet, and rank them all. Stopped, the same command goes on. Raises InputError."""
    if recipe.development is None:
        raise InputError(f"the recipe {recipe.name} holds no rows back: nothing judges its trials", remedy="Add the key development")
    asked = spaces(over)
    if any(space.key == "seed" for space in asked) and _is_drawn(recipe):
        raise InputError("seed draws which rows of a limit are learned: trials would be of other rows", remedy="Search over others")
    changes = drawn(asked, trials, recipe.seed)
    recipes = [changed(recipe, one).model_copy(update={"forms": []}) for one in changes]  # what is wrong is told before the first run
    done: list[SearchTrial] = []
    for number, (one, told) in enumerate(zip(changes, recipes, strict=True), 1):
        folder = out / TRIALS / _name(one)
        identity = {"recipe": told.digest, **asdict(of)}
        found = _kept(folder, identity) or run(told, folder)
        if found["stopped"]:
            raise KeyboardInterrupt
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).write_text(json.dumps(dict(found) | {"of": identity}, indent=1), "utf-8")
        loss = found["development_loss"]
        usable = loss if loss is not None and math.isfinite(loss) else None
        done.append(
            SearchTrial(number, one, usable, found["best_step"], found["steps"], found["tokens"], round(found["seconds"], 1), str(folder))
        )
        _write(out, recipe, done)
    return _write(out, recipe, done)


def _name(changes: Mapping[str, Any]) -> str:
    """The same folder for the same changes, so that a search that is widened does not begin anew."""
    return hashlib.sha256(json.dumps(dict(changes), sort_keys=True).encode()).hexdigest()[:12]


def _is_drawn(recipe: Recipe) -> bool:
    data = recipe.data
    return any(one is not None and one.limit for one in (*data.tasks, *data.conversations, data.corpus, data.replay))


def _kept(folder: Path, identity: Mapping[str, str]) -> Mapping[str, Any] | None:
    path = folder / RESULT
    if not path.is_file():
        return None
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    if found.get("of") != identity:
        raise InputError(f"{folder} is a trial of another recipe, base or data", remedy="Give another --out, or remove the folder")
    return found


def _write(out: Path, recipe: Recipe, done: Sequence[SearchTrial]) -> RecipeSearch:
    ranked = sorted(done, key=lambda trial: (trial.loss is None, trial.loss or 0.0, trial.number))
    best = changed(recipe, ranked[0].changes).model_dump()
    (out / BEST).write_text(yaml.safe_dump(best, allow_unicode=True, sort_keys=False), "utf-8")
    outcome = RecipeSearch(recipe.name, ranked, str(out / BEST))
    (out / RESULT).write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1), "utf-8")
    return outcome
