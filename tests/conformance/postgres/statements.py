"""The statements of statements_test.py, read from statements/: one file per family of statements.

    name = SQL           something that may be given; several lines of a name add up
    name,name | SQL      a statement, run where those are given
    # ...                a comment

What a file gives itself goes before what stands in given.txt, which several files use.
"""
import os
import re

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "statements")
SHARED = "given.txt"


def read(name):
    """What the file gives, and its statements as pairs of given names and SQL."""
    given, statements = {}, []
    with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            if match := re.match(r"(\w+) = (.+)$", line):
                given.setdefault(match[1], []).append(match[2])
            elif match := re.match(r"([\w,]+) \| (.+)$", line):
                statements.append((match[1].split(","), match[2]))
            else:
                raise ValueError(f"{name}:{number}: neither something given nor a statement")
    return given, statements


def cases():
    """(family, names of what is given, its SQL, the statement), family by family."""
    shared, _ = read(SHARED)
    for name in sorted(os.listdir(FOLDER)):
        if name == SHARED:
            continue
        given, statements = read(name)
        known = shared | given
        for names, statement in statements:
            yield name.removesuffix(".txt"), names, [sql for n in names for sql in known[n]], statement
