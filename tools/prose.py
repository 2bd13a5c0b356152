#!/usr/bin/env python3
"""Lists sentences of pages and comments that break the rule of CONTRIBUTING.md for prose.

    tools/prose.py [PATH…]    files or folders that git tracks; without any: all pages, C and C++

A finding is a sentence of more than 25 words, or one that begins with What, That, Where, Of, Such, Which or One of.
Code, tables, headings, questions and generated files are left out. The exit status is 1 if there are findings.
"""

from __future__ import annotations

import io
import pathlib
import re
import subprocess
import sys
import tokenize
from typing import Callable, Iterator, NamedTuple

MOST_WORDS = 25
HEADLESS = re.compile(r"(What|That|Where|Of|Such|Which|One of)\b")
GENERATED = re.compile(r"include/gradtape/ops(_inline)?\.hp?p?$|docs/ops\.md$|tests/cpp/typed_calls\.hpp$|tests/abi/\d.*$|.*/_ops\.pyi$")
DEFAULT = ("*.md", "*.c", "*.h", "*.cpp", "*.hpp", "*.inc")
SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\b[ABD-Z])(?<!\.)[.!?][)\"”*]*\s+")
C_TOKEN = re.compile(
    r"""R"(?P<mark>\w*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n]){1,4}'|(?P<comment>//[^\n]*|/\*.*?\*/)""",
    re.DOTALL,
)


Line = NamedTuple("Line", [("number", int), ("text", str)])
Paragraph = list[Line]


def markdown(source: str) -> Iterator[Paragraph]:
    """Paragraphs and list items of a page. Code, tables, headings and front matter end a paragraph."""
    lines = source.splitlines()
    front = lines.index("---", 1) + 1 if lines[:1] == ["---"] else 0
    paragraph: Paragraph = []
    fence, in_list = "", False
    for number, line in enumerate(lines[front:], front + 1):
        text = line.strip()
        opened = re.match(r"`{3,}", text)
        item = re.match(r"(?:[-*+]|\d+\.) +", text)
        if fence or opened:
            fence = "" if fence and text.startswith(fence) else fence or opened[0]
            text = ""
        in_list = bool(item) or (in_list and (not text or line.startswith(" ")))
        is_code = line.startswith("    ") and not paragraph and not in_list
        left_out = not text or is_code or text.startswith(("|", "#", "===", "<", "![", "--8<--"))
        if paragraph and (left_out or item):
            yield paragraph
            paragraph = []
        if not left_out:
            paragraph.append(Line(number, text[item.end() :] if item else text))
    if paragraph:
        yield paragraph


def split(lines: list[Line]) -> Iterator[Paragraph]:
    """The paragraphs of a comment. An empty, ruled or indented line ends one."""
    paragraph: Paragraph = []
    for line in lines:
        left_out = not re.search(r"\w", line.text) or re.match(r"    | *>>>|NOLINT|-{3,}", line.text)
        item = re.match(r" *- ", line.text)
        if paragraph and (left_out or item):
            yield paragraph
            paragraph = []
        if not left_out:
            paragraph.append(Line(line.number, line.text[item.end() :] if item else line.text))
    if paragraph:
        yield paragraph


def c_comments(source: str) -> Iterator[Paragraph]:
    """Comments of C and C++. Line comments below each other in one column are one."""
    block: list[Line] = []
    column = -1
    for match in C_TOKEN.finditer(source):
        if not (comment := match["comment"]):
            continue
        number = source.count("\n", 0, match.start()) + 1
        start = source.rfind("\n", 0, match.start()) + 1
        alone = not source[start : match.start()].strip()
        joins = comment.startswith("//") and alone and block and number == block[-1].number + 1
        if not (joins and match.start() - start == column):
            yield from split(block)
            block, column = [], match.start() - start
        text = comment[2:] if comment.startswith("//") else comment[2:-2]
        block += [Line(number + i, re.sub(r"^\s*\* ?|^ ", "", part)) for i, part in enumerate(text.split("\n"))]
    yield from split(block)


def hash_comments(source: str) -> Iterator[Paragraph]:
    """Comments that begin with # and have a line to themselves."""
    block: list[Line] = []
    for number, line in enumerate(source.splitlines() + [""], 1):
        match = re.match(r"\s*#(?!!) ?(.*)", line)
        if not match:
            yield from split(block)
        block = block + [Line(number, match[1])] if match else []


def python_comments(source: str) -> Iterator[Paragraph]:
    """Docstrings and comments of Python."""
    previous = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and previous in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL):
            lines = token.string.strip("rRfF").strip("\"'").split("\n")
            yield from split([Line(token.start[0] + i, x[token.start[1] if i else 0 :]) for i, x in enumerate(lines)])
        previous = previous if token.type == tokenize.COMMENT else token.type
    yield from hash_comments(source)


def findings(paragraph: Paragraph) -> Iterator[tuple[int, str]]:
    text = "\n".join(line.text for line in paragraph)
    begin = 0
    for end in [match.end() for match in SENTENCE_END.finditer(text)] + [len(text)]:
        number, sentence = paragraph[text.count("\n", 0, begin)].number, " ".join(text[begin:end].split())
        plain = re.sub(r"`[^`]*`", "code", re.sub(r"\]\([^)]*\)", "]", sentence)).lstrip("*_([\"")
        words = sum(bool(re.search(r"\w", word)) for word in plain.split())
        if words > MOST_WORDS:
            yield number, f"{words} words: {sentence}"
        if HEADLESS.match(plain) and not plain.endswith("?"):
            yield number, f"begins with {plain.split()[0]}: {sentence}"
        begin = end


def reader(name: str) -> Callable[[str], Iterator[Paragraph]] | None:
    kinds = {".md": markdown, ".py": python_comments, ".pyi": python_comments}
    kinds |= {kind[1:]: c_comments for kind in DEFAULT[1:]} | dict.fromkeys(("", ".sh", ".txt", ".cmake"), hash_comments)
    return None if GENERATED.match(name) else kinds.get(pathlib.Path(name).suffix)


def main() -> int:
    paths = sys.argv[1:] or DEFAULT
    names = subprocess.run(["git", "ls-files", "--", *paths], check=True, capture_output=True, text=True)
    found = 0
    for name in names.stdout.splitlines():
        if read := reader(name):
            for paragraph in read(pathlib.Path(name).read_text(encoding="utf-8")):
                for number, text in findings(paragraph):
                    print(f"{name}:{number}: {text}")
                    found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
