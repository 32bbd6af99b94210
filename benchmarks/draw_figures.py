"""Twenty figures of real answers, each with its box drawn on the page image, on one sheet to look at.

    python benchmarks/draw_figures.py ANSWERS.jsonl PDF_FOLDER OUT.png [--count 20] [--seed 0]

``ANSWERS.jsonl`` is the output of ``finfoundry ask --batch``. Prints which figure is which.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

SCALE = 1.6  # pixels a point
WIDTH, HEIGHT = 620, 92  # of a strip, in pixels
AROUND = 26  # points above and below the box


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = [item for line in options.answers.read_text("utf-8").splitlines() for item in placed(json.loads(line))]
    chosen = random.Random(options.seed).sample(found, min(options.count, len(found)))
    sheet = Image.new("RGB", (WIDTH * 2, HEIGHT * ((len(chosen) + 1) // 2)), "white")
    for number, (text, place) in enumerate(chosen):
        sheet.paste(strip(options.folder, place, f"{number + 1}: {text}"), ((number % 2) * WIDTH, (number // 2) * HEIGHT))
        print(f"{number + 1:2} {text:>20}  {place['document']['name']} p. {place['page']}  {place['quote'][:70]}")
    sheet.save(options.out)


def placed(answer: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of an answer that were read from a cell or a span, operands included, with their citations."""
    citations = {citation["marker"]: citation for citation in answer["citations"]}
    pending = list(answer["figures"])
    while pending:
        figure = pending.pop()
        reference = figure["reference"]
        pending.extend((reference["operands"] or {}).values())
        citation = citations.get(reference["citation"])
        if citation and citation["box"]:
            yield reference["text"], citation


def strip(folder: Path, place: dict[str, Any], title: str) -> Image.Image:
    page = pypdfium2.PdfDocument(folder / place["document"]["name"])[place["page"] - 1]
    picture: Image.Image = page.render(scale=SCALE).to_pil().convert("RGB")
    x0, y0, x1, y1 = (value * SCALE for value in place["box"])
    ImageDraw.Draw(picture).rectangle((x0 - 2, y0 - 2, x1 + 2, y1 + 2), outline="red", width=2)
    right = min(picture.width, int(x1) + 40)
    cut = picture.crop((max(0, right - WIDTH), int(y0 - AROUND * SCALE / 2), right, int(y1 + AROUND * SCALE / 2)))
    whole = Image.new("RGB", (WIDTH, HEIGHT), "white")
    whole.paste(cut, (0, 16))
    ImageDraw.Draw(whole).text((4, 2), title, fill="blue")
    return whole


if __name__ == "__main__":
    main()
