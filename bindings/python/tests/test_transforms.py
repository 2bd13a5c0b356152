"""grad, value_and_grad, jacobian, hessian, hvp, jvp, vjp."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradtape as gt

Pair = collections.namedtuple("Pair", "a b")
X = np.array([0.5, -1.0, 2.0])


def value(tensor):
    return np.asarray(tensor).tolist()


def f(x):
    """A function of a vector without symmetry."""
    return gt.reduce_sum(gt.sin(x) * x[0] + gt.exp(x[1]) * x[2] ** 2)


def differences(g, x, h=1e-6):
    """The Jacobian of g by central differences, the axes of g first."""
    columns = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        ends = [np.asarray(g(gt.constant(x + sign * step))) for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / (2 * h))
    return np.stack(columns, -1).reshape(np.shape(columns[0]) + x.shape)


def test_gradient_and_value():
    v, g = gt.value_and_grad(f)(X)
    assert v.dtype == g.dtype == gt.float64
    assert np.allclose(v, f(X)) and np.allclose(g, differences(f, X), atol=1e-8)
    assert np.array_equal(gt.grad(f)(X), g)


@pytest.mark.parametrize(
    "point, dtype",
    [
        (3.0, "float32"),
        (np.float64(3), "float64"),
        (np.float32(3), "float32"),
        (np.array(3.0), "float64"),
        (gt.Variable(3.0), "float32"),
    ],
)
def test_numbers_and_arrays_as_arguments(point, dtype):
    g = gt.grad(lambda x: x * x)(point)
    assert type(g) is gt.Tensor and g.dtype == dtype and value(g) == 6


def test_nested_containers():
    def loss(params, data):
        return gt.reduce_sum((params["w"] * data + params["p"].b[0]) ** 2) * params["p"].a

    params = {"w": np.array([1.0, 2.0]), "p": Pair(np.float64(2), [np.float64(3)])}
    g = gt.grad(loss)(params, np.array([1.0, 1.0]))
    assert value(g["w"]) == [16, 20] and type(g["p"]) is Pair
    assert value(g["p"].a) == 41 and value(g["p"].b[0]) == 36
    h = gt.hessian(loss)(params, np.array([1.0, 1.0]))
    assert value(h["w"]["w"]) == [[4, 0], [0, 4]] and value(h["p"].a["w"]) == [8, 10]
    assert value(h["p"].b[0]["p"].b[0]) == 8 and value(h["w"]["p"].a) == [8, 10]


def test_argnums():
    def g(x, y, z=1.0):
        return x * y**2 * z

    assert value(gt.grad(g)(2.0, 3.0)) == 9 and value(gt.grad(g, 1)(2.0, 3.0, z=2.0)) == 24
    both = gt.grad(g, argnums=(1, 0))(2.0, 3.0)
    assert isinstance(both, tuple) and [value(b) for b in both] == [12, 9]
    assert value(gt.grad(g, -1)(2.0, 3.0, 4.0)) == 18
    h = gt.hessian(g, argnums=(0, 1))(2.0, 3.0)
    assert [[value(e) for e in row] for row in h] == [[0, 6], [6, 4]]
    assert value(gt.grad(g, np.int64(1))(2.0, 3.0)) == 12
    assert [value(e) for e in gt.grad(g, range(2))(2.0, 3.0)] == [9, 12]
    for wrong in (2, -3, (0, 5), (0, 0), [1, -1]):
        with pytest.raises(ValueError, match="argnums has"):
            gt.grad(g, argnums=wrong)(2.0, 3.0)
    with pytest.raises(TypeError):
        gt.grad(g, argnums="x")(2.0, 3.0)
    for transform in (gt.grad, gt.value_and_grad, gt.jacobian, gt.hessian):
        with pytest.raises(TypeError, match="wants a function, got a float"):
            transform(3.0)


def test_other_arguments_may_be_anything():
    assert value(gt.grad(lambda x, how, n: x**n if how == "up" else x)(2.0, "up", 3)) == 12


def test_what_is_not_used_has_the_gradient_zero():
    g = gt.grad(lambda d: d["a"] * 2.0)({"a": 1.0, "b": np.ones((2, 1))})
    assert value(g["a"]) == 2 and value(g["b"]) == [[0], [0]] and g["b"].dtype == gt.float64
    assert value(gt.grad(lambda x: gt.constant(3.0))(1.0)) == 0
    assert value(gt.hessian(lambda x: gt.reduce_sum(x))(X)) == [[0.0] * 3] * 3


def test_aux():
    def g(x):
        return x * x, {"x": x, "text": "kept"}

    slope, aux = gt.grad(g, has_aux=True)(3.0)
    assert value(slope) == 6 and aux["text"] == "kept" and value(aux["x"]) == 3
    (v, aux), slope = gt.value_and_grad(g, has_aux=True)(3.0)
    assert (value(v), value(slope), aux["text"]) == (9, 6, "kept")
    h, aux = gt.hessian(g, has_aux=True)(3.0)
    assert value(h) == 2 and aux["text"] == "kept"
    j, aux = gt.jacobian(g, has_aux=True)(3.0)
    assert value(j) == 6
    assert (
        gt.vjp(g, 3.0, has_aux=True)[2]["text"]
        == "kept"
        == gt.jvp(g, (3.0,), (1.0,), has_aux=True)[2]["text"]
    )
    with pytest.raises(TypeError, match=r"must return \(result, aux\)"):
        gt.grad(lambda x: x, has_aux=True)(1.0)


@pytest.mark.parametrize(
    "transform",
    [
        gt.grad,
        gt.value_and_grad,
        gt.jacobian,
        gt.hessian,
        lambda f: lambda x: gt.jvp(f, (x,), (1.0,)),
        lambda f: lambda x: gt.vjp(f, x),
    ],
)
def test_integers_have_no_derivative(transform):
    for point in (3, np.array([1, 2]), True, gt.constant(1)):
        with pytest.raises(TypeError, match="there is no derivative; make it a float"):
            transform(lambda x: x * 1.0)(point)


@pytest.mark.parametrize("result, text", [
    (lambda x: x, r"must return one float, got float64 of shape \(3,\)"),
    (lambda x: (x[0], x[1]), "must return one number, got a tuple"),
    (lambda x: [x[0]], "must return one number, got a list"),
    (lambda x: None, "returned a NoneType, not tensors"),
    (lambda x: "text", "returned a str, not tensors"),
    (lambda x: gt.argmax(x), "must return one float, got int"),
])  # fmt: skip
def test_results_that_have_no_gradient(result, text):
    for transform in (gt.grad, gt.value_and_grad, gt.hessian):
        with pytest.raises(TypeError, match=text):
            transform(result)(X)


def test_none_as_an_argument_is_explained():
    with pytest.raises(TypeError, match="None.*not connected"):
        gt.grad(lambda x: x)(None)


def test_higher_orders_nest():
    d = lambda x: x**5  # noqa: E731
    for right in (80, 160, 240, 240, 120, 0, 0):
        d = gt.grad(d)
        assert value(d(np.float64(2))) == right


def test_the_same_tensor_in_two_roles():
    x = gt.constant(3.0)
    assert value(gt.grad(lambda x: x * gt.grad(lambda y: x + y)(x))(x)) == 1
    assert value(gt.grad(lambda x: x * gt.grad(lambda y: x * y)(x))(x)) == 6
    assert [value(g) for g in gt.grad(lambda a, b: a * a * b, (0, 1))(x, x)] == [18, 9]


def test_tapes_around_and_inside():
    x = gt.Variable(2.0)
    with gt.GradientTape() as tape:
        y = gt.grad(lambda z: z**3 * x)(x)
    assert value(tape.gradient(y, x)) == pytest.approx(36)  # of 3 x² · x, by both

    def g(z):
        with gt.GradientTape() as t:
            t.watch(z)
            w = z**3
        return t.gradient(w, z)

    assert value(gt.grad(g)(2.0)) == 12


def test_an_exception_leaves_no_tape():
    for _ in range(3):
        with pytest.raises(KeyError):
            gt.grad(lambda x: {}["missing"])(1.0)
    before = gt.memory_stats()["handles"]
    for _ in range(10):
        with pytest.raises(KeyError):
            gt.grad(lambda x: {}["missing"])(1.0)
    assert gt.memory_stats()["handles"] == before


# ---- jacobian, hessian


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_jacobian(mode):
    def g(x):
        return gt.stack([x[0] * x[1], gt.sin(x[2]), x[0], x[1] ** 3])

    j = gt.jacobian(g, mode=mode)(X)
    assert np.allclose(j, differences(g, X), atol=1e-8)
    h = gt.hessian(f, mode=mode)(X)
    assert np.allclose(h, differences(gt.grad(f), X), atol=1e-8)


def test_jacobian_of_structures():
    def g(d):
        return Pair(d["x"] * d["y"], [d["y"]])

    j = gt.jacobian(g)({"x": np.ones(2), "y": np.float64(3)})
    assert type(j) is Pair and value(j.a["x"]) == [[3, 0], [0, 3]] and value(j.a["y"]) == [1, 1]
    assert value(j.b[0]["x"]) == [0, 0] and value(j.b[0]["y"]) == 1


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (2, 2)])
def test_shapes(shape):
    x = np.full(shape, 2.0)
    n = x.size
    assert gt.jacobian(lambda x: x**2)(x).shape == shape + shape
    h = gt.hessian(lambda x: gt.reduce_sum(x**3))(x)
    assert h.shape == shape + shape and np.array_equal(np.asarray(h).reshape(n, n), 12 * np.eye(n))
    assert gt.grad(lambda x: gt.reduce_sum(x))(x).shape == shape


def test_third_derivatives_by_jacobians():
    t = gt.jacobian(gt.hessian(lambda x: gt.reduce_sum(x**3)))(X)
    right = np.zeros((3, 3, 3))
    right[range(3), range(3), range(3)] = 6
    assert np.array_equal(t, right)


# ---- vjp, jvp, hvp


def test_vjp_pulls_back_as_often_as_wanted():
    y, pullback = gt.vjp(lambda x, y: {"p": x * y, "q": x}, X, 2 * X)
    assert np.allclose(y["p"], 2 * X**2)
    for k in (1.0, 2.0):
        a, b = pullback({"q": np.zeros(3), "p": np.array([k, 0, 0])})
        assert np.allclose(a, [k * 2 * X[0], 0, 0]) and np.allclose(b, [k * X[0], 0, 0])
    with pytest.raises(ValueError, match="vjp: the cotangent"):
        pullback([X])
    with pytest.raises(ValueError):
        pullback({"p": X[:2], "q": X})


def test_jvp_pushes_forward():
    t = np.array([1.0, 0.5, -2.0])
    y, moved = gt.jvp(lambda x, y: (gt.sin(x), y * 2.0), (X, 1.0), (t, None))
    assert np.allclose(y[0], np.sin(X)) and np.allclose(moved[0], np.cos(X) * t) and value(moved[1]) == 0
    for primals, tangents in ((X, t), ((X,), t), ([X], ())):
        with pytest.raises((TypeError, ValueError), match="jvp: (primals|tangents)"):
            gt.jvp(gt.sin, primals, tangents)
    with pytest.raises(ValueError):
        gt.jvp(gt.sin, (X,), (t[:2],))


def test_hvp():
    t = np.array([1.0, 0.5, -2.0])
    (product,) = gt.hvp(f, (X,), (t,))
    assert np.allclose(product, np.asarray(gt.hessian(f)(X)) @ t)
    a, b = gt.hvp(lambda x, y: x**2 * y, (2.0, 3.0), (1.0, 10.0))
    assert (value(a), value(b)) == (46, 4)


def test_transforms_of_functions_that_are_recorded():
    g = gt.function(f)
    assert np.allclose(gt.hessian(g)(X), gt.hessian(f)(X))
    h = gt.function(gt.hessian(f))
    for k in (1, 2):
        assert np.allclose(h(k * X), gt.hessian(f)(k * X))
    assert len(h._recordings.by_signature) == 1


def test_names_and_docs_stay():
    assert gt.grad(f).__name__ == "f" and "symmetry" in gt.hessian(f).__doc__


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=4), st.integers(0, 3))
def test_derivatives_are_those_of_differences(entries, which):
    x = np.array(entries)
    g = [
        lambda x: gt.tanh(x) * gt.reduce_sum(x),
        lambda x: gt.softmax(x) * x,
        lambda x: gt.cumsum(gt.sin(x)) * gt.exp(-x),
        lambda x: gt.matmul(gt.reshape(x, [-1, 1]), gt.reshape(x, [1, -1])),
    ][which]
    right = differences(g, x)
    for mode in ("forward", "reverse"):
        assert np.allclose(gt.jacobian(g, mode=mode)(x), right, atol=1e-6)
    t = np.cos(np.arange(x.size))
    assert np.allclose(gt.jvp(g, (x,), (t,))[1], right @ t, atol=1e-6)
    y, pullback = gt.vjp(g, x)
    w = np.sin(1 + np.arange(y.size)).reshape(y.shape)
    assert np.allclose(pullback(w)[0], np.tensordot(w, right, y.ndim), atol=1e-6)
