#pragma once

// The simulated system catalogs: what objects a database has after the statements replayed so far.
//
// A Catalog is a value. Copies are cheap: objects are shared and immutable, maps are persistent, so
// one snapshot per migration costs what that migration changed. Objects are known by an Oid that
// survives renames, columns by their attribute number, as in PostgreSQL (manual, chapter 53).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/operation.h"
#include "analyzer/postgres/persistent_map.h"

namespace forelock::postgres {

using Oid = std::uint32_t;             ///< 0 is no object.
using AttributeNumber = std::int16_t;  ///< 1-based, never reused in a table; 0 is none.

struct Column {
  AttributeNumber number = 0;
  std::string name;
  model::TypeName type;  ///< serial kinds resolved to their integer type.
  Oid type_oid = 0;      ///< Of a user type (enum, domain, composite, range), else 0.
  std::string collation;
  bool not_null = false;
  std::string not_null_constraint;  ///< Name of the NOT NULL constraint, PostgreSQL 18; else empty.
  bool not_null_valid = true;       ///< False after ADD NOT NULL ... NOT VALID (18).
  std::optional<model::Expression> default_value;
  model::IdentityKind identity = model::IdentityKind::kNone;
  model::GeneratedKind generated = model::GeneratedKind::kNone;
  std::optional<model::Expression> generation_expression;
  Oid owned_sequence = 0;           ///< serial's or identity's sequence.
  std::vector<Oid> more_sequences;  ///< Others that are owned by the column.
  std::string storage, compression;
  std::optional<std::string> comment;
  int inherited_from = 0;  ///< Number of parents that have it.
  bool local = true;
  bool added_by_this_migration = false;  ///< Of the revision being replayed.
  bool assumed = false;        ///< Known only from its use in a statement; its type is unknown.
  bool nulls_written = false;  ///< A statement of this migration wrote NULL into existing rows.
  /// Constants that statements of this migration wrote into existing rows; at most a few.
  std::vector<model::Expression> constants_written;
  /// Constants that rows hold which statements of this migration inserted, until a statement
  /// changes or removes rows; at most a few.
  std::vector<model::Expression> values_inserted;
  std::optional<int> statistics_target;
  model::Options options;
};

/// `object` cannot exist without `needs`. `column` 0 means the whole relation.
struct Dependency {
  /// Which part of `object` it is that needs: what DROP ... CASCADE takes along.
  enum class Part {
    kWhole,       ///< A view, function, index, type: the object itself.
    kColumn,      ///< The column `object_column` (its type).
    kDefault,     ///< The default of the column `object_column`.
    kGenerated,   ///< The expression of the generated column `object_column`.
    kConstraint,  ///< The constraint with the oid `part`.
    kTrigger,     ///< The trigger with the oid `part`.
    kPolicy,      ///< The policy with the oid `part`.
    kRule,        ///< The rule with the oid `part`.
    kPartitionKey
  };
  Oid object = 0;  ///< A view, function, default, …
  AttributeNumber object_column = 0;
  Oid needs = 0;
  AttributeNumber needs_column = 0;
  Part kind = Part::kWhole;
  Oid part = 0;
  bool automatic = false;  ///< `object` goes along without CASCADE (pg_depend's deptype 'a').
  friend auto operator<=>(const Dependency&, const Dependency&) = default;
};

struct CatalogConstraint {
  Oid oid = 0;
  std::string name;
  model::ConstraintKind kind = model::ConstraintKind::kCheck;
  std::vector<AttributeNumber> columns;
  std::optional<model::Expression> expression;
  Oid referenced_table = 0;
  std::vector<AttributeNumber> referenced_columns;
  Oid referenced_index = 0;  ///< Unique index that the foreign key relies on.
  Oid index = 0;             ///< Backing index of primary key, unique, exclusion.
  bool validated = true;
  bool enforced = true;
  bool deferrable = false, initially_deferred = false, no_inherit = false;
  model::Constraint definition;  ///< As given: actions, match, exclusion elements.
  std::optional<std::string> comment;
  int inherited_from = 0;
  bool local = true;
};

struct IndexColumn {
  AttributeNumber column = 0;  ///< 0 for an expression.
  std::optional<model::Expression> expression;
  std::string collation, operator_class;
  bool descending = false, nulls_first = false;
};

struct Trigger {
  std::string name;
  model::CreateTrigger definition;
  Oid function = 0;
  char state = 'O';
  Oid oid = 0;
  bool inherited = false;  ///< Cloned from a partitioned parent.
  std::optional<std::string> comment;
};

struct Policy {
  std::string name;
  model::CreatePolicy definition;
  Oid oid = 0;
  std::optional<std::string> comment;
};

struct RewriteRule {
  std::string name;
  model::CreateRule definition;
  Oid oid = 0;
  std::vector<Oid> relations;  ///< Those of the definition; 0 for what is not known.
  char state = 'O';  ///< As of a Trigger: pg_rewrite.ev_enabled.

