"""The array API's statistical and utility functions: sums, means, variances, running sums, all, any,
differences.
"""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from .. import _convert, _core
from .._core import op
from ..errors import InvalidArgumentError
from .manipulation import _axes, _axis


def sum(x: Any, /, axis: Any = None, *, dtype: Any = None, keepdims: bool = False) -> _core.Tensor:
    """The sum over the axes, or over all; of bools their count, int64. A `dtype` is cast to before adding."""
    return _reduce("reduce_sum", _in_dtype(x, dtype), axis, keepdims)


def prod(x: Any, /, axis: Any = None, *, dtype: Any = None, keepdims: bool = False) -> _core.Tensor:
    """The product over the axes, or over all. A `dtype` is cast to before multiplying."""
    return _reduce("reduce_prod", _in_dtype(x, dtype), axis, keepdims)


def max(x: Any, /, axis: Any = None, *, keepdims: bool = False) -> _core.Tensor:
    """The largest entry over the axes, nan where there is one; no entries at all are a ValueError."""
    return _reduce("reduce_max", _some("max", x, axis), axis, keepdims)


def min(x: Any, /, axis: Any = None, *, keepdims: bool = False) -> _core.Tensor:
    """The smallest entry over the axes, nan where there is one; no entries at all are a ValueError."""
    return _reduce("reduce_min", _some("min", x, axis), axis, keepdims)


def mean(x: Any, /, axis: Any = None, *, keepdims: bool = False) -> _core.Tensor:
    """The mean over the axes, or over all, of a floating type."""
    return _reduce("reduce_mean", _convert.floats("mean", x), axis, keepdims)


def var(x: Any, /, axis: Any = None, *, correction: float = 0.0, keepdims: bool = False) -> _core.Tensor:
    """The mean squared distance from the mean; the sum is divided by count - correction."""
    x = _convert.floats("var", x)
    biased = _reduce("reduce_variance", x, axis, keepdims)
    return biased * _corrected(x, axis, correction) if correction else biased


def std(x: Any, /, axis: Any = None, *, correction: float = 0.0, keepdims: bool = False) -> _core.Tensor:
    """The square root of `var`; its derivative is 0 where all entries are the same."""
    x = _convert.floats("std", x)
    biased = _reduce("reduce_std", x, axis, keepdims)
    return biased * float(np.sqrt(_corrected(x, axis, correction))) if correction else biased


def cumulative_sum(
    x: Any, /, axis: Optional[int] = None, *, dtype: Any = None, include_initial: bool = False
) -> _core.Tensor:
    """The sums of all entries up to each one along an axis, which rank 1 need not name; with a leading 0 if
    wanted.
    """
    return _cumulative("cumsum", x, axis, dtype, 0 if include_initial else None)


def cumulative_prod(
    x: Any, /, axis: Optional[int] = None, *, dtype: Any = None, include_initial: bool = False
) -> _core.Tensor:
    """The products of all entries up to each one along an axis; with a leading 1 if wanted."""
    return _cumulative("cumprod", x, axis, dtype, 1 if include_initial else None)


def all(x: Any, /, axis: Any = None, *, keepdims: bool = False) -> _core.Tensor:
    """Whether all entries over the axes are true, or not 0."""
    return _reduce("reduce_all", op("cast")(x, _core.bool_), axis, keepdims)


def any(x: Any, /, axis: Any = None, *, keepdims: bool = False) -> _core.Tensor:
    """Whether any entry over the axes is true, or not 0."""
    return _reduce("reduce_any", op("cast")(x, _core.bool_), axis, keepdims)


def diff(x: Any, /, axis: int = -1, *, n: int = 1, prepend: Any = None, append: Any = None) -> _core.Tensor:
    """The n-th differences of neighbours along an axis, with optional values before and after x there."""
    x = _core.tensor(x)
    if n < 0:
        raise InvalidArgumentError(f"diff: n is 0 or more, got {n}")
    axis = _axis(axis, x.ndim)
    parts = [_convert.convert_like(p, x) if p is not x else x for p in (prepend, x, append) if p is not None]
    x = op("concat")(parts, axis) if len(parts) > 1 else x
    for _ in range(n):
        lower = [slice(None)] * axis + [slice(None, -1)]
        upper = [slice(None)] * axis + [slice(1, None)]
        x = op("not_equal" if x.dtype == _core.bool_ else "subtract")(x[tuple(upper)], x[tuple(lower)])
    return x


def _reduce(name: str, x: Any, axis: Any, keepdims: bool) -> _core.Tensor:
    return op(name)(x, None if axis is None else _axes(axis), keepdims)


def _in_dtype(x: Any, dtype: Any) -> _core.Tensor:
    x = _core.tensor(x)
    return x if dtype is None else op("cast")(x, dtype)


def _some(name: str, x: Any, axis: Any) -> _core.Tensor:
    x = _core.tensor(x)
    if _count(x, axis) == 0 and x.size == 0:
        raise InvalidArgumentError(f"{name}: no entries over axis {axis} of shape {x.shape}")
    return x


def _count(x: _core.Tensor, axis: Any) -> int:
    """How many entries meet in one of the reduction."""
    axes = range(x.ndim) if axis is None else [_axis(a, x.ndim) for a in _axes(axis)]
    return int(np.prod([x.shape[a] for a in axes], dtype=np.int64))


def _corrected(x: _core.Tensor, axis: Any, correction: float) -> float:
    """count / (count - correction): infinite, or nan, where nothing is left to divide by."""
    count = _count(x, axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(count) / np.maximum(count - float(correction), 0.0))


def _cumulative(name: str, x: Any, axis: Optional[int], dtype: Any, initial: Optional[int]) -> _core.Tensor:
    x = _in_dtype(x, dtype)
    if axis is None:
        if x.ndim > 1:
            raise InvalidArgumentError(f"{name}: an axis is needed for shape {x.shape}")
        axis, x = 0, op("reshape")(x, (x.size,)) if not x.ndim else x
    axis = _axis(axis, x.ndim)
    result = op(name)(x, axis)
    if initial is None:
        return result
    shape = tuple(1 if i == axis else n for i, n in enumerate(x.shape))
    return op("concat")([op("broadcast_to")(_core.tensor(initial, result.dtype), shape), result], axis)


__all__ = [
    "all",
    "any",
    "cumulative_prod",
    "cumulative_sum",
    "diff",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
]
