"""Methods of tensors that NumPy's arrays have: their values, derivatives and errors."""

from __future__ import annotations

import numpy as np
import pytest

import gradtape as gt

X = np.array([[0.5, -1.5, 2.0], [3.0, 0.25, -2.5]])

CALLS = {
    "sum": lambda x: x.sum(),
    "sum of an axis": lambda x: x.sum(-1, keepdims=True),
    "mean": lambda x: x.mean(axis=0),
    "max": lambda x: x.max(1),
    "min": lambda x: x.min(),
    "prod": lambda x: x.prod(0),
    "std": lambda x: x.std(ddof=1),
    "var": lambda x: x.var(axis=1),
    "dot": lambda x: x.dot(x.T),
    "transpose": lambda x: x.transpose(),
    "transpose of a tuple": lambda x: x.transpose((1, 0)),
    "transpose of axes": lambda x: x.transpose(1, 0),
    "flatten": lambda x: x.flatten(),
    "ravel": lambda x: x.ravel(),
    "squeeze": lambda x: x[:1].squeeze(),
    "squeeze of an axis": lambda x: x[:1].squeeze(0),
    "clip": lambda x: x.clip(-1.0, 1.0),
    "clip by name": lambda x: x.clip(min=0.0),
    "cumsum": lambda x: x.cumsum(),
    "cumsum of an axis": lambda x: x.cumsum(axis=0),
    "cumprod": lambda x: x.cumprod(1),
    "copy": lambda x: x.copy(),
    "diagonal": lambda x: x.diagonal(),
    "trace": lambda x: x.trace(),
    "take": lambda x: x.take([0, 2], axis=1),
    "repeat": lambda x: x.repeat(2),
    "swapaxes": lambda x: x.swapaxes(0, 1),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_methods_agree_with_numpys_and_are_recorded(call):
    x = gt.Variable(X)
    with gt.GradientTape() as tape:
        y = call(x)
    np.testing.assert_allclose(np.asarray(y), call(X), rtol=1e-12)
    assert isinstance(y, gt.Tensor) and tape.gradient(y, x) is not None


def test_methods_without_derivatives():
    x = gt.asarray(X)
    assert x.argmax().item() == 3 and x.argmin(axis=1).tolist() == [1, 2]
    assert (x > 2).any().item() and (x > 2).all(0).tolist() == [False, False, False]
    assert x.nbytes == 48 and x.itemsize == 8 and gt.zeros((0, 3)).nbytes == 0
    assert gt.asarray(2.5).sum().item() == 2.5 and gt.asarray([True, True]).sum().item() == 2


def test_round():
    x = gt.asarray([0.125, 1.75, -2.5], dtype="float64")
    assert round(x).tolist() == [0, 2, -2] and round(x, 2).tolist() == [0.12, 1.75, -2.5]
    assert x.round(1).tolist() == [0.1, 1.8, -2.5] and round(gt.asarray(3)).item() == 3


def test_entries_are_not_deleted():
    x = gt.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match="does not change"):
        del x[0]
    assert x.tolist() == [1, 2]


def test_arguments_that_tensors_lack():
    x = gt.asarray([1.0, 2.0])
    for name, option in (("sum", {"out": np.zeros(())}), ("mean", {"where": True}), ("max", {"initial": 3.0})):
        with pytest.raises(TypeError, match=f"Tensor.{name}: .* '{next(iter(option))}'"):
            getattr(x, name)(**option)
    for call in (lambda: x.sum(3), lambda: x.transpose(0, 1), lambda: x.squeeze(0), lambda: gt.sum(x, {})):
        with pytest.raises((ValueError, TypeError)):
            call()
