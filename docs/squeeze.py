"""Smaller pages: a fifth of what a theme writes is white space, comments, versions of scripts, quotes, places for advertisements, classes that no style
asks for, and spans that give code the colour that it has anyway."""

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
#: what a theme says twice, or to services that are not asked
_IDLE = re.compile(
    r'<meta name="viewport" content="width=device-width, initial-scale=1(?:\.0)?" ?/>\s*(?=.*<meta name="viewport")|<meta name="docsearch:[^>]*>|'
    r'<link rel="preload"[^>]*>|<div id="ethical-ad-placement".*?</div>',
    re.DOTALL,
)
_PRE = re.compile(r'<span class="pre">([^<]*)</span>')
_BLOCK = r"</?(?:meta|link|title|script|body|div|nav|ul|ol|li|p|dl|dt|dd|section|article|aside|main|header|footer|table|t[rdh]|h[1-6])\b[^<>]*>"
_AROUND = re.compile(rf"\s*({_BLOCK})\s*")
_TAG = re.compile(r"<\w[^<>]*>")
_QUOTED = re.compile(r'="([\w./#:-]+)"(?=[ >])')


def squeeze(folder: pathlib.Path) -> None:
    """Rewrite all pages below a folder."""
    plain = uncoloured((folder / "_static" / "pygments.css").read_text())
    for path in folder.rglob("*.html"):
        # In the pages of whole modules operators have the colour of the rest: a megabyte less.
        path.write_text(smaller(path.read_text(), plain | {"o"} if "_modules" in path.parts else plain))


def smaller(text: str, plain: set[str]) -> str:
    """A page, with less of what nobody sees; doing it again changes nothing."""
    text = _IDLE.sub("", _VERSION.sub("", text))
    text = _NAV.sub(lambda m: re.sub(r"\s+<", "<", re.sub(r">\s+", ">", m[0].replace(' class="reference internal"', ""))), text)
    parts = _KEPT.split(text)
    for k, part in enumerate(parts):
        if k % 2:
            parts[k] = _SPAN.sub(lambda m: m[2] if m[1] in plain else m[0], part)
        else:
            part = _AROUND.sub(r"\1", re.sub(r"\s*\n\s*", "\n", _COMMENT.sub("", _PRE.sub(r"\1", part))))
            parts[k] = _TAG.sub(lambda m: _QUOTED.sub(r"=\1", m[0]), part)
    return "".join(parts)


def uncoloured(css: str) -> set[str]:
    """The kinds of token that look like the text around them, in every theme."""
    rules = re.findall(r"(\S*) ?\.highlight( \.\w+)? \{([^}]*)\}", css)
    base = {theme: re.search(r"(?<!-)\bcolor: (#\w+)", rule)[1] for theme, kind, rule in rules if not kind and "color" in rule}
    kinds: dict[str, set[bool]] = {}
    for theme, kind, rule in rules:
        if kind:
            kinds.setdefault(kind.strip(" ."), set()).add(rule.strip() == f"color: {base.get(theme)}")
    return {kind for kind, same in kinds.items() if same == {True}}
