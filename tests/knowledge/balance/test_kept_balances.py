"""A balance comes back from the store as it was written; certificates that were written before there was any are read, too."""

from __future__ import annotations

import dataclasses
import json

import pytest
from tests.knowledge.balance.balance_papers import ROWS, html, pdf

from finfoundry.core.balance.digit_balance import MOST_SHOWN, DigitBalance, LostDigits
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.storage import page_rows
from finfoundry.knowledge.storage.document_rows import json_text


@pytest.mark.parametrize("name", ["x.pdf", "x.html"])
def test_a_balance_comes_back_as_it_was_written(name: str) -> None:
    rows = [*ROWS, ["Ratio", "1.6:1", "2.1:1"]]
    certificate = parse(pdf(rows) if name == "x.pdf" else html(rows), name).certificate
    assert certificate.digits is not None
    back = page_rows.certificate(json.loads(json_text(dataclasses.asdict(certificate))))
    assert back == certificate


def test_a_certificate_of_before_is_read_without_a_balance() -> None:
    content = json.loads(json_text(dataclasses.asdict(parse(html(ROWS), "x.html").certificate)))
    del content["digits"]
    for report in content["table_reports"]:
        del report["lost"]
    back = page_rows.certificate(content)
    assert back.digits is None
    assert [report.lost for report in back.table_reports] == [0]


def test_the_first_lost_are_told_and_then_how_many_more() -> None:
    lost = [LostDigits(3, str(at), f"Loans {at}", "a figure of a table became no fact", 0, (1.0, 2.0, 3.0, 4.0)) for at in range(30)]
    balance = DigitBalance("words", 40, {"fact": 10, "lost": 30}, [], lost)
    lines = list(balance.lines())
    assert lines[0] == "digits: 40 runs, counted from the words   fact 10   lost 30"
    assert lines[1] == "digits lost: page 3 at 1, 2: 0 in 'Loans 0': a figure of a table became no fact"
    assert len(lines) == MOST_SHOWN + 2
    assert lines[-1] == "digits lost: 10 more"
    assert not balance.closes
    assert list(DigitBalance("blocks", 1, {"fact": 1}).lines()) == ["digits: 1 runs, counted from the blocks   fact 1"]
