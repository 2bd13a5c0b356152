"""Text of comments and of the registry as Markdown: signs are escaped, C names are linked."""

from __future__ import annotations

import re
from typing import Callable, Optional

Link = Callable[[str], Optional[str]]

_SIGNS = re.compile(
    r"(?P<code>`[^`]+`)|(?P<url>https?://[^\s)]+)|docs/(?P<page>[\w-]+\.md)"
    r"|(?P<name>\b(?:gt_[a-z]\w*|GT_[A-Z]\w*)\b(?:\(\))?)|(?P<word>\b[A-Za-z]\w*_\w+\b)"
    r"|(?P<sign>[\\*_\[\]<>&|^#])"
)
_RUN_IN = re.compile(r"(?<=\. )(?=[A-Z][a-z]+\. )")


def escaped(text: str, link: Link = lambda name: None) -> str:
    """One paragraph as Markdown. `link` gives the address of a name or of a page of docs/, or None."""

    def replacement(match: re.Match[str]) -> str:
        if match["code"]:
            return match["code"]
        if match["word"]:
            return f"`{match['word']}`"
        if match["url"]:
            return f"<{match['url']}>"
        if match["sign"]:
            return f"&#{ord(match['sign'])};"
        shown = f"`{match['name']}`" if match["name"] else match["page"]
        target = link((match["name"] or match["page"]).removesuffix("()"))
        return f"[{shown}]({target})" if target else shown

    return _SIGNS.sub(replacement, text)


def paragraphs(comment: str, link: Link = lambda name: None) -> str:
    """A comment as Markdown: paragraphs, indented programs, titles in capitals, and those that run in."""
    out = []
    for block in re.split(r"\n\s*\n", comment.strip("\n")):
        lines = block.splitlines()
        if all(line.startswith("    ") for line in lines):
            out.append("```c\n" + "\n".join(line[4:] for line in lines) + "\n```")
        elif re.fullmatch(r"[A-Z ]+", block.strip()):
            out.append("## " + block.strip().capitalize())
        else:
            for part in _RUN_IN.split(" ".join(line.strip() for line in lines)):
                title, rest = re.match(r"(?:([A-Z][a-z]+)\. )?(.*)", part, re.DOTALL).groups()
                out.append((f"**{title}.** " if title else "") + escaped(rest.strip(), link))
    return "\n\n".join(out)
