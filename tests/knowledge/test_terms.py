"""Terms and names as the index knows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.names.spoken_names import entity_key, entity_keys, file_key
from finfoundry.knowledge.search.passages import plain_question
from finfoundry.knowledge.search.terms import DIMENSIONS, label_weights, sparse, term_id, terms, weights


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Streaming memberships", ["stream", "membership"]),
        ("the total of all assets", ["total", "all", "asset"]),
        ("5,466,312 in 2017", ["5466312", "2017"]),
        ("AT&T's R&D", ["at&t", "r&d"]),
        ("研发费用", ["研", "发", "费", "用", "研发", "发费", "费用"]),
        ("营业收入的", ["营", "业", "收", "入", "营业", "业收", "收入", "入的"]),
        ("ＡＢＣ１２３", ["abc", "123"]),
        ("", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text(max_size=200))
def test_any_text_has_terms_that_fit_the_index(text: str) -> None:
    assert all(1 <= term_id(term) <= DIMENSIONS for term in terms(text))
    assert all(0 < value < 2.3 for value in weights(text).values())


def test_a_word_said_twice_weighs_more_and_less_in_a_long_passage() -> None:
    cash = term_id("cash")
    assert weights("cash cash debt")[cash] > weights("cash debt debt")[cash]
    assert weights("cash debt")[cash] > weights("cash " + "debt " * 300)[cash]


def test_a_sparse_vector_is_written_in_order() -> None:
    assert sparse({7: 0.5, 3: 1.25}) == f"{{3:1.25,7:0.5}}/{DIMENSIONS}"
    assert sparse({}) == f"{{}}/{DIMENSIONS}"


def similarity(label: tuple[str, ...], asked: str, concept: str | None = None) -> float:
    a, b = label_weights(label, concept), label_weights([asked], None)
    return sum(value * b.get(term, 0.0) for term, value in a.items())


def test_the_innermost_label_counts_most() -> None:
    asked = "total current liabilities"
    exact = similarity(("Liabilities", "Total current liabilities"), asked)
    assert exact > similarity(("Total current liabilities", "Accounts payable"), asked)
    assert exact > similarity(("Liabilities", "Total current assets"), asked)
    assert similarity(("负债", "流动负债合计"), "流动负债合计") > similarity(("负债", "非流动负债合计"), "流动负债合计")
    assert similarity(("Net sales",), "revenues", "Revenues") > 0


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("NETFLIX, INC.", "netflix"),
        ("The Coca-Cola Company", "coca cola"),
        ("Johnson & Johnson", "johnson johnson"),
        ("JPMorgan Chase & Co.", "jpmorgan chase"),
        ("A.B.C. Corp", "abc"),
        ("某某生物股份有限公司", "某某生物"),
        ("某某集团有限责任公司", "某某集团"),
        ("Company", "company"),
        ("600201", "600201"),
        ("", ""),
    ],
)
def test_entity_keys(name: str, key: str) -> None:
    assert entity_key(name) == key


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("STREAM_2017_10K.pdf", "stream"),
        ("folder/Pine & Sons_FY2023Q2_10Q.pdf", "pine sons"),
        ("600000_某某生物_2020年年度报告.pdf", "某某生物"),
        ("某某银行年报.docx", "某某银行"),
        ("notes.txt", None),
        ("2020 report.pdf", None),
        ("", None),
    ],
)
def test_the_company_that_a_file_is_named_after(file: str, key: str | None) -> None:
    assert file_key(file) == key


def test_keys_are_distinct_and_in_order() -> None:
    assert entity_keys(["Stream, Inc.", None, "STREAM", "STRM"]) == ["stream", "strm"]


def test_a_question_is_stripped_of_what_the_filters_say() -> None:
    plain = plain_question("What was Stream's total current liabilities for FY2017?", ["stream"], "2017-12-31")
    assert plain.split() == ["total", "current", "liabilities", "for", "?"]
    plain = plain_question("2020年某某生物的研发费用是多少？", ["某某生物"], "2020-12-31")
    assert "研发费用" in plain
    assert "2020" not in plain
    assert "某某" not in plain
    assert plain_question("Stream", ["stream"], None) == "Stream"
