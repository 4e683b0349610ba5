#pragma once

// One statement being run: what every group of statements needs to look objects up, take locks,
// note work and fail. Internal to replay.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/effects.h"
#include "analyzer/postgres/expressions.h"
#include "analyzer/postgres/replay.h"
#include "analyzer/postgres/types.h"

namespace forelock::sql {
struct BodyStatement;
}

namespace forelock::postgres {

/// Functions that change the catalog return false when the statement failed; the caller stops.
class Run {
 public:
  Run(Catalog& catalog_, Session& session_, const ReplayOptions& options_, Effects& effects_,
      bool errors_are_certain)
      : catalog(catalog_),
        session(session_),
        options(options_),
        effects(effects_),
        errors_are_certain_(errors_are_certain) {}

  Catalog& catalog;
  Session& session;
  const ReplayOptions& options;
  Effects& effects;
  std::string_view sql;  ///< Of the statement; may be empty in bodies.
  int depth = 0;         ///< Of bodies (DO, functions) around the statement.
  /// A name in a body may be one of its variables or parameters.
  bool sees_variables = false;
  bool failed = false;

  [[nodiscard]] bool since(int version) const { return options.pg_version >= version; }
  /// Whether no part of the statement's text can be a placeholder for what is not known.
  [[nodiscard]] bool knows_text() const { return errors_are_certain_; }

  // ---- failing ----
  /// The statement ends with this error. Always false.
  bool fail(std::string_view sqlstate, std::string message);
  /// It may fail with this error; it goes on.
  void risk(std::string_view sqlstate, std::string message);
  /// It depends on the data: an error that is not certain where the history itself made rows that
  /// break it (`evidence`), else a risk.
  void may_fail(bool evidence, std::string_view sqlstate, std::string message);
  /// Refused inside of a transaction block: true when it may run here.
  bool needs_no_transaction(std::string_view command);

  // ---- looking up ----
  /// The schema that new objects go to; empty after failing (3F000).
  std::string creation_schema(const model::QualifiedName& name,
                              model::Persistence persistence = model::Persistence::kPermanent);
  /// Any relation; made up when it may be. Null after failing (42P01, 3F000).
  /// In a query a schema that does not exist is 42P01, elsewhere it is 3F000.
  const Relation* relation(const model::QualifiedName& name,
                           RelationKind assumed_kind = RelationKind::kTable, bool in_query = false);
  /// Null when it is missing or of the system's own; never fails.
  const Relation* relation_if_any(const model::QualifiedName& name) const;
  [[nodiscard]] bool is_system(const model::QualifiedName& name) const;
  /// A table, partitioned table or foreign table. Null after failing (42P01, 42809).
  const Relation* table(const model::QualifiedName& name);
  /// A column, made up on a relation whose columns are not all known. Null after failing (42703).
  const Column* column(Oid relation, std::string_view name);
  /// Whether an extension is installed whose functions and types are not known here.
  [[nodiscard]] bool has_unknown_extension() const;
  /// Whether a schema that a name is written with is there: 3F000. An empty one is.
  bool check_schema(const std::string& schema);
  /// A type. Unknown ones are made up when they may be; `known` is false after failing (42704).
  ResolvedType type(const model::TypeName& written);

  /// All partitions or inheritance children, parents first, without the relation itself.
  std::vector<Oid> descendants(const Relation& relation) const;
  std::vector<Oid> leaves(const Relation& relation) const;
  [[nodiscard]] const Relation& at(Oid oid) const { return *catalog.relation(oid); }
  /// Into the catalog and out of it. What a relation was before stays readable until the end of the
  /// statement, so that references to it do not dangle.
  void put(Relation relation);
  void erase(Oid oid);
  void change(Oid oid, const std::function<void(Relation&)>& edit);

  // ---- effects ----
  void lock(const Relation& relation, LockMode mode);
  void lock(Oid oid, LockMode mode);
  void lock_tree(const Relation& relation, LockMode mode);
  /// The tables that a foreign key has triggers on, besides its own: of a partitioned table that it
  /// references all parts, before version 15 only those with rows.
  void lock_triggers_of(const Relation& referenced);
  void rewrite(const Relation& relation, std::string reason);
  void rebuild(const Relation& index, std::string reason);
  void scan(const Relation& relation, std::string reason);
  void build(const Relation& index, std::string reason);
  void lose(model::ObjectKind kind, std::string object, bool implied, bool had_rows);
  [[nodiscard]] bool is_new(const Relation& relation) const;
  /// Foreign keys to the table, and to the partitioned tables above it.
  [[nodiscard]] std::vector<Catalog::ForeignKeyUse> foreign_keys_to(const Relation& table) const;
  [[nodiscard]] bool may_have_rows(const Relation& relation) const;
  void created(Oid oid);

