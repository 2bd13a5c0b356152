"""The array API's linear algebra; `matmul`, `matrix_transpose`, `tensordot`, `vecdot` are in the main
namespace too.

A function whose name TensorFlow has too takes TensorFlow's calls (`transpose_a`, `axes`, `adjoint`, ...). Several
results are a namedtuple in the array API's order. It differs from TensorFlow's for `svd`: (U, S, Vh), not
(s, u, v).
"""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

from . import _convert, _core
from ._core import op
from .errors import InvalidArgumentError


class EighResult(NamedTuple):
    """Eigenvalues, rising, and eigenvectors, the columns."""

    eigenvalues: _core.Tensor
    eigenvectors: _core.Tensor


class QRResult(NamedTuple):
    """Q with orthonormal columns, and upper triangular R."""

    Q: _core.Tensor
    R: _core.Tensor


class SlogdetResult(NamedTuple):
    """Sign and log of the magnitude of a determinant."""

    sign: _core.Tensor
    logabsdet: _core.Tensor


class SVDResult(NamedTuple):
    """x = U diag(S) Vh, the singular values S largest first."""

    U: _core.Tensor
    S: _core.Tensor
    Vh: _core.Tensor


det = op("det")
inv = op("inv")
matrix_power = op("matrix_power")
svdvals = op("svd")
outer = op("outer")


def cholesky(input: Any, name: Optional[str] = None, *, upper: bool = False) -> _core.Tensor:
    """The lower triangular L with L L^T = x, or its transpose where `upper`; x is symmetrised first."""
    lower = op("cholesky")(input)
    return matrix_transpose(lower) if upper else lower


def cross(a: Any, b: Any, name: Optional[str] = None, *, axis: int = -1) -> _core.Tensor:
    """Cross products of the vectors of 3 along an axis; the other axes broadcast."""
    a, b = _both(a, b)
    rank = max(a.ndim, b.ndim)
    for x in (a, b):
        if not -min(a.ndim, b.ndim) <= axis < min(a.ndim, b.ndim) or x.shape[axis] != 3:
            raise InvalidArgumentError(
                f"cross: vectors of 3 along axis {axis} are needed, got shapes {a.shape}, {b.shape}"
            )
    if axis in (-1, rank - 1) and a.shape == b.shape:
        return op("cross")(a, b)
    shape = np.broadcast_shapes(a.shape, b.shape)
    a, b = (_last(op("broadcast_to")(x, shape), axis) for x in (a, b))
    return _last(op("cross")(a, b), axis, back=True)


def diagonal(x: Any, /, *, offset: int = 0) -> _core.Tensor:
    """The entries [i, i + offset] of the matrices in the last two axes."""
    x = _matrices("diagonal", x)
    rows, columns = x.shape[-2:]
    if not -rows < offset < columns:
        return x[..., :0, 0] if columns else op("reshape")(x, x.shape[:-2] + (0,))
    return op("diag_part")(x, int(offset))


def eigh(x: Any, /, name: Optional[str] = None) -> EighResult:
    """Eigenvalues, rising, and eigenvectors, the columns, of symmetric matrices; x is symmetrised first."""
    return EighResult(*op("eigh_with_vectors")(x))


def eigvalsh(x: Any, /, name: Optional[str] = None) -> _core.Tensor:
    """The eigenvalues of symmetric matrices, rising."""
    return op("eigh")(x)


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    name: Optional[str] = None,
) -> _core.Tensor:
    """Matrix products of the last two axes; leading axes broadcast, a vector is a row on the left, a column
    on the right.
    """
    return op("matmul")(a, b, transpose_a or adjoint_a, transpose_b or adjoint_b)


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> _core.Tensor:
    """Norms of the matrices in the last two axes: "fro", "nuc", 1, -1, 2, -2, inf or -inf."""
    x = _convert.floats("matrix_norm", _matrices("matrix_norm", x))
    return op("norm")(x, ord, [-2, -1], keepdims)


