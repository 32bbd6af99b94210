"""How companies are called, and which one a figure is of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finfoundry.binding import CellEvidence, Evidence, bind
from finfoundry.binding.bind import Matcher
from finfoundry.binding.entities import cut_names, spoken_names
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Fact


def fact(entity: str, metric: str, value: int, period: str = "2020-01-01/2020-12-31", **other: str) -> Evidence:
    unit, scope = other.get("unit", "USD"), other.get("scope", "consolidated")
    return CellEvidence(
        Fact((metric,), Decimal(value), unit, period, f"{value:,}", 1, entity=entity, scope=scope),  # type: ignore[arg-type]
        DocumentName(entity, f"{entity}.pdf"),
    )


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("Harrow Tallow Mills Corporation", {"harrow tallow mills", "htm", "harrow"}, set[str]()),
        ("Larkspur & Heron Inc.", {"larkspur & heron", "l&h", "lh", "larkspur"}, set[str]()),
        ("Larkspur Heron Inc.", {"larkspur heron", "larkspur"}, {"lh"}),
        ("Dune Heron plc", {"dune heron"}, {"dune", "dh"}),
        ("江澜生物科技股份有限公司", {"江澜生物科技股份有限公司"}, {"江"}),
        ("一心 大药房 连锁 股份有限公司", set[str](), {"一大连", "一"}),
    ],
)
def test_a_company_is_called_by_its_name_its_first_word_and_its_initials(name: str, said: set[str], unsaid: set[str]) -> None:
    found = set(spoken_names(name))
    assert said <= found
    assert not unsaid & found


def test_a_rows_label_is_told_without_the_companys_own_name() -> None:
    assert cut_names("Total Larkspur equity", ("Larkspur, Inc.",)).split() == ["total", "equity"]
    assert cut_names("Total equity", ("Larkspur, Inc.",)) == "Total equity"


def test_one_matcher_reads_several_texts_each_by_itself() -> None:
    evidence = [fact("Larkspur, Inc.", "Revenue", 500), fact("Tallow Heron plc", "Revenue", 700)]
    texts = [
        "Much was said of others before. Tallow Heron plc did well. Revenue was $700 in 2020.",
        "Larkspur did well. Revenue was $500 in 2020. It was $700 elsewhere.",
        "Revenue was $500 in 2020. Later Tallow Heron plc came. Revenue was $700 in 2020.",
    ]
    together = Matcher(evidence)
    for text in (*texts, *reversed(texts)):
        alone = [(match.item is not None, match.reason) for match in Matcher(evidence).match(text)]
        assert [(match.item is not None, match.reason) for match in together.match(text)] == alone


@pytest.mark.parametrize(
    "before",
    [
        fact("Tallow Heron plc", "Inventories", 100, "2019-12-31"),
        fact("Larkspur, Inc.", "Inventories", 100, "2019-12-31", unit="EUR"),
        fact("Larkspur, Inc.", "Inventories", 100, "2019-12-31", scope="parent"),
        fact("Larkspur, Inc.", "Inventories in transit", 100, "2019-12-31"),
    ],
)
def test_a_change_is_of_one_company_row_currency_and_scope(before: Evidence) -> None:
    now = fact("Larkspur, Inc.", "Inventories", 120, "2020-12-31")
    assert bind("Inventories rose 20% in 2020.", [now, fact("Larkspur, Inc.", "Inventories", 100, "2019-12-31")]).complete
    assert not bind("Inventories rose 20% in 2020.", [now, before]).complete


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Revenue of Larkspur was $500 in 2020.", True),
        ("Revenue of Tallow Heron was $500 in 2020.", False),
        ("Revenue of Quillwort Ltd was $500 in 2020.", False),
        ("Tallow Heron plc had $700 of revenue in 2020.", True),
    ],
)
def test_a_figure_is_of_the_company_that_the_sentence_names(text: str, complete: bool) -> None:
    evidence = [fact("Larkspur, Inc.", "Revenue", 500), fact("Tallow Heron plc", "Revenue", 700)]
    assert bind(text, evidence).complete is complete


@pytest.mark.parametrize(
    "said",
    [
        "Coke's net operating revenues were 45,754 in 2020.",
        "Net operating revenues at Coke were 45,754 in 2020.",
        "可口可乐2020年的 net operating revenues 为45,754。",
    ],
)
def test_a_company_may_be_called_as_people_call_it(said: str) -> None:
    evidence = [fact("THE COCA-COLA COMPANY", "Net operating revenues", 45754)]
    assert not bind(said, evidence).unbound
    assert bind(said.replace("Coke", "Pepsi").replace("可口可乐", "百事可乐"), evidence).unbound


@pytest.mark.parametrize("label", ["Non-performing loans", "Value of new business", "Non-U.S. business"])
def test_small_words_and_joined_ones_at_the_head_of_a_label_are_no_stranger(label: str) -> None:
    """ "Non-performing" is one word of the label, "Value" none that tells; another company is still one."""
    evidence = [fact("Larkspur Bank Limited", label, 500)]
    assert not bind(f"Larkspur Bank's ratio was high. Based on {label} $500 in 2020.", evidence).unbound
    assert bind(f"The ratio was high. Based on Tallow Heron {label} $500 in 2020.", evidence).unbound


@pytest.mark.parametrize("question", ["請比較青岚110年與111年的淨利，差額多少。", "青岚的净利润变化如何，高了多少？"])
def test_what_a_question_asks_is_no_companys_name(question: str) -> None:
    evidence = [fact("青岚科技股份有限公司", "净利润", 500, unit="CNY")]
    bound = bind("2020年净利润为500元。", evidence, question)
    assert not bound.unbound


def test_another_company_that_a_question_asks_about_is_still_one() -> None:
    evidence = [fact("青岚科技股份有限公司", "净利润", 500, unit="CNY")]
    assert bind("2020年净利润为500元。", evidence, "万江矿业集团2020年净利润是多少？").unbound


def test_owners_of_the_parent_are_not_the_parent_alone() -> None:
    evidence = [fact("青岚科技股份有限公司", "净利归属于母公司业主", 500, unit="CNY")]
    assert not bind("青岚科技2020年净利歸屬於 › 母公司業主：500元。", evidence).unbound
