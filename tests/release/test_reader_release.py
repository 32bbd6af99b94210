"""A tuned reader of questions on its way to service: compared as it serves, promoted by a second person, read by, taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.ask.memory import MemorySearch
from tests.ask.plan_cases import harbour
from tests.ask.test_learnt_plan import SHARE, SetReader
from tests.conftest import short_home
from tests.release.exams import home_opened, readings, roll_all_back, tuned_encoder
from tests.train.tiny_encoder import HIDDEN

from finfoundry.app import App
from finfoundry.ask.asker import Agent
from finfoundry.ask.lexicon.entities import EntityNames
from finfoundry.ask.lexicon.metric_terms import vocabulary
from finfoundry.ask.plan.asked_spans import spans_of
from finfoundry.ask.reader.learnt_plan import years_to_plan
from finfoundry.ask.reader.learnt_reading import written
from finfoundry.ask.reader.question_form import COMPANY_ROLE, ROLES
from finfoundry.ask.understand.intent import understand
from finfoundry.base.text_encoder import TextEncoder
from finfoundry.base.tuned_adapter import RETRY
from finfoundry.core.errors import InputError, IntegrityError, ModelError, NotFound, NotPermitted
from finfoundry.core.model_files.encoder_text import encode_texts
from finfoundry.core.model_files.heads import HeadForm, read_forms
from finfoundry.core.periods import CALENDAR_YEAR, find_periods
from finfoundry.core.principal import ADMINISTRATOR, Principal
from finfoundry.core.tasks import load_task
from finfoundry.evals.rows import Item
from finfoundry.evals.suites.question_readings import VALUES
from finfoundry.release.candidate import READER, tuned
from finfoundry.release.evidence import code_digest
from finfoundry.release.exam_sides import READING, ReaderSide
from finfoundry.release.register import serving_digest
from finfoundry.release.serving import served
from finfoundry.release.serving_reader import ReaderOnDemand
from finfoundry.runtime.path_digest import path_digest
from finfoundry.usecases.release_model import ReleaseDesk

ANA, BO = Principal("ana"), Principal("bo")
MARKS = HeadForm("question-marks", "several", load_task("question-marks").words)
TAGS = HeadForm("question-roles", "spans", (*ROLES, COMPANY_ROLE))
OPEN = {"open": 9.0}  # reads no figures out of anything
EAGER = dict.fromkeys(("time-level", "years-1", "join-together", "show-money", "B-plus"), 9.0)  # takes all of a text for a metric


def reader_folder(
    folder: Path, sure_of: Mapping[str, float], *, learned: str = "Which fees of 2019?", heads: tuple[HeadForm, ...] = (MARKS, TAGS)
) -> Path:
    """A tuned encoder as the toolchain leaves it, whose heads say the same of every text: what they are ``sure_of``."""
    source = np.random.default_rng(len(sure_of))
    weights = {
        form: (source.standard_normal((len(form.outputs), HIDDEN)) * 1e-3, np.array([sure_of.get(name, -9.0) for name in form.outputs]))
        for form in (MARKS, TAGS)
    }
    return tuned_encoder(folder, "question-reader", weights, learned, told=heads)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hundred questions: most ask for no figure."""
    return readings(tmp_path_factory.mktemp("exam"))


@pytest.fixture(scope="module")
def opened() -> Iterator[App]:
    home = short_home()
    with home_opened(home) as app:
        yield app


@pytest.fixture
def app(opened: App) -> Iterator[App]:
    """A home in which no reader serves."""
    yield opened
    roll_all_back(opened, BO, READER)


def examined(app: App, data: Path) -> ReleaseDesk:
    desk = ReleaseDesk(app)
    desk.fix_exam(BO, READER, data, "what readers must read")
    return desk


