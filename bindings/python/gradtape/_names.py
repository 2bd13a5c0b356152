"""TensorFlow's names for tensors as such: reductions over axes, shapes, parts, clipping, and functions that
make tensors.
"""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple, Optional, Sequence

import numpy as np

from . import _core
from ._core import Tensor as _Tensor
from ._shape import TensorShape
from .errors import FailedPreconditionError, InvalidArgumentError

_op = _core.op

# Names whose parameters are those of the op, or its second names: the op itself, which is fastest.
boolean_mask = _op("boolean_mask")
cast = _op("cast")
clip_by_norm = _op("clip_by_norm")
clip_by_value = _op("clip_by_value")
cumsum = _op("cumsum")
gather_nd = _op("gather_nd")
identity = _op("identity")
norm = _op("norm")
pad = _op("pad")
reduce_all = _op("reduce_all")
reduce_any = _op("reduce_any")
reduce_logsumexp = _op("reduce_logsumexp")
reduce_max = _op("reduce_max")
reduce_mean = _op("reduce_mean")
reduce_min = _op("reduce_min")
reduce_prod = _op("reduce_prod")
reduce_std = _op("reduce_std")
reduce_sum = _op("reduce_sum")
realdiv = _op("divide")
reduce_variance = _op("reduce_variance")
reverse = _op("reverse")
scatter_nd = _op("scatter_nd")
slice = _op("slice")
stop_gradient = _op("stop_gradient")
strided_slice = _op("strided_slice")
tensor_scatter_nd_add = _op("tensor_scatter_add")
tensor_scatter_nd_update = _op("tensor_scatter_update")
transpose = _op("transpose")

_fill = _op("fill")
_gather = _op("gather")
_range = _op("range")


def einsum(equation: str, *inputs: Any, optimize: Any = None, name: Optional[str] = None) -> _Tensor:
    """Sum of products over the labels that the result lacks, as in "ij,jk->ik"; `optimize` is ignored."""
    return _op("einsum")(inputs, equation)


def fill(dims: Any, value: Any, name: Optional[str] = None) -> _Tensor:
    """A tensor of the shape `dims` that holds the value everywhere."""
    return _fill(value, dims)


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Optional[int] = None,
    batch_dims: int = 0,
    name: Optional[str] = None,
) -> _Tensor:
    """Entries of params at the indices along an axis, by default the first behind the batch dims."""
    return _gather(params, indices, axis, batch_dims)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> _Tensor:
    """start, start + delta, … before limit; `range(limit)` begins at 0."""
    return _range(0, start, delta, dtype) if limit is None else _range(start, limit, delta, dtype)


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: Optional[int] = None,
    dtype: Any = None,
    name: Optional[str] = None,
) -> _Tensor:
    """A new axis of size depth, by default the last, with on_value (1) at the index and off_value (0)
    elsewhere.

    Without a dtype it is that of on_value or off_value, else float32.
    """
    if dtype is None:
        given = [v for v in (on_value, off_value) if v is not None]
        dtype = _core.tensor(given[0]).dtype if given else _core.float32
    on, off = (1 if on_value is None else on_value), (0 if off_value is None else off_value)
    dtype = _core.as_dtype(dtype)
    if dtype.is_floating:
        return _op("one_hot")(indices, depth, -1 if axis is None else axis, on, off, dtype)
    hot = _op("one_hot")(indices, depth, -1 if axis is None else axis, 1, 0, _core.float32)
    return _op("where")(hot > 0, _core.tensor(on, dtype), _core.tensor(off, dtype))


def shape(input: Any, out_type: Any = _core.int32, name: Optional[str] = None) -> _Tensor:
    """The sizes of the axes, as a tensor; `x.shape` is the same as a tuple."""
    return _core.tensor(list(_core.tensor(input).shape), out_type)


def rank(input: Any, name: Optional[str] = None) -> _Tensor:
    """How many axes there are, as a tensor."""
    return _core.tensor(_core.tensor(input).ndim, _core.int32)


def size(input: Any, out_type: Any = _core.int32, name: Optional[str] = None) -> _Tensor:
    """How many elements there are, as a tensor."""
    return _core.tensor(_core.tensor(input).size, out_type)


def split(
    value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None, name: Optional[str] = None
) -> list[_Tensor]:
    """The parts along the axis: a number of equal ones, or parts of the given sizes."""
    return list(_op("split")(value, num_or_size_splits, axis))


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: Optional[str] = None
) -> tuple[list[Any], _Tensor]:
    """(each tensor * clip_norm / max(norm, clip_norm), norm), with the norm of all; None stays None."""
    tensors = [_core.tensor(t) for t in t_list if t is not None]
    if not tensors:
        return list(t_list), _core.tensor(0.0)
    if use_norm is not None:
        norm = _core.tensor(use_norm)
        factor = clip_norm / _op("maximum")(norm, clip_norm)
        clipped = [t * factor for t in tensors]
    else:
        *clipped, norm = _op("clip_by_global_norm")(tensors, clip_norm)
    found = iter(clipped)
    return [None if t is None else next(found) for t in t_list], norm


def global_norm(t_list: Sequence[Any], name: Optional[str] = None) -> _Tensor:
    """The euclidean norm of all entries of all tensors; None among them counts for nothing."""
    flat = [_op("reshape")(t, [-1]) for t in t_list if t is not None]
    return norm(_op("concat")(flat, 0)) if flat else _core.tensor(0.0)


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = _core.bool_, name: Optional[str] = None
) -> _Tensor:
    """[..., maxlen], which holds at the first `length` places of each row; maxlen is the largest length by
    default.
    """
    lengths = _core.tensor(lengths)
    longest = int(_op("reduce_max")(lengths)) if maxlen is None else int(maxlen)
    places = range(longest, dtype=lengths.dtype)
    return _op("cast")(places < _op("expand_dims")(lengths, -1), dtype)


