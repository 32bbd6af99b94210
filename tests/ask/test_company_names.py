"""Companies by the names that people use: in another script, for short, as an exchange lists them, in small letters."""

from __future__ import annotations

from tests.ask.memory import document

from finfoundry.ask.lexicon.company_names import other_names
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.understand.subject import known_of
from finfoundry.knowledge.storage.fact_query import StoredEntity


def found(question: str, *names: str) -> set[str]:
    entities = EntityNames([(name, other_names([name])) for name in names])
    return {one.name for one in entities.find(question)}


def test_26_3_a_company_is_found_by_its_name_in_another_script() -> None:
    assert found("耐克2024财年的收入是多少？", "NIKE, Inc.") == {"NIKE, Inc."}
    assert found("耐吉2024財年的營收", "NIKE, Inc.") == {"NIKE, Inc."}
    assert found("What was UMC's revenue in Q3 2023?", "聯華電子股份有限公司") == {"聯華電子股份有限公司"}


def test_26_3_another_company_is_not_taken_for_it() -> None:
    assert found("阿迪达斯2024年的净利润是多少？", "NIKE, Inc.", "The Coca-Cola Company") == set()


def test_26_3_a_name_that_another_paper_bears_stays_that_company() -> None:
    entities = [StoredEntity(name, (), 1, (2024,), ("2024-01-01/2024-12-31",)) for name in ("NIKE, Inc.", "耐克")]
    known = known_of(entities, [document("a", "NIKE, Inc.", 2024, ()), document("b", "耐克", 2024, ())])
    assert {one.name for one in known.names.find("耐克2024年的收入")} == {"耐克"}


def test_26_3_a_name_in_small_letters_is_known_by_its_place() -> None:
    assert found("what was the combined ratio in Q3 2023 (riverton)", "Riverton Insurance Company") == {"Riverton Insurance Company"}
    assert found("gross margin at riverton for 2022?", "Riverton Insurance Company") == {"Riverton Insurance Company"}
    assert found("what did the target company earn in all of 2022", "Target Corporation") == set()


def test_26_3_a_verb_of_asking_before_a_short_name_hides_nothing() -> None:
    assert found("請列出聯電111年和112年的營業收入", "聯華電子股份有限公司") == {"聯華電子股份有限公司"}
    assert found("整理智邦111Q1的管理費用", "智邦科技") == {"智邦科技"}


def test_26_3_a_group_is_found_without_what_kind_of_group_it_is() -> None:
    assert found("青禾港112年的權益總額", "青禾港國際集團") == {"青禾港國際集團"}
