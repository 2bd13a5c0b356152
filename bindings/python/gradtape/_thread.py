"""The state of a thread: the tapes that record, and the bodies of functions under recording."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Iterator, Optional

from . import _core


class Transform:
    """A run of a function that `grad` or its kin differentiate: its persistent tape, and the sources."""

    def __init__(self, tape: _core.Tape, sources: list[_core.Tensor]) -> None:
        self.tape, self.sources = tape, sources
        self.bodies = thread.bodies  # around it: its tape sees nothing of those further in
        self.warned: set[tuple[str, int]] = set()  # lines of which `_reading` has warned


class Thread(threading.local):
    """The state of one thread."""

    def __init__(self) -> None:
        self.bodies = 0  # how many bodies of functions are being recorded, one inside the other
        self.samples = 0  # how many functions of samples run in a `vmap`, one inside the other
        self.tapes: dict[_core.Tape, int] = {}  # those that record, each with the bodies around it
        self.transforms: Optional[tuple[Transform, ...]] = None  # those that run; None: no `grad` nor its kin
        self.checks_finite = self.checks_sparse = False  # see `set_checks`
        self.called_again: dict[Any, Any] = {}  # custom gradients that a check has called, with their grad_fn
        self.custom_gradients = 0  # how many functions with gradients of their own have been called


thread = Thread()


@contextlib.contextmanager
def recording(tape: _core.Tape) -> Iterator[_core.Tape]:
    """The tape, which records until the block ends."""
    thread.tapes[tape] = thread.bodies
    try:
        yield tape
    finally:
        del thread.tapes[tape]
        tape.end()


@contextlib.contextmanager
def unrecorded() -> Iterator[None]:
    """The tapes that record now do not record ops in the block."""
    paused = [tape for tape, bodies in thread.tapes.items() if bodies == thread.bodies]  # no others see it
    for tape in paused:
        tape.stop()
    try:
        yield
    finally:
        for tape in paused:
            tape.resume()


@contextlib.contextmanager
def body() -> Iterator[None]:
    """The block is the body of a function that is being recorded."""
    thread.bodies += 1
    try:
        yield
    finally:
        thread.bodies -= 1


@contextlib.contextmanager
def sample() -> Iterator[None]:
    """The block is the function of a `vmap`. Unlike a body the tapes around see its ops."""
    thread.samples += 1
    try:
        yield
    finally:
        thread.samples -= 1


def differentiating(
    tape: Optional[_core.Tape] = None, sources: Optional[list[_core.Tensor]] = None
) -> contextlib.AbstractContextManager[None]:
    """In the block NumPy's functions on tensors are those of gradtape (see `_numpy`). Values that depend on the
    sources of a persistent tape are guarded (see `_reading`).
    """
    here = () if tape is None else (Transform(tape, sources or []),)
    return _among((thread.transforms or ()) + here)


def undifferentiated() -> contextlib.AbstractContextManager[None]:
    """In the block values are read, by NumPy's functions too, as where no function is differentiated."""
    return _among(None)


@contextlib.contextmanager
def _among(transforms: Optional[tuple[Transform, ...]]) -> Iterator[None]:
    around = thread.transforms
    thread.transforms = transforms
    _core._check_readings(bool(transforms))
    try:
        yield
    finally:
        thread.transforms = around
        _core._check_readings(bool(around))
