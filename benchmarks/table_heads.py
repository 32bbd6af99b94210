"""Ways to head a table: scale and currency read right, or marked as not understood; silently wrong ones are faults.

    python benchmarks/table_heads.py [--show 20] [--layouts csv,html,above,xlsx,columns,each,years]

Headings are written here as reports of many countries print them, from lists of their own and not from the product's vocabulary. Each
heads a small table that goes through a parser of files and the reader of facts; then a true sentence in another scale and one that takes
the printed digits for units of one are checked against the table; and the figure as an answer prints it is bound to its fact.
Baseline in the same run: the headings with nothing stated, which must have no currency.
"""

from __future__ import annotations

import argparse
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook

from finfoundry.ask.compose.printed_numbers import show_number
from finfoundry.ask.understand.intent import Wish
from finfoundry.binding import CellEvidence, verify
from finfoundry.core.answer import DocumentName
from finfoundry.core.document import Parsed
from finfoundry.knowledge.ingest.parse_file import parse
from measures import carried_out

PRINTED = "35,919"
LAYOUTS = ("csv", "html", "above", "xlsx", "columns", "each", "years")
JUDGED = ("html", "columns")  # layouts in which sentences and answers are judged

# code, what stands before figures, name in the plural, as the accounts of its countries have them
HABITS = (
    ("USD", "US$", "US dollars"), ("USD", "US$", "U.S. Dollars"), ("EUR", "€", "euros"), ("EUR", "€", "Euro"),
    ("GBP", "£", "pounds sterling"), ("CHF", "CHF", "Swiss francs"), ("JPY", "¥", "Japanese yen"), ("JPY", "JPY", "yen"),
    ("CAD", "C$", "Canadian dollars"), ("CAD", "CAD", "Canadian dollars"), ("AUD", "A$", "Australian dollars"),
    ("NZD", "NZ$", "New Zealand dollars"), ("HKD", "HK$", "Hong Kong dollars"), ("SGD", "S$", "Singapore dollars"),
    ("TWD", "NT$", "New Taiwan dollars"), ("CNY", "RMB", "Renminbi"), ("INR", "₹", "Indian rupees"), ("INR", "INR", "rupees"),
    ("KRW", "₩", "Korean won"), ("KRW", "KRW", "Korean Won"), ("BRL", "R$", "Brazilian reais"), ("SEK", "SEK", "Swedish kronor"),
    ("NOK", "NOK", "Norwegian kroner"), ("DKK", "DKK", "Danish kroner"), ("ZAR", "ZAR", "South African rand"),
    ("MXN", "MXN", "Mexican pesos"), ("PLN", "PLN", "Polish zloty"), ("TRY", "TRY", "Turkish lira"), ("AED", "AED", "UAE dirhams"),
    ("SAR", "SAR", "Saudi riyals"), ("ILS", "NIS", "New Israeli Shekels"), ("THB", "THB", "Thai baht"),
    ("MYR", "RM", "Malaysian ringgit"), ("IDR", "IDR", "Indonesian rupiah"), ("PHP", "PHP", "Philippine pesos"),
    ("RUB", "RUB", "Russian roubles"), ("NGN", "NGN", "Nigerian naira"),
)  # fmt: skip
ENGLISH = (
    (3, "{code} thousand"), (3, "{code} thousands"), (3, "{sign}'000"), (3, "{sign} 000s"), (3, "(in thousands of {name})"),
    (3, "Expressed in thousands of {name}"), (3, "{code} in thousands, except per share data"),
    (3, "All amounts in {code} thousands unless stated"), (6, "{code} million"), (6, "{code} m"), (6, "{sign} million"),
    (6, "({sign} in millions)"), (6, "Millions of {name}"), (6, "Amounts expressed in millions of {name}"), (6, "{code} mn"),
    (6, "{sign}m"), (6, "In {code} millions"), (9, "{code} billion"), (9, "{sign}bn"), (9, "in billions of {name}"),
)  # fmt: skip
CHINESE = (
    ("CNY", ("人民币", "人民幣")), ("USD", ("美元",)), ("HKD", ("港币", "港元", "港幣")), ("TWD", ("新台币", "新臺幣", "新台幣")),
    ("JPY", ("日元",)), ("EUR", ("欧元", "歐元")), ("SGD", ("新加坡元",)), ("MOP", ("澳门元", "澳門元")), ("GBP", ("英镑", "英鎊")),
    ("AUD", ("澳元",)),
)  # fmt: skip
CHINESE_SCALES = ((3, "千"), (4, "万"), (6, "百万"), (8, "亿"), (3, "仟"), (4, "萬"), (6, "百萬"), (8, "億"), (6, "佰萬"))
CHINESE_FORMS = ("单位：{money}{scale}{yuan}", "（{money}{scale}{yuan}）", "金额单位：{money}{scale}{yuan}", "單位：{money}{scale}{yuan}",
                 "除特别注明外，金额单位为{money}{scale}{yuan}")  # fmt: skip
