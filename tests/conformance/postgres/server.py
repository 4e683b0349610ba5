"""A PostgreSQL of the test's own: on a socket in a temporary folder, stopped and removed at the end."""
import atexit
import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def binaries():
    """The folder of the newest installed server, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres") + glob.glob("/usr/local/pgsql/bin/postgres")
    folders = sorted((os.path.dirname(f) for f in found), key=major_of)
    return folders[-1] if folders else None


def major_of(folder):
    digits = [part for part in folder.split("/") if part.isdigit()]
    return int(digits[0]) if digits else 0


class Server:
    def __init__(self):
        self.bin = binaries()
        if self.bin is None:
            print("no PostgreSQL server is installed")
            sys.exit(SKIPPED)
        self.major = major_of(self.bin)
        self.folder = tempfile.mkdtemp(prefix="forelock-pg-", dir="/tmp")
        self.prefix = []
        if os.geteuid() == 0:
            try:
                pwd.getpwnam("postgres")
            except KeyError:
                print("there is no user postgres to run the server as")
                sys.exit(SKIPPED)
            self.prefix = ["runuser", "-u", "postgres", "--"]
            os.chmod(self.folder, 0o777)
        data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
                 "--locale=C")
        atexit.register(self.stop)
        self.run("pg_ctl", "-D", data, "-w", "-l", os.path.join(self.folder, "log"), "-o",
                 f"-k {self.folder} -c listen_addresses='' -c fsync=off -c timezone=UTC "
                 "-c autovacuum=off -c max_connections=20 -c client_min_messages=error", "start")
        tablespace = os.path.join(self.folder, "ts2")
        os.mkdir(tablespace)
        if self.prefix:
            shutil.chown(tablespace, "postgres")
        self.psql(f"CREATE ROLE app_user; CREATE ROLE owner2; CREATE TABLESPACE ts2 LOCATION '{tablespace}';")

    def run(self, program, *args):
        subprocess.run([*self.prefix, os.path.join(self.bin, program), *args], check=True,
                       stdout=subprocess.DEVNULL, cwd="/")

    def psql(self, script, database="postgres"):
        """Runs a script; returns psql's output. Errors in it do not end it."""
        return subprocess.run(
            [os.path.join(self.bin, "psql"), "-h", self.folder, "-U", "postgres", "-d", database,
             "-AtqX", "-F", "\x1f", "-v", "VERBOSITY=sqlstate"],
            input=script, capture_output=True, text=True, timeout=120, check=False)

    def database(self, name):
        """A database of its own, so that several threads can work on one server."""
        self.psql(f"CREATE DATABASE {name} TEMPLATE template0;")
        return Database(self, name)

    def stop(self):
        data = os.path.join(self.folder, "data")
        subprocess.run([*self.prefix, os.path.join(self.bin, "pg_ctl"), "-D", data, "-w", "-m",
                        "immediate", "stop"], stdout=subprocess.DEVNULL, cwd="/", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Database:
    def __init__(self, server, name):
        self.server, self.name = server, name

    def psql(self, script):
        return self.server.psql(script, self.name)


RESET = """
DO $reset$ DECLARE r record; BEGIN
  FOR r IN SELECT evtname FROM pg_event_trigger LOOP EXECUTE format('DROP EVENT TRIGGER %I', r.evtname); END LOOP;
  FOR r IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', r.pubname); END LOOP;
  FOR r IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', r.extname); END LOOP;
  FOR r IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', r.nspname); END LOOP;
  CREATE SCHEMA public;
  FOR r IN SELECT amname FROM pg_am WHERE oid >= 16384 LOOP EXECUTE format('DROP ACCESS METHOD %I CASCADE', r.amname); END LOOP;
END $reset$;
"""
