"""`gradtape.nn`: activations, losses, normalisation and convolutions, by TensorFlow's names."""

from __future__ import annotations

import math
from typing import Any, Optional, Sequence, Union

import numpy as np

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


def crelu(features: Any, axis: int = -1, name: Optional[str] = None) -> _Tensor:
    """relu of the features and of their negatives, side by side."""
    return _op("concat")([relu(features), relu(_op("negative")(features))], axis)


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


def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: Optional[str] = None
) -> _Tensor:
    """sigmoid_cross_entropy_with_logits with the part of the labels times pos_weight."""
    labels, logits = _core.tensor(labels), _core.tensor(logits)
    return (1.0 - labels) * logits + (1.0 + (pos_weight - 1.0) * labels) * softplus(-logits)


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: Optional[str] = None
) -> _Tensor:
    """exp(log_input) - targets log_input; in full with Stirling's log(targets!) for targets above 1."""
    targets = _core.tensor(targets)
    loss = _op("exp")(log_input) - targets * log_input
    if not compute_full_loss:
        return loss
    large = targets > 1.0
    safe = _op("where")(large, targets, 1.0)
    stirling = safe * _op("log")(safe) - safe + 0.5 * _op("log")(2.0 * math.pi * safe)
    return loss + _op("where")(large, stirling, 0.0)


def l2_loss(t: Any, name: Optional[str] = None) -> _Tensor:
    """sum(t²) / 2."""
    return _op("reduce_sum")(_op("square")(t)) / 2


def moments(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: Optional[str] = None
) -> tuple[_Tensor, _Tensor]:
    """(Mean, biased variance) over the axes; `shift` changes nothing."""
    return _op("moments")(x, axes, keepdims)


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: Optional[str] = None
) -> tuple[_Tensor, _Tensor, _Tensor, Any]:
    """(How many entries, sum of x - shift, sum of its squares, shift) over the axes."""
    x = _core.tensor(x)
    apart = x if shift is None else x - shift
    total, squares = (_op("reduce_sum")(v, axes, keepdims) for v in (apart, apart * apart))
    return _core.tensor(x.size / max(total.size, 1), x.dtype), total, squares, shift


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
    """The mean of each window, over its entries that are not padding: input [n, h, w, c]."""
    _check_format("avg_pool2d", data_format, "NHWC")
    return _op("avg_pool2d")(input, _inner(ksize), _inner(strides), padding)


def pool(
    input: Any,
    window_shape: Window,
    pooling_type: str,
    strides: Optional[Window] = None,
    padding: str = "VALID",
    data_format: Optional[str] = None,
    dilations: Any = None,
    name: Optional[str] = None,
) -> _Tensor:
    """The largest ("MAX") or mean ("AVG") entry of each window: input [n, w, c] or [n, h, w, c]."""
    x = _core.tensor(input)
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"nn.pool: pooling_type is 'MAX' or 'AVG', got {pooling_type!r}")
    if x.ndim not in (3, 4) or dilations not in (None, 1, [1], [1, 1]):
        raise NotImplementedError("nn.pool: one or two axes of windows without dilations are done")
    rank = x.ndim - 2
    sizes, steps = (_each(v, rank) for v in (window_shape, 1 if strides is None else strides))
    pooled = max_pool2d if pooling_type == "MAX" else avg_pool2d
    if rank == 2:
        return pooled(x, sizes, steps, padding)
    return _op("squeeze")(pooled(_op("expand_dims")(x, 1), [1, *sizes], [1, *steps], padding), [1])


def _each(size: Any, rank: int) -> list[Any]:
    """A size for each axis of windows."""
    sizes = list(size) if isinstance(size, (list, tuple)) else [size]
    return sizes if len(sizes) == rank else sizes * rank


def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: Optional[str] = None,
    dilations: Any = None,
    name: Optional[str] = None,
) -> _Tensor:
    """conv1d or conv2d, by the rank of the input."""
    found = {3: conv1d, 4: conv2d}.get(_core.tensor(input).ndim)
    if found is None:
        raise NotImplementedError("nn.convolution: inputs of rank 3 and 4 are done")
    return found(input, filters, strides or 1, padding, dilations=dilations or 1)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: Optional[str] = None,
) -> _Tensor:
    """input / (bias + alpha sum(input²))^beta, the sum over the channels at most depth_radius away."""
    x = _core.tensor(input)
    places = np.arange(x.shape[-1])
    near = (abs(places[:, None] - places) <= depth_radius).astype(x.dtype.as_numpy_dtype)
    return x / (bias + alpha * (_op("square")(x) @ near)) ** beta


def space_to_depth(
    input: Any, block_size: int, data_format: str = "NHWC", name: Optional[str] = None
) -> _Tensor:
    """[n, h, w, c] with each block of block_size * block_size places as channels of one."""
    _check_format("space_to_depth", data_format, "NHWC")
    n, h, w, c = _core.tensor(input).shape
    blocks = _op("reshape")(input, [n, h // block_size, block_size, w // block_size, block_size, c])
    return _op("reshape")(
        _op("transpose")(blocks, [0, 1, 3, 2, 4, 5]),
        [n, h // block_size, w // block_size, c * block_size**2],
    )


def depth_to_space(
    input: Any, block_size: int, data_format: str = "NHWC", name: Optional[str] = None
) -> _Tensor:
    """The inverse of space_to_depth."""
    _check_format("depth_to_space", data_format, "NHWC")
    n, h, w, c = _core.tensor(input).shape
    blocks = _op("reshape")(input, [n, h, w, block_size, block_size, c // block_size**2])
    return _op("reshape")(
        _op("transpose")(blocks, [0, 1, 3, 2, 4, 5]),
        [n, h * block_size, w * block_size, c // block_size**2],
    )


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
