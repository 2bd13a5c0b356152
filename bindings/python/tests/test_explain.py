"""tape.explain, tape.check, set_checks and label."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import gradtape as gt
from gradtape.errors import FailedPreconditionError


def test_explain_says_why_a_gradient_is_none():
    x = gt.label(gt.constant([1.0, 2.0]), "x")
    with gt.GradientTape(persistent=True) as tape:
        y = gt.reduce_sum(x * x)
    text = tape.explain(y, x)
    assert text.startswith("not connected: float32[2] 'x' was never watched by this tape, which began after")
    assert "remedy: tape.watch comes first" in text
    with gt.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = gt.reduce_sum(gt.exp(x))
    assert tape.explain(y, x).startswith("connected: float32[] depends on float32[2] 'x' through 2 ops")
    assert tape.gradient(y, x) is not None
    assert "make it with persistent=True" in tape.explain(y, x)
    for wrong in (None, 3.0, [x]):
        with pytest.raises(TypeError):
            tape.explain(y, wrong)
        with pytest.raises(TypeError):
            tape.explain(wrong, x)


def test_no_name_of_c_is_left_in_a_text():
    x, v = gt.constant([1.0, 2.0]), gt.Variable(1.0, name="v")
    before = gt.exp(x)
    with gt.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(x)
        with tape.stop_recording():
            paused = gt.exp(x)
        targets = [x * 2.0, gt.floor(x), gt.stop_gradient(x), paused, before, v * v, gt.Variable(x), x - x]
    for target in targets:
        for source in (x, v):
            text = tape.explain(target, source)
            assert "gt_" not in text and "GT_" not in text, text


def test_the_name_of_a_variable_is_its_label():
    v, nameless = gt.Variable([1.0], name="weights"), gt.Variable([1.0])
    with gt.GradientTape(persistent=True) as tape:
        y = v * nameless
    assert "variable float32[1] 'weights'" in tape.explain(y, v)
    assert "variable float32[1] through" in tape.explain(y, nameless)
    assert gt.label(y, "product") is y
    assert "'product'" in tape.explain(y, v)
    gt.label(y, None)
    assert "'product'" not in tape.explain(y, v)
    with pytest.raises(TypeError):
        gt.label(3.0, "three")


def test_check_finds_a_wrong_custom_gradient():
    def cube(factor):
        @gt.custom_gradient
        def f(x):
            return x * x * x, lambda upstream: upstream * factor * x * x

        return f

    x = gt.constant([0.5, 2.0])
    for factor in (3.0, 2.0):
        with gt.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = gt.reduce_sum(gt.sin(cube(factor)(gt.exp(x))))
        if factor == 3.0:
            assert tape.check(y, [x]).startswith("no defect found in ")
            continue
        with pytest.raises(FailedPreconditionError, match="custom gradient.*differs from differences"):
            tape.check(y, x)
        assert tape.check(y, x, compare=("modes", "linearity")).startswith("no defect")
    with pytest.raises(ValueError, match="'modes', 'differences'"):
        tape.check(y, x, compare=("reverse",))
    with pytest.raises(ValueError, match="empty"):
        tape.check(y, x, compare=())


def test_check_leaves_custom_gradients_as_they_were():
    scale = gt.Variable(3.0, name="scale")

    @gt.custom_gradient
    def scaled(x):
        y = x * scale

        def gradient(upstream, variables):
            return upstream * scale, [gt.reduce_sum(upstream * x)]

        return y, gradient

    x = gt.constant([0.5, 2.0])
    with gt.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = gt.reduce_sum(gt.exp(scaled(x)))
    before = tape.gradient(y, [x, scale])
    assert tape.check(y, [x, scale]).startswith("no defect found in ")
    assert scale.numpy() == 3.0
    for a, b in zip(before, tape.gradient(y, [x, scale])):
        assert a.numpy().tolist() == b.numpy().tolist()


def test_set_checks_names_the_first_nan_and_ends_with_its_block():
    x = gt.constant([1.0, 0.0])
    with gt.set_checks(finite=True):
        with pytest.raises(FailedPreconditionError, match="log made -inf of finite inputs"):
            gt.log(x).numpy()
        with gt.set_checks(finite=False):
            assert np.isinf(gt.log(x).numpy()[1])
        v = gt.Variable([4.0, 0.0], name="v")
        with gt.GradientTape() as tape:
            y = gt.reduce_sum(gt.label(gt.sqrt(v), "root"))
        with pytest.raises(FailedPreconditionError, match="derivative of op .* sqrt 'root'"):
            tape.gradient(y, v).numpy()
    assert np.isinf(gt.log(x).numpy()[1])
    gt.debugging.enable_check_numerics()
    try:
        with pytest.raises(FailedPreconditionError, match="log made -inf"):
            gt.function(lambda t: gt.log(t))(x)
    finally:
        gt.debugging.disable_check_numerics()
    assert np.isinf(gt.function(lambda t: gt.log(t))(x).numpy()[1])


def test_labels_die_with_their_tensors():
    for _ in range(100):
        gt.label(gt.constant([1.0]) * 2.0, "a label " * 10)
    gc.collect()
    assert "label" not in gt.constant([1.0])._describe()
