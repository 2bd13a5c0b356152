"""NumPy and gradtape together: ufuncs, mixed operands, promotion, buffers, DLPack, other processes."""

import multiprocessing
import operator
import sys

import numpy as np
import pytest

import gradtape as gt
from gradtape import _numpy_ufuncs


@pytest.mark.parametrize("name", sorted(_numpy_ufuncs._NAMES))
def test_ufuncs_are_ops(name):
    ufunc = getattr(np, name, None)
    if ufunc is None:
        ufunc = getattr(pytest.importorskip("scipy.special"), name, None)
        if ufunc is None:
            pytest.skip("this NumPy has no such ufunc")
    kind = "?" if "logical" in name else "d" if "d" in "".join(ufunc.types) else "i"
    x = np.array({"?": [True, False], "i": [5, 6], "d": [0.25, 0.75]}[kind]) + (name == "arccosh")
    inputs = [x, x[::-1].copy()][: ufunc.nin]
    found = ufunc(*map(gt.asarray, inputs))
    assert isinstance(found, gt.Tensor)
    np.testing.assert_allclose(found.numpy(), ufunc(*inputs), rtol=1e-12)


def test_ufuncs_record_on_tapes():
    x = gt.Variable([0.5, 1.0], dtype="float64")
    with gt.GradientTape() as tape:
        y = np.sin(x) * np.array([2.0, 3.0]) + np.float64(1)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), np.cos([0.5, 1.0]) * [2, 3])


@pytest.mark.parametrize("op", ["add", "sub", "mul", "truediv", "pow", "matmul", "lt", "eq"])
def test_arrays_left_and_right(op):
    a, t = np.array([1.0, 2.0]), gt.asarray([3.0, 4.0], dtype="float64")
    function = getattr(operator, op)
    for found, expected in (
        (function(a, t), function(a, t.numpy())),
        (function(t, a), function(t.numpy(), a)),
    ):
        assert isinstance(found, gt.Tensor)
        np.testing.assert_allclose(found.numpy(), expected)


@pytest.mark.parametrize("op", ["lt", "le", "gt", "ge", "eq", "ne", "add", "sub", "mul", "truediv"])
@pytest.mark.parametrize("scalar", [np.float64(0.1), np.float32(0.1), np.int64(3), np.int32(3)])
def test_scalars_of_numpy_left_and_right(op, scalar):
    function = getattr(operator, op)
    for dtype in ("float32", "float64"):
        t = gt.asarray([0.1, 3.0, -1.0], dtype=dtype)
        same = t.numpy().dtype.type(scalar)
        for found, expected in (
            (function(scalar, t), function(same, t.numpy())),
            (function(t, scalar), function(t.numpy(), same)),
        ):
            np.testing.assert_array_equal(found.numpy(), expected)
            assert found.numpy().dtype == expected.dtype


def test_functions_of_numpy_read_the_values():
    t = gt.asarray([[1.0, 2.0], [3.0, 4.0]])
    for function in (
        np.mean,
        np.sum,
        np.max,
        np.std,
        np.sort,
        np.cumsum,
        np.linalg.norm,
        np.argmax,
        np.transpose,
        np.any,
    ):
        found = function(t)
        assert not isinstance(found, gt.Tensor)
        np.testing.assert_allclose(found, function(t.numpy()))
    assert np.add.reduce(t, axis=0).tolist() == [4, 6] and np.gcd(gt.asarray(6), 4) == 2
    a = np.zeros((2, 2))
    a += t
    a[0] = t[1]
    assert a.tolist() == [[3, 4], [3, 4]]


def test_results_are_not_stored_in_tensors():
    t = gt.asarray([1.0])
    for call in (
        lambda: np.add(t, t, out=t),
        lambda: np.add(np.ones(1), 1, out=(t,)),
        lambda: np.add(t, 1, where=[True]),
    ):
        with pytest.raises(TypeError):
            call()


PROMOTED = [
    ("bool", "bool", "bool"),
    ("int32", "int32", "int32"),
    ("int32", "int64", "int64"),
    ("int64", "int64", "int64"),
    ("float32", "float32", "float32"),
    ("float32", "float64", "float64"),
    ("float64", "float64", "float64"),
]


@pytest.mark.parametrize("left, right, result", PROMOTED)
def test_promotion_within_a_kind(left, right, result):
    for a, b in ((left, right), (right, left)):
        assert gt.result_type(gt.ones(1, a).dtype, gt.ones(1, b)) == result
        if result != "bool":
            assert (gt.ones(1, a) + gt.ones(1, b)).dtype == result
            assert (gt.ones(1, a) * gt.ones(1, b).numpy()).dtype == result
            assert (gt.ones(1, a).numpy() * gt.ones(1, b)).dtype == result


