#include "analyzer/postgres/facts/grammar_versions.h"

#include <algorithm>
#include <variant>
#include <vector>

namespace forelock::postgres::facts {
namespace {

// Source: PostgreSQL release notes, section E.x "Changes", of the versions named here.
constexpr NewerGrammar kStoredColumn{12, "GENERATED ALWAYS AS ... STORED"};
constexpr NewerGrammar kConcurrentReindex{12, "REINDEX CONCURRENTLY"};
constexpr NewerGrammar kDropExpression{13, "DROP EXPRESSION"};
constexpr NewerGrammar kDetachConcurrently{14, "DETACH PARTITION ... CONCURRENTLY"};
constexpr NewerGrammar kCompression{14, "COMPRESSION"};
constexpr NewerGrammar kReplaceTrigger{14, "CREATE OR REPLACE TRIGGER"};
constexpr NewerGrammar kStatisticsExpression{14, "CREATE STATISTICS on an expression", "0A000"};
constexpr NewerGrammar kMerge{15, "MERGE"};
constexpr NewerGrammar kNullsNotDistinct{15, "NULLS NOT DISTINCT"};
constexpr NewerGrammar kDeleteColumns{15, "ON DELETE SET NULL (columns)"};
constexpr NewerGrammar kAccessMethod{15, "SET ACCESS METHOD"};
constexpr NewerGrammar kPublishedSchemas{15, "TABLES IN SCHEMA"};
constexpr NewerGrammar kPublishedParts{15, "columns and conditions of published tables"};
constexpr NewerGrammar kColumnStorage{16, "STORAGE in a column definition"};
constexpr NewerGrammar kUnnamedStatistics{16, "CREATE STATISTICS without a name"};
constexpr NewerGrammar kSetExpression{17, "SET EXPRESSION"};
constexpr NewerGrammar kDefaultAccessMethod{17, "SET ACCESS METHOD DEFAULT"};
constexpr NewerGrammar kVirtualColumn{18, "virtual generated columns"};
constexpr NewerGrammar kNotEnforced{18, "NOT ENFORCED"};
constexpr NewerGrammar kTableNotNull{18, "NOT NULL as a table constraint"};
constexpr NewerGrammar kTemporalKey{18, "WITHOUT OVERLAPS and PERIOD"};
constexpr NewerGrammar kAlterInherit{18, "ALTER CONSTRAINT ... [NO] INHERIT or [NOT] ENFORCED"};

/// Collects the clauses of a statement.
class Reader {
 public:
  [[nodiscard]] NewerGrammar newest() const { return newest_; }

  void operator()(const model::CreateTable& table) {
    for (const model::ColumnDefinition& column : table.columns) read(column);
    for (const model::Constraint& constraint : table.constraints) read(constraint, false);
  }
  void operator()(const model::AlterTable& table) {
    for (const model::AlterAction& action : table.actions) std::visit(*this, action.what);
  }
  void operator()(const model::CreateIndex& index) {
    need(index.nulls_not_distinct, kNullsNotDistinct);
  }
  void operator()(const model::CreateTrigger& trigger) {
    need(trigger.or_replace, kReplaceTrigger);
  }
  void operator()(const model::CreateStatistics& statistics) {
    need(statistics.name.name.empty(), kUnnamedStatistics);
    need(std::ranges::any_of(statistics.keys,
                             [](const model::IndexKey& key) { return key.column.empty(); }),
         kStatisticsExpression);
  }
  void operator()(const model::Merge&) { need(true, kMerge); }
  void operator()(const model::Reindex& reindex) { need(reindex.concurrently, kConcurrentReindex); }

  void operator()(const model::CreatePublication& publication) {
    need(publication.schemas, kPublishedSchemas);
    read(publication.tables);
  }
  void operator()(const model::AlterPublication& publication) {
    need(publication.schemas, kPublishedSchemas);
    read(publication.tables);
  }

  void operator()(const model::AddColumn& add) { read(add.column); }
  void operator()(const model::AddConstraint& add) { read(add.constraint, false); }
  void operator()(const model::SetExpression&) { need(true, kSetExpression); }
  void operator()(const model::DropExpression&) { need(true, kDropExpression); }
  void operator()(const model::SetCompression&) { need(true, kCompression); }
  void operator()(const model::DetachPartition& detach) {
    need(detach.concurrently || detach.finalize, kDetachConcurrently);
  }
  void operator()(const model::SetAccessMethod& set) {
    need(true, kAccessMethod);
    need(set.method.empty(), kDefaultAccessMethod);
  }
  void operator()(const model::AlterConstraint& alter) {
    need(alter.enforced.has_value() || alter.no_inherit.has_value(), kAlterInherit);
  }
  template <typename Other>
  void operator()(const Other&) {}

 private:
  void need(bool used, NewerGrammar clause) {
    if (used && clause.since > newest_.since) newest_ = clause;
  }
  void read(const std::vector<model::PublishedTable>& tables) {
    for (const model::PublishedTable& table : tables) {
      need(!table.columns.empty() || table.where, kPublishedParts);
    }
  }
  void read(const model::ColumnDefinition& column) {
    need(column.generated == model::GeneratedKind::kStored, kStoredColumn);
    need(column.generated == model::GeneratedKind::kVirtual, kVirtualColumn);
    need(!column.compression.empty(), kCompression);
    need(!column.storage.empty(), kColumnStorage);
    for (const model::Constraint& constraint : column.constraints) read(constraint, true);
  }
  void read(const model::Constraint& constraint, bool of_column) {
    need(constraint.nulls_not_distinct, kNullsNotDistinct);
    need(!constraint.on_delete_columns.empty(), kDeleteColumns);
    need(constraint.not_enforced, kNotEnforced);
    need(constraint.without_overlaps, kTemporalKey);
    need(!of_column && constraint.kind == model::ConstraintKind::kNotNull, kTableNotNull);
  }

  NewerGrammar newest_;
};

}  // namespace

std::optional<NewerGrammar> newer_grammar(const model::Operation& operation, int version) {
  Reader reader;
  std::visit(reader, operation);
  const NewerGrammar newest = reader.newest();
  if (newest.since <= version) return std::nullopt;
  return newest;
}

}  // namespace forelock::postgres::facts
