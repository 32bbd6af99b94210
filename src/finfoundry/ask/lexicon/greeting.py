"""A message that only greets, thanks or takes leave: nothing is asked, so nothing is searched for and no model is needed."""

from __future__ import annotations

import re

from finfoundry.ask.lexicon.word_lists import word_list


def is_greeting(message: str) -> bool:
    """Whether nothing is left of the message without the words by which people greet, thank and address one another."""
    words = re.findall(r"[a-z']+", message.lower())
    rest = re.sub(r"[a-zA-Z'’\W_]+", "", message)
    if re.search(r"\d", rest) or not (words or rest):
        return False
    for phrase in sorted(word_list("greetings_zh"), key=len, reverse=True):
        rest = rest.replace(phrase, "")
    return not rest and set(words) <= word_list("greetings")
