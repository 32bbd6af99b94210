"""Questions over all that the demonstration bank's report prints: its labels are the terms, and a follow-up takes them whole."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.ask.made_reports import agent_over

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.core.answer import Answer
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.demo.bank import YEAR
from finfoundry.demo.report import annual_report
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.postgres import Postgres

SAMPLE = 40


@pytest.fixture(scope="module")
def bank() -> tuple[Parsed, bytes]:
    data = annual_report().data
    return parse(data, "report.pdf"), data


@pytest.fixture(scope="module")
def agent(postgres: Postgres, bank: tuple[Parsed, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    with agent_over(postgres, tmp_path_factory.mktemp("keys"), {"bank": bank}) as made:
        yield made


def ask(agent: Agent, *questions: str) -> Answer:
    """The answer to the last of several turns."""
    talk = Conversation()
    return [agent.ask(ADMINISTRATOR, question, "bank", talk)[0] for question in questions][-1]


def lines(parsed: Parsed) -> list[tuple[str, Decimal]]:
    """Labels of the group's lines with the one amount that the report prints under them for the year."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    for fact in parsed.facts:
        plain = len(fact.metric) == 1 and not fact.dimensions and fact.scope == "consolidated"
        if plain and fact.period.endswith(f"{YEAR}-12-31") and not re.search(r"\d", fact.metric[0]):
            found[fact.metric[0]].add(abs(fact.value))
    return [(label, amounts.pop()) for label, amounts in found.items() if len(amounts) == 1]


def test_every_label_that_the_report_prints_is_found_by_its_own_name(agent: Agent, bank: tuple[Parsed, bytes]) -> None:
    for label, amount in random.Random(7).sample(lines(bank[0]), SAMPLE):
        chinese = re.search(r"[\u4e00-\u9fff]", label)
        answer = ask(agent, f"{YEAR}年度{label}为多少？" if chinese else f"How high was {label} in {YEAR}?")
        assert answer.figures, (label, answer.text)
        assert abs(Decimal(answer.figures[0].value)) == amount, (label, answer.text)


@pytest.mark.parametrize("term", ["贷款拨备率", "其他业务收入", "利息净收入", "发放贷款和垫款总额", "手续费及佣金净收入"])
def test_a_follow_up_takes_a_printed_label_whole(agent: Agent, bank: tuple[Parsed, bytes], term: str) -> None:
    amount = dict(lines(bank[0]))[term]
    answer = ask(agent, f"{YEAR}年净利润是多少？", f"那{term}呢？")
    assert term in answer.text
    assert Decimal(answer.figures[0].value) == amount


def test_a_term_that_begins_like_a_known_one_is_not_answered_with_it(agent: Agent) -> None:
    """净利 is a profit; what follows makes it another term, which this report does not print."""
    for turns in ((f"{YEAR}年净利差是多少？",), (f"{YEAR}年净利润是多少？", "那净利差呢？")):
        assert ask(agent, *turns).status == "no_evidence"
