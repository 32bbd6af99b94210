"""``python -m finfoundry.demo``: the tour. ``python -m finfoundry.demo FILE``: its report alone, to try things with."""

import sys
from pathlib import Path

from finfoundry.demo.report import annual_report
from finfoundry.demo.tour import main

if len(sys.argv) > 1:
    Path(sys.argv[1]).write_bytes(annual_report().data)
    sys.exit(0)
sys.exit(main())
