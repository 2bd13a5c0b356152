"""Random tensors, by TensorFlow's names. `set_seed` makes the following draws the same in every run.

Without a `seed` draws come from the thread's stream, which set_seed begins anew. Those with a `seed` come
from a stream of that seed's own, and in the body of a `function` are the same at each call. The stateless
ones depend on their arguments alone.
"""

from __future__ import annotations

import secrets
import threading
from typing import Any, Optional, Sequence

from . import _core
from ._core import Tensor as _Tensor

_op = _core.op


class _Streams(threading.local):
    def __init__(self) -> None:
        self.key = 0
        self.drawn: dict[int, int] = {}  # by seed, how many draws have been made


_streams = _Streams()


def set_seed(seed: int) -> None:
    """Sets the key of all random ops of this thread, and starts their draws anew."""
    _core.seed(int(seed) & (2**64 - 1))
    _streams.key = int(seed)
    _streams.drawn.clear()


def _place(seed: Optional[int]) -> dict[str, int]:
    """The attributes that give the source of a draw with this seed."""
    if seed is None:
        return {}
    drawn = _streams.drawn.get(seed, 0)
    _streams.drawn[seed] = drawn + 1
    return _stateless((seed, _streams.key), drawn)


def _stateless(seed: Any, drawn: int = 0) -> dict[str, int]:
    a, b = (int(n) for n in seed)
    key = (a * 0x9E3779B97F4A7C15 + b * 0xC2B2AE3D27D4EB4F) & (2**63 - 1)
    return {"key": key, "counter": drawn}


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = _core.float32,
    seed: Optional[int] = None,
    name: Optional[str] = None,
) -> _Tensor:
    """Independent normal numbers. Derivatives pass to a mean or stddev that is a tensor."""
    return _normal(shape, mean, stddev, dtype, _place(seed))


def _normal(shape: Any, mean: Any, stddev: Any, dtype: Any, place: dict[str, int]) -> _Tensor:
    if isinstance(mean, (int, float)) and isinstance(stddev, (int, float)):
        return _op("random_normal")(shape, dtype, float(mean), float(stddev), **place)
    return mean + stddev * _op("random_normal")(shape, dtype, **place)


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = _core.float32,
    seed: Optional[int] = None,
    name: Optional[str] = None,
) -> _Tensor:
    """Independent uniform numbers from minval up to, not including, maxval: 1 for floats; for integers it
    must be given.
    """
    return _uniform(shape, minval, maxval, dtype, _place(seed))


def _uniform(shape: Any, minval: Any, maxval: Any, dtype: Any, place: dict[str, int]) -> _Tensor:
    dtype = _core.as_dtype(dtype)
    if maxval is None:
        if not dtype.is_floating:
            raise ValueError(f"random.uniform: maxval must be given for {dtype.name}")
        maxval = 1.0
    if isinstance(minval, (int, float)) and isinstance(maxval, (int, float)):
        return _op("random_uniform")(shape, dtype, minval, maxval, **place)
    if not dtype.is_floating:
        return _op("random_uniform")(shape, dtype, int(minval), int(maxval), **place)
    return minval + (maxval - minval) * _op("random_uniform")(shape, dtype, **place)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = _core.float32,
    seed: Optional[int] = None,
    name: Optional[str] = None,
) -> _Tensor:
    """Normal numbers of at most two standard deviations from the mean."""
    return _truncated(shape, mean, stddev, dtype, _place(seed))


def _truncated(shape: Any, mean: Any, stddev: Any, dtype: Any, place: dict[str, int]) -> _Tensor:
    bound = 0.9544997361036416  # the probability of these, erf(sqrt(2))
    u = _uniform(shape, -bound, bound, dtype, place)
    return mean + stddev * (_op("erfinv")(u) * 1.4142135623730951)


def stateless_normal(
    shape: Any,
    seed: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = _core.float32,
    name: Optional[str] = None,
) -> _Tensor:
    """Normal numbers that depend on the arguments alone; the seed is a pair of integers."""
    return _normal(shape, mean, stddev, dtype, _stateless(seed))


def stateless_uniform(
    shape: Any,
    seed: Sequence[int],
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = _core.float32,
    name: Optional[str] = None,
) -> _Tensor:
    """Uniform numbers that depend on the arguments alone; the seed is a pair of integers."""
    return _uniform(shape, minval, maxval, dtype, _stateless(seed))


def stateless_truncated_normal(
    shape: Any,
    seed: Sequence[int],
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = _core.float32,
    name: Optional[str] = None,
) -> _Tensor:
    """truncated_normal's numbers, which depend on the arguments alone; the seed is a pair of integers."""
    return _truncated(shape, mean, stddev, dtype, _stateless(seed))


class Generator:
    """A stream of random numbers of its own: each draw goes on where the last one ended."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    @classmethod
    def from_seed(cls, seed: int, alg: Any = None) -> Generator:
        """The stream of a seed; set_seed does not touch it."""
        return cls(int(seed))

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A stream that is another one in each run."""
        return cls(secrets.randbits(62))

    def _next(self) -> dict[str, int]:
        self._drawn += 1
        return _stateless((self._seed, 1), self._drawn - 1)

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = _core.float32, name: Any = None
    ) -> _Tensor:
        """Normal numbers."""
        return _normal(shape, mean, stddev, dtype, self._next())

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = _core.float32, name: Any = None
    ) -> _Tensor:
        """Uniform numbers from minval up to, not including, maxval."""
        return _uniform(shape, minval, maxval, dtype, self._next())

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = _core.float32, name: Any = None
    ) -> _Tensor:
        """Normal numbers of at most two standard deviations from the mean."""
        return _truncated(shape, mean, stddev, dtype, self._next())


def shuffle(value: Any, seed: Optional[int] = None, name: Optional[str] = None) -> _Tensor:
    """The entries along the first axis in a random order."""
    tensor = _core.tensor(value)
    order = _op("argsort")(_op("random_uniform")([tensor.shape[0]], _core.float64, **_place(seed)))
    return _op("gather")(tensor, order, 0)


def categorical(
    logits: Any,
    num_samples: int,
    dtype: Any = _core.int64,
    seed: Optional[int] = None,
    name: Optional[str] = None,
) -> _Tensor:
    """Indices [rows, num_samples] drawn with probabilities softmax(logits), for logits [rows, classes]."""
    logits = _core.tensor(logits)
    rows, classes = logits.shape
    u = _op("random_uniform")([rows, num_samples, classes], logits.dtype, **_place(seed))
    gumbel = -_op("log")(-_op("log")(u))
    return _op("cast")(_op("argmax")(_op("expand_dims")(logits, 1) + gumbel, 2), dtype)
