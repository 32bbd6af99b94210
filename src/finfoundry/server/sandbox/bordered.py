"""Pages of stored files read again with borders of their tables: the files are of strangers, so it is done apart."""

from __future__ import annotations

import msgspec

from finfoundry.knowledge.ingest.bordered_page import BorderedFile, BorderedPage
from finfoundry.server.sandbox.apart import Apart
from finfoundry.server.sandbox.sandboxed import BorderTask

_pages = msgspec.msgpack.Decoder(BorderedPage)


class BorderedReader:
    """Reads in a sandbox. Whoever calls has checked that the reader may see the document."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart

    def __call__(self, given: BorderedFile) -> BorderedPage:
        """Raises InputError for a page that cannot be read so, EngineTimeout where it takes too long."""
        return _pages.decode(self._apart.do(BorderTask(), msgspec.msgpack.encode(given)).outcome)
