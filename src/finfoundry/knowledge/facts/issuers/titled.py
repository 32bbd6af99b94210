"""The company that a memo or a set of accounts is titled with, where no legal form shows that it is one: the title of a paper that holds
the statements of one company is the company's name, with what the paper is before it or behind it.
"""

from __future__ import annotations

import re

from finfoundry.core.document import Document
from finfoundry.core.language import has_han
from finfoundry.knowledge.facts.table.company_names import is_name
from finfoundry.knowledge.facts.table.concepts import statements_of

LINES = 2  # of each statement, by whose known names it is one
_APART = re.compile(r"\s+[—–·|-]+\s+|[:：]\s*|[—–·|]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_FIRM_ZH = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{2,20}(?:公司|集团|集團|厂|廠|商行|农场|合作社|事务所|中心)")


def titled(document: Document) -> str | None:
    """The name in the title; None where the paper holds no income statement and balance sheet, or the title no name apart."""
    title = next((block.text for page in document.pages[:1] for block in page.blocks), "")
    if "\n" in title or len(title) > 100 or not {"income", "balance"} <= _statements(document):
        return None
    parts = [part.strip() for part in _APART.split(title) if part.strip()]
    if has_han(title):
        return next((part for part in parts if _FIRM_ZH.fullmatch(part)), None)
    return next((part for part in sorted(parts, key=len, reverse=True) if is_name(part) and " " in part), None)


def _statements(document: Document) -> set[str]:
    """The statements of which a table of the paper has some lines."""
    found = set[str]()
    for block in (block for page in document.pages for block in page.blocks if block.kind == "table"):
        labels = [line.partition("\t")[0] for line in block.text.split("\n")]
        named = [names for label in labels if (names := statements_of(label))]
        found |= {one for one in ("income", "balance") if sum(one in names for names in named) >= LINES}
    return found
