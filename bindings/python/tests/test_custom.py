"""Gradients of one's own: the decorator, the registry, recomputation, gradients that pass."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import gradtape as gt

Pair = collections.namedtuple("Pair", "a b")


def value(tensor):
    return None if tensor is None else np.asarray(tensor).tolist()


def gradient_of(f, *sources):
    tensors = [gt.constant(s) for s in sources]
    with gt.GradientTape() as tape:
        tape.watch(tensors)
        y = f(*tensors)
    return [value(g) for g in tape.gradient(y, tensors)]


@gt.custom_gradient
def log1pexp(x):
    """log(1 + exp(x)), with a gradient that does not overflow."""
    e = gt.exp(x)

    def grad(upstream):
        return upstream * (1 - 1 / (1 + e))

    return gt.math.log(1 + e), grad


def test_the_gradient_is_what_the_rule_says():
    assert gradient_of(log1pexp, 0.0) == [0.5]
    assert gradient_of(log1pexp, 1000.0) == [1.0]
    assert log1pexp.__name__ == "log1pexp" and "overflow" in log1pexp.__doc__


def test_it_nests_and_has_higher_orders():
    @gt.custom_gradient
    def cube(x):
        return x**3, lambda dy: dy * 3 * x**2

    x = gt.constant(2.0, dtype="float64")
    assert value(gt.grad(gt.grad(cube))(x)) == 12
    assert value(gt.grad(gt.grad(gt.grad(cube)))(x)) == 6
    assert value(gt.grad(lambda x: cube(cube(x)))(x)) == 9 * 2.0**8


def test_what_the_function_computed_counts_in_higher_orders():
    x = gt.constant([0.0, 1.0], dtype="float64")
    slope = 1 / (1 + np.exp(-np.asarray(x)))
    assert np.allclose(
        gt.grad(lambda x: gt.reduce_sum(gt.grad(lambda x: gt.reduce_sum(log1pexp(x)))(x)))(x),
        slope * (1 - slope),
        rtol=1e-12,
    )


def test_forward_mode_transposes_the_rule():
    @gt.custom_gradient
    def scaled(x, y):
        return x * y, lambda dy: (7 * dy, 11 * dy)

    _, moved = gt.jvp(scaled, (2.0, 3.0), (1.0, 10.0))
    assert value(moved) == 117
    x = gt.constant([1.0, 2.0])
    for mode in ("forward", "reverse", "auto"):
        assert value(gt.jacobian(lambda x: scaled(x, x), mode=mode)(x)) == [[18, 0], [0, 18]]


def test_a_clipped_gradient_is_clipped_for_each_row():
    @gt.custom_gradient
    def clipped(x):
        return x, lambda dy: gt.clip_by_norm(dy, 0.5)

    x = gt.constant([1.0, 2.0])
    assert value(gt.jacobian(lambda x: clipped(3.0 * x))(x)) == [[1.5, 0], [0, 1.5]]


def test_many_arguments_and_results():
    @gt.custom_gradient
    def f(pair, scale, mode, *, power=2):
        assert mode == "up" and power == 3
        return {"sum": pair.a + pair.b, "product": pair.a * pair.b * scale}, lambda ds, dp: (
            ds + dp,
            10 * ds,
            None,
        )

    a, b = gt.constant(2.0), gt.constant(5.0)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch([a, b])
        y = f(Pair(a, b), 2.0, "up", power=3)
    assert (value(y["sum"]), value(y["product"])) == (7, 20)
    assert [value(g) for g in tape.gradient(y["sum"], [a, b])] == [1, 10]
    assert [value(g) for g in tape.gradient(y["product"], [a, b])] == [1, 0]
    assert [value(g) for g in tape.gradient(y, [a, b])] == [2, 10]


def test_the_same_tensor_twice_counts_twice():
    @gt.custom_gradient
    def f(x, y):
        return x * y, lambda dy: (100 * dy, 10 * dy)

    assert gradient_of(lambda x: f(x, x), 1.0) == [110]


def test_none_is_no_gradient():
    @gt.custom_gradient
    def f(x):
        return x * 2.0, lambda dy: None

    x = gt.constant(1.0)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    assert tape.gradient(y, x) is None
    assert value(tape.gradient(y, x, unconnected_gradients="zero")) == 0


def test_methods_and_the_form_with_brackets():
    class Scale:
        factor = 3.0

        @gt.custom_gradient
        def __call__(self, x):
            return x * self.factor, lambda dy: dy * 5.0

        @gt.custom_gradient()
        def other(self, x):
            return x * self.factor, lambda dy: dy * 6.0

    assert gradient_of(Scale(), 1.0) == [5]
    assert gradient_of(Scale().other, 1.0) == [6]


def test_variables_need_a_rule_that_takes_them():
    v = gt.Variable(3.0, name="v")

    @gt.custom_gradient
    def good(x):
        return x * v, lambda dy, variables: (dy * 7, [dy * 9 for _ in variables])

    @gt.custom_gradient
    def keywords(x):
        return x * v, lambda dy, **options: (dy * 7, [dy * 9 for _ in options["variables"]])

    @gt.custom_gradient
    def bad(x):
        return x * v, lambda dy: dy

    x = gt.constant(2.0)
    for f in (good, keywords):
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = f(x) * 2.0
        assert value(y) == 12
        assert [value(g) for g in tape.gradient(y, [x, v])] == [14, 18]
    with pytest.raises(TypeError, match=r"bad reads variables \(v:0\).*'variables'"):
        bad(x)


def test_a_variable_as_argument_is_an_argument():
    @gt.custom_gradient
    def f(x):
        return x * 2.0, lambda dy: dy * 5.0

    v = gt.Variable(1.0)
    with gt.GradientTape() as tape:
        y = f(v)
    assert value(tape.gradient(y, v)) == 5


@pytest.mark.parametrize(
    "rule, text",
    [
        (lambda dy: (dy, dy), "returned 2 gradients for 1 arguments"),
        (lambda dy: (), "returned 0 gradients for 1 arguments"),
    ],
)
def test_a_rule_of_the_wrong_count(rule, text):
    f = gt.custom_gradient(lambda x: (x * 2.0, rule))
    with pytest.raises(ValueError, match=text):
        gradient_of(f, 1.0)


@pytest.mark.parametrize("wrong", [np.ones(3, np.float32), gt.constant(1.0, dtype="float64")])
def test_a_rule_of_the_wrong_shape_or_dtype(wrong):
    f = gt.custom_gradient(lambda x: (x * 2.0, lambda dy: wrong))
    with pytest.raises(ValueError):
        gradient_of(f, [1.0, 2.0])


def test_a_function_that_returns_no_rule():
    f = gt.custom_gradient(lambda x: x * 2.0)
    with pytest.raises(TypeError, match=r"must return \(y, grad_fn\)"):
        f(gt.constant(1.0))


class MyError(Exception):
    pass


def fail(*_):
    raise MyError("mine", 7)


def test_exceptions_keep_their_type_and_text():
    with pytest.raises(MyError) as caught:
        gt.custom_gradient(fail)(gt.constant(1.0))
    assert caught.value.args == ("mine", 7)
    f = gt.custom_gradient(lambda x: (x * 2.0, fail))
    for derive in (gt.grad, gt.jacobian):
        with pytest.raises(MyError) as caught:
            derive(f)(gt.constant(1.0))
        assert caught.value.args == ("mine", 7)
    assert gradient_of(log1pexp, 0.0) == [0.5]


def test_inside_a_function():
    calls = []

    @gt.function
    def f(x):
        calls.append(1)
        return log1pexp(x) * 2.0

    for point in (0.0, 1000.0):
        right = 2 / (1 + np.exp(-point))
        assert gradient_of(f, point)[0] == pytest.approx(right)
        assert value(gt.grad(f)(point)) == pytest.approx(right)
    assert value(gt.grad(gt.grad(f))(0.0)) == 0.5

    @gt.function
    def slope(x):
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    calls.clear()
    for point in (0.0, 1000.0):
        assert value(slope(gt.constant(point))) == pytest.approx(2 / (1 + np.exp(-point)))
    assert len(calls) == 1


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 3)])
def test_shapes(shape):
    f = gt.custom_gradient(lambda x: (x * 2.0, lambda dy: dy * 3.0))
    x = gt.constant(np.ones(shape))
    assert np.array_equal(gt.grad(lambda x: gt.reduce_sum(f(x)))(x), np.full(shape, 3.0))


# ---- the registry


def test_a_registered_rule_replaces_a_gradient():
    @gt.RegisterGradient("TestGuidedRelu")
    def guided(op, dy):
        assert op.op in ("relu", "TestGuidedRelu") and len(op.outputs) == 1
        return gt.where(op.inputs[0] > 0, gt.maximum(dy, 0.0), 0.0)

    x = gt.constant([-1.0, 1.0, 2.0])
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = gt.apply_with_gradient("relu", "TestGuidedRelu", x) * [1.0, 1.0, -1.0]
    assert value(tape.gradient(y, x)) == [0, 1, 0]


def test_the_registry_refuses():
    with pytest.raises(TypeError, match="must be a str, got int"):
        gt.RegisterGradient(3)
    gt.RegisterGradient("TestTwice")(lambda op, dy: dy)
    with pytest.raises(gt.errors.AlreadyExistsError, match="TestTwice"):
        gt.RegisterGradient("TestTwice")(lambda op, dy: dy)
    with pytest.raises(LookupError):
        gt.apply_with_gradient("relu", "TestNoSuchRule", [1.0])
    with pytest.raises(LookupError):
        gt.apply_with_gradient("no_such_op", "TestTwice", [1.0])


# ---- recomputation and gradients that pass


def test_recomputed_gradients_are_the_same():
    v = gt.Variable([2.0, 3.0], dtype="float64")
    calls = []

    @gt.recompute_grad
    def f(x, power):
        calls.append(1)
        return gt.sin(x * v) ** power

    def plain(x):
        return gt.reduce_sum(gt.sin(x * v) ** 2)

    x = gt.constant([0.5, 1.0], dtype="float64")
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = gt.reduce_sum(f(x, 2)), plain(x)
    assert len(calls) == 1
    for got, right in zip(tape.gradient(y, [x, v]), tape.gradient(z, [x, v])):
        assert np.allclose(got, right, rtol=1e-12)
    assert len(calls) == 2
    second, right = (gt.hessian(g)(x) for g in (lambda x: gt.reduce_sum(f(x, 2)), plain))
    assert np.allclose(second, right, rtol=1e-12)


def test_a_gradient_passes():
    f = gt.grad_pass_through(gt.round)
    assert gradient_of(f, [0.4, 2.6]) == [[1, 1]]
    assert value(f(gt.constant([0.4, 2.6]))) == [0, 3]
    with_variable = gt.grad_pass_through(lambda x: x * v)
    v = gt.Variable(4.0)
    assert gradient_of(with_variable, 3.0) == [1]


def test_what_is_recomputed_is_on_no_tape():
    def held(f):
        x = gt.constant(np.ones(1000))
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(20):
                y = f(y)
            gt.reduce_sum(y).numpy()
            nodes = gt.memory_stats()["live"]
        tape.gradient(y, x)
        return nodes

    def f(x):
        for _ in range(10):
            x = gt.sin(gt.cos(x) * x)
        return x

    assert held(gt.recompute_grad(f)) < held(f) / 2
