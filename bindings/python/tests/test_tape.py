"""GradientTape behaves as TensorFlow's does, and gives warnings in cases of which that says nothing."""

from __future__ import annotations

import collections
import copy
import gc
import pickle
import warnings
import weakref

import numpy as np
import pytest

import gradtape as gt

Pair = collections.namedtuple("Pair", "a b")


def value(tensor):
    return None if tensor is None else np.asarray(tensor).tolist()


@pytest.fixture
def x():
    return gt.Variable([1.0, 2.0], name="x")


# ---- life


def test_one_derivative_uses_up_a_tape(x):
    with gt.GradientTape() as tape:
        y = x * x
    assert value(tape.gradient(y, x)) == [2, 4]
    for again in (tape.gradient, tape.jacobian):
        with pytest.raises(RuntimeError, match="persistent=True"):
            again(y, x)


def test_a_failed_derivative_uses_up_nothing(x):
    with gt.GradientTape() as tape:
        y = x * x
        with pytest.raises(TypeError):
            tape.gradient(y, None)
        z = y * x
    assert [v.name for v in tape.watched_variables()] == ["x:0"]
    assert value(tape.gradient(z, x)) == [3, 12]


def test_a_persistent_tape_serves_often(x):
    with gt.GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    assert value(tape.gradient(z, x)) == [4, 32]
    assert value(tape.gradient(z, y)) == [2, 8]
    assert value(tape.gradient(y, x)) == [2, 4]


def test_with_again_goes_on_with_the_recording():
    x = gt.constant(2.0)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    with tape:
        z = y * x
    assert value(tape.gradient(z, x)) == 12


def test_with_again_after_use_begins_afresh(x):
    with gt.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with tape:
        z = x * 3.0
    assert value(tape.gradient(z, x)) == [3, 3]


def test_with_inside_itself_is_refused():
    with gt.GradientTape() as tape:
        with pytest.raises(ValueError, match="still recording"):
            with tape:
                pass


def test_an_exception_ends_the_recording(x):
    tape = gt.GradientTape()
    with pytest.raises(KeyError):
        with tape:
            y = x * x
            raise KeyError("mine")
    z = y * 5.0
    assert value(tape.gradient(z, x)) is None


def test_tapes_end_in_any_order(x):
    one, two = gt.GradientTape(), gt.GradientTape()
    one.__enter__()
    two.__enter__()
    y = x * x
    one.__exit__(None, None, None)
    z = y * x
    two.__exit__(None, None, None)
    assert value(one.gradient(y, x)) == [2, 4]
    assert value(two.gradient(z, x)) == [3, 12]


def test_a_gradient_inside_the_block_ends_the_recording(x):
    with gt.GradientTape() as tape:
        y = x * x
        assert value(tape.gradient(y, x)) == [2, 4]
        y = y * x
    with pytest.raises(RuntimeError):
        tape.gradient(y, x)


def test_a_gradient_inside_a_persistent_block_is_recorded(x):
    with gt.GradientTape(persistent=True) as tape:
        y = x * x * x
        g = tape.gradient(y, x)
    assert value(tape.gradient(g, x)) == [6, 12]


def test_a_tape_that_never_began_says_so(x):
    tape = gt.GradientTape()
    assert tape.watched_variables() == ()
    with pytest.raises(RuntimeError, match="not begun"):
        tape.gradient(x, x)
    with pytest.raises(RuntimeError, match="not begun"):
        tape.watch(x)


def test_an_unused_tape_keeps_nothing_alive():
    class Tracked(gt.Variable):
        pass

    v = Tracked(1.0)
    with gt.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    gone = weakref.ref(v)
    del tape, v, y
    gc.collect()
    assert gone() is None


# ---- stop, reset, watch


def test_stop_recording_breaks_the_chain(x):
    with gt.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = y * y
        w = y + z
    assert value(tape.gradient(w, x)) == [2, 4]


def test_stop_recording_goes_on_after_an_exception(x):
    with gt.GradientTape() as tape:
        with pytest.raises(KeyError):
            with tape.stop_recording():
                raise KeyError
        y = x * x
    assert value(tape.gradient(y, x)) == [2, 4]


def test_stop_recording_where_nothing_records(x):
    tape = gt.GradientTape()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not recording"):
            with tape.stop_recording():
                pass
        with tape:
            pass
    with tape:
        with tape.stop_recording():
            with pytest.raises(RuntimeError, match="not recording"):
                with tape.stop_recording():
                    pass


