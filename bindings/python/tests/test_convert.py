"""Values become tensors: dtypes of numbers, lists and arrays, tensors in lists, what is refused, copies and
pickles.
"""

import array
import copy
import pickle

import numpy as np
import pytest

import gradtape as gt


def same(tensor, array):
    array = np.asarray(array)
    assert tensor.dtype == array.dtype and tensor.shape == array.shape
    np.testing.assert_array_equal(tensor.numpy(), array)


@pytest.mark.parametrize(
    "value, dtype",
    [
        (1, "int32"),
        (1.0, "float32"),
        (True, "bool"),
        (2**40, "int64"),
        (-(2**31), "int32"),
        (-(2**31) - 1, "int64"),
        ([1, 2], "int32"),
        ([1, 2**31], "int64"),
        ([1, 2.5], "float32"),
        ([True, False], "bool"),
        ([], "float32"),
        ([[], []], "float32"),
        ((1, (2)), "int32"),
        (range(3), "int64"),
        (np.arange(3), "int64"),
        (np.float32(1), "float32"),
        (np.ones((2, 0)), "float64"),
        ([np.float64(1), 2.0], "float64"),
        ([np.float32(1), 2.0], "float32"),
        ([np.int64(1), 2], "int64"),
        ([np.arange(3), [1, 2, 3]], "int64"),
        ([np.int32(1), 2.5], "float64"),
        (array.array("d", [1, 2]), "float64"),
    ],
)
def test_dtype_of_a_value(value, dtype):
    made = gt.asarray(value)
    assert made.dtype == dtype
    expected = np.array([np.asarray(v) for v in value]) if isinstance(value, list) else np.asarray(value)
    np.testing.assert_array_equal(made.numpy(), expected)


def test_dtype_that_is_asked_for():
    for value in (
        3,
        [3, 4],
        np.arange(4, dtype=np.uint8),
        np.arange(4, dtype=np.float16),
        gt.asarray([1, 2]),
    ):
        for dtype in ("float32", "float64", "int64", gt.int32, np.float32):
            made = gt.asarray(value, dtype=dtype)
            assert made.dtype == dtype
            np.testing.assert_array_equal(
                made.numpy(), np.asarray(value).astype(gt.zeros(0, dtype=dtype).numpy().dtype)
            )
    # A Python float is rounded once, to the dtype asked for.
    assert gt.asarray([0.1], dtype="float64").numpy()[0] == 0.1
    assert gt.asarray([2**53 + 1], dtype="int64").numpy()[0] == 2**53 + 1


@pytest.mark.parametrize("layout", [np.s_[::2], np.s_[::-1], np.s_[:, ::-1], np.s_[1:, 1:]])
def test_arrays_of_any_layout(layout):
    a = np.arange(24.0).reshape(4, 6)
    same(gt.asarray(a[layout]), a[layout])
    same(gt.asarray(a[layout].T), a[layout].T)
    same(gt.asarray(a[layout].astype(">f8")), a[layout])


def test_array_of_rank_0():
    same(gt.asarray(np.array(2.5)), np.array(2.5))
    same(gt.asarray(np.array(2.5, ">f4")), np.array(2.5, np.float32))


@pytest.mark.parametrize(
    "value",
    [
        "text",
        b"bytes",
        1j,
        [1j],
        None,
        {},
        {1},
        [None],
        ["a"],
        object(),
        np.array(["a"]),
        np.array([1j]),
        np.array([object()]),
        np.ones(2, np.float16),
        np.ones(2, np.uint8),
    ],
)
def test_no_numbers_are_a_type_error(value):
    with pytest.raises(TypeError):
        gt.asarray(value)


@pytest.mark.parametrize(
    "value", [[[1, 2], [3]], [[1], 2], [[1.0], []], [np.ones(2), np.ones(3)], [2**70], [2**63]]
)
def test_ragged_and_too_large_are_value_errors(value):
    with pytest.raises(ValueError):
        gt.asarray(value)


def test_tensors_in_lists_are_stacked_and_pass_derivatives():
    x, y = gt.asarray(2.0), gt.asarray(3.0)
    with gt.GradientTape() as tape:
        tape.watch([x, y])
        z = gt.asarray([[x, 1.0], [y, x * y]])
        s = gt.sum(z * gt.asarray([[1.0, 2.0], [3.0, 4.0]]))
    assert z.dtype == "float32" and z.shape == (2, 2)
    assert [g.item() for g in tape.gradient(s, [x, y])] == [1 + 4 * 3, 3 + 4 * 2]
    assert gt.asarray([gt.asarray([1, 2]), [3, 4]]).tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError):
        gt.asarray([gt.asarray([1.0, 2.0]), gt.asarray(1.0)])


