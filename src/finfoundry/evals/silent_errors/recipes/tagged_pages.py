"""Inline XBRL: what tags say beside what is printed: scales, signs, formats, currencies, hidden and split figures."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import Draw, grouped, whole_year, year_end
from finfoundry.evals.silent_errors.expected import Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.recipe_book import recipe

CONCEPTS = {  # lines of the statement and the names of their tags
    "Revenue": "us-gaap:Revenues", "Cost of sales": "us-gaap:CostOfRevenue", "Personnel expenses": "us-gaap:LaborAndRelatedExpense",
    "Marketing expenses": "us-gaap:MarketingExpense", "Administrative expenses": "us-gaap:GeneralAndAdministrativeExpense",
    "Research costs": "us-gaap:ResearchAndDevelopmentExpense", "Net profit": "us-gaap:ProfitLoss",
}  # fmt: skip
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12">
<head><title>{company}</title></head><body>
<div style="display:none"><ix:header>{hidden}<ix:resources>{resources}</ix:resources></ix:header></div>
<h1>{company}</h1>
{body}
</body></html>
"""
ENTITY = '<xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0000000001</xbrli:identifier></xbrli:entity>'


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged number. ``scale`` and ``format`` may be missing; ``before`` and ``after`` are printed around it in its cell."""

    text: str
    concept: str
    context: str
    unit: str = "money"
    scale: int | None = 6
    sign: bool = False
    format: str = "ixt:num-dot-decimal"
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        scale = "" if self.scale is None else f' scale="{self.scale}"'
        form = f' format="{self.format}"' if self.format else ""
        names = f'name="{self.concept}" contextRef="{self.context}" unitRef="{self.unit}" decimals="{-(self.scale or 0)}"'
        sign = ' sign="-"' if self.sign else ""
        return f"{self.before}<ix:nonFraction {names}{scale}{form}{sign}>{self.text}</ix:nonFraction>{self.after}"


def resources(draw: Draw, units: dict[str, str]) -> str:
    """Contexts of both years, as stretches (y0, y1) and their last days (d0, d1); units by their names."""
    found = []
    for at, year in enumerate(draw.years):
        stretch = f"<xbrli:startDate>{year}-01-01</xbrli:startDate><xbrli:endDate>{year}-12-31</xbrli:endDate>"
        day = f"<xbrli:instant>{year}-12-31</xbrli:instant>"
        for name, period in ((f"y{at}", stretch), (f"d{at}", day)):
            found.append(f'<xbrli:context id="{name}">{ENTITY}<xbrli:period>{period}</xbrli:period></xbrli:context>')
    for name, measure in units.items():
        if measure.endswith("/share"):
            over = f"<xbrli:unitNumerator><xbrli:measure>iso4217:{measure[:3]}</xbrli:measure></xbrli:unitNumerator>"
            under = "<xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator>"
            found.append(f'<xbrli:unit id="{name}"><xbrli:divide>{over}{under}</xbrli:divide></xbrli:unit>')
        else:
            prefix = "xbrli" if measure == "pure" else "iso4217"
            found.append(f'<xbrli:unit id="{name}"><xbrli:measure>{prefix}:{measure}</xbrli:measure></xbrli:unit>')
    return "".join(found)


def page(draw: Draw, body: Sequence[str], truth: Truth, *, units: dict[str, str] | None = None, hidden: str = "") -> Made:
    """A filing of paragraphs and tables."""
    named = {"money": draw.currency, **(units or {})}
    text = PAGE.format(company=html.escape(draw.company), hidden=hidden, resources=resources(draw, named), body="\n".join(body))
    return Made(text.encode(), "html", truth)


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows of labels and tags."""
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>"


def heads(draw: Draw, word: str = "million") -> list[str]:
    return [f"({draw.currency} {word}s)", *map(str, draw.years)]


def of(draw: Draw, label: str, at: int, value: Decimal, printed: str, shown: Decimal) -> Figure:
    """The figure of a line in a year, by its label or its tag."""
    return Figure(
        (label,), value, draw.currency, whole_year(draw.years[at]), printed, shown, CONCEPTS.get(label, "").split(":")[-1] or None
    )


@recipe("tagged statement", "ixbrl", "en")
def tagged_statement(draw: Draw) -> Made:
    """A plain statement in millions or thousands, with losses in brackets."""
    places = (6, 3)[draw.variant % 2]
    found: list[Figure] = []
    lines: list[Sequence[object]] = [heads(draw, ("million", "thousand")[draw.variant % 2])]
    for number, row in enumerate(draw.income()):
        less = number == 1
        cells = []
        for at, shown in enumerate(row.numbers):
            cells.append(
                Tag(f"{shown:,}", CONCEPTS[row.label], f"y{at}", scale=places, before="(" if less else "", after=")" if less else "")
            )
            value = (-shown if less else shown).scaleb(places)
            found.append(of(draw, row.label, at, value, f"{shown:,}", -shown if less else shown))
        lines.append([row.label, *cells])
    return page(draw, [table(lines)], Truth(tuple(found)))


