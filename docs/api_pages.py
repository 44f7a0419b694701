"""Write the API pages from what the package really holds.

Functions stand by chapter and family, as in the source: one page is one file of ``minitorch_bp/ops``, so that a page reads as
a section of a book, and the site has a page for a hundred families instead of one for a thousand names. A class has a page of
its own, with its own methods; those that it inherits are linked, and not repeated.
"""

from __future__ import annotations

import inspect
import pathlib
import shutil
import sys

from api_chapters import CHAPTERS, CLASS_CHAPTERS, MODULES, NAMESPACES, OWN_ONLY
from pages import write_if_changed

import minitorch_bp as torch
from minitorch_bp.core.public import EXPORTS, home
from minitorch_bp.ops import exports

HERE = pathlib.Path(__file__).parent / "api"
_written: set[pathlib.Path] = set()
#: class -> the full name under which it has a page
_paths: dict[type, str] = {}


def write_pages() -> None:
    """All of docs/api but its index."""
    exports()
    listed = {id(torch.Tensor)}
    for space, (title, text) in NAMESPACES.items():
        functions_by_family(space, title, text, listed)
    torch_functions(listed)
    tensor(listed)
    pages = {page: names(module, listed) for page, (module, _, _) in MODULES.items()}
    for page, (module, _, _) in MODULES.items():
        _paths.update({getattr(module, n): f"{module.__name__}.{n}" for n in pages[page] if inspect.isclass(getattr(module, n))})
    for page, (module, title, text) in MODULES.items():
        module_page(page, module, title, text, pages[page])
    for old in set(HERE.rglob("*.rst")) - _written:
        old.unlink()
    for folder in HERE.iterdir():
        if folder.is_dir() and not any(folder.rglob("*.rst")):
            shutil.rmtree(folder)


def torch_functions(listed: set[int]) -> None:
    """The chapters of ``torch.*``, each with the families that its files are."""
    chapters: dict[str, dict[str, list[str]]] = {key: {} for key in CHAPTERS}
    for name, value in sorted(EXPORTS["torch"].items()):
        if name.startswith("_") or id(value) in listed or not inspect.isroutine(value):
            continue
        if getattr(value, "__name__", name) != name and EXPORTS["torch"].get(value.__name__) is value:
            continue  # an alias: the page of the function itself names it
        file = home(value).removeprefix("minitorch_bp.")
        chapters[chapter_of(file)].setdefault(file, []).append(name)
        listed.add(id(value))
    for key, families in chapters.items():
        title, text, _ = CHAPTERS[key]
        if families:
            chapter(f"torch_{key}", title, text, "minitorch_bp", families)


def chapter_of(file: str) -> str:
    """The chapter of a file, by the longest beginning of its name that a chapter claims."""
    claims = [(len(p), key) for key, (_, _, prefixes) in CHAPTERS.items() for p in prefixes if file.startswith(p)]
    return max(claims)[1] if claims else "other"


def functions_by_family(space: str, title: str, text: str, listed: set[int]) -> None:
    """A namespace of functions, such as ``nn.functional``."""
    module = torch
    for part in space.split("."):
        module = getattr(module, part)
    families: dict[str, list[str]] = {}
    for name in sorted(set(EXPORTS.get(space, {})) | set(names(module, set(listed)))):
        value = getattr(module, name)
        if name.startswith("_") or not inspect.isroutine(value) or id(value) in listed:
            continue
        families.setdefault(home(value).removeprefix("minitorch_bp."), []).append(name)
        listed.add(id(value))
    chapter(space.replace(".", "_"), title, text, f"minitorch_bp.{space}", families)


def chapter(page: str, title: str, text: str, module: str, families: dict[str, list[str]]) -> None:
    """A chapter's page lists its families; each family's page documents its functions."""
    lines = [*heading(title), text, ""]
    for file, own in sorted(families.items(), key=lambda item: family_title(item[0])):
        lines += [f".. rubric:: {family_title(file)}", "", *contents(module, own)]
    lines += [".. toctree::", "   :hidden:", ""]
    for file, own in sorted(families.items(), key=lambda item: family_title(item[0])):
        name = file.replace("ops.", "").replace(".", "_")
        lines.append(f"   {page}/{name}")
        family = [*heading(family_title(file)), family_text(file), "", f".. currentmodule:: {module}", ""]
        for function in own:
            family += [f".. autofunction:: {function}", "", *as_module(module, function)]
        write(f"{page}/{name}", family)
    write(page, lines)


