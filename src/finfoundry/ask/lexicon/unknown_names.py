"""Companies that a question names though no document knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from finfoundry.ask.lexicon.entities import COMPANY_ZH, name_words
from finfoundry.ask.lexicon.name_places import ordinary_words, stands_alone
from finfoundry.ask.lexicon.word_lists import word_list
from finfoundry.core.language import simplified
from finfoundry.core.names.company_names import listed

_PROPER = re.compile(r"(?:\b[A-Z][\w&.-]*[a-z0-9&]?(?:['’]s)?)(?:\s+(?:[A-Z][\w&.-]*|&|of(?=\s[A-Z]))(?:['’]s)?)*")
# A company by its kind alone, behind words of grammar, or a place in a paper, with which no name ends: 哪些情况下保险公司, 条款里公司.
_NO_NAME = re.compile(
    r"(?:.*[的年]|.*(?:情[况形]|条件|场合|前提|期间|时候)[下时里内中]?|.*(?:条款|合[同约]|契约|协议|保单|规定|规则|文件|报告|年报)[里内中]"
    r"|.*(?:[以之]后|[以之]前|.{2}时|哪[家个些种]?|什么|怎么?|为[何啥]|如何|多少|几|谁|请问?|如果|若是?|所以|因为|但是?|而|在|由|向|被|让|给|跟|对|把)"
    r"|该|本|贵|这家|那家|我|哪一[家个]|多少家)?(?:母|子|分|上市|保险|人寿|证券|基金|信托|理财|租赁|支付|评级|外国|境外)?公司"
    r"|(?:该|本|贵|这家|那家|哪[家个些]|哪一[家个])集团"
    r"|(?:(?:本|该|贵)?(?:公司|集团))?(?:为?什么|为何|为啥|怎么|怎样|如何)"
    r"(?:[没有不会要能把将被它他其这那当算作成为是叫做列归入再了应该可以]|处置|管理|注销|合并|转让|认定|设立|出售|收购|成立|界定|区分|划分)*[母子分]公司"
)
_HAN_COMPANY = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{2,24}?(?:股份有限公司|有限责任公司|有限公司|集团|公司)")


def unknown_company(text: str, known: Iterable[tuple[int, int]]) -> str | None:
    """A company that a question names though no document does: a proper name outside the ``known`` spans of the text; None where there is
    none.
    """
    taken = list(known)

    def free(start: int, end: int) -> bool:
        return not any(start < last and first < end for first, last in taken)

    for match in _HAN_COMPANY.finditer(text):
        if free(match.start(), match.end()) and not _NO_NAME.fullmatch(simplified(match[0])):
            return match[0]
    for match in _PROPER.finditer(text):
        words = match[0].removesuffix("'s").removesuffix("’s")
        if free(match.start(), match.end()) and _like_company(words, text, match.start(), match[0] != words):
            return words
    return None


def listed_company(text: str, known: Iterable[tuple[int, int]] = ()) -> str | None:
    """The longest Chinese name of the list of companies that a text names by itself outside the ``known`` spans, the first of several; None
    where it names none.
    """
    plain, taken = simplified(text), list(known)
    for name in sorted((one for one in listed() if one[0] > "\u3400" and one in plain), key=lambda one: (-len(one), plain.find(one))):
        for found in re.finditer(re.escape(name), plain):
            free = not any(found.start() < last and first < found.end() for first, last in taken)
            if free and stands_alone(plain[: found.start()], plain, found.end()):
                return text[found.start() : found.end()]
    return None


_NAME_ALONE = re.compile(
    r"^\W*(?P<on>(?:(?:and|but|or|what about|how about|what of)\s+)*)"
    r"(?P<name>(?-i:[A-Z])[\w&.-]*(?:\s(?-i:[A-Z])[\w&.-]*){0,3})(?P<of>['’]s)?\W*$"
    r"|^(?:那么?|再看)?(?P<zh>[\u4e00-\u9fff]{2,12}?)(?:呢|怎么样|如何)[?？\s]*$",
    re.I,
)


def name_alone(text: str) -> str | None:
    """The proper name that is all a question says: "Netflix?", "And Gamma's?", 华为呢？; None where it is none, or says more."""
    found = _NAME_ALONE.match(text)
    if found is None:
        return None
    if found["zh"]:
        name = listed_company(found["zh"])
        return name or (found["zh"] if found["zh"].endswith(COMPANY_ZH) else None)
    asks = found["on"] or found["of"] or text.rstrip().endswith("?")
    plain = {word for word, _, _ in name_words(found["name"])} <= ordinary_words() | {"really", "sure", "exactly", "seriously"}
    like = _like_company(found["name"], "for ", 4, found["of"] is not None) and not plain
    return found["name"] if found["name"] in listed() or (asks and like) else None


def _like_company(words: str, text: str, start: int, possessive: bool) -> bool:
    lower = words.lower()
    if (
        lower in word_list("not_names")
        or words.split()[0].lower() in word_list("not_names")
        or re.match(r"(?:FY|Q[1-4]|H[12])?['’]?\d*$", words)
    ):
        return False
    before = text[:start].rstrip().lower()
    tied = possessive or bool(re.search(r"\b(?:for|of|by|does|did|has|is|was|at|from|are)$", before))
    return tied and (len(words) > 2 or words[0].isdigit()) and not (words.isupper() and len(words) < 6 and not possessive)
