"""Numbers that nobody has: of accounts, telephones, papers and days, written as people write them; some prove themselves, most do not."""

from __future__ import annotations

import random
import string

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def digits(source: random.Random, count: int) -> str:
    return "".join(source.choices(string.digits, k=count))


def phone(source: random.Random, chinese: bool) -> str:
    if chinese:
        mobile = f"1{source.choice('3456789')}{digits(source, 1)}", digits(source, 4), digits(source, 4)
        line = f"0{source.choice(['10', '21', '28', '571', '755', '411', '931'])}", digits(source, 8)
        return source.choice([source.choice(["", " ", "-"]).join(mobile)] * 4 + [f"+86 {'-'.join(mobile)}", "-".join(line)])
    forms = ("07### ### ###", "0### ### ####", "+44 20 #### ####", "(###) ###-####", "###-###-####", "+1 ### ### ####", "+47 ### ## ###",
             "+353 86 ### ####", "+65 #### ####", "+49 151 #######", "020 #### ####")  # fmt: skip
    return _filled(source, source.choice(forms))


def account(source: random.Random, chinese: bool) -> str:
    if chinese:
        return source.choice([_filled(source, f"6{'#' * length}") for length in (15, 18)] + [
            _filled(source, "#" * source.randrange(12, 22)), _filled(source, "#### #### #### #### ###")])  # fmt: skip
    letters = "".join(source.choices(string.ascii_uppercase, k=4))
    iban = f"{source.choice(['GB', 'DE', 'IE', 'FR', 'NL'])}{digits(source, 2)}{letters}{digits(source, 14)}"
    forms = ("##-##-## ########", "########", "#### #### ####", "#### #### #### ####", "##########", "###-######-#", "****####")
    return source.choice([iban, " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)), *(_filled(source, form) for form in forms)])


def identity(source: random.Random, chinese: bool) -> str:
    if chinese and source.random() < 0.75:
        first = f"{source.choice(['11', '31', '33', '44', '51'])}0{digits(source, 1)}0{source.randrange(1, 9)}"
        body = f"{first}{source.randrange(1945, 2008)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}{digits(source, 3)}"
        total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
        return body + "10X98765432"[total % 11]
    papers = ("E########", "G########", "EJ#######", "H##########", "#########", "K#######E")
    others = ("###-##-####", "S#######D", "AB######C", "QQ ## ## ## A", "A######(#)")
    return _filled(source, source.choice([*papers, *(() if chinese else others * 2)]))


def birth(source: random.Random, chinese: bool) -> str:
    return day(source, chinese, source.randrange(1938, 2008))


def day(source: random.Random, chinese: bool, year: int | None = None) -> str:
    """A day of these years; ``year`` of another."""
    year, month, date = year or source.randrange(2019, 2027), source.randrange(1, 13), source.randrange(1, 29)
    if chinese:
        return source.choice(
            [f"{year}年{month}月{date}日"] * 3 + [f"{year}-{month:02}-{date:02}", f"{year}.{month}.{date}", f"{year}年{month}月"]
        )
    name = _MONTHS[month - 1]
    return source.choice([f"{date} {name} {year}", f"{name} {date}, {year}", f"{date:02}/{month:02}/{year}", f"{date:02}-{name[:3]}-{year}",
                          f"{year}-{month:02}-{date:02}", f"{date} {name[:3]} {year}", f"{name} {date}th, {year}"])  # fmt: skip


def amount(source: random.Random, chinese: bool) -> str:
    value = source.randrange(1, 10_000_000)
    return (
        f"{value:,}元" if chinese and value % 3 else f"{value % 999 + 1}万元" if chinese else f"{value:,}" if value % 2 else f"{value:,}.00"
    )


def code(source: random.Random) -> str:
    """What looks like a number of a person and is none: of a contract, a ticket, a machine."""
    forms = ("CP############", "AB-####-#####", "################", "####-####-####", "##################", "#########", "####-##",
             "######",             "SX####-###", "T############", "##-##-##-##", "###-##-####")  # fmt: skip
    return _filled(source, source.choice(forms))


def _filled(source: random.Random, form: str) -> str:
    return "".join(source.choice(string.digits) if sign == "#" else sign for sign in form)
