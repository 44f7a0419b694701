"""Smaller pages: a sixth of what a theme writes is indentation, comments, versions of scripts, classes that no style asks for, and spans that give code the
colour that it has anyway."""

from __future__ import annotations

import pathlib
import re

#: where white space counts
_KEPT = re.compile(
    r"(<(?:pre|textarea|script|style)\b.*?</(?:pre|textarea|script|style)>|\bsrcdoc=(?:\"[^\"]*\"|'[^']*'))", re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_VERSION = re.compile(r"(?<=\.js|css)\?(?:digest|v)=\w+")
_NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
_SPAN = re.compile(r'<span class="(\w+)">([^<]*)</span>')


def squeeze(folder: pathlib.Path) -> None:
    """Rewrite all pages below a folder."""
    plain = uncoloured((folder / "_static" / "pygments.css").read_text())
    for path in folder.rglob("*.html"):
        text = _NAV.sub(lambda m: m[0].replace(' class="reference internal"', ""), _VERSION.sub("", path.read_text()))
        parts = _KEPT.split(text)
        parts[::2] = [re.sub(r"\s*\n\s*", "\n", _COMMENT.sub("", part)) for part in parts[::2]]
        parts[1::2] = [_SPAN.sub(lambda m: m[2] if m[1] in plain else m[0], part) for part in parts[1::2]]
        path.write_text("".join(parts))


def uncoloured(css: str) -> set[str]:
    """The kinds of token that look like the text around them, in every theme."""
    rules = re.findall(r"(\S*) ?\.highlight( \.\w+)? \{([^}]*)\}", css)
    base = {theme: re.search(r"(?<!-)\bcolor: (#\w+)", rule)[1] for theme, kind, rule in rules if not kind and "color" in rule}
    kinds: dict[str, set[bool]] = {}
    for theme, kind, rule in rules:
        if kind:
            kinds.setdefault(kind.strip(" ."), set()).add(rule.strip() == f"color: {base.get(theme)}")
    return {kind for kind, same in kinds.items() if same == {True}}
