"""root and fixed_point: unknowns of equations, with derivatives by the implicit function theorem."""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import _core
from ._bodies import bound, check_callable, leaves_like, pack, tensor, tensors_of
from ._thread import body, undifferentiated, unrecorded

_METHODS = ("newton", "anderson")
_SYSTEMS = ("dense", "banded", "sparse", "cg", "gmres")


def root(
    residual: Callable[[Any], Any],
    guess: Any,
    tolerance: Optional[float] = None,
    max_steps: Optional[int] = None,
    solver: Optional[Callable[[Any], Any]] = None,
    has_aux: bool = False,
    *,
    linear: str = "dense",
    linear_tolerance: Optional[float] = None,
    linear_max_steps: Optional[int] = None,
    linear_restart: Optional[int] = None,
) -> Any:
    """x with residual(x) = 0, in the structure of the guess; with `has_aux`, residual gives (residuals, aux)
    and root (x, aux).

    Newton's method with damping begins at the guess and makes at most `max_steps`, 100 where None. `residual`
    gives as many tensors as the guess has, with as many elements in all. x has derivatives of every order by
    the tensors and variables that `residual` uses, and none by the guess. With a `solver`, `solver(guess)`
    gives x; it may leave gradtape, for SciPy say. FailedPreconditionError, when x is looked at: a residual
    exceeds the tolerance, in absolute value, which is 1e-10 where None, or 1e-5 of float32.

    `linear` is the way of linear systems with the Jacobian, in steps and in derivatives: "dense", "banded",
    "sparse" (reordered to a narrow band), "cg" (a symmetric and definite Jacobian) or "gmres". The last two
    make no matrix: they take products until the residual is `linear_tolerance` times as long as the right
    side, 1e-10 where None, or 1e-5 of float32. `linear_max_steps` bounds the products, where None by 10 for
    each unknown and 10000; "gmres" keeps `linear_restart` vectors, 30 where None. A derivative above the
    tolerance raises FailedPreconditionError.
    """
    options = _linear("root", linear, linear_tolerance, linear_max_steps, linear_restart)
    return _solved("root", "residual", residual, guess, tolerance, max_steps, solver, has_aux, options)


def fixed_point(
    function: Callable[[Any], Any],
    guess: Any,
    tolerance: Optional[float] = None,
    max_steps: Optional[int] = None,
    solver: Optional[Callable[[Any], Any]] = None,
    has_aux: bool = False,
    *,
    method: str = "anderson",
    history: Optional[int] = None,
    damping: Optional[float] = None,
    linear: str = "gmres",
    linear_tolerance: Optional[float] = None,
    linear_max_steps: Optional[int] = None,
    linear_restart: Optional[int] = None,
) -> Any:
    """x with function(x) = x, in the structure of the guess; with `has_aux`, function gives (x, aux).

    Anderson's method repeats the function from the guess on, 1000 times at most where `max_steps` is None. Each
    step combines the last `history` ones, 5 where None, and is `damping` as long as it could be, 1 where None.
    `method="newton"` takes Newton's steps. The rest is as in `root`, with the residual x - function(x).
    """
    options = _linear("fixed_point", linear, linear_tolerance, linear_max_steps, linear_restart)
    if damping is not None and not 0 < damping <= 1:
        raise ValueError(f"fixed_point: damping must be above 0 and 1 at most, got {damping}")
    options.update(
        fixed_point=True,
        method=_choice("fixed_point", "method", method, _METHODS),
        history=bound("fixed_point", "history", history),
        damping=damping or 0.0,
    )
    return _solved("fixed_point", "function", function, guess, tolerance, max_steps, solver, has_aux, options)


def _choice(name: str, what: str, value: str, known: tuple[str, ...]) -> int:
    if value not in known:
        raise ValueError(f"{name}: {what} must be one of {', '.join(map(repr, known))}, got {value!r}")
    return known.index(value)


def _linear(
    name: str, linear: str, tolerance: Optional[float], max_steps: Optional[int], restart: Optional[int]
) -> dict[str, Any]:
    return {
        "linear": _choice(name, "linear", linear, _SYSTEMS),
        "linear_tolerance": tolerance or 0.0,
        "linear_max_steps": bound(name, "linear_max_steps", max_steps),
        "linear_restart": bound(name, "linear_restart", restart),
    }


def _solved(
    name: str,
    what: str,
    function: Callable[[Any], Any],
    guess: Any,
    tolerance: Optional[float],
    max_steps: Optional[int],
    solver: Optional[Callable[[Any], Any]],
    has_aux: bool,
    options: dict[str, Any],
) -> Any:
    check_callable(name, what, function)
    given_back = "residuals" if what == "residual" else "x"
    if solver is not None:
        check_callable(name, "solver", solver)
    aux: Any = None

    def of_unknowns(*given: _core.Tensor) -> list[_core.Tensor]:
        nonlocal aux
        with body():
            result = function(pack(guess, given))
            if has_aux:
                if not isinstance(result, tuple) or len(result) != 2:
                    raise TypeError(f"{name}: with has_aux the {what} must return ({given_back}, aux)")
                result, aux = result
            results = tensors_of(result)
            if len(results) != len(given):
                raise ValueError(
                    f"{name}: the {what} gave {len(results)} tensors for {len(given)} unknowns; want one each"
                )
            return results + tensors_of(aux)

    def solved(*given: _core.Tensor) -> list[_core.Tensor]:
        with undifferentiated(), unrecorded():
            result = solver(pack(guess, given))  # type: ignore[misc]
            found = leaves_like(guess, result, f"{name}: the solver's result")
            return [tensor(leaf, like.dtype) for leaf, like in zip(found, given)]

    start = tensors_of(guess)
    steps = bound(name, "max_steps", max_steps)
    own = None if solver is None else solved
    found = _core.root(of_unknowns, start, tolerance or 0.0, steps, own, **options)
    x = pack(guess, found[: len(start)])
    return (x, pack(aux, found[len(start) :])) if has_aux else x
