"""200 hostile files of 30 kinds in one queue: how long an innocent file waits, whether a reader goes over its limits, what falls.

Small files that mean much: merges over a sheet, forms that draw forms, bombs, pages without end, text that makes patterns slow. All are
made here. Baseline: the wait of the same innocent file while nothing else is in the queue.

python benchmarks/service.py hostile-files             # the queue of the product
python benchmarks/service.py hostile-files --parse     # each kind once, by itself: outcome, seconds, memory
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import os
import resource
import shutil
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx

from finfoundry.app import App, open_app
from finfoundry.core.document import Parsed
from finfoundry.core.principal import Principal
from finfoundry.knowledge.ingest.workers import MOST_MEMORY, Workers
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.usecases import uploads

FILES, INNOCENT_EVERY = 200, 5.0
NOTE = "# Fees\n\nThe fee was {number}% in 2024.\n"
Kinds = dict[str, Callable[[], bytes]]


def changed(file: Any, part: str, before: bytes, after: bytes) -> bytes:
    """A saved workbook or letter, with the first ``before`` in one part of its archive replaced."""
    file.save(whole := io.BytesIO())
    return packed({**unpacked(whole.getvalue()), part: unpacked(whole.getvalue())[part].replace(before, after, 1)})


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return made.getvalue()


def book(before: bytes, after: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Revenue", 2024])
    return changed(made, part, before, after)


def many_sheets() -> bytes:
    made = openpyxl.Workbook()
    for number in range(1500):
        made.create_sheet(f"S{number}").append(["x", number])
    made.save(whole := io.BytesIO())
    return whole.getvalue()


def letter(body: bytes) -> bytes:
    made = docx.Document()
    made.add_paragraph("x")
    return changed(made, "word/document.xml", b"<w:p>", body + b"<w:p>")


def table(rows: bytes) -> bytes:
    return letter(b'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="10"/></w:tblGrid>' + rows + b"</w:tbl>")


def row(properties: bytes, inner: bytes = b"<w:p><w:r><w:t>a</w:t></w:r></w:p>") -> bytes:
    return b"<w:tr><w:tc><w:tcPr>" + properties + b"</w:tcPr>" + inner + b"</w:tc></w:tr>"


def nested_tables(depth: int) -> bytes:
    start = b'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="10"/></w:tblGrid><w:tr><w:tc>'
    return letter(start * depth + b"<w:p/>" + b"<w:p/></w:tc></w:tr></w:tbl>" * depth)


def pdf(objects: list[bytes], size: int = 600) -> bytes:
    """A PDF of these objects, numbered from 4; 1 to 3 are its catalogue, its pages and its one page, whose content is object 4."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>/Font<</T 6 0 R>>>>>>" % (
        size,
        size,
    )
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, *objects])


def raw_pdf(objects: list[bytes]) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed_content = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (entries, len(packed_content), packed_content)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 600 600]"


def drawn(content: bytes, size: int = 600) -> bytes:
    return pdf([stream(content), stream(b"", FORM), FONT], size)


def forms(depth: int, times: int) -> bytes:
    inner = [stream(b"/G Do " * times, FORM + b"/Resources<</XObject<</G %d 0 R>>>>" % (8 + level)) for level in range(depth)]
    return pdf(
        [stream(b"/F Do"), stream(b"/G Do", FORM + b"/Resources<</XObject<</G 7 0 R>>>>"), FONT, *inner, stream(b"0 0 5 5 re f", FORM)]
    )


def declared_pages(count: int, node: bytes = b"3 0 R ") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 60]>>"
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (node * count, count), page])


def entity_bomb() -> bytes:
    lines = b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "x">%s]>' % lines
    return book(b"<worksheet", head + b"<worksheet")


def mail(depth: int) -> bytes:
    head = b"From: a@example.org\nTo: b@example.org\nSubject: s\n"
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return head + parts + b"Content-Type: text/plain\n\nend\n"


