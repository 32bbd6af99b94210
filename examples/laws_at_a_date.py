"""A rule today and on another day, e.g. "the hotel limit in the travel policy" 2020-06-01. Environment: FINFOUNDRY_URL, FINFOUNDRY_KEY."""

import os
import sys

import httpx


def ask(question: str) -> str:
    """The answer's text: what the version in force says, and today's beside it."""
    headers = {"Authorization": f"Bearer {os.environ['FINFOUNDRY_KEY']}"}
    answer = httpx.post(f"{os.environ['FINFOUNDRY_URL']}/v1/ask", json={"question": question}, headers=headers, timeout=60)
    return str(answer.raise_for_status().json()["text"])


if __name__ == "__main__":
    rule, day = sys.argv[1:3]
    print(ask(f"What is {rule}?"), ask(f"What was {rule} as of {day}?"), sep="\n\n")
