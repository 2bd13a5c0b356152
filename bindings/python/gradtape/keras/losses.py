"""Losses: `loss(y_true, y_pred)`, by Keras's names, as objects and as functions.

The functions give one number a sample, the mean over the last axis. The objects reduce those to one number,
weighted by `sample_weight` where it is given.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Union

from .. import _core
from .._core import Tensor as _Tensor

_op = _core.op
_EPSILON = 1e-7  # keeps the logarithms of probabilities finite


def mean_squared_error(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of (y_pred - y_true)² over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    return _op("reduce_mean")(_op("squared_difference")(y_pred, y_true), -1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of |y_pred - y_true| over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    return _op("reduce_mean")(abs(y_pred - y_true), -1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> _Tensor:
    """The mean of e² / 2 up to |e| = delta, of delta |e| - delta² / 2 beyond, over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    size = abs(y_pred - y_true)
    near = _op("minimum")(size, delta)
    return _op("reduce_mean")(near * (size - near / 2), -1)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> _Tensor:
    """The mean of -y log p - (1 - y) log(1 - p) over the last axis; p is y_pred, or its sigmoid."""
    y_true, y_pred = _both(y_true, y_pred)
    if from_logits:
        return _op("reduce_mean")(_op("sigmoid_cross_entropy_with_logits")(y_true, y_pred), -1)
    p = _op("clip_by_value")(y_pred, _EPSILON, 1.0 - _EPSILON)
    entropy = y_true * _op("log")(p) + (1.0 - y_true) * _op("log")(1.0 - p)
    return -_op("reduce_mean")(entropy, -1)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1) -> _Tensor:
    """-sum(y log p) over the classes; p is y_pred divided by its sum, or its softmax."""
    y_true, y_pred = _both(y_true, y_pred)
    logits = y_pred if from_logits else _log_probabilities(y_pred, axis)
    return _op("softmax_cross_entropy_with_logits")(y_true, logits, axis)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> _Tensor:
    """-log p[y] for the index y of a class; p is y_pred divided by its sum, or its softmax.

    y_true has the shape of y_pred without its last axis; an axis of size 1 there is left out.
    """
    y_pred = _core.tensor(y_pred)
    logits = y_pred if from_logits else _log_probabilities(y_pred, -1)
    return _op("sparse_softmax_cross_entropy")(class_indices(y_true, y_pred), logits)


class Loss:
    """A base: `call(y_true, y_pred)` gives a number a sample, which a call of the object reduces.

    `reduction` is "sum_over_batch_size" (the mean over all), "sum", or "none".
    """

    def __init__(self, reduction: Optional[str] = "sum_over_batch_size", name: Optional[str] = None) -> None:
        if reduction not in ("sum_over_batch_size", "auto", "mean", "sum", "none", None):
            raise ValueError(f"reduction {reduction!r} is none of 'sum_over_batch_size', 'sum', 'none'")
        self.reduction, self.name = reduction, name or type(self).__name__

    def call(self, y_true: Any, y_pred: Any) -> _Tensor:
        """The loss of each sample."""
        raise NotImplementedError(f"{type(self).__name__} defines no call(y_true, y_pred)")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> _Tensor:
        losses = _core.tensor(self.call(y_true, y_pred))
        if sample_weight is not None:
            losses = weighted(losses, sample_weight)
        if self.reduction in ("none", None):
            return losses
        return _op("reduce_sum" if self.reduction == "sum" else "reduce_mean")(losses)


class _OfFunction(Loss):
    """A loss that calls one of the functions above, with options."""

    _function: Callable[..., _Tensor]

    def __init__(self, reduction: Optional[str], name: Optional[str], **options: Any) -> None:
        super().__init__(reduction, name)
        self._options = options

    def call(self, y_true: Any, y_pred: Any) -> _Tensor:
        return type(self)._function(y_true, y_pred, **self._options)


class _OfDifference(_OfFunction):
    """A base for losses without options."""

    def __init__(self, reduction: Optional[str] = "sum_over_batch_size", name: Optional[str] = None) -> None:
        super().__init__(reduction, name)


