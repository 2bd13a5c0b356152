"""root: unknowns at which residuals are 0, with derivatives by the implicit function theorem."""

from __future__ import annotations

from typing import Any, Callable, Optional

from . import _core
from ._bodies import bound, check_callable, leaves_like, pack, tensor, tensors_of
from ._thread import body, undifferentiated, unrecorded


def root(
    residual: Callable[[Any], Any],
    guess: Any,
    tolerance: Optional[float] = None,
    max_steps: Optional[int] = None,
    solver: Optional[Callable[[Any], Any]] = None,
    has_aux: bool = False,
) -> Any:
    """x with residual(x) = 0, in the structure of the guess; with `has_aux`, residual gives (residuals, aux)
    and root (x, aux).

    Newton's method with damping begins at the guess and makes at most `max_steps`, 100 where None. `residual`
    gives as many tensors as the guess has, with as many elements in all. x has derivatives of every order by
    the tensors and variables that `residual` uses, and none by the guess. With a `solver`, `solver(guess)`
    gives x; it may leave gradtape, for SciPy say. FailedPreconditionError, when x is looked at: a residual
    exceeds the tolerance, in absolute value, which is 1e-10 where None, or 1e-5 of float32.
    """
    check_callable("root", "residual", residual)
    if solver is not None:
        check_callable("root", "solver", solver)
    aux: Any = None

    def of_unknowns(*given: _core.Tensor) -> list[_core.Tensor]:
        nonlocal aux
        with body():
            result = residual(pack(guess, given))
            if has_aux:
                if not isinstance(result, tuple) or len(result) != 2:
                    raise TypeError("root: with has_aux the residual must return (residuals, aux)")
                result, aux = result
            residuals = tensors_of(result)
            if len(residuals) != len(given):
                raise ValueError(
                    f"root: the residual gave {len(residuals)} tensors for {len(given)} unknowns; want one each"
                )
            return residuals + tensors_of(aux)

    def solved(*given: _core.Tensor) -> list[_core.Tensor]:
        with undifferentiated(), unrecorded():
            result = solver(pack(guess, given))  # type: ignore[misc]
            found = leaves_like(guess, result, "root: the solver's result")
            return [tensor(leaf, like.dtype) for leaf, like in zip(found, given)]

    start = tensors_of(guess)
    steps = bound("root", "max_steps", max_steps)
    found = _core.root(of_unknowns, start, tolerance or 0.0, steps, None if solver is None else solved)
    x = pack(guess, found[: len(start)])
    return (x, pack(aux, found[len(start) :])) if has_aux else x
