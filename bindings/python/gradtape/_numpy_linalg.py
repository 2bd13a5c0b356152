"""NumPy's linear algebra on tensors, with its parameters, for `_numpy_functions`."""

from __future__ import annotations

import string
from typing import Any

from . import _array_api as api
from . import _core
from . import _numpy_shapes as shapes
from ._array_api import linalg
from ._core import op

tensor = _core.tensor


def dot(a, b):
    a, b = linalg._both(a, b)
    if not (a.ndim and b.ndim):
        return a * b
    return api.tensordot(a, b, ([-1 % a.ndim], [max(b.ndim - 2, 0)]))


def inner(a, b):
    a, b = linalg._both(a, b)
    return api.tensordot(a, b, ([a.ndim - 1], [b.ndim - 1])) if a.ndim and b.ndim else a * b


def vdot(a, b):
    return dot(shapes.ravel(a), shapes.ravel(b))


def outer(a, b):
    return op("outer")(shapes.ravel(a), shapes.ravel(b))


def einsum(*operands, optimize=False):
    if isinstance(operands[0], str):
        return op("einsum")(list(operands[1:]), operands[0])
    arrays, places = operands[0 : len(operands) // 2 * 2 : 2], operands[1::2]
    equation = ",".join(map(_letters, places))
    if len(operands) % 2:
        equation += f"->{_letters(operands[-1])}"
    return op("einsum")(list(arrays), equation)


def _letters(places: Any) -> str:
    """The axes of an operand, given as numbers and an Ellipsis, in einsum's letters."""
    return "".join("..." if n is Ellipsis else string.ascii_letters[n] for n in places)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    found = linalg.cross(api.moveaxis(a, axisa, -1), api.moveaxis(b, axisb, -1))
    return api.moveaxis(found, -1, axisc)


def kron(a, b):
    return op("kron")(a, b)


def multi_dot(arrays):
    first, *others = arrays
    for array in others:
        first = dot(first, array)
    return first


def trace(a, offset=0, axis1=0, axis2=1):
    return api.sum(diagonal(a, offset, axis1, axis2), axis=-1)


def diagonal(a, offset=0, axis1=0, axis2=1):
    return linalg.diagonal(api.moveaxis(a, (axis1, axis2), (-2, -1)), offset=offset)


def diag(v, k=0):
    v = tensor(v)
    return op("diag")(v, k) if v.ndim == 1 else diagonal(v, k)


def norm(x, ord=None, axis=None, keepdims=False):
    x = tensor(x)
    if axis is None and ord is None:
        return linalg.vector_norm(x, keepdims=keepdims)
    axes = tuple(range(x.ndim) if axis is None else axis if isinstance(axis, (tuple, list)) else [axis])
    if len(axes) == 1:
        return linalg.vector_norm(x, axis=axes[0], keepdims=keepdims, ord=2 if ord is None else ord)
    if len(axes) != 2:
        raise ValueError(f"np.linalg.norm: {len(axes)} axes, but a norm has one or two")
    found = linalg.matrix_norm(api.moveaxis(x, axes, (-2, -1)), ord="fro" if ord is None else ord)
    for axis in sorted(a % x.ndim for a in axes) if keepdims else ():
        found = api.expand_dims(found, axis)
    return found


def qr(a, mode="reduced"):
    return linalg.qr(a, mode=mode)


def svd(a, full_matrices=True, compute_uv=True):
    return linalg.svd(a, full_matrices, compute_uv)


def cholesky(a, /, *, upper=False):
    lower = op("cholesky")(linalg.matrix_transpose(a) if upper else a, False)  # one triangle is read
    return linalg.matrix_transpose(lower) if upper else lower


def eigh(a, UPLO="L"):
    return linalg.EighResult(*op("eigh_with_vectors")(_triangle(a, UPLO), False))


def eigvalsh(a, UPLO="L"):
    return op("eigh")(_triangle(a, UPLO), False)


def _triangle(a: Any, which: str) -> Any:
    """The matrix whose lower triangle is the one that is to be read."""
    if which not in ("L", "U"):
        raise ValueError(f"UPLO is 'L' or 'U', got {which!r}")
    return a if which == "L" else linalg.matrix_transpose(a)
