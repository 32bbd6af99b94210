"""Small rules as texts, parsed as any file is."""

from __future__ import annotations

from finfoundry.core.document import Parsed
from finfoundry.knowledge.ingest.parse_file import parse

TRAVEL = """# Travel Policy

Effective from {day}. Issued on 1 February 2015.

## 1. Purpose

1.1 This policy applies to all employees who travel on business.

1.2 Travel is booked through the central desk at least 7 days before departure.

## 2. Accommodation

2.1 Hotels are booked through the central desk.

2.2 Hotel limit. The cost of a hotel room must not exceed USD {limit} per night:
(a) in capital cities, USD 290 per night;
(b) with the approval of the head of division, USD 300 per night.

2.3 Meals are settled under the Meals Procedure.
"""
MEALS = """# Expense Procedure

This procedure is effective from 1 January 2021 and supersedes the Meals Procedure.

## 1. Receipts

1.1 Receipts are filed within 30 days of the end of a trip.

1.2 Tips above USD 20 need a receipt.

1.3 Alcohol is not reimbursed.
"""
NOTICE = """支付机构报送管理办法
第一条　为规范报送工作，制定本办法。
第二条　支付清算机构应当在每月结束后{n}个工作日内向主管部门报送上月业务数据。
第三条　支付清算机构应当妥善保管业务档案。
第四条　本办法自{day}起施行，《支付机构报送暂行规定》（银发〔2009〕12号文印发）同时废止。
"""


def travel(day: str, limit: int) -> str:
    return TRAVEL.format(day=day, limit=limit)


def notice(day: str, n: int) -> str:
    return NOTICE.format(day=day, n=n)


def parsed(text: str, name: str = "rule.md") -> Parsed:
    return parse(text.encode(), name)


def said(text: str, name: str = "rule.md") -> dict[str, list[str]]:
    """What a rule says of itself: matter → values."""
    found: dict[str, list[str]] = {}
    for one in parsed(text, name).certificate.law:
        found.setdefault(one.matter, []).append(one.value)
    return found


CIRCULAR = """# Circular on Travel Rules

This circular is effective from 1 May 2024.

1. Clause 2.2 of the Travel Policy is replaced by the following: the cost of a hotel room must not exceed USD 255 per night.

2. Clause 1.2 of the Travel Policy is amended: travel is booked at least 10 days before departure.

3. All else remains as it is.
"""
DECISION = """关于修改《支付机构报送管理办法》的决定
第一条　将《支付机构报送管理办法》第二条修改为：“支付清算机构应当在每月结束后3个工作日内向主管部门报送上月业务数据。”
第二条　各机构应当遵照执行。
第三条　本决定自{day}起施行。
"""
