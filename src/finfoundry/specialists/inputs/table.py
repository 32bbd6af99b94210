"""Tables in: CSV (UTF-8, UTF-16 or GB 18030, plain or compressed), Excel, Parquet, results of SQL; whole, or in blocks for bounded memory.

A cell of a CSV is text until its whole column reads as numbers, so that an id keeps its leading zeros.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import hashlib
import lzma
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.workbook import ErrorText, read_workbook
from finfoundry.runtime.memory import free_memory
from finfoundry.specialists.inputs.reading import SEPARATORS, FileReading, decimal_of, header_of, layout, written_numbers

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "缺失", "#N/A")
_NOTHING = frozenset(  # the same, as pandas knows it in a CSV
    {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None",
     "n/a", "nan", "null"}
)  # fmt: skip
BLOCK = 100_000  # rows that are read at a time
_CELL = 100  # bytes of memory that a cell takes while a table is read whole and learned from
_PACKED = 5  # how much smaller compression usually makes a table
_OFFSET = r"\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})\s*$"  # of a time from UTC, behind its hours
_LEADING_ZERO = r"\s*[+-]?0\d"
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_PARQUET, _EXCEL = (".parquet", ".pq"), (".xlsx", ".xlsm")
_HEAD = 1 << 18  # characters by which the layout of a CSV is recognised


@dataclass(frozen=True)
class TableSource:
    """A table with the name that messages call it by, and the SHA-256 of what it was read from."""

    name: str
    table: pd.DataFrame
    digest: str


def read_source(path: Path, text: Collection[str] = ()) -> TableSource:
    """A file as a source; columns named in ``text`` stay text. Raises InputError as ``read_table``."""
    table = read_table(path, text)
    return TableSource(path.name, table, file_digest(path))


def read_table(path: Path, text: Collection[str] = ()) -> pd.DataFrame:
    """A file as a table, one row a record, columns named by its header.

    Raises:
        InputError: not there, not a table, without rows, with two columns of one name, or too large for the memory that is free.
    """
    _check_memory(path)
    blocks = list(read_blocks(path, text, rows=None))
    return blocks[0]


def read_blocks(path: Path, text: Collection[str] = (), rows: int | None = BLOCK) -> Iterator[pd.DataFrame]:
    """``read_table`` in blocks of ``rows`` (None = one block), which number their rows through from 0. Raises InputError."""
    if not path.is_file():
        raise InputError(f"There is no file {path}", remedy="Give a CSV or Parquet file")
    start = 0
    try:
        for block in _blocks(path, text, rows):
            block.columns = [str(name) for name in block.columns]
            _refuse_repeated(path, list(block.columns))
            block.index = pd.RangeIndex(start, start + len(block))
            start += len(block)
            if len(block):
                yield block
    except (ValueError, OSError, EOFError, lzma.LZMAError, pd.errors.ParserWarning) as error:  # of pandas, pyarrow and the openers
        raise InputError(f"{path.name} cannot be read as a table: {error}", remedy="Give a CSV with a header, or Parquet") from error
    if not start:
        raise InputError(f"{path.name} has no rows")


def _blocks(path: Path, text: Collection[str], rows: int | None) -> Iterator[pd.DataFrame]:
    if path.suffix.lower() in _PARQUET:
        return _parquet(path, rows)
    return _excel(path, text) if path.suffix.lower() in _EXCEL else _csv(path, text, rows)


def _check_memory(path: Path) -> None:
    if not path.is_file():
        return
    rows, columns = _size(path)
    wanted, free = rows * columns * _CELL, free_memory()
    if wanted > free:
        raise InputError(
            f"{path.name} has about {rows:,} rows of {columns} columns: whole, it takes about {wanted / 1e9:.1f} GB of memory, and"
            f" {free / 1e9:.1f} GB are free",
            remedy="Give a sample of the rows; scores of a file of any length are written block by block with --out FILE",
        )


def _size(path: Path) -> tuple[int, int]:
    """Rows and columns; of a CSV by its first megabyte. (0, 0) where the file cannot be read."""
    try:
        if path.suffix.lower() in _PARQUET:
            from pyarrow import parquet

            told = parquet.read_metadata(path)
            return int(told.num_rows), int(told.num_columns)
        with _open(path) as stream:
            first = stream.read(1 << 20)
    except (ValueError, OSError, EOFError, lzma.LZMAError):
        return 0, 0  # reading it will say what is wrong
    lines = max(first.count(b"\n"), 1)
    header = first.split(b"\n", 1)[0]
    columns = max(header.count(separator.encode()) for separator in SEPARATORS) + 1
    size = path.stat().st_size * (_PACKED if path.suffix.lower() in _OPENERS else 1)
    return round(size / max(len(first), 1) * lines), columns


def _parquet(path: Path, rows: int | None) -> Iterator[pd.DataFrame]:
    if rows is None:
        yield pd.read_parquet(path)
        return
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=rows):
            yield batch.to_pandas()


def read_layout(path: Path) -> FileReading:
    """How a file is read. Raises InputError as ``read_table``."""
    if path.suffix.lower() in _PARQUET:
        return FileReading("Parquet")
    return _workbook(path)[1] if path.suffix.lower() in _EXCEL else _layout(path)


def _layout(path: Path) -> FileReading:
    encoding = _encoding(path)
    with _open(path, encoding) as stream:
        text = stream.read(_HEAD)
    whole = len(text) < _HEAD
    return layout(encoding, text if whole else text[: max(text.rfind("\n"), text.rfind("\r")) + 1])


def _csv(path: Path, text: Collection[str], rows: int | None) -> Iterator[pd.DataFrame]:
    how = _layout(path)
    with _open(path, how.encoding) as stream:
        lines = list(islice(csv.reader(stream, delimiter=how.separator), how.header))
    _refuse_repeated(path, [name for name in (lines[-1] if lines else []) if name])
    reading: dict[str, Any] = {
        "encoding": how.encoding, "sep": how.separator, "na_values": list(MISSING), "dtype": str, "index_col": False,
        "skiprows": how.header - 1,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a row longer than the header would lose cells
        for part in [pd.read_csv(path, **reading)] if rows is None else pd.read_csv(path, chunksize=rows, **reading):
            first = str(part.columns[0])
            kept = part.drop(columns=[first]) if first.startswith("Unnamed: 0") else part  # the row numbers that pandas and R write
            yield _typed(kept, text, how.decimal, path.name)


def _excel(path: Path, text: Collection[str]) -> Iterator[pd.DataFrame]:
    cells, how = _workbook(path)
    names = [str(name).strip() for name in cells.iloc[how.header - 1]]
    _refuse_repeated(path, names)
    frame = cells.iloc[how.header :].set_axis(names, axis=1).reset_index(drop=True)
    yield _typed(frame.where(~frame.isin(MISSING)), text, how.decimal, path.name)


def _workbook(path: Path) -> tuple[pd.DataFrame, FileReading]:
    """The first sheet that holds cells, as text, and how it was read."""
    filled: dict[str, pd.DataFrame] = {}
    for one in read_workbook(path, path.name):
        rows = pd.DataFrame([[_cell(value) for value, _ in row] for row in one.cells()], dtype="str")
        if not (rows := rows.dropna(how="all").dropna(how="all", axis=1)).empty:
            filled[one.name] = rows
    if not filled:
        raise InputError(f"{path.name} has no rows")
    name, sheet = next(iter(filled.items()))
    cells = sheet.reset_index(drop=True)
    texts = [["" if cell is None or cell != cell else str(cell) for cell in row] for row in cells.head(200).to_numpy().tolist()]
    header = header_of(texts)
    notes = [f"{header - 1} lines before the header were passed over"] if header > 1 else []
    notes += [f"Of {len(filled)} sheets the first was read; the others are {', '.join(list(filled)[1:])}"] if len(filled) > 1 else []
    return cells, FileReading("Excel", header=header, decimal=decimal_of(texts[header:]), sheet=name, notes=notes)


def _cell(cell: Any) -> str | None:
    """A cell of a workbook as a CSV would hold it; None where pandas would find nothing in one."""
    if cell is None or isinstance(cell, ErrorText) or (isinstance(cell, str) and cell in _NOTHING):
        return None
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _typed(frame: pd.DataFrame, text: Collection[str], decimal: str, file: str) -> pd.DataFrame:
    """Columns of which every cell is a number become numbers, unless one has leading zeros."""
    made = {}
    for name in frame.columns:
        cells = frame[name]
        present = cells.dropna().astype(str)
        made[name] = cells
        if name in text or present.empty or present.str.match(_LEADING_ZERO).any():
            continue
        numbers = pd.to_numeric(cells, errors="coerce") if decimal == "." else pd.Series(dtype=float)
        if int(numbers.notna().sum()) == len(present):
            made[name] = numbers
            continue
        try:
            written = written_numbers(cells, str(name), decimal)
        except InputError as error:
            raise InputError(f"{file}, {error}", remedy=error.remedy) from error
        made[name] = cells if written is None else written
    return pd.DataFrame(made, index=frame.index)


def _open(path: Path, encoding: str | None = None) -> IO[Any]:
    opener = _OPENERS.get(path.suffix.lower(), open)
    stream: IO[Any] = opener(path, "rt", encoding=encoding, newline="") if encoding else opener(path, "rb")
    return stream


def _encoding(path: Path) -> str:
    """The encoding: UTF-16 by its mark; UTF-8 where all of the file is, else GB 18030, which holds GBK and GB 2312. Raises InputError."""
    with _open(path) as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with _open(path) as stream:
                while part := stream.read(1 << 20):
                    decoder.decode(part)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise InputError(f"{path.name} is neither UTF-8 nor GB 18030", remedy="Save it as UTF-8")


def _refuse_repeated(path: Path, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(f"{path.name} has two columns named {repeated[0]!r}", remedy="Rename one of them")


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def need(frame: pd.DataFrame, name: str, role: str) -> pd.Series:
    """A named column. Raises InputError that lists what there is."""
    if name not in frame.columns:
        raise InputError(f"There is no column {name!r} (the {role})", remedy=f"The columns are: {', '.join(map(str, frame.columns[:60]))}")
    return frame[name]


def times(column: pd.Series) -> pd.Series:
    """A column of dates or date-times; numbers are taken as they are (days, seconds, steps). Unreadable cells become missing. Cells with
    different offsets from UTC are put on UTC, which keeps their order.

    Raises InputError: some cells have an offset and others none, so that nobody can say which came first.
    """
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    texts = column.astype("string")
    offset = texts.str.contains(_OFFSET, regex=True).fillna(False)
    read = pd.to_datetime(column.mask(offset), errors="coerce", format="mixed")
    if not offset.any():
        return read
    if read.notna().any():
        with_, without = (str(texts[mask].iloc[0]) for mask in (offset, read.notna()))
        raise InputError(
            f"column {column.name!r}: {with_!r} has an offset from UTC, {without!r} has none: nobody can say which came first",
            remedy="Write all times with their offset, or none of them",
        )
    return pd.to_datetime(column, errors="coerce", format="mixed", utc=True)
