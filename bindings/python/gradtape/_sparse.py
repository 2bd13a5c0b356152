"""Sparsities: the patterns of sparse Jacobians and Hessians, and matrices that have them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import _core


class SparsityInfo(NamedTuple):
    """Sizes of a pattern, and the way to its values.

    `links` is their number between target and sources, by which the pattern was found in `seconds`. `method` is the one
    that values take, "auto" where nothing has decided. `forward_colours` and `reverse_colours` are products of
    "compress" in each mode; `peeled` of them are for dense rows or columns.
    """

    rows: int
    columns: int
    nonzeros: int
    links: int
    method: str
    symmetric: bool
    forward_colours: int
    reverse_colours: int
    peeled: int
    seconds: float


class SparseMatrix:
    """A matrix in compressed rows, in place of SciPy's csr_array where SciPy is not installed: `data`, `indices`,
    `indptr` and `shape` mean the same. `toarray()` and `@` with an array are all that it can do.
    """

    def __init__(self, data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, shape: tuple[int, int]) -> None:
        self.data, self.indices, self.indptr, self.shape = data, indices, indptr, shape

    @property
    def nnz(self) -> int:
        """The number of entries."""
        return len(self.data)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the values."""
        return self.data.dtype

    def _rows(self) -> np.ndarray:
        return np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))

    def toarray(self) -> np.ndarray:
        """The matrix with its zeros."""
        dense = np.zeros(self.shape, self.data.dtype)
        dense[self._rows(), self.indices] = self.data
        return dense

    def __matmul__(self, x: Any) -> np.ndarray:
        x = np.asarray(x)
        if x.ndim not in (1, 2) or x.shape[0] != self.shape[1]:
            raise ValueError(f"a product of a matrix of shape {self.shape} with an array of shape {x.shape}")
        terms = (self.data if x.ndim == 1 else self.data[:, None]) * x[self.indices]
        product = np.zeros((self.shape[0], *x.shape[1:]), terms.dtype)
        np.add.at(product, self._rows(), terms)
        return product

    def __repr__(self) -> str:
        return f"<SparseMatrix of {self.data.dtype}, shape {self.shape}, {self.nnz} entries>"


class Sparsity:
    """The entries of a matrix that may be other than 0, in compressed rows. It never changes.

    Tapes find sparsities: see GradientTape.jacobian_sparsity. `Sparsity(shape, indptr, indices)` is a pattern of one's
    own, whose rows are sorted. With `symmetric` values are those of a Hessian. A tape then checks that the pattern has
    all entries of the derivative, unless it is `trusted`.
    """

    def __init__(
        self, shape: tuple[int, int], indptr: Any, indices: Any, symmetric: bool = False, trusted: bool = False
    ) -> None:
        rows, columns = shape
        offsets, numbers = (_core.tensor(np.ascontiguousarray(each, np.int64)) for each in (indptr, indices))
        self._made = _core.Sparsity(int(rows), int(columns), offsets, numbers, bool(symmetric), bool(trusted))

    @classmethod
    def _of(cls, made: _core.Sparsity) -> Sparsity:
        sparsity = cls.__new__(cls)
        sparsity._made = made
        return sparsity

    @classmethod
    def from_scipy(cls, matrix: Any, symmetric: bool = False, trusted: bool = False) -> Sparsity:
        """The pattern of a sparse matrix of SciPy's, in any format; its values do not matter."""
        csr = matrix.tocsr(copy=True)
        csr.sum_duplicates()
        return cls(csr.shape, csr.indptr, csr.indices, symmetric, trusted)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        info = self.info
        return info.rows, info.columns

    @property
    def nnz(self) -> int:
        """The number of entries."""
        return self.info.nonzeros

    @property
    def info(self) -> SparsityInfo:
        """Sizes, and how the pattern was found."""
        return SparsityInfo(**self._made.info())

    def pattern(self, format: str = "csr") -> tuple[np.ndarray, np.ndarray]:
        """The pattern as two int64 arrays.

        "csr": row offsets and columns. "coo": rows and columns, in the same order. "csc": column offsets and rows,
        column by column. Values stay in the order of "csr": `values[np.argsort(columns, kind="stable")]` are in that of
        "csc".
        """
        first, second = self._made.pattern(format)
        return first.numpy(), second.numpy()

    def matvec(self, values: Any, x: Any, transpose: bool = False) -> _core.Tensor:
        """The product of the matrix, or its transpose, with x of shape [n] or [n, k]; differentiable by both."""
        values = _core.tensor(values)
        return self._made.matvec(values, _core.tensor(x, values.dtype), bool(transpose))

    def to_dense(self, values: Any) -> _core.Tensor:
        """The matrix as a tensor, with its zeros."""
        return self._made.to_dense(_core.tensor(values))

    def to_csr(self, values: Any) -> Any:
        """The matrix as scipy.sparse.csr_array, or as a SparseMatrix where SciPy is not installed."""
        indptr, indices = self.pattern()
        data = np.array(values)  # inside grad a tensor that would lose its derivative raises here
        if data.shape != indices.shape:
            raise ValueError(f"to_csr: the sparsity has {len(indices)} entries, got values of shape {data.shape}")
        try:
            from scipy.sparse import csr_array
        except ImportError:
            return SparseMatrix(data, indices, indptr, self.shape)
        return csr_array((data, indices, indptr), shape=self.shape)

    def __repr__(self) -> str:
        rows, columns = self.shape
        return f"<Sparsity of shape ({rows}, {columns}), {self.nnz} entries>"
