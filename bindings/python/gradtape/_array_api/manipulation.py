"""The array API's manipulation and indexing functions, which take TensorFlow's calls of the same names
too.
"""

from __future__ import annotations

import operator
from typing import Any, Optional, Sequence, Union

import numpy as np

from .. import _core, _indexing
from .._core import op
from ..errors import InvalidArgumentError

_Axes = Union[None, int, Sequence[int]]


def broadcast_arrays(*arrays: Any) -> list:
    """All tensors, repeated to the one shape that they broadcast to."""
    tensors = [_core.tensor(a) for a in arrays]
    shape = np.broadcast_shapes(*(t.shape for t in tensors))
    return [op("broadcast_to")(t, shape) for t in tensors]


def broadcast_to(input: Any, shape: Any, name: Optional[str] = None) -> _core.Tensor:
    """The tensor repeated along its axes of size 1 and along new leading axes."""
    return op("broadcast_to")(input, shape)


def concat(values: Any, axis: Optional[int] = 0, name: Optional[str] = None) -> _core.Tensor:
    """The tensors one after the other along an axis; with axis None each is flattened first."""
    if isinstance(values, _core.Tensor):
        values = list(values)
    if axis is None:
        return op("concat")(
            [op("reshape")(v, (-1,)) if _size_of(v) else op("reshape")(v, (0,)) for v in values], 0
        )
    return op("concat")(values, _number(axis))


def expand_dims(input: Any, axis: int = 0, name: Optional[str] = None) -> _core.Tensor:
    """The tensor with a new axis of size 1 at `axis`; IndexError where there is no such place."""
    input, axis = _core.tensor(input), _number(axis)
    if not -input.ndim - 1 <= axis <= input.ndim:
        raise IndexError(f"expand_dims: no place {axis} for an axis in shape {input.shape}")
    return op("expand_dims")(input, axis)


def flip(x: Any, /, axis: _Axes = None) -> _core.Tensor:
    """The entries along an axis, several or all, from the last to the first."""
    x = _core.tensor(x)
    axes = range(x.ndim) if axis is None else _axes(axis)
    return op("reverse")(x, list(axes)) if x.ndim else op("identity")(x)


def moveaxis(x: Any, source: Any, destination: Any, /) -> _core.Tensor:
    """The axes `source` at the places `destination`; the others keep their order."""
    x = _core.tensor(x)
    sources = [_axis(a, x.ndim) for a in _axes(source)]
    places = [_axis(a, x.ndim) for a in _axes(destination)]
    if len(sources) != len(places) or len(set(sources)) != len(sources) or len(set(places)) != len(places):
        raise InvalidArgumentError(
            f"moveaxis: axes {source} to {destination}: as many places as axes, each once"
        )
    order = [i for i in range(x.ndim) if i not in sources]
    for place, axis in sorted(zip(places, sources)):
        order.insert(place, axis)
    return op("transpose")(x, order)


def permute_dims(x: Any, /, axes: Sequence[int]) -> _core.Tensor:
    """The axes in another order: axis i of the result is axis axes[i] of x."""
    return op("transpose")(x, list(axes))


def repeat(input: Any, repeats: Any, axis: Optional[int] = None, name: Optional[str] = None) -> _core.Tensor:
    """Each entry along the axis repeated, as often for all or one count for each; without an axis of the flat
    tensor.
    """
    if not isinstance(repeats, (int, np.integer)):
        counts = np.asarray(repeats)
        repeats = counts.reshape(-1).tolist() if counts.size != 1 else int(counts.reshape(()))
    return op("repeat")(input, repeats, None if axis is None else _number(axis))


def reshape(
    tensor: Any, shape: Any, name: Optional[str] = None, *, copy: Optional[bool] = None
) -> _core.Tensor:
    """The same elements in another shape; one entry of the shape may be -1. Tensors do not change: `copy` is
    of no effect.
    """
    tensor = _core.tensor(tensor)
    shape = _indexing_shape(shape)
    if tensor.size == 0 and -1 in shape:
        rest = int(np.prod([n for n in shape if n != -1]))
        shape = tuple(0 if n == -1 else n for n in shape) if rest else shape
    return op("reshape")(tensor, shape)