BY_HAND = (
    (3, "EUR", "TEUR"), (3, "EUR", "in TEUR"), (3, "EUR", "T€"), (3, "EUR", "kEUR"), (3, "EUR", "k€"), (3, "EUR", "Tsd. EUR"),
    (3, "EUR", "in Tsd. €"), (3, "EUR", "Angaben in Tausend Euro"), (6, "EUR", "Mio. EUR"), (6, "EUR", "in Mio. €"),
    (6, "EUR", "EUR Mio."), (6, "EUR", "Mio €"), (9, "EUR", "Mrd. EUR"), (9, "EUR", "in Mrd. €"), (6, "EUR", "Millionen Euro"),
    (6, "CHF", "Mio. CHF"), (6, "CHF", "CHF Mio."), (3, "CHF", "TCHF"), (3, "CHF", "CHF 1'000"), (3, "CHF", "in CHF 1'000"),
    (9, "CHF", "CHF Mrd."), (3, "EUR", "en milliers d'euros"), (6, "EUR", "en millions d'euros"), (3, "EUR", "(in k€)"),
    (6, "EUR", "(en M€)"), (6, "EUR", "M€"), (9, "EUR", "en milliards d'euros"), (6, "EUR", "milioni di euro"),
    (3, "EUR", "migliaia di euro"), (3, "EUR", "€/000"), (6, "EUR", "€ mln"), (6, "EUR", "millones de euros"),
    (3, "EUR", "en miles de euros"), (3, "EUR", "miles de €"), (3, "BRL", "em milhares de reais"), (6, "BRL", "R$ milhões"),
    (3, "BRL", "R$ mil"), (6, "BRL", "Em milhões de reais"), (3, "EUR", "x € 1,000"), (3, "EUR", "in duizenden euro"),
    (6, "EUR", "x € 1 miljoen"), (3, "EUR", "EUR x 1,000"), (6, "SEK", "MSEK"), (3, "SEK", "TSEK"), (3, "SEK", "KSEK"),
    (6, "NOK", "MNOK"), (6, "NOK", "NOK mill."), (3, "NOK", "NOK 1 000"), (6, "DKK", "DKKm"), (6, "DKK", "DKK mio."),
    (3, "DKK", "t.DKK"), (6, "PLN", "PLN mln"), (3, "PLN", "tys. PLN"), (3, "PLN", "PLN '000"), (6, "CZK", "mil. CZK"),
    (6, "CZK", "CZK million"), (6, "HUF", "HUF million"), (6, "RUB", "млн руб."), (3, "RUB", "тыс. руб."),
    (6, "RUB", "in millions of Russian rubles"), (6, "TRY", "TL million"), (3, "TRY", "Thousands of Turkish Lira"),
    (3, "ILS", "NIS in thousands"), (6, "ILS", "NIS millions"), (5, "INR", "Rs. in lakhs"), (5, "INR", "₹ in lakhs"),
    (5, "INR", "(Rs. in Lacs)"), (5, "INR", "INR lakhs"), (5, "INR", "₹ Lakh"), (7, "INR", "INR crore"), (7, "INR", "₹ in crores"),
    (7, "INR", "Rs. Cr"), (7, "INR", "(Amount in Rs. Crores)"), (7, "INR", "₹ Cr."), (7, "INR", "Rupees in crore"),
    (6, "INR", "(₹ in millions)"), (3, "INR", "Rs. '000"), (6, "INR", "Rs. million"), (12, "INR", "₹ lakh crore"),
    (3, "PKR", "PKR '000"), (6, "PKR", "PKR million"), (3, "LKR", "LKR '000"), (6, "BDT", "BDT million"), (6, "BDT", "Taka in million"),
    (3, "JPY", "千円"), (6, "JPY", "百万円"), (6, "JPY", "（単位：百万円）"), (3, "JPY", "単位：千円"), (8, "JPY", "億円"),
    (9, "JPY", "十億円"), (6, "JPY", "(Millions of yen)"), (6, "JPY", "¥ million, JPY"), (8, "JPY", "Unit: 100 million yen"),
    (3, "JPY", "Thousands of Yen"), (6, "KRW", "(단위: 백만원)"), (3, "KRW", "단위 : 천원"), (8, "KRW", "KRW 100 million"),
    (8, "KRW", "단위: 억원"), (6, "KRW", "In millions of Korean won"), (3, "TWD", "單位：新臺幣仟元"), (3, "TWD", "單位:新台幣千元"),
    (3, "TWD", "NT$ thousands"), (3, "TWD", "(In Thousands of New Taiwan Dollars)"), (3, "HKD", "港幣千元"), (6, "HKD", "港幣百萬元"),
    (6, "HKD", "百萬港元"), (3, "HKD", "千港元"), (3, "HKD", "HK$’000"), (6, "HKD", "HK$ Million"), (3, "USD", "货币单位：美元千元"),
    (3, "USD", "千美元"), (6, "USD", "百万美元"), (4, "CNY", "单位：万元"), (4, "CNY", "万元"), (6, "CNY", "RMB million"),
    (3, "CNY", "RMB’000"), (3, "CNY", "人民幣千元"), (6, "CNY", "人民幣百萬元"), (4, "CNY", "RMB'0,000"),
    (4, "CNY", "(RMB ten thousand)"), (4, "CNY", "in ten thousands of yuan"), (4, "CNY", "Unit: RMB10,000"),
    (8, "CNY", "RMB100 million"), (4, "CNY", "(10,000 yuan)"), (6, "CNY", "RMBm"), (8, "CNY", "单位：亿元 币种：人民币"),
    (4, "CNY", "单位：万元 币种：人民币"), (0, "CNY", "单位：元 币种：人民币"), (0, "CNY", "单位：元"), (0, "USD", "单位：美元"),
    (0, "GBP", "in pounds sterling"), (0, "CHF", "Amounts in CHF"), (0, "USD", "(in U.S. dollars)"), (3, "GBP", "£000"),
    (3, "GBP", "£k"), (6, "GBP", "£ millions"), (6, "GBP", "£'m"), (6, "GBP", "In £ million"), (9, "GBP", "£bn"), (3, "GBP", "GBP'000"),
    (6, "GBP", "GBPm"), (6, "USD", "$m"), (3, "USD", "$000"), (3, "USD", "($000s)"), (6, "USD", "($ in millions)"), (6, "USD", "$MM"),
    (6, "USD", "(dollars in millions)"), (3, "USD", "(In thousands of dollars, except share data)"), (9, "USD", "$ billions"),
    (6, "USD", "US$m"), (3, "USD", "USD k"), (6, "USD", "USDm"), (6, "USD", "MUSD"), (3, "USD", "KUSD"), (6, "USD", "in mm US$"),
    (5, "USD", "in hundreds of thousands of dollars"), (6, "CAD", "(millions of Canadian $)"), (6, "CAD", "Cdn$ millions"),
    (3, "CAD", "CAD'000"), (6, "AUD", "A$m"), (3, "AUD", "AU$'000"), (6, "NZD", "NZ$M"), (6, "SGD", "S$ million"), (3, "SGD", "S$'000"),
    (3, "MYR", "RM'000"), (6, "MYR", "RM million"), (6, "IDR", "Rp million"), (6, "IDR", "(Expressed in millions of Rupiah)"),
    (3, "THB", "(Unit: Thousand Baht)"), (6, "THB", "Million Baht"), (6, "PHP", "in Php millions"), (9, "VND", "VND billion"),
    (6, "VND", "Million VND"), (6, "ZAR", "Rm"), (3, "ZAR", "R'000"), (6, "ZAR", "R million"), (6, "KES", "KShs million"),
    (3, "KES", "KSh '000"), (6, "NGN", "₦ million"), (3, "NGN", "N'000 (Naira)"), (3, "AED", "AED '000"), (3, "SAR", "SAR'000"),
    (3, "SAR", "SR '000"), (3, "KWD", "KD '000"), (3, "QAR", "QR '000"), (3, "BHD", "BD '000"), (6, "EGP", "EGP million"),
    (6, "MAD", "MAD million"), (6, "MAD", "in millions of Moroccan dirhams"), (6, "ARS", "ARS million"), (6, "CLP", "CLP million"),
    (6, "COP", "COP million"), (3, "PEN", "PEN 000"), (6, "MXN", "millions of Mexican pesos"), (6, "MXN", "Ps. million (MXN)"),
    (3, "TZS", "TZS '000"), (6, "UGX", "UGX million"), (6, "XOF", "XOF million"), (9, "IDR", "IDR billion"), (3, "ISK", "ISK thousand"),
    (6, "ISK", "ISK million"),
)  # fmt: skip
STRANGE = (
    "in zillions of euros", "CHF thousends", "(in millioms of dollars)", "GBP 0000", "US$ '00", "€T", "EUR t", "单位：美元拾万元",
    "in grosses of pounds", "(in dozens of euros)", "USD millio", "in hunderttausend EUR", "GBP, tausand", "kilo CHF",
    "in myriads of yen", "€ mil", "mille EUR", "in scores of dollars", "CAD thsd.", "单位：人民币万万元", "USD thous.",
    "EUR hundred thousand thousand thousand thousand thousand",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    text: str
    power: int | None  # None: what nobody could know
    currency: str | None


def heads() -> list[Head]:
    """All headings, each once."""
    found = {head.text: head for head in (*_english(), *_chinese(), *(Head(text, power, code) for power, code, text in BY_HAND))}
    return list(found.values())


def _english() -> Iterator[Head]:
    for number, (code, sign, name) in enumerate(HABITS):
        for power, form in ENGLISH[number % 2 :] if number > 6 else ENGLISH:
            if sign[-1].isalpha() and form.startswith("{sign}") and form[6] in "mb":
                continue  # CHFm stands in the list by hand
            if sign == "¥" and "{sign}" in form:
                continue  # a bare ¥ is the yuan: yen are told by name
            yield Head(form.format(code=code, sign=sign, name=name), power, code)


def _chinese() -> Iterator[Head]:
    for code, names in CHINESE:
        for place, name in enumerate(names):
            for number, (power, scale) in enumerate(CHINESE_SCALES):
                form = CHINESE_FORMS[(place + number) % len(CHINESE_FORMS)]
                ends = name[-1] in "元镑鎊"
                text = form.format(money="" if ends else name, scale=scale, yuan=name if ends else "元")
                yield Head(text, power, code)


def file_of(head: str, layout: str) -> tuple[bytes, str]:
    """A file with the heading where this layout has it, and its name."""
    rows = [("Revenue", PRINTED, "34,100"), ("Total assets", "99,000", "98,000")]
    quoted = [",".join(f'"{cell}"' for cell in row) for row in rows]
    if layout == "csv":
        return "\n".join([f'"{head}",2024,2023', *quoted]).encode(), "heads.csv"
    if layout == "each":
        return "\n".join(["Heron Mills,2024,2023", f'"","{head}","{head}"', *quoted]).encode(), "heads.csv"
    if layout == "xlsx":
        return _workbook(head), "heads.xlsx"
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    first, above = f"<tr><th>{head}</th><th>2024</th><th>2023</th></tr>", ""
    if layout == "above":
        first, above = "<tr><th></th><th>2024</th><th>2023</th></tr>", f"<p>{head}</p>"
    if layout == "columns":
        first = f"<tr><th></th><th>2024</th><th>2023</th></tr><tr><th></th><th>{head}</th><th>{head}</th></tr>"
    if layout == "years":
        first = f"<tr><th></th><th>2024<br>{head}</th><th>2023<br>{head}</th></tr>"
    page = f"<html><body><h1>Heron Mills</h1>{above}<table>{first}{cells}</table></body></html>"
    return page.encode(), "heads.html"


def _workbook(head: str) -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in ((head, "2024", "2023"), ("Revenue", 35919, 34100), ("Total assets", 99000, 98000)):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def outcome(head: Head, layout: str) -> str:
    """right, marked, or what is wrong."""
    data, name = file_of(head.text, layout)
    parsed = parse(data, name)
    fact = next((fact for fact in parsed.facts if fact.metric[-1] == "Revenue" and fact.text.replace(",", "") == "35919"), None)
    if fact is None:
        return "no fact"
    if parsed.certificate.mark and fact.unit is None:
        return "marked"
    if head.power is None:
        return "taken for one" if fact.scale == 1 and fact.unit else "unmarked"
    if fact.value != Decimal(35919).scaleb(head.power):
        return "wrong scale"
    return "right" if fact.unit == head.currency else "wrong currency"


def judged(head: Head, layout: str) -> list[str]:
    """What the binder and a composed answer get wrong: the true sentence in another scale, the printed digits as units of one."""
    data, name = file_of(head.text, layout)
    parsed = parse(data, name)
    code, value = head.currency, Decimal(35919).scaleb(head.power or 0)
    true = f"Revenue was {code} {value / 10**9:,.9f} billion in 2024."
    false = f"Revenue was {code} {PRINTED}{'' if head.power else ' million'} in 2024."
    faults = [] if verify(true, [parsed]).holds else ["the true sentence is not bound"]
    faults += ["the false sentence is bound"] if verify(false, [parsed]).holds else []
    return [*faults, *_composed(parsed)]


def _composed(parsed: Parsed) -> list[str]:
    """An answer as rules print it, bound to the fact that it stands on."""
    fact = next(fact for fact in parsed.facts if fact.metric[-1] == "Revenue" and "2024" in fact.period)
    printed = show_number(fact.value, fact.unit, None, Wish(), "en", fact.scale, fact.precision)
    holds = verify(f"Revenue was {printed} in 2024.", [CellEvidence(fact, DocumentName("1", parsed.document.name))]).holds
    return [] if holds else [f"the answer {printed} is not bound"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", type=int, default=20, help="print so many that are wrong")
    parser.add_argument("--layouts", default=",".join(LAYOUTS))
    given = parser.parse_args()
    every = [*heads(), *(Head(text, None, None) for text in STRANGE)]
    wrong: list[str] = []
    print("| layout | headings | right | marked | silently wrong | not read |\n|---|---|---|---|---|---|\n", end="")
    for layout in given.layouts.split(","):
        counts: Counter[str] = Counter()
        for head in every:
            found = outcome(head, layout)
            counts[found if found in ("right", "marked", "no fact") else "wrong"] += 1
            if found not in ("right", "marked") or (found == "marked" and head.power is not None):
                wrong.append(f"{layout}: {head.text!r}: {found}")
        print(f"| {layout} | {len(every)} | {counts['right']} | {counts['marked']} | {counts['wrong']} | {counts['no fact']} |")
    faults = [f"{layout}: {head.text!r}: {fault}" for layout in JUDGED for head in heads() for fault in judged(head, layout)]
    print(f"\nbinder and answers, {' and '.join(JUDGED)}: {3 * len(JUDGED) * len(heads())} sentences, {len(faults)} judged wrongly")
    print("\n".join([*wrong, *faults][: given.show]))


if __name__ == "__main__":
    carried_out(main)
