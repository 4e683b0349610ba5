#include "analyzer/sql/lower_session.h"

#include <array>
#include <utility>

namespace forelock::sql {
namespace {

using model::TransactionKind;

struct TransactionWord {
  std::string_view kind;
  TransactionKind value;
};

// Source: PostgreSQL 18, enum TransactionStmtKind in src/include/nodes/parsenodes.h.
constexpr auto kTransactionKinds = std::to_array<TransactionWord>({
    {"TRANS_STMT_BEGIN", TransactionKind::kBegin},
    {"TRANS_STMT_START", TransactionKind::kBegin},
    {"TRANS_STMT_COMMIT", TransactionKind::kCommit},
    {"TRANS_STMT_ROLLBACK", TransactionKind::kRollback},
    {"TRANS_STMT_SAVEPOINT", TransactionKind::kSavepoint},
    {"TRANS_STMT_RELEASE", TransactionKind::kRelease},
    {"TRANS_STMT_ROLLBACK_TO", TransactionKind::kRollbackTo},
    {"TRANS_STMT_PREPARE", TransactionKind::kPrepare},
});

// Source: PostgreSQL 18, src/include/storage/lockdefs.h; the index is the number there.
constexpr auto kLockModes = std::to_array<std::string_view>(
    {"", "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
     "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"});

std::vector<model::QualifiedName> relation_names(NodeList relations) {
  std::vector<model::QualifiedName> names;
  for (const Node relation : relations) names.push_back(relation_name(relation));
  return names;
}

}  // namespace

std::vector<std::string> set_values(Node variable_set) {
  std::vector<std::string> values;
  for (const Node value : variable_set.list("args")) {
    if (value.is("DefElem")) {
      values.push_back(value.string("defname") + "=" + value_text(value.child("arg")));
    } else {
      values.push_back(value_text(value));
    }
  }
  return values;
}

model::Operation lower_transaction(Context&, Node statement) {
  model::Transaction transaction;
  for (const TransactionWord& entry : kTransactionKinds) {
    if (entry.kind == statement.text("kind")) transaction.kind = entry.value;
  }
  transaction.savepoint = statement.string("savepoint_name");
  transaction.chain = statement.flag("chain");
  return transaction;
}

model::Operation lower_set(Context&, Node statement) {
  const std::string_view kind = statement.text("kind");
  model::Set set;
  set.name = statement.string("name");
  set.local = statement.flag("is_local");
  set.reset = kind == "VAR_RESET" || kind == "VAR_RESET_ALL";
  set.values = set_values(statement);
  return set;
}

model::Operation lower_set_constraints(Context&, Node statement) {
  model::SetConstraints result;
  result.constraints = relation_names(statement.list("constraints"));
  result.all = result.constraints.empty();
  result.deferred = statement.flag("deferred");
  return result;
}

model::Operation lower_lock(Context&, Node statement) {
  model::LockTable lock;
  const NodeList relations = statement.list("relations");
  lock.tables = relation_names(relations);
  const auto mode = static_cast<std::size_t>(statement.integer("mode"));
  if (mode < kLockModes.size()) lock.mode = kLockModes[mode];
  lock.nowait = statement.flag("nowait");
  for (const Node relation : relations) lock.only = lock.only || !relation.flag("inh");
  return lock;
}

model::Operation lower_refresh(Context&, Node statement) {
  return model::RefreshMaterializedView{relation_name(statement.fixed("relation")),
                                        statement.flag("concurrent"), !statement.flag("skipData")};
}

model::Operation lower_reindex(Context&, Node statement) {
  const std::string_view kind = statement.text("kind");
  model::Reindex reindex;
  reindex.kind = kind == "REINDEX_OBJECT_INDEX"    ? model::ObjectKind::kIndex
                 : kind == "REINDEX_OBJECT_TABLE"  ? model::ObjectKind::kTable
                 : kind == "REINDEX_OBJECT_SCHEMA" ? model::ObjectKind::kSchema
                                                   : model::ObjectKind::kDatabase;
  reindex.system = kind == "REINDEX_OBJECT_SYSTEM";
  if (const Node relation = statement.fixed("relation")) {
    reindex.name = relation_name(relation);
  } else {
    reindex.name.name = statement.string("name");
  }
  reindex.concurrently = option_flag(find_option(statement.list("params"), "concurrently"));
  return reindex;
}

model::Operation lower_cluster(Context&, Node statement) {
  return model::Cluster{relation_name(statement.fixed("relation")), statement.string("indexname")};
}

model::Operation lower_vacuum(Context&, Node statement) {
  const NodeList list = statement.list("options");
  model::Vacuum vacuum;
  for (const Node table : statement.list("rels")) {
    vacuum.tables.push_back(relation_name(table.fixed("relation")));
    vacuum.columns.push_back(strings(table.list("va_cols")));
  }
  vacuum.vacuum = statement.flag("is_vacuumcmd");
  vacuum.full = option_flag(find_option(list, "full"));
  vacuum.analyze = !vacuum.vacuum || option_flag(find_option(list, "analyze"));
  return vacuum;
}

model::Operation lower_call(Context&, Node statement) {
  return model::CallProcedure{qualified_name(statement.fixed("funccall").list("funcname"))};
}

model::Operation lower_database(Context&, Node statement) {
  const bool drops = statement.is("DropdbStmt");
  const bool creates = statement.is("CreatedbStmt");
  return model::Database{statement.string("dbname"),
                         drops     ? 'd'
                         : creates ? 'c'
                                   : 'a',
                         statement.flag("missing_ok")};
}

}  // namespace forelock::sql