@recipe("tagged numbers in other formats", "ixbrl", "en")
def tag_formats(draw: Draw) -> Made:
    """1.234,5 and 1 234,5 by the format that the tag names."""
    form, swap = (("ixt:num-comma-decimal", ".,"), ("ixt:num-comma-decimal", "\u00a0,"), ("ixt:num-dot-decimal", "\u00a0."))[
        draw.variant % 3
    ]
    found: list[Figure] = []
    lines: list[Sequence[object]] = [heads(draw)]
    for row in draw.income():
        cells = []
        for at, number in enumerate(row.numbers):
            shown = number + Decimal("0.5")
            text = f"{shown:,}".translate(str.maketrans(",.", swap))
            cells.append(Tag(text, CONCEPTS[row.label], f"y{at}", format=form))
            found.append(of(draw, row.label, at, shown.scaleb(6), text, shown))
        lines.append([row.label, *cells])
    return page(draw, [table(lines)], Truth(tuple(found)))


@recipe("tagged sentence of a loss", "ixbrl", "en")
def tagged_loss(draw: Draw) -> Made:
    """ "A net loss of $212 million", tagged with a minus sign: the fact is less than nothing."""
    draw.currency, number = "USD", draw.amount(211, 899)
    said = (
        (f"We had a net loss of ${{}} million in {draw.year}.", "us-gaap:NetIncomeLoss"),
        (f"Operating activities used ${{}} million of cash in {draw.year}.", "us-gaap:NetCashProvidedByUsedInOperatingActivities"),
        (f"The operating loss of {draw.year} came to ${{}} million.", "us-gaap:OperatingIncomeLoss"),
    )[draw.variant % 3]
    sentence, concept = said
    tag = Tag(f"{number}", concept, "y0", sign=True)
    figure = Figure(("",), -number.scaleb(6), "USD", whole_year(draw.year), f"{number}", -number, concept.split(":")[1])
    return page(draw, [f"<p>{sentence.format(tag)}</p>"], Truth((figure,)))


@recipe("tag without its scale", "ixbrl", "en")
def no_scale(draw: Draw) -> Made:
    """ "$26.3 billion" whose tag has no scale: not 26.3 dollars."""
    draw.currency, tenths = "USD", draw.rng.randint(121, 989)
    shown = Decimal(tenths) / 10
    word, places = (("billion", 9), ("million", 6))[draw.variant % 2]
    tag = Tag(str(shown), "us-gaap:Revenues", "y0", scale=None)
    figure = Figure(("",), shown.scaleb(places), "USD", whole_year(draw.year), str(shown), shown, "Revenues")
    return page(draw, [f"<p>Revenues were ${tag} {word} in {draw.year}.</p>"], Truth((figure,), (NoFigure(shown),)))


@recipe("two currencies of a tagged statement", "ixbrl", "en")
def tagged_currencies(draw: Draw) -> Made:
    """Yuan, and dollars for convenience; headings of two lines."""
    draw.currency = "CNY"
    found: list[Figure] = []
    lines: list[Sequence[object]] = [["(in millions)", f"{draw.year}<br/>RMB", f"{draw.year}<br/>US$"]]
    for row in draw.income():
        units = (("money", "CNY"), ("dollars", "USD"))
        lines.append(
            [row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], "y0", unit) for n, (unit, _) in zip(row.numbers, units, strict=True))]
        )
        found += [
            replace(of(draw, row.label, 0, n.scaleb(6), f"{n:,}", n), unit=currency)
            for n, (_, currency) in zip(row.numbers, units, strict=True)
        ]
    return page(draw, [table(lines)], Truth(tuple(found), issuer=draw.company), units={"dollars": "USD"})


@recipe("unit called otherwise than its currency", "ixbrl", "en")
def misleading_unit(draw: Draw) -> Made:
    """The unit is called usd and is euros."""
    draw.currency = ("EUR", "GBP", "CHF")[draw.variant % 3]
    rows = draw.income(3)
    lines: list[Sequence[object]] = [heads(draw)]
    lines += [[row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}", "usd") for at, n in enumerate(row.numbers))] for row in rows]
    found = tuple(of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers))
    return page(draw, [table(lines)], Truth(found), units={"usd": draw.currency})


@recipe("hidden tags beside printed ones", "ixbrl", "en")
def hidden_tags(draw: Draw) -> Made:
    """Values of the header that nobody sees contradict none that is printed."""
    rows = draw.income(3)
    old = draw.amount()
    lines: list[Sequence[object]] = [heads(draw)]
    lines += [[row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}") for at, n in enumerate(row.numbers))] for row in rows]
    found = tuple(of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers))
    hidden = f"<ix:hidden>{Tag(str(old), CONCEPTS[rows[0].label], 'y0')}</ix:hidden>"
    return page(draw, [table(lines)], Truth(found, (NoFigure(old.scaleb(6)),)), hidden=hidden)


