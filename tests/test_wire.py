"""Values cross the wire as they are, or not at all."""

from __future__ import annotations

import pickle
import struct
from collections import Counter, defaultdict, namedtuple
from typing import Any

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograde.learner import wire
from autograde.learner.wire import Opaque, WireError, decode, encode
from autograde.strategies import shapes, tensors

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary(max_size=20)
)
KEYS = st.integers() | st.text() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
    ),
    max_leaves=12,
)


def same(a: object, b: object) -> bool:
    """Equal in value and type, all the way down; nan equals nan."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b or (a != a and b != b)


@given(VALUES)
def test_plain_values_arrive_with_their_exact_types(value: object) -> None:
    assert same(decode(encode(value)), value)


@given(
    tensors(shapes((0, 4), 0, 4)),
    st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool, torch.complex64, torch.bfloat16]),
    st.booleans(),
)
def test_tensors_arrive_with_values_dtype_and_strides(
    x: torch.Tensor, dtype: torch.dtype, grad: bool
) -> None:
    x = x.to(dtype).requires_grad_(grad and dtype.is_floating_point)
    y = decode(encode(x))
    assert torch.equal(x, y)
    assert (y.dtype, y.requires_grad) == (x.dtype, x.requires_grad)
    assert 0 in x.shape or y.stride() == x.stride()


def test_an_expanded_tensor_is_sent_as_the_entries_it_has() -> None:
    wide = torch.ones(1, 1).expand(1000, 1000)
    data = encode(wide)
    assert len(data) < 200
    assert decode(data).stride() == (0, 0)


def test_a_generator_goes_on_where_it_was() -> None:
    generator = torch.Generator().manual_seed(5)
    torch.randn(7, generator=generator)
    copy = decode(encode(generator))
    assert torch.equal(torch.randn(9, generator=copy), torch.randn(9, generator=generator))


@pytest.mark.parametrize(
    "array", [np.arange(6).reshape(2, 3).T, np.float32(1.5), np.zeros((0, 2)), np.array(True)]
)
def test_numpy_values_arrive(array: np.ndarray) -> None:
    copy = decode(encode(array))
    assert np.array_equal(copy, array)
    assert copy.dtype == array.dtype


def test_an_object_of_a_class_arrives_as_its_type_name_only() -> None:
    class Spy:
        def __reduce__(self) -> object:
            raise AssertionError("asked to pickle itself")

        def __repr__(self) -> str:
            raise AssertionError("asked to show itself")

        def __eq__(self, other: object) -> bool:
            raise AssertionError("asked to compare itself")

    arrived = decode(encode([Spy()]))
    assert type(arrived[0]) is Opaque
    assert arrived[0].type_name == "Spy"


class Liar(int):
    """Says something else than it holds, whoever asks."""

    def __repr__(self) -> str:
        return "7"

    __str__ = __repr__

    def __int__(self) -> int:
        return 7

    __pos__ = __index__ = __int__


class Hollow(dict[str, int]):
    """Holds something and shows nothing."""

    def items(self) -> Any:
        return []

    def __iter__(self) -> Any:
        return iter(())


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Counter("AAC"), {"A": 2, "C": 1}),
        (defaultdict(list, {1: [Counter("G")]}), {1: [{"G": 1}]}),
        (namedtuple("Pair", "a b")(1, [2]), (1, [2])),
        (type("Text", (str,), {})("ACGT"), "ACGT"),
        (type("Share", (float,), {})(-0.0), -0.0),
        (type("Names", (set,), {})({1}), {1}),
        (Liar(3), 3),
        (Hollow(a=1), {"a": 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_heir_of_a_plain_type_arrives_as_what_it_holds(value: Any, arrives: Any) -> None:
    came = decode(encode([value]))[0]
    assert (type(came), repr(came)) == (type(arrives), repr(arrives))


def test_a_subclassed_tensor_is_opaque() -> None:
    class Sneaky(torch.Tensor):
        pass

    assert type(decode(encode(torch.ones(2).as_subclass(Sneaky)))) is Opaque


@given(st.binary(max_size=200))
def test_any_bytes_either_decode_or_are_refused_in_words(data: bytes) -> None:
    try:
        decode(data)
    except WireError as error:
        assert str(error)


@pytest.mark.parametrize("code", range(1, 13))
@given(st.binary(max_size=60))
def test_malformed_bytes_of_every_kind_are_refused(code: int, data: bytes) -> None:
    try:
        decode(msgpack.packb(msgpack.ExtType(code, data)))
    except WireError as error:
        assert str(error)


def tensor_message(shape: list, strides: list, data: bytes) -> bytes:
    return msgpack.packb(
        msgpack.ExtType(wire.TENSOR, msgpack.packb(["float32", shape, strides, False, data, None]))
    )


@pytest.mark.parametrize(
    ("shape", "strides", "data"),
    [
        ([10**9, 10**9], [0, 0], b"abcd"),
        ([3000, 3000], [0, 0], b"abcd"),
        ([2], [1], b"abcd"),
        ([1], [-1], b"abcd"),
        ([-1], [1], b"abcd"),
        ([2**63], [1], b"abcd"),
        ([2, 2], [1], b"abcdefgh" * 2),
        ([2], [1], b""),
        (["2"], [1], b"abcdefgh"),
    ],
)
def test_a_tensor_that_is_larger_than_it_may_be_or_than_its_bytes_is_refused(
    shape: list, strides: list, data: bytes
) -> None:
    with pytest.raises(WireError):
        decode(tensor_message(shape, strides, data))


def test_a_value_nested_without_end_is_refused_on_both_sides() -> None:
    deep: tuple = ()
    for _ in range(1000):
        deep = (deep,)
    with pytest.raises(WireError):
        encode(deep)
    data = msgpack.packb([])
    for _ in range(300):
        data = msgpack.packb(msgpack.ExtType(wire.TUPLE, msgpack.packb([msgpack.ExtType(wire.TUPLE, data)])))
        if len(data) > 10**5:
            break
    with pytest.raises(WireError):
        decode(data)


def test_a_pickle_is_not_read() -> None:
    with pytest.raises(WireError):
        decode(pickle.dumps([1, 2], protocol=4))


def test_a_function_crosses_only_where_it_is_lent() -> None:
    assert type(decode(encode(len))) is Opaque
    lent = []
    data = wire.Encoder(lambda function: lent.append(function) or 7).encode([len])
    assert wire.Decoder(lambda number: f"borrowed {number}").decode(data) == ["borrowed 7"]
    assert lent == [len]
    with pytest.raises(WireError):
        decode(data)


@pytest.mark.parametrize("make", [lambda keys: dict.fromkeys(keys, 0), set, frozenset])
def test_keys_that_share_their_hashes_are_refused_before_a_table_is_made_of_them(make: Any) -> None:
    shared = [number * (2**61 - 1) for number in range(wire.FEW_KEYS + 2)]
    with pytest.raises(WireError, match="share their hashes"):
        decode(encode(make(shared)))
    assert decode(encode(make(range(5000)))) == make(range(5000))


@pytest.mark.parametrize("place", [1, 624])
def test_a_generator_that_would_draw_from_beyond_its_state_is_refused(place: int) -> None:
    generator = torch.Generator().manual_seed(5)
    torch.randn(7, generator=generator)
    state = bytearray(generator.get_state().numpy().tobytes())
    struct.pack_into("<i", state, 8, 600)
    struct.pack_into("<Q", state, 16, 25)
    assert decode(msgpack.packb(msgpack.ExtType(wire.GENERATOR, bytes(state)))).get_state().numel()
    struct.pack_into("<i", state, 8, 625 - place + 1)
    struct.pack_into("<Q", state, 16, place)
    with pytest.raises(WireError, match="state"):
        decode(msgpack.packb(msgpack.ExtType(wire.GENERATOR, bytes(state))))


def test_what_is_nested_is_held_a_few_times_only() -> None:
    value: Any = bytes(8 * 2**20)
    for _ in range(60):
        value = msgpack.ExtType(wire.TUPLE, msgpack.packb([value]))
    with pytest.raises(WireError, match="too much in itself"):
        decode(msgpack.packb(value))


def test_many_empty_containers_are_refused_before_they_take_memory() -> None:
    for empty in ([], {}):
        with pytest.raises(WireError, match="entries"):
            decode(msgpack.packb([[empty] * 300_000] * 4))