def mail_with_mails(depth: int, times: int) -> bytes:
    """Mails attached to mails, several at each level."""
    made = EmailMessage()
    made["Subject"], made["From"] = "s", "a@example.org"
    made.set_content("The fee was 2%.")
    for _ in range(depth):
        outer = EmailMessage()
        outer["Subject"], outer["From"] = "s", "a@example.org"
        outer.set_content("see inside")
        for number in range(times):
            outer.add_attachment(made.as_bytes(), maintype="application", subtype="octet-stream", filename=f"{number}.eml")
        made = outer
    return made.as_bytes()


def slides(before: bytes, after: bytes) -> bytes:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Revenue"
    return changed(made, "ppt/slides/slide1.xml", before, after)


def old_book(sectors: int) -> bytes:
    """The head of an OLE file whose sectors point to each other in a ring."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    counts = b"".join(number.to_bytes(4, "little") for number in (sectors, 1, 0, 4096, 2, sectors, 0, 0xFFFFFF))
    return (head + counts + (0).to_bytes(4, "little") * 109).ljust(512, b"\0") + b"\x01\0\0\0" * 128 * 8


def archive_of_archives(depth: int, times: int) -> bytes:
    made = packed({"a.txt": b"x" * 10_000_000})
    for _ in range(depth):
        made = packed({f"{number}.zip": made for number in range(times)})
    return made


def picture(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(50_000_000), 9)) + chunk(b"IEND", b"")


def page(inner: str) -> bytes:
    return f"<html><body>{inner}</body></html>".encode()


KINDS: Kinds = {
    "merge over the sheet.xlsx": lambda: book(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "declared size of the sheet.xlsx": lambda: book(b'ref="A1:B1"', b'ref="A1:XFD1048576"'),
    "one far cell.xlsx": lambda: book(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "entities.xlsx": entity_bomb,
    "many sheets.xlsx": many_sheets,
    "unpacks to half a gigabyte.xlsx": lambda: book(b"</sheetData>", b"</sheetData>" + b" " * 400_000_000),
    "number of a million digits.xlsx": lambda: book(b"<v>2024</v>", b"<v>" + b"9" * 1_000_000 + b"</v>"),
    "paragraphs.docx": lambda: letter(b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 250_000),
    "a billion columns.docx": lambda: table(row(b'<w:gridSpan w:val="1000000000"/>')),
    "merged rows.docx": lambda: table(row(b'<w:vMerge w:val="restart"/>') + row(b"<w:vMerge/>") * 5000),
    "tables in tables.docx": lambda: nested_tables(400),
    "a megabyte of digits.docx": lambda: letter(b"<w:p><w:r><w:t>" + b"1,234.5 " * 130_000 + b"</w:t></w:r></w:p>"),
    "forms in forms.pdf": lambda: forms(8, 10),
    "flate bomb.pdf": lambda: drawn(b"0 0 5 5 re f " * 40_000_000),
    "arrays in arrays.pdf": lambda: drawn(b"[" * 3_000_000 + b"]" * 3_000_000 + b" TJ"),
    "dictionaries in dictionaries.pdf": lambda: pdf([b"<</A" * 200_000 + b" 1 " + b">>" * 200_000, stream(b"", FORM), FONT]),
    "100,000 pages.pdf": lambda: declared_pages(100_000),
    "2,000 pages in 12 KB.pdf": lambda: declared_pages(2000),
    "pages in a ring.pdf": lambda: declared_pages(1, b"2 0 R "),
    "a million paths.pdf": lambda: drawn(b"".join(b"%d %d m %d %d l S\n" % (n % 599, n % 83, n % 97, n % 593) for n in range(1_000_000))),
    "rulings.pdf": lambda: drawn(
        b"BT /T 9 Tf 9 9 Td (Total 5) Tj ET "
        + b"".join(b"0 %d m 600 %d l S %d 0 m %d 600 l S\n" % (n % 599, n % 599, n % 599, n % 599) for n in range(30_000))
    ),
    "words on words.pdf": lambda: drawn(b"BT /T 1 Tf " + b"(12,345 a ) Tj 0 -0.01 Td " * 60_000 + b"ET"),
    "a page of ten kilometres.pdf": lambda: drawn(b"0 0 9 9 re f", 30_000_000),
    "elements in elements.html": lambda: page("<div>" * 200_000 + "x"),
    "a cell of digits.html": lambda: page(f"<table><tr><td>Revenue<td>{'1' * 300_000}<td>{'1,' * 100_000}<td>{'(' * 100_000}</table>"),
    "3,900 columns.html": lambda: page("<table>" + ("<tr>" + "<td>a 1" * 3900) * 60 + "</table>"),
    "cells over cells.html": lambda: page("<table>" + "<tr><td colspan=1000 rowspan=1000>1" * 3000 + "</table>"),
    "nothing but blanks.txt": lambda: b"Registrant" + b" " * 1_000_000 + b"\n" + "\u3000".encode() * 400_000 + b"x",
    "nothing but digits.txt": lambda: b"9" * 2_000_000,
    "nothing but one character.txt": lambda: "一".encode() * 500_000,
    "a text of 19 MB.txt": lambda: b"The fee was 2.5% in 2024.\n" * 730_000,
    "a text of 64 MB.txt": lambda: b"The fee was 2.5% in 2024.\n" * 2_500_000,
    "a line of 15 MB.txt": lambda: b"The fee was 2.5% in 2024. " * 580_000,
    "pipes.md": lambda: b"|" * 500_000 + b"\n" + b"|-" * 200_000,
    "a line of commas.csv": lambda: b"," * 3_000_000,
    "brackets.txt": lambda: b'{"page": 1, "type": "excel", "inside": "' + b"[" * 500_000 + b'"}\n',
    "mail in mail.eml": lambda: mail(5000),
    "mails in mails.eml": lambda: mail_with_mails(6, 5),
    "paragraphs.pptx": lambda: slides(b"<a:p>", b"<a:p><a:r><a:t>a 1</a:t></a:r></a:p>" * 250_000 + b"<a:p>"),
    "groups in groups.pptx": lambda: slides(b"</p:spTree>", b"<p:grpSp>" * 20_000 + b"</p:grpSp>" * 20_000 + b"</p:spTree>"),
    "sectors in a ring.xls": lambda: old_book(100_000),
    "nothing but its head.xls": lambda: old_book(0xFFFFFFFF)[:512],
    "a name that leads out.zip": lambda: packed({"../../../etc/passwd": b"x", "/etc/a.txt": b"The fee was 2%."}),
    "a thousand files of nothing.zip": lambda: packed({f"{number}.md": b"x" for number in range(5000)}),
    "archives in archives.zip": lambda: archive_of_archives(5, 10),
    "a picture of 60,000 pixels.png": lambda: picture(60_000),
}


def parsed_alone(only: list[str]) -> None:
    pool = Workers(processes=1)
    list(pool.parse_all([(Path("first.md"), b"x 1")]))
    worst = 0.0
    for name, make in KINDS.items():
        if only and not any(part in name for part in only):
            continue
        data = make()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        (outcome,) = pool.parse_all([(Path(name), data)])
        worst = max(worst, outcome.seconds)
        read = isinstance(outcome.result, Parsed)
        said = f"read, {len(outcome.result.facts)} facts" if isinstance(outcome.result, Parsed) else str(outcome.result)[:100]
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        print(f"{outcome.seconds:6.1f} s {spent:5.1f}  {len(data):10,} bytes  {name:36} {'' if read else 'refused: '}{said}", flush=True)
    pool.close()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(KINDS)} kinds, longest {worst:.1f} s, largest reader {largest:,.0f} MiB")


@dataclass(slots=True)
class Watched:
    """What the readers of a home took, looked at while they work."""

    largest: int = 0  # bytes of one reader
    longest: float = 0.0  # seconds of the processor of one reader
    fallen: set[str] = field(default_factory=set)


def watch(app: App, seen: Watched, stop: threading.Event) -> None:
    """Look at every reader twice a second, and whether each process of the home is the one that was there at first."""
    first = {process.name: process.pid for process in Supervisor(app.settings.home).status()}
    while not stop.wait(0.5):
        for process in _readers():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                seen.largest = max(seen.largest, int(fields[21]) * resource.getpagesize())
                seen.longest = max(seen.longest, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
        for process_now in Supervisor(app.settings.home).status():
            if first.get(process_now.name) != process_now.pid:
                seen.fallen.add(process_now.name)


def _readers() -> list[str]:
    """The processes that read a file now: copies of a reader, each a child of one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"finfoundry.knowledge.ingest.reader" in (folder / "cmdline").read_bytes():
                found.append(folder.name)
    return found


