"""Values of Python and NumPy become tensors: lists, arrays, numbers, and objects that speak DLPack."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np

from . import _core
from .errors import DTypeError, InvalidArgumentError

_SUPPORTED = tuple(np.dtype(name) for name in ("bool", "int32", "int64", "float32", "float64"))
_PYTHON_NUMBERS = frozenset((bool, int, float))
_KINDS = "biuf"
_SEQUENCES = (list, tuple)


def asarray(
    obj: Any, /, *, dtype: Any = None, device: Optional[str] = None, copy: Optional[bool] = None
) -> _core.Tensor:
    """A tensor with the values of `obj`: a number, a tensor, an array, a buffer, or nested lists of these.

    Without a dtype Python's floats give float32, ints int32 (int64 if one does not fit), bools bool;
    arrays keep theirs. A variable gives its present value. `copy=False` raises ValueError if the values need a copy:
    only tensors of the same dtype are shared. `device` may be "cpu" or None.
    """
    check_device(device)
    if isinstance(obj, _core.Tensor):
        if dtype is not None and _core.as_dtype(dtype) != obj.dtype:
            if copy is False:
                raise InvalidArgumentError(f"asarray: copy=False, but {obj.dtype} becomes {dtype}")
            return _core.tensor(obj, dtype)
        return _core.op("identity")(obj) if copy or isinstance(obj, _core.Variable) else obj
    if copy is False:
        raise InvalidArgumentError(
            f"asarray: a {type(obj).__name__} must be copied; copy=False shares tensors alone"
        )
    return _core.tensor(obj, dtype)


def constant(
    value: Any, dtype: Any = None, shape: Optional[Sequence[int]] = None, name: Optional[str] = None
) -> Any:
    """A tensor of `value`; with a `shape` one number fills it, or as many entries are arranged in it."""
    result = _core.tensor(value, dtype)
    if shape is None or tuple(shape) == result.shape:
        return result
    shape = tuple(int(n) for n in shape)
    if result.size == 1:
        return _core.op("broadcast_to")(_core.op("reshape")(result, ()), shape)
    return _core.op("reshape")(result, shape)


def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: Optional[str] = None
) -> Any:
    """`value` as a tensor; a tensor is returned as it is, and another dtype than its own is a TypeError."""
    if isinstance(value, _core.Tensor):
        if dtype is not None and _core.as_dtype(dtype) != value.dtype:
            raise DTypeError(f"convert_to_tensor: a tensor of {value.dtype} is not one of {dtype}; cast it")
        return _core.op("identity")(value) if isinstance(value, _core.Variable) else value
    return _core.tensor(value, dtype)


def convert_like(value: Any, like: _core.Tensor) -> _core.Tensor:
    """`value` in the dtype of `like`; floats for a tensor of ints, or numbers for bools, are a TypeError."""
    found = _numpy_dtype((value if hasattr(value, "dtype") else _core.tensor(value)).dtype)
    if _KINDS.index(found.kind) > _KINDS.index(_numpy_dtype(like.dtype).kind):
        raise DTypeError(f"values of {found} do not fit a tensor of {like.dtype}; cast one of them")
    if isinstance(value, _core.Tensor):
        return value if value.dtype == like.dtype else _core.op("cast")(value, like.dtype)
    return _core.tensor(value, like.dtype)


def from_any(value: Any, dtype: Any = None) -> _core.Tensor:
    """A tensor of values that the extension does not convert itself: lists, arrays of any layout and dtype, objects
    that lend their memory.

    Raises TypeError for values that hold no numbers, also for None, strings and complex numbers.
    """
    if isinstance(value, _SEQUENCES):
        return from_list(value, dtype)
    if isinstance(value, (str, bytes, complex, dict, set, frozenset)) and not isinstance(value, np.generic):
        raise DTypeError(f"a {type(value).__name__} has no place in a tensor, got {value!r:.60}")
    if hasattr(value, "__dlpack__") and not isinstance(value, (np.ndarray, np.generic)):
        made = _core.from_dlpack(value, True)
        return made if dtype is None else _core.tensor(made, dtype)
    refuse_masked(value)
    array = np.asarray(value)
    if array.dtype.kind == "O":
        raise DTypeError(f"objects have no place in a tensor, got {value!r:.60}")
    return _from_numpy(array, dtype)


def from_list(value: Sequence[Any], dtype: Any = None) -> _core.Tensor:
    """Nested lists or tuples as a tensor; tensors among the leaves are stacked, which derivatives pass.

    Raises ValueError for ragged lists, TypeError for leaves that are no numbers.
    """
    kinds: set[type] = set()
    _collect_kinds(value, kinds)
    if kinds <= _PYTHON_NUMBERS:
        floats = float in kinds or not kinds
        array = _array(value, np.float32 if dtype is None and floats else None)
        if dtype is not None:
            _check_loss(array, dtype, value)
        return _from_numpy(array if dtype is not None or floats else _fitting_ints(array, value), dtype)
    if any(issubclass(kind, _core.Tensor) for kind in kinds):
        return _stack(value, dtype)
    array = _array(_arrays_of(value))
    if array.dtype.kind not in "biuf":
        _refuse(array, value)
    if dtype is None:
        array = array.astype(_typed_dtype(value, array), copy=False)
    else:
        _check_loss(array, dtype, value)
    return _from_numpy(array, dtype)


def _check_loss(array: np.ndarray, dtype: Any, value: Any) -> None:
    """Raises for floats that would become ints, as of a list beside a tensor of ints, and for ints too large."""
    wanted = _numpy_dtype(_core.as_dtype(dtype))
    if wanted.kind != "i" or not array.size:
        return
    if array.dtype.kind == "f":
        raise DTypeError(f"floats in {value!r:.80} are no {wanted}; make a tensor of a float dtype, or cast")
    if array.dtype.kind in "iu" and not fits(wanted, array.min(), array.max()):
        raise InvalidArgumentError(f"an int in {value!r:.80} is too large for {wanted}")


def fits(dtype: Any, least: Any, most: Any) -> bool:
    """Whether an integer dtype has two ints, and so all between them."""
    limits = np.iinfo(dtype)
    return bool(limits.min <= int(least) and int(most) <= limits.max)


def _numpy_dtype(dtype: Any) -> np.dtype:
    return np.dtype(getattr(dtype, "as_numpy_dtype", dtype))


def refuse_masked(value: Any) -> None:
    """Raises TypeError for a masked array of NumPy's: a tensor would show the hidden values."""
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray and hasattr(value, "mask"):
        raise DTypeError(
            "masked arrays have no place in a tensor; fill what is masked, as `array.filled(0.0)`, "
            "and choose by `gt.where(array.mask, ...)`"
        )


