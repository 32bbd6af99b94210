"""The library's door: what is exported, what loading it costs, and the examples of its page, run as they stand there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import finfoundry
from finfoundry.demo.report import annual_report

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
HEAVY = {"httpx", "llama_cpp", "numpy", "onnxruntime", "openpyxl", "pgserver", "psycopg", "pypdfium2", "torch", "typer"}


def exported() -> set[str]:
    return set(dir(finfoundry)) - {"__version__"}


def test_every_exported_name_is_there_and_nothing_else_is_offered() -> None:
    assert {name: getattr(finfoundry, name).__name__ for name in exported()} == {name: name for name in exported()}
    with pytest.raises(AttributeError, match="no attribute 'os'"):
        getattr(finfoundry, "os")  # noqa: B009  a name that its types do not have


def test_types_and_page_name_what_is_exported() -> None:
    stub = ast.parse((ROOT / "src" / "finfoundry" / "__init__.pyi").read_text("utf-8"))
    typed = {name.asname for node in stub.body if isinstance(node, ast.ImportFrom) for name in node.names}
    table = {name for line in PAGE.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert typed == table == exported()


@pytest.mark.parametrize("line", ["import finfoundry", "from finfoundry import verify; verify('Cash was 5.', ['Cash was 5.'])"])
def test_who_checks_a_sentence_loads_no_engine_and_no_database(line: str) -> None:
    shown = f"{line}\nimport sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


@pytest.mark.slow
def test_the_examples_run_as_they_stand_on_the_page(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FINFOUNDRY_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.pdf").write_bytes(annual_report().data)
    printed = []
    for example in EXAMPLES:
        exec(compile(example, "docs/library.md", "exec"), {})
        printed.append(capsys.readouterr().out)
    checked, read, asked = printed
    assert checked.splitlines() == ["$5.2 million holds", "$4.1 million does not hold: digit differs"]
    assert "page" in read
    assert asked.startswith("answered")
    assert "report.pdf page" in asked
