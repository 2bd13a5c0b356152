"""The programs of TensorFlow's guides run as they are, with `import gradtape as tf`."""

from __future__ import annotations

import pathlib
import runpy
import warnings

import pytest

import gradtape as gt

matplotlib = pytest.importorskip("matplotlib")
GUIDES = pathlib.Path(__file__).parent / "guides"


def run(name, tmp_path, monkeypatch):
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        values = runpy.run_path(str(GUIDES / name), run_name="__main__")
    matplotlib.pyplot.close("all")
    return values, [w for w in caught if w.filename.endswith(name)]


def test_the_basic_guide(tmp_path, monkeypatch):
    values, caught = run("basic.py", tmp_path, monkeypatch)
    assert values["of_both"] == 3.75
    assert [str(w.message) for w in caught] == ["the dtype of a watched tensor must be floating, got int32"]


def test_the_advanced_guide(tmp_path, monkeypatch):
    values, caught = run("advanced.py", tmp_path, monkeypatch)
    assert values["jb"].shape == (7, 6, 5)
    (warning,) = caught
    assert warning.category is gt.BatchDependenceWarning
    assert "batch_normalization" in str(warning.message)
    assert "gt_" not in str(warning.message)
