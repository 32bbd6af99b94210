"""Answers of tasks: labels, lists and marked names, and TAT-QA's figures and spans; true, and false in one respect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.evals.made_answers.made import TRUE, Made

from finfoundry.core.tasks import Task
from finfoundry.evals.rows import Item

FIGURE = re.compile(r"-?[$€£]?\(?\d[\d,]*(?:\.\d+)?\)?%?")
SCALES = ("thousand", "million", "billion", "percent")


def labelled(task: Task, item: Item, random: Random) -> Iterator[Made]:
    """Right and wrong answers for a task with labels, lists or names."""
    yield Made(item.gold, TRUE)
    yield Made(f" {item.gold}\n", TRUE)
    if task.kind == "choice":
        yield Made(item.gold.upper(), TRUE)
        other = random.choice([word for word in task.words if word.casefold() != item.gold.casefold()])
        yield Made(other, "other item")
        yield Made(f"not {item.gold}", "denied")
        yield Made(f"{item.gold} or {other}", "both")
    elif task.kind in ("choices", "list"):
        yield from _several(task, item, random)
    elif task.kind == "entities":
        yield from _marked(task, item, random)


def _several(task: Task, item: Item, random: Random) -> Iterator[Made]:
    joint = " " if task.kind == "choices" else "；"
    parts = item.gold.split() if task.kind == "choices" else [part.strip() for part in re.split(r"[;；\n]", item.gold) if part.strip()]
    others = [word for word in task.words if word not in parts] or ["另一事项"]
    other = random.choice(others)
    yield Made(joint.join([*parts[:-1], other]), "other item")
    yield Made(joint.join([*parts, other]), "one too many")
    if len(parts) > 1:
        yield Made(joint.join(parts[:-1]), "left out")
        yield Made(joint.join(parts[::-1]) if task.kind == "choices" else item.gold, TRUE)


def _marked(task: Task, item: Item, random: Random) -> Iterator[Made]:
    lines = item.gold.splitlines()
    if item.gold == task.none or not lines:
        return
    label, _, name = lines[-1].partition(":")
    others = [word for word in task.words if word.casefold() != label.strip().casefold()]
    if others:
        yield Made("\n".join([*lines[:-1], f"{random.choice(others)}:{name}"]), "other item")
    if len(name.strip()) > 1:
        yield Made("\n".join([*lines[:-1], f"{label}: {name.strip()[:-1]}"]), "value")
    yield Made("\n".join(lines[:-1]) or str(task.none), "left out")


def given_table(item: Item, random: Random) -> Iterator[Made]:
    """Right and wrong answers for TAT-QA: figures with their scale, and words copied from the page."""
    gold, scale = item.meta["answer"], item.meta["scale"]
    parts = [str(one) for one in gold] if isinstance(gold, list) else [str(gold)]
    yield Made(_told(parts, scale), TRUE)
    yield Made(f"{_told(parts, scale)}.", TRUE)
    if len(parts) > 1:
        yield Made(_told(parts[::-1], scale), TRUE)  # the official metric asks for no order
        yield Made(_told(parts[:-1], scale), "left out")
        yield Made(_told([*parts, "deferred revenue"], scale), "one too many")
    if FIGURE.fullmatch(parts[-1]):
        yield from _figures(parts, scale, random)
    else:
        words = parts[-1].split()
        yield Made(_told([*parts[:-1], " ".join(words[: len(words) // 2]) or "nothing of the kind"], scale), "left out")
        yield Made(_told([*parts[:-1], f"not {parts[-1]}"], scale), "denied")
        yield Made(_told([*parts[:-1], "the segment that the company sold"], scale), "other item")


def _told(parts: list[str], scale: str) -> str:
    return "; ".join(parts) + (f" {scale}" if scale else "")


def _figures(parts: list[str], scale: str, random: Random) -> Iterator[Made]:
    value = float(re.sub(r"[^\d.]", "", parts[-1]) or 0)
    if not value:
        return
    negative = parts[-1].startswith(("-", "("))

    def said(other: float, *, minus: bool = negative, word: str = scale, shown: Any = None) -> str:
        number = shown or f"{'-' if minus else ''}{other:,.2f}"
        return _told([*parts[:-1], number], word)

    yield Made(said(value * random.choice((0.71, 1.13, 1.24))), "value")
    yield Made(said(value, minus=not negative), "sign")
    yield Made(said(value * 100), "x100")
    yield Made(said(value, word=random.choice([one for one in SCALES if one != scale])), "scale")
    yield Made(said(0, shown=f"{parts[-1]} or {value * 1.24:,.2f}"), "both")
