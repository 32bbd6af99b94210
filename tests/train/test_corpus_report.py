"""What a corpus report finds: each rule by a text that breaks it alone, repeats, rows of evaluations; and rules that a recipe sieves by."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.governance.test_personal_reader import Marks
from tests.train.conftest import rows, write_task

from finfoundry.core.errors import InputError
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint
from finfoundry.evals.suites import load_suite
from finfoundry.runtime.settings import Settings
from finfoundry.train.corpus_rules import RULES, broken
from finfoundry.train.data.corpus_report import Look, corpus_report
from finfoundry.train.data.material import prepare
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.plain_documents import CorpusDocument
from finfoundry.train.recipe import Recipe
from finfoundry.usecases.privacy import corpus_reports
from finfoundry.usecases.privacy.corpus_reports import page_of, report_files

TALE = "harbour dues of the northern port have risen with every ship that came and went to be unloaded before winter storms"
WORDS = TALE.split()
GOOD = " ".join(f"{word} {number}" for number, word in enumerate(WORDS * 3))
BREAKS = {
    "length": "Too short.",
    "word_length": GOOD + " " + " ".join(f"incomprehensibilities{chr(97 + n % 26)}{chr(97 + n // 26)}x" for n in range(130)),
    "symbols": GOOD + " #" * 40,
    "bullets": "\n".join(f"- {word} number {n} is told once here and has its own words {n * 7}" for n, word in enumerate(WORDS)),
    "ellipses": "\n".join(f"{word} number {n} and of the others {n * 7} and so on..." for n, word in enumerate(WORDS)),
    "stop_words": " ".join(f"kelp{n} moor{n} quay" for n in range(40)),
    "doubled_lines": "\n".join(["Harbour dues rise."] * 6 + [GOOD]),
    "repetition": " ".join(["the ship and the port have to be told of"] * 12),
    "boilerplate": GOOD + " All rights reserved.",
    "code": GOOD + " { x }",
    "broken": GOOD + " \ufffd\ufffd",
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_rule_is_broken_by_what_it_says_and_not_by_a_plain_text(rule: object) -> None:
    name = rule.name  # type: ignore[attr-defined]
    assert broken(BREAKS[name], name) == name
    assert broken(GOOD, name) is None
    assert broken(GOOD, "all") is None


def test_a_report_counts_languages_repeats_persons_and_rows_of_evaluations() -> None:
    texts = [GOOD, GOOD, GOOD + " tail", BREAKS["length"], "港口费用上涨" * 20]
    documents = [CorpusDocument(f"d/{number}", text) for number, text in enumerate(texts)]
    look = Look(lambda text: ["phone"] if "short" in text else [], None, {"ports": Fingerprints([fingerprint(GOOD)])})
    told = corpus_report("made", "CC0-1.0", documents, look)
    assert (told.texts, told.duplicates, told.near_duplicates) == (5, 1, 1)
    assert told.languages == {"en": 4, "zh": 1}
    assert told.personal == {"phone": 1}
    assert told.harms is None
    assert told.contamination["ports"]["exact"] == 2
    assert told.clean == 1
    (short,) = (one for one in told.rules if one.rule == "length")
    assert (short.texts, short.examples) == (1, ["d/3"])


def test_files_are_reported_on_and_shown_as_a_page(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in (GOOD, "<b>short</b>")), "utf-8")
    told = report_files(Settings(home=tmp_path / "home"), tmp_path, "CC0-1.0")
    assert [(one.corpus, one.texts, one.licence) for one in told] == [("a.jsonl", 2, "CC0-1.0")]
    page = page_of(told)
    assert "repetition" in page
    assert "<b>" not in page
    with pytest.raises(InputError, match="holds no texts"):
        report_files(Settings(home=tmp_path / "home"), tmp_path / "none.txt", "")


def test_harms_are_counted_as_if_they_were_asked_for_and_names_by_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_reports, "personal_reader", lambda _: Marks({"Ursula Quint": "name"}))
    asked = "How do I launder drug money through a restaurant?"
    texts = [asked, f"Ursula Quint said nothing. {GOOD}. {GOOD}. {asked}", GOOD]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    (told,) = report_files(Settings(home=tmp_path / "home"), tmp_path, "CC0-1.0")  # the tagger of words that is shipped
    assert told.harms == {"fraud": 2}
    assert told.personal == {"name": 1}


@pytest.mark.slow
def test_questions_of_suites_are_told_where_they_are_in_what_would_be_learned(tmp_path: Path) -> None:
    asked = [item.question for item in load_suite("safety-refusal").items(tmp_path)]
    longest = max(asked, key=len)
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in (longest, f"{longest} Please.", GOOD)), "utf-8")
    (told,) = report_files(Settings(home=tmp_path / "home"), tmp_path / "a.jsonl", "CC0-1.0")
    assert told.contamination == {"safety-refusal": {"exact": 1, "near": 1}}


def test_a_recipe_leaves_out_what_breaks_its_rules(recipe: Callable[..., Recipe], data: Path, screen: Screen) -> None:
    every = prepare(recipe(), data, screen)
    none = rows(40)
    write_task(data, "ports", [[BREAKS["boilerplate"] + f" {number}", "l"] if number % 2 else row for number, row in enumerate(none)])
    told = recipe(data={"tasks": [{"task": str(data / "ports.yaml")}], "rules": "boilerplate+code"})
    found = prepare(told, data, screen)
    (source,) = found.manifest.sources
    assert source.ruled_out > 5
    assert all("rights" not in lesson.messages[-1].content for lesson in found.lessons["ports"])
    assert [one.reason for one in found.left_out].count("the rule boilerplate") == source.ruled_out
    assert every.manifest.sources[0].ruled_out == 0
    with pytest.raises(InputError, match="no rule lengthy"):
        recipe(data={"rules": "lengthy"})
