"""Layers of an op or two: activations with weights, functions, other orders and sizes, noise."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence, Union

from .. import _core, random
from .._core import Tensor as _Tensor
from ._layer import Layer

_op = _core.op


class ELU(Layer):
    """x where it is above 0, alpha * (exp(x) - 1) below."""

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = alpha

    def call(self, inputs: _Tensor) -> _Tensor:
        if self.alpha == 1.0:
            return _op("elu")(inputs)
        below = self.alpha * _op("expm1")(_op("minimum")(inputs, 0.0))
        return _op("where")(inputs > 0.0, inputs, below)


class PReLU(Layer):
    """x where it is above 0, alpha * x below, with an alpha for each place of a sample that is learnt."""

    def __init__(self, alpha_initializer: Any = "zeros", **options: Any) -> None:
        super().__init__(**options)
        self.alpha_initializer = alpha_initializer
        self.alpha: Any = None

    def build(self, input_shape: Sequence[int]) -> None:
        self.alpha = self.add_weight("alpha", input_shape[1:], initializer=self.alpha_initializer)

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("relu")(inputs) - self.alpha * _op("relu")(-inputs)


class Lambda(Layer):
    """A function of the inputs as a layer."""

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        super().__init__(**options)
        self.function = function

    def call(self, inputs: Any) -> Any:
        return self.function(inputs)


class Permute(Layer):
    """The axes of a sample in another order; they count from 1."""

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(dims)

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("transpose")(inputs, [0, *self.dims])


class RepeatVector(Layer):
    """[batch, features] n times: [batch, n, features]."""

    def __init__(self, n: int, **options: Any) -> None:
        super().__init__(**options)
        self.n = int(n)

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("repeat")(_op("expand_dims")(inputs, 1), self.n, 1)


class UnitNormalization(Layer):
    """x / its euclidean norm along an axis."""

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("l2_normalize")(inputs, self.axis)


class GaussianNoise(Layer):
    """With `training=True` the inputs and normal numbers of that deviation."""

    def __init__(self, stddev: float, seed: Optional[int] = None, **options: Any) -> None:
        super().__init__(**options)
        self.stddev, self.seed = stddev, seed

    def call(self, inputs: _Tensor, training: Optional[bool] = None) -> _Tensor:
        if not training or not self.stddev:
            return inputs
        return inputs + random.normal(inputs.shape, 0.0, self.stddev, inputs.dtype, self.seed)


class ZeroPadding2D(Layer):
    """Zeros around images: a number, one for height and one for width, or ((top, bottom), (left, right))."""

    def __init__(self, padding: Union[int, Sequence[Any]] = (1, 1), **options: Any) -> None:
        super().__init__(**options)
        both = (padding, padding) if isinstance(padding, int) else padding
        self.padding = [[n, n] if isinstance(n, int) else list(n) for n in both]

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("pad")(inputs, [[0, 0], *self.padding, [0, 0]])


class UpSampling2D(Layer):
    """Each place of images several times, along height and width."""

    def __init__(self, size: Union[int, Sequence[int]] = (2, 2), **options: Any) -> None:
        super().__init__(**options)
        self.size = (size, size) if isinstance(size, int) else tuple(size)

    def call(self, inputs: _Tensor) -> _Tensor:
        rows = _op("repeat")(inputs, self.size[0], 1)
        return _op("repeat")(rows, self.size[1], 2)
