"""The ops that NumPy's and SciPy's ufuncs are on tensors."""

from __future__ import annotations

import math
from typing import Any, Callable, Optional

import numpy as np

from . import _core
from ._core import op

_SAME_NAME = (
    "add subtract multiply divide floor_divide negative exp exp2 expm1 log log2 log1p sqrt square "
    "reciprocal sin cos tan sinh cosh tanh hypot equal not_equal less less_equal greater greater_equal "
    "logical_and logical_or logical_xor logical_not maximum minimum floor ceil trunc sign matmul log10 "
    "logaddexp copysign signbit nextafter bitwise_and bitwise_or bitwise_xor remainder isnan isinf "
    "isfinite positive vecdot erf erfc erfinv xlogy xlog1py"
).split()
_OTHER_NAME = {
    "absolute": "abs",
    "fabs": "abs",
    "power": "pow",
    "float_power": "pow",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "rint": "round",
    "conjugate": "conj",
    "invert": "bitwise_invert",
    "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift",
    "gammaln": "lgamma",
    "psi": "digamma",
    "expit": "sigmoid",
    "log_expit": "log_sigmoid",
}
_NAMES = {**{name: name for name in _SAME_NAME}, **_OTHER_NAME}


def cbrt(x):
    return op("sign")(x) * abs(x) ** (1 / 3)


def deg2rad(x):
    return x * (np.pi / 180)


def rad2deg(x):
    return x * (180 / np.pi)


def exp10(x):
    return op("exp")(x * math.log(10))


def fmax(x, y):
    x, y = _alike(x, y)
    return op("maximum")(_or(x, y), _or(y, x))


def fmin(x, y):
    x, y = _alike(x, y)
    return op("minimum")(_or(x, y), _or(y, x))


def fmod(x, y):
    x, y = _alike(x, y)
    return op("sign")(x) * op("mod")(abs(x), abs(y))


def divmod(x, y):
    return op("floor_divide")(x, y), op("mod")(x, y)


def heaviside(x, y):
    x, y = _alike(x, y)
    return op("where")(x == 0, y, op("cast")(x > 0, x.dtype))


def logaddexp2(x, y):
    from ._array_api import logaddexp

    x, y = _alike(x, y)
    return logaddexp(x * math.log(2), y * math.log(2)) / math.log(2)


def matvec(x, y):
    x, y = _alike(x, y)
    return (x @ y[..., None])[..., 0]


def vecmat(x, y):
    x, y = _alike(x, y)
    return (x[..., None, :] @ y)[..., 0, :]


def gamma(x):
    x = _core.tensor(x)
    odd = op("mod")(op("floor")(x), 2) == 1
    size = op("exp")(op("lgamma")(x))
    return op("where")((x < 0) & odd, -size, size)


def rgamma(x):
    return 1 / gamma(x)


def betaln(x, y):
    x, y = _alike(x, y)
    return op("lgamma")(x) + op("lgamma")(y) - op("lgamma")(x + y)


def beta(x, y):
    return op("exp")(betaln(x, y))


def logit(x):
    return op("log")(x) - op("log1p")(-_core.tensor(x))


def ndtr(x):
    return op("erfc")(x * -math.sqrt(0.5)) / 2


def entr(x):
    return -op("xlogy")(x, x)


def rel_entr(x, y):
    x, y = _alike(x, y)
    return op("xlogy")(x, x / y)


def kl_div(x, y):
    x, y = _alike(x, y)
    return rel_entr(x, y) - x + y


def _alike(x: Any, y: Any) -> list[_core.Tensor]:
    from ._numpy import alike

    return alike(x, y)


def _or(x: _core.Tensor, other: _core.Tensor) -> _core.Tensor:
    """x, or the other where x is no number."""
    return op("where")(op("is_nan")(x), other, x) if x.dtype.is_floating else x


_COMPOSED: dict[str, Callable[..., Any]] = {
    name: globals()[name]
    for name in (
        "cbrt deg2rad rad2deg exp10 fmax fmin fmod divmod heaviside logaddexp2 matvec vecmat "
        "gamma rgamma betaln beta logit ndtr entr rel_entr kl_div"
    ).split()
}
_COMPOSED.update(radians=deg2rad, degrees=rad2deg)


def op_of(ufunc: np.ufunc) -> Optional[Callable[..., Any]]:
    """The function that computes the ufunc of tensors; None if there is none."""
    from . import _array_api

    if ufunc.__name__ in _COMPOSED:
        return _COMPOSED[ufunc.__name__]
    name = _NAMES.get(ufunc.__name__)
    if name is None:
        return None
    return getattr(_array_api, name) if name in _array_api.__all__ else op(name)
