"""`function` records a Python function once for each signature, and replays it."""

from __future__ import annotations

import collections
import copy
import gc
import pickle
import threading
import warnings
import weakref

import numpy as np
import pytest

import gradtape as gt

Pair = collections.namedtuple("Pair", "a b")


def value(tensor):
    return None if tensor is None else np.asarray(tensor).tolist()


class Counted:
    """A function of gradtape's, with how often its body has run."""

    def __init__(self, f, **options):
        self.runs = 0

        def body(*args, **kwargs):
            self.runs += 1
            return f(*args, **kwargs)

        body.__signature__ = __import__("inspect").signature(f)
        self.f = gt.function(body, **options)

    def __call__(self, *args, **kwargs):
        return self.f(*args, **kwargs)


def test_a_signature_is_recorded_once():
    f = Counted(lambda x, y: x * y + x)
    for n in (2.0, 3.0):
        assert value(f(gt.constant([n, 1.0]), gt.constant([1.0, n]))) == [2 * n, 1 + n]
    assert f.runs == 1
    assert value(f(gt.constant(2.0), gt.constant(3.0))) == 8
    assert f(gt.constant(2.0, "float64"), gt.constant(3.0, "float64")).dtype == gt.float64
    assert f.runs == 3
    assert value(f(gt.constant([2.0, 1.0]), gt.constant([1.0, 2.0]))) == [4, 3] and f.runs == 3


def test_python_values_are_part_of_the_signature():
    f = Counted(lambda x, n, flag=False: x**n if flag else x * n)
    x = gt.constant(3.0)
    assert [value(f(x, 2)), value(f(x, 2, flag=True)), value(f(x, n=2, flag=True)), value(f(x, 2, True))] == [
        6,
        9,
        9,
        9,
    ]
    assert f.runs == 2
    kinds = [f(x, n) for n in (1, 1.0, True, np.float32(1))]
    assert f.runs == 6 and [value(k) for k in kinds] == [3, 3, 3, 3]
    reciprocal = Counted(lambda x, zero: x / zero)
    assert [value(reciprocal(x, z)) for z in (0.0, -0.0, 0.0)] == [np.inf, -np.inf, np.inf]
    nan = Counted(lambda x, n: x * 1.0)
    nan(x, float("nan")), nan(x, float("nan"))
    assert nan.runs == 1


def test_arrays_are_tensors():
    f = Counted(lambda x: x * 2.0)
    for n in (1.0, 2.0):
        assert value(f(np.array([n, n], np.float32))) == [2 * n, 2 * n]
    assert value(f(gt.constant([5.0, 5.0]))) == [10, 10] and f.runs == 1


def test_objects_that_cannot_be_hashed_are_themselves():
    class Settings:
        __hash__ = None
        factor = 2.0

    f = Counted(lambda x, s: x * s.factor)
    s, x = Settings(), gt.constant(1.0)
    assert value(f(x, s)) == value(f(x, s)) == 2 and f.runs == 1
    assert value(f(x, Settings())) == 2 and f.runs == 2


def test_structures_go_in_and_come_out():
    f = Counted(lambda d: {"p": Pair(d["a"] + d["b"][0], None), "n": [3.0, (d["a"],)], "e": ()})
    for n in (1.0, 2.0):
        out = f({"a": gt.constant(n), "b": [gt.constant(10.0), "text"]})
        assert type(out["p"]) is Pair and value(out["p"].a) == 10 + n and out["p"].b is None
        assert value(out["n"][0]) == 3 and value(out["n"][1][0]) == n and out["e"] == ()
    assert f.runs == 1
    f({"a": gt.constant(1.0), "b": [gt.constant(10.0), "other"]})
    assert f.runs == 2


@pytest.mark.parametrize("result", [None, (), [None], {"a": None}])
def test_results_without_tensors(result):
    v = gt.Variable(0.0)

    def body(x):
        v.assign_add(x)
        return result

    f = Counted(body)
    assert f(gt.constant(1.0)) == result and f(gt.constant(2.0)) == result
    assert value(v) == 3 and f.runs == 1


def test_no_arguments():
    f = Counted(lambda: gt.constant(2.0) * 3.0)
    assert value(f()) == value(f()) == 6 and f.runs == 1


