#include "analyzer/postgres/types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace forelock::postgres {
namespace {

using facts::TypeId;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSerials = {{
    {"smallserial", "int2"},
    {"serial2", "int2"},
    {"serial", "int4"},
    {"serial4", "int4"},
    {"bigserial", "int8"},
    {"serial8", "int8"},
}};

// How deep domains over domains are followed: a catalog cannot hold a cycle, a broken one might.
constexpr int kMaxDomainDepth = 32;

bool is_user(const model::TypeName& type) { return type.name.schema != "pg_catalog"; }

bool is_polymorphic(TypeId id) {
  return id >= 0 && facts::type(id).name.starts_with("any") && facts::type(id).kind == 'p';
}

}  // namespace

model::TypeName builtin(std::string_view name) {
  model::TypeName result;
  result.name = {"pg_catalog", std::string(name)};
  return result;
}

namespace {

bool is_of_core(const Catalog& catalog, TypeId id) {
  const facts::TypeFact& fact = facts::type(id);
  return fact.extension == 0 && fact.versions.include(catalog.server_version());
}

}  // namespace

ResolvedType resolve_type(const Catalog& catalog, const model::TypeName& written) {
  ResolvedType result;
  result.name = written;
  model::QualifiedName& name = result.name.name;
  const bool may_be_system = name.schema.empty() || name.schema == "pg_catalog";
  if (may_be_system) {
    for (const auto& [serial, integer] : kSerials) {
      if (name.name == serial && name.schema.empty()) {
        name = {"pg_catalog", std::string(integer)};
        result.serial = true;
        result.known = true;
        return result;
      }
    }
    if (name.name.size() > 1 && name.name.front() == '_' && written.array_dimensions == 0) {
      const TypeId id = facts::find_type(name.name);
      if (id >= 0 && facts::type(id).element >= 0 && is_of_core(catalog, id)) {
        name = {"pg_catalog", std::string(facts::type(facts::type(id).element).name)};
        result.name.array_dimensions = 1;
        result.known = true;
        return result;
      }
    }
    if (const TypeId id = facts::find_type(name.name); id >= 0 && is_of_core(catalog, id)) {
      name.schema = "pg_catalog";
      result.known = true;
      return result;
    }
  }
  if (const Type* type = catalog.find_type(name)) {
    name = {type->schema, type->name};
    result.user_type = type->oid;
    result.known = true;
    return result;
  }
  if (const Relation* relation = catalog.find_relation(name);
      relation != nullptr && relation->kind != RelationKind::kIndex &&
      relation->kind != RelationKind::kPartitionedIndex &&
      relation->kind != RelationKind::kSequence) {
    name = {relation->schema, relation->name};
    result.user_type = relation->oid;
    result.known = true;
    return result;
  }
  if (const TypeId id = facts::find_type(name.name); id >= 0 && facts::type(id).extension != 0) {
    const std::string_view owner = facts::extension_name(facts::type(id).extension);
    const Extension* extension = catalog.find_extension(owner);
    if (extension != nullptr && (name.schema.empty() || name.schema == extension->schema)) {
      name.schema = extension->schema;
      result.extension = extension->oid;
      result.known = true;
      return result;
    }
  }
  return result;
}

TypeId fact_id(const model::TypeName& type) {
  TypeId id = facts::find_type(type.name.name);
  if (id >= 0 && is_user(type) && facts::type(id).extension == 0) return -1;
  if (id >= 0 && type.array_dimensions > 0) return facts::type(id).array;
  return id;
}

model::TypeName from_fact(TypeId id) {
  if (id < 0) return {};
  const facts::TypeFact& fact = facts::type(id);
  if (fact.element >= 0 && fact.name.front() == '_') {
    model::TypeName result = from_fact(fact.element);
    result.array_dimensions = 1;
    return result;
  }
  model::TypeName result = builtin(fact.name);
  if (fact.extension != 0) result.name.schema = "public";
  return result;
}

