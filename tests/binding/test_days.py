"""Days that sentences name: another one than the passage tells is another day, with a figure and without."""

from __future__ import annotations

import pytest

from finfoundry.binding import verify
from finfoundry.binding.sentence.days import days_in

PROSE = (
    "The annual meeting takes place on 3 May 2025 in Boston. A dividend of $0.50 per share is payable on June 2, 2025 to holders of record "
    "on May 16, 2025. Revenue for the year ended September 28, 2024 was $1,234 million."
)
PROSE_ZH = "公司将于2025年5月3日召开年度股东大会。每股派发现金红利0.5元，股权登记日为2025年6月2日。"


@pytest.mark.parametrize(
    "text", ["on 4 May", "May 4", "4 May 2025", "May 4, 2025", "the 4th of May", "2025-05-04", "2025年5月4日", "5月4日", "May 4th."]
)
def test_a_day_is_read_with_its_year_and_without(text: str) -> None:
    assert list(days_in(text)) == [(5, 4)]


@pytest.mark.parametrize("text", ["May 2025", "at the end of May", "in May 4.5 million", "5 months", "12.31 March"])
def test_what_names_no_day(text: str) -> None:
    assert not days_in(text)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The annual meeting takes place on 4 May.", PROSE), ("The annual meeting takes place on May 4, 2025.", PROSE),
        ("A dividend of $0.50 is payable on June 3, 2025.", PROSE), ("公司将于5月4日召开年度股东大会。", PROSE_ZH),
        ("每股派发现金红利0.5元，股权登记日为6月3日。", PROSE_ZH),
    ],
)  # fmt: skip
def test_another_day_than_the_passage_tells_does_not_hold(sentence: str, evidence: str) -> None:
    assert verify(sentence, [evidence]).sentences[0].status == "unsupported"


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("A dividend of $0.50 is payable on June 2, 2025.", PROSE), ("A dividend of $0.50 per share is payable on 2 June.", PROSE),
        ("Revenue for the year ended September 30, 2024 was $1,234 million.", PROSE),  # years of weeks are told by the month's end
        ("每股派发现金红利0.5元，股权登记日为6月2日。", PROSE_ZH),
    ],
)  # fmt: skip
def test_the_day_that_it_tells_holds(sentence: str, evidence: str) -> None:
    assert verify(sentence, [evidence]).sentences[0].status == "supported"


@pytest.mark.parametrize(
    "sentence",
    [
        "The annual meeting takes place on 3 May.",  # words alone
        "The annual meeting does not take place on 4 May.", "The plant opens on 4 May.", "It is on 4 May.",
        "The annual meeting takes place on 16 May.",  # a day of the evidence: of what, nothing decides
    ],
)  # fmt: skip
def test_what_no_passage_says_of_another_day_stays_unchecked(sentence: str) -> None:
    assert verify(sentence, [PROSE]).sentences[0].status == "unchecked"


def test_the_sentence_that_tells_the_day_is_cited() -> None:
    report = verify("The annual meeting takes place on 4 May.", [PROSE])
    assert [report.citations[marker - 1].quote for marker in report.sentences[0].evidence] == [
        "The annual meeting takes place on 3 May 2025 in Boston."
    ]
    assert report.sentences[0].reason == "4 May: the evidence tells another day"
