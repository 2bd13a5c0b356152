"""Values that leave gradtape while a function is differentiated: an error, or a warning.

Inside `grad` and its kin an array or a number made of a tensor that depends on the arguments is a constant. So a
part of the derivative would be missing without a word. Arrays that NumPy, SciPy, a buffer or DLPack take by
themselves are refused there; `float()` and its callers warn. `.numpy()`, `.item()`, `.tolist()`, printing
and comparing ask for a value by name, and are allowed. Under a GradientTape alone every read is allowed, as in
TensorFlow.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any, Optional

from . import _core
from ._thread import Transform, thread, unrecorded
from .errors import DetachedValueError, FailedPreconditionError

_PACKAGE = os.path.dirname(__file__) + os.sep


class DetachedValueWarning(UserWarning):
    """Inside `grad` and its kin a tensor became a number of Python's, through which no derivative passes."""


def lost(reader: str) -> DetachedValueError:
    """The error for values that `reader` would take as constants."""
    return DetachedValueError(
        f"{reader} reads the values of a tensor, and the derivative would be lost; use gradtape's function of the "
        "same name, or x.numpy() or gt.stop_gradient(x) where a constant is meant"
    )


def is_differentiated(value: Any) -> bool:
    """Whether a tensor among the arguments depends on a source of a running `grad`, or kin."""
    if isinstance(value, _core.Tensor):
        return _transform_of(value) is not None
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    return any(map(is_differentiated, value))


def _transform_of(tensor: _core.Tensor) -> Optional[Transform]:
    """The outermost of the transforms by whose sources the tensor has a derivative."""
    if not thread.transforms or not tensor.dtype.is_floating:
        return None
    try:
        probe = _core.op("identity")(tensor)
    except FailedPreconditionError:
        return None  # a tensor of another thread
    return next((t for t in thread.transforms if _depends(t, tensor, probe)), None)


def _depends(transform: Transform, tensor: _core.Tensor, probe: _core.Tensor) -> bool:
    tape = transform.tape
    if transform.bodies == thread.bodies and tape.gradient([probe], [tensor], None, False) == [None]:
        return False  # the tape does not follow the tensor, or it would have recorded the probe
    try:
        with unrecorded():
            found = tape.gradient([tensor], transform.sources, None, False)
    except Exception:
        return True  # a rule on the way has failed: there is a way
    return any(gradient is not None for gradient in found)


def _check(tensor: _core.Tensor, as_number: bool) -> None:
    """For the extension: the values of a tensor of floats are read by a conversion, where transforms run."""
    if not as_number:
        if is_differentiated(tensor):
            raise lost("a conversion to an array")
        return
    level, line = _users_line()
    if any(line in transform.warned for transform in thread.transforms or ()):
        return
    transform = _transform_of(tensor)
    if transform is None:
        return
    transform.warned.add(line)
    warnings.warn(
        "a tensor that is differentiated becomes a number, through which no derivative passes; use gradtape's "
        "functions in place of math's, or x.item() where a constant is meant",
        DetachedValueWarning,
        stacklevel=level,
    )


def _users_line() -> tuple[int, tuple[str, int]]:
    """The line of the program that uses the package, and how many callers up from `_check` it is."""
    level, frame = 2, sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    return level, (frame.f_code.co_filename, frame.f_lineno)


_core._set_hooks(reading=_check)