def as_module(module: str, name: str) -> list[str]:
    """The modules that are a function with options, or with learned weights."""
    function = getattr(sys.modules[module], name)
    own = [cls for cls in vars(torch.nn).values() if inspect.isclass(cls) and like(cls) is function]
    links = ", ".join(f":class:`~minitorch_bp.nn.{cls.__name__}`" for cls in own)
    return [f"   As a module: {links}.", ""] if own else []


def like(cls: type) -> object:
    """The function that a module is made of."""
    found = getattr(cls, "_like", None) if "_like" in vars(cls) else None
    return getattr(torch.nn.functional, found) if isinstance(found, str) else found


def contents(module: str, own: list[str]) -> list[str]:
    """A table of names with the first sentence of each."""
    return [f".. currentmodule:: {module}", "", ".. autosummary::", "   :nosignatures:", "", *(f"   {n}" for n in own), ""]


def family_title(file: str) -> str:
    """'ops.pointwise.complex_numbers' is 'Complex numbers'."""
    words = file.rpartition(".")[2].lstrip("_").replace("_", " ")
    return {"ctc": "CTC loss", "vmap": "vmap"}.get(words, words[:1].upper() + words[1:])


def family_text(file: str) -> str:
    """The idea of a file, as its docstring says it."""
    module = sys.modules.get(f"minitorch_bp.{file}")
    doc = inspect.getdoc(module) or ""
    return doc.split("\n\n")[0]


def tensor(listed: set[int]) -> None:
    """The class, its attributes, and a page of methods for each chapter."""
    cls = torch.Tensor
    by_chapter: dict[str, list[str]] = {}
    attributes = []
    for name, value in sorted(vars(cls).items()):
        if name.startswith("_"):
            continue
        value = getattr(cls, name)
        if isinstance(inspect.getattr_static(cls, name), property) or not callable(value):
            if inspect.getdoc(value):
                attributes.append(name)
        else:
            by_chapter.setdefault(chapter_of(home(value).removeprefix("minitorch_bp.")), []).append(name)
    lines = [*heading("Tensor"), ".. currentmodule:: minitorch_bp", "", ".. autoclass:: Tensor", ""]
    lines += ["Attributes", "----------", "", *(f".. autoattribute:: Tensor.{n}\n" for n in attributes)]
    lines += ["Methods", "-------", "", "By chapter, as the functions:", "", ".. toctree::", "   :maxdepth: 1", ""]
    for key in CHAPTERS:
        if methods := by_chapter.get(key):
            lines.append(f"   tensor/{key}")
            page = [*heading(f"Methods: {CHAPTERS[key][0].lower()}"), ".. currentmodule:: minitorch_bp", ""]
            for name in methods:
                page += method(name, getattr(cls, name))
            write(f"tensor/{key}", page)
    write("tensor", lines)


def method(name: str, value: object) -> list[str]:
    """A method that is a function of the same name is linked to it; any other has its own text."""
    function = EXPORTS["torch"].get(name)
    base = name.rstrip("_")
    if function is value:
        return [
            f".. py:method:: Tensor.{name}{signature(value)}",
            "",
            f"   The function :func:`minitorch_bp.{name}` of this tensor.",
            "",
        ]
    if name.endswith("_") and hasattr(torch.Tensor, base):
        target = f":func:`minitorch_bp.{base}`" if base in EXPORTS["torch"] else f":meth:`minitorch_bp.Tensor.{base}`"
        own = (inspect.getdoc(value) or "").startswith("In-place version")
        if own:
            text = f"   {target} in place: the result overwrites this tensor, which is returned."
            return [f".. py:method:: Tensor.{name}{signature(value)}", "", text, ""]
    own_name = getattr(value, "__name__", name)
    if own_name != name and EXPORTS["Tensor"].get(own_name) is value:
        return [
            f".. py:method:: Tensor.{name}{signature(value)}",
            "",
            f"   Another name of :meth:`minitorch_bp.Tensor.{own_name}`.",
            "",
        ]
    return [f".. automethod:: Tensor.{name}", ""]