def test_a_gradient_in_a_pause_begins_afresh(x):
    with gt.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            assert value(tape.gradient(y, x)) == [2, 4]
        z = y + x * 5.0
    assert value(tape.gradient(z, x)) == [5, 5]


def test_reset_forgets_what_was_watched(x):
    c = gt.constant([1.0, 1.0])
    with gt.GradientTape() as tape:
        tape.watch(c)
        y = x * c
        tape.reset()
        z = y + x * c
    assert [value(g) for g in tape.gradient(z, [x, c])] == [[1, 1], None]


def test_reset_wants_a_recording():
    with pytest.raises(ValueError, match="not recording"):
        gt.GradientTape().reset()


def test_variables_are_watched_in_the_order_they_are_met():
    a, b, c = (
        gt.Variable(1.0, name="a"),
        gt.Variable(2.0, name="b"),
        gt.Variable(3.0, trainable=False, name="c"),
    )
    with gt.GradientTape() as tape:
        y = b * a * c * b
    assert tape.watched_variables() == (b, a)
    tape.gradient(y, a)
    assert [v.name for v in tape.watched_variables()] == ["b:0", "a:0"]


def test_only_what_is_watched(x):
    with gt.GradientTape(watch_accessed_variables=False) as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    with gt.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch({"x": [x]})
        y = x * x
    assert value(tape.gradient(y, x)) == [2, 4]


def test_watching_an_integer_warns_and_gives_none():
    n = gt.constant([1, 2])
    with gt.GradientTape() as tape:
        with pytest.warns(UserWarning, match="must be floating, got int32"):
            tape.watch(n)
        y = n * n
    assert tape.gradient(y, n) is None


@pytest.mark.parametrize("wrong", [3.0, np.ones(2), None, [gt.constant(1.0), "x"]])
def test_watching_what_is_no_tensor(wrong):
    with gt.GradientTape() as tape:
        with pytest.raises(TypeError, match="watch: the argument is"):
            tape.watch(wrong)


# ---- gradient


def test_sources_of_any_structure(x):
    v = gt.Variable(3.0)
    with gt.GradientTape(persistent=True) as tape:
        y = gt.reduce_sum(x * v)
    g = tape.gradient(y, {"p": Pair(x, [v]), "again": x, "none": ()})
    assert type(g["p"]) is Pair and value(g["p"].a) == [3, 3] and value(g["p"].b[0]) == 3
    assert value(g["again"]) == [3, 3] and g["none"] == ()
    assert tape.gradient(y, []) == [] and tape.gradient(y, {}) == {}
    assert isinstance(tape.gradient(y, (x,)), tuple)


def test_targets_of_any_structure_are_summed(x):
    with gt.GradientTape(persistent=True) as tape:
        y, z = x * x, x * 3.0
    assert value(tape.gradient({"y": y, "z": [z, y]}, x)) == [7, 11]
    assert value(tape.gradient([x, y], x)) == [3, 5]
    assert value(tape.gradient(x, x)) == [1, 1]
    assert tape.gradient([], x) is None


def test_unconnected_gradients(x):
    v = gt.Variable([[1.0]], dtype="float64")
    with gt.GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.gradient(y, v) is None
    for zero in (gt.UnconnectedGradients.ZERO, "zero"):
        g = tape.gradient(y, v, unconnected_gradients=zero)
        assert value(g) == [[0]] and g.dtype == gt.float64
    assert tape.gradient(y, v, unconnected_gradients="none") is None
    for derivative in (tape.gradient, tape.jacobian, tape.batch_jacobian):
        with pytest.raises(ValueError, match="'nonsense'"):
            derivative(y, v, unconnected_gradients="nonsense")


def test_output_gradients_weight_the_targets(x):
    with gt.GradientTape(persistent=True) as tape:
        y, z = x * x, x * 3.0
    assert value(tape.gradient(y, x, output_gradients=[10.0, 100.0])) == [20, 400]
    assert value(tape.gradient(y, x, output_gradients=np.array([1.0, 2.0]))) == [2, 8]
    both = tape.gradient(
        {"y": y, "z": z}, x, output_gradients={"z": gt.constant([1.0, 1.0]), "y": [1.0, 0.0]}
    )
    assert value(both) == [5, 3]
    assert value(tape.gradient([y, z], x, output_gradients=[None, [1.0, 2.0]])) == [3, 6]
    assert value(tape.gradient(y, x, output_gradients=[gt.constant([1.0, 2.0])])) == [2, 8]


