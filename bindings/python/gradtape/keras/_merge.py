"""Layers that make one tensor of several: `layer([a, b])`."""

from __future__ import annotations

import functools
from typing import Any, Sequence

from .. import _core
from .._core import Tensor as _Tensor
from ._layer import Layer

_op = _core.op


class _Merge(Layer):
    """A base for layers that combine tensors two by two."""

    _name: str

    def call(self, inputs: Sequence[_Tensor]) -> _Tensor:
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ValueError(f"{self.name}: the inputs are a list of tensors")
        return functools.reduce(_op(type(self)._name), inputs)


class Add(_Merge):
    """The sum of the inputs."""

    _name = "add"


class Subtract(_Merge):
    """The first input minus the second."""

    _name = "subtract"


class Multiply(_Merge):
    """The product of the inputs."""

    _name = "multiply"


class Maximum(_Merge):
    """The largest of the inputs at each place."""

    _name = "maximum"


class Minimum(_Merge):
    """The least of the inputs at each place."""

    _name = "minimum"


class Average(Add):
    """The mean of the inputs."""

    def call(self, inputs: Sequence[_Tensor]) -> _Tensor:
        return super().call(inputs) / len(inputs)


class Concatenate(Layer):
    """The inputs one behind the other along an axis."""

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: Sequence[_Tensor]) -> _Tensor:
        return _op("concat")(list(inputs), self.axis)
