"""The page of the player: the graph, the steps beside it, and the script that moves between them."""

from __future__ import annotations

from html import escape
from typing import Any

from .page import _THEME, _json, page

_STYLE = """
#bar{display:flex;gap:8px;align-items:center;padding:8px 12px;border-top:1px solid var(--edge);position:sticky;bottom:0;background:var(--bg)}
#bar button{display:flex;padding:5px 9px}#bar path{fill:var(--ink)}
#bar input{flex:1;min-width:60px;accent-color:var(--now)}
#count{min-width:64px;text-align:right;color:var(--soft);font-variant-numeric:tabular-nums}
#now{padding:10px 12px;border:1px solid var(--now);border-radius:8px;margin-bottom:10px}
#now b{display:block;margin-bottom:4px}#now pre{color:var(--grad);margin:2px 0}#now .soft{margin:0 0 6px;padding-left:12px}
ol{list-style:none;margin:0;padding:0}
li{padding:2px 8px;border-radius:5px;cursor:pointer;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
li:hover{color:var(--ink)}li.here{background:var(--group);color:var(--ink)}
#verdict{white-space:pre-wrap;margin:10px 0 0;padding:8px 12px;border-radius:8px;border:1px solid var(--edge)}
#verdict.bad{border-color:var(--badedge);background:var(--bad)}
aside{max-height:calc(100vh - 110px)}
@media (max-width:700px){aside{border-left:0;border-top:1px solid var(--edge);max-height:none}#picture{flex-basis:100%}aside{flex-basis:100%}
ol{display:none}}
@media (max-width:420px){#bar{gap:4px;padding:8px 6px}#bar button{padding:5px 7px}#count{min-width:38px}}
"""

