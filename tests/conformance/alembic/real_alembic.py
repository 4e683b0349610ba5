"""Runs the revisions of a folder in real Alembic's offline mode and prints what it emits as JSON:
{file: {"upgrade": [sql, …], "downgrade": [sql, …]}}; a function that raises gives {"error": …}.

Run by alembic_test.py with the python of the virtual environment that holds alembic and sqlalchemy.
"""
import importlib.util
import io
import json
import pathlib
import sys

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext


def context():
    options = {"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()}
    made = MigrationContext.configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"},
                                      opts=options)
    statements = []
    # BEGIN and COMMIT around autocommit_block(): forelock gives each statement its transaction
    made.impl.emit_begin = made.impl.emit_commit = lambda: None
    made.impl.static_output = lambda text: statements.append(text.rstrip(";").strip())
    return made, statements


def run(path, name):
    made, statements = context()
    with Operations.context(made):
        spec = importlib.util.spec_from_file_location("revision_" + path.stem, path)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
            getattr(module, name)()
        except Exception as error:  # reported, and the test says so
            return {"error": repr(error), "statements": statements}
    return statements


def main():
    out = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
        out[path.name] = {name: run(path, name) for name in ("upgrade", "downgrade")}
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
