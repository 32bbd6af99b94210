"""Securities registered on an exchange, as the cover of a paper lists them."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

PAPER = document("northwind-2020", "Northwind Traders Inc", 2020, ("Northwind",))
QUESTION = "Which notes of Northwind were listed when FY2020 closed?"
HEADING = "Securities registered pursuant to Section 12(b) of the Act:\nTitle of each class | Trading Symbol | Name of each exchange\n"
STOCK = "Common Stock, par value $0.01 per share | NWT | New York Stock Exchange\n"
AFTER = "Securities registered pursuant to Section 12(g) of the Act:\nSubordinated Notes due 2060\n"


def ask(*texts: str | None, question: str = QUESTION) -> Answer:
    """Over a paper of these passages; one that is None is not found."""
    store, search = MemoryStore(), MemorySearch()
    store.papers.append(PAPER)
    for text in texts:
        search.add(PAPER, text or "", kind="table")
    search.hits = [hit for hit in search.hits if hit.text]
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


def test_debt_securities_are_listed_by_the_names_that_the_cover_prints() -> None:
    answer = ask(
        f"{HEADING}{STOCK}1.875% Notes Due 2026 | NWT26 | New York Stock Exchange\n3.250% | EUR Notes due May 2027 | NWT27 | NYSE\n{AFTER}"
    )
    assert answer.status == "answered"
    assert "1.875% Notes Due 2026; 3.250% EUR Notes due May 2027 [1]" in answer.text
    assert "Subordinated" not in answer.text
    assert [citation.page for citation in answer.citations] == [1]


def test_a_list_that_goes_on_in_the_next_passage_is_followed() -> None:
    answer = ask(f"{HEADING}{STOCK}1.875% Notes Due 2026 | NWT26 | NYSE", f"5.00% Debentures due 2040 | NWT40 | NYSE\n{AFTER}")
    assert "1.875% Notes Due 2026; 5.00% Debentures due 2040 [1][2]" in answer.text


def test_two_classes_in_one_line_are_two() -> None:
    answer = ask(f"{HEADING}Ordinary Shares, par value $0.01 per share 1.125% Guaranteed Senior Notes Due 2027\n{AFTER}")
    assert "1.125% Guaranteed Senior Notes Due 2027 [1]" in answer.text
    assert "Ordinary" not in answer.text


def test_a_cover_with_shares_alone_has_none() -> None:
    assert ask(f"{HEADING}{STOCK}{AFTER}").text.startswith("None: the cover of")


@pytest.mark.parametrize("texts", [(f"{HEADING}{STOCK}",), (f"{HEADING}{STOCK}", None, AFTER)], ids=["cut off", "a passage between"])
def test_a_cover_that_was_not_read_to_its_end_does_not_say_that_there_are_none(texts: tuple[str | None, ...]) -> None:
    assert ask(*texts).status == "no_evidence"


def test_all_securities_are_told_where_not_debt_alone_is_asked_for() -> None:
    answer = ask(
        f"{HEADING}{STOCK}1.875% Notes Due 2026 | NWT26\n", question="Which securities of Northwind are listed on a stock exchange?"
    )
    assert "Common Stock, par value $0.01 per share; 1.875% Notes Due 2026" in answer.text


def test_without_a_cover_nothing_is_said() -> None:
    assert ask("The notes due 2026 were repaid.").status == "no_evidence"
