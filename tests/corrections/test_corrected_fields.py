"""What a person says of a fact: each field put right, bad ones refused with a remedy, all of them undone without a trace."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corrections.conftest import BEA, fact_of, id_of, in_force

from finfoundry.app import App
from finfoundry.core.document import Fact
from finfoundry.core.errors import InputError, NotFound
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.core.quantities.cells import parse_cell
from finfoundry.knowledge.corrections.corrected_fields import CorrectionFields, corrected_reading
from finfoundry.usecases.correction_desk import CorrectionDesk, fields_of


@pytest.mark.parametrize(
    ("given", "field", "after"),
    [
        ({"unit": "EUR"}, "unit", "EUR"),
        ({"unit": "none"}, "unit", None),
        ({"period": "2022-12-31"}, "period", "2022-12-31"),
        ({"entity": "Marlowe Buses Ltd"}, "entity", "Marlowe Buses Ltd"),
        ({"scope": "parent"}, "scope", "parent"),
        ({"concept": "Assets"}, "concept", "Assets"),
        ({"concept": "none"}, "concept", None),
        ({"scale": "1000"}, "value", "731000"),
        ({"value": "732500000"}, "text", "732.5"),
        ({"value": "-732000000"}, "text", "(732)"),
    ],
)
def test_each_field_is_corrected(desk: CorrectionDesk, app: App, given: dict[str, str], field: str, after: str | None) -> None:
    before = fact_of(app, "Goodwill")
    in_force(desk, before.id or "", **given)
    (changed,) = [one for one in app.facts(ADMINISTRATOR, limit=10_000) if one.id == before.id]
    assert getattr(changed, field) == after
    assert Decimal(changed.text.strip("()").replace(",", "")) * Decimal(changed.scale) == abs(Decimal(changed.value))


def cell(text: str, value: str, scale: str, unit: str = "USD") -> Fact:
    return Fact(("Line",), Decimal(value), unit, "2024-12-31", text, 1, scale=Decimal(scale))


RATE = cell("5.2%", "0.052", "0.01", "ratio")
OUTFLOW = cell("56.7", "-56700", "1000")  # a payment that is printed without a sign


@pytest.mark.parametrize(
    ("fact", "fields", "text", "value"),
    [
        (RATE, CorrectionFields(value="0.062"), "6.2%", "0.062"),
        (RATE, CorrectionFields(value="-0.0125"), "(1.25%)", "-0.0125"),
        (RATE, CorrectionFields(value="2"), "200%", "2"),
        (RATE, CorrectionFields(text="6.2%"), "6.2%", "0.062"),
        (RATE, CorrectionFields(value="0.062", scale="1"), "6.2%", "0.062"),
        (cell("5.2", "0.052", "0.01", "ratio"), CorrectionFields(value="0.062"), "6.2", "0.062"),
        (OUTFLOW, CorrectionFields(text="57.6"), "57.6", "-57600"),
        (OUTFLOW, CorrectionFields(text="(56.7)"), "(56.7)", "-56700"),
        (OUTFLOW, CorrectionFields(text="-57.6"), "-57.6", "-57600"),
        (OUTFLOW, CorrectionFields(text="+56.7"), "+56.7", "56700"),
        (OUTFLOW, CorrectionFields(value="56700"), "56.7", "56700"),
        (OUTFLOW, CorrectionFields(scale="1"), "56.7", "-56.7"),
        (cell("(56.7)", "-56700", "1000"), CorrectionFields(text="56.7"), "56.7", "56700"),
        (cell("1.234", "1234000", "1000"), CorrectionFields(scale="1"), "1.234", "1234"),  # of a table with decimal commas
        (cell("1.234", "1234000", "1000"), CorrectionFields(text="1.324"), "1.324", "1324000"),
        (cell("1.234", "1234", "1000"), CorrectionFields(text="1.324"), "1.324", "1324.000"),
        (cell("1.234", "1234000", "1000"), CorrectionFields(value="1324000"), "1,324", "1324000"),
        (cell("12,5", "12500", "1000"), CorrectionFields(scale="1"), "12,5", "12.5"),
        (cell("1,100 2", "1100000", "1000"), CorrectionFields(scale="1"), "1,100 2", "1100"),  # with the mark of a note
    ],
)
def test_printed_number_and_value_agree(fact: Fact, fields: CorrectionFields, text: str, value: str) -> None:
    after = corrected_reading(fact, fields)
    assert (after.text, after.value) == (text, Decimal(value))


@given(st.decimals(-(10**12), 10**12, places=6), st.sampled_from([RATE, OUTFLOW, cell("2", "200000000", "100000000")]))
def test_a_value_is_read_again_from_what_is_printed(value: Decimal, fact: Fact) -> None:
    with contextlib.suppress(InputError):  # the value that it has
        after = corrected_reading(fact, CorrectionFields(value=f"{value:f}"))
        number = parse_cell(after.text)
        assert number is not None
        assert after.value == value == (number.value / 100 if number.percent else number.value * fact.scale)


def test_a_value_that_no_cell_prints_is_refused() -> None:
    with pytest.raises(InputError, match="more digits than a cell prints") as refused:
        corrected_reading(OUTFLOW, CorrectionFields(value="123456789012345678901234567.123456789012"))
    assert "--text" in (refused.value.remedy or "")


BAD = [
    ({}, "changes nothing"),
    ({"text": "2,365"}, "changes nothing"),
    ({"text": "about two thousand"}, "is not the number of a cell"),
    ({"text": ""}, "is empty"),
    ({"text": "1" * 600}, "more than 500 characters"),
    ({"text": "1" * 40}, "larger than any figure"),
    ({"text": "1", "value": "1000000"}, "both say the number"),
    ({"value": "much"}, "is no number"),
    ({"value": "NaN"}, "is no figure"),
    ({"value": "1e99"}, "is no figure"),
    ({"value": "0." + "1" * 40}, "is no figure"),
    ({"scale": "7"}, "is no power of ten"),
    ({"scale": "0"}, "is no power of ten"),
    ({"scale": "-1000"}, "is no power of ten"),
    ({"scale": "1e400"}, "is no figure"),
    ({"unit": "money"}, "names no currency"),
    ({"unit": "/share"}, "names no currency"),
    ({"unit": "shells"}, "is not known"),
    ({"unit": "USD/share/share"}, "is not known"),
    ({"period": "last year"}, "cannot be read"),
    ({"period": "2024"}, "cannot be read"),
    ({"period": "2024-12-31/2024-01-01"}, "cannot be read"),
    ({"period": "2024-02-30"}, "cannot be read"),
    ({"period": "9999-12-31"}, "cannot be read"),
    ({"entity": "  "}, "is empty"),
    ({"entity": "a\x00b"}, "cannot be printed"),
    ({"entity": "a\u202eb"}, "cannot be printed"),
    ({"metric": []}, "is empty"),
    ({"metric": ["x"] * 30}, "more than 20 parts"),
    ({"concept": "TotalNonsense"}, "is not known"),
    ({"scope": "both"}, "scope"),
    ({"colour": "red"}, "has no field 'colour'"),
]


@pytest.mark.parametrize(("given", "said"), BAD)
def test_bad_fields_are_refused_with_a_remedy(desk: CorrectionDesk, app: App, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        desk.propose(BEA, id_of(app, "Total assets"), fields_of(given), "page 1")
    assert refused.value.remedy
    assert desk.corrections(ADMINISTRATOR, "proposed") == []


@pytest.mark.parametrize("fact", ["", "x", "00000000/0", "00000000/99999999999", "iiiiiiii/1", "../../etc", "00000000/-1", "00000000/²"])
def test_an_unknown_fact_is_refused(desk: CorrectionDesk, fact: str) -> None:
    with pytest.raises(NotFound, match="no fact") as refused:
        desk.propose(BEA, fact, fields_of({"text": "1"}), "page 1")
    assert refused.value.remedy


def test_a_cell_of_a_wide_table_and_a_missing_reason_are_refused(desk: CorrectionDesk, app: App) -> None:
    with pytest.raises(InputError, match="wide table"):
        desk.propose(BEA, "00000000/0.1.2", fields_of({"text": "1"}), "page 1")
    for why in ("", "  ", "x" * 3000):
        with pytest.raises(InputError, match="reason"):
            desk.propose(BEA, id_of(app, "Total assets"), fields_of({"text": "2,356"}), why)


WORDS = st.builds(str.__add__, st.sampled_from("Tlm资净"), st.text("Tram lines资产净额", max_size=29))
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "text": st.integers(1, 10**7).map(lambda number: f"{number:,}"),
        "unit": st.sampled_from(["EUR", "USD/share", "ratio", "none"]),
        "scale": st.sampled_from(["1", "1000", "100000000", "0.01"]),
        "period": st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
        "entity": WORDS,
        "metric": st.lists(WORDS, min_size=1, max_size=4),
        "scope": st.sampled_from(["consolidated", "parent"]),
    },
)
LABELS = ("Total assets", "Goodwill", "Net income", "Inventories")


@settings(max_examples=15)
@given(acts=st.lists(st.tuples(st.sampled_from(LABELS), CHANGES), max_size=6))
def test_whatever_is_corrected_comes_back_as_it_was(app: App, acts: list[tuple[str, dict[str, Any]]]) -> None:
    desk = CorrectionDesk(app)
    every = "SELECT f.*, weights::text FROM facts f ORDER BY document_id, ordinal"
    ids = {label: id_of(app, label) for label in LABELS}

    def rows() -> list[Any]:
        with app.database.transaction(ADMINISTRATOR) as connection:
            return connection.execute(every).fetchall()

    moments, made = [rows()], []
    for label, said in acts:
        with contextlib.suppress(InputError):  # a change that changes nothing
            made.append(in_force(desk, ids[label], **said))
            moments.append(rows())
    for one in reversed(made):
        assert rows() == moments.pop()
        desk.undo(BEA, one.id)
    assert [rows()] == moments
