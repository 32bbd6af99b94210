"""Texts next to a label in a document's tables: "法定代表人 | 张三", "电子信箱：a@b.cn" within a cell, a name under the title of an office.

Annual reports print their particulars in small tables of labels and texts. The label may be one of two joined ("注册和办公地址"), may be
introduced ("公司聘请的会计师事务所 | 名称 | …"), or may head a column of a table of persons.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from psycopg import Connection

from finfoundry.knowledge.datasets.cells import TextCell
from finfoundry.knowledge.ids import document_id

MOST_LABEL = 24  # characters: a longer cell is no label
MOST_VALUE = 200
_NOTE = re.compile(r"[（(][^()（）]*[）)]|[\s:：]|^[一二三四五六七八九十\d]+[、.．]")
_LEAD = re.compile(r"^(?:本?公司|本行|发行人|中国|企业)?(?:聘请|选定)?的?")
_JOINED = re.compile(r"^(?P<one>[\u4e00-\u9fff]{2,4})(?:和|及|与|、)(?P<other>[\u4e00-\u9fff]{2}(?P<tail>[\u4e00-\u9fff]{2}))$")
_PERSON = re.compile(r"姓名|name", re.IGNORECASE)
_BETWEEN = frozenset({"名称", "姓名", "name"})  # cells that only introduce the value
_WITHIN = r"{label}[:：]\s*(?P<value>[^：:\s，,；;]+(?:://[^\s，,；;]+)?)"  # "股票代码： 600000" among others of a cell
_NEXT = re.compile(r"[\u4e00-\u9fff]{2,10}[：:]|\s*[A-Za-z-]{3,8}[：:](?!//)")
_LABELS = re.compile(
    r"(?:联系)?电话|传真|邮编|邮政编码|网址|办公地址|(?:股票|证券)(?:代码|简称)|签字\w{2,6}|电子\w{2}|E-?mail", re.IGNORECASE
)
_MASHED = re.compile(r"[\x21-\x7e]{4,}(?=[\u4e00-\u9fff])")  # a code or an address that runs into the next label
_OWN_LABEL = re.compile(r"^[\u4e00-\u9fff]{2,10}[：:]\s*")
_NOTHING = re.compile(
    r"[-—–/／\s]*|无|不适用|[是否男女]|[现离]任|\d[\d年月日/.\s-]{0,12}[年月日]"
)  # and what tables of persons hold next to an office
_LISTING = re.compile(r"股票|证券|\bstock\b|\bticker\b", re.IGNORECASE)
PAIRED = 3  # texts after a label in a row of two labels with their values
LEAST_LOOSE = 2  # characters of a phrase that is looked for within a cell


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell of a document's table, and its place."""

    page: int
    block: int
    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A label as printed, and the text that belongs to it."""

    label: str
    value: str
    page: int


def label_names(text: str) -> set[str]:
    """The names of a label's cell: without introduction and notes, and both of a joined one: "注册和办公地址" → 注册地址, 办公地址."""
    plain = _NOTE.sub("", text).lower()
    if not plain or len(plain) > MOST_LABEL:
        return set()
    short = _LEAD.sub("", plain)
    names = {plain, short}
    if match := _JOINED.match(short):
        names |= {match["one"] + match["tail"], match["other"]}
    return names


def said_beside(cells: Sequence[PlacedCell], phrases: Collection[str]) -> list[KeyValue]:
    """The texts that belong to any of the phrases: those alone next to a label, then the first of two, then those within a cell."""
    wanted = {phrase.lower() for phrase in phrases}
    tables: dict[tuple[int, int], list[PlacedCell]] = {}
    for cell in cells:
        tables.setdefault((cell.page, cell.block), []).append(cell)
    labels = [(cell, table) for table in tables.values() for cell in table if label_names(cell.text) & wanted]
    alone, first = ([said for cell, table in labels if (said := _said(cell, table, most))] for most in (1, 2))
    return [*alone, *(said for said in first if said not in alone), *_within(cells, sorted(wanted, key=len, reverse=True))]


def _said(label: PlacedCell, table: Sequence[PlacedCell], most: int) -> KeyValue | None:
    value = _value(label, table, most)
    return KeyValue(" ".join(label.text.split()), value, label.page) if value else None


