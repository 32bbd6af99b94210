"""Titles of rules: found on the first lines of English ones, compared without what tells versions apart, and the rank that they tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from finfoundry.core.document import Document
from finfoundry.core.language import halfwidth
from finfoundry.core.rules.law import Level

FIRST_LINES, LONGEST = 12, 110
MOST_VERSIONS = 5  # editions and years that one title bears, one behind another
_KINDS = (
    r"Polic(?:y|ies)|Procedures?|Standards?|Code(?: of [A-Z]\w+(?: and [A-Z]\w+)?)?|Rules?|Rulebook|Regulations?|Directive|Guidelines?"
    r"|Handbook|Manual|Act|Ordinance|Charter|Terms(?: (?:and|&) Conditions)?|Product (?:Guide|Description|Terms|Sheet)|Instructions?"
    r"|Framework|Tariff|Mandate|Circular|Amendment"
)
TITLE = re.compile(
    rf"(?:[A-Z][\w’'&/-]*,?\s+(?:(?:and|of|for|on|the|to|in|with|&|-|–)\s+){{0,4}}){{1,20}}(?:{_KINDS})"
    r"(?:\s+(?:for|on|of)\s+[A-Z][\w’'&-]*(?:\s+[A-Z][\w’'&-]*){0,20})?(?![\w])"
)
_JOINED = re.compile(r"\s+and\s+(?:the|our)\s+")
_EDITION = r"修订|修正|修改|版|施行|发布|印发|号|edition|version|revised|revision|amended|effective|in force"
_VERSION = re.compile(
    rf"[（(【\[](?:[^（()）【】\[\]]{{0,60}}(?:{_EDITION})[^（()）【】\[\]]{{0,60}}|\d{{4}}年?)[)）】\]]|[,;:–—-]?\s*\b(?:version|edition|revision|rev\.?|v)\s*\d+(?:\.\d+)*\b.*$"
    r"|[,–—-]?\s+(?:of\s+)?(?:19|20)\d\d$|\s*(?:19|20)\d\d年?(?:修订|修正|版)$",
    re.IGNORECASE,
)
_CARRIED = re.compile(r"(?:印发|发布|修订|公布|下发)《(?P<title>.+)》(?:的)?(?:通知|公告|决定|令)?")
_ORDER = re.compile(r"(?:公告|令)\s*[〔\[(（]\s*\d{4}\s*[〕\])）]\s*第?\s*\d+\s*号\s*[（(](?P<title>[^（()）]{4,60})[)）]")
_NUMBER = re.compile(r"(?:[发函告字令]|公告)\s*[〔\[(（]\s*(?:19|20)\d\d\s*[〕\])）]\s*第?\s*\d+\s*号")
_OWN = re.compile(
    r"^(?:我行|本行|本公司|我公司)|\b(?:Policy|Policies|Procedures?|Standards?|Handbook|Manual|Charter|Code of|Framework|Mandate)\b"
)
_PRODUCT = re.compile(r"\b(?:Product|Tariff|Terms (?:and|&) Conditions)\b|产品说明书|产品协议|服务协议|费率表")


def english_title(document: Document) -> str | None:
    """The title of an English rule, policy or product description; None where none of the first lines is one."""
    return next((line for line in _first_lines(document) if _is_title(line)), None)


def first_title(document: Document) -> str | None:
    """The first line, where it is short and ends without a stop."""
    line = next(_first_lines(document), "")
    return line if 3 < len(line) <= LONGEST and not line.endswith((".", ";", ":", ",")) else None


def _is_title(line: str) -> bool:
    plain = _VERSION.sub("", line).strip(" .–—-")
    return len(line) <= LONGEST and (TITLE.fullmatch(plain.title() if plain.isupper() else plain) is not None)


def _first_lines(document: Document) -> Iterator[str]:
    blocks = [block for page in document.pages[:1] for block in page.blocks if block.kind in ("heading", "paragraph", "header")]
    found = (" ".join(line.split()) for block in blocks[:FIRST_LINES] for line in block.text.split("\n"))
    return (line for _, line in zip(range(FIRST_LINES), (line for line in found if line), strict=False))


def title_key(title: str) -> str:
    """A title as versions of one rule share it: without brackets, numbers, editions and years. 《支付管理办法（2019年修订）》 and
    支付管理办法 are one, and so are "The Travel Policy, version 2" and "Travel Policy".
    """
    plain = unicodedata.normalize("NFKC", halfwidth(title)).replace("〈", "《").replace("〉", "》").replace("帐", "账")
    plain = "\n".join(" ".join(line.split()) for line in plain.strip().split("\n") if line.strip())
    plain = re.sub(r"^《(.*)》$", r"\1", plain)
    for pattern in (_ORDER, _CARRIED):
        if found := pattern.search(plain):
            plain = found["title"]
    for _ in range(MOST_VERSIONS):
        plain = _VERSION.sub("", plain).strip(" .,–—-")
    plain = re.sub(r"^(?:the|our)\s+|^中华人民共和国(?=.{2,}法$)", "", plain, flags=re.IGNORECASE)
    return re.sub(r"[\s《》“”\"'’]+", "" if re.search(r"[\u4e00-\u9fff]", plain) else " ", plain).strip().casefold()


def bracketed(text: str) -> Iterator[tuple[int, int]]:
    """The spans of 《…》, the outermost where one stands inside another."""
    depth, first = 0, 0
    for at, sign in enumerate(text):
        if sign == "《":
            first = at if depth == 0 else first
            depth += 1
        elif sign == "》" and depth:
            depth -= 1
            if depth == 0:
                yield first, at + 1


def level_of(title: str, front: str, language: str) -> Level | None:
    """The rank that a title, or a number on its first lines, tells; None where neither does. Whether an English "Act" or "Regulation" is a
    law of the place nobody tells but a manifest or a person.
    """
    if _PRODUCT.search(title):
        return "product"
    if language == "en":
        return "policy" if _OWN.search(title) else None
    plain = title_key(title)
    if re.search(r"国务院令", front) or (re.search(r"条例$", plain) and "国务院" in front):
        return "administrative regulation"
    if re.match(r"中华人民共和国.{1,30}法(?:$|[（(])", halfwidth(title).strip("《》")):
        return "law"
    if found := _NUMBER.search(front):
        return "departmental rule" if found[0].startswith("令") else "normative document"
    return "policy" if _OWN.search(plain) else None


def plain_titles(found: str) -> list[str]:
    """The titles in what ``TITLE`` matched, without their articles: "the Travel Policy and the Gifts Policy" are two."""
    parts = _JOINED.split(found)
    return [re.sub(r"^(?:The|Our|This|These)\s+", "", one).strip() for one in (parts if all(map(TITLE.fullmatch, parts)) else [found])]
