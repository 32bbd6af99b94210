"""What may be asked of a report, in the words of several hands, with what is true: figures, a direction, a part, or no answer at all."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.evals.judging import TrueFigure, Truth
from finfoundry.evals.judging.truth import Form
from institutions.books import GROUP, PARENT, Key
from institutions.composed import Report
from institutions.statements import Printed
from institutions.terms import Lang, spoken

HOW_MANY = {
    "lookup": 4, "prior": 2, "older": 1, "synonym": 2, "ratio": 3, "both": 1, "change": 1, "growth": 1, "direction": 1, "share": 2,
    "pair": 1, "part": 2, "largest": 1, "parent": 1, "unit": 1, "quarter": 1, "count": 1, "cell": 2, "english": 1, "absent metric": 1,
    "absent year": 1, "absent company": 1,
}  # fmt: skip
FORMS: dict[str, Form] = {
    "money": "money", "percent": "percent", "times": "ratio", "per_share": "per share", "nav": "per share", "count": "count"
}  # fmt: skip
STEPS = {"percent": Decimal("0.001"), "times": Decimal("0.01"), "per_share": Decimal("0.01"), "nav": Decimal("0.0001")}
TENTH = Decimal("0.001")  # of a per cent: computed percentages are told to this or finer
UNITS: dict[Lang, dict[str, int]] = {
    "en": {"thousands": 10**3, "millions": 10**6, "billions": 10**9},
    "zh": {"万元": 10**4, "百万元": 10**6, "亿元": 10**8},
}
QUARTERS: dict[Lang, tuple[str, ...]] = {"en": ("first", "second", "third", "fourth"), "zh": ("一", "二", "三", "四")}
STRANGERS: dict[Lang, str] = {"en": "Oldcastle Meridian", "zh": "沧浪东海"}
SIGNS = re.compile(r"loss|损失|contracted")  # a judge takes these words of a name for a sign


@dataclass(frozen=True, slots=True)
class Question:
    """One question about a report; ``truths`` are what an answer may state, one of them whole; none where it must not be answered."""

    report: Report
    kind: str
    text: str
    truths: tuple[Truth, ...]
    gold: str


class Asker:
    """Draws questions of one report by the seed; each maker returns None where the report has nothing for it."""

    def __init__(self, report: Report, seed: int) -> None:
        self.report, self.lang, self.draw = report, report.lang, random.Random(f"ask/{report.name}/{seed}")
        self.cells = {one.key: one for one in report.truth}
        self.year = report.style.year
        self.words = report.words
        labels = [spoken(label) for label in report.labels.values()]
        self.unclear = {key for key, label in report.labels.items() if labels.count(spoken(label)) > 1}

    def questions(self) -> Iterator[Question]:
        """As many of each kind as HOW_MANY says, no text twice."""
        seen: set[str] = set()
        for kind, count in HOW_MANY.items():
            make: Callable[[], Question | None] = getattr(self, f"_{kind.replace(' ', '_')}")
            made = 0
            for _ in range(30):
                found = make() if made < count else None
                if found is not None and found.text not in seen:
                    seen.add(found.text)
                    made += 1
                    yield replace(found, kind=kind)

    # words

    def _name(self, key: str, lang: Lang | None = None, *, synonym: bool = False) -> str | None:
        """How the question calls a metric; None where nobody asks for it by itself."""
        lang = lang or self.lang
        said = self.words["spoken"][lang].get(key)
        if said is not None:
            return self.draw.choice(said) if said else None
        term = self.report.terms[key]
        if synonym:
            return self.draw.choice(term.synonyms[lang]) if term.synonyms[lang] else None
        if key in self.unclear and lang == self.lang:
            return None
        return spoken(self.report.labels[key] if lang == self.lang else term.printed[lang][0])

    def _when(self, stock: bool, year: int, lang: Lang) -> str:
        found: str = self.draw.choice(self.words["when"][lang]["stock" if stock else "flow"])
        return found.format(y=year)

    def _sentence(
        self, form: str, *, lang: Lang | None = None, stock: bool = False, year: int | None = None, m: str = "", **more: object
    ) -> str:  # fmt: skip
        lang, year = lang or self.lang, year or self.year
        company = more.pop("c", None) or self.draw.choice([self.report.name, self.report.short, self.report.short])
        be = "were" if m.endswith("s") and not m.endswith("ss") else "was"
        found: str = self.draw.choice(self.words["ask"][lang][form])
        text = found.format(c=company, m=m, when=self._when(stock, year, lang), y=year, z=year - 1, be=be, **more)
        return text[0].upper() + text[1:]

    # truths

    def _truth(self, *figures: TrueFigure, years: Sequence[int] = (), rises: bool | None = None, m: str = "", of: str = "") -> Truth:
        """What an answer states about the metric ``m``, a part of the whole ``of`` where that is given."""
        names = (self.report.name, self.report.short, self.report.english)
        figures = tuple(replace(one, signless=one.signless or bool(SIGNS.search(m))) for one in figures)
        found = Truth(entity=names, years=tuple(years), figures=figures, rises=rises)
        return replace(found, labels=(m,), others=(of,)) if of else found

    def _figure(self, cell: Printed) -> TrueFigure:
        """What a lookup of the cell comes to, exact where a statement has it; as printed where only highlights do."""
        unit = self.report.terms[cell.key.metric].unit if cell.key.metric in self.report.terms else "money"
        exact = self.report.books[cell.key]
        statement = int(cell.key.when[:4]) >= self.year - 1
        known = Decimal(0) if statement or unit != "money" else Decimal(self.report.style.broad) / 100
        currency = self.report.style.currency if unit in ("money", "per_share") else None
        return TrueFigure(
            exact, STEPS.get(unit, Decimal(0)), FORMS[unit], currency, cell.value != exact and cell.value == -exact, known=known
        )

    def _percent(self, value: Decimal, *, change: bool = False) -> TrueFigure:
        return TrueFigure(value, TENTH, "percent", change=change)

    # choices

    def _pick(self, year: int, units: Sequence[str], scope: str = GROUP, keys: Sequence[str] = ()) -> Printed | None:
        """A cell of a whole that can be asked for."""
        found = [
            one for key, one in self.cells.items()
            if key.when == str(year) and key.scope == scope and not key.member and key.metric in self.report.terms
            and self.report.terms[key.metric].unit in units and (not keys or key.metric in keys)
        ]  # fmt: skip
        return self.draw.choice(found) if found else None

    def _about(self, form: str, cell: Printed | None, year: int, *, lang: Lang | None = None, synonym: bool = False) -> Question | None:
        name = self._name(cell.key.metric, lang, synonym=synonym) if cell else None
        if cell is None or name is None:
            return None
        stock = self.report.terms[cell.key.metric].stock
        text = self._sentence(form, lang=lang, stock=stock, year=year, m=name)
        return self._made(text, self._truth(self._figure(cell), years=(year,), m=name), f"{cell.value} {cell.unit}")

    def _made(self, text: str, truth: Truth | None, gold: str = "", *others: Truth) -> Question:
        return Question(self.report, "", text, (truth, *others) if truth else (), gold)

    # kinds

    def _lookup(self) -> Question | None:
        return self._about("lookup", self._pick(self.year, ("money", "per_share", "nav")), self.year)

    def _prior(self) -> Question | None:
        return self._about("lookup", self._pick(self.year - 1, ("money", "per_share", "nav")), self.year - 1)

    def _older(self) -> Question | None:
        year = self.year - self.draw.choice((2, 3, 4))
        return self._about("lookup", self._pick(year, ("money",)), year)

    def _synonym(self) -> Question | None:
        return self._about("lookup", self._pick(self.year, ("money", "per_share", "nav", "percent")), self.year, synonym=True)

    def _ratio(self) -> Question | None:
        year = self.year - self.draw.choice((0, 0, 1))
        return self._about("ratio", self._pick(year, ("percent", "times")), year)

    def _english(self) -> Question | None:
        if self.lang == "en":
            return None
        return self._about("lookup", self._pick(self.year, ("money", "percent")), self.year, lang="en")

    def _parent(self) -> Question | None:
        return self._about("parent", self._pick(self.year, ("money", "percent"), PARENT), self.year)

    def _two_years(self) -> tuple[str, Printed, Printed] | None:
        """A metric with its figures of two years, both positive."""
        now = self._pick(self.year, ("money",), keys=self.report.plan["tables"]["highlights"])
        before = self.cells.get(now.key._replace(when=str(self.year - 1))) if now else None
        name = self._name(now.key.metric) if now else None
        if now is None or before is None or name is None or min(now.value, before.value) <= 0:
            return None
        return name, now, before

    def _both(self) -> Question | None:
        if (found := self._two_years()) is None:
            return None
        name, *cells = found
        figures = [replace(self._figure(one), years=(int(one.key.when),)) for one in cells]
        text = self._sentence("both", m=name)
        years = [int(one.key.when) for one in cells]
        gold = " / ".join(f"{one.value}" for one in cells)
        return self._made(text, self._truth(*figures, years=years, m=name), gold, self._truth(*figures[::-1], years=years, m=name))

    def _change(self) -> Question | None:
        if (found := self._two_years()) is None:
            return None
        name, now, before = found
        value = self.report.books[now.key] - self.report.books[before.key]
        figure = TrueFigure(value, unit=self.report.style.currency, change=True)
        return self._made(self._sentence("change", m=name), self._truth(figure, years=(self.year - 1, self.year), m=name), str(value))

    def _growth(self) -> Question | None:
        if (found := self._two_years()) is None:
            return None
        name, now, before = found
        value = self.report.books[now.key] / self.report.books[before.key] - 1
        figure = self._percent(value, change=True)
        return self._made(self._sentence("growth", m=name), self._truth(figure, years=(self.year - 1, self.year), m=name), f"{value:.4%}")

    def _direction(self) -> Question | None:
        if (found := self._two_years()) is None:
            return None
        name, now, before = found
        stock = self.report.terms[now.key.metric].stock
        return self._made(
            self._sentence("direction", m=name, stock=stock), self._truth(rises=now.value > before.value), f"{now.value} {before.value}"
        )

    def _pair(self) -> Question | None:
        one, other = self.draw.choice(self.report.plan["pairs"])
        names = self._name(one), self._name(other)
        above, below = (Key(key, str(self.year)) for key in (one, other))
        if None in names or above not in self.cells or below not in self.cells:
            return None
        value = self.report.books[above] / self.report.books[below]
        text = self._sentence("pair", m=str(names[0]), n=names[1])
        return self._made(text, self._truth(self._percent(value), years=(self.year,), m=str(names[0])), f"{value:.4%}")

    def _drawn_part(self) -> tuple[str, str, Key, bool] | None:
        """A breakdown, the name of its whole, the key of one of its parts, and whether it is of a day."""
        if not self.report.plan.get("parts"):
            return None
        name = self.draw.choice([*self.report.plan["parts"]])
        rule = self.report.plan["parts"][name]
        metric = rule.get("of", name)
        whole = self._name(metric) if metric in self.report.terms else spoken(rule["total"][self.lang])
        if whole is None:
            return None
        key = Key(metric, str(self.year), GROUP, f"{name}:{self.draw.randrange(len(rule['en']))}")
        return name, whole, key, metric not in self.report.terms or self.report.terms[metric].stock

    def _member(self, key: Key) -> str:
        name, _, number = key.member.partition(":")
        return self.report.part(name, int(number))

    def _part(self) -> Question | None:
        if (found := self._drawn_part()) is None:
            return None
        _, whole, key, stock = found
        year = self.year - self.draw.choice((0, 0, 1))
        cell = self.cells[key._replace(when=str(year))]
        text = self._sentence("part", m=whole, part=self._member(key), stock=stock, year=year)
        figure = TrueFigure(cell.value, unit=self.report.style.currency)
        return self._made(text, self._truth(figure, years=(year,), m=self._member(key), of=whole), str(cell.value))

    def _share(self) -> Question | None:
        if (found := self._drawn_part()) is None:
            return None
        _, whole, key, stock = found
        value = self.report.books[key] / self.report.books[key._replace(member="")]
        text = self._sentence("share", m=whole, part=self._member(key), stock=stock)
        return self._made(text, self._truth(self._percent(value), years=(self.year,)), f"{value:.4%}")

    def _largest(self) -> Question | None:
        if (found := self._drawn_part()) is None:
            return None
        name, whole, key, stock = found
        parts = {one: cell.value for one, cell in self.cells.items() if one.member.split(":")[0] == name and one.when == key.when}
        first, second, *_ = sorted(parts, key=lambda one: -parts[one])
        if parts[first] == parts[second]:
            return None
        text = self._sentence("largest", m=whole, group=self.words["groups"][self.lang][name], stock=stock)
        others = tuple(self._member(one) for one in parts if one != first)
        return self._made(text, Truth(chosen=(self._member(first),), instead=others), self._member(first))

    def _unit(self) -> Question | None:
        cell = self._pick(self.year, ("money",))
        name = self._name(cell.key.metric) if cell else None
        word, scale = self.draw.choice([*UNITS[self.lang].items()])
        if cell is None or name is None or abs(cell.value) < 10 * scale or abs(cell.value) > 10**8 * scale:
            return None
        if self.report.style.currency == "HKD":
            word = word.replace("元", "港元")
        text = self._sentence("unit", m=name, unit=word, stock=self.report.terms[cell.key.metric].stock)
        return self._made(
            text, replace(self._truth(self._figure(cell), years=(self.year,), m=name), money_scale=Decimal(scale)), str(cell.value)
        )

    def _quarter(self) -> Question | None:
        number = self.draw.randrange(4)
        found = [one for key, one in self.cells.items() if key.when == f"{self.year}Q{number + 1}"]
        cell = self.draw.choice(found) if found else None
        name = self._name(cell.key.metric) if cell else None
        if cell is None or name is None:
            return None
        text = self._sentence("quarter", m=name, q=QUARTERS[self.lang][number], d=number + 1)
        return self._made(text, self._truth(self._figure(cell), years=(self.year,), m=name), str(cell.value))

    def _count(self) -> Question | None:
        key = self.draw.choice([*self.report.told])
        if int(key.when) != self.year:
            return None
        value = self.report.books[key]
        text = self._sentence("count", m=self.report.labels[key.metric])
        return self._made(text, self._truth(TrueFigure(value, form="count"), years=(self.year,)), str(value))

    def _cell(self) -> Question | None:
        """A figure of a table whose columns are different metrics."""
        matrices = self.report.plan.get("matrices", {})
        found = [key for key in self.cells if key.member.split(":")[0] in matrices]
        if not found:
            return None
        key = self.draw.choice(found)
        cell, unit = self.cells[key], self.report.terms[key.metric].unit
        label = spoken(cell.names[1].removesuffix("（%）").removesuffix("（股）").partition(" (10,000")[0].partition("（万平")[0])
        text = self._sentence("cell", m=label, part=self._member(key), stock=self.report.terms[key.metric].stock)
        if unit != "area":
            return self._made(text, self._truth(self._figure(cell), years=(self.year,)), str(cell.value))
        ways = [TrueFigure(cell.value * 10_000, form="count"), TrueFigure(cell.value, Decimal("0.01"), "ratio")]
        first, other = (self._truth(one, years=(self.year,)) for one in ways)
        return self._made(text, first, str(cell.value), other)

    def _absent_metric(self) -> Question | None:
        foreign = [one for one in self.report.plan["foreign"] if one.isascii() == (self.lang == "en")]
        return self._made(self._sentence("absent", m=self.draw.choice(foreign)), None)

    def _absent_year(self) -> Question | None:
        cell = self._pick(self.year, ("money", "percent"))
        name = self._name(cell.key.metric) if cell else None
        if cell is None or name is None:
            return None
        year = self.year - self.draw.choice((7, 9, -3))
        return self._made(self._sentence("absent", m=name, year=year, stock=self.report.terms[cell.key.metric].stock), None)

    def _absent_company(self) -> Question | None:
        cell = self._pick(self.year, ("money",))
        name = self._name(cell.key.metric) if cell else None
        kinds = self.words["names"]["kinds"][self.report.kind][f"short_{self.lang}"]
        company = f"{STRANGERS[self.lang]}{' ' if self.lang == 'en' else ''}{self.draw.choice(kinds)}"
        return self._made(self._sentence("absent", m=name, c=company), None) if cell and name else None
