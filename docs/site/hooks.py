"""MkDocs hooks: pages made from headers and from the registry, and pages for files that pages link to."""

from __future__ import annotations

import logging
import pathlib
import posixpath
import re
import sys
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/site"))

import c_reference  # noqa: E402
import cpp_reference  # noqa: E402
import op_reference  # noqa: E402
import python_reference  # noqa: E402

_LINK = re.compile(r"(?<!\\)\]\((?!\w+:|#|/)([^)\s#]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"^(?: {4})?(```.*?^(?: {4})?```)[ ]*$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"(?<![\[`\w])`((?:gt|GT)_\w+)(?:\(\))?`(?![`\]])")
_SHOWN_AS = {
    "include/gradtape/gradtape.h": "c/index.md",
    "include/gradtape/ops.h": "ops/index.md",
    "include/gradtape/ops.hpp": "ops/index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}


class Site:
    """The pages that are made, and the targets of their links: names of the C interface, files outside of docs/."""

    def __init__(self) -> None:
        self.header = c_reference.parse((ROOT / "include/gradtape/gradtape.h").read_text(encoding="utf-8"))
        self.anchors = self.header.anchors()
        self.ops = op_reference.Reference(ROOT)
        package = ROOT / "bindings/python/gradtape"
        self.python = python_reference.pages(package, self.ops.page_of, self.linker("python/index.md"))
        self.made = self._made()

    def linker(self, page: str) -> Any:
        """The addresses of C names and of pages, as seen from a page."""

        def link(name: str) -> str | None:
            folder = posixpath.dirname(page)
            if name.endswith(".md"):
                return posixpath.relpath(name, folder) if (ROOT / "docs" / name).exists() else None
            if name in self.anchors:
                return posixpath.relpath("c/index.md", folder) + "#" + self.anchors[name]
            op = name.removeprefix("gt_")
            if name.startswith("gt_") and op in self.ops.page_of:
                return posixpath.relpath("ops/" + self.ops.page_of[op], folder) + "#" + op
            return None

        return link

    def _made(self) -> dict[str, str]:
        """The pages that are made from headers, from the registry and from pages at the root."""
        pages = {"ops/" + name: text for name, text in self.ops.pages(self.linker("ops/index.md")).items()}
        pages["c/index.md"] = "# C reference\n\n" + c_reference.page(self.header, self.linker("c/index.md"))
        for file in sorted((ROOT / "include/gradtape/cpp").glob("*.hpp")):
            source = file.read_text(encoding="utf-8")
            text = cpp_reference.page(file.stem, source, self.linker("cpp/index.md"))
            if text:
                pages[f"cpp/{file.stem}.md"] = text
        pages.update({f"python/{name}": text for name, (_, text) in self.python.items()})
        pages.update({page: root_page(path) for path, page in _SHOWN_AS.items() if path.endswith(".md")})
        return pages


def outside(page: str, target: str) -> str | None:
    """The path, from the root, of a linked file of the project; None for a page of the site."""
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), target))
    if path.startswith("docs/") or not (ROOT / path).exists():
        return None
    return path


def root_page(path: str) -> str:
    """A page at the root of the project, with its links as from docs/."""

    def moved(match: re.Match[str]) -> str:
        target = match[1].removeprefix("docs/") if match[1].startswith("docs/") else "../" + match[1]
        return f"]({target}{match[2] or ''})"

    return _LINK.sub(moved, (ROOT / path).read_text(encoding="utf-8"))


def source_page(path: str) -> str:
    """A file or a folder of the project as a page."""
    file = ROOT / path
    if file.is_dir():
        names = sorted(entry.name for entry in file.iterdir() if not entry.name.startswith((".", "__")))
        return f"# {path}/\n\n" + "".join(f"- `{name}`\n" for name in names)
    language = {".h": "c", ".hpp": "cpp", ".py": "python"}.get(file.suffix, file.suffix[1:] or "text")
    return f"# {path}\n\n``````{language}\n{file.read_text(encoding='utf-8')}\n``````\n"


