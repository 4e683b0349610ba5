#pragma once

// Points in time and spans of it that are known: datetime.date(2020, 1, 31), timedelta(days=1),
// relativedelta(months=1). They stay symbols, so that a Host sees what was written; arithmetic,
// methods and texts are worked out here. Private to analyzer/python.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/calendar.h"
#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// The date, datetime or timedelta (in microseconds) that a symbol stands for; nothing when it is
/// none, or a part of it is not known.
std::optional<Moment> read_moment(const Symbol& call);
std::optional<Integer> read_delta(const Symbol& call);
/// With the arguments that repr() shows; unknown beyond the years that Python has.
Value make_moment(Interpreter& in, const Moment& moment, Place at);

/// str() of a date, datetime or timedelta; nothing when a part is not known.
std::optional<std::string> date_text(const Symbol& symbol);

/// left `op` right of two such values, or of a timedelta and an int; nothing for others.
std::optional<Value> date_binary(Interpreter& in, Op op, const Value& left, const Value& right,
                                 Place at);
/// -1, 0 or 1 of two dates, two datetimes or two timedeltas; nothing for others.
std::optional<int> date_order(const Value& left, const Value& right);

/// `self.name(…)`, or the attribute `name` where that begins with a dot.
std::optional<Value> date_method(Interpreter& in, const Symbol& self, std::string_view name,
                                 const Arguments& arguments, Place at);
/// datetime.datetime.strptime(…), calendar.monthrange(…) and the like, by dotted path.
std::optional<Value> call_date_function(Interpreter& in, std::string_view path,
                                        const Arguments& arguments, Place at);

}  // namespace forelock::python
