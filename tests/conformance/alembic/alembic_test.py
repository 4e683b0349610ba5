#!/usr/bin/env python3
"""Holds `forelock sql` against real Alembic on the revisions of corpus/, one feature each.

FORELOCK       the binary
FORELOCK_VENV  a virtual environment with alembic and sqlalchemy (tests/requirements.txt)

Statements are compared as text with white space folded: the compiler spells what SQLAlchemy spells.
"""
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def folded(sql):
    sql = re.sub(r"\s+", " ", sql).strip().rstrip(";").strip()
    return re.sub(r"\s*([(),])\s*", r"\1", sql)


def split(statement):
    """One string of op.execute may hold several statements; forelock gives each its own."""
    return [folded(part) for part in statement.split(";\n") if folded(part)]


def main():
    venv = os.environ.get("FORELOCK_VENV", "")
    python = pathlib.Path(venv) / "bin" / "python"
    if not venv or not python.exists():
        print("FORELOCK_VENV names no virtual environment with alembic: run this through ./dev test")
        return 1
    forelock = os.environ.get("FORELOCK", "build/forelock")
    corpus = HERE / "corpus"
    real = json.loads(subprocess.run([str(python), str(HERE / "real_alembic.py"), str(corpus)],
                                     check=True, capture_output=True, text=True).stdout)
    run = subprocess.run([forelock, "sql", "--format", "json", str(corpus)], capture_output=True,
                         text=True)
    try:
        ours = {os.path.basename(r["file"]): r for r in json.loads(run.stdout)["revisions"]}
    except (ValueError, KeyError):
        print(f"forelock sql gave no JSON (exit {run.returncode}):\n{run.stderr}\n{run.stdout[:500]}")
        return 1
    failures = functions = 0
    for name, directions in real.items():
        for direction, wanted in directions.items():
            functions += 1
            if isinstance(wanted, dict):
                print(f"{name} {direction}: real Alembic fails: {wanted['error']}")
                failures += 1
                continue
            want = [part for statement in wanted for part in split(statement)]
            mine = ours.get(name, {}).get(direction, {})
            got = [folded(s["sql"]) for s in mine.get("statements", [])]
            if want == got and not mine.get("not_analyzed"):
                continue
            failures += 1
            print(f"{name} {direction}:")
            for line in difflib.ndiff(want, got):
                if line[0] != " ":
                    print("  " + line.rstrip())
            for missing in mine.get("not_analyzed", []):
                print(f"  not analyzed, line {missing['line']}: {missing['reason']}")
    print(f"{functions - failures} of {functions} functions give exactly what Alembic emits")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
