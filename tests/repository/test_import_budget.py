"""What a process loads: nothing of the product for ``--version``, and no native engine, workbook reader or suite where none is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "xllamacpp", "onnxruntime", "openpyxl", "torch", "lightgbm", "sklearn", "scipy", "pandas", "pypdfium2", "docx", "pptx", "rapidocr",
    "cv2", "PIL", "finfoundry.evals.suites",
}  # fmt: skip


def loaded(program: str) -> set[str]:
    """The modules that a program has loaded at its end."""
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True, timeout=120
    )
    return set(told.stdout.split())


def test_the_version_is_told_without_the_product() -> None:
    program = """
import sys
sys.argv = ["finfoundry", "--version"]
from finfoundry.cli.main import main
try:
    main()
except SystemExit:
    pass
"""
    ours = {name for name in loaded(program) if name.split(".")[0] == "finfoundry"}
    assert {"finfoundry.app", "finfoundry.terminal"}.isdisjoint(ours)
    assert len(ours) <= 10


@pytest.mark.parametrize("module", ["finfoundry.app", "finfoundry.server.client", "finfoundry.cli.questions", "finfoundry.machine"])
def test_what_answers_questions_loads_no_engine_and_no_suite(module: str) -> None:
    """The engine is another process, the embedder and the readers of files are loaded by those who use them."""
    assert HEAVY.isdisjoint(loaded(f"import {module}"))
