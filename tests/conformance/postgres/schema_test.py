"""Whole histories: what `forelock schema` says they make is what the server has after running them.

    schema_test.py [NAME ...]      FORELOCK names the binary

The histories are the scripts of histories/ and the projects of fixtures/projects. Of a project `forelock sql`
gives the SQL, and the server runs it. Then `forelock schema` is run on a second, empty database, and the
catalogs of both are compared object by object; the JSON of `forelock schema` is compared with them, too.
"""
import glob
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import catalog  # noqa: E402
from server import RESET, SKIPPED, Server  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("FORELOCK_SOURCE_DIR", os.path.join(HERE, "..", "..", ".."))


def forelock(command, path, major, *options):
    run = subprocess.run([os.environ["FORELOCK"], command, "--pg-version", str(major), *options, path],
                         capture_output=True, text=True, timeout=120, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"forelock {command} ends with {run.returncode}: {run.stderr.strip()}")
    return run.stdout


def histories():
    """Name, path, whether it must be turned into SQL first."""
    for path in sorted(glob.glob(os.path.join(HERE, "histories", "*.sql"))):
        yield os.path.basename(path), path, False
    for path in sorted(glob.glob(os.path.join(SOURCE, "fixtures", "projects", "*", ""))):
        yield os.path.basename(os.path.dirname(path)), path, True


def json_lines(schema, real):
    """Where the JSON names other objects than the catalogs."""
    said = {f"{t['schema']}.{t['name']}.{c['name']}": (c["type"].replace("public.", ""), "t" if c["not_null"] else "f")
            for t in schema["tables"] + schema["views"] for c in t["columns"]}
    tables = {name for name, row in real["relation"].items() if row[0] in "rpvmf"}
    want = {name: row[:2] for name, row in real["column"].items() if name.rsplit(".", 1)[0] in tables}
    lines = [f"column {name}: PostgreSQL {want.get(name)}, forelock {said.get(name)}"
             for name in sorted(set(want) | set(said)) if want.get(name) != said.get(name)]
    constraints = {f"{t['schema']}.{t['name']}.{c['name']}": c["definition"] for t in schema["tables"] for c in t["constraints"]}
    want = {name: row[0] for name, row in real["constraint"].items() if name.rsplit(".", 1)[0] in tables}
    lines += [f"constraint {name}: PostgreSQL {want.get(name)}, forelock {constraints.get(name)}"
              for name in sorted(set(want) | set(constraints)) if want.get(name) != constraints.get(name)]
    indexes = {f"{t['schema']}.{i['name']}": i["definition"] for t in schema["tables"] + schema["views"] for i in t["indexes"]}
    want = {name: row[0] for name, row in real["index"].items()}
    return lines + [f"index {name}: PostgreSQL {want.get(name)}, forelock {indexes.get(name)}"
                    for name in sorted(set(want) | set(indexes)) if want.get(name) != indexes.get(name)]


def check(server, path, emit):
    """Lines about what differs."""
    sql = forelock("sql", path, server.major) if emit else open(path, encoding="utf-8").read()
    stop = "\\set ON_ERROR_STOP on\n"
    # A project may hold mistakes on purpose; a statement that fails changes nothing, for both.
    run = server.psql(RESET + ("\\set ON_ERROR_ROLLBACK on\n" if emit else stop) + sql + "\n" + catalog.snapshot_sql("real"))
    if run.returncode != 0:
        return [f"the server does not run it: {run.stderr.strip()}"]
    real = catalog.snapshot(run.stdout, "real")
    run = server.psql(RESET + stop + forelock("schema", path, server.major) + catalog.snapshot_sql("mine"), "copy")
    if run.returncode != 0:
        return [f"the server does not run what `forelock schema` prints: {run.stderr.strip()}"]
    text = catalog.difference(real, catalog.snapshot(run.stdout, "mine"), limit=10)
    lines = text.split("\n") if text else []
    return lines + json_lines(json.loads(forelock("schema", path, server.major, "--format", "json")), real)


def main():
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    server = Server()
    server.psql("CREATE DATABASE copy;")
    wrong = count = 0
    for name, path, emit in histories():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        count += 1
        lines = check(server, path, emit)
        if lines:
            wrong += 1
            print(f"--- {name}")
            for line in lines[:30]:
                print("      " + line)
    print(f"{count - wrong} of {count} histories make the same schema on PostgreSQL {server.major}")
    return int(wrong > 0 or count == 0)


if __name__ == "__main__":
    sys.exit(main())
