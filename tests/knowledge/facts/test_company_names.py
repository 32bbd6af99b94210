"""Names of companies by their legal forms, in the ways of several countries."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.facts.table.company_names import COMPANY, HAS_FIRM_FORM, HAS_FORM, distinct, is_generic, leading_name, tidy

# Legal forms as registers of companies name them: ISO 20275 (ELF), with their usual abbreviations.
FORMS = [
    "Inc", "Inc.", "Incorporated", "Corp", "Corp.", "Corporation", "Company", "Co.", "plc", "p.l.c.", "Ltd", "Ltd.", "Limited", "LLC",
    "L.L.C.", "LP", "L.P.", "LLP", "N.V.", "NV", "B.V.", "BV", "S.A.", "SA", "S.A.B. de C.V.", "S.p.A.", "SpA", "AG", "SE", "KGaA", "GmbH",
    "A/S", "ASA", "AB", "Oyj", "Aktiengesellschaft", "Berhad", "Bhd", "Tbk", "Bancorp", "Bancshares", "INC.", "CORPORATION", "LIMITED",
]  # fmt: skip
KINDS = ["Group", "Holdings", "Holding", "International", "Bank", "Trust", "Partners", "Industries"]


@pytest.mark.parametrize("form", FORMS)
def test_a_legal_form_makes_a_name_that_of_a_firm(form: str) -> None:
    name = f"Tallow Heron {form}"
    assert HAS_FIRM_FORM.search(name)
    match = COMPANY.match(name)
    assert match
    assert match[0] == name
    assert leading_name(f"{name} announced its results") == name
    assert is_generic(form.rstrip("."))


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_of_kind_ends_a_name_and_makes_no_firm(kind: str) -> None:
    for name in (f"Tallow Heron {kind}", f"TALLOW HERON {kind.upper()}"):
        assert HAS_FORM.search(name)
        assert not HAS_FIRM_FORM.search(name)
        assert COMPANY.match(name)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("Tallow  Heron Inc. and Subsidiaries", "Tallow Heron Inc."),
        ("Tallow Heron Inc. and its consolidated subsidiaries", "Tallow Heron Inc."),
        ("logo.png Tallow Heron plc", "Tallow Heron plc"),
        ("— Tallow Heron plc —", "Tallow Heron plc"),
        ("Tallow Heron , Inc .", "Tallow Heron, Inc."),
        ("Tallow Heronry.", "Tallow Heronry"),
        ("Tallow Heron Corp.", "Tallow Heron Corp."),
    ],
)
def test_a_name_is_told_without_pictures_rules_and_subsidiaries(printed: str, plain: str) -> None:
    assert tidy(printed) == plain


def test_letters_set_apart_are_joined_where_the_text_knows_the_word() -> None:
    assert tidy("T ALLOW Heron plc", "the Tallow works") == "TALLOW Heron plc"
    assert tidy("T ALLOW Heron plc", "other works") == "T ALLOW Heron plc"


def test_names_that_differ_in_case_or_the_last_stop_are_one() -> None:
    assert list(distinct(["Heron Inc", "HERON INC.", "Tallow", "tallow", "Heron"], "Heron Inc.")) == ["Tallow", "Heron"]


@pytest.mark.parametrize(
    "word", ["Opinion", "Report", "Reports", "We", "Our", "In", "Adverse", "Qualified", "Basis", "Introduction", "Audit"]
)
def test_a_name_ends_before_the_heading_behind_it(word: str) -> None:
    assert leading_name(f"Tallow Heron {word} on the statements") == "Tallow Heron"
