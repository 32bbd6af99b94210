"""Questions that are never refused: for figures of companies, and for what a law says of harms (``data/plain_questions.yaml``)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.core.answer import Language
from finfoundry.core.language import language_of
from finfoundry.governance.guards.labelled_text import LabelledText

PLAIN = "plain-"  # begins their families
KINDS = ("figures", "rules")
REPLIES = "replies"
EACH = 24  # fillings of each form
FOLLOWED = 0.2  # share that is read together with another question before it
_SLOT = re.compile(r"\{([a-z]+)\d*s?\}")
_SLOTS = {"m": "metric", "y": "period", "r": "period", "q": "quarter", "other": "company"}  # as the shipped wordings name them


@cache
def told() -> Mapping[Language, Any]:
    """Names, metrics, periods, topics and events of each language, and the forms of questions that they stand in."""
    found: Mapping[Language, Any] = yaml.safe_load(resources.files(__package__).joinpath("data/plain_questions.yaml").read_text("utf-8"))
    return found


def plain_questions(wordings: Sequence[str] = ()) -> list[LabelledText]:
    """Each form ``EACH`` times, and each of ``wordings``, which have the same slots, once; and short lines as an assistant writes them,
    which are read as passages are. Rows of a form are of one act. The same each time.
    """
    forms = [(form, kind) for said in told().values() for kind in KINDS for form in said[kind]]
    asked = [row for form, kind in forms for row in _filled(form, kind, EACH)]
    replies = [row for said in told().values() for form in said[REPLIES] for row in _filled(form, REPLIES, EACH)]
    return [*asked, *replies, *(row for form in wordings for row in _filled(form, "wordings", 1))]


def beside_plain(rows: Sequence[LabelledText], number: int) -> list[LabelledText]:
    """As many harmful requests of ``rows`` with a plain question before or after them, so that none of these makes a request harmless."""
    source = random.Random(number)  # noqa: S311  drawn again the same
    harmful = [row for row in rows if row.labels and not row.passage]
    found = list[LabelledText]()
    for row in source.sample(harmful, min(number, len(harmful))):
        said = told()[language_of(row.text)]
        parts = [row.text, _once(source.choice(said[source.choice(KINDS)]), said, source)]
        text = source.choice(("\n", " ")).join(source.sample(parts, 2))
        found.append(replace(row, text=text, act=row.act or f"query: {row.text}"))
    return found


def _filled(form: str, kind: str, each: int) -> Iterator[LabelledText]:
    source = random.Random(form)  # noqa: S311  drawn again the same
    said = told()[language_of(_SLOT.sub("", form))]
    texts = dict.fromkeys(_once(form, said, source) for _ in range(each))
    for text in texts:
        follows = kind != REPLIES and source.random() < FOLLOWED
        before = _once(source.choice(said["figures"]), said, source) + "\n" if follows else ""
        yield LabelledText(before + text, (), f"{PLAIN}{kind}", passage=kind == REPLIES, act=form)


def _once(form: str, said: Mapping[str, Sequence[str]], source: random.Random) -> str:
    return _SLOT.sub(lambda slot: source.choice(said[_SLOTS.get(slot[1], slot[1])]), form)
