"""Made credit memos: their figures by arithmetic of their own, and chains of others held against their papers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from finfoundry.core.document import Parsed
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.core.tasks.task_rows import read
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.usecases.chains.chain_rows import write_rows
from finfoundry.usecases.chains.checked_chain import checked_chain
from finfoundry.usecases.chains.made_memos import made_memos, measured
from finfoundry.usecases.chains.told_causes import told_causes

FILE = Path(__file__).with_name("memos.jsonl")
MEMOS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def value(metric: str, lines: dict[str, int]) -> float:
    """A metric of a chain from the lines of a memo, in thousands where it is money."""
    plain = {"cost_of_revenue": "cost", "gross_profit_computed": "gross", "operating_income": "operating", "ebit": "operating",
             "income_before_tax": "pretax", "net_income": "net", "interest_expense": "interest", "long_term_debt": "long_debt",
             "short_term_debt": "short_debt", "selling_expense": "selling", "admin_expense": "admin", "income_tax": "tax",
             "total_current_assets": "current_assets", "total_current_liabilities": "current_liabilities",
             "total_liabilities": "liabilities",
             "total_noncurrent_liabilities": "noncurrent_liabilities", "revenue": "revenue"}  # fmt: skip
    debt = lines["short_debt"] + lines["long_debt"]
    made = {"cost_ratio": lines["cost"] / lines["revenue"], "total_debt": debt, "implied_interest_rate": lines["interest"] / debt}
    return lines[plain[metric]] if metric in plain else made.get(metric) or measured(metric, lines)


@pytest.mark.parametrize("memo", MEMOS, ids=[memo["id"] for memo in MEMOS])
def test_the_figures_of_a_memo_are_those_of_its_statements(memo: dict[str, Any]) -> None:
    assert (memo["figures"][0][0], memo["figures"][-1][0]) == (memo["root"], memo["asked"])
    for metric, first, last in memo["figures"]:
        for told, lines in ((first, memo["first"]), (last, memo["last"])):
            known = value(metric, lines)
            assert float(told) == pytest.approx(known * (1000 if known > 100 else 1), rel=1e-9)
    assert len(memo["chain"]) == len(memo["figures"])
    assert memo["conclusion"].startswith(memo["chain"][-1])


def test_there_are_memos_of_each_language() -> None:
    assert len(MEMOS) >= 60
    assert {memo["language"] for memo in MEMOS} == {"en", "zh"}


@pytest.mark.parametrize("name", ["fallen_demand-en-0", "new_taxes-zh-0"])  # of lines that statements print
def test_a_chain_is_sound_where_each_step_is_bound_and_leads_to_the_next(name: str) -> None:
    (memo,) = (one for one in MEMOS if one["id"] == name)
    papers = [parse(memo["memo"].encode(), "memo.md")]
    told = checked_chain(" -> ".join(memo["chain"]), papers)
    assert told.sound, told
    wrong = checked_chain(" -> ".join([memo["chain"][0].replace("1", "7").replace("4", "9"), *memo["chain"][1:]]), papers)
    assert not wrong.sound
    backwards = checked_chain(" -> ".join(memo["chain"][::-1]), papers)
    assert not backwards.sound
    assert backwards.steps[0].leads is False


def statements(company: str, years: Sequence[int], *lines: tuple[str, ...]) -> Parsed:
    """A paper of an income statement: lines with their label and a value of each year."""
    table = [["", *map(str, years)], ["---"] * (len(years) + 1), *lines]
    rows = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    text = f"# {company}\n\nConsolidated income statement of {company} (in thousands of US dollars)\n\n{rows}\n"
    return parse(text.encode(), f"{company}.md")


MILL = statements(
    "Dunmore Mill Inc.", (2024, 2023), ("Revenue", "90,000", "80,000"), ("Cost of sales", "70,000", "50,000"),
    ("Gross profit", "20,000", "30,000"), ("Selling expenses", "6,000", "6,000"), ("Administrative expenses", "4,000", "4,000"),
    ("Operating income", "10,000", "20,000"),
)  # fmt: skip
QUAY = statements("Farrow Quay Ltd", (2024, 2023), ("Revenue", "41,000", "44,000"), ("Net income", "7,000", "9,000"))
LONG = statements(
    "Dunmore Mill Inc.", (2024, 2023, 2022), ("Revenue", "90,000", "85,000", "80,000"), ("Cost of sales", "70,000", "60,000", "50,000"),
    ("Gross profit", "20,000", "25,000", "30,000"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("chain", "leads"),
    [
        ("Cost of sales rose to $70.0 million in 2024 -> Gross profit fell to $20.0 million in 2024", True),
        ("Cost of sales rose to $70.0 million in 2024 -> Operating income fell to $10.0 million in 2024", True),  # by way of gross profit
        ("Revenue rose to $90.0 million in 2024 -> Gross profit fell to $20.0 million in 2024", False),  # it pushed the other way
        ("Cost of sales was $70.0 million in 2024 -> Gross profit fell to $20.0 million in 2024", None),
        ("Cost of sales rose to $70.0 million in 2024 -> Gross profit was $20.0 million in 2024", None),
        ("Cost of sales rose to $70.0 million in 2024 -> Selling expenses were $6.0 million in 2024", None),
        ("Farrow Quay's revenue fell to $41.0 million in 2024 -> Dunmore Mill's operating income fell to $10.0 million in 2024", False),
    ],
)
def test_a_step_leads_where_what_moved_pushed_the_next_in_one_company_and_time(chain: str, *, leads: bool | None) -> None:
    told = checked_chain(chain, [MILL, QUAY] if "Quay" in chain else [MILL])
    assert [step.status for step in told.steps] == ["supported"] * 2
    assert (told.steps[0].leads, told.sound) == (leads, leads is True)


def test_steps_of_different_years_do_not_lead_to_one_another() -> None:
    cost = "Cost of sales rose to ${} million in {} -> Gross profit fell to $20.0 million in 2024"
    assert checked_chain(cost.format("70.0", 2024), [LONG]).sound
    told = checked_chain(cost.format("60.0", 2023), [LONG])
    assert ([step.status for step in told.steps], told.steps[0].leads, told.sound) == (["supported"] * 2, False, False)


def test_a_chain_has_two_steps() -> None:
    with pytest.raises(InputError, match="two steps"):
        checked_chain("Revenue fell.", [])


def test_rows_teach_conclusion_and_chain_of_the_same_memos(tmp_path: Path) -> None:
    told = write_rows(tmp_path, 1, 5)
    assert told.memos >= 28  # of 32
    assert told.memos + told.left_out == 32
    both = [read(load_task(name), tmp_path).rows for name in ("chain-conclusion", "chain-links")]
    assert [len(rows) for rows in both] == [told.memos] * 2
    assert all(links.target.endswith(whole.target.split(" By this")[0].split("仅就")[0]) for whole, links in zip(*both, strict=True))
    assert all(" -> " in row.target for row in both[1])


def test_labelled_causes_are_learned_where_what_they_are_of_stands_in_the_passage(tmp_path: Path) -> None:
    """Both ends are cited, or the pair is no chain; kinds of events alone stand in no passage."""
    passage = "煤炭需求走强，环渤海地区动力煤报价上调。"
    event = "需求增加导致市场价格提升"
    told = [
        ("下文中有哪些因果事件？", event),
        (f"下文中{event}事件对应的原因涉及的产品是？", "煤炭"),
        (f"下文中{event}事件对应的结果涉及的产品是？", "动力煤"),
        (f"下文中{event}事件对应的结果涉及的地区是？", "环渤海地区,无锡"),
    ]
    rows = [[f"{question}{place}{passage}", answer] for place in range(40) for question, answer in told]  # some are held out
    rows += [[f"{question}{place}钢价下跌。", answer] for place in range(40) for question, answer in told]
    file = tmp_path / "zh_tasks/fincuge/fincqa_devhalf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(rows, ensure_ascii=False))
    found = list(told_causes(tmp_path))
    assert {row["target"] for row in found} == {"煤炭需求增加 -> 动力煤、环渤海地区市场价格提升"}
    assert len({row["group"] for row in found}) == len(found) > 20


def test_what_is_planted_is_what_moves_most() -> None:
    for memo in made_memos(1, 9):
        assert memo.asked_moved in ("up", "down")
        assert memo.paper(without=("revenue",)).count("|") < memo.paper().count("|")
