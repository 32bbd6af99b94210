"""What another package adds is found by its entry points: ``examples/plugins`` has one of each, used here as if it were installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the metadata that pip writes for the example package, its code next to it."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    folder = tmp_path_factory.mktemp("site")
    metadata = folder / "finfoundry_example-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    points = ["\n".join([f"[{group}]", *(f"{name} = {target}" for name, target in named.items())]) for group, named in groups]
    (metadata / "entry_points.txt").write_text("\n\n".join(points) + "\n")
    (folder / "finfoundry_example").symlink_to(EXAMPLE / "finfoundry_example")
    return folder


def run(folder: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )  # fmt: skip


def told(folder: Path, program: str, **environment: str) -> Any:
    done = run(folder, program, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_format_is_read_in_the_sandbox_like_ours(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "harbour.kv").write_text("USD million = 2024\nHarbour dues = 1,250\nPilotage fees = 310\n")
    program = f"""
import json
from pathlib import Path
from typing import Any
from finfoundry.machine import open_machine
with open_machine() as machine:
    parsed, *_ = machine.parse(Path({str(tmp_path / "harbour.kv")!r}))
print(json.dumps([parsed.document.media_type, sorted(str(fact.value) for fact in parsed.facts)]))
"""
    media, values = told(installed, program, FINFOUNDRY_HOME=str(tmp_path / "home"))
    assert media == "text/x-key-value"
    assert values == ["1250000000", "310000000"]


def test_an_engine_is_chosen_by_its_name(installed: Path, tmp_path: Path) -> None:
    program = """
import json
from finfoundry.base.engines import engine_elsewhere
from finfoundry.core.protocols import Message, Request
from finfoundry.runtime.settings import Settings
engine = engine_elsewhere(Settings())
print(json.dumps([engine.model, engine.chat(Request((Message("user", "Is Linxi Port for sale?"),))).text]))
"""
    home = {"FINFOUNDRY_HOME": str(tmp_path)}
    assert told(installed, program, FINFOUNDRY_ENGINE="parrot", **home) == ["parrot", "Is Linxi Port for sale?"]
    assert told(installed, program, FINFOUNDRY_ENGINE="scripted", FINFOUNDRY_MODEL="none", **home) == ["none", "NOT FOUND"]
    refused = run(installed, program, FINFOUNDRY_ENGINE="owl", **home)
    assert "there is no engine owl" in refused.stderr
    assert "llama, none, openai, scripted, parrot" in refused.stderr


@pytest.mark.slow
def test_a_suite_a_family_and_a_method_are_named_beside_ours(installed: Path) -> None:
    program = """
import json
from pathlib import Path
from typing import Any
from finfoundry.evals.rows import Reply
from finfoundry.evals.suites import load_suite, suite_names
from finfoundry.specialists.families.families import family_named, lifecycle_class, names
from finfoundry.train.methods import method_named
from finfoundry.train.recipe import parse_recipe
suite = load_suite("sums")
item = suite.items(Path("."))[0]
data = {"tasks": [{"task": "finfe"}], "licences": ["none-stated"]}
recipe = parse_recipe({"name": "a", "base": "b", "method": "calm", "data": data}, "a")
print(json.dumps(["sums" in suite_names(), item.question, "leasing" in names(),
                  lifecycle_class(family_named("leasing")).classifier.purpose,
                  method_named(recipe.method).step.__module__]))
"""
    question = "What is 2 plus 3? Answer with the number alone."
    assert told(installed, program) == [True, question, True, "default of leases", "finfoundry_example.calm"]


def test_a_package_that_cannot_be_loaded_is_named_with_a_remedy(tmp_path: Path) -> None:
    metadata = tmp_path / "broken-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[finfoundry.engines]\nbroken = no_such_module:engine\n")
    done = run(tmp_path, "from finfoundry.core.plugins import plugins\nplugins('engines')")
    assert "the package broken offers broken among finfoundry.engines" in done.stderr
    assert "pip uninstall broken" in done.stderr