@pytest.mark.parametrize("weights", [[1.0], [[1.0, 2.0], [1.0, 2.0]], 1.0, [1.0, 2.0, 3.0]])
def test_output_gradients_that_do_not_fit(x, weights):
    with gt.GradientTape(persistent=True) as tape:
        y = x * x
    with pytest.raises(ValueError):
        tape.gradient(y, x, output_gradients=gt.constant(weights))
    with pytest.raises(ValueError, match="output_gradients: got 1 entries, wanted a list of 2"):
        tape.gradient([y, y], x, output_gradients=[y])


@pytest.mark.parametrize(
    "target, sources, text",
    [
        (None, "x", "gradient: the target is None"),
        (3.0, "x", "gradient: the target is a float, not a tensor"),
        ("y", None, "gradient: a source is None"),
        ("y", [np.ones(2)], "gradient: a source is a ndarray, not a tensor"),
    ],
)
def test_what_is_no_tensor_is_said(x, target, sources, text):
    with gt.GradientTape() as tape:
        y = x * x
    target = y if isinstance(target, str) else target
    sources = x if isinstance(sources, str) else sources
    with pytest.raises(TypeError, match=text):
        tape.gradient(target, sources)


def test_a_gradient_of_none_as_an_operand_is_explained(x):
    c = gt.constant([1.0, 2.0])
    with gt.GradientTape() as tape:
        y = c * c
    g = tape.gradient(y, c)
    assert g is None
    with pytest.raises(TypeError, match="None.*watched before it was used"):
        gt.reduce_sum(g)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (2, 3)])
def test_shapes_and_dtypes_of_gradients(dtype, shape):
    v = gt.Variable(np.full(shape, 2.0), dtype=dtype)
    with gt.GradientTape() as tape:
        y = gt.reduce_sum(v**3)
    g = tape.gradient(y, v)
    assert g.shape == shape and g.dtype == dtype
    assert np.array_equal(g, np.full(shape, 12.0))


def test_higher_orders_by_nested_tapes():
    x = gt.Variable(2.0, dtype="float64")
    with gt.GradientTape() as t3, gt.GradientTape() as t2, gt.GradientTape() as t1:
        y = gt.exp(x) * x
    # The block has ended all three; nest them to differentiate derivatives.
    assert t3 is not t2 and value(t1.gradient(y, x)) == pytest.approx(3 * np.exp(2))
    with gt.GradientTape() as t3:
        with gt.GradientTape() as t2:
            with gt.GradientTape() as t1:
                y = gt.exp(x) * x
            d1 = t1.gradient(y, x)
        d2 = t2.gradient(d1, x)
    d3 = t3.gradient(d2, x)
    assert [value(d) for d in (d1, d2, d3)] == pytest.approx([k * np.exp(2) for k in (3, 4, 5)])


def test_what_was_read_before_an_assignment_keeps_its_value():
    v, w = gt.Variable(3.0), gt.Variable(2.0)
    with gt.GradientTape(persistent=True) as tape:
        y = v * v
        v.assign(100.0)
        w.assign_add(v)
        z = w * w
    assert value(tape.gradient(y, v)) == 6
    assert tape.gradient(z, v) is None
    assert value(tape.gradient(z, w)) == 204


# ---- forward mode


def test_jvp_from_the_recording(x):
    v = gt.Variable(3.0)
    with gt.GradientTape(persistent=True) as tape:
        y = {"a": x * x * v, "b": v + 1.0, "c": gt.constant(1.0)}
    moved = tape.jvp(y, [x, v], [[1.0, 10.0], 1.0])
    assert value(moved["a"]) == [7, 124] and value(moved["b"]) == 1 and moved["c"] is None
    moved = tape.jvp(y, [x, v], [None, 1.0], unconnected_gradients="zero")
    assert value(moved["a"]) == [1, 4] and value(moved["c"]) == 0
    with pytest.raises(ValueError, match="tangents"):
        tape.jvp(y, [x, v], [[1.0, 10.0]])


def test_forward_accumulator(x):
    with gt.autodiff.ForwardAccumulator(x, gt.constant([1.0, 0.5])) as acc:
        y = gt.reduce_sum(x**3)
        c = gt.constant(1.0) * 2.0
    assert value(acc.jvp(y)) == 9
    assert acc.jvp(c) is None and value(acc.jvp(c, unconnected_gradients="zero")) == 0


def test_forward_over_reverse(x):
    u, v = gt.constant([1.0, 0.0]), x
    with gt.autodiff.ForwardAccumulator(v, u) as acc:
        with gt.GradientTape() as tape:
            y = gt.reduce_sum(v**3)
        g = tape.gradient(y, v)
    assert value(acc.jvp(g)) == [6, 0]
    with gt.GradientTape() as tape:
        with gt.autodiff.ForwardAccumulator(v, u) as acc:
            y = gt.reduce_sum(v**3)
        moved = acc.jvp(y)
    assert value(tape.gradient(moved, v)) == [6, 0]


