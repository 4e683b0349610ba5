#!/usr/bin/env python3
"""Holds `forelock sql` against real Alembic on the revisions of corpus/, one feature each: the
current release, and the pair of Debian 12, whose versions forelock learns from a requirements file.

FORELOCK             the binary
FORELOCK_VENV        a virtual environment of tests/requirements.txt
FORELOCK_VENV_OLDER  one of tests/requirements-older.txt

Statements are compared as text with white space folded: the compiler spells what SQLAlchemy spells.
Functions that need more than the older pair has are not compared with it.
"""
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent.parent


def folded(sql):
    sql = re.sub(r"\s+", " ", sql).strip().rstrip(";").strip()
    return re.sub(r"\s*([(),])\s*", r"\1", sql)


def split(statement):
    """One string of op.execute may hold several statements; forelock gives each its own."""
    parts = [""]
    for index, text in enumerate(statement.split("$$")):
        if index % 2:
            parts[-1] += "$$" + text + "$$"
            continue
        first, *others = text.split(";\n")
        parts[-1] += first
        parts += others
    return [folded(part) for part in parts if folded(part)]


def python_of(variable):
    venv = os.environ.get(variable, "")
    python = pathlib.Path(venv) / "bin" / "python"
    if not venv or not python.exists():
        sys.exit(f"{variable} names no virtual environment with alembic: run this through ./dev test")
    return str(python)


def run_alembic(python, corpus):
    run = subprocess.run([python, "-W", "ignore", str(HERE / "real_alembic.py"), str(corpus)],
                         check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def run_forelock(corpus):
    forelock = os.path.abspath(os.environ.get("FORELOCK", "build/forelock"))
    run = subprocess.run([forelock, "sql", "--format", "json", str(corpus)], capture_output=True,
                         text=True)
    try:
        return {os.path.basename(r["file"]): r for r in json.loads(run.stdout)["revisions"]}
    except (ValueError, KeyError):
        sys.exit(f"forelock sql gave no JSON (exit {run.returncode}):\n{run.stderr}\n"
                 f"{run.stdout[:500]}")


def differences(wanted, mine):
    """Lines that tell how forelock differs; none when it gives exactly what Alembic emits."""
    want = [part for statement in wanted for part in split(statement)]
    got = [folded(s["sql"]) for s in mine.get("statements", [])]
    missing = mine.get("not_analyzed", [])
    if want == got and not missing:
        return []
    lines = [line.rstrip() for line in difflib.ndiff(want, got) if line[0] != " "]
    return lines + [f"not analyzed, line {each['line']}: {each['reason']}" for each in missing]


def compare(what, real, ours, may_fail):
    """The number of functions that differ."""
    failures = functions = unable = 0
    for name, directions in real.items():
        for direction, wanted in directions.items():
            functions += 1
            if isinstance(wanted, dict):
                if may_fail:
                    unable += 1
                else:
                    print(f"{name} {direction}: real Alembic fails: {wanted['error']}")
                    failures += 1
                continue
            lines = differences(wanted, ours.get(name, {}).get(direction, {}))
            if lines:
                failures += 1
                print(f"{name} {direction} ({what}):", *lines, sep="\n  ")
    note = f", {unable} need a newer release" if unable else ""
    print(f"{what}: {functions - failures - unable} of {functions} functions give exactly what "
          f"Alembic emits{note}")
    return failures


def main():
    corpus = HERE / "corpus"
    failures = compare("current", run_alembic(python_of("FORELOCK_VENV"), corpus),
                       run_forelock(corpus), may_fail=False)
    with tempfile.TemporaryDirectory() as folder:
        versions = pathlib.Path(folder) / "migrations" / "versions"
        shutil.copytree(corpus, versions)
        (versions.parent / "env.py").touch()
        shutil.copy(TESTS / "requirements-older.txt", pathlib.Path(folder) / "requirements.txt")
        failures += compare("older", run_alembic(python_of("FORELOCK_VENV_OLDER"), corpus),
                            run_forelock(versions), may_fail=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
