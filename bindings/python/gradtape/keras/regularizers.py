"""Penalties for large weights: functions of a variable, whose values are the layers' `losses`."""

from __future__ import annotations

from typing import Any, Callable, Optional, Union

from .. import _core
from .._core import Tensor as _Tensor

_op = _core.op
Regularizer = Callable[[Any], Any]


class L1L2:
    """l1 * sum(|x|) + l2 * sum(x²)."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = float(l1 or 0.0), float(l2 or 0.0)

    def __call__(self, x: Any) -> _Tensor:
        x = _core.tensor(x)
        return self.l1 * _op("reduce_sum")(abs(x)) + self.l2 * _op("reduce_sum")(x * x)


class L1(L1L2):
    """l1 * sum(|x|)."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """l2 * sum(x²)."""

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


l1, l2, l1_l2 = L1, L2, L1L2
_BY_NAME = {"l1": L1, "l2": L2, "l1_l2": lambda: L1L2(0.01, 0.01)}


def get(identifier: Union[None, str, Regularizer]) -> Optional[Regularizer]:
    """The regularizer of a name, or as it is. ValueError: no such name."""
    if identifier is None or callable(identifier):
        return identifier
    if identifier not in _BY_NAME:
        raise ValueError(f"regularizer {identifier!r} is not known; known are {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[identifier]()