bool same_type(const model::TypeName& a, const model::TypeName& b) {
  return a.name == b.name && (a.array_dimensions > 0) == (b.array_dimensions > 0);
}

const Type* user_type(const Catalog& catalog, const model::TypeName& type) {
  if (!is_user(type) || type.name.name.empty()) return nullptr;
  return catalog.find_type(type.name);
}

model::TypeName base_type(const Catalog& catalog, const model::TypeName& type) {
  model::TypeName current = type;
  for (int depth = 0; depth < kMaxDomainDepth && current.array_dimensions == 0; ++depth) {
    const Type* user = user_type(catalog, current);
    if (user == nullptr || user->kind != TypeKind::kDomain) break;
    current = user->base;
  }
  return current;
}

bool domain_has_constraints(const Catalog& catalog, const model::TypeName& type) {
  model::TypeName current = type;
  for (int depth = 0; depth < kMaxDomainDepth && current.array_dimensions == 0; ++depth) {
    const Type* user = user_type(catalog, current);
    if (user == nullptr || user->kind != TypeKind::kDomain) return false;
    if (user->not_null || !user->constraints.empty()) return true;
    current = user->base;
  }
  return false;
}

bool may_use_extension(const Catalog& catalog, std::uint8_t extension) {
  return extension == 0 || catalog.assumes_extensions() ||
         catalog.find_extension(facts::extension_name(extension)) != nullptr;
}

char category(const Catalog& catalog, const model::TypeName& type) {
  if (type.array_dimensions > 0) return 'A';
  if (type.name.name.empty()) return 0;
  const model::TypeName base = base_type(catalog, type);
  if (const TypeId id = fact_id(base); id >= 0) return facts::type(id).category;
  if (const Type* user = user_type(catalog, base)) {
    if (user->assumed) return 0;
    switch (user->kind) {
      case TypeKind::kEnum:
        return 'E';
      case TypeKind::kComposite:
        return 'C';
      case TypeKind::kRange:
        return 'R';
      case TypeKind::kBase:
        return 'U';
      case TypeKind::kDomain:
        return 0;
    }
  }
  return catalog.find_relation(base.name) != nullptr ? 'C' : 0;
}

bool is_collatable(const Catalog& catalog, const model::TypeName& type) {
  model::TypeName base = base_type(catalog, type);
  base.array_dimensions = 0;
  const TypeId id = fact_id(base);
  return id >= 0 && facts::type(id).collatable;
}

std::string effective_collation(const Catalog& catalog, const std::string& own,
                                const model::TypeName& type) {
  if (!own.empty()) return own;
  model::TypeName current = type;
  for (int depth = 0; depth < kMaxDomainDepth && current.array_dimensions == 0; ++depth) {
    const Type* user = user_type(catalog, current);
    if (user == nullptr || user->kind != TypeKind::kDomain) break;
    if (!user->collation.empty()) return user->collation;
    current = user->base;
  }
  return {};
}

bool binary_coercible(const Catalog& catalog, const model::TypeName& from,
                      const model::TypeName& to) {
  const model::TypeName source = base_type(catalog, from);
  if (same_type(source, to) || same_type(from, to)) return true;
  const TypeId target = fact_id(to);
  if (is_polymorphic(target)) {
    const std::string_view name = facts::type(target).name;
    if (name == "any" || name == "anyelement") return true;
    const char kind = category(catalog, source);
    if (name == "anyarray" || name == "anycompatiblearray") return kind == 'A';
    if (name == "anyenum") return kind == 'E';
    if (name == "anyrange" || name == "anymultirange") return kind == 'R';
    return true;
  }
  const TypeId source_id = fact_id(source);
  if (source_id < 0 || target < 0) {
    return target >= 0 && facts::type(target).name == "record" && category(catalog, source) == 'C';
  }
  const facts::CastFact* cast = facts::cast(source_id, target, catalog.server_version());
  return cast != nullptr && cast->method == 'b' && cast->context == 'i';
}

