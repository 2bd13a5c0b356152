"""The array API's functions agree with NumPy's over shapes and dtypes, and their derivatives with finite
differences.
"""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support import arrays, check_gradient, close

import gradtape as gt
from gradtape import _array_api, _array_api_linalg

pytest.importorskip("numpy", minversion="2.1")  # which has the array API's names to compare with

UNARY = (
    "abs acos acosh asin asinh atan atanh ceil cos cosh exp expm1 floor isfinite isinf isnan log log10 "
    "log1p log2 negative positive reciprocal round sign sin sinh sqrt square tan tanh trunc signbit conj "
    "real imag"
).split()
BINARY = (
    "add subtract multiply divide atan2 hypot maximum minimum equal not_equal less less_equal greater "
    "greater_equal copysign logaddexp floor_divide remainder nextafter"
).split()
OTHER_NAMES = {
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atanh": "arctanh",
    "atan2": "arctan2",
}


def of_numpy(name):
    return getattr(np, OTHER_NAMES.get(name, name))


def test_the_namespace_has_every_name_once():
    assert sorted(set(_array_api.__all__)) == sorted(_array_api.__all__)
    for name in _array_api.__all__:
        assert hasattr(gt, name), name
    for name in _array_api_linalg.__all__:
        assert hasattr(_array_api_linalg, name), name
    standard = gt.asarray(1).__array_namespace__()
    assert standard.__array_api_version__ == gt.__array_api_version__ == "2024.12"
    assert all(hasattr(standard, name) for name in _array_api.__all__) and standard.linalg.svd(
        gt.eye(2)
    ).S.shape == (2,)
    with pytest.raises(ValueError):
        gt.asarray(1).__array_namespace__(api_version="1999.01")


def test_functions_say_what_they_do():
    for module in (_array_api, _array_api_linalg):
        for name in module.__all__:
            function = getattr(module, name)
            assert not inspect.isfunction(function) or function.__doc__, name


@pytest.mark.parametrize("name", UNARY)
@given(x=arrays())
def test_elementwise(name, x):
    with np.errstate(all="ignore"):
        close(getattr(gt, name)(gt.asarray(x)), of_numpy(name)(x))


@pytest.mark.parametrize("name", BINARY)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3), data=st.data())
def test_elementwise_of_two(name, shapes, data):
    x, y = (data.draw(arrays(shape=shape)) for shape in shapes.input_shapes)
    with np.errstate(all="ignore"):
        close(getattr(gt, name)(gt.asarray(x), gt.asarray(y)), of_numpy(name)(x, y))


@pytest.mark.parametrize(
    "name", "bitwise_and bitwise_or bitwise_xor add subtract multiply maximum minimum".split()
)
@given(x=arrays(np.int64, (3, 2)), y=arrays(np.int64, (2,)))
def test_integers(name, x, y):
    close(getattr(gt, name)(gt.asarray(x), gt.asarray(y)), getattr(np, name)(x, y))


def test_each_nan_is_distinct():
    found = gt.unique_all(gt.asarray([np.nan, 1.0, np.nan, 1.0]))
    assert found.counts.tolist() == [2, 1, 1] and found.indices.tolist() == [1, 0, 2]
    assert found.inverse_indices.tolist() == [1, 0, 2, 0]


def test_bits():
    x = np.array([5, -6, 0], np.int32)
    t = gt.asarray(x)
    close(~t, ~x), close(t << 3, x << 3), close(t >> 1, x >> 1), close(t & 4, x & 4), close(
        1 | t, 1 | x
    ), close(t ^ t, x ^ x)
    b = gt.asarray([True, False])
    assert (
        (~b).tolist() == [False, True]
        and (b & True).tolist() == [True, False]
        and (b ^ b).tolist() == [False, False]
    )
    for call in (lambda: t << 1.0, lambda: gt.asarray(1.0) & gt.asarray(1.0), lambda: b & t):
        with pytest.raises(TypeError):
            call()


def axes(shape):
    return st.none() | hnp.valid_tuple_axes(len(shape)) if shape else st.none()


