"""``make demo-train``: data made here, a small base tuned on it, served, proved against the base, promoted, taken back.

    python -m finfoundry.demo.training [--out DIR] [--rows N] [--limit N]

The task is invented: which of six things a bank's customer wants, in English and Chinese. The base, gemma-3-270m, is pulled if need be.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from pathlib import Path

from finfoundry import terminal
from finfoundry.app import open_app
from finfoundry.core.errors import FinfoundryError
from finfoundry.core.principal import Principal
from finfoundry.core.progress import Report
from finfoundry.core.tasks import load_task
from finfoundry.machine import Machine, read_settings
from finfoundry.release.candidate import MODEL, tuned
from finfoundry.release.register import Release
from finfoundry.release.serving import served
from finfoundry.runtime.settings import Settings
from finfoundry.train.recipe import Recipe, parse_recipe
from finfoundry.usecases.release_model import ReleaseDesk
from finfoundry.usecases.train_model import Training

BASE, NAME, PREFERRED, SEED = "gemma-3-270m", "bank-messages", "bank-preferences", 7
PAIRS = 160  # so that learning from them takes about two minutes
WANTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "lost card": (
        ("I cannot find my card", "my card was stolen", "I left my card in a taxi", "my wallet with the card is gone"),
        ("我的卡丢了", "银行卡被偷了", "卡落在出租车上了", "钱包和卡都不见了"),
    ),
    "failed transfer": (
        ("my transfer did not arrive", "the payment bounced", "the money I sent came back", "the transfer shows an error"),
        ("转账没有到账", "汇款被退回来了", "打过去的钱又退回来", "转账提示失败"),
    ),
    "fee": (
        ("what is this charge", "why was I charged", "I paid a fee that I do not know", "there is a fee on my statement"),
        ("这笔手续费是什么", "为什么扣我钱", "账单上有一笔费用", "怎么多收了服务费"),
    ),
    "loan": (
        ("what does a mortgage cost", "I want to borrow for a car", "can I repay my loan early", "which rate has a home loan"),
        ("房贷利率是多少", "我想贷款买车", "贷款能提前还吗", "住房贷款怎么申请"),
    ),
    "close account": (
        ("please close my account", "I want to end my contract", "cancel my account", "I leave your bank"),
        ("我要销户", "请帮我注销账户", "不想用你们银行了", "账户怎么取消"),
    ),
    "change address": (
        ("I have moved", "my address is new", "please send letters to my new home", "I live elsewhere now"),
        ("我搬家了", "地址变了", "账单请寄到新地址", "我换了住址"),
    ),
}
OPENINGS = (("Hello, ", "Good morning, ", "", "Please help: ", "Hi there, "), ("你好，", "您好，", "", "请问，", "急："))
ENDINGS = (
    (".", ", since yesterday.", ", what now?", ", it is urgent.", ", can you help?", ", on Monday."),
    ("。", "，从昨天开始。", "，怎么办？", "，很急。", "，能帮忙吗？", "，周一的事。"),
)
TASK = f"""
name: {NAME}
title: What a bank's customer wants (generated)
language: en
licence: Apache-2.0
source: {{paths: [{NAME}.json], columns: [text, label]}}
target: label
kind: choice
labels: {{{", ".join(f"{want}: {want}" for want in WANTS)}}}
templates: ["Message of a bank's customer: {{text}}\\nWhat is it about? {", ".join(WANTS)}:"]
metrics: [accuracy, macro_f1]
max_tokens: 8
"""


def messages(seed: int = SEED) -> list[tuple[str, str]]:
    """Every message with what its writer wants, in an order drawn by the seed."""
    found = []
    for want, phrases in WANTS.items():
        for tongue, spoken in enumerate(phrases):
            for opening, phrase, ending in itertools.product(OPENINGS[tongue], spoken, ENDINGS[tongue]):
                found.append((f"{opening}{phrase}{ending}", want))
    random.Random(seed).shuffle(found)  # noqa: S311  an order, not a secret
    return found


def write_data(folder: Path) -> Path:
    """The task file and its rows; returns the task file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(json.dumps(messages(), ensure_ascii=False), "utf-8")
    path = folder / f"{NAME}.yaml"
    path.write_text(TASK, "utf-8")
    return path


def recipe(task: Path, rows: int) -> Recipe:
    content = {
        "name": NAME, "purpose": "Shows the toolchain from data to release.", "base": BASE, "method": "instruct", "weights": "lora",
        "data": {"tasks": [{"task": str(task), "limit": rows}], "licences": ["Apache-2.0"], "near_duplicates": 1},
        "context": 128, "pack": 1024, "packs": 1, "epochs": 1, "learning_rate": 1e-3, "seed": SEED, "forms": ["adapter", "lora", "q8_0"],
    }  # fmt: skip
    return parse_recipe(content, NAME)


