"""Sparse Jacobians and Hessians: patterns, values, matrices of SciPy's, and SciPy's solvers with them."""

from __future__ import annotations

import gc
import sys
import weakref

import numpy as np
import pytest

import gradtape as gt
from gradtape import errors

X = np.array([1.0, 2.0, 3.0, 4.0])


def chain(x):
    return x[1:] * x[:-1] ** 2


def energy(x):
    return gt.reduce_sum(chain(x))


def small():
    """[1 0 2; 0 0 3], of values 1, 2, 3."""
    return gt.Sparsity((2, 3), [0, 2, 3], [0, 2, 2])


# ---- Patterns


def test_a_pattern_has_three_formats():
    s = small()
    assert s.shape == (2, 3) and s.nnz == 3 and repr(s) == "<Sparsity of shape (2, 3), 3 entries>"
    assert [list(a) for a in s.pattern()] == [[0, 2, 3], [0, 2, 2]]
    assert [list(a) for a in s.pattern("coo")] == [[0, 0, 1], [0, 2, 2]]
    assert [list(a) for a in s.pattern("csc")] == [[0, 1, 1, 3], [0, 0, 1]]
    assert not s.info.symmetric and s.info.nonzeros == 3
    assert gt.Sparsity((1, 1), [0, 1], [0], symmetric=True).info.symmetric
    with pytest.raises(errors.InvalidArgumentError, match="format 'dense'; want one of 'csr', 'csc', 'coo'"):
        s.pattern("dense")


def test_a_pattern_comes_from_scipy():
    sparse = pytest.importorskip("scipy.sparse")
    given = sparse.coo_array((np.zeros(3), ([1, 0, 0], [2, 2, 0])), shape=(2, 3))
    assert [list(a) for a in gt.Sparsity.from_scipy(given).pattern()] == [[0, 2, 3], [0, 2, 2]]


@pytest.mark.parametrize(
    "shape, indptr, indices, message",
    [
        ((2, 3), [0, 1], [0], r"rows \+ 1 row_offsets, got 2"),
        ((1, 3), [0, 2], [0], "the number of columns given, got 2 and 1"),
        ((1, 3), [0, 1], [3], r"must lie in \[0, 3\), got 3 in row 0"),
        ((1, 3), [0, 2], [2, 1], "must rise"),
        ((-1, 3), [], [], "row_offsets"),
    ],
)
def test_a_pattern_that_is_none(shape, indptr, indices, message):
    with pytest.raises(errors.InvalidArgumentError, match=message):
        gt.Sparsity(shape, indptr, indices)


# ---- Tapes


def test_one_tape_gives_the_pattern_and_the_values():
    x = gt.constant(X)
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = chain(x)
    s = tape.jacobian_sparsity(y, x)
    h = tape.hessian_sparsity(y, x)
    assert s.shape == (3, 4) and h.shape == (4, 4) and h.info.symmetric
    values = tape.sparse_values(y, x, s)
    dense = np.array(gt.jacobian(chain)(X))
    np.testing.assert_allclose(s.to_dense(values), dense)
    np.testing.assert_allclose(s.matvec(values, X), dense @ X)
    np.testing.assert_allclose(s.matvec(values, np.ones((3, 2)), transpose=True), dense.T @ np.ones((3, 2)))
    for call in (tape.jacobian_sparsity, tape.hessian_sparsity):
        with pytest.raises(errors.FailedPreconditionError, match="persistent=True"):
            call(y, x)
    with pytest.raises(errors.FailedPreconditionError):
        tape.sparse_values(y, x, h)


def test_nested_sources_come_one_after_the_other():
    a, b = gt.constant([1.0, 2.0]), gt.constant(3.0)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch([a, b])
        y = a**2 * b
    s = tape.jacobian_sparsity(y, {"a": a, "b": [b]})
    np.testing.assert_allclose(s.to_dense(tape.sparse_values(y, {"a": a, "b": [b]}, s)), [[6, 0, 1], [0, 12, 4]])


