"""The forms of questions: what they come to over years, how they are spelled, and that every wording's form says what it asks."""

from __future__ import annotations

import pytest

from finfoundry.ask.reader.learnt_reading import Reading, written
from finfoundry.ask.reader.question_form import QuestionForm, with_sense, years_meant
from finfoundry.core.errors import PlanError
from finfoundry.usecases.readers.form_search import AMOUNTS, form_of
from finfoundry.usecases.readers.wordings import Wording, wordings

A, B, C = ("Pilotage fees", "Deckhands", "Dredging costs")


def compute(form: QuestionForm, years: list[int], question: str = "") -> tuple[str, ...]:
    return written(Reading((A, B, C)[: len(form.roles)], form, "percent", 1.0), question, years).compute


@pytest.mark.parametrize(
    ("form", "years", "spelled"),
    [
        (QuestionForm(("plus",)), [2020], ("a1",)),
        (QuestionForm(("plus",), "growth", 2), [2020], ("(a1-a2)/a2",)),
        (QuestionForm(("plus",), "growth", 1), [], ("(a1-a2)/a2",)),
        (QuestionForm(("plus",), "growth", 2), [2020, 2017], ("(a1-a2)/a2",)),
        (QuestionForm(("plus",), "compound", 3), [2020, 2018], ("(a1/a2)**(1/2)-1",)),
        (QuestionForm(("plus",), "change", 3, each=True), [2020], ("a1-a2", "a2-a3")),
        (QuestionForm(("plus",), years=3), [2020, 2018], ("a1", "a2", "a3")),
        (QuestionForm(("plus",), years=2), [2020, 2018], ("a1", "a2")),
        (QuestionForm(("under", "plus", "minus")), [2020], ("(b1-c1)/a1",)),
        (QuestionForm(("plus", "both")), [2020], ("(a1+b1)/b1",)),
        (QuestionForm(("plus", "under-mean")), [2020], ("a1/((b1+b2)/2)",)),
        (QuestionForm(("plus", "plus"), "growth", 2, "apart"), [2020], ("(a1-a2)/a2", "(b1-b2)/b2")),
        (QuestionForm(("minus", "plus"), "growth", 2, "against"), [2020], ("(b1-b2)/b2-(a1-a2)/a2",)),
        (QuestionForm(("plus", "under"), "change", 2, inside=True), [2020], ("(a1-a2)/(b1-b2)",)),
        (QuestionForm(("plus",), "change", 2, beside=True), [2020], ("a1", "a2", "a1-a2")),
        (QuestionForm(("plus", "minus"), down=True), [2020], ("0-(a1-b1)",)),
        (QuestionForm(("plus",), "change", 2, fallen=True), [2020], ("0-(a1-a2)",)),
        (QuestionForm(("plus",), "moved", 2), [2020], ("a1", "a1-a2")),
        (QuestionForm(("plus",), "off-others", 3), [2020], ("a1-(a2+a3)/2",)),
        (QuestionForm(("plus",), "off-mean", 3), [2020, 2018], ("a1-(a1+a2+a3)/3",)),
        (QuestionForm(("plus",), "growth-gap", 3), [2020, 2019], ("(a1-a2)/a2-(a2-a3)/a3",)),
        (QuestionForm(("plus",), "mean", 3), [2020, 2019], ("(a1+a2)/2",)),  # no year before the first that is named
        (QuestionForm(("plus", "under"), join="shown"), [2020], ("a1", "a1/b1")),
    ],
)
def test_a_form_is_spelled_over_the_years_that_it_is_about(form: QuestionForm, years: list[int], spelled: tuple[str, ...]) -> None:
    assert compute(form, years) == spelled


def test_a_mean_over_a_range_takes_each_of_its_years() -> None:
    mean = QuestionForm(("plus",), "mean", 2)
    assert compute(mean, [2020, 2017], "fees on average over 2017-2020") == ("(a1+a2+a3+a4)/4",)
    assert compute(mean, [2020, 2017], "the average of fees in 2017 and 2020") == ("(a1+a2)/2",)


