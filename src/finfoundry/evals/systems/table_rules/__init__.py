"""The system ``table-rules``: TAT-QA's given table read by rows, columns and a calculator, the model for the rest.

It is measured, not served: no path of the product calls it, so its figures are never those of the product.
"""

from __future__ import annotations
