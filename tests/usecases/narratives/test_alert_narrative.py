"""The narrative of an alert: every figure in it is bound to the alert, in both languages; what is not is withheld."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from finfoundry.core.answer import Language
from finfoundry.usecases.narratives import alert_narrative
from finfoundry.usecases.narratives.alert_narrative import MOST_LISTED, Case, Fired, NarratedTransfer, draft

RULES = ("structuring", "rapid movement", "fan-in", "fan-out", "round trip", "round amounts", "dormant then active")
PAID = [NarratedTransfer("C 17", "A-0042", Decimal("9500.00") + day, f"2024-03-{day + 10}") for day in range(15)]
FIGURES = {
    "transfers": Decimal(15), "accounts": Decimal(2), "sum moved": Decimal("142605.00"), "largest transfer": Decimal("9514.00"),
    "days": Decimal(14),
}  # fmt: skip
THRESHOLDS = {name: Decimal(value) for name, value in (("limit", 10_000), ("multiple", 100), ("quiet_days", 60), ("days", 20))}
CASE = Case(7, "watch-2", "A-0042", "2024-03-31", "9c1", Decimal("0.4711"), [Fired(rule, PAID, FIGURES, THRESHOLDS) for rule in RULES])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_figure_of_a_narrative_is_bound(language: Language) -> None:
    answer = draft(CASE, language).answer
    assert answer.status == "answered", answer.reason
    rest = answer.text
    for name in ("watch-2", "A-0042", "C 17", *(one.when for one in PAID), CASE.as_of):
        rest = rest.replace(name, "")
    printed = [Decimal(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", rest)]
    bound = [Decimal(one.value) for one in answer.figures]
    assert printed == [value * 100 if value == CASE.probability else value for value in bound], "each once, in order"
    assert len(bound) >= 2 * len(RULES) + MOST_LISTED
    assert ("拆分交易" if language == "zh" else "Structuring") in answer.text
    assert ("须由调查人员判断" if language == "zh" else "for an investigator to decide") in answer.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_figure_that_is_not_the_alerts_withholds_the_narrative(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {name: dict(words) for name, words in alert_narrative._sentences().items()}
    told[language]["structuring"] += " 317,000"
    monkeypatch.setattr(alert_narrative, "_sentences", lambda: told)
    found = draft(CASE, language).answer
    assert (found.status, "317,000" in found.text) == ("withheld", False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_accounts_and_times_that_are_numbers_are_told_apart_from_figures(language: Language) -> None:
    paid = [NarratedTransfer("6", "15", one.amount, f"{40 + number}.5") for number, one in enumerate(PAID)]
    case = replace(CASE, account="15", as_of="60", findings=[Fired(rule, paid, FIGURES, THRESHOLDS) for rule in RULES])
    answer = draft(case, language).answer
    assert answer.status == "answered", answer.reason
    assert {str(one.reference.field) for one in answer.figures} >= {"as_of", "first", "last", "when", "transfers"}


def test_an_alert_by_score_alone_says_that_no_rule_fired() -> None:
    assert "No rule fired" in draft(replace(CASE, findings=[]), "en").answer.text
