"""From a file with an unusual heading to an answer, over the real parser and store and without a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ask.memory import MemorySearch

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.storage.store import Store
from finfoundry.runtime import audit
from finfoundry.runtime.database import Database
from finfoundry.runtime.keys import Master

FILE = """<html><body><h1>{company}</h1><p>Annual report 2024</p><p>{head}</p><table><tr><th></th><th>2024</th><th>2023</th></tr>
<tr><td>Revenue</td><td>35,919</td><td>34,100</td></tr><tr><td>Total assets</td><td>99,000</td><td>98,000</td></tr></table></body></html>"""
HEADS = {
    "Heron Mills plc": ("All figures are in £'000s", "35919000", "GBP", "£35.9 million"),
    "Otter Foods Limited": ("(Rs. in lakhs)", "3591900000", "INR", "INR 3,592 million"),
    "Badger Rail Inc.": ("Amounts in CHF m", "35919000000", "CHF", "CHF 35.919 billion"),
    "Plover Steel Corporation": ("", "35919", None, "35,919"),
    "Lapwing Cement Corporation": ("Stated in zillions of euros", "35919", None, "35,919"),
}


@pytest.fixture
def answers(database: Database, tmp_path: Path) -> dict[str, Answer]:
    with database.owner() as connection:
        audit.install(connection, Master.open(tmp_path))
    store = Store(database)
    for company, (head, *_) in HEADS.items():
        data = FILE.format(company=company, head=head).encode()
        store.add(ADMINISTRATOR, parse(data, f"{company}.html"), data)
    agent = Agent(None, store, MemorySearch())
    return {company: agent.ask(ADMINISTRATOR, f"What was {company}'s revenue in 2024?")[0] for company in HEADS}


def test_answers_print_what_the_heading_states(answers: dict[str, Answer]) -> None:
    for company, (_, value, unit, printed) in HEADS.items():
        answer = answers[company]
        assert answer.status == "answered", (company, answer.text)
        assert [(figure.value, figure.unit, figure.text) for figure in answer.figures] == [(value, unit, printed)]
    assert "not understood" in " ".join(answers["Lapwing Cement Corporation"].warnings)
    assert not answers["Plover Steel Corporation"].warnings
