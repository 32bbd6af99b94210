"""Who reports, in Chinese documents: the company, its short names, codes and foreign names, from labels, titles, auditor and headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from finfoundry.core.document import Document
from finfoundry.knowledge.facts.issuers.issuer import Reporter
from finfoundry.knowledge.facts.issuers.titled import titled
from finfoundry.knowledge.facts.table.company_names import distinct
from finfoundry.knowledge.facts.table.lists import listed

FRONT = 80_000  # characters, within which a report states the company's names
LEAST = 1.5
FIRM = 12.0  # of a place that names nobody but the reporter
TITLES = 30  # lines among which the title of a statement is
OFTEN = 0.1  # share of pages on which a header runs

_FORM = r"(?:股份有限公司|集团有限公司|有限责任公司|有限公司|股份公司)"
_COMPANY = re.compile(rf"[\u4e00-\u9fff（）()A-Za-z·]{{2,30}}?{_FORM}")
# A fund reports in its own name, which stands alone on the cover or before the title of the report; its manager is another company.
_FUND = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9（）()]{2,30}?(?P<form>型?(?:发起式|开放式)?证券投资基金)(?:[（(][A-Z\-]{2,8}[）)])?)"
    r"(?=$|(?:19|20)\d\d年|(?:年度|中期|季度)报告)"
)
_LEAD = re.compile(r"^(?:公司|名称|关于|指|以及|和|及|的|由|为|在|与|对|向|是|即|本报告|全称|发行人|[：:])+")
_TITLE = re.compile(rf"(?P<name>{_COMPANY.pattern})(?=及其?子公司|$)")
# A title that leaves the legal form out; 本行 and 联营企业 are nobody's name.
_GROUP = re.compile(
    r"(?P<name>(?![本我各该該其母子]|控股股|股[东東]|[联聯合]营|[聯合]營|[关關][联聯])[\u4e00-\u9fffA-Za-z][\u4e00-\u9fff（）()A-Za-z·-]{2,29}?)"
    r"(?<!公司)及其?子公司$"
)
_GAP = r"(?:[（(](?:如有|A股|Ａ股)[)）])?[\s:：|\t“\"]*"
_FULL = re.compile(
    rf"(?:公司的?中文名称|法定中文名称|中文名称|公司名称|公司全称|发行人(?:全称|名称)|注册中文名称){_GAP}(?P<name>{_COMPANY.pattern})"
)
_ADDRESSED = re.compile(rf"^\s*(?P<name>{_COMPANY.pattern})\s*全体股东\s*[：:]?", re.MULTILINE)
_CODE = re.compile(rf"(?:证券代码|股票代码|公司代码|股份代号|A\s*股代码|A股股票代码){_GAP}(?P<code>\d{{6}})(?!\d)")
_SHORT = re.compile(
    rf"(?:证券简称|股票简称|基金简称|公司简称|公司的?中文(?:名称)?简称|中文简称|公司的?中文名称简称|A\s*股简称){_GAP}(?P<short>[*\u4e00-\u9fffA-Za-z0-9]{{2,10}}?)"
    r"(?=[\s，。；|、”\"）)]|$|股票|股份登记|证券|公司代码|变更|代码)"
)
_NO_SHORT = re.compile(r"报告|年度|公司|股票|证券|代码|变更|交易所|简称|名称|上市|注册|地址|日期|邮政|网址|电话|代表|^\d+$|股$")
_FOREIGN = re.compile(
    rf"(?:公司的?)?(?:法定)?(?:外文|英文)(?:名称缩写|名称简称|简称|缩写|名称){_GAP}"
    r"(?P<name>[A-Z][A-Za-z0-9&.,，'’()（）\- ]{1,90}[A-Za-z.)])"
)


_KIND = r"(?:银行|證券|证券|保险|保險|人寿|人壽|财险|產險|信托|信託|基金|期货|期貨|租赁|租賃|信用社|信用合作社|财务公司|消费金融)"
_INSTITUTION = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,12}}?{_KIND})")
_ANY = re.compile(
    rf"(?:(?:各|全国|全国性|国有|外资|中资|民营|股份制|大型|中小|地方|境内|境外|本|我|该|某|全|商业|城市商业|农村商业|农村合作|村镇|政策性"
    rf"|开发性|投资|私募|公募|股票|债券|货币|混合|社会|医疗|养老|开放式|封闭式|融资|金融|存款|财产|健康|意外)+)?{_KIND}"
)  # of no institution in particular
_ITEM = re.compile(r"\s*\S{0,2}[一二三四五六七八九十\d]{1,3}[\s\u3000、.．：:]")  # the heading of a part: 议题一　…


def find_reporter_zh(document: Document, cover: str) -> Reporter | None:
    """The company and its other names; None for documents of no company, such as laws."""
    front = _front(document)
    weights: dict[str, float] = {}
    others = listed(document)
    lines = [re.sub(r"\s+", "", line) for line in front.split("\n")]
    titles = {_whole(match["name"]) for line in lines if (match := _TITLE.match(line))}  # 和泰 is a name there, and no "and 泰"
    groups = [match["name"] for line in lines[:TITLES] if not _TITLE.match(line) and (match := _GROUP.match(line))]
    for name, weight in _proposals(document, cover, front):
        whole = _whole(name)
        clean = whole if whole in titles else _LEAD.sub("", whole)
        if clean not in others and len(re.sub(rf"{_FORM}$", "", clean)) >= 2:
            weights[clean] = weights.get(clean, 0.0) + weight
    for name in list(weights):  # "编制单位示例股份有限公司" speaks for 示例股份有限公司
        for other in weights:
            if other != name and name not in titles and name.endswith(other) and len(other) > 5:
                weights[other] += weights[name]
    weights = weights or dict.fromkeys(groups[:1], LEAST)
    if not weights:
        alone = titled(document)
        return Reporter(alone) if alone else None
    name, weight = max(weights.items(), key=lambda item: (item[1], -len(item[0])))
    fund = _fund(cover)
    short = [name.removesuffix(fund["form"])] if fund and fund["name"] == name else list(_shortened(name, document.name))
    return Reporter(name, tuple(distinct([*short, *_others(document, front)], name))) if weight >= LEAST else None


def _fund(cover: str) -> re.Match[str] | None:
    """The fund that the cover is titled with, its name and legal form."""
    lines = (re.sub(r"\s+", "", line) for line in re.split(r"[\n\t]", cover)[:TITLES])
    return next((match for line in lines if (match := _FUND.match(line))), None)


def _shortened(name: str, file: str) -> Iterator[str]:
    """A name with characters left out as the file's name has it: 青屿银行 of 青屿城市商业银行."""
    for piece in _pieces(file):
        short = 3 < len(piece) < len(name) and piece[:2] == name[:2] and _INSTITUTION.fullmatch(piece)
        if short and re.match(".*?".join(map(re.escape, piece)), name):
            yield piece


