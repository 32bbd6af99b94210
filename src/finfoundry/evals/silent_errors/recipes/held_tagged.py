"""Inline XBRL: dimensions, nil, text that goes on elsewhere, numbers in words, tags within tags, other prefixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from finfoundry.evals.silent_errors.draw import Draw, Row, figures, grouped, whole_year
from finfoundry.evals.silent_errors.expected import NUMBER, Figure, Made, NoFigure, Truth
from finfoundry.evals.silent_errors.recipe_book import recipe

HELD_OUT = True

LINES = (
    ("Revenue", "us-gaap:Revenues"), ("Cost of sales", "us-gaap:CostOfRevenue"),
    ("Research costs", "us-gaap:ResearchAndDevelopmentExpense"), ("Net profit", "us-gaap:ProfitLoss"),
)  # fmt: skip
ROOT = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:us-gaap="http://fasb.org/us-gaap/2024" xmlns:co="http://co.example/2024"
 xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:ixt-sec="http://www.sec.gov/inlineXBRL/transformation/2015-08-31">
<head><title>{company}</title></head><body>
<div style="display:none"><ix:header><ix:references><link:schemaRef xlink:type="simple" xlink:href="http://co.example/2024/co.xsd"/></ix:references>
<ix:resources>{resources}</ix:resources></ix:header></div>
<h1>{company}</h1><h2>Income statement</h2><p>in {currency} million</p>
{body}
</body></html>
"""


def _context(name: str, year: int, member: str = "") -> str:
    axis = 'dimension="us-gaap:StatementGeographicalAxis"'
    segment = f"<xbrli:segment><xbrldi:explicitMember {axis}>{member}</xbrldi:explicitMember></xbrli:segment>"
    return (
        f'<xbrli:context id="{name}"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0000000001</xbrli:identifier>'
        f"{segment if member else ''}</xbrli:entity><xbrli:period><xbrli:startDate>{year}-01-01</xbrli:startDate>"
        f"<xbrli:endDate>{year}-12-31</xbrli:endDate></xbrli:period></xbrli:context>"
    )


def _tag(text: str, concept: str, context: str, more: str = "", unit: str = "money") -> str:
    scale = more or 'scale="6" decimals="-6" format="ixt:num-dot-decimal"'
    return f'<ix:nonFraction name="{concept}" contextRef="{context}" unitRef="{unit}" {scale}>{text}</ix:nonFraction>'


def _page(draw: Draw, inner: str, members: Sequence[str] = ()) -> bytes:
    """A page with contexts y0 and y1 of both years, m0y0 … of members, units ``money`` and ``people``."""
    contexts = [_context(f"y{at}", year) for at, year in enumerate(draw.years)]
    contexts += [_context(f"m{number}y{at}", year, one) for number, one in enumerate(members) for at, year in enumerate(draw.years)]
    units = f'<xbrli:unit id="money"><xbrli:measure>iso4217:{draw.currency}</xbrli:measure></xbrli:unit>'
    units += '<xbrli:unit id="people"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>'
    return ROOT.format(company=draw.company, resources="".join(contexts) + units, currency=draw.currency, body=inner).encode()


def _rows(draw: Draw) -> list[tuple[Row, str]]:
    draw.scale, draw.scale_word = Decimal(10**6), "million"
    return [(Row(label, (draw.amount(), draw.amount())), concept) for label, concept in LINES]


def _table(draw: Draw, lines: Sequence[Sequence[str]], heads: Sequence[str] | None = None) -> str:
    head = "".join(f"<th>{one}</th>" for one in ("Item", *(heads if heads is not None else draw.heads())))
    return (
        f"<table><tr>{head}</tr>\n" + "\n".join("<tr>" + "".join(f"<td>{one}</td>" for one in row) + "</tr>" for row in lines) + "</table>"
    )


def _plain(rows: Sequence[tuple[Row, str]]) -> list[list[str]]:
    return [[row.label, *(_tag(grouped(number), name, f"y{at}") for at, number in enumerate(row.numbers))] for row, name in rows]


def _truth(draw: Draw, rows: Sequence[tuple[Row, str]]) -> tuple[Figure, ...]:
    return tuple(replace(one, concept=name) for row, name in rows for one in figures([row], draw))


@recipe("dimensions of a tag", "ixbrl", "en")
def dimensions(draw: Draw) -> Made:
    """One line in three regions: the region is a dimension, and a heading above its column."""
    _rows(draw)
    regions = (("Europe", "co:EuropeMember"), ("Asia", "co:AsiaMember"), ("Africa", "co:AfricaMember"))
    found, lines = list[Figure](), list[list[str]]()
    for label, concept in LINES[:3]:
        cells = []
        for number, (region, _) in enumerate(regions):
            value = draw.amount()
            cells.append(_tag(grouped(value), concept, f"m{number}y0"))
            found.append(Figure((label, region), value * draw.scale, draw.currency, whole_year(draw.year), grouped(value), value))
        lines.append([label, *cells])
    inner = f"<p>Year {draw.year}</p>" + _table(draw, lines, [region for region, _ in regions])
    return Made(_page(draw, inner, [member for _, member in regions]), "html", Truth(tuple(found)))


