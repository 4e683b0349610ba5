#include <algorithm>
#include <optional>
#include <utility>

#include "analyzer/sql/script.h"
#include "analyzer/sql/script_reader.h"

namespace forelock::sql {
namespace {

constexpr std::string_view kVersionColumn = "version_num";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/// `-- Running upgrade FROM -> TO`, or nothing for another comment.
/// Source: Alembic 1.14, MigrationContext.run_migrations and RevisionStep.short_log.
std::optional<EmittedRevision> read_marker(std::string_view comment) {
  constexpr std::string_view kUpgrade = "-- Running upgrade ";
  constexpr std::string_view kDowngrade = "-- Running downgrade ";
  constexpr std::string_view kArrow = "->";
  EmittedRevision revision;
  revision.downgrade = comment.starts_with(kDowngrade);
  if (!revision.downgrade && !comment.starts_with(kUpgrade)) return std::nullopt;
  comment.remove_prefix(revision.downgrade ? kDowngrade.size() : kUpgrade.size());
  const std::size_t arrow = comment.find(kArrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  const auto id = [](std::string_view text) {
    text = trimmed(text);
    return text == "<base>" || text == "base" ? std::string() : std::string(text);
  };
  revision.from = id(comment.substr(0, arrow));
  revision.to = id(comment.substr(arrow + kArrow.size()));
  return revision;
}

/// Whether the statement only keeps Alembic's table of versions, whose name is configurable: its
/// one column is called version_num. `tables` are the names seen so far.
bool keeps_versions(const model::Operation& operation, std::vector<model::QualifiedName>& tables) {
  const auto compares_version = [](const std::optional<model::Expression>& where) {
    return where && where->args.size() == 2 && where->args[0].name == kVersionColumn;
  };
  if (const auto* create = std::get_if<model::CreateTable>(&operation)) {
    const bool is_version_table =
        create->columns.size() == 1 && create->columns[0].name == kVersionColumn;
    if (is_version_table) tables.push_back(create->table);
    return is_version_table;
  }
  if (const auto* insert = std::get_if<model::Insert>(&operation)) {
    return insert->columns.size() == 1 && insert->columns[0] == kVersionColumn;
  }
  if (const auto* update = std::get_if<model::Update>(&operation)) {
    return update->assignments.size() == 1 && update->assignments[0].first == kVersionColumn &&
           compares_version(update->where);
  }
  if (const auto* remove = std::get_if<model::Delete>(&operation)) {
    return compares_version(remove->where);
  }
  if (const auto* drop = std::get_if<model::Drop>(&operation)) {
    return drop->kind == model::ObjectKind::kTable && drop->objects.size() == 1 &&
           (drop->objects[0].name.name == "alembic_version" ||
            std::ranges::find(tables, drop->objects[0].name) != tables.end());
  }
  return false;
}

/// BEGIN and COMMIT around the migrations; Step::transaction tells what they told.
bool only_controls_transaction(const model::Operation& operation) {
  const auto* control = std::get_if<model::Transaction>(&operation);
  return control != nullptr && (control->kind == model::TransactionKind::kBegin ||
                                control->kind == model::TransactionKind::kCommit);
}

}  // namespace

bool is_emitted_stream(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (read_marker(text.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

EmittedStream read_emitted_stream(text::FileRef file) {
  Script script = read_steps(std::move(file), false);
  EmittedStream stream;
  stream.problems = std::move(script.problems);
  // Steps before the first marker (of env.py) are kept in a revision without a marker.
  stream.revisions.emplace_back();
  std::vector<model::QualifiedName> version_tables;
  auto step = script.steps.begin();
  const auto take_until = [&](std::uint32_t byte) {
    for (; step != script.steps.end() && step->span.begin_byte < byte; ++step) {
      if (const model::Statement* statement = step->statement()) {
        if (keeps_versions(statement->operation, version_tables)) continue;
        if (only_controls_transaction(statement->operation)) continue;
      }
      stream.revisions.back().steps.push_back(std::move(*step));
    }
  };
  for (const model::SourceComment& comment : script.comments) {
    if (auto revision = read_marker(comment.text)) {
      take_until(comment.span.begin_byte);
      revision->marker = comment.span;
      stream.revisions.push_back(*std::move(revision));
    }
  }
  take_until(~std::uint32_t{0});
  if (stream.revisions.front().steps.empty()) stream.revisions.erase(stream.revisions.begin());
  stream.comments = std::move(script.comments);
  return stream;
}

}  // namespace forelock::sql