def test_values_have_derivatives_and_replay():
    with gt.GradientTape() as finder:
        x = gt.constant(X)
        finder.watch(x)
        y = energy(x)
    s = finder.hessian_sparsity(y, x)

    def squares(x, hessian_of):
        return gt.reduce_sum(hessian_of(x) ** 2)

    def sparse(x):
        with gt.GradientTape() as tape:
            tape.watch(x)
            y = energy(x)
        return tape.sparse_values(y, x, s)

    expected = gt.grad(lambda x: squares(x, gt.hessian(energy)))(X)
    np.testing.assert_allclose(gt.grad(lambda x: squares(x, sparse))(X), expected)
    replayed = gt.function(sparse)
    for k in (1.0, -2.0):
        np.testing.assert_allclose(s.to_dense(replayed(gt.constant(k * X))), gt.hessian(energy)(k * X))


def test_a_pattern_that_lacks_an_entry():
    x = gt.constant(X)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    lacking = gt.Sparsity((4, 4), [0, 1, 1, 1, 1], [0])
    with pytest.raises(errors.InvalidArgumentError, match=r"sparse_values: the sparsity must have entry \("):
        tape.sparse_values(y, x, lacking)
    trusted = gt.Sparsity((4, 4), [0, 1, 2, 3, 4], [0, 1, 2, 3], trusted=True)
    np.testing.assert_allclose(tape.sparse_values(y, x, trusted), 2 * X)
    with pytest.raises(TypeError, match="want a Sparsity, got a str"):
        tape.sparse_values(y, x, "csr")


def test_options_have_names():
    x = gt.constant(X)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = chain(x)
    for option in ("method", "mode", "dependence"):
        with pytest.raises(errors.InvalidArgumentError, match=f"{option} 'fast'; want one of 'auto'|'exact'"):
            tape.jacobian_sparsity(y, x, **{option: "fast"})
    with pytest.raises(errors.InvalidArgumentError, match="triangle 'left'"):
        tape.hessian_sparsity(y, x, triangle="left")


def test_a_progress_function_that_leads_back_to_its_sparsity_is_collected():
    x = gt.constant(X)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = chain(x)
    found = []
    found.append(tape.jacobian_sparsity(y, x, progress=lambda done, total: found))
    gone = weakref.ref(found[0]._made)
    del found, tape
    gc.collect()
    assert gone() is None


# ---- Transforms


def test_the_jacobian_of_a_function_is_a_matrix_of_scipys():
    sparse = pytest.importorskip("scipy.sparse")
    j = gt.sparse_jacobian(chain)(X)
    assert isinstance(j, sparse.csr_array) and j.dtype == np.float64
    np.testing.assert_allclose(j.toarray(), gt.jacobian(chain)(X))
    assert gt.sparse_jacobian(chain)(X.astype(np.float32)).dtype == np.float32


def test_results_and_arguments_may_be_nested():
    pytest.importorskip("scipy")
    found, aux = gt.sparse_jacobian(
        lambda p, k: ({"sum": p["a"] + p["b"], "product": p["a"] * p["b"]}, k), argnums=(0,), has_aux=True
    )({"a": np.array([1.0, 2.0]), "b": np.float64(3.0)}, 7)
    assert aux == 7
    np.testing.assert_allclose(found["sum"].toarray(), [[1, 0, 1], [0, 1, 1]])
    np.testing.assert_allclose(found["product"].toarray(), [[3, 0, 1], [0, 3, 2]])


def test_the_hessian_of_a_function():
    pytest.importorskip("scipy")
    np.testing.assert_allclose(gt.sparse_hessian(energy)(X).toarray(), gt.hessian(energy)(X))
    h = gt.sparse_hessian(lambda a, b: gt.reduce_sum(a * a) * b, argnums=(0, 1))(np.array([1.0, 2.0]), np.float64(3.0))
    np.testing.assert_allclose(h.toarray(), [[6, 0, 2], [0, 6, 4], [2, 4, 0]])
    with pytest.raises(TypeError, match="sparse_hessian: the function must return one float"):
        gt.sparse_hessian(chain)(X)
    with pytest.raises(TypeError, match="sparse_jacobian: wants a function"):
        gt.sparse_jacobian(3)


