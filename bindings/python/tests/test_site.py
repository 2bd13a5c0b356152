"""The pages that the site makes from headers and from the registry, and the programs that it shows."""

from __future__ import annotations

import inspect
import pathlib
import re
import runpy
import subprocess
import sys

import pytest

import gradtape as gt

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "docs/site"))

import c_reference  # noqa: E402
import cpp_reference  # noqa: E402
import op_reference  # noqa: E402
import prose  # noqa: E402
import python_reference  # noqa: E402


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def unlinked(name: str) -> None:
    return None


@pytest.fixture(scope="module")
def ops() -> op_reference.Reference:
    return op_reference.Reference(ROOT)


def test_the_c_reference_has_each_function_once_with_a_comment():
    header = text_of("include/gradtape/gradtape.h")
    parsed = c_reference.parse(header)
    entries = [entry for section in parsed.sections for entry in section.entries]
    names = [name for entry in entries for name in entry.names]
    functions = re.findall(r"^GT_API [\w* ]*?\b(gt_\w+)\(", header, re.MULTILINE)
    assert len(functions) > 50 and len(names) == len(set(names))
    assert set(functions) <= set(names)
    constants = {name for entry in entries for name in entry.constants}
    assert {"GT_OK", "GT_FLOAT64", "GT_PLAN_TIMES", "GT_MAX_RANK"} <= constants
    silent = [name for entry in entries if not entry.comment for name in entry.names if name in functions]
    assert silent == ["gt_tensor_dtype"] or silent == []
    page = c_reference.page(parsed, unlinked)
    assert "## Conventions" in page and "**Handles.**" in page and "GT_API" not in page
    assert "### `gt_assign, gt_assign_add, gt_assign_sub` { #gt_assign }" in page
    assert len([section.title for section in parsed.sections]) >= 7


def test_a_header_of_other_forms():
    parsed = c_reference.parse(
        "/* A header.\n * Its second line. */\n#ifndef H\n#define H"
        '\n#ifdef __cplusplus\nextern "C" {\n#endif\n\n'
        "/* ---- One ---- */\n\n/* Words alone. */\n\n/* Of both. */\nGT_API int gt_a(void (*free)(void*),\n"
        "                int n /* or 0 */);\nGT_API int gt_b(void);\n\nenum { GT_A = 1, /* a, b */ GT_B };\n"
        "typedef struct gt_s {\n  int gt_field;\n\n  int other;\n} gt_s;\n#endif\n"
    )
    (section,) = parsed.sections
    assert parsed.preface == "A header.\nIts second line." and section.title == "One"
    assert [(e.comment, e.names, e.constants) for e in section.entries] == [
        ("Words alone.", [], []),
        ("Of both.", ["gt_a", "gt_b"], []),
        ("", ["gt_s"], ["GT_A", "GT_B"]),
    ]
    assert "gt_a(void (*free)(void*),\n         int n /* or 0 */);" in c_reference.page(parsed, unlinked)


def test_signs_of_comments_stay_signs():
    assert prose.escaped("x[i] * y, a_b of <n> `k*k` gt_nothing") == (
        "x&#91;i&#93; &#42; y, `a_b` of &#60;n&#62; `k*k` `gt_nothing`"
    )
    assert prose.escaped("see gt_eval and docs/tapes.md.", lambda name: "to/" + name) == (
        "see [`gt_eval`](to/gt_eval) and [tapes.md](to/tapes.md)."
    )


def test_each_op_is_on_one_page_with_its_calls(ops):
    pages = ops.pages(unlinked)
    for name in ops.ops:
        where = [page for page, text in pages.items() if f"## {name} {{ #{name} }}" in text]
        assert where == [ops.page_of[name]], name
        assert ops.c[name][0].split("(")[0].endswith(f"gt_{name}")
        assert re.search(rf"\b{name}\(", ops.cpp[name][0])
    named = [name for _, _, names in ops.families for name in names]
    assert len(named) == len(set(named)) and set(named) == set(ops.ops)
    assert "More ops" not in [title for title, _, _ in ops.families], "tools/generate/families.cpp names each op"


