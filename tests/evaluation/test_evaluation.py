"""Suites joined with the product: the binder attacked, a given table read, the naive baseline, and a run over a home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray
from tests.knowledge.samples import HashEmbedder

from finfoundry.ask.views import json_text
from finfoundry.base.scripted import ScriptedEngine
from finfoundry.cli import schemas
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task
from finfoundry.evals.binder import attack
from finfoundry.evals.rows import Item
from finfoundry.evals.suites import load_suite
from finfoundry.evals.suites.tasks import items
from finfoundry.evals.systems import naive
from finfoundry.evals.systems.embedding_cache import Kept
from finfoundry.evals.systems.suite_documents import TextPage
from finfoundry.evals.systems.table_rules import given_table, tatqa
from finfoundry.evals.systems.table_rules import question as table_question
from finfoundry.runtime.settings import Settings
from finfoundry.usecases import evaluate
from finfoundry.usecases.evaluate import Evaluation

GRID = [
    ["(in millions)", "2019", "2018", "Change"],
    ["Revenue:", "", "", ""],
    ["Services", "120.0", "100.0", "20.0"],
    ["Products", "80.0", "90.0", "(10.0)"],
    ["Total revenue", "$200.0", "$190.0", "10.0"],
    ["Earnings per share", "1.25", "1.00", ".25"],
]


@pytest.mark.parametrize(
    ("question", "answers", "scale"),
    [
        ("What was total revenue in 2019?", ("$200.0",), "million"),
        ("What were the total revenue in 2018 and 2019 respectively?", ("$190.0", "$200.0"), "million"),
        ("What was the change in services between 2018 and 2019?", ("20.00",), "million"),
        ("What is the percentage change in products from 2018 to 2019?", ("-11.11",), "percent"),
        ("What is the average revenue of services for 2018 and 2019?", ("110.00",), "million"),
        ("What are services as a percentage of total revenue in 2019?", ("60.00",), "percent"),
        ("In 2019, what is the percentage constitution of services among the total revenue?", ("60.00",), "percent"),
        ("What is the percentage of products in the total revenue in 2019?", ("40.00",), "percent"),
        ("What was earnings per share in 2018?", ("1.00",), ""),
        ("In which year were products larger?", ("2018",), ""),
    ],
)
def test_a_given_table_answers(question: str, answers: tuple[str, ...], scale: str) -> None:
    """By label, year and the way to compute."""
    found = table_question.answer(question, given_table.GivenTable.read(GRID, ""))
    assert found is not None
    assert (found.answers, found.scale) == (answers, scale)


@pytest.mark.parametrize(
    "question", ["Why did services grow?", "What was goodwill in 2019?", "What was total revenue in 2011?", "What was revenue?"]
)
def test_what_a_table_does_not_clearly_hold_is_not_answered(question: str) -> None:
    """No row, no column, several rows, or a reason that stands in the text."""
    assert table_question.answer(question, given_table.GivenTable.read(GRID, "")) is None


def test_the_change_of_an_average_of_two_years() -> None:
    """The average of a year is that of it and the year before; years printed apart are years."""
    table = given_table.GivenTable.read([["", "2019", "2 0 1 8", "2017"], ["Cash flow", "40", "30", "10"]], "")
    found = table_question.answer("What is the change between 2018 and 2019 average cash flow?", table)
    assert found is not None
    assert found.answers == ("15.00",)  # (40 + 30) / 2 - (30 + 10) / 2


def test_what_only_the_text_names_is_read_there() -> None:
    """A row like what is asked is not it where the text, and no cell, has a word of the question."""
    paragraphs = ["Unrecognized revenue of 3 is expected in 2020."]
    assert tatqa.told_in_text("What was the unrecognized total revenue in 2019?", GRID, paragraphs)
    assert not tatqa.told_in_text("What was total revenue in 2019?", GRID, paragraphs)


def test_a_calculation_of_the_model_is_computed_here() -> None:
    """Figures as printed; what is no arithmetic is none."""
    assert tatqa.computed("(1,200 - $1,000) / 1,000 * 100") == 20
    assert tatqa.computed("2 / 0") is None
    assert tatqa.computed("revenue - cost") is None
    table = given_table.GivenTable.read(GRID, "")
    said = json.dumps({"kind": "calculation", "answers": [], "calculation": "120.0 - 100.0"})
    assert tatqa.read("What is the change?", said, table) == "20.00 million"
    assert tatqa.read("?", json.dumps({"kind": "words", "answers": ["$200.0"], "calculation": ""}), table) == "$200.0 million"
    assert tatqa.read("?", json.dumps({"kind": "count", "answers": ["a", "b"], "calculation": ""}), table) == "2"
    assert tatqa.read("?", '{"kind": "words", "answers": ["cut o', table) == "cut o"
    parts = json.dumps({"kind": "words", "answers": ["higher prices", "two new shops"], "calculation": ""})
    told = ["Sales rose due to higher prices and two new shops in Ohio."]
    assert tatqa.read("Why did sales rise?", parts, table, told) == "higher prices and two new shops"
    assert tatqa.read("Which measures were taken?", parts, table, told) == "higher prices; two new shops"
    assert given_table.figure("(1,234.5)") == Decimal("-1234.5")


@pytest.mark.parametrize(
    ("question", "answers", "said"),
    [
        ("What is the sum of a and b?", ["$6 + $3 = $9"], "9.00 million"),
        ("What is the difference of a and b?", ["$6 - $3"], "3.00 million"),
        ("What is the sum of the leases?", ["$47", "28", "1"], "76.00 million"),
        ("What was the average price in the three years?", ["10", "14"], "12.00 million"),
        ("What was the average price in 2019 and 2018 respectively?", ["10", "14"], "10; 14"),
        ("What is the total of both rates?", ["10%", "14%"], "10%; 14%"),
    ],
)
def test_arithmetic_that_the_model_wrote_as_words_is_worked_out(question: str, answers: list[str], said: str) -> None:
    table = given_table.GivenTable.read(GRID, "")
    written = json.dumps({"kind": "words", "answers": answers, "calculation": ""})
    assert tatqa.read(question, written, table) == said


def test_a_calculation_or_a_count_is_only_offered_where_one_is_asked_for() -> None:
    def kinds(question: str) -> list[str]:
        return tatqa.schema_of(question)["properties"]["kind"]["enum"]  # type: ignore[no-any-return]

    assert kinds("What was the depreciation amount in 2019?") == ["words"]
    assert kinds("How many employees were there in 2019?") == ["words", "count"]
    assert kinds("What was the change in sales?") == ["words", "calculation"]


def test_a_name_that_only_the_text_has_is_not_looked_for_in_the_table() -> None:
    paragraphs = ["Northwind bookings fell by $572 million."]
    assert tatqa.named_in_text("What was the decrease in Northwind revenue for 2019?", GRID, paragraphs)
    assert not tatqa.named_in_text("What was the decrease in revenue for 2019?", GRID, paragraphs)


def test_quarters_are_in_order_and_shares_have_a_scale_of_their_own() -> None:
    grid = [
        ["", "Third", "Fourth"],
        ["Net sales", "115", "104"],
        ["Basic shares", "439", "440"],
        ["Notional amount of rate swaps", "5", "7"],
    ]
    table = given_table.GivenTable.read(grid, "Amounts in millions. The following (shares in thousands):")
    found = table_question.answer("What was the change in net sales between the third and fourth quarter?", table)
    assert found is not None
    assert (found.answers, found.scale) == (("-11.00",), "million")
    shares = table_question.answer("What were the basic shares in the third quarter?", table)
    assert shares is not None
    assert shares.scale == "thousand"
    swaps = table_question.answer("What is the notional amount of rate swaps in the fourth quarter?", table)
    assert swaps is not None
    assert swaps.scale == "million"


def test_the_binder_attacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some mutations: the wrong ones caught, the right ones let through."""
    monkeypatch.setattr(attack, "MUTATIONS", 60)
    made = attack.made_up(Path())
    assert len({item.id for item in made}) == 60
    scores = [attack.score(item, attack.bind(item)) for item in made]
    assert sum(score.counts["caught"] for score in scores) >= 59
    assert sum(score.counts["withheld"] for score in scores) <= 1


