"""The array API's creation functions; NumPy makes constants, and ops make values that depend on tensors."""

from __future__ import annotations

import builtins
from typing import Any, Optional

import numpy as np

from .. import _convert, _core
from .._convert import asarray, check_device
from .._core import op
from ..errors import InvalidArgumentError


def arange(
    start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Optional[str] = None
) -> _core.Tensor:
    """start, start + step, ... before stop; with one number, 0, 1, ... before it.

    Ints give int32, or int64 where one does not fit; floats give float32.
    """
    check_device(device)
    start, stop = (0, start) if stop is None else (start, stop)
    start, stop, step = (_number(n) for n in (start, stop, step))
    if step == 0:
        raise InvalidArgumentError("arange: the step is not to be 0")
    values = np.arange(
        start, stop, step, dtype=None if dtype is None else _core.as_dtype(dtype).as_numpy_dtype
    )
    if dtype is None and not values.size:
        dtype = result_of_numbers(start, stop, step)
    return _core.tensor(values, dtype if dtype is not None else _python_dtype(values))


def empty(shape: Any, *, dtype: Any = None, device: Optional[str] = None) -> _core.Tensor:
    """A tensor of a shape, whose values mean nothing: zeros."""
    return zeros(shape, dtype, device=device)


def empty_like(x: Any, /, *, dtype: Any = None, device: Optional[str] = None) -> _core.Tensor:
    """A tensor of the shape and dtype of x, whose values mean nothing: zeros."""
    return zeros_like(x, dtype, device=device)


def eye(
    num_rows: int,
    num_columns: Optional[int] = None,
    batch_shape: Any = (),
    dtype: Any = None,
    name: Optional[str] = None,
    *,
    k: int = 0,
    device: Optional[str] = None,
) -> _core.Tensor:
    """Ones on diagonal k of matrices [batch_shape..., num_rows, num_columns], zeros elsewhere."""
    check_device(device)
    made = np.eye(
        _size(num_rows), None if num_columns is None else _size(num_columns), int(k), dtype=np.float32
    )
    tensor = _core.tensor(made, dtype)
    batch = _shape(batch_shape if batch_shape is not None else ())
    return op("broadcast_to")(tensor, batch + tensor.shape) if batch else tensor


def from_dlpack(x: Any, /, *, device: Optional[str] = None, copy: Optional[bool] = None) -> _core.Tensor:
    """A tensor of the values of an object with `__dlpack__`; shared where they can be, copied with
    copy=True.
    """
    check_device(device)
    return _core.from_dlpack(x, copy)


def full(shape: Any, fill_value: Any, dtype: Any = None, *, device: Optional[str] = None) -> _core.Tensor:
    """A tensor of a shape with one value everywhere; derivatives pass to a value that is a tensor."""
    check_device(device)
    return op("broadcast_to")(_core.tensor(fill_value, dtype), _shape(shape))


def full_like(x: Any, /, fill_value: Any, dtype: Any = None, *, device: Optional[str] = None) -> _core.Tensor:
    """One value everywhere in the shape of x, and in its dtype unless another one is given."""
    x = _core.tensor(x)
    return full(x.shape, fill_value, dtype=x.dtype if dtype is None else dtype, device=device)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    dtype: Any = None,
    axis: int = 0,
    name: Optional[str] = None,
    *,
    device: Optional[str] = None,
    endpoint: bool = True,
) -> _core.Tensor:
    """num numbers from start to stop at equal distances along a new axis, without stop unless `endpoint`.

    start and stop may be tensors, to which derivatives pass; the result is of a floating type.
    """
    check_device(device)
    num = _size(num)
    start, stop = (_core.tensor(n) if isinstance(n, _core.Tensor) else n for n in (start, stop))
    if dtype is None:
        dtype = next(
            (n.dtype for n in (start, stop) if isinstance(n, _core.Tensor) and n.dtype.is_floating),
            _core.float32,
        )
    start, stop = (_core.tensor(n, dtype) for n in (start, stop))
    made = op("linspace")(start, stop, max(num if endpoint else num + 1, 1), axis)
    return made if made.shape[axis] == num else op("gather")(made, np.arange(num), axis=axis)


