"""Layers and models of them."""

from __future__ import annotations

import math
from typing import Any, Optional, Sequence, Union

from .. import _core, _nest, nn
from .._core import Tensor as _Tensor
from .._thread import unrecorded
from . import activations
from ._affine import Affine
from ._images import (  # noqa: F401
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    DepthwiseConv2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from ._layer import Input, Layer
from ._merge import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract  # noqa: F401
from ._recurrent import GRU, LSTM, SimpleRNN  # noqa: F401
from ._simple import (  # noqa: F401
    ELU,
    GaussianNoise,
    Lambda,
    Permute,
    PReLU,
    RepeatVector,
    UnitNormalization,
    UpSampling2D,
    ZeroPadding2D,
)
from ._summary import summary_of

_op = _core.op


class Dense(Affine):
    """activation(inputs @ kernel + bias), for inputs [..., n], a kernel [n, units], a bias [units]."""

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, kernel_initializer, bias_initializer, **options)
        self.units = int(units)
        if self.units < 1:
            raise ValueError(f"Dense: units must be above 0, got {units}")

    def build(self, input_shape: Sequence[int]) -> None:
        if len(input_shape) < 2:
            raise ValueError(
                f"{self.name}: inputs have a batch axis and a last axis of features, got {tuple(input_shape)}"
            )
        self.add_weights((input_shape[-1], self.units))

    def call(self, inputs: _Tensor) -> _Tensor:
        return self.activated(_op("matmul")(inputs, self.kernel))


class BatchNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta for each feature along the axis.

    With `training=True` the moments are those of the batch, and moving ones follow them: moving = moving *
    momentum + moment * (1 - momentum). Otherwise the moving ones are used. A layer that is not trainable
    never trains.
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.center, self.scale = center, scale
        self.gamma: Any = None
        self.beta: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None

    def build(self, input_shape: Sequence[int]) -> None:
        shape = (input_shape[self.axis],)
        self.gamma = self.add_weight("gamma", shape, initializer="ones") if self.scale else None
        self.beta = self.add_weight("beta", shape, initializer="zeros") if self.center else None
        self.moving_mean = self.add_weight("moving_mean", shape, initializer="zeros", trainable=False)
        self.moving_variance = self.add_weight("moving_variance", shape, initializer="ones", trainable=False)

    def call(self, inputs: _Tensor, training: Optional[bool] = None) -> _Tensor:
        last = inputs.ndim - 1
        order = [i for i in range(last + 1) if i != self.axis % (last + 1)] + [self.axis % (last + 1)]
        moved = order != list(range(last + 1))
        x = _op("transpose")(inputs, order) if moved else inputs
        y = self._normalized(x, bool(training) and self.trainable)
        return _op("transpose")(y, [order.index(i) for i in range(last + 1)]) if moved else y

    def _normalized(self, x: _Tensor, training: bool) -> _Tensor:
        gamma = self.gamma if self.gamma is not None else _op("ones_like")(self.moving_mean)
        beta = self.beta if self.beta is not None else _op("zeros_like")(self.moving_mean)
        if not training:
            moments = self.moving_mean, self.moving_variance
            return _op("batch_normalization")(x, gamma, beta, *moments, training=False, epsilon=self.epsilon)[
                0
            ]
        axes = list(range(x.ndim - 1))
        y, *moments = _op("batch_normalization")(
            x, gamma, beta, training=True, axes=axes, epsilon=self.epsilon
        )
        for moving, moment in zip((self.moving_mean, self.moving_variance), moments):
            moving.assign_sub((moving - _op("stop_gradient")(moment)) * (1.0 - self.momentum))
        return y


class LayerNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta, with the moments of each sample over the axis, or
    axes.
    """

    def __init__(
        self,
        axis: Union[int, Sequence[int]] = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale
        self.gamma: Any = None
        self.beta: Any = None

    def build(self, input_shape: Sequence[int]) -> None:
        shape = [input_shape[axis] for axis in self._axes(len(input_shape))]
        self.gamma = self.add_weight("gamma", shape, initializer="ones") if self.scale else None
        self.beta = self.add_weight("beta", shape, initializer="zeros") if self.center else None

    def call(self, inputs: _Tensor) -> _Tensor:
        axes = self._axes(inputs.ndim)
        shape = [inputs.shape[axis] for axis in axes]
        gamma = self.gamma if self.gamma is not None else _op("fill")(_core.tensor(1, self.dtype), shape)
        beta = self.beta if self.beta is not None else _op("fill")(_core.tensor(0, self.dtype), shape)
        return _op("layer_normalization")(inputs, gamma, beta, axes, self.epsilon)

    def _axes(self, ndim: int) -> list[int]:
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        return sorted(axis % ndim for axis in axes)


class Dropout(Layer):
    """With `training=True` a share `rate` of the entries becomes 0; the others are divided by 1 - rate."""

    def __init__(
        self,
        rate: float,
        noise_shape: Optional[Sequence[int]] = None,
        seed: Optional[int] = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if not 0 <= rate < 1:
            raise ValueError(f"Dropout: rate is a share below 1, got {rate}")
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: _Tensor, training: Optional[bool] = None) -> _Tensor:
        return (
            nn.dropout(inputs, self.rate, self.noise_shape, self.seed) if training and self.rate else inputs
        )


class Activation(Layer):
    """An activation as a layer."""

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def call(self, inputs: _Tensor) -> _Tensor:
        return self.activation(inputs)


class ReLU(Layer):
    """x above the threshold, at most `max_value`; negative_slope * (x - threshold) below."""

    def __init__(
        self,
        max_value: Optional[float] = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: _Tensor) -> _Tensor:
        if not self.negative_slope and not self.threshold and self.max_value is None:
            return _op("relu")(inputs)
        below = self.negative_slope * (inputs - self.threshold)
        above = inputs if self.max_value is None else _op("minimum")(inputs, self.max_value)
        return _op("where")(inputs >= self.threshold, above, below)


class LeakyReLU(Layer):
    """x where it is above 0, negative_slope * x below; `alpha` is the slope's older name."""

    def __init__(self, negative_slope: float = 0.3, alpha: Optional[float] = None, **options: Any) -> None:
        super().__init__(**options)
        self.negative_slope = negative_slope if alpha is None else alpha

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("leaky_relu")(inputs, self.negative_slope)


