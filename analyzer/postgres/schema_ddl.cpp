// The whole catalog as SQL, in an order in which psql can run it.

#include <fmt/format.h>

#include <algorithm>

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
      if (schema->name == "public" || schema->name == "pg_catalog" ||
          schema->name == "information_schema") {
        continue;
      }
      line("CREATE SCHEMA {}", model::quote_identifier(schema->name));
    }
    for (const Extension* extension : catalog_.extensions()) {
      line("CREATE EXTENSION {}{}", model::quote_identifier(extension->name),
           extension->schema == "public" ? ""
                                         : " SCHEMA " + model::quote_identifier(extension->schema));
    }
    types();
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kSequence && !is_identity(*relation)) sequence(*relation);
    }
    functions();
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) table(*relation);
    }
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kSequence && !is_identity(*relation)) owner(*relation);
    }
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) keys(*relation, false);
    }
    for (const Relation* relation : relations_) {
      if (relation->query) view(*relation);
    }
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kIndex && relation->constraint == 0 &&
          relation->parents.empty()) {
        line("{}", index_definition(catalog_, *relation));
      }
    }
    for (const Relation* relation : relations_) {
      if (relation->kind == RelationKind::kPartitionedIndex && relation->constraint == 0 &&
          relation->parents.empty()) {
        std::string text = index_definition(catalog_, *relation);
        if (const std::size_t only = text.find(" ON ONLY "); only != std::string::npos) {
          text.replace(only, 9, " ON ");
        }
        line("{}", text);
      }
    }
    for (const Relation* relation : relations_) {
      if (is_table(*relation)) keys(*relation, true);
    }
    for (const Relation* relation : relations_) comments(*relation);
    return std::move(out_);
  }

 private:
  const Catalog& catalog_;
  std::vector<const Relation*> relations_;
  std::string out_;

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += ";\n";
  }

  static bool is_table(const Relation& relation) {
    return relation.kind == RelationKind::kTable ||
           relation.kind == RelationKind::kPartitionedTable;
  }

  [[nodiscard]] bool is_identity(const Relation& sequence) const {
    const Relation* table = catalog_.relation(sequence.table);
    const Column* column = table == nullptr ? nullptr : table->column(sequence.owner_column);
    return column != nullptr && column->identity != model::IdentityKind::kNone;
  }

  void types() {
    std::vector<const Type*> all = catalog_.types();
    std::ranges::sort(all, {}, [](const Type* type) { return type->oid; });
    for (const Type* type : all) {
      const std::string name = model::quoted({type->schema, type->name});
      if (type->kind == TypeKind::kEnum) {
        std::string labels;
        for (const std::string& label : type->labels) {
          if (!labels.empty()) labels += ", ";
          labels += model::quote_literal(label);
        }
        line("CREATE TYPE {} AS ENUM ({})", name, labels);
      } else if (type->kind == TypeKind::kDomain) {
        std::string text = fmt::format("CREATE DOMAIN {} AS {}", name, type_text(type->base));
        if (type->default_value) text += " DEFAULT " + type->default_value->sql;
        if (type->not_null) text += " NOT NULL";
        for (const CatalogConstraint& constraint : type->constraints) {
          if (!constraint.expression) continue;
          text += fmt::format(" CONSTRAINT {} CHECK ({})", model::quote_identifier(constraint.name),
                              constraint.expression->sql);
        }
        line("{}", text);
      } else if (type->kind == TypeKind::kComposite) {
        const Relation* relation = catalog_.relation(type->relation);
        if (relation == nullptr) continue;
        std::string attributes;
        for (const Column& column : relation->columns) {
          if (!attributes.empty()) attributes += ", ";
          attributes += model::quote_identifier(column.name) + " " + type_text(column.type);
        }
        line("CREATE TYPE {} AS ({})", name, attributes);
      }
    }
  }

  void sequence(const Relation& relation) {
    const model::SequenceOptions& options = relation.sequence;
    std::string text = fmt::format("CREATE SEQUENCE {}", qualified(relation));
    if (options.type && options.type->name.name != "int8") {
      text += " AS " + type_text(*options.type);
    }
    if (options.increment.value_or(1) != 1) {
      text += fmt::format(" INCREMENT BY {}", *options.increment);
    }
    if (options.minimum) text += fmt::format(" MINVALUE {}", *options.minimum);
    if (options.maximum) text += fmt::format(" MAXVALUE {}", *options.maximum);
    if (options.start) text += fmt::format(" START WITH {}", *options.start);
    if (options.cache.value_or(1) != 1) text += fmt::format(" CACHE {}", *options.cache);
    if (options.cycle.value_or(false)) text += " CYCLE";
    line("{}", text);
  }

  void owner(const Relation& relation) {
    const Relation* table = catalog_.relation(relation.table);
    const Column* column = table == nullptr ? nullptr : table->column(relation.owner_column);
    if (column == nullptr) return;
    line("ALTER SEQUENCE {} OWNED BY {}.{}", qualified(relation), qualified(*table),
         model::quote_identifier(column->name));
  }

  void functions() {
    for (const CatalogFunction* function : catalog_.functions()) {
      const model::CreateFunction& definition = function->definition;
      std::string parameters;
      for (const model::FunctionParameter& parameter : definition.parameters) {
        if (parameter.mode == 't') continue;
        if (!parameters.empty()) parameters += ", ";
        if (parameter.mode == 'o') parameters += "OUT ";
        if (parameter.mode == 'b') parameters += "INOUT ";
        if (parameter.mode == 'v') parameters += "VARIADIC ";
        if (!parameter.name.empty()) parameters += model::quote_identifier(parameter.name) + " ";
        parameters += type_text(parameter.type);
        if (parameter.default_value) parameters += " DEFAULT " + parameter.default_value->sql;
      }
      std::string text =
          fmt::format("CREATE {} {}({})", definition.procedure ? "PROCEDURE" : "FUNCTION",
                      model::quoted({function->schema, function->name}), parameters);
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
      line("{} AS {}", text, model::quote_literal(definition.body));
    }
  }

  std::string column(const Relation& table, const Column& own) {
    std::string text = model::quote_identifier(own.name) + " " + type_text(own.type);
    if (!own.collation.empty()) text += " COLLATE " + model::quote_identifier(own.collation);
    if (own.generation_expression) {
      text += fmt::format(" GENERATED ALWAYS AS ({}) {}",
                          print_expression(catalog_, Scope::of(table), *own.generation_expression),
                          own.generated == model::GeneratedKind::kVirtual ? "VIRTUAL" : "STORED");
    } else if (own.default_value) {
      text += " DEFAULT " + print_expression(catalog_, {}, *own.default_value, own.type);
    }
    if (own.identity != model::IdentityKind::kNone) {
      const Relation* sequence = catalog_.relation(own.owned_sequence);
      text += fmt::format(" GENERATED {} AS IDENTITY",
                          own.identity == model::IdentityKind::kAlways ? "ALWAYS" : "BY DEFAULT");
      if (sequence != nullptr) text += fmt::format(" (SEQUENCE NAME {})", qualified(*sequence));
    }
    if (own.not_null) text += " NOT NULL";
    return text;
  }

  void table(const Relation& relation) {
    std::string text = "CREATE ";
    if (relation.persistence == model::Persistence::kUnlogged) text += "UNLOGGED ";
    if (relation.persistence == model::Persistence::kTemporary) return;
    text += fmt::format("TABLE {} (", qualified(relation));
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
                       constraint_definition(catalog_, relation, constraint)));
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
        text += key.column.empty() && key.expression ? fmt::format("({})", key.expression->sql)
                                                     : model::quote_identifier(key.column);
      }
      text += ")";
    }
    line("{}", text);
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
      if (constraint.inherited_from > 0 && !constraint.local) continue;
      line("ALTER TABLE {} ADD CONSTRAINT {} {}", qualified(relation),
           model::quote_identifier(constraint.name),
           constraint_definition(catalog_, relation, constraint));
    }
  }

  void view(const Relation& relation) {
    const bool materialized = relation.kind == RelationKind::kMaterializedView;
    std::string columns;
    for (const Column& own : relation.columns) {
      if (!columns.empty()) columns += ", ";
      columns += model::quote_identifier(own.name);
    }
    if (relation.open_columns) columns.clear();
    line("CREATE {}VIEW {}{} AS {}", materialized ? "MATERIALIZED " : "", qualified(relation),
         columns.empty() ? "" : fmt::format(" ({})", columns), relation.query->sql);
  }

  void comments(const Relation& relation) {
    if (relation.persistence == model::Persistence::kTemporary) return;
    std::string_view kind = name(relation.kind);
    if (kind == "partitioned table") kind = "table";
    if (relation.comment && relation.kind != RelationKind::kCompositeType) {
      std::string upper;
      for (const char c : kind) {
        upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      }
      line("COMMENT ON {} {} IS {}", upper, qualified(relation),
           model::quote_literal(*relation.comment));
    }
    for (const Column& own : relation.columns) {
      if (!own.comment) continue;
      line("COMMENT ON COLUMN {}.{} IS {}", qualified(relation), model::quote_identifier(own.name),
           model::quote_literal(*own.comment));
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

std::string schema_ddl(const Catalog& catalog) { return Writer(catalog).write(); }

}  // namespace forelock::postgres