@pytest.mark.parametrize("name", "sum prod mean var std max min all any count_nonzero".split())
@given(data=st.data())
def test_reductions(name, data):
    least = 1 if name in ("max", "min", "mean", "var", "std") else 0
    x = data.draw(arrays(shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=least, max_side=3)))
    axis, keepdims = data.draw(axes(x.shape)), data.draw(st.booleans())
    close(
        getattr(gt, name)(gt.asarray(x), axis=axis, keepdims=keepdims),
        getattr(np, name)(x, axis=axis, keepdims=keepdims),
        1e-6,
    )


def test_reductions_of_other_dtypes_and_of_nothing():
    assert (
        gt.sum(gt.asarray([1, 2])).dtype == "int32"
        and gt.sum(gt.asarray([1, 2]), dtype="float64").dtype == "float64"
    )
    assert gt.sum(gt.asarray([True, True])).item() == 2 and gt.prod(gt.zeros(0)).item() == 1
    x = gt.asarray(np.arange(6.0).reshape(2, 3))
    close(gt.var(x, axis=0, correction=1), np.var(np.arange(6.0).reshape(2, 3), axis=0, ddof=1))
    close(gt.std(x, correction=0.5), np.std(np.arange(6.0), ddof=0.5))
    assert np.isnan(gt.var(gt.asarray([1.0]), correction=1).item())
    for call in (
        lambda: gt.max(gt.zeros(0)),
        lambda: gt.min(gt.zeros((2, 0)), axis=1),
        lambda: gt.sum(x, axis=2),
        lambda: gt.mean(gt.asarray([1, 2])),
    ):
        with pytest.raises((ValueError, TypeError)):
            call()


@given(data=st.data())
def test_running_sums_sorting_and_searching(data):
    x = data.draw(
        arrays(data.draw(st.sampled_from([np.float64, np.int64])), hnp.array_shapes(max_dims=3, max_side=4))
    )
    axis, t = data.draw(st.integers(-x.ndim, x.ndim - 1)), gt.asarray(x)
    close(gt.cumulative_sum(t, axis=axis), np.cumsum(x, axis))
    close(
        gt.cumulative_prod(t, axis=axis, include_initial=True),
        np.cumulative_prod(x, axis=axis, include_initial=True),
    )
    close(gt.sort(t, axis=axis), np.sort(x, axis))
    close(gt.sort(t, axis=axis, descending=True), -np.sort(-x, axis))
    close(gt.argsort(t, axis=axis), np.argsort(x, axis, kind="stable"))
    close(gt.argsort(t, axis=axis, descending=True), np.argsort(-x, axis, kind="stable"))
    close(gt.argmax(t, axis=axis, keepdims=True), np.argmax(x, axis, keepdims=True))
    close(gt.argmin(t), np.argmin(x))
    close(gt.diff(t, axis=axis, n=2), np.diff(x, 2, axis))
    close(gt.flip(t, axis=axis), np.flip(x, axis))
    for found, expected in zip(gt.nonzero(t), np.nonzero(x)):
        close(found, expected)
    line = np.sort(x.reshape(-1))
    close(gt.searchsorted(gt.asarray(line), t, side="right"), np.searchsorted(line, x, "right"))
    found, expected = gt.unique_all(t), np.unique_all(x)
    for name in ("values", "indices", "inverse_indices", "counts"):
        close(getattr(found, name), getattr(expected, name))
    for name in ("unique_counts", "unique_inverse", "unique_values"):
        close(
            np.asarray(getattr(gt, name)(t)[0] if "values" not in name else gt.unique_values(t)),
            expected.values,
        )
    order = gt.argsort(t, axis=axis)
    close(gt.take_along_axis(t, order, axis=axis), np.sort(x, axis))
    close(gt.take(t, gt.asarray([0, -1]), axis=axis), np.take(x, [0, -1], axis))


