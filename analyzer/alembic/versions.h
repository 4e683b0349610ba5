#pragma once

// What differs between versions of Alembic and SQLAlchemy, as far as it changes the SQL.

#include <string_view>

#include "analyzer/alembic/compile.h"

namespace forelock::alembic {

enum class Feature {
  kIndexIfExists,       ///< op.create_index(if_not_exists=), op.drop_index(if_exists=)
  kTableIfExists,       ///< op.create_table(if_not_exists=), op.drop_table(if_exists=)
  kColumnIfExists,      ///< op.add_column(if_not_exists=), op.drop_column(if_exists=)
  kConstraintIfExists,  ///< op.drop_constraint(if_exists=)
  kInlineReferences,    ///< op.add_column(inline_references=)
  kInlinePrimaryKey,    ///< op.add_column(inline_primary_key=)
  kSequenceIfExists,    ///< CreateSequence(if_not_exists=), DropSequence(if_exists=)
  kSequenceStart,       ///< A Sequence without start= says START WITH 1 …
  kSequenceNoStart,     ///< … and no longer does.
  kJsonbSubscript,      ///< data['key'] of a JSONB column, not data -> 'key'.
  kTrueDivision,        ///< a / b of integers casts its divisor; // is there.
};

/// Whether the versions that SQL is derived for have the feature.
bool has(const CompileOptions& options, Feature feature);

/// A keyword that older versions of an operation refuse with a TypeError, or empty when every
/// keyword is taken.
struct RefusedKeyword {
  std::string_view keyword;
  Version since;
};
const RefusedKeyword* refused_keyword(const CompileOptions& options, std::string_view operation,
                                      const python::Arguments& arguments);

}  // namespace forelock::alembic
