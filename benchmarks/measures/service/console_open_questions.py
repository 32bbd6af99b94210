"""Open questions on a filing that the product has not read, as a new user asks them on the page: sign in, drop the file, ask.

    python benchmarks/service.py console-open-questions FILING QUESTIONS.txt [--show]

QUESTIONS has a question a line. A server of its own in a temporary home, with the models that the home of the settings pulled; no word is
written by the base model, whose states are read where it is there (``FINFOUNDRY_STATE_READER=off``: not). Each question ends in sentences
with their places, or in closest passages; each place is opened as a click on it would. Counted are the questions that end so, and those
that are left with nothing to go on with (a place that does not open counts as none).
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
from tests.server.conftest import serving

from finfoundry.app import App, open_app
from finfoundry.base.catalogue import models_folder
from finfoundry.base.state_reader import state_reader
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.machine import read_settings
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.service.state import Limits

PLACE = re.compile(r'<a class="(?:passage|figure|marker)" data-evidence href="([^"]+)"')
STATUS = re.compile(r'<span class="status (answered|clarify|withheld|refused|not_permitted|no_evidence)">')
ANSWER = re.compile(r'<p class="answer">(.*?)</p>', re.DOTALL)


@dataclass(frozen=True)
class Ended:
    """How one question ended: its status, what is told, how many of its places open, in how many seconds."""

    question: str
    status: str
    told: str
    opened: int
    seconds: float

    @property
    def ends(self) -> bool:
        """Whether there is something to go on with."""
        return self.opened > 0


@contextmanager
def served() -> Iterator[tuple[str, App]]:
    own, home = read_settings(), Path(tempfile.mkdtemp(prefix="ff-open-"))
    home.chmod(0o755)
    os.environ["FINFOUNDRY_HOME"] = str(home)
    try:
        (home / "models").symlink_to(models_folder(own).absolute())
        settings = Settings(home=home, engine="scripted", state_reader=own.state_reader)
        state_reader(settings)  # put together before the first question, as `finfoundry pull` does
        with open_app(settings) as app, serving(app, Limits(deadline=120)) as url:
            yield url, app
    finally:
        Supervisor(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def bring(client: httpx.Client, filing: Path) -> None:
    """Drop the file and wait until it is read."""
    data, name = filing.read_bytes(), filing.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    sent = client.post("/v1/documents", files={"file": (name, data)}, data={"collection": "default", "label": "general"}).raise_for_status()
    told = client.get(f"/v1/uploads/{sent.json()['id']}/events").raise_for_status().text
    assert '"done"' in told, told[-500:]


def asked(client: httpx.Client, question: str) -> Ended:
    """One question in a conversation of its own, and a click on each of its places."""
    begun = time.monotonic()
    page = client.post("/console/ask", data={"question": question}).raise_for_status().text
    seconds = time.monotonic() - begun
    places = list(dict.fromkeys(unescape(place) for place in PLACE.findall(page)))
    opened = sum(client.get(place, headers={"X-Fragment": "1"}).status_code == 200 for place in places)
    status, told = STATUS.search(page), ANSWER.search(page)
    words = unescape(re.sub(r"<[^>]+>", "", told[1])) if told else ""
    return Ended(question, status[1] if status else "none", " ".join(words.split()), opened, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filing", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--show", action="store_true", help="print what each question was told")
    wanted = parser.parse_args()
    questions = [line.strip() for line in wanted.questions.read_text("utf-8").splitlines() if line.strip()]
    with served() as (url, app):
        key = ApiKeys(app.database).create(app.administrator, "new", scopes=("read", "write")).key
        app.policy.add_grant(app.administrator, "new", "general", write=True)
        with httpx.Client(base_url=url, headers={"Accept": "text/html", "Origin": url}, timeout=1800) as client:
            assert client.post("/console/login", data={"key": key}).status_code == 303
            bring(client, wanted.filing)
            app.store.embed_pending()
            ended = [asked(client, question) for question in questions]
    for one in ended:
        print(f"{one.status:12} {one.opened:2} places open, {one.seconds:5.1f} s  {one.question}")
        if wanted.show:
            print(f"             {one.told[:600]}")
    answered = sum(one.status == "answered" for one in ended)
    print(f"{sum(one.ends for one in ended)} of {len(ended)} end in sentences or in passages that open; {answered} are answered")
    raise SystemExit(not all(one.ends for one in ended))
