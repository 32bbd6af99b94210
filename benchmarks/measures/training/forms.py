"""A tuned model in every form, served over HTTP: accuracy on held-back rows, and how many greedy answers are those of the adapter.

    python benchmarks/training.py forms MODEL_DIR --task NAME --data DIR [--limit 120] [--forms lora f16 q8_0 q4_0] [--torch]

The reference is the adapter as it was trained, decoded greedily by torch in bf16. Forms that are not there are written. With ``--torch``
the weights of a whole form are read back from its file and decoded by torch, too: what differs then is the form and not the engine.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from finfoundry.base.llama import LlamaEngine, Served, engine_process, socket_path
from finfoundry.core.protocols import Request
from finfoundry.core.tasks import Task, TaskRow, load_task, rows
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.train.base import Base
from finfoundry.train.export.forms import PATHS
from finfoundry.train.export.learned import read_adapter
from finfoundry.train.export.manifest import read_manifest
from finfoundry.usecases.train_model import Training

Answer = Callable[[TaskRow], str]


def by_torch(folder: Path, base: Base, task: Task) -> Answer:
    """The adapter on its base: the weights are changed, in bf16, and decoded one token at a time."""
    model = base.model(torch.float32)
    adapter = read_adapter(folder / "adapter", base)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name in adapter:
            weights[name] += torch.from_numpy(adapter.change(name))
    return decoded(model, base, task)


def decoded(model: Any, base: Base, task: Task) -> Answer:
    model = model.to(torch.bfloat16).eval()
    model.set_attn_implementation("sdpa")
    tokenizer = base.tokenizer

    def answer(row: TaskRow) -> str:
        asked = [{"role": message.role, "content": message.content} for message in task.messages(row)]
        text = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")
        with torch.no_grad():
            out = model.generate(**ids, max_new_tokens=task.max_tokens, do_sample=False, pad_token_id=tokenizer.pad_token_id)
        return str(tokenizer.decode(out[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)).strip()

    return answer


@contextmanager
def served(settings: Settings, what: Served, task: Task, adapter: str | None) -> Iterator[Answer]:
    supervisor = Supervisor(settings.home)
    supervisor.ensure(engine_process(settings, what))
    engine = LlamaEngine(socket_path(settings, what.process), what.name)
    try:
        yield lambda row: engine.chat(Request(task.messages(row), max_tokens=task.max_tokens, adapter=adapter)).text.strip()
    finally:
        engine.close()
        supervisor.stop(what.process)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--forms", nargs="*", default=["lora", "f16", "q8_0", "q4_0", "q4_k_m"])
    parser.add_argument("--torch", action="store_true", help="decode the whole forms by torch, without serving them")
    arguments = parser.parse_args()
    settings = read_settings()
    training = Training(settings)
    manifest = read_manifest(arguments.folder)
    base = training.base(manifest.base)
    missing = [form for form in arguments.forms if form not in manifest.forms]
    training.export(arguments.folder, missing)
    task = load_task(arguments.task)
    test = rows(task, arguments.data, "test")
    test = random.Random(0).sample(test, min(arguments.limit, len(test)))
    answer = by_torch(arguments.folder, base, task)
    reference = [answer(row) for row in test]
    right = sum(task.read(said) == task.read(row.target) for said, row in zip(reference, test, strict=True))
    print(f"{'adapter':8} accuracy {right / len(test):.3f} of {len(test)}")
    for form in arguments.forms:
        with tempfile.TemporaryDirectory() as adapters:
            path = arguments.folder / PATHS[form]
            lora = form == "lora"
            if lora:
                (Path(adapters) / "tuned.gguf").write_bytes(path.read_bytes())
            if arguments.torch and not lora:
                ask = decoded(dataclasses.replace(base, path=path).model(torch.float32), base, task)
                said = [ask(row) for row in test]
            else:
                what = Served(
                    f"form-{form}", form, base.path if lora else path, Path(adapters), chat_template=base.template if lora else ""
                )
                with served(settings, what, task, "tuned" if lora else None) as ask:
                    said = [ask(row) for row in test]
        hit = sum(task.read(one) == task.read(row.target) for one, row in zip(said, test, strict=True))
        same = sum(a == b for a, b in zip(said, reference, strict=True))
        share = hit / max(right, 1)
        print(f"{form:8} accuracy {hit / len(test):.3f}, {share:.1%} of the adapter's; {same / len(test):.1%} of the answers are the same")
