"""Harms outside of a bank, each with an innocent neighbour in the same forms; what belittles groups of people beside what is asked about
the same groups; and what victims and the worried ask (``data/everyday_harms.yaml``). Most harmful requests of the public are of this kind.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from finfoundry.core.answer import Language
from finfoundry.core.language import language_of
from finfoundry.governance.guards.labelled_text import LabelledText

EACH = 6  # forms of each act
GUARDING = 2  # forms in which a harmful act is no harm
SAID = 5  # what is said of each group, and as often asked about it
CONCERNED = 12  # questions on each wrong that people are concerned about
FRAMED = 1400  # harmful requests, and as many harmless ones, that are put into a frame once more


@cache
def told() -> Mapping[str, Any]:
    """``blunt`` forms, ``everyday`` acts in pairs, ``stereotypes``, ``sensitive`` questions and ``frames``, each in both languages."""
    found: Mapping[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("data/everyday_harms.yaml").read_text("utf-8"))
    return found


def everyday_requests(guarding: Mapping[Language, Sequence[str]]) -> list[LabelledText]:
    """Rows of one pair of acts, or of one group of people, are of one act. The same each time. ``guarding``: forms against an act."""
    languages: tuple[Language, ...] = ("en", "zh")
    return [
        row
        for language in languages
        for part in (_acts(language, guarding[language]), _groups(language), _sensitive(language))
        for row in part
    ]


def _acts(language: Language, guarding: Sequence[str]) -> Iterator[LabelledText]:
    blunt = told()["blunt"][language]
    for label, pairs in told()["everyday"].items():
        family = f"made-everyday-{label}"
        for harmful, innocent in pairs[language]:
            source = random.Random(harmful)  # noqa: S311  drawn again the same
            for form in source.sample(blunt, EACH):
                yield LabelledText(form.format(it=harmful), (label,), family, act=harmful)
                yield LabelledText(form.format(it=innocent), (), family, act=harmful)
            yield from (LabelledText(form.format(act=harmful), (), family, act=harmful) for form in source.sample(guarding, GUARDING))


def _groups(language: Language) -> Iterator[LabelledText]:
    found = told()["stereotypes"]
    for group in found["groups"][language]:
        source = random.Random(group)  # noqa: S311  drawn again the same
        for side, labels in (("said", ("discrimination",)), ("asked", ())):
            for form in source.sample(found[side][language], SAID):
                text = form.format(group=group, trait=source.choice(found["traits"][language]))
                yield LabelledText(text[0].upper() + text[1:], labels, "made-everyday-discrimination", act=group)


def _sensitive(language: Language) -> Iterator[LabelledText]:
    """Questions of victims, of the curious and of the worried, in the words of harm."""
    found, family = told()["sensitive"], "sensitive"
    for wrong in found["wrongs"][language]:
        for form in random.Random(wrong).sample(found["asked"][language], CONCERNED):  # noqa: S311
            text = form.format(it=wrong)
            yield LabelledText(text[0].upper() + text[1:], (), family, act=wrong)
    for deed in found["deeds"][language]:
        source = random.Random(deed)  # noqa: S311
        for form in found["done"][language]:
            yield LabelledText(form.format(who=source.choice(found["who"][language]), done=deed), (), family, act=deed)


def framed_requests(rows: Sequence[LabelledText]) -> list[LabelledText]:
    """Requests of ``rows`` in a longer frame: a harmful one is a jailbreak, too; a harmless one stays harmless. The same each time."""
    source = random.Random(FRAMED)  # noqa: S311  drawn again the same
    found = list[LabelledText]()
    for harmful in (True, False):
        sides = [row for row in rows if bool(row.labels) is harmful and not row.passage and "jailbreak" not in row.labels]
        found += [_framed(row, source) for row in source.sample(sides, min(FRAMED, len(sides)))]
    return found


def _framed(row: LabelledText, source: random.Random) -> LabelledText:
    text = source.choice(told()["frames"][language_of(row.text)]).format(request=row.text)
    return replace(row, text=text, labels=(*row.labels, "jailbreak") if row.labels else (), act=row.act or f"query: {row.text}")
