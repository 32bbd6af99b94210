"""Under which names a reader may ask for a report: with and without the legal form, and in both languages where the cover gives both."""

import pytest

from finfoundry.core.document import Block, Document, Page
from finfoundry.knowledge.facts.profile import read_profile


def covered(*lines: str) -> Document:
    page = Page(1, 595, 842, [Block("paragraph", line) for line in lines])
    return Document("report.pdf", "", "application/pdf", 0, [page])


@pytest.mark.parametrize(
    ("lines", "entity", "aliases"),
    [
        (
            ("Annual Report 2024", "Northern Quay Group Co., Ltd."),
            "Northern Quay Group Co., Ltd.",
            {"Northern Quay Group", "Northern Quay"},
        ),
        (("Harbour Works plc", "Annual Report 2024"), "Harbour Works plc", {"Harbour Works"}),
        (("Ample, Inc.", "Annual Report 2024"), "Ample, Inc.", {"Ample"}),
        (
            ("青石银行股份有限公司", "Bluestone Bank Co., Ltd.", "2024年年度报告", "本报告以中文和英文编制，两种文本有差异时以中文为准。"),
            "青石银行股份有限公司",
            {"青石银行", "Bluestone Bank Co., Ltd.", "Bluestone Bank"},
        ),
    ],
)
def test_names(lines: tuple[str, ...], entity: str, aliases: set[str]) -> None:
    profile, _ = read_profile(covered(*lines))
    assert profile.entity == entity
    assert aliases <= set(profile.aliases)
    assert entity not in profile.aliases
