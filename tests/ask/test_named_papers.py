"""Papers of no company that a question names: by a shortened title, a code, a day; one of several, none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.context import reading
from finfoundry.ask.lexicon.ports import StoredDocument
from finfoundry.ask.retrieve.evidence_ranking import Evidence
from finfoundry.ask.retrieve.quotable import quotables
from finfoundry.ask.retrieve.sureness import signs_of
from finfoundry.ask.understand.named_papers import named_papers, papers_of
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.laws.register import Law


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
        ("望山長青樹美元的寬限期有幾天？", None, ("tree",), "望山長青樹美元"),  # in whichever characters
        ("客户想问明灯保可以借款吗？", None, ("lamp", "copy"), "明灯保"),  # all that the title has of its own
        ("长青树可以借款吗？", "长青", ("tree",), "长青树"),
        ("客户想问长青树可以借款吗？", None, (), ""),  # three characters of a title that shares its end with none are few
        ("Can the policy 长青树 be lent on by its holder?", None, ("tree",), "长青树"),  # but not among Latin letters
        ("灯和树都要吗？", None, (), ""),
        ("利率变动型终身保险可以借款吗？", None, (), ""),  # several have it
        ("被保险人于本契约有效期间内身故怎么办？", None, (), ""),  # a sentence is no title
        ("Can it be lent on?", None, (), ""),
    ],
)
def test_a_paper_is_named_by_pieces_of_its_title(question: str, unknown: str | None, named: tuple[str, ...], said: str) -> None:
    found = named_papers(question, PAPERS, unknown)
    assert (found.ids if found else ()) == named
    assert (question[found.spans[0][0] : found.spans[0][1]] if found else "") == said


def pages(id: str, head: str, whole: int, title: str | None = None) -> StoredDocument:
    return replace(paper(id, ""), title=title, head=head, whole_pages=whole)


LOOSE = (
    pages("cover", "QZTREE", 22, "望山人壽長青樹終身保險"),
    pages("inside", "QZTREE", 22, "望山人壽長青樹終身保險"),
    pages("lone", "QZLAMP", 9),
    pages("march-18", "銷售日期：112 年 3 月 1 日", 18),
    pages("march-24", "銷售日期：112 年 3 月 1 日", 24),
    pages("edition", "Harbour Fees · Edition of 1 July 2024", 12),
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("長青樹（QZTREE）可以借款嗎？", ("cover", "inside")),
        ("代码QZLAMP的保单可以借款吗？", ("lone",)),
        ("What does the policy with code QZLAMP pay on death?", ("lone",)),
        ("代碼QZROCK的保單可以借款嗎？", ()),
        ("112年3月1日銷售的24頁版條款可以借款嗎？", ("march-24",)),
        ("銷售日期112年3月1日的條款可以借款嗎？", ("march-18", "march-24")),
        ("112年3月1日銷售的30頁版條款可以借款嗎？", ()),
        ("112年3月2日銷售的24頁版條款可以借款嗎？", ()),
        ("What does the 12-page edition of 1 July 2024 charge for a copy?", ("edition",)),
        ("What does it charge for a copy in 2024?", ()),
    ],
)
def test_a_paper_is_named_by_the_code_or_the_day_at_the_edge_of_its_pages(question: str, named: tuple[str, ...]) -> None:
    found = named_papers(question, LOOSE)
    assert (found.ids if found else ()) == named


SHELVES = [json.loads(line) for line in (Path(__file__).parent / "named_papers.jsonl").read_text(encoding="utf-8").splitlines()]
NOT_NAMED = 3  # of the 70: brands whose titles share their ends with none


def test_papers_on_shelves_that_another_hand_wrote_are_named_and_no_other() -> None:
    missed = 0
    for shelf in SHELVES:
        papers = [pages(one["id"], one["head"], one["pages"], one["title"]) for one in shelf["papers"]]
        for asked in shelf["questions"]:
            found = named_papers(asked["text"], papers)
            if found is not None:
                assert set(found.ids) == set(asked["papers"]), asked["text"]
            missed += found is None and bool(asked["papers"])
    assert missed <= NOT_NAMED


ALIKE = "要保人於寬限期間內未繳付保險費者，本契約自寬限期間終了翌日起停止效力，寬限期間為{}日。"


def answers(question: str) -> tuple[str, str]:
    store, search = MemoryStore(list(PAPERS)), MemorySearch()
    for one, days in ((TREE, "三十"), (LAMP, "四十五"), (RIVER, "六十")):
        search.add(one, ALIKE.format(days), page=1)
        search.add(one, "本公司應將保單價值準備金通知要保人。", page=2)
    answer, _ = Agent(None, store, search).ask(ADMINISTRATOR, question)
    return answer.status, answer.text


@pytest.mark.parametrize(("said", "days"), [("望山長青樹美元", "三十"), ("望山明燈保", "四十五"), ("河畔川流息", "六十")])
def test_a_question_that_names_a_paper_is_asked_of_it_alone(said: str, days: str) -> None:
    status, text = answers(f"{said}的寬限期間為幾日？")
    assert status == "answered", text
    assert [other for other in ("三十", "四十五", "六十") if f"寬限期間為{other}日" in text] == [days]


def test_papers_whose_titles_begin_with_a_name_are_its_own() -> None:
    question = "哪些情況下望山不用賠？"
    found = papers_of("望山", question, PAPERS)
    assert found is not None
    assert (set(found.ids), found.spans) == ({"tree", "lamp", "copy"}, ((5, 7),))
    assert papers_of("山人寿", question, PAPERS) is None  # what stands amid a title is nobody's name
    assert papers_of(None, question, PAPERS) is None
    assert papers_of("凯基", "凯基的费用", [replace(PAPERS[0], title="凯基借款须知")]) is None  # a subject, not an issuer
    assert papers_of("公司", "公司的制度", [replace(PAPERS[0], title="公司治理守则")]) is None
    status, text = answers("河畔的寬限期間為幾日？")
    assert status == "answered", text
    assert "六十" in text
    assert answers("河畔人寿净利润是多少？")[0] != "answered"  # no clause of its policies says what it earns


def test_a_name_that_no_title_has_is_still_of_nobody() -> None:
    status, text = answers("北斗星語的寬限期間為幾日？")
    assert status != "answered", text


COMPANY = document("mill", "北山紡織股份有限公司", 2023, language="zh")


@pytest.mark.parametrize(("of", "kept"), [(TREE, True), (COMPANY, False)])
def test_a_rule_answers_for_a_figure_without_the_name_of_a_line(of: StoredDocument, *, kept: bool) -> None:
    search = MemorySearch()
    search.add(of, "每卡每日累計最高取款金額不超過1000元。", page=1)
    agent = Agent(None, MemoryStore([TREE, COMPANY]), search)
    context = agent.begun(ADMINISTRATOR, "一张卡一天最多能取多少现金？")
    intent, subject = reading.understood(context)
    best = [Evidence(one, 0.9) for one in quotables(search.hits)]
    signs = signs_of(context.question, intent, subject, best, [one.quotable for one in best], 0.9, 0.9)
    assert bool(signs["line_told"]) is kept


def law(id: str, title: str) -> Law:
    return Law(id, f"{id}.pdf", "default", "general", "zh", title, None, None, None, (), (id,), (), ())


def test_a_question_that_names_a_rule_is_asked_of_it_alone() -> None:
    store = MemoryStore([paper("berths", "泊位管理办法"), paper("dues", "港口费收规定"), TREE])
    store.rules += [law("berths", "泊位管理办法"), law("dues", "港口费收规定")]
    agent = Agent(None, store, MemorySearch())
    for question, papers in (
        ("《泊位管理办法》里，泊位空置多久要交还？", ("berths",)),
        ("泊位空置多久要交还？", ()),
        ("望山長青樹美元的寬限期有幾天？", ("tree",)),
    ):
        context = agent.begun(ADMINISTRATOR, question)
        reading.understood(context)
        assert context.papers == papers, question


def test_words_of_a_rules_title_are_no_company() -> None:
    store = MemoryStore([paper("berths", "泊位管理办法"), paper("dues", "港口费收规定")])
    store.rules += [law("berths", "泊位管理办法"), law("dues", "港口费收规定")]
    agent = Agent(None, store, MemorySearch())
    for question, unknown in (("泊位管理办法", None), ("泊位管理辦法幾天？", None), ("泊位总长？", "泊位总长"), ("港口泊位？", "港口泊位")):
        intent, _ = reading.understood(agent.begun(ADMINISTRATOR, question))
        assert intent.unknown == unknown, question
