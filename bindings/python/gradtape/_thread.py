"""What a thread is doing: which tapes record, and which bodies of functions are being recorded."""

from __future__ import annotations

import contextlib
import threading
from typing import Iterator

from . import _core


class Thread(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.tapes: list[_core.Tape] = []  # those that record
        self.bodies = 0  # how many bodies of functions are being recorded, one inside the other
        self.differentiates = False  # whether `grad` or its kin run a function
        self.custom_gradients = 0  # how many functions with gradients of their own have been called


thread = Thread()


@contextlib.contextmanager
def recording(tape: _core.Tape) -> Iterator[_core.Tape]:
    """The tape, which records until the block ends."""
    thread.tapes.append(tape)
    try:
        yield tape
    finally:
        thread.tapes.remove(tape)
        tape.end()


@contextlib.contextmanager
def unrecorded() -> Iterator[None]:
    """What runs in the block is recorded on none of the tapes that record now."""
    paused = list(thread.tapes)
    for tape in paused:
        tape.stop()
    try:
        yield
    finally:
        for tape in paused:
            tape.resume()


@contextlib.contextmanager
def differentiating(whether: bool = True) -> Iterator[None]:
    """In the block NumPy's functions on tensors are those of gradtape, or not: see `_numpy`."""
    around, thread.differentiates = thread.differentiates, whether
    try:
        yield
    finally:
        thread.differentiates = around
