"""gradtape.solvers: minima, least squares and systems of equations, in any container and with every option."""

import numpy as np
import pytest

import gradtape as gt
from gradtape import solvers


def rosenbrock(x):
    return gt.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


START = [1.3, 0.7, 0.8, 1.9, 1.2]


@pytest.mark.parametrize("method", [None, "lbfgs", "newton", "newton_cg"])
def test_every_method_of_minimize(method):
    x, report = solvers.minimize(rosenbrock, START, method=method)
    np.testing.assert_allclose(x, np.ones(5), atol=1e-6)
    assert report.converged and report.outcome == "gradient"
    assert report.method == (method or "newton")
    assert report.value < 1e-12 and report.gradient_norm <= 1e-8 and report.iterations > 3


@pytest.mark.parametrize("linear_solver", [None, "dense", "banded"])
def test_every_linear_solver(linear_solver):
    x, report = solvers.minimize(rosenbrock, np.linspace(-1, 1, 50), method="newton", linear_solver=linear_solver)
    assert report.converged and report.factorizations > 0
    assert linear_solver is None or report.linear_solver == linear_solver


@pytest.mark.parametrize("method", [None, "gauss_newton", "levenberg_marquardt"])
def test_a_fit_in_a_dict(method):
    t = np.linspace(0, 2, 30)
    y = 3.0 * np.exp(-1.5 * t)
    found = solvers.least_squares(
        lambda p: p["scale"] * gt.exp(-p["rate"] * t) - y, {"scale": 1.0, "rate": np.float64(1.0)}, method=method
    )
    assert found.report.converged
    assert float(found.x["scale"]) == pytest.approx(3) and float(found.x["rate"]) == pytest.approx(1.5)


def test_equations():
    def circle_and_line(x):
        return [x[0] ** 2 + x[1] ** 2 - 4, x[0] - x[1]]

    x, report = solvers.solve_equations(circle_and_line, [1.0, 0.5])
    np.testing.assert_allclose(x, [2**0.5, 2**0.5])
    assert report.outcome == "residual" and report.method == "newton"


def test_float32_stays_float32():
    x, report = solvers.minimize(lambda x: gt.sum((x - 2) ** 2), np.zeros(3, np.float32))
    assert x.dtype == gt.float32 and report.converged
    np.testing.assert_allclose(x, [2, 2, 2], rtol=1e-4)


def test_it_may_end_early():
    x, report = solvers.minimize(rosenbrock, START, max_iterations=2)
    assert not report.converged and report.outcome == "iterations" and report.iterations == 2
    seen = []
    x, report = solvers.minimize(rosenbrock, START, progress=lambda p: seen.append(p) or p.iteration == 3)
    assert report.outcome == "stopped" and [p.iteration for p in seen] == [0, 1, 2, 3]
    assert seen[0].value == pytest.approx(float(rosenbrock(gt.constant(START, dtype=gt.float64))))


def test_exceptions_come_out():
    class Stop(Exception):
        pass

    def stop(*_):
        raise Stop("enough")

    with pytest.raises(Stop, match="enough"):
        solvers.minimize(rosenbrock, START, progress=stop)
    with pytest.raises(Stop, match="enough"):
        solvers.minimize(stop, START)
    assert solvers.minimize(rosenbrock, START).report.converged


def test_wrong_arguments():
    with pytest.raises(ValueError, match="minimize: method must be None or one of lbfgs, newton, newton_cg, got 'bfgs'"):
        solvers.minimize(rosenbrock, START, method="bfgs")
    with pytest.raises(TypeError, match="fun must be a function"):
        solvers.least_squares(3, START)
    with pytest.raises(gt.errors.InvalidArgumentError, match="one number"):
        solvers.minimize(lambda x: x, START)
    with pytest.raises(gt.errors.InvalidArgumentError, match="as many residuals as unknowns"):
        solvers.solve_equations(lambda x: x[:3], START)
    with pytest.raises(gt.errors.InvalidArgumentError, match="tolerance"):
        solvers.minimize(rosenbrock, START, tolerance=-1.0)


def test_a_tape_around_sees_nothing():
    with gt.GradientTape() as tape:
        y = gt.Variable(3.0, dtype=gt.float64)
        x, _ = solvers.minimize(lambda x: (x[0] - y) ** 2, [0.0])
    assert tape.gradient(gt.sum(x), y) is None
    assert float(x[0]) == pytest.approx(3)
