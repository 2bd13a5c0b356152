"""Layers for images [batch, height, width, channels], and rows: convolutions and pools."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Union

from .. import _core, nn
from .._core import Tensor as _Tensor
from ._affine import Affine
from ._layer import Layer

_op = _core.op
Pair = Union[int, Sequence[int]]
Single = Union[int, Sequence[int]]


class Conv2D(Affine):
    """activation(conv2d(inputs, kernel) + bias), with a kernel [height, width, in channels, filters]."""

    def __init__(
        self,
        filters: int,
        kernel_size: Pair,
        strides: Pair = (1, 1),
        padding: str = "valid",
        dilation_rate: Pair = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, kernel_initializer, bias_initializer, **options)
        self.filters = int(filters)
        if self.filters < 1:
            raise ValueError(f"Conv2D: filters must be above 0, got {filters}")
        self.kernel_size, self.strides, self.dilation_rate = map(_pair, (kernel_size, strides, dilation_rate))
        self.padding = _padding(padding)

    def build(self, input_shape: Sequence[int]) -> None:
        if len(input_shape) != 4:
            raise ValueError(
                f"{self.name}: inputs are [batch, height, width, channels], got shape {tuple(input_shape)}"
            )
        self.add_weights((*self.kernel_size, input_shape[-1], self.filters))

    def call(self, inputs: _Tensor) -> _Tensor:
        return self.activated(
            nn.conv2d(inputs, self.kernel, self.strides, self.padding, dilations=self.dilation_rate)
        )


class Conv1D(Affine):
    """activation(conv1d(inputs, kernel) + bias) of inputs [batch, width, channels], with a kernel [size, in
    channels, filters]; padding "causal" puts all of it in front.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Single,
        strides: Single = 1,
        padding: str = "valid",
        dilation_rate: Single = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, kernel_initializer, bias_initializer, **options)
        self.filters = int(filters)
        if self.filters < 1:
            raise ValueError(f"Conv1D: filters must be above 0, got {filters}")
        self.kernel_size, self.strides, self.dilation_rate = map(
            _single, (kernel_size, strides, dilation_rate)
        )
        self.causal = padding.lower() == "causal"
        self.padding = "VALID" if self.causal else _padding(padding)

    def build(self, input_shape: Sequence[int]) -> None:
        if len(input_shape) != 3:
            raise ValueError(
                f"{self.name}: inputs are [batch, width, channels], got shape {tuple(input_shape)}"
            )
        self.add_weights((self.kernel_size, input_shape[-1], self.filters))

    def call(self, inputs: _Tensor) -> _Tensor:
        if self.causal:
            before = (self.kernel_size - 1) * self.dilation_rate
            inputs = _op("pad")(inputs, [[0, 0], [before, 0], [0, 0]])
        return self.activated(
            nn.conv1d(inputs, self.kernel, self.strides, self.padding, dilations=self.dilation_rate)
        )


class DepthwiseConv2D(Affine):
    """activation(each channel by depth_multiplier filters of its own + bias), with a kernel [height, width,
    in channels, depth_multiplier].
    """

    def __init__(
        self,
        kernel_size: Pair,
        strides: Pair = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, depthwise_initializer, bias_initializer, **options)
        self.kernel_size, self.strides = _pair(kernel_size), _pair(strides)
        self.depth_multiplier, self.padding = int(depth_multiplier), _padding(padding)

    def build(self, input_shape: Sequence[int]) -> None:
        channels = input_shape[-1]
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.add_weights(shape, channels * self.depth_multiplier)

    def call(self, inputs: _Tensor) -> _Tensor:
        return self.activated(nn.depthwise_conv2d(inputs, self.kernel, self.strides, self.padding))


class Conv2DTranspose(Affine):
    """activation(the transpose of a conv2d + bias), which makes images larger; a kernel [height, width,
    filters, in channels].
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Pair,
        strides: Pair = (1, 1),
        padding: str = "valid",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **options: Any,
    ) -> None:
        super().__init__(activation, use_bias, kernel_initializer, bias_initializer, **options)
        self.filters = int(filters)
        self.kernel_size, self.strides = _pair(kernel_size), _pair(strides)
        self.padding = _padding(padding)

    def build(self, input_shape: Sequence[int]) -> None:
        self.add_weights((*self.kernel_size, self.filters, input_shape[-1]), self.filters)

    def call(self, inputs: _Tensor) -> _Tensor:
        batch, *sizes, _ = inputs.shape
        made = [
            n * stride + (max(size - stride, 0) if self.padding == "VALID" else 0)
            for n, stride, size in zip(sizes, self.strides, self.kernel_size)
        ]
        shape = [batch, *made, self.filters]
        return self.activated(nn.conv2d_transpose(inputs, self.kernel, shape, self.strides, self.padding))


class _Pool(Layer):
    """A base for pools: one number for each window and channel."""

    _pool: Any

    def __init__(
        self,
        pool_size: Pair = (2, 2),
        strides: Optional[Pair] = None,
        padding: str = "valid",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.pool_size = _pair(pool_size)
        self.strides = self.pool_size if strides is None else _pair(strides)
        self.padding = _padding(padding)

    def call(self, inputs: _Tensor) -> _Tensor:
        return type(self)._pool(inputs, self.pool_size, self.strides, self.padding)


class MaxPooling2D(_Pool):
    """The largest entry of each window, by default of 2 by 2 that do not overlap."""

    _pool = staticmethod(nn.max_pool2d)


class AveragePooling2D(_Pool):
    """The mean of each window, by default of 2 by 2 that do not overlap."""

    _pool = staticmethod(nn.avg_pool2d)


class GlobalAveragePooling2D(Layer):
    """The mean over height and width: [batch, channels]."""

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("reduce_mean")(inputs, [1, 2])


class GlobalMaxPooling2D(Layer):
    """The largest entry over height and width: [batch, channels]."""

    def call(self, inputs: _Tensor) -> _Tensor:
        return _op("reduce_max")(inputs, [1, 2])


def _pair(sizes: Pair) -> tuple[int, int]:
    first, second = (sizes, sizes) if isinstance(sizes, int) else sizes
    return int(first), int(second)


def _single(size: Single) -> int:
    return int(size) if isinstance(size, int) else int(size[0])


def _padding(padding: str) -> str:
    if padding.upper() not in ("VALID", "SAME"):
        raise ValueError(f"padding is 'valid' or 'same', got {padding!r}")
    return padding.upper()
