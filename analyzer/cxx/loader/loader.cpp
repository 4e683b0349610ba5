#include "analyzer/cxx/loader/loader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "analyzer/cxx/module.h"
#include "analyzer/cxx/sql_text.h"
#include "analyzer/sql/parse.h"

namespace forelock::cxx {
namespace {

namespace fs = std::filesystem;

struct Release {
  void operator()(ModuleResult* result) const { result->release(result); }
};
using ResultPointer = std::unique_ptr<ModuleResult, Release>;

text::Error error(text::Error::Kind kind, std::string message) {
  return {kind, std::move(message)};
}

ModuleText borrow(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const ModuleText& text) { return {text.data, text.size}; }

/// Where the module lies: beside the binary in a build tree, below lib/ when it is installed.
std::expected<std::string, text::Error> find_module() {
  std::error_code code;
  const fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  for (const fs::path& candidate :
       {folder / "forelock_cxx.so", folder / "../lib/forelock/forelock_cxx.so"}) {
    if (fs::exists(candidate, code)) return candidate.string();
  }
  return std::unexpected(error(
      text::Error::Kind::kNotFound,
      fmt::format("C++ sources need the module forelock_cxx.so, which is neither in {} nor in {}",
                  folder.string(), (folder / "../lib/forelock").lexically_normal().string())));
}

/// The module's function. The module stays open until the process ends: Clang registers clean-up
/// functions that must not be unloaded.
std::expected<ModuleFunction, text::Error> open_module(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char* why = dlerror();
    return std::unexpected(error(
        text::Error::Kind::kInvalid,
        fmt::format("the module {} cannot be opened: {}", path, why == nullptr ? "unknown" : why)));
  }
  void* symbol = dlsym(handle, kModuleFunction);
  if (symbol == nullptr) {
    return std::unexpected(
        error(text::Error::Kind::kInvalid,
              fmt::format("{} is no module of forelock: it lacks {}", path, kModuleFunction)));
  }
  return reinterpret_cast<ModuleFunction>(symbol);
}

text::SourceMap map_of(const ModuleCall& call) {
  text::SourceMap map;
  for (std::size_t i = 0; i < call.segment_count; ++i) {
    const ModuleSegment& segment = call.segments[i];
    text::SegmentKind kind = text::SegmentKind::kDerived;
    if (segment.kind == kModuleVerbatim) kind = text::SegmentKind::kVerbatim;
    if (segment.kind == kModuleEscaped) kind = text::SegmentKind::kEscaped;
    map.add({.embedded = {segment.embedded_begin, segment.embedded_end},
             .host = {segment.host_begin, segment.host_end},
             .kind = kind});
  }
  return map;
}

text::Span whole(std::string_view text) { return {0, static_cast<std::uint32_t>(text.size())}; }

model::Step not_analyzed(std::string reason, std::string_view sql, text::Span span) {
  model::Step step;
  step.what = model::NotAnalyzed{.reason = std::move(reason), .sql = std::string(sql)};
  step.transaction = model::kNoTransaction;
  step.span = span;
  return step;
}

/// Adds the steps of one call's SQL. A string that is no SQL adds nothing.
void add_steps(const ModuleCall& call, model::Migration& migration) {
  const std::string_view sql = view(call.sql);
  const text::Span call_span{call.begin_byte, call.end_byte};
  if (call.unknown.size > 0) {
    migration.upgrade.complete = false;
    migration.upgrade.steps.push_back(
        not_analyzed(std::string(view(call.unknown)), sql, call_span));
    return;
  }
  auto parsed = sql::parse(sql);
  const bool broken = std::ranges::any_of(parsed, [](const auto& one) { return !one.has_value(); });
  if (broken && !starts_like_sql(sql)) return;
  const text::SourceMap map = map_of(call);
  for (auto& one : parsed) {
    if (!one) {
      const text::Span span = map.to_host(one.error().span, call_span);
      migration.problems.push_back({.kind = model::Problem::Kind::kParse,
                                    .file = migration.file,
                                    .span = span,
                                    .message = one.error().message});
      migration.upgrade.complete = false;
      migration.upgrade.steps.push_back(not_analyzed(one.error().message, sql, span));
      continue;
    }
    const text::Span span = map.to_host(one->span, call_span);
    model::Step step;
    step.what = model::Statement{.operation = std::move(one->operation),
                                 .sql = std::move(one->sql),
                                 .map = map.slice(one->span),
                                 .span = span,
                                 .origin = {}};
    step.transaction = model::kNoTransaction;
    step.span = span;
    migration.upgrade.steps.push_back(std::move(step));
  }
}

model::Migration empty_migration(const text::FileRef& file) {
  model::Migration migration;
  migration.file = file;
  migration.source = model::SourceKind::kCxx;
  migration.revision = file->path();
  migration.upgrade.body = model::BodyKind::kCode;
  migration.upgrade.body_span = whole(file->text());
  return migration;
}

/// The result's parts on the migrations of their sources. Indexes from the module are checked, so a
/// module of another build cannot lead out of bounds.
std::vector<model::Migration> migrations_of(const ModuleResult& result,
                                            const std::vector<text::FileRef>& files) {
  std::vector<model::Migration> migrations;
  migrations.reserve(files.size());
  for (const text::FileRef& file : files) migrations.push_back(empty_migration(file));
  for (std::size_t i = 0; i < result.comment_count; ++i) {
    const ModuleComment& comment = result.comments[i];
    if (comment.source >= files.size()) continue;
    const text::Span span{comment.begin_byte, comment.end_byte};
    migrations[comment.source].comments.push_back(
        {.span = span, .text = std::string(files[comment.source]->slice(span))});
  }
  for (std::size_t i = 0; i < result.call_count; ++i) {
    const ModuleCall& call = result.calls[i];
    if (call.source < files.size()) add_steps(call, migrations[call.source]);
  }
  for (std::size_t i = 0; i < result.problem_count; ++i) {
    const ModuleProblem& problem = result.problems[i];
    if (problem.source >= files.size()) continue;
    migrations[problem.source].problems.push_back({.kind = model::Problem::Kind::kRead,
                                                   .file = files[problem.source],
                                                   .span = {},
                                                   .message = std::string(view(problem.message))});
  }
  return migrations;
}

/// What a request borrows from.
struct RequestTexts {
  std::vector<std::string> paths;
  std::vector<ModuleSource> sources;
  std::vector<ModuleText> functions;
};

RequestTexts request_texts(const std::vector<text::FileRef>& files,
                           const std::vector<std::string>& functions,
                           const std::string& working_folder) {
  RequestTexts texts;
  texts.paths.reserve(files.size());
  for (const text::FileRef& file : files) {
    texts.paths.push_back((fs::path(working_folder) / file->path()).lexically_normal().string());
    texts.sources.push_back({borrow(texts.paths.back()), borrow(file->text())});
  }
  for (const std::string_view name : default_functions()) texts.functions.push_back(borrow(name));
  for (const std::string& name : functions) texts.functions.push_back(borrow(name));
  return texts;
}

}  // namespace

