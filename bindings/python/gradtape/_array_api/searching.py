"""The array API's searching, sorting and set functions.

NumPy reads `nonzero`, `searchsorted` and the indices of `unique_*` from the values. They have no derivative, and
inside a `function` body they raise the engine's error. The values of `unique_*` are gathered from x, so derivatives
pass.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Optional

import numpy as np

from .. import _core
from .._core import op
from ..errors import InvalidArgumentError


def argmax(
    input: Any,
    axis: Optional[int] = None,
    output_type: Any = None,
    name: Optional[str] = None,
    *,
    keepdims: bool = False,
) -> _core.Tensor:
    """The index of the first largest entry along an axis, or without an axis of the flat tensor; int64 by
    default.

    TensorFlow's function takes axis 0 where none is given; the array API's rule is followed here.
    """
    return _arg("argmax", input, axis, output_type, keepdims)


def argmin(
    input: Any,
    axis: Optional[int] = None,
    output_type: Any = None,
    name: Optional[str] = None,
    *,
    keepdims: bool = False,
) -> _core.Tensor:
    """The index of the first smallest entry along an axis, or without an axis of the flat tensor; int64 by
    default.
    """
    return _arg("argmin", input, axis, output_type, keepdims)


def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = _core.int64, name: Optional[str] = None
) -> _core.Tensor:
    """How many entries over the axes are not 0, or true."""
    counts = op("reduce_sum")(op("cast")(input, _core.bool_), axis, keepdims)
    return op("cast")(counts, dtype)


def nonzero(x: Any, /) -> tuple:
    """The places of the entries that are not 0: one int64 tensor an axis. Rank 0 is a ValueError."""
    values = np.asarray(_core.tensor(x).numpy())
    if not values.ndim:
        raise InvalidArgumentError("nonzero: a rank of 1 or more is needed")
    return tuple(_core.tensor(places) for places in np.nonzero(values))


def searchsorted(
    x1: Any, x2: Any, /, *, side: Literal["left", "right"] = "left", sorter: Any = None
) -> _core.Tensor:
    """The indices at which x1, of rank 1 and rising, stays sorted if the entries of x2 come in.

    "left" gives the first such index, "right" the last; `sorter` is the order that sorts x1.
    """
    if side not in ("left", "right"):
        raise InvalidArgumentError(f"searchsorted: side is 'left' or 'right', got {side!r}")
    line, wanted = (np.asarray(_core.tensor(x).numpy()) for x in (x1, x2))
    order = None if sorter is None else np.asarray(sorter)
    return _core.tensor(np.asarray(np.searchsorted(line, wanted, side=side, sorter=order)).astype(np.int64))


def where(condition: Any, x: Any = None, y: Any = None, name: Optional[str] = None) -> _core.Tensor:
    """x where the condition holds, else y; of the condition alone the places where it holds, [count,
    rank].
    """
    if x is None and y is None:
        return _core.tensor(np.argwhere(np.asarray(_core.tensor(condition).numpy())).astype(np.int64))
    if x is None or y is None:
        raise InvalidArgumentError("where: x and y are given both, or neither")
    return op("where")(condition, x, y)


def argsort(
    values: Any,
    axis: int = -1,
    direction: Optional[str] = None,
    stable: bool = True,
    name: Optional[str] = None,
    *,
    descending: bool = False,
) -> _core.Tensor:
    """The int64 indices that sort along an axis, rising or descending; equal entries keep their order, nan is
    last.
    """
    values = _core.tensor(values)
    if not values.ndim:
        return _core.tensor(np.zeros((), np.int64))
    return op("cast")(op("argsort")(values, axis, _direction(direction, descending)), _core.int64)


def sort(
    values: Any,
    axis: int = -1,
    direction: Optional[str] = None,
    name: Optional[str] = None,
    *,
    descending: bool = False,
    stable: bool = True,
) -> _core.Tensor:
    """The entries along an axis in order, rising or descending; nan is last."""
    values = _core.tensor(values)
    return (
        op("sort")(values, axis, _direction(direction, descending)) if values.ndim else op("identity")(values)
    )


class UniqueAll(NamedTuple):
    """Distinct values, where each is first, the place of each entry's value, and how often each occurs."""

    values: _core.Tensor
    indices: _core.Tensor
    inverse_indices: _core.Tensor
    counts: _core.Tensor


class UniqueCounts(NamedTuple):
    """Distinct values, and how often each occurs."""

    values: _core.Tensor
    counts: _core.Tensor


class UniqueInverse(NamedTuple):
    """Distinct values, and for each entry the place of its value among them."""

    values: _core.Tensor
    inverse_indices: _core.Tensor


def unique_all(x: Any, /) -> UniqueAll:
    """The distinct entries of the flat tensor, rising, each nan by itself; with indices, inverse and
    counts.
    """
    x = _core.tensor(x)
    first, inverse, counts = _distinct(np.asarray(x.numpy()).reshape(-1))
    picked = op("gather")(op("reshape")(x, (x.size,)), first, axis=0)
    return UniqueAll(
        picked, _core.tensor(first), _core.tensor(inverse.reshape(x.shape)), _core.tensor(counts)
    )


def unique_counts(x: Any, /) -> UniqueCounts:
    """The distinct entries, rising, and how often each occurs."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Any, /) -> UniqueInverse:
    """The distinct entries, rising, and the place of each entry's value, in the shape of x."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Any, /) -> _core.Tensor:
    """The distinct entries of the flat tensor, rising; each nan counts by itself."""
    return unique_all(x).values


def _distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first index of each distinct value, in rising order of the values; the group of each entry; the groups'
    sizes.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    begins = np.ones(len(values), bool)
    begins[1:] = ordered[1:] != ordered[:-1]  # true of nan beside nan
    inverse = np.empty(len(values), np.int64)
    inverse[order] = np.cumsum(begins) - 1
    counts = np.diff(np.append(np.flatnonzero(begins), len(values)))
    return order[begins].astype(np.int64), inverse, counts.astype(np.int64)


def _arg(name: str, x: Any, axis: Optional[int], output_type: Any, keepdims: bool) -> _core.Tensor:
    x = _core.tensor(x)
    if axis is None:
        found = op(name)(op("reshape")(x, (x.size,)), 0)
        found = op("reshape")(found, (1,) * x.ndim) if keepdims else found
    else:
        found = op(name)(x, axis)
        found = op("expand_dims")(found, axis) if keepdims else found
    return op("cast")(found, _core.int64 if output_type is None else output_type)


def _direction(direction: Optional[str], descending: bool) -> str:
    return direction if direction is not None else "DESCENDING" if descending else "ASCENDING"


__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "count_nonzero",
    "nonzero",
    "searchsorted",
    "sort",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
    "where",
]
