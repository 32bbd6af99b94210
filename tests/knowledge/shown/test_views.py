"""JSON as it leaves the product: whole on one line for whoever reads lines."""

import json

import pytest

from finfoundry.knowledge.shown.views import json_text

ENDS = "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e\n\r"


@pytest.mark.parametrize("end", list(ENDS))
def test_no_character_of_a_text_ends_the_line_of_its_json(end: str) -> None:
    value = {f"a{end}b": [f"café {end} custody", {"托管": f"{end}{end}"}]}
    written = json_text(value, indent=None)
    assert written.splitlines() == [written]
    assert json.loads(written) == value


@pytest.mark.parametrize("text", ["café 托管 €5 — “1,111”", "a\u200bb\u00a0c\u3000d", "\\u2028 printed", "𠮷😀", "\x84\x86\u2027\u202a"])
def test_other_characters_stay_as_they_are(text: str) -> None:
    written = json_text({"a": text}, indent=None)
    assert json.loads(written) == {"a": text}
    assert written == json.dumps({"a": text}, ensure_ascii=False, separators=(",", ":"))


def test_indented_json_keeps_its_own_lines() -> None:
    assert json_text({"a": "b\u2028c"}) == '{\n  "a": "b\\u2028c"\n}'
