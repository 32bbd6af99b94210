"""The commands of the specialists, with each person's own key: payments, forms, roles, promotion, decisions, outcomes, back-tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from tests.command_line import run, run_json
from tests.release.exams import RIGHT
from tests.release.test_encoder_release import SLOT, between, task_of_tone, tone_folder
from tests.specialists.test_text import letters

from finfoundry.core.errors import InputError, NotFound, NotPermitted
from finfoundry.specialists.families.aml.typologies import read_rules
from finfoundry.specialists.inputs.made_data import loans, payments
from finfoundry.specialists.models.specialist import check_sealed
from finfoundry.specialists.reports.checklist import NOT_MET

PEOPLE = {"tess": "trainer", "val": "validator", "app": "approver"}
Keys = dict[str, str]


@pytest.fixture(scope="module")
def keys(module_home: Path) -> Iterator[Keys]:
    """An administrator and three people with a role each, and their keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FINFOUNDRY_HOME", str(module_home))
        found = {"root": run_json("keys", "create", "--user", "root", "--scope", "admin", "--scope", "write")["key"]}
        patch.setenv("FINFOUNDRY_KEY", found["root"])
        for user, role in PEOPLE.items():
            run_json("users", "add", user)
            run_json("grants", "add", user, "sensitive", "--write")
            run_json("specialists", "role-give", user, role)
            found[user] = run_json("keys", "create", "--user", user, "--scope", "read", "--scope", "write")["key"]
        yield found


def filled(form: Path) -> None:
    """As a validator fills it in."""
    told = yaml.safe_load(form.read_text("utf-8"))
    told |= {"outcome": "fit with conditions", "expires": pd.Timestamp.now(tz="UTC").date(), "conditions": ["Not alone"]}
    told["findings"] = [{"what": "No downturn in the data", "severity": "medium"}]
    for one in told["checklist"]:
        short = one["shown"].startswith(NOT_MET)
        one |= {"verdict": "not met", "why": "it says so itself"} if short else {"verdict": "met"}
    form.write_text(yaml.safe_dump(told), "utf-8")


def brought_into_use(keys: Keys, folder: Path, data: Path, patch: pytest.MonkeyPatch) -> None:
    form = folder.parent / f"{folder.name}.yaml"
    patch.setenv("FINFOUNDRY_KEY", keys["val"])
    run("specialists", "form", str(folder), "--out", str(form))
    filled(form)
    signed = run_json("specialists", "sign", str(folder), "--data", str(data), "--form", str(form))
    assert signed["findings"] == ["medium: No downturn in the data"]
    assert run_json("specialists", "validations", str(folder)) == [signed]
    with pytest.raises(NotPermitted):
        run("specialists", "promote", str(folder))
    patch.setenv("FINFOUNDRY_KEY", keys["app"])
    assert run_json("specialists", "promote", str(folder))["state"] == "promoted"


def test_by_the_commands_each_person_takes_their_part(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, data = tmp_path / "loans", tmp_path / "loans.csv"
    table = loans(400, seed=3)
    table.to_csv(data, index=False)
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["app"])
    train = ("specialists", "train", "credit", "--data", str(data), "--target", "default", "--id", "id", "--budget", "2", "--out")
    with pytest.raises(NotPermitted, match="no trainer"):
        run(*train, str(tmp_path / "not"))
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    assert run_json(*train, str(folder))["version"] == check_sealed(folder)
    brought_into_use(keys, folder, data, monkeypatch)
    rows = run_json("specialists", "score", str(folder), "--data", str(data), "--as", "app")["rows"]
    ids = [row["id"] for row in rows if row["refused"] is None]
    pd.DataFrame({"id": ids[:2], "decision": ["approve", "decline"], "override": ["yes", ""], "why": ["a guarantee", ""]}).to_csv(
        tmp_path / "decided.csv", index=False
    )
    assert run_json("specialists", "decide", "loans", "--data", str(tmp_path / "decided.csv"))["recorded"] == 2
    came = table[table["id"].isin(ids)].rename(columns={"default": "event"})[["id", "event"]]
    came.to_csv(tmp_path / "came.csv", index=False)
    assert run_json("specialists", "outcomes", "loans", "--data", str(tmp_path / "came.csv"))["recorded"] == len(ids)
    found = run_json("specialists", "backtest", "loans", "--as", "app")
    assert (found["known"], [one["override"] for one in found["decisions"]]) == (len(ids), [True, False])
    assert {one["user"] for one in run_json("specialists", "roles")} == set(PEOPLE)
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    with pytest.raises(NotPermitted):
        run("specialists", "retire", str(folder))


