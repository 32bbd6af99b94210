"""Metrics that a reader marks, held to the labels of the store."""

from __future__ import annotations

import pytest

from finfoundry.ask.reader.known_labels import as_known
from finfoundry.core.protocols import FoundSpan

PLUS, MINUS = "plus", "minus"


def marked(question: str, *metrics: tuple[str, str]) -> list[FoundSpan]:
    return [FoundSpan(question.index(words), question.index(words) + len(words), role, 0.9) for words, role in metrics]


def held(question: str, known: list[str], *metrics: tuple[str, str]) -> list[tuple[str, str]]:
    spans = marked(question, *metrics)
    return [(question[one.start : one.end], one.label) for one in as_known(question, spans, spans, known)]


@pytest.mark.parametrize(
    ("question", "known", "read", "label"),
    [
        ("the aggregate of ferry tolls for the period 2020", "Ferry tolls", "ferry tolls for the", "ferry tolls"),
        ("ferry tolls cover in 2020", "ferry tolls cover", "tolls", "ferry tolls cover"),
        ("2020年轮渡收入净额的合计是多少", "轮渡收入净额", "轮渡收入净额的合计", "轮渡收入净额"),
    ],
)
def test_a_label_says_where_a_metric_begins_and_ends(question: str, known: str, read: str, label: str) -> None:
    assert held(question, [known], (read, PLUS)) == [(label, PLUS)]


def test_labels_that_were_read_as_one_are_two() -> None:
    question = "Do ferry tolls and pilot dues exceed rents?"
    assert held(question, ["ferry tolls", "pilot dues", "rents"], ("ferry tolls and pilot dues", PLUS), ("rents", MINUS)) == [
        ("ferry tolls", PLUS), ("pilot dues", PLUS), ("rents", MINUS),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "known", "read"),
    [
        ("data centre revenue in 2020", "Revenue", "data centre revenue"),  # another line than the company's revenue
        ("数据中心收入是多少", "收入", "数据中心收入"),
        ("revenues of 2020", "revenue", "revenues"),
    ],
)
def test_a_metric_that_says_more_than_a_label_stays_as_it_is(question: str, known: str, read: str) -> None:
    assert held(question, [known], (read, PLUS)) == [(read, PLUS)]


def test_the_longest_label_counts() -> None:
    question = "net income attributable to parents in 2020"
    assert held(question, ["net income", "net income attributable to parents"], ("net income", PLUS)) == [
        ("net income attributable to parents", PLUS),
    ]
