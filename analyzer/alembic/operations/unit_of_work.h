#pragma once

// What an ORM session was given and has not sent yet. Names: SQLAlchemy, "unit of work" and
// "flush".

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/alembic/values.h"
#include "analyzer/python/host.h"
#include "analyzer/python/value.h"

namespace forelock::alembic {

class Host;

/// A row that a query gave: its mapped class. Each row has a pointer of its own.
using Row = std::shared_ptr<const python::Value>;

/// The changes of objects in the order they were made. A session sends them when it is flushed: by
/// flush() and commit(), and before each of its queries.
class UnitOfWork {
 public:
  /// session.add(Model(…)): its row is what the object holds when the session is flushed.
  void add(const python::Value& instance, const python::CallSite& site);
  /// `row.attribute = value` on a row that a query gave. Changes of one row that follow each other
  /// are one UPDATE.
  void change(const Row& row, std::string_view attribute, const python::Value& value,
              const python::CallSite& site);
  /// session.delete(row)
  void remove(const Row& row, const python::CallSite& site);

  /// Emits the statements; nothing is left.
  void flush(Host& host);
  void clear() { changes_.clear(); }

 private:
  struct Change {
    enum class Kind { kInsert, kUpdate, kDelete };
    Kind kind = Kind::kInsert;
    python::Value instance;  ///< To insert.
    Row row;                 ///< To update or delete.
    std::vector<std::pair<std::string, python::Value>> values;
    python::CallSite site;
  };
  std::vector<Change> changes_;
};

/// The mapped class whose rows `query` gives (session.query(Model)…, sa.select(Model)…); nothing
/// when it gives something else or the table is not known.
std::optional<python::Value> model_of_query(const python::Value& query, const Context& context);
/// Rows of the database; of `model`, if that is known.
python::Value rows_of(const std::optional<python::Value>& model);
/// The row that something unknown stands for; null for other values.
Row row_of(const python::Value& value);

}  // namespace forelock::alembic
