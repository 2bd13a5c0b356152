"""Methods of tensors in Python: indexing, `.at`, display, NumPy's and the array API's protocols, and a few
more.
"""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from . import _at, _convert, _core, _display, _indexing, _numpy


def array_namespace(self: _core.Tensor, /, *, api_version: Optional[str] = None) -> Any:
    """The functions of the array API standard: those of gradtape's main namespace, and `linalg` with the
    standard's svd.

    gradtape.linalg.svd has TensorFlow's order of results.
    """
    if api_version is not None and api_version not in ("2021.12", "2022.12", "2023.12", "2024.12"):
        raise ValueError(f"array API {api_version!r} is not known; 2024.12 is followed")
    from . import _array_api

    return _array_api


def to_device(self: _core.Tensor, device: str, /, *, stream: None = None) -> _core.Tensor:
    """The tensor itself: "cpu" is the one device; another one, or a stream, is a ValueError."""
    _convert.check_device(device)
    if stream is not None:
        raise ValueError("to_device: the cpu has no streams")
    return self


def astype(self: _core.Tensor, dtype: Any, copy: bool = True) -> _core.Tensor:
    """The tensor in another dtype."""
    from ._array_api import astype as convert

    return convert(self, dtype, copy=copy)


def reshape(self: _core.Tensor, *shape: Any) -> _core.Tensor:
    """The same elements in another shape, given as a sequence or as numbers; one may be -1."""
    return _core.op("reshape")(self, shape[0] if len(shape) == 1 else shape)


def transpose(self: _core.Tensor, *axes: Any) -> _core.Tensor:
    """The axes in another order, given as a sequence or as numbers; reversed where none is given."""
    given = axes[0] if len(axes) == 1 and not hasattr(axes[0], "__index__") else axes
    return _core.op("transpose")(self, list(given)) if given else transposed(self)


def rounded(self: _core.Tensor, ndigits: Optional[int] = None) -> _core.Tensor:
    """The nearest whole numbers, or numbers of so many digits behind the point; the dtype stays."""
    return _method("round")(self, 0 if ndigits is None else ndigits)


def delitem(self: _core.Tensor, index: Any) -> None:
    """Always a TypeError: a tensor does not change."""
    raise TypeError("a tensor does not change, so no entries are deleted; index what is to stay")


def transposed(self: _core.Tensor) -> _core.Tensor:
    """The axes reversed."""
    return _core.op("transpose")(self)


def matrix_transposed(self: _core.Tensor) -> _core.Tensor:
    """The last two axes exchanged."""
    from ._array_api_linalg import matrix_transpose

    return matrix_transpose(self)


def _method(name: str) -> Any:
    def method(self: _core.Tensor, *args: Any, **options: Any) -> Any:
        from . import _numpy_functions as functions

        return functions.named(name, (self, *args), options, "Tensor.")

    method.__name__, method.__qualname__ = name, f"Tensor.{name}"
    method.__doc__ = f"As NumPy's method `{name}`, with its parameters; derivatives pass."
    return method


def _bitwise(name: str, reflected: bool) -> Any:
    def operate(self: _core.Tensor, other: Any) -> Any:
        from . import _array_api

        if not isinstance(other, (_core.Tensor, int, list, tuple)):
            return NotImplemented
        op = getattr(_array_api, name)
        return op(other, self) if reflected else op(self, other)

    return operate


class Reference:
    """A tensor as a key of a dict: equal to another one of the same object."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor: _core.Tensor) -> None:
        self._tensor = tensor

    def deref(self) -> _core.Tensor:
        """The tensor."""
        return self._tensor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._tensor is other._tensor

    def __hash__(self) -> int:
        return id(self._tensor)


def missing(self: _core.Tensor, name: str) -> Any:
    """Always an AttributeError: there is no such name."""
    if name.startswith("assign"):
        raise AttributeError(
            "a tensor does not change, and a part of a variable is a tensor; write "
            "`v.assign(v.at[index].set(value))`, or .add, for `v[index].assign(value)`"
        )
    raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def _inverted(self: _core.Tensor) -> _core.Tensor:
    from ._array_api import bitwise_invert

    return bitwise_invert(self)


_FOR_TENSORS = {
    "__getitem__": _indexing.getitem,
    "__iter__": _indexing.iterate,
    "__setitem__": _indexing.setitem,
    "__contains__": _indexing.contains,
    "at": property(
        _at.At, doc="`x.at[index].set(value)` and its kin: a copy of x with other entries at an index."
    ),
    "__repr__": _display.tensor_repr,
    "__str__": _display.tensor_str,
    "__format__": _display.tensor_format,
    "_repr_html_": _display.tensor_html,
    "__array_ufunc__": _numpy.array_ufunc,
    "__array_function__": _numpy.array_function,
    "__reduce__": _numpy.reduce_tensor,
    "__array_namespace__": array_namespace,
    "to_device": to_device,
    "device": property(lambda self: "cpu", doc='Where the tensor lies: "cpu".'),
    "T": property(transposed, doc=transposed.__doc__),
    "mT": property(matrix_transposed, doc=matrix_transposed.__doc__),
    "astype": astype,
    "reshape": reshape,
    "transpose": transpose,
    "flatten": _method("ravel"),
    "nbytes": property(lambda self: self.size * self.dtype.itemsize, doc="How many bytes the values take."),
    "get_shape": lambda self: self.shape,
    "ref": lambda self: Reference(self),
    "itemsize": property(lambda self: self.dtype.itemsize, doc="How many bytes an element takes."),
    "__round__": rounded,
    "__delitem__": delitem,
    "__getattr__": missing,
    "__invert__": _inverted,
    "__divmod__": lambda self, other: (self // other, self % other),
    "__rdivmod__": lambda self, other: (other // self, other % self),
}
_AS_IN_NUMPY = (
    "all any argmax argmin clip copy cumprod cumsum diagonal dot max mean min prod ravel repeat round squeeze "
    "std sum swapaxes take trace var"
).split()
_BITWISE = {"and": "and", "or": "or", "xor": "xor", "lshift": "left_shift", "rshift": "right_shift"}


def _limit(dtype: _core.DType, which: str) -> Any:
    if dtype.is_bool:
        return which == "max"
    return getattr((np.finfo if dtype.is_floating else np.iinfo)(dtype.as_numpy_dtype), which)


_FOR_DTYPES = {
    "max": property(lambda self: _limit(self, "max"), doc="The largest number of this type."),
    "min": property(lambda self: _limit(self, "min"), doc="The least number of this type."),
    "size": property(lambda self: self.itemsize, doc="Bytes of one element."),
}


def _attach() -> None:
    for name, value in _FOR_DTYPES.items():
        setattr(_core.DType, name, value)
    for name, value in _FOR_TENSORS.items():
        setattr(_core.Tensor, name, value)
    for name in _AS_IN_NUMPY:
        setattr(_core.Tensor, name, _method(name))
    for symbol, name in _BITWISE.items():
        setattr(_core.Tensor, f"__{symbol}__", _bitwise(f"bitwise_{name}", reflected=False))
        setattr(_core.Tensor, f"__r{symbol}__", _bitwise(f"bitwise_{name}", reflected=True))
    for name in ("__copy__", "__deepcopy__"):
        setattr(_core.Variable, name, _numpy.copy_variable)


_attach()
