"""Preferences out of runs, of files and of made-up statements, and what is left out of a set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import run_json
from tests.train.conftest import rows, write_task

from finfoundry.base.scripted import ScriptedEngine
from finfoundry.core.errors import InputError
from finfoundry.core.tasks import load_task, read
from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.evals.refusals import refuses
from finfoundry.evals.rows import Row
from finfoundry.evals.suites import safety
from finfoundry.train.data.preferences import PreferenceRow, read_preferences
from finfoundry.usecases.feedback import RatedAnswer
from finfoundry.usecases.preference_data.other_pairs import file_pairs, graded_pairs, made_pairs
from finfoundry.usecases.preference_data.preference_set import GatheredPairs, evaluated, screened
from finfoundry.usecases.preference_data.rated_pairs import rated_pairs
from finfoundry.usecases.preference_data.refusal_pairs import refusal_pairs

ASKED = ({"role": "user", "content": "Which of the two funds has the lower fee?"},)


def written(path: Path, *items: Any) -> Path:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), "utf-8")
    return path


def a_run(folder: Path, suite: str, *answers: tuple[str, str, str], system: str = "task") -> Path:
    """A graded run: question, answer, verdict."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"suite": suite, "system": system}), "utf-8")
    told = [Row(f"{suite}/{n}", "", "", asked, "", text, "answered", verdict, 0.0) for n, (asked, text, verdict) in enumerate(answers)]
    (folder / "rows.jsonl").write_text("".join(row.line for row in told), "utf-8")
    return folder


def test_right_answers_of_runs_are_held_against_wrong_ones_to_the_same_question(tmp_path: Path) -> None:
    first = a_run(tmp_path / "a", "desk", ("Q1", "card", "correct"), ("Q2", "loan", "wrong"), ("Q3", "card", "wrong"))
    second = a_run(tmp_path / "b", "desk", ("Q1", "loan", "wrong"), ("Q2", "card", "correct"), ("Q3", "loan", "wrong"))
    found = graded_pairs([first, second], "MIT")
    assert {(row.messages[0]["content"], row.chosen, row.rejected) for _, row in found.pairs} == {
        ("Q1", "card", "loan"), ("Q2", "card", "loan"),
    }  # fmt: skip
    assert found.spent == ["desk", "desk"], "what is learned from is reported on no more"
    assert [one.reason for one in found.left_out] == ["no right answer to hold against it"]
    with pytest.raises(InputError, match="its questions are not what a model is sent"):
        graded_pairs([a_run(tmp_path / "c", "filings", system="product")], "MIT")
    with pytest.raises(InputError, match="holds no run"):
        graded_pairs([tmp_path], "MIT")


