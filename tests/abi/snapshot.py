#!/usr/bin/env python3
"""Writes down a release's interface, for tests/abi/run.sh: snapshot.py VERSION [SOURCES [FOLDER]].

FOLDER/VERSION.c has the numbers, structs, types and functions of the headers in SOURCES/include, as C that compiles if
the present headers agree. FOLDER/VERSION.json has the inputs and attributes of the ops in SOURCES/docs/ops.json.
"""

import json
import pathlib
import re
import subprocess
import sys

HEAD = """/* The interface of gradtape {version}: made by `./run release-abi`. It compiles where today's headers keep to it. */
#include "compatible.h"
#include "gradtape/gradtape.h"
#include "gradtape/ops.h"
"""
# A list of attributes may hold more in a later release: it never reaches the library.
OWN = re.compile(r"\} gt_attr_(list|value)$|\bGT_ATTR_LIST_CAPACITY\b")
EXEMPT_MACROS = re.compile(r"GT_VERSION_|.*_H$")


def preprocessed(include: pathlib.Path, options: list, lines: str) -> str:
    source = '#include "gradtape/gradtape.h"\n#include "gradtape/ops.h"\n' + lines
    command = ["cc", "-std=c11", "-E", *options, "-I", str(include), "-x", "c", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def of_the_headers(text: str) -> str:
    """The lines that come from gradtape's own headers, by the preprocessor's markers."""
    kept, ours = [], False
    for line in text.splitlines():
        if marker := re.match(r'# \d+ "(.*?)"', line):
            ours = "gradtape/" in marker[1]
        elif ours and not line.startswith("#"):
            kept.append(line)
    return re.sub(r"\s+", " ", " ".join(kept))


def declarations(text: str) -> list:
    """The statements of the outermost level. Each ends by a semicolon, or by a function's body, which is left out."""
    found, start, depth = [], 0, 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0 and character == "}" and "(" in text[start : text.index("{", start)]:
            found.append(text[start : text.index("{", start)].strip())
            start = at + 1
        elif depth == 0 and character == ";":
            found.append(text[start:at].strip())
            start = at + 1
    return found


def numbers(text: str) -> list:
    """An enum's names with their values."""
    lines, value = [], "0"
    for entry in filter(None, (e.strip() for e in text[text.index("{") + 1 : text.rindex("}")].split(","))):
        name, _, given = (part.strip() for part in entry.partition("="))
        value = given or value
        lines.append(f"NUMBER({name}, {value});")
        value = f"{value} + 1"
    return lines


def struct(text: str) -> list:
    """A struct under another name, and that today's has its fields where they were."""
    name = re.search(r"struct (\w+)", text)[1]
    body = text[text.index("{") : text.rindex("}") + 1]
    fields = [f.strip() for f in body[1:-1].split(";") if f.strip()]
    names = []
    for field in fields:
        for part in [field] if "(" in field else field.split(","):
            names.append((re.search(r"\(\*\s*(\w+)\)", part) or re.search(r"(\w+)\s*(\[[^]]*\])*$", part))[1])
    size = "GROWING" if names[0] == "struct_size" else "FIXED"
    rows = "".join(f"  {f};\n" for f in fields)
    return [f"struct was_{name} {{\n{rows}}};", f"{size}({name});"] + [f"FIELD({name}, {n});" for n in names]


def function(kind: str, text: str) -> str:
    result, name, parameters = re.match(r"(.*?)\b(gt_\w+)(\(.*\))$", text).groups()
    return f"{kind}({result.strip()}, {name}, {parameters});"


def interface(include: pathlib.Path) -> list:
    lines = []
    for text in declarations(of_the_headers(preprocessed(include, [], ""))):
        if OWN.search(text):
            continue
        if text.startswith("enum"):
            lines += numbers(text)
        elif text.startswith("typedef struct") and "{" in text:
            lines += struct(text)
        elif text.startswith("typedef"):
            lines.append(text + ";")
        elif text.startswith("static inline"):  # once as a prototype, once with its body
            line = function("INLINE", text.removeprefix("static inline "))
            lines += [line] if line not in lines else []
        elif text:
            lines.append(function("EXPORTED", text))
    return lines


def macros(include: pathlib.Path) -> list:
    """Macros that are numbers."""
    names = re.findall(r"^#define (GT_\w+) \S", preprocessed(include, ["-dM"], ""), re.MULTILINE)
    names = [n for n in sorted(names) if not EXEMPT_MACROS.match(n)]
    values = preprocessed(include, ["-P"], "".join(f'\n"{n}" {n}' for n in names))
    found = re.findall(r'^"(\w+)" ([-+() 0-9xXa-fA-FuUlL]+)$', values, re.MULTILINE)
    return [f"NUMBER({name}, {value});" for name, value in found]


def ops(listing: pathlib.Path) -> str:
    kept = ("name", "inputs", "variadic", "attrs", "dtypes")
    rows = [{key: op[key] for key in kept} for op in json.loads(listing.read_text())["ops"]]
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n"


def main() -> None:
    here = pathlib.Path(__file__).resolve().parent
    version = sys.argv[1]
    sources = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else here.parents[1]
    folder = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else here
    lines = interface(sources / "include") + macros(sources / "include")
    (folder / f"{version}.c").write_text(HEAD.format(version=version) + "\n" + "\n".join(lines) + "\n")
    (folder / f"{version}.json").write_text(ops(sources / "docs/ops.json"))


if __name__ == "__main__":
    main()
