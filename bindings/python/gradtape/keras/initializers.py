"""First values of variables: functions of a shape and a dtype, with Keras's names and distributions."""

from __future__ import annotations

import math
from typing import Any, Callable, Optional, Sequence, Union

from .. import _core, random
from .._core import Tensor as _Tensor

Initializer = Callable[..., Any]


class Constant:
    """One value everywhere."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        return _core.op("fill")(_core.tensor(self.value, dtype), list(shape))


class Zeros(Constant):
    """0 everywhere."""

    def __init__(self) -> None:
        super().__init__(0)


class Ones(Constant):
    """1 everywhere."""

    def __init__(self) -> None:
        super().__init__(1)


class RandomNormal:
    """Normal numbers."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Optional[int] = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        return random.normal(shape, self.mean, self.stddev, dtype, self.seed)


class TruncatedNormal(RandomNormal):
    """Normal numbers of at most two standard deviations from the mean."""

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        return random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class RandomUniform:
    """Uniform numbers in [minval, maxval)."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Optional[int] = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        return random.uniform(shape, self.minval, self.maxval, dtype, self.seed)


class Orthogonal:
    """gain times a matrix with orthonormal rows or columns; the last axis counts the columns."""

    def __init__(self, gain: float = 1.0, seed: Optional[int] = None) -> None:
        self.gain, self.seed = gain, seed

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: the shape has two axes or more, got {tuple(shape)}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        numbers = random.normal([max(rows, columns), min(rows, columns)], dtype=dtype, seed=self.seed)
        q, r = _core.op("qr")(numbers)
        q = q * _core.op("sign")(_core.op("diag_part")(r))
        matrix = q if rows >= columns else _core.op("transpose")(q)
        return self.gain * _core.op("reshape")(matrix, list(shape))


class VarianceScaling:
    """Random numbers of the variance scale / n, where n counts inputs ("fan_in"), outputs, or their mean
    ("fan_avg").

    `distribution` is "uniform", "truncated_normal" or "untruncated_normal".
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Optional[int] = None,
    ) -> None:
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"VarianceScaling: mode {mode!r} is none of 'fan_in', 'fan_out', 'fan_avg'")
        if distribution not in ("uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(f"VarianceScaling: distribution {distribution!r} is not known")
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def __call__(self, shape: Sequence[int], dtype: Any = _core.float32) -> _Tensor:
        fan_in, fan_out = fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        stddev = (
            math.sqrt(variance) / 0.8796256610342398
        )  # that of a normal number cut off at 2, which has variance 1
        return random.truncated_normal(shape, 0.0, stddev, dtype, self.seed)


class GlorotUniform(VarianceScaling):
    """Uniform numbers up to sqrt(6 / (inputs + outputs))."""

    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Normal numbers of the variance 2 / (inputs + outputs), cut off at two standard deviations."""

    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform numbers up to sqrt(6 / inputs)."""

    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Normal numbers of the variance 2 / inputs, cut off at two standard deviations."""

    def __init__(self, seed: Optional[int] = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


_BY_NAME: dict[str, Callable[[], Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "normal": RandomNormal,
    "orthogonal": Orthogonal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
    "uniform": RandomUniform,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
}


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many inputs and outputs a weight of the shape connects; the last two axes, times the window before
    them.
    """
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def get(identifier: Union[str, Initializer]) -> Initializer:
    """The initializer of a name, of a class, or as it is. ValueError: no such name."""
    if isinstance(identifier, type):
        return identifier()
    if callable(identifier):
        return identifier
    if identifier not in _BY_NAME:
        raise ValueError(f"initializer {identifier!r} is not known; known are {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[identifier]()
