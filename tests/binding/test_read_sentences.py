"""What the report shows of a sentence: its claims with type, relation, qualifiers and dated times, and where it does not hold."""

from __future__ import annotations

import pytest

from finfoundry.binding import CheckedSentence, ReadClaim, verify

TABLE = """| USD million | Year ended December 31, 2024 | Year ended December 31, 2023 | Year ended December 31, 2022 |
|---|---|---|---|
| Revenue | 1,234 | 1,100 | 1,000 |
| Cost of sales | 800 | 700 | 650 |
| Gross profit | 434 | 400 | 350 |
| Adjusted operating profit | 210 | 190 | 150 |
| Net income attributable to shareholders | 140 | 110 | 90 |
| Diluted earnings per share ($) | 1.40 | 1.10 | 0.90 |
| Inventories | 300 | 150 | 100 |
| Receivables | 100 | 90 | 80 |
| Cloud | 300 | 200 | 100 |
| Europe | 400 | 310 | 300 |
"""
TABLE_ZH = """单位：万元

| | 2024年 | 2023年 |
|---|---|---|
| 营业收入 | 500 | 450 |
| 归属于母公司股东的净利润 | 60 | 50 |
| 扣除非经常性损益的净利润 | 55 | 45 |
| 基本每股收益（元/股） | 0.55 | 0.45 |
"""
BRANCHES = "收入按行业，单位：万元\n\n| 收入 | 2024年 | 2023年 |\n|---|---|---|\n| 茶叶行业 | 300 | 250 |\n| 咖啡行业 | 200 | 210 |\n"


def checked(sentence: str, evidence: str = TABLE) -> CheckedSentence:
    (one,) = verify(sentence, [evidence]).sentences
    return one


def claims(sentence: str, evidence: str = TABLE) -> list[ReadClaim]:
    return checked(sentence, evidence).claims


def marked(sentence: str, evidence: str = TABLE) -> list[str]:
    return [sentence[start:end] for start, end in checked(sentence, evidence).spans]


@pytest.mark.parametrize(
    ("sentence", "relation", "kind"),
    [
        ("Revenue was $1,234 million in 2024.", "level", "numeric"),
        ("Revenue rose 12.2% in 2024.", "change", "computed"),
        ("Revenue rose by $134 million in 2024.", "change", "computed"),
        ("Revenue exceeded cost of sales by $434 million in 2024.", "difference", "computed"),
        ("The difference between revenue and gross profit was $800 million in 2024.", "difference", "computed"),
        ("Cost of sales was $777 million more than inventories.", "difference", "computed"),
        ("Inventories and receivables together were $400 million in 2024.", "sum", "computed"),
        ("The ratio of inventories to receivables was 3.0 in 2024.", "ratio", "computed"),
        ("Gross profit accounted for 35.2% of revenue in 2024.", "share", "computed"),
        ("Inventories were 3.0 times receivables in 2024.", "multiple", "computed"),
        ("Revenue of $1,234 million in 2024 was the highest in three years.", "extreme", "comparative"),
        ("Europe was the second largest region in 2024, with $400 million.", "rank", "comparative"),
    ],
)
def test_a_figure_stands_to_others_as_the_words_and_the_items_say(sentence: str, relation: str, kind: str) -> None:
    assert [(one.relation, one.type) for one in claims(sentence)] == [(relation, kind)]


