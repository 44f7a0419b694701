"""Pages that need nothing else: the HTML around a graph and around the player, with style and script inside."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from .drawing import STYLE

_BASE = """
html,body{margin:0;background:var(--bg);color:var(--ink)}
body{font:14px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;display:flex;flex-direction:column;min-height:100vh;box-sizing:border-box}
code,pre,.mono{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
header{display:flex;gap:8px;align-items:center;flex-wrap:wrap;padding:8px 12px;border-bottom:1px solid var(--edge)}
header b{margin-right:auto;font-size:15px}
button{font:inherit;color:var(--ink);background:var(--box);border:1px solid var(--edge);border-radius:6px;padding:3px 10px;cursor:pointer}
button:hover,button:focus-visible{border-color:var(--now);outline:none}
main{display:flex;flex-wrap:wrap;flex:1;min-height:0}
#picture{flex:3 1 420px;overflow:auto;min-width:0}
#picture svg{display:block;max-width:none}
aside{flex:1 1 240px;max-width:100%;box-sizing:border-box;border-left:1px solid var(--edge);padding:10px 14px;overflow:auto}
aside pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0 12px;color:var(--value)}
aside pre.g{color:var(--grad)}
aside .soft{color:var(--soft)}
"""

_THEME = """
const root=document.documentElement;
function theme(){const dark=root.classList.contains("dark")||(!root.classList.contains("light")&&matchMedia("(prefers-color-scheme:dark)").matches);
for(const e of [root,...document.querySelectorAll("svg.mb")]){e.classList.remove("dark","light");e.classList.add(dark?"light":"dark")}}
document.getElementById("theme").onclick=theme;
"""

_GRAPH = """
const details=JSON.parse(document.getElementById("details").textContent),side=document.getElementById("side");
const svg=document.querySelector("#picture svg"),w0=+svg.getAttribute("width"),h0=+svg.getAttribute("height");let zoom=1;
function size(z){zoom=Math.min(4,Math.max(.1,z));svg.setAttribute("width",w0*zoom);svg.setAttribute("height",h0*zoom)}
function fit(){size(Math.min(1.5,Math.max(.4,(document.getElementById("picture").clientWidth-4)/w0)))}
document.getElementById("in").onclick=()=>size(zoom*1.25);document.getElementById("out").onclick=()=>size(zoom/1.25);
document.getElementById("fit").onclick=fit;fit();addEventListener("resize",fit);
document.addEventListener("keydown",e=>{if(e.key=="+")size(zoom*1.25);else if(e.key=="-")size(zoom/1.25);else if(e.key=="0")fit();else return;e.preventDefault()});
function show(id){const d=details[id];if(!d)return;for(const e of document.querySelectorAll(".now"))e.classList.remove("now");
document.getElementById(id).classList.add("now");side.textContent="";
for(const k in d){const h=document.createElement(k=="title"?"b":"div");h.className=k=="title"?"":"soft";h.textContent=k=="title"?d[k]:k;side.append(h);
if(k!="title"){const p=document.createElement("pre");if(k=="grad")p.className="g";p.textContent=d[k];side.append(p)}}}
for(const id in details){const e=document.getElementById(id);if(e){e.style.cursor="pointer";e.onclick=()=>show(id)}}
"""


def _json(x: Any) -> str:
    return json.dumps(x, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def page(title: str, body: str, style: str = "") -> str:
    """A whole HTML document."""
    return (
        f'<!doctype html><html lang="en" class="mb"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{STYLE}{_BASE}{style}</style></head><body>{body}</body></html>'
    )


def graph_page(picture: str, title: str, details: dict[str, Any]) -> str:
    """The page of a graph."""
    body = (
        f'<header><b>{escape(title)}</b><button id="out" title="smaller (-)">-</button><button id="fit" title="fit (0)">fit</button>'
        f'<button id="in" title="larger (+)">+</button><button id="theme" title="light or dark">◐</button></header>'
        f'<main><div id="picture">{picture}</div><aside id="side"><span class="soft">Choose a box to look inside.</span></aside></main>'
        f'<script type="application/json" id="details">{_json(details)}</script><script>{_THEME}{_GRAPH}</script>'
    )
    return page(title, body)


def embedded(document: str, height: int) -> str:
    """A page inside of another one, such as a notebook: it can run its script and reach nothing else."""
    return (
        f'<iframe srcdoc="{escape(document, quote=True)}" sandbox="allow-scripts" loading="lazy" '
        f'style="width:100%;height:{height}px;border:1px solid #8884;border-radius:8px"></iframe>'
    )
