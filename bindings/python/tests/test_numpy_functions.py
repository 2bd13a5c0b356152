"""NumPy's functions inside grad and its kin are differentiated, or raise; outside they read the values."""

from __future__ import annotations

import numpy as np
import pytest

import gradtape as gt

special = pytest.importorskip("scipy.special")

VECTOR = np.array([0.3, -1.2, 2.5, 0.7])
MATRIX = np.array([[1.5, 0.2, -0.4], [0.1, 2.0, 0.3], [-0.2, 0.5, 1.1]])
TALL = np.array([[1.5, 0.2], [0.1, -2.0], [0.7, 0.5]])


def _holes(a):
    """The entries, with nan in place of those below 0."""
    return np.where(a < -0.3, np.nan, a)


OF_A_VECTOR = {
    "sum": lambda a: np.sum(a**2),
    "sum of a dtype": lambda a: np.sum(a**2, dtype=np.float64),
    "prod": np.prod,
    "mean": np.mean,
    "max": np.max,
    "amin": np.amin,
    "var": lambda a: np.var(a, ddof=1),
    "std": np.std,
    "ptp": np.ptp,
    "average": lambda a: np.average(a, weights=[1.0, 2.0, 3.0, 4.0]),
    "median": np.median,
    "median of three": lambda a: np.median(a[:3], keepdims=True),
    "dot": lambda a: np.dot(a, np.array([1.0, 2.0, 3.0, 4.0])),
    "dot of matrix and vector": lambda a: np.dot(np.ones((2, 4)), a),
    "inner": lambda a: np.inner(a, a),
    "vdot": lambda a: np.vdot(a, a),
    "outer": lambda a: np.outer(a, a),
    "where": lambda a: np.where(a > 0, a**2, -a),
    "clip": lambda a: np.clip(a, -1.0, 1.0),
    "clip below": lambda a: np.clip(a, 0.0, None),
    "stack": lambda a: np.stack([a, a**2], axis=1),
    "concatenate": lambda a: np.concatenate([a, a[:2] ** 2, [1.0]]),
    "hstack": lambda a: np.hstack([a, a**2]),
    "vstack": lambda a: np.vstack((a, a**2)),
    "column_stack": lambda a: np.column_stack([a, a**2]),
    "append": lambda a: np.append(a, a**2),
    "norm": np.linalg.norm,
    "norm of order 3": lambda a: np.linalg.norm(a, 3),
    "cbrt": np.cbrt,
    "deg2rad": lambda a: np.rad2deg(np.deg2rad(a) ** 2),
    "add.reduce": lambda a: np.add.reduce(a**2),
    "multiply.reduce": np.multiply.reduce,
    "maximum.reduce": lambda a: np.maximum.reduce(a, keepdims=True),
    "add.accumulate": np.add.accumulate,
    "multiply.outer": lambda a: np.multiply.outer(a, a),
    "maximum": lambda a: np.maximum(a, 0.5),
    "reshape": lambda a: np.reshape(a, (2, 2)) ** 2,
    "expand_dims": lambda a: np.expand_dims(a, (0, 2)),
    "atleast_2d": lambda a: np.atleast_2d(a)[0],
    "flip": lambda a: np.flip(a) * a,
    "roll": lambda a: np.roll(a, 1) * a,
    "tile": lambda a: np.tile(a, (2, 1)),
    "repeat": lambda a: np.repeat(a, 2),
    "pad": lambda a: np.pad(a, 1) * np.pad(a, (2, 0), mode="reflect"),
    "split": lambda a: np.split(a, 2)[1],
    "array_split": lambda a: np.array_split(a, 3)[0],
    "sort": lambda a: np.sort(a) * np.arange(4.0),
    "argsort": lambda a: a[np.argsort(a)] * np.arange(4.0),
    "argmax": lambda a: a[np.argmax(a)],
    "take": lambda a: np.take(a, [0, 0, 3]),
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "diff": lambda a: np.diff(a**2, n=2),
    "diag": np.diag,
    "trapezoid": lambda a: getattr(np, "trapezoid", getattr(np, "trapz", None))(a, [0.0, 1.0, 3.0, 4.0]),
    "linspace": lambda a: np.linspace(a[0], a[1], 5, endpoint=False),
    "polyval": lambda a: np.polyval(a, 1.5),
    "einsum": lambda a: np.einsum("i,j,j->i", a, a, a),
    "like": lambda a: np.zeros_like(a) + np.full_like(a, 2.0) * a + np.ones_like(a),
    "copy": lambda a: np.copy(a) ** 2,
    "round": lambda a: np.round(a, 1) + a,
    "meshgrid": lambda a: np.meshgrid(a, a)[0],
    "flipud": lambda a: np.flipud(a) * a,
    "hsplit": lambda a: np.hsplit(a, 2)[1],
    "dstack": lambda a: np.dstack([a, a**2]),
    "atleast_3d": lambda a: np.atleast_3d(a)[0],
    "delete": lambda a: np.delete(a, [0, 2]),
    "compress": lambda a: np.compress([True, False, True], a),
    "diagflat": lambda a: np.diagflat(a, 1),
    "select": lambda a: np.select([a > 1.0, a > 0.0], [a**2, a**3], -a),
    "partition": lambda a: np.sort(np.partition(a, 2)[:2]),
    "gradient": lambda a: np.gradient(a**2, 0.5),
    "interp": lambda a: np.interp([-2.0, 0.5, 1.7, 9.0], [0.0, 1.0, 2.0, 3.0], a),
    "interp by places": lambda a: np.interp(a, [0.0, 1.0, 2.0], [1.0, 3.0, 0.0], left=-1.0),
    "convolve": lambda a: np.convolve(a, a[:2] ** 2),
    "convolve with longer": lambda a: np.convolve(a[:2], a, mode="same"),
    "correlate": lambda a: np.correlate(a, a[1:3] ** 2),
    "correlate with longer": lambda a: np.correlate(a[:3], a, "full"),
    "cov": np.cov,
    "corrcoef": lambda a: np.corrcoef(a, a**2),
    "quantile": lambda a: np.quantile(a, [0.1, 0.5, 1.0]),
    "percentile": lambda a: np.percentile(a, 40.0, keepdims=True),
    "nan_to_num": lambda a: np.nan_to_num(np.where(a > 2.0, np.inf, _holes(a)), nan=7.0, posinf=2.0) * a,
    "nansum": lambda a: np.nansum(_holes(a)),
    "nanmean": lambda a: np.nanmean(_holes(a)),
    "nanvar": lambda a: np.nanvar(_holes(a), ddof=1),
    "nanstd": lambda a: np.nanstd(_holes(a)),
    "nanprod": lambda a: np.nanprod(_holes(a)),
    "nanmax": lambda a: np.nanmax(_holes(a), keepdims=True) + np.nanmin(_holes(a)),
    "sinc": lambda a: np.sinc(a) + np.sinc(a * 1e-3),
    "fmax": lambda a: np.fmax(a, 0.5) * np.fmin(a, 0.6),
    "fmod": lambda a: np.fmod(a, 0.45),
    "divmod": lambda a: np.divmod(a, 0.45)[1],
    "heaviside": lambda a: np.heaviside(a, 0.5) * a,
    "logaddexp2": lambda a: np.logaddexp2(a, a[::-1]),
    "einsum of numbers": lambda a: np.einsum(a, [0], a, [1], a, [1], [0]),
    "einsum of numbers, summed": lambda a: np.einsum(a, [0], a, [0]),
    "dot with a list": lambda a: np.dot(a, [0.1, 0.2, 0.3, 0.4]) + np.average(a, weights=[0.1, 0.2, 0.3, 0.4]),
    "by names": lambda a: np.roll(a=np.moveaxis(a=a, source=0, destination=0), shift=1, axis=0) * a,
    "defaults by name": lambda a: np.sum(a=np.clip(a, a_min=0.0, a_max=None, out=None), axis=None, out=None),
}
OF_A_MATRIX = {
    "sum of an axis": lambda a: np.sum(a**2, 1),
    "mean, kept": lambda a: np.mean(a**2, axis=0, keepdims=True),
    "median of an axis": lambda a: np.median(a, axis=1, keepdims=True),
    "average of an axis": lambda a: np.average(a, axis=1, weights=[1.0, 2.0, 3.0]),
    "dot": lambda a: np.dot(a, a),
    "matmul": lambda a: np.matmul(a, a.T),
    "tensordot": lambda a: np.tensordot(a, a, axes=([0], [1])),
    "kron": lambda a: np.kron(a, np.eye(2)),
    "cross": lambda a: np.cross(a, a[::-1]),
    "transpose": lambda a: np.transpose(a) @ a,
    "ravel": lambda a: np.ravel(a) ** 2,
    "swapaxes": lambda a: np.swapaxes(a, 0, 1) * a,
    "moveaxis": lambda a: np.moveaxis(a, 0, 1) * a,
    "trace": lambda a: np.trace(a @ a, offset=1),
    "diagonal": lambda a: np.diagonal(a, -1),
    "diag": lambda a: np.diag(a, 1),
    "tril": lambda a: np.tril(a, -1) + np.triu(a) ** 2,
    "cumsum": lambda a: np.cumsum(a, axis=1),
    "flat cumsum": np.cumsum,
    "sort": lambda a: np.sort(a, axis=None),
    "norm": np.linalg.norm,
    "norm of rows": lambda a: np.linalg.norm(a, axis=1),
    "nuclear norm": lambda a: np.linalg.norm(a, "nuc", keepdims=True),
    "det": np.linalg.det,
    "slogdet": lambda a: np.linalg.slogdet(a)[1],
    "inv": np.linalg.inv,
    "solve": lambda a: np.linalg.solve(a, np.array([1.0, 2.0, 3.0])),
    "cholesky": lambda a: np.linalg.cholesky(a @ a.T),
    "eigh": lambda a: np.linalg.eigh(a @ a.T)[0],
    "eigvalsh": lambda a: np.linalg.eigvalsh(a @ a.T),
    "svd": lambda a: np.linalg.svd(a, compute_uv=False),
    "qr": lambda a: np.linalg.qr(a, "reduced")[1] ** 2,  # signs are free
    "pinv": np.linalg.pinv,
    "matrix_power": lambda a: np.linalg.matrix_power(a, 3),
    "multi_dot": lambda a: np.linalg.multi_dot([a, a, a]),
    "take_along_axis": lambda a: np.take_along_axis(a, np.argsort(a, 1), axis=1) * np.arange(3.0),
    "squeeze": lambda a: np.squeeze(a[:, :1], axis=1),
    "broadcast_to": lambda a: np.broadcast_to(a, (2, 3, 3)),
    "fliplr": lambda a: np.fliplr(a) * a,
    "rot90": lambda a: sum(np.rot90(a, k) * a**k for k in range(4)) + np.rot90(a, -1, axes=(1, 0)),
    "rollaxis": lambda a: np.rollaxis(a, 1) * a,
    "swapaxes of one": lambda a: np.swapaxes(a, 0, -2) * a,
    "vsplit": lambda a: np.vsplit(a, [1])[1],
    "gradient of axes": lambda a: np.gradient(a**2, 0.5, 2.0)[1],
    "gradient of an axis": lambda a: np.gradient(a**2, axis=0),
    "cross of axes": lambda a: np.cross(a, a**2, axisa=0, axisb=1, axisc=0),
    "cov": lambda a: np.cov(a, rowvar=False, ddof=0),
    "quantile of an axis": lambda a: np.quantile(a, [0.2, 0.9], axis=0, keepdims=True),
    "nanmean of an axis": lambda a: np.nanmean(_holes(a), axis=1),
    "eigvalsh of a triangle": lambda a: np.linalg.eigvalsh(a, "U") * np.linalg.eigh(a)[0],
    "cholesky of a triangle": np.linalg.cholesky,
    "einsum of numbers": lambda a: np.einsum(a, [0, 1], a, [1, 2]),
    "einsum with an ellipsis": lambda a: np.einsum(a, [..., 1], a, [1, ...], [...]),
    "tile by names": lambda a: np.tile(A=a, reps=(2, 1)),
    "argmax by names": lambda a: np.take_along_axis(a, np.argmax(a=a, axis=1, keepdims=True), axis=1),
    "solve by position": lambda a: np.linalg.solve(a, b=np.eye(3)),
}
OF_SCIPY = {
    "gamma": lambda a: special.gamma(a) * special.rgamma(a + 0.1),
    "beta": lambda a: special.beta(abs(a), 0.7) + special.betaln(abs(a), a**2),
    "logit": lambda a: special.logit(special.expit(a)) * special.ndtr(a),
    "entr": lambda a: special.entr(a**2) + special.rel_entr(a**2, 0.5) + special.kl_div(0.5, a**2),
    "exp10": special.exp10,
}
CASES = [
    *((name, f, VECTOR) for name, f in OF_A_VECTOR.items()),
    *((name, f, MATRIX) for name, f in OF_A_MATRIX.items()),
    *((name, f, VECTOR) for name, f in OF_SCIPY.items()),
    ("qr of a tall matrix", lambda a: np.linalg.qr(a)[0] ** 2, TALL),
    ("pad of several widths", lambda a: np.pad(a, ((1, 0), (0, 2)), constant_values=3.0), TALL),
]


