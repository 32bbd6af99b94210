"""One report: its names, its way of printing, its books, and its blocks in order, with the truth of every number in its tables."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from finfoundry.core.fiscal import month_end
from institutions.books import GROUP, PARENT, Books, Key
from institutions.names import names
from institutions.statements import Block, Grid, Heading, NewPage, Printed, Prose
from institutions.style import printed, style_of
from institutions.terms import Kind, Lang, plan_of, spoken, terms_of, wording

RATIOS = frozenset({"percent", "times"})
Column = tuple[str, str]  # when, scope


class Report:
    """``blocks`` to print and ``truth`` of their tables; ``labels`` are the names that this paper prints, ``told`` what only prose says."""

    def __init__(self, kind: Kind, lang: Lang, seed: int, number: int = 0) -> None:
        self.kind, self.lang, self.draw = kind, lang, random.Random(f"{kind}/{lang}/{seed}/{number}")
        self.style = style_of(self.draw, kind, lang)
        self.plan, self.terms, self.words = plan_of(kind), terms_of(kind), wording()
        self.titles: dict[str, Any] = self.words["titles"][lang]
        low, high = map(float, self.plan["size"])
        size = Decimal(str(round(low * (high / low) ** self.draw.random(), -3)))
        years = range(self.style.year - 4, self.style.year + 1)
        self.books = Books(kind, self.draw, years, self.style.step, size)
        self.name, self.short, self.english = names(self.draw, kind, lang, seed, number)
        self.labels = {key: self.draw.choice(term.printed[lang]) for key, term in self.terms.items()}
        self.in_label = self.draw.random() < 0.3  # per cent signs stand in labels, not in cells
        self.truth: list[Printed] = []
        self.told: dict[Key, Decimal] = {}
        self.asides: set[tuple[str, str]] = set()  # labels and texts of shares and changes beside amounts
        self.blocks: list[Block] = list(self._blocks())

    @property
    def title(self) -> str:
        return f"{self.name} {self.style.year}年年度报告" if self.lang == "zh" else f"{self.name} Annual Report {self.style.year}"

    def label(self, key: str) -> str:
        return self.labels[key] + (("（%）" if self.lang == "zh" else " (%)") if self._bare_percent(key) else "")

    def part(self, name: str, number: int) -> str:
        found: str = {**self.plan.get("parts", {}), **self.plan.get("matrices", {})}[name][self.lang][number]
        return found

    def _bare_percent(self, key: str) -> bool:
        return self.in_label and self.terms[key].unit == "percent" and not self.labels[key].rstrip(")）").endswith("%")

    # what the report is made of

    def _blocks(self) -> Iterator[Block]:
        yield from self._cover()
        yield from self._highlights()
        yield from self._review()
        for name in ("balance", "income", "cash"):
            if name in self.plan["tables"]:
                yield from self._statement(name)
        yield NewPage()
        yield Heading(self.titles["notes"])
        yield from self._notes()

    def _cover(self) -> Iterator[Block]:
        yield Heading(self.name, 0)
        if self.lang == "zh":
            yield Heading(self.english, 2)
        yield Heading(
            f"{self.style.year}年{self.titles['annual']}" if self.lang == "zh" else f"{self.titles['annual']} {self.style.year}", 0
        )
        if self.lang == "en":
            yield Prose(f"For the year ended {self._day(self.style.year)}")
        yield NewPage()

    def _highlights(self) -> Iterator[Block]:
        years = [str(self.style.year - back) for back in range(self.draw.choice((3, 3, 5)))]
        columns = [(year, GROUP) for year in years]
        for name in ("highlights", "ratios"):
            yield Heading(self.draw.choice(self.titles[name]), 1 if name == "highlights" else 2)
            keys = self.plan["tables"][name]
            if name == "ratios":
                keys = self.draw.sample(keys, len(keys))
            grid = Grid("", self.style.broad_line if name == "highlights" else "", self._heads(columns, None, any_of=True))
            for key in keys:
                self._row(grid, key, columns, scale=self.style.broad)
            if self.style.changes and name == "highlights":
                self._changes(grid, keys, years)
            yield grid

    def _changes(self, grid: Grid, keys: Sequence[str], years: Sequence[str]) -> None:
        """A column of changes against the year before, after that year's."""
        grid.heads[0].insert(
            3 if self.style.newest_first else len(grid.heads[0]), "本年比上年增减(%)" if self.lang == "zh" else "Change (%)"
        )
        for key, row in zip(keys, grid.rows, strict=True):
            now, before = (self.books[Key(key, year)] for year in years[:2])
            change = (now - before) / before if before > 0 else None
            ours = self.terms[key].unit not in RATIOS and change is not None
            text = printed(change, self.style, "percent").replace("%", "") if ours and change is not None else self.style.nil
            self.asides.add((row[0], text))
            row.insert(3 if self.style.newest_first else len(row), text)

    def _review(self) -> Iterator[Block]:
        yield Heading(self.draw.choice(self.titles["review"]))
        prose = self.words["prose"][self.lang]
        chosen = [key for key in self.plan["tables"]["highlights"] if self.terms[key].unit == "money"]
        plain = self.draw.sample(prose["plain"], 2)
        yield Prose(plain[0])
        for key in self.draw.sample(chosen, 2):
            yield Prose(self._moved(key, self.draw.choice(prose["moved"])))
        for key in self.plan["prose"]:
            yield Prose(self._counted(key, self.draw.choice(prose["count"])))
        if "quarters" in self.plan and self.style.month == 12:
            yield Heading(self.draw.choice(self.titles["quarters"]), 2)
            yield self._quarters()
        yield Prose(plain[1])

    def _moved(self, key: str, sentence: str) -> str:
        now, before = (self.books[Key(key, str(self.style.year - back))] for back in (0, 1))
        change = (now - before) / abs(before)
        rise = change >= 0
        words = {"up": "up" if rise else "down", "a rise": "a rise" if rise else "a fall", "rose": "rose" if rise else "fell"}
        if self.lang == "zh":
            words["rose"] = "增长" if rise else "下降"
        label = spoken(self.labels[key])
        return sentence.format(
            M=label[0].upper() + label[1:], m=label, v=self._told(now), w=self._told(before), p=f"{abs(change) * 100:.2f}%",
            y=self.style.year, z=self.style.year - 1, **words,
        )  # fmt: skip

    def _told(self, value: Decimal) -> str:
        """Money as a sentence gives it."""
        if self.lang == "zh":
            name = "元" if self.style.currency == "CNY" else "港元"
            return f"{value / 10**8:,.2f}亿{name}" if abs(value) >= 10**8 else f"{value / 10**4:,.2f}万{name}"
        large = abs(value) >= 10**9
        return f"{self.style.sign}{value / (10**9 if large else 10**6):,.2f} {'billion' if large else 'million'}".replace(
            f"{self.style.sign}-", f"-{self.style.sign}"
        )

    def _counted(self, key: str, sentence: str) -> str:
        now, before = (Key(key, str(self.style.year - back)) for back in (0, 1))
        self.told[now] = self.books[now]
        if "{w}" in sentence:
            self.told[before] = self.books[before]
        unit = {"branches": "家", "outlets": "家", "projects": "个"}.get(key, "户" if key in ("accounts", "holders") else "人")
        return sentence.format(
            v=f"{self.books[now]:,}", w=f"{self.books[before]:,}", m=self.labels[key], k=unit, y=self.style.year, z=self.style.year - 1
        )

    def _quarters(self) -> Grid:
        year = self.style.year
        heads = [f"第{one}季度" for one in "一二三四"] if self.lang == "zh" else [f"Q{one} {year}" for one in range(1, 5)]
        first = "项目" if self.lang == "zh" else ""
        title = f"{year}年" if self.lang == "zh" else ""
        grid = Grid(title, self.style.unit_line, [[first, *heads]])
        for key in self.plan["quarters"]:
            self._row(grid, key, [(f"{year}Q{one}", GROUP) for one in range(1, 5)])
        return grid

    def _statement(self, name: str) -> Iterator[Block]:
        yield NewPage()
        both = self.style.parent
        titles = self.titles["own"] if self.kind == "fund" else self.titles["both"] if both else self.titles
        heading = self.draw.choice(titles[name])
        yield Heading(heading)
        stock = name == "balance"
        date = (
            self._day(self.style.year)
            if stock
            else f"{self.style.year}年度"
            if self.lang == "zh"
            else f"for the year ended {self._day(self.style.year)}"
        )
        columns = [
            (str(year), scope) for scope in ((GROUP, PARENT) if both else (GROUP,)) for year in (self.style.year, self.style.year - 1)
        ]
        grid = Grid(date, self.style.unit_line, self._heads(columns, stock, notes=self.style.notes))
        for number, row in enumerate(self.plan["tables"][name], 1):
            self._row(grid, row, columns, note=self._note(number, row) if self.style.notes else None)
        if self.style.restated:
            grid.footnote = (
                "注：上年数据已按会计政策变更重述。"
                if self.lang == "zh"
                else "Comparatives have been restated for a change in accounting policy."
            )
        yield grid

    def _note(self, number: int, row: str) -> str:
        if row.startswith("=") or self.draw.random() < 0.25:
            return ""
        return (
            self.draw.choice([f"七、{number}", f"{number}", f"五.{number}"])
            if self.lang == "zh"
            else self.draw.choice([str(number), f"{number}(a)", str(number)])
        )

    def _notes(self) -> Iterator[Block]:
        number = 1
        for name, rule in self.plan.get("parts", {}).items():
            yield from self._noted(number, rule["title"], [self._breakdown(name, rule)])
            number += 1
        for rule in self.plan["tables"]["notes"]:
            yield from self._noted(number, rule["title"], [self._own_table(rule)])
            number += 1
        for name, rule in self.plan.get("matrices", {}).items():
            yield from self._noted(number, rule["title"], [self._matrix(name, rule)])
            number += 1

    def _noted(self, number: int, title: dict[Lang, list[str]], grids: list[Grid]) -> Iterator[Block]:
        text = self.draw.choice(title[self.lang])
        yield Heading(f"{number}. {text}" if self.lang == "en" else f"{number}、{text}", 2)
        yield from grids

    def _own_table(self, rule: dict[str, Any]) -> Grid:
        both = bool(rule.get("parent")) and self.style.parent
        columns = [
            (str(year), scope) for scope in ((GROUP, PARENT) if both else (GROUP,)) for year in (self.style.year, self.style.year - 1)
        ]
        stock = self.terms[rule["rows"][0].lstrip("=->")].stock
        grid = Grid("", self.style.unit_line, self._heads(columns, stock))
        for row in rule["rows"]:
            self._row(grid, row, columns)
        return grid

    def _breakdown(self, name: str, rule: dict[str, Any]) -> Grid:
        metric = rule.get("of", name)
        stock = self.terms[metric].stock if metric in self.terms else True
        years = [str(self.style.year), str(self.style.year - 1)]
        columns: list[Column] = [(year, GROUP) for year in years]
        ordered = columns if self.style.newest_first else columns[::-1]
        heads = self._heads(columns, stock)
        if self.style.shares:
            share, amount = ("占比（%）", "金额") if self.lang == "zh" else ("%", "Amount")
            top: list[str | None] = [heads[0][0]]
            for head in heads[0][1:]:
                top += [head, None]
            heads = [top, ["" if self.lang == "en" else "项目", *[one for _ in years for one in (amount, share)]]]
        grid = Grid("", self.style.unit_line, heads)
        members = range(len(rule[self.lang]))
        for number in [*members, None]:
            member = "" if number is None else f"{name}:{number}"
            label = self.part(name, number) if number is not None else self._total_label(rule)
            cells = []
            for year, scope in ordered:
                key = Key(metric, year, scope, member)
                cells.append(self._cell(key, (label,), "money", stock))
                if self.style.shares:
                    whole = self.books[Key(metric, year)]
                    cells.append(f"{self.books[key] / whole * 100:.2f}")
                    self.asides.add((label, cells[-1]))
            grid.rows.append([label, *cells])
        grid.bold.add(len(grid.rows) - 1)
        return grid

    def _total_label(self, rule: dict[str, Any]) -> str:
        if "total" in rule:
            return str(rule["total"][self.lang])
        return self.draw.choice([self.labels[rule["of"]], "合计" if self.lang == "zh" else "Total"])

    def _matrix(self, name: str, rule: dict[str, Any]) -> Grid:
        heads: list[str | None] = [rule["head"][self.lang]]
        for column in rule["columns"]:
            heads.append(self._column_label(rule["columns"][column]))
        money = any(self.terms[column].unit == "money" for column in rule["columns"])
        grid = Grid("", self.style.unit_line if money else "", [heads])
        for number in range(len(rule["en"])):
            label = rule[self.lang][number]
            keys = [Key(column, str(self.style.year), GROUP, f"{name}:{number}") for column in rule["columns"]]
            grid.rows.append([label, *self._matrix_row(label, keys, heads)])
        if rule.get("total"):
            total = "合计" if self.lang == "zh" else "Total"
            keys = [Key(column, str(self.style.year)) for column in rule["columns"]]
            grid.rows.append([total, *self._matrix_row(total, keys, heads)])
            grid.bold.add(len(grid.rows) - 1)
        return grid

    def _matrix_row(self, label: str, keys: Sequence[Key], heads: Sequence[str | None]) -> Iterator[str]:
        for key, head in zip(keys, heads[1:], strict=True):
            term = self.terms[key.metric]
            yield self._cell(key, (label, str(head)), term.unit, term.stock, bare="%" in str(head))

    def _column_label(self, rule: dict[str, Any]) -> str:
        return str(self.draw.choice(rule[self.lang]))

    # cells

    def _row(self, grid: Grid, row: str, columns: Sequence[Column], *, note: str | None = None, scale: int | None = None) -> None:
        key, cost, total, inner = row.lstrip("=->"), row[0] == "-", row[0] == "=", row[0] == ">"
        term, ordered = self.terms[key], self._ordered(columns)
        negative = cost and self.style.costs_negative
        label = self.label(key)
        bare = self._bare_percent(key)
        cells = [
            self._cell(Key(key, when, scope), (label,), term.unit, term.stock, negative=negative, scale=scale, bare=bare)
            for when, scope in ordered
        ]
        if total:
            grid.bold.add(len(grid.rows))
        grid.rows.append([("  " if inner else "") + label, *([] if note is None else [note]), *cells])

    def _ordered(self, columns: Sequence[Column]) -> list[Column]:
        if self.style.newest_first or "Q" in columns[0][0]:
            return list(columns)
        return sorted(columns, key=lambda one: (one[1] != GROUP, one[0]))

    def _cell(
        self,
        key: Key,
        names: tuple[str, ...],
        unit: str,
        stock: bool,
        *,
        negative: bool = False,
        scale: int | None = None,
        bare: bool = False,
    ) -> str:
        value = -self.books[key] if negative else self.books[key]
        text = printed(value, self.style, unit, scale)
        if bare:
            text = text.replace("%", "")
        if text != self.style.nil:
            kept = self._kept(value, text, unit, scale or self.style.scale)
            found = {"money": self.style.currency, "percent": "ratio", "times": "ratio", "per_share": f"{self.style.currency}/share"}
            of = "nav" if unit == "nav" else found.get(unit, unit)
            printed_scale = (scale or self.style.scale) if unit == "money" else 1
            self.truth.append(Printed(key, names, kept, of, self.period(key, stock), key.scope, printed_scale, text))
        return text

    def _kept(self, value: Decimal, text: str, unit: str, scale: int) -> Decimal:
        """The value at the precision at which it is printed."""
        if unit != "money":
            return value.quantize(Decimal(1).scaleb(-{"percent": 4, "nav": 4, "count": 0}.get(unit, 2)))
        digits = len(text.strip("()-").partition(".")[2])
        return (value / scale).quantize(Decimal(1).scaleb(-digits)) * scale

    # heads and periods

    def _heads(self, columns: Sequence[Column], stock: bool | None, *, notes: bool = False, any_of: bool = False) -> list[list[str | None]]:
        ordered = self._ordered(columns)
        first = self.draw.choice(["项目", ""]) if self.lang == "zh" else ""
        note = [("附注" if self.lang == "zh" else "Note")] if notes else []
        years: list[str | None] = [self._year_head(when, stock=stock, any_of=any_of) for when, _ in ordered]
        if len({scope for _, scope in columns}) == 1:
            return [[first, *note, *years]]
        bank = self.kind == "bank"
        group = ("本集团" if bank else "合并") if self.lang == "zh" else "Group"
        own = ("本行" if bank else "母公司") if self.lang == "zh" else ("Bank" if bank else "Company")
        top: list[str | None] = [first, *note, group, None, own, None]
        blank: list[str | None] = ["" for _ in (first, *note)]
        return [top, [*blank, *years]]

    def _year_head(self, when: str, *, stock: bool | None = None, any_of: bool = False) -> str:
        year, style = int(when), self.style
        before = year == style.year - 1 and style.restated and not any_of
        again = ("（已重述）" if self.lang == "zh" else " (restated)") if before else ""
        if any_of:
            return f"{year}年" if self.lang == "zh" else str(year) if style.head % 2 else f"FY{year}"
        if self.lang == "zh":
            if style.head == 2 and stock is not None:
                now = year == style.year
                return (("期末余额" if now else "期初余额") if stock else ("本期发生额" if now else "上期发生额")) + again
            date = f"{year}年12月31日" if style.head != 1 else f"{year}年末"
            return (date if stock else f"{year}年度" if style.head != 1 else f"{year}年") + again
        day = self._day(year)
        forms = (
            [day, str(year), f"{day[:6].strip()} {year}", f"As at {day}"]
            if stock
            else [f"Year ended {day}", str(year), f"FY{year}", str(year)]
        )
        return (forms[style.head] if style.head != 2 or not stock else self._short_day(year)) + again

    def _day(self, year: int) -> str:
        last = month_end(year, self.style.month)
        return f"{year}年{last.month}月{last.day}日" if self.lang == "zh" else f"{last:%d %B %Y}".lstrip("0")

    def _short_day(self, year: int) -> str:
        return f"{month_end(year, self.style.month):%d %b %Y}"

    def period(self, key: Key, stock: bool) -> str:
        """A date for what is of a day, else its start and end."""
        year, month = int(key.when[:4]), self.style.month
        if "Q" in key.when:
            quarter = int(key.when[-1])
            return f"{year}-{quarter * 3 - 2:02}-01/{_last_day(year, quarter * 3)}"
        if key.metric.startswith("opening_"):
            return _last_day(year - 1, month)
        return _last_day(year, month) if stock else f"{year - (month != 12)}-{month % 12 + 1:02}-01/{_last_day(year, month)}"


def _last_day(year: int, month: int) -> str:
    return month_end(year, month).isoformat()