def signature(value: object) -> str:
    """Without the tensor itself, and without types."""
    try:
        parameters = [*inspect.signature(value).parameters.values()][1:]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "(...)"
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in parameters if p.name != "out"]
    try:
        return str(inspect.Signature(plain))
    except ValueError:
        return "(...)"


def module_page(page: str, module: object, title: str, text: str, own: list[str]) -> None:
    """A module of classes and functions: a page per class, the functions on the module's own."""
    classes = [n for n in own if inspect.isclass(getattr(module, n))]
    functions = [n for n in own if n not in classes]
    path = module.__name__  # type: ignore[attr-defined]
    lines = [*heading(title), text, "", f".. currentmodule:: {path}", ""]
    for label, group in sections(page, module, classes):
        lines += ([f".. rubric:: {label}", ""] if label else []) + contents(path, group)
    if classes:
        lines += [".. toctree::", "   :hidden:", "", *(f"   {page}/{name}" for name in classes), ""]
    if functions:
        if classes:
            lines += [".. rubric:: Functions", ""]
        for name in functions:
            lines += [f".. autofunction:: {name}", ""]
    write(page, lines)
    for name in classes:
        write(f"{page}/{name}", class_page(path, name, getattr(module, name)))


def sections(page: str, module: object, classes: list[str]) -> list[tuple[str, list[str]]]:
    """Layers stand by family, as their files."""
    if page not in CLASS_CHAPTERS:
        return [("", classes)] if classes else []
    groups: dict[str, list[str]] = {}
    for name in classes:
        file = getattr(module, name).__module__.rpartition(".")[2]
        file = home(getattr(module, name)).rpartition(".")[2] if file == "names" else file
        groups.setdefault(CLASS_CHAPTERS[page].get(file, family_title(file)), []).append(name)
    return sorted(groups.items())


def class_page(path: str, name: str, cls: type) -> list[str]:
    """Its text, its own members in full, and where the others come from."""
    own = own_members(cls)
    lines = [*heading(name), f".. currentmodule:: {path}", "", f".. autoclass:: {name}", ""]
    for member in own:
        kind = "automethod" if callable(getattr(cls, member, None)) else "autoattribute"
        lines += [f"   .. {kind}:: {member}", ""]
    for base in cls.__mro__[1:]:
        if base is torch.Tensor or base in _paths:
            path_of = _paths.get(base, "minitorch_bp.Tensor")
            if any(public_member(n, v) for n, v in vars(base).items()):
                lines += [f"What else it has comes from :class:`~{path_of}`.", ""]
                break
    return lines


def own_members(cls: type) -> list[str]:
    """What the class itself defines, and what it has from bases that have no page."""
    found: dict[str, None] = {}
    for base in cls.__mro__:
        if base is not cls and (base in _paths or base is torch.Tensor or not base.__module__.startswith("minitorch_bp")):
            break
        found |= dict.fromkeys(n for n, v in vars(base).items() if public_member(n, v))
    return sorted(found)


def public_member(name: str, value: object) -> bool:
    """A documented method or property."""
    value = getattr(value, "__func__", getattr(value, "__wrapped__", value))
    return not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)) and bool(value.__doc__)


def names(module: object, listed: set[int]) -> list[str]:
    """The public classes and functions of a module, aliases once, and none that another page has listed."""
    seen: dict[int, str] = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if name.startswith("_") or not (inspect.isfunction(value) or inspect.isclass(value)) or id(value) in listed:
            continue
        own = home(value)
        if not own.startswith("minitorch_bp") or (module.__name__ in OWN_ONLY and own != module.__name__):  # type: ignore[attr-defined]
            continue
        shown = getattr(value, "__name__", name)
        if shown == name:
            seen[id(value)] = name
        elif inspect.isclass(value) and not shown.startswith("_"):  # by another name only if it does not have its own here
            seen.setdefault(id(value), name)
    listed.update(seen)
    return sorted(seen.values(), key=str.lower)


def heading(title: str) -> list[str]:
    return [title, "=" * len(title), ""]


def write(page: str, lines: list[str]) -> None:
    """One page, noted as one that is to stay."""
    path = HERE / f"{page}.rst"
    _written.add(path)
    path.parent.mkdir(exist_ok=True)
    write_if_changed(path, "\n".join(lines) + "\n")