class _OfProbabilities(_OfFunction):
    """A base for cross entropies, which take probabilities, or logits."""

    def __init__(
        self,
        from_logits: bool = False,
        *,
        reduction: Optional[str] = "sum_over_batch_size",
        name: Optional[str] = None,
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits)


class MeanSquaredError(_OfDifference):
    """The mean of (y_pred - y_true)²."""

    _function = staticmethod(mean_squared_error)


class MeanAbsoluteError(_OfDifference):
    """The mean of |y_pred - y_true|."""

    _function = staticmethod(mean_absolute_error)


class Huber(_OfFunction):
    """Squares near 0, which become straight lines at `delta`."""

    _function = staticmethod(huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: Optional[str] = "sum_over_batch_size",
        name: Optional[str] = None,
    ) -> None:
        super().__init__(reduction, name, delta=delta)


class BinaryCrossentropy(_OfProbabilities):
    """The mean of -y log p - (1 - y) log(1 - p); y_pred holds p, or with `from_logits` its logits."""

    _function = staticmethod(binary_crossentropy)


class CategoricalCrossentropy(_OfProbabilities):
    """-sum(y log p) over the classes of the last axis; with `from_logits` p is the softmax of y_pred."""

    _function = staticmethod(categorical_crossentropy)


class SparseCategoricalCrossentropy(_OfProbabilities):
    """-log p[y] for indices y of classes; with `from_logits` p is the softmax of y_pred."""

    _function = staticmethod(sparse_categorical_crossentropy)


def get(identifier: Union[str, Callable[..., Any]]) -> Callable[..., Any]:
    """The function of a name such as "mse", or a loss as it is. ValueError: no such name."""
    if callable(identifier):
        return identifier
    if identifier not in _BY_NAME:
        raise ValueError(f"loss {identifier!r} is not known; known are {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[identifier]


def class_indices(y_true: Any, y_pred: _Tensor) -> _Tensor:
    """Indices of classes as int64, of the shape of y_pred without its last axis."""
    y_true = _op("cast")(_core.tensor(y_true), _core.int64)
    if y_true.ndim == y_pred.ndim and y_true.ndim and y_true.shape[-1] == 1:
        y_true = _op("squeeze")(y_true, -1)
    if y_true.shape != y_pred.shape[:-1]:
        raise ValueError(f"labels of shape {y_true.shape} do not go with predictions of shape {y_pred.shape}")
    return y_true


def weighted(values: _Tensor, weights: Any) -> _Tensor:
    """Values times weights, which have their first axes, and may have axes of size 1 behind them."""
    weights = _op("cast")(_core.tensor(weights), values.dtype)
    while weights.ndim > values.ndim and weights.shape[-1] == 1:
        weights = _op("squeeze")(weights, -1)
    if weights.ndim < values.ndim:
        weights = _op("reshape")(weights, weights.shape + (1,) * (values.ndim - weights.ndim))
    return values * weights


def _both(y_true: Any, y_pred: Any) -> tuple[_Tensor, _Tensor]:
    """Both in the dtype of y_pred; [n] beside [n, 1] becomes [n, 1]. TypeError: predictions are no floats."""
    y_pred = _core.tensor(y_pred)
    if not y_pred.dtype.is_floating:
        raise TypeError(f"predictions are floats, got {y_pred.dtype}; cast them")
    y_true = _op("cast")(_core.tensor(y_true), y_pred.dtype)
    if y_true.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        y_true = _op("expand_dims")(y_true, -1)
    elif y_pred.ndim + 1 == y_true.ndim and y_true.shape[-1] == 1:
        y_pred = _op("expand_dims")(y_pred, -1)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"targets of shape {y_true.shape} do not go with predictions of {y_pred.shape}")
    return y_true, y_pred


def _log_probabilities(y_pred: _Tensor, axis: int) -> _Tensor:
    p = y_pred / _op("reduce_sum")(y_pred, axis, True)
    return _op("log")(_op("clip_by_value")(p, _EPSILON, 1.0 - _EPSILON))


_BY_NAME: dict[str, Callable[..., _Tensor]] = {
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "huber": huber,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
}
