"""`gradtape.math`: functions of numbers, by TensorFlow's names."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple, Optional, Sequence

from . import _array_api, _core
from ._array_api import count_nonzero  # noqa: F401
from ._core import Tensor as _Tensor
from ._names import (  # noqa: F401
    add_n,
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
    stop_gradient,
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


class TopK(NamedTuple):
    """The largest entries, largest first, and where they are."""

    values: _Tensor
    indices: _Tensor


def top_k(input: Any, k: int = 1, sorted: bool = True, name: Optional[str] = None) -> TopK:
    """The k largest entries along the last axis, and their indices, int32."""
    values, indices = _op("top_k")(input, k)
    return TopK(values, _op("cast")(indices, _core.int32))


def in_top_k(targets: Any, predictions: Any, k: Any, name: Optional[str] = None) -> _Tensor:
    """Whether fewer than k predictions of each row are above that of the target."""
    predictions = _core.tensor(predictions)
    own = _op("gather")(predictions, targets, 1, 1)
    above = _op("cast")(predictions > _op("expand_dims")(own, 1), _core.int32)
    return logical_and(_op("reduce_sum")(above, 1) < k, is_finite(own))


def xdivy(x: Any, y: Any, name: Optional[str] = None) -> _Tensor:
    """x / y, 0 where x is 0."""
    x = _core.tensor(x)
    zero = equal(x, 0)
    return _op("where")(zero, 0.0, divide(x, _op("where")(zero, 1.0, y)))


def zero_fraction(value: Any, name: Optional[str] = None) -> _Tensor:
    """The share of entries that are 0, float32."""
    return reduce_mean(_op("cast")(equal(_core.tensor(value), 0), _core.float32))


def accumulate_n(
    inputs: Sequence[Any], shape: Any = None, tensor_dtype: Any = None, name: Optional[str] = None
) -> _Tensor:
    """The sum of all tensors, which have one shape. ValueError where there are none."""
    return add_n(inputs)


def lbeta(x: Any, name: Optional[str] = None) -> _Tensor:
    """log(prod(gamma(x)) / gamma(sum(x))) along the last axis."""
    x = _core.tensor(x)
    return reduce_sum(lgamma(x), -1) - lgamma(reduce_sum(x, -1))


def nextafter(x1: Any, x2: Any, name: Optional[str] = None) -> _Tensor:
    """The next number after x1 towards x2. No derivative passes."""
    return _array_api.nextafter(x1, x2)


def invert_permutation(x: Any, name: Optional[str] = None) -> _Tensor:
    """The index of each of 0, 1, … in x."""
    x = _core.tensor(x)
    return _op("cast")(_op("argsort")(x), x.dtype)


def segment_mean(data: Any, segment_ids: Any, name: Optional[str] = None) -> _Tensor:
    """The mean of the rows of each segment; ids rise. 0 where there are none."""
    return divide_no_nan(segment_sum(data, segment_ids), segment_sum(*_ones(data, segment_ids)))


def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: Optional[str] = None
) -> _Tensor:
    """The mean of the rows of each segment; 0 where there are none."""
    counts = unsorted_segment_sum(*_ones(data, segment_ids), num_segments)
    return divide_no_nan(unsorted_segment_sum(data, segment_ids, num_segments), counts)


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: Optional[str] = None
) -> _Tensor:
    """The sum of the rows of each segment, divided by the root of their number; 0 where there are none."""
    counts = unsorted_segment_sum(*_ones(data, segment_ids), num_segments)
    return divide_no_nan(unsorted_segment_sum(data, segment_ids, num_segments), sqrt(counts))


def _ones(data: Any, segment_ids: Any) -> tuple[_Tensor, Any]:
    return _op("ones_like")(stop_gradient(data)), segment_ids


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Optional[int] = None,
    maxlength: Optional[int] = None,
    dtype: Any = _core.int32,
    name: Optional[str] = None,
) -> _Tensor:
    """How often each of 0, 1, … is in arr; with weights their sum, through which derivatives pass."""
    flat = _op("reshape")(arr, [-1])
    n = builtins.max(int(reduce_max(flat)) + 1 if flat.size else 0, minlength or 0)
    n = n if maxlength is None else builtins.min(n, maxlength)
    if weights is None:
        weights = _op("fill")(_core.tensor(1, dtype), flat.shape)
    return unsorted_segment_sum(_op("reshape")(weights, [-1]), _op("where")(flat < n, flat, -1), n)


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Optional[int] = None,
    weights: Any = None,
    dtype: Any = _core.int32,
    name: Optional[str] = None,
) -> _Tensor:
    """How often each label, the row, meets each prediction, the column; with weights their sum."""
    labels, predictions = _core.tensor(labels), _core.tensor(predictions)
    if num_classes is None:
        num_classes = 1 + builtins.max(int(reduce_max(labels)), int(reduce_max(predictions)))
    places = _op("stack")([labels, predictions], -1)
    counts = _op("fill")(_core.tensor(1, dtype), labels.shape) if weights is None else weights
    return _op("scatter_nd")(places, _op("cast")(counts, dtype), [num_classes, num_classes])
