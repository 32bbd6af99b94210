"""Whether the name of a part in a question is that of a row."""

from __future__ import annotations

import pytest

from finfoundry.ask.compute.breakdown_rows import same_name


@pytest.mark.parametrize(
    ("printed", "said", "same"),
    [
        ("公司银行业务", "公司银行业务分部", True), ("公司银行", "公司银行业务板块", True), ("个人银行业务", "公司银行业务分部", False),
        ("业务", "分部", False), ("Parcel", "Parcel", True),
    ],
)  # fmt: skip
def test_words_for_a_kind_of_part_behind_its_name_say_nothing(printed: str, said: str, same: bool) -> None:
    assert same_name(printed, said) is same
