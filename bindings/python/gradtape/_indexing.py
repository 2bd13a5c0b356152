"""Indexing as NumPy has it, as ops that derivatives pass: `x[...]`, iteration; `x.at[...]` is in _at.py."""

from __future__ import annotations

import operator
from typing import Any, Iterator, Optional, Sequence

import numpy as np

from . import _convert, _core
from .errors import FailedPreconditionError

# A key in its plain form has one entry an axis, and None for each new axis. An entry is an int, a slice or an array of
# integers (NumPy's, or a tensor without a value). A `...` for no axes stays, which has one effect: arrays at
# both sides of it do not stand together.
_BASIC = (int, slice, type(None))
_FULL = slice(None)
_strided_slice = _core.op("strided_slice")


def getitem(x: _core.Tensor, key: Any) -> _core.Tensor:
    """The part of `x` at `key`: ints, slices, `...`, None, bool masks and integer arrays, as NumPy takes
    them.

    Raises IndexError for keys that lie outside or are no indices.
    """
    keys = key if isinstance(key, tuple) else (key,)
    for part in keys:
        if type(part) not in _BASIC:
            return _of_any_parts(x, tuple(map(_listless, keys)))
    return _basic(x, keys)


def _of_any_parts(x: _core.Tensor, keys: tuple) -> _core.Tensor:
    if len(keys) == 1 and _is_mask(keys[0]):
        return _mask_alone(x, keys[0])
    entries = _entries(x, keys)
    picked = _basic(x, [_FULL if _is_array(e) else e for e in entries if e is not Ellipsis])
    return _advanced(picked, entries) if any(map(_is_array, entries)) else picked


def iterate(x: _core.Tensor) -> Iterator[_core.Tensor]:
    """The entries along the first axis; a tensor of rank 0 has none and raises TypeError."""
    if not x.ndim:
        raise TypeError("iteration over a tensor of rank 0, which has no axis")
    return iter(_core.op("unstack")(x, 0) if x.shape[0] else ())


def setitem(x: _core.Tensor, key: Any, value: Any) -> None:
    """Tensors do not change: raises TypeError, which names the code to write instead."""
    i = key if isinstance(key, int) else "index"
    raise TypeError(
        f"a tensor does not change: write `x = x.at[{i}].set(value)` for `x[{i}] = value` (also .add, "
        ".multiply, .min, .max); a Variable takes a new value by `.assign`"
    )


def contains(x: _core.Tensor, value: Any) -> bool:
    """Whether any entry equals `value`."""
    return bool(_core.op("reduce_any")(x == value))


def _is_mask(key: Any) -> bool:
    if isinstance(key, (bool, np.bool_)):
        return True
    if isinstance(key, _core.Tensor):
        return key.dtype == _core.bool_
    return isinstance(key, np.ndarray) and key.dtype == np.bool_


def _listless(key: Any) -> Any:
    """Lists as arrays, since callers look at them more than once; lists of tensors as a tensor."""
    if not isinstance(key, (list, range)):
        return key
    if not key:
        return np.zeros(0, np.int64)
    if isinstance(key, list) and any(isinstance(entry, _core.Tensor) for entry in key):
        return _convert.from_list(key)
    try:
        return np.asarray(key)
    except ValueError:
        raise IndexError(f"{key!r:.60} is no index: its lists are of unequal lengths") from None


def _mask_alone(x: _core.Tensor, mask: Any) -> _core.Tensor:
    mask = _core.tensor(mask)
    if not mask.ndim:
        x, mask = _core.op("expand_dims")(x, 0), _core.op("reshape")(mask, (1,))
    _check_mask(x, mask.shape, 0)
    if 0 in mask.shape:
        masked, rest = x.shape[: mask.ndim], x.shape[mask.ndim :]
        flat = _core.op("reshape")(x, (int(np.prod(masked)), *rest))
        return _core.op("gather")(flat, np.zeros(0, np.int64), axis=0)
    return _core.op("boolean_mask")(x, mask, axis=0)


def _check_mask(x: _core.Tensor, mask_shape: tuple, axis: int) -> None:
    """Raises IndexError unless each size of the mask is the axis's, or 0, which selects nothing."""
    sizes = x.shape[axis : axis + len(mask_shape)]
    if len(sizes) != len(mask_shape) or any(m not in (n, 0) for m, n in zip(mask_shape, sizes)):
        raise IndexError(f"a mask of shape {mask_shape} does not fit shape {x.shape} from axis {axis} on")


def _entries(x: _core.Tensor, keys: tuple) -> list:
    """The key in its plain form."""
    if sum(key is Ellipsis for key in keys) > 1:
        raise IndexError("an index has one `...` at most")
    missing = x.ndim - sum(map(_axes_used, keys))
    entries: list = []
    axis = 0
    for key in keys:
        made = [_FULL] * missing or [Ellipsis] if key is Ellipsis else _entries_of(x, key, axis)
        entries += made
        axis += sum(e is not None and e is not Ellipsis for e in made)
    return entries


def _axes_used(key: Any) -> int:
    if key is None or key is Ellipsis:
        return 0
    return np.ndim(key) if _is_mask(key) else 1


def _entries_of(x: _core.Tensor, key: Any, axis: int) -> list:
    if key is None or isinstance(key, slice):
        return [key]
    if _is_mask(key):
        mask = np.asarray(key)
        if not mask.ndim:
            raise IndexError("a bool among other indices; a mask has the axes that it selects from")
        _check_mask(x, mask.shape, axis)
        return list(np.nonzero(mask))
    number = _integer(key)
    if number is not None:
        return [number]
    if axis >= x.ndim:
        raise _too_many(x)
    return [_integers(key, x.shape[axis], axis)]


