"""The extension itself: dtypes, how ops take their arguments, promotion, callbacks, user ops."""

import inspect
import pathlib
import re

import numpy as np
import pytest

import gradtape as gt
from gradtape import _core, errors


def op(name):
    return _core.op(name)


def test_versions_are_those_of_the_header():
    text = (pathlib.Path(__file__).resolve().parents[3] / "include/gradtape/gradtape.h").read_text(encoding="utf-8")
    numbers = {name: int(value) for name, value in re.findall(r"#define GT_(\w*VERSION\w*) (\d+)", text)}
    assert gt.__version__ == ".".join(str(numbers[f"VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH"))
    assert gt.abi_version() == numbers["ABI_VERSION"]


def test_dtypes_are_known_by_name_and_by_other_worlds_names():
    assert _core.as_dtype("float64") is gt.float64
    assert gt.float32 == np.float32 and gt.float32 == "float32" and gt.int64 == np.dtype("int64")
    assert gt.float32 != gt.float64 and gt.float32 != "nonsense" and gt.float32 != None  # noqa: E711
    assert gt.bool == bool and _core.as_dtype(float) is gt.float32 and _core.as_dtype(int) is gt.int32
    assert gt.int64.itemsize == 8 and gt.int64.is_integer and not gt.int64.is_floating
    assert {gt.float32: 1}[gt.float32] == 1
    for wrong in ("float16", np.complex128, object, None, 3, ">f4"):
        with pytest.raises(errors.DTypeError):
            _core.as_dtype(wrong)


def test_plain_numbers_take_the_dtype_they_meet():
    for dtype in (gt.float32, gt.float64):
        x = gt.constant([1.0, 2.0], dtype)
        for y in (x * 2, 2 * x, x + 0.5, 1 / x, x**2, np.float64(3) * x, x - np.int64(1), op("maximum")(x, 0)):
            assert y.dtype == dtype
    i = gt.constant([1, 2], gt.int64)
    assert (i + 1).dtype == gt.int64 and (i * np.int32(3)).dtype == gt.int64
    assert op("add")(1, 2).dtype == gt.int32 and op("add")(1.0, 2).dtype == gt.float32
    assert op("sin")(np.float64(1)).dtype == gt.float64 and op("add")(np.float64(1), 2).dtype == gt.float64
    assert op("add")([1.0, 2.0], 2).tolist() == [3, 4] and op("add")([1, 2], np.int64(2)).dtype == gt.int64
    assert op("multiply")([1, 2], gt.constant([1.5, 2.0], gt.float64)).tolist() == [1.5, 4]
    with pytest.raises(errors.Error):
        (i + 0.5).numpy()


def test_dtypes_are_promoted_within_a_kind_alone():
    f, d = gt.constant([1.0], gt.float32), gt.constant([2.0], gt.float64)
    i, q = gt.constant([1], gt.int32), gt.constant([2], gt.int64)
    assert (f + d).dtype == gt.float64 and (d * f).dtype == gt.float64 and (i - q).dtype == gt.int64
    assert op("concat")([f, d], 0).dtype == gt.float64
    for a, b in ((f, i), (i, f), (gt.constant([True]), i)):
        with pytest.raises(TypeError, match="do not mix"):
            a + b


def test_a_promotion_is_differentiable():
    x = gt.Variable(3.0)
    with gt.GradientTape() as tape:
        y = x * gt.constant(2.0, gt.float64)
    gradient = tape.gradient(y, x)
    assert gradient.dtype == gt.float32 and float(gradient) == 2


def test_the_quotient_of_integers_is_a_float64():
    q = gt.constant([1, 2, 3]) / 2
    assert q.dtype == gt.float64 and q.tolist() == [0.5, 1, 1.5]
    assert (7 // gt.constant([2])).tolist() == [3] and (1 / gt.constant(4)).item() == 0.25


def test_arguments_go_by_place_and_by_name():
    x = gt.constant(np.arange(6.0).reshape(2, 3))
    total = op("reduce_sum")
    for y in (total(x, 1), total(x, axis=1), total(x, [1]), total(x, (1,)), total(x, np.int64(1)), total(x, gt.constant(1)),
              total(x=x, axis=np.array([1])), total(input_tensor=x, axis=-1, name="sum")):
        assert y.tolist() == [3, 12]
    assert total(x, None).item() == 15 and total(x, [0, 1], True).shape == (1, 1)
    assert op("reshape")(x, [gt.constant(3), 2]).shape == (3, 2)
    assert op("reshape")(x, gt.constant([3, 2])).shape == (3, 2)
    assert op("pad")(x, [[0, 0], [1, 0]], constant_values=-gt.constant(1.0)).tolist()[0][0] == -1
    assert list(inspect.signature(total).parameters) == ["x", "axis", "keepdims"]


@pytest.mark.parametrize("call, says", [
    (lambda x: op("reduce_sum")(), "x is missing"),
    (lambda x: op("reduce_sum")(x, 1, True, 4), "too many"),
    (lambda x: op("reduce_sum")(x, axes=1), "no parameter 'axes'"),
    (lambda x: op("reduce_sum")(x, x=x), "two values"),
    (lambda x: op("reduce_sum")(x, axis=object()), "no value of an attribute"),
    (lambda x: op("reduce_sum")(None), "was the source watched"),
    (lambda x: op("reduce_sum")(x, {}), "no value of an attribute"),
    (lambda x: op("reduce_sum")(x, {0}), "no value of an attribute"),
    (lambda x: op("concat")(None), "values is missing"),
    (lambda x: op("concat")(3), "sequence"),
    (lambda x: op("batch_normalization")(x, x, x, None, x), "variance is given, and mean before it is not"),
])
def test_a_wrong_call_says_so(call, says):
    with pytest.raises(TypeError, match=says):
        call(gt.constant([1.0]))


def test_errors_of_the_engine_are_exceptions_that_fit():
    x = gt.constant(np.ones((2, 3)))
    with pytest.raises(ValueError, match="matmul: inner sizes"):
        x @ x
    with pytest.raises(LookupError, match="no op 'nonsense'"):
        _core.op("nonsense")
    with pytest.raises(errors.InvalidArgumentError):
        op("reduce_sum")(x, axis=7)
    assert (x + 1).shape == (2, 3)  # what was there stays whole


def test_one_op_has_many_outputs():
    values, indices = op("top_k")(gt.constant([3.0, 1.0, 2.0]), k=2)
    assert values.tolist() == [3, 2] and indices.tolist() == [0, 2]
    assert [p.tolist() for p in op("split")(gt.constant([1, 2, 3, 4]), 2)] == [[1, 2], [3, 4]]
    assert len(op("unstack")(gt.constant(np.ones((40, 2))))) == 40


def test_an_exception_in_a_callback_comes_out_as_itself():
    class Mine(Exception):
        pass

    def raising(*_):
        raise Mine("here")

    x = gt.constant(2.0)
    with pytest.raises(Mine, match="here"):
        _core.custom_gradient(raising, raising, [x])
    tape = _core.Tape()
    tape.watch(x)
    [y] = _core.custom_gradient(lambda a: [a * 2], raising, [x])
    with pytest.raises(Mine, match="here"):
        tape.gradient([y], [x])
    with pytest.raises(Mine):
        _core.Function(raising, [(gt.float32, ())])
    assert (x + 1).item() == 3
    with pytest.raises(ValueError, match="2 gradients for 1 inputs"):
        tape = _core.Tape()
        tape.watch(x)
        [y] = _core.custom_gradient(lambda a: [a * 2], lambda d: [d, d], [x])
        tape.gradient([y], [x])


def test_a_suppressed_exception_does_not_come_back():
    x = gt.constant(2.0)

    def forward(a):
        try:
            _core.op("reshape")(a, [7])
        except ValueError:
            pass
        return [a * 3]

    [y] = _core.custom_gradient(forward, lambda d: [d], [x])
    assert y.item() == 6
    with pytest.raises(ValueError, match="matmul"):
        gt.constant(np.ones((2, 3))) @ gt.constant(np.ones((2, 3)))


def test_a_user_op_by_numpy():
    _core.register_op(
        "python_test_cube",
        infer=lambda x, scale: [x],
        compute=lambda x, scale: scale * x**3,
        gradient=lambda call, d: [d * 3 * call.inputs[0] ** 2 * call.attrs["scale"]],
        doc="The cube.",
    )
    cube = _core.op("python_test_cube")
    x = gt.constant([1.0, 2.0])
    with gt.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = cube(x, scale=2)
        first = tape.gradient(y, x)
    assert y.tolist() == [2, 16] and first.tolist() == [6, 24]
    assert outer.jacobian(first, x).tolist() == [[12, 0], [0, 24]]
    assert cube(3.0, scale=1).item() == 27
    with pytest.raises(errors.AlreadyExistsError):
        _core.register_op("python_test_cube", infer=lambda x: [x], compute=lambda x: x)


def test_a_user_op_that_raises_where_it_computes():
    def compute(x):
        raise KeyError("while computing")

    _core.register_op("python_test_fails", infer=lambda x: [x], compute=compute)
    y = _core.op("python_test_fails")(gt.constant([1.0]))
    for _ in range(2):
        with pytest.raises(KeyError, match="while computing"):
            y.numpy()
    with pytest.raises(ValueError, match="2 arrays for 1 outputs"):
        _core.register_op("python_test_two", infer=lambda x: [x], compute=lambda x: (x, x))
        _core.op("python_test_two")(gt.constant([1.0])).numpy()


def test_a_user_op_of_other_ops():
    _core.register_op("python_test_swish", composite=lambda x, beta=1.0: x * _core.op("sigmoid")(beta * x))
    x = gt.constant(0.5, gt.float64)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = _core.op("python_test_swish")(x, beta=2.0)
    s = 1 / (1 + np.exp(-1.0))
    assert np.isclose(tape.gradient(y, x), s + 0.5 * 2 * s * (1 - s), rtol=1e-14)


def test_variables_are_the_programs_own_objects():
    a, b = gt.Variable(1.0, name="a"), gt.Variable([2.0], name="b")
    with gt.GradientTape() as tape:
        b * a
    watched = tape.watched_variables()
    assert watched[0] is b and watched[1] is a
    assert a.assign(5.0) is a and a.item() == 5
    a.assign_add(1)
    a.assign_sub(2.0)
    assert float(a) == 4
    with pytest.raises(ValueError):
        a.assign([1.0, 2.0])
    assert float(a) == 4


def test_bitwise_operators_take_lists():
    truths, ints = gt.asarray([True, False]), gt.asarray([3, 5])
    assert (truths & [True, True]).tolist() == [True, False] == ([True, False] | truths).tolist()
    assert (ints & [1, 4]).tolist() == [1, 4] and (ints ^ (1, 1)).tolist() == [2, 4]
    assert (ints << [1, 2]).tolist() == [6, 20] and (gt.asarray([1], dtype="int64") | [2]).dtype == "int64"
    for other in ([1.5, 2.0], ["a", "b"], None):
        with pytest.raises(TypeError):
            ints & other


def test_diag_and_pinv():
    assert gt.diag(gt.asarray([1.0, 2.0]), k=1).tolist() == [[0, 1, 0], [0, 0, 2], [0, 0, 0]]
    a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    np.testing.assert_allclose(gt.linalg.pinv(a), np.linalg.pinv(a), atol=1e-10)


def self_containing():
    value = []
    value.append(value)
    return value


def test_values_that_hold_themselves_are_refused():
    with pytest.raises(RecursionError):
        op("reduce_sum")(gt.constant([1.0]), self_containing())
    with pytest.raises(OverflowError, match="reduce_sum: an integer beyond 64 bits"):
        op("reduce_sum")(gt.constant([1.0]), 2**70)


def test_what_was_never_made_is_no_tensor():
    class Forgetful(gt.Variable):
        def __init__(self):  # does not call super().__init__
            pass

    for use in (lambda v: v + 1, lambda v: 1 * v, lambda v: -v, lambda v: op("sin")(v), lambda v: v.numpy(), lambda v: len(v),
                memoryview, np.asarray, bool, lambda v: gt.constant(1.0) < v):
        for made in (Forgetful(), gt.Variable.__new__(gt.Variable)):
            with pytest.raises((TypeError, BufferError, RuntimeError)):
                use(made)
    with pytest.raises(TypeError, match="found by their names"):
        type(op("sin"))()


def test_numbers_beside_bools_and_floats_beside_integers_do_not_mix():
    b, i = gt.constant([True, False]), gt.constant([1, 2])
    for wrong in (lambda: i + 1.5, lambda: i * 2.0, lambda: b * 2, lambda: op("equal")(b, [2, 0]), lambda: op("sin")(i), lambda: b + b):
        with pytest.raises(TypeError):
            wrong()
    assert (i + True).tolist() == [2, 3] and op("logical_and")(b, [True, True]).tolist() == [True, False]
    assert (b == [True, True]).tolist() == [True, False]


def test_a_masked_array_is_refused_wherever_it_comes():
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    for use in (lambda: gt.constant([1.0, 2.0]) + masked, lambda: op("reduce_sum")(masked), lambda: _core.tensor(masked)):
        with pytest.raises(TypeError, match="mask"):
            use()


def test_what_an_ops_function_gives_is_checked():
    for name, result, says in (("none", None, "shape"), ("shape", np.ones(3), "shape"), ("kind", np.array([1j, 2j]), "cast")):
        _core.register_op("python_test_wrong_" + name, infer=lambda x: [x], compute=lambda x, result=result: result)
        with pytest.raises((TypeError, ValueError), match=says):
            _core.op("python_test_wrong_" + name)(gt.constant([1.0, 2.0])).numpy()
    _core.register_op("python_test_no_spec", infer=lambda x: 3, compute=lambda x: x)
    with pytest.raises(TypeError, match="list of specs"):
        _core.op("python_test_no_spec")(gt.constant([1.0]))
    _core.register_op("python_test_to_itself", composite=lambda x: _core.op("python_test_to_itself")(x) + 1)
    with pytest.raises(RuntimeError, match="does one lead to itself"):
        _core.op("python_test_to_itself")(gt.constant([1.0]))


def test_an_error_that_a_jacobian_got_over_is_forgotten():
    x = gt.constant([1.0, 2.0, 3.0])
    tape = _core.Tape()
    tape.watch(x)
    [y] = _core.custom_gradient(lambda a: [a * 2], lambda d: [gt.constant(np.asarray(d) * 2)], [x])
    assert tape.jacobian(y, [x])[0].shape == (3, 3)
    with pytest.raises(ValueError, match="reshape"):
        op("reshape")(x, [2, 2])
