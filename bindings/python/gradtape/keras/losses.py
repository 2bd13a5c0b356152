"""Losses: `loss(y_true, y_pred)`, by Keras's names, as objects and as functions.

The functions give one number a sample, the mean over the last axis. The objects reduce those to one number,
weighted by `sample_weight` where it is given.
"""

from __future__ import annotations

import math
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


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> _Tensor:
    """The mean of -y log p - (1 - y) log(1 - p) over the last axis; p is y_pred, or its sigmoid.

    Smoothed labels are moved by that share towards 1/2.
    """
    y_true, y_pred = _both(y_true, y_pred)
    y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y_true
    if from_logits:
        return _op("reduce_mean")(_op("sigmoid_cross_entropy_with_logits")(y_true, y_pred), -1)
    p = _op("clip_by_value")(y_pred, _EPSILON, 1.0 - _EPSILON)
    entropy = y_true * _op("log")(p) + (1.0 - y_true) * _op("log")(1.0 - p)
    return -_op("reduce_mean")(entropy, -1)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> _Tensor:
    """-sum(y log p) over the classes; p is y_pred divided by its sum, or its softmax.

    Smoothed labels are moved by that share towards 1 / classes.
    """
    y_true, y_pred = _both(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[axis]
    logits = y_pred if from_logits else _log_probabilities(y_pred, axis)
    return _op("softmax_cross_entropy_with_logits")(y_true, logits, axis)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> _Tensor:
    """-log p[y] for the index y of a class; p is y_pred divided by its sum, or its softmax.

    y_true has the shape of y_pred without its last axis; an axis of size 1 there is left out.
    """
    y_pred = _core.tensor(y_pred)
    logits = y_pred if from_logits else _log_probabilities(y_pred, -1)
    return _op("sparse_softmax_cross_entropy")(class_indices(y_true, y_pred), logits)


def kl_divergence(y_true: Any, y_pred: Any) -> _Tensor:
    """The sum of y log(y / p) over the last axis."""
    y_true, y_pred = (_op("clip_by_value")(y, _EPSILON, 1.0) for y in _both(y_true, y_pred))
    return _op("reduce_sum")(y_true * _op("log")(y_true / y_pred), -1)


def poisson(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of p - y log p over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    return _op("reduce_mean")(y_pred - y_true * _op("log")(y_pred + _EPSILON), -1)


def log_cosh(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of log(cosh(y_pred - y_true)) over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    apart = y_pred - y_true
    return _op("reduce_mean")(apart + _op("softplus")(-2.0 * apart) - math.log(2.0), -1)


def hinge(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of max(1 - y p, 0) over the last axis; y is 1 or -1, or 1 or 0."""
    return _op("reduce_mean")(_short(y_true, y_pred), -1)


def squared_hinge(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of max(1 - y p, 0)² over the last axis; y is 1 or -1, or 1 or 0."""
    return _op("reduce_mean")(_op("square")(_short(y_true, y_pred)), -1)


def _short(y_true: Any, y_pred: Any) -> _Tensor:
    y_true, y_pred = _both(y_true, y_pred)
    of_bits = _op("reduce_all")(_op("logical_or")(y_true == 0, y_true == 1))
    signs = _op("where")(of_bits, 2.0 * y_true - 1.0, y_true)
    return _op("maximum")(1.0 - signs * y_pred, 0.0)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> _Tensor:
    """The cosine of the angle between the vectors along an axis."""
    y_true, y_pred = (_op("l2_normalize")(y, axis) for y in _both(y_true, y_pred))
    return _op("reduce_sum")(y_true * y_pred, axis)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of (log(1 + y_pred) - log(1 + y_true))² over the last axis; below 0 they count as 0."""
    logs = (_op("log1p")(_op("maximum")(y, _EPSILON)) for y in _both(y_true, y_pred))
    return _op("reduce_mean")(_op("squared_difference")(*logs), -1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> _Tensor:
    """The mean of 100 |y_pred - y_true| / |y_true| over the last axis."""
    y_true, y_pred = _both(y_true, y_pred)
    shares = abs((y_true - y_pred) / _op("maximum")(abs(y_true), _EPSILON))
    return 100.0 * _op("reduce_mean")(shares, -1)


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
        label_smoothing: float = 0.0,
        *,
        reduction: Optional[str] = "sum_over_batch_size",
        name: Optional[str] = None,
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits, label_smoothing=label_smoothing)


class MeanSquaredError(_OfDifference):
    """The mean of (y_pred - y_true)²."""

    _function = staticmethod(mean_squared_error)


class MeanAbsoluteError(_OfDifference):
    """The mean of |y_pred - y_true|."""

    _function = staticmethod(mean_absolute_error)


class MeanSquaredLogarithmicError(_OfDifference):
    """The mean of (log(1 + y_pred) - log(1 + y_true))²."""

    _function = staticmethod(mean_squared_logarithmic_error)


class MeanAbsolutePercentageError(_OfDifference):
    """The mean of 100 |y_pred - y_true| / |y_true|."""

    _function = staticmethod(mean_absolute_percentage_error)


class KLDivergence(_OfDifference):
    """The sum of y log(y / p)."""

    _function = staticmethod(kl_divergence)


class Poisson(_OfDifference):
    """The mean of p - y log p."""

    _function = staticmethod(poisson)


class LogCosh(_OfDifference):
    """The mean of log(cosh(y_pred - y_true))."""

    _function = staticmethod(log_cosh)


class Hinge(_OfDifference):
    """The mean of max(1 - y p, 0), for y of 1 and -1."""

    _function = staticmethod(hinge)


class SquaredHinge(_OfDifference):
    """The mean of max(1 - y p, 0)², for y of 1 and -1."""

    _function = staticmethod(squared_hinge)


class CosineSimilarity(_OfFunction):
    """Minus the cosine of the angle between the vectors along an axis."""

    _function = staticmethod(cosine_similarity)

    def __init__(
        self,
        axis: int = -1,
        reduction: Optional[str] = "sum_over_batch_size",
        name: Optional[str] = None,
    ) -> None:
        super().__init__(reduction, name, axis=axis)

    def call(self, y_true: Any, y_pred: Any) -> _Tensor:
        return -super().call(y_true, y_pred)


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


class SparseCategoricalCrossentropy(_OfFunction):
    """-log p[y] for indices y of classes; with `from_logits` p is the softmax of y_pred."""

    _function = staticmethod(sparse_categorical_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        *,
        reduction: Optional[str] = "sum_over_batch_size",
        name: Optional[str] = None,
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits)


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


MSE = mse = mean_squared_error
MAE = mae = mean_absolute_error
KLD = kl_divergence
_BY_NAME: dict[str, Callable[..., _Tensor]] = {
    "binary_crossentropy": binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "cosine_similarity": cosine_similarity,
    "hinge": hinge,
    "huber": huber,
    "kl_divergence": kl_divergence,
    "log_cosh": log_cosh,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "poisson": poisson,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
}
