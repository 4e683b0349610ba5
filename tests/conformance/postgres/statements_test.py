"""Statements of our own, each run by a real server and by `forelock locks`, compared.

    statements_test.py [--show N] [--only TEXT]      FORELOCK names the binary
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from observe import differences, observe, predicted  # noqa: E402
from server import RESET, SKIPPED, Server  # noqa: E402
from statements import CASES, GIVEN  # noqa: E402


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
    arguments = parser.parse_args()
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    server = Server()
    wrong = broken = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for given, statement in CASES:
            if arguments.only and arguments.only not in statement:
                continue
            setup = [sql for name in given for sql in GIVEN[name]]
            real = observe(server, RESET, setup, statement)
            if real is None:
                broken += 1
                print(f"--- the setup fails for: {statement}")
                continue
            count += 1
            try:
                said = ask(binary, server.major, setup, statement, folder)
            except (ValueError, KeyError, IndexError) as error:
                said = None
                lines = [f"no answer: {error!r}"]
            else:
                lines = differences(real, said)
            if lines:
                wrong += 1
                if wrong <= arguments.show:
                    print(f"--- {statement}   given {', '.join(given)}")
                    for line in lines:
                        print("      " + line)
    print(f"{count - wrong} of {count} statements hold on PostgreSQL {server.major}, {broken} broken")
    return int(wrong > 0 or broken > 0)


if __name__ == "__main__":
    sys.exit(main())
