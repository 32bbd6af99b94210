"""Every formula of the library and every kind of answer, asked of a real store, recorded, read back from its record, and recomputed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finfoundry.app import App, open_app
from finfoundry.ask.compose.answer_evidence import rebind
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.binding import evaluate
from finfoundry.core.answer import Answer
from finfoundry.core.formulas import formulas
from finfoundry.governance.recorder import Recorder
from finfoundry.governance.replay import reverify
from finfoundry.governance.trail import recall
from finfoundry.knowledge.facts.table.concepts import Concept, concepts
from finfoundry.runtime.audit import plain
from finfoundry.runtime.settings import Settings

YEARS = (2021, 2022, 2023, 2024)
PART = re.compile(
    r"Master|Doctor|^PaymentsToAcquire(?:PropertyPlant|LongTerm)"
)  # less than the whole of which a formula makes them a share
_HEAD = """<?xml version='1.0' encoding='ASCII'?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:dei="http://xbrl.sec.gov/dei/2024"><head><title>Annual report</title></head><body><div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="y2024">COMPANY</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentType" contextRef="y2024">10-K</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentPeriodEndDate" contextRef="y2024">2024-12-31</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentFiscalYearFocus" contextRef="y2024">2024</ix:nonNumeric>
</ix:hidden><ix:resources>
<xbrli:unit id="money"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>
<xbrli:unit id="shares"><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unit>
<xbrli:unit id="ratio"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>
<xbrli:unit id="count"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>
<xbrli:unit id="per"><xbrli:divide><xbrli:unitNumerator><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unitNumerator>
<xbrli:unitDenominator><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unitDenominator></xbrli:divide></xbrli:unit>
"""


_NOTES = """<p>Revenue of {company} by segment (in millions)</p><table><tr><td></td><td>2024</td><td>2023</td></tr>
<tr><td>Passengers</td><td>1,400</td><td>1,500</td></tr><tr><td>Freight</td><td>800</td><td>700</td></tr>
<tr><td>Catering</td><td>333</td><td>322</td></tr><tr><td>Total revenue</td><td>2,533</td><td>2,522</td></tr></table>
<p>Revenue of {company} increased in 2024 primarily due to higher fares on the northern routes.</p>
<h2>Voyages</h2><p>{company} sails to eleven harbours all year. A cabin to Northhaven costs $14 more in summer than in winter, since nights
are short and many passengers wish to see the islands by daylight. The crews change in Northhaven after every second voyage.</p>"""


def filing(company: str, add: int = 0) -> bytes:
    """A filing in inline XBRL with a row for every concept that the product knows, so that every formula finds its operands. No value
    looks like a year.
    """
    parts = [_HEAD.replace("COMPANY", company)]
    for year in YEARS:
        owner = '<xbrli:entity><xbrli:identifier scheme="s">1</xbrli:identifier></xbrli:entity>'
        flow = f"<xbrli:startDate>{year}-01-01</xbrli:startDate><xbrli:endDate>{year}-12-31</xbrli:endDate>"
        parts.append(f'<xbrli:context id="y{year}">{owner}<xbrli:period>{flow}</xbrli:period></xbrli:context>')
        day = f"<xbrli:instant>{year}-12-31</xbrli:instant>"
        parts.append(f'<xbrli:context id="d{year}">{owner}<xbrli:period>{day}</xbrli:period></xbrli:context>')
    parts.append("</ix:resources></ix:header></div><p>FORM 10-K</p><p>For the fiscal year ended December 31, 2024</p>")
    parts.append(f"<p>{company}</p><p>(Exact name of registrant as specified in its charter)</p>")
    for statement in dict.fromkeys(concept.statement for concept in concepts()):
        heads = "".join(f"<td>{year}</td>" for year in reversed(YEARS))
        rows = "".join(_row(number, one, add) for number, one in enumerate(concepts()) if one.statement == statement and one.labels)
        parts.append(f"<p>Consolidated {statement} statement of {company} (in millions)</p><table><tr><td></td>{heads}</tr>{rows}</table>")
    parts.append(_NOTES.format(company=company))
    return "".join([*parts, "</body></html>"]).encode("ascii", "xmlcharrefreplace")


def _row(number: int, concept: Concept, add: int) -> str:
    context, unit = "d" if concept.nature == "instant" else "y", concept.unit.split()[0]
    scale = 6 if concept.unit in ("money", "shares") else 0
    amount = 310 if PART.search(concept.name) or unit in ("ratio", "times") else 2500 + 37 * number
    cells = "".join(
        f'<td><ix:nonFraction name="us-gaap:{concept.name}" contextRef="{context}{year}" unitRef="{unit}" scale="{scale}" decimals="0">'
        f"{amount + add + 11 * (year - YEARS[0])}</ix:nonFraction></td>"
        for year in reversed(YEARS)
    )
    label = max((label for label in concept.labels if label.isascii()), key=len, default=f"Further line {concept.name}")
    return f"<tr><td>{label}</td>{cells}</tr>"


@pytest.fixture(scope="module")
def app(module_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("filings")  # nothing below a home is read
    with open_app(Settings(home=module_home, worker=False)) as opened:
        for number, company in enumerate(("Brightwater Ferries Inc", "Southquay Ferries Inc")):
            (path := folder / f"{number}-10k.htm").write_bytes(filing(company, 7 * number))
            (read,) = opened.ingest(opened.administrator, [path])
            assert read.id
        engine = ScriptedEngine([("Northhaven", "A cabin to Northhaven costs $14 more in summer than in winter."), ("", "NOT FOUND")])
        opened.recorder = opened.agent.engine = Recorder(engine)
        opened.agent.drafts = True
        yield opened


def replayed(app: App, question: str) -> Answer:
    """The answer, after its record was read back, everything in it recomputed, and its binding done again with the very same numbers."""
    answer = app.ask(app.administrator, question)
    assert answer.status == "answered", (question, answer.text, answer.reason)
    assert answer.audit_id
    replay = app.audit_replay(app.administrator, answer.audit_id)
    assert [check for check in replay.checks if check.outcome != "agrees"] == [], (question, answer.text)
    assert replay.checks
    trace = recall(app.database, app.settings.home, app.administrator, answer.audit_id)
    again, recorded = rebind(trace.all("binding")[-1]), trace.one("answer")
    assert {name: again[name] for name in again} == {name: recorded[name] for name in again}, question
    return answer


FORMULAS = [
    f"What was Brightwater's {one.en[0]} in FY2024?"
    if one.en and (number % 2 or not one.zh)
    else f"Brightwater 2024年的{one.zh[0]}是多少？"
    for number, one in enumerate(formulas().values())
]


@pytest.mark.slow
@pytest.mark.parametrize("question", FORMULAS)
def test_every_formula_replays(app: App, question: str) -> None:
    answer = replayed(app, question)
    assert answer.figures
    assert answer.citations


KINDS = [
    "What were Brightwater's total assets at the end of FY2023?",
    "By how much did Brightwater's revenue change between FY2022 and FY2024?",
    "What was the growth rate of Brightwater's revenue in FY2024?",
    "What was the compound annual growth rate of Brightwater's revenue from FY2021 to FY2024?",
    "What was Brightwater's average revenue from FY2021 to FY2023?",
    "Did Brightwater's gross margin improve or decline in FY2024?",
    "Does Brightwater have positive working capital in FY2024?",
    "Is Brightwater's quick ratio in FY2024 sound?",
    "What was Brightwater's quick ratio in FY2024? Quick ratio is defined as: cash and cash equivalents / total current liabilities.",
    "Brightwater 2024年毛利率比2023年变化了多少？",
    "Brightwater 2023年和2024年的总资产分别是多少？",
    "Which segment of Brightwater had the highest revenue in FY2024?",
    "What share of Brightwater's revenue came from Freight in FY2024?",
    "What were the total assets of Brightwater and of Southquay at the end of FY2024?",
    "Why did Brightwater's revenue increase in FY2024?",
    "What does Brightwater say of a cabin to Northhaven in summer?",
]


@pytest.mark.parametrize("question", KINDS)
def test_every_kind_of_answer_replays(app: App, question: str) -> None:
    replayed(app, question)


def test_a_record_of_before_replays_though_it_numbers_its_citations_otherwise(app: App) -> None:
    """The same places under other numbers, as an older version gave them: 1 and 2 exchanged, in the text and in every figure."""
    answer = app.ask(app.administrator, "What was Brightwater's gross margin in FY2024?")
    assert answer.audit_id
    trace = recall(app.database, app.settings.home, app.administrator, answer.audit_id)
    old = _exchanged(plain(answer))
    assert old["text"] != answer.text
    steps = tuple(replace(step, content=old if step.kind == "answer" else step.content) for step in trace.steps)
    assert reverify(replace(trace, steps=steps), evaluate=evaluate, rebind=rebind).ok
    wrong = {**old, "citations": old["citations"][:1]}
    steps = tuple(replace(step, content=wrong if step.kind == "answer" else step.content) for step in trace.steps)
    assert not reverify(replace(trace, steps=steps), evaluate=evaluate, rebind=rebind).ok


def _exchanged(content: Any) -> Any:
    other = {1: 2, 2: 1}
    if isinstance(content, dict):
        return {name: other.get(value, value) if name in ("citation", "marker") else _exchanged(value) for name, value in content.items()}
    if isinstance(content, list):
        return sorted((_exchanged(one) for one in content), key=lambda one: one.get("marker", 0) if isinstance(one, dict) else 0)
    if isinstance(content, str):
        return re.sub(r"\[([12])\]", lambda found: f"[{other[int(found[1])]}]", content)
    return content
