"""Times beside a unit, and numbers of telephones: neither is a figure that was lost."""

from __future__ import annotations

import pytest

from finfoundry.knowledge.balance import cell_forms as forms


@pytest.mark.parametrize("text", ["31 December 2024 USD", "2022 $ million 2023", "Dec. 31, 2024 (EUR million)", "2024年12月31日 万元"])
def test_times_beside_a_unit_are_times_alone(text: str) -> None:
    assert forms.names_times_alone(text)


@pytest.mark.parametrize("text", ["12,345 USD", "1.5 million in 2024", "2024 target 15", "15 USD", "7.5 % Notes due 2031"])
def test_a_figure_beside_a_year_or_a_unit_is_no_time(text: str) -> None:
    assert not forms.names_times_alone(text)


@pytest.mark.parametrize("text", ["+41 78 698 69 40", "+1 847 204 2319", "+61 448 881 174", "+44-20-7946-0958", "1-434", "0-12345"])
def test_a_telephone_or_the_number_of_a_file_is_a_code(text: str) -> None:
    assert forms.is_code(text)


@pytest.mark.parametrize("text", ["+1 234", "+1 234 567", "1 234 567 890", "+12.5", "+3", "5-100", "1-5", "12-15"])
def test_a_rise_or_a_range_is_no_code(text: str) -> None:
    assert not forms.is_code(text)