@pytest.mark.parametrize(
    ("sentence", "qualifiers"),
    [
        ("Revenue was $1,234 million in 2024.", [[]]),
        ("Gross profit was $434 million in 2024.", [["gross"]]),
        ("Adjusted operating profit was $210 million in 2024.", [["adjusted", "operating"]]),
        ("Organic sales in Brazil were $3 million in 2024.", [["organic", "Brazil"]]),
        ("Net income attributable to the owners of the parent was $140 million in 2024.", [["attributable", "net"]]),
        ("Diluted earnings were $1.40 per share in 2024.", [["diluted", "per share"]]),
        ("Revenue in Europe was $400 million in 2024.", [["Europe"]]),
        ("Cloud revenue was $300 million in 2024, up from $200 million a year earlier.", [["Cloud"], ["Cloud"]]),
        ("The Custody segment had gross profit of $434 million in 2024.", [["gross", "Custody"]]),
    ],
)
def test_qualifiers_say_which_figure_of_a_name_is_meant(sentence: str, qualifiers: list[list[str]]) -> None:
    assert [one.qualifiers for one in claims(sentence)] == qualifiers


@pytest.mark.parametrize(
    ("sentence", "evidence", "qualifiers"),
    [
        ("2024年归母净利润60万元，同比增长20%。", TABLE_ZH, [["attributable", "net"], ["attributable", "net"]]),
        ("2024年扣非净利润为55万元。", TABLE_ZH, [["net", "扣非"]]),
        ("2024年基本每股收益为0.55元。", TABLE_ZH, [["basic", "per share"]]),
        ("2024年茶叶行业收入300万元。", BRANCHES, [["茶叶行业"]]),
    ],
)
def test_qualifiers_of_chinese_sentences(sentence: str, evidence: str, qualifiers: list[list[str]]) -> None:
    assert [one.qualifiers for one in claims(sentence, evidence)] == qualifiers


def test_a_figure_that_is_compared_with_is_of_the_metric_before_it() -> None:
    told = claims("Inventories of $300 million in 2024 were up from $150 million a year earlier.")
    assert [one.metric for one in told] == ["Inventories", "Inventories"]


def times(sentence: str, evidence: str = TABLE) -> list[tuple[str, str, str | None, str | None, bool]]:
    return [(one.text, one.kind, one.start, one.end, one.relative) for claim in claims(sentence, evidence) for one in claim.times]


def test_times_are_dated_by_themselves_or_by_what_the_figure_was_bound_to() -> None:
    assert times("Revenue was $1,234 million in fiscal 2024.") == [("fiscal 2024", "year", "2024-01-01", "2024-12-31", False)]
    whole = "year ended December 31, 2024"
    assert times(f"For the {whole}, revenue was $9 million.")[0][1:] == ("year", "2024-01-01", "2024-12-31", False)
    assert times("Revenue was $9 million in fiscal 2024.") == [("fiscal 2024", "year", "2024-01-01", "2024-12-31", False)]
    assert times("Goodwill was $9 million in fiscal 2024.") == [("fiscal 2024", "year", None, None, False)]
    assert claims("Goodwill was $9 million in fiscal 2024.")[0].times[0].year == 2024


def test_relative_times_are_resolved_where_sentence_or_evidence_tell() -> None:
    told = times("Revenue was $1,234 million in 2024, up from $1,100 million a year earlier.")
    assert told[1] == ("a year earlier", "year", "2023-01-01", "2023-12-31", True)
    assert times("Last year revenue was $1,100 million.") == [("Last year", "year", "2023-01-01", "2023-12-31", True)]
    assert times("Last year revenue was $7 million.") == [("Last year", "relative", None, None, True)]
    assert times("本期营业收入500万元。", TABLE_ZH) == [("本期", "year", "2024-01-01", "2024-12-31", True)]


def test_a_claim_says_whether_it_is_denied() -> None:
    assert [one.modality for one in claims("Revenue did not reach $500 million in 2024.")] == [["denied"]]
    assert [one.modality for one in claims("Revenue was $1,234 million in 2024.")] == [[]]


