"""NumPy's functions on tensors while a function is differentiated: those of gradtape, which tapes record.

`_numpy` asks here inside `grad`, `jacobian` and their kin. The parameters are NumPy's; those that have no
meaning for tensors (`out`, `where`, `initial`, …) are left out, so that they raise TypeError.
"""

from __future__ import annotations

import inspect
import operator
from typing import Any, Callable

import numpy as np

from . import _array_api as api
from . import _core
from ._array_api import linalg
from ._core import op

tensor = _core.tensor

# What has no derivative: NumPy computes it from the values.
FROM_VALUES = frozenset(
    (
        "shape ndim size result_type can_cast min_scalar_type common_type iscomplexobj isrealobj isreal "
        "iscomplex array_equal array_equiv allclose isclose nonzero argwhere flatnonzero searchsorted "
        "digitize isin isposinf isneginf array2string array_repr array_str save savez savez_compressed "
        "savetxt shares_memory may_share_memory argpartition lexsort linalg.matrix_rank"
    ).split()
)


def sum(a, axis=None, dtype=None, *, keepdims=False):
    return api.sum(a, axis=axis, dtype=dtype, keepdims=keepdims)


def prod(a, axis=None, dtype=None, *, keepdims=False):
    return api.prod(a, axis=axis, dtype=dtype, keepdims=keepdims)


def mean(a, axis=None, dtype=None, *, keepdims=False):
    return api.mean(_in(a, dtype), axis=axis, keepdims=keepdims)


def var(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=0):
    return api.var(_in(a, dtype), axis=axis, correction=ddof or correction, keepdims=keepdims)


def std(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=0):
    return api.std(_in(a, dtype), axis=axis, correction=ddof or correction, keepdims=keepdims)


def ptp(a, axis=None, *, keepdims=False):
    return api.max(a, axis, keepdims=keepdims) - api.min(a, axis, keepdims=keepdims)


def average(a, axis=None, weights=None, *, keepdims=False):
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    a, weights = linalg._both(a, weights)
    if weights.shape != a.shape:
        if weights.ndim != 1 or axis is None or weights.size != a.shape[axis]:
            raise ValueError(f"average: weights of shape {weights.shape} for shape {a.shape}, axis {axis}")
        places = [1] * a.ndim
        places[axis] = weights.size
        weights = api.broadcast_to(api.reshape(weights, places), a.shape)
    return sum(a * weights, axis, keepdims=keepdims) / sum(weights, axis, keepdims=keepdims)