def matrix_rank(x: Any, /, *, rtol: Any = None) -> _core.Tensor:
    """How many singular values exceed rtol times the largest; rtol is by default max(M, N) * eps. Int64."""
    x = _matrices("matrix_rank", x)
    s = svdvals(x)
    if not s.shape[-1]:
        return op("reduce_sum")(op("cast")(s, _core.int64), -1)
    return op("reduce_sum")(s > op("reduce_max")(s, -1, True) * _tolerance(x, rtol), -1)


def matrix_transpose(a: Any, name: Optional[str] = None) -> _core.Tensor:
    """The last two axes exchanged."""
    a = _matrices("matrix_transpose", a)
    return op("transpose")(a, [*range(a.ndim - 2), a.ndim - 1, a.ndim - 2])


def pinv(a: Any, rcond: Any = None, name: Optional[str] = None, *, rtol: Any = None) -> _core.Tensor:
    """The pseudo-inverse of matrices: singular values up to rtol times the largest count as 0."""
    a = _matrices("pinv", a)
    s, u, v = op("svd_with_vectors")(a)
    if not s.shape[-1]:
        return matrix_transpose(a)
    cut = op("reduce_max")(s, -1, True) * _tolerance(a, rtol if rtol is not None else rcond)
    inverse = op("where")(s > cut, op("divide_no_nan")(op("ones_like")(s), s), op("zeros_like")(s))
    return op("matmul")(v * op("expand_dims")(inverse, -2), u, False, True)


def qr(
    input: Any, full_matrices: bool = False, name: Optional[str] = None, *, mode: str = "reduced"
) -> QRResult:
    """x = Q R with orthonormal columns in Q and R upper triangular with a diagonal that is not negative.

    Mode "complete" (`full_matrices`) makes Q square; its further columns have no derivative.
    """
    if mode not in ("reduced", "complete"):
        raise InvalidArgumentError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    x = _matrices("qr", input)
    q, r = op("qr")(x)
    rows, columns = x.shape[-2:]
    if not (full_matrices or mode == "complete") or rows <= columns:
        return QRResult(q, r)
    zeros = op("zeros_like")(r[..., :1, :])
    below = op("broadcast_to")(zeros, r.shape[:-2] + (rows - columns, columns)) if columns else None
    return QRResult(
        _completed(q), op("concat")([r, below], -2) if columns else op("reshape")(r, r.shape[:-2] + (rows, 0))
    )


def slogdet(input: Any, name: Optional[str] = None) -> SlogdetResult:
    """Sign and log |determinant| of the matrices in the last two axes; the sign has no derivative."""
    return SlogdetResult(*op("slogdet")(input))


def solve(matrix: Any, rhs: Any, adjoint: bool = False, name: Optional[str] = None) -> _core.Tensor:
    """The x with matrix x = rhs; rhs of rank 1 is one vector for all matrices, else matrices that
    broadcast.
    """
    matrix, rhs = _both(matrix, rhs)
    if rhs.ndim > 1 and matrix.ndim > 1 and rhs.shape[:-2] != matrix.shape[:-2]:
        batch = np.broadcast_shapes(matrix.shape[:-2], rhs.shape[:-2])
        matrix, rhs = (op("broadcast_to")(m, batch + m.shape[-2:]) for m in (matrix, rhs))
    return op("solve")(matrix, rhs, adjoint)


def svd(tensor: Any, full_matrices: bool = True, compute_uv: bool = True, name: Optional[str] = None) -> Any:
    """x = U diag(S) Vh, largest singular values first; U and Vh are square where `full_matrices`.

    The order is the array API's, not TensorFlow's (s, u, v). Without `compute_uv`, S alone. Columns that
    make U or Vh square have no derivative.
    """
    x = _matrices("svd", tensor)
    if not compute_uv:
        return svdvals(x)
    s, u, v = op("svd_with_vectors")(x)
    if full_matrices:
        u, v = _completed(u), _completed(v)
    return SVDResult(u, s, matrix_transpose(v))