  /// Whether it is applied where session_replication_role is origin.
  [[nodiscard]] bool applies() const { return state == 'O' || state == 'A'; }
};

/// Where a view's query names something, so that it can be printed after a rename.
struct QueryReference {
  text::Span span;                    ///< In Query::sql.
  Oid relation = 0;                   ///< 0 for a column of none.
  Oid function = 0;                   ///< Of a call, its name without its arguments.
  Oid type = 0;                       ///< Of a cast.
  bool constant = false;              ///< A label of the enum `type`.
  std::string label;                  ///< What the label is called now; empty for as written.
  AttributeNumber column = 0;         ///< 0 for the relation itself.
  std::string spelled;                ///< The name as written; empty for a relation with an alias.
  std::string qualifier;              ///< Of a column or a star, as written.
  std::vector<AttributeNumber> star;  ///< What `*` stood for.
};

enum class RelationKind {
  kTable,
  kPartitionedTable,
  kForeignTable,
  kView,
  kMaterializedView,
  kIndex,
  kPartitionedIndex,
  kSequence,
  kCompositeType
};

/// A row of pg_class with what belongs to it.
struct Relation {
  Oid oid = 0;
  RelationKind kind = RelationKind::kTable;
  std::string schema, name;
  model::Persistence persistence = model::Persistence::kPermanent;
  std::vector<Column> columns;  ///< Live ones in order of number. Also views and composites.
  AttributeNumber next_column = 1;
  std::vector<CatalogConstraint> constraints;
  std::vector<Oid> indexes;  ///< Of a table or materialized view, by creation.
  std::vector<Trigger> triggers;
  std::vector<Policy> policies;
  std::vector<std::string> rules;
  std::vector<RewriteRule> rule_objects;  ///< The same rules with their definitions.
  bool row_security = false, force_row_security = false;
  char replica_identity = 'd';
  Oid replica_identity_index = 0;
  model::Options options;
  std::string tablespace, access_method, owner;
  std::optional<std::string> comment;

  // inheritance and partitions
  std::vector<Oid> parents, children;
  bool had_children = false;  ///< pg_class.relhassubclass: it has children, or had some.
  std::optional<model::PartitionKey> partition_key;
  std::optional<model::PartitionBound> bound;  ///< Set on a partition.
  bool is_partition = false;

  // index
  Oid table = 0;                     ///< Of an index, or the owner of a sequence.
  AttributeNumber owner_column = 0;  ///< Of an owned sequence.
  std::string method;
  std::vector<IndexColumn> keys;
  std::vector<AttributeNumber> include;
  std::optional<model::Expression> predicate;
  bool unique = false, primary = false, valid = true, nulls_not_distinct = false, clustered = false;
  Oid constraint = 0;  ///< The constraint that the index backs.

  // view, materialized view
  std::optional<model::Query> query;
  std::vector<QueryReference> query_references;  ///< In order; none where they cannot be told.
  bool populated = true;

  // sequence
  model::SequenceOptions sequence;

  /// Where it came from: the migration (index in the replayed order) that created it, and the
  /// transaction within; used for "nobody else can see it yet".
  std::uint32_t created_in_migration = 0;
  std::uint32_t created_in_transaction = 0;
  bool rows_loaded = false;   ///< Something wrote rows into it since it was created here.
  bool assumed = false;       ///< Not created by the history; known only from its use.
  bool open_columns = false;  ///< Not all columns are known (assumed, or a query that is not).
  bool rows_deleted = false;  ///< An unconditional DELETE left dead rows at the end of the heap.
  bool emptied = false;  ///< A statement of this migration removed every row, and none came since.
  Oid of_type = 0;       ///< Typed table: its composite type.
  /// What the parts of this relation need, resolved when they were made. Catalog::put keeps
  /// dependents() in step with it.
  std::vector<Dependency> needs;

