"""Labels without their numbering and in any number: what they are normalised to, and the concepts that they name."""

from __future__ import annotations

import pytest

from finfoundry.binding.labels import concepts_named, normal, synonyms, words


@pytest.mark.parametrize("mark", ["一、", "十二、", "3、", "1.", "其中：", "其中:", "减：", "加：", "其：", "二．"])
@pytest.mark.parametrize("label", ["营业收入", "所得税费用", "Interest expense"])
def test_b8_a_label_is_the_same_with_and_without_its_number(mark: str, label: str) -> None:
    assert normal(f"{mark}{label}") == normal(label)
    assert concepts_named(f"{mark}{label}") == concepts_named(label)
    assert synonyms(f"{mark}{label}") == synonyms(label)


@pytest.mark.parametrize("label", ["营业收入", "所得税费用", "Interest expense", "Total assets"])
def test_b8_a_label_of_a_concept_names_it(label: str) -> None:
    assert concepts_named(label)
    assert label.lower() in synonyms(label)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("fee", "fees"), ("tax", "taxes"), ("loss", "losses"), ("liability", "liabilities"), ("business", "businesses"), ("box", "boxes"),
        ("branch", "branches"), ("wish", "wishes"), ("asset", "assets"), ("company's", "company"),
    ],
)  # fmt: skip
def test_b8_singular_and_plural_are_one_word(one: str, many: str) -> None:
    assert words(one) == words(many)


@pytest.mark.parametrize(
    ("one", "other"), [("gas", "ga"), ("basis", "basi"), ("surplus", "surplu"), ("less", "les"), ("earnings", "earning")]
)
def test_b8_words_that_end_in_s_keep_it(one: str, other: str) -> None:
    assert words(one) != words(other) or not words(one)
