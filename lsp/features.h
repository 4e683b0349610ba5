#pragma once

// What the engine found, as the protocol shows it: diagnostics, hover, code actions.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/lint/finding.h"
#include "analyzer/lint/rule.h"
#include "analyzer/model/migration.h"
#include "lsp/analysis.h"
#include "lsp/client.h"
#include "lsp/documents.h"
#include "lsp/json_rpc.h"

namespace forelock::lsp {

inline constexpr std::string_view kServerVersion = "0.1.0";
inline constexpr std::string_view kQuickFixKind = "quickfix";
inline constexpr std::string_view kFixAllKind = "source.fixAll.forelock";

/// Diagnostic[] of a file, by position. `folder`: what shown paths of other files are relative to.
Json diagnostics(const FileAnalysis& analysis, const Client& client, std::string_view folder);

/// The text about the findings at `byte` and about a rule that a directive there names; null when
/// there is nothing to say.
Json hover(const FileAnalysis& analysis, const Document& document, std::uint32_t byte,
           std::span<const lint::Rule* const> rules, const Client& client);

/// What a client asks for in textDocument/codeAction.
struct ActionRequest {
  text::Span span;
  const Json* only = nullptr;  ///< context.only; null: everything.
};

/// Whether `only` lets actions of `kind` through: a kind stands for itself and what is below it.
bool wants_kind(const Json* only, std::string_view kind);

/// CodeAction[]. `migration` may be null; then there are no actions that silence a finding.
Json code_actions(const FileAnalysis& analysis, const Document& document,
                  const ActionRequest& request, const model::Migration* migration,
                  const Client& client, std::string_view folder);

/// A rule's text, for people.
std::string rule_text(const lint::RuleInfo& rule, bool markdown);

}  // namespace forelock::lsp
