"""What a candidate learned from against the suites of its exam, without a store."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.train.conftest import rows, write_task

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import load_suite
from finfoundry.release.candidate import Candidate
from finfoundry.release.exam import Exam, SuiteTerms, digest
from finfoundry.release.training_rows import check_training


def test_a_suite_whose_graded_answers_were_learned_is_no_exam(tmp_path: Path) -> None:
    """By the name that the run of the suite has; a suite of another name may examine."""
    task = str(write_task(tmp_path, "cards", rows(120)))
    path = tmp_path / "data-fingerprints.npz"
    Fingerprints([fingerprint("The moon is made of cheese.")]).write(path)
    prints = {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    items = load_suite(task).items(tmp_path)
    exam = Exam("model", str(tmp_path), {task: SuiteTerms("improve", 0.1, len(items), digest(items))}, None, 0, "", "ana")

    def check(*spent: str) -> None:
        manifest = {"name": "tuned", "data": {"fingerprints": prints, "spent": list(spent)}}
        check_training(Candidate("model", "tuned", "q8_0", path, "", "base", "", manifest, tmp_path), exam)

    check("loans")
    with pytest.raises(InputError, match="tuned was trained on graded answers to suite"):
        check("loans", "cards")