class Softmax(Layer):
    """exp(x) / sum(exp(x)) along an axis."""

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("softmax")(inputs, self.axis)


class Embedding(Layer):
    """Rows of a table [input_dim, output_dim] at the inputs, which are ints below input_dim."""

    def __init__(
        self, input_dim: int, output_dim: int, embeddings_initializer: Any = "uniform", **options: Any
    ) -> None:
        super().__init__(**options)
        if input_dim < 1 or output_dim < 1:
            raise ValueError(f"Embedding: the sizes must be above 0, got {input_dim} and {output_dim}")
        self.input_dim, self.output_dim = int(input_dim), int(output_dim)
        self.embeddings_initializer = embeddings_initializer
        self.embeddings: Any = None

    def build(self, input_shape: Any) -> None:
        shape = self.input_dim, self.output_dim
        self.embeddings = self.add_weight("embeddings", shape, initializer=self.embeddings_initializer)

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("embedding_lookup")(self.embeddings, _op("cast")(inputs, _core.int64))


class Reshape(Layer):
    """Each sample in another shape; one of its sizes may be -1."""

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("reshape")(inputs, [inputs.shape[0], *self.target_shape])


class Flatten(Layer):
    """All axes behind the first as one."""

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("reshape")(inputs, [inputs.shape[0], math.prod(inputs.shape[1:])])


InputLayer = Input


class Model(Layer):
    """A base for models: define layers in `__init__`, and `call(inputs)` out of them."""

    @property
    def layers(self) -> list[Layer]:
        """The layers in the model's attributes."""
        found = (leaf for name in self._attribute_names() for leaf in _nest.flatten(vars(self)[name]))
        return [leaf for leaf in found if isinstance(leaf, Layer)]

    def summary(self, line_length: int = 65, print_fn: Any = None) -> None:
        """Prints the layers, the shapes of their last outputs, and the count of numbers in their variables.

        ValueError: the model was neither called nor given an input shape.
        """
        (print_fn or print)(summary_of(self, self.layers, line_length))


class Sequential(Model):
    """Layers one after the other, or any functions of a tensor.

    The variables are made on the first call; at once where an Input comes first, or a layer with an
    `input_shape`.
    """

    def __init__(self, layers: Optional[Sequence[Any]] = None, **options: Any) -> None:
        super().__init__(**options)
        self._layers: list[Any] = []
        self._known_shape: Any = None  # that of the last layer's result, where an input shape was given
        if self._input_shape is not None:
            self.add(Input(self._input_shape))
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Puts a layer at the end; an Input comes before all layers."""
        if isinstance(layer, Input):
            if self._layers:
                raise ValueError("Sequential: an Input comes before all layers")
            self._known_shape = (1, *(size or 1 for size in layer.shape))
            return
        if not callable(layer):
            raise TypeError(
                f"Sequential: a layer is called with a tensor, and a {type(layer).__name__} cannot be"
            )
        given = getattr(layer, "_input_shape", None)
        if not self._layers and self._known_shape is None and given is not None:
            self.add(Input(given))
        self._layers.append(layer)
        self._make_variables([layer])

    def build(self, input_shape: Sequence[Optional[int]]) -> None:
        """Makes the variables of all layers, for inputs of a shape that begins with the batch axis."""
        self._known_shape = tuple(size or 1 for size in input_shape)
        self._make_variables(self._layers)

    def _make_variables(self, layers: Sequence[Any]) -> None:
        """By a call on zeros, where the shape of inputs is known."""
        if self._known_shape is None:
            return
        with unrecorded():
            for layer in layers:
                zeros = _op("fill")(_core.tensor(0, self.dtype), self._known_shape)
                result = layer(zeros, training=False) if isinstance(layer, Layer) else layer(zeros)
                self._known_shape = result.shape
        self.built = True

    def __call__(self, inputs: Any, *args: Any, training: Optional[bool] = None, **kwargs: Any) -> Any:
        self.built = True  # the layers make their variables as they are called
        return super().__call__(inputs, *args, training=training, **kwargs)

    def call(self, inputs: Any) -> Any:
        for layer in self._layers:
            inputs = layer(inputs)
        return inputs