  [[nodiscard]] const Column* column(std::string_view name) const;
  [[nodiscard]] const Column* column(AttributeNumber number) const;
  [[nodiscard]] const CatalogConstraint* constraint_named(std::string_view name) const;
  [[nodiscard]] const CatalogConstraint* primary_key() const;
};

enum class TypeKind { kEnum, kDomain, kComposite, kRange, kBase };
struct Type {
  Oid oid = 0;
  TypeKind kind = TypeKind::kEnum;
  std::string schema, name, owner;
  std::vector<std::string> labels;  ///< Enum, in order.
  model::TypeName base;             ///< Domain.
  std::string collation;            ///< Domain; empty for that of its base.
  model::Options range;             ///< Range: its subtype and so on, as given.
  bool not_null = false;
  std::optional<model::Expression> default_value;
  std::vector<CatalogConstraint> constraints;  ///< Domain.
  Oid relation = 0;                            ///< Composite.
  std::optional<std::string> comment;
  std::uint32_t created_in_migration = 0;
  std::uint32_t created_in_transaction = 0;
  bool assumed = false;
  std::vector<Dependency> needs;
};

struct CatalogFunction {
  Oid oid = 0;
  std::string schema, name;
  model::CreateFunction definition;
  std::optional<std::string> comment;
  std::uint32_t created_in_migration = 0;
  std::vector<Dependency> needs;
  std::string owner;
};

struct Schema {
  Oid oid = 0;
  std::string name, owner;
  std::optional<std::string> comment;
};

struct Extension {
  std::string name, schema;
  Oid oid = 0;
  bool assumed = false;        ///< Not created by the history; known only from use of its types.
  bool if_not_exists = false;  ///< Created so: it may have been there before the history.
};

/// Extended statistics object.
struct Statistics {
  Oid oid = 0;
  std::string schema, name;
  Oid table = 0;
  std::vector<AttributeNumber> columns;
  model::CreateStatistics definition;
  std::vector<Dependency> needs;
  std::optional<std::string> comment;
};

/// Objects whose existence is all that matters: publications, collations, servers, roles, …
struct NamedObject {
  Oid oid = 0;
  model::ObjectKind kind = model::ObjectKind::kOther;
  std::string schema, name;
  std::vector<Dependency> needs;
  bool all_tables = false;  ///< A publication FOR ALL TABLES.
  /// Of a collation, what stands behind its name; of a publication, what it publishes, empty for
  /// all.
  std::string definition;
};

class Catalog {
 public:
  /// An empty database: schemas public, pg_catalog and information_schema.
  Catalog();

  // look-up; all return null when absent
  [[nodiscard]] const Relation* relation(Oid oid) const;
  /// The same, kept alive for as long as the caller likes.
  [[nodiscard]] std::shared_ptr<const Relation> share_relation(Oid oid) const;
  /// As a statement would find it: an empty schema goes through search_path().
  [[nodiscard]] const Relation* find_relation(const model::QualifiedName& name) const;
  [[nodiscard]] const Relation* find_table(
      const model::QualifiedName& name) const;  ///< kTable, kPartitionedTable, kForeignTable.
  [[nodiscard]] const Relation* find_index(const model::QualifiedName& name) const;
  [[nodiscard]] const Type* type(Oid oid) const;
  [[nodiscard]] const CatalogFunction* function(Oid oid) const;
  [[nodiscard]] const Statistics* statistics(Oid oid) const;
  [[nodiscard]] const Type* find_type(const model::QualifiedName& name) const;
  [[nodiscard]] std::vector<const CatalogFunction*> find_functions(
      const model::QualifiedName& name) const;
  [[nodiscard]] const Schema* find_schema(std::string_view name) const;
  [[nodiscard]] const Extension* find_extension(std::string_view name) const;
  [[nodiscard]] const Statistics* find_statistics(const model::QualifiedName& name) const;
  [[nodiscard]] const NamedObject* find_object(model::ObjectKind kind,
                                               const model::QualifiedName& name) const;
  /// search_path as set by the statements so far; default {"public"}.
  [[nodiscard]] const std::vector<std::string>& search_path() const { return search_path_; }

  // enumeration, sorted by (schema, name)
  [[nodiscard]] std::vector<const Relation*> relations() const;
  [[nodiscard]] std::vector<const Type*> types() const;
  [[nodiscard]] std::vector<const CatalogFunction*> functions() const;
  [[nodiscard]] std::vector<const Schema*> schemas() const;
  [[nodiscard]] std::vector<const Extension*> extensions() const;
  [[nodiscard]] std::vector<const Statistics*> statistics() const;
  [[nodiscard]] std::vector<const NamedObject*> objects() const;
  [[nodiscard]] std::vector<const Relation*> indexes_of(const Relation& table) const;
  /// Constraints of other tables (and itself) that reference `table`.
  struct ForeignKeyUse {
    const Relation* table;
    const CatalogConstraint* constraint;
  };
  [[nodiscard]] std::vector<ForeignKeyUse> foreign_keys_to(Oid table) const;
  /// Views, defaults, functions … that need the object (or its column, when `column` is given).
  [[nodiscard]] std::vector<Dependency> dependents(Oid oid, AttributeNumber column = 0) const;