def floats(name: str, x: Any) -> _core.Tensor:
    """x as a tensor; TypeError, beginning with the name, where its dtype is not a floating one."""
    x = _core.tensor(x)
    if not x.dtype.is_floating:
        raise DTypeError(f"{name}: a floating type is needed, got {x.dtype}; cast it")
    return x


def check_device(device: Any) -> None:
    """Raises ValueError for a device other than the one there is."""
    if device not in (None, "cpu"):
        raise InvalidArgumentError(f"device {device!r} is not known; the one device is 'cpu'")


def _collect_kinds(value: Sequence[Any], kinds: set[type]) -> None:
    """Adds the types of the leaves."""
    here = set(map(type, value))
    kinds |= here
    if not here <= _PYTHON_NUMBERS:
        for kind in here:
            if issubclass(kind, _SEQUENCES):
                kinds.discard(kind)
                for entry in value:
                    if type(entry) is kind:
                        _collect_kinds(entry, kinds)


def _array(value: Any, dtype: Any = None) -> np.ndarray:
    try:
        return np.array(value, dtype)
    except (ValueError, OverflowError) as error:
        raise InvalidArgumentError(
            f"lists of unequal lengths or too large a number, in {value!r:.80}"
        ) from error


def _arrays_of(value: Any) -> Any:
    """The same nesting, in which each object with `__array__` or a buffer is an array of NumPy."""
    if isinstance(value, _SEQUENCES):
        return [_arrays_of(entry) for entry in value]
    refuse_masked(value)
    return value if isinstance(value, (bool, int, float, np.generic)) else np.asarray(value)


