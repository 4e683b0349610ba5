"""Statements of our own, each run by real servers (the installed one, and the oldest and newest version
that PostgreSQL supports) and by `forelock locks`, compared.

    statements_test.py [--show N] [--only TEXT] [--all] [FAMILY...]      FORELOCK names the binary

A family is a file of statements/; without one all are run, on the other versions with --all only.
"""
import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from observe import differences, observe, predicted  # noqa: E402
from server import RESET, SKIPPED, Server, packaged  # noqa: E402
from statements import cases  # noqa: E402

WORKERS = 2
THINNED = 3  # Of the other versions every third statement is tried, so that the test stays short.
WRITTEN_FOR = 15  # Every server since then takes all that the files give.


def ask(binary, major, setup, statement, folder):
    path = os.path.join(folder, "case.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(";\n".join(s.rstrip().rstrip(";") for s in [*setup, statement]) + ";\n")
    run = subprocess.run([binary, "locks", "--format", "json", "--pg-version", str(major), path],
                         capture_output=True, text=True, timeout=60, check=False)
    return predicted(json.loads(run.stdout)["statements"][-1])


def judge(binary, major, database, case):
    """None where the setup fails, else the lines that say where the two differ."""
    _, _, setup, statement = case
    real = observe(database, RESET, setup, statement)
    if real is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        try:
            return differences(real, ask(binary, major, setup, statement, folder))
        except (ValueError, KeyError, IndexError) as error:
            return [f"no answer: {error!r}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("families", nargs="*")
    arguments = parser.parse_args()
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    chosen = [case for case in cases() if arguments.only in case[3] and
              (not arguments.families or case[0] in arguments.families)]
    wrong = try_all(binary, Server(), chosen, arguments.show)
    if not arguments.all and not arguments.families:
        chosen = [case for i, case in enumerate(chosen) if i % THINNED == 0 or case[0] == "versions"]
    return max([wrong, *(try_all(binary, Server(programs), chosen, arguments.show)
                         for programs in packaged())])


def try_all(binary, server, chosen, show):
    """1 if a case does not hold on the server."""
    databases = queue.SimpleQueue()
    for i in range(WORKERS):
        databases.put(server.database(f"work{i}"))

    def run(case):
        database = databases.get()
        try:
            return judge(binary, server.major, database, case)
        finally:
            databases.put(database)

    wrong = broken = too_new = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for (family, names, _, statement), lines in zip(chosen, pool.map(run, chosen)):
            if lines is None and server.major < WRITTEN_FOR:
                too_new += 1
            elif lines is None:
                broken += 1
                lines = ["the setup fails"]
            elif lines:
                wrong += 1
            if lines and wrong <= show:
                print(f"--- {family}: {statement}   given {', '.join(names)}")
                for line in lines:
                    print("      " + line)
    server.stop()
    count = len(chosen) - broken - too_new
    print(f"{count - wrong} of {count} statements hold on PostgreSQL {server.major}, {broken} broken")
    return int(wrong > 0 or broken > 0)


if __name__ == "__main__":
    sys.exit(main())
