"""Tables in: CSV (UTF-8 or GB 18030, plain or compressed) and Parquet, read as they stand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from finfoundry.core.errors import InputError

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "缺失", "#N/A")
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_table(path: Path) -> pd.DataFrame:
    """A file as a table, one row a record, columns named by its header.

    Raises:
        InputError: not there, not a table, without rows, or with two columns of one name.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}", remedy="Give a CSV or Parquet file")
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _read_csv(path)
    except (ValueError, OSError) as error:  # pandas and pyarrow raise these, or classes derived from them
        raise InputError(f"{path.name} cannot be read as a table: {error}", remedy="Give a CSV with a header, or Parquet") from error
    frame.columns = [str(name) for name in frame.columns]
    repeated = sorted(frame.columns[frame.columns.duplicated()])
    if repeated:
        raise InputError(f"{path.name} has two columns named {repeated[0]!r}", remedy="Rename one of them")
    if frame.empty:
        raise InputError(f"{path.name} has no rows")
    return frame


def _read_csv(path: Path) -> pd.DataFrame:
    for encoding in _ENCODINGS:
        try:
            frame = pd.read_csv(path, encoding=encoding, na_values=list(MISSING), low_memory=False)
        except UnicodeDecodeError:
            continue
        first = str(frame.columns[0])
        return frame.drop(columns=[first]) if first.startswith("Unnamed: 0") else frame  # the row numbers that pandas and R write
    raise InputError(f"{path.name} is neither UTF-8 nor GB 18030", remedy="Save it as UTF-8")


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def need(frame: pd.DataFrame, name: str, role: str) -> pd.Series:
    """A named column. Raises InputError that lists what there is."""
    if name not in frame.columns:
        raise InputError(f"There is no column {name!r} (the {role})", remedy=f"The columns are: {', '.join(frame.columns[:60])}")
    return frame[name]


def times(column: pd.Series) -> pd.Series:
    """A column of dates or date-times; numbers are taken as they are (days, seconds, steps). Unreadable cells become missing."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    return pd.to_datetime(column, errors="coerce", format="mixed")
