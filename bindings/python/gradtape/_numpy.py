"""NumPy's side: its ufuncs (and SciPy's) on tensors become ops; tensors and variables pickle and copy.

NumPy's other functions (`np.mean(t)`) read the values and compute outside of any tape, as with TensorFlow.
Dtypes meet as follows; a Python number or a NumPy scalar takes the dtype of the tensors beside it.

    bool      with bool      bool
    int32     with int64     int64
    float32   with float64   float64
    bool with numbers, ints with floats: TypeError; cast one of them
    a float beside ints, a number beside bools: TypeError too
"""

from __future__ import annotations

import copyreg
from typing import Any, Callable, Optional

import numpy as np

from . import _core
from .errors import DTypeError

_SAME_NAME = (
    "add subtract multiply divide floor_divide negative exp exp2 expm1 log log2 log1p sqrt square "
    "reciprocal sin cos tan sinh cosh tanh hypot equal not_equal less less_equal greater greater_equal "
    "logical_and logical_or logical_xor logical_not maximum minimum floor ceil trunc sign matmul log10 "
    "logaddexp copysign signbit nextafter bitwise_and bitwise_or bitwise_xor remainder isnan isinf "
    "isfinite positive vecdot erf erfc erfinv xlogy xlog1py"
).split()
_OTHER_NAME = {
    "absolute": "abs",
    "fabs": "abs",
    "power": "pow",
    "float_power": "pow",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "rint": "round",
    "conjugate": "conj",
    "invert": "bitwise_invert",
    "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift",
    "gammaln": "lgamma",
    "psi": "digamma",
    "expit": "sigmoid",
    "log_expit": "log_sigmoid",
}
_COMPARISONS = frozenset("equal not_equal less less_equal greater greater_equal".split())
_NAMES = {**{name: name for name in _SAME_NAME}, **_OTHER_NAME}


def array_ufunc(self: _core.Tensor, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
    """The op of the same meaning on the inputs, which tapes record.

    Ufuncs without an op, `reduce` and other methods, and results stored in an array (`array += tensor`) are
    computed by NumPy on the values, outside of any tape. Raises TypeError for a tensor as `out=`, and for
    `where=` and the like.
    """
    outputs = options.get("out", ())
    if any(isinstance(o, _core.Tensor) for o in (outputs if isinstance(outputs, tuple) else (outputs,))):
        raise TypeError(f"np.{ufunc.__name__}: a tensor does not change, so it is no out=")
    op = _op_of(ufunc) if method == "__call__" and not outputs else None
    if op is None:
        values = [np.asarray(x) if isinstance(x, _core.Tensor) else x for x in inputs]
        return getattr(ufunc, method)(*values, **options)
    if options:
        raise TypeError(f"np.{ufunc.__name__}: {', '.join(sorted(options))} have no meaning for tensors")
    if ufunc.__name__ in _COMPARISONS:
        inputs = tuple(_scalar(x) for x in inputs)
    return op(*inputs)


def _scalar(x: Any) -> Any:
    """NumPy hands its scalar over as an array of rank 0 where it stands left of a comparison."""
    return x[()] if isinstance(x, np.ndarray) and not x.ndim else x


def _op_of(ufunc: np.ufunc) -> Optional[Callable]:
    from . import _array_api

    name = _NAMES.get(ufunc.__name__)
    if name is None:
        return None
    return getattr(_array_api, name) if name in _array_api.__all__ else _core.op(name)


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


def _dtype_named(name: str) -> _core.DType:
    return _core.as_dtype(name)


def _op_named(name: str) -> _core.Op:
    return _core.op(name)


copyreg.pickle(_core.Op, lambda op: (_op_named, (op.__name__,)))
copyreg.pickle(_core.DType, lambda dtype: (_dtype_named, (dtype.name,)))
