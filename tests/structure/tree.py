"""What the structural tests share: the layers, and the C++ files of the tree with their includes."""

import os
import re
from pathlib import Path

ROOT = Path(os.environ.get("FORELOCK_SOURCE_DIR", Path(__file__).resolve().parents[2]))

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


class Layer:
    """A layer: its name, its folder, and the names of the layers that it may include."""

    def __init__(self, name, folder, includes):
        self.name = name
        self.folder = folder
        self.includes = frozenset(includes)


def layers():
    """The layers by name, read from cmake/layers.cmake, where the links stand too."""
    text = (ROOT / "cmake/layers.cmake").read_text(encoding="utf-8")
    result = {}
    for call in re.finditer(r"^forelock_layer\(([^)]*)\)", text, re.MULTILINE):
        name, folder, *rest = call.group(1).split()
        includes, keyword = [], None
        for word in rest:
            if word in ("LAYERS", "PRIVATE"):
                keyword = word
            elif keyword == "LAYERS":
                includes.append(word)
        if name == "cxx_loader":
            # The frontend for C++ is one layer in two parts: a module, and the loader of it.
            name, folder = "cxx", "analyzer/cxx"
        includes = ["cxx" if include == "cxx_loader" else include for include in includes]
        result[name] = Layer(name, folder, includes)
    return result


def own_sources():
    """The C++ files of forelock itself and of its tests, relative to the root, sorted.

    Fixtures and editors are not among them.
    """
    return sorted(path.relative_to(ROOT)
                  for top in ("analyzer", "rules", "reporters", "cli", "lsp", "tests")
                  for path in (ROOT / top).rglob("*")
                  if path.suffix in (".h", ".cpp"))


def layer_of(path, table):
    """The layer whose folder holds `path`, or None. `path` is relative to the root."""
    name = path.as_posix()
    for layer in table.values():
        if name.startswith(layer.folder + "/"):
            return layer
    return None


def includes(path):
    """(line, quoted?, name) of every #include in the file at `path`, relative to the root."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [(text.count("\n", 0, match.start(2)) + 1, match.group(1) == '"', match.group(2))
            for match in INCLUDE.finditer(text)]
