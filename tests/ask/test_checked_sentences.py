"""What a model writes is checked sentence by sentence: what does not hold is left out, and nothing of it is released."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from tests.ask.memory import MemorySearch, MemoryStore, document, statements
from tests.governance.word_tagger import WordTagger

from finfoundry.ask.asker import Agent
from finfoundry.ask.compose.answer_evidence import of_hits, rebind
from finfoundry.ask.compose.sentences import templates
from finfoundry.ask.context.question import Trace
from finfoundry.ask.kinds import quotation
from finfoundry.ask.understand.subject import Subject
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.binding.evidence import CellEvidence, PassageEvidence
from finfoundry.binding.verify import Checker, bind_checked
from finfoundry.core.answer import Answer, DocumentName
from finfoundry.core.language import language_of
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.governance.guards.guards import GuardDecision, Guards
from finfoundry.runtime.audit import plain

PAPER = document("nwt-2020", "Northwind Traders Inc", 2020, ("NWT",))
PASSAGE = "Revenue and net income changed because the Company opened 47 new stores during the year, and goodwill was the largest asset."
NAMED = DocumentName("nwt-2020", "NWT 2020")
HOLDS = "The Company opened 47 new stores [1]."


def asked(
    text: str,
    *,
    question: str = "Why did NWT's revenue change in FY2020?",
    strict: bool = False,
    passage: str = PASSAGE,
    also: Sequence[tuple[str, str]] = (),
    others: Sequence[str] = (),
    guards: Guards | None = None,
) -> tuple[Answer, Trace]:
    """A question that the model answers by ``text`` from a passage beside the statements of 2019 and 2020, with ``also`` as further rows,
    on their page, and ``others`` as passages of the next.
    """
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    store.add(PAPER, "NetIncomeLoss", "Net loss of stores abroad", {2019: "-30", 2020: "-20"}, statement="income")
    for concept, label in also:
        store.add(PAPER, concept, label, {2019: "8", 2020: "9"}, statement="income", table=3)
    search.add(PAPER, passage)
    for told in others:
        search.add(PAPER, told, page=2)
    agent = Agent(ScriptedEngine([("Why|为什么", text)]), store, search, strict=strict, guards=guards)
    return agent.ask(ADMINISTRATOR, question)


def test_a_sentence_that_the_facts_of_the_page_speak_against_is_left_out_and_the_answer_says_so() -> None:
    answer, trace = asked(f"{HOLDS} Gross profit fell in 2020 [1].", passage=f"{PASSAGE} Gross profit in 2020 is told elsewhere.")
    assert answer.status == "answered", answer.reason
    assert answer.text.startswith("The Company opened 47 new stores [1]")
    assert "fell" not in answer.text
    assert "1 sentence" in answer.warnings[0]
    (step,) = [step for step in trace.steps if step.kind == "unsupported"]
    assert "fell" in str(step.content)


@pytest.mark.parametrize(
    ("question", "text", "passage", "left_out"),
    [
        (
            "Why did NWT's revenue change in FY2020?",
            "Revenue changed because the Company opened 47 new stores during the year, as KX-0010 orders [1].",
            PASSAGE,
            "Left out: parts of what the model wrote",
        ),
        (
            "NWT的营业收入为什么变化？",
            "营业收入变化是因为公司在年内新开了47家门店，已执行KX-0010[1]。",
            "营业收入变化，主要是因为公司在年内新开了47家门店。",
            "已略去模型所写而所查段落未予印证的部分",
        ),
    ],
)
def test_a_part_that_no_passage_bears_is_left_out_and_the_answer_says_so(question: str, text: str, passage: str, left_out: str) -> None:
    answer, trace = asked(text, question=question, passage=passage)
    assert answer.status == "answered", answer.reason
    assert "47" in answer.text
    assert "KX" not in answer.text
    assert any(left_out in warning for warning in answer.warnings)
    assert any(step.kind == "stray" for step in trace.steps)


@pytest.mark.parametrize(
    ("question", "holds", "denied", "passage"),
    [
        (
            "Why did NWT's revenue change in FY2020?",
            "Revenue changed because the brand is loved by families of the harbour towns [1].",
            "Goodwill was the largest asset [1].",
            "Revenue changed because the brand is loved by families of the harbour towns. Goodwill was not the largest asset.",
        ),
        (
            "NWT的营业收入为什么变化？",
            "营业收入变化是因为品牌深受港口城镇家庭喜爱[1]。",
            "仓库不用港口的水冷却[1]。",
            "营业收入变化，是因为品牌深受港口城镇家庭喜爱。仓库用港口的水冷却。",
        ),
    ],
)
def test_a_sentence_that_denies_its_passage_is_left_out_and_the_answer_says_so(
    question: str, holds: str, denied: str, passage: str
) -> None:
    answer, trace = asked(f"{holds} {denied}", question=question, passage=passage)
    assert answer.status == "answered", answer.reason
    assert answer.text.startswith(holds.partition(" [")[0].partition("[")[0])
    assert denied[:6] not in answer.text
    assert "1 " in answer.warnings[0]
    (step,) = [step for step in trace.steps if step.kind == "unsupported"]
    assert denied[:6] in str(step.content)


@pytest.mark.parametrize(
    ("question", "denied", "passage", "reason"),
    [
        (
            "Why did NWT's revenue change in FY2020?",
            "Goodwill was the largest asset [1].",
            "Revenue changed because the brand is loved by families of the harbour towns. Goodwill was not the largest asset.",
            "“Goodwill was the largest asset.”: the papers say otherwise; the paper prints: “Goodwill was not the largest asset.”",
        ),
        (
            "NWT的營業收入為什麼變化？",
            "仓库不用港口的水冷却[1]。",
            "营业收入变化，是因为品牌深受港口城镇家庭喜爱。仓库用港口的水冷却。",
            "“倉庫不用港口的水冷卻。”：文件所說與此相反；原文：“仓库用港口的水冷却。”",
        ),
    ],
)
def test_where_the_papers_deny_all_the_answer_is_withheld_with_what_fell_and_what_they_say(
    question: str, denied: str, passage: str, reason: str
) -> None:
    answer, trace = asked(denied, question=question, passage=passage)
    assert (answer.status, answer.reason, answer.citations) == ("withheld", reason, [])
    assert answer.nearest[0].quote in reason
    assert [one.marker for one in answer.nearest] == [*range(1, len(answer.nearest) + 1)]
    assert any(step.kind == "withheld" for step in trace.steps)


def test_a_sentence_that_the_guards_would_stop_in_an_answer_is_not_repeated_in_a_reason() -> None:
    written = "Revenue changed because the Company opened new stores. The Company opened stores of dynamite during the year [1]."
    answer, trace = asked(written, strict=True, guards=Guards(WordTagger().source))
    assert answer.status == "withheld"
    assert (
        answer.reason
        == "not checked: “Revenue changed because the Company opened new stores.”; not checked: a sentence that is not repeated here"
    )
    assert [step.content.channel for step in trace.steps if isinstance(step.content, GuardDecision)] == ["answer"]


def test_of_many_sentences_that_nothing_decides_three_are_named() -> None:
    answer, _ = asked("The Company opened new stores [1]. " * 5, strict=True)
    assert answer.reason is not None
    assert (answer.reason.count("“"), answer.reason.endswith("; and 2 more")) == (3, True)


COST = "Revenue changed because the pier was closed for repairs, which cost the Company ${} million in damages paid to the town."
COST_ZH = "营业收入变化，是因为码头停用修缮，公司为此向镇上支付赔偿{}万元，并停开了渡船。"


@pytest.mark.parametrize(
    ("question", "written", "told", "amounts", "page_says"),
    [
        ("Why did NWT's revenue change in FY2020?", "Revenue changed because repairs of the pier cost ${} million [1].", COST, "35", "$"),
        ("NWT的营业收入为什么变化？", "营业收入变化是因为码头停用修缮，赔偿{}万元[1]。", COST_ZH, "35", "万元"),
    ],
    ids=["en", "zh"],
)
def test_what_the_papers_print_in_the_place_of_a_figure_of_the_model_is_quoted_with_it(
    question: str, written: str, told: str, amounts: str, page_says: str
) -> None:
    first, second = (told.format(amount) for amount in amounts)
    answer, trace = asked(written.format(amounts[0]), question=question, passage=first, others=(second,))
    assert answer.status == "answered", answer.reason
    assert page_says in answer.text.partition("“")[0]
    assert f"“{second}”" in answer.text
    assert answer.warnings == [templates()[language_of(question)]["quoted_otherwise"]]
    assert (second in [one.quote for one in answer.citations], len({one.marker for one in answer.citations})) == (True, 2)
    step = [step for step in trace.steps if step.kind == "binding"][-1]
    assert rebind(json.loads(json.dumps(plain(step.content))))["text"] == answer.text


@pytest.mark.parametrize(
    ("question", "written", "affirmed", "denied"),
    [
        (
            "Why did NWT's revenue change in FY2020?", "Revenue changed because the pier was closed for repairs in spring [1].",
            "Revenue changed because the pier of the town was closed for repairs in spring.",
            "Revenue changed not because the pier of the town was closed for repairs in spring.",
        ),
        (
            "NWT的营业收入为什么变化？", "营业收入变化是因为码头停用修缮[1]。", "营业收入变化是因为码头停用修缮渡船改道。",
            "营业收入变化不是因为码头停用修缮渡船改道。",
        ),
    ],
    ids=["en", "zh"],
)  # fmt: skip
def test_what_denies_the_source_of_a_sentence_of_the_model_is_quoted_with_it(
    question: str, written: str, affirmed: str, denied: str
) -> None:
    answer, _ = asked(written, question=question, passage=affirmed, others=(denied,))
    assert answer.status == "answered", answer.reason
    assert f"“{denied}”" in answer.text
    words = templates()[language_of(question)]
    assert answer.warnings == [words["words_unchecked"].format(count=1), words["quoted_denied"]]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("Revenue changed because repairs of the pier cost $3 million [1].", COST.format(3)),
        ("Revenue changed because the pier was closed for repairs [1].", COST.format(5)),
        ("Revenue changed because repairs of the pier cost $3 million [1].", f"In 2014, {COST.format(5)}"),
    ],
    ids=["the same figure", "no figure is told", "of another year"],
)
def test_what_does_not_contradict_the_model_is_not_quoted_with_it(written: str, other: str) -> None:
    answer, _ = asked(written, passage=COST.format(3), others=(other,))
    assert (answer.status, "“" in answer.text) == ("answered", False)
    assert set(answer.warnings) <= {templates()["en"]["words_unchecked"].format(count=1)}


def test_a_contradiction_in_the_third_place_is_quoted_too() -> None:
    of_kinds = COST.replace("damages", "damages of {} kinds")
    first, *others, last = (of_kinds.format(amount, kinds) for amount, kinds in ((3, 1), (3, 2), (3, 4), (3, 5), (6, 7)))
    answer, _ = asked("Revenue changed because repairs of the pier cost $3 million [1].", passage=first, others=(*others, last))
    assert answer.status == "answered", answer.reason
    assert f"“{last}”" in answer.text


def test_what_contradicts_the_model_is_left_out_where_it_does_not_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotation, "quoted_whole", lambda *_: [("“It cost $5 million.”", [])])
    answer, trace = asked(
        "Revenue changed because repairs of the pier cost $3 million [1].", passage=COST.format(3), others=(COST.format(5),)
    )
    assert (answer.status, answer.warnings, "“" in answer.text) == ("answered", [], False), answer.reason
    step = [step for step in trace.steps if step.kind == "binding"][-1]
    assert rebind(json.loads(json.dumps(plain(step.content))))["text"] == answer.text


LOST_STOPS = (
    "Revenue changed because the ferries of the northern harbours stood still in the storms of spring " + "and the piers were closed " * 30
)


def test_a_passage_of_which_nothing_can_be_quoted_is_read_and_may_answer() -> None:
    written = "Revenue changed because the ferries of the northern harbours stood still in the storms of spring [2]."
    answer, _ = asked(written, others=(LOST_STOPS,))
    assert answer.status == "answered", answer.reason
    assert "ferries" in answer.text


def test_an_answer_that_is_left_whole_warns_of_nothing() -> None:
    assert asked(HOLDS)[0].warnings == []


@pytest.mark.parametrize(
    ("sentence", "failed", "printed"),
    [
        ("Gross profit fell in 2020 [1].", "fell: the figures say otherwise", ["GrossProfit 3020", "GrossProfit 3019"]),
        (
            "Gross profit nearly doubled to $3,020 million in 2020 [1].",
            "doubled: does not follow",
            ["GrossProfit 3020", "GrossProfit 3019"],
        ),
        ("The Company made a net loss of $5,020 million in 2020 [1].", "$5,020 million: sibling row", ["ProfitLoss 5020"]),
    ],
)
def test_where_nothing_is_left_the_answer_is_withheld_with_what_failed(sentence: str, failed: str, printed: list[str]) -> None:
    passage = "Gross profit, or net loss, of the Company nearly doubled or fell in 2020: $3,020 million and $5,020 million was made."
    answer, _ = asked(sentence, passage=passage)
    assert (answer.status, answer.figures) == ("withheld", [])
    assert answer.reason is not None
    said, _, told = answer.reason.partition("; the paper prints: ")
    assert said == failed
    assert all(one in told for one in printed), told
    assert {one.quote for one in answer.nearest} >= {*printed}


def test_what_speaks_against_a_sentence_is_told_in_chinese_too() -> None:
    answer, _ = asked(
        "2020年毛利下降[1]。",
        question="NWT的营业收入为什么变化？",
        passage="营业收入变化：2020年毛利上升或下降，别处另有说明。",
        also=[("GrossProfit", "毛利")],
    )
    assert (answer.status, answer.reason) == (
        "withheld",
        "下降：the figures say otherwise；原文：毛利 9 (2020-01-01/2020-12-31), 毛利 8 (2019-01-01/2019-12-31)",
    )


def test_a_report_has_the_figures_by_which_a_sentence_does_not_hold() -> None:
    store = MemoryStore()
    store.add(PAPER, "GrossProfit", "毛利潤", {2019: "7", 2020: "9"}, statement="income")
    (checked,) = Checker([CellEvidence(one.fact, NAMED) for one in store.held]).check("2020年毛利润下降。").sentences
    assert checked.status == "unsupported"
    told = [(one.text, one.period, one.reference.metric) for one in checked.against]
    assert told == [("9", "2020-01-01/2020-12-31", "毛利潤"), ("7", "2019-01-01/2019-12-31", "毛利潤")]  # as the paper prints it


def test_a_true_sentence_over_the_facts_of_the_page_is_released_and_binds_again_from_the_record() -> None:
    told = "Gross profit rose to $3,020 million in 2020, from $3,019 million in 2019, because of its stores"
    answer, trace = asked(f"{told} [1].", passage=f"{told}.")
    assert answer.status == "answered", answer.reason
    assert [one.value for one in answer.figures] == ["3020000000", "3019000000"]
    step = [step for step in trace.steps if step.kind == "binding"][-1]
    again = rebind(json.loads(json.dumps(plain(step.content))))
    assert (again["text"], again["citations"], again["figures"]) == (answer.text, plain(answer.citations), plain(answer.figures))


def test_a_record_from_before_sentences_were_checked_binds_as_it_did() -> None:
    _, trace = asked(f"{HOLDS} Gross profit fell in 2020 [1].", passage=f"{PASSAGE} Gross profit in 2020 is told elsewhere.")
    content = json.loads(json.dumps(plain(next(step for step in trace.steps if step.kind == "binding").content)))
    del content["checked"]
    assert "Gross profit fell in 2020" in str(rebind(content)["text"])


@pytest.mark.parametrize(("strict", "status"), [(False, "answered"), (True, "withheld")])
def test_strict_withholds_what_nothing_decides(strict: bool, status: str) -> None:
    answer, _ = asked("Revenue changed because the Company opened new stores [1].", strict=strict)
    assert answer.status == status
    assert strict or answer.warnings == [templates()["en"]["words_unchecked"].format(count=1)]
    assert not strict or answer.reason == "not checked: “Revenue changed because the Company opened new stores.”"
    assert not strict or answer.nearest[0].quote == PASSAGE  # where it is cited from


def test_strict_releases_what_is_decided() -> None:
    assert asked(HOLDS, strict=True)[0].status == "answered"


@pytest.mark.parametrize(
    "sentence",
    [
        "About two thirds of the revenue of the Company comes from abroad",
        "Half of the new stores of the Company were opened in leased buildings",
        "The Company doubled its number of stores abroad",
        "约三分之二的收入来自境外，超过一半的门店为租赁",
        "公司投入数百万用于门店改造",
    ],
)
def test_a_quantity_in_words_as_a_passage_prints_it_is_not_decided_and_not_withheld(sentence: str) -> None:
    told = f"{sentence}." if sentence.isascii() else f"{sentence}。"
    bound = bind_checked(told, [PassageEvidence(f"{told} Revenue changed.", NAMED, 1, None, None)])
    assert bound.complete, (bound.unbound, bound.sentences)
    assert [one.status for one in bound.sentences] == ["unchecked"]
    assert not bind_checked(told, [PassageEvidence("Revenue changed.", NAMED, 1, None, None)]).complete
    if sentence.isascii():
        answer, _ = asked(f"{sentence} [1].", passage=f"{told} Revenue changed.")
        assert answer.status == "answered", answer.reason


@pytest.mark.parametrize("text", ["# Revenue changed because the Company opened new stores [1].", "The Company opened new stores [1]:"])
def test_what_looks_like_a_heading_is_checked_too(text: str) -> None:
    assert asked(text, strict=True)[0].status == "withheld"
    answer, _ = asked(text)
    assert answer.status == "answered", answer.reason
    assert not answer.text.startswith("#")


@pytest.mark.parametrize("between", ["\n", " "])
def test_the_numbers_of_a_list_are_no_sentences(between: str) -> None:
    answer, _ = asked(f"1. {HOLDS}{between}2. {HOLDS}", strict=True)
    assert answer.status == "answered", answer.reason
    assert answer.text.count("47") == 2
    assert "2. " not in answer.text
    (sentence,) = bind_checked("1. Revenue changed.", [PassageEvidence(PASSAGE, NAMED, 1, None, None)]).sentences
    assert sentence.text == "Revenue changed."


def test_a_fact_of_another_company_s_page_is_not_told_of_the_subject() -> None:
    store, search = MemoryStore(), MemorySearch()
    statements(store, PAPER, (2019, 2020))
    other = document("fab-2020", "Fabrikam Inc", 2020, ("FAB",))
    statements(store, other, (2019, 2020), factor=7)
    for kind, text in (("text", PASSAGE), ("table", "GrossProfit | 21,133 | 21,140")):
        search.add(other, text, kind="table" if kind == "table" else "text")
    subject = Subject(PAPER.entity, PAPER.aliases, (PAPER,))
    found = of_hits(search.hits, subject, lambda hit: [one for one in store.held if one.document_id == hit.document_id], pages=True)
    assert len(found) > len(search.hits)
    assert not bind_checked("NWT's gross profit was $21,140 million in 2020.", found).complete


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Its record-keeping costs were $500 million in 2020.", "supported"),
        ("Its record keeping costs were $500 million in 2020.", "supported"),
        ("Revenue was $600 million in 2020 after the company doubled its stores.", "unchecked"),
        ("After the company doubled its stores, revenue was $600 million in 2020.", "unchecked"),
        ("Revenue was $600 million in 2020 after its highest level in two years.", "unchecked"),
        ("Revenue doubled to $600 million in 2020 after new stores were opened.", "unsupported"),
    ],
)
def test_a_multiple_or_an_extreme_of_another_clause_is_not_of_the_figure(sentence: str, status: str) -> None:
    store = MemoryStore()
    store.add(PAPER, None, "Record-keeping costs", {2019: "700", 2020: "500"}, statement="income")
    store.add(PAPER, "Revenues", "Revenue", {2019: "700", 2020: "600"}, statement="income")
    (checked,) = bind_checked(sentence, [CellEvidence(one.fact, NAMED) for one in store.held]).sentences
    assert checked.status == status, checked.reason
