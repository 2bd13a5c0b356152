"""The array API's linear algebra agrees with NumPy's, and its derivatives with finite differences."""

import numpy as np
import pytest
from support import check_gradient, close

import gradtape as gt
from gradtape import _array_api_linalg as xl

pytest.importorskip("numpy", minversion="2.1")  # which has the array API's names to compare with
RNG = np.random.default_rng(5)
SHAPES = [(3, 3), (4, 2), (2, 4), (2, 3, 3), (2, 4, 3), (1, 1), (0, 2, 3)]
SQUARE = [(3, 3), (2, 3, 3), (1, 1), (0, 2, 2), (2, 1, 2, 2)]


def positive(shape):
    a = RNG.normal(size=shape)
    return a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1])


@pytest.mark.parametrize("shape", SQUARE)
def test_square_matrices(shape):
    a = positive(shape)
    t = gt.asarray(a)
    close(xl.det(t), np.linalg.det(a), 1e-9), close(xl.inv(t), np.linalg.inv(a), 1e-9)
    close(xl.cholesky(t), np.linalg.cholesky(a), 1e-9)
    close(xl.cholesky(t, upper=True), np.swapaxes(np.linalg.cholesky(a), -1, -2), 1e-9)
    close(xl.slogdet(t).logabsdet, np.linalg.slogdet(a)[1], 1e-9), close(
        xl.slogdet(t).sign, np.linalg.slogdet(a)[0]
    )
    close(xl.eigvalsh(t), np.linalg.eigvalsh(a), 1e-9)
    e, v = xl.eigh(t)
    close((v * e[..., None, :]) @ v.mT, a, 1e-9)
    close(xl.matrix_power(t, 3), np.linalg.matrix_power(a, 3), 1e-9)
    close(xl.solve(t, t), np.broadcast_to(np.eye(shape[-1]), shape), 1e-9)
    close(xl.trace(t, offset=1), np.trace(a, 1, -2, -1)), close(xl.matrix_rank(t), np.linalg.matrix_rank(a))


@pytest.mark.parametrize("shape", SHAPES)
def test_matrices(shape):
    a = RNG.normal(size=shape)
    t = gt.asarray(a)
    for full in (False, True):
        u, s, vh = xl.svd(t, full_matrices=full)
        expected = np.linalg.svd(a, full_matrices=full)
        assert (u.shape, s.shape, vh.shape) == tuple(e.shape for e in expected)
        k = s.shape[-1]
        close(s, expected[1], 1e-9)
        close((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, 1e-9)
        close(u.mT @ u, np.broadcast_to(np.eye(u.shape[-1]), u.shape[:-2] + (u.shape[-1],) * 2), 1e-9)
        close(vh @ vh.mT, np.broadcast_to(np.eye(vh.shape[-2]), vh.shape[:-2] + (vh.shape[-2],) * 2), 1e-9)
        q, r = xl.qr(t, mode="complete" if full else "reduced")
        close(q @ r, a, 1e-9)
        assert q.shape == np.linalg.qr(a, "complete" if full else "reduced")[0].shape
    close(xl.svdvals(t), np.linalg.svd(a, compute_uv=False), 1e-9)
    close(xl.pinv(t), np.linalg.pinv(a), 1e-9), close(xl.matrix_rank(t), np.linalg.matrix_rank(a))
    for offset in (-5, -1, 0, 1, 5):
        close(xl.diagonal(t, offset=offset), np.diagonal(a, offset, -2, -1))
    for order in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
        close(
            xl.matrix_norm(t, ord=order, keepdims=True),
            np.linalg.matrix_norm(a, ord=order, keepdims=True),
            1e-9,
        )
    for order in (0, 1, 2, 3, np.inf, -np.inf):
        axes = None if a.size else (-1,)
        close(xl.vector_norm(t, ord=order, axis=axes), np.linalg.vector_norm(a, ord=order, axis=axes), 1e-9)
        close(
            xl.vector_norm(t, ord=order, axis=(-1, -2), keepdims=True),
            np.linalg.vector_norm(a, ord=order, axis=(-1, -2), keepdims=True),
            1e-9,
        )


def test_vectors():
    a, b = RNG.normal(size=(2, 3)), RNG.normal(size=3)
    s, t = gt.asarray(a), gt.asarray(b)
    close(xl.cross(s, gt.asarray(a[::-1])), np.cross(a, a[::-1])), close(xl.outer(s[0], t), np.outer(a[0], b))
    close(xl.cross(s.T, gt.asarray(a[::-1].T), axis=0), np.cross(a.T, a[::-1].T, axis=0))
    close(xl.vecdot(s, t), a @ b), close(xl.tensordot(s, s, axes=([0], [0])), np.tensordot(a, a, ([0], [0])))
    assert xl.solve(gt.asarray(positive((2, 3, 3))), t).shape == (2, 3)
    for call in (
        lambda: xl.cross(s, gt.asarray(a.T)),
        lambda: xl.vecdot(s, gt.ones(2)),
        lambda: xl.svd(t),
        lambda: xl.matrix_norm(gt.asarray([[1, 2]])),
        lambda: xl.qr(s, mode="odd"),
        lambda: xl.trace(t),
    ):
        with pytest.raises((ValueError, TypeError)):
            call()


def test_rank_of_singular_matrices():
    a = np.outer(np.arange(1.0, 4), np.arange(1.0, 5))
    assert xl.matrix_rank(gt.asarray(a)).item() == 1 and xl.matrix_rank(gt.zeros((3, 2))).item() == 0
    close(xl.pinv(gt.asarray(a)), np.linalg.pinv(a), 1e-9)
    close(xl.matrix_rank(gt.asarray(np.diag([1.0, 0.1])), rtol=gt.asarray(0.5)), 1)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: xl.pinv(x),
        lambda x: xl.svd(x, full_matrices=False).S,
        lambda x: xl.svd(x, full_matrices=False).Vh ** 2,
        lambda x: xl.qr(x).R,
        lambda x: xl.matrix_norm(x),
        lambda x: xl.vector_norm(x, ord=3),
        lambda x: xl.diagonal(x),
        lambda x: xl.trace(x.mT @ x),
        lambda x: xl.vecdot(x, x),
        lambda x: xl.cholesky(x.mT @ x, upper=True),
        lambda x: xl.matrix_norm(x, ord="nuc"),
        lambda x: xl.slogdet(x.mT @ x).logabsdet,
    ],
)
def test_derivatives(function):
    check_gradient(function, np.random.default_rng(2).normal(size=(4, 3)), tolerance=2e-5)
