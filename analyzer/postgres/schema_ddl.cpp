// The whole catalog as SQL, in an order in which psql can run it.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "analyzer/postgres/print.h"
#include "analyzer/postgres/schema_text.h"
#include "analyzer/postgres/types.h"

namespace forelock::postgres {
namespace {

using model::ConstraintKind;

std::string qualified(const Relation& relation) {
  return model::quoted({relation.schema, relation.name});
}

std::string type_text(const model::TypeName& type) {
  return type.name.name.empty() ? "text" : model::display(type);
}

class Writer {
 public:
  explicit Writer(const Catalog& catalog) : catalog_(catalog) {
    relations_ = catalog.relations();
    std::ranges::sort(relations_, {}, [](const Relation* relation) { return relation->oid; });
  }

  std::string write() {
    out_ = "SET check_function_bodies = off;\n";
    for (const Schema* schema : catalog_.schemas()) {
      if (schema->name == "pg_catalog" || schema->name == "information_schema") continue;
      const std::string name = model::quote_identifier(schema->name);
      if (schema->name != "public") line("CREATE SCHEMA {}", name);
      comment_on("SCHEMA", name, schema->comment);
    }
    for (const Extension* extension : catalog_.extensions()) {
      line("CREATE EXTENSION {}{}", model::quote_identifier(extension->name),
           extension->schema == "public" ? ""
                                         : " SCHEMA " + model::quote_identifier(extension->schema));
    }
    for (const NamedObject* object : catalog_.objects()) {
      if (object->kind != model::ObjectKind::kCollation || object->definition.empty()) continue;
      line("CREATE COLLATION {} {}", model::quoted({object->schema, object->name}),
           object->definition);
    }
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kSequence && !is_identity(*relation)) sequence(*relation);
    }
    types_and_functions();
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) table(*relation);
    }
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) parents(*relation);
    }
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kSequence && !is_identity(*relation)) owner(*relation);
    }
    functions_of_tables();
    for (const Relation* relation : relations_) {
      if (!is_table(*relation)) continue;
      for (const Column& own : relation->columns) {
        if (!late_default(*relation, own)) continue;
        line("ALTER TABLE ONLY {} ALTER COLUMN {} SET DEFAULT {}", qualified(*relation),
             model::quote_identifier(own.name), default_text(*relation, own));
      }
      for (const Column& own : relation->columns) {
        if (late_not_null(*relation, own)) set_not_null_late(*relation, own);
        if (early_not_null(*relation, own)) {
          line("ALTER TABLE ONLY {} ALTER COLUMN {} DROP NOT NULL", qualified(*relation),
               model::quote_identifier(own.name));
        }
      }
      keys(*relation, false);
    }
    for (const Relation* relation : relations_) {
      if (relation->query) view_after_others(*relation);
    }
    for (const Relation* relation : relations_) {
      const bool index = relation->kind == RelationKind::kIndex ||
                         relation->kind == RelationKind::kPartitionedIndex;
      if (index && relation->constraint == 0 && !is_temporary(relation->table)) {
        line("{}", index_definition(catalog_, *relation, true));
      }
    }
    for (const Relation* relation : relations_) {
      for (const Oid parent : relation->parents) {
        const Relation* above = catalog_.relation(parent);
        if (above == nullptr || above->kind != RelationKind::kPartitionedIndex) continue;
        line("ALTER INDEX {} ATTACH PARTITION {}", qualified(*above), qualified(*relation));
      }
    }
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) keys(*relation, true);
    }
    for (const Statistics* object : catalog_.statistics()) statistics(*object);
    for (const Relation* relation : relations_) parts(*relation);
    for (const NamedObject* object : catalog_.objects()) publication(*object);
    for (const Relation* relation : relations_) comments(*relation);
    return std::move(out_);
  }

 private:
  const Catalog& catalog_;
  std::vector<const Relation*> relations_;
  std::string out_;
  enum class ViewState { kBegun, kStoodIn, kMade };
  std::map<Oid, ViewState> views_;

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += ";\n";
  }

  static bool is_table(const Relation& relation) {
    return relation.kind == RelationKind::kTable ||
           relation.kind == RelationKind::kPartitionedTable;
  }

  [[nodiscard]] bool is_temporary(Oid table) const {
    const Relation* found = catalog_.relation(table);
    return found != nullptr && found->persistence == model::Persistence::kTemporary;
  }

  void comment_on(std::string_view kind, const std::string& object,
                  const std::optional<std::string>& text) {
    if (text) line("COMMENT ON {} {} IS {}", kind, object, model::quote_literal(*text));
  }

  [[nodiscard]] bool is_identity(const Relation& sequence) const {
    const Relation* table = catalog_.relation(sequence.table);
    const Column* column = table == nullptr ? nullptr : table->column(sequence.owner_column);
    return column != nullptr && column->identity != model::IdentityKind::kNone &&
           column->owned_sequence == sequence.oid;
  }

  /// In the order in which they were made: a type may need a function, and a function a type.
  void types_and_functions() {
    std::map<Oid, std::pair<const Type*, const CatalogFunction*>> all;
    for (const Type* type : catalog_.types()) all[type->oid].first = type;
    for (const CatalogFunction* function : catalog_.functions()) {
      if (!needs_table(*function)) all[function->oid].second = function;
    }
    for (const auto& [oid, object] : all) {
      if (object.first != nullptr) type(*object.first);
      if (object.second != nullptr) function(*object.second);
    }
    // A check may call a function that is younger than its domain.
    for (const auto& [oid, object] : all) {
      if (object.first != nullptr) domain_checks(*object.first);
    }
  }

  void type(const Type& own) {
    const std::string name = model::quoted({own.schema, own.name});
    switch (own.kind) {
      case TypeKind::kEnum:
        enumeration(own, name);
        break;
      case TypeKind::kDomain:
        domain(own, name);
        break;
      case TypeKind::kComposite:
        composite(own, name);
        break;
      case TypeKind::kRange:
        line("CREATE TYPE {} AS RANGE ({})", name, options(own.range, false));
        break;
      case TypeKind::kBase:
        return;
    }
    comment_on(own.kind == TypeKind::kDomain ? "DOMAIN" : "TYPE", name, own.comment);
  }

  void enumeration(const Type& type, const std::string& name) {
    std::string labels;
    for (const std::string& label : type.labels) {
      if (!labels.empty()) labels += ", ";
      labels += model::quote_literal(label);
    }
    line("CREATE TYPE {} AS ENUM ({})", name, labels);
  }

  void domain(const Type& type, const std::string& name) {
    std::string text = fmt::format("CREATE DOMAIN {} AS {}", name, type_text(type.base));
    if (type.default_value) text += " DEFAULT " + respelled_text(*type.default_value);
    if (type.not_null) text += " NOT NULL";
    line("{}", text);
  }

  void domain_checks(const Type& type) {
    for (const CatalogConstraint& constraint : type.constraints) {
      if (!constraint.expression) continue;
      line("ALTER DOMAIN {} ADD CONSTRAINT {} CHECK ({}){}",
           model::quoted({type.schema, type.name}), model::quote_identifier(constraint.name),
           respelled_text(*constraint.expression), constraint.validated ? "" : " NOT VALID");
    }
  }

  void composite(const Type& type, const std::string& name) {
    const Relation* relation = catalog_.relation(type.relation);
    if (relation == nullptr) return;
    std::string attributes;
    for (const Column& column : relation->columns) {
      if (!attributes.empty()) attributes += ", ";
      attributes += model::quote_identifier(column.name) + " " + type_text(column.type);
      if (!column.collation.empty()) {
        attributes += " COLLATE " + model::quote_identifier(column.collation);
      }
    }
    line("CREATE TYPE {} AS ({})", name, attributes);
  }

  static std::string options(const model::Options& list, bool literal) {
    std::string result;
    for (const auto& [name, value] : list) {
      if (!result.empty()) result += ", ";
      result += name;
      if (!value.empty()) result += " = " + (literal ? model::quote_literal(value) : value);
    }
    return result;
  }

  static std::string sequence_options(const model::SequenceOptions& given) {
    std::string text;
    if (given.increment.value_or(1) != 1) text += fmt::format(" INCREMENT BY {}", *given.increment);
    if (given.minimum) text += fmt::format(" MINVALUE {}", *given.minimum);
    if (given.maximum) text += fmt::format(" MAXVALUE {}", *given.maximum);
    if (given.start) text += fmt::format(" START WITH {}", *given.start);
    if (given.cache.value_or(1) != 1) text += fmt::format(" CACHE {}", *given.cache);
    if (given.cycle.value_or(false)) text += " CYCLE";
    return text;
  }

  void sequence(const Relation& relation) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    const model::SequenceOptions& given = relation.sequence;
    std::string text =
        fmt::format("CREATE {}SEQUENCE {}",
                    relation.persistence == model::Persistence::kUnlogged ? "UNLOGGED " : "",
                    qualified(relation));
    if (given.type && given.type->name.name != "int8") text += " AS " + type_text(*given.type);
    line("{}{}", text, sequence_options(given));
  }

  void owner(const Relation& relation) {
    const Relation* table = catalog_.relation(relation.table);
    const Column* column = table == nullptr ? nullptr : table->column(relation.owner_column);
    if (column == nullptr || table->persistence == model::Persistence::kTemporary) return;
    line("ALTER SEQUENCE {} OWNED BY {}.{}", qualified(relation), qualified(*table),
         model::quote_identifier(column->name));
  }

  [[nodiscard]] bool needs_table(const CatalogFunction& function) const {
    return std::ranges::any_of(function.needs, [&](const Dependency& dependency) {
      const Relation* relation = catalog_.relation(dependency.needs);
      return relation != nullptr && relation->kind != RelationKind::kCompositeType;
    });
  }

  void functions_of_tables() {
    std::vector<const CatalogFunction*> all = catalog_.functions();
    std::ranges::sort(all, {}, [](const CatalogFunction* function) { return function->oid; });
    for (const CatalogFunction* own : all) {
      if (needs_table(*own)) function(*own);
    }
  }

  void function(const CatalogFunction& own) {
    const model::CreateFunction& definition = own.definition;
    std::string parameters;
    for (const model::FunctionParameter& parameter : definition.parameters) {
      if (parameter.mode == 't') continue;
      if (!parameters.empty()) parameters += ", ";
      if (parameter.mode == 'o') parameters += "OUT ";
      if (parameter.mode == 'b') parameters += "INOUT ";
      if (parameter.mode == 'v') parameters += "VARIADIC ";
      if (!parameter.name.empty()) parameters += model::quote_identifier(parameter.name) + " ";
      parameters += type_text(parameter.type);
      if (parameter.default_value) {
        parameters += " DEFAULT " + respelled_text(*parameter.default_value);
      }
    }
    std::string text =
        fmt::format("CREATE {} {}({})", definition.procedure ? "PROCEDURE" : "FUNCTION",
                    model::quoted({own.schema, own.name}), parameters);
    if (definition.returns_table) {
      std::string columns;
      for (const model::FunctionParameter& parameter : definition.parameters) {
        if (parameter.mode != 't') continue;
        if (!columns.empty()) columns += ", ";
        columns += model::quote_identifier(parameter.name) + " " + type_text(parameter.type);
      }
      text += fmt::format(" RETURNS TABLE({})", columns);
    } else if (definition.returns && !definition.procedure) {
      text += " RETURNS " + type_text(*definition.returns);
    }
    text += " LANGUAGE " + model::quote_identifier(definition.language);
    if (!definition.procedure && definition.volatility != model::Volatility::kVolatile) {
      text += definition.volatility == model::Volatility::kStable ? " STABLE" : " IMMUTABLE";
    }
    if (definition.strict) text += " STRICT";
    if (definition.security_definer) text += " SECURITY DEFINER";
    if (definition.leakproof) text += " LEAKPROOF";
    if (!definition.parallel.empty()) text += " PARALLEL " + definition.parallel;
    if (!definition.cost.empty()) text += " COST " + definition.cost;
    if (!definition.rows.empty()) text += " ROWS " + definition.rows;
    for (const auto& [name, value] : definition.settings) {
      text +=
          fmt::format(" SET {} TO {}", name,
                      name == "search_path" || value.empty() ? value : model::quote_literal(value));
    }
    line("{} AS {}", text, model::quote_literal(definition.body));
    if (own.comment) {
      comment_on(definition.procedure ? "PROCEDURE" : "FUNCTION",
                 fmt::format("{}({})", model::quoted({own.schema, own.name}), parameters),
                 own.comment);
    }
  }

  /// The default with today's name of the sequence that it takes its values from.
  [[nodiscard]] model::Expression default_of(const Relation& table, const Column& own) const {
    model::Expression result = *own.default_value;
    if (result.name != "nextval" || result.args.empty()) return result;
    model::Expression* constant = result.args.data();
    if (constant->kind == model::ExpressionKind::kCast && !constant->args.empty()) {
      constant = constant->args.data();
    }
    for (const Dependency& dependency : table.needs) {
      const Relation* sequence = catalog_.relation(dependency.needs);
      if (dependency.kind != Dependency::Part::kDefault || dependency.object_column != own.number ||
          sequence == nullptr || sequence->kind != RelationKind::kSequence) {
        continue;
      }
      constant->name = qualified(*sequence);
    }
    return result;
  }

  /// The column of that name in a child.
  [[nodiscard]] const Column* child_column(Oid child, const Column& own) const {
    const Relation* relation = catalog_.relation(child);
    return relation == nullptr ? nullptr : relation->column(own.name);
  }

  /// NOT NULL that a partition does not have, although its parent has it: DROP and SET NOT NULL in
  /// one statement, of which only the first reaches partitions. They can be attached only before.
  [[nodiscard]] bool late_not_null(const Relation& table, const Column& own) const {
    return own.not_null && table.kind == RelationKind::kPartitionedTable &&
           std::ranges::any_of(table.children, [&](Oid child) {
             const Column* same = child_column(child, own);
             return same != nullptr && !same->not_null;
           });
  }

  void set_not_null_late(const Relation& table, const Column& own) {
    const std::string column = model::quote_identifier(own.name);
    line("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", qualified(table), column);
    line("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL, ALTER COLUMN {} SET NOT NULL",
         qualified(table), column, column);
    for (const Oid child : table.children) {
      const Column* same = child_column(child, own);
      if (same == nullptr || !same->not_null) continue;
      line("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", qualified(*catalog_.relation(child)),
           column);
    }
  }

  /// A child of a plain table that lost a NOT NULL of its parent must have it to inherit.
  [[nodiscard]] bool early_not_null(const Relation& table, const Column& own) const {
    if (own.not_null || table.is_partition || !is_table(table)) return false;
    return std::ranges::any_of(table.parents, [&](Oid parent) {
      const Relation* above = catalog_.relation(parent);
      const Column* same = above == nullptr ? nullptr : above->column(own.name);
      return same != nullptr && (same->not_null || early_not_null(*above, *same));
    });
  }

  /// A default that takes its values from an identity column's sequence, which its table brings.
  [[nodiscard]] bool late_default(const Relation& table, const Column& own) const {
    return std::ranges::any_of(table.needs, [&](const Dependency& dependency) {
      const Relation* sequence = catalog_.relation(dependency.needs);
      return dependency.kind == Dependency::Part::kDefault &&
             dependency.object_column == own.number && sequence != nullptr &&
             sequence->kind == RelationKind::kSequence && is_identity(*sequence);
    });
  }

  [[nodiscard]] std::string default_text(const Relation& table, const Column& own) const {
    // A bare literal needs the column's type; what is cast on assignment is cast here as well.
    const model::Expression& value = *own.default_value;
    const bool literal = value.kind == model::ExpressionKind::kConstant &&
                         (value.constant == model::ConstantKind::kString ||
                          value.constant == model::ConstantKind::kNull);
    model::TypeName wanted;
    if (literal) wanted = base_type(catalog_, own.type);
    if (value.kind == model::ExpressionKind::kRow) wanted = own.type;
    return readable_expression(catalog_, {}, default_of(table, own), wanted);
  }

  std::string column(const Relation& table, const Column& own) {
    std::string text = model::quote_identifier(own.name) + " " + type_text(own.type);
    if (!own.collation.empty()) text += " COLLATE " + model::quote_identifier(own.collation);
    if (own.generation_expression) {
      text +=
          fmt::format(" GENERATED ALWAYS AS ({}) {}",
                      readable_expression(catalog_, Scope::of(table), *own.generation_expression),
                      own.generated == model::GeneratedKind::kVirtual ? "VIRTUAL" : "STORED");
    } else if (own.default_value && !late_default(table, own)) {
      text += " DEFAULT " + default_text(table, own);
    }
    if (own.identity != model::IdentityKind::kNone) {
      const Relation* sequence = catalog_.relation(own.owned_sequence);
      text += fmt::format(" GENERATED {} AS IDENTITY",
                          own.identity == model::IdentityKind::kAlways ? "ALWAYS" : "BY DEFAULT");
      if (sequence != nullptr) {
        text += fmt::format(" (SEQUENCE NAME {}{})", qualified(*sequence),
                            sequence_options(sequence->sequence));
      }
    }
    const bool not_null = own.not_null ? !late_not_null(table, own) : early_not_null(table, own);
    if (not_null) text += " NOT NULL";
    return text;
  }

  void table(const Relation& relation) {
    std::string text = "CREATE ";
    if (relation.persistence == model::Persistence::kUnlogged) text += "UNLOGGED ";
    if (relation.persistence == model::Persistence::kTemporary) return;
    text += fmt::format("TABLE {} (", qualified(relation));
    const Relation* type = catalog_.relation(relation.of_type);
    bool first = true;
    const auto item = [&](const std::string& part) {
      text += first ? "\n  " : ",\n  ";
      first = false;
      text += part;
    };
    for (const Column& own : relation.columns) item(column(relation, own));
    for (const CatalogConstraint& constraint : relation.constraints) {
      if (constraint.kind != ConstraintKind::kCheck || !constraint.validated) continue;
      item(fmt::format("CONSTRAINT {} {}", model::quote_identifier(constraint.name),
                       constraint_definition(catalog_, relation, constraint, true)));
    }
    text += "\n)";
    if (relation.partition_key) {
      text += fmt::format(" PARTITION BY {} (", relation.partition_key->strategy == 'l'   ? "LIST"
                                                : relation.partition_key->strategy == 'r' ? "RANGE"
                                                                                          : "HASH");
      bool first_key = true;
      for (const model::IndexKey& key : relation.partition_key->keys) {
        if (!first_key) text += ", ";
        first_key = false;
        text += key.column.empty() && key.expression
                    ? fmt::format("({})", readable_expression(catalog_, Scope::of(relation),
                                                              *key.expression))
                    : model::quote_identifier(key.column);
        if (!key.collation.empty()) text += " COLLATE " + model::quote_identifier(key.collation);
        if (!key.operator_class.empty()) {
          text += " " + model::quote_identifier(key.operator_class);
        }
      }
      text += ")";
    }
    if (!relation.access_method.empty()) text += " USING " + relation.access_method;
    if (!relation.options.empty()) {
      text += fmt::format(" WITH ({})", options(relation.options, true));
    }
    if (!relation.tablespace.empty()) {
      text += " TABLESPACE " + model::quote_identifier(relation.tablespace);
    }
    line("{}", text);
    if (type != nullptr) line("ALTER TABLE {} OF {}", qualified(relation), qualified(*type));
    for (const Column& own : relation.columns) {
      column_settings(relation, own);
      identity_type(own);
    }
  }

  /// LIKE ... INCLUDING IDENTITY gives a sequence of another type than its column's.
  void identity_type(const Column& own) {
    const Relation* sequence = catalog_.relation(own.owned_sequence);
    if (own.identity == model::IdentityKind::kNone || sequence == nullptr ||
        !sequence->sequence.type || same_type(*sequence->sequence.type, own.type)) {
      return;
    }
    line("ALTER SEQUENCE {} AS {}{}", qualified(*sequence), type_text(*sequence->sequence.type),
         sequence_options(sequence->sequence));
  }

  void column_settings(const Relation& relation, const Column& own) {
    const std::string start = fmt::format("ALTER TABLE ONLY {} ALTER COLUMN {}",
                                          qualified(relation), model::quote_identifier(own.name));
    if (!own.storage.empty()) line("{} SET STORAGE {}", start, own.storage);
    if (!own.compression.empty()) line("{} SET COMPRESSION {}", start, own.compression);
    if (own.statistics_target) line("{} SET STATISTICS {}", start, *own.statistics_target);
    if (!own.options.empty()) line("{} SET ({})", start, options(own.options, true));
  }

  void parents(const Relation& relation) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    for (const Oid parent : relation.parents) {
      const Relation* above = catalog_.relation(parent);
      if (above == nullptr) continue;
      if (!relation.bound) {
        line("ALTER TABLE {} INHERIT {}", qualified(relation), qualified(*above));
      } else {
        line("ALTER TABLE {} ATTACH PARTITION {} {}", qualified(*above), qualified(relation),
             bound(*relation.bound));
      }
    }
  }

  static std::string values(const std::vector<model::Expression>& list) {
    std::string result;
    for (const model::Expression& value : list) {
      if (!result.empty()) result += ", ";
      result += value.kind == model::ExpressionKind::kColumn || value.sql.empty() ? value.name
                                                                                  : value.sql;
    }
    return result;
  }

  static std::string bound(const model::PartitionBound& bound) {
    if (bound.is_default) return "DEFAULT";
    if (bound.strategy == 'l') return fmt::format("FOR VALUES IN ({})", values(bound.values));
    if (bound.strategy == 'h') {
      return fmt::format("FOR VALUES WITH (modulus {}, remainder {})", bound.modulus,
                         bound.remainder);
    }
    return fmt::format("FOR VALUES FROM ({}) TO ({})", values(bound.from), values(bound.to));
  }

  void keys(const Relation& relation, bool foreign) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    for (const CatalogConstraint& constraint : relation.constraints) {
      const bool is_foreign = constraint.kind == ConstraintKind::kForeignKey;
      const bool plain_check = constraint.kind == ConstraintKind::kCheck && constraint.validated;
      if (is_foreign != foreign || plain_check) continue;
      // Foreign keys come from the parent; the indexes of keys are attached to it afterwards.
      if (is_foreign && constraint.inherited_from > 0) continue;
      const bool key = constraint.index != 0;
      if (!key && constraint.inherited_from > 0 && !constraint.local) continue;
      line("ALTER TABLE {}{} ADD CONSTRAINT {} {}", key ? "ONLY " : "", qualified(relation),
           model::quote_identifier(constraint.name),
           constraint_definition(catalog_, relation, constraint, true));
    }
  }

  /// CREATE OR REPLACE can make a view read one that is younger, and even itself: then an empty one
  /// stands in until it is made.
  void view_after_others(const Relation& relation) {
    const auto [state, fresh] = views_.emplace(relation.oid, ViewState::kBegun);
    if (!fresh) {
      if (state->second == ViewState::kBegun) {
        stand_in(relation);
        state->second = ViewState::kStoodIn;
      }
      return;
    }
    for (const QueryReference& reference : relation.query_references) {
      const Relation* other = catalog_.relation(reference.relation);
      if (other != nullptr && other->query) view_after_others(*other);
    }
    view(relation, views_.at(relation.oid) == ViewState::kStoodIn);
    views_.at(relation.oid) = ViewState::kMade;
  }

  void stand_in(const Relation& relation) {
    std::string columns;
    for (const Column& own : relation.columns) {
      if (!columns.empty()) columns += ", ";
      columns +=
          fmt::format("NULL::{}{} AS {}", type_text(own.type),
                      own.collation.empty() ? std::string()
                                            : " COLLATE " + model::quote_identifier(own.collation),
                      model::quote_identifier(own.name));
    }
    line("CREATE VIEW {} AS SELECT {}", qualified(relation), columns);
  }

  void view(const Relation& relation, bool replaces) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    const bool materialized = relation.kind == RelationKind::kMaterializedView;
    std::string columns;
    for (const Column& own : relation.columns) {
      if (!columns.empty()) columns += ", ";
      columns += model::quote_identifier(own.name);
    }
    if (relation.open_columns) columns.clear();
    line("CREATE {}{}VIEW {}{}{} AS {}{}", replaces ? "OR REPLACE " : "",
         materialized ? "MATERIALIZED " : "", qualified(relation),
         columns.empty() ? "" : fmt::format(" ({})", columns),
         relation.options.empty() ? "" : fmt::format(" WITH ({})", options(relation.options, true)),
         view_query(catalog_, relation),
         materialized && !relation.populated ? " WITH NO DATA" : "");
    for (const Column& own : relation.columns) {
      if (!own.default_value) continue;
      line("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {}", qualified(relation),
           model::quote_identifier(own.name),
           readable_expression(catalog_, {}, *own.default_value, own.type));
    }
  }

  void statistics(const Statistics& object) {
    const Relation* table = catalog_.relation(object.table);
    if (table == nullptr || is_temporary(object.table)) return;
    std::string keys;
    for (const AttributeNumber number : object.columns) {
      const Column* own = table->column(number);
      if (own == nullptr) continue;
      if (!keys.empty()) keys += ", ";
      keys += model::quote_identifier(own->name);
    }
    for (const model::IndexKey& key : object.definition.keys) {
      if (!key.expression) continue;
      if (!keys.empty()) keys += ", ";
      keys +=
          fmt::format("({})", readable_expression(catalog_, Scope::of(*table), *key.expression));
    }
    std::string kinds;
    for (const std::string& kind : object.definition.kinds) {
      kinds += (kinds.empty() ? " (" : ", ") + kind;
    }
    if (!kinds.empty()) kinds += ")";
    const std::string name = model::quoted({object.schema, object.name});
    line("CREATE STATISTICS {}{} ON {} FROM {}", name, kinds, keys, qualified(*table));
    comment_on("STATISTICS", name, object.comment);
  }

  // ---- what hangs on a table --------------------------------------------------------------------

  void parts(const Relation& relation) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    const std::string table = qualified(relation);
    for (const Trigger& own : relation.triggers) trigger(relation, own);
    for (const RewriteRule& rule : relation.rule_objects) {
      if (rule.definition.sql.empty()) continue;
      line("{}", rule_definition(catalog_, relation, rule));
      set_state(relation, "RULE", rule.name, rule.state);
    }
    for (const Policy& own : relation.policies) policy(relation, own);
    if (relation.row_security) line("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table);
    if (relation.force_row_security) line("ALTER TABLE {} FORCE ROW LEVEL SECURITY", table);
    const Relation* identity = catalog_.relation(relation.replica_identity_index);
    if (relation.replica_identity == 'f') line("ALTER TABLE {} REPLICA IDENTITY FULL", table);
    if (relation.replica_identity == 'n') line("ALTER TABLE {} REPLICA IDENTITY NOTHING", table);
    if (relation.replica_identity == 'i' && identity != nullptr) {
      line("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}", table,
           model::quote_identifier(identity->name));
    }
    for (const Relation* index : catalog_.indexes_of(relation)) {
      if (!index->clustered) continue;
      line("ALTER TABLE {} CLUSTER ON {}", table, model::quote_identifier(index->name));
    }
  }

  /// A trigger or rule that is not simply enabled.
  void set_state(const Relation& table, std::string_view kind, const std::string& name,
                 char state) {
    if (state == 'O') return;
    line("ALTER TABLE {} {} {} {}", qualified(table),
         state == 'D'   ? "DISABLE"
         : state == 'R' ? "ENABLE REPLICA"
                        : "ENABLE ALWAYS",
         kind, model::quote_identifier(name));
  }

  void trigger(const Relation& table, const Trigger& own) {
    if (own.inherited) return;
    const model::CreateTrigger& given = own.definition;
    std::string events;
    const auto event = [&](std::uint32_t bit, std::string_view word) {
      if ((given.events & bit) == 0) return;
      if (!events.empty()) events += " OR ";
      events += word;
    };
    event(4, "INSERT");
    event(8, "DELETE");
    event(16, "UPDATE");
    if ((given.events & 16U) != 0 && !given.columns.empty()) {
      std::string columns;
      for (const std::string& column : given.columns) {
        columns += (columns.empty() ? "" : ", ") + model::quote_identifier(column);
      }
      events += " OF " + columns;
    }
    event(32, "TRUNCATE");
    std::string text =
        fmt::format("CREATE {}TRIGGER {} {} {} ON {}", given.constraint ? "CONSTRAINT " : "",
                    model::quote_identifier(own.name), given.timing, events, qualified(table));
    if (!given.constraint_table.empty()) text += " FROM " + model::quoted(given.constraint_table);
    if (given.deferrable || given.initially_deferred) text += " DEFERRABLE";
    if (given.initially_deferred) text += " INITIALLY DEFERRED";
    if (!given.old_table.empty() || !given.new_table.empty()) text += " REFERENCING";
    if (!given.old_table.empty()) {
      text += " OLD TABLE AS " + model::quote_identifier(given.old_table);
    }
    if (!given.new_table.empty()) {
      text += " NEW TABLE AS " + model::quote_identifier(given.new_table);
    }
    text += given.row ? " FOR EACH ROW" : " FOR EACH STATEMENT";
    if (given.when) text += fmt::format(" WHEN ({})", respelled_text(*given.when));
    const CatalogFunction* function = catalog_.function(own.function);
    std::string arguments;
    for (const std::string& argument : given.arguments) {
      arguments += (arguments.empty() ? "" : ", ") + model::quote_literal(argument);
    }
    line("{} EXECUTE FUNCTION {}({})", text,
         function == nullptr ? model::quoted(given.function)
                             : model::quoted({function->schema, function->name}),
         arguments);
    const std::string name = model::quote_identifier(own.name);
    set_state(table, "TRIGGER", own.name, own.state);
    comment_on("TRIGGER", fmt::format("{} ON {}", name, qualified(table)), own.comment);
  }

  void publication(const NamedObject& object) {
    if (object.kind != model::ObjectKind::kPublication) return;
    std::string tables;
    for (const Dependency& need : object.needs) {
      const Relation* table = catalog_.relation(need.needs);
      if (table != nullptr)
        tables += (tables.empty() ? " FOR TABLE ONLY " : ", ONLY ") + qualified(*table);
    }
    line("CREATE PUBLICATION {}{}", model::quote_identifier(object.name),
         object.all_tables ? " FOR ALL TABLES" : tables);
  }

  void policy(const Relation& table, const Policy& own) {
    const model::CreatePolicy& given = own.definition;
    const std::string name =
        fmt::format("{} ON {}", model::quote_identifier(own.name), qualified(table));
    std::string text =
        fmt::format("CREATE POLICY {}{}", name, given.permissive ? "" : " AS RESTRICTIVE");
    if (!given.command.empty()) text += " FOR " + given.command;
    const auto shown = [&](const model::Expression& expression) {
      return readable_expression(catalog_, Scope::of(table), expression);
    };
    if (given.using_expression) text += fmt::format(" USING ({})", shown(*given.using_expression));
    if (given.check_expression) {
      text += fmt::format(" WITH CHECK ({})", shown(*given.check_expression));
    }
    line("{}", text);
    comment_on("POLICY", name, own.comment);
  }

  void comments(const Relation& relation) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    std::string_view kind = name(relation.kind);
    if (relation.kind != RelationKind::kCompositeType) {
      std::string upper;
      for (const char c : kind) {
        upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      }
      comment_on(upper, qualified(relation), relation.comment);
    }
    for (const Column& own : relation.columns) {
      comment_on("COLUMN", qualified(relation) + "." + model::quote_identifier(own.name),
                 own.comment);
    }
    for (const CatalogConstraint& own : relation.constraints) {
      comment_on("CONSTRAINT",
                 fmt::format("{} ON {}", model::quote_identifier(own.name), qualified(relation)),
                 own.comment);
    }
  }

  static std::string_view name(RelationKind kind) {
    switch (kind) {
      case RelationKind::kView:
        return "view";
      case RelationKind::kMaterializedView:
        return "materialized view";
      case RelationKind::kIndex:
      case RelationKind::kPartitionedIndex:
        return "index";
      case RelationKind::kSequence:
        return "sequence";
      case RelationKind::kForeignTable:
        return "foreign table";
      case RelationKind::kTable:
      case RelationKind::kPartitionedTable:
      case RelationKind::kCompositeType:
        return "table";
    }
    return "table";
  }
};

}  // namespace

std::string schema_ddl(const Catalog& catalog) {
  // Whoever runs it has the search_path of a new session, whatever the history ended with.
  Catalog fresh = catalog;
  fresh.set_search_path({"public"});
  return Writer(fresh).write();
}

}  // namespace forelock::postgres
