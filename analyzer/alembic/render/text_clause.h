#pragma once

// sa.text(…): SQL with `:name` parameters.

#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/alembic/render/expressions.h"

namespace forelock::alembic {

struct Parameter {
  std::string name;
  python::Value value;
  std::optional<Type> type;
  bool expanding = false;
};

/// Copies `text` as TextClause compiles it: `:name` becomes the parameter's literal (or stays when
/// none is given, or becomes a placeholder with `unknown_parameters`), `\:` becomes `:`.
/// Source: sqlalchemy/sql/elements.py TextClause._bind_params_regex, compiler.py BIND_PARAMS and
/// BIND_PARAMS_ESC.
void render_text_clause(Sql& sql, const text::MappedText& text,
                        const std::vector<Parameter>& parameters, Expressions& expressions,
                        bool unknown_parameters = false);

/// Copies `text` as psycopg2 sends it with `parameters`: `%s` and `%(name)s` become literals, `%%`
/// becomes `%`; `:name`, which SQLAlchemy 1.x makes text() of first, becomes one, too. What is not
/// known becomes a placeholder.
/// Source: psycopg2, "Passing parameters to SQL queries".
void render_driver_text(Sql& sql, const text::MappedText& text, const python::Value& parameters,
                        Expressions& expressions);

}  // namespace forelock::alembic
