"""What the tests of the command line share: a temporary project and runs of the binary in it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

FORELOCK = os.environ.get("FORELOCK", str(Path(__file__).resolve().parents[2] / "build/forelock"))

REVISION = '''"""{message}"""
from alembic import op
import sqlalchemy as sa

revision = "{id}"
down_revision = {down}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''


class Result:
    def __init__(self, run):
        self.code = run.returncode
        self.out = run.stdout.decode("utf-8")
        self.err = run.stderr.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def rules(self):
        """The rules of a JSON report's findings, in order."""
        return [finding["rule"] for finding in self.json["diagnostics"]]


class CliTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name).resolve()

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def revision(self, name, id, down, upgrade, downgrade="pass", message="Change something"):
        return self.write(f"migrations/versions/{name}.py", REVISION.format(
            message=message, id=id, down=repr(down), upgrade=upgrade, downgrade=downgrade))

    def project(self):
        """An Alembic project with one dropped column."""
        self.write("alembic.ini", "[alembic]\nscript_location = migrations\n")
        self.write("migrations/env.py", "")
        self.revision("1_first", "a1", None,
                      'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), '
                      'sa.Column("legacy", sa.Text()))', 'op.drop_table("t")')
        self.revision("2_second", "b2", "a1", 'op.drop_column("t", "legacy")',
                      'op.add_column("t", sa.Column("legacy", sa.Text()))')

    def run_forelock(self, *arguments, stdin=None, environment=None, cwd=None):
        variables = {name: value for name, value in os.environ.items()
                     if name not in ("NO_COLOR", "FORCE_COLOR", "FORELOCK_OUTPUT_FORMAT")}
        variables.update(environment or {})
        return Result(subprocess.run(
            [FORELOCK, *arguments], cwd=cwd or self.root, env=variables, timeout=60,
            input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True))
