"""Minima, least squares and systems of equations by gradtape's own solvers.

Values, gradients and matrices are recorded once and replayed, without a call of Python in between. Sparse
matrices stay sparse. `gradtape.optimize` hands derivatives to SciPy's optimisers instead.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Optional

from . import _core, _nest
from ._bodies import check_callable, tensors_of
from ._thread import body, undifferentiated, unrecorded
from .optimize import as_parameters

_METHODS = {
    "minimize": {"lbfgs": 1, "newton": 2, "newton_cg": 3},
    "least_squares": {"gauss_newton": 4, "levenberg_marquardt": 5},
    "solve_equations": {"newton": 2},
}
_LINEAR_SOLVERS = {"dense": 1, "banded": 2}


class Progress(NamedTuple):
    """An iteration: its number, 0 for the start, and where it stands; see `Report`."""

    iteration: int
    evaluations: int
    value: float
    gradient_norm: float
    step_norm: float


class Report(NamedTuple):
    """The way of a solver. `outcome` says why it ended: "gradient", "step", "residual" and "rounding" are
    convergence, "iterations", "stalled", "not_finite", "singular" and "stopped" are not.

    `value` is the least value, of residuals half the sum of their squares. `gradient_norm` is the largest
    element of the gradient in absolute value, for `solve_equations` of the residuals.
    """

    converged: bool
    outcome: str
    method: str
    linear_solver: Optional[str]
    iterations: int
    evaluations: int
    products: int
    matrices: int
    factorizations: int
    value: float
    gradient_norm: float


class Solution(NamedTuple):
    """x in the structure of x0, and the report; `x, report = minimize(...)`."""

    x: Any
    report: Report


def minimize(
    fun: Callable[[Any], Any],
    x0: Any,
    *,
    method: Optional[str] = None,
    linear_solver: Optional[str] = None,
    max_iterations: int = 1000,
    tolerance: Optional[float] = None,
    step_tolerance: float = 0.0,
    radius: float = 0.0,
    memory: int = 10,
    progress: Optional[Callable[[Progress], Any]] = None,
) -> Solution:
    """A local minimum of fun(x), which is one number, near x0.

    x0 is an array or a nested structure of arrays; lists of numbers are vectors of float64. method: "lbfgs",
    "newton" or "newton_cg"; None takes Newton's where the Hessian is small or sparse. linear_solver: "dense"
    or "banded", after reordering. tolerance: of the gradient's elements; None stands for 1e-8, or 1e-4 for
    float32. radius: the first trust region, or the longest first step of L-BFGS. memory: the steps that
    L-BFGS keeps. `progress(p)` is called after each iteration; a true result stops there. `fun` is recorded,
    and so cannot read values of x.
    """
    return _solve(
        "minimize", fun, x0, method, linear_solver, max_iterations, tolerance, step_tolerance, radius, 0.0,
        memory, progress,
    )  # fmt: skip


def least_squares(
    fun: Callable[[Any], Any],
    x0: Any,
    *,
    method: Optional[str] = None,
    linear_solver: Optional[str] = None,
    max_iterations: int = 1000,
    tolerance: Optional[float] = None,
    step_tolerance: float = 0.0,
    damping: float = 0.0,
    progress: Optional[Callable[[Progress], Any]] = None,
) -> Solution:
    """A local minimum of half the sum of the squares of fun(x), an array or a nested structure of arrays.

    method: "levenberg_marquardt", also where None, or "gauss_newton". damping: the first of Levenberg and
    Marquardt's method, relative to the diagonal of the Jacobian's square; 0 stands for 1e-3. The other
    arguments are those of `minimize`.
    """
    return _solve(
        "least_squares", fun, x0, method, linear_solver, max_iterations, tolerance, step_tolerance, 0.0,
        damping, 0, progress,
    )  # fmt: skip


def solve_equations(
    fun: Callable[[Any], Any],
    x0: Any,
    *,
    linear_solver: Optional[str] = None,
    max_iterations: int = 1000,
    tolerance: Optional[float] = None,
    step_tolerance: float = 0.0,
    progress: Optional[Callable[[Progress], Any]] = None,
) -> Solution:
    """x near x0 at which all of fun(x) is 0, which has as many elements as x.

    tolerance: of the residuals, in absolute value. The other arguments are those of `minimize`.
    `gradtape.root` has derivatives; this has none, and takes sparse systems.
    """
    return _solve(
        "solve_equations", fun, x0, None, linear_solver, max_iterations, tolerance, step_tolerance, 0.0, 0.0,
        0, progress,
    )  # fmt: skip


def _solve(
    solver: str, fun: Callable, x0: Any, method: Optional[str], linear_solver: Optional[str],
    max_iterations: int, tolerance: Optional[float], step_tolerance: float, radius: float, damping: float,
    memory: int, progress: Optional[Callable],
) -> Solution:  # fmt: skip
    check_callable(solver, "fun", fun)
    structure = as_parameters(x0)

    def of_leaves(*leaves: _core.Tensor) -> list[_core.Tensor]:
        with body():
            return tensors_of(fun(_nest.pack(structure, leaves)))

    def after_iteration(*numbers: Any) -> bool:
        return bool(progress(Progress(*numbers)))  # type: ignore[misc]

    with undifferentiated(), unrecorded():
        found, report = getattr(_core, solver)(
            of_leaves,
            _nest.flatten(structure),
            _number_of(solver, "method", method, _METHODS[solver]),
            _number_of(solver, "linear_solver", linear_solver, _LINEAR_SOLVERS),
            max_iterations,
            tolerance or 0.0,
            step_tolerance,
            radius,
            damping,
            memory,
            None if progress is None else after_iteration,
        )
    report["outcome"] = report["outcome"].removeprefix("GT_OUTCOME_").lower()
    report["method"] = _name_of(report["method"], _METHODS[solver])
    report["linear_solver"] = _name_of(report["linear_solver"], _LINEAR_SOLVERS)
    return Solution(_nest.pack(structure, found), Report(**report))


def _number_of(solver: str, what: str, name: Optional[str], numbers: dict[str, int]) -> int:
    if name is None:
        return 0
    if name not in numbers:
        raise ValueError(f"{solver}: {what} must be None or one of {', '.join(numbers)}, got {name!r}")
    return numbers[name]


def _name_of(number: int, numbers: dict[str, int]) -> Optional[str]:
    return next((name for name, n in numbers.items() if n == number), None)


__all__ = ["Progress", "Report", "Solution", "least_squares", "minimize", "solve_equations"]
