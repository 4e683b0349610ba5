#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "analyzer/lint/rewriter.h"
#include "lsp/diagnostic.h"
#include "lsp/features.h"

namespace forelock::lsp {
namespace {

/// Makes the actions of one request.
class ActionWriter {
 public:
  ActionWriter(const Document& document, const Client& client, std::string_view folder)
      : document_(document),
        client_(client),
        folder_(folder),
        file_(document.path, document.text) {}

  [[nodiscard]] const text::SourceFile& file() const { return file_; }

  /// A CodeAction that applies `edits`.
  [[nodiscard]] Json action(std::string title, std::string_view kind,
                            const std::vector<text::Edit>& edits,
                            const lint::Finding* finding) const {
    Json json = {{"title", std::move(title)}, {"kind", kind}, {"edit", workspace_edit(edits)}};
    if (finding != nullptr) {
      json["diagnostics"] = Json::array();
      json["diagnostics"].push_back(diagnostic(*finding, client_, folder_));
    }
    return json;
  }

 private:
  [[nodiscard]] Json workspace_edit(const std::vector<text::Edit>& edits) const {
    Json list = Json::array();
    for (const text::Edit& edit : edits) {
      list.push_back(
          {{"range", to_range(file_, edit.span, client_.encoding)}, {"newText", edit.replacement}});
    }
    Json result = Json::object();
    if (client_.document_changes) {
      Json change = Json::object();
      change["textDocument"] = {{"uri", document_.uri}, {"version", document_.version}};
      change["edits"] = std::move(list);
      result["documentChanges"] = Json::array();
      result["documentChanges"].push_back(std::move(change));
    } else {
      result["changes"] = Json::object();
      result["changes"][document_.uri] = std::move(list);
    }
    return result;
  }

  const Document& document_;
  const Client& client_;
  const std::string_view folder_;
  const text::SourceFile file_;
};

bool overlaps(text::Span a, text::Span b) {
  return a.begin_byte <= b.end_byte && b.begin_byte <= a.end_byte;
}

/// Where a comment about the whole file goes: the first line, or below `#!` and `# -*- coding`.
std::uint32_t top_of(const text::SourceFile& file) {
  const std::string_view text = file.text();
  std::uint32_t line1 = 1;
  const auto line = [&] { return file.lines().line(text, line1); };
  if (line().starts_with("#!")) ++line1;
  if (line1 <= file.lines().line_count() && line().starts_with('#') &&
      line().find("coding") != std::string_view::npos) {
    ++line1;
  }
  if (line1 > 1) return file.lines().line_begin(line1);
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

/// A comment that silences `rule` in the whole file.
std::vector<text::Edit> ignore_file(const model::Migration& migration, std::string_view rule) {
  std::string_view mark = "#";
  switch (migration.source) {
    case model::SourceKind::kAlembic:
      break;
    case model::SourceKind::kSql:
    case model::SourceKind::kEmittedSql:
      mark = "--";
      break;
    case model::SourceKind::kCxx:
      mark = "//";
      break;
  }
  const std::uint32_t at = top_of(*migration.file);
  const std::string_view line_break =
      migration.file->text().find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
  return {{.span = {at, at},
           .replacement = fmt::format("{} forelock: ignore-file[{}]{}", mark, rule, line_break)}};
}

/// The safe fixes of all findings, leaving out those that touch one already taken.
std::vector<text::Edit> all_safe_edits(const FileAnalysis& analysis) {
  std::vector<text::Edit> taken;
  for (const lint::Finding& finding : analysis.findings) {
    const auto safe =
        std::ranges::find(finding.fixes, lint::Applicability::kSafe, &lint::Fix::applicability);
    if (safe == finding.fixes.end()) continue;
    const bool free = std::ranges::none_of(safe->edits, [&](const text::Edit& edit) {
      return std::ranges::any_of(
          taken, [&](const text::Edit& other) { return overlaps(edit.span, other.span); });
    });
    if (free) taken.insert(taken.end(), safe->edits.begin(), safe->edits.end());
  }
  std::ranges::stable_sort(taken, {}, &text::Edit::span);
  return taken;
}

void add_fixes(const ActionWriter& writer, const lint::Finding& finding, Json& actions) {
  bool first = true;
  for (const lint::Fix& fix : finding.fixes) {
    if (fix.applicability == lint::Applicability::kDisplayOnly || fix.edits.empty()) continue;
    const bool safe = fix.applicability == lint::Applicability::kSafe;
    Json action = writer.action(safe ? fix.title : fix.title + " (changes what it does)",
                                kQuickFixKind, fix.edits, &finding);
    if (safe && first) action["isPreferred"] = true;
    first = false;
    actions.push_back(std::move(action));
  }
}

void add_ignores(const ActionWriter& writer, const lint::Finding& finding,
                 const model::Migration& migration, Json& actions) {
  const lint::Rewriter rewriter(migration);
  if (const auto edits = rewriter.add_ignore(finding.location.span, finding.rule)) {
    actions.push_back(writer.action(fmt::format("Ignore {} on this line", finding.rule),
                                    kQuickFixKind, *edits, &finding));
  }
  actions.push_back(writer.action(fmt::format("Ignore {} in this file", finding.rule),
                                  kQuickFixKind, ignore_file(migration, finding.rule), &finding));
}

}  // namespace

bool wants_kind(const Json* only, std::string_view kind) {
  if (only == nullptr || !only->is_array()) return true;
  return std::ranges::any_of(*only, [kind](const Json& one) {
    if (!one.is_string()) return false;
    const std::string_view wanted = one.get_ref<const std::string&>();
    return wanted.empty() || kind == wanted ||
           (kind.starts_with(wanted) && kind[wanted.size()] == '.');
  });
}

Json code_actions(const FileAnalysis& analysis, const Document& document,
                  const ActionRequest& request, const model::Migration* migration,
                  const Client& client, std::string_view folder) {
  const ActionWriter writer(document, client, folder);
  Json actions = Json::array();
  if (wants_kind(request.only, kQuickFixKind)) {
    std::vector<const lint::Finding*> here;
    for (const lint::Finding& finding : analysis.findings) {
      if (overlaps(visible_span(writer.file(), finding.location.span), request.span)) {
        here.push_back(&finding);
      }
    }
    for (const lint::Finding* finding : here) add_fixes(writer, *finding, actions);
    if (migration != nullptr && migration->file != nullptr) {
      for (const lint::Finding* finding : here) {
        add_ignores(writer, *finding, *migration, actions);
      }
    }
  }
  if (wants_kind(request.only, kFixAllKind)) {
    if (const auto edits = all_safe_edits(analysis); !edits.empty()) {
      actions.push_back(writer.action("Apply all safe fixes", kFixAllKind, edits, nullptr));
    }
  }
  return actions;
}

}  // namespace forelock::lsp