def linked_as(path: str) -> str:
    """The page that stands for a file of the project."""
    return _SHOWN_AS.get(path, f"source/{path}.md")


def on_config(config: Any) -> Any:
    global site
    site = Site()
    # Snippets are looked for from the root, wherever the command runs.
    config.mdx_configs["pymdownx.snippets"]["base_path"] = [str(ROOT)]
    families = [{title: f"ops/{op_reference.slug(title)}"} for title, _, _ in site.ops.families]
    headers = [{posixpath.basename(name)[:-3]: name} for name in site.made if name.startswith("cpp/")]
    _add_unlisted(config.nav)
    for entry in config.nav:
        for title, pages in entry.items():
            if "FAMILIES" in pages:
                at = pages.index("FAMILIES")
                pages[at : at + 1] = families
            elif "HEADERS" in pages:
                entry[title] = headers
            elif "MODULES" in pages:
                entry[title] = [{name: f"python/{page}"} for page, (name, _) in site.python.items()]
    return config


def _add_unlisted(nav: list[Any]) -> None:
    """Pages that the navigation does not name stand at the end of its last part, by their headings."""
    listed = str(nav)
    for file in sorted((ROOT / "docs").glob("*.md")):
        if f"'{file.name}'" not in listed:
            heading = re.search(r"^# (.*)", file.read_text(encoding="utf-8"), re.MULTILINE)
            list(nav[-1].values())[0].append({heading[1] if heading else file.stem: file.name})


def on_files(files: Files, config: Any) -> Files:
    pages = dict(site.made)
    for file in files.documentation_pages():
        text = _FENCE.sub("", file.content_string)
        pages.update(_sources(file.src_uri, text))
    for name, text in list(pages.items()):
        pages.update(_sources(name, text))
    for name in ("iframe-worker.js", "site.css"):
        pages["assets/" + name] = (ROOT / "docs/site" / name).read_text(encoding="utf-8")
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def _sources(page: str, text: str) -> dict[str, str]:
    """The pages of the files that a page links to."""
    paths = {outside(page, match[1]) for match in _LINK.finditer(text)} - {None}
    return {linked_as(path): source_page(path) for path in paths if path not in _SHOWN_AS}


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    name = page.file.src_uri
    if name.startswith("source/") or name == "ops.md":
        page.meta["search"] = {"exclude": True}
    if name.startswith("source/"):
        return markdown
    return "".join(piece if i % 2 else _linked(piece, name) for i, piece in enumerate(_pieces(markdown)))


def _pieces(markdown: str) -> list[str]:
    """Text and fenced blocks in turn."""
    pieces, at = [], 0
    for match in _FENCE.finditer(markdown):
        pieces += [markdown[at : match.start()], match.group()]
        at = match.end()
    return pieces + [markdown[at:]]


def _linked(text: str, page: str) -> str:
    """Links to files of the project lead to their pages; names of the C interface become links."""
    link = site.linker(page)

    def moved(match: re.Match[str]) -> str:
        path = outside(page, match[1])
        if path is None:
            return match[0]
        return f"]({posixpath.relpath(linked_as(path), posixpath.dirname(page))}{match[2] or ''})"

    def named(match: re.Match[str]) -> str:
        target = link(match[1])
        return f"[{match[0]}]({target})" if target else match[0]

    lines = _LINK.sub(moved, text).split("\n")
    return "\n".join(line if line.startswith(("    ", "#")) else _NAME.sub(named, line) for line in lines)


def on_page_content(html: str, page: Any, config: Any, files: Files) -> str:
    lost = re.search(r"<p>[^<]*\n(?:[-*|]|\d+\.) [^<]*", html)
    if lost and not page.file.src_uri.startswith("source/"):
        message = "%s: a list or table without an empty line above: %s"
        logging.getLogger("mkdocs.hooks").warning(message, page.file.src_uri, lost[0][-80:])
    return html
