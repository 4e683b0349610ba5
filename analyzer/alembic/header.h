#pragma once

// The parts of a migration that are read without running its functions.

#include "analyzer/model/migration.h"
#include "analyzer/python/evaluator.h"

namespace forelock::alembic {

/// Docstring, comments, imports, the functions' spans and body kinds.
void read_outline(const python::ParsedFile& parsed, const text::FileRef& file,
                  model::Migration& migration);
/// revision, down_revision, branch_labels and depends_on, after run_module().
void read_identifiers(const python::Evaluator& evaluator, model::Migration& migration);

}  // namespace forelock::alembic
