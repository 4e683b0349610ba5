// Any bytes as a migration: reading and running them must end, in bounded memory, without a fault.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "analyzer/python/evaluator.h"

namespace {

using namespace forelock;  // NOLINT: a fuzzer is one function.

void run(const std::uint8_t* data, std::size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  const auto file = std::make_shared<text::SourceFile>("fuzz.py", source);
  const auto parsed = python::parse(file);
  python::Host host;
  const python::ModuleFinder finder = [&](std::string_view dotted) {
    // The file may import itself.
    return dotted == "fuzz" ? parsed : nullptr;
  };
  python::Limits limits;
  limits.max_steps = 20'000;
  limits.max_loop_iterations = 200;
  limits.max_string_bytes = 64U * 1024U;
  python::Evaluator evaluator(parsed, host, finder, limits);
  evaluator.run_module();
  evaluator.call("upgrade");
  evaluator.call("downgrade");
  for (const auto& assignment : python::assignments(*parsed)) {
    const auto value = evaluator.global(assignment.name);
    if (!value) continue;
    (void)python::to_repr(*value);
    (void)python::to_str(*value, {});
    (void)evaluator.members(*value);
    if (value->str() == nullptr) continue;
    // A map points into the file, its segments are in order, and verbatim bytes are the same.
    std::uint32_t last = 0;
    for (const text::Segment& s : value->str()->map.segments()) {
      if (s.embedded.begin_byte < last || s.embedded.end_byte > value->str()->text.size())
        __builtin_trap();
      if (s.host.end_byte > size) __builtin_trap();
      last = s.embedded.end_byte;
      const bool same = value->str()->text.compare(s.embedded.begin_byte, s.embedded.size(), source,
                                                   s.host.begin_byte, s.host.size()) == 0;
      if (s.kind == text::SegmentKind::kVerbatim && !same) __builtin_trap();
    }
  }
  (void)python::syntax_problems(*parsed);
  (void)python::comments(*parsed);
  (void)python::functions(*parsed);
  (void)python::imports(*parsed);
  (void)python::docstring(*parsed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  run(data, size);
  return 0;
}
