"""A specialist of texts over a released encoder: calibrated on rows that it was not tuned on, promoted, asked, replayed, watched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.conftest import short_home
from tests.release.exams import RIGHT, WRONG, home_opened, roll_all_back
from tests.release.test_encoder_release import ANA, BO, SLOT, between, examined, task_of_tone, tone_folder

from finfoundry.app import App
from finfoundry.core.errors import InputError, ModelError, NotFound, NotPermitted
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.release.candidate import tuned
from finfoundry.release.serving_encoders import ReleasedEncoders
from finfoundry.specialists.families.text.text_results import TextScores, TextValidation
from finfoundry.specialists.lifecycle.outcomes import ProductionBackTest
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

NAME = "letters"
ASKED = TrainingRequest("text", "letters.csv", "tone", id="id", own={"text": "body", "encoder": "tone", "bar": 0.7})


def letters(count: int, seed: int) -> pd.DataFrame:
    """Letters of two tones; every third has words of both, and chance decides its tone."""
    source = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        good, mixed = bool(source.integers(2)), number % 3 == 0
        words = f"{RIGHT} {WRONG}" if mixed else RIGHT if good else WRONG
        rows.append((f"L{seed}-{number}", f"pier {source.integers(1000)} {words} {seed}{number}", "good" if good else "bad"))
    return pd.DataFrame(rows, columns=["id", "body", "tone"])


@dataclass
class Office:
    app: App
    desk: Desk
    folder: Path
    direction: tuple[Any, float]
    data: Path

    def write(self, name: str, table: pd.DataFrame) -> Given:
        table.to_csv(self.folder / name, index=False)
        return Given(self.folder / name)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A home in which an encoder of tones was released, and a specialist of letters trained over it."""
    folder = tmp_path_factory.mktemp("office")
    data = folder / "exam"
    data.mkdir()
    task_of_tone(data)
    with home_opened(short_home()) as app:
        made = Office(app, Desk(app), folder, between(folder / "states"), data)
        with pytest.raises(NotFound, match="No encoder of the task 'tone' serves"):
            made.desk.train(app.administrator, ASKED, folder / "early" / NAME, made.write("early.csv", letters(60, 1)))
        _release(made, tone_folder(folder / "tone", made.direction, 6.0, learned=letters(200, 1)["body"][3]))
        trained = made.desk.train(app.administrator, ASKED, folder / NAME, made.write("letters.csv", letters(200, 1)))
        assert (trained.family, trained.rows, trained.used, trained.state) == ("text", 200, 199, "candidate")
        assert trained.warnings == ["1 rows were left out: the encoder was tuned on it, or on nearly the same"]
        yield made


def _release(office: Office, folder: Path) -> str:
    desk = examined(office.app, office.data)
    release = desk.propose(ANA, tuned(folder, "onnx"), "tuned on letters")
    desk.promote(BO, [release.id], "as good")
    return release.sha256


def test_a_class_comes_with_a_calibrated_probability_and_none_below_the_bar(office: Office) -> None:
    administrator, folder, later = office.app.administrator, office.folder / NAME, letters(120, 2)
    given = office.write("later.csv", later)
    found = office.desk.validate(administrator, folder, given)
    assert isinstance(found, TextValidation)
    figures = found.models["encoder"]
    assert figures["accuracy"].value == pytest.approx(5 / 6, abs=0.05)
    assert figures["right_of_told"].value > 0.9 > figures["accuracy"].value
    assert figures["told"].value == pytest.approx(2 / 3, abs=0.1)
    assert [one.name for one in found.by_class] == ["good", "bad"]
    assert sum(one.rows for one in found.by_class) == found.used == 120
    scored = office.desk.score(administrator, folder, given, reasons=False)
    assert isinstance(scored, TextScores)
    sure = [row for row in scored.rows if row.probability is not None]
    assert all((row.class_name == row.likeliest) is (row.probability >= 0.7) for row in sure if row.probability is not None)
    assert all(row.class_name is None for row in sure if row.class_name != row.likeliest)
    assert (scored.scored, scored.no_class) == (120, sum(row.class_name is None for row in sure))
    assert scored.no_class == pytest.approx(40, abs=12)
    mean = np.mean([row.probability for row in sure if row.probability is not None])
    assert mean == pytest.approx(5 / 6, abs=0.06), "an uncalibrated encoder is sure of nearly all"
    assert scored.record is not None
    replayed = office.desk.replay(administrator, scored.record)
    assert (replayed.ok, replayed.covered) == (True, ["class_name", "likeliest", "probability"])


