"""Supervised instruction tuning, the loss on answers only: one task, several mixed by temperature, or several with some held out
entirely, on which the model is then a zero-shot one.

Mixing: Raffel et al. (2020, arXiv 1910.10683, section 3.5.2): a task of n rows has the share n^(1/T). The total stays that of the rows
there are, so that mixtures cost the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.fingerprints import plain
from finfoundry.train.conversations import TaughtConversation
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.text import Lesson, NotShown, encode, encode_turns, within

TOO_LONG = "longer than the context"  # a reason


def rows(material: Material, tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """Raises InputError naming a row that is longer than the context, unless the recipe drops such."""
    by_task: dict[str, list[RowTokens]] = {}
    for source, lessons in material.lessons.items():
        by_task[source] = _encoded(material, source, lessons, tokenizer, recipe)
    for source, talks in material.conversations.items():
        by_task[source] = _talked(material, source, talks, tokenizer, recipe)
    return mixed(by_task, recipe.data.temperature, recipe.seed)


def _encoded(material: Material, source: str, lessons: Sequence[Lesson], tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    weight = {load_task(share.task).name: share.weight for share in recipe.data.tasks}.get(source, 1.0)
    encoded = [replace(encode(tokenizer, lesson), weight=weight) for lesson in lessons]
    kept = within((lesson.id for lesson in lessons), encoded, recipe.context, drop=recipe.data.too_long == "drop")
    material.manifest.note_long(source, len(encoded) - len(kept))
    material.left_out += [LeftOut(lessons[place].id, TOO_LONG) for place in sorted({*range(len(encoded))} - {*kept})]
    return [encoded[place] for place in kept]


def _talked(material: Material, source: str, talks: Sequence[TaughtConversation], tokenizer: Any, recipe: Recipe) -> list[RowTokens]:
    """A conversation counts as one row, though a template may take several to show it."""
    found: list[RowTokens] = []
    long = unshown = 0
    for talk in talks:
        try:
            rows = [replace(row, group=plain(talk.asked[0] if talk.asked else talk.answer)) for row in encode_turns(tokenizer, talk)]
        except NotShown as why:
            material.left_out.append(LeftOut(talk.id, str(why)))
            unshown += 1
            continue
        kept = within([talk.id] * len(rows), rows, recipe.context, drop=recipe.data.too_long == "drop")
        if len(kept) < len(rows):
            material.left_out.append(LeftOut(talk.id, TOO_LONG))
            long += 1
        else:
            found += rows
    material.manifest.note_unshown(source, unshown)
    material.manifest.note_long(source, long)
    return found


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