std::expected<std::vector<model::Migration>, text::Error> read_cxx_sources_with(
    const std::string& module_path, const std::vector<text::FileRef>& files,
    const std::vector<std::string>& functions, const std::string& compile_commands,
    const std::string& working_folder) {
  if (files.empty()) return std::vector<model::Migration>{};
  const auto function = open_module(module_path);
  if (!function) return std::unexpected(function.error());
  const RequestTexts texts = request_texts(files, functions, working_folder);
  std::string commands = compile_commands;
  if (!commands.empty()) commands = (fs::path(working_folder) / commands).string();
  const ModuleRequest request{.abi = kModuleAbi,
                              .sources = texts.sources.data(),
                              .source_count = texts.sources.size(),
                              .functions = texts.functions.data(),
                              .function_count = texts.functions.size(),
                              .compile_commands = borrow(commands)};
  const ResultPointer result((*function)(&request));
  if (result->failure.size > 0) {
    return std::unexpected(error(text::Error::Kind::kInvalid, std::string(view(result->failure))));
  }
  return migrations_of(*result, files);
}

std::expected<std::vector<model::Migration>, text::Error> read_cxx_sources(
    const std::vector<text::FileRef>& files, const std::vector<std::string>& functions,
    const std::string& compile_commands, const std::string& working_folder) {
  if (files.empty()) return std::vector<model::Migration>{};
  const auto module_path = find_module();
  if (!module_path) return std::unexpected(module_path.error());
  return read_cxx_sources_with(*module_path, files, functions, compile_commands, working_folder);
}

}  // namespace forelock::cxx
