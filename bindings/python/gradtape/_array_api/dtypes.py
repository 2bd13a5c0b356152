"""The array API's data types, constants, and questions about them.

The standard's types bool, int32, int64, float32 and float64 are here. int8, int16, the unsigned and
the complex types are not. Python's floats give float32 and its ints int32, the default types.
"""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple, Optional, Union

import numpy as np

from .. import _core, _numpy
from ..errors import DTypeError, InvalidArgumentError
from .._convert import check_device

__array_api_version__ = "2024.12"

bool = _core.bool_
int32, int64, float32, float64 = _core.int32, _core.int64, _core.float32, _core.float64

e, pi, inf, nan = np.e, np.pi, np.inf, np.nan
newaxis = None

_ALL = {"bool": bool, "int32": int32, "int64": int64, "float32": float32, "float64": float64}
_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int32", "int64"),
    "unsigned integer": (),
    "integral": ("int32", "int64"),
    "real floating": ("float32", "float64"),
    "complex floating": (),
    "numeric": ("int32", "int64", "float32", "float64"),
}


class finfo_object(NamedTuple):
    """Limits of a floating type, as Python's floats."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: Any


class iinfo_object(NamedTuple):
    """Limits of an integer type, as Python's ints."""

    bits: int
    max: int
    min: int
    dtype: Any


def finfo(type: Any, /) -> finfo_object:
    """Bits, eps, max, min and smallest normal number of a floating dtype, or of a tensor's; else
    TypeError.
    """
    dtype = _dtype_of(type)
    if not dtype.is_floating:
        raise DTypeError(f"finfo: {dtype} is not a floating type")
    info = np.finfo(dtype.as_numpy_dtype)
    return finfo_object(
        int(info.bits), float(info.eps), float(info.max), float(info.min), float(info.smallest_normal), dtype
    )


def iinfo(type: Any, /) -> iinfo_object:
    """Bits, max and min of an integer dtype, or of a tensor's; TypeError for others."""
    dtype = _dtype_of(type)
    if not dtype.is_integer:
        raise DTypeError(f"iinfo: {dtype} is not an integer type")
    info = np.iinfo(dtype.as_numpy_dtype)
    return iinfo_object(int(info.bits), int(info.max), int(info.min), dtype)


def isdtype(dtype: Any, kind: Any) -> builtins.bool:
    """Whether a dtype is of a kind: a dtype, a name such as "real floating" or "integral", or a tuple of
    these.
    """
    dtype = _core.as_dtype(dtype)
    if isinstance(kind, tuple):
        return builtins.any(isdtype(dtype, k) for k in kind)
    if not isinstance(kind, str):
        return dtype == _core.as_dtype(kind)
    if kind not in _KINDS:
        raise InvalidArgumentError(f"isdtype: no kind {kind!r}; there are {', '.join(_KINDS)}")
    return dtype.name in _KINDS[kind]


def result_type(*arrays_and_dtypes: Any) -> Any:
    """The dtype in which tensors, dtypes and Python's numbers meet; TypeError for kinds that do not mix."""
    if not arrays_and_dtypes:
        raise InvalidArgumentError("result_type: at least one tensor or dtype is needed")
    numbers = [a for a in arrays_and_dtypes if type(a) in (builtins.bool, int, float)]
    others = [_dtype_of(a) for a in arrays_and_dtypes if type(a) not in (builtins.bool, int, float)]
    if not others:
        return _numpy.result_dtype(*(_core.tensor(n).dtype for n in numbers))
    dtype = _numpy.result_dtype(*others)
    for number in numbers:
        _check_number(number, dtype)
    return dtype


def can_cast(from_: Any, to: Any, /) -> builtins.bool:
    """Whether promotion leads from one dtype, or a tensor's, to another: within a kind, to no fewer bits."""
    source, target = _dtype_of(from_), _core.as_dtype(to)
    same_kind = np.dtype(source.as_numpy_dtype).kind == np.dtype(target.as_numpy_dtype).kind
    return same_kind and source.itemsize <= target.itemsize


def astype(
    x: Any, dtype: Any, /, *, copy: builtins.bool = True, device: Optional[str] = None
) -> _core.Tensor:
    """x in another dtype: floats lose their fraction where ints are wanted, and to bool is x != 0.

    Without `copy` a tensor of that dtype is returned as it is.
    """
    check_device(device)
    if x.dtype == _core.as_dtype(dtype) and not copy:
        return x
    return _core.op("cast")(x, dtype)


class _Info:
    """The abilities of the namespace: its devices, default types and capabilities."""

    def capabilities(self) -> dict:
        """Masks and results whose shape depends on values are there; ranks up to 8."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": _max_rank()}

    def default_device(self) -> str:
        """The one device, "cpu"."""
        return "cpu"

    def devices(self) -> list:
        """All devices: "cpu"."""
        return ["cpu"]

    def default_dtypes(self, *, device: Optional[str] = None) -> dict:
        """The types of Python's numbers and of indices; complex is listed as the standard wants, and is
        None.
        """
        check_device(device)
        return {"real floating": float32, "complex floating": None, "integral": int32, "indexing": int64}

    def dtypes(self, *, device: Optional[str] = None, kind: Union[None, str, tuple] = None) -> dict:
        """Names and types there are, all or of a kind or of several."""
        check_device(device)
        if kind is None:
            return dict(_ALL)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        return {name: dtype for name, dtype in _ALL.items() if isdtype(dtype, kinds)}


def __array_namespace_info__() -> _Info:
    """Devices, types and capabilities of this namespace, as the array API standard has it."""
    return _Info()


def _max_rank() -> int:
    return 8


def _dtype_of(x: Any) -> Any:
    return x.dtype if isinstance(x, _core.Tensor) else _core.as_dtype(x)


def _check_number(number: Any, dtype: Any) -> None:
    kinds = "bif"
    if kinds.index(np.asarray(number).dtype.kind) > kinds.index(np.dtype(dtype.as_numpy_dtype).kind):
        raise DTypeError(f"result_type: the number {number!r} does not meet {dtype}")


__all__ = [
    "__array_api_version__",
    "__array_namespace_info__",
    "astype",
    "bool",
    "can_cast",
    "e",
    "finfo",
    "float32",
    "float64",
    "iinfo",
    "inf",
    "int32",
    "int64",
    "isdtype",
    "nan",
    "newaxis",
    "pi",
    "result_type",
]
