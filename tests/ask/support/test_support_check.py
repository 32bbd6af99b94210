"""Planted sentences, true and false: what is held, which words are marked, and that figures stay the program's."""

from __future__ import annotations

import re

import pytest
from tests.ask.support.made_papers import CHINESE, ENGLISH, WordReader, chinese, english, paper

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.support.checked_answer import supported_text
from finfoundry.ask.support.checked_report import OpenSentence, open_sentences, with_support
from finfoundry.ask.support.paper_sentences import PaperSentences, hits_of, sentences_of
from finfoundry.ask.support.support_check import SentenceEvidence, bars, check_support, evidence_for, likely_words
from finfoundry.ask.support.support_rows import LABEL
from finfoundry.binding.verify import Checker, Report, verify
from finfoundry.core.protocols import FoundSpan

TRUE = (
    "The headquarters is located in Boston.",
    "We compete with Fabrikam and Contoso.",
    "The Americas bring the most revenue of all regions.",
)
FALSE = {
    "The headquarters is located in Chicago.": "Chicago",
    "We compete with Adatum and Contoso.": "Adatum",
    "Europe brings the most revenue of all regions.": "Europe",
}


def checked(answer: str, text: str = ENGLISH) -> Report:
    parsed = paper(text)
    report = verify(answer, [parsed])
    return with_support(report, answer, open_sentences(report, sentences_of([parsed])), WordReader())


@pytest.mark.parametrize("sentence", TRUE)
def test_a_true_sentence_is_supported_by_a_span_that_is_shown(sentence: str) -> None:
    report = checked(sentence)
    (one,) = report.sentences
    assert one.status == "supported"
    cited = [citation for citation in report.citations if citation.marker in one.evidence]
    assert cited
    assert all(citation.quote and citation.page >= 1 for citation in cited)
    assert report.holds


@pytest.mark.parametrize("sentence", FALSE)
def test_a_false_sentence_is_unsupported_and_the_words_are_marked(sentence: str) -> None:
    answer = f"As asked. {sentence}"
    one = checked(answer).sentences[-1]
    assert one.status == "unsupported"
    assert FALSE[sentence] in [answer[start:end] for start, end in one.spans]


def test_traditional_characters_are_read_as_simplified_ones_at_the_same_places() -> None:
    answer = "董事長是李雷。"
    one = checked(answer, CHINESE).sentences[0]
    assert one.status == "unsupported"
    assert [answer[start:end] for start, end in one.spans] == ["李雷"]


def test_nothing_is_supported_without_evidence() -> None:
    told = check_support(WordReader(), [evidence_for("量子计算机正在研制中。", english()), SentenceEvidence("Boats.", "")])
    assert [one.status for one in told] == ["unsupported", "unsupported"]
    assert told[1].spans == ((0, 6),)
    assert checked("量子计算机正在研制中。").sentences[0].status == "unsupported"


def test_an_unbound_figure_is_never_made_supported() -> None:
    report = checked("Revenue in the Americas was 905 in 2023.")
    assert report.unbound == 1
    assert report.sentences[0].status == "unsupported"
    held = SentenceEvidence("x", "x")
    with pytest.raises(ValueError, match="not open"):
        with_support(report, "x", [OpenSentence(0, held)], WordReader())
    with pytest.raises(ValueError, match="not open"):
        with_support(report, "x", [OpenSentence(7, held)], WordReader())


ASIDES = ENGLISH + "\nSales grew on strong demand from dealers in bicycles.\n"


@pytest.mark.parametrize(
    ("sentence", "status", "marked"),
    [
        ("The Americas had 900 in 2023, on strong demand from dealers.", "supported", []),
        ("The Americas had 900 in 2023, thanks to cheap loans from astronauts.", "unsupported", ["loans", "astronauts"]),
        ("The Americas had 905 in 2023, on strong demand from dealers.", "unsupported", ["905"]),
        ("The Americas had 900 in 2023.", "supported", []),
    ],
)
def test_a_figure_that_holds_does_not_carry_the_other_words(sentence: str, status: str, marked: list[str]) -> None:
    one = checked(sentence, ASIDES).sentences[0]
    assert one.status == status, one
    told = [sentence[start:end] for start, end in one.spans]
    assert all(any(word in part for part in told) for word in marked)
    assert bool(told) is bool(marked)
    assert verify(sentence, [paper(ASIDES)]).sentences[0].status == ("unsupported" if "905" in sentence else "supported")


