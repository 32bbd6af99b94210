"""Personal data in what is learned. Numbers are found by governance, which is handed in; names are found where a form names their field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

FIELD = (
    r"(?:客户姓名|真实姓名|姓名|户名|持卡人|联系人|申请人|借款人|收款人|付款人|担保人|"
    r"(?:customer|client|applicant|borrower|account holder|cardholder|contact|full|first|last|employee)[ _]?name|name|cardholder|applicant)"
)
NAME = r"(?:[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?![\u4e00-\u9fff])|[A-Z][a-z]+(?: [A-Z][a-z.]*){0,3})"
NAMED = re.compile(rf"(?i:(?<![\w\u4e00-\u9fff]){FIELD})[\"']?\s*[:：=]\s*[\"']?(?P<name>{NAME})")
BLANK = "＊＊"


class PersonalFinding(Protocol):
    """One finding."""

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class Screen:
    """``find`` and ``mask`` are those of governance: identity and card numbers with their checksums, phones, e-mail addresses."""

    find: Callable[[str], Sequence[PersonalFinding]]
    mask: Callable[[str], str]

    def kinds(self, text: str) -> list[str]:
        return [item.kind for item in self.find(text)] + ["name"] * len(NAMED.findall(text))

    def masked(self, text: str) -> str:
        """The text with personal data masked, and a blank for each name in a field ("customer name: …")."""
        pieces, end = [], 0
        for match in NAMED.finditer(text):
            pieces += [text[end : match.start("name")], BLANK]
            end = match.end("name")
        return self.mask("".join(pieces) + text[end:])
