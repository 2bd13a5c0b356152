"""python -m gradtape.guide: all claims hold, and the figures are the same in every run."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from gradtape import guide

FIGURES = ("sigmoid", "hessian", "batch_slice", "batch_patches", "batch_normalization")
FILES = sorted([f"{name}.{ending}" for name in FIGURES for ending in ("png", "svg")] + ["gradient_graph.svg"])


def run(capsys, *arguments):
    assert guide.main(arguments) == 0
    return capsys.readouterr().out


def test_all_claims_hold_for_any_seed(capsys):
    first = run(capsys)
    assert first.endswith("All claims hold.\n") and first.count("[ok]") == 20 and "FAILED" not in first
    assert run(capsys) == first
    assert run(capsys, "--seed", "7") != first


def test_the_figures(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    one, two = tmp_path / "one", tmp_path / "deeper" / "two"
    assert str(one / "hessian.png") in run(capsys, "--figures", str(one))
    run(capsys, "--figures", str(two))
    assert sorted(path.name for path in one.iterdir()) == FILES
    for path in one.iterdir():
        content = path.read_bytes()
        assert content == (two / path.name).read_bytes()
        assert len(content) < 150_000
        if path.suffix == ".svg":
            ET.fromstring(content)


def test_a_claim_that_fails_is_told(capsys, monkeypatch):
    monkeypatch.setattr(guide, "PARTS", [lambda guide: guide.check(1 > 2, "one is more than two")])
    assert guide.main([]) == 1
    assert "[FAILED] one is more than two\n\n1 claims do not hold." in capsys.readouterr().out


def test_it_is_a_program_without_matplotlib():
    program = "import sys, runpy; sys.modules['matplotlib'] = None; sys.argv = ['guide']; "
    program += "runpy.run_module('gradtape.guide', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0 and "All claims hold." in done.stdout, done.stderr