@recipe("tagged number with marks inside", "ixbrl", "en")
def marks_inside(draw: Draw) -> Made:
    """The digits of a tag stand in spans, as programs leave them."""
    rows = draw.income(3)
    lines: list[Sequence[object]] = [heads(draw)]
    for row in rows:
        cells = []
        for at, number in enumerate(row.numbers):
            head, tail = f"{number:,}".split(",")
            text = (f"<span>{head},</span><span>{tail}</span>", f"<b>{head},{tail}</b>", f"{head}<span>,</span>{tail}")[draw.variant % 3]
            cells.append(Tag(text, CONCEPTS[row.label], f"y{at}"))
        lines.append([row.label, *cells])
    found = tuple(of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers))
    return page(draw, [table(lines)], Truth(found))


@recipe("tagged ratio and amount of a share", "ixbrl", "en")
def other_units(draw: Draw) -> Made:
    """12.5% with a scale of -2, and dollars a share, under amounts in millions."""
    rows = draw.income(2)
    rate, share = Decimal(draw.rng.randint(111, 389)) / 10, Decimal(draw.rng.randint(112, 989)) / 100
    lines: list[Sequence[object]] = [heads(draw)]
    lines += [[row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}") for at, n in enumerate(row.numbers))] for row in rows]
    lines.append(
        ["Effective tax rate", Tag(str(rate), "us-gaap:EffectiveIncomeTaxRateContinuingOperations", "y0", "pure", -2, after="%"), ""]
    )
    lines.append(["Earnings per share", Tag(str(share), "us-gaap:EarningsPerShareBasic", "y0", "eps", 0), ""])
    found = [of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers)]
    found.append(replace(of(draw, "Effective tax rate", 0, rate / 100, str(rate), rate), unit="ratio"))
    found.append(replace(of(draw, "Earnings per share", 0, share, str(share), share), unit=f"{draw.currency}/share"))
    return page(draw, [table(lines)], Truth(tuple(found)), units={"pure": "pure", "eps": f"{draw.currency}/share"})


@recipe("tag whose time is not the heading's", "ixbrl", "en")
def other_time(draw: Draw) -> Made:
    """Balances are tagged as of days, under headings that say only a year: the tags tell."""
    rows = draw.balance(3)
    names = {row.label: f"us-gaap:{''.join(word.capitalize() for word in row.label.split())}" for row in rows}
    lines: list[Sequence[object]] = [heads(draw)]
    lines += [[row.label, *(Tag(f"{n:,}", names[row.label], f"d{at}") for at, n in enumerate(row.numbers))] for row in rows]
    found = tuple(
        replace(of(draw, row.label, at, n.scaleb(6), f"{n:,}", n), period=year_end(draw.years[at]))
        for row in rows
        for at, n in enumerate(row.numbers)
    )
    return page(draw, [table(lines)], Truth(found))


@recipe("figure without a tag in a tagged table", "ixbrl", "en")
def without_a_tag(draw: Draw) -> Made:
    """One line of a tagged statement has no tags: it is read from the table."""
    rows = draw.income(4)
    lines: list[Sequence[object]] = [heads(draw)]
    for number, row in enumerate(rows):
        tags = [Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}") for at, n in enumerate(row.numbers)]
        lines.append([row.label, *(map(grouped, row.numbers) if number == 2 else tags)])
    found = tuple(of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers))
    return page(draw, [f"<p>Amounts in {draw.currency} million</p>", table(lines)], Truth(found))


@recipe("tag that contradicts what is printed", "ixbrl", "en")
def wrong_tag(draw: Draw) -> Made:
    """A tag says thousands under a heading that says millions: it is told."""
    rows = draw.income(3)
    lines: list[Sequence[object]] = [heads(draw)]
    places = [3 if at == 1 else 6 for at in range(3)]
    lines += [
        [row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}", scale=places[number]) for at, n in enumerate(row.numbers))]
        for number, row in enumerate(rows)
    ]
    found = tuple(
        of(draw, row.label, at, n.scaleb(6), f"{n:,}", n)
        for number, row in enumerate(rows)
        for at, n in enumerate(row.numbers)
        if number != 1
    )
    return page(draw, [table(lines)], Truth(found, tell=(rows[1].label, "scale")))


@recipe("dash that is tagged as zero", "ixbrl", "en")
def tagged_dash(draw: Draw) -> Made:
    """A tag with the format of a zero says that the dash is 0."""
    rows = draw.income(3)
    lines: list[Sequence[object]] = [heads(draw)]
    lines += [[row.label, *(Tag(f"{n:,}", CONCEPTS[row.label], f"y{at}") for at, n in enumerate(row.numbers))] for row in rows[:2]]
    name = rows[2].label
    lines.append([name, Tag(f"{rows[2].numbers[0]:,}", CONCEPTS[name], "y0"), Tag("—", CONCEPTS[name], "y1", format="ixt:fixed-zero")])
    found = [of(draw, row.label, at, n.scaleb(6), f"{n:,}", n) for row in rows for at, n in enumerate(row.numbers)]
    found[-1] = of(draw, name, 1, Decimal(0), "—", Decimal(0))
    return page(draw, [table(lines)], Truth(tuple(found)))
