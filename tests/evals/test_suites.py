"""Suites of one's own data: kinds, truth and verdicts, on small data made here."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from tests.evals.made_answers import measure

from finfoundry.core.document import Block, Cell, Page
from finfoundry.core.errors import InputError
from finfoundry.evals import calibrate, plots
from finfoundry.evals.rows import Item, Reply, Row, Scorer
from finfoundry.evals.suites import abstention, finglm, layout, load_suite, retrieval, suite_names, zh_filing_questions, zh_generated
from finfoundry.evals.suites.reports_zh import Reports
from finfoundry.evals.suites.retrieval import Passage

SIGNS = "甲乙丙丁戊己庚辛壬癸子丑"
HEADER = ["股票代码", "报告年份", "股票简称", "company_full_name", "营业收入", "营业成本", "净利润", "职工人数", "法定代表人"]


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for number in range(12):
        for year in (2019, 2020, 2021):
            value = 1_000_000 * (number + 1) * (year - 2000)
            sheet.append(
                [
                    f"6000{number:02}",
                    f"{year}年",
                    f"公司{SIGNS[number]}",
                    f"公司{SIGNS[number]}股份有限公司",
                    value,
                    value // 2,
                    -1,
                    100 + number,
                    "某人",
                ]
            )
    book.save(tmp_path / "reports.xlsx")
    return Reports([tmp_path / "reports.xlsx"])


def test_reports_know_what_is_missing(reports: Reports) -> None:
    """-1 stands for nothing; a total with a missing part is none."""
    key = ("600001", 2020)
    assert reports.number(key, "营业收入") == 40_000_000
    assert reports.number(key, "净利润") is None
    assert reports.total(key, ("营业收入", "-营业成本")) == 20_000_000
    assert reports.total(key, ("营业收入", "净利润")) is None
    assert reports.year(2021, "营业收入")[0][1] == "公司丑"


def test_finglm_kinds_are_decided_from_the_workbooks(reports: Reports) -> None:
    """What the tables hold, hold otherwise, or do not hold."""
    columns = finglm.held(reports)
    asked = {"year": "2020", "ent_short_name": "公司乙", "key_word": "营业收入", "prom_answer": "x"}
    assert finglm.kind_of(asked | {"营业收入": "40000000"}, columns) == "answerable"
    assert finglm.kind_of(asked | {"营业收入": "1"}, columns) == "contradicted"
    assert finglm.kind_of(asked | {"key_word": "净利润"}, columns) == "rest"
    assert finglm.needs({"year": "2020", "key_word": "上年营业收入、2021年净利润"}) == [("营业收入", 2019), ("净利润", 2021)]


MARGIN = {
    "year": "2020",
    "ent_short_name": "公司乙",
    "key_word": "营业收入、营业成本",
    "公式": "毛利率=(营业收入-营业成本)/营业收入",
    "prom_answer": "45.27%",
}


def test_finglm_verdicts() -> None:
    """Right at two decimals, with its sign and scale; the rest must not be answered."""
    question = "公司乙在2020年的毛利率是多少？"
    item = Item("1", question, "45.27%", "answerable", meta={"prompt": MARGIN, "truth": finglm.truth(MARGIN, question)})
    assert finglm.score(item, Reply("毛利率为45.27%[1]。其中：9%")).verdict == "correct"
    assert finglm.score(item, Reply("毛利率为0.45。")).verdict == "correct"
    assert finglm.score(item, Reply("毛利率为45.17%。")).verdict == "wrong"
    rest = Item("2", "?", "", "rest", meta=item.meta)
    assert finglm.score(rest, Reply("", "no_evidence")).verdict == "correct"
    assert finglm.score(rest, Reply("5")).verdict == "wrong"


def test_the_judge_of_finglm_takes_true_answers_and_refuses_false_ones() -> None:
    """Among them every hundredfold, which it used to forgive."""
    prompts = [
        MARGIN,
        {"year": "2020", "ent_short_name": "公司乙", "key_word": "营业利润", "prom_answer": "-3216750.46元"},
        {"year": "2020", "ent_short_name": "公司乙", "key_word": "净利润、上年净利润", "公式": "净利润增长率=x", "prom_answer": "-14.49%"},
        {"year": "2020", "ent_short_name": "公司乙", "key_word": "职工总数", "prom_answer": "3294人"},
        {"year": "2020", "ent_short_name": "公司乙", "key_word": "法定代表人", "prom_answer": "王一"},
    ]
    names = ["毛利率", "营业利润", "净利润增长率", "职工总数", "法定代表人"]
    asked = [(f"公司乙在2020年的{name}是多少？", prompt) for name, prompt in zip(names, prompts, strict=True)]
    items = [
        Item(str(number), question, prompt["prom_answer"], "answerable", meta={"truth": finglm.truth(prompt, question)})
        for number, (question, prompt) in enumerate([*asked] * 6)
    ]
    _passes(items, finglm.score)


def _passes(items: list[Item], score: Scorer) -> None:
    rates = measure("made", items, score)
    assert rates.false > 60
    assert rates.false_taken.value <= 0.02, rates.taken
    assert rates.true_taken.value >= 0.97, rates.refused


def test_the_judge_of_reviewed_chinese_questions_takes_true_answers_and_refuses_false_ones() -> None:
    """The written answers of the shipped file."""
    items = [
        Item(str(number), one["ask"], zh_filing_questions.gold(one), meta={"truth": zh_filing_questions.truth(one)})
        for number, one in enumerate(zh_filing_questions.reviewed()["questions"])
        if one["kind"] != "absent"
    ]
    _passes(items, zh_filing_questions.score)


def test_generated_questions_know_their_answers(reports: Reports) -> None:
    """The truth in the asked form is right, another number is wrong, an answer to what is absent is wrong."""
    made = [question for _ in range(400) if (question := zh_generated.Maker(reports, _).lookup()) is not None]
    kind, text, gold, truth = made[0]
    assert kind == "lookup"
    item = Item("1", text, gold, kind, meta={"truth": truth})
    assert zh_generated.score(item, Reply(f"是{gold}元[1]。")).verdict == "correct"
    assert zh_generated.score(item, Reply("是7元。")).verdict == "wrong"
    assert "{" not in text
    absent = Item("1", "?", "", "absent", meta={"truth": None})
    assert zh_generated.score(absent, Reply("5元")).verdict == "wrong"
    assert zh_generated.score(absent, Reply("", "no_evidence")).verdict == "correct"


def small(maker: zh_generated.Maker) -> zh_generated.Maker:
    """Asks only for what the small workbook holds."""
    maker.say = {name: said for name, said in maker.say.items() if name in HEADER}
    maker.money = ["营业收入", "营业成本"]
    return maker


def test_the_judge_of_generated_chinese_questions_takes_true_answers_and_refuses_false_ones(reports: Reports) -> None:
    """Of every kind that has an answer."""
    _passes([item for item in small(zh_generated.Maker(reports, 5)).make(40) if item.meta["truth"]], zh_generated.score)


def test_the_seed_reaches_the_maker_and_families_share_no_company_and_no_sentence(reports: Reports) -> None:
    """Another seed, other questions; the blind family asks about other companies, in sentences of its own for every kind."""
    one, other = ({item.question for item in small(zh_generated.Maker(reports, seed, "read")).make(60)} for seed in (3, 4))
    assert len(one & other) < 30
    read, blind = (zh_generated.Maker(reports, 3, family) for family in ("read", "blind"))
    assert {key[0] for key in read.keys} | {key[0] for key in blind.keys} == {key[0] for key in reports.rows}
    assert not {key[0] for key in read.keys} & {key[0] for key in blind.keys}
    assert blind.sentences.keys() == read.sentences.keys()
    assert not any(set(read.sentences[name]) & set(blind.sentences[name]) for name in read.sentences)
    suite = load_suite("zh-generated-blind")
    assert suite.seeded
    assert "nobody read" in suite.about


def test_generated_questions_of_every_kind(reports: Reports) -> None:
    """Each maker makes something of a dozen companies, in words without gaps."""
    maker = small(zh_generated.Maker(reports, 1))
    for name in zh_generated.SHARES:
        made = next((one for _ in range(3000) if (one := getattr(maker, name)()) is not None), None)
        assert made is not None, name
        assert "{" not in made[1]


def test_the_rank_of_the_evidence_page() -> None:
    """Among distinct pages: a second passage of one page moves nothing."""
    item = Item("1", "?", meta={"pages": [("a", 7)]})
    found = [Passage("a.pdf", 3, ""), Passage("a.pdf", 3, ""), Passage("b.pdf", 7, ""), Passage("a.pdf", 7, "")]
    score = retrieval.score_pages(item, Reply("", found=found))
    assert (score.why, score.counts["at_1"], score.counts["at_5"]) == ("at 3", 0, 1)
    assert retrieval.score_pages(item, Reply("", found=found[:2])).verdict == "wrong"


def test_articles_are_found_wherever_they_are_published() -> None:
    """The same article in another file is right, too; a passage that holds its opening holds it."""
    article = "第一条　为了检验，支付机构应当在五个工作日内提交报告，并对报告的真实性负责，不得有虚假记载。\n"
    held = {
        "x_1.txt": {"第一条": retrieval.squeezed(article.partition("　")[2])},
        "y_2.txt": {"第九条": retrieval.squeezed(article.partition("　")[2])},
    }
    item = retrieval._regulation(1, ["x_1", "第一条", "几日内提交报告？", ["五个工作日"]], held)
    assert [name for name, _ in item.meta["places"]] == ["x_1.txt", "y_2.txt"]
    assert retrieval.score_articles(item, Reply("", found=[Passage("z.txt", 1, article), Passage("y_2.txt", 1, article)])).why == "at 2"
    answer = Reply("五个工作日内[1]。", found=[Passage("x_1.txt", 1, "支付机构应当在五个工作日内提交报告，并对报告的真实性负责")])
    assert retrieval.score_regulation(item, answer).counts["cited"] == 1
    assert retrieval.score_regulation(item, Reply("十日[1]。", found=[])).verdict == "wrong"
    with pytest.raises(InputError, match="not in the data"):
        retrieval._regulation(2, ["x_1", "第三条", "?", ["x"]], held)


def test_documents_that_a_task_needs(tmp_path: Path) -> None:
    """What the customer says is asked; how to play the role is not."""
    told = "You are playing the role of a customer. You want a card without an annual fee. Never respond as a customer service rep."
    task = {"id": "t", "user_scenario": {"instructions": told}, "required_documents": ["doc_1", "doc_2"]}
    item = retrieval._bank(task)
    assert item.question == "You want a card without an annual fee."
    assert retrieval.score_documents(item, Reply("", found=[Passage("doc_2.md", 1, "")])).value == 0.5
    folder = tmp_path / retrieval.BANK
    folder.mkdir()
    (folder / "documents.json.gz").write_bytes(gzip.compress(json.dumps([{"id": "doc_1", "title": "T", "content": "C"}]).encode()))
    assert [path.read_text() for path in retrieval.bank_documents(tmp_path, tmp_path / "out")] == ["# T\n\nC\n"]


def test_abstention_asks_for_one_thing_that_is_not_there() -> None:
    """Different questions, a third of each kind, none about what is there; any answer is wrong."""
    made = abstention.made("en", ["Acme One", "Acme Two", "Acme Three", "Acme Four"], [2018, 2019, 2020, 2021])
    assert len({item.question for item in made}) == abstention.COUNT
    assert {item.kind for item in made} == {"no such company", "no such year", "no such metric"}
    assert all("Acme" not in item.question for item in made if item.kind == "no such company")
    assert not any(str(year) in item.question for item in made if item.kind == "no such year" for year in range(2018, 2022))
    assert len(abstention.made("en", ["Acme"], [2020])) < abstention.COUNT, "too few to ask about, and yet an end"
    assert abstention.score(made[0], Reply("It was 5.")).verdict == "wrong"
    assert abstention.score(made[0], Reply("", "clarify")).verdict == "correct"


def test_relations_of_a_table() -> None:
    """Right and below, over blanks, each pair once."""
    page = Page(1, 0, 0, [Block("table", "", cells=[Cell(0, 0, "a"), Cell(0, 2, "b"), Cell(1, 0, "c"), Cell(1, 1, "")])])
    assert set(layout.recognised([page])) == {(1, "right", "a", "b"), (1, "below", "a", "c")}


def test_tables_are_measured_as_the_contest_does() -> None:
    """Each document weighs the same: precision and recall are averaged over documents; pooled relations follow the largest one."""
    rows = [
        Row("large", "", "large", "", "", "", "answered", "wrong", 0.9, counts={"hits": 90, "found": 90, "truth": 110}),
        Row("small", "", "small", "", "", "", "answered", "wrong", 0.5, counts={"hits": 5, "found": 10, "truth": 10}),
        Row("missed", "", "missed", "", "", "", "answered", "wrong", 0.0, counts={"hits": 0, "found": 0, "truth": 20}),
    ]
    precision, recall = (1 + 0.5 + 0) / 3, (90 / 110 + 0.5 + 0) / 3
    found = {measure.name: measure.estimate(rows).value for measure in layout.TABLES.measures}
    assert next(iter(found)) == "document_f1"  # the one that goals are compared with
    assert found["document_f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert found["mean"] == pytest.approx((0.9 + 0.5 + 0) / 3)
    assert found["relations_f1"] == pytest.approx(2 * 95 / (100 + 140))


def test_gold_rows_of_a_quoted_statement() -> None:
    """A label, then as many numbers as there are years; a number is found with its label and its year."""
    text = "Balance sheet\n2020 2019\nTotal assets\n$ 1,200 1,100\nCash 12 11\nOdd 5\n"
    rows = layout.gold_rows(text)
    assert [(row.label, row.numbers, row.years) for row in rows] == [
        ("Total assets", ("1,200", "1,100"), ("2020", "2019")),
        ("Cash", ("12", "11"), ("2020", "2019")),
    ]
    cells = [Cell(0, 1, "2020"), Cell(0, 2, "2019"), Cell(1, 0, "Total assets"), Cell(1, 1, "1,200"), Cell(1, 2, "1,100")]
    score = layout.score_cells(Item("1", "", meta={"rows": rows}), Reply("", found=[Page(1, 0, 0, [Block("table", "", cells=cells)])]))
    assert (score.counts["all"], score.counts["in_a_cell"], score.counts["with_year"]) == (4, 2, 2)


def test_a_calibration_learns_what_tells() -> None:
    """A signal that goes with right answers weighs; the steps are of answers on papers that the fit had not."""
    chance = random.Random(1)
    rows = []
    for number in range(400):
        good = chance.random() < 0.5
        right = chance.random() < (0.95 if good else 0.4)
        made = Row(str(number), "", "", "", "", "", "answered", "correct" if right else "wrong", float(right))
        made.signals = {"facts": float(good), "noise": chance.random()}
        rows.append(made)
    found = calibrate.fit(rows, "made here")
    weights = found["weights"]
    assert isinstance(weights, dict)
    assert weights["facts"] > 1 > abs(weights["noise"])
    steps = found["steps"]
    assert isinstance(steps, list)
    assert min(step["error"] for step in steps) < 0.15 < steps[-1]["error"]
    assert steps[-1]["coverage"] == 1
    with pytest.raises(InputError, match="too few"):
        calibrate.fit(rows[:10], "few")


def test_answers_made_false_teach_weights_and_not_how_often_answers_are_wrong() -> None:
    """Few real answers are wrong; the false ones show which signal tells, and the confidence stays that of the real ones."""
    chance = random.Random(2)

    def made(name: str, sure: float, *, right: bool) -> Row:
        row = Row(name, "", "", "", "", "", "answered", "correct" if right else "wrong", float(right))
        row.signals = {"agreement": min(1.0, max(0.0, sure + chance.gauss(0, 0.15))), "noise": chance.random()}
        return row

    real = [made(str(number), 0.4 if number % 50 == 0 else 0.8, right=number % 50 != 0) for number in range(600)]
    false = [made(str(number), 0.3, right=False) for number in range(600)]
    found = calibrate.fit(real, "made", None, false)
    weights, bias = found["weights"], found["bias"]
    assert isinstance(weights, dict)
    assert isinstance(bias, float)
    assert weights["agreement"] > 3 * abs(weights["noise"])
    assert "answers made false" in str(found["fitted_on"])
    sure = [1 / (1 + np.exp(-(bias + sum(weights[name] * row.signals[name] for name in weights)))) for row in real]
    assert abs(sum(sure) / len(sure) - 0.98) < 0.02


def test_a_reliability_diagram_shows_share_right_over_confidence_with_n() -> None:
    """Of answers that the fit had not; a signal that none of them has keeps its weight of before."""
    rows = []
    for number in range(200):
        row = Row(str(number), "", "", "", "", "", "answered", "wrong" if number % 4 == 0 else "correct", 1.0)
        row.signals = {"facts": float(number % 4 != 0), "generated": 0.0}
        rows.append(row)
    found = calibrate.fit(rows, "made", {"generated": -2.0})
    assert isinstance(found["weights"], dict)
    assert found["weights"]["generated"] == -2
    assert "wrong)" in str(found["fitted_on"])
    assert "kept from the calibration before, as no answer has them: generated" in str(found["fitted_on"])
    bins = calibrate.reliability(calibrate.crossed(rows))
    assert sum(one.n for _, one in bins) == len(rows)
    assert [sure for sure, _ in bins] == sorted(sure for sure, _ in bins)
    assert bins[0][1].value == 0
    assert bins[-1][1].value == 1
    drawn = plots.reliability(bins)
    assert drawn.count("<circle") == len(bins)
    assert f"n = {bins[0][1].n}" in drawn


@pytest.mark.parametrize(
    ("unseen", "level"),
    [(None, 0.9), (0.7, 0.7), (0.5, 0.5), (0.9, 0.9), (0.97, 0.9)],  # a higher share on unseen questions raises nothing
)
def test_answers_are_no_surer_than_right_ones_on_questions_that_nobody_had_read(unseen: float | None, level: float) -> None:
    chance = random.Random(3)
    rows = []
    for number in range(400):
        wrong = number % 10 == 0
        row = Row(str(number), "", f"paper {number // 8}", "", "", "", "answered", "wrong" if wrong else "correct", float(not wrong))
        row.signals = {"agreement": chance.random() / (2 if wrong else 1), "words": chance.random()}
        rows.append(row)
    found = calibrate.fit(rows, "made", unseen=unseen)
    weights, bias, steps = found["weights"], found["bias"], found["steps"]
    assert isinstance(weights, dict)
    assert isinstance(bias, float)
    assert isinstance(steps, list)
    odds = [bias + sum(weights[name] * row.signals[name] for name in weights) for row in rows]
    heavy = calibrate.heavier([row.correct for row in rows], unseen)
    counts = [1.0 if row.correct else heavy for row in rows]
    assert np.average(1 / (1 + np.exp(-np.array(odds))), weights=counts) == pytest.approx(level, abs=0.002)
    assert np.mean(1 / (1 + np.exp(-np.array(odds)))) <= level + 0.12  # wrong answers stand once in what is asked
    assert steps[-1]["error"] == pytest.approx(1 - level, abs=0.01)


def test_answers_on_one_paper_are_in_one_fold() -> None:
    """So that no fit is tried on a paper that it had; an answer without a paper goes by its own name."""
    rows = [Row(str(number), "", "ko-10-k", "", "", "", "answered", "correct", 1.0) for number in range(20)]
    assert len({calibrate.fold(row) for row in rows}) == 1
    alone = [Row(str(number), "", "", "", "", "", "answered", "correct", 1.0) for number in range(60)]
    assert {calibrate.fold(row) for row in alone} == set(range(calibrate.FOLDS))


def test_every_suite_is_named_once() -> None:
    """Names are unique and load; another is refused with the list."""
    names = suite_names()
    assert len(set(names)) == len(names)
    for name in names:
        assert load_suite(name).measures
    with pytest.raises(InputError, match="there is no suite nothing"):
        load_suite("nothing")


def test_a_figure_of_a_statement_page_is_missed_with_any_fault_in_it() -> None:
    """Another value, sign, scale, year or row is no figure found; a currency sign beside it is no fault."""
    text = "2020 2019\nTotal assets\n$ 1,200 1,100\nNet loss\n(340) 21\nCash 12 11\nDebt 70 65\nEquity 900 800\n"
    item = Item("made", "", meta={"rows": layout.gold_rows(text)})
    rates = measure("statement-cells", [item], layout.score_cells)
    assert set(rates.kinds) == {"true", "value", "scale", "left out", "sign", "period", "other item"}
    assert not rates.taken
    assert not rates.refused
