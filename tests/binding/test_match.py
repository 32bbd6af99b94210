"""Reasons why a figure is none of the evidence: each that is told is one that is declared."""

from __future__ import annotations

from typing import get_args

import pytest

from finfoundry.binding.index import EvidenceIndex
from finfoundry.binding.sense import Reason, split_names
from finfoundry.binding.sources import from_text
from finfoundry.binding.verify import verify

PAGE = """<p>Heron Mills Inc. (in millions)</p><table><tr><th></th><th>2020</th><th>2019</th></tr>
<tr><td>Revenue</td><td>$ 1,600</td><td>$ 1,250</td></tr><tr><td>Net loss</td><td>(75)</td><td>(60)</td></tr>
<tr><td>Effective tax rate</td><td>21.5%</td><td>20.5%</td></tr></table>"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Revenue was $1,777 million in 2020.", "not there"),
        ("Revenue was $1,610 million in 2020.", "digit differs"),
        ("Revenue was $1,600 thousand in 2020.", "wrong scale"),
        ("Revenue was $(1,600) million in 2020; revenue was -$1,600 million.", "sign differs"),
        ("Revenue was \u20ac1,600 million in 2020.", "other unit"),
        ("Revenue was $1,250 million in 2020.", "other year"),
    ],
)
def test_each_reason_is_one_that_is_declared(text: str, reason: str) -> None:
    told = [figure.reason for figure in verify(text, [PAGE]).figures]
    assert reason in told
    assert {one for one in told if one} <= set(get_args(Reason))


NAMES = """<p>Heron Mills Inc. (in millions)</p><table><tr><th></th><th>2020</th></tr>
<tr><td>Research and development</td><td>$ 160</td></tr><tr><td>Net income</td><td>75</td></tr></table>"""


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Research and development and net income were $160 million and $75 million in 2020.", True),
        ("Net income and research and development were $75 million and $160 million in 2020.", True),
        ("Research and development and net income were $75 million and $160 million in 2020.", False),
        ("Net income and research and development were $160 million and $75 million in 2020.", False),
    ],
)
def test_of_several_names_the_first_is_of_the_first_figure_also_where_a_name_holds_an_and(text: str, bound: bool) -> None:
    assert [figure.bound for figure in verify(text, [NAMES]).figures] == [bound, bound]


@pytest.mark.parametrize(
    ("lead", "names"),
    [
        ("Research and development and net income were", ["research and development", "net income were"]),
        ("Net income, research and development were", ["net income", "research and development were"]),
        ("Weather and rain were", []),
        ("Research and weather were", []),
    ],
)
def test_names_are_cut_where_each_of_them_names_a_row(lead: str, names: list[str]) -> None:
    assert [part.strip().lower() for part in split_names(lead, 2, EvidenceIndex(from_text(NAMES)))] == names
