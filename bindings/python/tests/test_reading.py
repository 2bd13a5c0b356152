"""Values read while a function is differentiated: an array is an error, a number a warning, words of one's own are free."""

from __future__ import annotations

import math
import threading
import warnings

import numpy as np
import pytest

import gradtape as gt
from gradtape.errors import DetachedValueError

X = np.array([2.0, 3.0])
# Each loses the derivative of what it reads.
AS_ARRAYS = {
    "asarray": np.asarray,
    "array of a list": lambda a: np.array([a[0], a[1]]),
    "array of a list with numbers": lambda a: np.array([a[0], 1.0]),
    "array of another dtype": lambda a: np.asarray(a, np.float32).astype(np.float64),
    "ascontiguousarray": np.ascontiguousarray,
    "memoryview": lambda a: np.asarray(memoryview(a)),
    "bytes": lambda a: np.frombuffer(bytes(a)),
    "frombuffer": np.frombuffer,
    "NumPy's from_dlpack": np.from_dlpack,
    "from_dlpack": gt.from_dlpack,
    "into an array": lambda a: _stored(slice(None), a),
    "a list into an array": lambda a: _stored(slice(None), [a[0], a[1]]),
    "a function that gradtape lacks": np.unwrap,
    "a ufunc that gradtape lacks": lambda a: np.frexp(a)[0],
    "the attribute of an op": lambda a: gt.leaky_relu(a, a[0]),
    "a part": lambda a: np.asarray(a[1:] ** 2),
    "values of ones": lambda a: np.asarray(gt.ones_like(a) * a),
}
AS_NUMBERS = {
    "float": lambda a: float(a[0]),
    "int": lambda a: int(a[0]),
    "complex": lambda a: complex(a[0]).real,
    "math.sin": lambda a: math.sin(a[0]),
    "math.floor": lambda a: math.floor(a[0]),
    "a scalar of NumPy's": lambda a: np.float64(a[0]),
    "into a place of an array": lambda a: _stored(0, a[0]),
}
FREE = {
    "numpy": lambda a: a.numpy(),
    "item": lambda a: a[0].item(),
    "tolist": lambda a: a.tolist(),
    "stop_gradient": lambda a: np.asarray(gt.stop_gradient(a)),
    "float of stop_gradient": lambda a: float(gt.stop_gradient(a[0])),
    "a constant": lambda a: np.asarray(gt.constant(X)) + float(gt.constant(2.0)),
    "a function that gradtape lacks, of a constant": lambda a: np.unwrap(gt.constant(X)),
    "a variable": lambda a: np.asarray(gt.Variable(X)),
    "ints": lambda a: np.arange(4)[np.asarray(gt.argmax(a))] + int(gt.argmax(a)),
    "an index": lambda a: X[gt.argmax(a)],
    "a mask": lambda a: np.asarray(gt.cast(a > 2.5, gt.float64)),
    "a cast to ints": lambda a: float(np.asarray(gt.cast(a, gt.int32)).sum()),
    "printing": lambda a: float(len(f"{a} {a!r} {a[0]:.3f}") > 0),
    "comparing": lambda a: 1.0 if a[0] > 0 and a[0] and max(a[0], a[1]) == a[1] else 0.0,
    "functions of NumPy's that have no derivative": lambda a: 1.0 * np.allclose(a, a) + np.size(a),
}


def _stored(place, value):
    array = np.zeros(2)
    array[place] = value
    return array


def of(read):
    return lambda a: gt.sum(read(a) * a)


TRANSFORMS = {
    "grad": lambda f: gt.grad(f)(X),
    "value_and_grad": lambda f: gt.value_and_grad(f)(X),
    "jacobian": lambda f: gt.jacobian(f)(X),
    "hessian": lambda f: gt.hessian(f)(X),
    "jvp": lambda f: gt.jvp(f, [X], [X]),
    "vjp": lambda f: gt.vjp(f, X),
    "hvp": lambda f: gt.hvp(f, [X], [X]),
    "objective": lambda f: gt.optimize.objective(f, X).jac(X),
}


@pytest.mark.parametrize("read", AS_ARRAYS.values(), ids=AS_ARRAYS)
def test_an_array_is_refused(read):
    with pytest.raises(DetachedValueError, match=r"derivative would be lost.*\.numpy\(\).*stop_gradient"):
        gt.grad(of(read))(X)


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_every_transform_refuses(transform):
    for read in (np.asarray, np.unwrap):
        with pytest.raises((DetachedValueError, gt.errors.FailedPreconditionError)):
            transform(of(read))
    np.asarray(gt.constant(X))  # nothing is left behind by those that failed


@pytest.mark.parametrize("read", AS_NUMBERS.values(), ids=AS_NUMBERS)
def test_a_number_warns_and_is_a_constant(read):
    with pytest.warns(gt.DetachedValueWarning, match=r"\.item\(\)") as caught:
        gradient = gt.grad(of(read))(X)
    np.testing.assert_array_equal(gradient, read(gt.constant(X)) * np.ones(2))
    assert {w.filename for w in caught} == {__file__}