def test_nested_accumulators():
    x = gt.constant(2.0, dtype="float64")
    with gt.autodiff.ForwardAccumulator(x, 1.0) as outer:
        with gt.autodiff.ForwardAccumulator(x, 1.0) as inner:
            y = x**4
        first = inner.jvp(y)
    assert (value(first), value(outer.jvp(first))) == (32, 48)


def test_accumulators_refuse_a_primal_twice(x):
    with pytest.raises(ValueError, match="twice"):
        gt.autodiff.ForwardAccumulator([x, x], [[1.0, 1.0], [1.0, 1.0]])


# ---- jacobians


def test_jacobian_of_nested_sources(x):
    v = gt.Variable(3.0)
    with gt.GradientTape(persistent=True) as tape:
        y = gt.stack([x[0] * x[1], x[0] * v, v * v])
    for mode in ("auto", "forward", "reverse"):
        j = tape.jacobian(y, {"x": x, "v": (v,)}, mode=mode)
        assert value(j["x"]) == [[2, 1], [3, 0], [0, 0]] and value(j["v"][0]) == [0, 1, 6]
    assert value(tape.jacobian(y, x, experimental_use_pfor=False, parallel_iterations=4)) == [
        [2, 1],
        [3, 0],
        [0, 0],
    ]
    w = gt.Variable([1.0])
    assert tape.jacobian(y, w) is None
    assert value(tape.jacobian(y, w, unconnected_gradients="zero")) == [[0], [0], [0]]
    with pytest.raises(ValueError, match="mode 'sideways'"):
        tape.jacobian(y, x, mode="sideways")


def test_jacobian_of_a_list_is_refused(x):
    with gt.GradientTape(persistent=True) as tape:
        y = x * x
    for derivative in (tape.jacobian, tape.batch_jacobian):
        with pytest.raises(TypeError, match="the target is a list, not a tensor"):
            derivative([y], x)
    with pytest.raises(TypeError, match="the source is a list"):
        tape.batch_jacobian(y, [x])


def test_jacobian_shows_progress_and_can_be_stopped():
    x = gt.Variable(np.ones(50))
    with gt.GradientTape(persistent=True) as tape:
        y = gt.cumsum(x * x)
    seen = []
    j = tape.jacobian(y, x, memory_budget=4000, progress=lambda done, total: seen.append((done, total)))
    assert np.array_equal(j, 2 * np.tri(50)) and len(seen) > 1 and seen[-1][0] <= seen[-1][1]

    def stop(done, total):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        tape.jacobian(y, x, memory_budget=4000, progress=stop)
    assert np.array_equal(tape.jacobian(y, x), 2 * np.tri(50))


def test_batch_jacobian():
    x = gt.constant(np.arange(6.0).reshape(3, 2))
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = gt.stack([x[:, 0] * x[:, 1], x[:, 0] ** 2, x[:, 1]], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        j = tape.batch_jacobian(y, x)
    assert value(j) == [[[b, a], [2 * a, 0], [0, 1]] for a, b in value(x)]


def test_batch_jacobian_where_samples_touch_is_tensorflows_sum():
    x = gt.constant([[1.0, 2.0], [3.0, 5.0]])
    for persistent in (True, False):
        with gt.GradientTape(persistent=persistent) as tape:
            tape.watch(x)
            y = x - gt.reduce_mean(x, axis=0)
        with pytest.warns(gt.BatchDependenceWarning, match="reduce_mean"):
            j = tape.batch_jacobian(y, x)
        assert value(j) == [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]
    with pytest.raises(RuntimeError):
        tape.batch_jacobian(y, x)


def test_batch_jacobian_of_batches_that_differ():
    x = gt.constant(np.ones((3, 2)))
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = gt.reduce_sum(x, axis=0, keepdims=True)
    with pytest.raises(ValueError, match="batch_jacobian"):
        tape.batch_jacobian(y, x)
    c = gt.constant(np.ones((3, 2)))
    assert tape.batch_jacobian(c, x) is None


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_tape_has_no_copy(copied):
    x = gt.Variable(2.0)
    with gt.GradientTape() as tape:
        y = x * x
    with pytest.raises(TypeError, match="no copy"):
        copied(tape)
    assert tape.gradient(y, x).item() == 4
