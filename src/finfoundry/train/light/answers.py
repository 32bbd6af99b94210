"""Sequence-level distillation: the student learns the answers that its teacher gives, where they are checked (Kim and Rush, 2016, arXiv
1606.07947). The teacher's errors are no lessons: an answer counts only where each check of it says that all of it is right.

Answers are kept beside the run as they come, so that a run that was stopped asks only for the rest.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch

from finfoundry.core.errors import InputError
from finfoundry.core.progress import Progress, Report, silent
from finfoundry.core.tasks.json_lines import numbered_lines
from finfoundry.train.base import Base
from finfoundry.train.data.left_out import LeftOut
from finfoundry.train.data.material import Material
from finfoundry.train.rewards import REWARDS
from finfoundry.train.rewards.reward import SampledAnswer
from finfoundry.train.sampling.sampler import TorchSampler
from finfoundry.train.text import Lesson, encode

ANSWERS = "teacher-answers.jsonl"  # of a run's folder
AT_ONCE = 8  # questions that are answered together
REFUSED = "the teacher's answer did not pass its checks"  # a reason
Key = tuple[str, str]  # source and id of a lesson


def answered_by(
    teacher: Base, material: Material, folder: Path, checks: Sequence[str], tokens: int, report: Report = silent
) -> dict[str, float]:
    """Put the teacher's answers into the lessons in place of their own, and leave out those that do not pass. Returns of each source the
    share that passed. Raises InputError for an unknown check, and where nothing passes.
    """
    if unknown := set(checks) - set(REWARDS):
        raise InputError(f"there is no check {sorted(unknown)[0]}", remedy=f"Choose of {', '.join(sorted(REWARDS))}")
    found = _answers(teacher, material, folder / ANSWERS, tokens, report)
    shares = dict[str, float]()
    for source, lessons in material.lessons.items():
        kept = [dataclasses.replace(one, answer=text) for one in lessons if _passes(one, text := found[source, one.id], checks, tokens)]
        passed = {one.id for one in kept}
        material.left_out += [LeftOut(one.id, REFUSED) for one in lessons if one.id not in passed]
        material.lessons[source] = kept
        shares[source] = round(len(kept) / max(1, len(lessons)), 4)
    if not any(material.lessons.values()):
        raise InputError(f"no answer of {teacher.name} passes {', '.join(checks)}", remedy="Tune the teacher first, or choose another")
    return shares


def _passes(lesson: Lesson, text: str, checks: Sequence[str], tokens: int) -> bool:
    told = SampledAnswer(lesson.messages, text, lesson.answer, lesson.texts, lesson.source, bool(text), 0, tokens)
    return bool(text) and all(REWARDS[name](told) >= 1 for name in checks)


def _answers(teacher: Base, material: Material, path: Path, tokens: int, report: Report) -> Mapping[Key, str]:
    """The teacher's likeliest answer to each lesson; empty where it does not end within ``tokens``."""
    found = dict(_kept(path))
    asked = [one for lessons in material.lessons.values() for one in lessons if (one.source, one.id) not in found]
    if not asked:
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    tokenizer = teacher.tokenizer
    sampler = TorchSampler(teacher.model(torch.float32), tokenizer.eos_token_id, tokens, 0.0, torch.float32)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_line(*key, text) for key, text in found.items())  # without what a kill left of a line
        for start in range(0, len(asked), AT_ONCE):
            batch = asked[start : start + AT_ONCE]
            rows = [encode(tokenizer, one) for one in batch]
            drawn = sampler.draw([row.ids[: row.start] for row in rows], 1, 0)
            for lesson, (one,) in zip(batch, drawn, strict=True):
                text = tokenizer.decode(one.ids, skip_special_tokens=True).strip() if one.finished else ""
                found[lesson.source, lesson.id] = text
                file.write(_line(lesson.source, lesson.id, text))
            file.flush()
            report(Progress(f"{teacher.name} answers", start + len(batch), len(asked), "questions", ""))
    return found


def _line(source: str, name: str, text: str) -> str:
    return json.dumps([source, name, text], ensure_ascii=False) + "\n"


def _kept(path: Path) -> Iterator[tuple[Key, str]]:
    """What was answered before; a line that a kill cut short ends it."""
    for _, line in numbered_lines(path.read_text("utf-8") if path.is_file() else ""):
        try:
            source, name, text = json.loads(line)
        except json.JSONDecodeError:
            return
        yield (source, name), text
