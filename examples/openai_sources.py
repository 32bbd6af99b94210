"""OpenAI's client: an answer, and under it the page and the box of each source. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os
import sys

import openai


def ask(question: str, model: str = "finfoundry") -> str:
    """The text, then a line a source; where the question leaves open which company, its options."""
    client = openai.OpenAI(base_url=f"{os.environ['FINFOUNDRY_URL']}/v1", api_key=os.environ["FINFOUNDRY_KEY"])
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    places = [(one.url_citation, one.finfoundry) for one in answer.choices[0].message.annotations]
    sources = [f"[{place['marker']}] {cited.title}, box {place['box']}: {place['quote']} <{cited.url}>" for cited, place in places]
    return "\n".join([answer.choices[0].message.content, *sources, *(f"? {option}" for option in answer.options)])


if __name__ == "__main__":
    print(ask(" ".join(sys.argv[1:])))
