#include "analyzer/alembic/render/mapped.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/alembic/compile.h"

namespace forelock::alembic {
namespace {

using python::Value;

struct Annotation {
  std::string name;
  std::string type;  ///< As written; empty when it is no single name.
  bool optional = false;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n\"'");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n\"'") - begin + 1);
}

/// What stands between `name[` and the bracket at the end; nothing when the text is no such thing.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
  text = trimmed(text);
  const std::size_t open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return {};
  std::string_view head = trimmed(text.substr(0, open));
  head = head.substr(head.rfind('.') == std::string_view::npos ? 0 : head.rfind('.') + 1);
  if (head != name) return {};
  return trimmed(text.substr(open + 1, text.size() - open - 2));
}

std::optional<Annotation> read_annotation(const std::string& name, std::string_view text) {
  auto inner = inside(text, "Mapped");
  if (!inner) return {};
  Annotation annotation{name, {}, false};
  if (const auto optional = inside(*inner, "Optional")) {
    annotation.optional = true;
    inner = optional;
  }
  std::string_view type = *inner;
  if (const std::size_t bar = type.find('|');
      bar != std::string_view::npos && type.find('[') == std::string_view::npos) {
    const std::string_view left = trimmed(type.substr(0, bar));
    const std::string_view right = trimmed(type.substr(bar + 1));
    annotation.optional = left == "None" || right == "None";
    type = left == "None" ? right : left;
  }
  annotation.type =
      type.substr(type.rfind('.') == std::string_view::npos ? 0 : type.rfind('.') + 1);
  return annotation;
}

/// Those of the class before those of its bases.
void collect(const Value& model, std::vector<Annotation>& out, int depth = 0) {
  constexpr int kMaxDepth = 16;
  if (depth > kMaxDepth) return;
  for (const auto& [name, text] : python::annotations_of(model)) {
    auto annotation = read_annotation(name, text);
    if (annotation && std::ranges::find(out, name, &Annotation::name) == out.end()) {
      out.push_back(*std::move(annotation));
    }
  }
  for (const Value& base : python::bases_of(model)) collect(base, out, depth + 1);
}

Type type_of(const Annotation& annotation, const Context& context) {
  constexpr auto kTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"Decimal", "Numeric"},
      {"UUID", "Uuid"},
      {"bool", "Boolean"},
      {"bytes", "LargeBinary"},
      {"date", "Date"},
      {"datetime", "DateTime"},
      {"float", "Float"},
      {"int", "Integer"},
      {"str", "String"},
      {"time", "Time"},
      {"timedelta", "Interval"},
  });
  for (const auto& [name, type] : kTypes) {
    if (name != annotation.type) continue;
    const Value symbol = python::make_symbol("sqlalchemy." + std::string(type), {0, context.call});
    return read_type(symbol, context);
  }
  Type unknown;
  unknown.sql = kUnknownText;
  unknown.known = false;
  return unknown;
}

}  // namespace

void add_annotated_columns(const Value& model, std::vector<Column>& columns,
                           const Context& context) {
  std::vector<Annotation> annotations;
  collect(model, annotations);
  for (const Annotation& annotation : annotations) {
    const auto named = [&](const Column& column) {
      const Value* member = python::find_attribute(model, annotation.name);
      return member != nullptr && member->symbol() != nullptr &&
             column.source.symbol() == member->symbol();
    };
    const auto found = std::ranges::find_if(columns, named);
    if (found == columns.end()) {
      if (python::find_attribute(model, annotation.name) != nullptr) continue;  // relationship()
      Column column;
      column.name = Name::of(annotation.name, context.call);
      column.span = context.call;
      column.type = type_of(annotation, context);
      column.nullable = annotation.optional;
      columns.push_back(std::move(column));
      continue;
    }
    if (found->type.sql.empty() && found->foreign_keys.empty()) {
      found->type = type_of(annotation, context);
    }
    if (!found->nullable_given && !found->primary_key) found->nullable = annotation.optional;
  }
  const auto rank = [&](const Column& column) {
    const auto it = std::ranges::find_if(annotations, [&](const Annotation& annotation) {
      const Value* member = python::find_attribute(model, annotation.name);
      return member == nullptr
                 ? column.name && column.name->text == annotation.name
                 : column.source.symbol() != nullptr && column.source.symbol() == member->symbol();
    });
    return it - annotations.begin();
  };
  const bool all = std::ranges::all_of(columns, [&](const Column& column) {
    return rank(column) < static_cast<std::ptrdiff_t>(annotations.size());
  });
  if (all) std::ranges::stable_sort(columns, {}, rank);
}

}  // namespace forelock::alembic
