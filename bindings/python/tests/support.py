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