@given(data=st.data())
def test_manipulation(data):
    x = data.draw(arrays(shape=hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3)))
    axis, t = data.draw(st.integers(-x.ndim, x.ndim - 1)), gt.asarray(x)
    close(gt.concat([t, t, t], axis=axis), np.concatenate([x, x, x], axis))
    close(gt.concat([t, t], axis=None), np.concatenate([x, x], None))
    close(gt.stack([t, t], axis=axis), np.stack([x, x], axis))
    close(gt.moveaxis(t, axis, 0), np.moveaxis(x, axis, 0))
    close(gt.roll(t, 2, axis=axis), np.roll(x, 2, axis)), close(gt.roll(t, -1), np.roll(x, -1))
    close(gt.repeat(t, 2, axis=axis), np.repeat(x, 2, axis))
    close(gt.tile(t, (2, 1, 1, 2)), np.tile(x, (2, 1, 1, 2))), close(gt.tile(t, (2,)), np.tile(x, (2,)))
    close(gt.permute_dims(t, tuple(reversed(range(x.ndim)))), x.T), close(t.T, x.T)
    close(gt.squeeze(gt.expand_dims(t, axis=axis), axis=axis), x)
    for found, expected in zip(gt.unstack(t, axis=axis), np.moveaxis(x, axis, 0)):
        close(found, expected)
    close(gt.reshape(t, (-1,)) if x.size else gt.reshape(t, (0,)), x.reshape(-1))
    for found, expected in zip(
        gt.broadcast_arrays(t, gt.zeros((2, 1, 1, 1))), np.broadcast_arrays(x, np.zeros((2, 1, 1, 1)))
    ):
        close(found, expected)


def test_tensorflow_calls_of_the_same_names():
    x = gt.asarray([[1.0, 2.0], [3.0, 4.0]])
    assert gt.concat([x, x], 1).shape == (2, 4) and gt.concat(values=[x, x], axis=0).shape == (4, 2)
    assert gt.reshape(tensor=x, shape=[4]).shape == (4,) and gt.tile(x, [1, 2]).shape == (2, 4)
    assert len(gt.unstack(x, 2, 1)) == 2 and gt.expand_dims(x, 1).shape == (2, 1, 2)
    assert gt.sort(x, direction="DESCENDING").tolist() == [[2, 1], [4, 3]]
    assert gt.where(x > 2).tolist() == [[1, 0], [1, 1]] and gt.argmax(x, 1).tolist() == [1, 1]
    assert gt.zeros([2], gt.int32).dtype == "int32" and gt.ones_like(x, "float64").dtype == "float64"
    assert gt.eye(2, batch_shape=[3]).shape == (3, 2, 2) and gt.linspace(0.0, 1.0, 3).tolist() == [0, 0.5, 1]
    assert gt.matmul(x, x, transpose_b=True).tolist() == [[5, 11], [11, 25]]
    assert gt.zeros(gt.asarray([2, 3])).shape == (2, 3) and gt.ones((gt.asarray(2), 1)).shape == (2, 1)


def test_creation():
    close(gt.arange(5), np.arange(5)), close(gt.arange(5, 0, -2), np.arange(5, 0, -2))
    close(gt.arange(0.0, 1.0, 0.25), np.arange(0, 1, 0.25))
    assert [gt.arange(3).dtype.name, gt.arange(3.0).dtype.name, gt.arange(0).dtype.name] == [
        "int32",
        "float32",
        "int32",
    ]
    assert gt.arange(2**31, 2**31 + 2).dtype == "int64" and gt.arange(3, dtype="float64").dtype == "float64"
    close(gt.linspace(0, 1, 5, endpoint=False), np.linspace(0, 1, 5, endpoint=False), 1e-7)
    assert gt.linspace(0, 1, 0).shape == (0,) and gt.linspace(0, 1, 1).tolist() == [0]
    close(gt.eye(2, 3, k=1), np.eye(2, 3, 1)), close(gt.full((2, 2), 7), np.full((2, 2), 7))
    for found, expected in zip(
        gt.meshgrid(gt.arange(2), gt.arange(3)), np.meshgrid(np.arange(2), np.arange(3))
    ):
        close(found, expected)
    close(gt.tril(gt.ones((3, 3)), k=-1), np.tril(np.ones((3, 3)), -1))


