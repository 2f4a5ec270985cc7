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
        # Our own sender fills each packet but a message's last: anything else is somebody's own writing.
        parts = [self._packet()]
        if len(parts[0]) < HEADER.size:
            raise WireError("a message without its length")
        length = HEADER.size + HEADER.unpack_from(parts[0])[0]
        if length > MAX_BYTES + HEADER.size:
            raise WireError(f"a message of more than {MAX_BYTES // 2**20} MB")
        there = len(parts[0])
        while there < length and len(parts[-1]) == PACKET_BYTES:
            parts.append(self._packet())
            there += len(parts[-1])
        if there != length:
            raise WireError("a message of another length than it says")
        return b"".join(parts)[HEADER.size :]

    def _packet(self) -> bytes:
        while True:
            if self._wait is not None:
                self._wait(select.POLLIN)
            try:
                packet = os.read(self.descriptor, PACKET_BYTES)
            except ConnectionResetError:
                raise Closed from None
            except BlockingIOError:
                continue  # nothing there after all
            if not packet:
                raise Closed
            return packet
