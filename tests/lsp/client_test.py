"""Drives `forelock server` with VS Code's protocol layer, and holds it against `forelock check`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FORELOCK = os.environ.get("FORELOCK", "")
NODE_MODULES = os.environ.get("FORELOCK_NODE_MODULES", "")
CLIENT = Path(__file__).with_name("client.js")

FIRST = '''"""users

Revision ID: 1a
"""
from alembic import op
import sqlalchemy as sa

revision = "1a"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
    )


def downgrade():
    op.drop_table("users")
'''

SECOND = '''"""naïve 𝄞 index

Revision ID: 2b
Revises: 1a
"""
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    x = "𝄞"; op.create_index("users_name_idx", "users", ["name"])


def downgrade():
    op.drop_index("users_name_idx", table_name="users")
'''


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.project = Path(self.folder.name).resolve() / "a project"
        versions = self.project / "alembic/versions"
        versions.mkdir(parents=True)
        (self.project / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
        (self.project / "alembic/env.py").write_text("from alembic import context\n")
        (versions / "1a_users.py").write_text(FIRST, encoding="utf-8")
        self.file = versions / "2b_index.py"
        self.file.write_text(SECOND, encoding="utf-8")

    def client(self, scenario, file):
        run = subprocess.run(
            ["node", CLIENT, scenario, FORELOCK, NODE_MODULES, self.project, file],
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run.returncode, 0, run.stderr + run.stdout)
        return json.loads(run.stdout)

    def test_edit_with_a_real_client(self):
        result = self.client("edit", self.file)
        self.assertEqual(result["code"], 0)
        begin = result["diagnostic"]["range"]["start"]
        line = SECOND.split("\n")[begin["line"]]
        self.assertIn("op.create_index", line)
        # UTF-16: the clef before it counts two.
        shown = line.encode("utf-16-le")[2 * begin["character"]:].decode("utf-16-le")
        self.assertTrue(shown.startswith("op.create_index"), shown)

    def test_the_server_says_what_check_says(self):
        found = self.client("edit", self.file)["found"]
        run = subprocess.run([FORELOCK, "check", "--format", "json", self.file], cwd=self.project,
                             capture_output=True, text=True, check=False)
        report = json.loads(run.stdout)
        checked = [(one["rule"], one["start"]["line"] - 1, one["message"])
                   for one in report["diagnostics"]]
        served = [(one["code"], one["range"]["start"]["line"], one["message"].split("\n")[0])
                  for one in found]
        self.assertEqual(sorted(served), sorted(checked))

    def test_end_of_input_without_shutdown(self):
        run = subprocess.run([FORELOCK, "server"], input=b"", capture_output=True, check=False)
        self.assertEqual((run.returncode, run.stdout), (1, b""))


if __name__ == "__main__":
    if not FORELOCK or not Path(FORELOCK).is_file():
        sys.exit(f"the binary is missing: FORELOCK={FORELOCK}")
    if shutil.which("node") is None or not Path(NODE_MODULES, "vscode-jsonrpc").is_dir():
        sys.exit("vscode-jsonrpc is missing: ./dev setup installs tests/package.json into build/node")
    unittest.main()
