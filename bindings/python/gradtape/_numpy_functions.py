"""NumPy's functions on tensors while a function is differentiated: those of gradtape, which tapes record.

`_numpy` asks here inside `grad`, `jacobian` and their kin. The parameters are NumPy's; those that have no
meaning for tensors (`out`, `where`, `initial`, …) are left out, so that a value for them raises TypeError.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable

import numpy as np

from . import _array_api as api
from . import _core, _numpy_linalg, _numpy_shapes, _numpy_values
from ._array_api import linalg
from ._core import op

# What has no derivative: NumPy computes it from the values.
FROM_VALUES = frozenset(
    (
        "shape ndim size result_type can_cast min_scalar_type common_type iscomplexobj isrealobj isreal "
        "iscomplex array_equal array_equiv allclose isclose nonzero argwhere flatnonzero searchsorted "
        "digitize isin isposinf isneginf array2string array_repr array_str save savez savez_compressed "
        "savetxt shares_memory may_share_memory argpartition lexsort linalg.matrix_rank"
    ).split()
)
_OF_THE_STANDARD = (
    "max min all any argmax argmin count_nonzero squeeze flip tile take_along_axis zeros_like ones_like "
    "full_like tril triu broadcast_to broadcast_arrays tensordot moveaxis roll repeat real imag meshgrid"
).split()
_SECOND_NAMES: dict[str, Callable[..., Any]] = {
    "amax": api.max,
    "amin": api.min,
    "around": _numpy_values.round,
    "concat": _numpy_shapes.concatenate,
    "copy": op("identity"),
    "empty_like": api.zeros_like,
    "permute_dims": _numpy_shapes.transpose,
    "real_if_close": op("identity"),
    "trapz": _numpy_values.trapezoid,
}
_PRODUCTS = "cross diag diagonal dot einsum inner kron outer trace vdot".split()
_LINALG = (
    "det diagonal inv matmul matrix_norm matrix_power matrix_transpose pinv slogdet solve svdvals tensordot "
    "trace vecdot vector_norm"
).split()
_LINALG_HERE = "cholesky cross eigh eigvalsh multi_dot norm outer qr svd".split()


def _all_of(module: Any) -> dict[str, Callable[..., Any]]:
    return {
        name: function
        for name, function in vars(module).items()
        if getattr(function, "__module__", None) == module.__name__ and not name.startswith("_")
    }


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(api, name) for name in _OF_THE_STANDARD},
    **_all_of(_numpy_shapes),
    **_all_of(_numpy_values),
    **{name: getattr(_numpy_linalg, name) for name in _PRODUCTS},
    **{f"linalg.{name}": getattr(linalg, name) for name in _LINALG},
    **{f"linalg.{name}": getattr(_numpy_linalg, name) for name in _LINALG_HERE},
    **_SECOND_NAMES,
}
# Of ufuncs, by their names.
REDUCTIONS = {
    "add": _numpy_values.sum,
    "logical_and": api.all,
    "logical_or": api.any,
    "maximum": api.max,
    "minimum": api.min,
    "multiply": _numpy_values.prod,
}
ACCUMULATIONS = {"add": _numpy_values.cumsum, "multiply": _numpy_values.cumprod}


def reduced(name, a, axis=0, dtype=None, *, keepdims=False):
    """`np.add.reduce` and its kin."""
    return REDUCTIONS[name](_core.tensor(a, dtype), axis=axis, keepdims=keepdims)


def accumulated(name, array, axis=0, dtype=None):
    """`np.add.accumulate` and `np.multiply.accumulate`."""
    return ACCUMULATIONS[name](array, axis, dtype)


def named(name: str, args: Any, options: Any, shown: str = "np.") -> Any:
    """NumPy's function of that name on the arguments; `shown` stands before the name in messages."""
    return call(f"{shown}{name}", FUNCTIONS[name], *_arguments(name, args, options))


def call(name: str, function: Callable[..., Any], args: Any, options: Any) -> Any:
    """The function's result; TypeError, by the name, where it takes no such arguments.

    Python's types as `dtype` mean NumPy's 64 bits.
    """
    if isinstance(options.get("dtype"), type):
        options = {**options, "dtype": np.dtype(options["dtype"])}
    if not isinstance(function, _core.Op):
        try:
            inspect.signature(function).bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"{name}: for tensors, {error}") from None
    return function(*args, **options)


@functools.lru_cache(maxsize=None)
def _signature(name: str) -> Any:
    """Of NumPy's function; None where NumPy tells of none."""
    try:
        home: Any = np
        return inspect.signature(functools.reduce(getattr, name.split("."), home))
    except (AttributeError, ValueError):
        return None


def _arguments(name: str, args: Any, options: Any) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that NumPy's function must have by position, for their names may differ here, and all
    others by NumPy's names. Those that are NumPy's defaults are left out.

    The arguments stay as they are where NumPy tells of no signature, or an array's method has another one.
    """
    signature = _signature(name)
    if signature is None:
        return args, options
    try:
        given = signature.bind(*args, **options).arguments
    except TypeError:
        return args, options
    positional, named = [], {}
    for parameter in signature.parameters.values():
        if parameter.name not in given:
            continue
        value = given[parameter.name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional += value
        elif parameter.kind is parameter.VAR_KEYWORD:
            named.update(value)
        elif parameter.default is parameter.empty:
            positional.append(value)
        elif not _is_default(value, parameter.default):
            named[parameter.name] = value
    return positional, named


def _is_default(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) in (bool, int, str) and value == default)
