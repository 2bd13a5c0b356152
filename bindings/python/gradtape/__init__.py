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

import functools as _functools
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

from ._checks import label, set_checks  # noqa: E402
from ._control import (  # noqa: E402
    TensorArray,
    case,
    cond,
    control_dependencies,
    device,
    executing_eagerly,
    foldl,
    foldr,
    is_tensor,
    map_fn,
    name_scope,
    scan,
    switch_case,
    vectorized_map,
    while_loop,
)
from ._convert import constant, convert_to_tensor  # noqa: E402
from ._core import (  # noqa: E402
    DType,
    Tensor,
    abi_version,
    as_dtype,
    memory_limit,
    memory_stats,
    memory_trim,
    register_op,
    set_threads,
)
from ._custom import (  # noqa: E402
    RegisterGradient,
    apply_with_gradient,
    checkpoint,
    custom_gradient,
    grad_pass_through,
    recompute_grad,
)
from ._display import print  # noqa: E402
from ._function import TensorSpec, function  # noqa: E402
from ._names import (  # noqa: E402
    add_n,
    boolean_mask,
    broadcast_dynamic_shape,
    broadcast_static_shape,
    cast,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    cumsum,
    dynamic_partition,
    dynamic_stitch,
    einsum,
    ensure_shape,
    fill,
    gather,
    gather_nd,
    get_static_value,
    global_norm,
    identity,
    identity_n,
    norm,
    one_hot,
    pad,
    range,
    rank,
    realdiv,
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
    reverse_sequence,
    saturate_cast,
    scatter_nd,
    sequence_mask,
    shape,
    size,
    slice,
    split,
    stop_gradient,
    strided_slice,
    tensor_scatter_nd_add,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    transpose,
    unique,
)
from ._reading import DetachedValueWarning  # noqa: E402
from ._root import fixed_point, root  # noqa: E402
from ._shape import TensorShape  # noqa: E402
from ._sparse import SparseMatrix, Sparsity, SparsityInfo  # noqa: E402
from ._tape import BatchDependenceWarning, GradientTape, UnconnectedGradients  # noqa: E402
from ._transforms import (  # noqa: E402
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    linearize,
    sparse_hessian,
    sparse_jacobian,
    value_and_grad,
    vjp,
)
from ._variable import Module, Variable  # noqa: E402
from ._vmap import vmap  # noqa: E402

from .debugging import (  # noqa: E402
    Assert,
    assert_equal,
    assert_greater,
    assert_less,
    assert_rank,
)

if TYPE_CHECKING:
    from . import autodiff, debugging, dtypes, keras, lax, linalg, math, nest, nn, random, saved_model, solvers

__version__ = _core.version()
truediv = _core.op("divide")

_modules = (
    "autodiff debugging dtypes guide keras lax linalg math nest nn optimize plot random "
    "saved_model solvers"
).split()
_of_keras = {
    **{name: name for name in ("initializers", "losses", "metrics", "optimizers")},
    "constant_initializer": "initializers.Constant",
    "ones_initializer": "initializers.Ones",
    "random_normal_initializer": "initializers.RandomNormal",
    "random_uniform_initializer": "initializers.RandomUniform",
    "zeros_initializer": "initializers.Zeros",
}


def __getattr__(name: str) -> _Any:
    """Modules are imported, and ops of the engine found, when they are asked for."""
    if name in _modules:
        return _importlib.import_module(f"{__name__}.{name}")
    if name in _of_keras:
        return _functools.reduce(getattr, _of_keras[name].split("."), __getattr__("keras"))
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
    return sorted({*globals(), *_modules, *_of_keras, *_core.op_names()})
