"""Checks that tests/python/expressions.txt says what Python itself gives."""

import contextlib
import io
import os
import sys


def value_of(source):
    names = {"__name__": "m"}
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            code = compile(source, "expressions.txt", "eval")
        except SyntaxError:
            exec(compile(source, "expressions.txt", "exec"), names)
            return names["x"]
        return eval(code, names)


def main():
    if sys.version_info < (3, 10):
        print("the match statement needs Python 3.10")
        return 77
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expressions.txt")
    wrong = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            source, expected = line.rstrip("\n").split("\t")
            found = repr(value_of(source.replace("⏎", "\n"))).replace("\n", "⏎")
            if found != expected:
                print(f"{source}\n  Python gives {found}\n  not          {expected}")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
