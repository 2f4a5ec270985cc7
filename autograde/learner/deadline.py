"""Stopping a call that doesn't come back, in this process, on every system."""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autograde.learner import LearnerStopped

REPEAT_SECONDS = 0.5
SOON_SECONDS = 0.001


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise LearnerStopped in this thread once `seconds` have passed, and again until it is heeded."""
    on_main_thread = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and on_main_thread:
        with _by_alarm(seconds):
            yield
    else:
        with _watchdog.watching(seconds):
            yield


@contextmanager
def _by_alarm(seconds: float) -> Iterator[None]:
    """By a timer signal: it also ends a sleep, which a raised exception alone would not."""

    def stop(_number: int, frame: FrameType | None) -> None:
        if _collecting_garbage(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON_SECONDS, REPEAT_SECONDS)
            return
        raise LearnerStopped(f"did not return within {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _collecting_garbage(frame: FrameType | None) -> bool:
    """Whether a callback of the garbage collector was interrupted: what is raised there is warned of and lost."""
    callbacks = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None and frame.f_code not in callbacks:
        frame = frame.f_back
    return frame is not None


class _Watchdog:
    """By another thread, where there is no timer signal: one thread for all calls, started at the first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: float | None = None
        self._target = 0
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, seconds: float) -> Iterator[None]:
        self._set(time.monotonic() + seconds)
        try:
            yield
        finally:
            self._set(None)

    def _set(self, due: float | None) -> None:
        with self._changed:
            self._due, self._target = due, threading.get_ident()
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True, name="deadline")
                self._thread.start()
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while True:
                if self._due is None:
                    self._changed.wait()
                elif (left := self._due - time.monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    _raise_in(self._target)
                    self._due = time.monotonic() + REPEAT_SECONDS


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(LearnerStopped))


_watchdog = _Watchdog()