@pytest.mark.slow
def test_a_challenger_and_an_export_by_the_commands(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, used, other = tmp_path / "small.csv", tmp_path / "a" / "small", tmp_path / "b" / "small"
    loans(400, seed=8).to_csv(data, index=False)
    train = ("specialists", "train", "credit", "--data", str(data), "--target", "default", "--id", "id", "--budget", "2", "--out")
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    run_json(*train, str(used))
    found = run_json(*train, str(other), "--champion", "challenger")
    with pytest.raises(NotPermitted):
        run("specialists", "challenger", str(other), "--share", "0.5")
    brought_into_use(keys, used, data, monkeypatch)
    told = run_json("specialists", "challenger", str(other), "--share", "0.5")
    assert (told["version"], told["share"], told["set_by"]) == (found["version"], 0.5, "app")
    with pytest.raises(InputError, match="needs 20 outcomes"):
        run("specialists", "compare", "small", "--as", "app")
    run("specialists", "challenger-end", "small")
    with pytest.raises(NotFound, match="No challenger"):
        run("specialists", "challenger-end", "small")
    written = run_json("specialists", "onnx", str(used), "--out", str(tmp_path / "small.onnx"))
    assert (written["model"], written["inputs"]["job"], (tmp_path / "small.onnx").stat().st_size > 1000) == ("scorecard", "text", True)


@pytest.mark.slow
def test_market_risk_by_the_commands(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folder, positions = tmp_path / "series.csv", tmp_path / "series", tmp_path / "positions.csv"
    moves = 0.01 * np.random.default_rng(1).standard_t(5, (800, 2))
    table = pd.DataFrame(moves, columns=["A", "B"])
    table.insert(0, "date", pd.bdate_range("2020-01-01", periods=800))
    table.to_csv(data, index=False)
    positions.write_text("series,amount\nA,1000\nB,-500\n")
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    levels = ("--var-level", "0.95", "--es-level", "0.95")
    run_json("specialists", "train", "market-risk", "--data", str(data), "--returns", "all", *levels, "--out", str(folder))
    brought_into_use(keys, folder, data, monkeypatch)
    asked = ("--positions", str(positions), "--factor", "A=equity_us", "--factor", "B=equity_us", "--as", "app")
    found = run_json("specialists", "score", str(folder), "--data", str(data), *asked)
    assert found["portfolio"]["scenarios"]["Black Monday"] == pytest.approx(0.205 * 500)
    assert [one["amount"] for one in found["portfolio"]["components"]] == ["1000", "-500"]
    assert "working days ago" in " ".join(found["warnings"])
    table.tail(3).assign(date=pd.bdate_range("2023-01-25", periods=3)).to_csv(data, index=False)
    assert run_json("specialists", "outcomes", "series", "--data", str(data))["recorded"] == 6
    with pytest.raises(InputError, match="Of 0 of 2 forecasts"):
        run("specialists", "backtest", "series", "--as", "app")


@pytest.mark.slow
def test_payments_come_in_by_the_command_line(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, first, later = tmp_path / "cards", tmp_path / "first.csv", tmp_path / "later.csv"
    table = payments(1500, seed=3)
    table.head(1200).to_csv(first, index=False)
    table.tail(300).to_csv(later, index=False)
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    run_json(
        "specialists", "train", "fraud", "--data", str(first), "--target", "fraud", "--time", "at", "--id", "id", "--entity", "card",
        "--entity", "shop", "--amount", "amount", "--budget", "2", "--out", str(folder),
    )  # fmt: skip
    brought_into_use(keys, folder, later, monkeypatch)
    taken = run_json("specialists", "payments", "cards", "--data", str(later), "--as", "app")
    assert (taken["entered"], taken["labels"], taken["scores"]["scored"]) == (300, 300, 300)
    again = run_json("specialists", "payments", "cards", "--data", str(later), "--no-score", "--as", "app")
    assert (again["entered"], again["repeated"], again["scores"]) == (0, 300, None)


@pytest.mark.slow
def test_alerts_have_commands(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they do is tested over the queue (``tests/specialists/test_alerts.py``)."""
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["val"])
    rules = tmp_path / "rules.yaml"
    rules.write_text(run("specialists", "alerts", "rules"), "utf-8")
    assert read_rules(rules).digest == read_rules().digest
    assert run_json("specialists", "alerts", "list", "watch", "--as", "val") == []
    for act in (("show",), ("note", "--text", "a note"), ("narrative",), ("propose", "--outcome", "report", "--why", "x"), ("close",)):
        with pytest.raises(NotFound, match="no alert 7 of 'watch'"):
            run("specialists", "alerts", act[0], "watch", "7", *act[1:], *(("--as", "val") if act[0] == "show" else ()))


@pytest.mark.slow
def test_texts_by_the_commands(keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder is released by its task and asked; a specialist is calibrated over it and asked."""
    task_of_tone(tmp_path)
    tone, folder, data = tone_folder(tmp_path / "tone", between(tmp_path / "states"), 6.0), tmp_path / "letters", tmp_path / "letters.csv"
    letters(200, 1).to_csv(data, index=False)
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["root"])
    asked = ("--suite", str(tmp_path / "tone.yaml"), "--data", str(tmp_path), "--why", "its task")
    assert list(run_json("release", "exam", SLOT, *asked)["suites"]) == [str(tmp_path / "tone.yaml")]
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    release = run_json("release", "propose", str(tone), "--form", "onnx", "--why", "tuned on letters")["release"]
    assert (release["slot"], release["passed"]) == (SLOT, True)
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["root"])
    run_json("release", "promote", str(release["id"]), "--why", "as good")
    told = run_json("release", "ask", "tone", f"pier 3 {RIGHT} 3")
    assert (told["sha256"], max(told["labels"], key=told["labels"].get)) == (release["sha256"], "good")
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["tess"])
    given = ("--data", str(data), "--target", "tone", "--id", "id", "--text", "body", "--encoder", "tone", "--bar", "0.7")
    assert run_json("specialists", "train", "text", *given, "--out", str(folder))["inputs"] == ["body"]
    brought_into_use(keys, folder, data, monkeypatch)
    found = run_json("specialists", "score", str(folder), "--data", str(data), "--as", "app")
    assert found["scored"] == 200
    assert 0 < found["no_class"] < 100
    monkeypatch.setenv("FINFOUNDRY_KEY", keys["root"])
    assert run_json("specialists", "replay", found["record"])["ok"]
