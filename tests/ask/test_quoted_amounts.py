"""Rows of tables and amounts of texts, quoted only where what is quoted says what they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, finds, statements

from finfoundry.ask.asker import Agent
from finfoundry.base.scripted import ScriptedEngine, ScriptedReply
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("NWT",))
OTHERS = (
    "The Company sells tea in the harbour towns of the north and in three cities of the south.",
    "Prices of tea leaves are set at auctions, which are held in spring and in autumn.",
    "Our stores are open on all days of the week, and most of them are rented.",
    "Management believes that the brand is well known among families.",
    "The warehouses are cooled at night with water from the harbour.",
)


USEFUL_LIVES = (
    "The useful lives of the assets are as follows:\nAsset | Life\nWarehouses | 30 years\nBoats | 8 to 12 years\nCups sold | 4,500 | 3,900"
)


@pytest.mark.parametrize(
    ("question", "row", "told"),
    [
        ("Over how many years does Northwind depreciate its warehouses?", "Warehouses | 30 years", True),
        ("How many cups were sold by Northwind?", "Cups sold | 4,500 | 3,900", False),  # of which year is each?
    ],
)
def test_a_row_is_quoted_where_its_cells_say_themselves_what_they_are(question: str, row: str, *, told: bool) -> None:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    search.add(PAPER, USEFUL_LIVES, page=7, kind="table")
    for text in OTHERS:
        search.add(PAPER, text, page=30)
    engine = finds(row)
    answer, _ = Agent(engine, store, search).ask(ADMINISTRATOR, question)
    assert (f"“{row.replace(' |', ':', 1)}”" in answer.text) is told
    assert [one.quote for one in answer.citations] == [row] * told
    assert (answer.status == "answered") is told
    read = [request.messages[-1].content for request in engine.requests if request.likelihood]
    assert any(f"as follows: {row}" in one for one in read) is told, "it is read under the lines above it"
    by_words, _ = Agent(None, store, search).ask(ADMINISTRATOR, question)
    assert by_words.status == "no_evidence", "without a model that reads it no figure of a row is quoted"


@pytest.mark.parametrize(
    ("scale", "amount", "told"),
    [
        (1000, "$23,923,000", True),
        (1000, "EUR23,923", True),
        (1000, "NTD 23,923", True),
        (1000, "$23,923,000 仟元", False),
        (1000, "239億元", False),
        (1, "$23,923,000", False),
    ],
)
def test_amounts_quoted_without_their_unit_are_said_to_be_in_that_of_the_tables(scale: int, amount: str, *, told: bool) -> None:
    store, search = MemoryStore(), MemorySearch()
    paper = document("taimao-2023", "台茂食品股份有限公司", 2023, ("台茂",))
    for label in ("營業收入", "營業成本", "存貨"):
        store.add(paper, None, label, {2023: "1000"}, statement=None, unit="TWD", scale=scale)
    sentence = f"本公司於民國112年7月經董事會決議向荷蘭商買下碼頭的股權，交易價款預估為{amount}。"
    search.add(paper, sentence)
    engine = ScriptedEngine([("这段文字是否直接给出了问题的答案", ScriptedReply("是", likelihood=0.95)), ("", "NOT FOUND")])
    answer, _ = Agent(engine, store, search).ask(ADMINISTRATOR, "台茂向荷蘭商買下碼頭的股權，預估價款多少？")
    assert sentence in answer.text, answer.reason
    assert ("以仟元計，未註明幣種的為新臺幣。" in answer.text) is told


@pytest.mark.parametrize(
    ("amount", "repeated", "told"),
    [
        ("$81,250", 3, True),
        ("$81,250, which is little,", 3, True),
        ("$81,250", 2, False),
        ("$81,250 million", 3, False),
        ("between $81,250 and $92,500 million", 3, False),
        ("$81,250 in cash and $3.5 million in notes", 3, False),
        ("$81,250 per share", 3, False),
        ("$250,000", 3, False),
        ("$81,250,000", 3, False),
        ("$99,150", 3, False),
        ("that of 81,250 berths", 3, False),
    ],
)
def test_amounts_of_a_text_that_repeats_those_of_its_tables_are_said_to_be_in_their_unit(amount: str, repeated: int, *, told: bool) -> None:
    store, search = MemoryStore(), MemorySearch()
    for label, text in (("Machines", "41,305"), ("Coins", "12,538"), ("Deposits", "67,420")):
        store.add(PAPER, None, label, {2020: text.replace(",", "")}, statement=None, scale=1000)
        store.held[-1] = replace(store.held[-1], fact=replace(store.held[-1].fact, text=text))
    for number in range(30):
        store.add(PAPER, None, f"Line {number}", {2020: "7"}, statement=None, scale=1000)
    store.add(PAPER, None, "Pay of the chair", {2020: "99150"}, statement=None, scale=1)
    store.held[-1] = replace(store.held[-1], fact=replace(store.held[-1].fact, text="99,150"))
    sentence = f"The carrying value of our stake in the Gdynia harbour was {amount} at the end of the year."
    search.add(PAPER, sentence)
    search.add(PAPER, " ".join(f"It came to ${text} then." for text in ("41,305", "12,538", "67,420")[:repeated]), page=9)
    says = [("It came to", ScriptedReply("No", likelihood=0.97)), ("contain the exact answer", ScriptedReply("Yes", likelihood=0.97))]
    engine = ScriptedEngine([*says, ("", "NOT FOUND")])
    question = "At what value did Northwind carry its stake in the Gdynia harbour?"
    answer, _ = Agent(engine, store, search).ask(ADMINISTRATOR, question)
    assert sentence in answer.text, answer.reason
    assert ("states its amounts in thousands" in answer.text) is told
