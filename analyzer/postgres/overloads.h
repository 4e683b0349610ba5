#pragma once

// Which of several functions or operators of one name a call means, as PostgreSQL's parser picks it
// by the types of the arguments.
// Source: src/backend/parser/parse_func.c, parse_oper.c and parse_coerce.c of PostgreSQL 15.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/postgres/catalog.h"
#include "analyzer/postgres/facts/server_data.h"
#include "analyzer/postgres/types.h"

namespace forelock::postgres {

/// A parameter: a type of the server's own, or (`fact` -1) one of the history's.
struct Parameter {
  facts::TypeId fact = -1;
  model::TypeName own;
};
using Candidate = std::vector<Parameter>;

enum class Choice {
  kFound,
  kNone,       ///< 42883.
  kAmbiguous,  ///< 42725.
  kNotKnown,   ///< The type of an argument is not known.
};
struct Chosen {
  Choice choice = Choice::kNone;
  std::size_t index = 0;  ///< Of the candidate; kFound.
};

/// func_match_argtypes() and func_select_candidate(): candidates have as many parameters as there
/// are arguments. Of an exact match the caller takes care.
Chosen choose(const Catalog& catalog, const std::vector<model::TypeName>& given,
              const std::vector<Candidate>& candidates);

struct ChosenOperator {
  Choice choice = Choice::kNone;
  const facts::OperatorFact* fact = nullptr;
};
/// oper() and left_oper().
ChosenOperator choose_operator(const Catalog& catalog, std::string_view name,
                               std::vector<model::TypeName> given);

/// select_common_type(): the type of UNION, CASE, COALESCE, ARRAY[] and their kin. `unmatched`
/// where the types are of different categories; an empty name where one is not known.
struct CommonType {
  model::TypeName type;
  bool unmatched = false;
};
CommonType common_type(const Catalog& catalog, const std::vector<model::TypeName>& given);

/// The result of a call with polymorphic parameters; an empty name where it cannot be told.
/// Source: enforce_generic_type_consistency().
model::TypeName polymorphic_result(const Catalog& catalog, facts::TypeId result,
                                   std::span<const facts::TypeId> wanted,
                                   const std::vector<model::TypeName>& given);

/// Whether a value of type `from` becomes `to` without a cast being written.
bool coerces_implicitly(const Catalog& catalog, const model::TypeName& from,
                        const model::TypeName& to);

bool is_unknown(const model::TypeName& type);  ///< Of a bare literal or NULL.
bool is_polymorphic(facts::TypeId id);         ///< anyelement and its kin, but not "any".
/// Of a range type, built in or not; an empty name where it is not known.
model::TypeName range_subtype(const Catalog& catalog, const model::TypeName& type);

}  // namespace forelock::postgres
