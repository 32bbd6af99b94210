"""Suites joined with the product: the binder attacked, a given table read, the naive baseline, and a run over a home."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from numpy.typing import NDArray
from tests.knowledge.samples import HashEmbedder

from finfoundry.base.scripted import ScriptedEngine
from finfoundry.cli import schemas
from finfoundry.core.answer import Language
from finfoundry.core.errors import InputError
from finfoundry.evals.binder import attack
from finfoundry.evals.intervals import mcnemar
from finfoundry.evals.rows import Item
from finfoundry.evals.systems import naive
from finfoundry.evals.systems.embedding_cache import Kept
from finfoundry.evals.systems.suite_documents import TextPage
from finfoundry.knowledge.shown.views import json_text
from finfoundry.runtime.settings import Settings
from finfoundry.usecases.compare_runs import Comparison
from finfoundry.usecases.evaluation import systems
from finfoundry.usecases.evaluation.evaluate import Evaluated, Evaluation


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


def test_a_task_is_evaluated_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a task file to rows, a result as its schema says, and a report; the next call goes on."""
    script = [("rises", "positive"), ("falls", ["unclear", '"negative"'] * 60)]
    monkeypatch.setattr(systems, "EngineOnDemand", lambda *_: ScriptedEngine(script))
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

    monkeypatch.setattr(systems, "EngineOnDemand", started)
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


def test_figures_of_other_weights_under_the_same_name_are_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "EngineOnDemand", lambda *_: ScriptedEngine([("", "positive")]))
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
    monkeypatch.setattr(systems, "EngineOnDemand", lambda *_: ScriptedEngine([("", "positive")]))
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


PAPER = """<html><body><h1>Tarn Holdings plc</h1><p>Annual report for the year ended 31 December 2024</p>
<h2>Consolidated income statement</h2>
<p>(in millions of US dollars)</p><table><tr><th></th><th>2024</th><th>2023</th></tr><tr><td>Revenue</td><td>1,241</td><td>1,180</td></tr>
<tr><td>Operating income</td><td>152</td><td>140</td></tr></table></body></html>"""


def test_own_questions_are_asked_as_their_people_ask_and_go_on(home: Path, tmp_path: Path) -> None:
    (tmp_path / "tarn-2024.html").write_text(PAPER, "utf-8")
    file = tmp_path / "ours.csv"
    file.write_text(
        "question,figures,nothing,collection,kind\n"
        'What was Tarn Holdings\' revenue in 2024?,"$1,241 million",,filings,metric\n'
        'What was Tarn Holdings\' revenue in 2023?,"$1,300 million",,filings,metric\n'
        "How many staff does Tarn Holdings employ?,,yes,filings,staff\n",
        "utf-8",
    )
    settings = Settings(home=home, engine="none", state_reader="off", scorer="off", figure_scorer="off")
    for limit in (2, None):
        with Evaluation(settings, tmp_path, tmp_path / "out", limit=limit) as evaluation:
            if limit:
                app = evaluation.app()
                app.ingest(app.administrator, [tmp_path / "tarn-2024.html"], collection="filings")
            found = evaluation.ask_own(file)
    output = json.loads(json_text(found))
    assert list(Draft202012Validator(schemas.schema("evaluate")).iter_errors(output)) == []
    told = {(one["by"], one["name"]): one for one in output["results"][0]["groups"]}
    assert told["all", ""]["n"] == 3
    assert {name: round(end["value"], 2) for name, end in told["all", ""]["endings"].items()} == {
        "right": 0.67, "in part": 0.0, "wrong": 0.33, "no answer": 0.0
    }  # fmt: skip
    assert ("kind", "staff") in told
    rows = [json.loads(line) for line in (tmp_path / "out" / "own-questions" / "rows.jsonl").read_text("utf-8").splitlines()]
    assert all(row["record"] for row in rows)  # each opens with its trace
    assert "finfoundry audit show" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_another_file_of_questions_needs_another_folder(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "ours.jsonl"
    settings = Settings(home=home, engine="none", state_reader="off", scorer="off", figure_scorer="off")
    for question in ("Who are you?", "Where are you?"):
        file.write_text(json.dumps({"question": question, "nothing": True}) + "\n", "utf-8")
        with Evaluation(settings, tmp_path, tmp_path / "out") as evaluation:
            if question.startswith("Where"):
                with pytest.raises(InputError, match="another data"):
                    evaluation.ask_own(file)
            else:
                evaluation.ask_own(file)


def test_own_questions_asked_again_are_held_against_the_run_before(home: Path, tmp_path: Path) -> None:
    (tmp_path / "tarn-2024.html").write_text(PAPER, "utf-8")
    file = tmp_path / "ours.jsonl"
    asked = {"question": "What was Tarn Holdings' revenue in 2024?", "figures": "$1,241 million"}
    file.write_text(json.dumps(asked) + "\n", "utf-8")
    settings = Settings(home=home, engine="none", state_reader="off", scorer="off", figure_scorer="off")
    with Evaluation(settings, tmp_path, tmp_path / "out") as evaluation:
        app = evaluation.app()
        app.ingest(app.administrator, [tmp_path / "tarn-2024.html"])
        first = evaluation.ask_own(file, again=True)
        assert (first.against, first.fallen) == (None, False)
        app.delete(app.administrator, app.documents(app.administrator)[0].id)
        second = evaluation.ask_own(file, again=True)
    assert second.against is not None
    assert (second.against.n, second.against.lost, second.against.gained) == (1, 1, 0)
    assert not second.fallen  # one question may fall by chance
    assert [flip.before for flip in second.against.flips] == ["correct"]
    runs = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert len(runs) == 2
    assert "over time" in (tmp_path / "out" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(("gained", "lost", "fallen"), [(0, 8, True), (8, 0, False), (3, 5, False), (0, 3, False)])
def test_a_fall_is_one_that_chance_hardly_explains(gained: int, lost: int, fallen: bool) -> None:
    against = Comparison("own-questions", 50, 0, 0, gained, lost, mcnemar(lost, gained), {}, [])
    assert Evaluated("report.html", [], against=against).fallen is fallen
