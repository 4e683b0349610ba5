#pragma once

// Revisions written as text, compiled.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/alembic/compile.h"
#include "analyzer/model/migration.h"
#include "analyzer/python/evaluator.h"

namespace forelock::alembic {

inline constexpr std::string_view kHeader =
    "import sqlalchemy as sa\n"
    "from sqlalchemy.dialects import postgresql\n"
    "from alembic import context, op\n"
    "revision = 'r1'\n"
    "down_revision = None\n";

/// A whole file; its functions as they are given.
inline model::Migration compile_file(std::string text, const CompileOptions& options = {}) {
  auto file = std::make_shared<const text::SourceFile>("versions/r1.py", std::move(text));
  return compile(python::parse(file), options);
}

/// `body` as the indented body of upgrade(), after the usual imports.
inline model::Migration compile_upgrade(std::string_view body, const CompileOptions& options = {}) {
  std::string text(kHeader);
  text += "def upgrade():\n";
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    text += "    ";
    text += body.substr(at, end - at);
    text += '\n';
    at = end + 1;
  }
  return compile_file(std::move(text), options);
}

inline std::string folded(std::string_view sql) {
  std::string out;
  bool space = false;
  for (const char c : sql) {
    if (c == ' ' || c == '\n' || c == '\t') {
      space = !out.empty();
      continue;
    }
    if (space && c != ')' && out.back() != '(') out += ' ';
    space = false;
    out += c;
  }
  return out;
}

/// SQL of the steps with white space folded; "-- reason" for what was not analysed.
inline std::vector<std::string> sql_of(const model::Direction& direction) {
  std::vector<std::string> out;
  for (const model::Step& step : direction.steps) {
    if (const model::Statement* statement = step.statement()) {
      out.push_back(folded(statement->sql));
    } else {
      out.push_back("-- " + step.not_analyzed()->reason);
    }
  }
  return out;
}

}  // namespace forelock::alembic
