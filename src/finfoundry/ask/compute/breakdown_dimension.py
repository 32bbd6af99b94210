"""The dimension of a breakdown: regions, segments or products, by the title and headings around the rows and by the rows' names."""

from __future__ import annotations

import re

from finfoundry.ask.compute.breakdown_rows import Siblings, of_places

KINDS = {
    "region": re.compile(r"geograph|region|countr|\barea|地区|区域|国家|境内|境外", re.I),
    "segment": re.compile(r"segment|division|分部|板块|行业", re.I),
    "product": re.compile(r"product|brand|categor|产品|商品|品类", re.I),
}
SAID_OF = {"region": "地区 geographic region area", "segment": "行业 分部 板块 业务 segment", "product": "产品 product"}


def speaks_of(group: Siblings, kind: str) -> bool:
    """Whether a breakdown is of a kind (a key of KINDS): by the text around its rows, by most of their names, or as places of the world. A
    title that names several kinds counts for none.
    """
    places, pattern = of_places(group.rows), KINDS[kind]
    if (kind == "region" and places) or (kind == "segment" and group.statement == "segments" and not places):
        return True
    several = sum(bool(other.search(group.title)) for other in KINDS.values()) > 1
    around = group.near if several else group.context
    named = sum(bool(pattern.search(row.name)) for row in group.rows)
    return (pattern.search(around) is not None and not (kind == "product" and places)) or 2 * named > len(group.rows)
