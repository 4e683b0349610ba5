#include "analyzer/cxx/module.h"

#include <clang/Tooling/CompilationDatabase.h>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/cxx/compile.h"

namespace forelock::cxx {
namespace {

std::string string_of(const ModuleText& text) { return {text.data, text.size}; }
ModuleText borrow(std::string_view text) { return {text.data(), text.size()}; }

/// A result with all that its pointers lead to.
struct OwnedResult {
  ModuleResult result{};  // First, so that a pointer to it is one to the whole.
  std::vector<SourceResult> sources;
  std::vector<std::vector<ModuleSegment>> segments;
  std::vector<ModuleCall> calls;
  std::vector<ModuleComment> comments;
  std::vector<std::string> messages;
  std::vector<ModuleProblem> problems;
  std::string failure;
};

void release(ModuleResult* result) {
  // The result is the first member, so it has the address of the whole.
  delete reinterpret_cast<OwnedResult*>(result);  // NOLINT
}

ModuleSegmentKind kind_of(text::SegmentKind kind) {
  switch (kind) {
    case text::SegmentKind::kVerbatim:
      return kModuleVerbatim;
    case text::SegmentKind::kEscaped:
      return kModuleEscaped;
    case text::SegmentKind::kDerived:
      return kModuleDerived;
  }
  return kModuleDerived;
}

std::vector<ModuleSegment> segments_of(const text::SourceMap& map) {
  std::vector<ModuleSegment> segments;
  for (const text::Segment& segment : map.segments()) {
    segments.push_back({.embedded_begin = segment.embedded.begin_byte,
                        .embedded_end = segment.embedded.end_byte,
                        .host_begin = segment.host.begin_byte,
                        .host_end = segment.host.end_byte,
                        .kind = kind_of(segment.kind)});
  }
  return segments;
}

void read_all(const ModuleRequest& request, OwnedResult& owned) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < request.function_count; ++i) {
    names.push_back(string_of(request.functions[i]));
  }
  const SqlFunctions functions(std::move(names));
  std::unique_ptr<clang::tooling::CompilationDatabase> database;
  if (request.compile_commands.size > 0) {
    auto opened = open_database(string_of(request.compile_commands));
    if (!opened) {
      owned.failure = std::move(opened.error());
      return;
    }
    database = *std::move(opened);
  }
  owned.sources.resize(request.source_count);
  for (std::size_t i = 0; i < request.source_count; ++i) {
    try {
      owned.sources[i] = read_source(string_of(request.sources[i].path),
                                     string_of(request.sources[i].text), functions, database.get());
    } catch (const std::exception& failure) {
      owned.messages.emplace_back(failure.what());
      owned.problems.push_back({.source = static_cast<std::uint32_t>(i), .message = {}});
    }
  }
}

/// Fills in the pointers, once nothing moves any more.
void link(OwnedResult& owned) {
  for (std::size_t i = 0; i < owned.problems.size(); ++i) {
    owned.problems[i].message = borrow(owned.messages[i]);
  }
  for (std::size_t i = 0; i < owned.sources.size(); ++i) {
    const auto source = static_cast<std::uint32_t>(i);
    for (const text::Span& span : owned.sources[i].comments) {
      owned.comments.push_back(
          {.source = source, .begin_byte = span.begin_byte, .end_byte = span.end_byte});
    }
    for (const FoundCall& call : owned.sources[i].calls) {
      // The inner vector's elements stay where they are when the outer one grows.
      owned.segments.push_back(segments_of(call.sql.known.map));
      owned.calls.push_back({.source = source,
                             .begin_byte = call.call.begin_byte,
                             .end_byte = call.call.end_byte,
                             .function = borrow(call.function),
                             .sql = borrow(call.sql.known.text),
                             .segments = owned.segments.back().data(),
                             .segment_count = owned.segments.back().size(),
                             .unknown = borrow(call.sql.unknown)});
    }
  }
  owned.result = {.calls = owned.calls.data(),
                  .call_count = owned.calls.size(),
                  .comments = owned.comments.data(),
                  .comment_count = owned.comments.size(),
                  .problems = owned.problems.data(),
                  .problem_count = owned.problems.size(),
                  .failure = borrow(owned.failure),
                  .release = release};
}

}  // namespace

extern "C" ModuleResult* forelock_cxx_read(const ModuleRequest* request) {
  auto owned = std::make_unique<OwnedResult>();
  if (request->abi != kModuleAbi) {
    owned->failure = "the module forelock_cxx.so is of another version than forelock";
  } else {
    try {
      read_all(*request, *owned);
    } catch (const std::exception& failure) {
      owned->failure = failure.what();
    }
  }
  link(*owned);
  return &owned.release()->result;
}

}  // namespace forelock::cxx
