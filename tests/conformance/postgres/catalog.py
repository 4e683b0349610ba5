"""A database's schema as its catalogs tell it: {kind: {name: what it is}}, the same for equal schemas."""
from observe import sections

# Each query: name, then whatever tells it apart. Names are spelled with their schema, whatever search_path is.
_NS = r"n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
# What an extension brought is the extension's.
_OWN = "NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = {oid} AND e.classid = '{table}'::regclass AND e.deptype = 'e')"


def _own(oid, table):
    return _OWN.format(oid=oid, table=table)


QUERIES = {
    "schema": f"SELECT nspname, obj_description(n.oid, 'pg_namespace') FROM pg_namespace n WHERE {_NS} AND {_own('n.oid', 'pg_namespace')}",
    "extension": "SELECT extname, extnamespace::regnamespace FROM pg_extension WHERE extname <> 'plpgsql'",
    "relation": rf"""SELECT n.nspname || '.' || c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
  c.relreplident, array(SELECT x FROM unnest(c.reloptions) x ORDER BY 1), obj_description(c.oid, 'pg_class'),
  pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
  array(SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid ORDER BY inhseqno),
  c.reloftype::regtype, s.spcname, CASE WHEN c.relkind IN ('r', 'm') THEN a.amname END, c.relispopulated
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_am a ON a.oid = c.relam WHERE {_NS} AND c.relkind <> 't' AND {_own('c.oid', 'pg_class')}""",
    "column": rf"""SELECT n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END,
  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), col_description(c.oid, a.attnum), a.attoptions,
  CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, a.attcompression, a.attstattarget
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE {_NS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND {_own('c.oid', 'pg_class')}""",
    # A partitioned target gives one more constraint per partition of it.
    "constraint": rf"""SELECT n.nspname || '.' || c.relname || '.' || o.conname, pg_get_constraintdef(o.oid),
  obj_description(o.oid, 'pg_constraint')
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_NS} AND contype NOT IN ('n', 't') AND {_own('c.oid', 'pg_class')}
  AND NOT (contype = 'f' AND conparentid <> 0 AND confrelid <> (SELECT confrelid FROM pg_constraint x WHERE x.oid = o.conparentid))""",
    "index": rf"""SELECT n.nspname || '.' || i.relname, pg_get_indexdef(i.oid), x.indisvalid, x.indisclustered, x.indisreplident,
  obj_description(i.oid, 'pg_class'), array(SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE {_NS} AND {_own('x.indrelid', 'pg_class')}""",
    "sequence": rf"""SELECT n.nspname || '.' || c.relname, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, obj_description(c.oid, 'pg_class')
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_NS} AND {_own('c.oid', 'pg_class')}""",
    "owned": rf"""SELECT n.nspname || '.' || c.relname, d.refobjid::regclass, a.attname, d.deptype
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE {_NS} AND c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')""",
    "view": rf"""SELECT n.nspname || '.' || c.relname, replace(pg_get_viewdef(c.oid), E'\n', ' ')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_NS} AND c.relkind IN ('v', 'm') AND {_own('c.oid', 'pg_class')}""",
    "rule": rf"""SELECT n.nspname || '.' || c.relname || '.' || r.rulename, replace(pg_get_ruledef(r.oid), E'\n', ' '), r.ev_enabled
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_NS} AND r.rulename <> '_RETURN'""",
    "type": rf"""SELECT n.nspname || '.' || t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
  array(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
  array(SELECT o.conname || ' ' || pg_get_constraintdef(o.oid) FROM pg_constraint o WHERE o.contypid = t.oid AND contype = 'c' ORDER BY 1),
  (SELECT rngsubtype::regtype FROM pg_range WHERE rngtypid = t.oid), obj_description(t.oid, 'pg_type')
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {_NS} AND t.typelem = 0 AND t.typtype <> 'm'
  AND (t.typtype <> 'c' OR (SELECT relkind FROM pg_class WHERE oid = t.typrelid) = 'c') AND {_own('t.oid', 'pg_type')}""",
    "function": rf"""SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
  CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE replace(pg_get_functiondef(p.oid), E'\n', ' ') END, obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_NS} AND {_own('p.oid', 'pg_proc')}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'i')""",
    "trigger": rf"""SELECT n.nspname || '.' || c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_NS} AND NOT t.tgisinternal""",
    "policy": rf"""SELECT n.nspname || '.' || c.relname || '.' || p.polname, p.polcmd, p.polpermissive, replace(pg_get_expr(p.polqual, p.polrelid), E'\n', ' '), replace(pg_get_expr(p.polwithcheck, p.polrelid), E'\n', ' ')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_NS}""",
    "statistics": rf"""SELECT n.nspname || '.' || s.stxname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {_NS}""",
    "publication": "SELECT pubname, puballtables FROM pg_publication",
}


def snapshot_sql(tag):
    """psql's input that prints the whole schema; `tag` tells the snapshots of a script apart."""
    script = ["SELECT current_setting('search_path') AS path \\gset\nSET search_path = public;\n\\pset null '-'\n"]
    for kind, query in QUERIES.items():
        script.append(f"\\echo @@{tag}:{kind}\n{query};\n")
    return "".join(script) + "\\echo @@\n\\pset null ''\nSELECT set_config('search_path', :'path', false);\n"


def snapshot(output, tag, out=None):
    """What snapshot_sql(tag) printed."""
    out = sections(output) if out is None else out
    return {kind: {row[0]: tuple(row[1:]) for row in out.get(f"{tag}:{kind}", [])} for kind in QUERIES}


def difference(real, mine, left="PostgreSQL", right="forelock", limit=1):
    """The first objects that differ, as text; None when the schemas are equal."""
    lines = []
    for kind, objects in real.items():
        for name in sorted(set(objects) | set(mine[kind])):
            if objects.get(name) != mine[kind].get(name):
                width = max(len(left), len(right))
                lines.append(f"{kind} {name}\n      {left:{width}} {objects.get(name)}\n"
                             f"      {right:{width}} {mine[kind].get(name)}")
                if len(lines) == limit:
                    return "\n".join(lines)
    return "\n".join(lines) or None