def test_chunks_of_a_fixed_size() -> None:
    """Across pages, never across documents; the page is where a chunk begins."""
    texts = [TextPage("a", 1, "word " * 150), TextPage("a", 2, "next " * 100), TextPage("b", 1, "一二三")]
    chunks = list(naive.chunked(texts))
    assert [(chunk.document, chunk.page, len(chunk.text.split())) for chunk in chunks] == [("a", 1, 200), ("a", 2, 50), ("b", 1, 3)]


def test_the_naive_baseline_says_when_it_found_nothing() -> None:
    """Such a reply is no evidence; what states a figure is an answer."""
    assert naive.reply("Not found.", [], 1, 1).status == "no_evidence"
    assert naive.reply("The context does not mention it.", [], 1, 1).status == "no_evidence"
    assert naive.reply("It was $1,234 million.", [("a", 1), ("a", 1)], 1, 1).citations == [("a", 1)]
    found = naive.NaiveIndex([naive.NaiveChunk("a.pdf", 1, "x"), naive.NaiveChunk("b.pdf", 1, "y")], np.eye(2, dtype=np.float32))
    assert found.nearest(np.array([0, 1], np.float32), 1)[0].document == "b.pdf"
    assert found.nearest(np.array([0, 1], np.float32), 1, "a")[0].document == "a.pdf"