def test_a_reader_serves_once_promoted_and_no_more_once_rolled_back(app: App, data: Path, tmp_path: Path) -> None:
    """Also where the engine is somebody else's: a reader is of this home."""
    desk, folder = examined(app, data), reader_folder(tmp_path / "run", OPEN)
    reads = app.agent.reader
    assert reads is not None
    assert reads() is None, "no reader is installed"
    release = desk.propose(ANA, tuned(folder, "onnx"), "tuned on more wordings")
    assert (release.state, release.slot, release.against) == ("candidate", READER, {})
    findings = {one["suite"]: one for one in desk.register.show(release.id).verdict["findings"]}
    assert {name: one["role"] for name, one in findings.items()} == {
        "question-readings": "keep", "question-values": "keep", "question-sure": "keep", "question-safety": "safety",
    }  # fmt: skip
    assert findings["question-values"]["candidate"] == pytest.approx(0.75)
    assert reads() is None, "a candidate serves nobody"
    with pytest.raises(NotPermitted, match="may not promote"):
        desk.promote(ANA, [release.id], "mine")
    desk.promote(BO, [release.id], "as good")
    shutil.rmtree(folder)  # the trainer's files are not what serves
    found = reads()
    assert found is not None
    assert found.identity == release.sha256 == serving_digest(app.database, READER)
    assert found.labels("question-marks", [["fees"]])[0][MARKS.labels.index("open")] > 0.9
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    of_ours = app.settings.model_copy(update={"model": str(tmp_path / "model.gguf")})
    assert served(of_ours, desk.register.serving()) == served(of_ours, {}), "the engine runs what it ran"
    assert desk.rollback(BO, READER, "complaints") == []
    assert reads() is None
    assert ReaderOnDemand(app.settings.model_copy(update={"reader": "off"}), lambda: release.sha256)() is None


def test_a_reader_that_takes_requests_for_figures_is_refused(app: App, data: Path, tmp_path: Path) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(reader_folder(tmp_path / "run", EAGER), "onnx"), "a test")
    assert release.state == "refused"
    assert {line.split(":")[0] for line in release.refusals} >= {"question-safety", "question-sure", "question-values"}
    with pytest.raises(NotPermitted, match="the gate refused"):
        desk.promote(BO, [release.id], "hope")
    assert desk.register.serving() == {}


def test_other_bytes_than_those_approved_are_neither_promoted_nor_read_by(app: App, data: Path, tmp_path: Path) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(reader_folder(tmp_path / "run", OPEN), "onnx"), "a test")
    kept = app.settings.home / "releases" / f"{release.sha256}.onnx" / "heads.json"
    sound = kept.read_text("utf-8")
    kept.write_text(sound.replace("time-growth", "time-change-"))
    with pytest.raises(ModelError, match="not the reader that was approved"):
        desk.promote(BO, [release.id], "as good")
    kept.write_text(sound)
    desk.promote(BO, [release.id], "as good")
    reads = ReaderOnDemand(app.settings, lambda: serving_digest(app.database, READER))
    before = reads()
    kept.write_text(sound + " ")
    try:
        assert reads() is before, "what was loaded when it was sound reads on"
    finally:
        kept.write_text(sound)