def _whole(name: str) -> str:
    """A name without a bracket that was torn off its other half."""
    return name.strip().lstrip(")）")


def _proposals(document: Document, cover: str, front: str) -> Iterator[tuple[str, float]]:
    lines = [line.strip() for line in re.split(r"[\n\t]", cover)]
    heads = [document.profile.title or "", *(line for line in lines[:30] if not _ITEM.match(line))]  # who is dealt with does not report
    first = next((match[0] for line in heads if (match := _COMPANY.match(re.sub(r"\s+", "", line)))), None)
    if first:
        yield first, 5.0
    yield from _institution(document, lines, alone=first is None)
    if fund := _fund(cover):
        yield fund["name"], FIRM
    yield from ((match["name"], 8.0) for match, _ in zip(_FULL.finditer(front), range(1), strict=False))
    addressed = Counter(match["name"] for page in document.pages for block in page.blocks for match in _ADDRESSED.finditer(block.text))
    yield from ((name, 5.0) for name, _ in addressed.most_common(1))
    yield from _mentioned(document)
    for name, count in _running(document).items():
        if count >= max(3, OFTEN * len(document.pages)):
            yield name, 3.0
    yield from ((match[0], 2.0) for match in _COMPANY.finditer(document.name))


def _institution(document: Document, lines: list[str], *, alone: bool) -> Iterator[tuple[str, float]]:
    """A bank, broker or insurer without its legal form: whose name begins the title, where it stands apart there or in the file's name.
    Who stands apart may have written about a company that is named below.
    """
    title = next((line for line in (document.profile.title or "", *lines) if re.search(r"[\u4e00-\u9fff]{4}", line)), "")
    match = _INSTITUTION.match(title)
    if match is None or "人民银行" in match["name"] or _ANY.fullmatch(match["name"]) or _COMPANY.match(title):
        return
    apart = title[match.end() :][:1] in ("", " ", "\u3000", "\t", "：", ":")
    if apart or match["name"] in _pieces(document.name):
        yield match["name"], FIRM if alone or not apart else 1.0