def test_tables_first_then_the_model(tmp_path: Path) -> None:
    """What the table holds costs no call."""
    (tmp_path / "en_tableqa").mkdir()
    questions = [
        {"uid": str(n), "order": n, "question": text, "answer": answer, "answer_type": kind, "answer_from": "table", "scale": scale}
        for n, (text, answer, kind, scale) in enumerate(
            [("What was total revenue in 2019?", ["$200.0"], "span", "million"), ("Why did services grow?", ["new offices"], "span", "")]
        )
    ]
    paragraphs = [{"uid": "p", "order": 1, "text": "Services grew because of new offices."}]
    pages = [{"table": {"uid": f"t{n}", "table": GRID}, "paragraphs": paragraphs, "questions": questions} for n in range(12)]
    (tmp_path / "en_tableqa" / "tatqa_dev.json").write_text(json.dumps(pages))
    engine = ScriptedEngine([("grow", '{"kind":"words","answers":["new offices"],"calculation":""}')])
    solve = tatqa.solver(engine)
    asked = items(load_task("tatqa"), tmp_path)
    assert {tatqa.SUITE.score(item, solve(item)).verdict for item in asked} == {"correct"}
    assert len(engine.requests) == sum("Why" in item.question for item in asked)
    assert {item.kind for item in tatqa.SUITE.items(tmp_path)} == {"span from table"}
    assert {solve(item).reason for item in asked} == {"table: row and columns", "model, words"}


def test_a_task_is_evaluated_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a task file to rows, a result as its schema says, and a report; the next call goes on."""
    script = [("rises", "positive"), ("falls", ["unclear", '"negative"'] * 60)]
    monkeypatch.setattr(evaluate, "EngineOnDemand", lambda *_: ScriptedEngine(script))
    (tmp_path / "en_tasks").mkdir()
    lines = "".join(f"{n},Share {n} {'rises' if n % 2 else 'falls'},\"{{'Share {n}': 'positive'}}\",3\n" for n in range(120))
    (tmp_path / "en_tasks" / "SEntFiN.csv").write_text("S No.,Title,Decisions,Words\n" + lines)
    for limit in (4, 8):
        with Evaluation(Settings(home=tmp_path / "home"), tmp_path, tmp_path / "out", limit=limit) as evaluation:
            found = evaluation.evaluate(["sentfin"])
    output = json.loads(json_text(found))
    assert list(Draft202012Validator(schemas.schema("evaluate")).iter_errors(output)) == []
    assert found.results[0].n == 8
    assert (tmp_path / "out" / "report.html").exists()
    evaluation = Evaluation(Settings(home=tmp_path / "home"), tmp_path, tmp_path / "out", systems=("naive",))
    with pytest.raises(InputError, match="does not run on naive"):
        evaluation.evaluate(["sentfin"])
    evaluation = Evaluation(Settings(home=tmp_path / "home"), tmp_path / "none", tmp_path / "out")
    with pytest.raises(InputError, match="no data"):
        evaluation.evaluate(["sentfin"])


def test_an_adapter_is_asked_in_every_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``base+adapter``: the engine serves the base, each request of each suite names the adapter, and the run says which it was."""
    engine, served = ScriptedEngine([("", '"positive"')], adapters=("desk",)), []

    def started(settings: Settings, _: object) -> ScriptedEngine:
        served.append(settings.model)
        return engine

    monkeypatch.setattr(evaluate, "EngineOnDemand", started)
    (tmp_path / "en_tasks").mkdir()
    lines = "".join(f"{n},Share {n} rises,\"{{'Share {n}': 'positive'}}\",3\n" for n in range(120))
    (tmp_path / "en_tasks" / "SEntFiN.csv").write_text("S No.,Title,Decisions,Words\n" + lines)
    settings = Settings(home=tmp_path / "home", model="tiny+desk")
    with Evaluation(settings, tmp_path, tmp_path / "out", limit=2) as evaluation:
        evaluation.evaluate(["sentfin"])
        evaluation.out = tmp_path / "again"
        evaluation.evaluate(["sentfin@1"])
    assert served == ["tiny"]
    assert {request.adapter for request in engine.requests} == {"desk"}
    assert json.loads((tmp_path / "out" / "sentfin" / "run.json").read_text())["model"] == "tiny+desk"


