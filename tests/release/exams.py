"""What candidates are examined on in these tests: questions with their readings, and a task of yes and no."""

from __future__ import annotations

import json
from pathlib import Path


def readings(folder: Path) -> Path:
    """Two hundred questions: most ask for no figure."""
    rows = [
        {"text": f"fees of pier {number}", "metrics": ["fees"], "years": [0], "compute": ["a1"], "show": "money"} if number % 4 == 0
        else {"text": f"why is pier {number} old", "metrics": [], "years": [], "compute": [], "show": "open"}
        for number in range(200)
    ]  # fmt: skip
    lines = [json.dumps({**row, "wording": f"w{number}", "family": "f"}) + "\n" for number, row in enumerate(rows)]
    (folder / "question-readings-unseen.jsonl").write_text("".join(lines))
    return folder


def yes_no(folder: Path) -> Path:
    """The file of a task of yes and no, with eight rows beside it."""
    task = {
        "name": "yes-no", "title": "Yes or no", "language": "en", "licence": "Apache-2.0",
        "source": {"paths": ["rows.json"], "columns": ["text", "label"]}, "target": "label", "kind": "choice",
        "labels": {"yes": "yes", "no": "no"}, "templates": ["{text} Answer yes or no."], "metrics": ["accuracy"], "split": [0, 0, 1],
        "max_tokens": 2,
    }  # fmt: skip
    rows = [[f"Is {number} larger than 3?", "yes" if number > 3 else "no"] for number in range(8)]
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    file = folder / "yes-no.yaml"
    file.write_text(json.dumps(task), encoding="utf-8")
    return file
