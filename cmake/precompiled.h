// The headers that most files include, precompiled by cmake/settings.cmake. The file that includes
// too little still compiles with them: headers_test.py compiles every header without, and so does
// `pip install .` every file.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/model/project.h"
#include "analyzer/text/source_map.h"
