"""SARIF as Microsoft's validator and GitHub's rules judge it. Needs the npm packages of tests/."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FORELOCK = os.environ.get("FORELOCK", str(Path(__file__).resolve().parents[2] / "build/forelock"))
MODULES = os.environ.get("FORELOCK_NODE_MODULES",
                         str(Path(__file__).resolve().parents[2] / "build/node/node_modules"))
TOOL = Path(MODULES) / "@microsoft/sarif-multitool-linux/Sarif.Multitool"


class SarifTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name).resolve()

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def check(self, *arguments):
        run = subprocess.run([FORELOCK, "check", "--format", "sarif", *arguments], cwd=self.root,
                             capture_output=True, timeout=120)
        self.assertIn(run.returncode, (0, 1), run.stderr.decode())
        return run.stdout

    def complaints(self, sarif, kind):
        """Errors and warnings of the validator; its exit code says nothing."""
        given, result = self.root / "given.sarif", self.root / "judged.sarif"
        given.write_bytes(sarif)
        run = subprocess.run([TOOL, "validate", given, "--rule-kind", kind, "-o", result, "--log",
                              "ForceOverwrite"], capture_output=True, timeout=120,
                             env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
        self.assertTrue(result.is_file(), run.stdout.decode() + run.stderr.decode())
        judged = json.loads(result.read_text(encoding="utf-8-sig"))
        return [(r["ruleId"], r.get("level", "warning"), r["message"])
                for r in judged["runs"][0].get("results", [])
                if r.get("level", "warning") in ("error", "warning")]

    def expect_accepted(self, sarif):
        for kind in ("Sarif", "Ghas"):
            self.assertEqual(self.complaints(sarif, kind), [], kind)

    def test_clean_run(self):
        self.write("m/1_a.sql", "-- Nothing.\nSELECT 1;\n")
        sarif = self.check("m")
        self.assertEqual(json.loads(sarif)["runs"][0]["results"], [])
        self.expect_accepted(sarif)

    def test_findings_with_odd_names_and_characters(self):
        self.write("my migrations/01 ünïcode.sql",
                   "-- \U0001F600 first\r\nDROP TABLE a; /* \U0001F600 */ DROP TABLE \"日本\";\r\n"
                   "CREATE INDEX ON b (c);\r\nSELEC 1;\r\n")
        self.write("my migrations/02.sql", b"DROP TABLE \"\x1b\xff\";\n")
        sarif = self.check("my migrations")
        run = json.loads(sarif)["runs"][0]
        self.assertGreater(len(run["results"]), 3)
        uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                for r in run["results"]}
        self.assertIn("my%20migrations/01%20%C3%BCn%C3%AFcode.sql", uris)
        second = [r["locations"][0]["physicalLocation"]["region"] for r in run["results"]
                  if "日本" in r["message"]["text"]]
        self.assertEqual(second[0]["startColumn"], 24)  # An astral character counts two.
        self.expect_accepted(sarif)

    def test_uris_are_relative_to_the_repository(self):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("services/db/1_a.sql", "DROP TABLE a;\n")
        run = subprocess.run([FORELOCK, "check", "--format", "sarif", "."],
                             cwd=self.root / "services/db", capture_output=True, timeout=120)
        result = json.loads(run.stdout)["runs"][0]["results"][0]
        self.assertEqual(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                         "services/db/1_a.sql")

    def test_many_results(self):
        self.write("m/1_a.sql", "".join(f"DROP TABLE t{i};\n" for i in range(6000)))
        sarif = self.check("m", "--select", "drop-table")
        self.assertEqual(len(json.loads(sarif)["runs"][0]["results"]), 6000)
        self.expect_accepted(sarif)


if __name__ == "__main__":
    if not TOOL.is_file():
        print(f"{TOOL} is not there: run ./dev setup", file=sys.stderr)
        sys.exit(77)
    unittest.main()