@pytest.mark.parametrize("read", FREE.values(), ids=FREE)
def test_what_says_so_is_free(read):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient = gt.grad(of(read))(X)
    np.testing.assert_array_equal(gradient, read(gt.constant(X)) * np.ones(2))


def test_a_warning_for_each_line_and_run():
    def f(a):
        y = a
        while float(y) > 0.5:
            y = y * 0.5
        return y + math.exp(y)

    for _ in range(2):
        with pytest.warns(gt.DetachedValueWarning) as caught:
            gt.grad(f)(8.0)
        assert len({w.lineno for w in caught}) == len(caught) == 2


def test_a_warning_as_an_error_comes_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error", gt.DetachedValueWarning)
        with pytest.raises(gt.DetachedValueWarning):
            gt.grad(lambda a: a * float(a))(2.0)


@pytest.mark.filterwarnings("error")
def test_under_a_tape_alone_values_are_free():
    x, v = gt.constant(X), gt.Variable(X)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = gt.sum(x * np.asarray(x) * v * np.unwrap(v) * math.sin(x[0]) * float(v[1]))
    np.testing.assert_allclose(tape.gradient(y, x), X**3 * math.sin(2.0) * 3.0)


def test_nested_transforms():
    constant = gt.constant(X)
    inner = of(np.asarray)
    with pytest.raises(DetachedValueError):  # of the inner one
        gt.grad(lambda a: gt.sum(a * gt.grad(inner)(constant)))(X)
    with pytest.raises(DetachedValueError):  # of the outer one, within the inner
        gt.grad(lambda a: gt.sum(gt.grad(lambda b: gt.sum(b * np.asarray(a)))(constant)))(X)
    with pytest.raises(DetachedValueError):  # a derivative depends on the arguments too
        gt.grad(lambda a: gt.sum(a * np.asarray(gt.grad(lambda b: gt.sum(b * b))(a))))(X)
    free = gt.grad(lambda a: gt.sum(a * np.asarray(gt.grad(lambda b: gt.sum(b * b))(constant))))(X)
    np.testing.assert_array_equal(free, 2 * X)


def test_a_tape_inside():
    v = gt.Variable(X)

    def f(a, read):
        with gt.GradientTape() as tape:
            y = gt.sum(v * v * a * np.asarray(v * v) * (np.asarray(a) if read else 1.0))
        return gt.sum(tape.gradient(y, v))

    np.testing.assert_allclose(gt.grad(f)(X, False), 2 * X**3)
    with pytest.raises(DetachedValueError):
        gt.grad(f)(X, True)


def test_bodies_of_functions():
    def f(a, of_argument):
        kept = a * 2 if of_argument else gt.constant(X) * 2
        replayed = gt.function(lambda x: x * np.asarray(kept))
        return gt.sum(replayed(a) * a)

    np.testing.assert_allclose(gt.grad(f)(X, False), 4 * X**2)
    with pytest.raises(DetachedValueError):
        gt.grad(f)(X, True)
    with pytest.warns(gt.DetachedValueWarning):
        gt.grad(lambda a: gt.function(lambda x, b=a: x * float(a))(a))(2.0)


def test_gradients_of_ones_own_may_read_and_what_they_call_may_not():
    @gt.custom_gradient
    def squared(a):
        return gt.constant(np.asarray(a) ** 2), lambda dy: dy * 2 * a

    np.testing.assert_array_equal(gt.grad(lambda a: gt.sum(squared(a)))(X), 2 * X)

    @gt.custom_gradient
    def by_grad(a):
        return gt.grad(of(np.asarray))(a), lambda dy: dy

    with pytest.raises(DetachedValueError):
        gt.grad(lambda a: gt.sum(by_grad(a)))(X)
    with pytest.raises(DetachedValueError):
        gt.grad(lambda a: gt.sum(gt.recompute_grad(of(np.asarray))(a)))(X)
    v = gt.Variable(X)
    with gt.GradientTape() as tape:
        y = gt.recompute_grad(lambda a: gt.sum(a * v * np.asarray(v)))(gt.constant(X))
    with pytest.raises(DetachedValueError):
        tape.gradient(y, v)


def test_other_threads_read_as_they_like():
    found = []

    def f(a):
        for read in (lambda: found.append(a.numpy()), lambda: found.append(np.asarray(foreign))):
            thread = threading.Thread(target=read)
            thread.start()
            thread.join()
        found.append(np.asarray(foreign))
        return gt.sum(a * found[0])

    made = []
    thread = threading.Thread(target=lambda: made.append(gt.constant(X)))
    thread.start()
    thread.join()
    (foreign,) = made
    np.testing.assert_array_equal(gt.grad(f)(X), X)
    assert len(found) == 3


def test_it_is_a_type_error_and_a_runtime_error():
    for error in (TypeError, RuntimeError, gt.errors.Error):
        with pytest.raises(error):
            gt.grad(of(np.asarray))(X)


def test_recomputation_in_a_body_under_a_tape():
    x = gt.constant(3.0)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = gt.function(gt.recompute_grad(lambda z: z * z))(x * x) * x
    assert tape.gradient(y, x).item() == 405.0
