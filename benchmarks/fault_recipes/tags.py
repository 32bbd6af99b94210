"""Tagged filings: tags without a scale, signs of tags, two currencies side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from fault_recipes.book import Bench, Trial, fault
from fault_recipes.papers import MILLION, paper
from finfoundry.evals.silent_errors.expected import Figure, NoFigure

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12">
<head><title>{company}</title></head><body><div style="display:none"><ix:header><ix:resources>{resources}</ix:resources></ix:header></div>
<h1>{company}</h1><h2>Annual report 2024</h2>
{body}
</body></html>
"""
ENTITY = '<xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0000000001</xbrli:identifier></xbrli:entity>'


def _resources(units: dict[str, str]) -> str:
    found = []
    for year in (2024, 2023):
        stretch = f"<xbrli:startDate>{year}-01-01</xbrli:startDate><xbrli:endDate>{year}-12-31</xbrli:endDate>"
        for name, period in ((f"y{year}", stretch), (f"d{year}", f"<xbrli:instant>{year}-12-31</xbrli:instant>")):
            found.append(f'<xbrli:context id="{name}">{ENTITY}<xbrli:period>{period}</xbrli:period></xbrli:context>')
    found += [f'<xbrli:unit id="{name}"><xbrli:measure>iso4217:{code}</xbrli:measure></xbrli:unit>' for name, code in units.items()]
    return "".join(found)


def filing(body: Sequence[str] | str, company: str = "Marwick Inc.", units: dict[str, str] | None = None) -> bytes:
    """A filing with contexts y2024, d2024, y2023 and d2023, and the unit usd."""
    text = body if isinstance(body, str) else "\n".join(body)
    return PAGE.format(company=company, resources=_resources(units or {"usd": "USD"}), body=text).encode()


def tag(
    text: str,
    concept: str,
    context: str = "y2024",
    *,
    scale: int | None = 6,
    sign: bool = False,
    decimals: int | None = None,
    unit: str = "usd",
) -> str:
    """A tagged number."""
    places = decimals if decimals is not None else -(scale or 0)
    given = (f' scale="{scale}"' if scale is not None else "") + (' sign="-"' if sign else "")
    names = f'name="us-gaap:{concept}" contextRef="{context}" unitRef="{unit}" decimals="{places}"'
    return f'<ix:nonFraction {names}{given} format="ixt:num-dot-decimal">{text}</ix:nonFraction>'


def _tagged(concept: str, printed: str, value: Decimal | int | str, period: str = "2024", unit: str = "USD") -> Figure:
    return Figure(("",), Decimal(value), unit, period, printed, Decimal(printed.replace(",", "")), concept)


@fault("B046")
def without_a_scale(_: Bench) -> Iterator[Trial]:
    first, second = tag("95.2", "Deposits", "d2024", scale=9), tag("26.3", "InterestBearingDepositLiabilities", "d2024", scale=None)
    whole = f"<p>Deposits of ${first} billion, of which ${second} billion bear interest.</p>"
    both = [
        _tagged("Deposits", "95.2", 95200 * MILLION, "2024-12-31"),
        _tagged("InterestBearingDepositLiabilities", "26.3", 26300 * MILLION, "2024-12-31"),
    ]
    yield paper("literal", filing(whole), "html", both, no=[NoFigure(Decimal("26.3"))])
    for name, sentence, concept, value in (
        ("million", "Revenue was ${} million in 2024.", "Revenues", 26_300_000),
        ("a bracket", "Revenue was ${} (in billions) in 2024.", "Revenues", 26_300_000_000),
        ("thousand", "Revenue was ${} thousand in 2024.", "Revenues", 26_300),
        (
            "in a cell",
            "<table><tr><td></td><td>2024</td></tr><tr><td>Revenue</td><td>${} billion</td></tr></table>",
            "Revenues",
            26_300_000_000,
        ),
    ):
        body = sentence if sentence.startswith("<") else f"<p>{sentence}</p>"
        yield paper(name, filing(body.format(tag("26.3", concept, scale=None))), "html", [_tagged(concept, "26.3", value)],
                    no=[NoFigure(Decimal("26.3"))], told=("26.3",), tell=("26.3",) if name == "a bracket" else ())  # fmt: skip


@fault("OWN01-3")
def tagged_losses(_: Bench) -> Iterator[Trial]:
    for name, sentence, concept in (
        ("literal, net loss", "We had a net loss of ${} million in 2024.", "NetIncomeLoss"),
        ("literal, used", "Operating activities used ${} million of cash in 2024.", "NetCashProvidedByUsedInOperatingActivities"),
        ("operating loss", "The operating loss of 2024 came to ${} million.", "OperatingIncomeLoss"),
        ("decrease", "Cash fell by ${} million in 2024.", "CashAndCashEquivalentsPeriodIncreaseDecrease"),
    ):
        body = f"<p>{sentence.format(tag('212', concept, sign=True))}</p>"
        yield paper(name, filing(body), "html", [_tagged(concept, "212", -212 * MILLION)], no=[NoFigure(Decimal(212 * MILLION))])
    profit = f"<p>We had a net profit of ${tag('212', 'NetIncomeLoss')} million in 2024.</p>"
    yield paper("a profit stays one", filing(profit), "html", [_tagged("NetIncomeLoss", "212", 212 * MILLION)])
