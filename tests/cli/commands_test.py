"""The other commands: sql, locks, schema, history, modes, rule, --help, --version."""

import re
import subprocess
import time
import unittest
from pathlib import Path

from support import FORELOCK, CliTest


class Sql(CliTest):
    def test_json_follows_the_contract(self):
        self.project()
        revisions = self.run_forelock("sql", "--format", "json", "migrations/versions").json[
            "revisions"]
        self.assertEqual([r["revision"] for r in revisions], ["a1", "b2"])
        second = revisions[1]
        self.assertEqual(second["file"], "migrations/versions/2_second.py")
        self.assertEqual(second["down_revision"], "a1")
        self.assertEqual(second["upgrade"], {
            "complete": True, "not_analyzed": [], "statements": [
                {"sql": "ALTER TABLE t DROP COLUMN legacy", "line": 10, "column": 5,
                 "certainty": "exact", "transaction": 0}]})

    def test_text_is_a_script_in_transactions(self):
        self.project()
        self.revision("3_third", "c3", "b2",
                      'with op.get_context().autocommit_block():\n        op.execute("SELECT 1")')
        text = self.run_forelock("sql").out
        statements = [line for line in text.splitlines() if line and not line.startswith("--")]
        self.assertEqual(statements[0], "BEGIN;")
        self.assertEqual(statements[-3:], ["ALTER TABLE t DROP COLUMN legacy;", "COMMIT;", "SELECT 1;"])
        self.assertEqual(statements.count("BEGIN;"), 1)
        self.assertIn("-- upgrade b2: migrations/versions/2_second.py", text)

    def test_range_and_downgrade(self):
        self.project()
        text = self.run_forelock("sql", "--range", "a1:b2").out
        self.assertNotIn("CREATE TABLE", text)
        text = self.run_forelock("sql", "--downgrade").out
        self.assertLess(text.index("ADD COLUMN"), text.index("DROP TABLE"))
        self.assertEqual(self.run_forelock("sql", "--range", "zz:").code, 2)


class Locks(CliTest):
    def test_script_statement_by_statement(self):
        self.write("a.sql", "CREATE TABLE t (id int);\n\nALTER TABLE t ADD COLUMN b int;\n"
                            "VACUUM t;\nSELEC;\n")
        statements = self.run_forelock("locks", "--format", "json", "--pg-version", "15",
                                       "a.sql").json["statements"]
        self.assertEqual([s["line"] for s in statements], [1, 3, 4, 5])
        alter = statements[1]
        self.assertEqual(alter["locks"], [
            {"relation": "t", "kind": "table", "mode": "AccessExclusiveLock"}])
        self.assertEqual((alter["rewrites"], alter["rebuilds"], alter["scans"]), ([], [], []))
        self.assertTrue(alter["runs_in_transaction"])
        self.assertIsNone(alter["error"])
        self.assertFalse(statements[2]["runs_in_transaction"])
        self.assertEqual(statements[3]["error"]["sqlstate"], "42601")

    def test_script_about_what_is_there_already(self):
        self.write("a.sql", "ALTER TABLE t ADD COLUMN b int;\n")
        self.write("b.sql", "CREATE TABLE n (id int);\nALTER TABLE t ADD COLUMN b int;\n")
        self.assertIn("ACCESS EXCLUSIVE on table t", self.run_forelock("locks", "a.sql").out)
        self.assertIn("fails with 42P01", self.run_forelock("locks", "b.sql").out)
        self.assertIn("ACCESS EXCLUSIVE on table t",
                      self.run_forelock("locks", "--existing", "b.sql").out)

    def test_range_of_an_alembic_history(self):
        self.project()
        statements = self.run_forelock("locks", "--format", "json", "--range", "a1:b2").json[
            "statements"]
        self.assertEqual([s["revision"] for s in statements], ["b2"])
        self.assertIn("ACCESS EXCLUSIVE", self.run_forelock("locks", "--range", "b2").out)