def _leaves(value: Any) -> Any:
    if isinstance(value, _SEQUENCES):
        for entry in value:
            yield from _leaves(entry)
    else:
        yield value


def _typed_dtype(value: Any, array: np.ndarray) -> np.dtype:
    """The dtype of the leaves that have one; Python's numbers among them only choose between kinds."""
    typed = {np.asarray(leaf).dtype for leaf in _leaves(value) if type(leaf) not in (bool, int, float)}
    common = np.result_type(*typed)
    same_kind = common.kind == array.dtype.kind or (common.kind == "f" and array.dtype.kind in "iuf")
    return common if same_kind else array.dtype


def _fitting_ints(array: np.ndarray, value: Any) -> np.ndarray:
    """Ints of Python's as int32, or int64 where one does not fit; bools as they are."""
    if array.dtype.kind in "uO":
        raise InvalidArgumentError(f"an int in {value!r:.80} is too large for int64")
    if array.dtype.kind == "i" and (not array.size or fits(np.int32, array.min(), array.max())):
        return array.astype(np.int32)
    return array


def _refuse(array: np.ndarray, value: Any) -> None:
    if array.dtype.kind == "O" and all(isinstance(leaf, (int, float)) for leaf in _leaves(value)):
        raise InvalidArgumentError(f"an int in {value!r:.80} is too large for int64")
    what = {"c": "complex numbers", "U": "strings", "S": "bytes"}.get(array.dtype.kind, "objects")
    raise DTypeError(f"{what} have no place in a tensor, got {value!r:.80}; it holds bools, ints and floats")


def _from_numpy(array: np.ndarray, dtype: Any) -> _core.Tensor:
    """The values of an array of any layout, in the extension's: row by row, in this machine's byte order."""
    if array.dtype not in _SUPPORTED or not (array.flags.c_contiguous and array.flags.aligned):
        if array.dtype.kind not in "biuf":
            _refuse(array, array)
        native = array.dtype.newbyteorder("=")
        if native not in _SUPPORTED:
            if dtype is None:
                raise DTypeError(f"there is no dtype {native}; give one of {', '.join(map(str, _SUPPORTED))}")
            native = _core.as_dtype(dtype).as_numpy_dtype
        array = np.require(array, native, ("C", "A"))
    return _core.tensor(array, dtype)


def _stack(value: Any, dtype: Any) -> _core.Tensor:
    """Tensors stacked level by level; numbers beside them take their dtype."""
    if dtype is None:
        found = {leaf.dtype for leaf in _leaves(value) if isinstance(leaf, _core.Tensor)}
        dtype = (
            _core.as_dtype(np.result_type(*(d.as_numpy_dtype for d in found)))
            if len(found) > 1
            else found.pop()
        )
    parts = [
        (
            _stack(entry, dtype)
            if isinstance(entry, _SEQUENCES) and _holds_tensor(entry)
            else _core.tensor(entry, dtype)
        )
        for entry in value
    ]
    shapes = {part.shape for part in parts}
    if len(shapes) > 1:
        raise InvalidArgumentError(f"entries of unequal shapes {sorted(shapes)} do not stack")
    return _core.op("stack")(parts)


def _holds_tensor(value: Any) -> bool:
    return any(isinstance(leaf, _core.Tensor) for leaf in _leaves(value))


_core._set_hooks(convert=from_any)
