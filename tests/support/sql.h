#pragma once

// SQL for tests: statements as a frontend would hand them on.

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/model/migration.h"
#include "analyzer/model/statement.h"

namespace forelock::test {

/// A file of that text; the path is as a report would show it.
text::FileRef source_file(std::string_view text, std::string path = "test.sql");

/// The one statement of `sql`, verbatim in a file of that text. Fails the test when `sql` does not
/// parse or holds not one statement.
model::Statement statement(std::string_view sql);
model::Operation operation(std::string_view sql);

/// The statements of `sql` as steps of one transaction, or each on its own for `transaction` false.
std::vector<model::Step> steps(std::string_view sql, bool one_transaction = true);

/// The expression of `sql`. Fails the test when it does not parse.
model::Expression expression(std::string_view sql);

/// A migration whose two directions are made of these scripts, each in one transaction.
model::Migration migration(std::string_view upgrade, std::string_view downgrade = {},
                           std::string revision = "r1");

}  // namespace forelock::test
