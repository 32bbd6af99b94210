"""Tables in: CSV (UTF-8 or GB 18030, plain or compressed), Parquet, and results of SQL; whole, or in blocks of rows for bounded memory.

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
from pathlib import Path
from typing import IO, Any

import pandas as pd

from finfoundry.core.errors import InputError
from finfoundry.core.memory import free_memory

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "缺失", "#N/A")
BLOCK = 100_000  # rows that are read at a time
_CELL = 100  # bytes of memory that a cell takes while a table is read whole and learned from
_PACKED = 5  # how much smaller compression usually makes a table
_LEADING_ZERO = r"\s*[+-]?0\d"
_SEPARATORS = ",;\t|"
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Source:
    """A table with the name that messages call it by, and the SHA-256 of what it was read from."""

    name: str
    table: pd.DataFrame
    digest: str


def read_source(path: Path, text: Collection[str] = ()) -> Source:
    """A file as a source; columns named in ``text`` stay text. Raises InputError as ``read_table``."""
    table = read_table(path, text)
    return Source(path.name, table, file_digest(path))


def read_table(path: Path, text: Collection[str] = ()) -> pd.DataFrame:
    """A file as a table, one row a record, columns named by its header.

    Raises:
        InputError: not there, not a table, without rows, with two columns of one name, or too large for the memory that is free.
    """
    _check_memory(path)
    blocks = list(read_blocks(path, text, rows=None))
    return blocks[0]


def read_blocks(path: Path, text: Collection[str] = (), rows: int | None = BLOCK) -> Iterator[pd.DataFrame]:
    """The same in blocks of ``rows`` (None = one block), which number their rows through from 0. Raises InputError."""
    if not path.is_file():
        raise InputError(f"There is no file {path}", remedy="Give a CSV or Parquet file")
    start = 0
    try:
        for block in _parquet(path, rows) if path.suffix.lower() in _PARQUET else _csv(path, text, rows):
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
    """Rows and columns; of a CSV by its first megabyte. (0, 0) where that cannot be told."""
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
    columns = max(header.count(separator.encode()) for separator in _SEPARATORS) + 1
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


def _csv(path: Path, text: Collection[str], rows: int | None) -> Iterator[pd.DataFrame]:
    encoding = _encoding(path)
    with _open(path, encoding) as stream:
        line = stream.readline()
    separator = max(_SEPARATORS, key=line.count)
    header = next(csv.reader([line], delimiter=separator), [])
    _refuse_repeated(path, [name for name in header if name])
    reading: dict[str, Any] = {"encoding": encoding, "sep": separator, "na_values": list(MISSING), "dtype": str, "index_col": False}
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a row longer than the header would lose cells
        for part in [pd.read_csv(path, **reading)] if rows is None else pd.read_csv(path, chunksize=rows, **reading):
            first = str(part.columns[0])
            kept = part.drop(columns=[first]) if first.startswith("Unnamed: 0") else part  # the row numbers that pandas and R write
            yield _typed(kept, text)


def _typed(frame: pd.DataFrame, text: Collection[str]) -> pd.DataFrame:
    """Columns of which every cell is a number become numbers, unless one has leading zeros."""
    made = {}
    for name in frame.columns:
        cells = frame[name]
        present = cells.dropna()
        made[name] = cells
        if name in text or present.empty or present.str.match(_LEADING_ZERO).any():
            continue
        numbers = pd.to_numeric(cells, errors="coerce")
        if int(numbers.notna().sum()) == len(present):
            made[name] = numbers
    return pd.DataFrame(made, index=frame.index)


def _open(path: Path, encoding: str | None = None) -> IO[Any]:
    opener = _OPENERS.get(path.suffix.lower(), open)
    stream: IO[Any] = opener(path, "rt", encoding=encoding, newline="") if encoding else opener(path, "rb")
    return stream


def _encoding(path: Path) -> str:
    """UTF-8 where all of the file is, else GB 18030, which holds GBK and GB 2312. Raises InputError."""
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
    """A column of dates or date-times; numbers are taken as they are (days, seconds, steps). Unreadable cells become missing."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    return pd.to_datetime(column, errors="coerce", format="mixed")
