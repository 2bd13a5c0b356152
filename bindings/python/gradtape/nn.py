"""`gradtape.nn`: activations, losses, normalisation and convolutions, by TensorFlow's names."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Union

from . import _core, random
from ._core import Tensor as _Tensor
from .math import (  # noqa: F401
    l2_normalize,
    log_softmax,
    sigmoid,
    softmax,
    softplus,
    softsign,
    tanh,
    top_k,
    zero_fraction,
)

_op = _core.op
Window = Union[int, Sequence[int]]

bias_add = _op("bias_add")
elu = _op("elu")
gelu = _op("gelu")
leaky_relu = _op("leaky_relu")
relu = _op("relu")
relu6 = _op("relu6")
selu = _op("selu")
silu = _op("silu")
swish = _op("silu")


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: Optional[str] = None
) -> _Tensor:
    """-sum(labels * log_softmax(logits)) along the axis; labels are probabilities."""
    return _op("softmax_cross_entropy_with_logits")(labels, logits, axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: Optional[str] = None) -> _Tensor:
    """-log_softmax(logits)[label] along the last axis; labels are indices."""
    return _op("sparse_softmax_cross_entropy")(labels, logits)


def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: Optional[str] = None
) -> _Tensor:
    """-labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)), without overflow."""
    return _op("sigmoid_cross_entropy_with_logits")(labels, logits)


def l2_loss(t: Any, name: Optional[str] = None) -> _Tensor:
    """sum(t²) / 2."""
    return _op("reduce_sum")(_op("square")(t)) / 2


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: Optional[str] = None
) -> tuple[_Tensor, _Tensor]:
    """(Mean, biased variance) over the axes; `shift` changes nothing."""
    return _op("moments")(x, axes, keepdims)


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: Optional[str] = None,
) -> _Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset; offset and scale may be None."""
    factor = _op("rsqrt")(_core.tensor(variance) + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    normalized = (x - mean) * factor
    return normalized if offset is None else normalized + offset


def dropout(
    x: Any,
    rate: float,
    noise_shape: Optional[Sequence[int]] = None,
    seed: Optional[int] = None,
    name: Optional[str] = None,
) -> _Tensor:
    """x with a share `rate` of the entries replaced by 0, and the others divided by 1 - rate."""
    x = _core.tensor(x)
    if not 0 <= rate < 1:
        raise ValueError(f"nn.dropout: rate is a share below 1, got {rate}")
    keep = (
        random.uniform(x.shape if noise_shape is None else noise_shape, dtype=_core.float32, seed=seed)
        >= rate
    )
    return _op("dropout")(x, _op("broadcast_to")(keep, x.shape), rate)


def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: Optional[str] = None) -> _Tensor:
    """The rows of params at the ids; with `max_norm` clipped to that norm."""
    rows = _op("embedding_lookup")(params, ids)
    return (
        rows
        if max_norm is None
        else _op("clip_by_norm")(rows, max_norm, list(range(_core.tensor(ids).ndim, rows.ndim)))
    )


def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: str,
    data_format: str = "NWC",
    dilations: Any = 1,
    name: Optional[str] = None,
) -> _Tensor:
    """Sums over windows: input [n, width, in], filters [k, in, out]; padding "VALID" or "SAME"."""
    _check_format("conv1d", data_format, "NWC")
    return _op("conv1d")(input, filters, _single(stride), padding, _single(dilations))


def conv2d(
    input: Any,
    filters: Any,
    strides: Window,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Window = 1,
    name: Optional[str] = None,
) -> _Tensor:
    """Sums over windows: input [n, h, w, in], filters [kh, kw, in, out]; padding by name or sizes."""
    _check_format("conv2d", data_format, "NHWC")
    return _op("conv2d")(input, filters, _inner(strides), _padding(padding), _inner(dilations))


def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Window,
    padding: str = "SAME",
    data_format: str = "NHWC",
    dilations: Window = 1,
    name: Optional[str] = None,
) -> _Tensor:
    """The transpose of the conv2d that maps output_shape to the shape of input; filters [kh, kw, out, in]."""
    _check_format("conv2d_transpose", data_format, "NHWC")
    return _op("conv2d_transpose")(
        input,
        filters,
        strides=_inner(strides),
        padding=_padding(padding),
        dilations=_inner(dilations),
        output_shape=output_shape,
    )


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Window,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Window = 1,
    name: Optional[str] = None,
) -> _Tensor:
    """Each channel by filters of its own: input [n, h, w, in], filter [kh, kw, in, multiplier]."""
    _check_format("depthwise_conv2d", data_format, "NHWC")
    return _op("depthwise_conv2d")(input, filter, _inner(strides), _padding(padding), _inner(dilations))


def max_pool2d(
    input: Any,
    ksize: Window,
    strides: Window,
    padding: str,
    data_format: str = "NHWC",
    name: Optional[str] = None,
) -> _Tensor:
    """The largest entry of each window: input [n, h, w, c]."""
    _check_format("max_pool2d", data_format, "NHWC")
    return _op("max_pool2d")(input, _inner(ksize), _inner(strides), padding)


def avg_pool2d(
    input: Any,
    ksize: Window,
    strides: Window,
    padding: str,
    data_format: str = "NHWC",
    name: Optional[str] = None,
) -> _Tensor:
    """The mean of each window, over what is not padding: input [n, h, w, c]."""
    _check_format("avg_pool2d", data_format, "NHWC")
    return _op("avg_pool2d")(input, _inner(ksize), _inner(strides), padding)


max_pool = max_pool2d
avg_pool = avg_pool2d


def _check_format(name: str, data_format: str, known: str) -> None:
    if data_format != known:
        raise NotImplementedError(
            f"nn.{name}: data_format {data_format!r} is not done, {known!r} is; transpose the input"
        )


def _inner(sizes: Any) -> Any:
    """Sizes along height and width, where TensorFlow also takes them with those of batch and channel around:
    1.
    """
    return list(sizes)[1:-1] if isinstance(sizes, (list, tuple)) and len(sizes) == 4 else sizes


def _single(size: Any) -> int:
    return int(list(size)[len(size) // 2]) if isinstance(size, (list, tuple)) else size


def _padding(padding: Any) -> Any:
    """The name, or the sizes along height and width of TensorFlow's four pairs."""
    return list(padding)[1:-1] if isinstance(padding, (list, tuple)) and len(padding) == 4 else padding
