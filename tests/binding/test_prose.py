"""Answers as assistants write them, over one table: what holds is bound, and what does not is not."""

from __future__ import annotations

import pytest

from finfoundry.binding.verify import verify

ZH = """<h1>海东生物股份有限公司 2020年年度报告</h1><p>合并利润表 单位：元</p>
<table><tr><th>项目</th><th>2020年度</th><th>2019年度</th></tr>
<tr><td>营业收入</td><td>1,581,905,632.48</td><td>1,126,782,253.35</td></tr>
<tr><td>营业成本</td><td>607,495,250.51</td><td>424,627,881.88</td></tr>
<tr><td>研发费用</td><td>130,828,817.71</td><td>86,661,495.96</td></tr>
<tr><td>净利润</td><td>422,390,078.91</td><td>226,894,960.80</td></tr>
<tr><td>基本每股收益（元/股）</td><td>0.36</td><td>0.20</td></tr></table>"""
EN = """<h1>Northwind Traders Inc. Annual report 2020</h1><p>Consolidated income statement (in millions)</p>
<table><tr><th></th><th>2020</th><th>2019</th></tr>
<tr><td>Revenue</td><td>$ 1,582</td><td>$ 1,127</td></tr><tr><td>Cost of revenue</td><td>607</td><td>425</td></tr>
<tr><td>Research and development</td><td>131</td><td>87</td></tr><tr><td>Net income</td><td>$ 422</td><td>$ 227</td></tr>
<tr><td>Diluted EPS</td><td>$ 0.36</td><td>$ 0.20</td></tr></table>"""

HOLDS_ZH = (
    "2020年，公司实现营业收入15.82亿元，较上年增长40.39%。",
    "报告期内，公司营业收入同比增长40.39%至15.82亿元，净利润同比增长86.16%至4.22亿元。",
    "根据年报，海东生物2020年净利润约为4.22亿元，而2019年为2.27亿元，增幅达86.16%。",
    "海东生物2020年的营业收入由2019年的11.27亿元提升到15.82亿元。",
    "公司研发投入持续加大，2020年研发费用达1.31亿元，占营业收入的8.27%。",
    "与2019年的2.27亿元相比，2020年净利润增加了1.95亿元。",
    "毛利率为61.60%，较上年的62.32%下降0.72个百分点。",
    "综合来看，公司2020年盈利能力显著提升，净利润达到422,390,078.91元。",
    "从数据可以看出，营业成本从4.25亿元上升至6.07亿元，涨幅为43.07%。",
    "2020年每股收益为0.36元，2019年为0.20元。",
    "净利率由20.14%升至26.70%。",
    "其中，研发费用为130,828,817.71元，同比增加50.97%。",
    "截至2020年末，公司全年累计实现净利润4.22亿元。",
    "2020年度营业收入15.82亿元，净利润4.22亿元，研发费用1.31亿元。",
    "整体而言，海东生物在2020年取得了15.82亿元的营业收入。",
    "受益于市场需求回暖，2020年营业收入大幅增长至15.82亿元。",
    "2019年和2020年两年合计净利润为6.49亿元。",
    "扣除成本后，公司毛利为9.74亿元。",
)
HOLDS_EN = (
    "Research and development rose to $131 million in 2020, primarily due to: • payments to Brookfield Foods Inc. in 2019 • new staff.",
    "In 2020, the company generated revenue of $1.58 billion, up 40.4% from $1.13 billion a year earlier.",
    "Net income nearly doubled to $422 million from $227 million, an increase of 85.9%.",
    "Gross margin narrowed slightly to 61.6% from 62.3% in the prior year.",
    "R&D spending climbed to $131 million (8.3% of revenue), compared with $87 million (7.7%) in 2019.",
    "Overall, Northwind's net margin expanded from 20.1% to 26.7%.",
    "Diluted EPS came in at $0.36 versus $0.20.",
    "Revenue grew by $455 million year over year.",
    "The firm's cost of revenue rose 42.8%, outpacing the 40.4% growth in revenue.",
    "Combined net income over the two years was $649 million.",
    "Net income of $422 million represents 26.7% of total revenue of $1,582 million.",
    "Thus, gross profit amounted to $975 million in fiscal 2020.",
    "Based on the income statement, revenue for FY2020 was approximately $1.6 billion.",
)
FAILS = (
    (ZH, "2020年，公司实现营业收入18.52亿元。"),
    (ZH, "南海药业2020年净利润为4.22亿元。"),
    (ZH, "2019年净利润为4.22亿元。"),
    (ZH, "2020年营业成本为15.82亿元。"),
    (ZH, "净利润同比增长68.16%。"),
    (ZH, "2020年毛利率为60.61%。"),
    (ZH, "2019年净利率为26.70%。"),
    (ZH, "2020年营业收入由2019年的15.82亿元提升到11.27亿元。"),
    (ZH, "毛利率为26.70%，净利率为61.60%。"),
    (EN, "Revenue was $1.28 billion in 2020."),
    (EN, "Contoso's net income was $422 million."),
    (EN, "In 2019 net income was $422 million."),
    (EN, "Net income was $422 thousand."),
    (EN, "Gross margin was 62.3% in 2020."),
    (EN, "Net margin was 61.6% in 2020."),
    (EN, "Gross profit was $957 million in 2020."),
    (EN, "Combined net income over the two years was $694 million."),
)


