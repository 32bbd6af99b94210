"""Questions about rules, answered by the article itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.retrieve.clause_ranking import tells_amount
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.protocols import StatesReader
from finfoundry.knowledge.storage.store import StoredDocument

REPORTING = "第七条 支付清算机构应当在每月结束后5个工作日内向主管部门报送上月业务数据。\n第八条 支付清算机构应当妥善保管业务档案。"
QUESTION = "支付清算机构每月几个工作日内要向主管部门报送上月业务数据？"


def rule(id: str, year: int | None) -> StoredDocument:
    return replace(document(id, "", year or 2020, language="zh"), kind="regulation", entity=None, fiscal_year=year)


def ask(question: str, *texts: str, years: tuple[int, ...] = (), states: StatesReader | None = None) -> Answer:
    """Over rules of one passage each."""
    store, search = MemoryStore(), MemorySearch()
    for number, text in enumerate(texts):
        paper = rule(f"rule-{number}", years[number] if years else 2020)
        store.papers.append(paper)
        search.add(paper, text)
    return Agent(None, store, search, states=(lambda: states) if states else None).ask(ADMINISTRATOR, question)[0]


def test_the_article_is_quoted_whole_and_cited_and_no_model_is_needed() -> None:
    answer = ask(QUESTION, REPORTING)
    assert answer.status == "answered"
    assert answer.text.startswith("第七条 支付清算机构")
    assert answer.model is None
    assert "第八条" not in answer.text
    assert "5个工作日" in answer.text
    assert {citation.document.id for citation in answer.citations} == {"rule-0"}


class Doubting:
    """Tells of every text that it does not answer."""

    identity = "test"

    def reads(self, head: str) -> bool:
        return head == "evidence-pairs"

    def scores(self, head: str, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:  # noqa: ARG002
        return np.full(len(texts), 0.01, np.float32)


def test_an_article_that_the_model_s_states_find_unlikely_is_not_quoted() -> None:
    assert ask(QUESTION, REPORTING, states=Doubting()).status == "no_evidence"


def test_an_article_on_another_matter_is_not_quoted() -> None:
    assert ask("信用卡透支的利率上限由哪个机构确定？", REPORTING).status == "no_evidence"


def test_an_article_without_the_amount_asked_for_does_not_answer() -> None:
    assert ask(QUESTION, "第七条 支付清算机构应当每月向主管部门报送上月业务数据。").status == "no_evidence"


def test_a_question_of_few_words_is_not_answered_by_an_article_that_happens_to_hold_them() -> None:
    assert ask("数据是多少？", REPORTING).status != "answered"


def test_of_a_rule_that_was_amended_the_later_is_told_first_and_the_earlier_beside_it() -> None:
    earlier = REPORTING.replace("5个工作日", "10个工作日")
    answer = ask(QUESTION, earlier, REPORTING, years=(2009, 2019))
    later, _, before = answer.text.partition("更早的同类文件规定不同")
    assert "5个工作日" in later
    assert "10个工作日" in before
    assert {citation.document.id for citation in answer.citations} == {"rule-0", "rule-1"}


def test_a_rule_published_twice_is_told_once() -> None:
    answer = ask(QUESTION, REPORTING, REPORTING, years=(2019, 2019))
    assert answer.text.count("第七条") == 1


def test_of_a_long_article_the_telling_sentence_is_quoted_with_its_neighbours() -> None:
    filler = "".join(f"机构应当按照规定保存第{number}类档案并接受检查。" for number in range(40))
    answer = ask(QUESTION, f"第七条 {filler}支付清算机构应当在每月结束后5个工作日内向主管部门报送上月业务数据。{filler}")
    assert "5个工作日" in answer.text
    assert len(answer.text) < 600


def test_the_words_of_a_company_in_the_question_are_no_rule() -> None:
    store, search = MemoryStore(), MemorySearch()
    paper = rule("rule", 2020)
    company = document("report", "东海支付股份有限公司", 2020, ("东海支付",), language="zh")
    store.papers += [paper, company]
    search.add(paper, REPORTING)
    answer = Agent(None, store, search).ask(ADMINISTRATOR, f"东海支付{QUESTION}")[0]
    assert answer.status != "answered"


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("几个工作日内报送？", "第七条 应当在5个工作日内报送。", True),
        ("几个工作日内报送？", "应当在十个工作日内报送。", True),
        ("几个工作日内报送？", "第七条 应当及时报送。", False),
        ("多少天内答复？", "三十日内答复。", True),
        ("最高是百分之多少？", "不得超过百分之五。", True),
        ("最高是百分之多少？", "不得超过5元。", False),
        ("注册资本最低要多少？", "最低限额为十亿元人民币。", True),
        ("注册资本最低要多少？", "第十三条 最低限额另行规定。", False),
        ("年进口量要达到多少美元？", "达到1000万美元以上", True),
        ("什么时候公告？", "应当在缴款日后公告。", True),
        ("什么时候公告？", "应当公告。", False),
        ("谁可以举报？", "任何单位和个人。", True),
    ],
)
def test_an_amount_is_told_by_an_amount_of_its_kind(question: str, text: str, *, told: bool) -> None:
    assert tells_amount(question, text) is told
