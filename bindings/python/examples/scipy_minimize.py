"""Minima by scipy.optimize with exact derivatives: gradtape.optimize.minimize, and its objective by hand.

Run: python scipy_minimize.py
"""

import numpy as np
from scipy import optimize

import gradtape as gt
from gradtape.optimize import minimize, objective


def rosenbrock(x):
    """The banana valley, whose minimum 0 lies at ones."""
    return gt.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def by_every_method():
    """Each method of SciPy's that uses derivatives comes to the same minimum."""
    start = [1.3, 0.7, 0.8, 1.9, 1.2]
    for method in ("BFGS", "L-BFGS-B", "Newton-CG", "trust-exact", "trust-krylov"):
        found = minimize(rosenbrock, start, method=method, tol=1e-10)
        print(
            f"{method:13} {found.nit:3} steps, {found.nfev:3} calls,",
            f"distance {np.abs(found.x.numpy() - 1).max():.0e}",
        )


def regression():
    """Weights of a linear model with a ridge: x0 is a dict, and so is the result."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(200, 3))
    outputs = inputs @ [1.0, -2.0, 0.5] + 3.0 + 0.01 * rng.normal(size=200)

    def loss(model, ridge):
        error = gt.asarray(inputs) @ model["weights"] + model["bias"] - gt.asarray(outputs)
        return gt.mean(error**2) + ridge * gt.sum(model["weights"] ** 2)

    found = minimize(loss, {"weights": np.zeros(3), "bias": np.float64(0)}, args=(1e-6,), method="Newton-CG")
    print("weights", np.round(found.x["weights"].numpy(), 2), "bias", f"{found.x['bias']:.2f}")


def by_hand():
    """The parts of an objective go to any function of scipy.optimize."""
    f = objective(rosenbrock, np.zeros(10))
    found = optimize.minimize(f.fun_and_jac, f.x0, jac=True, hessp=f.hessp, method="trust-ncg")
    print(
        f"trust-ncg     {found.nit:3} steps, gradient at the minimum {np.abs(f.jac(found.x)).max():.0e},",
        f"least curvature there {np.linalg.eigvalsh(f.hess(found.x))[0]:.2f}",
    )


if __name__ == "__main__":
    by_every_method()
    regression()
    by_hand()