def test_python_calls_are_those_of_the_package(ops):
    for name, op in ops.ops.items():
        shown = op_reference.signatures.of_python(op, ops.python)
        function = getattr(gt, name)
        assert shown.startswith(name + "(")
        parameters = re.findall(r"(?:^\w+\(|, |,\n\s+)\*{0,2}(\w+)", shown)
        if inspect.isfunction(function):
            assert parameters == list(inspect.signature(function).parameters), name
        else:
            assert parameters == [given["name"] for given in op["inputs"] + op["attrs"]], name


def test_the_cpp_reference_shows_what_is_public():
    outline = {item.name: item for item in cpp_reference.outline(text_of("include/gradtape/cpp/tape.hpp"))}
    tape = outline["Tape"].code
    assert "Records from its construction on" in outline["Tape"].comment
    assert (
        "  void end();" in tape
        and "class Pause {" in tape
        and "ctx_" not in tape
        and "detail::check" not in tape
    )
    transforms = cpp_reference.outline(text_of("include/gradtape/cpp/transforms.hpp"))
    assert [item.name for item in transforms] == [
        "grad",
        "value_and_grad",
        "jacobian",
        "hessian",
        "sparse_jacobian",
        "sparse_hessian",
        "sparse_values",
        "hvp",
        "jvp",
        "linearize",
        "vjp",
    ]
    loops = cpp_reference.outline(text_of("include/gradtape/cpp/loops.hpp"))
    names = {item.name for item in loops}
    assert {"scan", "while_loop", "cond", "checkpoint", "vmap", "root", "ScanOptions", "Scanned"} <= names
    for file in (ROOT / "include/gradtape/cpp").glob("*.hpp"):
        page = cpp_reference.page(file.stem, file.read_text(encoding="utf-8"), unlinked)
        assert page.count("{") == page.count("}"), file


def test_the_python_reference_has_all_of_the_package(ops):
    package = ROOT / "bindings/python/gradtape"
    pages = python_reference.pages(package, ops.page_of, unlinked)
    assert [f"{name}.md" for name, *_ in python_reference.PAGES] == list(pages)
    main = "".join(
        pages[f"{name}.md"][1] for name, _, namespace, _ in python_reference.PAGES if namespace == "gradtape"
    )
    titles = re.findall(r"^## `(\w+)`", main, re.MULTILINE)
    assert len(titles) == len(set(titles))
    values = {name: getattr(gt, name) for name in gt.__dir__() if not name.startswith("_")}
    kinds = (inspect.isfunction, inspect.isclass)
    defined = {
        name for name, v in values.items() if any(kind(v) for kind in kinds) and "gradtape" in v.__module__
    }
    others = "".join(text for _, text in pages.values())
    at_home = {name for name in defined if f"## `{values[name].__name__}`" in others}  # of keras and debugging
    assert defined - set(titles) - at_home == set()
    assert "gradtape.GradientTape(persistent=False, watch_accessed_variables=True)" in main
    assert "### `GradientTape.batch_jacobian` { #GradientTape.batch_jacobian }" in main
    assert "[relu](../ops/activations.md#relu)" in pages["nn.md"][1]


def consoles(page: str) -> list[str]:
    """The output of programs, as the page has it: console blocks without commands."""
    blocks = re.findall(r"```console\n(.*?)```", text_of(page), re.DOTALL)
    return [
        "\n".join(l.strip() for l in block.strip().splitlines() if not l.strip().startswith("$"))
        for block in blocks
    ]


def test_the_first_program_prints_what_the_first_page_says(capsys):
    runpy.run_path(str(ROOT / "examples/first.py"))
    assert consoles("docs/index.md") == [capsys.readouterr().out.strip()] * 3


def test_the_c_interface_by_ctypes():
    library = next(pathlib.Path(gt._core.__file__).parent.glob("libgradtape.so*"))
    program = [sys.executable, str(ROOT / "examples/from_ctypes.py"), str(library)]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert consoles("docs/how-to/other-languages.md") == [done.stdout.strip()]
