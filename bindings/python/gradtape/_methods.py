"""What tensors have from Python: indexing, `.at`, display, NumPy's and the array API's protocols, a few
methods.
"""

from __future__ import annotations

from typing import Any, Optional

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


def transposed(self: _core.Tensor) -> _core.Tensor:
    """The axes reversed."""
    return _core.op("transpose")(self)


def matrix_transposed(self: _core.Tensor) -> _core.Tensor:
    """The last two axes exchanged."""
    from ._array_api_linalg import matrix_transpose

    return matrix_transpose(self)


def _bitwise(name: str, reflected: bool) -> Any:
    def operate(self: _core.Tensor, other: Any) -> Any:
        from . import _array_api

        if not isinstance(other, (_core.Tensor, int)):
            return NotImplemented
        op = getattr(_array_api, name)
        return op(other, self) if reflected else op(self, other)

    return operate


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
    "__invert__": _inverted,
    "__divmod__": lambda self, other: (self // other, self % other),
    "__rdivmod__": lambda self, other: (other // self, other % self),
}
_BITWISE = {"and": "and", "or": "or", "xor": "xor", "lshift": "left_shift", "rshift": "right_shift"}


def _attach() -> None:
    for name, value in _FOR_TENSORS.items():
        setattr(_core.Tensor, name, value)
    for symbol, name in _BITWISE.items():
        setattr(_core.Tensor, f"__{symbol}__", _bitwise(f"bitwise_{name}", reflected=False))
        setattr(_core.Tensor, f"__r{symbol}__", _bitwise(f"bitwise_{name}", reflected=True))
    for name in ("__copy__", "__deepcopy__"):
        setattr(_core.Variable, name, _numpy.copy_variable)


_attach()