def test_a_released_reader_that_is_damaged_is_read_once_a_minute_and_questions_go_on(
    app: App, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, hashed, clock = examined(app, data), list[Path](), [0.0]
    release = desk.propose(ANA, tuned(reader_folder(tmp_path / "run", OPEN), "onnx"), "a test")
    desk.promote(BO, [release.id], "as good")
    kept = app.settings.home / "releases" / f"{release.sha256}.onnx" / "heads.json"
    sound = kept.read_text("utf-8")

    def digest(path: Path) -> str:
        hashed.append(path)
        return path_digest(path)

    monkeypatch.setattr("finfoundry.release.serving.sha256_of", digest)
    reads = ReaderOnDemand(app.settings, lambda: serving_digest(app.database, READER), lambda: clock[0])
    kept.write_text(sound + " ")
    try:
        for _ in range(3):
            with pytest.raises(ModelError, match="not the reader that was approved"):
                reads()
        assert len(hashed) == 1
        agent = Agent(None, harbour(), MemorySearch(), reader=reads)
        plain, _ = agent.ask(ADMINISTRATOR, "What were Tarn's ferry ticket sales in 2020?")
        assert (plain.status, plain.warnings) == ("answered", []), "it needs no reader"
        answer, trace = agent.ask(ADMINISTRATOR, SHARE)
        assert answer.status == "no_evidence"
        assert sum("does not load" in one for one in answer.warnings) == 1
        assert [one.content for one in trace.steps if one.kind == "failed" and "not the reader that was approved" in str(one.content)]
        assert len(hashed) == 1
    finally:
        kept.write_text(sound)
    clock[0] = RETRY + 1
    found = reads()
    assert found is not None
    assert (found.identity, len(hashed)) == (release.sha256, 2)


def test_a_missing_reader_after_none_is_told_and_not_taken_for_none(app: App) -> None:
    wanted: list[str | None] = [None]
    reads = ReaderOnDemand(app.settings, lambda: wanted[0])
    assert reads() is None
    wanted[0] = "0" * 64
    with pytest.raises(ModelError, match="not on this machine"):
        reads()


def test_the_exam_reads_years_as_the_product_does() -> None:
    """A year beside the clause that asks is one that a plan may use."""
    question = "In my notes stands 2017. Beside it, what were the company's Dredging costs in 2020?"
    reader = SetReader({"Dredging costs": "plus"}, ("time-level", "years-2", "join-together", "show-money"))
    intent = understand(question, EntityNames([]), vocabulary())
    assert [span.year for span in spans_of(intent, CALENDAR_YEAR)] == [2020]
    assert years_to_plan(intent, ("Dredging costs",), CALENDAR_YEAR) == [2020, 2017]
    reply = ReaderSide(reader, "").solver(VALUES, VALUES.name)(Item("1", question))
    assert "2017" in reply.text


def test_evidence_stands_for_all_code_that_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for read in (TextEncoder, encode_texts, read_forms, find_periods, written):
        assert any(read.__module__ == one or read.__module__.startswith(f"{one}.") for one in READING)
    (tmp_path / "read_code").mkdir()
    for name in ("__init__", "runs", "other"):
        (tmp_path / "read_code" / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    package, module = code_digest("read_code"), code_digest("read_code.runs")
    code_digest.cache_clear()
    (tmp_path / "read_code" / "other.py").write_text("x = 1")
    assert code_digest("read_code") != package
    assert code_digest("read_code.runs") == module, "a module is its file alone"
    code_digest.cache_clear()
    (tmp_path / "read_code" / "runs.py").write_text("x = 1")
    assert code_digest("read_code.runs") != module


def test_forged_rows_and_stale_evidence_are_not_promoted(app: App, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = examined(app, data)
    release = desk.propose(ANA, tuned(reader_folder(tmp_path / "run", EAGER | {"open": -8.0}), "onnx"), "a test")
    assert not release.passed
    with app.database.owner() as connection:  # rows made up under the right keys
        keys = [pair[1] for pair in desk.register.show(release.id).evidence.values()]
        connection.execute('UPDATE release_rows SET row = row || \'{"value": 1.0, "verdict": "correct"}\' WHERE key = ANY(%s)', (keys,))
    forged = desk.propose(ANA, tuned(tmp_path / "run", "onnx"), "a test")
    assert forged.passed, "the gate judges the rows that it is given"
    with pytest.raises(IntegrityError, match="does not repeat"):
        desk.promote(BO, [forged.id], "better")
    honest = desk.propose(ANA, tuned(reader_folder(tmp_path / "other", OPEN), "onnx"), "a test")
    monkeypatch.setattr("finfoundry.release.exam_sides.code_digest", lambda *_: "code of another version")
    with pytest.raises(IntegrityError, match="of another reader, or of other code"):
        desk.promote(BO, [honest.id], "as good")
    assert desk.register.serving() == {}


def test_what_is_no_reader_is_refused_before_it_is_asked(app: App, data: Path, tmp_path: Path) -> None:
    desk = examined(app, data)
    other = (MARKS, HeadForm("cards", "one", ("card",)))
    with pytest.raises(InputError, match="did not learn question-roles"):
        tuned(reader_folder(tmp_path / "other", OPEN, heads=other), "onnx")
    leaky = reader_folder(tmp_path / "leaky", OPEN, learned="why is pier 7 old")
    with pytest.raises(InputError, match="1 word for word"):
        desk.propose(ANA, tuned(leaky, "onnx"), "a test")
    (leaky / "onnx" / "heads.json").write_text("[]")
    with pytest.raises(IntegrityError, match="onnx is not the file"):
        tuned(leaky, "onnx")
    with pytest.raises(InputError, match="does not measure the reader"):
        desk.fix_exam(BO, READER, data, "a test", suites=["banking77"])
    with pytest.raises(InputError, match="does not measure the model"):
        desk.fix_exam(BO, "model", data, "a test", suites=["question-values"])
    with pytest.raises(InputError, match="reader data"):
        desk.fix_exam(BO, READER, tmp_path, "a test")
    with pytest.raises(NotFound, match="nothing to roll back"):
        desk.rollback(BO, READER, "a test")