def _pieces(name: str) -> list[str]:
    return re.split(r"[\W_]+", name)


def _mentioned(document: Document) -> Iterator[tuple[str, float]]:
    """The company that its text speaks of most. A part of a report names subsidiaries and investees alone: who is one of many, or named in
    passing, does not report.
    """
    texts = (block.text for page in document.pages for block in page.blocks if block.kind != "table")
    found = Counter(_LEAD.sub("", match[0]) for match in _COMPANY.finditer("\n".join(texts)[:FRONT])).most_common(2)
    often = [name for name, count in found if count == found[0][1] and count > OFTEN * len(document.pages)]
    if len(often) == 1:
        yield often[0], min(1.0 + 0.5 * found[0][1], 2.5)


def _running(document: Document) -> Counter[str]:
    """Companies named at the top of pages, alone or with the title of the report."""
    seen: Counter[str] = Counter()
    for page in document.pages:
        tops = {block.text.split("\n")[0].replace(" ", "") for block in page.blocks[:2] if len(block.text) < 300}
        seen.update(match[0] for top in tops if len(top) < 50 and (match := _COMPANY.match(top)))
    return seen


def _front(document: Document) -> str:
    parts: list[str] = []
    length = 0
    for page in document.pages:
        for block in page.blocks:
            parts.append(block.text)
            length += len(block.text)
        if length > FRONT:
            break
    return "\n".join(parts)[:FRONT]


def _others(document: Document, front: str) -> Iterator[str]:
    """The security code, short names, names in other scripts: the first of each label."""
    listed_codes, listed_shorts = _listed(document)
    yield from [*(match["code"] for match in _CODE.finditer(front)), *listed_codes][:1]
    shorts = [short for short in (match["short"] for match in _SHORT.finditer(front)) if _is_short(short)]
    yield from list(dict.fromkeys([*shorts[:2], *listed_shorts[:1]]))
    for match, _ in zip(_FOREIGN.finditer(front), range(2), strict=False):
        yield " ".join(match["name"].replace("，", ",").split()).strip(" ,")


def _is_short(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]{2}", text)) and not _NO_SHORT.search(text)


def _listed(document: Document) -> tuple[list[str], list[str]]:
    """Codes and short names under 股票代码 and 股票简称 in the table of listings: the first share's."""
    codes: list[str] = []
    shorts: list[str] = []
    for page in document.pages[:30]:
        for block in page.blocks:
            if block.kind != "table" or "股票简称" not in block.text:
                continue
            for header in (cell for cell in block.cells if cell.text.replace(" ", "") in ("股票简称", "股票代码")):
                below = [cell.text.strip() for cell in block.cells if cell.column == header.column and cell.row == header.row + 1]
                codes += [text for text in below if re.fullmatch(r"\d{6}", text)]
                shorts += [text for text in below if _is_short(text) and len(text) <= 8]
    return codes, shorts
