"""Bodies of loops, branches, maps and roots: exceptions, reads, gradients of one's own, and wrong calls."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import gradtape as gt
from gradtape import lax
from gradtape.errors import DTypeError, FailedPreconditionError, UnsupportedError
from support import alike, close

X, ROWS = np.linspace(-0.7, 0.9, 8).reshape(4, 2), np.array([0.4, 1.3, 2.5, 3.1])


def raising(*_):
    raise KeyError("of my own")


def interrupted(*_):
    raise KeyboardInterrupt


LOOPS = {
    "scan": lambda f: lax.scan(f, 0.0, ROWS),
    "map": lambda f: lax.map(f, ROWS),
    "condition": lambda f: lax.while_loop(f, lambda v: v, 0.0),
    "while_loop": lambda f: lax.while_loop(lambda v: v < 1.0, f, 0.0),
    "true_fun": lambda f: lax.cond(True, f, lambda x: x, 0.0),
    "false_fun": lambda f: lax.cond(True, lambda x: x, f, 0.0),
    "checkpoint": lambda f: gt.checkpoint(f)(gt.constant(ROWS)),
    "vmap": lambda f: gt.vmap(f)(ROWS),
    "root": lambda f: gt.root(f, 1.0),
    "solver": lambda f: gt.root(lambda x: x, 1.0, solver=f),
    "deep": lambda f: gt.vmap(lambda x: lax.scan(lambda c, _: (lax.cond(x > 0.0, f, f), None), x, length=2))(ROWS),
}


@pytest.mark.parametrize("name", LOOPS)
def test_an_exception_in_a_body_comes_out_as_itself(name):
    with pytest.raises(KeyError, match="of my own") as raised:
        LOOPS[name](raising)
    assert raised.traceback[-1].name == "raising"
    with pytest.raises(KeyboardInterrupt):
        LOOPS[name](interrupted)
    assert gt.sum(ROWS).item() == ROWS.sum()  # nothing is left behind
    assert gt.executing_eagerly()


@pytest.mark.parametrize("name", [name for name in LOOPS if name not in ("solver", "deep")])
def test_a_body_cannot_read_values_or_make_variables(name):
    def reads(*x):
        assert not gt.executing_eagerly()
        return x[0] * x[0].numpy()

    with pytest.raises(FailedPreconditionError, match="no value"):
        LOOPS[name](reads)
    with pytest.raises(FailedPreconditionError, match="make it outside"):
        LOOPS[name](lambda *x: gt.Variable(1.0))


def test_a_body_cannot_assign_what_it_computes():
    v = gt.Variable(1.0)
    for loop in (
        lambda: lax.scan(lambda c, _: (v.assign(c), None), 0.0, length=2),
        lambda: gt.vmap(v.assign)(ROWS.astype(np.float32)),
    ):
        with pytest.raises(FailedPreconditionError, match="assign"):
            loop()
    assert v.numpy() == 1


def test_a_lost_derivative_is_refused_in_a_body():
    outside = np.float64(0.5)
    assert np.isfinite(gt.grad(lambda w: lax.scan(lambda c, x: (c * np.sin(w) + np.sum(x), None), w, ROWS)[0])(outside))
    for loop in (
        lambda w: lax.scan(lambda c, x: (c * np.asarray(w), None), w, ROWS)[0],
        lambda w: gt.sum(gt.vmap(lambda x: x * np.asarray(w))(ROWS)),
    ):
        with pytest.raises(gt.errors.DetachedValueError):
            gt.grad(loop)(outside)


@gt.custom_gradient
def tripled(x):
    """exp(x), whose gradient is three times that of exp."""
    y = gt.exp(x)
    return y, lambda dy: dy * y * 3.0


def in_closure(x):
    """2 x sin(x), in which a rule takes sin(x) as a constant."""
    factor = gt.sin(x)

    @gt.custom_gradient
    def scaled(x):
        return 2.0 * x * factor, lambda dy: dy * 2.0 * factor

    return scaled(x)


@pytest.mark.parametrize("f", [tripled, in_closure, gt.recompute_grad(lambda x: gt.sin(x) * x)])
@pytest.mark.parametrize(
    "loop",
    [
        lambda f, x: lax.scan(lambda c, _: (f(c) * 0.3, None), x, length=2)[0],
        lambda f, x: lax.while_loop(lambda v: v[1] < 2, lambda v: (f(v[0]) * 0.3, v[1] + 1), (x, 0), max_steps=5)[0],
        lambda f, x: lax.cond(True, lambda y: f(f(y) * 0.3) * 0.3, lambda y: y, x),
        lambda f, x: gt.checkpoint(lambda y: f(f(y) * 0.3) * 0.3)(x),
        lambda f, x: gt.vmap(lambda y: f(f(y) * 0.3) * 0.3)(x),
    ],
    ids=["scan", "while_loop", "cond", "checkpoint", "vmap"],
)
def test_gradients_of_ones_own_hold_in_bodies(loop, f):
    alike(lambda x: loop(f, x), lambda x: f(f(x) * 0.3) * 0.3, np.array([0.5, 0.9]))


def test_a_rule_in_a_body_sees_the_numbers_that_were_drawn():
    @gt.custom_gradient
    def noisy(x):
        noise = gt.random.normal([], dtype="float64")
        return x * noise, lambda dy: dy * noise

    x = gt.constant(ROWS)
    for loop in (functools.partial(lax.map, noisy), gt.vmap(noisy)):
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = loop(x)
        gradient = tape.gradient(y, x)
        close(gradient * x, y.numpy())
        assert len(np.unique(gradient)) == 4


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        (lambda: lax.scan(None, 0.0, ROWS), TypeError, "f must be a function"),
        (lambda: lax.scan(lambda c, x: c, 0.0, ROWS), TypeError, r"must return \(carry, y\), got a Tensor"),
        (lambda: lax.scan(lambda c, x: ((c, c), x), 0.0, ROWS), ValueError, "new carry: got a tuple, wanted a tensor"),
        (lambda: lax.scan(lambda c, x: (None, x), 0.0, ROWS), ValueError, "new carry: got None, wanted a tensor"),
        (lambda: lax.scan(lambda c, x: ({"b": c}, x), {"a": 0.0}, ROWS), ValueError, r"got \['b'\], wanted a dict"),
        (lambda: lax.scan(lambda c, x: (X, x), 0.0, ROWS), ValueError, r"float64\[4, 2\] for carried value 0"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0), ValueError, "length"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0, ROWS, length=3), ValueError, "4 steps long; length says 3"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0, length=-1), ValueError, "length must be"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0, (ROWS, X[:3])), ValueError, "3 steps long; sequence 0 says 4"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0, 1.0), ValueError, "axis of steps"),
        (lambda: lax.scan(lambda c, x: (c, x), 0.0, ROWS, memory_budget=-1), ValueError, "memory_budget must be"),
        (lambda: lax.scan(lambda c, x: (c, x), "a", ROWS), DTypeError, "str"),
        (lambda: lax.while_loop(lambda v: v, lambda v: v, 0.0), ValueError, "condition must give one bool"),
        (lambda: lax.while_loop(lambda v: v < 1, lambda v: (v, v), 0), ValueError, "new carry: got a tuple"),
        (lambda: lax.while_loop(lambda v: True, lambda v: v, None), ValueError, "init_val has no tensor"),
        (lambda: lax.while_loop(lambda v: v < 1, lambda v: v, 0, max_steps=0), ValueError, "must be positive"),
        (
            lambda: lax.while_loop(lambda v: gt.random.uniform([]) < v, lambda v: v, 1.0),
            UnsupportedError,
            "draws random numbers",
        ),
        (lambda: lax.cond(True, 1.0, lambda: 2.0), TypeError, "true_fun must be a function"),
        (lambda: gt.checkpoint(3), TypeError, "f must be a function"),
    ],
)
def test_errors_say_what_is_wrong(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
