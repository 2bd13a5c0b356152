"""A line of progress for derivatives that take longer than a second."""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Optional, TextIO, Union

Progress = Union[None, bool, Callable[[int, int], Any]]


class Bar:
    """Called with (done, total) between the parts of a computation, it keeps a line on `stream` up to date.

    Nothing is written in the first `delay` seconds, so that short computations stay silent.
    """

    def __init__(self, title: str, stream: Optional[TextIO] = None, delay: float = 1.0) -> None:
        self._title, self._stream, self._delay = title, stream or sys.stderr, delay
        self._begin = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        seconds = time.monotonic() - self._begin
        if seconds < self._delay or total <= 0:
            return
        filled = 24 * done // total
        left = seconds * (total - done) / max(done, 1)
        line = f"{self._title} [{'#' * filled}{'.' * (24 - filled)}] {done}/{total}, {seconds:.0f} s, {left:.0f} s left"
        self._stream.write("\r" + line)
        self._stream.flush()
        self._shown = True

    def close(self) -> None:
        """Ends the line, where there is one."""
        if self._shown:
            self._stream.write("\n")
            self._stream.flush()
            self._shown = False


def watched(progress: Progress, title: str, derive: Callable[[Any], Any]) -> Any:
    """derive(function), with the caller's function, or with a Bar where progress is True."""
    if progress is not True:
        return derive(progress or None)
    bar = Bar(title)
    try:
        return derive(bar)
    finally:
        bar.close()