def test_four_metrics_may_be_two_ratios() -> None:
    margins = QuestionForm(("plus", "under", "plus", "under"), join="against")
    told = written(Reading(("Fees", "Tolls", "Dues", "Rents"), margins, "percent", 1.0), "", [2020])
    assert told.compute == ("a1/b1-c1/d1",)


@pytest.mark.parametrize(
    ("read", "mended"),
    [
        (QuestionForm(("minus",)), QuestionForm(("plus",))),
        (QuestionForm(("under", "under")), QuestionForm(("plus", "under"))),
        (QuestionForm(("plus", "under"), join="apart"), QuestionForm(("plus", "under"))),
        (QuestionForm(("plus", "plus"), join="against"), QuestionForm(("plus", "minus"), join="against")),
        (QuestionForm(("plus", "under"), "mean", inside=True), QuestionForm(("plus", "under"))),
        (QuestionForm(("minus", "plus"), "growth", 2), QuestionForm(("minus", "plus"), "growth", 2)),
    ],
)
def test_a_reading_whose_parts_contradict_each_other_is_mended(read: QuestionForm, mended: QuestionForm) -> None:
    assert with_sense(read) == mended


def test_days_of_a_year_and_their_bar_are_two_numbers() -> None:
    days = QuestionForm(("plus", "under"), scaled=True, limited=True)
    told = written(Reading(("Dues", "Tolls"), days, "days", 1.0), "Were dues above 60 days of tolls in 2020?", [2020])
    assert told.compute == ("365*(a1/b1)-60",)


def test_numbers_of_the_question_are_bars_and_factors() -> None:
    assert compute(QuestionForm(("plus", "under"), limited=True), [2020], "Were fees above 20 % of deckhands in 2020?") == ("a1/b1-20/100",)
    assert compute(QuestionForm(("plus", "under"), scaled=True), [2020], "Fees per 100 deckhands in FY20, first quarter?") == (
        "100*(a1/b1)",
    )
    with pytest.raises(PlanError, match="no one number"):
        compute(QuestionForm(("plus",), limited=True), [2020], "Above 5 or 6 in 2020?")


@pytest.mark.parametrize(
    "form",
    [
        QuestionForm(("minus",)), QuestionForm(("plus", "under"), join="apart"),
        QuestionForm(("plus", "plus"), join="against"), QuestionForm(("plus", "under"), "mean", 2, inside=True),
    ],
)  # fmt: skip
def test_a_form_without_sense_is_none(form: QuestionForm) -> None:
    with pytest.raises(PlanError):
        compute(form, [2020])


def test_forms_say_what_nearly_all_wordings_ask() -> None:
    """For figures; and a form found anew from its own expressions is the same."""
    asked = [one for one in wordings() if one.expressions]
    found = {one: form_of(one) for one in asked}
    assert sum(form is None for form in found.values()) < 0.06 * len(asked)
    assert all(len(form.roles) == len(one.metrics) for one, form in found.items() if form)


def test_the_form_of_a_wording_comes_to_what_its_expression_does() -> None:
    wording = Wording(1, "en", "f", "{m2} less {m1} over {m3}, {y2}?", ("(m2[y2] - m1[y2]) / m3[y2]",), "calculation", "percent")
    form = form_of(wording)
    assert form is not None
    assert dict(zip(wording.metrics, form.roles, strict=True)) == {"m2": "plus", "m1": "minus", "m3": "under"}
    (value,) = form.results(lambda metric, year: AMOUNTS[metric][year], years_meant(form, [0]))
    assert value == pytest.approx((AMOUNTS[0][0] - AMOUNTS[1][0]) / AMOUNTS[2][0])
    assert form_of(Wording(2, "en", "f", "Why {m1}?", (), "open", "money")) is None
