"""NumPy's functions of shapes and places on tensors, with its parameters, for `_numpy_functions`."""

from __future__ import annotations

import operator
from typing import Any, Callable

import numpy as np

from . import _array_api as api
from . import _core
from ._core import op

tensor = _core.tensor


def reshape(a, shape):
    return api.reshape(a, shape)


def ravel(a):
    a = tensor(a)
    return api.reshape(a, (a.size,))


def transpose(a, axes=None):
    return op("transpose")(a) if axes is None else op("transpose")(a, list(axes))


def swapaxes(a, axis1, axis2):
    rank = tensor(a).ndim
    same = operator.index(axis1) % rank == operator.index(axis2) % rank
    return tensor(a) if same else api.moveaxis(a, (axis1, axis2), (axis2, axis1))


def rollaxis(a, axis, start=0):
    rank = tensor(a).ndim
    axis, start = operator.index(axis) % rank, operator.index(start)
    start += rank if start < 0 else 0
    return api.moveaxis(a, axis, start - (axis < start))


def expand_dims(a, axis):
    axes = axis if isinstance(axis, (tuple, list)) else [axis]
    rank = tensor(a).ndim + len(axes)
    for axis in sorted(operator.index(n) % rank for n in axes):
        a = api.expand_dims(a, axis)
    return a


def flipud(m):
    return api.flip(m, axis=0)


def fliplr(m):
    return api.flip(m, axis=1)


def rot90(m, k=1, axes=(0, 1)):
    first, second = axes
    turns = operator.index(k) % 4
    if turns == 2:
        return api.flip(m, axis=(first, second))
    if turns:
        m = swapaxes(api.flip(m, axis=second if turns == 1 else first), first, second)
    return tensor(m)


def pad(array, pad_width, mode="constant", constant_values=0):
    array = tensor(array)
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    if mode not in ("constant", "reflect", "symmetric"):
        raise TypeError(f"np.pad: for tensors mode is 'constant', 'reflect' or 'symmetric', got {mode!r}")
    return op("pad")(array, widths, mode.upper(), constant_values)


def array_split(ary, indices_or_sections, axis=0):
    ary = tensor(ary)
    spans = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    return [api.take(ary, span, axis=axis) for span in spans]


def split(ary, indices_or_sections, axis=0):
    size = tensor(ary).shape[axis]
    if not np.ndim(indices_or_sections) and size % operator.index(indices_or_sections):
        raise ValueError(f"np.split: {size} entries do not make {indices_or_sections} equal parts")
    return array_split(ary, indices_or_sections, axis)


def vsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 0)


def hsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 0 if tensor(ary).ndim == 1 else 1)


def dsplit(ary, indices_or_sections):
    return split(ary, indices_or_sections, 2)


def unstack(x, /, *, axis=0):
    return tuple(op("unstack")(x, axis))


def concatenate(arrays, axis: Any = 0, *, dtype=None):
    return tensor(api.concat(list(arrays), axis), dtype)


def stack(arrays, axis=0, *, dtype=None):
    return tensor(api.stack(list(arrays), axis), dtype)


def vstack(tup, *, dtype=None):
    return concatenate([_at_least_2(a) for a in tup], 0, dtype=dtype)


def hstack(tup, *, dtype=None):
    parts = [_at_least_1(a) for a in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype=dtype)


def dstack(tup):
    return concatenate([_at_least_3(a) for a in tup], 2)


def column_stack(tup):
    return concatenate([a if a.ndim > 1 else api.reshape(a, (a.size, 1)) for a in map(tensor, tup)], 1)


def append(arr, values, axis=None):
    return concatenate([tensor(arr), values], axis)


def atleast_1d(*arys):
    return _each(_at_least_1, arys)


def atleast_2d(*arys):
    return _each(_at_least_2, arys)


def atleast_3d(*arys):
    return _each(_at_least_3, arys)


def take(a, indices, axis=None):
    return api.take(ravel(a), indices, axis=0) if axis is None else api.take(a, indices, axis=axis)


def delete(arr, obj, axis=None):
    arr = ravel(arr) if axis is None else tensor(arr)
    axis = 0 if axis is None else axis
    return take(arr, np.delete(np.arange(arr.shape[axis]), obj), axis)


def compress(condition, a, axis=None):
    return take(a, np.flatnonzero(condition), axis)


def select(condlist, choicelist, default=0):
    if len(condlist) != len(choicelist):
        raise ValueError(f"np.select: {len(condlist)} conditions for {len(choicelist)} choices")
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        chosen = op("where")(condition, choice, chosen)
    return chosen


def diagflat(v, k=0):
    return op("diag")(ravel(v), k)


def _at_least_1(a: Any) -> _core.Tensor:
    a = tensor(a)
    return a if a.ndim else api.reshape(a, (1,))


def _at_least_2(a: Any) -> _core.Tensor:
    a = _at_least_1(a)
    return a if a.ndim > 1 else api.reshape(a, (1, a.size))


def _at_least_3(a: Any) -> _core.Tensor:
    a = _at_least_2(a)
    return a if a.ndim > 2 else api.reshape(a, (*a.shape, 1))


def _each(convert: Callable[..., Any], arrays: Any) -> Any:
    return convert(arrays[0]) if len(arrays) == 1 else tuple(convert(a) for a in arrays)
