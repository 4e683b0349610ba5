"""Compiles every header alone, so that a file may include any header first.

A header that its own .cpp file includes first was compiled so already and is left out.
"""

import concurrent.futures
import os
import subprocess
import sys
import unittest

import tree

COMPILER = os.environ.get("FORELOCK_CXX_COMPILER", "g++")
THIRD_PARTY = tree.ROOT / "build/third_party"


def proved_by_source(header):
    """Whether the .cpp beside the header includes it before anything else."""
    source = header.with_suffix(".cpp")
    if not (tree.ROOT / source).is_file():
        return False
    found = tree.includes(source)
    return bool(found) and found[0][2] == header.as_posix()


def compile_alone(header):
    """What the compiler says of the header, or an empty text."""
    command = [COMPILER, "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wconversion",
               "-Wshadow", "-Werror", "-I", tree.ROOT,
               "-isystem", THIRD_PARTY / "pg_query", "-isystem", THIRD_PARTY / "tree_sitter/include",
               "-isystem", "/usr/lib/llvm-19/include", "-x", "c++", "-"]
    run = subprocess.run(command, input=f'#include "{header.as_posix()}"\n', text=True,
                         capture_output=True, check=False)
    return "" if run.returncode == 0 else f"{header}:\n{run.stderr}"


class HeadersTest(unittest.TestCase):
    def test_every_header_compiles_alone(self):
        headers = [path for path in tree.own_sources()
                   if path.suffix == ".h" and not proved_by_source(path)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            errors = [error for error in pool.map(compile_alone, headers) if error]
        self.assertEqual(errors, [], "\n" + "\n".join(errors))
        print(f"{len(headers)} headers were compiled alone", file=sys.stderr)

    def test_every_header_has_pragma_once(self):
        without = [str(path) for path in tree.own_sources() if path.suffix == ".h"
                   and "#pragma once" not in (tree.ROOT / path).read_text(encoding="utf-8")]
        self.assertEqual(without, [])


if __name__ == "__main__":
    unittest.main()
