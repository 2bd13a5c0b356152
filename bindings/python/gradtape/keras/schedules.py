"""Learning rates that change with the count of steps: objects that are called with it."""

from __future__ import annotations

import math
from typing import Any, Optional, Sequence

from .. import _core
from .._core import Tensor as _Tensor

_op = _core.op


class LearningRateSchedule:
    """A base: `__call__(step)` gives the learning rate."""

    def __call__(self, step: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} defines no __call__(step)")


def _float(step: Any) -> _Tensor:
    return _op("cast")(_core.tensor(step), _core.float32)


class ExponentialDecay(LearningRateSchedule):
    """rate * decay_rate ^ (step / decay_steps); with `staircase` the exponent is a whole number."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: Optional[str] = None,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase = decay_rate, staircase

    def _passed(self, step: Any) -> _Tensor:
        passed = _float(step) / self.decay_steps
        return _op("floor")(passed) if self.staircase else passed

    def __call__(self, step: Any) -> _Tensor:
        return self.initial_learning_rate * self.decay_rate ** self._passed(step)


class InverseTimeDecay(ExponentialDecay):
    """rate / (1 + decay_rate * step / decay_steps)."""

    def __call__(self, step: Any) -> _Tensor:
        return self.initial_learning_rate / (1.0 + self.decay_rate * self._passed(step))


class PolynomialDecay(LearningRateSchedule):
    """From the initial to the end rate along (1 - step / decay_steps) ^ power, and no further."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        name: Optional[str] = None,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power = end_learning_rate, power

    def __call__(self, step: Any) -> _Tensor:
        left = 1.0 - _op("minimum")(_float(step), float(self.decay_steps)) / self.decay_steps
        way = self.initial_learning_rate - self.end_learning_rate
        return way * left**self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Down half a wave of the cosine from the initial rate to alpha times that, and no further."""

    def __init__(
        self, initial_learning_rate: float, decay_steps: int, alpha: float = 0.0, name: Optional[str] = None
    ) -> None:
        self.initial_learning_rate, self.decay_steps, self.alpha = initial_learning_rate, decay_steps, alpha

    def __call__(self, step: Any) -> _Tensor:
        passed = _op("minimum")(_float(step), float(self.decay_steps)) / self.decay_steps
        wave = 0.5 * (1.0 + _op("cos")(math.pi * passed))
        return self.initial_learning_rate * ((1.0 - self.alpha) * wave + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] up to and at the step boundaries[i], the last value beyond."""

    def __init__(
        self, boundaries: Sequence[int], values: Sequence[float], name: Optional[str] = None
    ) -> None:
        if len(boundaries) + 1 != len(values):
            raise ValueError(f"PiecewiseConstantDecay: {len(values)} values for {len(boundaries)} boundaries")
        self.boundaries, self.values = list(boundaries), list(values)

    def __call__(self, step: Any) -> _Tensor:
        passed = _op("reduce_sum")(_op("cast")(_core.tensor(step) > self.boundaries, _core.int32))
        return _op("gather")(_core.tensor(self.values, _core.float32), passed)
