"""Supervised instruction tuning, the loss on answers only: one task, several mixed by temperature, or several with some held out
entirely, on which the model is then a zero-shot one.

Mixing: Raffel et al. (2020, arXiv 1910.10683, section 3.5.2): a task of n rows has the share n^(1/T). The total stays that of the rows
there are, so that mixtures cost the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from finfoundry.train.data.material import Material
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import Lesson, encode, within


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Raises InputError naming a row that is longer than the context, unless the recipe drops such."""
    by_task: dict[str, list[RowTokens]] = {}
    for source, lessons in material.lessons.items():
        by_task[source] = _encoded(material, source, lessons, tokenizer, recipe)
    return mixed(by_task, recipe.data.temperature, recipe.seed)


def _encoded(material: Material, source: str, lessons: Sequence[Lesson], tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    encoded = [encode(tokenizer, lesson) for lesson in lessons]
    kept = within((lesson.id for lesson in lessons), encoded, recipe.context, drop=recipe.data.too_long == "drop")
    material.manifest.note_long(source, len(encoded) - len(kept))
    return [encoded[place] for place in kept]


def mixed(by_task: Mapping[str, Sequence[RowTokens]], temperature: float, seed: int) -> list[RowTokens]:
    """Rows of all tasks; small ones are repeated and large ones thinned as the temperature asks."""
    total = sum(map(len, by_task.values()))
    weights = {task: len(rows) ** (1 / temperature) for task, rows in by_task.items()}
    found: list[RowTokens] = []
    for task, rows in by_task.items():
        wanted = max(1, round(total * weights[task] / sum(weights.values()))) if rows else 0
        whole, rest = divmod(wanted, max(1, len(rows)))
        found += [*rows] * whole + random.Random(f"{seed}/{task}").sample(list(rows), rest)  # noqa: S311
    return found
