"""Rows with labels asked in ever other ways, so that a model learns to read what it is asked, and not what one task's labels are.

A row keeps its fields and its right answer. Drawn anew, by its seed and name: the wording, which other labels are on offer, their order,
how they are listed, and what they are called: as ever, or by letters, numbers and invented words that say which label they stand for.
Tasks in many wordings: Wei et al. (2021, arXiv 2109.01652); labels that tell nothing by themselves, so that the instruction must be read:
Wei et al. (2023, arXiv 2305.08298).
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from finfoundry.core.protocols import Message
from finfoundry.core.tasks import Task, TaskRow

OTHERS = 15  # labels on offer beside the right ones, at most
OWN_NAMES, OWN_WORDING, ON_LINES = 0.6, 0.5, 0.3  # shares of the rows
BETWEEN = r"[\s,、，;；/|]*(?:\b(?:or|and)\b|还是|或者?|和)?\s*"  # labels of a list in a template
INLINE = (", ", " / ", "; ", " | ")
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def reworded(task: Task, row: TaskRow, seed: str) -> tuple[tuple[Message, ...], str]:
    """The row asked in another way, and its answer; as it is asked anyway, where it has no labels to choose among."""
    right = _right(task, row)
    if not right:
        return task.messages(row), row.target
    chance = random.Random(f"{seed}/{row.id}")  # noqa: S311
    others = [word for word in task.words if word not in right]
    offered = [*right, *chance.sample(others, chance.randint(min(1, len(others)), min(OTHERS, len(others))))]
    chance.shuffle(offered)
    names = _names(offered, chance)
    text = _wording(task, row, _listed(task, names, chance), chance)
    return (Message("user", text),), " ".join(names[word] for word in right)


def _right(task: Task, row: TaskRow) -> list[str]:
    if task.kind not in ("choice", "choices") or row.target == task.none:
        return []
    right = [row.target] if task.kind == "choice" else row.target.split()
    return right if {*right} <= {*task.words} else []


def _names(labels: Sequence[str], chance: random.Random) -> dict[str, str]:
    """What each label is called."""
    if chance.random() < OWN_NAMES:
        return {label: label for label in labels}
    invented = {"".join(chance.sample(SYLLABLES, chance.choice((2, 3)))): None for _ in range(2 * len(labels) + 4)}
    kinds = (string.ascii_uppercase, [str(number) for number in range(1, len(labels) + 1)], list(invented))
    return dict(zip(labels, chance.choice(kinds), strict=False))


def _listed(task: Task, names: dict[str, str], chance: random.Random) -> str:
    """The names, with what they mean where they do not say it themselves."""
    told = _told(task)
    if chance.random() < ON_LINES:
        return "".join(f"\n- {label}" if name == label else f"\n{name}. {label}" for label, name in names.items()) + "\n"
    lines = [name if name == label else told["meaning"].format(name=name, label=label) for label, name in names.items()]
    comma = chance.choice(("、", *INLINE) if task.language == "zh" else INLINE)
    last = told["or"] if chance.random() < 0.5 else comma
    return comma.join(lines[:-1]) + last + lines[-1] if len(lines) > 1 else lines[0]


def _wording(task: Task, row: TaskRow, options: str, chance: random.Random) -> str:
    """A template of the task in which its labels give way to these, or a wording for any task."""
    own = [place for one in task.templates if (place := _places(one, task.words))]
    if own and chance.random() < OWN_WORDING:
        before, after = chance.choice(own)
        literal = options.replace("{", "{{").replace("}", "}}")
        return task.model_copy(update={"templates": [before + literal + after]}).prompt(row)
    asked = [name for name in task.asked if name in row.fields]
    fields = "\n".join(f"{name}: {row.fields[name]}" if len(asked) > 1 else row.fields[name] for name in asked)
    about = re.sub(r"\s*[(（][^()（）]*[)）]\s*$", "", task.title)
    told = _told(task)["one" if task.kind == "choice" else "several"]
    return str(chance.choice(told)).format(about=about, fields=fields, options=options)


@cache
def _places(template: str, labels: tuple[str, ...]) -> tuple[str, str] | None:
    """What stands before and after the list of all labels in a template; None where there is no such list."""
    one = "(?:" + "|".join(map(re.escape, sorted(labels, key=len, reverse=True))) + ")"
    for run in re.finditer(f"{one}(?:{BETWEEN}{one})+", template):
        if {*re.findall(one, run[0])} == {*labels}:
            return template[: run.start()], template[run.end() :]
    return None


def _told(task: Task) -> dict[str, Any]:
    told: dict[str, Any] = _wordings()[task.language]
    return told


@cache
def _wordings() -> Any:
    return yaml.safe_load((files("finfoundry.train.data") / "wordings.yaml").read_text("utf-8"))
