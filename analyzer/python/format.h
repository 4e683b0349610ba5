#pragma once

// Formatting of text and small helpers that the evaluator's parts share. Private to
// analyzer/python.

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/python/interpreter.h"

namespace forelock::python {

/// `format % arguments`, keeping source maps.
Value format_percent(Interpreter& in, const Value& format, const Value& arguments, Place at);
/// `format.format(…)`, keeping source maps.
Value format_method(Interpreter& in, const Value& format, const Arguments& arguments, Place at);
/// Appends format(value, spec).
void append_formatted(Interpreter& in, text::MappedText& out, const Value& value,
                      std::string_view spec, Place at);
/// Appends a placeholder for text that is not known.
void append_hole(text::MappedText& out, Place at);

/// Sets a key of a dict; a key that is not known makes it incomplete.
void dict_set(Dict& dict, const Value& key, const Value& value);
/// Finds a key: its value, null when it is certainly not there, nothing when not known.
std::optional<const Value*> dict_get(const Dict& dict, const Value& key);

/// Python's `is`, as far as that is evident.
std::optional<bool> identical(const Value& a, const Value& b);
/// Python's `item in container`.
std::optional<bool> contains_item(Interpreter& in, const Value& container, const Value& item);
/// -1, 0 or 1 of two values that Python can order; nothing when not known.
std::optional<int> order_values(const Value& a, const Value& b);

/// `object[from:to:stride]`.
Value slice_value(Interpreter& in, const Value& object, std::optional<Integer> from,
                  std::optional<Integer> to, Integer stride, Place at);

/// Code points of a UTF-8 text, and the byte where the one with that number begins.
std::size_t code_points(std::string_view text);
std::size_t byte_of_code_point(std::string_view text, std::size_t index);

}  // namespace forelock::python
