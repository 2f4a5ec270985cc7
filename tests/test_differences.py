"""Numbers are compared as what they are: harmless variety is no difference, and another kind is one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograde.differences import difference


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (torch.tensor(1), 1),
        (torch.tensor(1, dtype=torch.int32), 1),
        (np.int64(1), 1),
        (torch.tensor(1), 1.0),
        (1, 1.0),
        (torch.tensor(0.5), 0.5),
        (np.float32(0.5), 0.5),
        ((1, 2), [1, 2]),
        (float("nan"), float("nan")),
        (torch.ones(2, dtype=torch.float64), torch.ones(2)),
    ],
)
def test_harmless_variety_is_no_difference(got: Any, expected: Any) -> None:
    assert difference(got, expected, None, None) is None


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (torch.tensor(3), 1, "off by 2"),
        (torch.tensor(1.0), 1, "a whole number was asked for, this is a tensor of shape (), float32"),
        (torch.tensor(True), 1, "a whole number was asked for, this is a tensor of shape (), bool"),
        (1.0, 1, "a whole number was asked for, this is a float"),
        (True, 1, "a number was asked for, this is a bool"),
        (torch.tensor([1]), 1, "a single number was asked for, this is a tensor of shape (1,), int64"),
        (torch.tensor(2), 1.5, "2 where 1.5 is right"),
        ("1", 1, "a number was asked for, this is a str"),
        (None, 1, "a number was asked for, this is None"),
        (torch.ones(2, 1), torch.ones(2), "shape (2,) was asked for, this is (2, 1)"),
        (torch.ones(2), torch.ones(2, dtype=torch.int64), "integer entries were asked for, this is"),
    ],
)
def test_another_number_and_another_kind_are_told(got: Any, expected: Any, sentence: str) -> None:
    assert (difference(got, expected, None, None) or "").startswith(sentence)