def jacobian_by_differences(function, point, step=1e-6):
    columns = []
    for place in np.ndindex(point.shape):
        moved = np.zeros_like(point)
        moved[place] = step
        ends = [np.asarray(function(end)) for end in (point + moved, point - moved)]
        columns.append((ends[0] - ends[1]) / (2 * step))
    return np.moveaxis(np.array(columns), 0, -1).reshape(*np.shape(columns[0]), *point.shape)


@pytest.mark.parametrize("function, point", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_functions_of_numpy_are_differentiated(function, point):
    value, _ = gt.vjp(function, point)
    np.testing.assert_allclose(np.asarray(value), function(point), rtol=1e-10, atol=1e-12)
    expected = jacobian_by_differences(function, point)
    np.testing.assert_allclose(np.asarray(gt.jacobian(function)(point)), expected, rtol=1e-5, atol=1e-7)
    assert not isinstance(function(point), gt.Tensor)


def test_every_transform_and_the_second_order():
    def f(a):
        return np.sum(np.dot(a, a) * a)

    x = np.array([1.0, 2.0])
    exact = gt.hessian(lambda a: gt.sum(gt.sum(a * a) * a))(x).numpy()
    np.testing.assert_allclose(gt.hessian(f)(x).numpy(), exact)
    np.testing.assert_allclose(gt.hvp(f, (x,), (x,))[0].numpy(), exact @ x)
    np.testing.assert_allclose(gt.jacobian(gt.grad(f))(x).numpy(), exact)
    gradient = gt.grad(f)(x).numpy()
    np.testing.assert_allclose(gt.value_and_grad(f)(x)[1].numpy(), gradient)
    np.testing.assert_allclose(gt.jvp(f, (x,), (x,))[1].numpy(), gradient @ x)
    np.testing.assert_allclose(gt.vjp(f, x)[1](1.0)[0].numpy(), gradient)
    assert gt.grad(gt.function(lambda a: np.mean(a**2) + gt.sum(a)))(x).tolist() == [2, 3]


def test_what_is_not_there_raises_by_its_name():
    x = np.array([1.0, 2.0, 4.0])
    for name, function in {
        "np.unwrap": lambda a: np.unwrap(a),
        "np.fft.fft": lambda a: np.fft.fft(a),
        "np.unique": lambda a: gt.sum(a) + np.unique(a)[0],
        "np.spacing": lambda a: gt.sum(a) * np.spacing(a)[0],
        "scipy.special.j0": lambda a: gt.sum(a) * special.j0(a)[0],
        "np.gradient: for tensors steps": lambda a: np.gradient(a, edge_order=2),
        "np.quantile: for tensors method": lambda a: np.quantile(a, 0.5, method="higher"),
        "np.subtract.reduce": lambda a: gt.sum(a) + np.subtract.reduce(a),
        "np.add.at": lambda a: np.add.at(np.zeros(3), [0], a[0]),
        "np.sum: for tensors, got .* 'out'": lambda a: np.sum(a, out=np.zeros(())),
        "np.max: for tensors, got .* 'initial'": lambda a: np.max(a, initial=0.0),
        "np.pad: for tensors mode is .* got 'wrap'": lambda a: np.pad(a, 1, mode="wrap"),
    }.items():
        with pytest.raises(TypeError, match=name):
            gt.grad(function)(x)

    def added(a):
        total = np.zeros(3)
        total += a
        return gt.sum(a) + total[0]

    with pytest.raises(TypeError, match="np.add"):
        gt.grad(added)(x)


def test_a_result_that_left_the_tape_raises():
    x = np.array([1.0, 2.0])
    for function in (lambda a: np.sum(a.numpy()), lambda a: a.numpy()[0], lambda a: a.numpy()):
        for transform in (gt.grad, gt.jacobian, gt.value_and_grad):
            with pytest.raises(TypeError, match="left the tape"):
                transform(function)(x)
    assert gt.grad(lambda a: 3.0)(x).tolist() == [0, 0]
    assert gt.grad(lambda a: gt.sum(a) * float(np.max(a.numpy())))(x).tolist() == [2, 2]


def test_gradients_of_ones_own_may_read_values():
    x = np.array([1.0, 2.0, 4.0])

    @gt.custom_gradient
    def halved(a):
        return gt.asarray(np.interp(a, x, x / 2)), lambda dy: dy / 2

    assert gt.grad(lambda a: np.sum(halved(a)))(x).tolist() == [0.5, 0.5, 0.5]
    recomputed = gt.recompute_grad(lambda a: np.sum(np.dot(a, a) * a))
    for transform in (gt.grad, gt.hessian):
        expected = transform(lambda a: gt.sum(gt.sum(a * a) * a))(x).numpy()
        np.testing.assert_allclose(transform(recomputed)(x).numpy(), expected)


def test_dtypes_are_numpys():
    seen = []

    def f(a):
        made = np.sum(a, dtype=float), np.zeros_like(a, dtype=int), a.mean(dtype="float64")
        seen.extend(tensor.dtype for tensor in made)
        return np.mean(a)

    assert gt.grad(f)(np.ones(2, np.float32)).dtype == "float32"
    assert seen == ["float64", "int64", "float64"]


def test_what_has_no_derivative_is_read_from_the_values():
    def f(a):
        assert np.shape(a) == (2,) and np.ndim(a) == 1 and np.size(a) == 2
        assert np.allclose(a, [1, 2]) and np.array_equal(a, a) and not isinstance(np.isclose(a, a), gt.Tensor)
        assert np.linalg.matrix_rank(np.diag(a)) == 2
        assert np.nonzero(a)[0].tolist() == [0, 1] and np.searchsorted(a, 1.5) == 1
        assert "1." in np.array2string(a)
        assert np.unique(gt.asarray([2, 1, 2])).tolist() == [1, 2]
        return np.sum(a)

    assert gt.grad(f)(np.array([1.0, 2.0])).tolist() == [1, 1]


def test_outside_the_values_are_read():
    x = gt.asarray([1.0, 2.0])
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = np.sum(x**2)
        stacked = np.stack([x, x])
    assert isinstance(y, np.float32) and type(stacked) is np.ndarray
    with pytest.raises(TypeError):
        gt.grad(lambda a: np.unwrap(a)[0])(np.array([1.0, 2.0]))
    assert isinstance(np.sum(x), np.float32)
    assert tape.gradient(gt.sum(x), x) is None
