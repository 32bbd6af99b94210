"""Companies by the names that people use: in another script, for short, as an exchange lists them, in small letters."""

from __future__ import annotations

from collections import Counter
from importlib import resources

import pytest
import yaml
from tests.ask.memory import document

from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.lexicon.unknown_names import listed_company, name_alone
from finfoundry.ask.understand.intent import understand
from finfoundry.ask.understand.subject import known_of
from finfoundry.core.names.company_names import other_names
from finfoundry.core.names.spoken_names import entity_key
from finfoundry.knowledge.storage.fact_query import StoredEntity


def found(question: str, *names: str) -> set[str]:
    entities = EntityNames([(name, other_names([name])) for name in names])
    return {one.name for one in entities.find(question)}


def test_a_company_is_found_by_its_name_in_another_script() -> None:
    assert found("耐克2024财年的收入是多少？", "NIKE, Inc.") == {"NIKE, Inc."}
    assert found("耐吉2024財年的營收", "NIKE, Inc.") == {"NIKE, Inc."}
    assert found("What was UMC's revenue in Q3 2023?", "聯華電子股份有限公司") == {"聯華電子股份有限公司"}


def test_a_name_of_the_list_is_that_of_one_company() -> None:
    text = resources.files("finfoundry.core").joinpath("data/company_names.yaml").read_text(encoding="utf-8")
    owners = Counter(key for names in yaml.safe_load(text) for key in {entity_key(name) for name in names})
    assert [key for key, companies in owners.items() if companies > 1] == []


def test_another_company_is_not_taken_for_it() -> None:
    assert found("阿迪达斯2024年的净利润是多少？", "NIKE, Inc.", "The Coca-Cola Company") == set()


def test_a_name_that_another_paper_bears_stays_that_company() -> None:
    entities = [StoredEntity(name, (), 1, (2024,), ("2024-01-01/2024-12-31",)) for name in ("NIKE, Inc.", "耐克")]
    known = known_of(entities, [document("a", "NIKE, Inc.", 2024, ()), document("b", "耐克", 2024, ())])
    assert {one.name for one in known.names.find("耐克2024年的收入")} == {"耐克"}


def test_a_name_in_small_letters_is_known_by_its_place() -> None:
    assert found("what was the combined ratio in Q3 2023 (riverton)", "Riverton Insurance Company") == {"Riverton Insurance Company"}
    assert found("gross margin at riverton for 2022?", "Riverton Insurance Company") == {"Riverton Insurance Company"}
    assert found("what did the target company earn in all of 2022", "Target Corporation") == set()


def test_a_verb_of_asking_before_a_short_name_hides_nothing() -> None:
    assert found("請列出聯電111年和112年的營業收入", "聯華電子股份有限公司") == {"聯華電子股份有限公司"}
    assert found("整理智邦111Q1的管理費用", "智邦科技") == {"智邦科技"}


def test_a_group_is_found_without_what_kind_of_group_it_is() -> None:
    assert found("青禾港112年的權益總額", "青禾港國際集團") == {"青禾港國際集團"}


@pytest.mark.parametrize(
    "question",
    [
        "2019年邮储银行为客户存款支付的利息",
        "2019年底邮储银行集团口径的资本充足率",
        "股东想在邮储银行股东大会上提案",
        "为邮储银行贡献了多少收入",
    ],
)
def test_a_bank_is_named_whatever_is_said_of_it(question: str) -> None:
    assert found(question, "中国邮政储蓄银行股份有限公司") == {"中国邮政储蓄银行股份有限公司"}


@pytest.mark.parametrize(
    "question",
    ["招商银行业务及管理费2023年是多少？", "招商银行监事会的组成", "招商银行业绩报告", "招商银行间接融资的余额", "招商银行监管资本"],
)
def test_a_bank_is_named_before_words_that_begin_like_what_banks_are_in(question: str) -> None:
    assert found(question, "招商银行股份有限公司") == {"招商银行股份有限公司"}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("中国证券公司的净资本要求", "中国银河证券股份有限公司"),
        ("中国钢铁行业2023年的产量", "中國鋼鐵股份有限公司"),
        ("中国水泥协会的数据", "中国水泥股份有限公司"),
        ("合营公司的投资收益", "合众经营股份有限公司"),
        ("上海公司2023年营业收入", "上海海东生物股份有限公司"),
    ],
)
def test_kinds_of_companies_and_trades_of_a_country_name_none(question: str, name: str) -> None:
    assert found(question, name) == set()


@pytest.mark.parametrize("question", ["中国银行业2023年的净利润", "中国银行间市场的利率", "中国银行保险监督管理机构的规定"])
def test_what_only_begins_like_a_bank_s_name_names_none(question: str) -> None:
    assert found(question, "中国银行股份有限公司") == set()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("中鋼持有中鴻股權未過半", "中國鋼鐵股份有限公司"),
        ("台達集團為何收購冠信電腦？", "台達電子工業股份有限公司"),
        ("統實公司的聯貸合約", "統一實業股份有限公司"),
        ("台泥旗下三元能源的電池廠", "台灣水泥股份有限公司"),
    ],
)
def test_a_name_is_shortened_before_its_form_too(question: str, name: str) -> None:
    assert found(question, name) == {name}