  // change; used by replay only
  Oid new_oid() { return next_oid_++; }
  void put(Relation relation);
  void put(Type type);
  void put(CatalogFunction function);
  void put(Schema schema);
  void put(Extension extension);
  void put(Statistics statistics);
  void erase_relation(Oid oid);
  void erase_type(Oid oid);
  void erase_function(Oid oid);
  void erase_schema(std::string_view name);
  void erase_extension(std::string_view name);
  void erase_statistics(Oid oid);
  void put(NamedObject object);
  void erase_object(model::ObjectKind kind, const model::QualifiedName& name);
  /// Whether a relation of that schema has the name.
  [[nodiscard]] bool relation_name_taken(const model::QualifiedName& name) const;
  /// Whether a table of that schema has a constraint of the name.
  [[nodiscard]] bool constraint_name_taken(const model::QualifiedName& name) const;
  void add_dependency(Dependency dependency);
  void erase_dependencies_of(Oid object);
  void set_search_path(std::vector<std::string> path) { search_path_ = std::move(path); }
  /// Extensions that were not created here may be there: somebody else may have created them.
  void assume_extensions(bool assume) { assumes_extensions_ = assume; }
  [[nodiscard]] bool assumes_extensions() const { return assumes_extensions_; }

  // The definition continues in persistent maps:
 private:
  using Name = model::QualifiedName;
  PersistentMap<Oid, std::shared_ptr<const Relation>> relations_;
  PersistentMap<Name, Oid> relation_names_;
  PersistentMap<Oid, std::shared_ptr<const Type>> types_;
  PersistentMap<Name, Oid> type_names_;
  PersistentMap<Oid, std::shared_ptr<const CatalogFunction>> functions_;
  PersistentMap<Name, std::vector<Oid>> function_names_;
  PersistentMap<std::string, std::shared_ptr<const Schema>> schemas_;
  PersistentMap<std::string, std::shared_ptr<const Extension>> extensions_;
  PersistentMap<Oid, std::shared_ptr<const Statistics>> statistics_;
  PersistentMap<Name, Oid> statistics_names_;
  PersistentMap<Oid, std::shared_ptr<const std::vector<Dependency>>> needed_by_;
  PersistentMap<Oid, std::shared_ptr<const std::vector<Oid>>> referenced_by_;
  PersistentMap<std::pair<model::ObjectKind, Name>, std::shared_ptr<const NamedObject>> objects_;
  PersistentMap<Oid, std::shared_ptr<const std::vector<Dependency>>> needs_of_;

  PersistentMap<Name, unsigned> constraint_names_;

  void exchange_constraint_names(const Relation* before, const Relation* after);
  void exchange_needs(const std::vector<Dependency>& before, const std::vector<Dependency>& after);
  void exchange_references(const Relation* before, const Relation* after);
  [[nodiscard]] std::optional<Name> resolve(const Name& name,
                                            const PersistentMap<Name, Oid>& names) const;
  friend std::vector<struct Difference> compare(const Catalog& before, const Catalog& after);
  std::vector<std::string> search_path_;
  bool assumes_extensions_ = false;
  Oid next_oid_ = 16384;  // PostgreSQL's FirstNormalObjectId
};

/// All sequences that are owned by the column.
std::vector<Oid> owned_sequences(const Column& column);
/// `sequence` is owned by the column, or no longer.
void own_sequence(Column& column, Oid sequence);
void disown_sequence(Column& column, Oid sequence);

/// `name`, or `schema.name` outside of public; not quoted.
std::string shown(std::string_view schema, std::string_view name);
std::string shown(const Relation& relation);

/// One difference between two catalogs, for people: "table users: column email is missing".
struct Difference {
  enum class Change { kMissing, kExtra, kDifferent };  ///< Seen from `after` against `before`.
  Change change = Change::kDifferent;
  model::ObjectKind kind = model::ObjectKind::kOther;
  std::string object;  ///< "users", "users.email", "users_email_idx"
  std::string detail;  ///< What differs, e.g. "type is text, was integer"; may be empty.
};
/// What `after` lacks, adds or changes against `before`. Physical order of columns, oids and
/// sequence positions do not count. Cost follows what changed, not the size of the catalogs.
std::vector<Difference> compare(const Catalog& before, const Catalog& after);

}  // namespace forelock::postgres