_SCRIPT = """
const steps=JSON.parse(document.getElementById("steps").textContent),$=id=>document.getElementById(id);
const zero={};document.querySelectorAll("svg text.g[id]").forEach(e=>zero[e.id.slice(1)]=1);
const svg=document.querySelector("#picture svg"),w0=+svg.getAttribute("width"),h0=+svg.getAttribute("height");
function fit(){const z=Math.min(1.6,Math.max(.45,($("picture").clientWidth-4)/w0));svg.setAttribute("width",w0*z);svg.setAttribute("height",h0*z)}
addEventListener("resize",fit);fit();
const list=$("list");steps.forEach((s,k)=>{const li=document.createElement("li");li.textContent=s.t+(s.l?": "+s.l[0][0].split(" = ")[0]:"");
li.onclick=()=>go(k);list.append(li)});
function cells(id,rows){const g=$("gp"+id);if(!g)return;const f=g.querySelector(".w");if(!f)return;const x=+f.getAttribute("x")+.5,y=+f.getAttribute("y")+.5;
g.querySelectorAll("rect:not(.w)").forEach(e=>e.remove());if(rows)rows.forEach((r,i)=>r.forEach((v,j)=>{if(!v)return;
const e=document.createElementNS("http://www.w3.org/2000/svg","rect");e.setAttribute("class",v>0?"p":"m");e.setAttribute("x",x+5*j);
e.setAttribute("y",y+5*i);e.setAttribute("width",5);e.setAttribute("height",5);e.setAttribute("opacity",.15+.85*Math.abs(v)/9);g.prepend(e)}))}
let at=0,timer=0;
function go(k){at=Math.max(0,Math.min(steps.length-1,k));const grads={};
for(let i=0;i<=at;i++)for(const c of steps[i].c||[])grads[c[0]]=c;
for(const id in zero){const e=$("g"+id),c=grads[id];e.textContent="grad  "+(c?c[1]:"0");cells(id,c?c[2]:0)}
document.querySelectorAll("svg .now").forEach(e=>e.classList.remove("now"));const s=steps[at];
if(s.b!==undefined){const b=$("b"+s.b);if(b){b.classList.add("now");const p=$("picture"),r=b.getBoundingClientRect(),q=p.getBoundingClientRect();
if(r.left<q.left||r.right>q.right)p.scrollLeft+=(r.left+r.right-q.left-q.right)/2;if(r.top<q.top||r.bottom>q.bottom)p.scrollTop+=(r.top+r.bottom-q.top-q.bottom)/2}}
for(const l of s.l||[]){const e=l[2]&&$(l[2]);if(e)e.classList.add("now")}
const now=$("now");now.textContent="";const b=document.createElement("b");b.textContent=s.t;now.append(b);
for(const l of s.l||[]){const p=document.createElement("pre");p.textContent=l[0];now.append(p);
if(l[1]){const q=document.createElement("pre");q.className="soft";q.textContent=l[1];now.append(q)}}
[...list.children].forEach((e,i)=>e.classList.toggle("here",i==at));const here=list.children[at];
if(here&&here.offsetTop)here.parentNode.parentNode.scrollTop=here.offsetTop-200;
$("slider").value=at;$("count").textContent=at+" / "+(steps.length-1);$("verdict").hidden=at<steps.length-1}
function sign(d){$("play").querySelector("path").setAttribute("d",d)}
function stop(){clearInterval(timer);timer=0;sign("M3 1l11 7-11 7z")}
function play(){if(timer)return stop();if(at==steps.length-1)go(0);sign("M3 2h4v12H3zM9 2h4v12H9z");
timer=setInterval(()=>{if(at>=steps.length-1)return stop();go(at+1)},900)}
$("first").onclick=()=>{stop();go(0)};$("back").onclick=()=>{stop();go(at-1)};$("next").onclick=()=>{stop();go(at+1)};
$("last").onclick=()=>{stop();go(steps.length-1)};$("play").onclick=play;$("slider").oninput=e=>{stop();go(+e.target.value)};
document.addEventListener("keydown",e=>{const k={ArrowRight:()=>go(at+1),ArrowLeft:()=>go(at-1),Home:()=>go(0),End:()=>go(steps.length-1)}[e.key];
if(k){stop();k();e.preventDefault()}else if(e.key==" "&&e.target.tagName!="BUTTON"){play();e.preventDefault()}});
const asked=new URLSearchParams(location.hash.slice(1)).get("step");go(asked?+asked:0);
"""


#: id, what it does, its key, its picture
_BUTTONS = (
    ("first", "first step", "Home", "M2 2h2v12H2zM14 2v12L5 8z"),
    ("back", "one step back", "left arrow", "M12 2v12L4 8z"),
    ("play", "play or pause", "space", "M3 1l11 7-11 7z"),
    ("next", "next step", "right arrow", "M4 2v12l8-6z"),
    ("last", "last step", "End", "M2 2v12l9-6zM12 2h2v12h-2z"),
)


def player_page(picture: str, title: str, steps: list[Any], verdict: str, wrong: bool) -> str:
    """The page of the player."""
    buttons = "".join(
        f'<button id="{id_}" aria-label="{label}" title="{label} ({key})"><svg viewBox="0 0 16 16" width="14" height="14"><path d="{path}"/></svg></button>'
        for id_, label, key, path in _BUTTONS
    )
    body = (
        f'<header><b>{escape(title)}</b><button id="theme" title="light or dark">◐</button></header>'
        f'<main><div id="picture">{picture}</div><aside><div id="now" aria-live="polite"></div><ol id="list"></ol>'
        f'<div id="verdict" class="{"bad" if wrong else ""}" hidden>{escape(verdict)}</div></aside></main>'
        f'<div id="bar">{buttons}<input id="slider" type="range" min="0" max="{len(steps) - 1}" value="0" aria-label="step">'
        f'<span id="count"></span></div>'
        f'<script type="application/json" id="steps">{_json(steps)}</script><script>{_THEME}{_SCRIPT}</script>'
    )
    return page(title, body, _STYLE)
