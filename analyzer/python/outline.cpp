// What a file holds at its top level, without running anything.

#include <fmt/format.h>

#include "analyzer/python/literal.h"
#include "analyzer/python/syntax.h"

namespace forelock::python {
namespace {

std::uint32_t header_end(const ParsedFile& file, const Node& definition, const Node* body) {
  // The colon is no node: it is the last one before the body, or the definition's end.
  std::uint32_t from = definition.begin;
  for (const Node* c = file.first(definition); c != nullptr && c != body; c = file.next(*c)) {
    from = c->end;
  }
  const std::size_t colon = file.text().find(':', from);
  const std::uint32_t limit = body == nullptr ? definition.end : body->begin;
  if (colon == std::string_view::npos || colon >= limit) return limit;
  return static_cast<std::uint32_t>(colon) + 1;
}

bool is_trivial(const ParsedFile& file, const Node* body) {
  if (body == nullptr) return true;
  bool first = true;
  for (const Node* c = file.first(*body); c != nullptr; c = file.next(*c)) {
    const Node* inner = file.first(*c);
    switch (c->kind) {
      case Kind::kPassStatement:
        break;
      case Kind::kReturnStatement:
        if (inner != nullptr && inner->kind != Kind::kNone) return false;
        break;
      case Kind::kExpressionStatement: {
        if (inner == nullptr) break;
        const bool docstring =
            first && (inner->kind == Kind::kString || inner->kind == Kind::kConcatenatedString);
        if (!docstring && inner->kind != Kind::kEllipsis) return false;
        break;
      }
      default:
        return false;
    }
    first = false;
  }
  return true;
}

const Node* definition_of(const ParsedFile& file, const Node& statement) {
  if (statement.kind == Kind::kFunctionDefinition) return &statement;
  if (statement.kind != Kind::kDecoratedDefinition) return nullptr;
  const Node* definition = file.child(statement, Field::kDefinition);
  return definition != nullptr && definition->kind == Kind::kFunctionDefinition ? definition
                                                                                : nullptr;
}

}  // namespace

std::vector<FunctionOutline> functions(const ParsedFile& file) {
  std::vector<FunctionOutline> all;
  for (const Node* c = file.first(file.root()); c != nullptr; c = file.next(*c)) {
    const Node* definition = definition_of(file, *c);
    if (definition == nullptr) continue;
    const Node* name = file.child(*definition, Field::kName);
    if (name == nullptr) continue;
    const Node* body = file.child(*definition, Field::kBody);
    FunctionOutline outline;
    outline.name = file.text(*name);
    outline.header = {definition->begin, header_end(file, *definition, body)};
    outline.body = body == nullptr ? text::Span{definition->end, definition->end} : body->span();
    outline.trivial = is_trivial(file, body);
    all.push_back(std::move(outline));
  }
  return all;
}

std::optional<std::string> docstring(const ParsedFile& file) {
  const Node* first = file.first(file.root());
  if (first == nullptr || first->kind != Kind::kExpressionStatement) return {};
  const Node* value = file.first(*first);
  if (value == nullptr) return {};
  text::MappedText out;
  const auto add = [&](const Node& string) {
    const Node* start = file.first(string);
    if (start == nullptr || start->kind != Kind::kStringStart) return false;
    const Node* end = file.child(string, Kind::kStringEnd);
    const StringPrefix prefix = string_prefix(file.text(*start));
    if (prefix.format || prefix.bytes) return false;
    append_literal(out, file.text(), start->end, end == nullptr ? string.end : end->begin, prefix);
    return true;
  };
  if (value->kind == Kind::kString) {
    if (!add(*value)) return {};
  } else if (value->kind == Kind::kConcatenatedString) {
    for (const Node* c = file.first(*value); c != nullptr; c = file.next(*c)) {
      if (!add(*c)) return {};
    }
  } else {
    return {};
  }
  return std::move(out.text);
}

std::vector<AssignmentOutline> assignments(const ParsedFile& file) {
  std::vector<AssignmentOutline> all;
  for (const Node* c = file.first(file.root()); c != nullptr; c = file.next(*c)) {
    if (c->kind != Kind::kExpressionStatement) continue;
    const Node* a = file.first(*c);
    // `a = b = value` assigns to each.
    std::vector<const Node*> chain;
    for (; a != nullptr && a->kind == Kind::kAssignment; a = file.child(*a, Field::kRight)) {
      chain.push_back(a);
    }
    if (chain.empty() || a == nullptr) continue;
    for (const Node* one : chain) {
      const Node* left = file.child(*one, Field::kLeft);
      if (left == nullptr || left->kind != Kind::kIdentifier) continue;
      all.push_back({std::string(file.text(*left)), c->span(), a->span()});
    }
  }
  return all;
}

std::vector<ImportOutline> imports(const ParsedFile& file) {
  std::vector<ImportOutline> all;
  for (const Node* c = file.first(file.root()); c != nullptr; c = file.next(*c)) {
    if (c->kind == Kind::kImportFromStatement) {
      if (const Node* module = file.child(*c, Field::kModuleName)) {
        all.push_back({std::string(file.text(*module)), c->span()});
      }
    } else if (c->kind == Kind::kImportStatement) {
      for (const Node* name = file.first(*c); name != nullptr; name = file.next(*name)) {
        const Node* dotted =
            name->kind == Kind::kAliasedImport ? file.child(*name, Field::kName) : name;
        if (dotted != nullptr) all.push_back({std::string(file.text(*dotted)), c->span()});
      }
    }
  }
  return all;
}

}  // namespace forelock::python
