"""Relations of a paper with what says them and without: what was true becomes unsupported, though both ends still stand in the evidence."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from tests.ask.support.made_papers import paper

from finfoundry.ask.support.paper_graph import Relation, evidence_of, relations
from finfoundry.ask.support.paper_sentences import sentences_of
from finfoundry.ask.support.support_rows import SourcePaper, SupportRow, rows_of
from finfoundry.knowledge.search.terms import terms

TEXT = """# Northwind annual report

## Revenue by region

| Region | 2023 | 2022 |
|---|---|---|
| Americas | 900 | 800 |
| Europe | 400 | 450 |
| Total revenue | 1,300 | 1,250 |

## Principal products

- Steel chains
- Wooden toys
- Bicycle frames

## Warehouses

Steel chains lie in the northern halls, and staff in the Americas may take them from there.

## Auditor

The independent registered public accounting firm, Alder & Birch LLP, has audited the financial statements.

## Meeting

Guests of Alder & Birch came by boat to the summer meeting.

## Outlook

Total revenue will be told in spring, and the principal products are shown at the fair.

Revenue of each region is counted in dollars, and the financial statements are audited every spring.
"""
SENTENCES = sentences_of([paper(TEXT)])


def told(form: str, thing: str) -> Relation:
    return next(one for one in relations(SENTENCES, "Northwind", random.Random(0)) if (one.form, one.thing) == (form, thing))


@pytest.mark.parametrize(
    ("form", "thing", "under"),
    [("row", "Americas", "Revenue by region"), ("item", "Steel chains", "Principal products"), ("part", "Americas", "Total revenue")],
)
def test_a_relation_of_the_paper_is_told_with_its_ends(form: str, thing: str, under: str) -> None:
    found = told(form, thing)
    assert found.under == under
    assert found.text[slice(*found.span)] == thing
    assert under in found.text


def test_a_total_is_what_adds_up_and_not_what_is_called_so() -> None:
    parts = {(one.thing, one.under) for one in relations(SENTENCES, "", random.Random(0)) if one.form == "part"}
    assert parts == {("Americas", "Total revenue"), ("Europe", "Total revenue")}
    taken_off = sentences_of([paper(TEXT.replace("900 | 800", "(900) | (800)").replace("1,300 | 1,250", "(500) | (350)"))])
    assert not [one for one in relations(taken_off, "", random.Random(0)) if one.form == "part"]
    wrong = sentences_of([paper(TEXT.replace("1,300", "1,301"))])
    assert not [one for one in relations(wrong, "", random.Random(0)) if one.form == "part"]


@pytest.mark.parametrize(
    ("form", "thing"), [("row", "Americas"), ("item", "Steel chains"), ("part", "Americas"), ("attribute", "Alder & Birch")]
)
def test_without_what_says_it_both_ends_are_told_of_and_no_piece_says_the_relation(form: str, thing: str) -> None:
    relation = told(form, thing)
    found = evidence_of(relation, SENTENCES)
    assert found is not None
    kept, without = found
    said = set(terms(relation.thing))
    assert said <= set(terms(without))
    assert relation.origin.text in kept
    assert relation.origin.text not in without
    matter = relation.under if form != "attribute" else relation.origin.text
    under = set(terms(matter)) - said
    pieces = [set(terms(piece)) for piece in without.split(" • ")]
    assert any(under & piece for piece in pieces)
    assert not any(said <= piece and len(under & piece) > 0.5 * len(under) for piece in pieces)


def test_where_another_passage_says_the_relation_too_nothing_is_called_unsupported() -> None:
    again = TEXT.replace("Steel chains lie in the northern halls", "Steel chains are the first of the principal products")
    sentences = sentences_of([paper(again)])
    relation = next(one for one in relations(sentences, "", random.Random(0)) if (one.form, one.thing) == ("item", "Steel chains"))
    assert evidence_of(relation, sentences) is None


def test_another_day_is_not_the_day_told_of_elsewhere() -> None:
    text = """# 条例

第一条 为规范业务，制定本条例。

第二条 本条例自2015年5月1日起施行。

## 公布

2015年2月17日

## 附则

本条例施行前已开业的机构应当在期限内办理手续。
"""
    sentences = sentences_of([paper(text)])
    day = next(one for one in relations(sentences, "", random.Random(0)) if one.form == "attribute" and "5月1日" in one.thing)
    assert evidence_of(day, sentences) is None


def test_each_relation_gives_a_true_row_and_one_without_its_support() -> None:
    rows = list(rows_of(SourcePaper("Northwind", "Northwind", SENTENCES, 60), defaultdict(list), {"en": [], "zh": []}, seed=2))
    removed = [row for row in rows if row.kind.endswith(" removed")]
    assert {row.kind for row in removed} >= {"row removed", "item removed", "part removed"}
    for row in removed:
        assert [row.text[start:end] for start, end in row.spans]
        assert any(kept.text == row.text and kept.kind == "true" and not kept.spans and kept.evidence != row.evidence for kept in rows)
    assert rows == list(rows_of(SourcePaper("Northwind", "Northwind", SENTENCES, 60), defaultdict(list), {"en": [], "zh": []}, seed=2))
    assert all((row.intensity == "none") == (row.kind == "true") for row in rows)
    assert SupportRow.__slots__
