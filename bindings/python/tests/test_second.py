"""Second derivatives of one tape, and rows of Jacobians."""

from __future__ import annotations

import numpy as np

import gradtape as gt


def test_one_tape_gives_second_derivatives():
    x, a = gt.constant([2.0, 3.0]), gt.constant(2.0)
    with gt.GradientTape(persistent=True) as tape:
        tape.watch([x, a])
        y = gt.reduce_sum(x**3) * a
        each = x**3
    np.testing.assert_allclose(tape.hessian(y, x), [[24, 0], [0, 36]])
    blocks = tape.hessian(y, {"x": x, "a": a})
    np.testing.assert_allclose(blocks["a"]["x"], [12, 27])
    assert blocks["a"]["a"] is None
    np.testing.assert_allclose(tape.hvp(y, x, np.array([1.0, -1.0])), [24, -36])
    np.testing.assert_allclose(tape.hvp(y, [x, a], [None, 1.0])[0], [12, 27])
    np.testing.assert_allclose(tape.hessian_diagonal(y, x), [24, 36])
    np.testing.assert_allclose(tape.batch_hessian(each, x), [12, 18])


def test_rows_of_a_jacobian_come_in_chunks():
    x = gt.constant([1.0, 2.0, 3.0])
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    rows = {}
    tape.jacobian_rows(y, [x], lambda first, chunk: rows.setdefault(first, chunk[0].numpy()), memory_budget=1)
    assert sorted(rows) == [0, 1, 2]
    np.testing.assert_allclose(np.concatenate([rows[k] for k in sorted(rows)]), np.diag([2.0, 4.0, 6.0]))
