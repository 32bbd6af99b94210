"""The chain sees every way in which the owner of the database could tamper with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finfoundry.core.errors import InputError
from finfoundry.governance.chain import START, ChainEntry, Head, Link, Problem, Signer, check, link

SIGNER = Signer(bytes(range(32)))
Row = tuple[Link, ChainEntry | None]


def entry(number: int, action: str = "answer") -> ChainEntry:
    steps = [{"kind": "question", "digest": f"{number:064x}", "subjects": ["u"]}]
    return ChainEntry(f"record-{number}", f"2026-01-01T00:00:{number % 60:02}.000000+00:00", "u", action, None, steps)


def chained(entries: list[ChainEntry]) -> list[Row]:
    rows: list[Row] = []
    previous = START
    for sequence, item in enumerate(entries, 1):
        current = link(sequence, previous, item)
        rows.append((current, item))
        previous = current.hash
    return rows


def signed(rows: list[Row]) -> Head:
    last = rows[-1][0]
    return SIGNER.sign(last.sequence, last.hash, "2026-01-01T00:01:00+00:00")


def problems(rows: list[Row], *heads: Head) -> list[Problem]:
    return list(check(sorted(rows, key=lambda row: row[0].sequence), heads, SIGNER))


def test_an_untouched_chain_has_no_problem() -> None:
    rows = chained([entry(number) for number in range(1, 20)])
    assert problems(rows, signed(rows), signed(rows[:7])) == []


def test_an_empty_chain_has_no_problem() -> None:
    assert problems([]) == []


@given(st.integers(2, 12), st.data())
def test_any_altered_field_is_seen(length: int, data: st.DataObject) -> None:
    rows = chained([entry(number) for number in range(1, length + 1)])
    head = signed(rows)
    place = data.draw(st.integers(0, length - 1))
    current, item = rows[place]
    assert item is not None
    change = data.draw(
        st.sampled_from(
            [
                (current, dataclasses.replace(item, action="other")),
                (current, dataclasses.replace(item, actor="v")),
                (current, dataclasses.replace(item, at="2026-01-02T00:00:00+00:00")),
                (current, dataclasses.replace(item, target="t")),
                (current, dataclasses.replace(item, steps=[])),
                (current, None),
                (dataclasses.replace(current, hash=bytes(32)), item),
                (dataclasses.replace(current, previous=b"x" * 32), item),
                (dataclasses.replace(current, record="record-99"), entry(99)),
            ]
        )
    )
    rows[place] = change
    found = problems(rows, head)
    assert found
    assert any(problem.sequence in {place + 1, place + 2} for problem in found)


@given(st.integers(2, 12), st.data())
def test_removal_is_seen_with_its_place(length: int, data: st.DataObject) -> None:
    rows = chained([entry(number) for number in range(1, length + 1)])
    head = signed(rows)
    start = data.draw(st.integers(0, length - 1))
    stop = data.draw(st.integers(start + 1, length))
    found = problems(rows[:start] + rows[stop:], head)
    assert found
    expected = start if stop == length else stop + 1
    assert found[0].sequence == expected


@given(st.integers(2, 12), st.data())
def test_removal_with_the_rest_written_anew_is_seen_by_the_outside_head(length: int, data: st.DataObject) -> None:
    entries = [entry(number) for number in range(1, length + 1)]
    head = signed(chained(entries))
    place = data.draw(st.integers(0, length - 1))
    assert problems(chained(entries[:place] + entries[place + 1 :]), head)


@given(st.integers(1, 12), st.data())
def test_insertion_with_the_rest_written_anew_is_seen_by_the_outside_head(length: int, data: st.DataObject) -> None:
    entries = [entry(number) for number in range(1, length + 1)]
    head = signed(chained(entries))
    place = data.draw(st.integers(0, length))
    assert problems(chained([*entries[:place], entry(99), *entries[place:]]), head)


@given(st.permutations(range(1, 7)))
def test_any_other_order_is_seen(order: list[int]) -> None:
    entries = [entry(number) for number in range(1, 7)]
    rows = chained(entries)
    moved: list[Row] = [
        (dataclasses.replace(rows[number - 1][0], sequence=place), rows[number - 1][1]) for place, number in enumerate(order, 1)
    ]
    assert bool(problems(moved, signed(rows))) == (order != sorted(order))
    rewritten = chained([entries[number - 1] for number in order])
    assert bool(problems(rewritten, signed(rows))) == (order != sorted(order))


@given(st.integers(1, 12), st.data())
def test_a_cut_tail_is_seen_and_counted(length: int, data: st.DataObject) -> None:
    rows = chained([entry(number) for number in range(1, length + 1)])
    kept = data.draw(st.integers(0, length - 1))
    found = problems(rows[:kept], signed(rows))
    assert [problem.sequence for problem in found] == [kept]
    assert f"{length - kept} record(s)" in found[0].message


def test_a_cut_tail_with_an_older_head_put_back_is_seen_by_the_outside_head() -> None:
    rows = chained([entry(number) for number in range(1, 9)])
    assert problems(rows[:5], signed(rows[:5])) == []
    assert problems(rows[:5], signed(rows[:5]), signed(rows))


def test_a_link_twice_is_seen() -> None:
    rows = chained([entry(number) for number in range(1, 5)])
    assert "twice" in problems([*rows, rows[1]], signed(rows))[0].message


def test_a_head_signed_by_another_key_is_seen() -> None:
    rows = chained([entry(1)])
    forged = Signer(b"f" * 32).sign(1, rows[0][0].hash, "2026-01-01T00:01:00+00:00")
    assert "signature" in problems(rows, forged)[0].message


def test_two_problems_far_apart_are_both_told() -> None:
    rows = chained([entry(number) for number in range(1, 30)])
    head = signed(rows)
    rows[3] = (rows[3][0], entry(4, "other"))
    rows[20] = (rows[20][0], None)
    assert [problem.sequence for problem in problems(rows, head)] == [4, 21]


def test_a_receipt_can_be_typed_in_again(tmp_path: Path) -> None:
    signer = Signer.open(tmp_path)
    head = signer.sign(7, bytes(range(32)), "2026-01-01T00:01:00+00:00")
    again = Head.from_receipt(f"  {head.receipt()}\n")
    assert again == head
    assert Signer.open(tmp_path).signed(again)
    assert not signer.signed(dataclasses.replace(head, sequence=8))


@given(st.text(max_size=200))
def test_anything_else_is_not_a_receipt(text: str) -> None:
    with pytest.raises(InputError, match="not a receipt"):
        Head.from_receipt(text)
