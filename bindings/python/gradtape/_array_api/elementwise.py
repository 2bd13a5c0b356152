"""The array API's elementwise functions: most are ops; the others are composed of ops if that is exact.

NumPy computes `bitwise_*` of integers and `nextafter` on the values, so they have no derivative. Inside a `function`
body, which has no values, they raise the engine's error.
Functions that the standard defines for floating types alone raise TypeError for others.
"""

from __future__ import annotations

import math
from typing import Any, Optional

import numpy as np

from .. import _convert, _core
from .._core import op
from ..errors import DTypeError, FailedPreconditionError

abs = op("abs")
acos, acosh, asin, asinh, atan, atan2, atanh = map(op, "acos acosh asin asinh atan atan2 atanh".split())
add, subtract, multiply, divide, floor_divide = map(op, "add subtract multiply divide floor_divide".split())
ceil, floor, round, trunc, sign = map(op, "ceil floor round trunc sign".split())
cos, cosh, sin, sinh, tan, tanh = map(op, "cos cosh sin sinh tan tanh".split())
equal, not_equal = op("equal"), op("not_equal")
greater, greater_equal, less, less_equal = map(op, "greater greater_equal less less_equal".split())
exp, expm1, log, log1p, log2 = map(op, "exp expm1 log log1p log2".split())
logical_and, logical_not, logical_or, logical_xor = map(
    op, "logical_and logical_not logical_or logical_xor".split()
)
maximum, minimum, hypot = op("maximum"), op("minimum"), op("hypot")
isfinite, isinf, isnan = op("is_finite"), op("is_inf"), op("is_nan")
negative, positive, reciprocal = op("negative"), op("identity"), op("reciprocal")
pow, remainder, sqrt, square = op("pow"), op("mod"), op("sqrt"), op("square")

_where, _cast = op("where"), op("cast")
_LOG10_E = math.log10(math.e)


def log10(x: Any, /) -> _core.Tensor:
    """Logarithm to base 10, exact for powers of 10."""
    x = _convert.floats("log10", x)
    y = log(x) * _LOG10_E
    nearest = round(y)
    exact = logical_and(equal(pow(op("ones_like")(x) * 10, nearest), x), isfinite(y))
    return y + op("stop_gradient")(_where(exact, nearest - y, op("zeros_like")(y)))


def logaddexp(x1: Any, x2: Any, /) -> _core.Tensor:
    """log(exp(x1) + exp(x2)), without overflow."""
    x1, x2 = _pair(x1, x2)
    return op("reduce_logsumexp")(_convert.floats("logaddexp", op("stack")([x1, x2])), 0)


def signbit(x: Any, /) -> _core.Tensor:
    """Whether the sign bit of x is set: of numbers below 0, of -0. and of a nan with that sign.

    Inside a `function` body, where there are no values, each nan counts as unsigned.
    """
    x = _convert.floats("signbit", x)
    try:
        return _core.tensor(np.signbit(np.asarray(x.numpy())))
    except FailedPreconditionError:
        return _below_zero(x)


def copysign(x1: Any, x2: Any, /) -> _core.Tensor:
    """The magnitude of x1 with the sign of x2; of nan in x2 the sign counts as plus."""
    x1, x2 = _pair(x1, x2)
    return _where(equal(_below_zero(x1), _below_zero(x2)), x1, negative(x1))


def nextafter(x1: Any, x2: Any, /) -> _core.Tensor:
    """The next number from x1 toward x2, of their dtype. It has no derivative."""
    x1, x2 = _pair(x1, x2)
    _convert.floats("nextafter", x1)
    return _core.tensor(np.nextafter(np.asarray(x1.numpy()), np.asarray(x2.numpy())))


def clip(x: Any, /, min: Optional[Any] = None, max: Optional[Any] = None) -> _core.Tensor:
    """x, not below min and not above max, which broadcast with it; the result has the dtype of x.

    The gradient passes to x where it lies within, on the bounds too.
    """
    x = _core.tensor(x)
    if min is not None:
        x = maximum(x, _convert.convert_like(min, x))
    if max is not None:
        x = minimum(x, _convert.convert_like(max, x))
    return op("identity")(x) if min is None and max is None else x


def conj(x: Any, /) -> _core.Tensor:
    """x itself: all numbers here are real."""
    return positive(x)


def real(x: Any, /) -> _core.Tensor:
    """x itself: all numbers here are real."""
    return positive(x)


def imag(x: Any, /) -> _core.Tensor:
    """Zeros: all numbers here are real."""
    return op("zeros_like")(x)


def bitwise_and(x1: Any, x2: Any, /) -> _core.Tensor:
    """Bits set in both, of integers or bools."""
    return _bitwise("bitwise_and", logical_and, x1, x2)


def bitwise_or(x1: Any, x2: Any, /) -> _core.Tensor:
    """Bits set in one or both, of integers or bools."""
    return _bitwise("bitwise_or", logical_or, x1, x2)


def bitwise_xor(x1: Any, x2: Any, /) -> _core.Tensor:
    """Bits set in one alone, of integers or bools."""
    return _bitwise("bitwise_xor", logical_xor, x1, x2)


def bitwise_invert(x: Any, /) -> _core.Tensor:
    """All bits changed: -1 - x of integers, not x of bools."""
    x = _core.tensor(x)
    if x.dtype == _core.bool_:
        return logical_not(x)
    _integers("bitwise_invert", x)
    return subtract(-1, x)


def bitwise_left_shift(x1: Any, x2: Any, /) -> _core.Tensor:
    """Bits of x1 moved by x2 >= 0 places up. Bits that leave the type are lost: all if x2 is its width or
    more.
    """
    return _bitwise("left_shift", None, x1, x2)


def bitwise_right_shift(x1: Any, x2: Any, /) -> _core.Tensor:
    """Bits of x1 moved by x2 >= 0 places down, copies of the sign coming in: floor(x1 / 2**x2)."""
    return _bitwise("right_shift", None, x1, x2)


def _below_zero(x: _core.Tensor) -> _core.Tensor:
    """Whether x is below 0 or -0., which its reciprocal tells from 0."""
    return logical_or(less(x, 0), logical_and(equal(x, 0), less(reciprocal(x), 0)))


def _bitwise(name: str, of_bools: Any, x1: Any, x2: Any) -> _core.Tensor:
    x1, x2 = _pair(x1, x2)
    if of_bools is not None and x1.dtype == _core.bool_:
        return of_bools(x1, x2)
    _integers(name, x1)
    return _core.tensor(np.asarray(getattr(np, name)(np.asarray(x1.numpy()), np.asarray(x2.numpy()))))


def _integers(name: str, x: _core.Tensor) -> None:
    if not x.dtype.is_integer:
        raise DTypeError(f"{name}: integers are needed, got {x.dtype}")


def _pair(x1: Any, x2: Any) -> tuple:
    """Both as tensors of one dtype and one shape."""
    from .dtypes import result_type

    x1, x2 = (
        x if isinstance(x, (int, float)) and not isinstance(x, np.generic) else _core.tensor(x)
        for x in (x1, x2)
    )
    dtype = result_type(x1, x2)
    x1, x2 = (_cast(x, dtype) if isinstance(x, _core.Tensor) else _core.tensor(x, dtype) for x in (x1, x2))
    shape = np.broadcast_shapes(x1.shape, x2.shape)
    return tuple(x if x.shape == shape else op("broadcast_to")(x, shape) for x in (x1, x2))


__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
]