def test_it_serves_once_three_people_have_had_their_say_and_only_those_who_may_read_it(office: Office) -> None:
    desk, folder, later = office.desk, office.folder / NAME, letters(80, 3)
    with pytest.raises(NotPermitted):
        desk.promote(office.app.administrator, folder)
    bring_into_use(desk, folder, office.write("valid.csv", letters(90, 4)), Principal("bob", administrator=True))
    rows = later.drop(columns="tone").to_dict("records")
    served = desk.serve(office.app.administrator, NAME, rows, reasons=True)
    assert isinstance(served, TextScores)
    alone = [desk.serve(office.app.administrator, NAME, [row], reasons=True).rows[0] for row in rows[:5]]
    assert [replace(row, row=1) for row in served.rows[:5]] == alone, "its neighbours change no digit of a text"
    with pytest.raises(NotFound, match="No version of 'letters' is promoted"):
        desk.serve(Principal("dan"), NAME, rows, reasons=False)
    told = office.app.ask(office.app.administrator, f"What is the probability of row {served.rows[0].id} by model {NAME}?")
    assert told.status == "answered"
    assert "probability of the likeliest class" in told.text
    explained = desk.explain(office.app.administrator, folder, served.rows[0].id, "zh")
    assert explained.status == "answered"
    assert "最可能类别的概率" in explained.text
    told_class, untold = (next(row.id for row in served.rows if (row.class_name is None) is none) for none in (False, True))
    assert "The class told is " in desk.explain(office.app.administrator, folder, told_class, "en").text
    assert "No class is told" in desk.explain(office.app.administrator, folder, untold, "en").text
    truth = dict(zip(later["id"], later["tone"], strict=True))
    events = pd.DataFrame([(row.id, int(truth[row.id] == row.likeliest)) for row in served.rows], columns=["id", "event"])
    events.to_csv(office.folder / "events.csv", index=False)
    made = desk.in_use(office.app.administrator, NAME)
    lifecycle = desk.families.of(made)
    assert lifecycle.note_file(office.app.administrator, NAME, made, office.folder / "events.csv").recorded == 80
    found = lifecycle.back_test(office.app.administrator, NAME, made)
    assert isinstance(found, ProductionBackTest)
    assert found.rate == pytest.approx(events["event"].mean())
    with pytest.raises(InputError, match="no challengers"):
        lifecycle.compare(office.app.administrator, NAME, made)