def test_variables_are_read_and_assigned_at_each_call():
    v = gt.Variable(1.0)
    f = Counted(lambda x: v.assign_add(x) * 10.0)
    assert [value(f(gt.constant(1.0))) for _ in range(3)] == [20, 30, 40] and f.runs == 1
    v.assign(0.0)
    assert value(f(gt.constant(5.0))) == 50 and value(v) == 5
    g = gt.function(lambda: v)
    old = g()
    v.assign(7.0)
    assert value(old) == 5 and value(g()) == 7 and type(old) is gt.Tensor


def test_variables_as_arguments_are_themselves():
    a, b = gt.Variable(1.0), gt.Variable(1.0)
    f = Counted(lambda v, x: v.assign_add(x))
    for _ in range(2):
        f(a, gt.constant(1.0))
    f(b, gt.constant(10.0))
    assert (value(a), value(b), f.runs) == (3, 11, 2)


def test_gradients_through_a_call():
    v = gt.Variable([2.0, 3.0])
    f = Counted(lambda x: gt.reduce_sum(x * x * v))
    x = gt.constant([1.0, 5.0])
    for _ in range(2):
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = f(x) * 2.0
        assert [value(g) for g in tape.gradient(y, [x, v])] == [[8, 60], [2, 50]]
    assert value(gt.hessian(f)(x)) == [[4, 0], [0, 6]]
    assert value(gt.jvp(f, (x,), ([1.0, 0.0],))[1]) == 4
    assert f.runs == 1


def test_gradients_in_a_body():
    def newton(x):
        with gt.GradientTape() as t2:
            t2.watch(x)
            with gt.GradientTape() as t1:
                t1.watch(x)
                y = gt.reduce_sum(x**4)
            g = t1.gradient(y, x)
        return g, t2.jacobian(g, x)

    f = Counted(newton)
    for n in (1.0, 2.0):
        g, h = f(gt.constant([n, 1.0]))
        assert value(g) == [4 * n**3, 4] and value(h) == [[12 * n**2, 0], [0, 12]]
    assert f.runs == 1


def test_functions_call_functions():
    inner = Counted(lambda x: x * 2.0)
    outer = Counted(lambda x: inner(x) + inner(x + 1.0))
    assert [value(outer(gt.constant(n))) for n in (1.0, 2.0)] == [6, 10]
    assert (inner.runs, outer.runs) == (1, 1)


def test_recursion_by_python_values_works_and_endless_recursion_is_an_error():
    @gt.function
    def power(x, n):
        return x if n == 1 else x * power(x, n - 1)

    assert value(power(gt.constant(2.0), 5)) == 32

    @gt.function
    def endless(x):
        return endless(x) + 1.0

    for _ in range(2):
        with pytest.raises(RecursionError, match="endless calls itself"):
            endless(gt.constant(1.0))
    assert value(power(gt.constant(3.0), 2)) == 9


# ---- input signatures


def test_one_recording_for_all_sizes():
    f = Counted(lambda x: gt.reduce_sum(x * 2.0, axis=1), input_signature=[gt.TensorSpec([None, 2])])
    for n in (1, 3, 0, 3):
        assert value(f(gt.constant(np.ones((n, 2), np.float32)))) == [4.0] * n
    assert len(f.f._recordings.by_signature) == 1
    assert value(f([[1, 2]])) == [6]
    for wrong in (np.ones((2, 3), np.float32), np.ones(2, np.float32)):
        with pytest.raises(TypeError, match=r"wanted TensorSpec\(shape=\(None, 2\), dtype=float32"):
            f(gt.constant(wrong))
    with pytest.raises(TypeError, match="float64"):
        f(gt.constant(np.ones((2, 2))))


def test_a_spec_of_any_shape():
    f = Counted(lambda x: x * 2.0, input_signature=[gt.TensorSpec(None)])
    for shape in [(), (2,), (3,), (2, 1)]:
        assert f(gt.constant(np.ones(shape, np.float32))).shape == shape
    assert len(f.f._recordings.by_signature) == 3


def test_signatures_nest():
    spec = {"a": gt.TensorSpec([None]), "b": (gt.TensorSpec([], "int32"),)}
    f = Counted(
        lambda d, x: d["a"] * x + gt.cast(d["b"][0], "float32"), input_signature=[spec, gt.TensorSpec([])]
    )
    assert value(f({"a": gt.Variable([1.0, 2.0]), "b": (3,)}, 2.0)) == [5, 7]
    assert value(f(x=2.0, d={"b": (3,), "a": [1.0]})) == [5]
    with pytest.raises(ValueError, match="keys"):
        f({"a": [1.0]}, 2.0)
    with pytest.raises((TypeError, ValueError)):
        f({"a": [1.0], "b": (3,)})