CastPath cast_path(const Catalog& catalog, const model::TypeName& from, const model::TypeName& to,
                   CastContext context) {
  if (from.name.name.empty() || to.name.name.empty()) return CastPath::kUnknown;
  if (from.name.name == "unknown" && !is_user(from)) return CastPath::kRelabel;
  const model::TypeName source = base_type(catalog, from);
  const model::TypeName target = base_type(catalog, to);
  if (same_type(source, target)) return same_type(from, to) ? CastPath::kSame : CastPath::kRelabel;
  const char source_kind = category(catalog, source);
  const char target_kind = category(catalog, target);
  if (source_kind == 0 || target_kind == 0) return CastPath::kUnknown;
  const TypeId source_id = fact_id(source);
  const TypeId target_id = fact_id(target);
  if (source_id >= 0 && target_id >= 0) {
    const facts::CastFact* cast = facts::cast(source_id, target_id, catalog.server_version());
    if (cast != nullptr) {
      const CastContext needed = cast->context == 'i'   ? CastContext::kImplicit
                                 : cast->context == 'a' ? CastContext::kAssignment
                                                        : CastContext::kExplicit;
      if (context < needed) return CastPath::kNone;
      if (cast->method == 'b') return CastPath::kRelabel;
      return cast->method == 'i' ? CastPath::kInOut : CastPath::kFunction;
    }
    if (is_polymorphic(target_id)) {
      return binary_coercible(catalog, source, target) ? CastPath::kRelabel : CastPath::kNone;
    }
  }
  if (source.array_dimensions > 0 && target.array_dimensions > 0) {
    model::TypeName source_element = source;
    model::TypeName target_element = target;
    source_element.array_dimensions = target_element.array_dimensions = 0;
    const CastPath element = cast_path(catalog, source_element, target_element, context);
    if (element == CastPath::kNone || element == CastPath::kUnknown) return element;
    return CastPath::kArray;
  }
  // Any type may be assigned to a string type, and cast from one, through its text.
  if (context >= CastContext::kAssignment && target_kind == 'S') return CastPath::kInOut;
  if (context >= CastContext::kExplicit && source_kind == 'S') return CastPath::kInOut;
  if (source_id >= 0 && facts::type(source_id).name == "record" && target_kind == 'C') {
    return CastPath::kFunction;
  }
  // CREATE CAST is not followed: between two user types nothing is certain.
  if (catalog.find_object(model::ObjectKind::kCast, {"", "*"}) != nullptr) {
    return CastPath::kUnknown;
  }
  return CastPath::kNone;
}

bool length_coercion_is_free(const model::TypeName& from, const model::TypeName& to) {
  if (to.modifiers.empty() && to.modifier_text.empty()) return true;
  if (from.modifiers == to.modifiers && from.modifier_text == to.modifier_text) return true;
  if (from.array_dimensions > 0) return false;
  const std::string_view name = to.name.name;
  const auto& old_mods = from.modifiers;
  const auto& new_mods = to.modifiers;
  if (new_mods.empty()) return false;
  if (name == "varchar" || name == "varbit") {
    return !old_mods.empty() && old_mods[0] <= new_mods[0];
  }
  if (name == "numeric") {
    if (old_mods.empty()) return false;
    const int old_scale = old_mods.size() > 1 ? old_mods[1] : 0;
    const int new_scale = new_mods.size() > 1 ? new_mods[1] : 0;
    return old_scale == new_scale && new_mods[0] >= old_mods[0];
  }
  constexpr int kMaxPrecision = 6;
  if (name == "timestamp" || name == "timestamptz" || name == "time" || name == "timetz") {
    if (new_mods[0] >= kMaxPrecision) return true;
    return !old_mods.empty() && new_mods[0] >= old_mods[0];
  }
  if (name == "interval") {
    constexpr int kFullRange = 0x7FFF;
    constexpr int kFullPrecision = 0xFFFF;
    const int old_range = old_mods.empty() ? kFullRange : old_mods[0];
    const int new_range = new_mods[0];
    const int old_precision = old_mods.size() > 1 ? old_mods[1] : kFullPrecision;
    const int new_precision = new_mods.size() > 1 ? new_mods[1] : kFullPrecision;
    // interval_support() compares the least field that each range keeps, seconds being the finest.
    const auto least_field = [](int range) {
      if (range == kFullRange) return 0;
      constexpr std::array<int, 6> kFields = {1 << 12, 1 << 11, 1 << 10, 1 << 3, 1 << 1, 1 << 2};
      for (std::size_t i = 0; i < kFields.size(); ++i) {
        if ((range & kFields[i]) != 0) return static_cast<int>(i);
      }
      return 5;
    };
    const int old_least = least_field(old_range);
    const int new_least = least_field(new_range);
    return new_least <= old_least &&
           (old_least > 0 || new_precision >= kMaxPrecision || new_precision >= old_precision);
  }
  return false;
}

