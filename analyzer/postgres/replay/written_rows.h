#pragma once

// What INSERT, UPDATE, DELETE, MERGE and COPY have in common: the table that they change, and what
// its rows are known to hold afterwards.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/postgres/replay/run.h"

namespace forelock::postgres {

/// The relation that gets the rows, locked: the table behind a simple view, unless a trigger or a
/// rule of the view does the work for `event` ("insert", "update", "delete"). Null after failing.
const Relation* write_target(Run& run, const model::QualifiedName& name, std::string_view event);
/// Whether the name is that of a view: its columns may be called otherwise than those below.
bool names_view(const Run& run, const model::QualifiedName& name);
/// WHERE over the columns of a view, told over those of the table behind it.
std::optional<model::Expression> below_view(const Run& run, const model::QualifiedName& name,
                                            const std::optional<model::Expression>& where);
/// The columns of a view that is written to, before anything is said about the view itself.
bool check_view_columns(Run& run, const model::QualifiedName& name,
                        const std::vector<std::string>& columns);
/// What the executor refuses once the statement has been analysed: CheckValidResultRel().
bool check_writable(Run& run, const Relation& target);
/// The columns exist, and each is named once: 42703, `twice`.
bool check_columns(Run& run, Oid table, const std::vector<std::string>& columns,
                   std::string_view twice);

/// SQLSTATE of a value for a column that computes its own.
std::string_view generated_state(const Run& run, const Column& column);

/// The table may hold rows from now on.
void note_rows(Run& run, Oid table);
/// No row is left in the table, and in those below it.
void note_emptied(Run& run, Oid table, bool with_descendants);
/// Existing rows hold NULL in the columns, or no longer.
void note_nulls(Run& run, Oid table, const std::vector<std::string>& columns, bool nulls);
/// Existing rows hold the constant in the column.
void note_constant(Run& run, Oid table, const std::string& name, const model::Expression& value);

/// Foreign keys of rows that are inserted or changed: the referenced rows are locked. `columns`:
/// those that change; null for all.
void lock_referenced(Run& run, const Relation& table, const std::vector<std::string>* columns);
/// Foreign keys that point here, when rows go or their keys change. `where`: which rows.
void follow_references(Run& run, const Relation& table, bool deletes,
                       const std::vector<std::string>* columns,
                       const std::optional<model::Expression>& where = std::nullopt);

}  // namespace forelock::postgres
