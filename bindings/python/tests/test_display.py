"""What tensors look like: repr, print, formats, tables; of placeholders too, and never an error."""

import numpy as np
import pytest

import gradtape as gt


def test_repr_and_str():
    x = gt.asarray([1.0, 2.0])
    assert repr(x) == "Tensor([1., 2.], shape=(2,), dtype=float32)"
    assert str(x) == "gradtape.Tensor([1. 2.], shape=(2,), dtype=float32)"
    assert str(gt.asarray(4.0)) == "gradtape.Tensor(4.0, shape=(), dtype=float32)"
    assert repr(gt.asarray(True)) == "Tensor(True, shape=(), dtype=bool)"
    assert repr(gt.zeros((0, 2))).endswith("shape=(0, 2), dtype=float32)")
    assert str(gt.asarray([[1, 2], [3, 4]])) == "gradtape.Tensor([[1 2]\n [3 4]], shape=(2, 2), dtype=int32)"


def test_variables_show_their_name():
    v = gt.Variable(3.0, name="w")
    assert repr(v) == "Variable(3.0, shape=(), dtype=float32, name='w:0')"
    assert str(v).startswith("gradtape.Variable(3.0")


def test_long_tensors_are_shortened():
    assert "..." in repr(gt.zeros(100_000)) and len(repr(gt.zeros(100_000))) < 200
    assert len(gt.zeros((1000, 1000))._repr_html_()) < 20_000


def test_a_placeholder_shows_no_value():
    seen = []

    @gt.function
    def f(x):
        seen.extend([repr(x), str(x * 2), (x + 1)._repr_html_()])
        return x

    f(gt.asarray([1.0, 2.0]))
    assert all("no value" in text for text in seen) and "shape=(2,)" in seen[0]


def test_format_of_rank_0():
    x = gt.asarray(3.14159, dtype="float64")
    assert f"{x:.3f}" == "3.142" and f"{gt.asarray(7):03d}" == "007"
    assert f"{x}" == str(x)
    with pytest.raises(TypeError):
        format(gt.asarray([1.0]), ".2f")


def test_html():
    table = gt.asarray([[1, 2], [3, 4]])._repr_html_()
    assert "<table>" in table and "<td>4</td>" in table and "shape=(2, 2)" in table
    assert "<td>2.5</td>" in gt.asarray([2.5, 1])._repr_html_()
    assert "<pre>" in gt.zeros((2, 2, 2))._repr_html_() and "<pre>" in gt.asarray(1.0)._repr_html_()
    long = gt.asarray(np.arange(1000.0).reshape(50, 20))._repr_html_()
    assert (
        "&hellip;" in long and "<td>0</td>" in long and "<td>999</td>" in long and "<td>500</td>" not in long
    )
    assert "&lt;b&gt;" in gt.Variable([1.0], name="<b>")._repr_html_()


def test_a_value_that_cannot_be_computed_shows_why():
    x = gt.linalg.cholesky(-gt.eye(2))
    with pytest.raises(Exception) as caught:
        x.numpy()
    for text in (repr(x), str(x)):
        assert f"<no value: {caught.value}>" in text and "shape=(2, 2)" in text
    assert "no value" in x._repr_html_()
