"""The company that a memo or a set of accounts is titled with, where no legal form shows that it is one: the title of a paper that holds
the statements of one company is the company's name, with what the paper is before it or behind it; or a line below says whom it is about.
"""

from __future__ import annotations

import re

from finfoundry.core.document import Document
from finfoundry.core.language import has_han, simplified
from finfoundry.knowledge.facts.table.company_names import is_name, leading_name
from finfoundry.knowledge.facts.table.concepts import statements_of

FIRST = 8  # blocks among which a line may say whom the paper is about
LINES = 2  # of each statement, by whose known names it is one
_APART = re.compile(r"\s+[—–·|-]+\s+|[:：]\s*|[—–·|]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_ABOUT = re.compile(r"\b(?:of|for|on)\s+(?=[A-Z])")
_WHOM = re.compile(
    r"^\W*(?:borrower|obligor|client|customer|counterparty|company|issuer|re|subject|借款人|客户(?:名称)?|企业(?:名称)?|公司名称|授信主体|申请人|债务人)\W*[:：]\W*",
    re.IGNORECASE,
)
_FIRM_ZH = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{2,20}(?:公司|集团|集團|厂|廠|商行|农场|合作社|事务所|中心)")
_NAME_ZH = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{3,12}")
# What papers are, and what stands in them: the name of a company has none of these.
_PAPER_ZH = re.compile(
    r"(?:年度|半年|季度|本[年期]|(?:19|20)\d\d年?)*(?:授信|信贷|信用|贷款|贷后|贷前|财务|财报|年[审检报]|[年季]度|报告|报表|备忘录|意见|检查|审查|复审|评审|评估|分析|跟踪|概况|简介"
    r"|合并|会计|数据|资产|负债|利润|损益|现金|经营|业绩|项目|附注|摘要|情况|讨论).*"
)


def titled(document: Document) -> str | None:
    """The name in the title, else in the line that says whom the paper is about; None where the paper holds no income statement and balance
    sheet, or neither a name apart.
    """
    texts = [block.text for page in document.pages[:1] for block in page.blocks[:FIRST] if block.kind != "table"]
    lines = [line.strip() for text in texts for line in text.split("\n")]
    told = [*texts[:1], *(match.string[match.end() :] for line in lines if (match := _WHOM.match(simplified(line))))]
    if not {"income", "balance"} <= _statements(document):
        return None
    return next((name for text in told if (name := _named(text, document))), None)


def _named(title: str, document: Document) -> str | None:
    if "\n" in title or len(title) > 100:
        return None
    parts = [part.strip() for part in _APART.split(title) if part.strip()]
    return _in_chinese(parts) if has_han(title) else _in_english(parts, title, document)


def _in_chinese(parts: list[str]) -> str | None:
    """The part that ends as firms do; else the first that begins with something else than what papers are."""
    if firm := next((part for part in parts if _FIRM_ZH.fullmatch(part)), None):
        return firm
    bare = (part[: match.start()] if (match := _PAPER_ZH.search(simplified(part))) else part for part in parts)
    return next((name for part in bare if _NAME_ZH.fullmatch(name := part.removeprefix("关于").removesuffix("的"))), None)


def _in_english(parts: list[str], title: str, document: Document) -> str | None:
    """The longest part that is a name, or begins with one, or tells of one; a name of one word where the text has it again."""
    told = [*parts, *(piece for part in parts for piece in _ABOUT.split(part)[1:])]
    names = [name for part in told if (name := part if is_name(part) else leading_name(part))]
    texts = [block.text for page in document.pages for block in page.blocks if block.kind != "table" and block.text != title]
    again = "\n".join(texts)
    known = (name for name in sorted(names, key=len, reverse=True) if " " in name or re.search(rf"\b{re.escape(name)}\b", again))
    return next(known, None)


def _statements(document: Document) -> set[str]:
    """The statements of which a table of the paper has some lines."""
    found = set[str]()
    for block in (block for page in document.pages for block in page.blocks if block.kind == "table"):
        labels = [line.partition("\t")[0] for line in block.text.split("\n")]
        named = [names for label in labels if (names := statements_of(label))]
        found |= {one for one in ("income", "balance") if sum(one in names for names in named) >= LINES}
    return found
