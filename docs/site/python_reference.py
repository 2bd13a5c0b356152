"""The Python package as pages: signatures and docstrings of its namespaces, read without importing it."""

from __future__ import annotations

import ast
import dataclasses
import pathlib

import prose
import signatures

# Page, title, namespace, and the files of the package that the page shows.
PAGES = [
    ("tapes", "Tapes and variables", "gradtape", ["_tape.py", "_variable.py"]),
    ("transforms", "Derivatives of functions", "gradtape", ["_transforms.py", "_sparse.py", "_vmap.py", "_root.py", "_reading.py"]),
    ("custom", "Gradients of one's own", "gradtape", ["_custom.py"]),
    ("function", "Functions that replay", "gradtape", ["_function.py", "_control.py"]),
    ("lax", "gradtape.lax", "gradtape.lax", ["lax.py"]),
    ("tensors", "Tensors", "gradtape", ["_core.pyi", "_convert.py", "_display.py", "_shape.py"]),
    ("names", "Ops by TensorFlow's names", "gradtape", ["_names.py"]),
    ("array-api", "Array API", "gradtape", ["_array_api/*.py", "_array_api_linalg.py"]),
    ("math", "gradtape.math", "gradtape.math", ["math.py"]),
    ("nn", "gradtape.nn", "gradtape.nn", ["nn.py"]),
    ("linalg", "gradtape.linalg", "gradtape.linalg", ["linalg.py"]),
    ("random", "gradtape.random", "gradtape.random", ["random.py"]),
    (
        "keras-layers",
        "gradtape.keras.layers",
        "gradtape.keras.layers",
        [f"keras/{name}.py" for name in ("_layer", "layers", "_images", "_recurrent", "_simple", "_merge")],
    ),
    (
        "keras-initializers",
        "gradtape.keras.initializers",
        "gradtape.keras.initializers",
        ["keras/initializers.py"],
    ),
    ("keras-losses", "gradtape.keras.losses", "gradtape.keras.losses", ["keras/losses.py"]),
    ("keras-metrics", "gradtape.keras.metrics", "gradtape.keras.metrics", ["keras/metrics.py"]),
    ("keras-optimizers", "gradtape.keras.optimizers", "gradtape.keras.optimizers", ["keras/optimizers.py"]),
    (
        "keras-schedules",
        "gradtape.keras.optimizers.schedules",
        "gradtape.keras.optimizers.schedules",
        ["keras/schedules.py"],
    ),
    (
        "keras-regularizers",
        "gradtape.keras.regularizers",
        "gradtape.keras.regularizers",
        ["keras/regularizers.py"],
    ),
    ("keras-utils", "gradtape.keras.utils", "gradtape.keras.utils", ["keras/utils.py"]),
    ("optimize", "gradtape.optimize", "gradtape.optimize", ["optimize.py"]),
    ("plot", "gradtape.plot", "gradtape.plot", ["plot.py"]),
    ("nest", "gradtape.nest", "gradtape.nest", ["nest.py"]),
    ("debugging", "gradtape.debugging", "gradtape.debugging", ["debugging.py"]),
    ("errors", "gradtape.errors", "gradtape.errors", ["errors.py"]),
]


@dataclasses.dataclass
class Item:
    """A function or class, with a class's members."""

    name: str
    signature: str
    doc: str
    members: list[Item]
    plain: list[str]  # members of a class without a docstring


def pages(package: pathlib.Path, ops: dict[str, str], link: prose.Link) -> dict[str, tuple[str, str]]:
    """Title and text of each page that has anything; `ops` names the page of each op."""
    exported = signatures.exported(package)
    found: dict[str, tuple[str, str]] = {}
    shown: set[str] = set()  # of the main namespace: the package's own class comes before the extension's
    for page, title, namespace, patterns in PAGES:
        files = [file for pattern in patterns for file in sorted(package.glob(pattern))]
        trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
        chosen = exported - shown if namespace == "gradtape" else None
        items = [item for tree in trees for item in items_of(tree, chosen)]
        shown |= {item.name for item in items if chosen}
        aliases = {name: op for tree in trees for name, op in aliases_of(tree).items() if op in ops}
        if items or aliases:
            introduction = ast.get_docstring(trees[0]) if len(trees) == 1 and not chosen else None
            found[f"{page}.md"] = (title, text_of(title, introduction, namespace, items, aliases, ops, link))
    return found