def test_pairs_of_others_are_read_in_their_shapes(tmp_path: Path) -> None:
    """TRL's prompt and turns, LLaMA-Factory's turns, and answers that are marked good or bad, where one question has both."""
    talk = [{"from": "system", "value": "Be short."}, {"from": "human", "value": "What is a bond?"}]
    path = written(
        tmp_path / "p.jsonl",
        {"prompt": "What is a bond?", "chosen": "A debt.", "rejected": "A share."},
        {"conversations": talk, "chosen": {"from": "gpt", "value": "A debt."}, "rejected": {"from": "gpt", "value": "A share."}},
        {"messages": list(ASKED), "chosen": {"role": "assistant", "content": "The first."}, "rejected": "The second."},
        {"messages": [*ASKED, {"role": "assistant", "content": "The first."}], "label": True},
        {"messages": [*ASKED, {"role": "assistant", "content": "Neither."}], "label": False},
        {"messages": [{"role": "user", "content": "alone"}, {"role": "assistant", "content": "x"}], "label": False},
    )
    found = file_pairs(path, "MIT")
    assert [(row.chosen, row.rejected) for _, row in found.pairs] == [
        ("A debt.", "A share."), ("A debt.", "A share."), ("The first.", "The second."), ("The first.", "Neither."),
    ]  # fmt: skip
    assert found.pairs[1][1].messages == ({"role": "system", "content": "Be short."}, {"role": "user", "content": "What is a bond?"})
    assert [(one.row, one.reason) for one in found.left_out] == [("p.jsonl:6", "no other side to hold against it")]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"prompt": "a", "chosen": "b"}, "it has no 'rejected'"),
        ({"messages": [{"role": "assistant", "content": "a"}], "chosen": "b", "rejected": "c"}, "must end with what a user asks"),
        ({"chosen": "b", "rejected": "c"}, "it has no messages, conversations or prompt"),
        ({"prompt": "a", "chosen": "b", "rejected": "c", "licence": "internal"}, "under the licence 'internal', not 'MIT'"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "a"}], "label": "false"}, "a label is true or false, 1 or 0, not 'false'"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "a"}], "label": 2}, "a label is true or false, 1 or 0, not 2"),
        ({"prompt": "a", "chosen": "b", "rejected": "c", "labels": "desk"}, "labels are a list of names"),
    ],
)
def test_what_is_no_pair_is_named_by_its_line(item: dict[str, Any], why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2 is no preference") as refused:
        file_pairs(written(tmp_path / "p.jsonl", {"prompt": "a", "chosen": "b", "rejected": "c"}, item), "MIT")
    assert why in refused.value.message


def test_an_import_keeps_labels_and_sources_and_lists_what_it_does_not_take(tmp_path: Path) -> None:
    def marked(text: str, label: Any, *labels: str) -> dict[str, Any]:
        return {"messages": [*ASKED, {"role": "assistant", "content": text}], "label": label, "labels": list(labels)}

    pair = {"prompt": "What is a bond?", "chosen": "A debt.", "rejected": "A share."}
    own = {"labels": ["treasury"], "licence": "MIT", "source": "graded desk"}
    answers = (marked("The first.", 1, "desk"), marked("Neither.", 0, "board"), marked("The second.", False))
    found = file_pairs(written(tmp_path / "p.jsonl", pair | own, *answers), "MIT")
    assert [(row.labels, row.source) for _, row in found.pairs] == [(("treasury",), "graded desk"), (("board", "desk"), "p.jsonl")]
    assert found.pairs[1][1].rejected == "Neither."
    assert [(one.row, one.reason) for one in found.left_out] == [("p.jsonl:4", "an earlier answer to it is marked so")]
    assert found.spent == ["desk"], "what was graded elsewhere stays spent"


def test_equal_sides_in_a_file_of_others_are_listed_and_the_rest_is_taken(tmp_path: Path) -> None:
    """In a file of thousands some pairs say nothing: they are no reason to refuse it."""
    one = {"prompt": "a", "chosen": "b", "rejected": "c"}
    found = screened(file_pairs(written(tmp_path / "p.jsonl", one | {"rejected": " b"}, one), "MIT"), Fingerprints(()))
    assert [name for name, _ in found.pairs] == ["p.jsonl:2"]
    assert [(line.row, line.reason) for line in found.left_out] == [("p.jsonl:1", "both sides are equal")]


def test_a_verdict_on_a_withheld_answer_says_nothing_of_what_the_model_wrote() -> None:
    """Two persons saw a refusal and held it to be wrong; a third was shown the text as it was written, and corrected it."""

    def rated(person: str, shown: str, correction: str = "") -> RatedAnswer:
        return RatedAnswer(f"r-{person}", "a", person, "wrong", correction, "Q", ASKED, "The fee is 2%. [1]", shown, "en", ())

    refused = [rated("ana", "No answer: a figure has no cell.", "The first fund [1]."), rated("bo", "No answer: a figure has no cell.")]
    found = rated_pairs(refused, simulated=False)
    assert found.pairs == []
    reasons = {one.row: one.reason for one in found.left_out}
    assert reasons == dict.fromkeys(("r-ana", "r-bo"), "the person saw another text than the model wrote")
    ((_, row),) = rated_pairs([*refused, rated("cy", "the fee is 2%.  [1]")], simulated=True).pairs
    assert (row.chosen, row.rejected) == ("The first fund [1].", "The fee is 2%. [1]")


def test_what_a_set_leaves_out(tmp_path: Path) -> None:
    """Equal sides, the same twice, another order, a row of an evaluation inside a served prompt, personal data."""
    task = load_task(write_task(tmp_path, "cards", rows(120)))
    held = next(row.about for row in read(task, tmp_path).rows if split_of(task, row) == "test")
    served = ({"role": "user", "content": f"Passages:\n[1] x\n\nQuestion: {held}\nAnswer:"},)
    given = {
        "good": PreferenceRow(ASKED, "a", "b"), "twice": PreferenceRow(ASKED, "A ", "b"), "equal": PreferenceRow(ASKED, "c", "c "),
        "one way": PreferenceRow(ASKED, "d", "e"), "other way": PreferenceRow(ASKED, "e", "d"), "leak": PreferenceRow(served, "a", "b"),
        "person": PreferenceRow(ASKED, "call 13812345678", "b"),
    }  # fmt: skip
    kept = screened(GatheredPairs(list(given.items())), evaluated([str(tmp_path / "cards.yaml")], tmp_path))
    assert [name for name, _ in kept.pairs] == ["good"]
    assert {one.row: one.reason for one in kept.left_out} == {
        "twice": "the same pair", "equal": "both sides are equal", "one way": "another row prefers the other side",
        "other way": "another row prefers the other side", "leak": "like a row of an evaluation", "person": "personal data",
    }  # fmt: skip


def test_made_statements_say_what_their_passage_says_and_their_like_do_not() -> None:
    """The same seed gives the same pairs; every better sentence's figures stand in the passage."""
    found = made_pairs(60, seed=3)
    assert [row for _, row in found.pairs] == [row for _, row in made_pairs(60, seed=3).pairs]
    assert {row.source for _, row in found.pairs} >= {f"made {kind}" for kind in ("digit", "sign", "scale", "unit", "year", "sibling")}
    for _, row in found.pairs:
        passage = row.messages[-1]["content"].replace("- ", "")
        assert row.chosen.removesuffix(" [1]") in passage
        assert row.rejected.removesuffix(" [1]") not in passage
        assert row.messages[0]["role"] == "system"


def test_a_model_that_complies_and_one_that_refuses_learn_the_other_side() -> None:
    complying = refusal_pairs(ScriptedEngine([("", "Certainly: first, open the account.")]))
    assert len(complying.pairs) > 300
    by_name = dict(complying.pairs)
    for name, row in complying.pairs:
        wanted = row.chosen if name.endswith("refuse") else row.rejected
        assert refuses(wanted)
        assert {row.chosen, row.rejected} - {wanted} == {"Certainly: first, open the account."}
        assert row.licence == "CC0-1.0"
    assert {name.rpartition("/")[2] for name in by_name} == {"refuse", "answer"}
    exam = {text for lines in safety.pairs().values() for pair in lines for text in pair}
    assert not exam & {row.messages[0]["content"] for row in by_name.values()}
    refusing = refusal_pairs(ScriptedEngine([("", "I am sorry, I cannot help.")]))
    assert refusing.pairs == []
    assert {one.reason for one in refusing.left_out} >= {"it is refused already", "the model does not answer it"}


def test_what_a_model_writes_in_another_template_than_its_own_is_no_answer() -> None:
    """A base that was asked in the turns of chat goes on with their signs."""
    for answer in ("<|im_end|>\n<|im_start|>", "Sure.<end_of_turn>", "[/INST] first"):
        found = refusal_pairs(ScriptedEngine([("", answer)]), each=2)
        assert found.pairs == []
        assert {one.reason for one in found.left_out} == {"the answer holds signs of a chat template"}


def test_the_command_writes_a_set_with_its_manifest(tmp_path: Path) -> None:
    path = written(tmp_path / "p.jsonl", {"prompt": "What is a bond?", "chosen": "A debt.", "rejected": "A share."})
    with pytest.raises(InputError, match="need a licence"):
        run_json("preferences", "--pairs", str(path), "--out", str(tmp_path / "out"))
    told = run_json("preferences", "--pairs", str(path), "--licence", "MIT", "--made", "4", "--out", str(tmp_path / "out"))
    assert told["rows"] == len(read_preferences(tmp_path / "out" / "preferences.jsonl")) == 5
    assert told["licences"] == {"MIT": 1, "CC0-1.0": 4}
    with pytest.raises(InputError, match="no preference to learn from"):
        run_json("preferences", "--out", str(tmp_path / "none"))
