"""The currencies that the product knows: ISO 4217 codes with their signs and their names in English, other Latin scripts and Chinese.

Whoever reads or prints an amount takes them from here: table headings, numbers in text, questions, the binder.
"""

from __future__ import annotations

# code | signs | names in the singular, lower case | Chinese names, simplified, traditional and Japanese
_TABLE = """
USD | US$ U.S.$ US-$ | us dollar, united states dollar, american dollar, us-dollar | 美元 美金 美圆 美圓
EUR | € | euro, eur | 欧元 歐元 ユーロ
GBP | £ GB£ UK£ | pound sterling, british pound, pound, sterling, uk pound | 英镑 英鎊
JPY | JP¥ J¥ | japanese yen, yen | 日元 日圆 日圓 円 日幣 日币
CNY | CN¥ RMB¥ RMB | renminbi, rmb yuan, chinese yuan, yuan, chinese renminbi | 人民币 人民幣 中国元
HKD | HK$ | hong kong dollar, hongkong dollar | 港元 港币 港幣 港圆
TWD | NT$ NTD TW$ | new taiwan dollar, taiwan dollar, nt dollar, ntd | 新台币 新臺幣 新台幣 台币 臺幣 台幣 新臺币
MOP | MOP$ | macau pataca, macanese pataca, pataca | 澳门元 澳門元 澳门币 澳門幣
CHF | SFr. SFr Fr. | swiss franc, schweizer franken, franken, franc suisse | 瑞士法郎 瑞郎
CAD | C$ CA$ Cdn$ CDN$ CAN$ | canadian dollar | 加元 加拿大元 加币 加幣
AUD | A$ AU$ | australian dollar | 澳元 澳大利亚元 澳币 澳幣 澳洲元
NZD | NZ$ | new zealand dollar, nz dollar | 新西兰元 紐西蘭元 纽元 紐元
SGD | S$ SG$ | singapore dollar | 新加坡元 新元 坡币 新加坡币 新幣
INR | ₹ Rs. Rs | indian rupee, rupee | 卢比 盧比 印度卢比
KRW | ₩ | korean won, south korean won, won | 韩元 韓元 韩圆 韓圜 韩币 원
BRL | R$ | brazilian real, brazilian reais, reais, real | 巴西雷亚尔 雷亚尔
MXN | MX$ Mex$ | mexican peso | 墨西哥比索
ZAR | | south african rand, rand | 南非兰特 兰特
SEK | | swedish krona, swedish kronor, svenska kronor | 瑞典克朗
NOK | | norwegian krone, norwegian kroner, norske kroner | 挪威克朗
DKK | | danish krone, danish kroner, danske kroner | 丹麦克朗
ISK | | icelandic krona | 冰岛克朗
PLN | zł | polish zloty, zloty, zlotys, polish zlotys | 兹罗提
CZK | Kč | czech koruna, czech crown | 捷克克朗
HUF | | hungarian forint, forint | 福林
RON | | romanian leu, lei | 罗马尼亚列伊
BGN | | bulgarian lev, leva | 保加利亚列弗
TRY | ₺ | turkish lira | 土耳其里拉
RUB | ₽ | russian rouble, russian ruble, rouble, ruble, руб, рубль, рублей | 卢布 盧布
UAH | ₴ | ukrainian hryvnia, hryvnia | 格里夫纳
ILS | ₪ NIS | new israeli shekel, israeli shekel, shekel, nis | 谢克尔
AED | | uae dirham, dirham | 迪拉姆
SAR | | saudi riyal, saudi arabian riyal | 沙特里亚尔
QAR | | qatari riyal, qatar riyal | 卡塔尔里亚尔
KWD | | kuwaiti dinar | 科威特第纳尔
BHD | | bahraini dinar, bahrain dinar | 巴林第纳尔
OMR | | omani rial, rial omani | 阿曼里亚尔
JOD | | jordanian dinar | 约旦第纳尔
EGP | LE | egyptian pound | 埃及镑
NGN | ₦ | nigerian naira, naira | 奈拉
KES | KShs KSh | kenya shilling, kenyan shilling, kenya shillings | 肯尼亚先令
GHS | GH¢ GH₵ | ghana cedi, ghanaian cedi, cedi | 塞地
MAD | | moroccan dirham | 摩洛哥迪拉姆
PKR | | pakistani rupee, pakistan rupee | 巴基斯坦卢比
LKR | | sri lankan rupee, sri lanka rupee | 斯里兰卡卢比
BDT | ৳ | bangladeshi taka, taka | 塔卡
THB | ฿ | thai baht, baht | 泰铢 泰銖
MYR | RM | malaysian ringgit, ringgit, ringgit malaysia | 马来西亚林吉特 林吉特 令吉
IDR | Rp. Rp | indonesian rupiah, rupiah | 印尼盾 印尼卢比
PHP | ₱ | philippine peso | 菲律宾比索
VND | ₫ | vietnamese dong, vietnam dong | 越南盾
KZT | ₸ | kazakhstani tenge, tenge | 坚戈
ARS | | argentine peso, argentinian peso | 阿根廷比索
CLP | | chilean peso | 智利比索
COP | | colombian peso | 哥伦比亚比索
PEN | | peruvian sol, sol, soles | 秘鲁索尔
UYU | | uruguayan peso | 乌拉圭比索
"""
_ROWS = [[field.strip() for field in line.split("|")] for line in _TABLE.strip().splitlines()]


