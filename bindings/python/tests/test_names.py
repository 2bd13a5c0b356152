"""TensorFlow's names: parts, shapes, reductions, clipping, math, nn, linalg, random, control flow."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import gradtape as gt

A = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -6.0]])
P = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])
rng = np.random.default_rng(0)


def close(tensor, right, tolerance=1e-12):
    right = np.asarray(right)
    assert tensor.shape == right.shape
    return np.allclose(tensor, right, rtol=tolerance, atol=tolerance)


def value(tensor):
    return np.asarray(tensor).tolist()


def test_every_op_is_there_by_its_name():
    assert value(gt.relu6([7.0, -1.0])) == [6, 0] and gt.relu6 is gt.relu6
    assert "relu6" in dir(gt) and "keras" in dir(gt)
    for name in ("no_such_thing", "_private"):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(gt, name)


def test_ops_pickle():
    assert pickle.loads(pickle.dumps(gt.math.sin)) is gt.math.sin


# ---- reductions, shapes, parts


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis, keepdims=keepdims))


def euclidean(x, axis=None, keepdims=False):
    return np.sqrt(np.sum(x * x, axis, keepdims=keepdims))


@pytest.mark.parametrize(
    "ours, right",
    [
        (gt.reduce_sum, np.sum),
        (gt.reduce_mean, np.mean),
        (gt.reduce_prod, np.prod),
        (gt.reduce_max, np.max),
        (gt.reduce_min, np.min),
        (gt.reduce_std, np.std),
        (gt.reduce_variance, np.var),
        (gt.reduce_logsumexp, logsumexp),
        (gt.math.reduce_euclidean_norm, euclidean),
    ],
)
def test_reductions(ours, right):
    assert close(ours(A), right(A)) and close(ours(A, 1), right(A, 1))
    assert close(ours(input_tensor=A, axis=[0, 1], keepdims=True), right(A, (0, 1), keepdims=True))
    assert close(ours(A, axis=-1, keepdims=True, name="mine"), right(A, -1, keepdims=True))


def test_reductions_of_bools():
    assert value(gt.reduce_all(A > -7.0)) is True and value(gt.reduce_any(A > 0.0, axis=0)) == [
        True,
        True,
        True,
    ]
    assert value(gt.math.count_nonzero([[0, 1], [2, 3]], axis=1)) == [1, 2]


def test_shapes_as_tensors():
    x = gt.constant(A)
    assert (
        value(gt.shape(x)) == [2, 3]
        and gt.shape(x).dtype == gt.int32
        and gt.shape(x, gt.int64).dtype == gt.int64
    )
    assert (
        value(gt.rank(x)) == 2
        and value(gt.size(x)) == 6
        and value(gt.shape(1.0)) == []
        and value(gt.size([])) == 0
    )
    n = gt.reduce_prod(x.shape)
    assert gt.reshape(x, [n, 1]).shape == (6, 1) and gt.reshape(x, gt.shape(x)[::-1]).shape == (3, 2)
    assert gt.fill([gt.rank(x), n], 1.0).shape == (2, 6)


def test_making_tensors():
    assert value(gt.fill([2], 3)) == [3, 3] and gt.fill([], 1.0).shape == ()
    assert value(gt.range(3)) == [0, 1, 2] and value(gt.range(1, 2, 0.5)) == [1, 1.5]
    assert value(gt.range(3, 0, -1)) == [3, 2, 1] and gt.range(2, dtype=gt.float64).dtype == gt.float64
    assert value(gt.range(limit=gt.constant(3), start=1)) == [1, 2]
    assert value(gt.one_hot([0, 2, -1], 3)) == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert gt.one_hot([0], 2).dtype == gt.float32 and gt.one_hot([0], 2, 5, -1).dtype == gt.int32
    assert value(gt.one_hot([1, 0], 2, on_value=5, off_value=-1, axis=0)) == [[-1, 5], [5, -1]]
    assert value(gt.one_hot([1], 2, dtype=gt.bool)) == [[False, True]]
    assert gt.one_hot([1], 2, 2.0, dtype="float64").dtype == gt.float64
    assert value(gt.cast([1.7, -1.7], gt.int32)) == [1, -1] and value(gt.cast([0, 2], bool)) == [False, True]


def test_parts():
    x = gt.constant(A)
    assert close(gt.gather(x, [2, 0], axis=1), A[:, [2, 0]]) and close(gt.gather(x, 1), A[1])
    assert close(gt.gather(x, [[0], [2]], batch_dims=1), [[1.0], [-6.0]])
    assert close(gt.gather_nd(x, [[0, 1], [1, 2]]), [-2.0, -6.0])
    a, b = gt.split(x, [1, 2], axis=1)
    assert close(a, A[:, :1]) and close(b, A[:, 1:]) and isinstance(gt.split(x, 2), list)
    assert close(gt.slice(x, [0, 1], [-1, 2]), A[:, 1:]) and close(gt.reverse(x, [1]), A[:, ::-1])
    assert close(gt.transpose(x), A.T) and close(gt.transpose(a=x, perm=[1, 0]), A.T)
    assert close(gt.boolean_mask(x, [True, False]), A[:1])
    assert close(gt.einsum("ij,kj->ik", x, x), A @ A.T) and close(
        gt.einsum("ii->i", P, optimize="greedy"), np.diag(P)
    )
    assert close(gt.cumsum(x, axis=1, exclusive=True), np.cumsum(A, 1) - A)
    assert value(gt.scatter_nd([[1], [3]], [5.0, 6.0], [4])) == [0, 5, 0, 6]
    assert value(gt.tensor_scatter_nd_update([1.0, 2.0], [[1]], [7.0])) == [1, 7]
    assert value(gt.tensor_scatter_nd_add([1.0, 2.0], [[1]], [7.0])) == [1, 9]


def test_pad_with_a_tensor():
    lim = gt.reduce_max(gt.constant([1.0, 3.0]))
    assert value(gt.pad([1.0], [[1, 2]], constant_values=-lim)) == [-3, 1, -3, -3]
    assert value(gt.pad(tensor=[1, 2, 3], paddings=gt.constant([[2, 0]]), mode="REFLECT")) == [3, 2, 1, 2, 3]


def test_clipping():
    x = gt.constant([3.0, 4.0])
    assert np.allclose(gt.clip_by_norm(x, 1.0), [0.6, 0.8]) and value(
        gt.clip_by_norm(t=x, clip_norm=10.0)
    ) == [3, 4]
    assert value(gt.clip_by_value(x, clip_value_min=3.5, clip_value_max=3.75)) == [3.5, 3.75]
    (a, none, b), norm = gt.clip_by_global_norm([x, None, gt.constant(12.0)], 6.5)
    assert (
        value(a) == [1.5, 2]
        and none is None
        and value(b) == 6
        and value(norm) == 13
        and value(gt.global_norm([x, None])) == 5
    )
    (a,), norm = gt.clip_by_global_norm([x], 1.0, use_norm=2.0)
    assert value(a) == [1.5, 2] and value(norm) == 2
    assert value(gt.norm(x)) == 5 and value(gt.norm(tensor=[[3.0, 4.0]], ord=1, axis=1, keepdims=True)) == [
        [7]
    ]


# ---- math


def test_math():
    m = gt.math
    assert m.sin is gt.sin or value(m.sin(0.5)) == value(gt.sin(0.5))
    assert close(m.xlogy(A, A**2), A * np.log(A**2)) and value(m.divide_no_nan(1.0, 0.0)) == 0
    assert value(m.floormod(-7, 3)) == 2 and value(m.floordiv(-7, 3)) == -3 and value(m.truediv(7, 2)) == 3.5
    assert value(m.add_n([[1.0], [2.0], [3.0]])) == [6] and value(m.scalar_mul(2.0, [1.0])) == [2]
    assert value(m.argmax(A)) == [0, 1, 0] and value(m.argmin(input=A, axis=1, output_type=gt.int32)) == [
        1,
        2,
    ]
    assert m.argmax(A).dtype == gt.int64 and m.argmax(A, output_type=gt.int32).dtype == gt.int32
    assert close(m.polyval([2.0, 0.0, 1.0], A), 2 * A**2 + 1) and value(m.polyval([], 2.0)) == 0
    assert value(m.polygamma(1, np.float64(1))) == pytest.approx(np.pi**2 / 6)
    values, indices = m.top_k(A, 2)
    assert (
        value(values) == [[3, 1], [4, 0.5]]
        and value(indices) == [[2, 0], [1, 0]]
        and indices.dtype == gt.int32
    )
    assert value(m.reciprocal_no_nan([0.0, 2.0])) == [0, 0.5] and value(m.xdivy([0.0, 1.0], [0.0, 2.0])) == [
        0,
        0.5,
    ]
    assert value(gt.grad(lambda y: gt.reduce_sum(m.xdivy([0.0, 1.0], y)))([0.0, 2.0])[1]) == -0.25
    assert value(m.zero_fraction([0, 1, 0, 2])) == 0.5
    with pytest.raises(ValueError, match="add_n"):
        m.add_n([])


# ---- nn


def test_losses_and_activations():
    logits, labels = gt.constant(A), np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    log_p = A - np.log(np.exp(A).sum(1, keepdims=True))
    assert close(gt.nn.softmax(logits=logits), np.exp(log_p)) and close(
        gt.nn.log_softmax(logits, axis=-1), log_p
    )
    assert close(
        gt.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits), -(labels * log_p).sum(1)
    )
    assert close(
        gt.nn.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=logits), -log_p[[0, 1], [2, 0]]
    )
    s = 1 / (1 + np.exp(-A))
    assert close(gt.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits),
                 -labels * np.log(s) - (1 - labels) * np.log(1 - s), 1e-9)  # fmt: skip
    assert close(gt.nn.l2_loss(logits), (A**2).sum() / 2) and close(gt.nn.swish(logits), A * s)
    assert close(gt.nn.leaky_relu(logits, alpha=0.1), np.where(A > 0, A, 0.1 * A))
    assert close(gt.nn.relu(features=logits), np.maximum(A, 0))


def test_normalisation():
    mean, variance = gt.nn.moments(A, axes=[0], keepdims=True)
    assert close(mean, A.mean(0, keepdims=True)) and close(variance, A.var(0, keepdims=True))
    right = (A - A.mean(0)) / np.sqrt(A.var(0) + 0.1)
    assert close(gt.nn.batch_normalization(A, mean, variance, None, None, 0.1), right)
    assert close(
        gt.nn.batch_normalization(A, mean, variance, offset=2.0, scale=3.0, variance_epsilon=0.1),
        3 * right + 2,
    )


def test_convolutions():
    x, w = rng.normal(size=(1, 5, 5, 2)), rng.normal(size=(3, 3, 2, 4))
    right = np.zeros((1, 2, 2, 4))
    for i in range(2):
        for j in range(2):
            right[0, i, j] = np.tensordot(x[0, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3], w, 3)
    for strides in (2, [2, 2], [1, 2, 2, 1]):
        assert close(gt.nn.conv2d(x, w, strides=strides, padding="VALID"), right)
    assert gt.nn.conv2d(x, w, 1, [[0, 0], [1, 1], [2, 2], [0, 0]]).shape == (1, 5, 7, 4)
    y = gt.nn.conv2d_transpose(right, w, output_shape=[1, 5, 5, 2], strides=[2, 2], padding="VALID")
    assert y.shape == x.shape and np.sum(np.asarray(y) * x) == pytest.approx(np.sum(right**2))
    assert gt.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME").shape == (1, 5, 5, 8)
    assert close(
        gt.nn.conv1d([[[1.0], [2.0], [4.0]]], [[[1.0]], [[-1.0]]], stride=1, padding="VALID"),
        [[[-1.0], [-2.0]]],
    )
    assert close(gt.nn.max_pool2d(x, 2, 2, "VALID")[0, 0, 0], x[0, :2, :2].max((0, 1)))
    assert close(
        gt.nn.avg_pool2d(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")[0, 1, 1], x[0, 2:4, 2:4].mean((0, 1))
    )
    with pytest.raises(NotImplementedError, match="data_format 'NCHW'"):
        gt.nn.conv2d(x, w, 1, "VALID", data_format="NCHW")


def test_dropout_and_embedding():
    gt.random.set_seed(3)
    x = gt.ones([50, 4])
    y = np.asarray(gt.nn.dropout(x, rate=0.5, noise_shape=[50, 1]))
    assert set(np.unique(y)) == {0, 2} and np.all(y == y[:, :1])
    assert value(gt.nn.dropout(x, 0)) == value(x)
    with pytest.raises(ValueError, match="rate"):
        gt.nn.dropout(x, 1.5)
    table = np.array([[3.0, 4.0], [0.3, 0.4]])
    assert close(gt.nn.embedding_lookup(table, [1, 0, 1]), table[[1, 0, 1]])
    assert close(gt.nn.embedding_lookup(table, [[1, 0]], max_norm=1.0), [[[0.3, 0.4], [0.6, 0.8]]])


# ---- linalg


def test_linalg():
    la, b = gt.linalg, np.array([[1.0], [2.0], [3.0]])
    assert close(la.solve(P, b), np.linalg.solve(P, b)) and close(la.inv(P), np.linalg.inv(P), 1e-10)
    assert close(la.det(P), np.linalg.det(P), 1e-10) and close(la.logdet(P), np.log(np.linalg.det(P)), 1e-10)
    chol = la.cholesky(P)
    assert close(chol, np.linalg.cholesky(P)) and close(la.cholesky_solve(chol, b), np.linalg.solve(P, b))
    e, v = la.eigh(P)
    assert close(e, np.linalg.eigvalsh(P), 1e-10) and close(v @ la.diag(e) @ la.adjoint(v), P, 1e-10)
    s, u, v = la.svd(A)
    assert close(s, np.linalg.svd(A, compute_uv=False)) and close(
        u @ la.diag(s) @ la.matrix_transpose(v), A, 1e-10
    )
    assert close(la.svd(A, compute_uv=False), s)
    q, r = la.qr(P)
    assert (
        close(q @ r, P, 1e-10)
        and close(la.matvec(P, b[:, 0]), P @ b[:, 0])
        and close(la.matmul(A, A, transpose_b=True), A @ A.T)
    )
    sign, logabs = la.slogdet(P)
    assert value(sign) == 1 and close(logabs, np.linalg.slogdet(P)[1], 1e-10)
    assert close(la.lstsq(A.T, b), np.linalg.lstsq(A.T, b, rcond=None)[0], 1e-9)
    assert close(la.triangular_solve(chol, b, lower=True), np.linalg.solve(np.linalg.cholesky(P), b))
    assert close(la.band_part(P, 0, -1), np.triu(P)) and close(
        la.band_part(P, 1, 0), np.tril(P) - np.tril(P, -2)
    )
    assert (
        close(la.band_part(P, -1, -1), P)
        and close(la.trace(P), 9.0)
        and close(la.expm(np.zeros((2, 2))), np.eye(2))
    )
    unit, size = la.normalize(A, axis=1)
    assert close(unit * size, A) and size.shape == (2, 1)
    with pytest.raises(NotImplementedError, match="full_matrices"):
        la.svd(A, full_matrices=True)


@pytest.mark.parametrize("k, n", [(0, 2), (1, 2), (-1, 1), (2, 1)])
def test_set_diag(k, n):
    right = np.stack([A, 2 * A])
    new = np.arange(2.0 * n).reshape(2, n) + 10
    for i in range(n):
        right[:, i + max(-k, 0), i + max(k, 0)] = new[:, i]
    assert close(gt.linalg.set_diag(np.stack([A, 2 * A]), new, k=k), right)


def test_derivatives_of_factorisations():
    for f in (
        lambda x: gt.linalg.svd(x)[0],
        lambda x: gt.linalg.eigh(x + gt.transpose(x))[0],
        gt.linalg.logdet,
    ):
        j = np.asarray(gt.jacobian(f)(P))
        for i in [(0, 0), (1, 0), (1, 2)]:
            step = np.zeros((3, 3))
            step[i] = step[i[::-1]] = 1e-6
            along = (np.asarray(f(P + step)) - np.asarray(f(P - step))) / 2e-6
            assert np.allclose(np.tensordot(j, step / 1e-6, 2), along, atol=1e-7)


# ---- random


def test_random_numbers_repeat_after_a_seed():
    def draw():
        tensors = [gt.random.normal([3]), gt.random.uniform([2]), gt.random.normal([2], seed=5)]
        tensors += [gt.random.normal([2], seed=5), gt.random.truncated_normal([2])]
        return [value(t) for t in tensors]

    gt.random.set_seed(1)
    first = draw()
    gt.random.set_seed(1)
    assert draw() == first and draw() != first and first[2] != first[3]
    gt.random.set_seed(2)
    assert draw() != first


def test_stateless_numbers_depend_on_the_seed_alone():
    a = value(gt.random.stateless_normal([3], seed=[1, 2]))
    assert a == value(gt.random.stateless_normal([3], seed=gt.constant([1, 2])))
    assert a != value(gt.random.stateless_normal([3], seed=[2, 1]))
    u = gt.random.stateless_uniform([3], [1, 2], 5, 9, gt.int32)
    assert u.dtype == gt.int32 and set(value(u)) <= {5, 6, 7, 8}


def test_distributions():
    gt.random.set_seed(0)
    x = np.asarray(gt.random.normal([20000], 3.0, 2.0, gt.float64))
    assert x.mean() == pytest.approx(3, abs=0.1) and x.std() == pytest.approx(2, abs=0.1)
    x = np.asarray(gt.random.uniform([20000], -1.0, 3.0))
    assert x.min() >= -1 and x.max() < 3 and x.mean() == pytest.approx(1, abs=0.05)
    x = np.asarray(gt.random.uniform([1000], maxval=4, dtype=gt.int64))
    assert set(x) == {0, 1, 2, 3} and x.dtype == np.int64
    with pytest.raises(ValueError, match="maxval must be given for int32"):
        gt.random.uniform([2], dtype=gt.int32)
    x = np.asarray(gt.random.truncated_normal([20000], 1.0, 0.5))
    assert np.abs(x - 1).max() <= 1 and x.std() == pytest.approx(0.5 * 0.8796, rel=0.03)
    x = np.asarray(gt.random.categorical(np.log([[0.2, 0.8]]), 5000))
    assert x.shape == (1, 5000) and x.mean() == pytest.approx(0.8, abs=0.03)
    x = np.asarray(gt.random.shuffle(np.arange(20).reshape(10, 2)))
    assert (
        sorted(x[:, 0]) == list(range(0, 20, 2))
        and np.all(x[:, 1] == x[:, 0] + 1)
        and list(x[:, 0]) != sorted(x[:, 0])
    )


def test_derivatives_by_the_parameters_of_a_distribution():
    mean, stddev = gt.Variable([1.0, 2.0]), gt.Variable(3.0)
    with gt.GradientTape() as tape:
        x = gt.random.normal([2], mean, stddev)
    gm, gs = tape.gradient(x, [mean, stddev])
    assert value(gm) == [1, 1] and np.allclose(gs, gt.reduce_sum((x - mean) / stddev), atol=1e-5)


# ---- control flow


def test_control_flow():
    x = gt.Variable(2.0)
    with gt.GradientTape(persistent=True) as tape:
        y = gt.cond(x > 1.0, lambda: x * x, lambda: x)
        n, z = gt.while_loop(lambda n, z: n < 4, lambda n, z: (n + 1, z * x), (0, gt.constant(1.0)))
        m = gt.map_fn(
            lambda row: {"s": gt.reduce_sum(row["a"]) * row["b"]},
            {"a": gt.ones([3, 2]), "b": x * [1.0, 2.0, 3.0]},
        )
    assert value(tape.gradient(y, x)) == 4 and n == 4 and value(tape.gradient(z, x)) == 32
    assert value(m["s"]) == [4, 8, 12] and value(tape.gradient(m["s"], x)) == 12
    (n,) = gt.while_loop(lambda n: True, lambda n: n + 1, [0], maximum_iterations=3)
    assert n == 3
    for wrong in (
        lambda: gt.while_loop(lambda n: True, lambda n: (n, n), [0]),
        lambda: gt.map_fn(lambda r: r, np.ones((0, 2))),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_what_is_running():
    assert gt.is_tensor(gt.Variable(1.0)) and not gt.is_tensor(np.ones(2)) and gt.executing_eagerly()
    seen = []
    gt.function(lambda x: seen.append(gt.executing_eagerly()) or x)(gt.constant(1.0))
    assert seen == [False]
