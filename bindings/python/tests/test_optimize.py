"""Minima by SciPy with gradtape's derivatives: every method, any container, and the objective's parts."""

import os
import runpy
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

import gradtape as gt
from gradtape.optimize import minimize, objective

optimize = pytest.importorskip("scipy.optimize")
EXAMPLES = Path(__file__).parent.parent / "examples"


def rosenbrock(x):
    return gt.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


START = [1.3, 0.7, 0.8, 1.9, 1.2]


def test_the_objective_agrees_with_scipy():
    f = objective(rosenbrock, START)
    for x in (np.array(START), np.linspace(-1, 1, 5)):
        assert np.isclose(f.fun(x), optimize.rosen(x), rtol=1e-12)
        np.testing.assert_allclose(f.jac(x), optimize.rosen_der(x), rtol=1e-12)
        np.testing.assert_allclose(f.hess(x), optimize.rosen_hess(x), rtol=1e-12, atol=1e-12)
        p = np.arange(5.0)
        np.testing.assert_allclose(f.hessp(x, p), optimize.rosen_hess_prod(x, p), rtol=1e-12, atol=1e-12)
        value, gradient = f.fun_and_jac(x)
        assert value == f.fun(x) and gradient.dtype == np.float64


@pytest.mark.parametrize(
    "method",
    [
        None,
        "BFGS",
        "CG",
        "L-BFGS-B",
        "TNC",
        "SLSQP",
        "Newton-CG",
        "trust-ncg",
        "trust-krylov",
        "trust-exact",
        "dogleg",
        "trust-constr",
        "Nelder-Mead",
        "Powell",
        "COBYLA",
    ],
)
def test_every_method(method):
    def bowl(x):
        return gt.sum((x - 1) ** 2 * gt.asarray([1.0, 2.0])) + gt.sum(x**4) / 10

    found = minimize(bowl, [3.0, -2.0], method=method)
    expected = optimize.minimize(
        lambda x: (x[0] - 1) ** 2 + 2 * (x[1] - 1) ** 2 + (x**4).sum() / 10, [0, 0], tol=1e-10
    )
    np.testing.assert_allclose(
        found.x.numpy(), expected.x, atol=2e-2 if method in ("TNC", "COBYLA") else 1e-3
    )
    assert isinstance(found.fun, float) and found.success and found.nfev > 0 and found.message


def test_rosenbrock_by_newton():
    found = minimize(rosenbrock, np.array(START), method="trust-exact", tol=1e-10)
    np.testing.assert_allclose(found.x.numpy(), np.ones(5), atol=1e-8)
    assert found.x.dtype == "float64" and found.jac.shape == (5,) and found.scipy.nhev > 0


def test_any_container():
    Pair = namedtuple("Pair", "a b")
    x0 = {"w": np.zeros((2, 2)), "rest": Pair(gt.asarray(0.0), [np.float32(1), np.zeros(1)])}

    def f(x):
        a, (b, c) = x["rest"]
        return gt.sum((x["w"] - 1) ** 2) + (a - 2) ** 2 + (b - 3) ** 2 + gt.sum((c - 4) ** 2)

    found = minimize(f, x0)
    assert isinstance(found.x["rest"], Pair)
    assert (
        found.x["w"].shape == (2, 2)
        and found.x["w"].dtype == "float64"
        and found.x["rest"].a.dtype == "float32"
    )
    np.testing.assert_allclose(found.x["w"].numpy(), np.ones((2, 2)), atol=1e-4)
    assert [round(n.numpy().item(), 3) for n in (found.x["rest"].a, *found.x["rest"].b)] == [2, 3, 4]
    packed = objective(f, x0)
    np.testing.assert_array_equal(packed.flatten(packed.pack(np.arange(7.0))), np.arange(7.0))


def test_arguments_bounds_constraints_and_callback():
    seen = []
    found = minimize(
        lambda x, a, b: gt.sum((x - a) ** 2) * b,
        np.zeros(2),
        args=(np.array([1.0, 2.0]), 3.0),
        bounds=[(0, 0.5), (None, None)],
        callback=seen.append,
    )
    np.testing.assert_allclose(found.x.numpy(), [0.5, 2], atol=1e-6)
    assert seen and isinstance(seen[0], gt.Tensor)
    line = {"type": "eq", "fun": lambda x: x.sum() - 1}
    found = minimize(lambda x: gt.sum(x * x), [3.0, 0.0], method="SLSQP", constraints=line)
    np.testing.assert_allclose(found.x.numpy(), [0.5, 0.5], atol=1e-6)
    found = minimize(lambda x: (x - 3) ** 2, 1)
    assert found.x.shape == () and abs(found.x.item() - 3) < 1e-4


def test_what_is_no_objective():
    for call in (
        lambda: minimize(lambda x: x, [1.0, 2.0]),
        lambda: minimize(gt.sum, ["a"]),
        lambda: minimize(lambda x: gt.argmax(x), [1.0]),
    ):
        with pytest.raises((ValueError, TypeError)):
            call()


def test_without_scipy_there_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        minimize(gt.sum, [1.0])
    assert objective(gt.sum, [1.0]).fun([2.0]) == 2


def test_the_example_of_scipy(capsys):
    runpy.run_path(str(EXAMPLES / "scipy_minimize.py"), run_name="__main__")
    shown = capsys.readouterr().out
    assert "weights [ 1.  -2.   0.5] bias 3.00" in shown and shown.count("steps") == 6


def test_the_example_of_torch(capsys):
    pytest.importorskip("torch")
    runpy.run_path(str(EXAMPLES / "torch_bridge.py"), run_name="__main__")
    assert capsys.readouterr().out.count("as it should be: True") == 2


def test_the_example_of_scipys_array_api():
    if tuple(map(int, pytest.importorskip("scipy").__version__.split(".")[:2])) < (1, 16):
        pytest.skip("older versions of SciPy have fewer functions for the array API")
    path = os.pathsep.join([str(Path(gt.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    shown = subprocess.run(
        [sys.executable, str(EXAMPLES / "array_api_scipy.py")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "rosen_der: True" in shown and "softmax" in shown and "skewness" in shown


def test_functions_of_numpy_in_what_is_minimized():
    found = minimize(lambda x: np.sum((x - 1) ** 2) + np.dot(x, x), np.array([3.0, -2.0]))
    np.testing.assert_allclose(np.asarray(found.x), [0.5, 0.5], atol=1e-6)
