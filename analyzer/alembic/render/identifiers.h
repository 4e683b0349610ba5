#pragma once

// SQLAlchemy's quoting of names, and the names that naming conventions make.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/values.h"

namespace forelock::alembic {

/// Largest name that PostgreSQL keeps, in bytes (NAMEDATALEN - 1).
inline constexpr std::size_t kMaxIdentifier = 63;

/// Whether SQLAlchemy quotes `name` for PostgreSQL.
/// Source: sqlalchemy/sql/compiler.py IdentifierPreparer._requires_quotes; the reserved words are
/// those of sqlalchemy/dialects/postgresql/base.py.
bool requires_quotes(std::string_view name);
std::string quoted(std::string_view name);
/// Quoted where SQLAlchemy quotes.
std::string quote(std::string_view name);

/// A name, quoted if need be; verbatim from the source where it is copied unchanged.
void render_name(Sql& sql, const Name& name);
/// A constraint or index name: a `final` one longer than 63 bytes is cut as SQLAlchemy does.
/// Source: IdentifierPreparer._truncate_and_render_maxlen_name.
void render_object_name(Sql& sql, const Name& name);
/// `schema.table`; as Alembic does it when `dotted` (a schema "a.b" is two names).
void render_table_name(Sql& sql, const std::optional<Name>& schema, const Name& table,
                       bool dotted = false);

/// Lower-case hexadecimal MD5 of `text` (SQLAlchemy shortens names with it).
std::string md5_hex(std::string_view text);

/// The name that the constraint ends up with: `given` as it is, or what the convention makes of it.
/// Nothing: no name (PostgreSQL chooses one).
/// Source: sqlalchemy/sql/naming.py.
std::optional<Name> convention_name(const NamingConvention& convention,
                                    const ConventionSubject& subject,
                                    const std::optional<Name>& given, text::Span span);

}  // namespace forelock::alembic
