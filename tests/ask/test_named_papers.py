"""Papers of no company that a question names by their titles: a shortened title, one of several, none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context import reading
from finfoundry.ask.lexicon.ports import StoredDocument
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.retrieve.sureness import signs_of
from finfoundry.ask.understand.named_papers import named_papers
from finfoundry.core.principal import ADMINISTRATOR


def paper(id: str, title: str) -> StoredDocument:
    return replace(document(id, "", 2024, language="zh"), entity=None, title=title, kind=None, period=None, fiscal_year=None)


TREE = paper("tree", "望山人壽長青樹美元利率變動型終身壽險（定期給付型）")
LAMP = paper("lamp", "望山人寿明灯保利率变动型终身保险")
COPY = paper("copy", "望山人寿明灯保利率变动型终身保险")
RIVER = paper("river", "河畔人寿川流息利率变动型终身保险")
CUT = paper("cut", "被保险人于本契约有效期间内身故，本公司给付（完全失能")
PAPERS = (TREE, LAMP, COPY, RIVER, CUT)


@pytest.mark.parametrize(
    ("question", "unknown", "named", "said"),
    [
        ("望山长青树美元的宽限期有几天？", None, ("tree",), "望山长青树美元"),
        ("望山人寿明灯保可以借款吗？", None, ("lamp", "copy"), "望山人寿明灯保"),
        ("客户想问明灯保可以借款吗？", None, (), ""),  # three characters are few
        ("明灯保可以借款吗？", "明灯", ("lamp", "copy"), "明灯保"),  # but not where they are taken for a name of nobody
        ("利率变动型终身保险可以借款吗？", None, (), ""),  # several have it
        ("被保险人于本契约有效期间内身故怎么办？", None, (), ""),  # a sentence is no title
        ("Can it be lent on?", None, (), ""),
    ],
)
def test_26_3_a_paper_is_named_by_pieces_of_its_title(question: str, unknown: str | None, named: tuple[str, ...], said: str) -> None:
    found = named_papers(question, PAPERS, unknown)
    assert (found.ids if found else ()) == named
    assert (question[found.start : found.end] if found else "") == said


ALIKE = "要保人於寬限期間內未繳付保險費者，本契約自寬限期間終了翌日起停止效力，寬限期間為{}日。"


def answers(question: str) -> tuple[str, str]:
    store, search = MemoryStore(list(PAPERS)), MemorySearch()
    for one, days in ((TREE, "三十"), (LAMP, "四十五"), (RIVER, "六十")):
        search.add(one, ALIKE.format(days), page=1)
        search.add(one, "本公司應將保單價值準備金通知要保人。", page=2)
    answer, _ = Agent(None, store, search).ask(ADMINISTRATOR, question)
    return answer.status, answer.text


@pytest.mark.parametrize(("said", "days"), [("望山長青樹美元", "三十"), ("望山明燈保", "四十五"), ("河畔川流息", "六十")])
def test_26_3_a_question_that_names_a_paper_is_asked_of_it_alone(said: str, days: str) -> None:
    status, text = answers(f"{said}的寬限期間為幾日？")
    assert status == "answered", text
    assert [other for other in ("三十", "四十五", "六十") if f"寬限期間為{other}日" in text] == [days]


def test_26_3_a_name_that_no_title_has_is_still_of_nobody() -> None:
    status, text = answers("北斗星語的寬限期間為幾日？")
    assert status != "answered", text


COMPANY = document("mill", "北山紡織股份有限公司", 2023, language="zh")


@pytest.mark.parametrize(("of", "kept"), [(TREE, True), (COMPANY, False)])
def test_26_3_a_rule_answers_for_a_figure_without_the_name_of_a_line(of: StoredDocument, *, kept: bool) -> None:
    search = MemorySearch()
    search.add(of, "每卡每日累計最高取款金額不超過1000元。", page=1)
    agent = Agent(None, MemoryStore([TREE, COMPANY]), search)
    context = agent.begun(ADMINISTRATOR, "一张卡一天最多能取多少现金？")
    intent, subject = reading.understood(context)
    best = [Evidence(one, 0.9) for one in quotables(search.hits)]
    signs = signs_of(context.question, intent, subject, best, [one.quotable for one in best], 0.9, 0.9)
    assert bool(signs["line_told"]) is kept
