"""Random SQL, valid and not: short names from small pools, so that statements meet each other."""
import random

TABLES = ["t1", "t2", "t3", "m1", "s1.t1"]
COLUMNS = ["a", "b", "c", "d", "id"]
TYPES = ["int", "int", "bigint", "smallint", "text", "text", "varchar(10)", "varchar(20)", "varchar", "char(5)", "numeric(10,2)",
         "numeric", "boolean", "date", "timestamp", "timestamptz", "timestamp(3)", "time", "interval", "uuid", "json", "jsonb",
         "bytea", "real", "double precision", "int[]", "text[]", "inet", "int4range", "e1", "d1", "d2", "c1", "r1", "e1[]"]
DEFAULTS = {"int": ["5", "-3", "1 + 2", "f1(2)", "(random() * 10)::int"], "bigint": ["5", "12345678901"], "smallint": ["1"],
            "text": ["'x'", "now()", "''", "upper('a')", "NULL", "'a' || 'b'", "CURRENT_USER"],
            "varchar(10)": ["'abc'", "'much longer than ten'"], "varchar(20)": ["'abc'"], "varchar": ["'a'"], "char(5)": ["'a'"],
            "numeric": ["1.5"], "numeric(10,2)": ["0", "1.25"], "boolean": ["true", "false"],
            "date": ["CURRENT_DATE", "'2024-01-01'", "'nodate'"], "timestamp": ["now()", "LOCALTIMESTAMP"],
            "timestamptz": ["now()", "CURRENT_TIMESTAMP", "now() + interval '1 day'"], "timestamp(3)": ["now()"], "time": ["'12:00'"],
            "interval": ["'1 day'"], "uuid": ["gen_random_uuid()"], "json": ["'{}'"], "jsonb": ["'{}'", "'{}'::jsonb", "'{'"],
            "bytea": ["'abc'"], "real": ["1.5"], "double precision": ["2", "random()"], "int[]": ["'{}'", "ARRAY[1, 2]"],
            "text[]": ["'{}'", "ARRAY[]::text[]"], "inet": ["'10.0.0.1'"], "int4range": ["'[1,2)'"], "e1": ["'x'", "'nosuch'", "'x'::e1"],
            "d1": ["4"], "d2": ["'q'"], "c1": ["ROW(1, 'a')"], "r1": ["'[1,2)'"], "e1[]": ["'{}'"]}
