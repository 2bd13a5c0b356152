"""Minima of functions of tensors by SciPy's optimisers, which get exact gradients and Hessian products.

SciPy is needed for `minimize` alone; `objective` gives the arguments of its functions.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Iterator, NamedTuple, Optional

import numpy as np

from . import _core, _nest
from ._thread import body, differentiating, recording
from .errors import InvalidArgumentError

_WITH_GRADIENT = (
    "cg",
    "bfgs",
    "newton-cg",
    "l-bfgs-b",
    "tnc",
    "slsqp",
    "dogleg",
    "trust-ncg",
    "trust-krylov",
    "trust-exact",
    "trust-constr",
)
_WITH_PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr")
_WITH_HESSIAN = ("dogleg", "trust-exact")


class Result(NamedTuple):
    """A minimum: `x` in the structure of x0, the function's value `fun`, and SciPy's report of the way
    there.
    """

    x: Any
    fun: float
    jac: Any
    success: bool
    message: str
    nit: int
    nfev: int
    scipy: Any


class Objective:
    """A function of tensors as one of a flat float64 vector, with derivatives, as scipy.optimize takes them.

    The function is recorded once and replayed, so that calls are quick: its course may not depend on values.
    """

    def __init__(self, fun: Callable, x0: Any, args: tuple = ()):
        self._fun, self._structure = fun, as_parameters(x0)
        self._args = tuple(_core.tensor(a) if _is_array(a) else a for a in args)
        leaves = _nest.flatten(self._structure)
        self._dtypes = [leaf.dtype for leaf in leaves]
        self._shapes = [leaf.shape for leaf in leaves]
        #: The point x0 as one float64 vector.
        self.x0 = self.flatten(x0)
        vector = (_core.float64, self.x0.shape)
        self._value = _recorded(lambda x: [self._of_vector(x)], vector)
        self._value_and_gradient = _recorded(self._with_gradient, vector)
        self._product = _recorded(self._times, vector, vector)
        self._hessian = _recorded(self._whole_hessian, vector)

    def fun(self, x: Any) -> float:
        """The value at the vector x."""
        return float(self._value([_vector(x)])[0].numpy())

    def jac(self, x: Any) -> np.ndarray:
        """The gradient at the vector x."""
        return self.fun_and_jac(x)[1]

    def fun_and_jac(self, x: Any) -> tuple[float, np.ndarray]:
        """Value and gradient at the vector x, for `jac=True` of SciPy: they share their work."""
        value, gradient = self._value_and_gradient([_vector(x)])
        return float(value.numpy()), np.array(gradient.numpy())

    def hess(self, x: Any) -> np.ndarray:
        """The Hessian matrix at the vector x."""
        return np.array(self._hessian([_vector(x)])[0].numpy())

    def hessp(self, x: Any, p: Any) -> np.ndarray:
        """The Hessian at x times the vector p, without the Hessian."""
        return np.array(self._product([_vector(x), _vector(p)])[0].numpy())

    def flatten(self, x: Any) -> np.ndarray:
        """A structure like x0 as one float64 vector."""
        leaves = [np.asarray(leaf.numpy(), np.float64).reshape(-1) for leaf in _nest.flatten(as_parameters(x))]
        return np.concatenate(leaves) if leaves else np.zeros(0)

    def pack(self, x: Any) -> Any:
        """A vector as a structure like x0: tensors of the shapes and dtypes of its leaves."""
        return self._pack(_vector(x))

    def _pack(self, x: _core.Tensor) -> Any:
        leaves, start = [], 0
        for shape, dtype in zip(self._shapes, self._dtypes):
            size = int(np.prod(shape, dtype=np.int64))
            part = _core.op("reshape")(_core.op("slice")(x, [start], [size]), shape)
            leaves.append(part if dtype == _core.float64 else _core.op("cast")(part, dtype))
            start += size
        return _nest.pack(self._structure, leaves)

    def _of_vector(self, x: _core.Tensor) -> _core.Tensor:
        with _watching(x) as tape, differentiating(tape, [x]):
            value = _core.tensor(self._fun(self._pack(x), *self._args))
        if value.size != 1 or not value.dtype.is_floating:
            raise InvalidArgumentError(
                f"objective: one float is needed, got shape {value.shape}, dtype {value.dtype}"
            )
        return _core.op("cast")(_core.op("reshape")(value, ()), _core.float64)

    def _with_gradient(self, x: _core.Tensor) -> list:
        with _watching(x) as tape:
            value = self._of_vector(x)
        return [value, tape.gradient([value], [x], None, True)[0]]

    def _times(self, x: _core.Tensor, p: _core.Tensor) -> list:
        with _watching(x) as tape:
            slope = _core.op("reduce_sum")(self._with_gradient(x)[1] * p)
        return tape.gradient([slope], [x], None, True)

    def _whole_hessian(self, x: _core.Tensor) -> list:
        with _watching(x) as tape:
            gradient = self._with_gradient(x)[1]
        return tape.jacobian(gradient, [x], True, "auto", 0, None)


def _recorded(function: Callable[..., list], *vectors: Any) -> _core.Function:
    @functools.wraps(function)
    def recorded(*x: _core.Tensor) -> list:
        with body():
            return function(*x)

    return _core.Function(recorded, list(vectors))


@contextlib.contextmanager
def _watching(x: _core.Tensor) -> Iterator[_core.Tape]:
    """A tape that records how the block depends on x."""
    with recording(_core.Tape(True, False)) as tape:
        tape.watch(x)
        yield tape


def objective(fun: Callable, x0: Any, args: tuple = ()) -> Objective:
    """`fun(x, *args)` with `.fun .jac .hess .hessp` of a flat float64 vector, for scipy.optimize.

    `fun` takes a structure like x0, an array or nested lists, tuples and dicts of arrays, and returns one
    number.
    """
    return Objective(fun, x0, args)


def minimize(
    fun: Callable,
    x0: Any,
    args: tuple = (),
    method: Optional[str] = None,
    *,
    bounds: Any = None,
    constraints: Any = (),
    tol: Optional[float] = None,
    callback: Optional[Callable] = None,
    options: Optional[dict] = None,
) -> Result:
    """The x near x0 at which `fun(x, *args)` is least, found by `scipy.optimize.minimize`.

    x0 is an array or a nested structure of arrays, and so is the result's x. Gradients, and for the methods
    that use them Hessians or products with them, come from gradtape. `bounds`, `constraints`, `tol`,
    `options` are SciPy's and speak of the flat vector; `callback(x)` gets the structure. ImportError: SciPy
    is not installed.
    """
    try:
        from scipy import optimize
    except ImportError as error:
        raise ImportError("gradtape.optimize.minimize needs SciPy: pip install scipy") from error
    args = args if isinstance(args, tuple) else (args,)
    made = objective(fun, x0, args)
    found = optimize.minimize(
        made.fun_and_jac if _uses(method, _WITH_GRADIENT) else made.fun,
        made.x0,
        method=method,
        jac=True if _uses(method, _WITH_GRADIENT) else None,
        hess=made.hess if method and method.lower() in _WITH_HESSIAN else None,
        hessp=made.hessp if method and method.lower() in _WITH_PRODUCTS else None,
        bounds=bounds,
        constraints=constraints,
        tol=tol,
        callback=None if callback is None else lambda x, *rest: callback(made.pack(x)),
        options=options,
    )
    gradient = found.get("grad", found.get("jac"))  # trust-constr calls the constraints' derivatives jac
    return Result(
        x=made.pack(found.x),
        fun=float(found.fun),
        jac=None if gradient is None else made.pack(gradient),
        success=bool(found.success),
        message=str(found.message),
        nit=int(found.get("nit", 0)),
        nfev=int(found.nfev),
        scipy=found,
    )


def _uses(method: Optional[str], methods: tuple) -> bool:
    """Whether a method, SciPy's choice if None, is among those named."""
    return method is None or method.lower() in methods


def as_parameters(structure: Any) -> Any:
    """The structure with tensors as leaves; a list or tuple of plain numbers is one vector, as for SciPy.

    float32 stays, other numbers become float64. TypeError: a leaf holds no numbers.
    """
    plain = (
        isinstance(structure, (list, tuple))
        and structure
        and all(isinstance(n, (int, float)) for n in structure)
    )
    if not plain and _nest.is_nest(structure):
        return _nest.rebuilt(structure, [as_parameters(entry) for entry in _nest.entries_of(structure)])
    if getattr(structure, "dtype", None) == np.float32:
        return _core.tensor(structure)
    return _core.tensor(structure, _core.float64)


def _is_array(value: Any) -> bool:
    return isinstance(value, (_core.Tensor, np.ndarray, np.generic, bool, int, float))


def _vector(x: Any) -> _core.Tensor:
    return _core.tensor(np.ascontiguousarray(np.asarray(x), dtype=np.float64).reshape(-1))


__all__ = ["Objective", "Result", "minimize", "objective"]