def test_dtypes():
    assert gt.isdtype(gt.int32, "integral") and gt.isdtype(gt.float32, ("bool", "real floating"))
    assert not gt.isdtype(gt.bool, "numeric") and gt.isdtype(gt.bool, gt.bool)
    assert gt.finfo(gt.float32).bits == 32 and gt.iinfo(gt.asarray(1)).max == 2**31 - 1
    assert (
        gt.can_cast(gt.int32, gt.int64)
        and not gt.can_cast(gt.int64, gt.int32)
        and not gt.can_cast(gt.int32, gt.float64)
    )
    info = gt.__array_namespace_info__()
    assert info.default_dtypes()["integral"] == gt.int32 and set(info.dtypes(kind="bool")) == {"bool"}
    assert divmod(gt.asarray(7), 2)[0].item() == 3 and divmod(7, gt.asarray(4))[1].item() == 3
    assert info.devices() == ["cpu"] and info.capabilities()["boolean indexing"]
    x = gt.asarray([1.5, -2.5])
    assert gt.astype(x, gt.int32).tolist() == [1, -2] and gt.astype(x, gt.float32, copy=False) is x
    for call in (
        lambda: gt.finfo(gt.int32),
        lambda: gt.iinfo(gt.float32),
        lambda: gt.isdtype(gt.int32, "nonsense"),
    ):
        with pytest.raises((TypeError, ValueError)):
            call()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: gt.log10(gt.abs(x) + 1),
        lambda x: gt.logaddexp(x, x * 2),
        lambda x: gt.copysign(x, -x * x),
        lambda x: gt.clip(x, -0.5, 0.5),
        lambda x: gt.var(x, axis=0, correction=1),
        lambda x: gt.std(x, correction=1),
        lambda x: gt.cumulative_prod(x, axis=1, include_initial=True),
        lambda x: gt.diff(x, axis=0, append=x[:1]),
        lambda x: gt.take(x, gt.asarray([0, 0, 1]), axis=1),
        lambda x: gt.unique_values(x),
        lambda x: gt.sort(x, axis=0),
        lambda x: gt.linspace(x[0, 0], x[1, 1], 4, endpoint=False),
        lambda x: gt.full((2,), x[0, 0]),
        lambda x: gt.meshgrid(x[0], x[1])[0],
        lambda x: gt.roll(x, 1) * x,
        lambda x: gt.tile(x, (2, 1, 2)),
        lambda x: gt.vecdot(x, x[0]),
        lambda x: gt.matrix_transpose(x) @ x,
        lambda x: gt.moveaxis(x[None], 0, -1),
        lambda x: gt.prod(x, axis=(0, 1)),
        lambda x: gt.concat([x, x * x], axis=None),
        lambda x: gt.square(x) / x,
    ],
)
def test_derivatives_of_compositions(function):
    check_gradient(function, np.random.default_rng(3).normal(size=(2, 3)) + 0.1)


def test_values_are_read_by_those_without_derivatives():
    @gt.function
    def f(x):
        return gt.nextafter(x, x)

    with pytest.raises(RuntimeError):
        f(gt.asarray([1.0]))


def test_log10_is_exact_at_powers_of_10():
    powers = np.array([10.0**k for k in range(-20, 23)])
    np.testing.assert_array_equal(gt.log10(gt.asarray(powers)).numpy(), np.arange(-20.0, 23))


def test_the_axis_may_be_given_by_position():
    x = gt.asarray([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
    for name in "sum prod max min mean std var all any count_nonzero argmax argmin flip".split():
        function, numpys = getattr(gt, name), getattr(np, name)
        for axis in (0, -1):
            expected = numpys(np.asarray(x), axis)
            np.testing.assert_allclose(np.asarray(function(x, axis)), expected, rtol=1e-6)
            np.testing.assert_allclose(np.asarray(function(x, axis=axis)), expected, rtol=1e-6)
    assert gt.sum(x, (0, 1)).item() == 5 and gt.mean(x, 1, keepdims=True).shape == (2, 1)
    assert gt.take(x, [2], 1).tolist() == [[3], [-6]] and gt.diff(x, 0).tolist() == [[3, 7, -9]]
    assert gt.take_along_axis(x, gt.argmax(x, 1)[:, None], 1).tolist() == [[3], [5]]
    assert gt.cumulative_sum(x, 0).tolist() == [[1, -2, 3], [5, 3, -3]]
    assert gt.vecdot(x, x, 0).tolist() == [17, 29, 45]
    np.testing.assert_allclose(gt.linalg.vector_norm(x, 1), np.linalg.norm(x.numpy(), axis=1), rtol=1e-6)
    assert gt.tril(x, -1).tolist() == [[0, 0, 0], [4, 0, 0]] and gt.full((2,), 3, gt.int64).dtype == "int64"
