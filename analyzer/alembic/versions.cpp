#include "analyzer/alembic/versions.h"

#include <algorithm>
#include <array>
#include <string>

namespace forelock::alembic {
namespace {

enum class Library { kAlembic, kSqlAlchemy };

struct Fact {
  Feature feature;
  Library library;
  Version since;
};

/// Sources: the versionadded notes of alembic/operations/ops.py; SQLAlchemy's "What's New in 2.0"
/// (the Sequence construct reverts to not having any explicit default start value; Python division
/// operators perform true division) and DDLCompiler.visit_create_sequence of 1.3 to 2.0;
/// changelog_20 of 2.0.42 (subscripts of JSONB).
constexpr auto kFacts = std::to_array<Fact>({
    {Feature::kIndexIfExists, Library::kAlembic, {1, 12, 0}},
    {Feature::kTableIfExists, Library::kAlembic, {1, 13, 3}},
    {Feature::kColumnIfExists, Library::kAlembic, {1, 16, 0}},
    {Feature::kConstraintIfExists, Library::kAlembic, {1, 16, 0}},
    {Feature::kInlineReferences, Library::kAlembic, {1, 18, 2}},
    {Feature::kInlinePrimaryKey, Library::kAlembic, {1, 18, 4}},
    {Feature::kSequenceIfExists, Library::kSqlAlchemy, {2, 0, 0}},
    {Feature::kSequenceStart, Library::kSqlAlchemy, {1, 4, 0}},
    {Feature::kSequenceNoStart, Library::kSqlAlchemy, {2, 0, 0}},
    {Feature::kJsonbSubscript, Library::kSqlAlchemy, {2, 0, 42}},
    {Feature::kTrueDivision, Library::kSqlAlchemy, {2, 0, 0}},
});

/// Keywords that are no part of a signature which takes no others.
struct Keyword {
  std::string_view operation;
  RefusedKeyword refused;
};
constexpr auto kKeywords = std::to_array<Keyword>({
    {"add_column", {"if_not_exists", {1, 16, 0}}},
    {"add_column", {"inline_references", {1, 18, 2}}},
    {"add_column", {"inline_primary_key", {1, 18, 4}}},
    {"drop_constraint", {"if_exists", {1, 16, 0}}},
});

}  // namespace

std::string display(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

bool has(const CompileOptions& options, Feature feature) {
  const auto* fact = std::ranges::find(kFacts, feature, &Fact::feature);
  if (fact == kFacts.end()) return true;
  const Version& version =
      fact->library == Library::kAlembic ? options.alembic : options.sqlalchemy;
  return version >= fact->since;
}

const RefusedKeyword* refused_keyword(const CompileOptions& options, std::string_view operation,
                                      const python::Arguments& arguments) {
  for (const Keyword& keyword : kKeywords) {
    if (keyword.operation == operation && options.alembic < keyword.refused.since &&
        arguments.find(keyword.refused.keyword) != nullptr) {
      return &keyword.refused;
    }
  }
  return nullptr;
}

}  // namespace forelock::alembic
