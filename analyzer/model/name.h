#pragma once

// Names of database objects as a statement spells them: case already folded as PostgreSQL does,
// quotes removed.

#include <compare>
#include <string>
#include <string_view>

namespace forelock::model {

/// `schema.name`; an empty schema means that the statement gave none and search_path decides.
struct QualifiedName {
  std::string schema;
  std::string name;

  [[nodiscard]] bool empty() const { return name.empty(); }
  friend auto operator<=>(const QualifiedName&, const QualifiedName&) = default;
};

/// As people read it: `schema.name`, or `name` alone; not quoted.
std::string display(const QualifiedName& name);
/// As SQL needs it: each part quoted where PostgreSQL's quote_identifier() would.
std::string quoted(const QualifiedName& name);
/// One identifier, quoted where PostgreSQL's quote_identifier() would (reserved words included).
std::string quote_identifier(std::string_view identifier);
/// A string literal as PostgreSQL's quote_literal() makes it.
std::string quote_literal(std::string_view text);

}  // namespace forelock::model
