"""A metric of a segment, product or region, named in the words of the company's own tables, whatever the question's wording."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.ask.made_reports import agent_over

from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.member_plan import title_of_part
from finfoundry.ask.understand.intent import understand
from finfoundry.core.answer import Answer
from finfoundry.core.principal import ADMINISTRATOR
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.runtime.postgres import Postgres

ENGLISH = """<html><body><h1>Alder Carriers, Inc.</h1><h2>Annual report 2024</h2><h3>Segment information</h3><p>(in millions)</p><table>
<tr><th></th><th>2024</th><th>2023</th></tr>
<tr><td>Revenue:</td><td></td><td></td></tr>
<tr><td>Harbour Freight</td><td>1,396</td><td>1,510</td></tr><tr><td>Night Parcels</td><td>763</td><td>829</td></tr>
<tr><td>Revenue from contracts:</td><td></td><td></td></tr><tr><td>Harbour Freight</td><td>1,100</td><td>1,200</td></tr>
<tr><td>Operating profit:</td><td></td><td></td></tr>
<tr><td>Harbour Freight</td><td>160</td><td>182</td></tr><tr><td>Night Parcels</td><td>(51)</td><td>12</td></tr>
<tr><td>Earnings before interest and taxes:</td><td></td><td></td></tr>
<tr><td>Harbour Freight</td><td>171</td><td>190</td></tr><tr><td>Night Parcels</td><td>(48)</td><td>15</td></tr>
</table></body></html>"""
CHINESE = """<html><body><h1>云溪药业股份有限公司</h1><h2>2024年年度报告</h2><h3>主营业务分产品情况</h3><p>单位：万元</p><table>
<tr><th>产品</th><th>营业收入</th><th>营业成本</th></tr>
<tr><td>动物疫苗</td><td>15,175</td><td>5,622</td></tr><tr><td>诊断试剂</td><td>2,031</td><td>1,204</td></tr>
</table></body></html>"""
DIVIDED = """<html><body><h1>石桥染化股份有限公司</h1><h2>2024年年度报告</h2><h3>主要会计数据</h3><p>单位：元</p><table>
<tr><th></th><th>2024年</th></tr><tr><td>营业收入</td><td>9,000</td></tr></table><h3>营业收入、营业成本构成</h3><p>单位：元</p><table>
<tr><th></th><th>营业收入</th><th>营业成本</th></tr>
<tr><td>分行业</td><td></td><td></td></tr><tr><td>染料</td><td>6,100</td><td>3,900</td></tr><tr><td>医药</td><td>2,900</td><td>1,800</td></tr>
<tr><td>分产品</td><td></td><td></td></tr><tr><td>染料</td><td>4,700</td><td>3,000</td></tr><tr><td>助剂</td><td>4,300</td><td>2,700</td></tr>
<tr><td>分地区</td><td></td><td></td></tr><tr><td>国内</td><td>5,200</td><td>3,300</td></tr><tr><td>国外</td><td>3,800</td><td>2,400</td></tr>
</table></body></html>"""


@pytest.fixture(scope="module")
def agent(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    papers = {"en": (ENGLISH.encode(), "alder-carriers-10-K-2024.html"), "zh": (CHINESE.encode(), "云溪药业2024年年度报告.html")}
    papers |= {"divided": (DIVIDED.encode(), "石桥染化2024年年度报告.html")}
    parsed = {key: (parse(data, name), data) for key, (data, name) in papers.items()}
    with agent_over(postgres, tmp_path_factory.mktemp("keys"), parsed) as made:
        yield made


def ask(agent: Agent, collection: str, question: str) -> Answer:
    return agent.ask(ADMINISTRATOR, question, collection)[0]


@pytest.mark.parametrize(
    ("collection", "question", "value"),
    [
        ("en", "What revenue did the Harbour Freight segment of Alder Carriers bring in during 2024?", "1396000000"),
        ("en", "In 2023, how large was the operating profit that Alder Carriers made with Night Parcels?", "12000000"),
        ("en", "What was the EBIT of Night Parcels at Alder Carriers in 2023?", "15000000"),
        ("en", "night parcels revenue fy2024", "763000000"),
        ("zh", "云溪药业主营业务里动物疫苗板块2024年收入几何？", "151750000"),
        ("zh", "云溪药业2024年诊断试剂的营业成本是多少？", "12040000"),
        ("divided", "石桥染化2024年卖到国外的收入是多少？", "3800"),
        ("divided", "石桥染化2024年国内收入多少？", "5200"),  # two characters, and no revenue of the whole company
        ("divided", "按行业分，石桥染化2024年染料板块做了多少收入？", "6100"),
        ("divided", "石桥染化2024年染料产品的收入有多少？", "4700"),
        ("divided", "石桥染化2024年国外占营业收入的比例是多少？", "0.4222"),
    ],
)
def test_a_part_is_found_by_the_name_that_the_tables_give_it(agent: Agent, collection: str, question: str, value: str) -> None:
    answer = ask(agent, collection, question)
    assert answer.status == "answered", answer.text
    assert answer.figures[0].value.startswith(value)


@pytest.mark.parametrize(
    ("collection", "question", "values"),
    [
        ("en", "Night Parcels at Alder Carriers: what were its 2024 revenue and operating profit?", ["763000000", "-51000000"]),
        ("zh", "云溪药业2024年动物疫苗的营业收入和营业成本各是多少？", ["151750000", "56220000"]),
    ],
)
def test_all_metrics_that_are_asked_of_a_part_are_told(agent: Agent, collection: str, question: str, values: list[str]) -> None:
    answer = ask(agent, collection, question)
    assert [one.value for one in answer.figures] == values, answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What revenue did the Mountain Freight segment of Alder Carriers bring in during 2024?",
        "What revenue did the Harbour Freight segment of Alder Carriers lose to strikes during 2024?",
        "What revenue did the Harbour Freight segment of Alder Carriers bring in during 2019?",
    ],
)
def test_another_part_word_or_year_is_not_answered(agent: Agent, question: str) -> None:
    assert ask(agent, "en", question).status == "no_evidence"


def test_a_part_of_two_divisions_is_not_chosen_between(agent: Agent) -> None:
    assert ask(agent, "divided", "石桥染化2024年染料收入多少？").status == "no_evidence"


@pytest.mark.parametrize("question", ["How many replacement badges may a Gold tier visitor get in 12 months?", "临时通行证丢了要赔多少钱"])
def test_which_company_is_not_asked_where_no_company_prints_such_a_line(agent: Agent, question: str) -> None:
    assert agent.ask(ADMINISTRATOR, question)[0].status == "no_evidence"


def test_the_only_company_that_prints_the_whole_line_is_offered(agent: Agent) -> None:
    answer = agent.ask(ADMINISTRATOR, "What was revenue in 2024?")[0]
    assert (answer.status, len(answer.options)) == ("clarify", 1)  # the others print what of it their parts had


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Net income attributable to unitholders for 2023 and 2024, please.", "Net income attributable to unitholders"),
        ("unitholders: net income 2024?", "unitholders net income"),
    ],
)
def test_a_part_that_the_question_puts_behind_the_metric_stands_there_in_the_answer(question: str, title: str) -> None:
    intent = understand(question, EntityNames([]), vocabulary())
    assert title_of_part(intent, "unitholders", intent.mentions[0]) == title
