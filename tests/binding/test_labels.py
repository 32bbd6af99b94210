"""Labels without their numbering and in any number: what they are normalised to, and the concepts that they name."""

from __future__ import annotations

import pytest

from finfoundry.binding.sentence.known_labels import Labels
from finfoundry.binding.sentence.labels import concepts_named, label, normal, sentence_label, synonyms, words


@pytest.mark.parametrize("mark", ["一、", "十二、", "3、", "1.", "其中：", "其中:", "减：", "加：", "其：", "二．"])
@pytest.mark.parametrize("name", ["营业收入", "所得税费用", "Interest expense"])
def test_a_label_is_the_same_with_and_without_its_number(mark: str, name: str) -> None:
    assert normal(f"{mark}{name}") == normal(name)
    assert concepts_named(f"{mark}{name}") == concepts_named(name)
    assert synonyms(f"{mark}{name}") == synonyms(name)


@pytest.mark.parametrize("name", ["营业收入", "所得税费用", "Interest expense", "Total assets"])
def test_a_label_of_a_concept_names_it(name: str) -> None:
    assert concepts_named(name)
    assert name.lower() in synonyms(name)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("fee", "fees"), ("tax", "taxes"), ("loss", "losses"), ("liability", "liabilities"), ("business", "businesses"), ("box", "boxes"),
        ("branch", "branches"), ("wish", "wishes"), ("asset", "assets"), ("company's", "company"),
    ],
)  # fmt: skip
def test_singular_and_plural_are_one_word(one: str, many: str) -> None:
    assert words(one) == words(many)


@pytest.mark.parametrize(
    ("one", "other"), [("gas", "ga"), ("basis", "basi"), ("surplus", "surplu"), ("less", "les"), ("earnings", "earning")]
)
def test_words_that_end_in_s_keep_it(one: str, other: str) -> None:
    assert words(one) != words(other) or not words(one)


def test_the_member_of_a_breakdown_must_be_said_and_the_name_of_a_column_may_be() -> None:
    plain = label(("Loans granted",))
    part = label(("Loans granted",), dimensions=(("region", "Americas"), ("column", "Restated")))
    assert (plain.required, plain.beside, plain.partial) == ((), frozenset(), False)
    assert (part.required, part.beside, part.partial) == ((words("Americas"),), words("Restated"), True)
    assert set(part.alternatives) == {one | words(told) for one in plain.alternatives for told in ("Americas", "Americas Restated")}


@pytest.mark.parametrize(("path", "own"), [(("Deposits", "Total"), "deposits total"), (("Deposits", "Loans granted"), "loans granted")])
def test_a_bare_total_needs_its_heading_and_a_name_does_not(path: tuple[str, ...], own: str) -> None:
    assert label(path).alternatives[0] == words(own)


NAMED = [
    label(("Total assets",)), label(("Current assets", "Total")), label(("Revenue", "Ferries"), (), (("column", "Net sales"),)),
    label(("Net revenue",)), label(("营业收入",)), label(("分部", "零售业务"), (), (("column", "营业收入"),)),
    label(("Deferred tax assets",)),
    sentence_label("the ferries earned net revenue of", "In spring the ferries earned net revenue of"),
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Total current assets", "net revenue of the ferries", "The ferries earned net revenue in spring", "零售业务的营业收入",
        "deferred tax",
        "total", "growth", "boats",
    ],
)  # fmt: skip
def test_the_best_named_label_is_found_without_scoring_all(text: str) -> None:
    scored, alone = Labels(NAMED), Labels(NAMED)
    most = max(scored.scores(text).values(), default=0.0) if scored.tells(text) else 0.0
    assert alone.most(text) == scored.most(text) == most
    assert alone.best(text) == round(most, 2)


def test_labels_of_one_name_are_all_named_and_the_first_name_best() -> None:
    again = [label(("Equity", "Total assets")), label(("Balance", "Total assets")), label(("Assets",))]
    labels = Labels(again)
    scores = labels.scores("Total assets")
    assert list(scores) == sorted(scores)
    assert scores[0] == scores[1] == 1.0
    assert set(labels.covers("Total assets")) == {0, 1, 2}
