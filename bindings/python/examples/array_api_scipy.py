"""Functions of SciPy's written for the array API run on gradtape's tensors, and so they have derivatives.

Functions that SciPy hands to compiled code (special.expit, stats.entropy) compute with NumPy: their results
are tensors too, but no derivative passes through them.

Run: python array_api_scipy.py
"""

import os

os.environ["SCIPY_ARRAY_API"] = "1"  # before SciPy is imported

import numpy as np
from scipy import optimize, special, stats

import gradtape as gt


def derivative(function, x):
    """Value and gradient of a function of SciPy's at x."""
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return y, tape.gradient(y, x)


def main():
    x = gt.asarray(np.random.default_rng(0).normal(size=20))
    skewness, influence = derivative(stats.skew, x)
    print(
        f"skewness {skewness:.3f}; the sample with most influence on it is {gt.argmax(gt.abs(influence)):d}"
    )

    _, gradient = derivative(optimize.rosen, x)
    print(
        "the gradient of optimize.rosen is optimize.rosen_der:",
        np.allclose(gradient, optimize.rosen_der(x.numpy())),
    )

    first, gradient = derivative(lambda x: special.softmax(x)[0], x)
    print(f"softmax {first:.4f}, d softmax_0 / d x_0 {gradient[0]:.4f} = p (1 - p) {first * (1 - first):.4f}")


if __name__ == "__main__":
    main()
