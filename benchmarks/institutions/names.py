"""What an invented institution is called."""

from __future__ import annotations

import random

from institutions.terms import Kind, Lang, wording


def names(draw: random.Random, kind: Kind, lang: Lang, seed: int, number: int) -> tuple[str, str, str]:
    """In full, in short, and in English; no two numbers of a seed are called alike."""
    words = wording()["names"]
    form = words["kinds"][kind]
    chance = random.Random(f"{kind}/{lang}/{seed}/names")
    if lang == "en":
        first = chance.sample(words["en"], len(words["en"]))[number % len(words["en"])]
        full = f"{first} {draw.choice(form['en'])}"
        return full, full if kind == "fund" else f"{first} {' '.join(full.split()[1:2])}", full
    every = [*dict.fromkeys(a + b for a in words["zh_first"] for b in words["zh_last"])]
    first = chance.sample(every, len(every))[number % len(every)]
    of = draw.choice(form["zh"])
    english = "".join(words["pinyin"][one] for one in first)
    short = of.removesuffix("股份有限公司").removesuffix("集团").removesuffix("型证券投资基金")
    return first + of, first + short, f"{english} {form['en'][0]}"
