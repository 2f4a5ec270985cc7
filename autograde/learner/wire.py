"""Values as bytes, between the judge and the learner's code: msgpack, never pickle.

Exact types in, exact types out. What has no plain form (an object of a class, a generator that is being
iterated) crosses as `Opaque`, its type's name and nothing else. Decoding runs no code of the sender's, and
refuses what is too large, too deep or malformed with `WireError`.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np
import torch

MAX_BYTES = 64 * 2**20
MAX_ITEMS = 1_000_000
MAX_NUMEL = 8_000_000
MAX_DEPTH = 150
TOO_MANY = f"tensors of more than {MAX_NUMEL} entries"

TUPLE, SET, FROZENSET, INT, COMPLEX, DTYPE, SIZE, TENSOR, ARRAY, GENERATOR, LENT, OPAQUE = range(1, 13)
Lend = Callable[[Any], int | None]
Borrow = Callable[[int], Any]

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
    )
}  # fmt: skip
ARRAY_KINDS = frozenset("biufc")
MERSENNE_WORDS = 624
NESTED_BYTES = 4 * MAX_BYTES
FEW_KEYS = 100


class WireError(Exception):
    """A value that can't cross, or a message that isn't one."""


@dataclass(frozen=True)
class Opaque:
    """Something that has no plain form: all that is known of it is the name of its type."""

    type_name: str

    def __repr__(self) -> str:
        return f"<an object of type {self.type_name}>"


class Encoder:
    """Turns values into bytes. `lend` gives a number to what has no plain form, or None to leave it opaque."""

    def __init__(self, lend: Lend | None = None) -> None:
        self._lend = lend
        self._depth = 0

    def encode(self, value: Any) -> bytes:
        """The bytes of `value`; WireError where it is too deep or too large."""
        self._depth = 0
        return self._pack(value)

    def _pack(self, value: Any) -> bytes:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        try:
            packed: bytes = msgpack.packb(value, default=self._extend, strict_types=True)
        except ValueError as error:
            raise WireError(str(error)) from None
        finally:
            self._depth -= 1
        if len(packed) > MAX_BYTES:
            raise WireError(f"a value of more than {MAX_BYTES // 2**20} MB")
        return packed

    def _extend(self, value: Any) -> Any:
        kind = type(value)
        if kind is tuple:
            return msgpack.ExtType(TUPLE, self._pack(list(value)))
        if kind is torch.Tensor or kind is torch.nn.Parameter:
            return self._tensor(value)
        if kind is int:
            return msgpack.ExtType(INT, _int_bytes(value))
        if kind in (set, frozenset):
            return msgpack.ExtType(SET if kind is set else FROZENSET, self._pack(list(value)))
        if kind is complex:
            return msgpack.ExtType(COMPLEX, struct.pack("<dd", value.real, value.imag))
        if kind is torch.dtype:
            return msgpack.ExtType(DTYPE, str(value).removeprefix("torch.").encode())
        if kind is torch.Size:
            return msgpack.ExtType(SIZE, self._pack(list(value)))
        if kind is torch.Generator:
            return msgpack.ExtType(GENERATOR, value.get_state().numpy().tobytes())
        if isinstance(value, np.generic):
            value = np.asarray(value)
        if type(value) is np.ndarray and value.dtype.kind in ARRAY_KINDS:
            fields = [value.dtype.str, list(value.shape), np.ascontiguousarray(value).tobytes()]
            return msgpack.ExtType(ARRAY, self._pack(fields))
        plain = _plain(value)
        if plain is not value:
            return self._extend(plain) if type(plain) in (tuple, set, frozenset) else plain
        number = self._lend(value) if self._lend is not None else None
        if number is not None:
            return msgpack.ExtType(LENT, self._pack(number))
        name = value.type_name if kind is Opaque else str(kind.__name__)
        return msgpack.ExtType(OPAQUE, name.encode("utf-8", "replace")[:80])

    def _tensor(self, value: torch.Tensor) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        plain = value.layout is torch.strided and value.device.type == "cpu" and name in DTYPES
        if not plain or value.is_conj() or value.is_neg():
            return msgpack.ExtType(OPAQUE, b"Tensor of an unusual kind")
        if value.numel() > MAX_NUMEL:
            raise WireError(TOO_MANY)
        grad = value.grad if value.is_leaf else None
        flat = storage = value.detach()
        if not flat.is_contiguous():
            span = _span(flat.shape, flat.stride())
            if span <= MAX_NUMEL:
                storage = flat.as_strided((span,), (1,))
            else:
                flat = storage = flat.contiguous()
        strides, data = list(flat.stride()), entries(storage)
        fields = [name, list(flat.shape), strides, value.requires_grad, data, grad]
        return msgpack.ExtType(TENSOR, self._pack(fields))


def entries(tensor: torch.Tensor) -> bytes:
    """The entries of a plain detached tensor, in their order."""
    if tensor.dtype is torch.bfloat16:  # numpy has none
        tensor = tensor.contiguous().view(torch.int16)
    return tensor.numpy().tobytes()


def _plain(value: Any) -> Any:
    """What an heir of Python's own types holds, by their own methods: a Counter is a dict to whom it is passed."""
    if isinstance(value, dict):
        return dict(dict.items(value))
    kinds: tuple[Any, ...] = (list, tuple, set, frozenset)
    for kind in kinds:
        if isinstance(value, kind):
            return kind(kind.__iter__(value))
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__pos__(value)
    return float.__pos__(value) if isinstance(value, float) else value


