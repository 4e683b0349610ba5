#include "analyzer/python/builtins.h"
namespace forelock::python {
std::optional<Value> call_stdlib(Interpreter&, std::string_view, const Arguments&,
                                 const CallSite&) {
  return {};
}
std::optional<Value> stdlib_constant(Interpreter&, std::string_view, Place) { return {}; }
std::optional<Value> call_stdlib_method(Interpreter&, const Symbol&, std::string_view,
                                        const Arguments&, Place) {
  return {};
}
}  // namespace forelock::python
