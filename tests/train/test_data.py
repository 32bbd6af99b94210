"""What may be learned, what is left out, and the account of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.train import tiny
from tests.train.conftest import rows, write_task

from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.tasks import load_task, read
from finfoundry.core.tasks.fingerprints import Fingerprints, fingerprint, read_fingerprints
from finfoundry.core.tasks.task_rows import split_of
from finfoundry.governance import pii
from finfoundry.train.base import Base
from finfoundry.train.data.duplicates import SeenTexts
from finfoundry.train.data.learned_rows import FINGERPRINTS, learned_before
from finfoundry.train.data.manifest import language_of
from finfoundry.train.data.material import Material, prepare
from finfoundry.train.data.personal import Screen
from finfoundry.train.data.preferences import PreferenceRow
from finfoundry.train.methods.instruct import mixed
from finfoundry.train.packing import RowTokens
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import carry_out, prepared

Made = Callable[..., Recipe]
PERSONAL = Screen(pii.find, pii.mask)


def material(recipe: Recipe, data: Path, screen: Screen = PERSONAL) -> Material:
    return prepare(recipe, data, screen)


def test_every_row_is_accounted_for(recipe: Made, data: Path) -> None:
    """Doubles, contradictions, near doubles are left out; what was read is what was kept and what was not."""
    told = rows(120)
    told += [told[0], [told[2][0].upper(), told[2][1]], [told[4][0], "l" if told[4][1] == "c" else "c"]]
    write_task(data, "cards", told)
    made = material(recipe(), data)
    (record,) = made.manifest.sources
    left_out = record.exact_duplicates + record.contradictions + record.near_duplicates + record.leaks + record.evaluation
    assert record.read == 123 == record.kept + left_out
    assert record.exact_duplicates + record.evaluation >= 2
    assert record.files[0].path == "cards.json"
    assert len(record.files[0].sha256) == 64
    assert made.manifest.languages == {"en": record.kept}


def test_nothing_of_an_evaluation_is_learned(recipe: Made, data: Path) -> None:
    """Not the rows of the other splits, nor a row that is nearly one of them."""
    task = load_task(data / "cards.yaml")
    kept_back = [row for row in read(task, data).rows if split_of(task, row) != "train"]
    long = " ".join(f"the customer asks about the terms of case {n}" for n in range(8))
    told = rows(120)
    for number in range(2000):  # a text of the evaluation and its like in training
        text, like = f"{long} {number}", f"{long} {number}."
        write_task(data, "cards", [*told, [text, "c"], [like, "c"]])
        both = {split_of(task, row) == "train" for row in read(task, data).rows[-2:]}
        if both == {True, False}:
            break
    made = material(recipe(), data)
    assert made.manifest.sources[0].leaks == 1
    learned = {lesson.messages[-1].content for lesson in made.lessons["cards"]}
    assert not learned & {task.prompt(row) for row in kept_back}


def test_held_out_tasks_are_kept_from_training(recipe: Made, data: Path) -> None:
    path = write_task(data, "other", rows(120)[:40])
    made = material(recipe(data={"held_out": [str(path)]}), data)
    assert made.manifest.sources[0].leaks > 0
    assert not {row[0] for row in rows(40)} & {lesson.messages[-1].content.removesuffix(" = ") for lesson in made.lessons["cards"]}


def test_a_licence_that_is_not_allowed_is_refused_by_name(recipe: Made, data: Path) -> None:
    write_task(data, "cards", rows(40), licence="CC-BY-NC-4.0")
    with pytest.raises(NotPermitted, match=r"cards is under the licence 'CC-BY-NC-4.0', which the recipe cards does not allow"):
        material(recipe(), data)


CARD, PHONE = "4539 1488 0343 6467", "13812345678"


@pytest.mark.parametrize("action", ["mask", "drop", "keep"])
def test_personal_data_is_found_and_masked_or_dropped(action: str, recipe: Made, data: Path) -> None:
    told = rows(100)
    told += [[f"my card {CARD} phone {PHONE} customer name: Jane Miller case {n}", "c"] for n in range(30)]
    write_task(data, "cards", told)
    made = material(recipe(data={"personal": action, "near_duplicates": 1}), data)
    (record,) = made.manifest.sources
    texts = [lesson.messages[-1].content for lesson in made.lessons["cards"] if "my card" in lesson.messages[-1].content]
    assert min(record.personal["card"], record.personal["phone"], record.personal["name"]) > 10
    if action == "drop":
        assert not texts
        assert record.personal_dropped == record.personal["card"]
    elif action == "mask":
        assert texts
        assert not any(CARD in text or PHONE in text or "Miller" in text for text in texts)
    else:
        assert any(CARD in text and "Miller" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("姓名：张三 金额：100", 1),
        ("户名: 王小明，账号", 1),
        ("the name of the fund", 0),
        ('{"name": "Jane Miller"}', 1),
        ("项目名称：新能源", 0),
    ],
)
def test_names_are_found_where_a_form_names_their_field(text: str, names: int) -> None:
    assert PERSONAL.kinds(text).count("name") == names


def test_bad_data_is_named(recipe: Made, data: Path, bases: Callable[[str], Base], tmp_path: Path) -> None:
    write_task(data, "cards", [])
    with pytest.raises(InputError, match="task cards has no rows to train on"):
        material(recipe(), data)
    write_task(data, "cards", [[text, "c"] for text, _ in rows(40)])
    with pytest.raises(InputError, match="have the answer 'card': there is nothing to learn"):
        material(recipe(), data)
    write_task(data, "cards", [*rows(40), ["a third", "x"]])
    with pytest.raises(InputError, match="row cards/41 has the label 'x'"):
        material(recipe(), data)
    (data / "cards.json").write_bytes(b'[["\xff\xfe", "c"]]')
    with pytest.raises(InputError, match=r"cards.json is not UTF-8"):
        material(recipe(), data)
    with pytest.raises(InputError, match="there is no folder"):
        prepared(recipe(), bases("llama"), tmp_path / "none", tmp_path / "out", PERSONAL)


def test_rows_longer_than_the_context(recipe: Made, data: Path, bases: Callable[[str], Base], tmp_path: Path) -> None:
    write_task(data, "cards", [*rows(60), *([f"{n} {'word ' * 80}", "c"] for n in range(10))])
    with pytest.raises(InputError, match=r"row cards/\d+ has \d+ tokens, the recipe's context is 64; \d+ of \d+ rows are too long"):
        prepared(recipe(), bases("llama"), data, tmp_path, PERSONAL)
    made = prepared(recipe(data={"too_long": "drop"}), bases("llama"), data, tmp_path, PERSONAL)
    assert made.material.manifest.sources[0].too_long > 0
    assert made.material.manifest.rows == made.material.manifest.sources[0].kept == len(made.rows)
    assert sum(made.material.manifest.token_lengths.values()) == len(made.rows)


@pytest.mark.slow
def test_a_corpus_is_parted_by_document_and_replayed_text_has_its_share(
    recipe: Made, data: Path, bases: Callable[[str], Base], tmp_path: Path
) -> None:
    (data / "laws").mkdir()
    for number in range(40):
        (data / "laws" / f"{number}.txt").write_text(
            f"Rule {number}. " + f"The bank keeps record {number} for {number + 3} years. " * 5, "utf-8"
        )
    (data / "laws" / "again.txt").write_text((data / "laws" / "3.txt").read_text("utf-8"), "utf-8")
    lines = [json.dumps({"text": f"General text of number {n} about rivers and towns. " * 4}) for n in range(30)]
    (data / "general.jsonl").write_text("\n".join(lines), "utf-8")
    parts = {
        "tasks": [],
        "corpus": {"paths": ["laws/*.txt"], "licence": "CC0-1.0", "held_back": 0.2},
        "replay": {"paths": ["general.jsonl"], "licence": "CC0-1.0", "share": 0.25},
        "near_duplicates": 1,
    }
    made = prepared(recipe(method="pretrain", data=parts), bases("llama"), data, tmp_path, PERSONAL)
    laws, general = made.material.manifest.sources
    assert laws.read == 41
    assert laws.exact_duplicates == 1
    assert laws.kept + laws.evaluation == 40
    assert laws.evaluation == len(made.material.evaluation) > 0
    assert general.kept + general.evaluation == 30
    assert general.evaluation == len(made.material.general) > 0
    domain = sum(len(row.ids) for row in made.rows)
    replayed = sum(len(row.ids) for row in made.rows if "rivers" in bases("llama").tokenizer.decode(row.ids))
    assert 0.15 < replayed / domain < 0.35
    assert all(row.start == 1 for row in made.rows)


def test_texts_of_tasks_are_documents_without_their_labels(recipe: Made, data: Path) -> None:
    """Only those of the training rows; each once, under the licence of the task."""
    corpus = {"tasks": [str(data / "cards.yaml")], "limit": 20}
    found = material(recipe(method="pretrain", data={"tasks": [], "corpus": corpus, "near_duplicates": 1}), data)
    task = load_task(data / "cards.yaml")
    learned = {row.fields["text"] for row in read(task, data).rows if split_of(task, row) == "train"}
    documents = [*found.documents, *found.evaluation]
    assert len(documents) == 20
    assert {document.text for document in documents} <= learned
    assert found.manifest.sources[0].licence == "CC0-1.0"
    with pytest.raises(NotPermitted, match=r"licence 'CC0-1\.0'"):
        material(recipe(method="pretrain", data={"tasks": [], "corpus": corpus, "licences": ["MIT"]}), data)


def test_a_corpus_that_cannot_be_read_is_named(recipe: Made, data: Path) -> None:
    parts = {"tasks": [], "corpus": {"paths": ["laws/*.txt"], "licence": "CC0-1.0"}}
    with pytest.raises(InputError, match=r"has no laws/\*\.txt"):
        material(recipe(method="pretrain", data=parts), data)
    (data / "laws").mkdir()
    (data / "laws" / "a.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match=r"a\.txt is not UTF-8"):
        material(recipe(method="pretrain", data=parts), data)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 200), min_size=1), st.floats(1, 10), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_mixing_keeps_the_budget_and_draws_tasks_nearer(sizes: dict[str, int], temperature: float, seed: int) -> None:
    by_task = {name: [RowTokens((ord(name), number), 1) for number in range(size)] for name, size in sizes.items()}
    found = mixed(by_task, temperature, seed)
    assert abs(len(found) - sum(sizes.values())) <= len(sizes)
    counts = {name: sum(row.ids[0] == ord(name) for row in found) for name in sizes}
    largest, smallest = max(sizes, key=lambda name: sizes[name]), min(sizes, key=lambda name: sizes[name])
    assert counts[largest] * sizes[smallest] <= (counts[smallest] + 1) * (sizes[largest] + 1)
    assert found == mixed(by_task, temperature, seed)


def test_temperature_one_leaves_the_rows_as_they_are() -> None:
    by_task = {"a": [RowTokens((1, n), 1) for n in range(7)], "b": [RowTokens((2, n), 1) for n in range(3)]}
    assert sorted(row.ids for row in mixed(by_task, 1, 0)) == sorted(row.ids for rows in by_task.values() for row in rows)


def test_near_duplicates_are_those_of_the_jaccard_similarity() -> None:
    seen = SeenTexts(0.8)
    text = "股东大会审议通过了关于公司向银行申请综合授信额度的议案，表决结果为全体一致同意"
    seen.add(text, "a")
    assert seen.like(text + "。", "a")
    assert not seen.like(text + "。", "b")
    assert not seen.like("公司第三季度营业收入同比增长百分之二十，主要由于海外市场的扩张和产品价格上调", "a")
    assert seen.same(f" {text} ") == ["a"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("营业收入增长", "zh"), ("revenue rose", "en"), ("营业收入 revenue rose by a lot this year", "mixed"), ("12.5", "other")],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_what_a_base_and_an_adapter_had_learned_is_known_of_them(recipe: Made, tmp_path: Path, data: Path) -> None:
    """A file beside its fingerprints, a folder of weights, the folder of a run: each once; a base that nobody tuned here adds nothing."""
    tuned, begun = tmp_path / "tuned", tmp_path / "begun" / "adapter"
    tuned.mkdir()
    begun.mkdir(parents=True)
    base = tiny.base(tuned, "llama")
    Fingerprints([fingerprint("What is the fee of fund A?")]).write(tuned / FINGERPRINTS)
    Fingerprints([fingerprint("Who signs a loan?")]).write(begun.parent / FINGERPRINTS)
    known = Fingerprints(learned_before(base.path, begun, begun.parent, tmp_path / "elsewhere.gguf"))
    assert [known.knows(text) for text in ("what is the fee of fund A?", "Who signs a loan?")] == ["exact", "exact"]
    assert len(known) == 2
    ready = prepared(recipe(), base, data, tmp_path / "run", PERSONAL)
    carry_out(ready, tmp_path / "run", "0")
    found = read_fingerprints(tmp_path / "run" / FINGERPRINTS)
    assert found.knows("What is the fee of fund A?") == "exact"
    assert len(found) == len(ready.material.fingerprints) + 1


def test_pairs_are_searched_for_what_is_evaluated_line_by_line_and_name_what_they_spend(recipe: Made, data: Path) -> None:
    text = json.loads((data / "cards.json").read_text("utf-8"))[0][0]
    told = [PreferenceRow(({"role": "user", "content": f"[1] x\n\nQuestion: {one}"},), "card", "loan", f"graded {suite}", "CC0-1.0")
            for one, suite in ((text, "cards"), ("Which fund has the lower fee?", "desk"))]  # fmt: skip
    (data / "pairs.jsonl").write_text("".join(row.line for row in told), "utf-8")
    parts = {"tasks": [], "preferences": ["pairs.jsonl"]}
    found = material(recipe(method="dpo", data=parts | {"held_out": [str(data / "cards.yaml")]}), data)
    assert (found.manifest.sources[0].leaks, found.manifest.spent) == (1, ["desk"])
    whole = material(recipe(method="dpo", data=parts), data)
    assert whole.manifest.spent == ["cards", "desk"]
    assert Fingerprints(whole.fingerprints).knows(text) == "exact"
