"""NumPy's functions of values on tensors, with its parameters, for `_numpy_functions`."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from . import _array_api as api
from . import _core
from . import _numpy_shapes as shapes
from ._core import op
from ._numpy import alike

tensor = _core.tensor


def sum(a, axis=None, dtype=None, *, keepdims=False):
    return api.sum(a, axis=axis, dtype=dtype, keepdims=keepdims)


def prod(a, axis=None, dtype=None, *, keepdims=False):
    return api.prod(a, axis=axis, dtype=dtype, keepdims=keepdims)


def mean(a, axis=None, dtype=None, *, keepdims=False):
    return api.mean(tensor(a, dtype), axis=axis, keepdims=keepdims)


def var(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=0):
    return api.var(tensor(a, dtype), axis=axis, correction=ddof or correction, keepdims=keepdims)


def std(a, axis=None, dtype=None, *, ddof=0, keepdims=False, correction=0):
    return api.std(tensor(a, dtype), axis=axis, correction=ddof or correction, keepdims=keepdims)


def ptp(a, axis=None, *, keepdims=False):
    return api.max(a, axis, keepdims=keepdims) - api.min(a, axis, keepdims=keepdims)


def average(a, axis=None, weights=None, *, keepdims=False):
    if weights is None:
        return mean(a, axis, keepdims=keepdims)
    a, weights = alike(a, weights)
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
        a, place = shapes.ravel(a), 0
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


def sort(a, axis=-1, kind=None, *, stable=None):
    return api.sort(shapes.ravel(a), 0) if axis is None else api.sort(a, axis)


def argsort(a, axis=-1, kind=None, *, stable=None):
    return api.argsort(shapes.ravel(a), 0) if axis is None else api.argsort(a, axis)


def cumsum(a, axis=None, dtype=None):
    return op("cumsum")(*_along(tensor(a, dtype), axis))


def cumprod(a, axis=None, dtype=None):
    return op("cumprod")(*_along(tensor(a, dtype), axis))


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


def nansum(a, axis=None, dtype=None, *, keepdims=False):
    return sum(_without_nan(a, 0), axis, dtype, keepdims=keepdims)


def nanprod(a, axis=None, dtype=None, *, keepdims=False):
    return prod(_without_nan(a, 1), axis, dtype, keepdims=keepdims)


def nanmean(a, axis=None, dtype=None, *, keepdims=False):
    a = tensor(a, dtype)
    count = sum(op("cast")(a == a, a.dtype), axis, keepdims=keepdims)
    return nansum(a, axis, keepdims=keepdims) / count


def nanvar(a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    a = tensor(a, dtype)
    count = sum(op("cast")(a == a, a.dtype), axis, keepdims=keepdims)
    apart = a - nanmean(a, axis, keepdims=True)
    return nansum(apart * apart, axis, keepdims=keepdims) / (count - ddof)


def nanstd(a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    return op("sqrt")(nanvar(a, axis, dtype, ddof=ddof, keepdims=keepdims))


def nanmax(a, axis=None, *, keepdims=False):
    return api.max(_without_nan(a, -np.inf), axis=axis, keepdims=keepdims)


def nanmin(a, axis=None, *, keepdims=False):
    return api.min(_without_nan(a, np.inf), axis=axis, keepdims=keepdims)


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x = tensor(x)
    if not x.dtype.is_floating:
        return x
    largest = float(np.finfo(x.dtype.as_numpy_dtype).max)
    x = _without_nan(x, nan)
    x = op("where")(x == np.inf, largest if posinf is None else posinf, x)
    return op("where")(x == -np.inf, -largest if neginf is None else neginf, x)


def quantile(a, q, axis=None, *, method="linear", keepdims=False):
    if method != "linear":
        raise TypeError(f"np.quantile: for tensors method is 'linear', got {method!r}")
    a, q = tensor(a), np.asarray(q)
    place = 0 if axis is None else operator.index(axis)
    ordered = api.sort(shapes.ravel(a) if axis is None else a, place)
    exact = q * (ordered.shape[place] - 1)
    below = np.floor(exact).astype(np.int64)
    rest = tensor(exact - below, a.dtype)
    low, high = (
        api.moveaxis(api.take(ordered, np.reshape(n, -1), axis=place), place, -1)
        for n in (below, np.minimum(below + 1, ordered.shape[place] - 1))
    )
    found = low + (high - low) * shapes.ravel(rest)
    found = api.reshape(api.moveaxis(found, -1, 0), (*q.shape, *found.shape[:-1]))
    if not keepdims:
        return found
    kept = [1 if axis is None or n == place % a.ndim else size for n, size in enumerate(a.shape)]
    return api.reshape(found, (*q.shape, *kept))


def percentile(a, q, axis=None, *, method="linear", keepdims=False):
    return quantile(a, np.asarray(q) / 100, axis, method=method, keepdims=keepdims)


def cov(m, y=None, rowvar=True, bias=False, ddof=None):
    rows = _variables(m, rowvar)
    if y is not None:
        rows = shapes.concatenate([rows, _variables(y, rowvar)], 0)
    apart = rows - api.mean(rows, axis=1, keepdims=True)
    free = (0 if bias else 1) if ddof is None else ddof
    found = apart @ op("transpose")(apart) / float(rows.shape[1] - free)
    return found if rows.shape[0] > 1 else api.reshape(found, ())


def corrcoef(x, y=None, rowvar=True):
    found = cov(x, y, rowvar)
    if not found.ndim:
        return found / found
    spread = op("sqrt")(op("diag_part")(found))
    return found / op("outer")(spread, spread)


def gradient(f, *varargs, axis=None, edge_order=1):
    f = tensor(f)
    axes = range(f.ndim) if axis is None else [axis] if np.ndim(axis) == 0 else axis
    steps = list(varargs) * (len(axes) if len(varargs) == 1 else 1) or [1.0] * len(axes)
    if len(steps) != len(axes) or any(np.ndim(h) for h in steps) or edge_order != 1:
        raise TypeError("np.gradient: for tensors steps are numbers, one or one an axis, and edge_order is 1")
    found = [_slope(f, operator.index(n), h) for n, h in zip(axes, steps)]
    return found[0] if len(found) == 1 else tuple(found)


def _slope(f: _core.Tensor, axis: int, step: Any) -> _core.Tensor:
    n = f.shape[axis]
    ends = np.arange(n)
    above, below = np.minimum(ends + 1, n - 1), np.maximum(ends - 1, 0)
    width = np.reshape(above - below, [-1 if i == axis % f.ndim else 1 for i in range(f.ndim)])
    rise = api.take(f, above, axis=axis) - api.take(f, below, axis=axis)
    return rise / (tensor(width.astype(f.dtype.as_numpy_dtype)) * step)


def interp(x, xp, fp, left=None, right=None):
    x, xp, fp = alike(*(v if hasattr(v, "dtype") else np.asarray(v, np.float64) for v in (x, xp, fp)))
    place = api.clip(api.searchsorted(xp, x, side="right") - 1, 0, xp.size - 2)
    x0, x1, y0, y1 = (api.take(v, place + n, axis=0) for v in (xp, fp) for n in (0, 1))
    found = y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    found = op("where")(x < xp[0], fp[0] if left is None else left, found)
    return op("where")(x > xp[-1], fp[-1] if right is None else right, found)


def convolve(a, v, mode="full"):
    a, v = (shapes.ravel(t) for t in alike(a, v))
    if a.size < v.size:
        a, v = v, a
    return _slid(a, api.flip(v), mode)


def correlate(a, v, mode="valid"):
    a, v = (shapes.ravel(t) for t in alike(a, v))
    if a.size < v.size:
        return api.flip(_slid(v, a, mode))
    return _slid(a, v, mode)


def _slid(a: _core.Tensor, v: _core.Tensor, mode: str) -> _core.Tensor:
    """The sums of products of v laid beside each place of a, which is as long or longer."""
    n = v.size - 1
    before = {"full": n, "same": v.size // 2, "valid": 0}
    if mode not in before:
        raise ValueError(f"mode is 'full', 'same' or 'valid', got {mode!r}")
    after = {"full": n, "same": n - v.size // 2, "valid": 0}[mode]
    padded = op("pad")(a, [[before[mode], after]], "CONSTANT", 0)
    return op("conv1d")(padded[None, :, None], v[:, None, None])[0, :, 0]


def sinc(x):
    x = _core.tensor(x) * np.pi
    near = abs(x) < 0.01
    square = x * x
    series = 1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72)))
    apart = op("where")(near, 1.0, x)
    return op("where")(near, series, op("sin")(apart) / apart)


def partition(a, kth, axis=-1):
    return sort(a, axis)


def _without_nan(a: Any, value: float) -> _core.Tensor:
    a = tensor(a)
    return op("where")(op("is_nan")(a), value, a) if a.dtype.is_floating else a


def _variables(m: Any, rowvar: bool) -> _core.Tensor:
    """A variable in each row."""
    m = shapes.atleast_2d(m)
    return m if rowvar or m.shape[0] == 1 else op("transpose")(m)


def _along(a: _core.Tensor, axis: Any) -> tuple:
    return (shapes.ravel(a), 0) if axis is None else (a, axis)
