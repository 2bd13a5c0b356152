"""What the tests of arrays share: finite differences, and NumPy's arrays of odd shapes."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradtape as gt

settings.register_profile("gradtape", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("gradtape")

shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
numbers = st.floats(-8, 8, width=32)


def arrays(dtype=np.float64, shape=shapes):
    """Arrays of small numbers."""
    elements = (
        st.integers(-8, 8) if np.dtype(dtype).kind == "i" else st.booleans() if dtype is bool else numbers
    )
    return hnp.arrays(dtype, shape, elements=elements)


def close(tensor, array, tolerance=1e-12):
    """The tensor has NumPy's shape and values."""
    array = np.asarray(array)
    assert tensor.shape == array.shape, (tensor.shape, array.shape)
    np.testing.assert_allclose(np.asarray(tensor), array, rtol=tolerance, atol=tolerance)


def check_gradient(function, *points, tolerance=1e-6, seed=0):
    """Gradients of a weighted sum of function(*points), in float64, against central differences."""
    points = [np.asarray(p, np.float64) for p in points]
    weights = np.random.default_rng(seed).normal(size=np.shape(function(*map(gt.asarray, points)).numpy()))

    def value(*arrays):
        return gt.sum(function(*map(gt.asarray, arrays)) * gt.asarray(weights))

    tensors = [gt.asarray(p) for p in points]
    with gt.GradientTape() as tape:
        tape.watch(tensors)
        target = gt.sum(function(*tensors) * gt.asarray(weights))
    for i, gradient in enumerate(tape.gradient(target, tensors, unconnected_gradients="zero")):
        expected, step = np.zeros_like(points[i]), 1e-6
        for place in np.ndindex(points[i].shape):
            ends = []
            for sign in (1, -1):
                moved = [p.copy() for p in points]
                moved[i][place] += sign * step
                ends.append(float(value(*moved)))
            expected[place] = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(np.asarray(gradient), expected, rtol=tolerance, atol=tolerance)


def alike(f, twin, *points, tolerance=1e-10):
    """Both functions have the same values, and in both modes the same derivatives of first and second order."""
    points = [gt.constant(p) for p in points]
    every = tuple(range(len(points)))

    def same(g, h):
        ours, wanted = (gt.nest.flatten(k(*points)) for k in (g, h))
        assert len(ours) == len(wanted)
        for one, other in zip(ours, wanted):
            close(one, other.numpy(), tolerance)

    def scalar(g):
        return lambda *x: sum(gt.sum(gt.sin(y)) for y in gt.nest.flatten(g(*x)))

    same(f, twin)
    for mode in ("forward", "reverse"):
        same(*(gt.jacobian(g, argnums=every, mode=mode) for g in (f, twin)))
    same(*(gt.grad(scalar(g), argnums=every) for g in (f, twin)))
    same(*(gt.hessian(scalar(g), argnums=every) for g in (f, twin)))
