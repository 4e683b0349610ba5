#pragma once

// What one SQL statement does: the vocabulary between frontends, the simulated PostgreSQL and
// rules.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/model/expression.h"
#include "analyzer/model/name.h"
#include "analyzer/text/span.h"

namespace forelock::model {

/// Kinds of objects that DROP, RENAME, COMMENT and their kin name.
enum class ObjectKind {
  kTable,
  kIndex,
  kSequence,
  kView,
  kMaterializedView,
  kForeignTable,
  kColumn,
  kConstraint,
  kSchema,
  kType,
  kDomain,
  kAttribute,
  kEnumValue,
  kFunction,
  kProcedure,
  kRoutine,
  kAggregate,
  kTrigger,
  kRule,
  kPolicy,
  kStatistics,
  kExtension,
  kCollation,
  kOperator,
  kCast,
  kLanguage,
  kDatabase,
  kRole,
  kTablespace,
  kPublication,
  kSubscription,
  kServer,
  kDomainConstraint,
  kTextSearch,
  kEventTrigger,
  kAccessMethod,
  kOther,
};
/// As in SQL, e.g. "materialized view".
std::string_view display(ObjectKind kind);

enum class Persistence { kPermanent, kUnlogged, kTemporary };

/// Names and options as written: `WITH (fillfactor = 70)`. Values are text; empty when none.
using Options = std::vector<std::pair<std::string, std::string>>;

// ---- columns and constraints ------------------------------------------------------------------

enum class ConstraintKind { kNotNull, kCheck, kPrimaryKey, kUnique, kExclusion, kForeignKey };
std::string_view display(ConstraintKind kind);

/// `none` where the clause is absent (NO ACTION).
enum class ForeignKeyAction { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

struct ExclusionElement;

struct IndexKey {
  std::string column;  ///< Empty for an expression.
  std::optional<Expression> expression;
  std::string collation;
  std::string operator_class;
  bool descending = false;
  std::optional<bool> nulls_first;  ///< As written.
};

struct Constraint {
  ConstraintKind kind = ConstraintKind::kCheck;
  std::string name;  ///< Empty when the statement gives none.
  /// Key columns (of the referencing table for a foreign key); also for a column's own constraint.
  /// Empty for CHECK.
  std::vector<std::string> columns;
  std::vector<std::string> include;
  std::optional<Expression> expression;  ///< CHECK.
  std::vector<IndexKey> exclusion_keys;  ///< EXCLUDE elements.
  std::vector<std::string> exclusion_operators;
  std::string access_method;                    ///< EXCLUDE USING.
  std::optional<Expression> predicate;          ///< EXCLUDE ... WHERE.
  QualifiedName referenced_table;               ///< FOREIGN KEY.
  std::vector<std::string> referenced_columns;  ///< Empty: the primary key.
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
  ForeignKeyAction on_update = ForeignKeyAction::kNoAction;
  std::vector<std::string> on_delete_columns;
  char match = 's';         ///< 's' simple, 'f' full, 'p' partial.
  std::string using_index;  ///< ADD ... USING INDEX.
  bool not_valid = false;
  bool no_inherit = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool not_enforced = false;  ///< PostgreSQL 18.
  bool nulls_not_distinct = false;
  bool without_overlaps = false;  ///< WITHOUT OVERLAPS, or PERIOD of a foreign key.
  Options options;
  std::string tablespace;  ///< USING INDEX TABLESPACE.
  text::Span span;
};

enum class IdentityKind { kNone, kAlways, kByDefault };
enum class GeneratedKind { kNone, kStored, kVirtual };

struct SequenceOptions {
  std::optional<TypeName> type;
  std::optional<std::int64_t> increment, minimum, maximum, start, cache, restart;
  bool no_minimum = false, no_maximum = false, restart_default = false;
  std::optional<bool> cycle;
  std::optional<std::vector<std::string>> owned_by;  ///< Name parts; empty vector for NONE.
};

struct ColumnDefinition {
  std::string name;
  TypeName type;  ///< `serial` kinds stay as written.
  std::string collation;
  std::string storage, compression;
  bool not_null = false;  ///< NOT NULL written (also by PRIMARY KEY: no; see constraints).
  bool null_written = false;
  std::optional<Expression> default_value;
  IdentityKind identity = IdentityKind::kNone;
  SequenceOptions identity_options;
  GeneratedKind generated = GeneratedKind::kNone;
  std::optional<Expression> generation_expression;
  std::vector<Constraint>
      constraints;  ///< CHECK, PRIMARY KEY, UNIQUE, REFERENCES and named NOT NULL of the column.
  text::Span span;
};

// ---- tables -----------------------------------------------------------------------------------

struct PartitionBound {
  bool is_default = false;
  char strategy = 0;                 ///< 'l', 'r', 'h'.
  std::vector<Expression> values;    ///< LIST.
  std::vector<Expression> from, to;  ///< RANGE; MINVALUE/MAXVALUE are kColumn of that name.
  int modulus = 0, remainder = 0;
};

struct PartitionKey {
  char strategy = 0;
  std::vector<IndexKey> keys;
};

struct LikeClause {
  QualifiedName table;
  std::uint32_t options = 0;  ///< PostgreSQL's TableLikeOption bits.
};

struct CreateTable {
  QualifiedName table;
  Persistence persistence = Persistence::kPermanent;
  bool if_not_exists = false;
  bool foreign = false;
  std::string server;  ///< Of a foreign table.
  std::vector<ColumnDefinition> columns;
  std::vector<Constraint> constraints;
  std::vector<LikeClause> likes;
  std::vector<QualifiedName> inherits;
  QualifiedName of_type;
  QualifiedName partition_of;
  std::optional<PartitionBound> bound;
  std::optional<PartitionKey> partition_by;
  Options options;
  std::string tablespace, access_method, on_commit;
  text::Span table_span;  ///< The table's name in the statement's SQL.
};

/// CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW.
struct CreateTableAs {
  QualifiedName table;
  bool materialized_view = false;
  Persistence persistence = Persistence::kPermanent;
  bool if_not_exists = false;
  bool with_data = true;
  std::vector<std::string> column_names;
  Query query;
};

struct AddColumn {
  ColumnDefinition column;
  bool if_not_exists = false;
  bool cascade = false;  ///< Of ALTER TYPE ... ADD ATTRIBUTE.
};
struct DropColumn {
  std::string column;
  bool if_exists = false;
  bool cascade = false;
};
struct AlterColumnType {
  std::string column;
  TypeName type;
  std::string collation;
  std::optional<Expression> using_expression;
  bool cascade = false;  ///< Of ALTER TYPE ... ALTER ATTRIBUTE.
};
struct SetNotNull {
  std::string column;
};
struct DropNotNull {
  std::string column;
};
struct SetDefault {
  std::string column;
  Expression value;
};
struct DropDefault {
  std::string column;
};
struct SetExpression {
  std::string column;
  Expression value;
};
struct DropExpression {
  std::string column;
  bool if_exists = false;
};
struct AddIdentity {
  std::string column;
  IdentityKind identity;
  SequenceOptions options;
};
struct SetIdentity {
  std::string column;
  std::optional<IdentityKind> identity;
  SequenceOptions options;
};
struct DropIdentity {
  std::string column;
  bool if_exists = false;
};
struct SetStatistics {
  std::string column;
  int target = -1;
};
struct SetColumnOptions {
  std::string column;
  Options options;
  bool reset = false;
};
struct SetStorage {
  std::string column;
  std::string storage;
};
struct SetCompression {
  std::string column;
  std::string method;
};
struct AddConstraint {
  Constraint constraint;
};
struct DropConstraint {
  std::string name;
  bool if_exists = false;
  bool cascade = false;
};
struct ValidateConstraint {
  std::string name;
};
struct AlterConstraint {
  std::string name;
  std::optional<bool> deferrable, initially_deferred, enforced, no_inherit;
};
struct AttachPartition {
  QualifiedName partition;
  std::optional<PartitionBound> bound;
};  ///< Also of indexes.
struct DetachPartition {
  QualifiedName partition;
  bool concurrently = false;
  bool finalize = false;
};
struct Inherit {
  QualifiedName parent;
};
struct NoInherit {
  QualifiedName parent;
};
struct OfType {
  QualifiedName type;
};
struct NotOfType {};
/// `which` is a trigger's name, "ALL", "USER" or a rule's name; `state` is 'O' (enabled), 'D', 'R',
/// 'A'.
struct SetTriggerState {
  std::string which;
  char state = 'O';
  bool rule = false;
};
struct SetReplicaIdentity {
  char identity = 'd';
  std::string index;
};  ///< 'd', 'f', 'n', 'i'.
struct SetRowSecurity {
  std::optional<bool> enabled;
  std::optional<bool> forced;
};
struct SetLogged {
  bool logged = true;
};
struct SetTablespace {
  std::string tablespace;
};
struct SetAccessMethod {
  std::string method;
};
struct SetTableOptions {
  Options options;
  bool reset = false;
};
struct ClusterOn {
  std::string index;
  bool without = false;
};
struct ChangeOwner {
  std::string role;
};
struct OtherAction {
  std::string tag;
};

struct AlterAction {
  std::variant<AddColumn, DropColumn, AlterColumnType, SetNotNull, DropNotNull, SetDefault,
               DropDefault, SetExpression, DropExpression, AddIdentity, SetIdentity, DropIdentity,
               SetStatistics, SetColumnOptions, SetStorage, SetCompression, AddConstraint,
               DropConstraint, ValidateConstraint, AlterConstraint, AttachPartition,
               DetachPartition, Inherit, NoInherit, OfType, NotOfType, SetTriggerState,
               SetReplicaIdentity, SetRowSecurity, SetLogged, SetTablespace, SetAccessMethod,
               SetTableOptions, ClusterOn, ChangeOwner, OtherAction>
      what;
  text::Span span;  ///< In the statement's SQL.
};

/// ALTER TABLE and the same form for indexes, sequences, views, materialized views, foreign tables.
struct AlterTable {
  ObjectKind kind = ObjectKind::kTable;
  QualifiedName table;
  bool only = false;
  bool if_exists = false;
  std::vector<AlterAction> actions;
  text::Span table_span;  ///< The table's name in the statement's SQL.
};

struct CreateIndex {
  std::string name;  ///< Empty when PostgreSQL is to choose.
  QualifiedName table;
  bool only = false;
  std::string method = "btree";
  std::vector<IndexKey> keys;
  std::vector<std::string> include;
  std::optional<Expression> predicate;
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  bool nulls_not_distinct = false;
  Options options;
  std::string tablespace;
  text::Span table_span;  ///< The table's name in the statement's SQL.
};

// ---- names, owners, comments ------------------------------------------------------------------

/// One object that a statement names. `name` is the object itself; for objects that live on a table
/// (column, constraint, trigger, policy, rule) `table` has the table and name.name the object.
struct ObjectReference {
  ObjectKind kind = ObjectKind::kOther;
  QualifiedName name;
  QualifiedName table;
  std::vector<TypeName> arguments;  ///< Argument types of a function; "NONE" for no operand.
  bool has_arguments = false;       ///< An argument list was written.

