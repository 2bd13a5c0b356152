"""Indexing and `.at` agree with NumPy for every key, and their derivatives with finite differences."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from support import check_gradient

import gradtape as gt

A = np.arange(24.0).reshape(2, 3, 4)
X = gt.asarray(A)
PARTS = [
    0,
    -1,
    slice(None, None, -1),
    slice(5, 0, -2),
    slice(1, 1),
    None,
    Ellipsis,
    [0, 1],
    np.array([[0, -1], [1, 0]]),
]


def agree(x, a, key):
    try:
        expected = a[key]
    except IndexError:
        with pytest.raises(IndexError):
            x[key]
        return
    found = x[key]
    assert found.shape == expected.shape, key
    np.testing.assert_array_equal(found.numpy(), expected, err_msg=repr(key))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_mixture_of_parts(length):
    for key in itertools.product(PARTS, repeat=length):
        agree(X, A, key)


@pytest.mark.parametrize(
    "key",
    [
        (),
        Ellipsis,
        True,
        False,
        A > 5,
        A < 0,
        A[:, :, 0] > 5,
        np.array([True, False]),
        (slice(None), np.array([True, False, True])),
        (0, np.array([True, False, True])),
        ([0, 1], np.array([True, False, True])),
        (Ellipsis, A[0, 0] > 1),
        (A[0] > -1)[None].repeat(2, 0),
        [True, False],
        [],
        np.zeros((0, 2), int),
        np.int64(1),
        (np.int32(1), slice(None)),
        range(2),
    ],
)
def test_masks_and_others(key):
    agree(X, A, key)


@given(st.data())
def test_basic_indices_of_any_shape(data):
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    a = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    agree(gt.asarray(a), a, data.draw(hnp.basic_indices(shape, allow_newaxis=True)))


@given(st.data())
def test_integer_arrays_of_any_shape(data):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    a = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    agree(gt.asarray(a), a, data.draw(hnp.integer_array_indices(shape)))


def test_masks_of_nothing():
    for key, shape in (
        (np.zeros(0, bool), (0, 3, 4)),
        (np.zeros((2, 0), bool), (0, 4)),
        (np.zeros((0, 3, 4), bool), (0,)),
    ):
        assert X[key].shape == X[gt.asarray(key)].shape == shape
    assert gt.zeros((0, 2))[np.zeros((0, 2), bool)].shape == (0,)


def test_tensors_as_indices():
    agree(X, A, 0)
    for key in (
        gt.asarray(1),
        gt.asarray([1, 0, -1]),
        gt.asarray(A > 3),
        (gt.asarray(1), gt.asarray([2, 0])),
    ):
        np.testing.assert_array_equal(
            X[key].numpy(),
            A[tuple(np.asarray(k) for k in key) if isinstance(key, tuple) else np.asarray(key)],
        )


def test_indices_without_a_value():
    @gt.function
    def f(x, i, j):
        return x[i], x[:, j], x[i, j]

    a = f(X, gt.asarray([1, -1]), gt.asarray(-1))
    for found, expected in zip(a, (A[[1, -1]], A[:, -1], A[[1, -1], -1])):
        np.testing.assert_array_equal(found.numpy(), expected)


@pytest.mark.parametrize(
    "key",
    [
        2,
        -3,
        (0, 3),
        [2],
        [0, -3],
        "a",
        1.5,
        [0.5],
        (0, 0, 0, 0),
        (Ellipsis, Ellipsis),
        np.array([True]),
        np.ones((2, 2), bool),
        slice(1.5),
        ([0, 1], [0, 1, 2]),
        gt.asarray(2),
        gt.asarray(1.0),
        gt.asarray([5]),
        (0, True),
    ],
)
def test_what_is_no_index(key):
    with pytest.raises(IndexError):
        X[key]


def test_length_iteration_and_membership():
    assert len(X) == 2 and [row.shape for row in X] == [(3, 4)] * 2
    np.testing.assert_array_equal(np.stack([row.numpy() for row in X]), A)
    assert list(gt.zeros((0, 2))) == [] and 5.0 in X and -1.0 not in X
    a, b = gt.asarray([1.0, 2.0])
    assert (a.item(), b.item()) == (1, 2)
    for call in (len, iter, list):
        with pytest.raises(TypeError):
            call(gt.asarray(1.0))


def test_items_are_not_assigned():
    with pytest.raises(TypeError, match=r"\.at\[0\]\.set\(value\)"):
        X[0] = 1.0
    with pytest.raises(TypeError, match="assign"):
        gt.Variable([1.0])[0] = 1.0


KEYS = [
    0,
    -1,
    Ellipsis,
    np.s_[:, 1],
    np.s_[::2, ::-1],
    np.s_[..., None, 0],
    [0, 0, 1],
    np.s_[:, [2, 0, 2]],
    A > 7,
    ([0, 1], [2, 2]),
    [],
    np.s_[5:],
]


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize(
    "name, ufunc",
    [
        ("add", np.add),
        ("multiply", np.multiply),
        ("min", np.minimum),
        ("max", np.maximum),
        ("subtract", np.subtract),
        ("divide", np.divide),
    ],
)
def test_at_as_ufuncs_at(key, name, ufunc):
    values = np.random.default_rng(0).uniform(0.5, 20, A[key].shape)
    expected = A.copy()
    ufunc.at(expected, key, values)
    np.testing.assert_allclose(getattr(X.at[key], name)(values).numpy(), expected)
    one = A.copy()
    ufunc.at(one, key, 2.0)
    np.testing.assert_allclose(getattr(X.at[key], name)(2.0).numpy(), one)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_at_set_and_get(key):
    values = -np.arange(1.0, A[key].size + 1).reshape(A[key].shape)
    expected = A.copy()
    expected[key] = values
    np.testing.assert_array_equal(X.at[key].set(values).numpy(), expected)
    np.testing.assert_array_equal(X.at[key].get().numpy(), A[key])


def test_at_keeps_dtypes_and_refuses_others():
    whole = gt.asarray([1, 2, 3])
    assert whole.at[0].set(5).dtype == "int32" and whole.at[0].set(True).tolist() == [1, 2, 3]
    assert gt.asarray([True, False]).at[1].set(True).tolist() == [True, True]
    assert gt.zeros(2).at[0].add(np.float64(0.5)).dtype == "float32"
    assert gt.asarray(1.0).at[()].set(2.0).item() == 2 and gt.asarray([1.0]).at[gt.asarray(0)].set(
        3
    ).tolist() == [3]
    for call in (
        lambda: whole.at[0].set(0.5),
        lambda: whole.at[0].set(gt.asarray(1.0)),
        lambda: whole.at[:2].divide(2),
    ):
        with pytest.raises((TypeError, ValueError)):
            call()
    with pytest.raises(ValueError):
        whole.at[:2].set([1, 2, 3])
    with pytest.raises(IndexError):
        whole.at[3].set(1)


@pytest.mark.parametrize(
    "key", [0, np.s_[:, ::-2], [1, 0, 1], np.s_[:, [2, 0], None], A > 4, ([0, 1], [2, 0])], ids=str
)
def test_derivatives_of_indexing_and_at(key):
    rng = np.random.default_rng(1)
    x, v = rng.normal(size=A.shape), rng.normal(size=A[key].shape)
    check_gradient(lambda x: x[key] ** 2, x)
    for name in ("set", "add", "multiply", "divide", "min", "max"):
        check_gradient(lambda x, v: getattr(x.at[key], name)(v) ** 2, x, v + 3 * (name == "divide"))


def test_second_derivatives_of_at():
    x = gt.asarray([1.0, 2.0, 3.0], dtype="float64")
    hessian = gt.hessian(lambda x: gt.sum(x.at[[0, 0]].multiply(x[1:]) ** 2))(x)
    # The function is (x0 x1 x2)^2 + x1^2 + x2^2.
    a, b, c = 1.0, 2.0, 3.0
    expected = [
        [2 * (b * c) ** 2, 4 * a * b * c * c, 4 * a * b * b * c],
        [4 * a * b * c * c, 2 * (a * c) ** 2 + 2, 4 * a * a * b * c],
        [4 * a * b * b * c, 4 * a * a * b * c, 2 * (a * b) ** 2 + 2],
    ]
    np.testing.assert_allclose(hessian.numpy(), expected)
