#include <algorithm>
#include <array>

#include "analyzer/cxx/loader/loader.h"

namespace forelock::cxx {
namespace {

constexpr auto kDefaultFunctions = std::to_array<std::string_view>({
    "PQexec",
    "PQexecParams",
    "PQprepare",
    "PQsendQuery",
    "PQsendQueryParams",
    "PQsendPrepare",
    "pqxx::transaction_base::exec",
    "pqxx::transaction_base::exec0",
    "pqxx::transaction_base::exec1",
    "pqxx::transaction_base::exec_n",
    "pqxx::transaction_base::exec_params",
    "pqxx::transaction_base::exec_params0",
    "pqxx::transaction_base::exec_params1",
    "pqxx::transaction_base::exec_params_n",
    "pqxx::transaction_base::for_each",
    "pqxx::transaction_base::for_query",
    "pqxx::transaction_base::for_stream",
    "pqxx::transaction_base::query",
    "pqxx::transaction_base::query0",
    "pqxx::transaction_base::query01",
    "pqxx::transaction_base::query1",
    "pqxx::transaction_base::query_n",
    "pqxx::transaction_base::query_value",
    "pqxx::transaction_base::stream",
    "pqxx::connection::prepare",
});

constexpr auto kSuffixes = std::to_array<std::string_view>(
    {".c", ".cc", ".cpp", ".cxx", ".c++", ".C", ".h", ".hh", ".hpp", ".hxx", ".h++", ".ipp"});

}  // namespace

std::span<const std::string_view> default_functions() { return kDefaultFunctions; }

bool is_cxx_file(std::string_view path) {
  return std::ranges::any_of(kSuffixes,
                             [path](std::string_view suffix) { return path.ends_with(suffix); });
}

}  // namespace forelock::cxx
