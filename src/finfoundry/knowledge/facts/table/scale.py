"""Unit and scale of a number: what its row, its column, its table and the lines around it say, the nearest first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from finfoundry.core.document import Document
from finfoundry.core.quantities.currencies import ALONE, CODES, SHARED, YEN
from finfoundry.core.quantities.numbers import CellNumber, scale_of
from finfoundry.core.quantities.unit_lines import UnitLine, currency_at_end, meant, own_unit, read_unit_line
from finfoundry.knowledge.facts.table.measured_things import is_amount, measured, names_things
from finfoundry.knowledge.facts.units.relations import CENTS, is_margin_in_money, is_relation, unit_in_brackets

ONE = Decimal(1)
MOST_SHARES = Decimal(200_000_000_000)  # more shares has no company: the count was printed in full
MOST_PER_SHARE = 1000  # money printed without cents and larger is no price or earnings of one share

_PER_SHARE = re.compile(
    r"per[\s-](?:\w+[\s-]){0,3}?(?:shares?|unit|ads|stock|option|award|warrant)\b|/\s?share|\beps\b|每股|每份|份额净值$|单位净值$|元/股|\b(?:option|exercise|strike|average|average\s+purchase|stock|share)\s+prices?\b|weighted[\s-]+average\s+(?:·\s+)?(?:\w+[\s-]+)?grant[\s-]*date\s+fair(?:\s+values?)?"
    r"|\bfair\s+values?\s+of\s+(?:\w+\s+){0,3}(?:options|awards|units)\s+(?:granted\b|(?:on|at)\s+(?:the\s+)?(?:grant\s+date|date\s+of\s+grant)\b)",
    re.IGNORECASE,
)
# Money of one piece, barrel or user, whatever amounts are counted in; of a share it has a unit of its own. A closed list: "per stage" of
# credit losses, 每个分部 are amounts like all others.
_EACH = re.compile(
    r"(?<!as )\bper\s+(?:\w+\s+){0,2}(?:pieces?|parcels?|packages?|units?|barrels?|bbl|boe|tonnes?|tons?|ounces?|oz|pounds?|gallons?"
    r"|lit(?:er|re)s?|[kmg]wh|mmbtu|mcfe?|miles?|kilomet(?:er|re)s?|passengers?|users?|subscribers?|rooms?|tickets?|square\s+(?:foot|feet|met(?:er|re)s?))\b"
    r"|每(?:桶|吨|件|公斤|千克|克|盎司|升|度|千瓦时|立方米|平方米|平米|公里|票|用户)",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\banti-?dilutive\b|\bshares?\s+(?:outstanding|issued|authorized|used|repurchased|purchased|available|granted|vested|underlying|reserved|of\s+common)\b|\bnumber\s+of\s+(?:\w+\s+){0,3}(?:shares|rsus|options|awards|units)\b"
    r"|weighted[\s-]average\s+(?:\w+[\s-]+){0,5}(?:shares|number|(?:common|ordinary)\s+stock)\b|(?<!nvestments\s)(?<!nvestment\s)(?<!nvested\s)\bin\s+shares\b|^(?:common\s+|treasury\s+|ordinary\s+|preferred\s+)?shares(?:\s+of\b.*)?$|\b(?:basic|diluted)\s+shares\b|average\s+(?:\w+\s+){0,3}shares"
    r"|^denominator\b|股数|股份数|（股）|\(股\)|持股数|普通股加权平均数|shares\s*\(",
    re.IGNORECASE,
)
_SHARES_USED = re.compile(
    r"\banti-?dilutive\b|\b(?:awards|options|rights|shares|units)\s+excluded\s+from\b|\bshares?\b[^.]{0,40}\bused\b|\bweighted[\s-]average\s+(?:number\s+of\s+)?(?:\w+\s+){0,4}shares\b|\bnumber\s+of\s+(?:\w+\s+){0,2}shares\b|加权平均数",
    re.IGNORECASE,
)
_FOR_PER_SHARE = re.compile(
    r"\b(?:for|on\s+which)\s+(?:the\s+)?(?:basic|diluted|calculat\w+|comput\w+|purposes)\b[^.]*\bper\s+(?:\w+\s+)?share\b|\busing\b[^.]*\bper\s+share\b",
    re.IGNORECASE,
)  # an amount from which earnings per share are computed
_EARNED = re.compile(r"(?:net\s+)?(?:income|earnings|loss)\b", re.IGNORECASE)  # over a column next to one of shares
_EFFECT = re.compile(r"(?:effects?|impacts?)\s+of\b", re.IGNORECASE)  # of another rate: an amount, unless the sign is printed
_MONEY_OF_SHARES = re.compile(r"\b(?:repurchases?|purchases?|proceeds?|payments?|issuance|cost|value|amount)\b|金额|回购", re.IGNORECASE)
_COUNT = re.compile(
    r"\bnumber\s+of\b|\b(?:operating|business|trading|working|selling)\s+days\b|^(?:full[\s-]time\s+|total\s+)?employees\b|\bheadcount\b|\b(?:stores|restaurants|branches|outlets|hotels)(?:\s+(?:open(?:ed)?|closed|operated|at|in|end)\b.*)?\W*$|\bmembers(?:hips)?\b(?!['’]?\s+(?:equity|interests?|deficit|capital))|\bsubscribers\b|人数|户数|数量（[^元]*[人家户个项]|(?:人员|员工|职工|客户|股东)的?(?:数量|总数)(?:合计)?$|^(?:生产|销售|技术|财务|行政|管理|研发)人员$|[（(][人家户个名][）)]",
    re.IGNORECASE,
)
_MEMBERS = re.compile(r"\b(?:memberships?|members|subscribers?|subscriptions|customers|users|accounts)\b", re.IGNORECASE)
_BARE_SCALE = re.compile(
    r"^\W*in\s+(?:thousands|millions)\b(?!.*\b(?:except|other\s+than)\b)", re.IGNORECASE
)  # of all that the table counts
_YEARS = re.compile(
    r"\(?\bin\s+years\b\)?|\(years\)|（年）|(?<!long-)(?<!short-)\bterm\b.*\byears?\b|\buseful\s+li(?:fe|ves)\b|\bcontractual\s+(?:life|term)\b|lease\s+term\b",
    re.IGNORECASE,
)
_OF_A_TERM = re.compile(r"\d\s*$")  # "Term in years · 3" heads rates of that term, and no length of time
_PERCENT = re.compile(
    r"%|％|\brates?\s+of\b|\bpercent(?:age)?\b|\b(?:tax|discount|interest|growth|effective|statutory|coupon|yield|turnover|churn)\s+rates?\b(?!\s+(?:swap|contract|derivativ|lock|risk|hedg|cap|forward|change|adjust|note|debt|loan|product|instrument))|\bmargin\b|\bvolatility\b|比例|比率|利率|税率|收益率|占比|毛利率|增长率|周转率",
    re.IGNORECASE,
)
_CONTRACTS = re.compile(r"\bderivatives?\b|\bhedg(?:es|ing)\b|\bswaps\b|\bnotional\b", re.IGNORECASE)
_RATE = re.compile(r"(?:率|比例|比重|占比|百分比|存贷比|收入比)$")  # what a Chinese label of a share or rate ends in
_TIMES = re.compile(
    r"周转率|周转次数|流动比率|速动比率|现金比率|市[盈净销]率|倍数|[（(][倍次][）)]|\b(?:current|quick|cash)\s+ratio\b|interest\s+coverage",
    re.IGNORECASE,
)  # how many times, in full; a percent only with the sign
_EXCHANGE = re.compile(r"汇率|折算率")
_MARKED = re.compile(r"[（(]\s*[%％]\s*[）)]|[%％]$")  # "资产质量(%)" over its rows
_OWN_UNIT = re.compile(r"[（(](?:[^()（）]*[元股人户家个次倍年])[）)]|元$|每股|余额|金额|数量|人数")
_PLAIN_YUAN = re.compile(  # "（元）" or "（元/笔）" in a row, whatever the table's unit
    r"[（(](?:[^()（）]*[，,、\s])?(?:人民币)?元(?:[/／][^()（）股]{1,6})?[)）]"
)
_PLAIN_DOLLARS = re.compile(r"\((?:in\s+)?(?P<of>U\.?S\.?\s+)?(?:(?:whole|actual)\s+)?dollars\)", re.IGNORECASE)  # in a row: in full
_NOTE = re.compile(r"(?:\s*[（(][^()（）]*[）)]|\s*[*＊注]\d*)+$")  # at the end of a label
_ASIDE = re.compile(
    r"\([^()]*\d[^()]*\)|\d[\d.,]*\s*[%％]|[$€£¥]\s?[\d.,]+(?:\s+per\s+share)?"
)  # figures inside a label say nothing of its unit
_RATES = re.compile(r"\b(?:tax\s+)?rates?$|\bpercent(?:age)?s?\b|比例|比率", re.IGNORECASE)
_PER_CUSTOMER = re.compile(r"\bper\s+(?:\w+\s+){0,2}(?:cards?|customers?)\b", re.IGNORECASE)  # whose figure has a sign, and cents
_PER_SHARE_IN = re.compile(  # "(Dividends per share in dollars)" says nothing of amounts
    r"(?:\w+\s+)?\bper[\s-]share\b[^,;()]{0,30}?\bin\s+(?:U\.?S\.?\s+)?dollars\b(?!\s+in\b)[^,;()]{0,20}", re.IGNORECASE
)
LONGEST_STATEMENT = 5_000  # characters of a paragraph in which a scale for all tables may be stated
_FOR_ALL = re.compile(
    r"\b(?:tables?|tabular\s+amounts|(?:all\s+)?(?:dollar\s+)?amounts|figures)\b[^.;:]{0,60}?\b(?:are|is|were)\s+(?:all\s+)?"
    r"(?:presented|stated|expressed|shown|reported|rounded|given)?\s*(?:in|to\s+the\s+nearest)\s+(?:(?:U\.?S\.?|United\s+States)\s+)?(?:dollars\s+)?"
    r"(?:in\s+)?(?P<scale>thousands?|millions?|billions?)\b",
    re.IGNORECASE,
)
_FOR_ALL_ZH = re.compile(  # (金额除另予注明外，均以新台币仟元为单位); not 担保金额以3亿元为限
    r"金额(?:除[^。；;()（）]{1,20}外)?[,，]?[均皆]?(?:系|是)?以(?:人民币|新台币|美[元金]|港[元币])?(?P<scale>[仟千]元|[百佰]?万元|亿元|元)为(?:货币)?单位"
)
_EXCEPT = re.compile(r"(?:except|excluding|other\s+than|but)\b(?P<what>[^)]{0,160})|除(?P<zh>[^)）]{0,40})外", re.IGNORECASE)
_SHARE_SCALE = re.compile(r"shares?[^.;)]{0,60}?\bin\s+(?P<word>thousands|millions|billions)", re.IGNORECASE)
_SHARES_APART = re.compile(r"(?:^|[(,;])\s*" + _SHARE_SCALE.pattern, re.IGNORECASE)  # "dollars and shares in thousands" are both


@dataclass(frozen=True, slots=True)
class TableScale:
    """The scale and currency of a table, and what is exempt from the scale."""

    scale: Decimal | None = None
    currency: str | None = None
    shares: Decimal | None = None  # scale of share counts where it differs
    note: str = ""
    shared: frozenset[str] = ALONE  # the currencies that share the sign or word by which it is named
    unread: str | None = None  # words in the place of a scale that are not understood
    counted: bool = False  # whole numbers without a currency are shares
    things: Decimal | None = None  # how many things one printed unit is, where the table says that it counts or measures them
    assumed: bool = False  # the scale is none that is stated: a number with decimals has none


def in_currency(measure: TableScale, named: UnitLine) -> TableScale:
    """The measure of a table for a column whose heading ends in a bare currency, "2024 USD": its amounts are in that one."""
    if named.currency is None:
        return measure
    return replace(measure, currency=meant(named.currency, shared=named.shared, stated=measure.currency), shared=named.shared)


def per_share(number: CellNumber, measure: TableScale) -> str | None:
    """The unit of what is told of one share; None where no currency is stated."""
    currency = _currency(number, "", measure.currency)
    return currency and f"{currency}/share"


def _currency(number: CellNumber, words: str, stated: str | None) -> str | None:
    """The currency of a number: that of its sign, or the stated one. ¥ is yuan and yen alike: in a paper of neither the words beside it
    tell which, "Bank loans (RMB)"; where they do not it is None.
    """
    if number.shared == YEN and stated is not None and stated not in YEN:
        named = read_unit_line(words).currency
        return named if named in YEN else None
    return meant(number.currency, shared=number.shared, stated=stated)


def speaks_of_one_share(text: str) -> bool:
    """Whether a text is of one share: a price, earnings, dividends."""
    return _PER_SHARE.search(text) is not None and not _SHARES_USED.search(text)


def speaks_of_one_piece(text: str) -> bool:
    """Whether a text is of money of one piece, barrel or user."""
    return _EACH.search(text) is not None and not _PER_SHARE.search(text)


def speaks_of_shares(text: str) -> bool:
    """Whether a text is of numbers of shares."""
    return _is_shares((text,), "")


def _own(label: str) -> UnitLine:
    if dollars := _PLAIN_DOLLARS.search(label):
        return UnitLine(ONE, "USD", shared=ALONE if dollars["of"] else SHARED["$"][1])
    return UnitLine(ONE) if _PLAIN_YUAN.search(label) else own_unit(label)


def stated_for_all(document: Document) -> TableScale:
    """What sentences state for all tables, where these say nothing: "Unless otherwise noted, tables are presented in millions",
    金额除另予注明外，均以新台币仟元为单位. Of sentences that disagree none holds, and their words are ``unread``.
    """
    texts = (block.text for page in document.pages for block in page.blocks if block.kind != "table")
    found = {measure.scale: measure for text in texts if len(text) < LONGEST_STATEMENT and (measure := _for_all(text)) is not None}
    if len(found) > 1:
        return TableScale(unread=" / ".join(measure.note for measure in found.values()))
    return next(iter(found.values()), TableScale())


def _for_all(text: str) -> TableScale | None:
    if match := _FOR_ALL.search(text):
        return TableScale(read_unit_line(f"in {match['scale']}").scale, note=match[0])
    if match := _FOR_ALL_ZH.search("".join(text.split())):
        return TableScale(read_unit_line(f"单位：{match['scale']}").scale, note=match[0])
    return None


@lru_cache(maxsize=4096)
def read_measure(text: str) -> TableScale:
    """Read a line such as "(In millions, except number of shares, which are reflected in thousands, and per-share amounts)"."""
    plain = _PER_SHARE_IN.sub(" ", text)
    line = read_unit_line(plain)
    scale, shares = line.scale, None
    exempt = _EXCEPT.search(text)
    if match := _share_scale(text, exempt):
        scale = scale_of(_SHARE_SCALE.sub("", plain))  # "shares in thousands" alone is no scale of money
        shares = {"thousands": Decimal(1000), "millions": Decimal(10) ** 6, "billions": Decimal(10) ** 9}[match["word"].lower()]
    elif exempt:
        what = re.sub(
            r"(?:per|每)[\s-]*(?:\w+[\s-]){0,2}?(?:share|股)s?(?:\s+(?:data|amounts?|information))?",
            "",
            exempt["what"] or exempt["zh"] or "",
            flags=re.IGNORECASE,
        )
        shares = ONE if re.search(r"\bshares?\b|股", what) else None
    return TableScale(scale, line.currency, shares, text, line.shared, line.unread)


def _share_scale(text: str, exempt: re.Match[str] | None) -> re.Match[str] | None:
    """Where a line states a scale of shares: among what is exempt, or before it in a clause of its own."""
    if exempt is None:
        return _SHARE_SCALE.search(text)
    return _SHARE_SCALE.search(text[exempt.start() :]) or _SHARES_APART.search(text[: exempt.start()])


def unit_and_scale(
    number: CellNumber, path: tuple[str, ...], header: str, measure: TableScale, column: UnitLine, *, percent_column: bool
) -> tuple[str | None, Decimal]:
    """The unit of a number and the scale that its printed digits take. Percent is ``ratio`` at 0.01.

    The unit is None for money whose currency is stated nowhere, and where a scale is stated that is not understood: it never means one.
    """
    unit, scale = _unit_and_scale(number, path, header, measure, column, percent_column=percent_column)
    line = _own(path[-1]) if path else UnitLine()
    stated = line.scale or column.scale or next(filter(None, (own_unit(part).scale for part in path[:-1])), None)
    unread = line.unread or column.unread or (measure.unread if stated is None else None)
    scaled = number.scale is None and unit not in _PLAIN_UNITS and not (number.precision and _is_each(path))
    return (None, ONE) if unread and scaled else (unit, scale)


_PLAIN_UNITS = frozenset(("ratio", "shares", "count", "years"))


def _unit_and_scale(
    number: CellNumber, path: tuple[str, ...], header: str, measure: TableScale, column: UnitLine, *, percent_column: bool
) -> tuple[str | None, Decimal]:
    line = _own(path[-1]) if path else UnitLine()
    above = next((scale for part in reversed(path[:-1]) if (scale := own_unit(part).scale) is not None), None)
    path = tuple(_ASIDE.sub("", part).strip() for part in path[-3:])
    label = path[-1] if path else ""
    header = header.replace(" · ", " ")
    words = tuple(reversed(path))  # the innermost first: "Basic" takes its meaning from "Net income per share" above it
    if number.per_share:
        return per_share(number, measure), ONE
    if number.unit is not None:
        return number.unit, ONE
    if number.scale is not None:
        return _currency(number, f"{label} {header}", measure.currency), ONE
    plain = column.currency is None and column.scale is None  # "CHF000" over a column: no percents, whatever its rows are called
    rate = (plain and _is_percent(label) and not _of_contracts(number, (*path[:-1], header))) or _is_percent_group(path[:-1], label)
    rate = (
        rate or percent_column or (number.precision > 0 and any(_RATES.search(part) for part in path[:-1]) and not _OWN_UNIT.search(label))
    )
    named_unit = unit_in_brackets(label) if number.currency is None and not number.percent else None
    if named_unit is not None and named_unit[0] == "ratio":
        return named_unit  # "Net interest margin (bp)": nearer than what margins are mostly printed in
    if number.percent or (number.currency is None and abs(number.value) <= 1000 and rate):
        return "ratio", Decimal("0.01")
    if number.currency is None and _TIMES.search(label):
        return "ratio", ONE
    line = line if line.scale is not None else column
    own = line.scale
    named = currency_at_end(label) if measure.currency is None and line.currency is None else line
    stated = meant(named.currency, shared=named.shared, stated=measure.currency)
    code = label if label in CODES else stated  # "Euro | EUR | 3,778"
    currency = _currency(number, f"{label} {header}", code)
    bracketed = None if number.currency else unit_in_brackets(label) or unit_in_brackets(header)
    if bracketed is not None and bracketed[0] != CENTS:
        return bracketed
    large = number.precision == 0 and abs(number.value) >= MOST_PER_SHARE
    if not large and _per_share(words[:1] if number.precision < 2 and not number.dash else words, header):
        return currency and f"{currency}/share", bracketed[1] if bracketed else ONE
    if bracketed is not None:
        return currency, bracketed[1]
    if number.currency is None and (counted := _counted(number, path, header, measure, own, above)) is not None:
        return counted
    if (number.precision and not large and _is_each(path)) or (number.currency and number.precision > 1 and _PER_CUSTOMER.search(label)):
        return currency, line.scale or ONE
    return currency, own or above or (ONE if measure.assumed and number.precision else measure.scale) or ONE


def _counted(
    number: CellNumber, path: tuple[str, ...], header: str, measure: TableScale, own: Decimal | None, above: Decimal | None
) -> tuple[str | None, Decimal] | None:
    """The unit and scale of a number without a sign of money that its row, its heading or its table says to be none; None of an amount."""
    label, words = path[-1] if path else "", tuple(reversed(path))
    if _HELD.search(header.strip()):
        return "count", own or ONE
    if _UNITS.search(label):
        return "shares", own or ONE
    if _is_shares(words, header):
        scale = own or above or (measure.shares if measure.shares is not None else measure.scale or ONE)
        return "shares", scale if abs(number.value) * scale < MOST_SHARES else ONE
    if (things := _things(path, header)) is not None:
        return "count", things
    if is_relation(label) or is_relation(header):
        return None, ONE
    if _YEARS.search(label) or (_YEARS.search(header) and not _OF_A_TERM.search(header)):
        return "years", ONE
    whole = number.precision == 0 or _MEMBERS.search(label) is not None  # people and shops are whole, except subscribers in millions
    if whole and (_COUNT.search(label) or _COUNT.search(header)):
        return "count", own or (measure.scale or ONE if _MEMBERS.search(label) and _BARE_SCALE.match(measure.note) else ONE)
    if own and names_things(label):
        return None, own  # "Cards-in-force (millions)"
    if measure.things and not (own or is_amount(label) or is_amount(header) or (number.precision and measure.things == ONE)):
        return "count", measure.things
    if measure.counted and number.precision == 0:
        return "shares", own or above or (measure.shares if measure.shares is not None else measure.scale or ONE)
    return None


@lru_cache(maxsize=32768)
def _is_each(path: tuple[str, ...]) -> bool:
    """Whether a row, or the heading of its part, is of money of one piece, barrel or customer."""
    return any(map(speaks_of_one_piece, path))


# What is held of a security, and a fund's units, are printed in full, whatever amounts are counted in.
_HELD = re.compile(
    r"^(?:shares\s+held|number\s+of\s+shares\s+held|quantity(?:\s+held)?|units\s+held)$|数量[（(]股[)）]|持股数量", re.IGNORECASE
)
_AREA = re.compile(  # of square metres, which are counted and no money
    r"(?P<many>\b10,000\s+|\bten\s+thousand\s+|万)?(?:\bsq\.?\s?(?:m|ft)\b|\bsquare\s+(?:met(?:er|re)s|feet)\b|平方米|平米|㎡|(?<![^\W\d_])(?:k?m|ft)²)",
    re.IGNORECASE,
)
_UNITS = re.compile(
    r"\b(?:number\s+of\s+)?units\s+(?:outstanding|in\s+issue|subscribed|issued|redeemed)\b|份额总额|申购份额|赎回份额", re.IGNORECASE
)


def _things(path: tuple[str, ...], header: str) -> Decimal | None:
    """How many things one printed unit is, where row, column or the heading of the row's part measure things; a unit of the row is nearer
    than a "number" above it.
    """
    label = path[-1] if path else ""
    area = _AREA.search(header) or _AREA.search(label)
    return (
        (Decimal(10_000) if area["many"] else ONE)
        if area
        else next(filter(None, (measured(label), measured(header), _measured_above(path))), None)
    )


def _measured_above(path: tuple[str, ...]) -> Decimal | None:
    """What the heading of a row's part measures: "Daily parcel volume (in thousands)"; None above a row of amounts."""
    return measured(path[-2]) if len(path) > 1 and not is_amount(path[-1]) else None


