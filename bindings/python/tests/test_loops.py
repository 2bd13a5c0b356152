"""Loops, branches, checkpoints, maps and roots, each beside a loop of Python's or NumPy's."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import gradtape as gt
from gradtape import lax
from gradtape.errors import FailedPreconditionError, InvalidArgumentError
from support import alike, close

Pair = collections.namedtuple("Pair", "a b")
W, H, X = np.array([[0.3, -0.5], [0.7, 0.2]]), np.array([0.4, -0.3]), np.linspace(-0.7, 0.9, 8).reshape(4, 2)
ROWS = np.array([0.4, 1.3, 2.5, 3.1])


def cell(w, h, x):
    new = gt.tanh(w @ h + x)
    return new, new * h


# ---- scan


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("start", [0, True])
def test_a_plain_start_takes_the_dtype_of_the_rows(dtype, start):
    if dtype == "int64" and start is True:
        return
    xs = np.array([1, 2, 4], dtype)
    total, before = lax.scan(lambda c, x: (c + x, 2 * c), start, xs)
    assert total.dtype == dtype and before.dtype == dtype
    assert total.item() == 7 + start and before.numpy().tolist() == [2 * start, 2 + 2 * start, 6 + 2 * start]


def test_a_plain_count_beside_a_plain_total_stays_an_integer():
    carry, _ = lax.scan(lambda c, x: ((c[0] + 1, c[1] + x), None), (0, 0), np.array([0.5, 0.25]))
    assert carry[0].dtype == gt.int32 and carry[0].item() == 2
    assert carry[1].dtype == gt.float64 and carry[1].item() == 0.75
    count, total = lax.while_loop(lambda v: v[0] < 3, lambda v: (v[0] + 1, v[1] + np.float32(0.5)), (0, 0))
    assert count.item() == 3 and total.item() == 1.5


def test_a_dtype_error_of_a_body_stays_what_it_is():
    with pytest.raises(gt.errors.DTypeError, match="int64 and float32 do not mix"):
        lax.scan(lambda c, x: (c + 1, gt.constant(np.int64(1)) + gt.constant(np.float32(1))), 0, ROWS)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("memory_budget", [None, 50])
def test_scan_is_a_loop(reverse, memory_budget):
    def scanned(w, h, x):
        return lax.scan(
            lambda h, x: cell(w, h, x), h, x, reverse=reverse, memory_budget=memory_budget
        )

    def unrolled(w, h, x):
        ys = [None] * 4
        for t in reversed(range(4)) if reverse else range(4):
            h, ys[t] = cell(w, h, x[t])
        return h, gt.stack(ys)

    alike(scanned, unrolled, W, H, X)


def test_scan_takes_and_gives_nested_structures():
    def step(carry, x):
        assert isinstance(carry["pair"], Pair) and x["none"] is None
        total = carry["pair"].a + x["rows"] * carry["n"]
        return {"n": carry["n"] + 1, "pair": Pair(total, None)}, [Pair(total, x["rows"]), None]

    carry, (ys, nothing) = lax.scan(
        step, {"pair": Pair(np.zeros(2), None), "n": 1.0}, {"rows": X, "none": None}
    )
    totals = np.cumsum(X * np.arange(1, 5)[:, None], 0)
    close(carry["pair"].a, totals[-1])
    assert carry["n"].item() == 5 and carry["pair"].b is None and nothing is None
    close(ys.a, totals)
    close(ys.b, X)


def test_scan_without_sequences_counts_its_steps():
    doubled, ys = lax.scan(lambda c, x: (c * 2.0 if x is None else x, c), 1.0, length=5)
    assert doubled.item() == 32 and ys.numpy().tolist() == [1, 2, 4, 8, 16] and ys.dtype == gt.float32
    same, none = lax.scan(lambda c, _: (c + 1.0, c), np.ones(2), length=0)
    assert same.numpy().tolist() == [1, 1] and none.shape == (0, 2)


def test_a_number_that_is_carried_takes_the_dtype_of_the_loop():
    calls = []

    def step(carry, x):
        calls.append(carry[0].dtype)
        return (carry[0] + x, x * 0 + 1, 0), None

    carry, _ = lax.scan(step, (0.0, 0.0, 0), ROWS)
    assert [c.dtype.name for c in carry] == ["float64", "float64", "int32"]
    assert calls == [gt.float32, gt.float64]
    close(carry[0], ROWS.sum())
    with pytest.raises(InvalidArgumentError, match="gives float64\\[\\] for carried value 0"):
        lax.scan(lambda c, x: (c + x, None), np.float32(0), ROWS)  # a dtype of its own stays


def test_scan_differentiates_variables_and_tensors_from_outside():
    v, outside = gt.Variable(np.float64(0.7)), gt.asarray(ROWS)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(outside)
        y, _ = lax.scan(lambda c, x: (gt.sin(v * c + x * gt.sum(outside)), None), np.float64(0.3), ROWS)
    with gt.GradientTape(persistent=True) as unrolled:
        unrolled.watch(outside)
        twin = gt.constant(np.float64(0.3))
        for x in ROWS:
            twin = gt.sin(v * twin + x * gt.sum(outside))
    for ours, wanted in zip(tape.gradient(y, [v, outside]), unrolled.gradient(twin, [v, outside])):
        close(ours, wanted)
    assert tape.watched_variables() == (v,)
    close(tape.hessian(y, v), unrolled.hessian(twin, v))


def test_loops_nest_with_functions_and_with_derivatives_inside():
    def newton(a):
        def step(x, _):
            f = lambda x: x**3 - a
            return x - f(x) / gt.grad(f)(x), x

        return lax.scan(step, a, length=9)[0]

    alike(newton, lambda a: a ** (1 / 3), np.float64(2.0), tolerance=1e-6)
    function = gt.function(lambda a: (newton(a), gt.grad(newton)(a)))
    for a in (2.0, 5.0):
        value, slope = function(gt.constant(np.float64(a)))
        close(value, a ** (1 / 3))
        close(slope, a ** (-2 / 3) / 3, 1e-6)
    close(gt.vmap(newton)(ROWS), ROWS ** (1 / 3), 1e-4)


def test_each_step_draws_anew():
    _, draws = lax.scan(lambda c, _: (c, gt.random.normal([2])), 0.0, length=50)
    assert len(np.unique(draws.numpy())) == 100
    gt.random.set_seed(3)
    first = lax.scan(lambda c, _: (c, gt.random.normal([])), 0.0, length=3)[1].numpy()
    second = lax.scan(lambda c, _: (c, gt.random.normal([])), 0.0, length=3)[1].numpy()
    gt.random.set_seed(3)
    again = lax.scan(lambda c, _: (c, gt.random.normal([])), 0.0, length=3)[1].numpy()
    assert (first == again).all() and (first != second).all()


def test_map_takes_the_rows_one_after_the_other():
    found = lax.map(lambda row: {"sum": gt.sum(row["x"] * row["n"])}, {"x": X, "n": ROWS})
    close(found["sum"], (X * ROWS[:, None]).sum(1))
    alike(lambda x: lax.map(lambda row: gt.exp(row), x), gt.exp, ROWS)


# ---- while_loop


def collatz(n):
    steps = 0
    while n != 1:
        n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps


def test_while_loop_goes_on_as_long_as_its_condition_holds():
    def count(n):
        def step(val):
            n, steps = val
            return gt.where(n % 2 == 0, n // 2, 3 * n + 1), steps + 1

        return lax.while_loop(lambda val: val[0] != 1, step, (n, 0))[1]

    numbers = np.arange(1, 28)
    wanted = [collatz(n) for n in numbers.tolist()]
    assert [count(n).item() for n in numbers[:4]] == wanted[:4]
    assert gt.vmap(count)(numbers).numpy().tolist() == wanted  # each sample makes its own steps
    assert lax.while_loop(lambda n: n < 10, lambda n: n + 1, 0, max_steps=3).item() == 3


@pytest.mark.parametrize("bound", [{"max_steps": 20}, {"memory_budget": 100}])
def test_while_loop_is_differentiated_within_a_bound(bound):
    def loop(x, w):
        return lax.while_loop(
            lambda val: val["y"][0] < 50.0, lambda val: {"y": val["y"] * w + 1.0}, {"y": x}, **bound
        )["y"]

    def twin(x, w):
        while x.numpy()[0] < 50.0:
            x = x * w + 1.0
        return x

    alike(loop, twin, np.array([1.0, 3.0]), np.float64(1.7), tolerance=1e-9)


def test_while_loop_in_a_function_is_differentiated_with_max_steps():
    def loop(x, **bound):
        return lax.while_loop(lambda y: y < 100.0, lambda y: y * x, x, **bound)

    gradient = gt.function(gt.grad(lambda x: loop(x, max_steps=20)))
    for x in (2.0, 3.0, 200.0):
        n = 1
        while x**n < 100.0:
            n += 1
        close(gradient(gt.constant(np.float64(x))), n * x ** (n - 1))
    with pytest.raises(FailedPreconditionError, match="max_steps"):
        gt.grad(loop)(2.0)
    with pytest.raises(FailedPreconditionError, match="needs max_steps"):
        gt.function(gt.grad(lambda x: loop(x, memory_budget=1000)))(gt.constant(2.0))
    assert gt.jvp(loop, [2.0], [1.0])[1].item() == 7 * 2.0**6  # forward mode needs no bound


# ---- cond


def test_cond_runs_one_of_two_functions():
    def chosen(x):
        return lax.cond(x[0] > 0.0, lambda a, b: gt.sin(a) * x[1], lambda a, b: {"b": b}["b"] + a, x, 2.0)

    for x in (np.array([0.5, 2.0]), np.array([-0.5, 2.0])):
        alike(chosen, lambda t: gt.sin(t) * t[1] if x[0] > 0 else t + 2.0, x)
    batch = np.array([[0.5, 2.0], [-0.5, 2.0], [1.5, -1.0]])
    close(gt.vmap(chosen)(batch), [np.sin(r) * r[1] if r[0] > 0 else r + 2 for r in batch])
    close(
        gt.vmap(gt.grad(lambda x: gt.sum(chosen(x))))(batch),
        [gt.grad(lambda x: gt.sum(chosen(x)))(r).numpy() for r in batch],
    )


@pytest.mark.parametrize("pred", [True, False, np.bool_(True), 1, 0.0, gt.constant(3)])
def test_cond_takes_any_scalar_as_predicate(pred):
    assert lax.cond(pred, lambda: 1.0, lambda: 2.0).item() == (1 if pred else 2)


def test_cond_matches_results():
    one = np.float64(1.0)
    for pred in (True, False):  # a plain number takes the dtype of its fellow, in either function
        found = lax.cond(pred, lambda x: (x, 0, None), lambda x: (2, x + 1.0, None), one)
        assert [t is not None and t.dtype.name for t in found] == ["float64", "float64", False]
        assert [t.item() for t in found[:2]] == ([1, 0] if pred else [2, 2])
        swapped = lax.cond(pred, lambda: {"a": 1.0, "b": 2.0}, lambda: {"b": 3.0, "a": 4.0})
        assert (swapped["a"].item(), swapped["b"].item()) == ((1, 2) if pred else (4, 3))
    with pytest.raises(ValueError, match="results of the functions: got 1 entries, wanted a tuple of 2"):
        lax.cond(True, lambda: (one,), lambda: (one, one))
    with pytest.raises(InvalidArgumentError, match="float64\\[2\\]"):
        lax.cond(True, lambda: np.ones(2), lambda: np.ones(3))
    with pytest.raises(InvalidArgumentError, match="predicate"):
        lax.cond(np.array([True]), lambda: one, lambda: one)


# ---- TensorFlow's names


def test_tensorflows_names_run_on_values_and_become_ops_without():
    log = []
    assert gt.cond(gt.constant(1.0) > 0, lambda: log.append("yes") or 1, lambda: log.append("no")) == 1
    assert log == ["yes"]  # as Python, on a value
    assert gt.cond(False, lambda x: x, lambda x: -x, 3) == -3

    def f(x):
        n, y = gt.while_loop(lambda n, y: y < 10.0, lambda n, y: (n + 1, y * 2.0), (0, x), maximum_iterations=9)
        z = gt.case([(x > 5.0, lambda: x), (x > 2.0, lambda: 2.0 * x)], lambda: 3.0 * x)
        w = gt.switch_case(n, {1: lambda: x, 3: lambda: 5.0 * x}, default=lambda: 0.0 * x)
        return gt.cond(x > 1.5, lambda: y * x, lambda: x) + z + w

    wanted = [f(gt.constant(x)).item() for x in (1.0, 2.0, 3.0, 6.0)]
    slopes = [gt.grad(f)(x).item() for x in (1.0, 2.0, 3.0, 6.0)]
    batch = np.array([1.0, 2.0, 3.0, 6.0], np.float32)
    assert gt.vmap(f)(batch).numpy().tolist() == wanted
    assert gt.vmap(gt.grad(f))(batch).numpy().tolist() == slopes
    function = gt.function(f)
    assert [function(gt.constant(x)).item() for x in (1.0, 2.0, 3.0, 6.0)] == wanted
    assert gt.while_loop(lambda n: n < 5.0, lambda n: n + 2.0, gt.constant(0.0)).item() == 6
    x = gt.constant(2.0)
    with gt.GradientTape() as tape:  # a budget makes it an op, on values too
        tape.watch(x)
        (y,) = gt.while_loop(lambda y: y < 100.0, lambda y: [y * x], [x], memory_budget=100)
    assert tape.gradient(y, x).item() == 7 * 2.0**6


def test_vectorized_map_computes_all_at_once_if_it_can():
    calls = []

    def f(row):
        calls.append(row)
        return {"s": gt.reduce_sum(row["a"]) * row["b"]}

    close(gt.vectorized_map(f, {"a": X, "b": ROWS})["s"], X.sum(1) * ROWS)
    assert len(calls) == 1
    close(gt.vectorized_map(lambda row: row * row.numpy(), ROWS), ROWS**2)  # row by row
    with pytest.raises(FailedPreconditionError):
        gt.vectorized_map(lambda row: row * row.numpy(), ROWS, fallback_to_while_loop=False)
    with pytest.raises(ValueError, match="gradtape.lax.scan"):
        gt.scan(lambda c, x: (c + x, c), ROWS, 0.0)


# ---- checkpoint


def test_checkpoint_computes_the_inside_again():
    @gt.checkpoint
    def block(parameters, x, power, *, scale=1.0):
        """A block."""
        assert isinstance(power, str)
        hidden = gt.tanh(parameters["w"] @ x) * scale
        return {"out": hidden + parameters["b"], "none": None}

    def f(w, b, x):
        for _ in range(3):
            x = block({"w": w, "b": b}, x, "a string", scale=0.5)["out"]
        return x

    def twin(w, b, x):
        for _ in range(3):
            x = gt.tanh(w @ x) * 0.5 + b
        return x

    assert block.__doc__ == "A block." and block({"w": W, "b": H}, H, "")["none"] is None
    alike(f, twin, W, H, np.array([0.2, 0.9]))
    v = gt.Variable(2.0)
    with gt.GradientTape() as tape:
        y = gt.checkpoint(lambda v: v * v)(v) * gt.checkpoint(lambda: gt.sin(v))()
    close(tape.gradient(y, v), 4 * np.sin(2) + 4 * np.cos(2), 1e-6)


def test_checkpoint_draws_the_same_numbers_again():
    x = gt.constant(np.ones(20))
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = gt.checkpoint(lambda x: x * gt.random.normal([20], dtype="float64"))(x)
    close(tape.gradient(y, x), y.numpy())


# ---- gradtape.scan is TensorFlow's, and JAX's where a program means that


def test_scan_by_both_conventions():
    def body(h, x):
        return gt.tanh(h + x), gt.sum(h)

    h, x = gt.constant(H), gt.constant(X)
    want = lax.scan(body, h, x)
    for found in (gt.scan(body, h, x), gt.scan(body, init=h, xs=x), gt.scan(body, h, x, memory_budget=64)):
        for a, b in zip(found, want):
            close(a, b)
    last, before = gt.scan(lambda c, v: (c * v, c), gt.constant(2.0), gt.constant([1.0, 2.0, 3.0]))
    close(last, 12.0)
    close(before, [2.0, 2.0, 4.0])
    last, before = gt.scan(lambda c, _: (c * 2.0, c), gt.constant(2.0), length=3)
    close(before, [2.0, 4.0, 8.0])
    close(gt.scan(lambda a, v: a + v, gt.constant([1.0, 2.0, 3.0]), gt.constant(0.0)), [1.0, 3.0, 6.0])
    with pytest.raises(TypeError, match="unsupported operand"):
        gt.scan(lambda a, v: a + "v", x, h)