def median(a, axis=None, *, keepdims=False):
    a = tensor(a)
    shape = [1] * a.ndim
    if axis is None:
        a, place = ravel(a), 0
    else:
        place = operator.index(axis)
        shape = list(a.shape)
        shape[place] = 1
    n = a.shape[place]
    middle = api.mean(
        api.take(api.sort(a, place), np.arange((n - 1) // 2, n // 2 + 1), axis=place), axis=place
    )
    return api.reshape(middle, shape) if keepdims else middle


def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = tensor(y)
    n = y.shape[axis]
    sums = api.take(y, np.arange(1, n), axis=axis) + api.take(y, np.arange(n - 1), axis=axis)
    if x is None:
        return api.sum(sums, axis=axis) * (dx / 2)
    steps = api.diff(x, axis=-1 if tensor(x).ndim == 1 else axis)
    if steps.ndim == 1:
        steps = api.reshape(steps, [n - 1 if i == axis % y.ndim else 1 for i in range(y.ndim)])
    return api.sum(sums * steps, axis=axis) / 2


def dot(a, b):
    a, b = linalg._both(a, b)
    if not (a.ndim and b.ndim):
        return a * b
    return api.tensordot(a, b, ([-1 % a.ndim], [max(b.ndim - 2, 0)]))


def inner(a, b):
    a, b = linalg._both(a, b)
    return api.tensordot(a, b, ([a.ndim - 1], [b.ndim - 1])) if a.ndim and b.ndim else a * b


def vdot(a, b):
    return dot(ravel(a), ravel(b))


def outer(a, b):
    return op("outer")(ravel(a), ravel(b))


def einsum(*operands, optimize=False):
    if not isinstance(operands[0], str):
        raise TypeError("np.einsum: for tensors the first argument is text, as 'ij,jk->ik'")
    return op("einsum")(list(operands[1:]), operands[0])


def cross(a, b, axis=-1):
    return linalg.cross(a, b, axis=axis)


def kron(a, b):
    return op("kron")(a, b)


def multi_dot(arrays):
    first, *others = arrays
    for array in others:
        first = dot(first, array)
    return first


def trace(a, offset=0, axis1=0, axis2=1):
    return api.sum(diagonal(a, offset, axis1, axis2), axis=-1)


def diagonal(a, offset=0, axis1=0, axis2=1):
    return linalg.diagonal(api.moveaxis(a, (axis1, axis2), (-2, -1)), offset=offset)


def diag(v, k=0):
    v = tensor(v)
    return op("diag")(v, k) if v.ndim == 1 else diagonal(v, k)


def norm(x, ord=None, axis=None, keepdims=False):
    x = tensor(x)
    if axis is None and ord is None:
        return linalg.vector_norm(x, keepdims=keepdims)
    axes = tuple(range(x.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else [axis])
    if len(axes) == 1:
        return linalg.vector_norm(x, axis=axes[0], keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(f"np.linalg.norm: {len(axes)} axes, but a norm has one or two")
    found = linalg.matrix_norm(api.moveaxis(x, axes, (-2, -1)), ord="fro" if ord is None else ord)
    for axis in sorted(a % x.ndim for a in axes) if keepdims else ():
        found = api.expand_dims(found, axis)
    return found


def qr(a, mode="reduced"):
    return linalg.qr(a, mode=mode)


def svd(a, full_matrices=True, compute_uv=True):
    return linalg.svd(a, full_matrices, compute_uv)


def reshape(a, shape):
    return api.reshape(a, shape)


def ravel(a):
    a = tensor(a)
    return api.reshape(a, (a.size,))


def transpose(a, axes=None):
    return op("transpose")(a) if axes is None else op("transpose")(a, list(axes))


def swapaxes(a, axis1, axis2):
    return api.moveaxis(a, (axis1, axis2), (axis2, axis1))


def expand_dims(a, axis):
    axes = axis if isinstance(axis, (tuple, list)) else [axis]
    rank = tensor(a).ndim + len(axes)
    for axis in sorted(operator.index(n) % rank for n in axes):
        a = api.expand_dims(a, axis)
    return a


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


def concatenate(arrays, axis: Any = 0, *, dtype=None):
    return _in(api.concat(list(arrays), axis), dtype)


def stack(arrays, axis=0, *, dtype=None):
    return _in(api.stack(list(arrays), axis), dtype)


def vstack(tup, *, dtype=None):
    return concatenate([_at_least_2(a) for a in tup], 0, dtype=dtype)


def hstack(tup, *, dtype=None):
    parts = [_at_least_1(a) for a in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype=dtype)


def column_stack(tup):
    return concatenate([a if a.ndim > 1 else api.reshape(a, (a.size, 1)) for a in map(tensor, tup)], 1)


def append(arr, values, axis=None):
    return concatenate([tensor(arr), values], axis)


def atleast_1d(*arys):
    return _each(_at_least_1, arys)


def atleast_2d(*arys):
    return _each(_at_least_2, arys)


def take(a, indices, axis=None):
    return api.take(ravel(a), indices, axis=0) if axis is None else api.take(a, indices, axis=axis)


def sort(a, axis=-1, kind=None, *, stable=None):
    return api.sort(ravel(a), 0) if axis is None else api.sort(a, axis)


def argsort(a, axis=-1, kind=None, *, stable=None):
    return api.argsort(ravel(a), 0) if axis is None else api.argsort(a, axis)


def cumsum(a, axis=None, dtype=None):
    return op("cumsum")(*_along(_in(a, dtype), axis))


def cumprod(a, axis=None, dtype=None):
    return op("cumprod")(*_along(_in(a, dtype), axis))


def diff(a, n=1, axis=-1, prepend=None, append=None):
    return api.diff(a, axis=axis, n=n, prepend=prepend, append=append)


def where(condition, x=None, y=None):
    return api.where(condition, x, y) if x is not None else api.nonzero(condition)


def clip(a, a_min=None, a_max=None, *, min=None, max=None):
    return api.clip(a, min if a_min is None else a_min, max if a_max is None else a_max)


def round(a, decimals=0):
    scale = 10.0**decimals
    return api.round(a) if not decimals else api.round(tensor(a) * scale) / scale


def linspace(start, stop, num=50, endpoint=True, *, dtype=None, axis=0):
    return api.linspace(start, stop, num, dtype, axis, endpoint=endpoint)


def polyval(p, x):
    value = api.zeros_like(tensor(x))
    for coefficient in tensor(p):
        value = value * x + coefficient
    return value


def reduced(name, a, axis=0, dtype=None, *, keepdims=False):
    """`np.add.reduce` and its kin."""
    return REDUCTIONS[name](_in(a, dtype), axis=axis, keepdims=keepdims)


def accumulated(name, array, axis=0, dtype=None):
    """`np.add.accumulate` and `np.multiply.accumulate`."""
    return ACCUMULATIONS[name](array, axis, dtype)


def _in(a: Any, dtype: Any) -> _core.Tensor:
    return tensor(a) if dtype is None else op("cast")(a, dtype)


def _along(a: _core.Tensor, axis: Any) -> tuple:
    return (ravel(a), 0) if axis is None else (a, axis)


def _at_least_1(a: Any) -> _core.Tensor:
    a = tensor(a)
    return a if a.ndim else api.reshape(a, (1,))


def _at_least_2(a: Any) -> _core.Tensor:
    a = _at_least_1(a)
    return a if a.ndim > 1 else api.reshape(a, (1, a.size))


def _each(convert: Callable[..., Any], arrays: Any) -> Any:
    return convert(arrays[0]) if len(arrays) == 1 else tuple(convert(a) for a in arrays)


_HERE = (
    "sum prod mean var std ptp average median trapezoid dot inner vdot outer cross kron linspace einsum "
    "trace diagonal diag reshape ravel transpose swapaxes expand_dims pad array_split split concatenate "
    "stack vstack hstack column_stack append atleast_1d atleast_2d take sort argsort cumsum cumprod diff "
    "where clip round polyval"
).split()
_OF_THE_STANDARD = (
    "max min all any argmax argmin count_nonzero squeeze flip tile take_along_axis zeros_like ones_like "
    "full_like tril triu broadcast_to broadcast_arrays tensordot moveaxis roll repeat real imag meshgrid"
).split()
_SECOND_NAMES: dict[str, Callable[..., Any]] = {
    "amax": api.max,
    "amin": api.min,
    "around": round,
    "concat": concatenate,
    "copy": op("identity"),
    "empty_like": api.zeros_like,
    "linalg.cross": cross,
    "linalg.multi_dot": multi_dot,
    "linalg.norm": norm,
    "linalg.outer": outer,
    "linalg.qr": qr,
    "linalg.svd": svd,
    "permute_dims": transpose,
    "trapz": trapezoid,
}
_LINALG = (
    "cholesky det diagonal eigh eigvalsh inv matmul matrix_norm matrix_power matrix_transpose pinv "
    "slogdet solve svdvals tensordot trace vecdot vector_norm"
).split()
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: globals()[name] for name in _HERE},
    **{name: getattr(api, name) for name in _OF_THE_STANDARD},
    **{f"linalg.{name}": getattr(linalg, name) for name in _LINALG},
    **_SECOND_NAMES,
}
# Of ufuncs, by their names.
REDUCTIONS = {
    "add": sum,
    "logical_and": api.all,
    "logical_or": api.any,
    "maximum": api.max,
    "minimum": api.min,
    "multiply": prod,
}
ACCUMULATIONS = {"add": cumsum, "multiply": cumprod}


def call(name: str, function: Callable[..., Any], args: Any, options: Any) -> Any:
    """The function's result; TypeError, by the name, where it takes no such arguments.

    Python's types as `dtype` mean NumPy's 64 bits.
    """
    if isinstance(options.get("dtype"), type):
        options = {**options, "dtype": np.dtype(options["dtype"])}
    if not isinstance(function, _core.Op):
        try:
            inspect.signature(function).bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"{name}: for tensors, {error}") from None
    return function(*args, **options)
