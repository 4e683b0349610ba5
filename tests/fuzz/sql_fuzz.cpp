// Any bytes as a script, as one text of SQL, as an emitted stream and as a PL/pgSQL body.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "analyzer/model/dump.h"
#include "analyzer/sql/parse.h"
#include "analyzer/sql/script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace forelock;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto file = std::make_shared<const text::SourceFile>("fuzz.sql", text);
  const model::Migration migration = sql::read_script(file, false);
  for (const model::Step& step : migration.upgrade.steps) {
    const model::Statement* statement = step.statement();
    if (statement == nullptr) continue;
    if (step.span.end_byte > size) __builtin_trap();
    if (statement->sql.size() != step.span.size()) __builtin_trap();
    (void)model::dump(statement->operation);
  }
  for (const model::Problem& problem : migration.problems) {
    if (problem.span.end_byte > size) __builtin_trap();
  }
  (void)sql::read_emitted_stream(file);
  (void)sql::parse_plpgsql(text);
  (void)sql::parse_expression(text);
  return 0;
}
