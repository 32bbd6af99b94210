"""The suites by name: those with data and scorers of their own, and one for each task file."""

from __future__ import annotations

from finfoundry.core.errors import InputError
from finfoundry.core.plugins import offered, plugins
from finfoundry.core.tasks import load_task, task_names
from finfoundry.evals.run import Suite
from finfoundry.evals.suites import (
    abstention,
    financebench,
    finglm,
    harm_labels,
    law_questions,
    layout,
    pair_scores,
    policies,
    question_readings,
    retrieval,
    safety,
    zh_filing_questions,
    zh_generated,
)
from finfoundry.evals.suites.tasks import task_suite

OWN: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        financebench.SHARED,
        financebench.SINGLE,
        retrieval.PAGES,
        finglm.SUITE,
        zh_generated.SUITE,
        zh_generated.BLIND,
        zh_filing_questions.SUITE,
        abstention.ENGLISH,
        abstention.CHINESE,
        retrieval.ARTICLES,
        retrieval.ANSWERS,
        retrieval.BANK_KB,
        law_questions.GENERATED,
        law_questions.GENERATED_BLIND,
        law_questions.VERSION_AT,
        policies.READ,
        policies.BLIND,
        layout.TABLES,
        layout.CELLS,
        safety.REFUSAL,
        safety.OVER_REFUSAL,
        question_readings.READINGS,
        question_readings.VALUES,
        question_readings.SURE_READINGS,
        question_readings.PROMPTS,
        harm_labels.CAUGHT,
        harm_labels.RECALL,
        harm_labels.NEIGHBOURS,
        harm_labels.HARMLESS,
        *pair_scores.SENTENCES,
        *pair_scores.LINES,
    )
}


def suite_names() -> list[str]:
    """All that can be run: suites of their own first, those of other packages, then tasks."""
    return list(dict.fromkeys([*OWN, *offered("suites"), *task_names()]))


def load_suite(name: str) -> Suite:
    """A suite by name, or by the path of a task file. Raises InputError."""
    if name in OWN:
        return OWN[name]
    if name in offered("suites"):
        suite: Suite = plugins("suites")[name]
        return suite
    plain = name.partition("@")[0]
    if plain in task_names() or plain.endswith((".yaml", ".yml")):
        return task_suite(load_task(name))
    raise InputError(f"there is no suite {name}", remedy=f"Choose one of {', '.join(suite_names())}, all, or the path of a task file")
