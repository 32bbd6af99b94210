"""Planted sentences, true and false: what is held, which words are marked, and that figures stay the program's."""

from __future__ import annotations

import pytest
from tests.ask.support.made_papers import CHINESE, ENGLISH, WordReader, chinese, english, paper

from finfoundry.ask.lexicon.ports import Hit
from finfoundry.ask.support.checked_answer import supported_text
from finfoundry.ask.support.checked_report import OpenSentence, open_sentences, with_support
from finfoundry.ask.support.paper_sentences import PaperSentences, hits_of, sentences_of
from finfoundry.ask.support.support_check import SentenceEvidence, check_support, evidence_for
from finfoundry.binding.verify import Report, verify

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
def test_27_3_a_true_sentence_is_supported_by_a_span_that_is_shown(sentence: str) -> None:
    report = checked(sentence)
    (one,) = report.sentences
    assert one.status == "supported"
    cited = [citation for citation in report.citations if citation.marker in one.evidence]
    assert cited
    assert all(citation.quote and citation.page >= 1 for citation in cited)
    assert report.holds


@pytest.mark.parametrize("sentence", FALSE)
def test_27_3_a_false_sentence_is_unsupported_and_the_words_are_marked(sentence: str) -> None:
    answer = f"As asked. {sentence}"
    one = checked(answer).sentences[-1]
    assert one.status == "unsupported"
    assert FALSE[sentence] in [answer[start:end] for start, end in one.spans]


def test_27_3_traditional_characters_are_read_as_simplified_ones_at_the_same_places() -> None:
    answer = "董事長是李雷。"
    one = checked(answer, CHINESE).sentences[0]
    assert one.status == "unsupported"
    assert [answer[start:end] for start, end in one.spans] == ["李雷"]


def test_27_3_nothing_is_supported_without_evidence() -> None:
    told = check_support(WordReader(), [evidence_for("量子计算机正在研制中。", english()), SentenceEvidence("Boats.", "")])
    assert [one.supported for one in told] == [False, False]
    assert told[1].spans == ((0, 6),)
    assert checked("量子计算机正在研制中。").sentences[0].status == "unsupported"


def test_27_3_an_unbound_figure_is_never_made_supported() -> None:
    report = checked("Revenue in the Americas was 905 in 2023.")
    assert report.unbound == 1
    assert report.sentences[0].status == "unsupported"
    held = SentenceEvidence("x", "x")
    with pytest.raises(ValueError, match="not open"):
        with_support(report, "x", [OpenSentence(0, held)], WordReader())
    with pytest.raises(ValueError, match="not open"):
        with_support(report, "x", [OpenSentence(7, held)], WordReader())


def test_27_3_the_company_of_the_paper_needs_no_evidence() -> None:
    parsed = paper(ENGLISH)
    parsed.document.profile.entity = "Wingtip Toys"
    told = evidence_for("Wingtip is located in Boston.", sentences_of([parsed]))
    assert check_support(WordReader(), [told])[0].supported
    assert not check_support(WordReader(), [evidence_for("Adatum is located in Boston.", sentences_of([parsed]))])[0].supported


def test_27_3_a_model_s_unsupported_sentences_are_dropped_and_named() -> None:
    hits: list[Hit] = list(hits_of(paper(ENGLISH)))
    text = "The headquarters is located in Boston [1]. It owns a castle [1]. The Americas had 900 [1]."
    told = supported_text(text, hits, WordReader())
    assert told.text == "The headquarters is located in Boston [1]. The Americas had 900 [1]."
    assert told.dropped == ("It owns a castle [1].",)
    assert supported_text("It owns a castle.", hits, WordReader()).text == ""


def test_27_3_an_empty_store_of_sentences_finds_nothing() -> None:
    assert PaperSentences([]).nearest("anything") == []
    assert len(chinese().all) >= 4
