"""Cards of a model and of its data: Markdown with a head of YAML, as hubs read it (huggingface.co/docs/hub/model-cards)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from finfoundry.train.data.manifest import DataManifest
from finfoundry.train.export.manifest import ModelManifest

MODEL_CARD, DATA_CARD = "README.md", "DATA.md"
LIBRARIES = {"full": "transformers"}  # by kind of weights; else peft


def write_cards(folder: Path, manifest: ModelManifest, data: DataManifest, original: str = "") -> None:
    """``README.md`` of the model and ``DATA.md`` of what it learned from, in the model's folder. ``original`` is the base's repository."""
    (folder / MODEL_CARD).write_text(model_card(manifest, data, original), "utf-8")
    (folder / DATA_CARD).write_text(data_card(data), "utf-8")


def model_card(manifest: ModelManifest, data: DataManifest, original: str) -> str:
    """All that the manifest says, in words; nothing is said that it does not hold."""
    recipe = manifest.recipe
    head = {
        "base_model": original or manifest.base, "library_name": LIBRARIES.get(recipe["weights"], "peft"), "language": _languages(data),
        "license": "other", "license_name": "see-sources", "tags": ["finance", recipe["method"], recipe["weights"]],
    }  # fmt: skip
    learned = {
        "method": recipe["method"], "weights": recipe["weights"], "steps": manifest.steps, "tokens": manifest.tokens,
        "learning rate": recipe["learning_rate"], "epochs": recipe["epochs"], "context": recipe["context"], "seed": recipe["seed"],
        **({"adapter": _adapter(recipe)} if recipe["weights"] != "full" else {}),
        **({"began from the adapter": manifest.init_adapter_sha256} if manifest.init_adapter_sha256 else {}),
    }  # fmt: skip
    figures = {"loss of the last tenth of the steps, nats a token": round(manifest.loss, 4), **manifest.metrics}
    identity = {"base (SHA-256)": manifest.base_sha256, "recipe (SHA-256)": manifest.recipe_sha256, "rows (SHA-256)": data.sha256}
    return "\n".join([
        _head(head), f"# {manifest.name}\n", f"{recipe['purpose'] or 'No purpose is stated.'}\n",
        f"Tuned on {manifest.base} by finfoundry {manifest.version}, {manifest.created}; what from: [{DATA_CARD}]({DATA_CARD}).\n",
        "## How it was tuned\n", _table("", learned), "## Measured\n", _table("", figures),
        "These are losses; whether it is good enough to serve is for `finfoundry evaluate` and the gate of `finfoundry release` to say.\n",
        "## Which one it is\n", _table("", identity),
    ])  # fmt: skip


def data_card(data: DataManifest) -> str:
    """Where the rows come from, under which licences, and what was left out."""
    licences = sorted({source.licence for source in data.sources})
    head = {
        "language": _languages(data),
        "license": "other",
        "license_name": "see-sources",
        "tags": ["finance"],
        "size_categories": [_size(data.rows)],
    }
    rows = [
        "| source | kind | language | licence | read | kept | evaluation | duplicates | contradictions | leaks | too long |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {one.name} | {one.kind} | {one.language} | {one.licence} | {one.read} | {one.kept} | {one.evaluation} | "
        f"{one.exact_duplicates + one.near_duplicates} | {one.contradictions} | {one.leaks} | {one.too_long} |"
        for one in data.sources
    ]
    files = [f"- `{file.path}`, {file.bytes:,} bytes, SHA-256 `{file.sha256}`" for one in data.sources for file in one.files]
    about = {
        "rows": data.rows, "rows held back": data.development, "tokens": data.tokens, "tokens that carry the loss": data.targets,
        "personal data": data.personal, "never learned (zero-shot)": ", ".join(data.held_out) or "none", "licences": ", ".join(licences),
    }  # fmt: skip
    return "\n".join([
        _head(head), f"# What {data.recipe} learned from\n", _table("", about), "## Sources\n", *rows, "",
        "What was left out stands in `left-out.jsonl`, row by row, with its reason; what the split keeps for evaluation is counted only.\n",
        "## Files\n", *files, "",
    ])  # fmt: skip


def _head(told: Mapping[str, Any]) -> str:
    return f"---\n{yaml.safe_dump(dict(told), allow_unicode=True, sort_keys=False)}---\n"


def _table(title: str, told: Mapping[str, Any]) -> str:
    return "\n".join([f"| {title} | |", "|---|---|", *(f"| {key} | {value} |" for key, value in told.items()), ""])


def _languages(data: DataManifest) -> list[str]:
    return [name for name in ("zh", "en") if data.languages.get(name) or data.languages.get("mixed")]


def _adapter(recipe: Mapping[str, Any]) -> str:
    lora = recipe["lora"]
    kinds = "".join(f", {name}" for name, key in (("rsLoRA", "rslora"), ("DoRA", "dora")) if lora.get(key))
    return f"rank {lora['rank']}, alpha {lora['alpha']:g}, dropout {lora['dropout']:g}{kinds}"


def _size(rows: int) -> str:
    """As hubs name sizes."""
    for most, name in ((1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if rows < most:
            return name
    return "n>1M"
