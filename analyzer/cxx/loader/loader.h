#pragma once

// C++ sources to migrations. Opens the module forelock_cxx.so (analyzer/cxx/module.h), hands the
// sources over, and parses the SQL that comes back. User code is parsed, never run.

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/text/source_file.h"

namespace forelock::cxx {

/// Functions that are given SQL unless the configuration adds more: libpq's and libpqxx's.
/// Source: libpq, 32.3 to 32.4 of the PostgreSQL 18 manual; libpqxx 7.10, transaction_base.hxx.
std::span<const std::string_view> default_functions();

/// Whether the name of a file is that of a C++ (or C) source or header.
bool is_cxx_file(std::string_view path);

/// One migration per file, in the given order; its steps are the SQL that the file hands to
/// `functions` (added to the default ones), each outside of any transaction. Strings that are no
/// SQL are left out. A migration without steps is one for a file without SQL. `compile_commands`: a
/// compile_commands.json or its folder; may be empty, then includes that are not found are passed
/// over. `working_folder`: what relative paths of `files` are relative to. Errors: kNotFound when
/// the module is not installed, kInvalid when it does not fit this binary or could not do its work.
std::expected<std::vector<model::Migration>, text::Error> read_cxx_sources(
    const std::vector<text::FileRef>& files, const std::vector<std::string>& functions,
    const std::string& compile_commands, const std::string& working_folder = {});

/// As read_cxx_sources, with the module at `module_path` (for tests).
std::expected<std::vector<model::Migration>, text::Error> read_cxx_sources_with(
    const std::string& module_path, const std::vector<text::FileRef>& files,
    const std::vector<std::string>& functions, const std::string& compile_commands,
    const std::string& working_folder);

}  // namespace forelock::cxx
