"""``python -m finfoundry.demo``: the tour."""

import sys

from finfoundry.demo.tour import main

sys.exit(main())
