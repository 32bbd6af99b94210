"""LangChain: an answer with the page and the box of each source. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os
import sys

from langchain_openai import ChatOpenAI


def ask(question: str) -> str:
    """The text, then a line a source; over the responses API, whose annotations LangChain keeps."""
    base, key = f"{os.environ['FINFOUNDRY_URL']}/v1", os.environ["FINFOUNDRY_KEY"]
    message = ChatOpenAI(model="finfoundry", base_url=base, api_key=key, use_responses_api=True).invoke(question)
    places = [one["extras"]["finfoundry"] for block in message.content_blocks for one in block["annotations"]]
    sources = [f"[{one['marker']}] p. {one['page']}, box {one['box']}: {one['quote']} <{one['url']}>" for one in places]
    return "\n".join([message.text, *sources])


if __name__ == "__main__":
    print(ask(" ".join(sys.argv[1:])))
