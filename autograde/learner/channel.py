"""Frames over one end of a socket pair, cut to packets: four bytes of length, then so many bytes."""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable

from autograde.learner.wire import MAX_BYTES, WireError

HEADER = struct.Struct("<I")
PACKET_BYTES = 2**16  # from 128 KB up each buffer would be mapped anew, which costs more than all the rest


class Closed(Exception):
    """The other side is gone."""


class Channel:
    """Whole messages over a file descriptor, with plain read and write only (as sealing allows).

    `wait` is called with the event to wait for (`select.POLLIN`, `POLLOUT`) before anything that may block, each
    time: half a message is no reason to wait for ever. Without it the descriptor blocks.
    """

    def __init__(self, descriptor: int, wait: Callable[[int], None] | None = None) -> None:
        self.descriptor = descriptor
        self._wait = wait
        self._ahead = b""

    def send(self, message: bytes) -> None:
        """Send one message; Closed when nobody reads any more."""
        frame = memoryview(HEADER.pack(len(message)) + message)
        while frame:
            try:
                frame = frame[os.write(self.descriptor, frame[:PACKET_BYTES]) :]
            except (BrokenPipeError, ConnectionResetError):
                raise Closed from None
            except BlockingIOError:
                if self._wait is None:
                    raise
                self._wait(select.POLLOUT)

    def receive(self) -> bytes:
        """Wait for one message; Closed at the end, WireError when it says it is too large."""
        (length,) = HEADER.unpack(self._exactly(HEADER.size))
        if length > MAX_BYTES:
            raise WireError(f"a message of more than {MAX_BYTES // 2**20} MB")
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        parts = [self._ahead]
        there = len(self._ahead)
        while there < length:
            if self._wait is not None:
                self._wait(select.POLLIN)
            try:
                # More than is asked for, so that header and message come with one call.
                part = os.read(self.descriptor, PACKET_BYTES)
            except ConnectionResetError:
                raise Closed from None
            except BlockingIOError:
                continue  # nothing there after all
            if not part:
                raise Closed
            parts.append(part)
            there += len(part)
        data = b"".join(parts)
        self._ahead = data[length:]
        return data[:length]