class Schema(CliTest):
    def test_json_at_a_revision(self):
        self.project()

        def columns(*arguments):
            run = self.run_forelock("schema", "--format", "json", *arguments)
            return [column["name"] for column in run.json["tables"][0]["columns"]]
        self.assertEqual(columns(), ["id"])
        self.assertEqual(columns("--at", "a1"), ["id", "legacy"])

    def test_difference_of_two_revisions(self):
        self.project()
        run = self.run_forelock("schema", "--diff", "a1", "b2", ".")
        self.assertEqual(run.out.strip().split(":")[0], "removed column t.legacy")

    def test_text_is_ddl(self):
        self.project()
        self.assertIn("CREATE TABLE", self.run_forelock("schema").out)


class History(CliTest):
    def test_text_json_and_dot(self):
        self.project()
        self.revision("3_other", "c3", "a1", "pass")
        text = self.run_forelock("history").out
        self.assertIn("3 revisions, 2 heads", text)
        self.assertIn("a1 -> b2 (head)", text)
        self.assertIn("<base> -> a1 (branch point)", text)
        history = self.run_forelock("history", "--format", "json").json["histories"][0]
        self.assertEqual(history["heads"], ["b2", "c3"])
        self.assertEqual(history["bases"], ["a1"])
        self.assertEqual(history["branch_points"], ["a1"])
        self.assertIn('"a1" -> "b2"', self.run_forelock("history", "--format", "dot").out)

    def test_broken_histories_are_shown(self):
        self.project()
        self.revision("3_other", "b2", "gone", "pass")
        history = self.run_forelock("history", "--format", "json").json["histories"][0]
        self.assertEqual(history["duplicates"], [["b2", "b2"]])
        self.assertEqual(history["missing"],
                         [{"revision": "b2", "missing": "gone", "dependency": False}])


class Others(CliTest):
    def test_modes(self):
        modes = self.run_forelock("modes", "--format", "json").json["modes"]
        self.assertEqual(len(modes), 8)
        self.assertEqual(modes[7]["conflicts"], [mode["mode"] for mode in modes])
        self.assertIn("ACCESS EXCLUSIVE", self.run_forelock("modes").out)

    def test_rule(self):
        self.assertIn("drop-column", self.run_forelock("rule").out)
        rule = self.run_forelock("rule", "drop-column", "--format", "json").json["rules"][0]
        self.assertEqual(rule["group"], "destructive")
        for key in ("summary", "why", "safer", "bad", "good", "source"):
            self.assertTrue(rule[key], key)
        self.assertIn("drop-column", self.run_forelock("rule", "--all", "--format", "markdown").out)
        run = self.run_forelock("rule", "drop-colum")
        self.assertEqual(run.code, 2)
        self.assertIn('"drop-column"', run.err)

    def test_help_and_version(self):
        self.assertRegex(self.run_forelock("--version").out, r"^forelock \d+\.\d+\.\d+ ")
        for command in ("check", "sql", "locks", "schema", "modes", "history", "rule", "baseline",
                        "server"):
            self.assertIn(command, self.run_forelock("--help").out)
            run = self.run_forelock(command, "--help")
            self.assertEqual((run.code, run.err), (0, ""), command)

    def test_commands_of_the_readme_exist(self):
        readme = Path(__file__).resolve().parents[2] / "README.md"
        for command in set(re.findall(r"^forelock ([a-z]+)", readme.read_text(), re.MULTILINE)):
            self.assertEqual(self.run_forelock(command, "--help").code, 0, command)

    def test_start_is_fast(self):
        times = []
        for _ in range(10):
            begin = time.perf_counter()
            subprocess.run([FORELOCK, "--version"], check=True, capture_output=True)
            times.append(time.perf_counter() - begin)
        # The goal is 5 ms for the process itself; a loaded machine gets room.
        self.assertLess(min(times), 0.05)


if __name__ == "__main__":
    unittest.main()
