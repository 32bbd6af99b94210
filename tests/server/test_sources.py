"""Where an answer's sources are for clients of other makers: inside the text on request, and as annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from tests.server.conftest import QUESTION, REPORT, Live

from finfoundry.core.answer import Answer, Citation, DocumentName
from finfoundry.server.openai.annotations import with_sources

ASKED: list[Any] = [{"role": "user", "content": QUESTION}]
WHICH: list[Any] = [{"role": "user", "content": "2024年净利润是多少？"}]


@pytest.fixture
def client(live: Live) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0) as made:
        yield made


@pytest.fixture
def of_two(live: Live) -> Iterator[openai.OpenAI]:
    """Who reads the papers of two companies."""
    with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.admin_key, max_retries=0) as made:
        yield made


def test_annotations_name_page_and_box_where_the_text_cites(live: Live, client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="finfoundry", messages=ASKED)
    message = answer.choices[0].message
    (citation,) = (answer.model_extra or {})["citations"]
    (annotation,) = message.annotations or []
    place = annotation.url_citation
    assert (message.content or "")[place.start_index : place.end_index] == "[1]"
    assert place.title == f"{REPORT}, p. {citation['page']}"
    told = (annotation.model_extra or {})["finfoundry"]
    assert (told["page"], told["box"], told["quote"]) == (citation["page"], citation["box"], citation["quote"])
    with live.browser(live.key) as browser:
        assert place.url.startswith(live.url)
        assert citation["quote"].split()[-1] in browser.get(place.url).text, "the link shows the page"


def test_a_stream_ends_with_the_same_annotations(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="finfoundry", messages=ASKED).choices[0].message.annotations or []
    chunks = list(client.chat.completions.create(model="finfoundry", messages=ASKED, stream=True))
    cited = [chunk.choices[0].delta.model_extra or {} for chunk in chunks if chunk.choices]
    (told,) = [one["annotations"] for one in cited if "annotations" in one]
    assert told == [one.model_dump() for one in whole]


def test_sources_stand_inside_the_text_on_request(live: Live, client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(model="finfoundry", messages=ASKED).choices[0].message.content or ""
    for model in ("finfoundry+sources", "finfoundry+sources/default"):
        text = client.chat.completions.create(model=model, messages=ASKED).choices[0].message.content or ""
        assert text.startswith(f"{plain}\n\n出处:\n- [1] [{REPORT}, 第")
        assert f"({live.url}/console/evidence/" in text
        chunks = client.chat.completions.create(model=model, messages=ASKED, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == text


def test_options_stand_inside_the_text_and_one_of_them_goes_on(of_two: openai.OpenAI) -> None:
    asking = of_two.chat.completions.create(model="finfoundry+sources", messages=WHICH)
    text, options = asking.choices[0].message.content or "", (asking.model_extra or {})["options"]
    assert len(options) >= 2
    meant = next(number for number, option in enumerate(options, 1) if "云洲" in option)
    shown = f"{meant}. {options[meant - 1]}"
    assert f"\n{shown}" in text
    for pick in (options[meant - 1], str(meant), shown):
        said = [*WHICH, {"role": "assistant", "content": text}, {"role": "user", "content": pick}]
        answer = of_two.chat.completions.create(model="finfoundry+sources", messages=said)
        assert (answer.model_extra or {})["status"] == "answered"


def test_the_closest_passages_stand_where_no_answer_does(client: openai.OpenAI) -> None:
    messages: list[Any] = [{"role": "user", "content": "年末总资产与利润为何增长？"}]
    answer = client.chat.completions.create(model="finfoundry+sources", messages=messages)
    extra = answer.model_extra or {}
    assert extra["nearest"]
    assert ("最接近的原文" in (answer.choices[0].message.content or "")) == (extra["status"] != "answered")


def test_a_papers_words_make_no_markup() -> None:
    """A picture that is loaded from elsewhere would tell its host what was asked."""
    quote = "![x](http://elsewhere/?q) <img src=y> `z`"
    citation = Citation(1, DocumentName("a", "b](c).pdf"), 1, (1, 2, 3, 4), None, quote)
    text = with_sources(Answer("1", "answered", "en", "Yes [1].", [citation]), "Yes [1].", "http://h")
    _, _, line = text.partition("Sources:\n")
    assert "\\[x\\](http" in line
    assert "\\<img src=y\\>" in line
    assert "\\`z\\`" in line
    assert "[b\\](c).pdf, p. 1](http://h/console/evidence/a/1" in line


def test_only_what_a_model_wrote_from_is_quoted_whole() -> None:
    quote = f"The quay is {'very ' * 100}long."
    citation = Citation(1, DocumentName("a", "b.pdf"), 1, None, None, quote)
    told = Answer("1", "answered", "en", "Yes [1].", [citation], nearest=[citation], written=True)
    sources, _, nearest = with_sources(told, "Yes [1].", "").partition("Closest passages")
    assert quote in sources
    assert "…" in nearest
    assert len(nearest) < len(quote)
    told.written = False
    assert "…" in with_sources(told, "Yes [1].", "").partition("Closest passages")[0]


def test_a_misspelt_collection_is_told_with_those_near_it(live: Live, client: openai.OpenAI) -> None:
    for send in (
        lambda: client.chat.completions.create(model="finfoundry/defualt", messages=ASKED),
        lambda: client.chat.completions.create(model="finfoundry+sources/defualt", messages=ASKED, stream=True),
        lambda: client.responses.create(model="finfoundry/defualt", input=QUESTION),
    ):
        with pytest.raises(openai.NotFoundError, match="no collection 'defualt'; near it: 'default'"):
            send()
    with live.client() as ana:
        for path, body in (("ask", {"question": QUESTION}), ("ask", {"question": QUESTION, "stream": True}), ("search", {"query": "x"})):
            refused = ana.post(f"/v1/{path}", json={**body, "collection": "defualt"})
            told = refused.json()["error"]["message"]
            assert (refused.status_code, told) == (404, "There is no collection 'defualt'; near it: 'default'")


def test_a_hidden_collection_and_an_absent_one_are_told_in_the_same_words(live: Live, tmp_path: Any) -> None:
    paper = tmp_path / "hidden.md"
    paper.write_text("# Zhuhai Port Inc\n\n| USD million | 2024 |\n|---|---|\n| Revenue | 5 |\n")
    live.app.ingest(live.app.administrator, [paper], collection="mergers-a", label="sensitive")

    def refusal(key: str, collection: str) -> tuple[int, str]:
        body = {"model": f"finfoundry/{collection}", "messages": ASKED}
        told = httpx.post(f"{live.url}/v1/chat/completions", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        return told.status_code, str(told.json().get("error", {}).get("message"))

    assert refusal(live.admin_key, "mergers-a")[0] == 200
    assert refusal(live.admin_key, "mergers-b") == (404, "There is no collection 'mergers-b'; near it: 'mergers-a'")
    hidden, absent = refusal(live.key, "mergers-a"), refusal(live.key, "mergers-z")
    assert hidden == (404, absent[1].replace("mergers-z", "mergers-a"))
    assert "mergers-a" not in refusal(live.key, "mergers-b")[1]
