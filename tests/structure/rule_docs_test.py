"""Holds rules/docs, which is generated, against what the built binary says of its rules.

README.md is `forelock rule --all --format markdown`; a file ID.md is `forelock rule ID --format
markdown`. UPDATE_GOLDEN=1 in the environment writes the files anew.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path

import tree

BINARY = Path(os.environ.get("FORELOCK", tree.ROOT / "build/forelock"))
DOCS = tree.ROOT / "rules/docs"


def documentation(*which):
    """What `forelock rule` prints as Markdown."""
    return subprocess.run([BINARY, "rule", *which, "--format", "markdown"],
                          check=True, capture_output=True).stdout.decode()


class RuleDocsTest(unittest.TestCase):
    def check(self, path, text):
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.assertTrue(path.is_file() and path.read_text(encoding="utf-8") == text,
                        f"{path} is old: run UPDATE_GOLDEN=1 FORELOCK={BINARY} python3 {__file__}")

    def test_the_list_is_what_the_rules_say(self):
        self.check(DOCS / "README.md", documentation("--all"))

    def test_the_page_of_each_rule_is_what_it_says(self):
        for page in sorted(DOCS.glob("*.md")):
            if page.stem != "README":
                self.check(page, documentation(page.stem))


if __name__ == "__main__":
    if not BINARY.is_file():
        print("there is no binary yet")
        sys.exit(77)
    unittest.main()
