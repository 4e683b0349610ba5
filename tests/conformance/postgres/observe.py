"""What a real server does for one statement: locks, new storage, scans, SQLSTATE."""

WEAK = {"AccessShareLock", "RowShareLock"}
TABLE_LIKE = {"r", "p", "m", "v", "f"}

NAMES = """SELECT c.oid, CASE WHEN n.nspname = 'public' THEN c.relname
    WHEN n.nspname ~ '^pg_temp' THEN 'pg_temp.' || c.relname ELSE n.nspname || '.' || c.relname END,
  c.relkind, c.relfilenode, CASE WHEN c.relkind IN ('r','m','i') THEN pg_relation_size(c.oid) ELSE 0 END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname !~ '^pg_' OR n.nspname ~ '^pg_temp') AND n.nspname <> 'information_schema';"""
COUNTS = """SELECT format('SELECT %s, count(*) FROM ONLY %s', c.oid, c.oid::regclass) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (n.nspname !~ '^pg_' OR n.nspname ~ '^pg_temp') AND n.nspname <> 'information_schema'
  AND c.relkind IN ('r') \\gexec"""
LOCKS = """SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation';"""
SCANS = """SELECT relid, seq_scan, seq_tup_read FROM pg_stat_xact_user_tables WHERE seq_scan > 0;"""
STATE = "\\echo :ERROR :LAST_ERROR_SQLSTATE"
ORDER = ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
         "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]


def sections(output):
    result, name = {}, None
    for line in output.split("\n"):
        if line.startswith("@@"):
            name = line[2:]
            result[name] = []
        elif name is not None and line:
            result[name].append(line.split("\x1f"))
    return result


def ended(sql):
    return sql.rstrip().rstrip(";") + ";\n"


def observe(server, reset, setup, statement):
    """None when the setup itself fails; then the case is wrong."""
    script = [reset]
    for i, sql in enumerate(setup):
        script += [ended(sql), f"\\echo @@setup{i}\n", STATE + "\n"]
    script += ["\\echo @@names\n", NAMES, "\n\\echo @@counts\n", COUNTS, "\nBEGIN;\n\\echo @@scans_before\n", SCANS,
               "\n\\echo @@statement\n", ended(statement),
               "\\echo @@state\n", STATE, "\n\\echo @@locks\n", LOCKS, "\n\\echo @@scans\n", SCANS,
               "\n\\echo @@after\n", NAMES, "\nROLLBACK;\n"]
    # psql's ERROR is that of the last query, so the state is read before anything else runs.
    out = sections(server.psql("".join(script)).stdout)
    for i, _ in enumerate(setup):
        if out[f"setup{i}"][0][0].startswith("true"):
            return None
    failed, state = out["state"][0][0].split()[:2]
    sqlstate = state if failed == "true" else None
    before = out["names"]
    result = {"runs_in_transaction": sqlstate != "25001", "error": sqlstate, "locks": None,
              "existing": {row[1]: row[2] for row in before}}
    counts = {row[0]: int(row[1]) for row in out["counts"] if len(row) == 2}
    if sqlstate == "25001":
        script = [reset, *(ended(sql) for sql in setup), "\\echo @@names\n", NAMES, "\n",
                  ended(statement), "\\echo @@state\n", STATE, "\n\\echo @@after\n", NAMES]
        out = sections(server.psql("".join(script)).stdout)
        before = out["names"]
        failed, state = out["state"][0][0].split()[:2]
        result["error"] = state if failed == "true" else None
    if result["error"]:
        return result
    names = {row[0]: row[1] for row in before}
    kinds = {row[1]: row[2] for row in before}
    if result["runs_in_transaction"]:
        locks = {}
        for oid, mode in out["locks"]:
            name = names.get(oid)
            if name is None or mode in WEAK or kinds[name] not in TABLE_LIKE:
                continue
            if name not in locks or ORDER.index(mode) > ORDER.index(locks[name]):
                locks[name] = mode
        result["locks"] = locks
        # The session's counters hold what ran before, too.
        earlier = {oid: (int(scans), int(tuples)) for oid, scans, tuples in out["scans_before"]}
        result["scans"] = set()
        for oid, scans, tuples in out["scans"]:
            scans_before, tuples_before = earlier.get(oid, (0, 0))
            if oid in names and kinds[names[oid]] != "m" and int(scans) > scans_before and \
                    int(tuples) - tuples_before >= counts.get(oid, 0):
                result["scans"].add(names[oid])
    after_by_oid = {row[0]: row for row in out["after"]}
    after_by_name = {row[1]: row for row in out["after"]}
    rewrites, rebuilds = set(), set()
    for oid, name, kind, node, size in before:
        now = after_by_oid.get(oid) or after_by_name.get(name)
        if now is None or now[3] == node or node == "0":
            continue
        if kind == "i":
            rebuilds.add(name)
        elif kind in ("r", "m") and not (int(size) > 0 and int(now[4]) == 0):
            rewrites.add(name)
    result["rewrites"], result["rebuilds"] = rewrites, rebuilds
    return result


def predicted(entry):
    return {
        "locks": {l["relation"]: l["mode"] for l in entry["locks"]
                  if l["mode"] not in WEAK and l.get("kind", "table") not in ("index", "sequence")},
        "rewrites": set(entry["rewrites"]), "rebuilds": set(entry["rebuilds"]),
        "scans": set(entry["scans"]), "runs_in_transaction": entry["runs_in_transaction"],
        "error": (entry["error"] or {}).get("sqlstate"),
        "risks": {r.get("sqlstate") if isinstance(r, dict) else r.split()[0]
                  for r in entry.get("risks", [])},
    }


def differences(real, said):
    """Lines that say where the two differ; empty when the case holds."""
    lines = []
    if real["error"]:
        if said["error"] != real["error"] and real["error"] not in said["risks"]:
            lines.append(f"error: PostgreSQL {real['error']}, forelock {said['error']}")
        return lines
    keys = ["error", "runs_in_transaction", "rewrites", "rebuilds"]
    if real["locks"] is not None:
        keys += ["locks", "scans"]
    for key in keys:
        mine = said[key]
        if key == "scans":  # The counters do not see how a materialized view is filled.
            mine = {n for n in mine if real["existing"].get(n) != "m"}
        if key == "locks":
            mine = {k: v for k, v in mine.items() if k in real["existing"]}
        if real[key] != mine:
            show = lambda v: sorted(v) if isinstance(v, set) else v
            lines.append(f"{key}: PostgreSQL {show(real[key])}, forelock {show(mine)}")
    return lines
