#pragma once

// Positions and names as the protocol writes them, and as the engine does.
// Source: LSP 3.17, "Position", "Text Documents", "URI".

#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/text/line_index.h"
#include "analyzer/text/source_file.h"
#include "analyzer/text/span.h"
#include "lsp/json_rpc.h"

namespace forelock::lsp {

/// What a position's `character` counts: agreed once, when the session starts.
using Encoding = text::ColumnUnit;
/// "utf-8", "utf-16" or "utf-32".
std::string_view display(Encoding encoding);
/// The best of what a client offers: utf-8 where it is among `offered`, as it costs nothing here,
/// then utf-16, then utf-32; utf-16 when nothing is offered.
Encoding choose_encoding(const Json* offered);

/// A position or range of the protocol; nothing when the JSON is none. Numbers that are too large
/// are clamped, so that they lie past the end.
std::optional<text::LineColumn> read_position(const Json& json);
struct ProtocolRange {
  text::LineColumn begin, end;
};
std::optional<ProtocolRange> read_range(const Json& json);

/// Byte span of a range in a text; past the end of a line is its end, past the last line the end of
/// the text, and a range whose end lies before its begin is turned around.
text::Span to_span(const ProtocolRange& range, std::string_view text, const text::LineIndex& lines,
                   Encoding encoding);

Json to_position(const text::SourceFile& file, std::uint32_t byte, Encoding encoding);
Json to_range(const text::SourceFile& file, text::Span span, Encoding encoding);

/// The absolute path that a file URI names, percent-decoded; nothing for another scheme.
std::optional<std::string> path_of_uri(std::string_view uri);
/// The file URI of an absolute path.
std::string uri_of_path(std::string_view path);

}  // namespace forelock::lsp
