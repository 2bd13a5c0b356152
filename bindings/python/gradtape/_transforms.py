"""Functions that make derivatives of functions: grad, value_and_grad, jacobian, hessian, hvp, jvp, linearize,
sparse_hessian, sparse_jacobian, vjp.
"""

from __future__ import annotations

import functools
import operator
from typing import Any, Callable, Optional, Sequence, Union

import numpy as np

from . import _core, _nest
from ._progress import Progress, watched
from ._sparse import Sparsity
from ._tape import linear_map
from ._thread import differentiating, recording

Argnums = Union[int, Sequence[int]]


class _Traced:
    """One run of a function on arguments that a tape of its own watches.

    The arguments that count are new tensors, recorded on the outer tapes, so that derivatives nest. A tensor
    that is an argument twice, or reaches the function by another way too, counts once for each.
    """

    def __init__(
        self,
        name: str,
        f: Callable[..., Any],
        args: Sequence[Any],
        argnums: Argnums,
        has_aux: bool,
        kwargs: Any,
    ) -> None:
        self.name = name
        places, single = self._places(args, argnums)
        self.chosen = args[places[0]] if single else tuple(args[n] for n in places)
        leaves = [self._source(leaf) for leaf in _nest.flatten(self.chosen)]
        with recording(_core.Tape(True, False)) as self.tape:
            self.sources = [_core.op("identity")(leaf) for leaf in leaves]
            for source in self.sources:
                self.tape.watch(source)
            packed, new = self.pack(self.sources), list(args)
            for n, value in zip(places, [packed] if single else packed):
                new[n] = value
            with differentiating(self.tape, self.sources):
                result = f(*new, **kwargs)
        self.aux = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise TypeError(f"{name}: with has_aux the function must return (result, aux)")
            result, self.aux = result
        self.result = result
        self.outputs = [self._output(leaf) for leaf in _nest.flatten(result)]

    def _places(self, args: Sequence[Any], argnums: Any) -> tuple[list[int], bool]:
        """The places that argnums names, counted from the first, and whether it is a number."""
        single = hasattr(argnums, "__index__")
        places = []
        for n in [argnums] if single else argnums:
            n = operator.index(n)
            if not -len(args) <= n < len(args):
                raise ValueError(f"{self.name}: argnums has {n}, but {len(args)} arguments were given")
            if n % len(args) in places:
                raise ValueError(f"{self.name}: argnums has the argument {n} twice")
            places.append(n % len(args))
        return places, single

    def _source(self, leaf: Any) -> _core.Tensor:
        if leaf is None:
            raise TypeError(f"{self.name}: an argument is None; was it a gradient that is not connected?")
        tensor = leaf if isinstance(leaf, _core.Tensor) else _core.tensor(leaf)
        if not tensor.dtype.is_floating:
            raise TypeError(
                f"{self.name}: the argument {leaf!r:.60} is {tensor.dtype.name}, by which there is no "
                "derivative; make it a float, as 3.0 for 3"
            )
        return tensor

    def _output(self, leaf: Any) -> _core.Tensor:
        if isinstance(leaf, _core.Tensor):
            return leaf.read_value() if isinstance(leaf, _core.Variable) else leaf
        if isinstance(leaf, (np.ndarray, np.generic)):
            raise TypeError(
                f"{self.name}: the function returned a numpy.{type(leaf).__name__}: the computation left the "
                "tape; use gradtape's functions, or return gt.constant(value) for a constant"
            )
        if not isinstance(leaf, (bool, int, float)):
            raise TypeError(
                f"{self.name}: the function returned a {type(leaf).__name__}, not tensors; has it a return?"
            )
        return _core.tensor(leaf)

    def scalar(self) -> _core.Tensor:
        """The one output; TypeError where it is not one float."""
        if _nest.is_nest(self.result):
            raise TypeError(
                f"{self.name}: the function must return one number, got a {type(self.result).__name__}; "
                "with has_aux=True it may return (number, anything)"
            )
        (output,) = self.outputs
        if output.shape != () or not output.dtype.is_floating:
            raise TypeError(
                f"{self.name}: the function must return one float, got {output.dtype.name} of shape "
                f"{output.shape}; reduce it, or take the jacobian"
            )
        return output

    def pack(self, leaves: Sequence[Any]) -> Any:
        return _nest.pack(self.chosen, leaves)

    def gradient(self) -> list[_core.Tensor]:
        return self.tape.gradient([self.scalar()], self.sources, None, True)


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function of the same arguments that gives (f's value, its gradient).

    The gradient is by the argument number `argnums`, in the structure of that argument; by several, a tuple.
    Arguments may be numbers, arrays, tensors, and lists, tuples or dicts of these; NumPy's float64 stays
    float64. f returns one float; with `has_aux` (float, anything), which then is the value. An argument on which
    f does not depend has the gradient 0. TypeError: an argument that is not of floats, or a result that is not one
    float. DetachedValueError: f makes an array of a tensor that depends on the argument, other than by `.numpy()`.
    """

    _check_callable("grad", f)

    @functools.wraps(f)
    def with_gradient(*args: Any, **kwargs: Any) -> Any:
        run = _Traced("grad", f, args, argnums, has_aux, kwargs)
        gradient = run.pack(run.gradient())
        value = run.outputs[0]
        return ((value, run.aux) if has_aux else value), gradient

    return with_gradient


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function of the same arguments that gives f's gradient; with `has_aux` (gradient, aux). See
    value_and_grad.
    """
    both = value_and_grad(f, argnums, has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def jacobian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    mode: str = "auto",
    memory_budget: int = 0,
    progress: Progress = None,
) -> Callable[..., Any]:
    """A function of the same arguments that gives the Jacobian of f: of the result's shape followed by the
    argument's.

    Nested results give the structure of the result, with the structure of the arguments in each leaf.
    `mode` is "auto", "forward" or "reverse". `memory_budget` bounds the working memory, in bytes.
    `progress(done, total)` is called between the parts of long work, and `progress=True` shows them in a line.
    See value_and_grad for the rest.
    """
    _check_callable("jacobian", f)

    @functools.wraps(f)
    def with_jacobian(*args: Any, **kwargs: Any) -> Any:
        run = _Traced("jacobian", f, args, argnums, has_aux, kwargs)

        def rows(report: Any) -> list[Any]:
            return [
                run.pack(run.tape.jacobian(output, run.sources, True, mode, memory_budget, report))
                for output in run.outputs
            ]

        found = _nest.pack(run.result, watched(progress, "jacobian", rows))
        return (found, run.aux) if has_aux else found

    return with_jacobian


def hessian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    mode: str = "auto",
    memory_budget: int = 0,
    progress: Progress = None,
) -> Callable[..., Any]:
    """A function of the same arguments that gives the Hessian of f: of the argument's shape twice.

    Nested arguments give their structure, with their structure in each leaf. See jacobian.
    """
    _check_callable("hessian", f)

    @functools.wraps(f)
    def with_hessian(*args: Any, **kwargs: Any) -> Any:
        run = _Traced("hessian", f, args, argnums, has_aux, kwargs)

        def blocks(report: Any) -> list[Any]:
            return run.tape.hessian(run.scalar(), run.sources, True, mode, memory_budget, report)

        found, n = watched(progress, "hessian", blocks), len(run.sources)
        packed = run.pack([run.pack(found[i * n : (i + 1) * n]) for i in range(n)])
        return (packed, run.aux) if has_aux else packed

    return with_hessian


