"""Random DDL on a real server and on the simulated one: errors and schemas must be equal.

    random_test.py [--seed N] [--steps N] [--length N] [--each]     FORELOCK names the binary

Every sequence is run by both, and the SQLSTATE of every step compared. Every few steps (--each: every
step) `forelock schema` is run on a second database, and the catalogs of the two compared. A sequence
that differs is made shorter for as long as it still differs in the same way, and printed.
FORELOCK_RANDOM_STEPS=10000 asks for more steps than the default.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import catalog  # noqa: E402
from generate import Generator  # noqa: E402
from observe import STATE, ended, sections  # noqa: E402
from server import RESET, SKIPPED, Server  # noqa: E402

# Only what rows decide may be a risk: what the simulated server cannot know without them.
EVERY = 9


class Difference:
    def __init__(self, kind, text):
        self.kind, self.text = kind, text


class Comparison:
    def __init__(self, server, binary, folder):
        self.server, self.binary, self.folder = server, binary, folder
        server.psql("CREATE DATABASE copy;")

    def real(self, statements, checkpoints):
        """The SQLSTATE of every step, and the schema after the steps that `checkpoints` numbers."""
        # Each statement of a transaction block has a savepoint of its own, so that its failure ends nothing.
        script = [RESET, "\\set ON_ERROR_ROLLBACK on\n"]
        for i, sql in enumerate(statements):
            script += [ended(sql), f"\\echo @@step{i}\n", STATE + "\n"]
            if i in checkpoints:
                script += [catalog.snapshot_sql(f"at{i}")]
        out = sections(self.server.psql("".join(script)).stdout)
        errors = []
        for i, _ in enumerate(statements):
            failed, state = out[f"step{i}"][0][0].split()[:2]
            errors.append(state if failed == "true" else None)
        return errors, {i: catalog.snapshot("", f"at{i}", out) for i in checkpoints}

    def forelock(self, command, statements, *options):
        path = os.path.join(self.folder, "history.sql")
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(ended(sql) for sql in statements))
        run = subprocess.run([self.binary, command, "--pg-version", str(self.server.major), *options, path],
                             capture_output=True, text=True, timeout=60, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"forelock {command} ends with {run.returncode}: {run.stderr}")
        return run.stdout

    def difference(self, statements, each=False):
        """The first Difference, or None."""
        last = len(statements) - 1
        checkpoints = [i for i in range(len(statements)) if each or i == last or i % EVERY == EVERY - 1]
        errors, schemas = self.real(statements, set(checkpoints))
        # What rows make fail is said to be possible, and then left out: nobody can know it without the rows.
        kept = list(range(len(statements)))
        for _ in range(len(statements) + 1):
            said = json.loads(self.forelock("locks", [statements[i] for i in kept], "--format", "json"))["statements"]
            excused = None
            for i, one in zip(kept, said):
                error = one["error"] or {}
                state = error.get("sqlstate")
                if errors[i] == state and error.get("certain", True):
                    continue
                risks = {r["sqlstate"] for r in one["risks"]}
                # A statement that changes rows fails by what is in them (class 22, 23), which is not said of each:
                # every INSERT into a table with a key would carry a warning.
                if errors[i] and errors[i][:2] in ("22", "23") and statements[i].split()[0] in ("INSERT", "UPDATE", "DELETE", "SELECT", "DO"):
                    risks.add(errors[i])
                # An error that rows decide is one of the possible ones: it leaves the catalog as if there were no rows.
                if state and not error["certain"]:
                    risks.add(state)
                if errors[i] in risks:
                    excused = i
                    break
                if errors[i] is None and state and not error["certain"]:
                    # The history wrote what would break it, but perhaps into no row at all.
                    return self.difference(statements[:i] + statements[i + 1:], each)
                return Difference(f"{errors[i]} {state}", f"{statements[i]}\n      PostgreSQL {errors[i]}, forelock {state} {error.get('message', '')} {sorted(risks)}")
            if excused is None:
                break
            kept.remove(excused)
        script = []
        for checkpoint in checkpoints:
            # `schema` assumes what is missing, so it is asked about the statements that succeed.
            ddl = self.forelock("schema", [statements[i] for i in kept if i <= checkpoint and errors[i] is None])
            script += [RESET, "\\set ON_ERROR_STOP 0\n", ddl, catalog.snapshot_sql(f"at{checkpoint}")]
        run = self.server.psql("".join(script), "copy")
        out = sections(run.stdout)
        for checkpoint in checkpoints:
            text = catalog.difference(schemas[checkpoint], catalog.snapshot("", f"at{checkpoint}", out))
            if text:
                kind = "schema " + " ".join(text.split("\n")[0].split(".")[0].split())
                return Difference(kind, f"after {statements[checkpoint]}\n    {text}" + (f"\n    {run.stderr.strip()}" if run.stderr else ""))
        if run.stderr:
            return Difference("schema sql", f"`forelock schema` does not run: {run.stderr.strip()}")
        return None

    def shrink(self, statements, found):
        current, again = list(statements), True
        while again:
            again = False
            size = max(1, len(current) // 2)
            while size:
                i = len(current) - size
                while i >= 0:
                    shorter = current[:i] + current[i + size:]
                    now = self.difference(shorter) if shorter else None
                    if now and now.kind == found.kind:
                        current, found, again = shorter, now, True
                    i -= size
                size //= 2
        return current, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=int(os.environ.get("FORELOCK_RANDOM_STEPS", "1500")))
    parser.add_argument("--length", type=int, default=27)
    parser.add_argument("--each", action="store_true", help="compare the schemas after every step")
    parser.add_argument("--keep-going", type=int, default=5, help="how many differences to show")
    arguments = parser.parse_args()
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    wrong, sequences = 0, -(-arguments.steps // arguments.length)
    kinds = {}
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(Server(), binary, folder)
        for i in range(sequences):
            statements = Generator(arguments.seed + i).sequence(arguments.length)
            found = comparison.difference(statements, arguments.each)
            if not found:
                continue
            wrong += 1
            kinds[found.kind] = kinds.get(found.kind, 0) + 1
            if wrong > arguments.keep_going or kinds[found.kind] > 2:
                continue
            short, found = comparison.shrink(statements, found)
            print(f"--- seed {arguments.seed + i}")
            for sql in short:
                print(f"      {sql};")
            print("   ", found.text, flush=True)
    print(f"{sequences - wrong} of {sequences} sequences of {arguments.length} steps are equal")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