def test_without_scipy_a_light_object_takes_its_place(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    j = gt.sparse_jacobian(chain)(X)
    assert isinstance(j, gt.SparseMatrix) and j.shape == (3, 4) and j.dtype == np.float64
    dense = np.array(gt.jacobian(chain)(X))
    np.testing.assert_allclose(j.toarray(), dense)
    np.testing.assert_allclose(j @ X, dense @ X)
    np.testing.assert_allclose(j @ np.ones((4, 2)), dense @ np.ones((4, 2)))
    assert j.nnz == len(j.data) and "shape (3, 4)" in repr(j)
    with pytest.raises(ValueError, match=r"shape \(3, 4\) with an array of shape \(3,\)"):
        j @ np.ones(3)


def test_a_derivative_that_would_be_lost_raises():
    with pytest.raises(errors.DetachedValueError):
        gt.grad(lambda x: gt.reduce_sum(x * x) + gt.sparse_jacobian(chain)(x).sum())(X)
    with pytest.raises(errors.FailedPreconditionError):
        gt.function(lambda x: gt.sparse_jacobian(chain)(x).sum())(gt.constant(X))


def test_empty_and_scalar_arguments():
    pytest.importorskip("scipy")
    assert gt.sparse_jacobian(lambda x: x * x)(np.zeros(0)).shape == (0, 0)
    assert gt.sparse_jacobian(lambda x: x * x)(3.0).toarray().tolist() == [[6.0]]
    assert gt.Sparsity((0, 2), [0], []).to_dense(np.zeros(0)).shape == (0, 2)


# ---- SciPy's solvers


def rosenbrock(x):
    """The residuals of Rosenbrock's function."""
    return gt.concat([10 * (x[1:] - x[:-1] ** 2), 1 - x[:-1]], 0)


def test_least_squares_takes_a_sparse_jacobian():
    optimize = pytest.importorskip("scipy.optimize")
    jacobian = gt.sparse_jacobian(rosenbrock)
    found = optimize.least_squares(
        lambda x: rosenbrock(gt.constant(x)).numpy(), np.full(12, 0.5), jac=jacobian, tr_solver="lsmr"
    )
    assert found.success
    np.testing.assert_allclose(found.x, np.ones(12), atol=1e-6)


def test_minimize_takes_sparse_hessians_and_constraints():
    optimize = pytest.importorskip("scipy.optimize")

    def constraint(x):
        return x[1:] * x[:-1]

    def weighted(x, v):
        return gt.reduce_sum(constraint(x) * v)

    bounded = optimize.NonlinearConstraint(
        lambda x: constraint(gt.constant(x)).numpy(),
        -np.inf,
        0.5,
        jac=gt.sparse_jacobian(constraint),
        hess=lambda x, v: gt.sparse_hessian(weighted)(x, gt.constant(v)),
    )

    def loss(x):
        return gt.reduce_sum(rosenbrock(x) ** 2)

    found = optimize.minimize(
        lambda x: loss(gt.constant(x)).numpy(),
        np.full(6, 0.5),
        method="trust-constr",
        jac=lambda x: gt.grad(loss)(x).numpy(),
        hess=gt.sparse_hessian(loss),
        constraints=[bounded],
    )
    assert np.all(constraint(gt.constant(found.x)).numpy() <= 0.5 + 1e-6)
    dense = optimize.minimize(
        lambda x: loss(gt.constant(x)).numpy(),
        np.full(6, 0.5),
        method="SLSQP",
        jac=lambda x: gt.grad(loss)(x).numpy(),
        constraints=[
            {
                "type": "ineq",
                "fun": lambda x: 0.5 - constraint(gt.constant(x)).numpy(),
                "jac": lambda x: -gt.jacobian(constraint)(x).numpy(),
            }
        ],
    )
    assert found.fun <= dense.fun + 1e-3