VALUES = ["1", "2", "7", "25", "NULL", "'x'", "'abc'", "DEFAULT", "-4", "'2024-01-01'", "true", "now()"]
FUNCTIONS = ["f1(int)", "f1(text)", "f2()", "tf()"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, items):
        return self.random.choice(items)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def weighted(self, choices):
        return self.random.choices([make for _, make in choices], [weight for weight, _ in choices])[0]()

    def maybe(self, percent, text):
        return text if self.chance(percent) else ""

    def table(self):
        return self.one(TABLES)

    def column(self):
        return self.one(COLUMNS)

    def columns(self):
        return ", ".join(self.random.sample(COLUMNS[:4], self.one([1, 1, 2])))

    def cascade(self):
        return self.one(["", "", " CASCADE", " RESTRICT"])

    def check(self):
        c = self.column()
        return self.one([f"{c} > 0", f"{c} IS NOT NULL", f"{c} <> 5 AND {c} < 100", f"length({c}) > 2",
                         f"{c} IN (1, 2, 3)", f"{c} = 'x'", f"{c} BETWEEN 1 AND 9", f"{c} LIKE 'a%'",
                         f"{c} > 0 OR {self.column()} IS NULL", f"coalesce({c}, 0) > 0", f"NOT {c} = 3",
                         f"{c} IN ('x', 'y')", f"{c} <= now()", f"f1({c}) > 0", f"{c}::text <> ''", f"lower({c}) = {c}",
                         f"{c} IS DISTINCT FROM 3", f"CASE WHEN {c} > 0 THEN true ELSE false END", f"{c} = ANY (ARRAY[1, 2])",
                         f"{c} + 1 > {self.column()}", f"{c} ~ '^a'", f"char_length({c}) < 10", "true"])

    def definition(self, name=None):
        kind = self.one(TYPES)
        text = f"{name or self.column()} {kind}"
        if kind in ("text", "varchar") and self.chance(8):
            text += ' COLLATE "C"'
        if self.chance(25):
            text += f" DEFAULT {self.one(DEFAULTS[kind])}"
        elif kind in ("int", "text") and self.chance(6):
            text += f" GENERATED ALWAYS AS ({self.one(['a + 1', 'b * 2', 'lower(c)', 'now()::text', 'id'])}) STORED"
        if self.chance(20):
            text += " NOT NULL"
        if self.chance(8):
            text += self.one([" UNIQUE", " UNIQUE", " PRIMARY KEY", " UNIQUE NULLS NOT DISTINCT"])
        if self.chance(6):
            text += f" CHECK ({self.check()})"
        if self.chance(6):
            text += f" REFERENCES {self.table()}" + self.one(["", "", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED"])
        return text

    def constraint(self):
        name = f"CONSTRAINT {self.one(['k1', 'k2', 'k3'])} " if self.chance(40) else ""
        return name + self.one([
            lambda: f"CHECK ({self.check()})" + self.one(["", "", " NOT VALID", " NO INHERIT"]),
            lambda: f"CHECK ({self.check()})" + self.maybe(30, " NOT VALID"),
            lambda: f"UNIQUE {self.maybe(10, 'NULLS NOT DISTINCT ')}({self.columns()})" + self.maybe(15, " INCLUDE (d)") + self.maybe(20, " DEFERRABLE"),
            lambda: f"PRIMARY KEY ({self.columns()})",
            lambda: f"EXCLUDE USING {self.one(['btree', 'gist'])} ({self.column()} WITH {self.one(['=', '&&'])})",
            lambda: f"FOREIGN KEY ({self.column()}) REFERENCES {self.table()}" +
                    (f" ({self.column()})" if self.chance(60) else "") +
                    self.one(["", "", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE RESTRICT", " NOT VALID", " MATCH FULL"]),
            lambda: f"FOREIGN KEY ({self.column()}) REFERENCES {self.table()}" +
                    (f" ({self.column()})" if self.chance(60) else "") + self.one(["", " DEFERRABLE", " ON DELETE SET DEFAULT"]),
        ])()

    def bound(self):
        low = self.one([0, 10, 20, 5])
        return self.one([f"FOR VALUES FROM ({low}) TO ({low + 10})", f"FOR VALUES FROM ({low}) TO ({low + 10})",
                         f"FOR VALUES FROM ({low}) TO (MAXVALUE)", "DEFAULT", f"FOR VALUES IN ({low}, {low + 1})", "FOR VALUES IN ('x', NULL)",
                         f"FOR VALUES WITH (MODULUS 2, REMAINDER {self.one([0, 1, 2])})", "FOR VALUES FROM (30) TO (20)"])

    def create_table(self):
        t = self.table()
        again = self.maybe(8, "IF NOT EXISTS ")
        start = f"CREATE {self.one([''] * 9 + ['UNLOGGED '])}TABLE {again}{t}"
        columns = [self.one(["id serial PRIMARY KEY", "id int PRIMARY KEY", "id bigint GENERATED ALWAYS AS IDENTITY",
                             "id int GENERATED BY DEFAULT AS IDENTITY (START 5 INCREMENT 2) PRIMARY KEY", "id int", "id bigserial"])]
        columns += [self.definition(c) for c in self.random.sample(COLUMNS[:4], self.one([1, 2, 3]))]
        if self.chance(40):
            columns.append(self.constraint())
        plain = f"{start} ({', '.join(columns)})"
        return self.weighted([
            (60, lambda: plain),
            (10, lambda: f"{start} (a int NOT NULL, b int, c text{self.maybe(20, ', PRIMARY KEY (a)')}) PARTITION BY "
                         f"{self.one(['RANGE (a)', 'RANGE (a)', 'LIST (b)', 'HASH (a)', 'RANGE (a, b)', 'LIST (c)', 'RANGE ((b + 1))', 'RANGE (nosuch)'])}"),
            (3, lambda: f"{plain} PARTITION BY {self.one(['RANGE (a)', 'LIST (b)', 'HASH (c)'])}"),
            (12, lambda: f"{start} PARTITION OF {self.table()} {self.maybe(15, '(b DEFAULT 7, CHECK (b > 0)) ')}{self.bound()}"
                         f"{self.maybe(10, ' PARTITION BY LIST (b)')}"),
            (6, lambda: f"{start} ({self.definition('d')}{self.maybe(20, ', ' + self.constraint())}) INHERITS ({self.table()})"),
            (2, lambda: f"{start} () INHERITS ({self.table()}, {self.table()})"),
            (5, lambda: f"{start} (LIKE {self.table()} INCLUDING {self.one(['ALL', 'DEFAULTS', 'CONSTRAINTS', 'INDEXES', 'IDENTITY', 'GENERATED'])})"),
            (1, lambda: f"{start} OF c1{self.maybe(40, ' (PRIMARY KEY (x))')}"),
            (3, lambda: f"CREATE TABLE {again}{t} AS SELECT {self.one(['*', 'a, b', 'id AS a, 1 AS b'])} FROM {self.table()}{self.maybe(40, ' WITH NO DATA')}"),
        ])

    def action(self):
        c = self.column()
        cascade = self.cascade()
        only = self.weighted
        return only([
            (9, lambda: "ADD COLUMN " + self.maybe(12, "IF NOT EXISTS ") + self.definition()),
            (6, lambda: f"DROP COLUMN {self.maybe(20, 'IF EXISTS ')}{c}{cascade}"),
            (9, lambda: f"ALTER COLUMN {c} TYPE {self.one(TYPES)}" + self.one([""] * 5 + [f" USING {c}::text::{self.one(TYPES)}", f" USING {self.column()}::int", " USING NULL"])),
            (4, lambda: f"ALTER COLUMN {c} SET NOT NULL"),
            (4, lambda: f"ALTER COLUMN {c} DROP NOT NULL"),
            (5, lambda: f"ALTER COLUMN {c} SET DEFAULT {self.one(self.one(list(DEFAULTS.values())))}"),
            (3, lambda: f"ALTER COLUMN {c} DROP DEFAULT"),
            (3, lambda: f"ALTER COLUMN {c} ADD GENERATED {self.one(['BY DEFAULT', 'ALWAYS'])} AS IDENTITY"),
            (2, lambda: f"ALTER COLUMN {c} DROP IDENTITY{self.maybe(30, ' IF EXISTS')}"),
            (1, lambda: f"ALTER COLUMN {c} SET GENERATED ALWAYS SET INCREMENT 3"),
            (1, lambda: f"ALTER COLUMN {c} DROP EXPRESSION{self.maybe(30, ' IF EXISTS')}"),
            (2, lambda: f"ALTER COLUMN {c} SET STORAGE {self.one(['PLAIN', 'EXTERNAL', 'EXTENDED'])}"),
            (1, lambda: f"ALTER COLUMN {c} SET STATISTICS {self.one([100, -1, 0])}"),
            (1, lambda: f"ALTER COLUMN {c} SET (n_distinct = 5)"),
            (11, lambda: "ADD " + self.constraint()),
            (2, lambda: f"ADD CONSTRAINT {self.one(['k1', 'k2'])} {self.one(['UNIQUE', 'PRIMARY KEY'])} USING INDEX {self.one(['i1', 'i2'])}"),
            (6, lambda: f"DROP CONSTRAINT {self.maybe(20, 'IF EXISTS ')}{self.one(['k1', 'k2', 'k3', 't1_pkey', 't2_pkey', 't1_a_key', 't2_b_check', 't1_a_check', 't1_a_fkey', 't3_b_fkey'])}{cascade}"),
            (3, lambda: f"VALIDATE CONSTRAINT {self.one(['k1', 'k2', 'k3'])}"),
            (1, lambda: f"ALTER CONSTRAINT {self.one(['k1', 'k2', 't1_a_fkey'])} {self.one(['DEFERRABLE', 'NOT DEFERRABLE', 'INITIALLY DEFERRED'])}"),
            (2, lambda: f"{self.one(['INHERIT', 'NO INHERIT'])} {self.table()}"),
            (1, lambda: self.one(["ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"])),
            (1, lambda: self.one(["REPLICA IDENTITY FULL", "REPLICA IDENTITY USING INDEX i1", "REPLICA IDENTITY USING INDEX t1_pkey", "REPLICA IDENTITY DEFAULT"])),
            (1, lambda: self.one(["CLUSTER ON i1", "CLUSTER ON t1_pkey", "SET WITHOUT CLUSTER"])),
            (1, lambda: self.one(["DISABLE TRIGGER g1", "ENABLE TRIGGER g1", "DISABLE TRIGGER ALL", "ENABLE ALWAYS TRIGGER g2"])),
            (1, lambda: self.one(["SET (fillfactor = 70)", "RESET (fillfactor)", "SET (nosuch = 1)", "SET (autovacuum_enabled = false)"])),
            (1, lambda: self.one(["SET LOGGED", "SET UNLOGGED"])),
            (1, lambda: self.one(["OF c1", "NOT OF"])),
        ])

    def alter_table(self):
        t = self.table()
        return f"ALTER TABLE {self.maybe(4, 'IF EXISTS ')}{self.maybe(4, 'ONLY ')}{t} " + \
            ", ".join(self.action() for _ in range(self.one([1, 1, 1, 2, 3])))

    def index(self):
        t = self.one(TABLES + ["v1", "mv1"])
        key = self.one([self.columns(), self.columns(), f"lower({self.column()})", self.column() + " DESC", f"({self.column()} + 1)",
                        f"{self.column()} text_pattern_ops", self.column() + " NULLS FIRST", f"f1({self.column()})", f'{self.column()} COLLATE "C"', "now()"])
        return (f"CREATE {self.one(['', '', 'UNIQUE '])}INDEX {self.maybe(6, 'CONCURRENTLY ')}"
                f"{self.one(['', 'i1', 'i2', 'IF NOT EXISTS i1'])} ON {self.maybe(4, 'ONLY ')}{t} "
                f"{self.one([''] * 8 + ['USING gin ', 'USING hash ', 'USING gist ', 'USING brin '])}({key})"
                f"{self.maybe(6, ' INCLUDE (b)')}{self.maybe(4, ' NULLS NOT DISTINCT')}{self.maybe(4, ' WITH (fillfactor = 80)')}"
                + (f" WHERE {self.check()}" if self.chance(12) else ""))

    def query(self):
        t = self.one(TABLES + ["v1", "mv1"])
        return self.one([f"SELECT * FROM {t}", f"SELECT a FROM {t}", f"SELECT a, b FROM {t}", f"SELECT id, c FROM {t} WHERE a > 0",
                         f"SELECT a AS x, count(*) AS n FROM {t} GROUP BY a", f"SELECT x.a, y.b FROM {t} x JOIN {self.table()} y ON x.id = y.id",
                         f"SELECT lower(c) AS c, f1(a) AS d FROM {t}", f"SELECT max(a) AS a FROM {t}", "SELECT 1 AS a, 'x'::text AS b",
                         f"SELECT t.* FROM {t} t"])

    def view(self):
        v = self.one(["v1", "v2", "s1.v1"])
        return self.weighted([
            (6, lambda: f"CREATE {self.one(['', 'OR REPLACE '])}VIEW {v}{self.maybe(10, ' (p, q)')} AS {self.query()}"),
            (3, lambda: f"CREATE MATERIALIZED VIEW {self.maybe(10, 'IF NOT EXISTS ')}mv1 AS {self.query()}{self.maybe(30, ' WITH NO DATA')}"),
            (1, lambda: f"REFRESH MATERIALIZED VIEW {self.maybe(30, 'CONCURRENTLY ')}{self.one(['mv1', 'mv1', 'v1'])}{self.maybe(15, ' WITH NO DATA')}"),
            (2, lambda: f"DROP VIEW {self.maybe(20, 'IF EXISTS ')}{self.one(['v1', 'v2', 't1', 's1.v1'])}{self.cascade()}"),
            (1, lambda: f"DROP MATERIALIZED VIEW {self.one(['mv1', 'v1'])}{self.cascade()}"),
            (1, lambda: f"ALTER VIEW {v} {self.one(['RENAME TO v2', 'RENAME COLUMN a TO z', 'SET SCHEMA s1', 'ALTER COLUMN a SET DEFAULT 5', 'SET (security_barrier = true)'])}"),
            (1, lambda: f"ALTER MATERIALIZED VIEW mv1 {self.one(['RENAME TO mv2', 'RENAME COLUMN a TO z', 'SET SCHEMA s1', 'CLUSTER ON i1'])}"),
        ])

    def user_type(self):
        return self.one([
            lambda: "CREATE TYPE e1 AS ENUM ('x', 'y')",
            lambda: f"ALTER TYPE e1 ADD VALUE {self.maybe(30, 'IF NOT EXISTS ')}{self.one(['z', 'x', 'q'])!r}{self.one(['', ' BEFORE ' + repr('x'), ' AFTER ' + repr('nosuch')])}",
            lambda: f"ALTER TYPE e1 RENAME VALUE {self.one(['x', 'y', 'nosuch'])!r} TO {self.one(['w', 'y'])!r}",
            lambda: f"DROP TYPE {self.maybe(20, 'IF EXISTS ')}{self.one(['e1', 'c1', 'r1', 'd1', 't1'])}{self.cascade()}",
            lambda: f"CREATE DOMAIN d1 AS int{self.maybe(30, ' DEFAULT 3')}{self.maybe(20, ' NOT NULL')} CHECK (VALUE > 0)",
            lambda: "CREATE DOMAIN d2 AS varchar(10)",
            lambda: f"DROP DOMAIN {self.one(['d1', 'd2', 'e1'])}{self.cascade()}",
            lambda: f"ALTER DOMAIN {self.one(['d1', 'd2'])} " + self.one([
                "SET DEFAULT 7", "DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL", "ADD CONSTRAINT dk CHECK (VALUE <> 5)", "ADD CHECK (VALUE < 100) NOT VALID",
                "DROP CONSTRAINT dk", "DROP CONSTRAINT d1_check", "VALIDATE CONSTRAINT dk", "RENAME TO d3", "SET SCHEMA s1", "RENAME CONSTRAINT d1_check TO dk"]),
            lambda: "CREATE TYPE c1 AS (x int, y text)",
            lambda: "ALTER TYPE c1 " + self.one(["ADD ATTRIBUTE z int", "DROP ATTRIBUTE y", "ALTER ATTRIBUTE x TYPE bigint", "RENAME ATTRIBUTE x TO w", "ADD ATTRIBUTE x int",
                                                 "ADD ATTRIBUTE z int CASCADE", "DROP ATTRIBUTE IF EXISTS nosuch", "RENAME TO c2", "SET SCHEMA s1"]),
            lambda: "CREATE TYPE r1 AS RANGE (SUBTYPE = int)",
            lambda: f"ALTER TYPE {self.one(['e1', 'r1', 'd1'])} {self.one(['RENAME TO e2', 'SET SCHEMA s1'])}",
        ])()

    def sequence_statement(self):
        t = self.table()
        q = self.one(["q1", "q1", "q2", "s1.q1", "t1_id_seq"])
        return self.one([
            lambda: f"CREATE SEQUENCE {self.maybe(20, 'IF NOT EXISTS ')}{q}{self.one(['', ' START 10', ' AS smallint', ' INCREMENT -1', ' MINVALUE 5 MAXVALUE 3', ' CACHE 5 CYCLE', ' OWNED BY t1.a'])}",
            lambda: f"DROP SEQUENCE {self.maybe(20, 'IF EXISTS ')}{q}{self.cascade()}",
            lambda: f"ALTER SEQUENCE {q} {self.one([f'OWNED BY {t}.{self.column()}', 'OWNED BY NONE', 'RENAME TO q2', 'INCREMENT 2', 'RESTART', 'AS int', 'SET SCHEMA s1', 'MAXVALUE 50', 'NO MAXVALUE'])}",
            lambda: f"ALTER TABLE {t} ALTER COLUMN {self.column()} SET DEFAULT nextval('{q}')",
            lambda: f"SELECT {self.one(['nextval', 'setval'])}('{q}'".replace("setval('" + q + "'", f"setval('{q}', 5") + ")",
        ])()

    def function(self):
        f = self.one(FUNCTIONS)
        return self.weighted([
            (3, lambda: f"CREATE {self.one(['', 'OR REPLACE '])}FUNCTION f1({self.one(['int', 'text', 'x int', 'y int'])}) RETURNS "
                        f"{self.one(['int', 'int', 'bigint'])} LANGUAGE sql {self.one(['', 'IMMUTABLE ', 'IMMUTABLE '])}AS 'SELECT 1'"),
            (1, lambda: "CREATE FUNCTION f2() RETURNS SETOF t1 LANGUAGE sql STABLE AS 'SELECT * FROM t1'"),
            (2, lambda: "CREATE OR REPLACE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"),
            (2, lambda: f"DROP FUNCTION {self.maybe(20, 'IF EXISTS ')}{self.one([f, f, 'f1', 'nosuch()'])}{self.cascade()}"),
            (1, lambda: f"ALTER FUNCTION {f} {self.one(['RENAME TO f3', 'SET SCHEMA s1'])}"),
            (3, lambda: f"CREATE {self.maybe(20, 'OR REPLACE ')}TRIGGER {self.one(['g1', 'g2'])} {self.one(['BEFORE', 'AFTER', 'INSTEAD OF'])} "
                        f"{self.one(['INSERT', 'UPDATE', 'INSERT OR DELETE', 'UPDATE OF a', 'TRUNCATE'])} ON {self.one(TABLES + ['v1'])} "
                        f"FOR EACH {self.one(['ROW', 'ROW', 'STATEMENT'])} {self.maybe(10, 'WHEN (NEW.a > 0) ')}EXECUTE FUNCTION {self.one(['tf()', 'tf()', 'f1()'])}"),
            (1, lambda: f"DROP TRIGGER {self.maybe(20, 'IF EXISTS ')}{self.one(['g1', 'g2'])} ON {self.table()}{self.cascade()}"),
            (1, lambda: f"ALTER TRIGGER g1 ON {self.table()} RENAME TO g2"),
            (2, lambda: f"CREATE POLICY {self.one(['p1', 'p2'])} ON {self.table()} USING ({self.check()})"),
            (1, lambda: f"DROP POLICY {self.maybe(30, 'IF EXISTS ')}p1 ON {self.table()}"),
            (1, lambda: f"CREATE STATISTICS {self.one(['', 'st1', 'IF NOT EXISTS st1'])} ON {self.one(['a, b', 'b, c', 'a', 'a, nosuch', '(a + 1), b'])} FROM {self.table()}"),
            (1, lambda: f"DROP STATISTICS {self.maybe(20, 'IF EXISTS ')}st1"),
            (1, lambda: f"CREATE {self.maybe(30, 'OR REPLACE ')}RULE rl1 AS ON INSERT TO {self.table()} DO ALSO NOTHING"),
            (1, lambda: f"DROP RULE {self.maybe(30, 'IF EXISTS ')}rl1 ON {self.table()}"),
        ])

    def rename(self):
        t = self.table()
        return self.weighted([
            (5, lambda: f"ALTER TABLE {t} RENAME COLUMN {self.column()} TO {self.one(COLUMNS + ['z'])}"),
            (3, lambda: f"ALTER TABLE {t} RENAME TO {self.one(['t1', 't2', 't3', 'm1'])}"),
            (2, lambda: f"ALTER TABLE {t} RENAME CONSTRAINT {self.one(['k1', 't1_pkey', 't1_a_check'])} TO {self.one(['k2', 'k3'])}"),
            (1, lambda: f"ALTER INDEX {self.one(['i1', 'i2', 't1_pkey', 't1'])} RENAME TO {self.one(['i1', 'i3'])}"),
            (1, lambda: self.one(["ALTER INDEX i1 ATTACH PARTITION i2", "ALTER INDEX i1 SET (fillfactor = 60)"])),
            (2, lambda: f"ALTER TABLE {t} SET SCHEMA {self.one(['s1', 'public', 's2'])}"),
            (1, lambda: self.one(["ALTER SCHEMA s1 RENAME TO s2", "ALTER SCHEMA s2 RENAME TO s1", "CREATE SCHEMA s2", "CREATE SCHEMA IF NOT EXISTS s1",
                                  "CREATE SCHEMA s1", "DROP SCHEMA s2", "DROP SCHEMA s1 CASCADE", "SET search_path TO s1, public", "SET search_path TO public", "RESET search_path"])),
        ])

    def comment(self):
        t = self.table()
        target = self.one([f"COLUMN {t}.{self.column()}", f"TABLE {t}", "INDEX i1", f"CONSTRAINT k1 ON {t}", "VIEW v1", "TYPE e1", "DOMAIN d1", "SEQUENCE q1",
                           "FUNCTION f1(int)", "SCHEMA s1", f"TRIGGER g1 ON {t}", "MATERIALIZED VIEW mv1", "COLUMN v1.a", "INDEX t1_pkey"])
        return f"COMMENT ON {target} IS {self.one([repr('x'), repr('it'), 'NULL'])}"

    def data(self):
        t = self.one(TABLES + ["v1", "mv1"])
        c, d = self.random.sample(COLUMNS, 2)
        return self.weighted([
            (5, lambda: f"INSERT INTO {t} ({c}, {d}) VALUES ({self.one(VALUES)}, {self.one(VALUES)})"),
            (2, lambda: f"INSERT INTO {t} ({c}) VALUES ({self.one(VALUES)}) ON CONFLICT " +
                        self.one(["DO NOTHING"])),
            (1, lambda: f"INSERT INTO {t} DEFAULT VALUES"),
            (1, lambda: f"INSERT INTO {t} ({c}) SELECT {self.column()} FROM {self.table()}"),
            (2, lambda: f"UPDATE {t} SET {c} = {self.one(VALUES)}" + (f" WHERE {self.check()}" if self.chance(50) else "")),
            (2, lambda: f"DELETE FROM {t}" + (f" WHERE {self.check()}" if self.chance(40) else "")),
            (1, lambda: self.query()),
            (1, lambda: f"TRUNCATE {t}{self.cascade()}"),
            (1, lambda: f"LOCK TABLE {t} IN {self.one(['SHARE', 'EXCLUSIVE'])} MODE"),
            (1, lambda: self.one([f"ANALYZE {t}", f"VACUUM {t}", f"REINDEX TABLE {t}", "REINDEX INDEX i1", f"CLUSTER {t} USING i1", f"CLUSTER {t}"])),
        ])

    def drop(self):
        t = self.table()
        return self.weighted([
            (6, lambda: f"DROP TABLE {self.maybe(30, 'IF EXISTS ')}{t}{self.maybe(10, ', ' + self.table())}{self.cascade()}"),
            (3, lambda: f"DROP INDEX {self.maybe(20, 'IF EXISTS ')}{self.maybe(4, 'CONCURRENTLY ')}{self.one(['i1', 'i2', 't1_a_idx', 't1_pkey', 't2_b_idx', 't1'])}{self.cascade()}"),
        ])

    def partition(self):
        t = self.table()
        return self.one([
            lambda: f"ALTER TABLE {self.table()} ATTACH PARTITION {t} {self.bound()}",
            lambda: f"ALTER TABLE {self.table()} ATTACH PARTITION {t} FOR VALUES FROM ({self.one([0, 10, 30])}) TO (40)",
            lambda: f"ALTER TABLE {self.table()} DETACH PARTITION {t}{self.maybe(10, ' CONCURRENTLY')}",
        ])()

    def transaction(self):
        return self.one(["BEGIN", "BEGIN", "COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT sp1", "ROLLBACK TO sp1", "RELEASE sp1", "SAVEPOINT sp2"])

    def block(self):
        inner = self.one([self.create_table, self.drop, self.data, self.alter_table])()
        return f"DO $$ BEGIN {inner}; END $$"

    def publication(self):
        p, t = self.one(["pb1", "pb2"]), self.table()
        return self.one([
            lambda: f"CREATE PUBLICATION {p} FOR TABLE {t}",
            lambda: f"CREATE PUBLICATION {p} FOR TABLE {t}, {self.table()}",
            lambda: f"CREATE PUBLICATION {p} FOR ALL TABLES",
            lambda: f"ALTER PUBLICATION {p} {self.one(['ADD', 'DROP', 'SET'])} TABLE {t}",
            lambda: f"ALTER PUBLICATION {p} RENAME TO pb2",
            lambda: f"DROP PUBLICATION {self.maybe(30, 'IF EXISTS ')}{p}",
        ])()

    def combined_query(self):
        """Set operations, sub-queries and joins by list."""
        t, u, c = self.table(), self.table(), self.column()
        return self.one([
            f"SELECT {c} FROM {t} UNION SELECT {self.column()} FROM {u}",
            f"SELECT {c} FROM {t} UNION ALL SELECT {self.column()}, b FROM {u}",
            f"SELECT {c}, 'x' FROM {t} EXCEPT SELECT {self.column()}, NULL FROM {u}",
            f"SELECT x.{c} FROM {t} x, {u} y WHERE x.{c} = y.{self.column()}",
            f"SELECT {c} FROM {t} x JOIN {u} y ON x.id = y.{c}",
            f"SELECT a FROM {t} WHERE {c} IN (SELECT {self.column()} FROM {u})",
            f"SELECT CASE WHEN {self.check()} THEN {c} ELSE {self.column()} END AS a FROM {t}",
            f"SELECT coalesce({c}, {self.column()}) AS a FROM {t} WHERE {self.check()}",
        ])

    def conflict(self):
        t, c = self.table(), self.column()
        target = self.one(["", f" ({c})", f" ({c}, {self.column()})", " ON CONSTRAINT k1", " ON CONSTRAINT t1_pkey"])
        action = self.one(["DO NOTHING", "DO NOTHING", f"DO UPDATE SET {self.column()} = DEFAULT"])
        return f"INSERT INTO {t} ({c}) VALUES ({self.one(VALUES)}) ON CONFLICT{target} {action}"

    def rule(self):
        t = self.one(TABLES + ["v1"])
        return self.one([
            f"CREATE OR REPLACE RULE rl1 AS ON {self.one(['INSERT', 'UPDATE', 'DELETE'])} TO {t} DO INSTEAD NOTHING",
            f"CREATE RULE rl2 AS ON DELETE TO {t} DO ALSO DELETE FROM {self.table()}",
            f"CREATE RULE rl1 AS ON INSERT TO {t} WHERE NEW.a > 0 DO INSTEAD NOTHING",
            f"ALTER TABLE {t} {self.one(['DISABLE', 'ENABLE'])} RULE rl1",
            f"ALTER RULE rl1 ON {t} RENAME TO rl2",
            f"COMMENT ON RULE rl1 ON {t} IS 'x'",
            f"COMMENT ON POLICY p1 ON {self.table()} IS 'x'",
            "COMMENT ON STATISTICS st1 IS 'x'",
        ])

    def block(self):
        inner = self.one([self.create_table, self.drop, self.data, self.alter_table])()
        return f"DO $$ BEGIN {inner}; END $$"

    def statement(self):
        return self.weighted([
            (11, self.create_table), (42, self.alter_table), (10, self.index), (7, self.view), (5, self.user_type), (4, self.sequence_statement),
            (7, self.function), (8, self.rename), (3, self.comment), (9, self.data), (4, self.drop), (6, self.partition), (5, self.transaction),
            (1, self.block), (3, self.publication), (3, self.combined_query), (3, self.conflict), (2, self.rule)])

    def good_table(self, name, others):
        """A table that can be made: most of what comes after is about it."""
        columns = [self.one(["id serial PRIMARY KEY", "id int PRIMARY KEY", "id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                             "id int NOT NULL", "id bigint UNIQUE"]),
                   self.one(["a int", "a int NOT NULL DEFAULT 1", "a bigint UNIQUE", "a int CHECK (a > 0)", "a d1"]),
                   self.one(["b int", "b numeric(10,2) DEFAULT 0", "b int DEFAULT 5 NOT NULL", "b timestamp", "b e1 DEFAULT 'x'"]),
                   self.one(["c text", "c text NOT NULL DEFAULT ''", "c varchar(10)", "c char(5)", "c text COLLATE \"C\""]),
                   self.one(["d int", "d varchar(20)", "d boolean DEFAULT false", "d jsonb", "d int[]", "d c1",
                             "d int GENERATED ALWAYS AS (1 + 1) STORED", "d date DEFAULT CURRENT_DATE"])]
        columns = columns[:1] + self.random.sample(columns[1:], self.one([3, 4, 4]))
        keyed = [t for t in others if "PRIMARY KEY" in others[t]]
        if keyed and self.chance(50):
            columns.append(f"CONSTRAINT {self.one(['k1', 'k2'])} FOREIGN KEY (id) REFERENCES {self.one(keyed)}" + self.maybe(30, " ON DELETE CASCADE"))
        text = f"CREATE TABLE {name} ({', '.join(columns)})"
        if others and self.chance(15):
            text = f"CREATE TABLE {name} () INHERITS ({self.one(list(others))})"
        return text

    def start(self):
        result = ["CREATE SCHEMA s1", "CREATE TYPE e1 AS ENUM ('x', 'y')", "CREATE DOMAIN d1 AS int CHECK (VALUE > 0)",
                  "CREATE DOMAIN d2 AS varchar(10)", "CREATE TYPE c1 AS (x int, y text)", "CREATE TYPE r1 AS RANGE (SUBTYPE = int)",
                  "CREATE FUNCTION f1(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
                  "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"]
        made = {}
        for name in self.random.sample(["t1", "t2", "t3", "s1.t1"], 3):
            made[name] = self.good_table(name, made)
        result += made.values()
        if self.chance(60):
            result += ["CREATE TABLE m1 (id int NOT NULL, a int NOT NULL, b int, c text) PARTITION BY " + self.one(["RANGE (a)", "RANGE (a)", "LIST (b)"])]
            if self.chance(40):
                result += [self.one(["ALTER TABLE m1 ADD PRIMARY KEY (id, a)", "CREATE INDEX ON m1 (b)", "ALTER TABLE m1 ADD FOREIGN KEY (id) REFERENCES t1",
                                     "ALTER TABLE m1 ADD CONSTRAINT k3 CHECK (b > 0)"])]
            if self.chance(70):
                free = [t for t in ["t1", "t2", "t3", "s1.t1"] if t not in made]
                result += [f"CREATE TABLE {free[0]} PARTITION OF m1 {self.one(['FOR VALUES FROM (0) TO (10)', 'DEFAULT', 'FOR VALUES IN (1, 2)'])}"]
        return result

    def sequence(self, length):
        return self.start() + [self.statement() for _ in range(length)]
