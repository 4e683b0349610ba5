#pragma once

// Names that PostgreSQL chooses itself.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace forelock::postgres {

/// Bytes of an identifier: NAMEDATALEN - 1.
inline constexpr std::size_t kMaxIdentifierBytes = 63;

/// Cuts an identifier as truncate_identifier() does, never inside of a UTF-8 character.
std::string truncate_identifier(std::string_view name);

/// `name1_name2_label`, the longer of the two names cut until it fits; `name2` and `label` may be
/// empty. Source: makeObjectName() in src/backend/commands/indexcmds.c.
std::string make_object_name(std::string_view name1, std::string_view name2,
                             std::string_view label);

/// The first of make_object_name(name1, name2, label), label1, label2, … that is not `taken`.
/// Source: ChooseRelationName(), ChooseConstraintName().
std::string choose_name(std::string_view name1, std::string_view name2, std::string_view label,
                        const std::function<bool(const std::string&)>& taken);

/// Column names joined by `_` and cut. Source: ChooseIndexNameAddition().
std::string index_name_addition(const std::vector<std::string>& columns);
/// The same for foreign keys and extended statistics (ChooseForeignKeyConstraintNameAddition()).
std::string foreign_key_name_addition(const std::vector<std::string>& columns);

/// The names of an index's columns, made unique among themselves (`expr`, `expr1`, …).
/// Source: ChooseIndexColumnNames().
std::vector<std::string> index_column_names(const std::vector<std::string>& wanted);

}  // namespace forelock::postgres
