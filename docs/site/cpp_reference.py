"""The C++ headers as pages: their declarations, without bodies and private parts."""

from __future__ import annotations

import dataclasses
import re

import prose

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|#[^\n]*|[{}();:]|[^{}();:"\'/#]+|.', re.DOTALL
)
_NAMESPACE = re.compile(r"^namespace gradtape \{\n(.*?)^\}  // namespace gradtape$", re.MULTILINE | re.DOTALL)
_INNER_NAMESPACE = re.compile(r"^namespace \w+ \{\n.*?^\}  // namespace \w+$", re.MULTILINE | re.DOTALL)
_UNWANTED = re.compile(r"detail::|^template <>|^(?:class|struct) \w+;$|\w+::(?:~?\w+|operator.{1,3})\s*$")
_ACCESS = re.compile(r"\b(public|private|protected)\s*$")


@dataclasses.dataclass
class Item:
    """A declaration of the namespace, with the `///` comment above it."""

    comment: str
    code: str
    name: str


def purpose(text: str) -> str:
    """The comment that opens a header."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line[2:].strip())
    return " ".join(lines)


def outline(text: str) -> list[Item]:
    """The public declarations of namespace gradtape, in their order."""
    items: list[Item] = []
    text = re.sub(r" *// NOLINT[^\n]*", "", text)
    for body in _NAMESPACE.findall(text):
        body = _INNER_NAMESPACE.sub("", body)
        for statement in _statements(body):
            comment, code = _parted(statement)
            shown = _declaration(code)
            name = _name(shown)
            if not name or _UNWANTED.search(shown.split("(")[0]):
                continue
            if not comment and items and items[-1].name == name:
                items[-1].code += "\n" + shown
            else:
                items.append(Item(comment, shown, name))
    return items


def _statements(text: str) -> list[str]:
    """Declarations and definitions at one level, comments above them included."""
    out, depth, current = [], 0, ""
    for token in _TOKEN.findall(text):
        if token.startswith("//") and out and "\n" not in current:  # it stands behind a finished declaration
            out[-1] += current + token
            current = ""
            continue
        current += token
        if token in "{(":
            depth += 1
        elif token in "})":
            depth -= 1
            if token == "}" and depth == 0 and not _goes_on(current):
                out.append(current)
                current = ""
        elif token == ";" and depth == 0:
            out.append(current)
            current = ""
        elif token == ":" and depth == 0 and _ACCESS.search(current[:-1]):
            out.append(current)
            current = ""
    return [statement.strip("\n") for statement in out if statement.strip(" ;\n")]


def _goes_on(current: str) -> bool:
    """Whether a closing brace ends no function: a class, or an initializer, goes on to its semicolon."""
    head = _plain(current).lstrip()
    head = re.sub(r"^template <[^{]*?>\s*(?=class|struct|enum|inline|constexpr)", "", head)
    if re.match(r"(class|struct|enum|union)\b", head):
        return True
    opener = head[: _body(head)]
    return opener.rstrip().endswith("=") or "(" not in opener


def _body(code: str) -> int:
    """The place of the first brace outside of parentheses."""
    depth = 0
    for match in _TOKEN.finditer(code):
        token = match.group()
        if token == "{" and depth == 0:
            return match.start()
        depth += (token == "(") - (token == ")")
    return len(code)


def _plain(text: str) -> str:
    return re.sub(r"//[^\n]*|/\*.*?\*/|^#[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)


def _parted(statement: str) -> tuple[str, str]:
    """The comment above a declaration, and the declaration."""
    lines = statement.splitlines()
    comment = []
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith(("//", "#"))):
        line = lines.pop(0).strip()
        if line.startswith("///"):
            comment.append(line[3:].strip())
        elif not line:
            comment = []
    return " ".join(comment), "\n".join(lines)


def _declaration(code: str) -> str:
    """A statement without its body; a class with its public members."""
    plain = code.lstrip()
    head = re.sub(r"^template <[^{]*?>\s*(?=class|struct)", "", plain)
    if re.match(r"(class|struct)\b", head) and "{" in code:
        return _class(code, is_struct=head.startswith("struct"))
    if re.match(r"enum\b", head):
        return code
    return _without_body(code)


def _class(code: str, is_struct: bool) -> str:
    begin, end = code.index("{"), code.rindex("}")
    public, lines = is_struct, []
    for member in _statements(code[begin + 1 : end]):
        access = re.fullmatch(r"\s*(public|private|protected):", member)
        if access:
            public = access[1] == "public"
        elif public:
            comments = [line for line in member.splitlines() if line.lstrip().startswith("///")]
            declared = _declaration(_parted(member)[1])
            of_users = "detail::" not in declared.split("(")[0].replace("detail::are_tensors", "")
            if declared.strip() and of_users:
                lines += comments + [re.sub(r"^ public:\n", "", declared)]
    indent = re.match(r" *", code)[0]
    return code[: begin + 1].rstrip() + "\n" + "\n".join(lines) + f"\n{indent}}};"


def _without_body(code: str) -> str:
    """A function's declaration: body and initializers of members are left out."""
    depth, colon = 0, None
    for match in _TOKEN.finditer(code):
        token = match.group()
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif token == ":" and depth == 0 and "(" in code[: match.start()]:
            neighbours = code[match.start() - 1 : match.start()] + code[match.end() : match.end() + 1]
            if ":" not in neighbours and colon is None:
                colon = match.start()
        elif token == "{" and depth == 0 and "(" in code[: match.start()]:
            behind = re.search(r"//[^\n]*$", code)
            declared = code[: match.start() if colon is None else colon].rstrip() + ";"
            return declared + ("  " + behind[0] if behind else "")
    return code


def _name(code: str) -> str:
    plain = re.sub(r"^template <.*?>\n", "", _plain(code).strip(), flags=re.DOTALL)
    match = re.match(r"(?:class|struct|enum class|enum|using)\s+(\w+)", plain)
    if not match and re.search(r"\boperator\W+\(", plain):
        return "operators"
    match = match or re.search(r"(\w+)\s*\(", plain)
    match = match or re.search(r"(\w+)\s*(?:=.*|\{.*)?;$", plain, re.DOTALL)
    return match[1] if match else ""


def page(title: str, text: str, link: prose.Link) -> str:
    """The page of a header; empty where the header declares nothing for its users."""
    items = outline(text)
    if not items:
        return ""
    out = [f"# {title}", prose.escaped(purpose(text), link)]
    seen: dict[str, int] = {}
    for item in items:
        seen[item.name] = seen.get(item.name, 0) + 1
        anchor = re.sub(r"\W+", "-", item.name) + ("" if seen[item.name] == 1 else f"-{seen[item.name]}")
        if seen[item.name] == 1:
            out.append(f"## `{item.name}` {{ #{anchor} }}")
        if item.comment:
            out.append(prose.escaped(item.comment, link))
        out.append(f"```cpp\n{item.code}\n```")
    return "\n\n".join(out) + "\n"
