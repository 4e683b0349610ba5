"""Random DDL on a real server and on the simulated one: errors and schemas must be equal.

    random_test.py [--seed N] [--sequences N] [--length N]     FORELOCK names the binary

A sequence that differs is made shorter for as long as it still differs, and printed.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from generate import Generator  # noqa: E402
from observe import STATE, ended, sections  # noqa: E402
from server import RESET, SKIPPED, Server  # noqa: E402

SCHEMA = r"""\echo @@columns
SELECT n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 's1') AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped;
\echo @@constraints
SELECT n.nspname || '.' || c.relname || '.' || o.conname, pg_get_constraintdef(o.oid)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 's1') AND contype <> 'n' AND contype <> 't' AND c.relkind IN ('r', 'p')
  AND NOT (contype = 'f' AND conparentid <> 0 AND confrelid <> (SELECT confrelid FROM pg_constraint x WHERE x.oid = o.conparentid));
\echo @@indexes
SELECT n.nspname || '.' || i.relname, pg_get_indexdef(i.oid), x.indisvalid
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE n.nspname IN ('public', 's1');
\echo @@sequences
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 's1') AND c.relkind = 'S';
\echo @@views
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 's1') AND c.relkind = 'v';
"""


def truth(server, statements):
    script = [RESET]
    for i, sql in enumerate(statements):
        script += [ended(sql), f"\\echo @@step{i}\n", STATE + "\n"]
    out = sections(server.psql("".join(script) + SCHEMA).stdout)
    errors = []
    for i, _ in enumerate(statements):
        failed, state = out[f"step{i}"][0][0].split()[:2]
        errors.append(state if failed == "true" else None)
    schema = {"columns": {r[0]: (r[1], r[2] == "t") for r in out["columns"]},
              "constraints": {r[0]: r[1] for r in out["constraints"]},
              "indexes": {r[0]: (r[1], r[2] == "t") for r in out["indexes"]},
              "sequences": {r[0] for r in out["sequences"]}, "views": {r[0] for r in out["views"]}}
    return errors, schema


def said(binary, major, statements, folder):
    path = os.path.join(folder, "history.sql")

    def run(command, lines):
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(ended(sql) for sql in lines))
        return json.loads(subprocess.run(
            [binary, command, "--format", "json", "--pg-version", str(major), path],
            capture_output=True, text=True, timeout=60, check=False).stdout)

    errors = [(s["error"] or {}).get("sqlstate") for s in run("locks", statements)["statements"]]
    # `schema` assumes what is missing, so it is asked about the statements that succeed.
    raw = run("schema", [sql for sql, error in zip(statements, errors) if error is None])
    schema = {"columns": {}, "constraints": {}, "indexes": {}, "views": set(),
              "sequences": {f"{s['schema']}.{s['name']}" for s in raw["sequences"]}}
    for t in raw["tables"]:
        name = f"{t['schema']}.{t['name']}"
        for c in t["columns"]:
            # format_type() leaves the schema out where search_path has it.
            schema["columns"][f"{name}.{c['name']}"] = (c["type"].removeprefix("public."), c["not_null"])
        for c in t["constraints"]:
            schema["constraints"][f"{name}.{c['name']}"] = c["definition"]
        for i in t["indexes"]:
            schema["indexes"][f"{t['schema']}.{i['name']}"] = (i["definition"], i["valid"])
    schema["views"] = {f"{v['schema']}.{v['name']}" for v in raw.get("views", [])}
    return errors, schema


def difference(server, binary, statements, folder):
    """The first difference as text, or None."""
    real_errors, real = truth(server, statements)
    my_errors, mine = said(binary, server.major, statements, folder)
    for sql, a, b in zip(statements, real_errors, my_errors):
        if a != b:
            return f"{sql}\n      PostgreSQL {a}, forelock {b}"
    for kind, objects in real.items():
        if objects == mine[kind]:
            continue
        if isinstance(objects, set):
            return f"{kind}: PostgreSQL {sorted(objects - mine[kind])}, forelock {sorted(mine[kind] - objects)}"
        for name in sorted(set(objects) | set(mine[kind])):
            if objects.get(name) != mine[kind].get(name):
                return f"{kind} {name}\n      PostgreSQL {objects.get(name)}\n      forelock   {mine[kind].get(name)}"
    return None


def shrink(server, binary, statements, folder):
    current = list(statements)
    changed = True
    while changed:
        changed = False
        for i in range(len(current) - 1, -1, -1):
            shorter = current[:i] + current[i + 1:]
            if shorter and difference(server, binary, shorter, folder):
                current = shorter
                changed = True
    return current


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=40)
    parser.add_argument("--length", type=int, default=25)
    parser.add_argument("--keep-going", type=int, default=5, help="how many differences to show")
    arguments = parser.parse_args()
    binary = os.environ.get("FORELOCK")
    if not binary or not os.path.exists(binary):
        print("FORELOCK does not name a binary")
        return SKIPPED
    server = Server()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for i in range(arguments.sequences):
            statements = Generator(arguments.seed + i).sequence(arguments.length)
            found = difference(server, binary, statements, folder)
            if not found:
                continue
            wrong += 1
            if wrong > arguments.keep_going:
                continue
            short = shrink(server, binary, statements, folder)
            print(f"--- seed {arguments.seed + i}")
            for sql in short:
                print(f"      {sql};")
            print("   ", difference(server, binary, short, folder))
    print(f"{arguments.sequences - wrong} of {arguments.sequences} sequences of {arguments.length} statements are equal")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
