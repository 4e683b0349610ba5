#pragma once

// Runs a module's code over its syntax tree, for known and unknown values, without side effects,
// with bounded work. Knows Python, not Alembic.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/python/host.h"
#include "analyzer/python/value.h"
#include "analyzer/text/source_file.h"

namespace forelock::python {

struct SyntaxProblem {
  text::Span span;
  std::string message;
};

/// A parsed file: its text and tree. Immutable; may be shared over threads.
class ParsedFile;
std::shared_ptr<const ParsedFile> parse(text::FileRef file);
std::vector<SyntaxProblem> syntax_problems(const ParsedFile& file);

/// A comment with its mark, in order of text.
struct CommentToken {
  text::Span span;
};
std::vector<CommentToken> comments(const ParsedFile& file);

/// A `def` at module level, without running anything.
struct FunctionOutline {
  std::string name;
  text::Span header;  ///< From `def` to the colon.
  text::Span body;
  bool trivial = false;  ///< Only a docstring, `pass`, `...` or a bare return.
};
std::vector<FunctionOutline> functions(const ParsedFile& file);
/// Docstring of the module, if any.
std::optional<std::string> docstring(const ParsedFile& file);
/// An assignment `name = value` or `name: T = value` at module level.
struct AssignmentOutline {
  std::string name;
  text::Span statement;
  text::Span value;
};
std::vector<AssignmentOutline> assignments(const ParsedFile& file);
struct ImportOutline {
  std::string module;
  text::Span span;
};
std::vector<ImportOutline> imports(const ParsedFile& file);

/// Finds a project module's file: "app.models.user" → parsed file, or null. Called at most once per
/// module and evaluation, when a name of it is needed. A relative import of file 0, whose package
/// is not known, is asked for as it is written: ".helpers", "..models".
using ModuleFinder = std::function<std::shared_ptr<const ParsedFile>(std::string_view dotted)>;

struct Limits {
  std::uint64_t max_steps = 2'000'000;  ///< Expressions and statements evaluated per file.
  std::uint32_t max_call_depth = 64;
  std::uint32_t max_loop_iterations = 10'000;
  std::size_t max_string_bytes = 8U * 1024U * 1024U;
};

/// One evaluation of one file. Not thread-safe; make one per file and thread. Lists, dicts and
/// objects that it gives out are emptied when it is destroyed.
class Evaluator {
 public:
  Evaluator(std::shared_ptr<const ParsedFile> file, Host& host, ModuleFinder finder,
            Limits limits = {});
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// Runs the module's top-level code (once).
  void run_module();
  /// A module-level name after run_module(); nothing when it is not bound.
  [[nodiscard]] std::optional<Value> global(std::string_view name) const;

  /// How a call of a function ended.
  enum class Outcome {
    kReturned,
    kRaised,    ///< A `raise` that is certain to be reached.
    kMayRaise,  ///< Under an unknown condition.
    kLimit,     ///< Work limit reached.
    kMissing,   ///< No such function.
  };
  struct Result {
    Outcome outcome = Outcome::kReturned;
    Value value;
    Place raised_at;
    std::string raised;
  };
  /// Calls a module-level function; module state is as run_module() left it (each call starts from
  /// a copy of the module's state). `arguments` that it has no parameter for are left out.
  Result call(std::string_view function, const Arguments& arguments = {});
  /// Runs a project module's top-level code, if it is found and did not run yet.
  void import_module(std::string_view dotted);
  /// Calls any callable value, as the Host needs for callbacks.
  Value call_value(const Value& callee, const Arguments& arguments, const CallSite& site);

  /// Whether `value` is a function whose body, or that of a function it calls, names something that
  /// `wanted` accepts. Nothing is run.
  [[nodiscard]] bool mentions(const Value& value, const std::function<bool(const Value&)>& wanted);

  /// The file with number `Place::file`.
  [[nodiscard]] text::FileRef file(std::uint32_t number) const;
  /// Classes: attributes in order of the body, own and inherited.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> members(
      const Value& class_or_instance) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace forelock::python