def _integer(key: Any) -> Optional[int]:
    """The int that `key` is, also as a tensor whose value is known; None for arrays."""
    try:
        return operator.index(key)
    except FailedPreconditionError:
        return None
    except TypeError:
        if isinstance(key, (_core.Tensor, np.ndarray, list, range)) or hasattr(key, "__array__"):
            return None
        raise IndexError(
            f"{key!r:.60} is no index; ints, slices, `...`, None, bool masks and integer arrays are"
        ) from None


def _is_array(entry: Any) -> bool:
    return isinstance(entry, (np.ndarray, _core.Tensor))


def _too_many(x: _core.Tensor) -> IndexError:
    return IndexError(f"too many indices for a tensor of rank {x.ndim}, shape {x.shape}")


def _integers(key: Any, size: int, axis: int) -> Any:
    """The indices of an array, counted from 0 on; a tensor without a value is checked when it is read."""
    if isinstance(key, _core.Tensor):
        if not key.dtype.is_integer:
            raise IndexError(f"a tensor of {key.dtype} is no index; integers and bools are")
        try:
            values = key.numpy()
        except FailedPreconditionError:
            return _core.op("where")(key < 0, key + size, key)
    else:
        values = np.asarray(key)
    if values.dtype.kind not in "iu":
        raise IndexError(f"an array of {values.dtype} is no index; integers and bools are")
    if values.size and not (-size <= values.min() and values.max() < size):
        raise IndexError(
            f"index {values.min() if values.min() < -size else values.max()} is out of range "
            f"for axis {axis} of size {size}"
        )
    return np.where(values < 0, values + size, values).astype(np.int64)


def _basic(x: _core.Tensor, entries: Sequence[Any]) -> _core.Tensor:
    """Ints, slices and new axes (None), as one strided slice."""
    shape, axis = x.shape, 0
    begin, end, strides = [], [], []
    open_end = new_axis = shrink = 0
    for i, entry in enumerate(entries):
        if entry is None:
            new_axis |= 1 << i
            first, last, step = 0, 0, 1
        elif axis == len(shape):
            raise _too_many(x)
        elif isinstance(entry, slice):
            first, last, step = _bounds(entry, shape[axis])
            if last < 0:
                open_end |= 1 << i
            axis += 1
        else:
            if not -shape[axis] <= entry < shape[axis]:
                raise IndexError(f"index {entry} is out of range for axis {axis} of size {shape[axis]}")
            shrink |= 1 << i
            first, step = entry % shape[axis], 1
            last = first + 1
            axis += 1
        begin.append(first)
        end.append(last)
        strides.append(step)
    if not begin:
        return _core.op("identity")(x)
    return _strided_slice(x, begin, end, strides, 0, open_end, 0, new_axis, shrink)


def _bounds(part: slice, size: int) -> tuple[int, int, int]:
    """First entry, end and step; an end before the first entry is -1, a slice of nothing goes from 0 to 0."""
    try:
        first, last, step = part.indices(size)
    except TypeError:
        raise IndexError(f"bounds and step of a slice are ints or None, got {part}") from None
    return (first, last, step) if (last - first) * step > 0 else (0, 0, 1)


def _advanced(y: _core.Tensor, entries: list) -> _core.Tensor:
    """Integer arrays over axes of `y`, whose ints are gone: together they give one block of axes.

    The block stands where the arrays and ints of the key stand, or first where others stand between.
    """
    kept = [e for e in entries if e is not Ellipsis and not isinstance(e, int)]
    axes = [i for i, e in enumerate(kept) if _is_array(e)]
    picks = [i for i, e in enumerate(entries) if isinstance(e, int) or _is_array(e)]
    together = picks == list(range(picks[0], picks[-1] + 1))
    place = sum(not isinstance(e, int) and e is not Ellipsis for e in entries[: picks[0]]) if together else 0
    arrays = [kept[i] for i in axes]
    if len(arrays) == 1:
        result = _core.op("gather")(y, arrays[0], axis=axes[0])
        return _move_block(result, axes[0], np.ndim(arrays[0]), place)
    others = [i for i in range(y.ndim) if i not in axes]
    if axes != list(range(len(axes))):
        y = _core.op("transpose")(y, axes + others)
    indices = _together(arrays)
    return _move_block(_core.op("gather_nd")(y, indices), 0, len(indices.shape) - 1, place)


def _together(arrays: list) -> Any:
    """The arrays, broadcast to one shape, beside each other on a new last axis."""
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        raise IndexError(f"index arrays of shapes {[a.shape for a in arrays]} do not broadcast") from None
    if all(isinstance(a, np.ndarray) for a in arrays):
        return np.stack([np.broadcast_to(a, shape) for a in arrays], -1)
    cast, broadcast_to = _core.op("cast"), _core.op("broadcast_to")
    return _core.op("stack")([broadcast_to(cast(a, _core.int64), shape) for a in arrays], -1)


def _move_block(x: _core.Tensor, start: int, count: int, place: int) -> _core.Tensor:
    """The `count` axes from `start` on as the axes from `place` on."""
    if start == place or not count:
        return x
    rest = [i for i in range(x.ndim) if not start <= i < start + count]
    return _core.op("transpose")(x, rest[:place] + list(range(start, start + count)) + rest[place:])
