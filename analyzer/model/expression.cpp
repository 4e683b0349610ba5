#include "analyzer/model/expression.h"

#include <algorithm>

namespace forelock::model {

bool same_expression(const Expression& a, const Expression& b) {
  // A sub-query is compared by its text: two spellings of one query count as different.
  const auto query_text = [](const Expression& e) {
    return e.query ? std::string_view(e.query->sql) : std::string_view();
  };
  return a.kind == b.kind && a.constant == b.constant && a.qualifier == b.qualifier &&
         a.name == b.name && a.type == b.type && query_text(a) == query_text(b) &&
         std::ranges::equal(a.args, b.args, same_expression);
}

}  // namespace forelock::model