@pytest.mark.parametrize("left", ["bool", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("right", ["bool", "int32", "int64", "float32", "float64"])
def test_kinds_do_not_mix(left, right):
    if left.rstrip("0123456789") != right.rstrip("0123456789"):
        with pytest.raises(TypeError):
            gt.ones(1, left) + gt.ones(1, right)
        with pytest.raises(TypeError):
            gt.result_type(gt.ones(1, left), gt.ones(1, right))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
def test_numbers_take_the_tensors_dtype(dtype):
    t = gt.ones(2, dtype)
    for number in (2, np.int64(2), np.int32(2)) + (
        (2.5, np.float64(2.5), np.float32(2.5)) if "float" in dtype else ()
    ):
        for found in (t * number, number * t, t - number, number - t):
            assert found.dtype == dtype
    assert gt.result_type(gt.int64, 1) == "int64" and gt.result_type(1, 2.0, gt.float64) == "float64"
    with pytest.raises(TypeError):
        gt.result_type(gt.int32, 1.5)


def test_buffers_share_memory_and_are_read_only():
    t = gt.asarray([[1.0, 2.0], [3.0, 4.0]])
    view = memoryview(t)
    assert view.shape == (2, 2) and view.format == "f" and view.readonly and view.tolist() == [[1, 2], [3, 4]]
    assert np.shares_memory(np.asarray(t), t.numpy()) and not t.numpy().flags.writeable
    del t
    assert view[1, 1] == 4
    assert np.asarray(gt.asarray([1.0]), dtype="float64").dtype == "float64"
    copied = np.array(gt.asarray([1.0]))
    copied[0] = 2


@pytest.mark.parametrize("dtype", ["bool", "int32", "int64", "float32", "float64"])
def test_dlpack_both_ways(dtype):
    t = gt.asarray([[1, 0, 1], [0, 1, 1]], dtype=dtype)
    a = np.from_dlpack(t)
    assert a.dtype == dtype and np.shares_memory(a, t.numpy())
    if np.lib.NumpyVersion(np.__version__) >= "2.1.0":  # older versions do not export what cannot be written to
        np.testing.assert_array_equal(gt.from_dlpack(t.numpy()).numpy(), t.numpy())
    back = gt.from_dlpack(t.numpy().copy())
    np.testing.assert_array_equal(back.numpy(), t.numpy())
    a = np.arange(6).astype(dtype).reshape(2, 3)
    np.testing.assert_array_equal(gt.from_dlpack(a, copy=True).numpy(), a)
    np.testing.assert_array_equal(gt.from_dlpack(a.T).numpy(), a.T)
    assert t.__dlpack_device__() == (1, 0)
    for shape in ((), (0,), (2, 0, 3), (1,)):
        np.testing.assert_array_equal(np.from_dlpack(gt.zeros(shape, dtype)), np.zeros(shape, dtype))
    with pytest.raises((TypeError, AttributeError)):
        gt.from_dlpack(object())


def test_memory_outlives_the_tensor():
    a = np.from_dlpack(gt.arange(1000))
    others = [gt.zeros(1000) for _ in range(10)]
    assert a.sum() == 499500 and len(others) == 10


def test_torch_both_ways():
    torch = pytest.importorskip("torch")
    t = gt.asarray([[1.0, 2.0], [3.0, 4.0]])
    assert torch.from_dlpack(t).tolist() == t.tolist()
    assert gt.asarray(torch.ones(2, 3).T).shape == (3, 2) and gt.from_dlpack(torch.arange(3)).tolist() == [
        0,
        1,
        2,
    ]


def test_jax_both_ways():
    jax = pytest.importorskip("jax")
    assert jax.dlpack.from_dlpack(gt.asarray([1.0, 2.0])).tolist() == [1, 2]
    assert gt.from_dlpack(jax.numpy.arange(3.0)).tolist() == [0, 1, 2]


def _norm(t):
    return gt.sum(t * t)


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_tensors_go_to_other_processes(method):
    if method not in multiprocessing.get_all_start_methods() or sys.platform == "darwin" and method == "fork":
        pytest.skip(f"no {method} here")
    if method == "spawn":
        with multiprocessing.get_context(method).Pool(1) as pool:
            found = pool.map(gt.square, [gt.asarray([1.0, 2.0])])
        assert found[0].tolist() == [1, 4]
    else:
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert [n.item() for n in pool.map(_norm, [gt.asarray([1.0, 2.0]), gt.asarray([3.0])])] == [5, 9]
