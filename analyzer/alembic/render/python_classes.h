#pragma once

// Classes of the project that stand where SQLAlchemy expects a type or an enum.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/alembic/render/types.h"
#include "analyzer/alembic/values.h"

namespace forelock::alembic {

/// Members of a Python enum class in order: name and value; nothing when `value` is no such class.
std::optional<std::vector<std::pair<python::Value, python::Value>>> enum_members(
    const python::Value& value, const Context& context);
/// The `.value` of a Python enum member, or the name when `name` is asked for; nothing for others.
std::optional<python::Value> enum_member_value(const python::Value& value, const Context& context);
std::optional<python::Value> enum_member_name(const python::Value& value, const Context& context);
/// A type that a TypeDecorator or UserDefinedType of the project makes.
std::optional<Type> read_class_type(const python::Value& value, const Context& context);
/// What a function of the project that is marked @compiles makes of an element or type of the
/// project; nothing when there is none for it or its text is not known.
std::optional<text::MappedText> compiled_text(const python::Value& element, const Context& context);
/// `element.length` of a type of the project that its base was given; nothing for other symbols.
std::optional<python::Value> type_argument(const python::Symbol& attribute);
/// Calls a function of the migration (a lambda, a helper).
python::Value call_function(const python::Value& callee, std::vector<python::Value> arguments,
                            const Context& context);

}  // namespace forelock::alembic
