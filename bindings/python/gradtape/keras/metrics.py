"""Metrics: `update_state` adds a batch, `result` gives the value over all of them, `reset_state` begins anew.

The sums are variables, so that metrics work in a `function` too.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from .. import _core
from .._core import Tensor as _Tensor
from .._thread import unrecorded
from .._variable import Variable
from . import losses

_op = _core.op


class Metric:
    """A base: the weighted mean of `values(y_true, y_pred)` over batches."""

    def __init__(self, name: Optional[str] = None, dtype: Any = None) -> None:
        self.name = name or type(self).__name__
        self.dtype = _core.as_dtype(dtype or _core.float32)
        self.total = Variable(0, trainable=False, dtype=self.dtype, name=f"{self.name}/total")
        self.count = Variable(0, trainable=False, dtype=self.dtype, name=f"{self.name}/count")

    @property
    def variables(self) -> list[_core.Variable]:
        """The sum, and the sum of the weights."""
        return [self.total, self.count]

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        """The values whose mean is the metric."""
        raise NotImplementedError(f"{type(self).__name__} defines no values(y_true, y_pred)")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Adds a batch; no tape records it."""
        with unrecorded():
            self._add(self.values(y_true, y_pred), sample_weight)

    def _add(self, values: _Tensor, sample_weight: Any) -> None:
        values = _op("cast")(values, self.dtype)
        weights = _op("ones_like")(values)
        if sample_weight is not None:
            values, weights = (losses.weighted(x, sample_weight) for x in (values, weights))
        self.total.assign_add(_op("reduce_sum")(values))
        self.count.assign_add(_op("reduce_sum")(weights))

    def result(self) -> _Tensor:
        """The value over all batches since the last reset; 0 where there were none."""
        return _op("divide_no_nan")(self.total, self.count)

    def reset_state(self) -> None:
        """Begins anew."""
        for variable in self.variables:
            variable.assign(_op("zeros_like")(variable))

    reset_states = reset_state

    def __call__(self, *args: Any, **options: Any) -> _Tensor:
        self.update_state(*args, **options)
        return self.result()


class Mean(Metric):
    """The mean of all values: `update_state(values, sample_weight=None)`."""

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        with unrecorded():
            self._add(_core.tensor(values), sample_weight)


class Sum(Mean):
    """The sum of all values."""

    def result(self) -> _Tensor:
        return self.total.read_value()


class MeanMetricWrapper(Metric):
    """The mean of function(y_true, y_pred, **options)."""

    def __init__(
        self, fn: Callable[..., Any], name: Optional[str] = None, dtype: Any = None, **options: Any
    ) -> None:
        super().__init__(name, dtype)
        self._function, self._options = fn, options

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        return _core.tensor(self._function(y_true, y_pred, **self._options))


class MeanSquaredError(Metric):
    """The mean of (y_pred - y_true)²."""

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        return losses.mean_squared_error(y_true, y_pred)


class MeanAbsoluteError(Metric):
    """The mean of |y_pred - y_true|."""

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        return losses.mean_absolute_error(y_true, y_pred)


class RootMeanSquaredError(MeanSquaredError):
    """The square root of the mean of (y_pred - y_true)²."""

    def result(self) -> _Tensor:
        return _op("sqrt")(super().result())


class Accuracy(Metric):
    """How often y_pred equals y_true."""

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        y_pred = _core.tensor(y_pred)
        return _op("equal")(_op("cast")(_core.tensor(y_true), y_pred.dtype), y_pred)


class BinaryAccuracy(Metric):
    """How often y_pred > threshold where y_true is 1, and not where it is 0."""

    def __init__(self, name: Optional[str] = None, dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        y_true, y_pred = _core.tensor(y_true), _core.tensor(y_pred)
        return _op("equal")(_op("cast")(y_true, _core.bool_), y_pred > self.threshold)


class CategoricalAccuracy(Metric):
    """How often the largest entry of y_pred is where that of y_true is, along the last axis."""

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        return _op("equal")(_op("argmax")(_core.tensor(y_true), -1), _op("argmax")(y_pred, -1))


class SparseCategoricalAccuracy(Metric):
    """How often the largest entry of y_pred along the last axis is at the index in y_true."""

    def values(self, y_true: Any, y_pred: Any) -> _Tensor:
        y_pred = _core.tensor(y_pred)
        found = _op("cast")(_op("argmax")(y_pred, -1), _core.int64)
        return _op("equal")(losses.class_indices(y_true, y_pred), found)
