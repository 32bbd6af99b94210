"""What every parser promises: a document whose pages, blocks and cells can be cited, the same for the same bytes, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from finfoundry.core.document import Document
from finfoundry.core.errors import ParseError

Parse = Callable[[bytes, str], Document]


class ParserContract:
    """A subclass gives ``parse``, a ``name`` and ``data`` that hold the words "Net profit" in a table with the number 1,234."""

    parse: Parse
    name: str
    data: bytes

    def test_a_document_knows_its_bytes(self) -> None:
        document = type(self).parse(self.data, self.name)
        assert (document.name, document.size) == (self.name, len(self.data))
        assert len(document.sha256) == 64

    def test_pages_count_from_one_in_order(self) -> None:
        pages = type(self).parse(self.data, self.name).pages
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))

    def test_a_table_has_its_label_and_its_number_in_one_row(self) -> None:
        cells = [
            cell
            for page in type(self).parse(self.data, self.name).pages
            for block in page.blocks
            if block.kind == "table"
            for cell in block.cells
        ]
        (label,) = [cell for cell in cells if cell.text == "Net profit"]
        assert [cell.text for cell in cells if cell.row == label.row and cell.column > label.column][0] == "1,234"  # noqa: RUF015

    def test_every_cell_can_be_cited(self) -> None:
        for page in type(self).parse(self.data, self.name).pages:
            for cell in (cell for block in page.blocks for cell in block.cells):
                assert cell.box or cell.locator or any(block.locator for block in page.blocks)
                assert cell.row_span >= 1
                assert cell.column_span >= 1

    def test_the_same_bytes_give_the_same_document(self) -> None:
        assert type(self).parse(self.data, self.name) == type(self).parse(self.data, self.name)

    @pytest.mark.parametrize("broken", [b"", b"PK\x03\x04broken", b"\x00\x01\x02" * 50])
    def test_what_cannot_be_read_is_refused_by_name(self, broken: bytes) -> None:
        with pytest.raises(ParseError) as refusal:
            type(self).parse(broken, self.name)
        assert self.name in refusal.value.message
        assert refusal.value.remedy