def test_a_structure_that_depends_on_sizes_is_refused():
    f = gt.function(lambda x: [x] * x.shape[0], input_signature=[gt.TensorSpec([None])])
    with pytest.raises(ValueError, match="structure depends on the sizes"):
        f([1.0, 2.0]), f([1.0, 2.0, 3.0])


# ---- limits of a body


def test_a_body_that_reads_a_value():
    f = gt.function(lambda x: x * 2.0 if x > 0.0 else x)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="greater"):
            f(gt.constant(1.0))


def test_a_first_call_may_make_variables():
    made = []

    def body(x):
        if not made:
            made.append(gt.Variable(3.0))
        return x * made[0]

    f = Counted(body)
    assert [value(f(gt.constant(n))) for n in (1.0, 2.0, 3.0)] == [3, 6, 9]
    assert len(made) == 1 and f.runs == 3  # the attempt, the plain run, the recording
    always = gt.function(lambda x: gt.Variable(x * 1.0))
    for _ in range(2):
        always.python_function(gt.constant(1.0))
    outer = gt.function(lambda x: x * 1.0)
    outer(gt.constant(1.0))
    late = gt.function(lambda x, make: gt.Variable(1.0) * x if make else x)
    late(gt.constant(1.0), False)
    with pytest.raises(RuntimeError, match="make it outside, or on the first call"):
        late(gt.constant(1.0), True)


def test_layers_are_built_on_the_first_call():
    layer = gt.keras.layers.Dense(2)
    f = Counted(lambda x: layer(x))
    x = gt.constant([[1.0, 2.0]])
    assert np.allclose(f(x), f(x)) and np.allclose(f(x), layer(x))
    assert f.runs == 3


class MyError(Exception):
    pass


def test_exceptions_come_out_and_nothing_is_kept():
    fails = [True]

    def body(x):
        if fails:
            raise MyError("mine")
        return x * 2.0

    f = Counted(body)
    for _ in range(2):
        with pytest.raises(MyError, match="mine"):
            f(gt.constant(1.0))
    fails.clear()
    assert value(f(gt.constant(1.0))) == 2


def test_wrong_arguments():
    @gt.function
    def f(x, y):
        return x + y

    for call in (lambda: f(), lambda: f(1.0), lambda: f(1.0, 2.0, 3.0), lambda: f(1.0, z=2.0)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError):
        f(gt.constant([1.0, 2.0]), gt.constant([1.0, 2.0, 3.0]))
    x = gt.constant([1.0, 2.0])
    assert value(f(x, x)) == [2, 4]
    with pytest.raises(ValueError):
        f(x, gt.constant([1.0, 2.0, 3.0]))
    assert value(f(x, x)) == [2, 4]


