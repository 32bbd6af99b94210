"""The standing of rules among one another on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from finfoundry.core.rules.law import LawStatement, Matter, Source
from finfoundry.knowledge.laws.register import Law, LawPaper, registered


def paper(id: str, title: str, effective: str | None = None, *repeals: str, source: Source = "text", **more: str) -> LawPaper:
    values: list[tuple[Matter, str]] = [("title", title)]
    values += [("effective", effective)] if effective else []
    values += [("repeals", one) for one in repeals]
    values += list(more.items())  # type: ignore[arg-type]
    return LawPaper(id, f"{id}.txt", "laws", "general", "en", [LawStatement(m, v, source, v, 1) for m, v in values])


def by_id(*papers: LawPaper) -> dict[str, Law]:
    return {law.document: law for law in registered(papers)}


def test_a_version_ends_where_the_next_begins() -> None:
    laws = by_id(paper("a", "Travel Policy", "2019-03-01"), paper("b", "Travel Policy", "2022-07-01"))
    assert laws["a"].in_force(date(2019, 2, 28)) is False
    assert laws["a"].in_force(date(2019, 3, 1)) is True
    assert laws["a"].in_force(date(2022, 6, 30)) is True
    assert laws["a"].in_force(date(2022, 7, 1)) is False
    assert laws["b"].in_force(date(2022, 7, 1)) is True
    assert laws["a"].versions == ("a", "b")


def test_a_repeal_ends_all_earlier_versions_and_no_later_one() -> None:
    laws = by_id(paper("a", "Gifts Policy", "2019-01-01"), paper("b", "Conduct Code", "2021-01-01", "Gifts Policy"),
                 paper("c", "Gifts Policy", "2023-01-01"))  # fmt: skip
    assert laws["a"].in_force(date(2020, 12, 31)) is True
    assert laws["a"].in_force(date(2022, 1, 1)) is False
    assert laws["c"].in_force(date(2024, 1, 1)) is True


def test_two_versions_without_days_are_both_unknown_and_say_why() -> None:
    laws = by_id(paper("a", "Travel Policy"), paper("b", "Travel Policy"))
    assert [law.in_force(date(2024, 1, 1)) for law in laws.values()] == [None, None]
    assert "there are 2 versions of Travel Policy" in laws["a"].faults


def test_two_versions_from_one_day_are_unknown() -> None:
    laws = by_id(paper("a", "Travel Policy", "2019-03-01"), paper("b", "Travel Policy", "2019-03-01"))
    assert laws["a"].in_force(date(2024, 1, 1)) is None
    assert "from the same day" in laws["b"].faults[0]


def test_contradictory_days_are_told_and_none_is_taken() -> None:
    twice = paper("a", "Travel Policy", "2019-03-01")
    twice.statements.append(LawStatement("effective", "2020-03-01", "text", "again", 2))
    law = by_id(twice)["a"]
    assert law.effective is None
    assert "contradictory dates" in law.faults[0]


def test_an_end_before_the_beginning_is_a_contradiction() -> None:
    law = by_id(paper("a", "Travel Policy", "2019-03-01", expires="2018-01-01"))["a"]
    assert law.in_force(date(2019, 6, 1)) is None


def test_a_person_goes_before_a_manifest_and_that_before_the_text() -> None:
    one = paper("a", "Travel Policy", "2019-03-01")
    one.statements.append(LawStatement("effective", "2020-01-01", "manifest", "entry 1"))
    assert by_id(one)["a"].effective == date(2020, 1, 1)
    one.statements.append(LawStatement("effective", "2021-01-01", "hand", "the minutes"))
    assert by_id(one)["a"].effective == date(2021, 1, 1)


def test_rules_of_two_institutions_are_no_versions_of_one_another() -> None:
    papers = [
        paper("a", "Travel Policy", "2019-03-01"),
        paper("b", "Travel Policy", "2022-07-01"),
        paper("c", "Travel Policy", "2023-01-01"),
    ]
    for one, entity in zip(papers, ("first bank", "second bank", "first bank"), strict=True):
        one.entities = frozenset({entity})
    laws = by_id(*papers)
    assert [laws[id].versions for id in "abc"] == [("a", "c"), ("b",), ("a", "c")]
    assert laws["b"].in_force(date(2024, 1, 1)) is True
    papers[1].entities = frozenset()
    assert by_id(*papers)["b"].versions == ("a", "b", "c")


def test_a_repeal_said_by_hand_stands_for_what_was_read() -> None:
    code = paper("b", "Conduct Code", "2021-01-01", "Gifts Policy")
    code.statements.append(LawStatement("repeals", "Lunch Policy", "hand", "the minutes"))
    laws = by_id(paper("a", "Gifts Policy", "2019-01-01"), paper("c", "Lunch Policy", "2019-01-01"), code)
    assert laws["a"].in_force(date(2024, 1, 1)) is True
    assert laws["c"].in_force(date(2024, 1, 1)) is False


def test_an_amendment_said_by_hand_stands_for_what_was_read() -> None:
    circular = paper("b", "Circular One", "2021-01-01", amends="Gifts Policy")
    circular.statements.append(LawStatement("amends", "Lunch Policy", "hand", "read wrongly"))
    laws = by_id(paper("a", "Gifts Policy", "2019-01-01"), paper("c", "Lunch Policy", "2019-01-01"), circular)
    assert laws["a"].amendments == ()
    assert [one.by for one in laws["c"].amendments] == ["Circular One"]


def test_a_policy_is_not_amended_by_another_institution() -> None:
    own, others = (
        replace(paper(id, "Travel Policy", "2019-03-01", level="policy"), entities=frozenset({bank}))
        for id, bank in (("a", "A"), ("b", "B"))
    )
    circular = replace(paper("c", "Circular One", "2021-01-01", amends="Travel Policy"), entities=frozenset({"A"}))
    laws = by_id(own, others, circular)
    assert [one.by for one in laws["a"].amendments] == ["Circular One"]
    assert laws["b"].amendments == ()


def test_an_amendment_is_of_the_version_then_in_force() -> None:
    laws = by_id(paper("a", "Travel Policy", "2019-03-01"), paper("b", "Travel Policy", "2022-07-01"),
                 paper("c", "Circular One", "2020-05-01", amends="Travel Policy"),
                 paper("d", "Circular Two", "2022-07-01", amends="Travel Policy"),
                 paper("e", "Circular Three", "2024-01-01", amends="Travel Policy"))  # fmt: skip
    assert [one.by for one in laws["a"].amendments] == ["Circular One"]
    assert [one.by for one in laws["b"].amendments] == ["Circular Three"]
    assert laws["b"].amended(date(2023, 12, 31)) == []
    assert laws["b"].standing(date(2024, 2, 1)) == "in force since 2022-07-01; amended 2024-01-01 by Circular Three"


def test_an_amendment_without_a_day_is_told_of_what_has_not_ended() -> None:
    laws = by_id(paper("a", "Travel Policy", "2019-03-01"), paper("b", "Travel Policy", "2022-07-01"),
                 paper("c", "Circular One", amends="Travel Policy"))  # fmt: skip
    assert laws["a"].amendments == ()
    assert "a day that is not known" in laws["b"].standing(date(2024, 2, 1))