@pytest.mark.parametrize(("evidence", "text"), [(ZH, text) for text in HOLDS_ZH] + [(EN, text) for text in HOLDS_EN])
def test_what_holds_is_bound(evidence: str, text: str) -> None:
    report = verify(text, [evidence])
    assert report.figures
    assert [(one.text, one.reason) for one in report.figures if not one.bound] == []


@pytest.mark.parametrize(("evidence", "text"), FAILS)
def test_what_does_not_hold_is_not_bound(evidence: str, text: str) -> None:
    assert not verify(text, [evidence]).holds


TEXTS_EN = [
    "Northwind Traders Inc. reported net sales of $12.4 billion for fiscal 2023, an increase of 8% compared with $11.5 billion in fiscal 2022. Operating income was $1.9 billion, or 15.3% of net sales.",  # noqa: E501
    "As of December 31, 2023, Northwind had 14,200 employees and operated 1,123 stores in 14 countries. The company repurchased 3.2 million shares for $410 million during the year.",  # noqa: E501
    "The Board declared a quarterly dividend of $0.45 per share payable on March 15, 2024. Capital expenditures are expected to be between $600 million and $650 million in fiscal 2024.",  # noqa: E501
    "The effective tax rate was 21.5% in 2023 versus 23.0% in 2022, primarily due to a one-time benefit of $35 million.",
]
TEXTS_ZH = [
    "截至2023年末，江海银行总资产达到3.25万亿元，较上年末增长9.8%；不良贷款率1.12%，较上年末下降0.06个百分点；拨备覆盖率312.45%。",
    "2023年，本行实现营业收入865.3亿元，归属于本行股东的净利润302.7亿元，同比增长5.6%。拟每10股派发现金红利3.80元（含税）。",
    "本行共有员工28,450人，营业网点1,036家。零售客户数突破5,200万户。",
]


@pytest.mark.parametrize(
    "text",
    [
        "Northwind's net sales rose 8% to $12.4 billion in fiscal 2023.",
        "Operating margin was 15.3%.",
        "Northwind employed 14,200 people at year-end 2023.",
        "The company bought back 3.2 million shares for $410 million.",
        "It expects capital expenditures of $600–650 million in fiscal 2024.",
        "The quarterly dividend is $0.45 per share, payable March 15, 2024.",
        "Fiscal 2022 net sales were $11.5 billion.",
    ],
)
def test_what_english_passages_say_is_bound(text: str) -> None:
    assert verify(text, TEXTS_EN).holds


@pytest.mark.parametrize(
    "text",
    [
        "江海银行2023年末总资产为3.25万亿元，同比增长9.8%。",
        "不良贷款率为1.12%，比上年末下降0.06个百分点。",
        "拨备覆盖率达312.45%。",
        "2023年归母净利润302.7亿元，同比增长5.6%。",
        "每10股派现3.80元（含税）。",
        "全行员工28,450人，网点1,036家。",
        "零售客户超过5200万户。",
        "营业收入为865.3亿元。",
        "截至2023年末，该行资产规模为32,500亿元。",
    ],
)
def test_what_chinese_passages_say_is_bound(text: str) -> None:
    assert verify(text, TEXTS_ZH).holds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Northwind's net sales were $12.4 million.", "wrong scale"),
        ("Net sales were $11.5 billion in fiscal 2023.", "other year"),
        ("Contoso reported net sales of $12.4 billion.", "other entity"),
        ("The dividend is $0.54 per share.", None),
        ("Operating income was $12.4 billion.", None),
        ("The effective tax rate was 23.0% in 2023.", "other year"),
        ("Northwind has 12,400 employees.", None),
        ("Net sales fell 8%.", None),
        ("It repurchased $410 billion of shares.", "wrong scale"),
    ],
)
def test_what_english_passages_do_not_say_is_told_with_the_reason(text: str, reason: str | None) -> None:
    reasons = {one.reason for one in verify(text, TEXTS_EN).figures if not one.bound}
    assert reasons if reason is None else reason in reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("江海银行2023年末总资产为3.52万亿元。", None),
        ("总资产为3.25亿元。", "wrong scale"),
        ("2022年末总资产为3.25万亿元。", "other year"),
        ("华东银行2023年末总资产为3.25万亿元。", "other entity"),
        ("不良贷款率上升0.06个百分点。", None),
        ("拨备覆盖率为1.12%。", None),
        ("净利润为865.3亿元。", None),
    ],
)
def test_what_chinese_passages_do_not_say_is_told_with_the_reason(text: str, reason: str | None) -> None:
    reasons = {one.reason for one in verify(text, TEXTS_ZH).figures if not one.bound}
    assert reasons if reason is None else reason in reasons


def test_the_end_of_a_period_in_a_rows_name_is_that_of_the_date_before_it() -> None:
    table = """<p>合并现金流量表 单位：元</p><table><tr><th>项目</th><th>2020年度</th><th>2019年度</th></tr>
<tr><td>六、期末现金及现金等价物余额</td><td>1,320,990,131.46</td><td>986,433,169.65</td></tr></table>"""
    text = "2020年末六、期末现金及现金等价物余额1,320,990,131.46元、2019年末六、期末现金及现金等价物余额986,433,169.65元。"
    assert verify(text, [table], "2020年期末现金及现金等价物余额增长率是多少？").holds
