"""NumPy's functions on tensors while a function is differentiated: those of gradtape, which tapes record.

`_numpy` asks here inside `grad`, `jacobian` and their kin. The parameters are NumPy's; those that have no
meaning for tensors (`out`, `where`, `initial`, …) are left out, so that a value for them raises TypeError.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Optional

import numpy as np

from . import _array_api as api
from . import _core, _numpy_linalg, _numpy_shapes, _numpy_values
from ._array_api import linalg
from ._core import op

# Functions without a derivative: NumPy computes them from the values.
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
# The reductions of ufuncs, by their names.
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
    refusal = _refusal(function, len(args), tuple(options))
    if refusal is not None:
        raise TypeError(f"{name}: for tensors, {refusal}")
    return function(*args, **options)


@functools.lru_cache(maxsize=None)
def _refusal(function: Callable[..., Any], count: int, names: tuple[str, ...]) -> Optional[str]:
    """Why a function of ours takes no such arguments, by position and by name; None where it does."""
    if isinstance(function, _core.Op):
        return None
    try:
        inspect.signature(function).bind(*range(count), **dict.fromkeys(names))
    except TypeError as error:
        return str(error)
    return None


def _arguments(name: str, args: Any, options: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments that NumPy's function must have by position, for their names may differ here, and all
    others by NumPy's names. Those that are NumPy's defaults are left out.
    """
    places = _places(name, len(args), tuple(options))
    if places is None:
        return args, options
    positional, others = [], {}
    for place, parameter, default in places:
        value = args[place] if type(place) is int else options[place]
        if parameter is None:
            positional.append(value)
        elif not _is_default(value, default):
            others[parameter] = value
    return positional, others


@functools.lru_cache(maxsize=None)
def _places(name: str, count: int, names: tuple[str, ...]) -> Any:
    """For each argument of a call of NumPy's function: its place or name in the call, the name of an optional
    parameter, and the default.

    None where NumPy tells of no signature, or it does not fit: an array's method may have another one.
    """
    home: Any = np
    try:
        signature = inspect.signature(functools.reduce(getattr, name.split("."), home))
        given = signature.bind(*range(count), **dict(zip(names, names))).arguments
    except (AttributeError, ValueError, TypeError):
        return None
    found: list[Any] = []
    for parameter, place in given.items():
        kind, default = signature.parameters[parameter].kind, signature.parameters[parameter].default
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found += ((n, None, None) for n in place)
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found += ((n, n, inspect.Parameter.empty) for n in place)
        else:
            found.append((place, None if default is inspect.Parameter.empty else parameter, default))
    return found


def _is_default(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) in (bool, int, str) and value == default)