def test_a_country_shortens_no_name() -> None:
    assert found("中国的水泥产量是多少？", "中國鋼鐵股份有限公司") == set()
    assert found("中国公司的水泥产量", "中國鋼鐵股份有限公司") == set()
    assert found("上市公司2023年的水泥产量", "上海市政工程股份有限公司") == set()
    assert found("中国银行2023年的净利润", "中国银行股份有限公司") == {"中国银行股份有限公司"}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("广汽丰田2023年的营业收入", "Toyota Motor Corporation"),
        ("东风本田2023年的营业收入", "Honda Motor Co., Ltd."),
        ("京东健康2023年的营业收入", "JD.com, Inc."),
        ("博通集成2023年的营业收入", "Broadcom Inc."),
        ("强生控股2023年的营业收入", "Johnson & Johnson"),
        ("强生（中国）2023年的营业收入", "Johnson & Johnson"),
        ("福特科2023年的营业收入", "Ford Motor Company"),
        ("百事通2023年的营业收入", "PepsiCo, Inc."),
        ("默克2023年的营业收入", "Merck & Co., Inc."),
        ("平安银行2023年的营业收入", "Ping An Insurance"),
        ("京东在线2023年的营业收入", "JD.com, Inc."),
        ("京东到家2023年的营业收入", "JD.com, Inc."),
    ],
)
def test_a_listed_name_inside_a_longer_one_names_nobody(question: str, name: str) -> None:
    assert found(question, name) == set()


@pytest.mark.parametrize(
    "question",
    [
        "丰田2023年的净利润",
        "请问丰田的净利润",
        "那丰田呢？",
        "2023年丰田净利润是多少",
        "說說豐田去年的淨利潤",
        "本田和丰田哪家高",
        "丰田第三季度营收",
        "告诉我丰田公司2023年的收入",
        "第三季度丰田全年的目标",
        "丰田近三年的营收",
        "丰田下半年赚了多少",
        "丰田对北美的销售",
    ],
)
def test_a_listed_name_by_itself_names_its_company(question: str) -> None:
    assert found(question, "Toyota Motor Corporation") == {"Toyota Motor Corporation"}


def names_found(question: str, **companies: tuple[str, ...]) -> set[str]:
    names = [name.replace("_", " ") for name in companies]
    entities = [StoredEntity(name, aliases, 1, (), ()) for name, aliases in zip(names, companies.values(), strict=True)]
    known = known_of(entities, [document(name, name, 2023, ()) for name in names])
    return {one.name for one in known.names.find(question)}


def test_a_bare_word_that_begins_two_names_is_of_both() -> None:
    assert len(names_found("What was Delta's revenue in 2023?", Delta_Air_Lines=(), Delta_Electronics=())) == 2
    assert len(names_found("What was Samsung's revenue in 2023?", Samsung_Electronics=(), Samsung_SDI=())) == 2
    assert names_found("What was Delta's revenue in 2023?", Delta_Air_Lines=()) == {"Delta Air Lines"}


def test_the_names_of_another_company_do_not_come_by_an_alias() -> None:
    assert names_found("中国平安2023年的营业收入", Ping_An_Bank=("Ping An",)) == set()


def test_a_listed_company_that_no_paper_knows_is_unknown() -> None:
    names = EntityNames([("Acme Corp", ())])
    assert [understand(one, names, vocabulary()).unknown for one in ("华为2023年的营业收入是多少？", "2023年的营业收入是多少？")] == [
        "华为",
        None,
    ]
    assert understand("华为2023年的营业收入是多少？", EntityNames([("Huawei", ("华为",))]), vocabulary()).unknown is None


def test_of_two_listed_companies_the_first_is_told() -> None:
    assert [listed_company(one) for one in ("本田和丰田哪家高", "丰田和本田哪家高", "耐克和阿迪达斯哪家高")] == ["本田", "丰田", "阿迪达斯"]


def test_a_name_that_is_all_a_question_says() -> None:
    assert [name_alone(one) for one in ("Netflix?", "And Gamma's?", "华为呢？", "青山银行呢？", "IBM?")] == [
        "Netflix",
        "Gamma",
        "华为",
        "青山银行",
        "IBM",
    ]
    assert not any(
        name_alone(one)
        for one in ("Thanks!", "Why?", "And 2022?", "Really?", "Q3?", "营业收入呢？", "And in Europe?", "And total assets?", "EMEA?")
    )


@pytest.mark.parametrize(("seen", "named"), [("国通", ("国贸通商股份有限公司",)), ("回国通", ()), ("总部", ())])
def test_a_name_of_two_characters_behind_other_words_is_found_where_the_reader_sees_it_alone(seen: str, named: tuple[str, ...]) -> None:
    question = "汇回国通总部的盈余要扣多少税？"  # the dictionary reads 回国
    at = question.index(seen)
    names = EntityNames([("国贸通商股份有限公司", ())])
    assert understand(question, names, vocabulary(), companies=[(at, at + len(seen))]).entities == named