def test_what_cannot_be_read_is_refused_and_the_others_are_told(office: Office) -> None:
    rows = [
        {"id": "A", "body": f"pier 3 {RIGHT} 3"}, {"id": "B", "body": " "}, {"id": "A", "body": "ab"}, {"id": "D", "body": "ab " * 600},
        {"id": "", "body": "ab"}, {"id": "F", "body": None},
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    scored = office.desk.score(office.app.administrator, office.folder / NAME, office.write("odd.csv", table), reasons=False)
    assert isinstance(scored, TextScores)
    told = [row.refused or row.likeliest for row in scored.rows]
    assert told[0] == "good"
    assert told[1] == told[5] == "column 'body': empty"
    assert told[2] == "column 'id': the id A stands already in row 1"
    assert told[3] is not None
    assert "longer than the encoder's 512" in told[3]
    assert told[4] == "column 'id': empty"
    with pytest.raises(InputError, match="There is no column 'body'"):
        office.desk.score(office.app.administrator, office.folder / NAME, office.write("no.csv", table[["id"]]), reasons=False)
    with pytest.raises(InputError, match="writes no file"):
        office.desk.score(
            office.app.administrator, office.folder / NAME, Given(office.folder / "odd.csv"), reasons=False, out=office.folder / "s.csv"
        )


def test_texts_that_are_too_long_are_one_warning(office: Office) -> None:
    long = pd.DataFrame([(f"X{count}", "ab " * count, "good") for count in (600, 610, 620)], columns=["id", "body", "tone"])
    given = office.write("long.csv", pd.concat([letters(60, 6), long]))
    found = office.desk.validate(office.app.administrator, office.folder / NAME, given)
    assert found.warnings == ["3 rows were left out: the text is longer than the encoder reads"]


def test_what_moved_is_told_and_another_encoder_in_service_too(office: Office) -> None:
    administrator, folder = office.app.administrator, office.folder / NAME
    still = office.desk.monitor(administrator, folder, office.write("now.csv", letters(150, 5).drop(columns="tone")))
    assert still.alerts == []
    one_sided = letters(300, 6).query("tone == 'good'").drop(columns="tone")
    moved = office.desk.monitor(administrator, folder, office.write("sided.csv", one_sided))
    assert any(alert.startswith("class has moved") for alert in moved.alerts)
    assert (folder / "monitor.html").is_file()
    other = _release(office, tone_folder(office.folder / "other", office.direction, 7.0))
    alerts = office.desk.monitor(administrator, folder, Given(office.folder / "now.csv")).alerts
    assert alerts == ["Another encoder serves for the task tone now, or none: calibrate that one, or retire this specialist"]
    assert ReleasedEncoders(office.app.settings, office.app.database).serving("tone") == other
    roll_all_back(office.app, BO, SLOT)
    again = office.desk.score(administrator, folder, Given(office.folder / "now.csv"), reasons=False)
    assert isinstance(again, TextScores)
    assert again.scored == 150, "it keeps the encoder over which it was calibrated"
    _release(office, office.folder / "tone")


def test_the_card_tells_what_it_rests_on(office: Office) -> None:
    card = (office.folder / NAME / "card.md").read_text("utf-8")
    told = json.loads((office.folder / NAME / "specialist.json").read_text("utf-8"))
    assert told["encoder"] in card
    assert "right_of_told" in card
    assert "1 rows were left out" in card


@pytest.mark.parametrize(
    ("own", "changed", "told"),
    [
        ({"encoder": ""}, {}, "needs --text COLS and --encoder TASK"),
        ({"bar": 1.5}, {}, "needs --text COLS and --encoder TASK"),
        ({"text": "words"}, {}, "There is no column 'words'"),
        ({}, {"tone": "neutral"}, "holds 'neutral', which the encoder does not tell"),
        ({}, {"body": f"pier 5 {RIGHT} 5", "tone": "good"}, "a calibration needs 20 right and as many wrong"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(
    office: Office, tmp_path: Path, own: dict[str, Any], changed: dict[str, str], told: str
) -> None:
    given = office.write("bad.csv", letters(60, 7).assign(**changed))
    asked = replace(ASKED, own={**ASKED.own, **own})
    with pytest.raises(InputError, match=told):
        office.desk.train(office.app.administrator, asked, tmp_path / NAME, given)


def test_an_encoder_with_other_bytes_reads_nothing(office: Office) -> None:
    sha256 = ReleasedEncoders(office.app.settings, office.app.database).serving("tone")
    kept = office.app.settings.home / "releases" / f"{sha256}.onnx" / "heads.json"
    sound = kept.read_text("utf-8")
    kept.write_text(sound.replace("good", "gold"))
    try:
        with pytest.raises(ModelError, match="not the encoder:tone that was approved"):
            Desk(office.app).score(office.app.administrator, office.folder / NAME, Given(office.folder / "now.csv"), reasons=False)
    finally:
        kept.write_text(sound)
    shutil.rmtree(office.folder / "states", ignore_errors=True)
