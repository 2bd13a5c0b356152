"""The Python code on these pages runs, and prints the text below it.

A page's ```python blocks share one namespace, in their order; the ```text block that follows one, with nothing between
them but empty lines, is its output. Warnings are printed too, as CATEGORY: MESSAGE.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
import re
import warnings
from typing import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
HOW_TO = ("from-tensorflow", "from-jax", "from-pytorch", "hessians", "own-ops")
PAGES = ("README.md", "docs/guide.md", "docs/python.md", "docs/sparse.md", "docs/why-is-it-zero.md", *(f"docs/how-to/{name}.md" for name in HOW_TO))
_NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]\d+)?")
_BLOCK = re.compile(r"^```python\n(.*?)^```$(?:\n+```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


def blocks_of(page: pathlib.Path) -> Iterator[tuple[str, str, int]]:
    """Code, what it prints, and the line before the code."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        yield match[1], match[2] or "", text.count("\n", 0, match.start(1))


def run_block(code: str, namespace: dict, name: str, line: int) -> str:
    """What the code prints."""
    printed = io.StringIO()

    def show(message, category, *_):
        print(f"{category.__name__}: {message}")

    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        exec(compile("\n" * line + code, name, "exec"), namespace)
    return printed.getvalue()


def assert_same(printed: str, wanted: str, where: str) -> None:
    """The same text; numbers with a point may differ by rounding, which differs between processors.

    The numbers of ops depend on the ops before.
    """
    printed, wanted = (re.sub(r"\bop \d+", "op", text) for text in (printed, wanted))
    assert _NUMBER.sub("#", printed) == _NUMBER.sub("#", wanted), where
    numbers = [[float(n) for n in _NUMBER.findall(text)] for text in (printed, wanted)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-4, abs=1e-6), where


@pytest.mark.parametrize("page", PAGES)
def test_the_code_on_a_page_prints_what_it_says(page, monkeypatch, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    pytest.importorskip("scipy")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "__main__"}
    blocks = list(blocks_of(ROOT / page))
    assert blocks
    for code, wanted, line in blocks:
        printed = run_block(code, namespace, str(ROOT / page), line)
        assert_same(printed, wanted, f"{page}: the block at line {line}")
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page):
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), target
