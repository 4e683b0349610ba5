"""`forelock check`: exit codes, what is read, where the report goes."""

import json
import os
import pty
import subprocess
import unittest

from support import FORELOCK, CliTest


class ExitCodes(CliTest):
    def test_finding_is_1_and_what_is_below_the_level_is_0(self):
        self.project()
        self.assertEqual(self.run_forelock("check", "--select", "drop-column").code, 1)
        self.assertEqual(self.run_forelock("check", "--select", "drop-table").code, 0)
        run = self.run_forelock("--select", "drop-column", "--severity", "drop-column=warning",
                                "--fail-level", "error")
        self.assertEqual(run.code, 0)
        self.assertIn("drop-column", run.out)
        self.assertEqual(self.run_forelock("--exit-zero").code, 0)
        self.assertEqual(self.run_forelock("--fail-level", "never").code, 0)

    def test_syntax_error_in_a_migration_is_1(self):
        self.write("m/1_a.sql", "CREATE TABLE a (id int);\nSELEC 1;\n")
        run = self.run_forelock("m", "--select", "drop-column")
        self.assertEqual(run.code, 1, run.err)
        self.assertIn("m/1_a.sql:2:1", run.out)

    def test_missing_path_is_2_and_the_rest_is_still_reported(self):
        self.project()
        run = self.run_forelock("check", ".", "nowhere", "--format", "json", "--select",
                                "drop-column")
        self.assertEqual(run.code, 2)
        self.assertIn("nowhere", run.err)
        self.assertEqual(run.rules, ["drop-column"])

    def test_no_migrations_is_0_with_a_note(self):
        self.write("docs/a.md", "")
        run = self.run_forelock("check", "docs")
        self.assertEqual(run.code, 0)
        self.assertIn("no migrations", run.err)

    def test_named_file_that_is_no_migration_is_0(self):
        self.write("app.py", "x = 1\n")
        self.assertEqual(self.run_forelock("check", "app.py").code, 0)

    def test_bad_options_are_2(self):
        for arguments in (["--no-such-option"], ["--format", "yaml"], ["--select", "no-such-rule"],
                          ["--severity", "drop-column"], ["--severity", "drop-column=fatal"],
                          ["--pg-version", "9"], ["--config", "missing.toml"],
                          ["--report", "sarif"], ["--base", "main"]):
            self.project()
            self.assertEqual(self.run_forelock("check", *arguments).code, 2, arguments)

    def test_broken_configuration_is_2_with_its_line(self):
        self.project()
        self.write("forelock.toml", "pg-version = 15\n[lint]\nignor = []\n")
        run = self.run_forelock("check")
        self.assertEqual(run.code, 2)
        self.assertIn("forelock.toml:3:1", run.err)
        self.assertIn('"ignore"', run.err)
        self.assertEqual(self.run_forelock("check", "--isolated", "--exit-zero").code, 0)


class Reading(CliTest):
    def test_any_path_of_the_project_finds_it(self):
        self.project()
        self.write("app/models.py", "")
        for path in (".", "migrations", "migrations/versions", "app", "alembic.ini",
                     "migrations/versions/2_second.py"):
            run = self.run_forelock("check", path, "--format", "json", "--select", "drop-column")
            self.assertEqual(run.rules, ["drop-column"], path)
        run = self.run_forelock("check", "versions/2_second.py", "--format", "json", "--select",
                                "drop-column", cwd=self.root / "migrations")
        self.assertEqual(run.json["diagnostics"][0]["path"], "versions/2_second.py")

    def test_named_file_is_reported_alone(self):
        self.project()
        run = self.run_forelock("check", "migrations/versions/1_first.py", "--format", "json",
                                "--select", "drop-column")
        self.assertEqual(run.rules, [])
        self.assertEqual(run.json["summary"]["migrations"], 1)

    def test_standard_input_is_a_script(self):
        run = self.run_forelock("check", "-", "--format", "json", "--select", "drop-table",
                                stdin="DROP TABLE a;\n")
        self.assertEqual(run.rules, ["drop-table"])

    def test_standard_input_may_stand_for_a_file(self):
        self.project()
        text = (self.root / "migrations/versions/2_second.py").read_text()
        run = self.run_forelock("check", "-", "--stdin-filename",
                                "migrations/versions/2_second.py", "--format", "json", "--select",
                                "drop-column,drop-table",
                                stdin=text.replace('op.drop_column("t", "legacy")',
                                                   'op.drop_table("t")'))
        self.assertEqual(run.rules, ["drop-table"])

    def test_emitted_stream_lands_on_the_python_line(self):
        self.project()
        stream = ("BEGIN;\n\n-- Running upgrade a1 -> b2\n\nALTER TABLE t DROP COLUMN legacy;\n\n"
                  "UPDATE alembic_version SET version_num='b2' "
                  "WHERE alembic_version.version_num = 'a1';\n\nCOMMIT;\n\n")
        run = self.run_forelock("check", "-", "--format", "json", "--select", "drop-column",
                                stdin=stream)
        self.assertEqual(run.rules, ["drop-column"])
        finding = run.json["diagnostics"][0]
        self.assertEqual(finding["path"], "migrations/versions/2_second.py")
        self.assertEqual(finding["start"]["line"], 10)

    def test_gitignored_files_are_left_out(self):
        self.write("m/1_a.sql", "DROP TABLE a;")
        self.write("generated/migrations/1_a.sql", "DROP TABLE a;")
        self.write(".gitignore", "generated/\n")
        subprocess.run(["git", "init", "-q", self.root], check=True)
        run = self.run_forelock("check", "--format", "json", "--select", "drop-table")
        self.assertEqual([f["path"] for f in run.json["diagnostics"]], ["m/1_a.sql"])

    def test_base_finds_an_edited_revision(self):
        self.project()

        def git(*arguments):
            subprocess.run(["git", "-C", self.root, "-c", "user.name=T", "-c", "user.email=t@x.org",
                            *arguments], check=True, capture_output=True)
        git("init", "-q", "-b", "main")
        git("add", "-A")
        git("commit", "-q", "-m", "x")
        arguments = ("check", "--base", "main", "--format", "json", "--select",
                     "applied-migration-edited")
        self.assertEqual(self.run_forelock(*arguments).rules, [])
        path = self.root / "migrations/versions/2_second.py"
        text = path.read_text()
        path.write_text(text.replace("\n\n\ndef", "\n\n# a comment\n\ndef"))
        self.assertEqual(self.run_forelock(*arguments).rules, [])
        path.write_text(text.replace('op.drop_column("t", "legacy")', 'op.drop_column("t", "id")'))
        self.assertEqual(self.run_forelock(*arguments).rules, ["applied-migration-edited"])


