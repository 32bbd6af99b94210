"""Conversations in three shapes: what is read, what carries the loss, what is left out and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.train.test_data import PERSONAL

from finfoundry.base.catalogue import catalogue
from finfoundry.core.errors import InputError, NotPermitted
from finfoundry.core.tasks.fingerprints import Fingerprints
from finfoundry.train.base import Base
from finfoundry.train.conversations import TaughtConversation, conversations
from finfoundry.train.packing import TurnsRow
from finfoundry.train.recipe import Recipe
from finfoundry.train.runs.training_run import PreparedRun, prepared
from finfoundry.train.text import NotShown, encode_turns

Made = Callable[..., Recipe]
Bases = Callable[[str], Base]
SYSTEM, ASKED, SAID = "You answer shortly.", "What is the margin?", "It is 12 %."
LOOKUP = {"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}
CALL = {"name": "lookup", "arguments": {"metric": "margin"}}

OPENAI = {
    "messages": [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": CALL | {"arguments": '{"metric": "margin"}'}}]},
        {"role": "tool", "content": "12 %"},
        {"role": "assistant", "content": SAID},
    ],
    "tools": [LOOKUP],
}
SHAREGPT = {
    "system": SYSTEM,
    "conversations": [
        {"from": "human", "value": ASKED},
        {"from": "function_call", "value": json.dumps(CALL)},
        {"from": "observation", "value": "12 %"},
        {"from": "gpt", "value": SAID},
        {"from": "human", "value": "and nobody answered"},
    ],
    "tools": json.dumps([LOOKUP["function"]]),
}
ALPACA = {"instruction": "Tell the margin.", "input": "12 of 100", "output": SAID, "history": [["Hello", "Hi"]], "system": SYSTEM}


def written(folder: Path, *items: Any, name: str = "talks.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), "utf-8")
    return path


def read(folder: Path, *items: Any) -> list[TaughtConversation]:
    return list(conversations(written(folder, *items), "talks.jsonl"))


def test_openai_and_sharegpt_say_the_same_of_one_conversation(tmp_path: Path) -> None:
    """With its system turn, its tools, a call with arguments as an object, and without what nobody answered."""
    one, other = read(tmp_path, OPENAI, SHAREGPT)
    assert one.turns == other.turns
    assert one.tools == other.tools == (LOOKUP,)
    assert [turn["role"] for turn in one.turns] == ["system", "user", "assistant", "tool", "assistant"]
    assert one.turns[2]["tool_calls"][0]["function"] == CALL
    assert (one.id, other.id) == ("talks.jsonl:1", "talks.jsonl:2")


def test_alpaca_is_its_history_and_its_instruction(tmp_path: Path) -> None:
    (talk,) = read(tmp_path, ALPACA)
    assert [turn["content"] for turn in talk.turns] == [SYSTEM, "Hello", "Hi", "Tell the margin.\n12 of 100", SAID]


def test_one_list_is_read_as_lines_are(tmp_path: Path) -> None:
    path = tmp_path / "talks.json"
    path.write_text(json.dumps([ALPACA, OPENAI]), "utf-8")
    assert [talk.id for talk in conversations(path, "talks.json")] == ["talks.json:1", "talks.json:2"]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"prompt": "a", "text": "b"}, "its keys are prompt, text"),
        ({"messages": [{"role": "user", "content": "a"}]}, "nobody answers"),
        ({"messages": [{"role": "robot", "content": "a"}]}, "no role 'robot'"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}, "turn 2, of assistant, is empty"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "'image_url' is no text"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]}, "all have the weight 0"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "assistant", "content": "c"}]},
         "only be the first"),
        ({"instruction": "a"}, "it has no 'output'"),
        ({"conversations": [{"from": "human", "value": 5}]}, "a content is text, not int"),
        ({"conversations": [{"from": "function_call", "value": "no json"}]}, "is no conversation"),
        (["a"], "no JSON object"),
        (None, "no JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_conversation_is_named_by_file_and_line(item: Any, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"talks\.jsonl: line 2 is no conversation") as refused:
        read(tmp_path, ALPACA, item)
    assert why in refused.value.message


def test_what_is_no_json_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text(json.dumps(ALPACA) + "\n{no\n", "utf-8")
    with pytest.raises(InputError, match=r"talks\.jsonl: line 2 is not JSON"):
        list(conversations(path, "talks.jsonl"))


def taught(tokenizer: Any, row: TurnsRow) -> list[str]:
    return [tokenizer.decode(row.ids[start:end]) for start, end in row.stretches]


def test_the_loss_is_on_the_answers_alone(bases: Bases, tmp_path: Path) -> None:
    """Two answers in one row; an answer of weight 0 is read and not learned."""
    tokenizer = bases("llama").tokenizer
    (talk,) = read(tmp_path, ALPACA)
    (row,) = encode_turns(tokenizer, talk)
    assert isinstance(row, TurnsRow)
    assert taught(tokenizer, row) == ["Hi</s>", f"{SAID}</s>"]
    assert tokenizer.decode(row.ids) == tokenizer.apply_chat_template(list(talk.turns), tokenize=False)
    assert row.targets == len(row.taught) == len("Hi") + len(SAID) + 2
    (half,) = encode_turns(tokenizer, replace(talk, untaught=frozenset({2})))
    assert isinstance(half, TurnsRow)
    assert taught(tokenizer, half) == [f"{SAID}</s>"]
    assert half.ids == row.ids


QWEN = (
    "{%- if tools %}<|sys|>{% for tool in tools %}{{ tool | tojson }}{% endfor %}</s>{% endif %}{%- for message in messages %}"
    "<|{{ message.role }}|>{%- if message.tool_calls %}{% for call in message.tool_calls %}<call>{{ call.function.name }} "
    "{{ call.function.arguments | tojson }}</call>{%- endfor %}{% else %}{{ message.content }}{% endif %}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
PLAIN = catalogue()["gemma-3-270m"].chat_template
THINKING = (
    "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}{{ m.content }}</s>"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% if not enable_thinking %}<think></think>{% endif %}{% endif %}"
)
STRICT = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ m.content }}{% endfor %}"
)


def with_template(base: Base, template: str, **values: Any) -> Any:
    tokenizer = Base(base.name, base.path, values=values).tokenizer
    tokenizer.chat_template = template
    return tokenizer


def test_a_call_without_an_end_is_not_taught_as_an_empty_answer(bases: Bases, tmp_path: Path) -> None:
    endless = QWEN.replace("{% endif %}</s>{% endfor %}", "</s>{% endif %}{% endfor %}")
    assert endless != QWEN
    tokenizer = with_template(bases("llama"), endless)
    with pytest.raises(NotShown, match="without their end"):
        encode_turns(tokenizer, read(tmp_path, OPENAI)[0])


def test_a_call_of_a_tool_is_learned_as_the_template_writes_it(bases: Bases, tmp_path: Path) -> None:
    tokenizer = with_template(bases("llama"), QWEN)
    (row,) = encode_turns(tokenizer, read(tmp_path, OPENAI)[0])
    assert isinstance(row, TurnsRow)
    assert taught(tokenizer, row) == ['<call>lookup {"metric": "margin"}</call></s>', f"{SAID}</s>"]
    assert '"name": "lookup"' in tokenizer.decode(row.ids)


@pytest.mark.parametrize("template", [PLAIN, THINKING])
def test_where_a_template_shows_earlier_answers_otherwise_each_is_asked_as_it_is_served(
    template: str, bases: Bases, tmp_path: Path
) -> None:
    """Gemma's plain lines have no end of turn in between; Qwen3 takes out what was thought."""
    tokenizer = with_template(bases("llama"), template, enable_thinking=False)
    (talk,) = read(tmp_path, ALPACA)
    rows = encode_turns(tokenizer, talk)
    assert len(rows) == 2
    for row, upto in zip(rows, (2, 4), strict=True):
        asked = tokenizer.apply_chat_template(list(talk.turns[:upto]), tokenize=False, add_generation_prompt=True, enable_thinking=False)
        assert tokenizer.decode(row.ids[: row.start]) == asked
        assert isinstance(row, TurnsRow)
        assert taught(tokenizer, row) == [f"{talk.turns[upto]['content']}</s>"]


