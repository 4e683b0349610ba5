"""Holds every C++ file against .clang-format. `./dev format` mends what it finds."""

import shutil
import subprocess
import sys
import unittest

import tree

CLANG_FORMAT = shutil.which("clang-format-19")


class FormatTest(unittest.TestCase):
    def test_every_file_is_formatted(self):
        sources = tree.own_sources()
        if not sources:
            return
        run = subprocess.run([CLANG_FORMAT, "--dry-run", "-Werror", *sources], cwd=tree.ROOT,
                             text=True, capture_output=True, check=False)
        names = sorted({line.split(":")[0] for line in run.stderr.splitlines() if ": error:" in line})
        self.assertEqual(run.returncode, 0, "run `./dev format`:\n" + "\n".join(names))


if __name__ == "__main__":
    if CLANG_FORMAT is None:
        print("clang-format-19 is not installed")
        sys.exit(77)
    unittest.main()