def test_many_recordings_warn_once():
    f = gt.function(lambda x, n: x * n)
    with pytest.warns(UserWarning, match="recorded 64 times"):
        for n in range(64):
            f(gt.constant(1.0), n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(gt.constant(1.0), 64)


# ---- methods, names, copies, threads


class Model:
    factor = 2.0

    def __init__(self):
        self.runs = 0

    @gt.function
    def call(self, x, scale=1.0):
        """Scales."""
        self.runs += 1
        return x * self.factor * scale

    @gt.function(input_signature=[gt.TensorSpec([None])])
    def any_size(self, x):
        return x * self.factor


def test_methods_belong_to_their_objects():
    a, b = Model(), Model()
    b.factor = 3.0
    x = gt.constant([1.0])
    for _ in range(2):
        assert (value(a.call(x)), value(b.call(x))) == ([2], [3])
        assert (value(a.call(x, scale=10.0)), value(b.any_size([1.0, 2.0]))) == ([20], [3, 6])
    assert (a.runs, b.runs) == (2, 1)
    assert a.call.__doc__ == "Scales." and Model.call.__name__ == "call" and a.call.__self__ is a
    assert "multiply" in a.call.describe() and "Model.call" in repr(a.call)


def test_a_method_of_an_object_that_nothing_else_holds():
    assert value(Model().call(gt.constant(1.0))) == 2
    call = Model().call
    gc.collect()
    assert value(call(gt.constant(1.0))) == value(call(gt.constant(1.0))) == 2


def test_a_method_keeps_no_object_alive_and_copies_are_others():
    a = Model()
    a.call(gt.constant(1.0))
    b = copy.copy(a)
    b.factor = 5.0
    assert value(b.call(gt.constant(1.0))) == 5 and value(a.call(gt.constant(1.0))) == 2
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is None
    c = pickle.loads(pickle.dumps(b))
    assert value(c.call(gt.constant(1.0))) == 5


@gt.function
def at_the_top(x):
    return x * 2.0


def test_functions_have_names_and_pickle():
    assert repr(at_the_top) == "<gradtape.function at_the_top>"
    assert pickle.loads(pickle.dumps(at_the_top)) is at_the_top and copy.deepcopy(at_the_top) is at_the_top
    at_the_top(gt.constant(1.0))
    assert "multiply" in at_the_top.describe()


def test_options_of_tensorflows_are_accepted():
    f = gt.function(autograph=False, jit_compile=True, reduce_retracing=True)(lambda x: x * 2.0)
    assert value(f(gt.constant(1.0))) == 2


def test_a_function_compiled_on_request_gives_the_same():
    def body(x):
        return x * (x * 2.0 + 3.0) - x, gt.reduce_sum(x)

    asked, plain = gt.function(body, jit_compile=True), gt.function(body)
    for x in (gt.constant([1.0, 2.0]), gt.constant([3.0]), gt.constant(1.5)):
        for given, wanted in zip(asked(x), plain(x)):
            assert given.numpy().tolist() == wanted.numpy().tolist()
    assert asked.describe().count("loop") == plain.describe().count("loop")


def test_each_thread_has_its_recordings():
    f = Counted(lambda x: x * 2.0)
    results = []

    def work():
        for n in (1.0, 2.0):
            results.append(value(f(gt.constant(n))))

    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [2, 4, 2, 4] and f.runs == 2


def test_random_numbers_are_drawn_at_each_call():
    f = gt.function(lambda: gt.random.normal([3]))
    gt.random.set_seed(1)
    first = [value(f()) for _ in range(2)]
    assert first[0] != first[1]


def test_specs_compare_and_show_themselves():
    spec = gt.TensorSpec([None, 2], "float64", name="x")
    assert spec == gt.TensorSpec((None, 2), np.float64) and hash(spec) == hash(
        gt.TensorSpec((None, 2), np.float64)
    )
    assert spec != gt.TensorSpec(None) and spec != 3
    assert repr(spec) == "TensorSpec(shape=(None, 2), dtype=float64, name='x')"


def test_whatever_can_be_called_is_a_function():
    import functools

    class Callable:
        def __call__(self, x):
            return x * 3.0

    x = gt.constant(2.0)
    for f in (functools.partial(lambda a, b: a * b, 3.0), Callable(), gt.function(lambda x: x * 3.0)):
        g = gt.function(f)
        assert value(g(x)) == 6 and "gradtape.function" in repr(g)
    assert value(gt.function(gt.math.square)(x)) == 4
    with pytest.raises(TypeError, match="a float cannot be called"):
        gt.function(3.0)


def test_arguments_that_a_signature_lacks():
    f = gt.function(lambda x, flag=False, *, scale=1.0: x * scale, input_signature=[gt.TensorSpec([])])
    assert value(f(2.0)) == value(f(2.0)) == 2
    with pytest.raises(ValueError, match="got 2 entries, wanted a list of 1"):
        f(2.0, True)
    with pytest.raises(TypeError, match="scale is not in"):
        f(2.0, scale=3.0)


@pytest.mark.parametrize("wrong", [gt.TensorSpec([2]), [3], {"x": gt.TensorSpec([2])}])
def test_signatures_that_are_none(wrong):
    with pytest.raises(TypeError, match="input_signature"):
        gt.function(lambda x: x, input_signature=wrong)


def test_what_a_dropped_function_held_is_free():
    def make():
        big = gt.constant(np.ones(100000))
        f = gt.function(lambda x, n: x * big * n)
        for n in range(3):
            f(gt.constant(np.ones(100000)), n).numpy()
        return weakref.ref(big)

    gone = make()
    gc.collect()
    assert gone() is None