def _within(cells: Sequence[PlacedCell], phrases: Sequence[str]) -> Iterator[KeyValue]:
    patterns = [re.compile(_WITHIN.format(label=re.escape(phrase)), re.IGNORECASE) for phrase in phrases if len(phrase) >= LEAST_LOOSE]
    for cell in cells:
        found = next((match for pattern in patterns if (match := pattern.search(cell.text))), None)
        if found is not None and (value := _clean(found["value"])):
            yield KeyValue(" ".join(cell.text.split())[:MOST_VALUE], value, cell.page)


def _value(label: PlacedCell, table: Sequence[PlacedCell], most: int) -> str | None:
    """The text to the right of a label, of at most so many; below it, where the label heads a column of persons or of a single row."""
    rows: dict[int, dict[int, str]] = {}
    for cell in table:
        if text := " ".join(cell.text.split()):
            rows.setdefault(cell.row, {})[cell.column] = text
    after = [row for row in sorted(rows) if row > label.row]
    for row in after[:2]:
        if _PERSON.search(rows[row][min(rows[row])]) and label.column in rows[row] and label.column != min(rows[row]):
            return _clean(rows[row][label.column])
    own = rows[label.row]
    place = sorted(own).index(label.column)
    heads = label.row == min(rows) and len(rows) > 1 and len(own) > PAIRED and not re.search(r"\d", "".join(own.values()))
    if heads and len(rows) == 2 and _LISTING.search("".join(own.values())):
        return _clean(rows[after[0]].get(label.column, ""))
    if heads or place % 2 or (place and len(own) % 2):
        return None  # a column's head, or a text next to somebody's name
    texts = [text for column, text in sorted(own.items()) if column > label.column and text.strip(":：").lower() not in _BETWEEN]
    if not texts and len(own) == 1 and after and min(rows[after[0]]) > label.column:
        texts = [text for _, text in sorted(rows[after[0]].items())]  # the value wrapped into a row of its own
    paired = len(texts) == PAIRED and re.search(r"\d", texts[-1]) is not None
    return _clean(texts[0]) if texts and (len(texts) <= most or paired) else None


def _clean(text: str) -> str | None:
    """A value without what the cell says after it under labels of its own; None where nothing is left."""
    text = " ".join(text.split()).lstrip(":：")
    if mashed := _MASHED.match(text):
        text = mashed[0]
    elif known := _LABELS.search(text, 1):
        text = text[: known.start()]
    text = _OWN_LABEL.sub("", text)
    if after := next((match for match in _NEXT.finditer(text) if match.start() > 0), None):
        text = text[: after.start()]
    text = text.strip(" ，,；;:：")
    return None if _NOTHING.fullmatch(text) or len(text) > MOST_VALUE else text


def texts_beside(connection: Connection, documents: Sequence[int], phrases: Sequence[str]) -> list[TextCell]:
    """The texts that documents print next to a label, first found first, of one document after another."""
    select = """
        SELECT d.id, d.name, d.entity, d.fiscal_year, d.period, c.page, c.block, c.row_number, c.column_number, c.text, c.locator
        FROM cells c JOIN documents d ON d.id = c.document_id
        WHERE d.id = ANY (%(documents)s) AND (c.page, c.block) IN (
            SELECT n.page, n.block FROM cells n WHERE n.document_id = c.document_id AND length(n.text) < 600 AND n.text ~* %(pattern)s)
        ORDER BY d.fiscal_year DESC NULLS LAST, d.id, c.page, c.block, c.row_number, c.column_number
    """
    pattern = "|".join(".{0,8}".join(re.escape(half) for half in _halves(phrase)) for phrase in phrases)
    by_document: dict[int, tuple[str, str | None, int | None, str | None, list[PlacedCell]]] = {}
    for id, name, entity, year, period, page, block, row, column, text, _ in connection.execute(
        select, {"documents": list(documents), "pattern": pattern}
    ).fetchall():
        by_document.setdefault(id, (name, entity, year, period, []))[-1].append(PlacedCell(page, block, row, column, text))
    return [
        TextCell(entity or "", year, period, said.label, said.value, document_id(id), name, said.page, {})
        for id, (name, entity, year, period, cells) in by_document.items()
        for said in said_beside(cells, phrases)
    ]


def _halves(phrase: str) -> tuple[str, ...]:
    """A Han phrase in two, between which a joined label puts another word: 注册 … 地址."""
    han = re.fullmatch(r"[\u4e00-\u9fff]{4}", phrase)
    return (phrase[:2], phrase[2:]) if han else (phrase,)
