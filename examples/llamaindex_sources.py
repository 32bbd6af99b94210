"""LlamaIndex: an answer with its sources inside the text, and the place of each. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os

from llama_index.llms.openai_like import OpenAILike
from llama_index.postprocessor.jinaai_rerank import JinaRerank

BASE, KEY = f"{os.environ['FINFOUNDRY_URL']}/v1", os.environ["FINFOUNDRY_KEY"]
llm = OpenAILike(model="finfoundry+sources", api_base=BASE, api_key=KEY, is_chat_model=True)
rerank = JinaRerank(base_url=BASE, api_key=KEY, model="finfoundry-rerank", top_n=3)  # a node postprocessor of your query engine


def ask(question: str) -> tuple[str, list[dict]]:
    """The text with its sources; ``citations`` of the answer contract, with page and box."""
    told = llm.complete(question)
    return told.text, told.raw.citations
