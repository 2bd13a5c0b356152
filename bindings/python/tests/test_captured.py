"""Tensors that a function's closure holds are differentiated by, as in a `tf.function`. The numbers are TensorFlow's."""

from __future__ import annotations

import numpy as np
import pytest

import gradtape as gt


def value(tensor):
    return None if tensor is None else np.asarray(tensor).tolist()


def test_an_argument_that_the_closure_holds_as_well():
    x = gt.constant(3.0)
    f = gt.function(lambda t: t * t * x)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    assert value(tape.gradient(y, x)) == 27
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(gt.constant(5.0))
        g = tape.gradient(y, x)
    assert value(g) == 25
    assert value(tape.gradient(g, x)) is None  # linear in what is held
    assert value(f(gt.constant(5.0))) == 75


@pytest.mark.parametrize("called_before", [False, True])
def test_second_derivatives_and_both_modes(called_before):
    z = gt.constant([1.0, 2.0])
    f = gt.function(lambda t: gt.reduce_sum(t * z * z * z))
    x = gt.constant([1.0, 3.0])
    if called_before:
        assert value(f(x)) == 25
    with gt.GradientTape(persistent=True) as outer:
        outer.watch(z)
        with gt.GradientTape(persistent=True) as inner:
            inner.watch(z)
            y = f(x)
        g = inner.gradient(y, z)
    assert value(g) == [3, 36]
    assert value(outer.jacobian(g, z)) == [[6, 0], [0, 36]]
    assert value(inner.jvp([y], [z], [gt.constant([1.0, 10.0])])[0]) == 363


def test_a_part_that_depends_on_the_closure_alone():
    z = gt.constant(2.0)
    f = gt.function(lambda t: gt.square(z) * t)
    x = gt.Variable(3.0)
    with gt.GradientTape() as tape:  # knows the variable alone
        y = f(x.read_value())
    assert value(tape.gradient(y, x)) == 4
    with gt.GradientTape() as tape:
        tape.watch(z)
        y = f(x.read_value())
    assert [value(g) for g in tape.gradient(y, [x, z])] == [4, 12]


def test_what_the_tape_knows_is_computed_from():
    a = gt.constant(2.0)
    with gt.GradientTape() as tape:
        tape.watch(a)
        z = a * a
        f = gt.function(lambda t: t * z)
        y = f(gt.constant(5.0)) + f(gt.constant(1.0))
    assert value(tape.gradient(y, a)) == 24


def test_functions_that_functions_call():
    z = gt.constant(3.0)
    inner = gt.function(lambda t: t * z)

    @gt.function
    def outer(t):
        return inner(inner(t)) + z

    with gt.GradientTape() as tape:
        tape.watch(z)
        y = outer(gt.constant(2.0))
    assert value(y) == 21
    assert value(tape.gradient(y, z)) == 13


def test_stopped_gradients_and_variables():
    z, w = gt.constant(3.0), gt.Variable(2.0)
    f = gt.function(lambda t: t * gt.stop_gradient(z) * w)
    with gt.GradientTape() as tape:
        tape.watch(z)
        y = f(gt.constant(5.0))
    assert [value(g) for g in tape.gradient(y, [z, w])] == [None, 15]


def test_transforms_of_what_closes_over_a_function():
    x = gt.constant(2.0)
    f = gt.function(lambda t: gt.sin(t) * gt.cos(x))

    def through(z):
        return gt.function(lambda t: t * z * z)(x) + f(z)

    expected = 2 * 2 * 3.0 + np.cos(3.0) * np.cos(2.0)
    assert value(gt.grad(through)(gt.constant(3.0))) == pytest.approx(expected, rel=1e-6)
    assert value(gt.jvp(through, (gt.constant(3.0),), (gt.constant(1.0),))[1]) == pytest.approx(expected, rel=1e-6)
