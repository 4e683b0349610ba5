#pragma once

// json.dumps and json.loads of constants. Private to analyzer/python.

#include "analyzer/python/interpreter.h"

namespace forelock::python {

Value json_dumps(Interpreter& in, const Arguments& arguments, Place at);
Value json_loads(Interpreter& in, const Arguments& arguments, Place at);

}  // namespace forelock::python