def test_an_answer_keeps_no_sentence_whose_other_words_are_not_borne_out_though_its_figure_holds() -> None:
    parsed = paper(ASIDES)
    true, false = (
        "The Americas had 900 [1] in 2023, on strong demand from dealers.",
        "The Americas had 900 [1] in 2023, thanks to cheap loans from astronauts.",
    )
    text = f"{true} {false}"
    bound = Checker([parsed]).bind(text).sentences
    told = supported_text(text, bound, list(hits_of(parsed)), WordReader())
    assert (told.text, told.dropped) == (true, (false,))
    assert supported_text(text, bound, list(hits_of(parsed)), None).text == text


def test_the_company_of_the_paper_needs_no_evidence() -> None:
    parsed = paper(ENGLISH)
    parsed.document.profile.entity = "Wingtip Toys"
    told = evidence_for("Wingtip is located in Boston.", sentences_of([parsed]))
    assert check_support(WordReader(), [told])[0].status == "supported"
    other = evidence_for("Adatum is located in Boston.", sentences_of([parsed]))
    assert check_support(WordReader(), [other])[0].status == "unsupported"


def test_a_model_s_unsupported_sentences_are_dropped_and_named() -> None:
    hits: list[Hit] = list(hits_of(paper(ENGLISH)))
    text = "The headquarters is located in Boston [1]. It owns a castle [1]. The Americas had 900 [1]."
    told = supported_text(text, verify(text, [paper(ENGLISH)]).sentences, hits, WordReader())
    assert told.text == "The headquarters is located in Boston [1]. The Americas had 900 [1]."
    assert told.dropped == ("It owns a castle [1].",)
    assert supported_text("It owns a castle.", verify("It owns a castle.", []).sentences, hits, WordReader()).text == ""


def test_what_a_program_holds_wrong_is_dropped_without_a_checker_too_and_what_nothing_decides_is_named() -> None:
    evidence = ["| USD million | December 31, 2024 | December 31, 2023 |\n|---|---|---|\n| Total assets | 5,000 | 4,000 |\n"]
    text = "Total assets fell in 2024 [1]. The office stands in Boston [1]. Total assets rose in 2024 [1]."
    told = supported_text(text, Checker(evidence).bind(text).sentences, [], None)
    assert told.text == "The office stands in Boston [1]. Total assets rose in 2024 [1]."
    assert (told.dropped, told.open) == (("Total assets fell in 2024 [1].",), ("The office stands in Boston [1].",))


@pytest.mark.parametrize(
    ("table", "true", "false", "open_one"),
    [
        (
            "Revenue by segment, USD million\n| | 2024 |\n|---|---|\n| Retail lending | 70 |\n| Leasing | 20 |\n| Total revenue | 90 |\n",
            "Retail lending had the highest revenue [1].", "Leasing had the highest revenue [1].", "Insurance had the highest revenue [1].",
        ),
        (
            "分部营业收入 单位：万元\n| | 2024年 |\n|---|---|\n| 零售业务 | 70 |\n| 租赁业务 | 20 |\n| 合计 | 90 |\n",
            "零售业务收入最高[1]。", "租赁业务收入最高[1]。", "保险业务收入最高[1]。",
        ),
    ],
)  # fmt: skip
def test_a_false_order_of_parts_is_left_out_without_a_checker(table: str, true: str, false: str, open_one: str) -> None:
    for order in ((true, false, open_one), (false, open_one, true)):
        text = " ".join(order)
        told = supported_text(text, Checker([table]).bind(text).sentences, [], None)
        assert (told.dropped, told.open) == ((false,), (open_one,))
        assert true in told.text


def test_an_empty_store_of_sentences_finds_nothing() -> None:
    assert PaperSentences([]).nearest("anything") == []
    assert len(chinese().all) >= 4


def test_what_the_checker_is_not_sure_of_stays_unchecked() -> None:
    parsed, answer = paper(ENGLISH), "The headquarters is located in Chicago."
    report = verify(answer, [parsed])
    unsure = WordReader(bars()["unsupported"] - 0.01)
    told = with_support(report, answer, open_sentences(report, sentences_of([parsed])), unsure).sentences[0]
    assert told.status == "unchecked"
    assert [answer[start:end] for start, end in told.spans] == ["Chicago"]


def test_words_that_say_nothing_are_not_marked_and_denials_are() -> None:
    text = "The company has not left Boston."
    marks = [FoundSpan(place.start(), place.end(), LABEL, 0.95) for place in re.finditer(r"\w+", text)]
    words = {text[slice(*span)] for span, _ in likely_words(SentenceEvidence(text, "x"), marks)}
    assert "not" in words
    assert not {"The", "has"} & words
