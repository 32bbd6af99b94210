"""Which sentences are quoted: the parts of an enumeration together, old years where a day is asked for, a rule that is far ahead."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements

from finfoundry.ask.asker import Agent
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.retrieve.quotation_choice import chosen_of, with_sentences_whole
from finfoundry.core.principal import ADMINISTRATOR

BERTHS = document("berths-2020", "", 2020)


def chosen(passages: list[str], likeliest: str) -> list[str]:
    """What is quoted of passages one behind the other where one sentence answers and no other is likely."""
    search = MemorySearch()
    for text in passages:
        search.add(BERTHS, text)
    found = quotables(search.hits)
    best = sorted((Evidence(one, 0.9 if one.text == likeliest else 0.05) for one in found), key=lambda one: -one.worth)
    assert best[0].quotable.text == likeliest
    return [one.text for one in chosen_of(best, 0.3)]


PARTS = [
    "A berth is taken back when: (a) its dues are a month late;",
    "(b) the boat has left the harbour for a year;",
    "(c) its owner asks for that.",
]
PARTS_ZH = ["有下列情形之一的，收回泊位：（一）欠缴泊位费满一个月；", "（二）船舶离港满一年；", "（三）船主提出申请。"]


@pytest.mark.parametrize("likeliest", range(3))
def test_a_part_of_an_enumeration_is_quoted_with_the_others(likeliest: int) -> None:
    before, behind = "Every berth has a number of its own.", "Berths are let in spring to whoever asks."
    assert chosen([" ".join([before, *PARTS, behind])], PARTS[likeliest]) == PARTS
    assert chosen(["".join(["每个泊位均有编号。", *PARTS_ZH, "泊位于每年春季出租。"])], PARTS_ZH[likeliest]) == PARTS_ZH


def test_a_part_that_ends_in_or_on_a_line_of_its_own_goes_on_in_the_next() -> None:
    unpaid = (
        "(a) the dues of the berth are a month late, or those of a berth which the same owner gave up in the year before without a word"
    )
    lines = [f"{unpaid} to the harbour master; or", "(b) the boat has left the harbour for a year."]
    assert [chosen(["\n".join(lines)], line) for line in lines] == [lines, lines]


def test_of_an_enumeration_that_is_too_long_to_be_quoted_the_part_that_answers_stands_alone() -> None:
    parts = [f"({letter}) the boat of the berth lies in basin {at};" for at, letter in enumerate("abcdefgh", 1)]
    assert chosen([" ".join(["A berth is taken back when:", *parts])], parts[6]) == [parts[6]]


@pytest.mark.parametrize("word", ["或", "或者", "以及"])
def test_parts_with_a_word_before_the_last_are_quoted_together(word: str) -> None:
    parts = [*PARTS_ZH[:2], f"{word}{PARTS_ZH[2]}"]
    assert chosen(["".join(parts)], parts[0]) == parts


def test_a_term_sheet_behind_a_list_is_no_part_of_it() -> None:
    listed = [
        "The lawsuits over the pier that are open are:",
        "• the suit of the ferry company over the old steps;",
        "• the suit of the pilots of the harbour of Elsmere.",
    ]
    terms = ["Lender | Harbour Bank of Elsmere", "Purpose | Repair of the landing stage", "Repayment | In full after 7 years"]
    search = MemorySearch()
    search.add(BERTHS, "\n".join([f"Northwind is a party to suits of many kinds. {listed[0]}", *listed[1:]]))
    search.add(BERTHS, "\n".join([*terms, "Security | A mortgage over both warehouses"]), kind="table")
    found = quotables(search.hits)
    best = sorted((Evidence(one, 0.9 if one.text == listed[0] else 0.05) for one in found), key=lambda one: -one.worth)
    assert [one.text for one in chosen_of(best, 0.3)] == [listed[0], *listed[1:]]


@pytest.mark.parametrize(
    "sentences",
    [
        ["A berth is taken back when dues are late.", "(b) The boat has left the harbour for a year.", "(c) Its owner asks for that."],
        ["A berth is let in spring; none is let in autumn;", "“Late” means later than a month;", "Boats may leave the harbour at will."],
        ["欠缴泊位费的，收回泊位。", "（二）船舶离港满一年。", "（三）船主提出申请。"],
        ["欠缴泊位费的，收回泊位；", "船舶离港满一年的，另行处理；", "船主可以提出申请。"],
    ],
    ids=["no_semicolon", "no_mark", "no_semicolon_zh", "no_mark_zh"],
)
def test_sentences_that_are_no_parts_of_one_are_quoted_alone(sentences: list[str]) -> None:
    assert chosen([" ".join(sentences) if sentences[0].isascii() else "".join(sentences)], sentences[1]) == [sentences[1]]


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("When was the lawsuit over the pier against Northwind settled?", "answered"),
        ("Was the lawsuit over the pier against Northwind settled?", "no_evidence"),
        ("北风股份的码头诉讼何时和解？", "answered"),
        ("北风股份的码头诉讼是否和解？", "no_evidence"),
    ],
)
def test_a_year_long_past_answers_where_a_day_is_asked_for(question: str, status: str) -> None:
    store, search = MemoryStore(), MemorySearch()
    if question.isascii():
        paper = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
        texts = (
            "The lawsuit over the pier was settled in 2012.",
            "Tea is sold in the harbour towns.",
            "The warehouses are cooled at night.",
        )
    else:
        paper = document("beifeng-2020", "北风股份有限公司", 2020, ("北风股份",), language="zh")
        texts = ("公司的码头诉讼于2012年和解。", "公司主要在北方港口城市销售茶叶。", "仓库夜间用海水降温。")
    statements(store, paper, (2020,))
    for text in texts:
        search.add(paper, text)
    answer, _ = Agent(None, store, search).ask(ADMINISTRATOR, question)
    assert (answer.status, texts[0] in answer.text) == (status, status == "answered")


def test_an_item_is_quoted_behind_the_line_that_leads_to_its_list() -> None:
    listed = "Age of the boat:\n- under 2 years: none\n- 2-9 years: EUR 40"
    assert chosen([f"Every berth has a number of its own.\n{listed}"], "- 2-9 years: EUR 40") == ["Age of the boat:", "- 2-9 years: EUR 40"]
    assert chosen([f"Every berth has a number of its own.\n{listed}"], "Age of the boat:") == listed.split("\n")


def whole(passage: str, likeliest: str) -> list[str]:
    """What is told where one clause of a passage is chosen."""
    search = MemorySearch()
    search.add(BERTHS, passage)
    clauses = [one for one in quotables(search.hits) if one.text == likeliest]
    return [one.text for one in with_sentences_whole(clauses, lambda one: "[" not in one.text)]


RIVALS = "Larger harbours nearby include Ellery Basin Ltd.; Marsden Quays, a unit of Marsden plc; Oldcastle Docks; and Carrow Pier."
TERMS = "第五条 泊位的最低押金：个人为五万元；单位为十万元。"


@pytest.mark.parametrize("clause", ["Marsden Quays, a unit of Marsden plc;", "Larger harbours nearby include Ellery Basin Ltd.;"])
def test_a_clause_that_a_semicolon_cuts_off_is_told_with_its_whole_sentence(clause: str) -> None:
    assert whole(f"Berths are let in spring. {RIVALS} Each has rules of its own.", clause) == [RIVALS]


def test_a_clause_within_an_item_is_told_with_the_whole_item() -> None:
    first, rest = "• Piers: the piers of the town in Ellery Basin, North Isle;", "Marsden Quays, South Isle; and Oldcastle, East Isle."
    assert whole(f"The harbour has two parts:\n{first} {rest}\n• Locks: none.", first) == [f"{first} {rest}"]


def test_a_chinese_clause_is_told_with_its_whole_sentence() -> None:
    assert whole(f"{TERMS}第六条 押金不计利息。", TERMS.partition("；")[0] + "；") == [TERMS]


def test_a_sentence_that_is_too_long_is_told_by_the_clause_that_answers() -> None:
    clauses = [
        f"Basin {number} belongs to a family of boatmen that came from {'the far north and ' * 5}the isles;" for number in range(1, 9)
    ]
    assert whole(" ".join(clauses), clauses[3]) == [clauses[3]]


def test_a_sentence_with_a_clause_that_may_not_be_told_is_told_by_the_clause_that_answers() -> None:
    assert whole("Rents fell in spring; Fees rose again [3] in the town.", "Rents fell in spring;") == ["Rents fell in spring;"]


def test_a_clause_that_two_sentences_have_is_told_alone() -> None:
    clause = "Members pay a fee of $5 a year;"
    assert whole(f"Under old rules, or so it was said, {clause} Guests paid none. {clause} Guests pay $9.", clause) == [
        f"{clause} Guests pay $9."
    ]
    assert whole(f"{clause} Guests pay $9. {clause} Guests pay $8.", clause) == [clause]


def test_clauses_of_one_sentence_are_told_once_in_whatever_order() -> None:
    search = MemorySearch()
    search.add(BERTHS, RIVALS)
    clauses = [one for one in quotables(search.hits) if one.form == "sentence"]
    for order in (clauses, clauses[::-1]):
        assert [one.text for one in with_sentences_whole(order, lambda _: True)] == [RIVALS]