  /// A fresh relation with its place and origin filled in.
  Relation make(RelationKind kind, std::string schema, std::string name);

 private:
  bool errors_are_certain_;
  std::vector<std::shared_ptr<const Relation>> kept_;
  [[nodiscard]] Work work(const Relation& relation, std::string reason) const;
};

bool has_storage(const Relation& relation);
bool is_table_like(RelationKind kind);  ///< Table, partitioned table, foreign table.
bool is_index(RelationKind kind);

// ---- shared by several groups -------------------------------------------------------------------

/// Adds a column to the relation's value (not to the catalog): type, default, identity and owned
/// sequence; its constraints are left to the caller. Null after failing.
Column* define_column(Run& run, Relation& table, const model::ColumnDefinition& definition);

/// Whether values of the column can be stored out of line, and compressed.
bool is_toastable(const Run& run, const Column& column);
/// The storage of a column as it is kept, in capitals; nullopt after failing. Source:
/// GetAttributeStorage() in src/backend/commands/tablecmds.c.
std::optional<std::string> column_storage(Run& run, const Column& column,
                                          const std::string& written);
/// Whether a collation of the name is there, or may be: 42704.
bool check_collation(Run& run, const std::string& name);

/// Adds what an expression needs to the relation's value.
bool is_system_column(std::string_view name);
void add_needs(Relation& table, std::vector<Dependency> needs, Dependency::Part kind,
               AttributeNumber column = 0, Oid part = 0);
/// Checks an expression over the columns of a table: 42703 for one that is not there, 0A000 for
/// sub-queries, 42883 for functions that do not exist; `where` names the place for messages.
bool check_expression(Run& run, const Relation& table, const model::Expression& expression,
                      std::string_view where);
/// The same in a query over the relations of `scope`, where sub-queries may stand: also 42702, and
/// 42P01 for a qualifier that names none of them.
bool check_query_expression(Run& run, const Scope& scope, const model::Expression& expression);
/// An expression over OLD and NEW, the rows of a trigger or a rule, which is a condition as well.
bool check_row_condition(Run& run, const Relation& table, const model::Expression& condition,
                         std::string_view where, std::string_view clause);
/// A sub-query that stands in an expression over `outer`: its columns, and what IN compares.
bool check_subquery(Run& run, const Scope& outer, const model::Expression& part);
/// A condition must be boolean: 42804. Its parts have been checked.
bool check_condition(Run& run, const Scope& scope, const model::Expression& condition,
                     std::string_view where);
/// Whether anything of the name of a call exists, whatever its arguments: 42883.
bool check_function_exists(Run& run, const model::Expression& call);
/// The relations that constants of type regclass name, as in nextval('…'): 42P01, 3F000.
bool check_regclass(Run& run, const model::Expression& expression);
/// Checks a DEFAULT against its column's type: 42804, 0A000.
bool check_default(Run& run, const Relation& table, const Column& column,
                   const model::Expression& value);
/// Whether a DEFAULT is stored: one that is nothing but NULL is not.
bool keeps_default(const Catalog& catalog, const model::TypeName& type,
                   const model::Expression& value);
std::vector<AttributeNumber> column_numbers(Run& run, Oid table,
                                            const std::vector<std::string>& names);
std::vector<AttributeNumber> used_columns(const Relation& table,
                                          const model::Expression& expression);

/// Adds a constraint to a table that is in the catalog. `at_creation`: the table is being made, so
/// nothing is scanned. `skip_scan`: a foreign key on a column without values.
struct ConstraintContext {
  bool at_creation = false;
  bool skip_scan = false;
  bool only = false;
  bool recursing = false;
  bool all_null = false;  ///< A foreign key on a column that holds NULL only.
};
bool add_constraint(Run& run, Oid table, const model::Constraint& constraint,
                    const ConstraintContext& context);
/// What the parser refuses about a key: columns that are missing or named twice, and an index that
/// USING INDEX cannot take. Source: transformIndexConstraint().
bool check_key_columns(Run& run, Oid table, const model::Constraint& definition);
bool add_foreign_key(Run& run, Oid table, const model::Constraint& constraint,
                     const ConstraintContext& context);
/// The scans of a foreign key that is checked for rows that are there.
void check_foreign_key_rows(Run& run, const Relation& table, const Relation& referenced,
                            const std::string& name, bool all_null = false);
/// Marks a column NOT NULL; true when rows must be read for it.
bool set_not_null(Run& run, Oid table, AttributeNumber number);
/// Whether no table is of the composite type, as a change of it without CASCADE needs: 2BP01.
bool check_typed_tables(Run& run, const Relation& type);

/// Whether rows of the table may be updated or deleted, as to publications that need to know which
/// they were: 55000. `action`: "update" or "delete".
bool check_replica_identity(Run& run, const Relation& table, std::string_view action);
/// Whether a publication names the table.
bool is_published(const Run& run, Oid table);

struct IndexRequest {
  model::CreateIndex definition;
  model::ConstraintKind constraint = model::ConstraintKind::kCheck;  ///< kCheck: none.
  const model::Constraint* constraint_definition = nullptr;
  bool at_creation = false;  ///< The table is being made: nothing is scanned.
  Oid parent_index = 0;
};
/// Makes an index on one table and its partitions; 0 after failing.
Oid add_index(Run& run, Oid table, const IndexRequest& request);
/// Whether two indexes would do for each other (attaching to a partitioned index).
bool same_index_shape(const Run& run, const Relation& parent_index, const Relation& index);

struct DropTarget {
  enum class Kind {
    kRelation,
    kColumn,
    kDefault,
    kConstraint,
    kTrigger,
    kPolicy,
    kRule,
    kType,
    kFunction,
    kSchema,
    kExtension,
    kStatistics,
    kObject
  };
  Kind kind = Kind::kRelation;
  Oid oid = 0;                 ///< The relation for parts of one.
  AttributeNumber column = 0;  ///< kColumn, kDefault.
  Oid part = 0;                ///< kConstraint, kTrigger, kPolicy, kRule.
  std::string name;            ///< kSchema, kExtension.
  friend auto operator<=>(const DropTarget&, const DropTarget&) = default;
};
/// Types of what a function is called with.
std::vector<model::TypeName> input_types(const Run& run, const model::CreateFunction& function);
/// All functions of the name but those that one of an earlier schema of search_path hides: it takes
/// the same. Source: FuncnameGetCandidates() in src/backend/catalog/namespace.c.
std::vector<const CatalogFunction*> visible_functions(const Run& run,
                                                      const model::QualifiedName& name);
/// Whether the function takes these types, as DROP FUNCTION spells them.
bool has_arguments(const Run& run, const CatalogFunction& function,
                   const std::vector<model::TypeName>& arguments);
/// Removes the targets and what must go with them. 2BP01 when something else needs them and
/// `cascade` is off.
bool drop(Run& run, std::vector<DropTarget> targets, bool cascade);

/// Whether the columns and the CHECK constraints of `child` are those that `parent` wants.
bool can_inherit(Run& run, const Relation& parent, const Relation& child);
/// Makes `child` inherit `parent` structurally: columns and constraints, as ATTACH and INHERIT do.
bool attach_partition(Run& run, Oid parent, Oid child, const model::PartitionBound& bound);
/// Indexes, foreign keys and triggers that a partition takes from its parent.
bool clone_for_partition(Run& run, Oid parent, Oid child, bool at_creation);
/// Whether the bound is of the parent's strategy: 42P16.
bool check_bound_kind(Run& run, const Relation& parent, const model::PartitionBound& bound);
bool check_bound(Run& run, const Relation& parent, const model::PartitionBound& bound,
                 Oid except = 0);
/// Checks a generated column once all columns are there, and notes what it needs.
bool check_generation(Run& run, Relation& table, AttributeNumber number);
/// Looks through the default partition for rows that the bound would take.
void scan_default_partition(Run& run, const Relation& parent, Oid other,
                            const model::PartitionBound& bound);
Oid default_partition(const Run& run, const Relation& parent);

/// A sequence for a serial or identity column, made and owned.
Oid add_owned_sequence(Run& run, Relation& table, Column& column,
                       const model::SequenceOptions& options);
void resolve_sequence_options(model::SequenceOptions& options);
/// The multirange type that a range type was made with. Source: makeMultirangeTypeName().
std::string multirange_name(const Type& range);

/// Columns that a query returns; nullopt when not all of them can be told.
struct QueryShape {
  std::vector<Column> columns;
  bool open = false;
};
QueryShape query_shape(Run& run, const model::Query& query, const std::vector<std::string>& names);
Scope query_scope(const Run& run, const model::Query& query);
/// Locks what a query reads (and writes, in WITH), notes scans; false after failing (42P01, 42703).
/// `correlated`: it stands inside of something whose columns it may name.
bool read_query(Run& run, const model::Query& query, bool executed, bool correlated = false);
/// The dependencies of a view on its relations, columns and functions.
std::vector<Dependency> query_needs(Run& run, const model::Query& query);
/// The first relation that the query of a view names, whatever it is called by now; null for none.
const Relation* first_source(const Run& run, const Relation& view);
/// A body in PL/pgSQL is refused as a whole when SQL in it does not parse: plpgsql_compile().
bool check_syntax(Run& run, const std::vector<sql::BodyStatement>& body);
/// Runs the body of a function, as far as it can be read.
bool run_function(Run& run, const CatalogFunction& function);
/// Runs functions of the history's own that a query calls, as far as their bodies can be read.
bool call_functions(Run& run, const std::vector<model::Expression>& calls);

/// ALTER COLUMN TYPE, part by part: what ALTER TABLE does in its pass, and after it.
struct TypeChange {
  Oid table = 0;
  AttributeNumber column = 0;
  model::TypeName old_type, new_type;
  std::string old_collation, new_collation;
  bool rewrite = false;
};
/// Whether the values must be computed anew; nullopt after failing, when there is no conversion.
std::optional<bool> convert_column(Run& run, Oid table, const model::AlterColumnType& action);
/// Changes one column of one table; nullopt after failing. `rewrite`: what convert_column() said.
std::optional<TypeChange> change_column_type(Run& run, Oid table,
                                             const model::AlterColumnType& action, bool rewrite);
/// Indexes and constraints on the changed columns are made again.
bool finish_type_changes(Run& run, const std::vector<TypeChange>& changes);
/// The heap and all its indexes are written anew.
void rewrite_table(Run& run, const Relation& table, const std::string& reason);

bool run_operation(Run& run, const model::Operation& operation);

// ---- one function per operation, by group -------------------------------------------------------

bool apply(Run& run, const model::CreateTable& statement);
bool apply(Run& run, const model::CreateTableAs& statement);
bool apply(Run& run, const model::AlterTable& statement);
bool apply(Run& run, const model::CreateIndex& statement);
bool apply(Run& run, const model::Drop& statement);
bool apply(Run& run, const model::Rename& statement);
bool apply(Run& run, const model::SetSchema& statement);
bool apply(Run& run, const model::SetOwner& statement);
bool apply(Run& run, const model::Comment& statement);
bool apply(Run& run, const model::CreateSchema& statement);
bool apply(Run& run, const model::CreateSequence& statement);
bool apply(Run& run, const model::AlterSequence& statement);
bool apply(Run& run, const model::CreateEnum& statement);
bool apply(Run& run, const model::AddEnumValue& statement);
bool apply(Run& run, const model::RenameEnumValue& statement);
bool apply(Run& run, const model::CreateCompositeType& statement);
bool apply(Run& run, const model::CreateRangeType& statement);
bool apply(Run& run, const model::CreateBaseType& statement);
bool apply(Run& run, const model::CreateDomain& statement);
bool apply(Run& run, const model::AlterDomain& statement);
bool apply(Run& run, const model::CreateView& statement);
bool apply(Run& run, const model::CreateFunction& statement);
bool apply(Run& run, const model::AlterFunction& statement);
bool apply(Run& run, const model::CreateTrigger& statement);
bool apply(Run& run, const model::CreatePolicy& statement);
bool apply(Run& run, const model::AlterPolicy& statement);
bool apply(Run& run, const model::CreateRule& statement);
bool apply(Run& run, const model::CreateStatistics& statement);
bool apply(Run& run, const model::CreateExtension& statement);
bool apply(Run& run, const model::AlterExtension& statement);
bool apply(Run& run, const model::CreatePublication& statement);
bool apply(Run& run, const model::AlterPublication& statement);
bool apply(Run& run, const model::Insert& statement);
bool apply(Run& run, const model::Update& statement);
bool apply(Run& run, const model::Delete& statement);
bool apply(Run& run, const model::Merge& statement);
bool apply(Run& run, const model::Truncate& statement);
bool apply(Run& run, const model::Copy& statement);
bool apply(Run& run, const model::Select& statement);
bool apply(Run& run, const model::LockTable& statement);
bool apply(Run& run, const model::RefreshMaterializedView& statement);
bool apply(Run& run, const model::Reindex& statement);
bool apply(Run& run, const model::Cluster& statement);
bool apply(Run& run, const model::Vacuum& statement);
bool apply(Run& run, const model::DoBlock& statement);
bool apply(Run& run, const model::CallProcedure& statement);
bool apply(Run& run, const model::Grant& statement);
bool apply(Run& run, const model::Database& statement);
bool apply(Run& run, const model::Set& statement);
bool apply(Run& run, const model::SetConstraints& statement);
bool apply(Run& run, const model::Other& statement);

}  // namespace forelock::postgres