@pytest.mark.parametrize(("template", "why"), [(STRICT, "System role not supported"), (PLAIN, "leaves out a turn of assistant")])
def test_what_a_template_does_not_show_is_not_learned(template: str, why: str, bases: Bases, tmp_path: Path) -> None:
    talk = read(tmp_path, OPENAI if template is PLAIN else ALPACA)[0]
    with pytest.raises(NotShown, match=why):
        encode_turns(with_template(bases("llama"), template), talk)


def talk(number: int, answer: str = "") -> dict[str, Any]:
    words = f"number {number} of the desk, {('rates', 'loans', 'cards', 'funds', 'bonds')[number % 5]} {number * 37 % 101}"
    asked = [{"role": "user", "content": f"What of {words}?"}, {"role": "assistant", "content": answer or f"It is {number}."}]
    return {"messages": [{"role": "system", "content": "Be short."}, *asked]}


def made(recipe: Made, data: Path, bases: Bases, folder: Path, **told: Any) -> PreparedRun:
    source = {"paths": ["talks*.jsonl"], "licence": "CC0-1.0"}
    parts = {"tasks": [], "conversations": [source], "near_duplicates": 1} | told
    return prepared(recipe(data=parts, context=256, pack=512), bases("llama"), data, folder, PERSONAL)