def sparse_jacobian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    method: str = "auto",
    mode: str = "auto",
    dependence: str = "exact",
    memory_budget: int = 0,
    progress: Progress = None,
) -> Callable[..., Any]:
    """A function of the same arguments that gives the Jacobian of f as a sparse matrix, SciPy's csr_array.

    It has a row for each element of the result, and a column for each element of the arguments. Elements count in
    row-major order, and the leaves of nested arguments come one after the other. A nested result gives its structure,
    with a matrix in each leaf. A SparseMatrix takes the place of csr_array if SciPy is not installed. The matrix has
    arrays, which no tape sees: in a `function`, or for higher derivatives, take GradientTape.sparse_values. See
    GradientTape.jacobian_sparsity for the options, and value_and_grad for the rest.
    """
    _check_callable("sparse_jacobian", f)

    @functools.wraps(f)
    def with_jacobian(*args: Any, **kwargs: Any) -> Any:
        run = _Traced("sparse_jacobian", f, args, argnums, has_aux, kwargs)

        def matrix(output: _core.Tensor, report: Any) -> Any:
            found = run.tape.jacobian_sparsity(
                output, run.sources, method, mode, "full", dependence, memory_budget, report
            )
            return Sparsity._of(found).to_csr(run.tape.sparse_values(output, run.sources, found))

        matrices = watched(progress, "sparse_jacobian", lambda report: [matrix(o, report) for o in run.outputs])
        packed = _nest.pack(run.result, matrices)
        return (packed, run.aux) if has_aux else packed

    return with_jacobian


