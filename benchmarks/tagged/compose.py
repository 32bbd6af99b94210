"""The sentences about one tagged filing: of each form true ones and false ones, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from finfoundry.core.periods import Period
from tagged.corruptions import CORRUPTIONS, UNFIT
from tagged.forms import FORMS, LOSING, Form, ratios
from tagged.paper_facts import TaggedPaper, metrics
from tagged.tellings import Telling

TRIES = 12
_DOUBLE, _HALF = Decimal("1.5"), Decimal("0.7")
_COVERED = Decimal("0.85")  # of a whole, by the parts that a rank compares


@dataclass(frozen=True, slots=True)
class Sentence:
    """``corruption``: how it was made false; "" of a true one."""

    text: str
    form: str
    corruption: str = ""


def sentences(paper: TaggedPaper, companies: Sequence[str], seed: int) -> Iterator[Sentence]:
    """Two true and two false ones of each form, where the filing has what it needs."""
    for form in FORMS:
        rng = random.Random(f"{paper.file.name}/{form.name}/{seed}")
        found: set[str] = set()
        for false in (False, True):
            made = 0
            for _ in range(TRIES):
                one = _one(form, paper, companies, rng, false=false)
                if one and one.text not in found and made < 2:
                    found.add(one.text)
                    made += 1
                    yield one


def _one(form: Form, paper: TaggedPaper, companies: Sequence[str], rng: random.Random, *, false: bool) -> Sentence | None:
    told = _drawn(form, paper, rng)
    if told is None:
        return None
    if not false:
        text = form.tell(told, rng)
        return Sentence(text, form.name) if text else None
    names = [name for name in CORRUPTIONS if name not in UNFIT.get(form.name, ())]
    for name in rng.sample(names, len(names)):
        wrong, way = CORRUPTIONS[name](told, rng, companies), rng.random()
        text = form.tell(wrong, random.Random(way)) if wrong else ""
        if text and text != form.tell(told, random.Random(way)):  # else its words do not tell what was made wrong
            return Sentence(text, form.name, name)
    return None


def _drawn(form: Form, paper: TaggedPaper, rng: random.Random) -> list[Telling] | None:
    """Facts of the filing that a form can tell of; None where none was drawn."""
    keys = [(name, part, time) for name, part, time in paper.values if bool(part) is (form.needs in ("part", "share", "rank"))]
    match form.needs:
        case "pair" | "ordered" | "ratio" | "ratio moved":
            return _drawn_two(form.needs, paper, keys, rng)
        case "share" | "rank":
            return _drawn_parts(form.needs, paper, keys, rng)
    one = telling(paper, *rng.choice(keys), rng) if keys else None
    if one is None or (form.needs not in ("one", "part") and not one.then):
        return None
    then = one.then or Decimal(0)
    fits = {
        "one": True,
        "part": True,
        "moved": one.now > 0 and then > 0 and abs(one.change) > Decimal("0.005"),
        "multiple": one.now > 0 and then > 0 and not _HALF < one.now / then < _DOUBLE,
        "losses": one.metric in LOSING and one.now < 0 and then < 0,
        "swing": one.metric in LOSING and one.now * then < 0,
    }
    return [one] if fits[form.needs] else None


def _drawn_two(needs: str, paper: TaggedPaper, keys: Sequence[tuple[str, str, Period]], rng: random.Random) -> list[Telling] | None:
    if needs.startswith("ratio"):
        pairs = [(part, whole, time) for part, whole in ratios() for name, _, time in keys if name == part and paper.value(whole, time)]
    else:
        alike = {"flow": "flow", "cost": "flow", "stock": "stock"}
        pairs = [
            (name, other, time)
            for name, _, time in keys
            for other, _, at in keys
            if name != other and time == at and alike.get(metrics()[name].kind, "") == alike.get(metrics()[other].kind)
        ]
    if not pairs:
        return None
    first, second, time = rng.choice(pairs)
    one, other = telling(paper, first, "", time, rng), telling(paper, second, "", time, rng)
    if one is None or other is None or one.now <= 0 or other.now <= 0 or (needs == "ordered" and one.now <= other.now * Decimal("1.03")):
        return None
    if needs == "ratio moved" and (not one.then or not other.then or one.then < 0 or one.period.instant):
        return None
    return [one, other]


def _drawn_parts(needs: str, paper: TaggedPaper, keys: Sequence[tuple[str, str, Period]], rng: random.Random) -> list[Telling] | None:
    if not keys:
        return None
    metric, part, time = rng.choice(keys)
    whole = telling(paper, metric, "", time, rng)
    own = [telling(paper, metric, one, time, rng) for one in paper.parts(metric, time)]
    parts = sorted((one for one in own if one), key=lambda one: -one.now)
    if whole is None or whole.now <= 0 or len(parts) < 2:
        return None
    if needs == "share":
        one = next((one for one in parts if one.part == part), None)  # a part whose figure is nothing is not told of
        return [one, whole] if one and 0 < one.now < whole.now else None
    covered = sum(one.now for one in parts if one.now > 0)
    ranked = _COVERED * whole.now < covered < whole.now / _COVERED and parts[0].now > parts[1].now * Decimal("1.03") > 0
    return parts if ranked else None


def telling(paper: TaggedPaper, metric: str, part: str, period: Period, rng: random.Random) -> Telling | None:
    now = paper.value(metric, period, part)
    before = paper.before(metric, period, part)
    then = paper.value(metric, before, part)
    if not now:
        return None
    noun = rng.choice(metrics()[metric].nouns)
    return Telling(paper, metric, period, before, now, then, paper.company, noun, part, up=then is None or now > then)
