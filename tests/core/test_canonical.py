"""One encoding for one value: what digests and the chain stand on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError
from finfoundry.runtime.audit import Json, canonical, digest, plain

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_the_value_comes_back(value: Json) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Json], random: object) -> None:
    keys = list(value)
    random.shuffle(keys)  # type: ignore[attr-defined]
    assert canonical({key: value[key] for key in keys}) == canonical(value)


@given(VALUES, VALUES)
def test_different_values_have_different_bytes(one: Json, other: Json) -> None:
    if canonical(one) == canonical(other):
        assert repr(one) == repr(other) or one == other
    else:
        assert repr(one) != repr(other)


def test_kinds_that_python_holds_equal_stay_apart() -> None:
    assert len({canonical(1), canonical(True), canonical(1.0), canonical("1")}) == 4


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, [{None: 1}], object(), b"bytes"])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="Not a JSON value"):
        canonical(value)


def test_the_encoding_does_not_change_with_a_new_release() -> None:
    assert canonical({"b": [1, None, True], "a": "利润\ud800\0"}) == b'{"a":"\\u5229\\u6da6\\ud800\\u0000","b":[1,null,true]}'


def test_a_digest_depends_on_salt_kind_and_content() -> None:
    assert (
        len(
            {
                digest(b"s" * 32, "plan", b"1"),
                digest(b"t" * 32, "plan", b"1"),
                digest(b"s" * 32, "answer", b"1"),
                digest(b"s" * 32, "plan", b"2"),
            }
        )
        == 4
    )


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    unit: str
    parts: tuple[Money, ...] = ()


def test_values_of_the_domain_become_plain_and_exact() -> None:
    money = Money(Decimal("1.10"), "CNY", (Money(Decimal("-0.0000000000000000000001"), "USD"),))
    assert plain(money) == {
        "amount": "1.10",
        "unit": "CNY",
        "parts": [{"amount": "-1E-22", "unit": "USD", "parts": []}],
    }
    moment = datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert plain([date(2020, 12, 31), moment, {2: {"b", "a"}}]) == ["2020-12-31", "2026-01-02T03:00:00+00:00", {"2": ["a", "b"]}]
    assert plain((PurePosixPath("a/b"), UUID(int=1))) == ["a/b", "00000000-0000-0000-0000-000000000001"]


def test_other_things_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="cannot hold a bytes"):
        plain({"a": [b"x"]})