def _span(shape: torch.Size, strides: tuple[int, ...]) -> int:
    """How many entries of storage a tensor of this shape and these strides reaches over."""
    if 0 in shape:
        return 0
    return 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))


def _int_bytes(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)


class Decoder:
    """Turns bytes into values. `borrow` says what stands for a number that something was lent under."""

    def __init__(self, borrow: Borrow | None = None) -> None:
        self._borrow = borrow
        self._depth = 0
        self._numel = 0
        self._items = 0
        self._bytes = 0

    def decode(self, data: bytes) -> Any:
        """The value of `data`; WireError where it isn't well formed or is out of bounds."""
        self._depth = self._numel = self._items = self._bytes = 0
        if len(data) > MAX_BYTES:
            raise WireError(f"a message of more than {MAX_BYTES // 2**20} MB")
        return self._unpack(data)

    def _unpack(self, data: bytes) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        self._bytes += len(data)  # each level holds its own copy
        if self._bytes > NESTED_BYTES:
            raise WireError("a value that holds too much in itself")
        try:
            return msgpack.unpackb(
                data, ext_hook=self._restore, strict_map_key=False,
                max_array_len=MAX_ITEMS, max_map_len=MAX_ITEMS,
                list_hook=self._counted, object_pairs_hook=self._mapping,
            )  # fmt: skip
        except WireError:
            raise
        except Exception as error:
            # Whatever msgpack or a constructor finds wrong with hostile bytes means the same here.
            raise WireError(f"a malformed value ({type(error).__name__})") from None
        finally:
            self._depth -= 1

    def _counted(self, container: Any) -> Any:
        """Empty lists take a byte each to send, and fifty to have."""
        self._items += len(container) + 1
        if self._items > MAX_ITEMS:
            raise WireError(f"a value of more than {MAX_ITEMS} entries")
        return container

    def _mapping(self, pairs: list[Any]) -> dict[Any, Any]:
        self._counted(pairs)
        return dict(_spread(pairs, [key for key, _ in pairs]))

    def _restore(self, code: int, data: bytes) -> Any:
        if code == TUPLE:
            return tuple(self._list(data))
        if code == TENSOR:
            return self._tensor(self._list(data))
        if code == INT:
            return int.from_bytes(data, "little", signed=True)
        if code in (SET, FROZENSET):
            items = self._list(data)
            return (set if code == SET else frozenset)(_spread(items, items))
        if code == COMPLEX:
            return complex(*struct.unpack("<dd", data))
        if code == DTYPE:
            return DTYPES[data.decode()]
        if code == SIZE:
            return torch.Size(self._list(data))
        if code == GENERATOR:
            _, left, _, place = struct.unpack_from("<QiiQ", data)
            if not 0 < left <= MERSENNE_WORDS + 1 - place:  # torch would draw from beyond the state
                raise WireError("a generator in a state that none reaches")
            generator = torch.Generator()
            generator.set_state(torch.frombuffer(bytearray(data), dtype=torch.uint8))
            return generator
        if code == ARRAY:
            return self._array(self._list(data))
        if code == OPAQUE:
            return Opaque(data[:80].decode("utf-8", "replace"))
        if code == LENT and self._borrow is not None:
            return self._borrow(self._unpack(data))
        raise WireError(f"a value of unknown kind {code}")

    def _list(self, data: bytes) -> list[Any]:
        items = self._unpack(data)
        if type(items) is not list:
            raise WireError("a malformed sequence")
        return items

    def _count(self, shape: list[int]) -> int:
        numel = 1
        for size in shape:
            if type(size) is not int or size < 0:
                raise WireError("a malformed shape")
            numel *= size
        self._numel += numel
        if self._numel > MAX_NUMEL or len(shape) > 32:
            raise WireError(TOO_MANY)
        return numel

    def _tensor(self, fields: list[Any]) -> torch.Tensor:
        name, shape, strides, requires_grad, data, grad = fields
        dtype = DTYPES[name]
        numel = self._count(shape)
        if numel == 0 or not data:
            if numel:
                raise WireError("a tensor without its entries")
            tensor = torch.empty(shape, dtype=dtype)
        else:
            storage = torch.frombuffer(bytearray(data), dtype=dtype)
            if any(type(stride) is not int or stride < 0 for stride in strides) or len(strides) != len(shape):
                raise WireError("malformed strides")
            if _span(torch.Size(shape), tuple(strides)) != storage.numel():
                raise WireError("strides that don't fit the entries")
            tensor = storage.as_strided(shape, strides)
        if requires_grad is True:
            tensor.requires_grad_()
            if type(grad) is torch.Tensor:
                tensor.grad = grad
        return tensor

    def _array(self, fields: list[Any]) -> Any:
        name, shape, data = fields
        dtype = np.dtype(str(name))
        if dtype.kind not in ARRAY_KINDS:
            raise WireError("an array of an unusual dtype")
        self._count(shape)
        array = np.frombuffer(bytearray(data), dtype=dtype).reshape(shape)
        return array if shape else array[()]


def _spread(items: Any, keys: list[Any]) -> Any:
    """The items, unless their keys were chosen to share a hash: a table of such takes the square of their number."""
    if len(keys) > FEW_KEYS:
        hashes = Counter(hash(key) for key in keys if type(key) is not Opaque)  # equal ones take one place
        if max(hashes.values(), default=0) > FEW_KEYS:
            raise WireError("keys that share their hashes")
    return items


def encode(value: Any) -> bytes:
    """`value` as bytes, callables refused as opaque."""
    return Encoder().encode(value)


def decode(data: bytes) -> Any:
    """The value of `data`."""
    return Decoder().decode(data)
