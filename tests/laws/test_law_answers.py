"""Questions over rules with dates, from files to answers: versions, repeals, citations, and nothing given as in force that is not."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from tests.laws.conftest import BEA, CARL, DORA
from tests.laws.papers import CIRCULAR, DECISION, notice, travel
from tests.laws.test_register import paper
from tests.tiers import slow_but

from finfoundry.app import App
from finfoundry.ask.compose.law_sentences import replaced, standing
from finfoundry.ask.compose.sentences import templates
from finfoundry.binding.evidence import PassageEvidence
from finfoundry.core.answer import Answer, Language
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.rules.law import LawStatement
from finfoundry.knowledge.laws.register import registered
from finfoundry.knowledge.laws.said_title import named_law
from finfoundry.usecases.law_desk import LawDesk

LIMIT = "What is the hotel limit in the travel policy?"


def ask(app: App, question: str) -> Answer:
    return app.ask(DORA, question, collection="rules")


def plain(answer: Answer) -> str:
    return re.sub(r"\s?\[\d+\]", "", answer.text)


def test_the_clause_in_force_is_quoted_word_for_word_with_its_day(library: App) -> None:
    answer = ask(library, LIMIT)
    assert answer.status == "answered"
    assert "“2.2 Hotel limit. The cost of a hotel room must not exceed USD 210 per night: (a) in capital cities, USD 290" in plain(answer)
    assert "since 2022-07-01" in answer.text
    assert "180" not in answer.text
    assert {citation.document.name for citation in answer.citations} == {"travel_2022.md"}
    assert answer.model is None


@pytest.mark.parametrize("when", ["in 2020", "as of 1 June 2020"])
def test_a_question_about_a_day_shows_the_version_then_in_force_beside_todays(library: App, when: str) -> None:
    text = plain(ask(library, f"What was the hotel limit in the travel policy {when}?"))
    then, _, now = text.partition("Today's version")
    assert "USD 180" in then
    assert "from 2019-03-01 until 2022-07-01" in then
    assert "USD 210" in now


def test_a_year_in_which_a_rule_changed_shows_both(library: App) -> None:
    text = plain(ask(library, "What was the hotel limit in the travel policy in 2022?"))
    assert "USD 180" in text
    assert "USD 210" in text


def test_before_the_first_version_nothing_is_made_up(library: App) -> None:
    text = plain(ask(library, "What was the hotel limit in the travel policy in 2010?"))
    assert "holds no version of the “Travel Policy” that was in force then" in text
    assert "180" not in text


def test_a_policy_that_cites_what_is_repealed_says_so(library: App) -> None:
    text = plain(ask(library, LIMIT))
    assert "still cites the “Meals Procedure”" in text
    assert "was repealed on 2021-01-01" in text
    found = LawDesk(library).check(DORA, "rules")
    assert [(one.clause, one.name) for one in found if "Meals Procedure" in one.said] == [("2.3", "travel_2022.md")]


def test_a_repealed_rule_is_never_given_as_in_force(app: App, tmp_path: Path) -> None:
    file = tmp_path / "conduct.md"
    file.write_text(
        "# Conduct Standard\n\nThis standard is effective from 1 January 2024. It supersedes the Travel Policy.\n\n"
        "1.1 All act fairly.\n\n1.2 Harm is reported.\n\n1.3 Managers lead by example.\n", encoding="utf-8",
    )  # fmt: skip
    app.ingest(ADMINISTRATOR, [file], collection="rules")
    text = plain(ask(app, LIMIT))
    assert text.startswith("No longer in force: the “Travel Policy” was repealed on 2024-01-01 by the “Conduct Standard”.")
    assert "still in force" not in text
    assert "No longer in force" in plain(ask(app, "Is the Travel Policy still in force?"))


def test_versions_without_days_are_both_shown_and_neither_is_taken(app: App, tmp_path: Path) -> None:
    for name, limit in (("one.md", 20), ("two.md", 30)):
        text = travel("", limit).replace("Effective from .", "").replace("Travel Policy", "Lunch Policy").replace("hotel room", "lunch")
        (tmp_path / name).write_text(text, encoding="utf-8")
    app.ingest(ADMINISTRATOR, [tmp_path / "one.md", tmp_path / "two.md"], collection="rules")
    text = plain(ask(app, "What must the cost of a lunch not exceed in the lunch policy?"))
    assert "cannot be told" in text
    assert "USD 20" in text
    assert "USD 30" in text


def test_a_clause_by_its_number(library: App) -> None:
    assert "1.2 Travel is booked through the central desk at least 7 days" in plain(
        ask(library, "What does clause 1.2 of the Travel Policy say?")
    )


def test_chinese_versions(app: App, tmp_path: Path) -> None:
    for name, day, n in (("v1.txt", "2015年4月1日", 10), ("v2.txt", "2020年3月1日", 5)):
        (tmp_path / name).write_text(notice(day, n), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [tmp_path / "v1.txt", tmp_path / "v2.txt"], collection="rules")
    question = "支付清算机构每月几个工作日内要向主管部门报送上月业务数据？"
    now = plain(ask(app, question))
    assert "5个工作日" in now
    assert "10个工作日" not in now
    then, _, today = plain(ask(app, f"2018年时，{question}")).partition("现行版本")
    assert "10个工作日" in then
    assert "5个工作日" in today


def test_a_day_said_by_hand_counts_once_a_second_person_approved_it(app: App) -> None:
    law = next(one for one in LawDesk(app).laws(DORA, "rules") if one.name == "travel_2022.md")
    made = app.law_corrections.propose(BEA, law.document, "effective", "1 January 2050", "the board postponed it")
    assert "USD 210" in ask(app, LIMIT).text
    app.law_corrections.approve(CARL, made.id)
    assert "USD 180" in ask(app, LIMIT).text
    app.law_corrections.retire(CARL, made.id)
    assert "USD 210" in ask(app, LIMIT).text


@pytest.mark.parametrize("expires", [None, "2910-01-01"])
def test_what_takes_effect_later_is_not_told_as_in_force(expires: str | None) -> None:
    one = paper("a", "Travel Policy", "2900-01-01")
    one.statements += [LawStatement("expires", expires, "text", "its end", 1)] if expires else []
    law = registered([one])[0]
    wanted: list[tuple[Language, str]] = [("en", "will be in force from 2900-01-01"), ("zh", "尚未生效")]
    for language, will in wanted:
        told, _ = standing(law, date(2905, 1, 1), templates()[language], {"a": law})
        assert will in told
        assert "现行有效" not in told
        assert not told.startswith("In force")


def test_what_repeals_is_cited() -> None:
    laws = {law.document: law for law in registered([paper("a", "Gifts Policy", "2019-01-01"),
                                                    paper("b", "Conduct Code", "2021-01-01", "Gifts Policy")])}  # fmt: skip
    _, evidence = standing(laws["a"], date(2022, 1, 1), templates()["en"], laws)
    assert [one.text for one in evidence if isinstance(one, PassageEvidence)] == ["2019-01-01", "Gifts Policy", "2021-01-01"]


def test_what_a_rule_repealed_is_told_with_its_words() -> None:
    (law,) = registered([paper("b", "Conduct Code", "2021-01-01", "Gifts Policy")])
    told, evidence = replaced(law, templates()["en"], {"b": law}) or ("", [])
    assert told.startswith("Repealed by the “Conduct Code”: the “Gifts Policy”.")
    assert [one.text for one in evidence if isinstance(one, PassageEvidence)] == ["Gifts Policy"]
    (alone,) = registered([paper("a", "Gifts Policy", "2019-01-01")])
    assert replaced(alone, templates()["en"], {"a": alone}) is None


def test_a_year_of_something_else_is_not_the_day_that_is_asked_about(app: App, tmp_path: Path) -> None:
    (tmp_path / "v1.txt").write_text(notice("2015年4月1日", 10), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [tmp_path / "v1.txt"], collection="rules")
    title = next(law.title for law in app.store.laws(ADMINISTRATOR, "rules") if law.language == "zh")
    assert "现行有效" in plain(ask(app, f"《{title}》什么时候开始施行，它取代了1998年的哪部法规？"))
    assert "现行有效" not in plain(ask(app, f"《{title}》在1998年是否有效？"))


def test_a_day_that_two_papers_state_alike_is_told_though_neither_counts() -> None:
    law, _ = registered([paper("a", "Travel Policy", "2020-07-28"), paper("b", "Travel Policy", "2020-07-28")])
    told, evidence = standing(law, date(2024, 1, 1), templates()["en"], {law.document: law})
    assert "cannot be told" in told
    assert "It came into force on 2020-07-28" in told
    assert [one.text for one in evidence if isinstance(one, PassageEvidence)] == ["2020-07-28"]


def test_a_title_that_many_papers_bear_names_none_of_them() -> None:
    laws = registered(
        [
            paper("a", "中国人民银行公告", "2020-01-01"),
            paper("b", "中国人民银行公告", "2021-01-01"),
            paper("c", "差旅管理公告", "2021-01-01"),
        ]
    )
    assert named_law("中国人民银行公告的施行日期是哪一天？", laws) is None
    assert (named_law("差旅管理公告的施行日期是哪一天？", laws) or laws[0]).document == "c"


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("《某某银行公告〔2020〕第6号——票据管理办法》第三条是怎么规定的？", "a"),
        ("《某某银行公告〔2011〕第1号（票据管理办法（试行））》何时施行？", "a"),
        ("某某银行关于印发票据管理办法的通知的施行日期是哪一天？", "a"),
        ("《某某银行关于执行储蓄条例的若干规定》第三条说了什么？", "b"),
        ("某某银行公告〔2016〕第13号何时施行？", "c"),
        ("《票据管理办法实施细则》第三条说了什么？", None),
        ("修改票据管理办法的施行日期是哪一天？", None),
        ("某某银行公告〔2017〕第13号何时施行？", None),
    ],
)
def test_a_rule_is_meant_where_more_is_said_of_its_title(question: str, document: str | None) -> None:
    titles = {"a": "票据管理办法", "b": "关于执行储蓄条例的若干规定", "c": "某某银行公告〔2016〕第13号"}
    found = named_law(question, registered([paper(name, title, "2020-01-01") for name, title in titles.items()]))
    assert (found and found.document) == document


def test_the_number_of_an_act_that_has_no_other_title_is_cited() -> None:
    papers = [paper("a", "票据管理办法", "2019-01-01"), paper("b", "某某银行公告〔2020〕第3号", "2020-02-01", "票据管理办法")]
    for one in papers:
        one.language = "zh"
    laws = {law.document: law for law in registered(papers)}
    told, evidence = standing(laws["a"], date(2022, 1, 1), templates()["zh"], laws)
    assert "某某银行公告〔2020〕第3号" in told
    assert "某某银行公告〔2020〕第3号" in [one.text for one in evidence if isinstance(one, PassageEvidence)]


def test_a_rule_is_named_by_any_title_that_its_paper_bears() -> None:
    order = paper("a", "库款管理办法", "2020-01-01")
    order.statements.append(LawStatement("title", "库款考核细则", "text", "库款考核细则", 1))
    laws = registered([order])
    assert laws[0].title == "库款管理办法"
    assert named_law("《库款考核细则》第一条说了什么？", laws) == laws[0]


def test_a_rule_whose_title_holds_a_company_is_asked_by_its_number(app: App, tmp_path: Path) -> None:
    text = "海达股份有限公司业务监督管理规则\n第一条 为加强监督，制定本规则。\n第二条 业务数据每月报送。\n第三条 本规则由财务部负责解释。\n"
    (tmp_path / "rule.txt").write_text(text, encoding="utf-8")
    (tmp_path / "report.md").write_text(
        "# 海达股份有限公司\n\n2024年年度报告\n\n| 人民币百万元 | 2024 |\n|---|---|\n| 营业收入 | 77 |\n", encoding="utf-8"
    )
    assert all(one.error is None for one in app.ingest(ADMINISTRATOR, [tmp_path / "rule.txt", tmp_path / "report.md"], collection="rules"))
    answer = ask(app, "《海达股份有限公司业务监督管理规则》第三条的内容是什么？")
    assert answer.status == "answered"
    assert "本规则由财务部负责解释" in answer.text


def test_a_question_of_standing_keeps_to_the_days_asked(library: App) -> None:
    told = plain(ask(library, "Was the Travel Policy in force in 2022?"))
    assert "from 2019-03-01 until 2022-07-01" in told
    assert "since 2022-07-01" in told
    unclear = ask(library, "Was the Travel Policy in force on 03/04/2020?")
    assert unclear.status == "no_evidence"
    assert "In force" not in unclear.text
    assert any("two days" in one for one in unclear.warnings)


def test_what_amended_a_rule_is_told_with_the_clause_that_changes_it(app: App, tmp_path: Path) -> None:
    (tmp_path / "circular.md").write_text(CIRCULAR, encoding="utf-8")
    app.ingest(ADMINISTRATOR, [tmp_path / "circular.md"], collection="rules")
    answer = ask(app, LIMIT)
    rule, _, change = plain(answer).partition("Amended: parts of the “Travel Policy”")
    assert "USD 210" in rule
    assert "by the “Circular on Travel Rules”, from 2024-05-01" in change
    assert "USD 255" in change
    assert "10 days" not in change
    assert "circular.md" in {citation.document.name for citation in answer.citations}
    before = plain(ask(app, "What was the hotel limit in the travel policy in 2020?"))
    assert "USD 180" in before
    assert "255" not in before
    assert "Amended: parts of the “Travel Policy”" in plain(ask(app, "Is the Travel Policy still in force?"))


def test_a_chinese_decision_amends_the_article_that_it_names(app: App, tmp_path: Path) -> None:
    (tmp_path / "rule.txt").write_text(notice("2020年3月1日", 5), encoding="utf-8")
    (tmp_path / "decision.txt").write_text(DECISION.format(day="2023年6月1日"), encoding="utf-8")
    app.ingest(ADMINISTRATOR, [tmp_path / "rule.txt", tmp_path / "decision.txt"], collection="rules")
    question = "支付清算机构每月几个工作日内要向主管部门报送上月业务数据？"
    rule, _, change = plain(ask(app, question)).partition("部分条款自2023-06-01起")
    assert "5个工作日" in rule
    assert "3个工作日" in change
    assert "3个工作日" not in plain(ask(app, f"2021年时，{question}"))


@pytest.mark.parametrize(
    ("level", "told"),
    slow_but([("law", "of higher rank (law)")], [("law", "of higher rank (law)"), ("product", "of lower rank (product description)")]),
)
def test_a_rule_of_another_rank_that_lays_down_otherwise_is_shown(app: App, desk: LawDesk, tmp_path: Path, level: str, told: str) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    text = travel("1 July 2021", 150).replace("Travel Policy", "Travel Rules")
    (folder / "rules.md").write_text(text, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"laws": [{"file": "rules.md", "level": level}]}), encoding="utf-8")
    desk.apply(ADMINISTRATOR, folder, collection="rules")
    text = plain(ask(app, LIMIT))
    own, _, other = text.partition("Otherwise, and ")
    assert "USD 210" in own
    assert told in other
    assert "the “Travel Rules”" in other
    assert "USD 150" in other
