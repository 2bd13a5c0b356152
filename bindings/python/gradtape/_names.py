"""TensorFlow's names for tensors as such: reductions over axes, shapes, parts, clipping, and what makes
tensors.
"""

from __future__ import annotations

from typing import Any, Optional, Sequence

from . import _core
from ._core import Tensor as _Tensor

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