def tensordot(a: Any, b: Any, axes: Any = 2, name: Optional[str] = None) -> _core.Tensor:
    """Sums of products over pairs of axes: a count (the last of a with the first of b), or two lists."""
    if isinstance(axes, (_core.Tensor, np.ndarray)):
        axes = np.asarray(axes).tolist()
    if not isinstance(axes, int):
        axes = [[int(i) for i in (side if isinstance(side, (list, tuple)) else [side])] for side in axes]
    return op("tensordot")(a, b, axes)


def trace(x: Any, /, name: Optional[str] = None, *, offset: int = 0, dtype: Any = None) -> _core.Tensor:
    """The sum of a diagonal of the matrices in the last two axes; a `dtype` is cast to before adding."""
    entries = diagonal(x, offset=offset)
    return op("reduce_sum")(entries if dtype is None else op("cast")(entries, dtype), -1)


def vecdot(x1: Any, x2: Any, /, axis: int = -1) -> _core.Tensor:
    """Sums of products along an axis; the other axes broadcast."""
    x1, x2 = _both(x1, x2)
    if not -min(x1.ndim, x2.ndim) <= axis < min(x1.ndim, x2.ndim) or x1.shape[axis] != x2.shape[axis]:
        raise InvalidArgumentError(
            f"vecdot: shapes {x1.shape}, {x2.shape} have no vectors of one size along axis {axis}"
        )
    return op("reduce_sum")(x1 * x2, axis)


def vector_norm(x: Any, /, axis: Any = None, *, keepdims: bool = False, ord: Any = 2) -> _core.Tensor:
    """Norms over the axes, or over all entries: ord is a number, inf or -inf; 0 counts the entries that are not 0."""
    x = _convert.floats("vector_norm", x)
    axes = list(range(x.ndim)) if axis is None else list(axis) if isinstance(axis, (tuple, list)) else [axis]
    if len(axes) == 1:
        return op("norm")(x, ord, axes, keepdims)
    axes = [a % x.ndim for a in axes]
    kept = [n for i, n in enumerate(x.shape) if i not in axes]
    flat = op("transpose")(x, [i for i in range(x.ndim) if i not in axes] + axes)
    flat = op("reshape")(flat, (*kept, int(np.prod([x.shape[a] for a in axes], dtype=np.int64))))
    norm = op("norm")(flat, ord, [-1], False)
    return op("reshape")(norm, [1 if i in axes else n for i, n in enumerate(x.shape)]) if keepdims else norm


def _both(a: Any, b: Any) -> tuple:
    """Two operands as tensors of one dtype."""
    from ._numpy import alike

    return tuple(alike(a, b))


def _completed(q: _core.Tensor) -> _core.Tensor:
    """The orthonormal columns of q, and more that make it square: the last ones of a QR of its values by
    NumPy.
    """
    rows, columns = q.shape[-2:]
    if rows <= columns:
        return q
    values = np.asarray(q.numpy())
    square = (
        np.linalg.qr(values, mode="complete")[0]
        if columns
        else np.broadcast_to(np.eye(rows, dtype=values.dtype), values.shape[:-2] + (rows, rows))
    )
    return op("concat")([q, _core.tensor(np.ascontiguousarray(square[..., columns:]))], -1)


def _last(x: _core.Tensor, axis: int, back: bool = False) -> _core.Tensor:
    """The axis moved to the last place, or back from there."""
    order = [i for i in range(x.ndim) if i != axis % x.ndim] + [axis % x.ndim]
    return op("transpose")(x, np.argsort(order).tolist() if back else order)


def _matrices(name: str, x: Any) -> _core.Tensor:
    x = _core.tensor(x)
    if x.ndim < 2:
        raise InvalidArgumentError(f"{name}: matrices are needed, of rank 2 or more, got shape {x.shape}")
    return x


def _tolerance(x: _core.Tensor, rtol: Any) -> Any:
    """rtol on an axis of size 1 behind the batch; by default max(M, N) * eps."""
    if rtol is None:
        return max(x.shape[-2:]) * float(np.finfo(x.dtype.as_numpy_dtype).eps)
    rtol = _core.tensor(rtol, x.dtype)
    return op("expand_dims")(rtol, -1)


__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
