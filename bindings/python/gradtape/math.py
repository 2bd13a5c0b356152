"""`gradtape.math`: functions of numbers, by TensorFlow's names."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from . import _array_api, _core
from ._array_api import count_nonzero  # noqa: F401
from ._core import Tensor as _Tensor
from ._names import (  # noqa: F401
    cumsum,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_std,
    reduce_sum,
    reduce_variance,
)

_op = _core.op

abs = _op("abs")
acos = _op("acos")
acosh = _op("acosh")
add = _op("add")
asin = _op("asin")
asinh = _op("asinh")
atan = _op("atan")
atan2 = _op("atan2")
atanh = _op("atanh")
ceil = _op("ceil")
cos = _op("cos")
cosh = _op("cosh")
cumprod = _op("cumprod")
cumulative_logsumexp = _op("logcumsumexp")
digamma = _op("digamma")
divide = _op("divide")
divide_no_nan = _op("divide_no_nan")
equal = _op("equal")
erf = _op("erf")
erfc = _op("erfc")
erfinv = _op("erfinv")
exp = _op("exp")
expm1 = _op("expm1")
floor = _op("floor")
floordiv = _op("floor_divide")
floormod = _op("mod")
greater = _op("greater")
greater_equal = _op("greater_equal")
is_finite = _op("is_finite")
is_inf = _op("is_inf")
is_nan = _op("is_nan")
l2_normalize = _op("l2_normalize")
less = _op("less")
less_equal = _op("less_equal")
lgamma = _op("lgamma")
log = _op("log")
log1p = _op("log1p")
log_sigmoid = _op("log_sigmoid")
log_softmax = _op("log_softmax")
logical_and = _op("logical_and")
logical_not = _op("logical_not")
logical_or = _op("logical_or")
logical_xor = _op("logical_xor")
maximum = _op("maximum")
minimum = _op("minimum")
mod = _op("mod")
multiply = _op("multiply")
multiply_no_nan = _op("multiply_no_nan")
negative = _op("negative")
not_equal = _op("not_equal")
pow = _op("pow")
reciprocal = _op("reciprocal")
rint = _op("round")
round = _op("round")
rsqrt = _op("rsqrt")
segment_sum = _op("segment_sum")
sigmoid = _op("sigmoid")
sign = _op("sign")
sin = _op("sin")
sinh = _op("sinh")
softmax = _op("softmax")
softplus = _op("softplus")
softsign = _op("softsign")
sqrt = _op("sqrt")
square = _op("square")
squared_difference = _op("squared_difference")
subtract = _op("subtract")
tan = _op("tan")
tanh = _op("tanh")
truediv = _op("divide")
unsorted_segment_sum = _op("unsorted_segment_sum")
xlog1py = _op("xlog1py")
xlogy = _op("xlogy")


def add_n(inputs: Sequence[Any], name: Optional[str] = None) -> _Tensor:
    """The sum of all tensors, which have one shape. ValueError where there are none."""
    if not inputs:
        raise ValueError("add_n: no tensors were given")
    total = _core.tensor(inputs[0])
    for value in inputs[1:]:
        total = total + value
    return total


def argmax(
    input: Any, axis: Optional[int] = None, output_type: Any = _core.int64, name: Optional[str] = None
) -> _Tensor:
    """The index of the first largest entry along the axis, 0 where none is named."""
    return _array_api.argmax(input, 0 if axis is None else axis, output_type)


def argmin(
    input: Any, axis: Optional[int] = None, output_type: Any = _core.int64, name: Optional[str] = None
) -> _Tensor:
    """The index of the first smallest entry along the axis, 0 where none is named."""
    return _array_api.argmin(input, 0 if axis is None else axis, output_type)


def polygamma(a: Any, x: Any, name: Optional[str] = None) -> _Tensor:
    """The derivative of order a, an integer, of digamma at x."""
    return _op("polygamma")(x, int(a))


def polyval(coeffs: Sequence[Any], x: Any, name: Optional[str] = None) -> _Tensor:
    """The polynomial with these coefficients, of the highest power first, at x; 0 where there are none."""
    x = _core.tensor(x)
    value = _op("zeros_like")(x)
    for coefficient in coeffs:
        value = value * x + coefficient
    return value


def reciprocal_no_nan(x: Any, name: Optional[str] = None) -> _Tensor:
    """1 / x, 0 where x is 0."""
    return divide_no_nan(1.0, x)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: Optional[str] = None
) -> _Tensor:
    """The square root of the sum of squares over the axes."""
    return _op("sqrt")(reduce_sum(square(input_tensor), axis, keepdims))


def scalar_mul(scalar: Any, x: Any, name: Optional[str] = None) -> _Tensor:
    """scalar * x."""
    return multiply(scalar, x)


def top_k(input: Any, k: int = 1, sorted: bool = True, name: Optional[str] = None) -> tuple[_Tensor, _Tensor]:
    """(The k largest entries along the last axis, largest first; their indices, int32)."""
    values, indices = _op("top_k")(input, k)
    return values, _op("cast")(indices, _core.int32)


def xdivy(x: Any, y: Any, name: Optional[str] = None) -> _Tensor:
    """x / y, 0 where x is 0."""
    x = _core.tensor(x)
    zero = equal(x, 0)
    return _op("where")(zero, 0.0, divide(x, _op("where")(zero, 1.0, y)))


def zero_fraction(value: Any, name: Optional[str] = None) -> _Tensor:
    """The share of entries that are 0, float32."""
    return reduce_mean(_op("cast")(equal(_core.tensor(value), 0), _core.float32))
