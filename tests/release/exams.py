"""What candidates are examined on in these tests: questions with their readings, questions beside passages, and a task of yes and no; and
what is tuned over a tiny encoder, as the toolchain leaves it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tests.train import tiny_encoder

from finfoundry.app import App, open_app
from finfoundry.core.model_files.heads import Array, HeadForm, write_forms
from finfoundry.core.model_files.tuned_file import tuned_graph
from finfoundry.core.principal import Principal
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.runtime.path_digest import path_digest
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases.release_model import ReleaseDesk

ASKED = 40  # questions beside passages
RIGHT, WRONG = "abab 12", "zyzy"  # what answers any of them, and what does not


@contextmanager
def home_opened(home: Path) -> Iterator[App]:
    """A home whose engine is elsewhere, and never asked."""
    with open_app(Settings(home=home, engine_url="http://127.0.0.1:1/v1", worker=False)) as app:
        yield app
    Supervisor(home).stop()


def roll_all_back(app: App, by: Principal, *slots: str) -> None:
    """Until nothing serves there."""
    desk = ReleaseDesk(app)
    for slot in slots:
        while slot in desk.register.serving():
            desk.rollback(by, slot, "a test")


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


def pairs(folder: Path) -> Path:
    """Questions, each beside a sentence, or a line, that answers and one that does not."""
    for head in ("evidence-pairs", "figure-pairs"):
        rows = [
            {"text": f"fee of pier {number}", "passage": f"{told} {number}", "target": target, "paper": f"p{number}"}
            for number in range(ASKED)
            for told, target in ((RIGHT, 1.0), (WRONG, 0.0))
        ]
        (folder / f"{head}-unseen.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
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


def tuned_encoder(
    folder: Path,
    name: str,
    heads: Mapping[HeadForm, tuple[NDArray[Any], NDArray[Any]]],
    learned: str,
    *,
    told: Sequence[HeadForm] | None = None,
    bars: Mapping[str, float] | None = None,
) -> Path:
    """Heads, each with weights and bias, over a tiny encoder in the form in which it serves; ``told``: what it says of its heads."""
    adapter, form = folder / "adapter", folder / "onnx"
    for made in (adapter, form):
        made.mkdir(parents=True)
    stem, weights = "base_model.model.heads.", dict[str, Array]()
    for head, (weight, bias) in heads.items():
        weights |= {f"{stem}{head.name}.weight": weight.astype(np.float32), f"{stem}{head.name}.bias": bias.astype(np.float32)}
    save_file(weights, adapter / "adapter_model.safetensors")
    (adapter / "adapter_config.json").write_text('{"r": 2, "lora_alpha": 4}')
    write_forms(adapter, tuple(heads))
    (form / "model.onnx").write_bytes(tuned_graph(tiny_encoder.encoder(), adapter))
    shutil.copyfile(tiny_encoder.base(folder / "base").path.with_name("tokenizer.json"), form / "tokenizer.json")
    write_forms(form, tuple(heads) if told is None else tuple(told))
    if bars:
        (form / "bars.json").write_text(json.dumps(bars))
    return told_of(folder, name, "onnx", {"base": "tiny", "base_sha256": "b" * 64}, learned)


def told_of(folder: Path, name: str, form: str, base: Mapping[str, str], learned: str) -> Path:
    """The manifest of a form in a folder, and the fingerprint of what was learned."""
    Fingerprints([fingerprint(learned)]).write(folder / "prints.npz")
    prints = {"path": "prints.npz", "sha256": path_digest(folder / "prints.npz")}
    of_form = {"path": form, "sha256": path_digest(folder / form), "bytes": 1, "metrics": {}}
    (folder / "manifest.json").write_text(json.dumps({"name": name, **base, "forms": {form: of_form}, "data": {"fingerprints": prints}}))
    return folder
