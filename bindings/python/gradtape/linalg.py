"""`gradtape.linalg`: matrices in the last two axes, by the names of the array API and of TensorFlow.

Both worlds' calls are taken. `svd` has TensorFlow's order of results, (s, u, v); the others agree.
"""

from __future__ import annotations

from typing import Any, Optional, Union

from . import _core
from ._array_api import eye
from ._array_api_linalg import (  # noqa: F401
    cholesky,
    cross,
    det,
    diagonal,
    eigh,
    eigvalsh,
    inv,
    matmul,
    matrix_norm,
    matrix_power,
    matrix_rank,
    matrix_transpose,
    outer,
    pinv,
    qr,
    slogdet,
    solve,
    svdvals,
    tensordot,
    trace,
    vecdot,
    vector_norm,
)
from ._core import Tensor as _Tensor
from ._names import einsum, global_norm, norm  # noqa: F401

_op = _core.op

adjoint = matrix_transpose
diag = _op("diag")
diag_part = _op("diag_part")
expm = _op("expm")
kron = _op("kron")
l2_normalize = _op("l2_normalize")
triangular_solve = _op("triangular_solve")


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Optional[str] = None
) -> Union[_Tensor, tuple[_Tensor, _Tensor, _Tensor]]:
    """(Singular values s, largest first; u; v), tensor = u diag(s) vᵀ; s alone without `compute_uv`."""
    if not compute_uv:
        return _op("svd")(tensor)
    if full_matrices:
        raise NotImplementedError(
            "linalg.svd: full_matrices=True is not done; u and v have as many columns as s entries"
        )
    return _op("svd_with_vectors")(tensor)


def band_part(input: Any, num_lower: int, num_upper: int, name: Optional[str] = None) -> _Tensor:
    """The diagonals from num_lower below the main one to num_upper above it, else 0; -1 keeps all on that
    side.
    """
    kept = _core.tensor(input)
    kept = _op("triu")(kept, -int(num_lower)) if num_lower >= 0 else kept
    return _op("tril")(kept, int(num_upper)) if num_upper >= 0 else kept


def cholesky_solve(chol: Any, rhs: Any, name: Optional[str] = None) -> _Tensor:
    """x with A x = rhs, for chol = cholesky(A)."""
    return triangular_solve(chol, triangular_solve(chol, rhs), True, True)


def logdet(matrix: Any, name: Optional[str] = None) -> _Tensor:
    """The logarithm of the determinant of positive definite matrices."""
    return 2.0 * _op("reduce_sum")(_op("log")(diag_part(cholesky(matrix))), -1)


def lstsq(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: Optional[str] = None
) -> _Tensor:
    """The x that minimises |matrix x - rhs|² + l2_regularizer |x|²; `fast` changes nothing."""
    return _op("lstsq")(matrix, rhs, l2_regularizer)


def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, name: Optional[str] = None
) -> _Tensor:
    """Matrices [..., m, n] times vectors [..., n]."""
    product = _op("matmul")(a, _op("expand_dims")(b, -1), transpose_a or adjoint_a)
    return _op("squeeze")(product, -1)


def normalize(
    tensor: Any, ord: Union[str, int, float] = "euclidean", axis: Any = None, name: Optional[str] = None
) -> tuple[_Tensor, _Tensor]:
    """(tensor / norm, norm), with the norm over the axis, which stays as one of size 1."""
    size = norm(tensor, ord, axis, True)
    return _op("divide")(tensor, size), size


def set_diag(input: Any, diagonal: Any, name: Optional[str] = None, k: int = 0) -> _Tensor:
    """The matrices with another diagonal k."""
    matrix = _core.tensor(input)
    rows, columns = matrix.shape[-2:]
    new = _op("pad")(diag(diagonal, k), [[0, 0]] * (matrix.ndim - 2) + [[0, rows], [0, columns]])
    new = _op("slice")(new, [0] * matrix.ndim, matrix.shape)
    return _op("where")(_op("cast")(eye(rows, columns, k=k), _core.bool_), new, matrix)
