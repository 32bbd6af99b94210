"""A family brings its own options and pages; what is common asks no specialist which family it is of."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.repository.imports import SOURCE

from finfoundry.app import App, open_app
from finfoundry.core.errors import InputError
from finfoundry.core.principal import Principal
from finfoundry.demo.specialists import bring_into_use
from finfoundry.runtime.settings import Settings
from finfoundry.specialists.families import families
from finfoundry.specialists.families.family import Family, Option
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.models.specialist import MODEL, TrainingRequest
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk

EXAMPLES = SOURCE.parent.parent / "examples" / "plugins"
NAMES = {"credit", "fraud", "aml", "market-risk"}


@pytest.fixture
def leasing(monkeypatch: pytest.MonkeyPatch) -> Family:
    """The family of the example package, as if the package were installed."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from finfoundry_example.leasing import FAMILY  # type: ignore[import-not-found]

    found: Family = FAMILY
    monkeypatch.setattr(families, "offered", lambda _: ["leasing"])
    monkeypatch.setattr(families, "plugins", lambda _: {"leasing": found})
    return found


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    with open_app(Settings(home=home)) as opened:
        yield opened


@pytest.mark.slow
def test_a_family_of_another_package_lives_its_whole_life(app: App, leasing: Family, tmp_path: Path) -> None:
    desk, folder = Desk(app), tmp_path / "leases"
    table = loans(400, seed=5).assign(months=36.0)
    table["months_paid"] = table.index % 36
    past, later = tmp_path / "past.csv", tmp_path / "later.csv"
    table.head(300).to_csv(past, index=False)
    table.tail(100).to_csv(later, index=False)
    asked = TrainingRequest(leasing.name, str(past), "default", id="id", budget=2, own={"term": "months"})
    assert "term_over" in desk.train(app.administrator, asked, folder, Given(past)).inputs
    bring_into_use(desk, folder, Given(later), Principal("bob", administrator=True))
    scored = desk.score(app.administrator, folder, Given(later), reasons=True)
    assert (scored.family, len(scored.rows)) == ("leasing", 100)
    row = table.tail(1).drop(columns="default").to_dict("records")[0]
    served = desk.serve(app.administrator, "leases", [row], reasons=True)
    assert served.rows[0].score == scored.rows[-1].score
    assert served.record is not None
    assert desk.replay(app.administrator, served.record).ok
    assert desk.explain(app.administrator, folder, served.rows[0].id, "en").status == "answered"
    assert (folder / "card.html").read_text("utf-8").count("default of leases") > 0
    with pytest.raises(InputError, match="The family leasing takes no --as-of"):
        desk.score(app.administrator, folder, Given(later, options={"as_of": "60"}), reasons=False)
    answer = app.ask(app.administrator, f"What is the score of applicant {row['id']}?")
    assert any("person" in warning for warning in answer.warnings), "leases are people's, as loans are"


def test_its_options_stand_in_the_help_of_the_command(leasing: Family) -> None:
    term = next(one for one in families.options("train") if one[0].name == "term")
    assert term == (leasing.options[0], ["leasing"])
    both = {option.name: names for option, names in families.options("train")}
    assert both["amount"] == ["fraud", "aml"]
    assert [option.name for option, _ in families.options("score")] == ["transactions", "as_of", "scenarios", "factor", "positions"]


@pytest.mark.slow
def test_what_no_family_brought_is_not_in_the_file(app: App, tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    loans(300, seed=5).to_csv(path, index=False)
    asked = TrainingRequest("credit", str(path), "default", id="id", budget=2)
    Desk(app).train(app.administrator, asked, tmp_path / "loans", Given(path))
    assert b'"own"' not in (tmp_path / "loans" / MODEL).read_bytes()
    assert replace(asked, own={"a": 1}).own == {"a": 1}


def test_an_option_that_a_family_does_not_take_is_refused() -> None:
    family = Family("example", "nowhere:Nothing", (Option("depth", "how deep.", kind="number", on=("score", "serve")),))
    family.check("score", {"depth": 1.0, "positions": None, "factor": [], "as_of": ""})
    with pytest.raises(InputError, match="takes no --as-of"):
        family.check("score", {"as_of": "60"})
    with pytest.raises(InputError, match="takes no as_of"):
        family.check("serve", {"as_of": "60"})
    with pytest.raises(InputError, match="takes no --depth"):
        family.check("monitor", {"depth": 1.0})


def test_a_family_is_declared_without_its_libraries() -> None:
    program = "import sys\nfrom finfoundry.specialists.families.families import options\noptions('train')\nprint('pandas' in sys.modules)"
    import subprocess

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_what_is_common_asks_no_specialist_which_family_it_is_of() -> None:
    asking = {
        str(path.relative_to(SOURCE)): node.lineno
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare) and NAMES & {one.value for one in (node.left, *node.comparators) if isinstance(one, ast.Constant)}
    }
    assert asking == {}


def test_scores_of_a_family_that_is_gone_still_say_that_a_person_decides() -> None:
    assert families.is_about_people("leasing of a package that was removed")
    assert families.is_about_people("credit")
    assert not families.is_about_people("market-risk")
