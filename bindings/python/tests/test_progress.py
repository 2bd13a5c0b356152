"""Long derivatives show themselves, short ones do not."""

import io

import numpy as np
import pytest

import gradtape as gt
from gradtape._progress import Bar


def taped():
    x = gt.constant(np.linspace(0.0, 1.0, 8))
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = gt.sin(x)
    return tape, y, x


def test_a_bar_shows_what_is_done_and_ends_its_line():
    stream = io.StringIO()
    bar = Bar("jacobian", stream, delay=0.0)
    bar(1, 4)
    bar(4, 4)
    bar.close()
    bar.close()
    lines = stream.getvalue().split("\r")
    assert lines[1].startswith("jacobian [######..................] 1/4, ")
    assert lines[2].startswith("jacobian [########################] 4/4, ") and lines[2].endswith("0 s left\n")


def test_the_first_second_is_silent(capsys):
    tape, y, x = taped()
    expected = np.diag(np.cos(np.linspace(0.0, 1.0, 8)))
    assert np.allclose(tape.jacobian(y, x, progress=True, memory_budget=1), expected)
    assert capsys.readouterr().err == ""


def test_a_function_is_told_of_the_parts():
    tape, y, x = taped()
    seen = []
    tape.jacobian(y, x, memory_budget=1, progress=lambda done, total: seen.append((done, total)))
    assert len(seen) > 1 and seen[-1] == (8, 8)
    tape, y, x = taped()
    with pytest.raises(ZeroDivisionError):
        tape.jacobian(y, x, progress=lambda done, total: 1 / 0)


def test_batch_jacobians_too(capsys):
    x = gt.constant(np.ones((3, 2)))
    with gt.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.batch_jacobian(y, x, progress=True).shape == (3, 2, 2)
    assert capsys.readouterr().err == ""


def test_functional_forms_take_the_same(capsys):
    x = np.linspace(0.0, 1.0, 8)
    assert np.allclose(gt.jacobian(gt.sin, progress=True, memory_budget=1)(x), np.diag(np.cos(x)))
    assert gt.hessian(lambda x: gt.sum(x**3), progress=True)(x).shape == (8, 8)
    assert capsys.readouterr().err == ""
    seen = []
    gt.jacobian(gt.sin, memory_budget=1, progress=lambda done, total: seen.append((done, total)))(x)
    assert seen[-1] == (8, 8)