def meshgrid(*arrays: Any, indexing: str = "xy") -> list:
    """Coordinates of a grid, one tensor an axis; "xy" exchanges the first two axes, as for plots, "ij" does
    not.
    """
    if indexing not in ("xy", "ij"):
        raise InvalidArgumentError(f"meshgrid: indexing is 'xy' or 'ij', got {indexing!r}")
    tensors = [_core.tensor(a) for a in arrays]
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) > 1:
        order[0], order[1] = 1, 0
    shape: list = [0] * len(tensors)
    for tensor, axis in zip(tensors, order):
        shape[axis] = tensor.size
    grids = []
    for tensor, axis in zip(tensors, order):
        line = op("reshape")(tensor, [tensor.size if i == axis else 1 for i in range(len(shape))])
        grids.append(op("broadcast_to")(line, shape))
    return grids


def ones(
    shape: Any, dtype: Any = None, name: Optional[str] = None, *, device: Optional[str] = None
) -> _core.Tensor:
    """Ones of a shape, float32 unless another dtype is given."""
    return full(shape, 1, dtype=_core.float32 if dtype is None else dtype, device=device)


def ones_like(
    input: Any, dtype: Any = None, name: Optional[str] = None, *, device: Optional[str] = None
) -> _core.Tensor:
    """Ones of the shape of a tensor, and of its dtype unless another one is given."""
    return full_like(input, 1, dtype=dtype, device=device)


def tril(x: Any, /, k: int = 0) -> _core.Tensor:
    """Matrices with the entries on and below diagonal k, zeros above."""
    return op("tril")(x, int(k))


def triu(x: Any, /, k: int = 0) -> _core.Tensor:
    """Matrices with the entries on and above diagonal k, zeros below."""
    return op("triu")(x, int(k))


def zeros(
    shape: Any, dtype: Any = None, name: Optional[str] = None, *, device: Optional[str] = None
) -> _core.Tensor:
    """Zeros of a shape, float32 unless another dtype is given."""
    return full(shape, 0, dtype=_core.float32 if dtype is None else dtype, device=device)


def zeros_like(
    input: Any, dtype: Any = None, name: Optional[str] = None, *, device: Optional[str] = None
) -> _core.Tensor:
    """Zeros of the shape of a tensor, and of its dtype unless another one is given."""
    return full_like(input, 0, dtype=dtype, device=device)


def result_of_numbers(*numbers: Any) -> _core.DType:
    """float32 where one is a float, else int32."""
    return _core.float32 if builtins.any(isinstance(n, float) for n in numbers) else _core.int32


def _python_dtype(values: np.ndarray) -> Any:
    if values.dtype.kind == "f":
        return _core.float32
    ends = sorted((values[0], values[-1]))
    return _core.int32 if _convert.fits(np.int32, *ends) else _core.int64


def _number(n: Any) -> Any:
    """A Python number, also of a tensor or NumPy scalar of rank 0."""
    return n.item() if hasattr(n, "item") else n


def _size(n: Any) -> int:
    n = _number(n)
    if int(n) != n or n < 0:
        raise InvalidArgumentError(f"a number of entries is an int >= 0, got {n}")
    return int(n)


def _shape(shape: Any) -> tuple:
    """A shape of an int, a sequence of ints or 0-d tensors, or a tensor of rank 1."""
    if isinstance(shape, (int, float, np.generic)):
        return (_size(shape),)
    if isinstance(shape, (_core.Tensor, np.ndarray)):
        values = np.asarray(shape)
        return tuple(_size(n) for n in values.reshape(-1).tolist())
    return tuple(_size(n) for n in shape)


__all__ = [
    "arange",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_dlpack",
    "full",
    "full_like",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]