@pytest.mark.parametrize(
    ("sentence", "relation", "kind", "metric", "direction"),
    [
        ("Revenue rose in 2024.", "change", "temporal", "Revenue", 1),
        ("Revenue fell in 2024.", "change", "temporal", "Revenue", -1),
        ("Gross profit exceeded adjusted operating profit in 2024.", "difference", "comparative", "Gross profit", 1),
        ("The largest region was Europe.", "extreme", "comparative", "region", 0),
        ("Receivables were the second largest asset.", "rank", "comparative", "Receivables", 0),
        ("The auditor is Smith LLP.", None, "attribute", "auditor", 0),
        ("The plant opened on 3 May 2019.", None, "temporal", "plant", 0),
        ("Banks must report large exposures.", None, "regulatory", "Banks", 0),
        ("商业银行应当报告大额风险暴露。", None, "regulatory", "商业银行", 0),
    ],
)
def test_a_sentence_without_a_figure_has_its_claim(sentence: str, relation: str | None, kind: str, metric: str, direction: int) -> None:
    (one,) = claims(sentence)
    assert (one.relation, one.type, one.metric, one.direction, one.value) == (relation, kind, metric, direction, None)
    assert sentence[one.start : one.end] == sentence.rstrip(".。")


def test_each_clause_that_tells_of_a_metric_is_a_claim() -> None:
    sentence = "As told, cost of sales fell in 2024 while gross profit rose."
    told = claims(sentence)
    assert [(sentence[one.start : one.end], one.direction, one.periods) for one in told] == [
        ("As told, cost of sales fell in 2024", -1, ["2024"]), ("gross profit rose", 1, ["2024"]),
    ]  # fmt: skip
    assert claims("2024年营业收入增加，净利润下降。", TABLE_ZH)[1].direction == -1


def test_what_says_nothing_of_anything_has_no_claim() -> None:
    assert claims("It grew.") == []


@pytest.mark.parametrize(
    ("sentence", "evidence", "spans"),
    [
        ("Revenue was $1,243 million in 2024.", TABLE, ["$1,243 million"]),
        ("Revenue was $1,234 million in 2024, after $9 million in 2023.", TABLE, ["$9 million"]),
        ("Gross profit of $434 million in 2024 was the lowest in two years.", TABLE, ["lowest"]),
        ("Revenue fell while gross profit rose.", TABLE, ["fell"]),
        ("Gross profit was lower than adjusted operating profit in 2024.", TABLE, ["lower than"]),
        ("2024年营业收入下降。", TABLE_ZH, ["下降"]),
        ("The plant opened on 5 May.", "The plant opened on 3 May.", ["5 May"]),
        ("Revenue was $1,234 million in 2024.", TABLE, []),
        ("The auditor is Smith LLP.", TABLE, []),
    ],
)
def test_what_does_not_hold_is_marked_without_a_checker(sentence: str, evidence: str, spans: list[str]) -> None:
    assert marked(sentence, evidence) == spans


def test_what_a_sentence_says_besides_its_figures_is_a_claim_in_words() -> None:
    sentence = "Revenue was $1,234 million in 2024, driven by strong demand from small customers."
    one = checked(sentence)
    assert one.status == "supported"
    assert [(claim.type, sentence[claim.start : claim.end], claim.bound) for claim in one.claims] == [
        ("numeric", "$1,234 million", True), ("attribute", "driven by strong demand from small customers", False),
    ]  # fmt: skip
    assert [one.type for one in claims("2024年营业收入500万元，主要系新客户增加及价格提高所致。", TABLE_ZH)] == ["numeric", "attribute"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue reached $1,234 million in 2024, up 12.2% from $1,100 million a year earlier.",
        "Gross profit climbed by $34 million, or 8.5%, to $434 million in 2024.",
        "Cloud and Europe brought in $300 million and $400 million, respectively, in 2024.",
    ],
)
def test_words_of_figures_alone_say_nothing_besides(sentence: str) -> None:
    assert {one.type for one in claims(sentence)} <= {"numeric", "computed"}


def test_what_the_passage_says_with_its_figure_is_nothing_besides() -> None:
    passage = "Revenue was $1,234 million in 2024, driven by strong demand from small customers."
    assert [one.type for one in claims(passage, passage)] == ["numeric"]