@recipe("tag that says nil", "ixbrl", "en")
def nil(draw: Draw) -> Made:
    """A dash is tagged as having no value: that is no zero."""
    rows, (label, name) = _rows(draw)[:3], ("Marketing expenses", "us-gaap:MarketingExpense")
    empty = f'<ix:nonFraction name="{name}" contextRef="y1" unitRef="money" xsi:nil="true"></ix:nonFraction>—'
    value = draw.amount()
    lines = [*_plain(rows), [label, _tag(grouped(value), name, "y0"), empty]]
    one = Figure((label,), value * draw.scale, draw.currency, whole_year(draw.year), grouped(value), value, concept=name)
    return Made(_page(draw, _table(draw, lines)), "html", Truth((*_truth(draw, rows), one), (NoFigure(Decimal(0), label),)))


@recipe("tagged text that goes on elsewhere", "ixbrl", "en")
def continuation(draw: Draw) -> Made:
    """The table of a note lies in the continuation of its tagged text; its numbers are tagged, too."""
    rows = _rows(draw)
    first = (
        '<ix:nonNumeric name="us-gaap:SegmentReportingDisclosureTextBlock" contextRef="y0" continuedAt="c1"><p>Note 3</p></ix:nonNumeric>'
    )
    between = "<p>This page was left blank.</p>"
    second = f'<ix:continuation id="c1" continuedAt="c2">{_table(draw, _plain(rows[:2]))}</ix:continuation>'
    third = f'<ix:continuation id="c2">{_table(draw, _plain(rows[2:]))}</ix:continuation>'
    return Made(_page(draw, first + between + second + between + third), "html", Truth(_truth(draw, rows)))


@recipe("tagged number in words", "ixbrl", "en")
def number_in_words(draw: Draw) -> Made:
    """ "twelve" employees, by a format of the regulator."""
    rows = _rows(draw)
    word, number = draw.rng.choice((("twelve", 12), ("seventeen", 17), ("forty", 40), ("twenty-three", 23), ("nineteen", 19)))
    tag = _tag(word, "co:NumberOfPlants", "y0", 'format="ixt-sec:numwordsen" decimals="0"', "people")
    inner = f"<p>In {draw.year} the group had {tag} plants.</p>" + _table(draw, _plain(rows))
    one = Figure(("plants",), Decimal(number), NUMBER, str(draw.year), word, Decimal(number), concept="co:NumberOfPlants")
    return Made(_page(draw, inner), "html", Truth((*_truth(draw, rows), one), told=("plants",)))


@recipe("tag within a tag", "ixbrl", "en")
def nested(draw: Draw) -> Made:
    """One printed number is two facts of two names."""
    rows = _rows(draw)
    lines = _plain(rows[:-1])
    row, name = rows[-1]
    inside = [_tag(grouped(number), "us-gaap:NetIncomeLoss", f"y{at}") for at, number in enumerate(row.numbers)]
    lines.append([row.label, *(_tag(one, name, f"y{at}") for at, one in enumerate(inside))])
    return Made(_page(draw, _table(draw, lines)), "html", Truth(_truth(draw, rows)))


@recipe("other prefixes of tags", "ixbrl", "en")
def prefixes(draw: Draw) -> Made:
    """The names of the namespaces are free: i: for ix:, x: for xbrli:, t: for the transformations."""
    rows = _rows(draw)
    text = _page(draw, _table(draw, _plain(rows))).decode()
    for old, new in (("ixt:", "t:"), ("xmlns:ixt=", "xmlns:t="), ("xmlns:ix=", "xmlns:i="), ("<ix:", "<i:"), ("</ix:", "</i:")):
        text = text.replace(old, new)
    for old, new in (("xmlns:xbrli=", "xmlns:x="), ("<xbrli:", "<x:"), ("</xbrli:", "</x:"), ("xbrli:pure", "x:pure")):
        text = text.replace(old, new)
    return Made(text.encode(), "html", Truth(_truth(draw, rows)))


@recipe("tagged loss whose bracket is outside", "ixbrl", "en")
def outside_bracket(draw: Draw) -> Made:
    """Brackets are printed around the tag and the sign is an attribute: it is negative once."""
    rows = _rows(draw)
    at = draw.variant % 4
    rows[at] = (Row(rows[at][0].label, tuple(-one for one in rows[at][0].numbers)), rows[at][1])
    minus = 'scale="6" decimals="-6" format="ixt:num-dot-decimal" sign="-"'
    lines = _plain(rows)
    row, name = rows[at]
    lines[at] = [row.label, *(f"({_tag(f'{abs(one):,}', name, f'y{number}', minus)})" for number, one in enumerate(row.numbers))]
    return Made(_page(draw, _table(draw, lines)), "html", Truth(_truth(draw, rows)))


@recipe("tagged amount in full beside a table in millions", "ixbrl", "en")
def other_scale(draw: Draw) -> Made:
    """A sentence prints an amount in full; its tag has scale 0 while those of the table have 6."""
    rows = _rows(draw)
    value = draw.amount() * 1000 + 457
    tag = _tag(f"{value:,}", "us-gaap:MarketingExpense", "y0", 'scale="0" decimals="0" format="ixt:num-dot-decimal"')
    inner = _table(draw, _plain(rows)) + f"<p>Marketing expenses of {draw.year} were {draw.currency} {tag}.</p>"
    one = Figure(
        ("Marketing expenses",), value, draw.currency, whole_year(draw.year), f"{value:,}", value, concept="us-gaap:MarketingExpense"
    )
    no = (NoFigure(value * 10**6),)
    return Made(_page(draw, inner), "html", Truth((*_truth(draw, rows), one), no))
