"""A statement and questions in traditional characters, with years of the Republic: read, answered and cited as they are written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.ask.made_reports import agent_over

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.postgres import Postgres

ROWS = (
    ("營業收入", "57,068,867", "75,391,589"),
    ("營業成本", "(36,607,915)", "(39,727,658)"),
    ("營業毛利", "20,460,952", "35,663,931"),
    ("營業利益", "15,311,894", "30,157,259"),
    ("稅前淨利", "18,004,300", "34,901,022"),
    ("本期淨利", "15,958,511", "27,003,847"),
    ("基本每股盈餘（元）", "1.29", "2.19"),
)
PAGE = """<html><body><h1>雲洲電子股份有限公司</h1><h2>合併綜合損益表</h2><p>單位：新台幣仟元</p><table>
<tr><th>項目</th><th>112年7月1日至9月30日</th><th>111年7月1日至9月30日</th></tr>{}</table></body></html>"""


@pytest.fixture(scope="module")
def agent(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    data = PAGE.format("".join(f"<tr><td>{label}</td><td>{now}</td><td>{then}</td></tr>" for label, now, then in ROWS)).encode()
    with agent_over(postgres, tmp_path_factory.mktemp("keys"), {"taiwan": (parse(data, "雲洲電子112Q3.html"), data)}) as made:
        yield made


def ask(agent: Agent, question: str) -> Answer:
    return agent.ask(ADMINISTRATOR, question, "taiwan")[0]


@pytest.mark.parametrize(
    ("question", "value", "text"),
    [
        ("雲洲電子112年第三季的營業收入是多少？", "57068867000", "營業收入"),
        ("雲洲電子2023年第三季度营业收入是多少？", "57068867000", "营业收入"),
        ("雲洲電子民國111年第三季營業利益為何？", "30157259000", "營業利益"),
        ("雲洲電子112年第三季本期淨利是多少？", "15958511000", "淨利"),
        ("雲洲電子112年第三季基本每股盈餘是多少？", "1.29", "每股盈餘"),
    ],
)
def test_a_line_is_found_in_either_script_and_told_in_that_of_the_question(agent: Agent, question: str, value: str, text: str) -> None:
    answer = ask(agent, question)
    assert answer.status == "answered", answer.text
    assert [figure.value for figure in answer.figures] == [value]
    assert text in answer.text


def test_what_is_cited_is_as_printed(agent: Agent) -> None:
    answer = ask(agent, "云洲电子2023年第三季度营业利益是多少？")
    assert answer.status == "answered", answer.text
    assert "營業利益" in answer.citations[0].quote


def test_no_evidence_is_told_in_the_script_of_the_question(agent: Agent) -> None:
    answer = ask(agent, "雲洲電子98年第三季的營業收入是多少？")
    assert answer.status == "no_evidence"
    assert "收入" not in answer.text or "營業收入" in answer.text
