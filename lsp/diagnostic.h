#pragma once

// One finding as a diagnostic; shared by diagnostics and code actions.

#include <string_view>

#include "analyzer/lint/finding.h"
#include "analyzer/text/source_file.h"
#include "lsp/client.h"
#include "lsp/json_rpc.h"

namespace forelock::lsp {

/// The finding as a Diagnostic.
Json diagnostic(const lint::Finding& finding, const Client& client, std::string_view folder);

/// `span` inside of the file and not empty where its line is not: an empty one grows to the end of
/// its line.
text::Span visible_span(const text::SourceFile& file, text::Span span);

}  // namespace forelock::lsp