def queued(app: App, files: int, minutes: float) -> None:
    hostile, innocent = Principal("hostile", administrator=True), Principal("innocent", administrator=True)
    alone = waited(app, innocent, 0)
    print(f"alone in the queue: {alone:.1f} s")
    made = {name: make() for name, make in KINDS.items()}
    names = [name for _, name in zip(range(files), itertools.cycle(made), strict=False)]
    seen, stop = Watched(), threading.Event()
    watcher = threading.Thread(target=watch, args=(app, seen, stop))
    watcher.start()
    sent = [uploads.add(app.database, hostile, f"{number} {name}", made[name], "hostile", "general")
            for number, name in enumerate(names)]  # fmt: skip
    waits: list[float] = []
    until = time.monotonic() + minutes * 60
    while (
        left := sum(uploads.find(app.database, hostile, one.id).state in ("waiting", "reading") for one in sent)
    ) and time.monotonic() < until:
        waits.append(waited(app, innocent, len(waits) + 1))
        if waits[-1] == max(waits):
            print(f"  {len(sent) - left} of {len(sent)} done: an innocent file waited {waits[-1]:.1f} s", flush=True)
        time.sleep(INNOCENT_EVERY)
    stop.set()
    watcher.join()
    bound = Workers().task("", max(map(len, made.values()))).seconds
    over = int(seen.largest > MOST_MEMORY) + int(seen.longest > bound + 5)
    print(f"{len(sent) - left} of {len(sent)} hostile files of {len(made)} kinds, {len(waits)} innocent files of another user:")
    print(f"  longest wait of an innocent file {max(waits):.1f} s (alone {alone:.1f} s), median {sorted(waits)[len(waits) // 2]:.1f} s")
    print(f"  readers over their limits: {over} (largest {seen.largest / 2**20:,.0f} MiB, longest {seen.longest:.0f} s of the processor)")
    print(f"  processes of the service that fell: {len(seen.fallen)} {sorted(seen.fallen) or ''}")


def waited(app: App, who: Principal, number: int) -> float:
    """Seconds from sending an innocent file until it is in the store."""
    started = time.monotonic()
    one = uploads.add(app.database, who, f"note-{number}.md", NOTE.format(number=number).encode(), "innocent", "general")
    while (state := uploads.find(app.database, who, one.id).state) in ("waiting", "reading"):
        time.sleep(0.1)
    if state != "done":
        raise SystemExit(f"An innocent file was refused: {uploads.find(app.database, who, one.id)}")
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parse", action="store_true", help="each kind once, without the queue")
    parser.add_argument("--only", nargs="*", default=[], help="with --parse: kinds whose names hold one of these")
    parser.add_argument("--files", type=int, default=FILES, help="hostile files in the queue")
    parser.add_argument("--minutes", type=float, default=60.0, help="end then, whatever still waits")
    options = parser.parse_args()
    if options.parse:
        parsed_alone(options.only)
        return
    home = Path(tempfile.mkdtemp(prefix="ff-hostile-"))
    home.chmod(0o755)
    os.environ["FINFOUNDRY_HOME"] = str(home)
    try:
        with open_app(Settings(home=home, models=home / "none")) as app:
            queued(app, options.files, options.minutes)
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)
