"""What the certificate of a document marks it with is told with every answer that cites it, whatever kind of question it answers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.marks import mark_in
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.formats.content import misnamed

MARK = "low certificate: 0.41, see its losses and identities"
REASON = "Revenue increased $25 million, or 5%, in 2020, driven by higher volumes in all regions."
ELECTED = "Item 5.02 Departure of Directors.\nOn May 18, 2022, the board named Ms. Rowe chief executive officer. More follows."
STAFF = "As of December 31, 2020, we had 4,310 full-time employees."
COVER = "Securities registered pursuant to Section 12(b) of the Act:\n1.875% Notes Due 2026 | NWT26 | NYSE\nIndicate by check mark"


def ask(question: str, *texts: str, kind: str = "10-K") -> Answer:
    """Over the marked paper of one company, with these passages, and the paper of another that is not marked."""
    marked = replace(document("nw-2020", "Northwind Holdings, Inc.", 2020, ("NWT", "Northwind"), mark=MARK), kind=kind)
    if kind == "8-K":
        marked = replace(marked, period="2022-05-20")
    other = document("quillon-2020", "Quillon Corp", 2020, ("Quillon",))
    store, search = MemoryStore(), MemorySearch()
    for paper, revenue in ((marked, {2019: "500", 2020: "525"}), (other, {2019: "300", 2020: "310"})):
        store.add(paper, "Revenues", "Revenue", revenue, statement="income", table=1)
    for text in texts:
        search.add(marked, text)
    return Agent(None, store, search).ask(ADMINISTRATOR, question)[0]


def marks(answer: Answer) -> list[str]:
    return [warning for warning in answer.warnings if "certificate" in warning]


@pytest.mark.parametrize(
    ("question", "texts", "kind"),
    [
        ("What was Northwind's revenue in FY2020?", (), "10-K"),
        ("Which company had higher revenue in FY2020, Northwind or Quillon?", (), "10-K"),
        ("Why did NWT's revenue increase in FY2020?", (REASON,), "10-K"),
        ("How many full-time employees did Northwind have at the end of 2020?", (STAFF,), "10-K"),
        ("What is NWT's latest 8-K about?", (ELECTED,), "8-K"),
        ("Which notes of Northwind were listed when FY2020 closed?", (COVER,), "10-K"),
    ],
    ids=["figures", "peer_comparison", "drivers", "told_count", "current_report", "registered_securities"],
)
def test_an_answer_of_any_kind_that_cites_a_marked_document_warns_once(question: str, texts: tuple[str, ...], kind: str) -> None:
    answer = ask(question, *texts, kind=kind)
    assert answer.status == "answered", (answer.status, answer.text)
    assert marks(answer) == [f"nw-2020.pdf: {MARK}"]


def test_an_article_that_is_quoted_warns_of_its_rule_in_the_language_of_the_question() -> None:
    rule = replace(document("rule", "", 2020, mark=MARK, language="zh"), kind="regulation", entity=None)
    search = MemorySearch()
    search.add(rule, "第七条 支付清算机构应当在每月结束后5个工作日内向主管部门报送上月业务数据。")
    question = "支付清算机构每月几个工作日内要向主管部门报送上月业务数据？"
    answer, _ = Agent(None, MemoryStore([rule]), search).ask(ADMINISTRATOR, question)
    assert answer.text.startswith("第七条")
    assert answer.warnings == ["rule.pdf：入库得分低：0.41，请查看“未能读取”与“勾稽关系”。"]


def test_an_answer_that_does_not_cite_it_says_nothing_of_it() -> None:
    answer = ask("What was Quillon's revenue in FY2020?")
    assert answer.status == "answered"
    assert marks(answer) == []


@pytest.mark.parametrize("kind", ["text", "mail", "picture", "zip", "html"])
def test_a_file_that_is_not_what_its_name_says_is_told_in_either_language(kind: str) -> None:
    mark = misnamed(kind, "report.docx")
    assert mark_in(mark, "en") == mark
    assert mark_in(mark, "zh").startswith("文件名为.docx，内容却是")
    assert re.search(r"\b(?:a|an|plain)\b", mark_in(mark, "zh")) is None


def test_a_mark_in_other_words_is_told_as_it_is_kept() -> None:
    assert mark_in("the ink is pale", "zh") == "the ink is pale"
