"""Writes the stubs of the package for type checkers and editors: gradtape/_ops.pyi and gradtape/__init__.pyi.

    generate_stubs.py            writes them
    generate_stubs.py --check    ends with 1 if a stub differs from the text that would be written

_ops.pyi has a typed function for each op of docs/ops.json. __init__.pyi has the module of each name of gradtape. __init__.py
decides that partly while it runs, so the package must be built and importable.
"""

from __future__ import annotations

import ast
import json
import pathlib
import sys
import textwrap
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE / "gradtape"
REGISTRY = HERE.parents[1] / "docs" / "ops.json"
WIDTH = 110
KINDS = {
    "bool": "bool",
    "int": "IntLike",
    "ints": "IntsLike",
    "float": "FloatLike",
    "floats": "IntsLike",
    "string": "str",
    "dtype": "DTypeLike",
}


def attribute_type(attribute: dict[str, Any]) -> str:
    """The types that an attribute takes."""
    found = []
    for kind in attribute["kinds"]:
        choices = ", ".join(f'"{choice}"' for choice in attribute["choices"])
        found.append(f"Literal[{choices}]" if kind == "string" and choices else KINDS[kind])
    optional = not attribute["required"] and attribute["default"] is None
    kind = found[0] if len(found) == 1 else f"Union[{', '.join(found)}]"
    return f"Optional[{kind}]" if optional else kind


def parameters(op: dict[str, Any]) -> list[str]:
    """The parameters in the order of the registry: inputs, then attributes."""
    found, defaulted = [], False
    for given in op["inputs"]:
        kind = "Sequence[TensorLike]" if op["variadic"] else "TensorLike"
        defaulted |= given["optional"]
        found.append(f"{given['name']}: Optional[{kind}] = None" if defaulted else f"{given['name']}: {kind}")
    for attribute in op["attrs"]:
        kind = attribute_type(attribute)
        if attribute["required"] and not defaulted:
            found.append(f"{attribute['name']}: {kind}")
            continue
        defaulted = True
        default = None if attribute["required"] else attribute["default"]
        kind = f"Optional[{kind}]" if attribute["required"] else kind
        found.append(f"{attribute['name']}: {kind} = {json_default(default)}")
    return [*found, "*", "name: Optional[str] = None"]


def json_default(value: Any) -> str:
    """A default as Python writes it."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def op_stub(op: dict[str, Any]) -> str:
    """The typed function of one op."""
    result = "tuple[Tensor, ...]" if op["many_outputs"] else "Tensor"
    head = f"def {op['name']}({', '.join(parameters(op))}) -> {result}:"
    if len(head) > WIDTH:
        inside = textwrap.indent(",\n".join(parameters(op)), "    ")
        head = f"def {op['name']}(\n{inside},\n) -> {result}:"
    doc = op["doc"].replace("\\", "\\\\").replace('"""', '\\"""')
    text = textwrap.fill(
        f'"""{doc}"""', WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    return f"{head}\n{text}\n"


def ops_stub(registry: pathlib.Path) -> str:
    """_ops.pyi."""
    ops = json.loads(registry.read_text(encoding="utf-8"))["ops"]
    head = (
        '"""The ops, typed. Made by generate_stubs.py from docs/ops.json; there is no such module at run time."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Literal, Optional, Sequence, Union\n\n"
        "from ._core import DTypeLike, FloatLike, IntLike, IntsLike, Tensor, TensorLike\n\n"
    )
    return head + "\n".join(op_stub(op) for op in ops)


def sources() -> dict[str, str]:
    """For each name that __init__.py binds, the line that declares it in a stub."""
    import gradtape

    found = {name: f"from ._array_api import {name} as {name}" for name in gradtape._array_api.__all__}
    for node in ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            module = f".{node.module or ''}"
            for alias in node.names:
                bound = alias.asname or alias.name
                found[bound] = f"from {module} import {alias.name} as {bound}"
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = f"{target.id}: {type_name(getattr(gradtape, target.id))}"
    for bound in found:
        value = getattr(gradtape, bound)
        if isinstance(value, gradtape._core.Op):
            found[bound] = f"from ._ops import {value.__name__} as {bound}"
    for module in gradtape._modules:
        found[module] = f"from . import {module} as {module}"
    for name, place in gradtape._of_keras.items():
        module, _, member = f"keras.{place}".rpartition(".")
        found[name] = f"from .{module} import {member} as {name}"
    for op in json.loads(REGISTRY.read_text(encoding="utf-8"))["ops"]:
        found.setdefault(op["name"], f"from ._ops import {op['name']} as {op['name']}")
    return {n: line for n, line in found.items() if not n.startswith("_") or n.startswith("__")}


def type_name(value: Any) -> str:
    """The type of a name that __init__.py assigns."""
    if value is None:
        return "None"
    kind = type(value)
    return f"_core.{kind.__name__}" if kind.__module__ == "gradtape._core" else kind.__name__


def init_stub() -> str:
    """__init__.pyi."""
    lines = sorted(sources().values())
    imports = [line for line in lines if line.startswith("from")]
    others = [line for line in lines if not line.startswith("from")]
    head = '"""The names of gradtape, and where they come from. Made by generate_stubs.py."""\n\n'
    return head + "\n".join(["from . import _core", *imports, "", *others]) + "\n"


def main() -> int:
    """Writes both files, or compares them."""
    wanted = {"_ops.pyi": ops_stub(REGISTRY), "__init__.pyi": init_stub()}
    stale = 0
    for name, text in wanted.items():
        file = PACKAGE / name
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            print(f"{file.relative_to(HERE)} is not up to date: run generate_stubs.py")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.path.append(sys.path.pop(0))  # a package that is installed goes before the sources beside this file
    sys.exit(main())
