"""Who reports, on covers as they are printed."""

import pytest

from finfoundry.knowledge.facts.reporter import is_name, reporter


@pytest.mark.parametrize(
    ("cover", "name"),
    [
        ("FORM 10-K\nCommission File No. 1-2\nALPHA, Inc .\n(Exact name of Registrant as specified in its charter)", "ALPHA, Inc."),
        (
            "For the transition period from\nto Commission file number: 1-3 BETA INCORPORATED (Exact name of registrant)",
            "BETA INCORPORATED",
        ),
        ("B ETA R ESORTS\n(Exact name of registrant as specified)\nBeta Resorts owns hotels.", "BETA RESORTS"),
        (
            "Commission File Number 001-4\n(Exact name of Registrant)\nThe Gamma Company (together with its subsidiaries)",
            "The Gamma Company",
        ),
        ("FOR IMMEDIATE RELEASE\nDelta, N.J. (May 1, 2024) – Delta & Sons (NYSE: DLT) today announced results", "Delta & Sons"),
        ("Epsilon reports fiscal 2023 results\nDuring fiscal 2023, the Company grew.", "Epsilon"),
        ("ANNUAL REPORT 2024\nZeta Holdings plc\nLondon", "Zeta Holdings plc"),
        ("During fiscal 2023, the Company grew.", None),
    ],
)
def test_the_reporter_of_a_cover(cover: str, name: str | None) -> None:
    assert reporter(cover) == name


@pytest.mark.parametrize("text", ["the Company", "Commission file number", "During Fiscal", "Form", "ab"])
def test_phrases_are_no_names(text: str) -> None:
    assert not is_name(text)
