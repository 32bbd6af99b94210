"""Small papers as they are parsed, and a reader that marks the words which its evidence does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finfoundry.ask.support.paper_sentences import PaperSentences, sentences_of
from finfoundry.ask.support.support_rows import LABEL
from finfoundry.core.document import Parsed
from finfoundry.core.protocols import FoundSpan
from finfoundry.knowledge.ingest.parse_file import parse
from finfoundry.knowledge.search.terms import terms

ENGLISH = """# Northwind annual report

## Properties

Our corporate headquarters is located in a leased building in Boston, Massachusetts.

## Auditor

The independent registered public accounting firm, Alder & Birch LLP, has audited the financial statements of Northwind.

## Competition

We compete with Contoso, Fabrikam and Tailspin in the market for bicycle parts, which is highly fragmented.

Revenue decreased in the fourth quarter due to lower demand from dealers in Germany.

The lender may terminate the agreement at any time if the borrower does not pay interest.

## Revenue by region

| Region | 2023 | 2022 |
|---|---|---|
| Americas | 900 | 800 |
| Europe | 400 | 450 |
| Asia Pacific | 200 | 150 |
| Total revenue | 1,500 | 1,400 |
"""
CHINESE = """# 北风商业银行信贷管理办法

第一条 为规范贷款业务，根据有关法律制定本办法。

第二条 贷款人应当在发放贷款前调查借款人的信用状况，并保存书面记录。

第三条 借款人可以提前归还贷款，但应当提前十日书面通知贷款人。

第四条 本办法由中国人民银行负责解释，自公布之日起施行。

董事长：张明
"""


def paper(text: str, name: str = "paper.md") -> Parsed:
    return parse(text.encode(), name)


def english() -> PaperSentences:
    return sentences_of([paper(ENGLISH)])


def chinese() -> PaperSentences:
    return sentences_of([paper(CHINESE)])


class WordReader:
    """Marks each word whose terms the evidence has none of: a reader whose verdicts a test can foresee."""

    identity = "words"

    def marks(self, head: str, texts: Sequence[Sequence[str]]) -> list[list[FoundSpan]]:
        assert head == "support-spans"
        return [self._marked(sentence, set(terms(evidence))) for sentence, evidence in texts]

    def _marked(self, sentence: str, held: set[str]) -> list[FoundSpan]:
        found = []
        for place in re.finditer(r"[A-Za-z]+|[\u4e00-\u9fff]", sentence):
            said = set(terms(place[0]))
            found.append(FoundSpan(*place.span(), LABEL, 0.9 if said and not said & held else 0.1))
        return found