OperatorClass operator_class(const Catalog& catalog, std::string_view method,
                             std::string_view written, const model::TypeName& type) {
  OperatorClass result;
  const model::TypeName base = base_type(catalog, type);
  const TypeId id = fact_id(base);
  const auto usable = [&](const facts::OperatorClassFact& fact) {
    return fact.method == method && (written.empty() ? fact.is_default : fact.name == written) &&
           is_available(catalog, fact);
  };
  // GetDefaultOpClass(): exact first, then a preferred type that is binary coercible, then any.
  const std::span<const facts::OperatorClassFact> all = facts::operator_classes();
  const auto exact = std::ranges::find_if(all, [&](const facts::OperatorClassFact& fact) {
    return id >= 0 && fact.input == id && usable(fact);
  });
  const facts::OperatorClassFact* best = exact == all.end() ? nullptr : &*exact;
  if (best == nullptr) {
    int best_score = 0;
    for (const facts::OperatorClassFact& fact : all) {
      if (!usable(fact) || !binary_coercible(catalog, base, from_fact(fact.input))) continue;
      const int score = is_polymorphic(fact.input) ? 1 : facts::type(fact.input).preferred ? 3 : 2;
      if (score > best_score) {
        best_score = score;
        best = &fact;
      }
    }
  }
  if (best == nullptr) return result;
  result.name = best->name;
  result.family = best->family;
  result.input = best->input;
  result.polymorphic = is_polymorphic(best->input);
  result.found = true;
  return result;
}

std::string foreign_key_operator(const Catalog& catalog, const model::TypeName& referenced,
                                 const model::TypeName& referencing) {
  const OperatorClass opclass = operator_class(catalog, "btree", "", referenced);
  if (!opclass.found) return {};
  const model::TypeName left = base_type(catalog, referenced);
  const model::TypeName right = base_type(catalog, referencing);
  const TypeId left_id = fact_id(left);
  const TypeId right_id = fact_id(right);
  if (facts::has_equality(opclass.family, opclass.input, right_id)) {
    return fmt::format("{}:{}:{}", opclass.family, opclass.input, right_id);
  }
  if (opclass.polymorphic) {
    return same_type(left, right) ? fmt::format("{}:{}", opclass.family, display(right.name)) : "";
  }
  // Both sides become the operator class's type, when that needs no explicit cast.
  if (left_id >= 0 && right_id >= 0) {
    const CastPath path =
        cast_path(catalog, right, from_fact(opclass.input), CastContext::kImplicit);
    if (path != CastPath::kNone && path != CastPath::kUnknown) {
      return fmt::format("{}:{}:{}", opclass.family, opclass.input, opclass.input);
    }
  }
  return {};
}

}  // namespace forelock::postgres