class Writing(CliTest):
    def test_same_output_for_any_number_of_threads(self):
        self.project()
        for i in range(40):
            self.revision(f"x{i}", f"c{i}", f"c{i - 1}" if i else "b2", f'op.drop_table("t{i}")')
        outputs = {self.run_forelock("check", "--format", "json", "--jobs", jobs).out
                   for jobs in ("1", "2", "7")}
        self.assertEqual(len(outputs), 1)

    def test_files_and_extra_reports(self):
        self.project()
        run = self.run_forelock("check", "-o", "report.txt", "--report", "sarif=r.sarif",
                                "--report", "json=r.json", "--select", "drop-column")
        self.assertEqual(run.code, 1)
        self.assertEqual(run.out, "")
        self.assertIn("drop-column", (self.root / "report.txt").read_text())
        self.assertEqual(json.loads((self.root / "r.sarif").read_text())["version"], "2.1.0")
        self.assertEqual(json.loads((self.root / "r.json").read_text())["schema"], 1)

    def test_standard_output_holds_only_the_report(self):
        self.write("empty/readme", "")
        run = self.run_forelock("check", "empty", "--format", "json")
        self.assertEqual(run.json["diagnostics"], [])

    def test_colour_only_on_a_terminal(self):
        self.project()
        self.assertNotIn("\x1b", self.run_forelock("check").out)
        self.assertIn("\x1b", self.run_forelock("check", "--color", "always").out)
        self.assertIn("\x1b", self.run_forelock("check", environment={"FORCE_COLOR": "1"}).out)
        self.assertIn("\x1b", self.on_terminal({"TERM": "xterm"}))
        self.assertNotIn("\x1b", self.on_terminal({"TERM": "xterm", "NO_COLOR": "1"}))
        self.assertNotIn("\x1b", self.on_terminal({"TERM": "dumb"}))

    def on_terminal(self, environment):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([FORELOCK, "check"], cwd=self.root, stdout=theirs,
                                   stderr=subprocess.DEVNULL, env={"PATH": "", **environment})
        os.close(theirs)
        output = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:
                break
            if not chunk:
                break
            output += chunk
        process.wait(timeout=30)
        os.close(ours)
        return output.decode()

    def test_closed_pipe_is_quiet(self):
        self.project()
        process = subprocess.Popen([FORELOCK, "rule", "--all"], cwd=self.root,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        process.wait(timeout=30)

    def test_text_from_migrations_is_made_harmless(self):
        self.write("m/1_a.sql", b'DROP TABLE "\x1b[31mred\xff";\n')
        for name in ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown",
                     "rdjson"):
            run = self.run_forelock("check", "m", "--format", name)
            self.assertNotIn("\x1b", run.out, name)
            self.assertEqual(run.code, 1, name)

    def test_baseline_accepts_what_is_there(self):
        self.project()
        self.write("forelock.toml", '[lint]\nselect = ["drop-column"]\nbaseline = "b.json"\n')
        self.assertEqual(self.run_forelock("check").code, 2)  # The baseline is not there yet.
        run = self.run_forelock("baseline")
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(self.run_forelock("check").code, 0)
        self.revision("3_third", "c3", "b2", 'op.drop_column("t", "id")')
        run = self.run_forelock("check", "--format", "json")
        self.assertEqual(run.rules, ["drop-column"])
        self.assertEqual(run.json["summary"]["suppressed"], 1)


if __name__ == "__main__":
    unittest.main()