def _field(place: int, separator: str | None) -> dict[str, str]:
    return {name.strip(): row[0] for row in _ROWS for name in row[place].split(separator) if name.strip()}


CODES = tuple(row[0] for row in _ROWS)
SIGNS = _field(1, None)
ENGLISH = _field(2, ",")
HAN = _field(3, None)
HAN_NAMES = {row[0]: row[3].split()[0] for row in _ROWS}  # by code, as answers in Chinese print them

# Signs and words that several currencies share, each with the one that it means where nothing else is said, and those it may mean.
_DOLLARS = frozenset(("USD", "HKD", "CAD", "AUD", "SGD", "NZD", "TWD", "MXN"))
YEN = frozenset(("CNY", "JPY"))
_RUPEES = frozenset(("INR", "PKR", "LKR"))
_YUAN = frozenset(("CNY", "USD", "HKD", "TWD", "MOP", "SGD", "JPY", "KRW", "EUR", "CAD", "AUD", "NZD"))  # 元 ends the names of all these
_POUNDS = frozenset(("GBP", "EGP"))
ALONE: frozenset[str] = frozenset()  # of a sign or name of one currency
SHARED: dict[str, tuple[str, frozenset[str]]] = {
    "$": ("USD", _DOLLARS), "dollar": ("USD", _DOLLARS), "¥": ("CNY", YEN), "元": ("CNY", _YUAN), "圆": ("CNY", _YUAN),
    "圓": ("CNY", _YUAN), "Rs": ("INR", _RUPEES), "Rs.": ("INR", _RUPEES), "rupee": ("INR", _RUPEES), "pound": ("GBP", _POUNDS),
}  # fmt: skip

# Letters and words that are a currency only next to a scale: "R'000", "Rm", "SR million".
WITH_SCALE = {
    "N": "NGN",
    "R": "ZAR",
    "SR": "SAR",
    "SAR": "SAR",
    "QR": "QAR",
    "KD": "KWD",
    "BD": "BHD",
    "Dh": "AED",
    "Dhs": "AED",
    "Tk": "BDT",
    "TL": "TRY",
}
OTHER_CODES = frozenset(
    (
        "AFN", "ALL", "AMD", "AOA", "AWG", "AZN", "BAM", "BBD", "BIF", "BMD", "BND", "BOB", "BSD", "BTN", "BWP", "BYN", "BZD", "CDF",
        "CRC", "CUP", "CVE", "DJF", "DOP", "DZD", "ERN", "ETB", "FJD", "GEL", "GMD", "GNF", "GTQ", "GYD", "HNL", "HTG", "IQD", "IRR",
        "JMD", "KGS", "KHR", "KMF", "KYD", "LAK", "LBP", "LRD", "LSL", "LYD", "MDL", "MGA", "MKD", "MMK", "MNT", "MRU", "MUR", "MVR",
        "MWK", "MZN", "NAD", "NIO", "NPR", "PAB", "PGK", "PYG", "RSD", "RWF", "SBD", "SCR", "SDG", "SLE", "SOS", "SRD", "SSP", "STN",
        "SYP", "SZL", "TJS", "TMT", "TND", "TOP", "TTD", "TZS", "UGX", "UZS", "VES", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER",
        "ZMW", "ZWL",
    )
)  # fmt: skip  # read next to a scale, as others are; there are no names and signs for them
# Names that are a currency only next to a scale, as they have other meanings.
OTHER_MEANINGS = frozenset(
    (
        "real",
        "reais",
        "won",
        "sol",
        "soles",
        "rand",
        "lei",
        "leva",
        "dong",
        "taka",
        "sterling",
        "nis",
        "LE",
        "RM",
        "Rp",
        "Rp.",
        "NIS",
        "Fr.",
    )
)
WORDS = frozenset(("TRY", "MAD", "COP", "PEN", "RON"))  # codes that are English words where a heading is set in capitals


def may_mean(code: str, other: str) -> bool:
    """Whether one sign or word can mean both: a bare ``$`` is USD where no country is named, and any dollar where one is."""
    return code == other or any(usual == code and other in family for usual, family in SHARED.values())