def test_constant_and_convert_to_tensor():
    assert gt.constant(2.0, shape=(2, 2)).tolist() == [[2, 2], [2, 2]]
    assert gt.constant([1, 2, 3, 4], shape=(2, 2), dtype="float64").tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError):
        gt.constant([1, 2, 3], shape=(2, 2))
    x = gt.asarray([1.0])
    assert gt.convert_to_tensor(x) is x
    with pytest.raises(TypeError):
        gt.convert_to_tensor(x, dtype="int32")


def test_asarray_of_a_variable_is_its_present_value():
    v = gt.Variable([1.0, 2.0])
    kept = gt.asarray(v)
    v.assign([3.0, 4.0])
    assert type(kept) is gt.Tensor and kept.tolist() == [1, 2]


def test_asarray_shares_or_copies():
    x = gt.asarray([1.0])
    assert gt.asarray(x) is x and gt.asarray(x, copy=False) is x and gt.asarray(x, copy=True) is not x
    for call in (
        lambda: gt.asarray([1.0], copy=False),
        lambda: gt.asarray(x, dtype="int32", copy=False),
        lambda: gt.asarray(1, device="gpu"),
        lambda: x.to_device("gpu"),
    ):
        with pytest.raises(ValueError):
            call()
    assert x.to_device("cpu") is x and x.device == "cpu"


@pytest.mark.parametrize("value", [3.0, [[1, 2], [3, 4]], [True, False], np.zeros((0, 3)), np.int64(7)])
def test_tensors_pickle_and_copy(value):
    x = gt.asarray(value)
    for made in (pickle.loads(pickle.dumps(x)), copy.copy(x), copy.deepcopy(x)):
        same(made, np.asarray(x))


def test_variables_pickle_and_copy():
    v = gt.Variable([1.0, 2.0], name="w", trainable=False, dtype="float64")
    for made in (pickle.loads(pickle.dumps(v)), copy.copy(v), copy.deepcopy(v)):
        assert type(made) is gt.Variable and made is not v
        assert made.name == v.name and made.trainable is False and made.dtype == "float64"
        made.assign_add([1.0, 1.0])
    assert v.tolist() == [1, 2]


def test_dtypes_pickle():
    for dtype in (gt.bool, gt.int32, gt.int64, gt.float32, gt.float64):
        assert pickle.loads(pickle.dumps(dtype)) == dtype


@pytest.mark.parametrize("values", [[0.5, 1.5, 2.5], (1.0, 2.0, 3.0), [1, 2.5, 3], [np.float32(0.5), 1, 2]])
def test_floats_in_a_list_do_not_become_ints_unseen(values):
    t, v = gt.asarray([1, 2, 3]), gt.Variable([1, 2, 3])
    for call in (
        lambda: t + values,
        lambda: values * t,
        lambda: t == values,
        lambda: gt.where(t > 1, t, values),
        lambda: gt.asarray(values, dtype="int64"),
        lambda: v.assign(values),
    ):
        with pytest.raises(TypeError, match="floats in"):
            call()
    assert v.tolist() == [1, 2, 3]


def test_ints_in_a_list_that_do_not_fit_are_refused():
    for call in (lambda: gt.asarray([1]) + [2**40], lambda: gt.asarray([2**31], dtype="int32")):
        with pytest.raises(ValueError, match="too large for int32"):
            call()
    assert (gt.asarray([1], dtype="int64") + [2**40]).tolist() == [2**40 + 1]
    assert (gt.asarray([1.0]) + [2**40]).tolist() == [2.0**40]


def test_arrays_that_are_not_aligned():
    values = np.frombuffer(b"\0" + np.array([1.5, -2.0]).tobytes(), "uint8")[1:].view("float64")
    assert not values.flags.aligned
    assert gt.asarray(values).tolist() == [1.5, -2.0]
    assert (gt.asarray([1.0, 1.0], dtype="float64") * values).tolist() == [1.5, -2.0]
    assert gt.asarray(values, dtype="float32").tolist() == [1.5, -2.0]


def test_masked_arrays_are_refused():
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    t = gt.asarray([1.0, 2.0])
    for call in (
        lambda: gt.asarray(masked),
        lambda: gt.constant(masked),
        lambda: gt.asarray([masked, masked]),
        lambda: gt.Variable(masked),
        lambda: gt.sum(masked),
        lambda: gt.grad(gt.sum)(masked),
        lambda: np.add(masked, t),
    ):
        with pytest.raises(TypeError, match="filled"):
            call()
    assert gt.asarray(masked.filled(0.0)).tolist() == [0, 2]
