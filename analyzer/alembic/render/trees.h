#pragma once

// Trees of expressions that no migration wrote, for statements that a session sends by itself.

#include <string_view>

#include "analyzer/python/value.h"

namespace forelock::alembic {

python::Value symbol_value(python::Symbol symbol);
/// `object.name`
python::Value attribute_of(python::Value object, std::string_view name, python::Place place);
/// `callee(argument)`
python::Value call_of(python::Value callee, python::Value argument, python::Place place);
/// `model.column == value`
python::Value equality_of(const python::Value& model, std::string_view column,
                          const python::Value& value, python::Place place);
/// `statement.where(model.column == value)`
python::Value where_equal(python::Value statement, const python::Value& model,
                          std::string_view column, const python::Value& value, python::Place place);
/// `sa.insert(model)` of which nothing is returned.
python::Value insert_into(const python::Value& model, python::Place place);

}  // namespace forelock::alembic
