"""Whether "the documents hold nothing about X" is ever said of what stands in a document.

A report is made with names of products, places, projects and partners in its sentences and rows; each question asks for something of such a
name that the report does not say, in the words in which a company's figures are asked for. Counted are the answers that deny what stands
there; 0 is the goal.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from finfoundry.ask.asker import Agent
from finfoundry.ask.context.question import Conversation
from finfoundry.ask.lexicon.vocabulary import holds
from finfoundry.core.document import Parsed
from finfoundry.core.principal import ADMINISTRATOR

REPORTER = "Tamarisk Freight plc"
COLLECTION = "names"
_FIRST = ("Bel", "Cor", "Dun", "Fal", "Gar", "Hel", "Ister", "Jun", "Kor", "Lun", "Mar", "Nor", "Os", "Pel", "Quor", "Ras", "Sel", "Tor")
_LAST = ("vane", "mere", "holt", "wick", "stad", "lund", "gate", "fors", "dale", "bury")
_HAN_FIRST, _HAN_LAST = "澜沧鸿瑞嘉衡景曜泽榆朗霁", "港湾塔桥丘渡源庭川屿"
SENTENCES = (
    "{x} was opened in March and serves the northern route.", "The board thanked {x} for its work on the new terminal.",
    "A contract with {x} was renewed for four years.", "{x} replaced the older scanners in both warehouses.",
)  # fmt: skip
SENTENCES_ZH = ("{x}于三月投入使用。", "公司与{x}续签了四年合同。", "董事会感谢{x}的支持。")
ASKED = (
    "What was {x}'s revenue in 2024?", "How many employees does {x} have?", "What is the net profit of {x} for 2023?",
    "Did {x} pay dividends in 2024?", "What were the total assets of {x}?", "How much did {x} cost?", "Who runs {x}?",
    "What is {x}'s debt to {x} ratio?", "Why did {x}'s margin fall in 2024?", "What was the {x} charge in 2024?",
)  # fmt: skip
ASKED_ZH = (
    "{x}2024年的营业收入是多少？",
    "{x}有多少员工？",
    "{x}的净利润是多少？",
    "{x}2023年总资产为多少？",
    "{x}去年分红了吗？",
    "{x}的负责人是谁？",
)
_DENIES = re.compile(
    r"(?:The documents hold nothing about|^No) (?P<en>(?!answer to this question).+?)(?: of .+? was found in| was found in|\.$)"
    r"|文档中没有(?:关于|找到)(?P<zh>(?!这个问题).+?)(?:的内容|，因此)"
)


def names(draw: random.Random, number: int) -> tuple[list[str], list[str]]:
    """Invented names, in English and in Chinese."""
    english = [a + b for a in _FIRST for b in _LAST]
    chinese = [f"{a}{b}{c}" for a in _HAN_FIRST for b in _HAN_LAST for c in ("号", "园", "站")]
    return draw.sample(english, number), draw.sample(chinese, number)


def report(english: Sequence[str], chinese: Sequence[str], draw: random.Random) -> bytes:
    """The report: each name in a sentence, every third in a row of a table as well."""
    told = [draw.choice(SENTENCES).format(x=name) for name in english] + [draw.choice(SENTENCES_ZH).format(x=name) for name in chinese]
    rows = "".join(f"<tr><td>{name}</td><td>{draw.randrange(10, 900)}</td></tr>" for name in [*english, *chinese][::3])
    table = f"<h2>Parcels by site (thousands)</h2><table><tr><th></th><th>2024</th></tr>{rows}</table>"
    cover = f"<h1>{REPORTER}</h1><h2>Annual Report 2024</h2><p>For the fiscal year ended December 31, 2024</p>"
    return f"<html><body>{cover}{''.join(f'<p>{one}</p>' for one in told)}{table}</body></html>".encode()


def questions(english: Sequence[str], chinese: Sequence[str], number: int) -> Iterator[str]:
    """Each name in turn in each form, four of five in English."""
    for place in range(number):
        if place % 5 == 4:
            yield ASKED_ZH[(place // 5) % len(ASKED_ZH)].format(x=chinese[(place // 5) % len(chinese)])
        else:
            yield ASKED[place % len(ASKED)].format(x=english[place % len(english)])


def denied(answer: str, text: str) -> str | None:
    """What an answer says that the documents do not hold, though it stands in their text; None where it says nothing untrue."""
    found = _DENIES.search(answer)
    name = (found["en"] or found["zh"]) if found else None
    return name if name and holds(text, name) else None


def text_of(parsed: Parsed) -> str:
    """All that is printed."""
    return "\n".join(block.text for page in parsed.document.pages for block in page.blocks)


def ask(agent: Agent, text: str, made: Iterator[str]) -> Iterator[tuple[str, str, str, str | None]]:
    """Question, status and text of the answer, and what it denies wrongly."""
    for question in made:
        answer = agent.ask(ADMINISTRATOR, question, COLLECTION, Conversation())[0]
        yield question, answer.status, answer.text, denied(answer.text, text)
