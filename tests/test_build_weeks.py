"""The committed weeks: what learners have is what its source gives. A test a week, which the cores share out."""

from __future__ import annotations

import pytest
from tiny_week import REPOSITORY

from autograde.build import check_up_to_date
from autograde.places import Kit, week_names


@pytest.mark.parametrize("week", week_names(REPOSITORY / "solutions"))
def test_the_learners_part_of_a_week_is_what_its_source_gives(week: str) -> None:
    assert check_up_to_date([week], Kit(REPOSITORY)) == []
