"""A PostgreSQL of the test's own: on a socket in a temporary folder, stopped and removed at the end."""
import atexit
import glob
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def installed():
    """The folder of the programs of the newest installed server, or None. FORELOCK_POSTGRES names
    another one."""
    if given := os.environ.get("FORELOCK_POSTGRES"):
        return given
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres") + glob.glob("/usr/local/pgsql/bin/postgres")
    folders = sorted((os.path.dirname(f) for f in found), key=major_of)
    return folders[-1] if folders else None


def packaged():
    """The same of the other versions, which tests/package.json brings."""
    modules = os.environ.get("FORELOCK_NODE_MODULES", "")
    return sorted(glob.glob(os.path.join(modules, "postgres-*", "native", "bin"))) if modules else []


def major_of(folder):
    printed = subprocess.run([os.path.join(folder, "postgres"), "--version"], capture_output=True,
                             text=True, check=True).stdout
    return int(re.search(r"(\d+)", printed)[1])


def unpacked(folder, to):
    """A package's programs with the links that npm leaves to a script of the package, where the user
    that runs the server may read them."""
    native = os.path.dirname(folder)
    links = os.path.join(native, "pg-symlinks.json")
    if not os.path.exists(links):
        return folder
    shutil.copytree(native, os.path.join(to, "native"))
    with open(links, encoding="utf-8") as file:
        for link in json.load(file):
            target = os.path.join(to, link["target"])
            if not os.path.lexists(target):
                source = os.path.join(to, link["source"])
                os.symlink(os.path.relpath(source, os.path.dirname(target)), target)
    programs = os.path.join(to, "native", "bin")
    for program in os.listdir(programs):
        os.chmod(os.path.join(programs, program), 0o755)
    return programs


class Server:
    def __init__(self, programs=None):
        programs = programs or installed()
        if programs is None:
            print("no PostgreSQL server is installed")
            sys.exit(SKIPPED)
        self.folder = tempfile.mkdtemp(prefix="forelock-pg-", dir="/tmp")
        self.bin = unpacked(programs, self.folder)
        self.major = major_of(self.bin)
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
            ["psql", "-h", self.folder, "-U", "postgres", "-d", database,
             "-AtqX", "-F", "\x1f", "-v", "VERBOSITY=sqlstate"],
            input=script, capture_output=True, text=True, timeout=120, check=False)

    def database(self, name):
        """A database of its own, so that several threads can work on one server."""
        self.psql(f"CREATE DATABASE {name} TEMPLATE template0;")
        return Database(self, name)

    def stop(self):
        atexit.unregister(self.stop)
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
