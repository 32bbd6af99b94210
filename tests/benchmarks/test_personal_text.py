"""Made papers about people, masked: what answers their questions still stands in them, and the people do not."""

from __future__ import annotations

import random

import pytest

from finfoundry.core.answer import Language
from finfoundry.governance.personal_text import without_personal
from personal_text import made_paper

PEOPLE: dict[Language, str] = {"en": "Mr Orlin Haskett rang from 07700 900 418.", "zh": "客户陆砚秋来电，身份证号11010519491231002X。"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_asked_survives_the_mask(language: Language) -> None:
    paper, asked = made_paper(random.Random(3), language, [PEOPLE[language]] * 4)
    masked = without_personal(paper)
    assert [wanted for wanted in asked.values() if wanted not in masked] == []
    assert PEOPLE[language] in paper
    assert PEOPLE[language] not in masked