def sparse_hessian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    method: str = "auto",
    mode: str = "auto",
    triangle: str = "full",
    dependence: str = "exact",
    memory_budget: int = 0,
    progress: Progress = None,
) -> Callable[..., Any]:
    """A function of the same arguments that gives the Hessian of f as one sparse matrix of all arguments.

    f returns one float. `triangle` is "full", "lower" or "upper". See sparse_jacobian.
    """
    _check_callable("sparse_hessian", f)

    @functools.wraps(f)
    def with_hessian(*args: Any, **kwargs: Any) -> Any:
        run = _Traced("sparse_hessian", f, args, argnums, has_aux, kwargs)
        output = run.scalar()

        def matrix(report: Any) -> Any:
            found = run.tape.hessian_sparsity(
                output, run.sources, method, mode, triangle, dependence, memory_budget, report
            )
            return Sparsity._of(found).to_csr(run.tape.sparse_values(output, run.sources, found))

        whole = watched(progress, "sparse_hessian", matrix)
        return (whole, run.aux) if has_aux else whole

    return with_hessian


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(f(*primals), pullback), with `has_aux` (value, pullback, aux).

    `pullback(cotangent)`, of the value's structure and shapes, gives the tuple of the gradients by the
    primals, and may be called again.
    """
    run = _Traced("vjp", f, primals, range(len(primals)), has_aux, {})

    def pullback(cotangent: Any) -> Any:
        given = _nest.flatten_like(run.result, cotangent, "vjp: the cotangent")
        weights = [_core.tensor(c, output.dtype) for c, output in zip(given, run.outputs)]
        return run.pack(run.tape.gradient(run.outputs, run.sources, weights, True))

    value = _nest.pack(run.result, run.outputs)
    return (value, pullback, run.aux) if has_aux else (value, pullback)


def linearize(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(f(*primals), pushforward), with `has_aux` (value, pushforward, aux).

    `pushforward(*tangents)`, of the primals' structures and shapes, gives the derivative of f at the primals along them.
    f is not run again: a call costs one pass over the values that are kept. A tangent that is None is zero.
    """
    run = _Traced("linearize", f, primals, range(len(primals)), has_aux, {})
    along = linear_map(
        run.tape.linearize(run.outputs, run.sources), run.chosen, run.result, run.sources, "linearize: tangents"
    )
    value = _nest.pack(run.result, run.outputs)

    def pushforward(*tangents: Any) -> Any:
        return along(tangents)

    return (value, pushforward, run.aux) if has_aux else (value, pushforward)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """(f(*primals), its derivative as the primals move along the tangents), with `has_aux` (value,
    derivative, aux).
    """
    _check_sequences("jvp", primals, tangents)
    run = _Traced("jvp", f, primals, range(len(primals)), has_aux, {})
    along = _tangents("jvp", run, tangents)
    moved = _nest.pack(run.result, run.tape.jvp(run.outputs, run.sources, along, True))
    value = _nest.pack(run.result, run.outputs)
    return (value, moved, run.aux) if has_aux else (value, moved)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of f at the primals times the tangents: a tuple, one entry for each primal.

    The work is that of a few gradients; the Hessian is never formed. f returns one float.
    """
    _check_sequences("hvp", primals, tangents)
    run = _Traced("hvp", f, primals, range(len(primals)), False, {})
    return run.pack(run.tape.hvp(run.scalar(), run.sources, _tangents("hvp", run, tangents), True))


def _check_callable(name: str, f: Any) -> None:
    if not callable(f):
        raise TypeError(
            f"{name}: wants a function, got a {type(f).__name__}; call the result with the arguments"
        )


def _check_sequences(name: str, primals: Any, tangents: Any) -> None:
    for what, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(
                f"{name}: {what} must be a tuple of one entry for each argument, got {type(value).__name__}"
            )


def _tangents(name: str, run: _Traced, tangents: Sequence[Any]) -> list[Optional[_core.Tensor]]:
    given = _nest.flatten_like(run.chosen, tuple(tangents), f"{name}: tangents")
    return [None if t is None else _core.tensor(t, source.dtype) for t, source in zip(given, run.sources)]
