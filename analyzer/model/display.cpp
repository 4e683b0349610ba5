#include <array>
#include <cstddef>
#include <utility>
#include <variant>

#include "analyzer/model/migration.h"
#include "analyzer/model/operation.h"
#include "analyzer/model/statement.h"

namespace forelock::model {
namespace {

struct KindNames {
  ObjectKind kind;
  std::string_view name;
  std::string_view drop_tag;
  std::string_view alter_tag;
};

// Source of the tags: PostgreSQL 18, src/include/tcop/cmdtaglist.h.
constexpr auto kKindNames = std::to_array<KindNames>({
    {ObjectKind::kTable, "table", "DROP TABLE", "ALTER TABLE"},
    {ObjectKind::kIndex, "index", "DROP INDEX", "ALTER INDEX"},
    {ObjectKind::kSequence, "sequence", "DROP SEQUENCE", "ALTER SEQUENCE"},
    {ObjectKind::kView, "view", "DROP VIEW", "ALTER VIEW"},
    {ObjectKind::kMaterializedView, "materialized view", "DROP MATERIALIZED VIEW",
     "ALTER MATERIALIZED VIEW"},
    {ObjectKind::kForeignTable, "foreign table", "DROP FOREIGN TABLE", "ALTER FOREIGN TABLE"},
    {ObjectKind::kColumn, "column", "ALTER TABLE", "ALTER TABLE"},
    {ObjectKind::kConstraint, "constraint", "ALTER TABLE", "ALTER TABLE"},
    {ObjectKind::kSchema, "schema", "DROP SCHEMA", "ALTER SCHEMA"},
    {ObjectKind::kType, "type", "DROP TYPE", "ALTER TYPE"},
    {ObjectKind::kDomain, "domain", "DROP DOMAIN", "ALTER DOMAIN"},
    {ObjectKind::kAttribute, "attribute", "ALTER TYPE", "ALTER TYPE"},
    {ObjectKind::kEnumValue, "enum value", "ALTER TYPE", "ALTER TYPE"},
    {ObjectKind::kFunction, "function", "DROP FUNCTION", "ALTER FUNCTION"},
    {ObjectKind::kProcedure, "procedure", "DROP PROCEDURE", "ALTER PROCEDURE"},
    {ObjectKind::kRoutine, "routine", "DROP ROUTINE", "ALTER ROUTINE"},
    {ObjectKind::kAggregate, "aggregate", "DROP AGGREGATE", "ALTER AGGREGATE"},
    {ObjectKind::kTrigger, "trigger", "DROP TRIGGER", "ALTER TRIGGER"},
    {ObjectKind::kRule, "rule", "DROP RULE", "ALTER RULE"},
    {ObjectKind::kPolicy, "policy", "DROP POLICY", "ALTER POLICY"},
    {ObjectKind::kStatistics, "statistics", "DROP STATISTICS", "ALTER STATISTICS"},
    {ObjectKind::kExtension, "extension", "DROP EXTENSION", "ALTER EXTENSION"},
    {ObjectKind::kCollation, "collation", "DROP COLLATION", "ALTER COLLATION"},
    {ObjectKind::kOperator, "operator", "DROP OPERATOR", "ALTER OPERATOR"},
    {ObjectKind::kCast, "cast", "DROP CAST", "ALTER CAST"},
    {ObjectKind::kLanguage, "language", "DROP LANGUAGE", "ALTER LANGUAGE"},
    {ObjectKind::kDatabase, "database", "DROP DATABASE", "ALTER DATABASE"},
    {ObjectKind::kRole, "role", "DROP ROLE", "ALTER ROLE"},
    {ObjectKind::kTablespace, "tablespace", "DROP TABLESPACE", "ALTER TABLESPACE"},
    {ObjectKind::kPublication, "publication", "DROP PUBLICATION", "ALTER PUBLICATION"},
    {ObjectKind::kSubscription, "subscription", "DROP SUBSCRIPTION", "ALTER SUBSCRIPTION"},
    {ObjectKind::kServer, "server", "DROP SERVER", "ALTER SERVER"},
    {ObjectKind::kDomainConstraint, "domain constraint", "ALTER DOMAIN", "ALTER DOMAIN"},
    {ObjectKind::kTextSearch, "text search object", "DROP TEXT SEARCH", "ALTER TEXT SEARCH"},
    {ObjectKind::kEventTrigger, "event trigger", "DROP EVENT TRIGGER", "ALTER EVENT TRIGGER"},
    {ObjectKind::kAccessMethod, "access method", "DROP ACCESS METHOD", "ALTER ACCESS METHOD"},
    {ObjectKind::kOther, "object", "DROP", "ALTER"},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (static_cast<std::size_t>(kKindNames[i].kind) != i) return false;
  }
  return kKindNames.size() == static_cast<std::size_t>(ObjectKind::kOther) + 1;
}
static_assert(in_order());

const KindNames& names_of(ObjectKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

std::string_view tag_of(const Transaction& transaction) {
  switch (transaction.kind) {
    case TransactionKind::kBegin:
      return "BEGIN";
    case TransactionKind::kCommit:
      return "COMMIT";
    case TransactionKind::kRollback:
    case TransactionKind::kRollbackTo:
      return "ROLLBACK";
    case TransactionKind::kSavepoint:
      return "SAVEPOINT";
    case TransactionKind::kRelease:
      return "RELEASE";
    case TransactionKind::kPrepare:
      return "PREPARE TRANSACTION";
    case TransactionKind::kOther:
      return "TRANSACTION";
  }
  return "TRANSACTION";
}

std::string_view tag_of(const Database& database) {
  if (database.action == 'c') return "CREATE DATABASE";
  return database.action == 'd' ? "DROP DATABASE" : "ALTER DATABASE";
}

/// Tag of a statement about an object that lives on a table is the table's.
std::string_view alter_tag(const Rename& rename) {
  const ObjectKind kind = rename.object.kind;
  const bool in_relation = kind == ObjectKind::kColumn || kind == ObjectKind::kConstraint;
  return names_of(in_relation ? rename.relation_kind : kind).alter_tag;
}

}  // namespace

std::string_view display(ObjectKind kind) { return names_of(kind).name; }

std::string_view display(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::kNotNull:
      return "NOT NULL";
    case ConstraintKind::kCheck:
      return "CHECK";
    case ConstraintKind::kPrimaryKey:
      return "PRIMARY KEY";
    case ConstraintKind::kUnique:
      return "UNIQUE";
    case ConstraintKind::kExclusion:
      return "EXCLUDE";
    case ConstraintKind::kForeignKey:
      return "FOREIGN KEY";
  }
  return "";
}

std::string_view display(Certainty certainty) {
  switch (certainty) {
    case Certainty::kExact:
      return "exact";
    case Certainty::kPartial:
      return "partial";
    case Certainty::kConditional:
      return "conditional";
  }
  return "";
}

std::string_view display(Problem::Kind kind) {
  switch (kind) {
    case Problem::Kind::kParse:
      return "parse";
    case Problem::Kind::kRead:
      return "read";
    case Problem::Kind::kNotAnalyzed:
      return "not-analyzed";
    case Problem::Kind::kHistory:
      return "history";
    case Problem::Kind::kConfiguration:
      return "configuration";
    case Problem::Kind::kInternal:
      return "internal";
  }
  return "";
}

std::string_view display(SourceKind kind) {
  switch (kind) {
    case SourceKind::kAlembic:
      return "alembic";
    case SourceKind::kSql:
      return "sql";
    case SourceKind::kCxx:
      return "cxx";
    case SourceKind::kEmittedSql:
      return "emitted-sql";
  }
  return "";
}

std::string_view kind_name(const Operation& operation) {
  using View = std::string_view;
  return std::visit(
      Overloaded{
          [](const Other& o) -> View { return o.tag; },
          [](const CreateTable& o) -> View {
            return o.foreign ? "CREATE FOREIGN TABLE" : "CREATE TABLE";
          },
          [](const CreateTableAs& o) -> View {
            return o.materialized_view ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS";
          },
          [](const AlterTable& o) -> View { return names_of(o.kind).alter_tag; },
          [](const CreateIndex&) -> View { return "CREATE INDEX"; },
          [](const Drop& o) -> View { return names_of(o.kind).drop_tag; },
          [](const Rename& o) -> View { return alter_tag(o); },
          [](const SetSchema& o) -> View { return names_of(o.object.kind).alter_tag; },
          [](const SetOwner& o) -> View { return names_of(o.object.kind).alter_tag; },
          [](const Comment&) -> View { return "COMMENT"; },
          [](const CreateSchema&) -> View { return "CREATE SCHEMA"; },
          [](const CreateSequence&) -> View { return "CREATE SEQUENCE"; },
          [](const AlterSequence&) -> View { return "ALTER SEQUENCE"; },
          [](const CreateEnum&) -> View { return "CREATE TYPE"; },
          [](const AddEnumValue&) -> View { return "ALTER TYPE"; },
          [](const RenameEnumValue&) -> View { return "ALTER TYPE"; },
          [](const CreateCompositeType&) -> View { return "CREATE TYPE"; },
          [](const CreateRangeType&) -> View { return "CREATE TYPE"; },
          [](const CreateBaseType&) -> View { return "CREATE TYPE"; },
          [](const CreateDomain&) -> View { return "CREATE DOMAIN"; },
          [](const AlterDomain&) -> View { return "ALTER DOMAIN"; },
          [](const CreateView&) -> View { return "CREATE VIEW"; },
          [](const CreateFunction& o) -> View {
            return o.procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
          },
          [](const AlterFunction& o) -> View { return names_of(o.function.kind).alter_tag; },
          [](const CreateTrigger&) -> View { return "CREATE TRIGGER"; },
          [](const CreatePolicy&) -> View { return "CREATE POLICY"; },
          [](const AlterPolicy&) -> View { return "ALTER POLICY"; },
          [](const CreateRule&) -> View { return "CREATE RULE"; },
          [](const CreateStatistics&) -> View { return "CREATE STATISTICS"; },
          [](const CreateExtension&) -> View { return "CREATE EXTENSION"; },
          [](const AlterExtension&) -> View { return "ALTER EXTENSION"; },
          [](const CreatePublication&) -> View { return "CREATE PUBLICATION"; },
          [](const AlterPublication&) -> View { return "ALTER PUBLICATION"; },
          [](const Insert&) -> View { return "INSERT"; },
          [](const Update&) -> View { return "UPDATE"; },
          [](const Delete&) -> View { return "DELETE"; },
          [](const Merge&) -> View { return "MERGE"; },
          [](const Truncate&) -> View { return "TRUNCATE TABLE"; },
          [](const Copy&) -> View { return "COPY"; },
          [](const Select&) -> View { return "SELECT"; },
          [](const Transaction& o) -> View { return tag_of(o); },
          [](const Set& o) -> View { return o.reset ? "RESET" : "SET"; },
          [](const SetConstraints&) -> View { return "SET CONSTRAINTS"; },
          [](const LockTable&) -> View { return "LOCK TABLE"; },
          [](const RefreshMaterializedView&) -> View { return "REFRESH MATERIALIZED VIEW"; },
          [](const Reindex&) -> View { return "REINDEX"; },
          [](const Cluster&) -> View { return "CLUSTER"; },
          [](const Vacuum& o) -> View { return o.vacuum ? "VACUUM" : "ANALYZE"; },
          [](const DoBlock&) -> View { return "DO"; },
          [](const CallProcedure&) -> View { return "CALL"; },
          [](const Grant& o) -> View { return o.is_grant ? "GRANT" : "REVOKE"; },
          [](const Database& o) -> View { return tag_of(o); },
      },
      operation);
}

}  // namespace forelock::model