def tune(training: Training, out: Path, rows: int, report: Report) -> tuple[Path, Path]:
    """Data and model; returns the task file and the model's folder."""
    task = write_data(out / "data")
    model = out / NAME
    found = training.train(recipe(task, rows), task.parent, model, report)
    outcome = found.outcome
    terminal.print_value(f"tuned on {found.data.rows} rows in {outcome.steps} steps, {outcome.seconds:.0f} s: loss {outcome.loss:.3f}")
    return task, model


def corrections(task: Path) -> list[dict[str, str]]:
    """What a desk that corrects answers would have written: of a message a right want and a wrong one."""
    wants, template = list(WANTS), load_task(task).templates[0]
    return [
        {"prompt": template.format(text=text), "chosen": want, "rejected": wants[wants.index(want) - 1], "licence": "Apache-2.0"}
        for text, want in messages(SEED + 1)[:PAIRS]
    ]


def prefer(training: Training, out: Path, task: Path, tuned: Path, report: Report) -> Path:
    """Learn the corrections from the tuned adapter on; returns the model's folder."""
    folder = out / "preferences"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "preferences.jsonl").write_text("".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in corrections(task)), "utf-8")
    content = {
        "name": PREFERRED, "purpose": "Shows what is learned from preferences.", "base": BASE, "method": "dpo", "weights": "lora",
        "init_adapter": str(tuned), "data": {"preferences": ["preferences.jsonl"], "licences": ["Apache-2.0"]}, "context": 256,
        "pack": 1024, "packs": 1, "epochs": 1, "learning_rate": 1e-4, "seed": SEED, "forms": ["adapter"],
    }  # fmt: skip
    found = training.train(parse_recipe(content, PREFERRED), folder, out / PREFERRED, report)
    told = f"of the pairs held back the right side is likelier in {found.metrics['preferred']:.0%}"
    terminal.print_value(f"learned from {found.data.rows} preferences in {found.outcome.seconds:.0f} s: {told}")
    return out / PREFERRED


def release(desk: ReleaseDesk, task: Path, model: Path, limit: int) -> Release:
    """Prove the Q8_0 file, served, against the base, on an exam of a second person, who then lets it serve. Raises what the desk does.

    Messages are put together from a few phrases, so that all resemble each other: the exam allows that, but none word for word.
    """
    ana, bo = Principal("ana"), Principal("bo")
    desk.fix_exam(bo, MODEL, task.parent, "the demonstration", suites=(), improve=[str(task)], near=1.0, limit=limit)
    found = desk.propose(ana, tuned(model, "q8_0"), "the demonstration")
    shown = next(one for one in desk.register.show(found.id).verdict["findings"] if one["suite"] == NAME)
    for name in ("serving", "candidate"):
        terminal.print_value(f"{name}: {shown[name]:.2f} of {shown['n']} messages right")
    if found.passed:
        desk.promote(bo, [found.id], "the evidence of the proposal")
    return found


def main() -> None:
    """Pull the base, tune it on made messages, release it through the gate, and roll back."""
    parser = argparse.ArgumentParser(prog="finfoundry.demo.training")
    parser.add_argument("--out", type=Path, default=Path("training-demo"))
    parser.add_argument("--rows", type=int, default=240)
    parser.add_argument("--limit", type=int, default=40, help="items that are asked of each suite")
    arguments = parser.parse_args()
    settings = Settings(**read_settings().model_dump() | {"model": BASE, "worker": False})
    Machine(settings).pull([BASE])
    with terminal.progress(quiet=False) as report:
        task, model = tune(Training(settings), arguments.out, arguments.rows, report)
        prefer(Training(settings), arguments.out, task, model, report)
        with open_app(settings) as app:
            desk = ReleaseDesk(app, report)
            found = release(desk, task, model, arguments.limit)
            terminal.print_value(f"release {found.id}: {'passed the gate' if found.passed else '; '.join(found.refusals)}")
            if found.passed:
                terminal.print_value(f"serving: {served(settings, desk.register.serving()).name}")
                desk.rollback(Principal("bo"), "model", "the end of the demonstration")
                terminal.print_value(f"rolled back; serving: {served(settings, desk.register.serving()).name}")


if __name__ == "__main__":
    try:
        main()
    except FinfoundryError as error:
        terminal.print_error(error, as_json=False)
        raise SystemExit(1) from error
