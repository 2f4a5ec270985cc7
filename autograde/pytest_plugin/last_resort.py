"""The end of what nothing else ends."""

from __future__ import annotations

import faulthandler
import math
import os
import time

LAST_RESORT_SECONDS = 60.0


class LastResort:
    """Ends the process with a traceback that names the line, where no signal helps: nothing stops 10**10**9."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._armed = -math.inf

    def arm(self, more: float = 0.0) -> None:
        """From now on a minute is left, or more. Setting the clock costs 2 ms, so it isn't done at every turn."""
        now = time.monotonic()
        if self._descriptor >= 0 and (more or now - self._armed > LAST_RESORT_SECONDS / 6):
            faulthandler.dump_traceback_later(LAST_RESORT_SECONDS + more, exit=True, file=self._descriptor)
            self._armed = now

    def close(self) -> None:
        """Disarm, for good."""
        self.disarm()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def disarm(self) -> None:
        """There is all the time in the world."""
        if self._armed > -math.inf:
            faulthandler.cancel_dump_traceback_later()
            self._armed = -math.inf
