"""What the certificate of a document marks it with, which is kept in English, in the language of an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from finfoundry.ask.compose.sentences import templates
from finfoundry.core.answer import Language


def mark_in(mark: str, language: Language) -> str:
    """The mark in the language; as it is kept where no form of it is known.

    >>> mark_in("low certificate: 0.41, see its losses and identities", "zh")
    '入库得分低：0.41，请查看“未能读取”与“勾稽关系”'
    """
    for english, chinese in mark_forms() if language == "zh" else ():
        if found := re.fullmatch("(.*)".join(map(re.escape, english.split("{}"))), mark):
            return chinese.format(*found.groups())
    return mark


@lru_cache(maxsize=1)
def mark_forms() -> Sequence[tuple[str, str]]:
    """The forms of marks, in English and in Chinese, {} for what is filled in; those that fill in less come first."""
    english, chinese = templates()["en"], templates()["zh"]
    return [(form, chinese[name]) for name, form in english.items() if name.startswith("mark_")]
