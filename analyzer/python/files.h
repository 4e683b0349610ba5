#pragma once

// Files of the project that the code reads as data: open(…).read(), Path(…).read_text(),
// importlib.resources. The Host decides which of them may be read. Private to analyzer/python.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// Whether there is such a file: true when it may be read, else not known.
Value file_exists(Interpreter& in, const Value& name);
/// `open(…)` and its kin: a symbol of the open file, or unknown when the file may not be read.
Value open_file(Interpreter& in, const Arguments& arguments, Place at);
/// importlib.resources.read_text(package, name) and its kin; `binary` gives bytes.
Value read_resource(Interpreter& in, const Arguments& arguments, Place at, bool binary);
/// A method of a pathlib.Path or of an open file; nothing when `self` is neither.
std::optional<Value> call_file_method(Interpreter& in, const Symbol& self, std::string_view name,
                                      const Arguments& arguments, Place at);

}  // namespace forelock::python
