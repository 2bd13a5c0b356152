"""How each op is called from C, C++ and Python, read from generated headers and from the package."""

from __future__ import annotations

import ast
import pathlib
import re
from typing import Any

WIDTH = 86


def of_c(header: str) -> dict[str, list[str]]:
    """Declarations of gradtape/ops.h by op: the function, and where there is one that takes a struct, both."""
    found: dict[str, list[str]] = {}
    last = ""
    for match in re.finditer(
        r"^static inline (?P<result>gt_\w+) gt_(?P<name>\w+)\((?P<parameters>gt_context ctx[^;]*)\);$"
        r"|^(?P<attrs>typedef struct gt_\w+ \{\n(?:  .*\n)*\} gt_\w+;\n#define .* \\\n.*)$",
        header,
        re.MULTILINE,
    ):
        if match["attrs"]:
            found[last].append(match["attrs"])
            continue
        name = match["name"]
        declaration = wrapped(f"{match['result']} gt_{name}", _split(match["parameters"]))
        last = last if name == f"{last}_with" and len(found[last]) > 1 else name
        found.setdefault(last, []).append(declaration)
    return found


def of_cpp(header: str) -> dict[str, list[str]]:
    """Declarations of gradtape/ops.hpp by op, overloads in their order."""
    found: dict[str, list[str]] = {}
    for match in re.finditer(
        r"^(?:inline (?P<result>\S.*?) (?P<name>\w+)\((?P<parameters>(?:.|\n)*?)\) \{"
        r"|(?P<attrs>struct \w+ \{\n(?:  .*\n)*\};))$"
        r"|^(?P<shared>\S.*?) (?P<by>\w+)\((?P<of>[^{]*\sconst \w+Attrs& attrs)\) \{$",
        header,
        re.MULTILINE,
    ):
        if match["name"]:
            declaration = wrapped(f"{match['result']} {match['name']}", _split(match["parameters"]))
            found.setdefault(match["name"], []).append(declaration)
            last = match["name"]
        elif match["attrs"]:
            found[last].append(match["attrs"])
        else:
            found[match["by"]].append(wrapped(f"{match['shared']} {match['by']}", _split(match["of"])))
    return found


def of_python(op: dict[str, Any], package: dict[str, str]) -> str:
    """The call of one op: the package's own function, where it has one, else inputs and attributes."""
    if op["name"] in package:
        return package[op["name"]]
    parameters = [f"{i['name']}=None" if i["optional"] else i["name"] for i in op["inputs"]]
    needed = [a["name"] for a in op["attrs"] if a["required"]]
    given = [f"{a['name']}={_literal(a['default'])}" for a in op["attrs"] if not a["required"]]
    if any("=" in p for p in parameters) and needed:
        needed = [f"{name}=…" for name in needed]
    in_order = {name.split("=")[0]: name for name in needed + given}
    return wrapped(op["name"], parameters + [in_order[a["name"]] for a in op["attrs"]], end="")


def of_package(folder: pathlib.Path) -> dict[str, str]:
    """The functions that the package's main namespace has of its own, by name."""
    found: dict[str, str] = {}
    for init in (folder / "_array_api/__init__.py", folder / "__init__.py"):
        for node in ast.parse(init.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                module = init.parents[node.level - 1] / f"{node.module}.py"
                defined = _functions(module) if module.exists() else {}
                for name in node.names:
                    found.pop(name.name, None)  # a later import counts; a name that is no function is the op itself
                    if name.name in defined:
                        found[name.name] = wrapped(name.name, parameters_of(defined[name.name].args), end="")
    return found


def exported(folder: pathlib.Path) -> set[str]:
    """The names that the main namespace imports from the package's own files."""
    names = set()
    for init in (folder / "_array_api/__init__.py", folder / "__init__.py"):
        for node in ast.parse(init.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                names |= {name.asname or name.name for name in node.names}
    return names


def _functions(file: pathlib.Path) -> dict[str, ast.FunctionDef]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def parameters_of(args: ast.arguments) -> list[str]:
    """A function's parameters with their defaults, without types."""
    plain = args.posonlyargs + args.args
    defaults = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    shown = [a.arg if d is None else f"{a.arg}={ast.unparse(d)}" for a, d in zip(plain, defaults)]
    if args.posonlyargs:
        shown.insert(len(args.posonlyargs), "/")
    if args.vararg:
        shown.append("*" + args.vararg.arg)
    elif args.kwonlyargs:
        shown.append("*")
    shown += [
        a.arg if d is None else f"{a.arg}={ast.unparse(d)}" for a, d in zip(args.kwonlyargs, args.kw_defaults)
    ]
    return shown + (["**" + args.kwarg.arg] if args.kwarg else [])


def _literal(value: Any) -> str:
    """A default as Python writes it."""
    return repr(value)


def _split(parameters: str) -> list[str]:
    """Parameters by the commas between them."""
    out, depth, part = [], 0, ""
    for sign in parameters:
        depth += sign in "(<{"
        depth -= sign in ")>}"
        if sign == "," and depth == 0:
            out.append(part.strip())
            part = ""
        else:
            part += sign
    return out + [part.strip()] if part.strip() else out


def wrapped(head: str, parameters: list[str], end: str = ";") -> str:
    """A declaration; its lines stay below WIDTH where parameters allow it."""
    lines, indent = [head + "("], " " * (len(head) + 1)
    if len(indent) > WIDTH // 2:
        indent = "    "
    for i, parameter in enumerate(parameters):
        text = parameter + ("," if i + 1 < len(parameters) else ")" + end)
        if i and len(lines[-1]) + len(text) + 1 > WIDTH:
            lines.append(indent + text)
        else:
            lines[-1] += (" " if i else "") + text
    if not parameters:
        lines[-1] += ")" + end
    return "\n".join(lines)
