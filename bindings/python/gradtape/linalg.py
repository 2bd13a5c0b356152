"""`gradtape.linalg`: matrices in the last two axes, by TensorFlow's names and in its order of results."""

from __future__ import annotations

from typing import Any, Optional, Union

from . import _core
from ._names import einsum, norm  # noqa: F401

_op = _core.op
_Tensor = _core.Tensor

cross = _op("cross")
det = _op("det")
diag = _op("diag")
diag_part = _op("diag_part")
expm = _op("expm")
inv = _op("inv")
l2_normalize = _op("l2_normalize")
matmul = _op("matmul")
matrix_power = _op("matrix_power")
outer = _op("outer")
slogdet = _op("slogdet")
solve = _op("solve")
tensordot = _op("tensordot")
trace = _op("trace")
triangular_solve = _op("triangular_solve")


def cholesky(input: Any, name: Optional[str] = None) -> _Tensor:
    """The lower triangular L with L Lᵀ = input, of which the lower triangle is read."""
    return _op("cholesky")(input, False)


def cholesky_solve(chol: Any, rhs: Any, name: Optional[str] = None) -> _Tensor:
    """x with A x = rhs, for chol = cholesky(A)."""
    return triangular_solve(chol, triangular_solve(chol, rhs), True, True)


def adjoint(matrix: Any, name: Optional[str] = None) -> _Tensor:
    """The last two axes exchanged."""
    matrix = _core.tensor(matrix)
    axes = list(range(matrix.ndim))
    return _op("transpose")(matrix, axes[:-2] + [axes[-1], axes[-2]])


matrix_transpose = adjoint


def eigh(tensor: Any, name: Optional[str] = None) -> tuple[_Tensor, _Tensor]:
    """(Eigenvalues, rising; eigenvectors, the columns) of symmetric matrices, of which the lower triangle is read."""
    return _op("eigh_with_vectors")(tensor, False)


def eigvalsh(tensor: Any, name: Optional[str] = None) -> _Tensor:
    """The eigenvalues of symmetric matrices, rising; the lower triangle is read."""
    return _op("eigh")(tensor, False)


def lstsq(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: Optional[str] = None
) -> _Tensor:
    """The x that minimises |matrix x - rhs|² + l2_regularizer |x|²; `fast` changes nothing."""
    return _op("lstsq")(matrix, rhs, l2_regularizer)


def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, name: Optional[str] = None
) -> _Tensor:
    """Matrices [..., m, n] times vectors [..., n]."""
    product = matmul(a, _op("expand_dims")(b, -1), transpose_a or adjoint_a)
    return _op("squeeze")(product, -1)


def qr(input: Any, full_matrices: bool = False, name: Optional[str] = None) -> tuple[_Tensor, _Tensor]:
    """(q with orthonormal columns, upper triangular r with a positive diagonal), q r = input."""
    if full_matrices:
        raise NotImplementedError("linalg.qr: full_matrices=True is not done; q has as many columns as r has rows")
    return _op("qr")(input)


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Optional[str] = None
) -> Union[_Tensor, tuple[_Tensor, _Tensor, _Tensor]]:
    """(Singular values s, largest first; u; v), tensor = u diag(s) vᵀ; s alone without `compute_uv`."""
    if full_matrices:
        raise NotImplementedError("linalg.svd: full_matrices=True is not done; u and v have as many columns as s entries")
    return _op("svd_with_vectors")(tensor) if compute_uv else _op("svd")(tensor)


def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = _core.float32) -> _Tensor:
    """Identity matrices [batch_shape..., num_rows, num_columns]."""
    return _op("eye")(num_rows, num_columns, batch_shape or [], dtype)


def logdet(matrix: Any, name: Optional[str] = None) -> _Tensor:
    """log(det) of positive definite matrices."""
    return 2.0 * _op("reduce_sum")(_op("log")(diag_part(cholesky(matrix))), -1)
