"""`x.at[index].set(v)`, `.add`, `.subtract`, `.multiply`, `.divide`, `.min`, `.max`, `.get`: a changed copy
of a tensor.
"""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from . import _core, _convert
from .errors import InvalidArgumentError


class At:
    """`x.at`; subscripted it gives the place to change."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor: _core.Tensor):
        self._tensor = tensor

    def __getitem__(self, key: Any) -> "Place":
        return Place(self._tensor, key)


class Place:
    """The entries of a tensor at an index; each method returns a tensor in which they alone differ.

    Any index of NumPy serves, with known values. The new values broadcast to the indexed part.
    Derivatives pass to the tensor and to the values.
    """

    __slots__ = ("_tensor", "_key", "_flat", "_shape")

    def __init__(self, tensor: _core.Tensor, key: Any):
        self._tensor, self._key = tensor, key
        numbers = np.arange(tensor.size).reshape(tensor.shape)
        picked = np.asarray(numbers[_known(key)])
        self._flat, self._shape = picked.reshape(-1), picked.shape

    def get(self) -> _core.Tensor:
        """The entries themselves: `x[index]`."""
        return self._tensor[self._key]

    def set(self, values: Any) -> _core.Tensor:
        """The values in place of the entries; where an index names an entry twice, the last value counts."""
        return self._scatter("tensor_scatter_update", self._flat, self._values(values))

    def add(self, values: Any) -> _core.Tensor:
        """The values added; an entry that the index names twice is added to twice."""
        return self._scatter("tensor_scatter_add", self._flat, self._values(values))

    def subtract(self, values: Any) -> _core.Tensor:
        """The values subtracted; an entry named twice is subtracted from twice."""
        return self.add(-_convert.convert_like(values, self._tensor))

    def multiply(self, values: Any) -> _core.Tensor:
        """The entries times the values; an entry named twice is multiplied twice."""
        return self._combine(_core.op("multiply"), values)

    def divide(self, values: Any) -> _core.Tensor:
        """The entries over the values, of a floating dtype; an entry named twice is divided twice."""
        if not self._tensor.dtype.is_floating:
            raise InvalidArgumentError(
                f"at[].divide: quotients do not fit dtype {self._tensor.dtype}; cast first"
            )
        return self._combine(_core.op("divide"), values)

    def min(self, values: Any) -> _core.Tensor:
        """The smaller ones of entries and values."""
        return self._combine(_core.op("minimum"), values)

    def max(self, values: Any) -> _core.Tensor:
        """The larger ones of entries and values."""
        return self._combine(_core.op("maximum"), values)

    def __repr__(self) -> str:
        return f"<place {self._key!r} of a tensor of shape {self._tensor.shape}>"

    def _values(self, values: Any) -> _core.Tensor:
        values = _convert.convert_like(values, self._tensor)
        try:
            fits = np.broadcast_shapes(values.shape, self._shape) == self._shape
        except ValueError:
            fits = False
        if not fits:
            raise InvalidArgumentError(
                f"at: values of shape {values.shape} do not broadcast to the indexed shape {self._shape}"
            )
        return _core.op("reshape")(
            _core.op("broadcast_to")(values, self._shape), (-1,) if self._flat.size else (0,)
        )

    def _scatter(self, op: str, places: np.ndarray, values: _core.Tensor) -> _core.Tensor:
        x = self._tensor
        if not places.size:
            return _core.op("identity")(x)
        flat = _core.op(op)(_core.op("reshape")(x, (-1,)), places[:, None], values)
        return _core.op("reshape")(flat, x.shape)

    def _combine(self, op: Callable, values: Any) -> _core.Tensor:
        """`op` of entry and value; for entries named often, one round after the other."""
        values = self._values(values)
        if not self._flat.size:
            return _core.op("identity")(self._tensor)
        gather = _core.op("gather")
        places, rounds = _rounds(self._flat)
        entries = gather(_core.op("reshape")(self._tensor, (-1,)), places, axis=0)
        finished: list = []
        for members in rounds:
            count = len(members)
            if count < entries.shape[0]:
                finished.insert(0, entries[count:])
                entries = entries[:count]
            entries = op(entries, gather(values, members, axis=0))
        return self._scatter("tensor_scatter_update", places, _core.op("concat")([entries, *finished], 0))


def _rounds(flat: np.ndarray) -> tuple[np.ndarray, list]:
    """The places once each, those named most often first, and for each round the numbers of the values used.

    Round r has one value, the (r+1)-th, for each place that is named more than r times: the first places.
    """
    places, inverse, counts = np.unique(flat, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    by_place = np.lexsort((np.arange(len(flat)), rank[inverse]))
    starts = np.concatenate([[0], np.cumsum(counts[order])[:-1]])
    sizes = counts[order]
    return places[order], [by_place[starts[: np.searchsorted(-sizes, -r)] + r] for r in range(int(sizes[0]))]


def _known(key: Any) -> Any:
    """The key, in which tensors are arrays of NumPy: their values are read now."""
    if isinstance(key, tuple):
        return tuple(_known(entry) for entry in key)
    return np.asarray(key) if isinstance(key, _core.Tensor) else key
