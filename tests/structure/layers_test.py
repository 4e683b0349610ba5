"""Reads every #include of the tree and holds it against the layers of cmake/layers.cmake."""

import re
import unittest
from pathlib import Path

import tree

# The headers that only some layers may include: a prefix of the header's name, and the layers.
# `cli` may include everything and is not listed.
OWNED = {
    # PostgreSQL's parser and the reader of its JSON.
    "pg_query": {"sql"},
    "simdjson": {"sql"},
    "tree_sitter/": {"python"},
    "clang/": {"cxx"},
    "llvm/": {"cxx"},
    "git2": {"history"},
    "nlohmann/": {"reporters", "lsp", "project"},
    "toml++/": {"project"},
    "CLI/": set(),
    # The standard streams belong to the command line; the language server is handed its streams.
    "iostream": set(),
    # Files are read and written in one place.
    "fstream": {"text"},
    "fcntl.h": {"text"},
    "sys/mman.h": {"text"},
    "sys/stat.h": {"text"},
    "unistd.h": {"text"},
    # The frontend for C++ is loaded when it is wanted.
    "dlfcn.h": {"cxx"},
    "fmt/": {"text", "model", "sql", "python", "alembic", "cxx", "postgres", "history", "lint",
             "rules", "reporters", "project", "lsp"},
}

# Standard headers have no dot and no slash in their names.
STANDARD = re.compile(r"[a-z_]+")

# The layers that need not know the parser, by the design: rules never see a parser.
PARSERS = {"sql", "python", "alembic", "cxx"}


def may_include(layer, other):
    """Whether files of `layer` may include headers of `other`."""
    return layer.name in ("cli", other.name) or other.name in layer.includes


def complaint(layer, quoted, name, table):
    """What is wrong with an include of `name` in a file of `layer`, or None."""
    if quoted:
        if not (tree.ROOT / name).is_file():
            return f'"{name}" is not a path from the root of the repository'
        other = tree.layer_of(Path(name), table)
        if other is None:
            return f'"{name}" belongs to no layer'
        if not may_include(layer, other):
            return f'the layer {layer.name} may not include the layer {other.name} ("{name}")'
        return None
    for prefix, owners in OWNED.items():
        if name.startswith(prefix):
            if layer.name == "cli" or layer.name in owners:
                return None
            return f"<{name}> may not be included by the layer {layer.name}"
    if not STANDARD.fullmatch(name):
        return f"<{name}> is not in the table of third-party headers of layers_test.py"
    return None


class LayersTest(unittest.TestCase):
    def setUp(self):
        self.table = tree.layers()

    def test_every_include_is_allowed(self):
        wrong = []
        for path in tree.own_sources():
            layer = tree.layer_of(path, self.table)
            if layer is None:
                continue
            for line, quoted, name in tree.includes(path):
                problem = complaint(layer, quoted, name, self.table)
                if problem:
                    wrong.append(f"{path}:{line}: {problem}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_every_source_belongs_to_a_layer_or_to_the_tests(self):
        strays = [str(path) for path in tree.own_sources()
                  if path.parts[0] != "tests" and tree.layer_of(path, self.table) is None]
        self.assertEqual(strays, [])

    def test_every_folder_of_the_table_exists(self):
        missing = [layer.folder for layer in self.table.values()
                   if not (tree.ROOT / layer.folder).is_dir()]
        self.assertEqual(missing, [])

    def test_layers_have_no_cycle(self):
        for layer in self.table.values():
            for name in layer.includes:
                self.assertNotIn(layer.name, self.table[name].includes, f"{layer.name}, {name}")

    def test_the_document_shows_the_same_table(self):
        text = (tree.ROOT / "analyzer/README.md").read_text(encoding="utf-8")
        rows = dict(re.findall(r"^\| (\w+) \| `[\w/]+` \| ([^|]*) \|", text, re.MULTILINE))
        self.assertEqual(set(rows), set(self.table))
        for name, layer in self.table.items():
            self.assertEqual(self.documented(name, rows[name]), layer.includes, name)

    def documented(self, name, cell):
        """The layers that a cell of the document's table names."""
        if cell == "everything":
            return set(self.table) - {name, "cxx"}
        if cell == "all of analyzer":
            return {layer.name for layer in self.table.values()
                    if layer.folder.startswith("analyzer/") and layer.name != name}
        return {word for word in cell.split(", ") if word in self.table}

    def test_rules_and_reporters_see_no_parser(self):
        for name in ("rules", "reporters", "lint"):
            self.assertFalse(self.table[name].includes & PARSERS)

    def test_a_forbidden_include_is_found(self):
        lint = self.table["lint"]
        self.assertIsNotNone(complaint(lint, True, "analyzer/sql/parse.h", self.table))
        self.assertIsNotNone(complaint(lint, False, "pg_query.h", self.table))
        self.assertIsNotNone(complaint(lint, False, "boost/any.hpp", self.table))
        self.assertIsNone(complaint(lint, False, "vector", self.table))
        self.assertIsNone(complaint(lint, True, "analyzer/text/span.h", self.table))


if __name__ == "__main__":
    unittest.main()
