"""Checks that this thread's computations make, and names of tensors for texts and messages."""

from __future__ import annotations

from types import TracebackType
from typing import Optional, Type, TypeVar

from . import _core
from ._thread import thread

Given = TypeVar("Given", bound=_core.Tensor)


class set_checks:  # a function with a block
    """`set_checks(finite=True)`: computations of this thread fail where an op makes a nan or an infinity.

    `set_checks(sparse=True)`: sparse values are compared with a product of the derivative itself.

    The error, a FailedPreconditionError, names the first op, forwards or backwards, that makes a nan of inputs
    without nan or an infinity of finite inputs. For an op of a derivative it names the op of the program as well,
    if the derivative was recorded under the check. Computations go op by op meanwhile, which is slow.
    `set_checks(finite=False)` ends the check; `with set_checks(finite=True):` ends it with the block.
    """

    def __init__(self, *, finite: Optional[bool] = None, sparse: Optional[bool] = None) -> None:
        self._before = (thread.checks_finite, thread.checks_sparse)
        self._set(
            self._before[0] if finite is None else bool(finite),
            self._before[1] if sparse is None else bool(sparse),
        )

    @staticmethod
    def _set(finite: bool, sparse: bool) -> None:
        _core.set_checks((1 if finite else 0) | (2 if sparse else 0))
        thread.checks_finite, thread.checks_sparse = finite, sparse

    def __enter__(self) -> set_checks:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._set(*self._before)


def label(tensor: Given, name: Optional[str]) -> Given:
    """Names the tensor or variable in `tape.explain`, `tape.check` and error messages; None takes the name away.

    Returns the tensor: `h = gt.label(gt.tanh(x), "hidden")`. A variable has its `name` as label.
    """
    if not isinstance(tensor, _core.Tensor):
        raise TypeError(f"label: a {type(tensor).__name__} is not a tensor")
    _core.label(tensor, name or "")
    return tensor
