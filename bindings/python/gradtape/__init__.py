"""gradtape: automatic differentiation of tensor programs, with the names of TensorFlow's tape.

    import gradtape as gt

    x = gt.Variable([1.0, 2.0])
    with gt.GradientTape() as tape:
        y = gt.reduce_sum(x**3)
    tape.gradient(y, x)          # [3, 12]
    gt.grad(lambda x: gt.reduce_sum(x**3))([1.0, 2.0])

Functions of TensorFlow's (`reduce_sum`, `math.*`, `nn.*`, `linalg.*`, `random.*`, `keras`) and of the array
API standard (`sum`, `mean`, `asarray`, …) share the namespace. Every op of the engine is there by its own
name too.
"""

from __future__ import annotations

import importlib as _importlib
from typing import TYPE_CHECKING
from typing import Any as _Any

# The first of all: it tells the extension of NumPy and of the exceptions.
from . import _core, _engine, errors  # noqa: F401

# isort: split
# The array API standard; its functions take TensorFlow's parameters too.
from . import _array_api
from ._array_api import __all__ as _standard

globals().update({_name: getattr(_array_api, _name) for _name in _standard})

from ._control import cond, executing_eagerly, is_tensor, map_fn, while_loop  # noqa: E402
from ._convert import constant, convert_to_tensor  # noqa: E402
from ._core import (  # noqa: E402
    DType,
    Tensor,
    memory_limit,
    memory_stats,
    memory_trim,
    register_op,
    set_threads,
)
from ._custom import (  # noqa: E402
    RegisterGradient,
    apply_with_gradient,
    custom_gradient,
    grad_pass_through,
    recompute_grad,
)
from ._display import print  # noqa: E402
from ._function import TensorSpec, function  # noqa: E402
from ._names import (  # noqa: E402
    boolean_mask,
    cast,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    cumsum,
    einsum,
    fill,
    gather,
    gather_nd,
    global_norm,
    identity,
    norm,
    one_hot,
    pad,
    range,
    rank,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_std,
    reduce_sum,
    reduce_variance,
    reverse,
    scatter_nd,
    shape,
    size,
    slice,
    split,
    stop_gradient,
    strided_slice,
    tensor_scatter_nd_add,
    tensor_scatter_nd_update,
    transpose,
)
from ._reading import DetachedValueWarning  # noqa: E402
from ._tape import BatchDependenceWarning, GradientTape, UnconnectedGradients  # noqa: E402
from ._transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp  # noqa: E402
from ._variable import Module, Variable  # noqa: E402

if TYPE_CHECKING:
    from . import autodiff, keras, linalg, math, nn, random, saved_model

__version__ = _core.version()
truediv = _core.op("divide")

_modules = ("autodiff", "guide", "keras", "linalg", "math", "nn", "optimize", "plot", "random", "saved_model")


def __getattr__(name: str) -> _Any:
    """Modules are imported, and ops of the engine found, when they are asked for."""
    if name in _modules:
        return _importlib.import_module(f"{__name__}.{name}")
    if not name.startswith("_"):
        try:
            value = _core.op(name)
        except LookupError:
            pass
        else:
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_modules, *_core.op_names()})
