"""Whether something that is no figure is the same over years: what the papers of each year say of it, quoted."""

from __future__ import annotations

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR

LEASES = "Under the accounting policy of {year} for leases of depots these are right-of-use assets."
OTHER = "Under the accounting policy of {year} for leases of depots these are an expense."
LEASES_ZH = "{year}年租赁的会计政策是确认使用权资产。"
OTHER_ZH = "{year}年租赁的会计政策是计入当期费用。"
ASKED = "Did Tarnley's accounting policy for leases of depots change between 2021 and 2023?"
ASKED_ZH = "石浦港2021年到2023年租赁的会计政策是否一直相同？"


def ask(question: str, told: dict[int, str], entity: str = "Tarnley Depots Inc", language: str = "en") -> Answer:
    store, search = MemoryStore(), MemorySearch()
    for year, text in told.items():
        paper = document(f"{entity[:3]}-{year}", entity, year, language=language)
        store.papers.append(paper)
        search.add(paper, text.format(year=year), page=7)
        search.add(paper, "Rail carried most parcels to the north." if language == "en" else "铁路运送了大部分包裹。", page=9)
    other = document("other-2022", "Quillon Piers Inc", 2022)
    store.papers.append(other)
    search.add(other, "Leases of piers are recognised when they begin.", page=3)
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


def cited(answer: Answer) -> list[str]:
    return [one.document.id for one in answer.citations]


def test_the_same_but_for_the_year_is_told_as_the_same() -> None:
    answer = ask(ASKED, {2021: LEASES, 2023: LEASES})
    assert (answer.status, cited(answer)) == ("answered", ["Tar-2021", "Tar-2023"])
    assert "in the same words" in answer.text
    assert "FY2021: " in answer.text


def test_other_words_are_shown_and_not_judged() -> None:
    answer = ask(ASKED.replace("between 2021 and", "from 2021 to"), {2021: LEASES, 2022: LEASES, 2023: OTHER})
    assert (answer.status, cited(answer)) == ("answered", ["Tar-2021", "Tar-2022", "Tar-2023"])
    assert "same words" not in answer.text
    assert "right-of-use" in answer.text
    assert "an expense" in answer.text


@pytest.mark.parametrize(("last", "same"), [(LEASES_ZH, True), (OTHER_ZH, False)])
def test_in_chinese(last: str, same: bool) -> None:
    answer = ask(ASKED_ZH, {2021: LEASES_ZH, 2023: last}, "石浦港股份有限公司", "zh")
    assert (answer.status, cited(answer)) == ("answered", ["石浦港-2021", "石浦港-2023"])
    assert ("用词相同" in answer.text) is same


@pytest.mark.parametrize(
    "question",
    [
        "Is Tarnley's auditor in 2023 the same as in 2021?",
        "石浦港2021年和2023年的审计机构是同一家吗？",
        "与2021年相比，石浦港2023年的注册地址有没有变化？",
        "Has Tarnley's revenue changed between 2021 and 2023?",
    ],
)
def test_what_no_year_s_paper_says_is_not_told(question: str) -> None:
    for entity, language in (("Tarnley Depots Inc", "en"), ("石浦港股份有限公司", "zh")):
        assert ask(question, {2021: LEASES, 2023: OTHER}, entity, language).figures == []


def test_a_sentence_of_the_change_itself_is_the_answer() -> None:
    changed = "Between 2021 and 2023 the accounting policy for leases of depots did change: these are now right-of-use assets."
    answer = ask(ASKED, {2021: LEASES, 2022: LEASES, 2023: changed})
    assert (answer.status, cited(answer)[0]) == ("answered", "Tar-2023")
    assert "own words" not in answer.text


def test_a_year_that_says_nothing_is_named_and_the_ends_must_say_it() -> None:
    between = ask(
        ASKED.replace("between 2021 and", "from 2021 to"), {2021: LEASES, 2022: "Rail carried most parcels to the south.", 2023: LEASES}
    )
    assert "2022" in between.text.partition("Not answered")[2]
    assert "same words" not in ask(ASKED, {2021: LEASES, 2022: LEASES}).text