def roll(input: Any, shift: Any, axis: _Axes = None, name: Optional[str] = None) -> _core.Tensor:
    """The entries moved by `shift` along an axis or several, or of the flat tensor. An entry that leaves
    at one end comes in at the other.
    """
    input = _core.tensor(input)
    if axis is None:
        flat = op("reshape")(input, (input.size,))
        return op("reshape")(roll(flat, shift, 0), input.shape)
    axes, shifts = _axes(axis), _axes(shift)
    shifts = shifts * len(axes) if len(shifts) == 1 else shifts
    return op("roll")(input, shifts, axes) if input.size else op("identity")(input)


def squeeze(input: Any, axis: _Axes = None, name: Optional[str] = None) -> _core.Tensor:
    """The tensor without the named axes, or without all, of size 1; ValueError for an axis of another
    size.
    """
    if axis is None:
        return op("squeeze")(input)
    axes = _axes(axis)
    return op("squeeze")(input, axes) if axes else op("identity")(input)


def stack(values: Any, axis: int = 0, name: Optional[str] = None) -> _core.Tensor:
    """The tensors, of one shape, as the entries of a new axis."""
    return op("stack")(list(values) if isinstance(values, _core.Tensor) else values, _number(axis))


def tile(input: Any, multiples: Any, name: Optional[str] = None, /) -> _core.Tensor:
    """The tensor repeated multiples[i] times along axis i; of tensor and multiples the shorter gets leading
    ones.
    """
    input = _core.tensor(input)
    multiples = _indexing_shape(multiples)
    missing = len(multiples) - input.ndim
    if missing > 0:
        input = op("reshape")(input, (1,) * missing + input.shape)
    return op("tile")(input, (1,) * -missing + multiples if missing < 0 else multiples)


def unstack(value: Any, num: Optional[int] = None, axis: int = 0, name: Optional[str] = None) -> tuple:
    """The entries along an axis, a tuple; `num`, where given, is how many there are."""
    value = _core.tensor(value)
    count = value.shape[_axis(axis, value.ndim)]
    if num is not None and num != count:
        raise InvalidArgumentError(f"unstack: {num} entries along axis {axis} of shape {value.shape}")
    return tuple(op("unstack")(value, axis)) if count else ()


def take(x: Any, indices: Any, /, axis: Optional[int] = None) -> _core.Tensor:
    """The entries of x along an axis at the indices, as `x[..., indices, ...]`; x of rank 1 needs no axis."""
    x = _core.tensor(x)
    if axis is None:
        if x.ndim != 1:
            raise InvalidArgumentError(f"take: an axis is needed for shape {x.shape}")
        axis = 0
    axis = _axis(axis, x.ndim)
    return op("gather")(x, _indexing._integers(indices, x.shape[axis], axis), axis=axis)


def take_along_axis(x: Any, indices: Any, /, axis: int = -1) -> _core.Tensor:
    """The entries of x at the indices along an axis; along the other axes both run together and broadcast."""
    x = _core.tensor(x)
    axis = _axis(axis, x.ndim)
    return op("take_along_axis")(x, _indexing._integers(indices, x.shape[axis], axis), axis)


def _axes(axis: Any) -> list:
    if isinstance(axis, (_core.Tensor, np.ndarray)):
        axis = np.asarray(axis).tolist()
    return [_number(a) for a in axis] if isinstance(axis, (list, tuple, range)) else [_number(axis)]


def _axis(axis: Any, ndim: int) -> int:
    axis = _number(axis)
    if not -ndim <= axis < ndim:
        raise InvalidArgumentError(f"axis {axis} is out of range for rank {ndim}")
    return axis % ndim


def _number(n: Any) -> int:
    return operator.index(n)


def _indexing_shape(shape: Any) -> tuple:
    if isinstance(shape, (_core.Tensor, np.ndarray)):
        shape = np.asarray(shape).reshape(-1).tolist()
    return tuple(_number(n) for n in shape) if isinstance(shape, (list, tuple)) else (_number(shape),)


def _size_of(value: Any) -> int:
    return value.size if isinstance(value, _core.Tensor) else np.size(value)


__all__ = [
    "broadcast_arrays",
    "broadcast_to",
    "concat",
    "expand_dims",
    "flip",
    "moveaxis",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "squeeze",
    "stack",
    "take",
    "take_along_axis",
    "tile",
    "unstack",
]