def ensure_shape(x: Any, shape: Any, name: Optional[str] = None) -> _Tensor:
    """x, whose shape is this, None standing for any size. ValueError where it is not."""
    x = _core.tensor(x)
    if not x.shape.is_compatible_with(tuple(shape)):
        raise InvalidArgumentError(f"ensure_shape: the shape is {x.shape}, wanted {tuple(shape)}")
    return x


def saturate_cast(value: Any, dtype: Any, name: Optional[str] = None) -> _Tensor:
    """The value in another dtype, clipped to its range."""
    value, wanted = _core.tensor(value), _core.as_dtype(dtype)
    if wanted.is_floating and not value.dtype.is_floating:
        return _op("cast")(value, wanted)
    bounds = [_within(limit, value.dtype) for limit in (wanted.min, wanted.max)]
    return _op("cast")(_op("clip_by_value")(value, *bounds), wanted)


def _within(limit: Any, dtype: _core.DType) -> Any:
    """The limit of another dtype as a number of this one, or the next one towards 0."""
    if not dtype.is_floating:
        return min(max(limit, dtype.min), dtype.max)
    near = dtype.as_numpy_dtype.type(np.clip(limit, dtype.min, dtype.max))
    return float(np.nextafter(near, dtype.as_numpy_dtype.type(0)) if abs(float(near)) > abs(limit) else near)


def add_n(inputs: Sequence[Any], name: Optional[str] = None) -> _Tensor:
    """The sum of all tensors, which have one shape. ValueError where there are none."""
    if not inputs:
        raise ValueError("add_n: no tensors were given")
    total = _core.tensor(inputs[0])
    for value in inputs[1:]:
        total = total + value
    return total


def identity_n(input: Sequence[Any], name: Optional[str] = None) -> list[_Tensor]:
    """The tensors, each as a new one."""
    return [identity(x) for x in input]


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: Optional[str] = None) -> _Tensor:
    """The tensor minus the updates at the indices."""
    return tensor_scatter_nd_add(tensor, indices, _op("negative")(updates))


class Unique(NamedTuple):
    """The distinct entries, in the order in which they come, and where each entry is among them."""

    y: _Tensor
    idx: _Tensor


def unique(x: Any, out_idx: Any = _core.int32, name: Optional[str] = None) -> Unique:
    """The distinct entries of a vector. No derivative passes."""
    values = _core.tensor(x).numpy()
    found, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.empty_like(order)
    places[order] = np.arange(order.size)
    return Unique(_core.tensor(found[order]), _core.tensor(places[inverse.reshape(-1)], out_idx))


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: Optional[str] = None
) -> list[_Tensor]:
    """The rows of data whose partition is 0, 1, …"""
    chosen = np.asarray(_core.tensor(partitions).numpy())
    flat = _op("reshape")(data, (chosen.size, *_core.tensor(data).shape[chosen.ndim :]))
    return [_gather(flat, np.flatnonzero(chosen == n), 0) for n in builtins.range(num_partitions)]


def dynamic_stitch(indices: Sequence[Any], data: Sequence[Any], name: Optional[str] = None) -> _Tensor:
    """One tensor whose row indices[m][i] is data[m][i]; of several rows for a place the last."""
    places = [np.asarray(_core.tensor(i).numpy()) for i in indices]
    rows = [
        _op("reshape")(d, (i.size, *_core.tensor(d).shape[i.ndim :])) for i, d in zip(places, data)
    ]
    flat = np.concatenate([i.reshape(-1) for i in places])
    last = np.zeros(flat.max(initial=-1) + 1, np.int64)
    last[flat] = np.arange(flat.size)
    return _gather(_op("concat")(rows, 0), last, 0)


def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int, batch_axis: int = 0, name: Optional[str] = None
) -> _Tensor:
    """The first seq_lengths[b] entries along an axis in reverse order, for each b along the batch axis."""
    x = _core.tensor(input)
    lengths = np.asarray(_core.tensor(seq_lengths).numpy())[:, None]
    places = np.arange(x.shape[seq_axis])
    order = np.where(places < lengths, lengths - 1 - places, places)
    order = order if batch_axis % x.ndim < seq_axis % x.ndim else order.T
    around = [n if a in (batch_axis % x.ndim, seq_axis % x.ndim) else 1 for a, n in enumerate(x.shape)]
    return _op("take_along_axis")(x, np.broadcast_to(order.reshape(around), x.shape), seq_axis)


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The values as an array; None in the body of a `function`, where they come later."""
    try:
        return _core.tensor(tensor).numpy()
    except FailedPreconditionError:
        return None


def broadcast_static_shape(shape_x: Sequence[int], shape_y: Sequence[int]) -> TensorShape:
    """The shape that tensors of two shapes broadcast to. ValueError: they do not."""
    return TensorShape(np.broadcast_shapes(tuple(shape_x), tuple(shape_y)))


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> _Tensor:
    """broadcast_static_shape of tensors."""
    sizes = (_core.tensor(s).numpy().tolist() for s in (shape_x, shape_y))
    return _core.tensor(list(np.broadcast_shapes(*map(tuple, sizes))))
