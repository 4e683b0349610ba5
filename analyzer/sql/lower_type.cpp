#include <algorithm>
#include <limits>

#include "analyzer/sql/lower_expression.h"

namespace forelock::sql {
namespace {

/// Index behind the words of a type that starts at `index`, without modifiers of the type and
/// without array bounds: `double precision`, `public.mood`, `timestamp`.
std::size_t type_words_end(const Tokens& tokens, std::size_t index) {
  if (tokens.is(index, "national")) ++index;
  const bool varies = tokens.is(index, "character") || tokens.is(index, "char") ||
                      tokens.is(index, "nchar") || tokens.is(index, "bit");
  if (varies && tokens.is(index + 1, "varying")) return index + 2;
  if (tokens.is(index, "double") && tokens.is(index + 1, "precision")) return index + 2;
  return index + 1;
}

bool is_interval_field(const Tokens& tokens, std::size_t index) {
  for (const std::string_view word : {"year", "month", "day", "hour", "minute", "second"}) {
    if (tokens.is(index, word)) return true;
  }
  return false;
}

/// Index behind `(3) with time zone` and `day to second(3)`.
std::size_t time_end(const Tokens& tokens, std::size_t index) {
  if (tokens.is(index, "(")) index = tokens.skip(index);
  if ((tokens.is(index, "with") || tokens.is(index, "without")) && tokens.is(index + 1, "time") &&
      tokens.is(index + 2, "zone")) {
    return index + 3;
  }
  if (is_interval_field(tokens, index)) {
    ++index;
    if (tokens.is(index, "to")) index += 2;
    if (tokens.is(index, "(")) index = tokens.skip(index);
  }
  return index;
}

std::size_t type_end(const Context& context, Node type_name, std::size_t begin) {
  const Tokens& tokens = context.tokens;
  std::size_t index = std::max(type_words_end(tokens, begin), name_end(context, begin));
  const bool is_time =
      tokens.is(begin, "timestamp") || tokens.is(begin, "time") || tokens.is(begin, "interval");
  if (is_time) {
    index = time_end(tokens, index);
  } else if (tokens.is(index, "(")) {
    index = tokens.skip(index);
  }
  if (type_name.flag("pct_type") && tokens.is(index, "%")) index += 2;
  if (!type_name.list("arrayBounds").empty()) {
    if (tokens.is(index, "array")) ++index;
    while (tokens.is(index, "[")) index = tokens.skip(index);
  }
  return std::min(index, tokens.size());
}

}  // namespace

model::TypeName lower_type(Context& context, Node type_name) {
  model::TypeName type;
  if (!type_name) return type;
  type.name = qualified_name(type_name.list("names"));
  type.set_of = type_name.flag("setof");
  type.array_dimensions = static_cast<int>(std::min<std::size_t>(
      type_name.list("arrayBounds").size(), std::numeric_limits<std::int8_t>::max()));
  bool all_integers = true;
  for (const Node modifier : type_name.list("typmods")) {
    const Node value = modifier.is("A_Const") ? modifier.fixed("ival") : Node();
    all_integers = all_integers && value;
    type.modifiers.push_back(static_cast<int>(value.integer("ival")));
  }
  const std::size_t begin = token_of(context, type_name);
  const std::size_t end = type_end(context, type_name, begin);
  type.span = context.tokens.span({begin, end});
  if (!all_integers) {
    type.modifiers.clear();
    const std::size_t open = context.tokens.find({begin, end}, "(");
    if (open < end)
      type.modifier_text = context.slice(context.tokens.span(context.tokens.inside(open)));
  }
  return type;
}

}  // namespace forelock::sql
