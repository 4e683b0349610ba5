#pragma once

// The border between forelock and its C++ frontend, forelock_cxx.so: plain C types and one
// function.
//
// The module links Clang, which costs every start 15 ms and 67 MB, so the binary opens it only when
// C++ sources are to be read (analyzer/cxx/loader). Nothing here allocates or throws over the
// border: the module owns its result until `release` is called.

#include <cstddef>
#include <cstdint>

namespace forelock::cxx {

/// Both sides compare this number; it changes with any type below.
inline constexpr std::uint32_t kModuleAbi = 1;

/// The exported function's name.
inline constexpr char kModuleFunction[] = "forelock_cxx_read";

extern "C" {

/// Borrowed bytes; not ended by a NUL.
struct ModuleText {
  const char* data;
  std::size_t size;
};

struct ModuleSource {
  ModuleText path;  ///< Absolute, or relative to the working folder of the process.
  ModuleText text;  ///< Takes the place of what is on the disk.
};

struct ModuleRequest {
  std::uint32_t abi;  ///< kModuleAbi
  const ModuleSource* sources;
  std::size_t source_count;
  /// Functions that are given SQL, `PQexec` or `pqxx::transaction_base::exec`; all of them.
  const ModuleText* functions;
  std::size_t function_count;
  ModuleText compile_commands;  ///< A compile_commands.json or its folder; may be empty.
};

enum ModuleSegmentKind : std::uint32_t { kModuleVerbatim, kModuleEscaped, kModuleDerived };

/// As text::Segment; the host is the source of the call.
struct ModuleSegment {
  std::uint32_t embedded_begin, embedded_end;
  std::uint32_t host_begin, host_end;
  ModuleSegmentKind kind;
};

/// One call of one of the functions, with what it is given as SQL.
struct ModuleCall {
  std::uint32_t source;  ///< Index into ModuleRequest::sources.
  std::uint32_t begin_byte, end_byte;
  ModuleText function;  ///< As it stands in the call, "PQexec".
  ModuleText sql;       ///< Known text; a part that is not known is left out.
  const ModuleSegment* segments;
  std::size_t segment_count;
  ModuleText unknown;  ///< Why (a part of) the SQL is not known; empty when all of it is.
};

struct ModuleComment {
  std::uint32_t source;
  std::uint32_t begin_byte, end_byte;
};

/// What could not be read.
struct ModuleProblem {
  std::uint32_t source;
  ModuleText message;
};

struct ModuleResult {
  const ModuleCall* calls;  ///< By source and begin.
  std::size_t call_count;
  const ModuleComment* comments;  ///< By source and begin.
  std::size_t comment_count;
  const ModuleProblem* problems;
  std::size_t problem_count;
  ModuleText failure;  ///< Why nothing could be read; empty on success.
  void (*release)(ModuleResult*);
};

using ModuleFunction = ModuleResult* (*)(const ModuleRequest*);

/// Finds the SQL in C++ sources. Never null; the caller releases the result.
[[gnu::visibility("default")]] ModuleResult* forelock_cxx_read(const ModuleRequest* request);

}  // extern "C"

}  // namespace forelock::cxx
