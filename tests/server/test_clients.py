"""LangChain and LlamaIndex against the live server, unchanged: chat, stream, tools, formats, sources, embeddings, rerank.

All that they can ask for works, or is refused by the field's name. Their own warnings are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
from pydantic import BaseModel, SecretStr
from tests.knowledge.samples import HashEmbedder
from tests.server.conftest import QUESTION, REPORT, Live
from tests.server.test_deployment import load
from tests.server.test_rerank import QUERY, TEXTS

pytestmark = pytest.mark.filterwarnings("default")


class YesNo(BaseModel):
    """A reply that the model is to fill."""

    yes: bool


def weather(city: str) -> str:
    """Tells the weather of a city."""
    return f"Rain in {city}."


@pytest.fixture
def environment(live: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("FINFOUNDRY_URL", live.url)
    monkeypatch.setenv("FINFOUNDRY_KEY", live.key)
    monkeypatch.setattr(live.app.store, "embedder", HashEmbedder())
    return live


class TestLangChain:
    @pytest.fixture
    def chat(self, live: Live) -> Callable[..., Any]:
        from langchain_openai import ChatOpenAI

        def made(model: str = "finfoundry", **fields: Any) -> Any:
            return ChatOpenAI(model=model, base_url=f"{live.url}/v1", api_key=SecretStr(live.raw_key), max_retries=0, **fields)

        return made

    @pytest.mark.parametrize("over", [False, True], ids=["chat", "responses"])
    def test_chat_and_stream(self, chat: Callable[..., Any], over: bool) -> None:
        llm = chat(use_responses_api=over, temperature=0.3)
        whole = llm.invoke([("system", "Be brief."), ("user", QUESTION)])
        assert whole.text.endswith("[1]。")
        assert whole.usage_metadata["total_tokens"] == 0
        assert "".join(chunk.text for chunk in llm.stream(QUESTION)) == whole.text
        assert llm.batch([QUESTION, QUESTION])[1].text == whole.text

    def test_the_base_counts_its_tokens(self, chat: Callable[..., Any]) -> None:
        usage = chat("scripted").invoke("Hello").usage_metadata
        assert (usage["input_tokens"], usage["output_tokens"]) == (1, 4)
        streamed = list(chat("scripted", stream_usage=True).stream("Hello"))
        assert sum((chunk.usage_metadata or {}).get("output_tokens", 0) for chunk in streamed) == 4

    @pytest.mark.usefixtures("environment")
    def test_the_example_shows_the_sources(self) -> None:
        text, source = load("langchain_sources").ask(QUESTION).split("\n")
        assert text.endswith("[1]。")
        assert source.startswith("[1] p. ")
        assert "/console/evidence/" in source

    @pytest.mark.parametrize("over", [False, True], ids=["chat", "responses"])
    def test_tools(self, chat: Callable[..., Any], over: bool) -> None:
        told = chat("scripted", use_responses_api=over).bind_tools([weather], tool_choice="weather").invoke("the weather?")
        assert [(call["name"], call["args"]) for call in told.tool_calls] == [("weather", {"city": "Linxi"})]
        with pytest.raises(openai.BadRequestError) as refused:
            chat("scripted", use_responses_api=over).bind_tools([weather]).invoke("the weather?")
        assert refused.value.param == "tool_choice"
        with pytest.raises(openai.BadRequestError) as refused:
            chat(use_responses_api=over).bind_tools([weather]).invoke(QUESTION)
        assert refused.value.param == "tools"

    @pytest.mark.parametrize("method", ["json_schema", "function_calling", "json_mode"])
    def test_formats(self, chat: Callable[..., Any], method: str) -> None:
        assert chat("scripted").with_structured_output(YesNo, method=method).invoke("yes or no") == YesNo(yes=True)
        if method == "json_mode":
            told = chat().with_structured_output(None, method=method).invoke(QUESTION)
            assert told["status"] == "answered", "the answer contract"
            return
        with pytest.raises(openai.BadRequestError) as refused:
            chat().with_structured_output(YesNo, method=method).invoke(QUESTION)
        assert refused.value.param in ("response_format", "tools")

    def test_embeddings(self, environment: Live) -> None:
        from langchain_openai import OpenAIEmbeddings

        def embeddings(**fields: Any) -> Any:
            there: dict[str, Any] = {"base_url": f"{environment.url}/v1", "api_key": environment.key, "max_retries": 0}
            return OpenAIEmbeddings(model="hash", **there, **fields)

        assert len(embeddings(check_embedding_ctx_length=False).embed_query("net profit")) == HashEmbedder.dimensions
        with pytest.raises(openai.BadRequestError, match="check_embedding_ctx_length=False") as refused:
            embeddings().client.create(model="hash", input=[[1, 2]])  # as it sends texts without that
        assert refused.value.param == "input"

    @pytest.mark.usefixtures("environment")
    def test_rerank(self) -> None:
        from langchain_core.documents import Document

        best, _ = load("langchain_rerank").Rerank(top_n=2).compress_documents([Document(page_content=one) for one in TEXTS], QUERY)
        assert best.page_content == TEXTS[1]
        assert best.metadata["relevance_score"] > 0


class TestLlamaIndex:
    @pytest.fixture
    def chat(self, live: Live) -> Callable[..., Any]:
        from llama_index.llms.openai_like import OpenAILike

        def made(model: str = "finfoundry", **fields: Any) -> Any:
            there = {"api_base": f"{live.url}/v1", "api_key": live.raw_key, "max_retries": 0, "is_chat_model": True}
            return OpenAILike(model=model, **there, **fields)

        return made

    def test_chat_and_stream(self, chat: Callable[..., Any]) -> None:
        from llama_index.core.llms import ChatMessage

        whole = chat().chat([ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=QUESTION)])
        assert whole.message.content.endswith("[1]。")
        assert whole.raw.status == "answered"
        *_, last = chat().stream_complete(QUESTION)
        assert (last.text, last.raw.citations[0]["document"]["name"]) == (whole.message.content, REPORT)

    @pytest.mark.usefixtures("environment")
    def test_the_example_shows_the_sources(self) -> None:
        text, citations = load("llamaindex_sources").ask(QUESTION)
        assert f"[{REPORT}, 第{citations[0]['page']}页](" in text
        assert citations[0]["box"]

    def test_tools(self, chat: Callable[..., Any]) -> None:
        from llama_index.core.tools import FunctionTool

        tool, fields = FunctionTool.from_defaults(weather), {"is_function_calling_model": True}
        told = chat("scripted", **fields).chat_with_tools([tool], user_msg="the weather?", tool_required=True)
        assert [json.loads(one.tool_calls[0].function.arguments) for one in [told.raw.choices[0].message]] == [{"city": "Linxi"}]
        assert "Rain in Linxi." in str(chat("scripted", **fields).predict_and_call([tool], "the weather?", tool_required=True))
        with pytest.raises(openai.BadRequestError) as refused:
            chat("scripted", **fields).chat_with_tools([tool], user_msg="the weather?")
        assert refused.value.param == "tool_choice"
        with pytest.raises(openai.BadRequestError) as refused:
            chat(**fields).chat_with_tools([tool], user_msg=QUESTION)
        assert refused.value.param == "tools"

    def test_formats(self, chat: Callable[..., Any]) -> None:
        from llama_index.core.prompts import PromptTemplate

        prompt, fields = PromptTemplate("yes or no"), {"is_function_calling_model": True}
        assert chat("scripted", **fields).structured_predict(YesNo, prompt) == YesNo(yes=True)
        asked = {"type": "json_schema", "json_schema": {"name": "YesNo", "schema": YesNo.model_json_schema(), "strict": True}}
        assert YesNo.model_validate_json(chat("scripted", additional_kwargs={"response_format": asked}).complete("yes or no").text).yes
        with pytest.raises(openai.BadRequestError) as refused:
            chat(**fields).structured_predict(YesNo, prompt)
        assert refused.value.param == "tools"
        with pytest.raises(openai.BadRequestError) as refused:
            chat(additional_kwargs={"response_format": asked}).complete(QUESTION)
        assert refused.value.param == "response_format"

    def test_embeddings(self, environment: Live) -> None:
        from llama_index.embeddings.openai_like import OpenAILikeEmbedding

        there = {"api_base": f"{environment.url}/v1", "api_key": environment.key, "max_retries": 0}
        assert len(OpenAILikeEmbedding(model_name="hash", **there).get_text_embedding("net profit")) == HashEmbedder.dimensions
        with pytest.raises(openai.NotFoundError, match="no model"):
            OpenAILikeEmbedding(model_name="finfoundry", **there).get_text_embedding("net profit")

    @pytest.mark.usefixtures("environment")
    def test_rerank(self) -> None:
        from llama_index.core.schema import NodeWithScore, TextNode

        nodes = [NodeWithScore(node=TextNode(text=one), score=0.0) for one in TEXTS]
        best = load("llamaindex_sources").rerank.postprocess_nodes(nodes, query_str=QUERY)[0]
        assert best.node.get_content() == TEXTS[1]
        assert best.score > 0


def test_the_example_of_openais_client_shows_sources_and_options(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINFOUNDRY_URL", live.url)
    monkeypatch.setenv("FINFOUNDRY_KEY", live.admin_key)
    example = load("openai_sources")
    _, source = example.ask(QUESTION).split("\n")
    assert source.startswith(f"[1] {REPORT}, p. ")
    assert "\n? 云洲" in example.ask("2024年净利润是多少？")