def test_24_b6_figures_of_other_weights_under_the_same_name_are_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "EngineOnDemand", lambda *_: ScriptedEngine([("", "positive")]))
    (tmp_path / "en_tasks").mkdir()
    lines = "".join(f"{n},Share {n} rises,\"{{'Share {n}': 'positive'}}\",3\n" for n in range(60))
    (tmp_path / "en_tasks" / "SEntFiN.csv").write_text("S No.,Title,Decisions,Words\n" + lines)
    model = tmp_path / "tuned.gguf"
    model.write_bytes(b"weights of yesterday")
    settings = Settings(home=tmp_path / "home", model=str(model))

    def evaluated() -> float:
        with Evaluation(settings, tmp_path, tmp_path / "out", limit=2) as evaluation:
            return evaluation.evaluate(["sentfin"]).results[0].n

    assert evaluated() == evaluated() == 2
    model.write_bytes(b"weights of today")
    with pytest.raises(InputError, match="a run with another weights"):
        evaluated()


def test_all_suites_name_what_cannot_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One command runs what there are data for; nothing is started for the others, and each says what is missing."""
    monkeypatch.setattr(attack, "MUTATIONS", 16)
    monkeypatch.setattr(evaluate, "EngineOnDemand", lambda *_: ScriptedEngine([("", "positive")]))
    (tmp_path / "en_tasks").mkdir()
    lines = "".join(f"{n},Share {n} rises,\"{{'Share {n}': 'positive'}}\",3\n" for n in range(60))
    (tmp_path / "en_tasks" / "SEntFiN.csv").write_text("S No.,Title,Decisions,Words\n" + lines)
    with Evaluation(Settings(home=tmp_path / "home"), tmp_path, tmp_path / "out", limit=2) as evaluation:
        found = evaluation.evaluate(["all"])
    assert {result.suite for result in found.results} >= {"sentfin", "binder-attack"}
    assert "is not there" in found.not_run["financebench"]
    assert "finds no" in found.not_run["tfns"]
    assert not (tmp_path / "home" / "models").exists()  # the law suites bring their papers, and start the store alone


def test_the_same_chunk_store_is_read_again(tmp_path: Path) -> None:
    """Embedding is done once a run folder."""

    class Counting:
        model, dimensions, languages, calls = "counting", 2, (None,), 0

        def passages(self, texts: list[str], language: str | None = None) -> np.ndarray:  # noqa: ARG002
            self.calls += 1
            return np.ones((len(texts), 2), np.float32)

        def query(self, text: str, language: str | None = None) -> np.ndarray:  # noqa: ARG002
            return np.ones(2, np.float32)

    (tmp_path / "a.txt").write_text("Rent rose to 12 million.")
    embedder = Counting()
    for _ in range(2):
        index = naive.index([tmp_path / "a.txt"], embedder, tmp_path / "indexes")  # type: ignore[arg-type]
    assert embedder.calls == 1
    engine = ScriptedEngine([("Rent rose", "Rent was 12 million.")])
    said = naive.solver(engine, embedder, index, own_document=False)(Item("1", "What was rent?"))  # type: ignore[arg-type]
    assert (said.text, said.citations) == ("Rent was 12 million.", [("a.txt", 1)])


def test_an_index_cut_short_goes_on(tmp_path: Path) -> None:
    """What was embedded is read from the folder; another text, or another order, is embedded."""
    asked: list[int] = []

    class Counting(HashEmbedder):
        def passages(self, texts: Sequence[str], language: Language | None = None) -> NDArray[np.float32]:
            asked.append(len(texts))
            return super().passages(texts, language)

    texts = ["net sales rose", "rent fell"]
    first = Kept(Counting(), tmp_path).passages(texts)
    again = Kept(Counting(), tmp_path)
    assert np.array_equal(again.passages(texts), first)
    assert asked == [2]
    assert again.passages(texts[:1]).shape == (1, again.dimensions)
    assert again.query("rent").shape == (again.dimensions,)
    assert asked == [2, 1]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Which years did products exceed 85?", ("2018",)),
        ("In which year was services less than 110.0?", ("2018",)),
        ("How many years did total revenue exceed 150?", ("2",)),
        ("What was the change in products in FY19?", ("-10.00",)),
    ],
)
def test_years_and_conditions(question: str, answers: tuple[str, ...]) -> None:
    """Years of two digits, a change from the year before, years below or above a limit."""
    found = table_question.answer(question, given_table.GivenTable.read(GRID, ""))
    assert found is not None
    assert found.answers == answers


def test_a_table_of_years_is_turned() -> None:
    """Years down the side become columns; headings above the first rows are no columns; notes are no words."""
    turned = given_table.GivenTable.read([["", "Operating (1)", "Finance"], ["2020", "$19", "$6"], ["2021", "14", "5"]], "")
    found = table_question.answer("What were the finance leases for 2021?", turned)
    assert found is not None
    assert found.answers == ("5",)
    grouped = given_table.GivenTable.read(
        [
            ["", "Gross", "Net"],
            ["December 31, 2019", "", ""],
            ["Servicing", "8", "6"],
            ["December 31, 2018", "", ""],
            ["Servicing", "4", "3"],
        ],
        "",
    )
    found = table_question.answer("What was the net servicing in 2018?", grouped)
    assert found is not None
    assert found.answers == ("3",)


def test_the_scale_of_a_given_table() -> None:
    """From the table, its introduction, or the figures that the text tells rounded; never from zeros within a figure."""
    grid = [["", "2019", "2018"], ["Net income", "24,193", "20,402"], ["Fees", "16,014,000", "2"]]
    assert given_table.scale_of([["(in millions)", "2019"]], "") == "million"
    assert given_table.scale_of(grid, "as follows (in\nthousands):") == "thousand"
    assert given_table.scale_of(grid, "It rose to $24.2 million from $20.4 million.") == "thousand"
    assert given_table.scale_of(grid, "") == ""


def test_a_long_text_is_cut_to_what_the_question_names() -> None:
    """The paragraphs that share rare words with the question, in their order."""
    long = ["Leases run for ten years. " * 60, "Goodwill was impaired in Ohio. " * 60, "Taxes are paid. " * 100]
    assert tatqa.near("Where was goodwill impaired?", long) == long[1]
    assert tatqa.near("?", ["a", "b"]) == "a\nb"


def test_b3_the_rules_over_a_given_table_are_not_called_the_product(tmp_path: Path) -> None:
    """Nothing that is served calls them: their rows are named for what they are, and asking for the product is refused."""
    assert evaluate.usual(tatqa.SUITE) == "table-rules"
    assert evaluate.usual(load_suite("financebench")) == "product"
    evaluation = Evaluation(Settings(home=tmp_path / "home"), tmp_path, tmp_path / "out", systems=("product",))
    with pytest.raises(InputError, match="does not run on product"):
        evaluation._solver(tatqa.SUITE, "tatqa", "product")
