"""Texts of the client's own ranked for a question; embeddings and their remedies."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from tests.knowledge.samples import HashEmbedder
from tests.server.conftest import Live

from finfoundry.server.openai.reranking import relevance

QUERY = "Who audits the company?"
TEXTS = [
    "Revenue rose by 8% because of new branches in the north.",
    "The company's financial statements are audited by Harbour and Finch LLP, the independent auditor of the company.",
    "Dividends are decided by the meeting of shareholders.",
]


@pytest.fixture
def embedding(live: Live, monkeypatch: pytest.MonkeyPatch) -> HashEmbedder:
    """The server with an encoder of words."""
    made = HashEmbedder()
    monkeypatch.setattr(live.app.store, "embedder", made)
    monkeypatch.setattr(live.app.searcher, "embedder", made)
    return made


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank"])
def test_the_text_that_answers_comes_first(live: Live, path: str) -> None:
    with live.client() as ana:
        told = ana.post(path, json={"query": QUERY, "documents": TEXTS, "top_n": 2, "return_documents": True}).json()
    assert told["results"][0]["index"] == 1
    assert len(told["results"]) == 2
    assert told["results"][0]["document"]["text"] == TEXTS[1]
    assert 1 >= told["results"][0]["relevance_score"] > told["results"][1]["relevance_score"] >= 0
    assert told["usage"]["total_tokens"] == 0, "there is no embedder"


@pytest.mark.usefixtures("embedding")
def test_with_an_embedder_meaning_counts_and_its_tokens_are_told(live: Live) -> None:
    with live.client() as ana:
        told = ana.post(
            "/v1/rerank", json={"model": "finfoundry-rerank", "query": QUERY, "documents": [{"text": one} for one in TEXTS]}
        ).json()
    assert told["results"][0]["index"] == 1
    assert told["usage"]["total_tokens"] > 40


def test_the_order_in_which_texts_come_does_not_matter() -> None:
    scores = relevance(QUERY, TEXTS, lambda *_: [])
    assert relevance(QUERY, TEXTS[::-1], lambda *_: []) == scores[::-1]


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({"documents": []}, 400, "documents"),
        ({"documents": ["x"] * 513}, 400, "documents"),
        ({"documents": ["x" * 1_000_001]}, 400, "documents"),
        ({"query": ""}, 400, "query"),
        ({"query": "x" * 5000}, 400, "query"),
        ({"top_n": 0}, 400, "top_n"),
        ({"max_tokens_per_doc": 5}, 400, "max_tokens_per_doc"),
        ({"rank_fields": ["title"]}, 400, "rank_fields"),
        ({"truncation": True}, 400, "truncation"),
        ({"model": "rerank-english-v3.0"}, 404, None),
    ],
)
def test_what_cannot_be_ranked_is_refused_by_its_field(live: Live, fields: dict[str, Any], status: int, param: str | None) -> None:
    with live.client() as ana:
        told = ana.post("/v1/rerank", json={"query": QUERY, "documents": TEXTS, **fields})
    assert (told.status_code, told.json()["error"]["param"]) == (status, param)


@pytest.mark.parametrize("texts", [[""], [" \n"], ["\x00", "🙂" * 500], ["a " * 5000], ["| a | b |\n|---|---|\n| 1 | 2 |"]])
def test_odd_texts_are_ranked(live: Live, texts: list[str]) -> None:
    with live.client() as ana:
        told = ana.post("/v1/rerank", json={"query": "2024？", "documents": texts})
    assert sorted(one["index"] for one in told.json()["results"]) == list(range(len(texts)))


class TestEmbeddings:
    def test_the_remedy_names_a_model_that_exists(self, live: Live, embedding: HashEmbedder) -> None:
        with openai.OpenAI(base_url=f"{live.url}/v1", api_key=live.key, max_retries=0) as ana:
            with pytest.raises(openai.NotFoundError) as told:
                ana.embeddings.create(model="finfoundry", input="x")
            assert isinstance(told.value.body, dict)
            (named,) = [model.id for model in ana.models.list() if repr(model.id) in told.value.body["remedy"]]
            made = ana.embeddings.create(model=named, input=["net profit", "net profit of 2024"])
        assert len(made.data[0].embedding) == embedding.dimensions
        assert made.usage.prompt_tokens == 6, "as the encoder counts"

    @pytest.mark.usefixtures("embedding")
    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"input": [[1, 2, 3]]}, "input"),
            ({"input": [5]}, "input"),
            ({"input": []}, "input"),
            ({"input": ["x"] * 513}, "input"),
            ({"dimensions": 12}, "dimensions"),
            ({"task": "x"}, "task"),
        ],
    )
    def test_what_cannot_be_embedded_is_refused_by_its_field(self, live: Live, fields: dict[str, Any], param: str) -> None:
        with live.client() as ana:
            told = ana.post("/v1/embeddings", json={"model": "hash", "input": "x", **fields})
        assert (told.status_code, told.json()["error"]["param"]) == (400, param)
