"""One row scored over HTTP with reasons and audit, and in process beside it, on data made here.

python benchmarks/specialists.py http
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn

from finfoundry.app import open_app
from finfoundry.demo.specialists import bring_into_use
from finfoundry.governance.api_keys import ApiKeys
from finfoundry.runtime.settings import Settings
from finfoundry.runtime.supervisor import Supervisor
from finfoundry.server.application import create
from finfoundry.specialists.inputs.made_data import loans
from finfoundry.specialists.models.specialist import TrainingRequest
from finfoundry.usecases.given_data import Given
from finfoundry.usecases.run_specialist import Desk
from measures import described

ROWS, PORT = 400, 18997


def main() -> None:
    described(__doc__).parse_args()
    home = Path(tempfile.mkdtemp(prefix="ff-", dir="/tmp"))  # short: PostgreSQL's socket lies in it
    home.chmod(0o755)
    try:
        with open_app(Settings(home=home)) as app:
            desk = Desk(app)
            table = loans(3000, seed=1)
            table.to_csv(home / "loans.csv", index=False)
            asked = TrainingRequest(
                "credit", str(home / "loans.csv"), "default", id="id", budget=2
            )  # how well it is trained does not matter here
            desk.train(app.administrator, asked, home / "models" / "loans", Given(home / "loans.csv"))
            app.policy.add_user(app.administrator, "bob")
            bring_into_use(desk, home / "models" / "loans", Given(home / "loans.csv"))
            key = ApiKeys(app.database).create(app.administrator, "ana", scopes=("read", "write", "admin")).key
            server = uvicorn.Server(uvicorn.Config(create(app), port=PORT, log_level="warning"))
            threading.Thread(target=server.run, daemon=True).start()
            while not server.started:
                time.sleep(0.05)
            plain = table.drop(columns="default").astype(object)
            rows = plain.where(plain.notna(), None).to_dict("records")[:ROWS]
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", headers={"Authorization": f"Bearer {key}"}) as client:
                told("over HTTP, audited, with reasons", rows, lambda row: client.post("/v1/specialists/loans/score", json={"row": row}))
            told("in process, audited", rows, lambda row: desk.serve(app.administrator, "loans", [row], reasons=True))
            server.should_exit = True
    finally:
        Supervisor(home).stop()


def told(name: str, rows: list[dict[Any, Any]], act: Callable[[dict[Any, Any]], Any]) -> None:
    for row in rows[:20]:
        act(row)
    seconds, worked = [], time.process_time()
    for row in rows:
        started = time.perf_counter()
        act(row)
        seconds.append(time.perf_counter() - started)
    each = (time.process_time() - worked) / len(rows)
    quantiles = ", ".join(f"p{share:.0%} {np.quantile(seconds, share) * 1e3:.2f} ms".replace("%", "") for share in (0.05, 0.5, 0.95))
    print(f"{name}: {quantiles}; {each * 1e3:.2f} ms of the processor in this process")
