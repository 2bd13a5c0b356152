"""The ops as pages: one for each family, and one with the list of all."""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any

import prose
import signatures

_DTYPES = {
    ("float32", "float64"): "floats",
    ("int32", "int64", "float32", "float64"): "numbers",
    ("bool", "int32", "int64", "float32", "float64"): "all",
    ("bool",): "bool",
    ("int32", "int64"): "integers",
}
_ABOUT = """\
Each op is a C function `gt_NAME`, a C++ function `gradtape::NAME` and a Python function `gradtape.NAME`.
`gt_apply` takes ops by name. The pages are made from the registry when the site is built.
[One page](../ops.md) has all ops, and how each is tested.

- **Dtypes.** *floats* are float32 and float64, *numbers* have int32 and int64 too, *all* has bool besides.
  Inputs of an op share one dtype, where nothing else is said.
- **Axes** count from the end where negative. An axis that is left out stands for all axes.
- **Derivatives** hold to any order and in both modes, forward and reverse.
  The [kinds](#derivatives) say how they come about.
- **Examples** are computed by the library. The gradient is that of the sum of all outputs, by each floating
  input in turn.
"""
_DERIVATIVES = """\
## Derivatives

| word | meaning |
|---|---|
| linear | The derivative is the op itself; the gradient is its transpose. |
| partials | The op is elementwise, and each input has a factor that serves both modes. |
| rules | A rule for forward mode and one for reverse mode, both made of ops. |
| composite | The op is made of other ops, and has their derivatives. |
| none | The op has no derivative, for the reason that is named. |
"""


class Reference:
    """The ops, their families and their calls: all that the pages are made from."""

    def __init__(self, root: pathlib.Path) -> None:
        registry = json.loads((root / "docs/ops.json").read_text(encoding="utf-8"))
        self.ops = {op["name"]: op for op in registry["ops"]}
        self.families = [(family["title"], family["about"], family["ops"]) for family in registry["families"]]
        self.c = signatures.of_c((root / "include/gradtape/ops.h").read_text(encoding="utf-8"))
        self.cpp = signatures.of_cpp((root / "include/gradtape/ops.hpp").read_text(encoding="utf-8"))
        self.python = signatures.of_package(root / "bindings/python/gradtape")
        self.page_of = {name: slug(title) for title, _, names in self.families for name in names}

    def pages(self, link: prose.Link) -> dict[str, str]:
        """The pages by their names in the folder of ops."""
        pages = {"index.md": self.index()}
        for title, introduction, names in self.families:
            pages[slug(title)] = self.family(title, introduction, names, link)
        return pages

    def index(self) -> str:
        out = ["# Ops", f"{len(self.ops)} ops in {len(self.families)} families.", _ABOUT, "## Families"]
        rows = ["| family | ops |", "|---|---|"]
        for title, _, names in self.families:
            shown = " ".join(f"[{name}]({slug(title)}#{name})" for name in names)
            rows.append(f"| [{title}]({slug(title)}) | {shown} |")
        out += ["\n".join(rows), _DERIVATIVES, "## From A to Z"]
        rows = ["| op | value |", "|---|---|"]
        for name, op in self.ops.items():
            rows.append(f"| [{name}]({self.page_of[name]}#{name}) | {prose.escaped(op['doc'])} |")
        return "\n\n".join([*out, "\n".join(rows)]) + "\n"

    def family(self, title: str, introduction: str, names: list[str], link: prose.Link) -> str:
        rows = ["| op | value |", "|---|---|"]
        for name in names:
            rows.append(f"| [{name}](#{name}) | {prose.escaped(self.ops[name]['doc'], link)} |")
        parts = [f"# {title}", introduction, "\n".join(rows)]
        return "\n\n".join(parts + [self.op(self.ops[name], link) for name in names]) + "\n"

    def op(self, op: dict[str, Any], link: prose.Link) -> str:
        """One op: its text, calls, facts, attributes and example."""
        name = op["name"]
        out = [f"## {name} {{ #{name} }}", prose.escaped(op["doc"], link)]
        for label, language, code in (
            (
                "Python",
                "python",
                "gradtape." + signatures.of_python(op, self.python).replace("\n", "\n" + " " * 9),
            ),
            ("C", "c", "\n".join(self.c.get(name, []))),
            ("C++", "cpp", "\n".join(self.cpp.get(name, []))),
        ):
            if code:
                out.append(f'=== "{label}"\n\n' + _indented(f"```{language}\n{code}\n```"))
        out.append(_facts(op))
        if op["attrs"]:
            out.append(_attributes(op["attrs"]))
        if op.get("example"):
            out.append("```text\n" + _example(op["example"]) + "\n```")
        return "\n\n".join(out)


def slug(title: str) -> str:
    """The name of a family's page."""
    return re.sub(r"\W+", "-", title.lower()) + ".md"


def _indented(text: str) -> str:
    return "\n".join("    " + line if line else line for line in text.splitlines())


def _facts(op: dict[str, Any]) -> str:
    inputs = []
    for given in op["inputs"]:
        marks = [] if given["dtype"] == "shared" else [given["dtype"]]
        marks += ["optional"] if given["optional"] else []
        inputs.append(f"`{given['name']}`" + (f" ({', '.join(marks)})" if marks else ""))
    if op["variadic"]:
        inputs = ["any number of " + ", ".join(inputs)]
    dtypes = _DTYPES.get(tuple(op["dtypes"]), ", ".join(op["dtypes"])) or "that of its attribute"
    derivative = f"[{op['derivative']}](index.md#derivatives)" + (f", {op['reason']}" if op["reason"] else "")
    facts = [("Inputs", ", ".join(inputs) or "none"), ("Dtypes", dtypes), ("Derivative", derivative)]
    return "<br>\n".join(f"**{title}:** {text}" for title, text in facts)


def _attributes(attrs: list[dict[str, Any]]) -> str:
    rows = ["| attribute | type | default | one of |", "|---|---|---|---|"]
    for attr in attrs:
        default = "required" if attr["required"] else f"`{json.dumps(attr['default'])}`"
        choices = ", ".join(f"`{choice}`" for choice in attr["choices"])
        rows.append(f"| `{attr['name']}` | {' or '.join(attr['kinds'])} | {default} | {choices} |")
    return "\n".join(rows)


def _example(example: dict[str, str]) -> str:
    lines = [example["call"], f"= {example['result']}"]
    if example.get("gradients"):
        lines.append(f"gradient: {example['gradients']}")
    return "\n".join(lines)
