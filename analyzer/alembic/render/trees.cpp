#include "analyzer/alembic/render/trees.h"

#include <memory>
#include <string>
#include <utility>

namespace forelock::alembic {

using python::Place;
using python::Symbol;
using python::Value;

Value symbol_value(Symbol symbol) {
  return Value(std::make_shared<const Symbol>(std::move(symbol)));
}

Value attribute_of(Value object, std::string_view name, Place place) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kAttribute;
  symbol.name = std::string(name);
  symbol.operands.push_back(std::move(object));
  symbol.place = place;
  return symbol_value(std::move(symbol));
}

Value call_of(Value callee, Value argument, Place place) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::kCall;
  symbol.operands.push_back(std::move(callee));
  symbol.arguments.positional.push_back(std::move(argument));
  symbol.place = place;
  return symbol_value(std::move(symbol));
}

Value equality_of(const Value& model, std::string_view column, const Value& value, Place place) {
  Symbol equal;
  equal.kind = Symbol::Kind::kBinary;
  equal.name = "==";
  equal.operands = {attribute_of(model, column, place), value};
  equal.place = place;
  return symbol_value(std::move(equal));
}

Value where_equal(Value statement, const Value& model, std::string_view column, const Value& value,
                  Place place) {
  return call_of(attribute_of(std::move(statement), "where", place),
                 equality_of(model, column, value, place), place);
}

Value insert_into(const Value& model, Place place) {
  Symbol insert;
  insert.kind = Symbol::Kind::kCall;
  insert.place = place;
  insert.operands.push_back(python::make_symbol("sqlalchemy.insert", place));
  insert.arguments.positional.push_back(model);
  insert.arguments.keywords.emplace_back("inline", Value(true));
  return symbol_value(std::move(insert));
}

}  // namespace forelock::alembic