  /// The argument types, comma separated, as format_type().
  [[nodiscard]] std::string argument_list() const;
};

struct Drop {
  ObjectKind kind = ObjectKind::kOther;
  std::vector<ObjectReference> objects;
  bool if_exists = false;
  bool cascade = false;
  bool concurrently = false;
};

struct Rename {
  ObjectReference object;  ///< With the old name.
  std::string new_name;
  ObjectKind relation_kind = ObjectKind::kTable;  ///< ALTER TABLE/VIEW/INDEX ... RENAME as written.
  bool if_exists = false;
  bool cascade = false;
  bool only = false;
};

struct SetSchema {
  ObjectReference object;
  std::string new_schema;
  bool if_exists = false;
};
struct SetOwner {
  ObjectReference object;
  std::string role;
};
/// `text` is absent for IS NULL.
struct Comment {
  ObjectReference object;
  std::optional<std::string> text;
};

// ---- other objects ----------------------------------------------------------------------------

struct CreateSchema {
  std::string name;
  bool if_not_exists = false;
  std::string owner;
  std::size_t element_count = 0;  ///< CREATE statements inside of it; they are not read.
};
struct CreateSequence {
  QualifiedName name;
  Persistence persistence = Persistence::kPermanent;
  bool if_not_exists = false;
  SequenceOptions options;
};
struct AlterSequence {
  QualifiedName name;
  bool if_exists = false;
  SequenceOptions options;
};
struct CreateEnum {
  QualifiedName name;
  std::vector<std::string> labels;
};
struct AddEnumValue {
  QualifiedName type;
  std::string label;
  bool if_not_exists = false;
  std::string neighbor;
  bool before = false;  ///< Empty neighbor: at the end.
};
struct RenameEnumValue {
  QualifiedName type;
  std::string old_label, new_label;
};
struct CreateCompositeType {
  QualifiedName name;
  std::vector<ColumnDefinition> attributes;
};
struct CreateRangeType {
  QualifiedName name;
  Options options;
};
struct CreateBaseType {
  QualifiedName name;
};  ///< Shell and base types.
struct CreateDomain {
  QualifiedName name;
  TypeName type;
  std::string collation;
  bool not_null = false;
  std::optional<Expression> default_value;
  std::vector<Constraint> constraints;
};
struct AlterDomain {
  enum class Action {
    kSetDefault,
    kDropDefault,
    kSetNotNull,
    kDropNotNull,
    kAddConstraint,
    kDropConstraint,
    kValidateConstraint
  };
  QualifiedName name;
  Action action = Action::kSetDefault;
  std::optional<Expression> value;
  Constraint constraint;
  std::string constraint_name;
  bool if_exists = false;
  bool cascade = false;
};
struct CreateView {
  QualifiedName name;
  bool or_replace = false;
  Persistence persistence = Persistence::kPermanent;
  std::vector<std::string> column_names;
  Query query;
  Options options;
  bool recursive = false;
  char check_option = 0;
};
enum class Volatility { kImmutable, kStable, kVolatile };
struct FunctionParameter {
  std::string name;
  TypeName type;
  char mode = 'i';
  std::optional<Expression> default_value;
};
struct CreateFunction {
  QualifiedName name;
  bool or_replace = false;
  bool procedure = false;
  std::vector<FunctionParameter> parameters;
  std::optional<TypeName> returns;
  bool returns_table = false;
  Volatility volatility = Volatility::kVolatile;
  std::string language;
  std::string body;
  bool security_definer = false;
  bool strict = false;
  bool leakproof = false;
  std::string parallel;    ///< "safe", "restricted"; empty for the default.
  std::string cost, rows;  ///< As given; empty for the defaults.
  Options settings;        ///< SET clauses.
  text::Span
      body_span;  ///< Inside of the quotes; as long as `body` unless quotes are doubled there.
};
/// ALTER FUNCTION and its kin: of `changes` only what `given` names ("volatility", "strict", …).
/// A setting that is reset has no value; "all" stands for RESET ALL.
struct AlterFunction {
  ObjectReference function;
  std::vector<std::string> given;
  CreateFunction changes;
};
struct CreateTrigger {
  std::string name;
  QualifiedName table;
  QualifiedName function;
  bool or_replace = false;
  bool constraint = false;
  bool row = false;
  std::string timing;        ///< "BEFORE", "AFTER", "INSTEAD OF".
  std::uint32_t events = 0;  ///< 4 INSERT, 8 DELETE, 16 UPDATE, 32 TRUNCATE, as in pg_trigger.
  std::vector<std::string> columns;
  std::string old_table, new_table;    ///< REFERENCING OLD TABLE, NEW TABLE; empty without.
  std::vector<std::string> arguments;  ///< Of the function.
  std::optional<Expression> when;
  bool deferrable = false;
  bool initially_deferred = false;
  QualifiedName constraint_table;
};
struct CreatePolicy {
  std::string name;
  QualifiedName table;
  std::string command;
  bool permissive = true;
  std::vector<std::string> roles;
  std::optional<Expression> using_expression, check_expression;
};
struct AlterPolicy {
  std::string name;
  QualifiedName table;
  std::vector<std::string> roles;
  std::optional<Expression> using_expression, check_expression;
};
struct CreateRule {
  std::string name;
  QualifiedName table;
  bool or_replace = false;
  std::string event;       ///< "select", "insert", "update", "delete".
  bool instead = false;    ///< DO INSTEAD.
  bool qualified = false;  ///< It has a WHERE clause of its own.
  std::string sql;
  std::vector<RelationUse> relations;  ///< That its actions name, OLD and NEW left out.
};
struct CreateStatistics {
  QualifiedName name;
  bool if_not_exists = false;
  std::vector<std::string> kinds;
  QualifiedName table;
  std::vector<IndexKey> keys;
};
struct CreateExtension {
  std::string name;
  bool if_not_exists = false;
  std::string schema;
  std::string version;
  bool cascade = false;
};
struct AlterExtension {
  std::string name;
};
struct PublishedTable {
  QualifiedName name;
  std::vector<std::string> columns;  ///< Only these; empty for all.
  std::optional<Expression> where;   ///< Only these rows.
};
struct CreatePublication {
  std::string name;
  bool all_tables = false;
  std::vector<PublishedTable> tables;
};
struct AlterPublication {
  std::string name;
  char action = 's';  ///< 'a' ADD, 'd' DROP, 's' SET and the rest.
  std::vector<PublishedTable> tables;
};

// ---- data -------------------------------------------------------------------------------------

struct Insert {
  QualifiedName table;
  std::vector<std::string> columns;
  std::optional<Query> query;  ///< INSERT ... SELECT; absent for VALUES and DEFAULT VALUES.
  std::size_t row_count = 0;   ///< Of VALUES.
  std::vector<std::vector<Expression>> rows;  ///< Of VALUES, at most the first 1,000 rows.
  bool on_conflict = false;
  std::vector<std::string> conflict_columns;  ///< ON CONFLICT (…), expressions left out.
  std::string conflict_constraint;            ///< ON CONFLICT ON CONSTRAINT.
  std::vector<std::string> conflict_updates;  ///< Columns that DO UPDATE sets.
  bool conflict_plain = true;                 ///< The target is columns only: no expression, WHERE.
  bool overriding_system = false;
  bool returning = false;
  std::vector<RelationUse> reads;  ///< Other relations that the statement names.
};
struct Update {
  QualifiedName table;
  std::string alias;
  bool only = false;
  std::vector<std::pair<std::string, Expression>> assignments;
  std::optional<Expression> where;
  bool returning = false;
  std::vector<RelationUse> reads;
};
struct Delete {
  QualifiedName table;
  std::string alias;
  bool only = false;
  std::optional<Expression> where;
  bool returning = false;
  std::vector<RelationUse> reads;
};
struct Merge {
  QualifiedName table;
  std::vector<RelationUse> reads;
  std::vector<std::string> columns;  ///< Of the target, that a WHEN clause sets.
  bool inserts = false, updates = false, deletes = false;
};
struct Truncate {
  std::vector<QualifiedName> tables;
  std::vector<bool> only;  ///< Beside `tables`.
  bool cascade = false;
  bool restart_identity = false;
};
struct Copy {
  QualifiedName table;
  std::optional<Query> query;
  bool from = true;
  std::vector<std::string> columns;
};
struct Select {
  Query query;
};

// ---- sessions, transactions, maintenance ------------------------------------------------------

enum class TransactionKind {
  kBegin,
  kCommit,
  kRollback,
  kSavepoint,
  kRelease,
  kRollbackTo,
  kPrepare,
  kOther
};
struct Transaction {
  TransactionKind kind = TransactionKind::kOther;
  std::string savepoint;
  bool chain = false;
};
/// SET and RESET; `values` is empty for RESET and SET ... TO DEFAULT. RESET ALL has an empty name.
struct Set {
  std::string name;
  std::vector<std::string> values;
  bool local = false;
  bool reset = false;
};
struct SetConstraints {
  bool all = true;
  bool deferred = false;
  std::vector<QualifiedName> constraints;
};
struct LockTable {
  std::vector<QualifiedName> tables;
  std::string mode;
  bool nowait = false;
  bool only = false;
};  ///< mode as pg_locks names it.
struct RefreshMaterializedView {
  QualifiedName view;
  bool concurrently = false;
  bool with_data = true;
};
struct Reindex {
  ObjectKind kind = ObjectKind::kIndex;
  QualifiedName name;
  bool concurrently = false;
  bool system = false;
};
struct Cluster {
  QualifiedName table;
  std::string index;
};
struct Vacuum {
  std::vector<QualifiedName> tables;
  std::vector<std::vector<std::string>> columns;  ///< Beside `tables`; empty for all of them.
  bool full = false;
  bool analyze = false;
  bool vacuum = true;
};
struct DoBlock {
  std::string language;
  std::string body;
  text::Span body_span;
};
struct CallProcedure {
  QualifiedName procedure;
};
struct Grant {
  bool is_grant = true;
  ObjectKind kind = ObjectKind::kTable;
  std::vector<ObjectReference> objects;
  std::vector<std::string> privileges;  ///< Lower case; "all" for ALL.
  std::vector<std::string> columns;     ///< That a privilege is limited to, of all privileges.
  std::vector<std::string> grantees;
  bool all_in_schema = false;  ///< Then `objects` are the schemas.
};
struct Database {
  std::string name;
  char action = 'c';
  bool if_exists = false;
};  ///< 'c' create, 'd' drop, 'a' alter.

/// A statement whose effects on the schema are none or not modelled. `tag` is PostgreSQL's command
/// tag, e.g. "CREATE EVENT TRIGGER".
struct Other {
  std::string tag;
};

using Operation = std::variant<
    Other, CreateTable, CreateTableAs, AlterTable, CreateIndex, Drop, Rename, SetSchema, SetOwner,
    Comment, CreateSchema, CreateSequence, AlterSequence, CreateEnum, AddEnumValue, RenameEnumValue,
    CreateCompositeType, CreateRangeType, CreateBaseType, CreateDomain, AlterDomain, CreateView,
    CreateFunction, AlterFunction, CreateTrigger, CreatePolicy, AlterPolicy, CreateRule,
    CreateStatistics, CreateExtension, AlterExtension, CreatePublication, AlterPublication, Insert,
    Update, Delete, Merge, Truncate, Copy, Select, Transaction, Set, SetConstraints, LockTable,
    RefreshMaterializedView, Reindex, Cluster, Vacuum, DoBlock, CallProcedure, Grant, Database>;

/// Short name for reports: PostgreSQL's command tag, e.g. "ALTER TABLE", "CREATE INDEX". Static
/// text, but for Other, whose tag it views.
std::string_view kind_name(const Operation& operation);

}  // namespace forelock::model