def items_of(tree: ast.Module, chosen: set[str] | None) -> list[Item]:
    """The public functions and classes: those that are chosen, or else those with docstrings."""
    items = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if node.name in chosen if chosen is not None else ast.get_docstring(node):
                items.append(_item(node))
    return items


def aliases_of(tree: ast.Module) -> dict[str, str]:
    """Names that are an op itself: relu = _op("relu")."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
            function, argument, target = node.value.func, node.value.args[0], node.targets[0]
            if (
                isinstance(function, ast.Name)
                and function.id in ("_op", "op")
                and isinstance(argument, ast.Constant)
            ):
                if isinstance(target, ast.Name) and not target.id.startswith("_"):
                    found[target.id] = argument.value
    return found


def _item(node: ast.FunctionDef | ast.ClassDef) -> Item:
    doc = ast.get_docstring(node) or ""
    if isinstance(node, ast.FunctionDef):
        return Item(node.name, _signature(node, node.name), doc, [], [])
    functions = [member for member in node.body if isinstance(member, ast.FunctionDef)]
    public = [member for member in functions if not member.name.startswith("_")]
    makers = [member for member in functions if member.name == "__init__"]
    bases = ", ".join(ast.unparse(base).replace("_core.", "") for base in node.bases)
    signature = (
        _signature(makers[0], node.name) if makers else f"class {node.name}" + (f"({bases})" if bases else "")
    )
    members = [
        Item(member.name, _member(member), ast.get_docstring(member) or "", [], [])
        for member in public
        if ast.get_docstring(member)
    ]
    return Item(node.name, signature, doc, members, [m.name for m in public if not ast.get_docstring(m)])


def _member(node: ast.FunctionDef) -> str:
    is_property = any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list)
    return node.name if is_property else _signature(node, node.name)


def _signature(node: ast.FunctionDef, name: str) -> str:
    parameters = [p for p in signatures.parameters_of(node.args) if p not in ("self", "cls")]
    return signatures.wrapped(name, parameters, end="")


def text_of(
    title: str,
    introduction: str | None,
    namespace: str,
    items: list[Item],
    aliases: dict[str, str],
    ops: dict[str, str],
    link: prose.Link,
) -> str:
    out = [f"# {title}"]
    if introduction:
        out.append(prose.paragraphs(introduction, link))
    if aliases:
        shown = [f"[{name}](../ops/{ops[op]}#{op})" for name, op in sorted(aliases.items())]
        out.append("These names are ops: " + " ".join(shown))
    for item in items:
        indent = " " * len(namespace + ".")
        signature = item.signature.replace("\n", "\n" + indent)
        if not signature.startswith("class "):
            signature = f"{namespace}.{signature}"
        out += [
            f"## `{item.name}` {{ #{item.name} }}",
            f"```python\n{signature}\n```",
            _words(item.doc, link),
        ]
        if item.plain:
            out.append(
                "It has besides: " + ", ".join(f"`{name}`" for name in dict.fromkeys(item.plain)) + "."
            )
        for member in item.members:
            title = f"{item.name}.{member.name}"
            out.append(f"### `{title}` {{ #{title} }}")
            out += [f"```python\n{member.signature}\n```", _words(member.doc, link)]
    return "\n\n".join(out) + "\n"


def _words(doc: str, link: prose.Link) -> str:
    return prose.paragraphs(doc, link).replace("```c\n", "```python\n")