def test_every_conversation_is_learned_or_listed_with_its_reason(recipe: Made, bases: Bases, data: Path, tmp_path: Path) -> None:
    items = [talk(number) for number in range(12)]
    items += [talk(3), talk(4, "It is not."), {**OPENAI, "tools": []}, talk(77, "word " * 200)]
    items += [{"instruction": f"Is {row} a card?", "output": "yes"} for row in ("7 visa", "my number 13812345678")]
    written(data, *items)
    ready = made(recipe, data, bases, tmp_path, too_long="drop", personal="drop")
    (record,) = ready.material.manifest.sources
    assert (record.read, record.kept) == (18, 13)
    assert (record.exact_duplicates, record.contradictions, record.unshown, record.too_long, record.personal_dropped) == (1, 1, 1, 1, 1)
    listed = {one.reason: one for one in ready.material.left_out}
    clash = listed["the same question has another answer"]
    assert {clash.row, clash.like} == {"talks.jsonl:5", "talks.jsonl:14"}
    assert {listed["the same row"].row, listed["the same row"].like} == {"talks.jsonl:4", "talks.jsonl:13"}
    assert listed["longer than the context"].row == "talks.jsonl:16"
    assert listed["the chat template leaves out a turn of assistant"].row == "talks.jsonl:15"
    assert listed["personal data"].row == "talks.jsonl:18"
    assert len(ready.rows) == ready.material.manifest.rows == 13


def test_what_is_asked_in_an_evaluation_is_not_learned_in_a_conversation(recipe: Made, bases: Bases, data: Path, tmp_path: Path) -> None:
    text = json.loads((data / "cards.json").read_text("utf-8"))[0][0]
    served = f"Passages:\n[1] x\n\nQuestion: {text}\nAnswer:"
    written(data, *(talk(number) for number in range(5)), *({"instruction": asked, "output": "card"} for asked in (text, served)))
    ready = made(recipe, data, bases, tmp_path, held_out=[str(data / "cards.yaml")])
    assert ready.material.manifest.sources[0].leaks == 2, "a served prompt holds its question in a line"
    assert Fingerprints(made(recipe, data, bases, tmp_path).material.fingerprints).knows(text) == "exact"


def test_a_licence_is_asked_for_and_personal_data_are_masked(recipe: Made, bases: Bases, data: Path, tmp_path: Path) -> None:
    written(data, {"instruction": "Who is it?", "output": "phone 13812345678"})
    with pytest.raises(NotPermitted, match="'CC0-1\\.0'"):
        made(recipe, data, bases, tmp_path, licences=["MIT"])
    ready = made(recipe, data, bases, tmp_path)
    assert "13812345678" not in bases("llama").tokenizer.decode(ready.rows[0].ids)
    assert ready.material.manifest.sources[0].personal == {"phone": 1}
