"""The array API standard (2024.12): the namespace of `x.__array_namespace__()`, and by `__all__` a part of gradtape's
main namespace.

The main namespace's `linalg` is another module, which shares all functions with this one's but svd.
Unsupported of the standard's types are int8, int16, the unsigned integers and the complex numbers; the
optional fft extension is not there.
"""

from __future__ import annotations

from .. import _array_api_linalg as linalg
from .. import _methods  # attaches the methods of tensors
from .._array_api_linalg import matmul, matrix_transpose, tensordot, vecdot
from . import creation, dtypes, elementwise, manipulation, searching, statistics
from .creation import (
    arange,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
    full,
    full_like,
    linspace,
    meshgrid,
    ones,
    ones_like,
    tril,
    triu,
    zeros,
    zeros_like,
)
from .dtypes import (
    __array_api_version__,
    __array_namespace_info__,
    astype,
    bool,
    can_cast,
    e,
    finfo,
    float32,
    float64,
    iinfo,
    inf,
    int32,
    int64,
    isdtype,
    nan,
    newaxis,
    pi,
    result_type,
)
from .elementwise import (
    abs,
    acos,
    acosh,
    add,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    ceil,
    clip,
    conj,
    copysign,
    cos,
    cosh,
    divide,
    equal,
    exp,
    expm1,
    floor,
    floor_divide,
    greater,
    greater_equal,
    hypot,
    imag,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    log,
    log10,
    log1p,
    log2,
    logaddexp,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    multiply,
    negative,
    nextafter,
    not_equal,
    positive,
    pow,
    real,
    reciprocal,
    remainder,
    round,
    sign,
    signbit,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    trunc,
)
from .manipulation import (
    broadcast_arrays,
    broadcast_to,
    concat,
    expand_dims,
    flip,
    moveaxis,
    permute_dims,
    repeat,
    reshape,
    roll,
    squeeze,
    stack,
    take,
    take_along_axis,
    tile,
    unstack,
)
from .searching import (
    argmax,
    argmin,
    argsort,
    count_nonzero,
    nonzero,
    searchsorted,
    sort,
    unique_all,
    unique_counts,
    unique_inverse,
    unique_values,
    where,
)
from .statistics import all, any, cumulative_prod, cumulative_sum, diff, max, mean, min, prod, std, sum, var

__all__ = ["matmul", "matrix_transpose", "tensordot", "vecdot"]
__all__ += creation.__all__
__all__ += dtypes.__all__
__all__ += elementwise.__all__
__all__ += manipulation.__all__
__all__ += searching.__all__
__all__ += statistics.__all__
