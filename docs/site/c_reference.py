"""The C header as a page: banners become headings, and each declaration stands with its comment."""

from __future__ import annotations

import dataclasses
import re

import prose

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_BANNER = re.compile(r"-{3,}\s*(.*?)\s*-*$", re.DOTALL)


@dataclasses.dataclass
class Entry:
    """Declarations that stand together, under one comment. Without names it is text alone."""

    comment: str
    code: str
    names: list[str]
    constants: list[str]

    @property
    def title(self) -> str:
        shown = self.names or self.constants
        return ", ".join(shown[:4]) + (", …" if len(shown) > 4 else "")

    @property
    def anchor(self) -> str:
        return (self.names or self.constants)[0]


@dataclasses.dataclass
class Section:
    title: str
    entries: list[Entry]


@dataclasses.dataclass
class Header:
    preface: str
    sections: list[Section]

    def anchors(self) -> dict[str, str]:
        """The anchor of each name that is declared."""
        entries = [entry for section in self.sections for entry in section.entries]
        return {name: entry.anchor for entry in entries for name in entry.names + entry.constants}


def parse(text: str) -> Header:
    """The parts of a header. Constants are all that is kept of the preprocessor's lines."""
    lines = _without_preprocessor(text.splitlines())
    header, comment, at = Header("", []), "", 0
    while at < len(lines):
        begin = at
        if lines[at].startswith("/*"):
            while "*/" not in lines[at]:
                at += 1
            at += 1
            words = _words(lines[begin:at])
            banner = _BANNER.match(words)
            if banner:
                header.sections.append(Section(banner[1], []))
            elif not header.preface and not header.sections:
                header.preface = words
            elif at < len(lines) and lines[at].strip():
                comment = words
            else:
                _section(header).entries.append(Entry(words, "", [], []))
        elif not lines[at].strip():
            at, comment = at + 1, ""
        else:
            at = _end_of_code(lines, at)
            code = "\n".join(lines[begin:at])
            _section(header).entries.append(Entry(comment, code, *_declared(code)))
            comment = ""
    return header


def _section(header: Header) -> Section:
    if not header.sections:
        header.sections.append(Section("Version", []))
    return header.sections[-1]


def _without_preprocessor(lines: list[str]) -> list[str]:
    kept, foreign = [], False
    for line in lines:
        if line.startswith("#if"):
            foreign = foreign or "__cplusplus" in line
        elif line.startswith("#endif"):
            foreign = False
        elif not foreign and (not line.startswith("#") or re.match(r"#define \w+ +[-\w\"(]+$", line)):
            if not line.startswith("#define GT_API"):
                kept.append(line)
    return kept


def _words(lines: list[str]) -> str:
    """A comment without its frame."""
    text = "\n".join(lines).strip()[2:-2]
    return "\n".join(re.sub(r"^\s*\* ?", "", line) for line in text.splitlines()).strip()


def _end_of_code(lines: list[str], at: int) -> int:
    depth, inside = 0, False
    while at < len(lines):
        line = lines[at]
        if depth == 0 and not inside and (not line.strip() or line.startswith("/*")):
            break
        plain = _COMMENT.sub("", "/*" + line if inside else line)
        inside = "/*" in plain
        plain = plain.split("/*")[0]
        depth += plain.count("{") + plain.count("(") - plain.count("}") - plain.count(")")
        at += 1
    return at


def _declared(code: str) -> tuple[list[str], list[str]]:
    """The names of functions, types and macros, and those of an enum's constants."""
    plain = _COMMENT.sub("", code)
    names = re.findall(r"^#define (\w+)", plain, re.MULTILINE)
    plain = re.sub(r"^#.*$", "", plain, flags=re.MULTILINE)
    constants = []
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", plain, re.DOTALL):
        constants += re.findall(r"(?:^|,)\s*(\w+)", body)
    outside = _without_braces(plain)
    for statement in outside.split(";"):
        statement = statement.strip()
        pointer = re.search(r"\(\*\s*(\w+)\)\s*\(", statement)
        if statement.startswith("typedef") and pointer:
            names.append(pointer[1])
        elif statement.startswith("typedef"):
            names.append(re.search(r"(\w+)$", statement)[1])
        elif "(" in statement:
            names.append(re.search(r"(\w+)\s*\(", statement)[1])
    return names, constants


def _without_braces(text: str) -> str:
    out, depth = [], 0
    for sign in text:
        depth += sign == "{"
        if depth == 0:
            out.append(sign)
        depth -= sign == "}"
    return "".join(out)


def _shown(code: str) -> str:
    """A declaration without the mark of exported functions."""
    lines, moved = [], False
    for line in code.splitlines():
        if line.startswith("GT_API "):
            line, moved = line[7:], True
        elif moved and line.startswith("       "):
            line = line[7:]
        else:
            moved = False
        lines.append(line)
    return "\n".join(lines)


def page(header: Header, link: prose.Link) -> str:
    """The page of a header. Its first heading is the caller's."""

    def own(name: str) -> str | None:
        return f"#{anchors[name]}" if name in anchors else link(name)

    anchors = header.anchors()
    out = [prose.paragraphs(header.preface, own)]
    for section in header.sections:
        out.append(f"## {section.title}")
        for entry in section.entries:
            if entry.code:
                out.append(f"### `{entry.title}` {{ #{entry.anchor} }}")
                out.append(f"```c\n{_shown(entry.code)}\n```")
            if entry.comment:
                out.append(prose.paragraphs(entry.comment, own))
    return "\n\n".join(out) + "\n"
