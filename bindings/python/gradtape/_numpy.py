"""NumPy's side: its ufuncs (and SciPy's) on tensors become ops; tensors and variables pickle and copy.

NumPy's other functions (`np.mean(t)`) read the values and compute outside of any tape, as with TensorFlow.
While `grad`, `jacobian`, `optimize` and their kin differentiate a function they are gradtape's, so
that no part of a derivative is lost. Functions that gradtape lacks raise there: see `_reading`.
Dtypes meet as follows; a Python number or a NumPy scalar takes the dtype of the tensors beside it.

    bool      with bool      bool
    int32     with int64     int64
    float32   with float64   float64
    bool with numbers, ints with floats: TypeError; cast one of them
    a float beside ints, a number beside bools: TypeError too
"""

from __future__ import annotations

import copyreg
from typing import Any, Optional

import numpy as np

from . import _convert, _core
from ._numpy_ufuncs import op_of
from ._reading import is_differentiated, lost
from ._thread import thread
from .errors import DTypeError

_OF_SHAPES = frozenset((np.ndim, np.shape, np.size))  # which need no values, and work where there are none
_COMPARISONS = frozenset("equal not_equal less less_equal greater greater_equal".split())


def array_ufunc(self: _core.Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """The op of the same meaning on the inputs, which tapes record.

    NumPy computes ufuncs without an op, `reduce` and other methods, and results stored in an array
    (`array += tensor`) on the values, outside of any tape. While a function is differentiated they become ops
    too, and a ufunc without one raises DetachedValueError. TypeError for a tensor as `out=`, and for
    `where=` and the like.
    """
    for value in inputs:
        _convert.refuse_masked(value)
    outputs = options.get("out", ())
    if any(isinstance(o, _core.Tensor) for o in (outputs if isinstance(outputs, tuple) else (outputs,))):
        raise TypeError(f"np.{ufunc.__name__}: a tensor does not change, so it is no out=")
    op = op_of(ufunc) if method == "__call__" and not outputs else None
    if op is None:
        if is_differentiated(inputs):
            return _differentiable(ufunc, method, inputs, options)
        return getattr(ufunc, method)(*map(_values, inputs), **options)
    if options:
        raise TypeError(f"np.{ufunc.__name__}: {', '.join(sorted(options))} have no meaning for tensors")
    if ufunc.__name__ in _COMPARISONS:
        inputs = tuple(_scalar(x) for x in inputs)
    return op(*inputs)


def array_function(self: _core.Tensor, function: Any, types: Any, args: Any, options: Any) -> Any:
    """NumPy's function of the values; while a function is differentiated, gradtape's function of that name.

    DetachedValueError there for a function that gradtape lacks, if an argument depends on a source of the derivative.
    """
    if not all(issubclass(kind, (_core.Tensor, np.ndarray)) for kind in types):
        return NotImplemented
    if thread.transforms is not None:
        from . import _numpy_functions as ours

        name = f"{function.__module__}.{function.__name__}".replace("numpy.", "", 1)
        if name in ours.FUNCTIONS:
            return ours.named(name, args, options)
        if name not in ours.FROM_VALUES and is_differentiated((args, options)):
            raise lost(f"np.{name}")
    on_values = getattr(function, "_implementation", function)
    if function in _OF_SHAPES:
        return on_values(*args, **options)
    return on_values(*_values(args), **_values(options))


def _differentiable(ufunc: np.ufunc, method: str, inputs: Any, options: Any) -> Any:
    """The reduction, running reduction or outer table of a ufunc, by ops."""
    from . import _numpy_functions as ours

    name = ufunc.__name__
    if method == "reduce" and name in ours.REDUCTIONS:
        return ours.call(f"np.{name}.reduce", ours.reduced, (name, *inputs), options)
    if method == "accumulate" and name in ours.ACCUMULATIONS:
        return ours.call(f"np.{name}.accumulate", ours.accumulated, (name, *inputs), options)
    op = op_of(ufunc)
    if method == "outer" and op is not None and not options:
        a, b = map(_core.tensor, inputs)
        return op(_core.op("reshape")(a, a.shape + (1,) * b.ndim), b)
    home = "np" if hasattr(np, name) else "scipy.special"
    raise lost(f"{home}.{name}" if method == "__call__" else f"{home}.{name}.{method}")


def _values(value: Any) -> Any:
    """The same arguments with NumPy's arrays in place of tensors."""
    if isinstance(value, _core.Tensor):
        return np.asarray(value.numpy())
    if isinstance(value, dict):
        return {key: _values(entry) for key, entry in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_values, value))
    return value


def _scalar(x: Any) -> Any:
    """NumPy hands its scalar over as an array of rank 0 where it stands left of a comparison."""
    return x[()] if isinstance(x, np.ndarray) and not x.ndim else x


def _rebuild_tensor(array: np.ndarray) -> _core.Tensor:
    return _core.tensor(array)


def _rebuild_variable(cls: type, array: np.ndarray, trainable: bool, name: Optional[str]) -> _core.Variable:
    return cls(array, trainable=trainable, name=name)


def reduce_tensor(self: _core.Tensor) -> tuple:
    """For pickle: a tensor is its values, a variable its values, name and whether it is trainable."""
    array = np.array(self.numpy())
    if isinstance(self, _core.Variable):
        return _rebuild_variable, (type(self), array, self.trainable, self.name)
    return _rebuild_tensor, (array,)


def copy_variable(self: _core.Variable, memo: Any = None) -> _core.Variable:
    """Another variable of the same value, name and trainability."""
    return _rebuild_variable(type(self), np.array(self.numpy()), self.trainable, self.name)


def result_dtype(*dtypes: Any) -> _core.DType:
    """The dtype in which operands meet: the wider one of a kind; kinds (bool, int, float) do not mix:
    TypeError.
    """
    found = [_core.as_dtype(d) for d in dtypes]
    kinds = {np.dtype(d.as_numpy_dtype).kind for d in found}
    if len(kinds) > 1:
        raise DTypeError(
            f"{' and '.join(sorted({d.name for d in found}))} do not meet in one dtype; cast one of them"
        )
    return max(found, key=lambda d: d.itemsize)


def alike(*values: Any) -> list[_core.Tensor]:
    """The values as tensors of one dtype: numbers and lists take that of those that have one. See
    result_dtype.
    """
    made = [_core.tensor(v) if hasattr(v, "dtype") else None for v in values]
    typed = [t.dtype for t in made if t is not None] or [_core.tensor(v).dtype for v in values]
    like = _core.tensor(0, result_dtype(*typed))
    return [_convert.convert_like(v if t is None else t, like) for v, t in zip(values, made)]


def _dtype_named(name: str) -> _core.DType:
    return _core.as_dtype(name)


def _op_named(name: str) -> _core.Op:
    return _core.op(name)


copyreg.pickle(_core.Op, lambda op: (_op_named, (op.__name__,)))
copyreg.pickle(_core.DType, lambda dtype: (_dtype_named, (dtype.name,)))