@lru_cache(maxsize=32768)
def _is_percent(label: str) -> bool:
    """Whether a label is that of a percentage: it says so, or ends in the word for a rate or a share."""
    if _MARKED.search(label):
        return True
    if _EFFECT.match(label) or is_margin_in_money(label):
        return False
    if _TIMES.search(label) or _EXCHANGE.search(label):
        return False
    return _PERCENT.search(label) is not None or _RATE.search(_NOTE.sub("", label)) is not None


def _of_contracts(number: CellNumber, around: tuple[str, ...]) -> bool:
    """Whether a whole number is an amount of contracts: "Interest rate" below "Derivatives designated as hedges" names their kind."""
    return number.precision == 0 and any(_CONTRACTS.search(text) for text in around)


def _is_percent_group(groups: tuple[str, ...], label: str) -> bool:
    """Whether a row is below one that gives the percent sign, and has no unit of its own."""
    return any(_MARKED.search(group) for group in groups) and not _OWN_UNIT.search(label)


@lru_cache(maxsize=32768)
def _per_share(words: tuple[str, ...], header: str) -> bool:
    if (_SHARES.search(header) or _EARNED.match(header)) and not _PER_SHARE.search(header):
        return False
    for word in words:
        if _SHARES_USED.search(word) or _FOR_PER_SHARE.search(word):
            return False
        if _PER_SHARE.search(word):
            return True
        if _SHARES.search(word):
            return False
    return _PER_SHARE.search(header) is not None


@lru_cache(maxsize=32768)
def _is_shares(words: tuple[str, ...], header: str) -> bool:
    if header and re.search(
        r"\b(?:number\s+of\s+)?(?:shares|options|units|rsus|psus|awards|warrants)\b(?!.*\b(?:amount|value|price)\b)|\bstock\b.*\bnumber$|股数",
        header,
        re.IGNORECASE,
    ):
        return True
    return any(_SHARES_USED.search(word) or (_SHARES.search(word) and not _MONEY_OF_SHARES.search(word)) for word in words)
