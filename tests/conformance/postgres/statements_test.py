"""Statements of our own, each run by a real server and by `forelock locks`, compared.

    statements_test.py [--show N] [--only TEXT] [FAMILY...]      FORELOCK names the binary

A family is a file of statements/; without one all are run.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from observe import differences, observe, predicted  # noqa: E402
from server import RESET, SKIPPED, Server  # noqa: E402
from statements import cases  # noqa: E402


def ask(binary, major, setup, statement, folder):
    path = os.path.join(folder, "case.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(";\n".join(s.rstrip().rstrip(";") for s in [*setup, statement]) + ";\n")
    run = subprocess.run([binary, "locks", "--format", "json", "--pg-version", str(major), path],
                         capture_output=True, text=True, timeout=60, check=False)
    return predicted(json.loads(run.stdout)["statements"][-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=int, default=1000)
    parser.add_argument("--only", default="")
    parser.add_argument("families", nargs="*")
    arguments = parser.parse_args()
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    server = Server()
    wrong = broken = count = 0
    # The server is one, and so is its database; the binary answers while it works.
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as other:
        for family, names, setup, statement in cases():
            if arguments.only not in statement or arguments.families and family not in arguments.families:
                continue
            answer = other.submit(ask, binary, server.major, setup, statement, folder)
            real = observe(server, RESET, setup, statement)
            if real is None:
                broken += 1
                print(f"--- the setup fails for: {statement}   given {', '.join(names)}")
                continue
            count += 1
            try:
                lines = differences(real, answer.result())
            except (ValueError, KeyError, IndexError) as error:
                lines = [f"no answer: {error!r}"]
            if lines:
                wrong += 1
                if wrong <= arguments.show:
                    print(f"--- {family}: {statement}   given {', '.join(names)}")
                    for line in lines:
                        print("      " + line)
    print(f"{count - wrong} of {count} statements hold on PostgreSQL {server.major}, {broken} broken")
    return int(wrong > 0 or broken > 0)


if __name__ == "__main__":
    sys.exit(main())
