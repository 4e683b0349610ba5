#pragma once

// Gives the library names of a migration their meaning while the evaluator runs it: each operation
// appends the steps that Alembic would send to PostgreSQL.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/alembic/compile.h"
#include "analyzer/alembic/operations/unit_of_work.h"
#include "analyzer/alembic/render/objects.h"
#include "analyzer/alembic/values.h"
#include "analyzer/model/migration.h"
#include "analyzer/python/evaluator.h"
#include "analyzer/python/host.h"

namespace forelock::alembic {

/// `with op.batch_alter_table(…) as batch`: on PostgreSQL the operations run as they are, all at
/// once when the block ends.
struct Batch {
  std::optional<Name> table;
  std::optional<Name> schema;
  std::vector<model::Step> steps;
  /// recreate="always": the table is made anew and filled, whatever the operations are.
  bool recreated = false;
};

/// One operation being carried out.
struct Operation {
  const python::Arguments& arguments;
  const python::CallSite& site;
  const Context& context;
  Batch* batch = nullptr;  ///< Set for batch_op.x(…); the table then comes from it.
};

/// Operations that the project registered itself: @Operations.register_operation on a class and
/// @Operations.implementation_for on a function.
struct CustomOperations {
  struct Registered {
    std::string name;
    python::Value type;
    std::string method;  ///< The class method that op.<name> calls.
  };
  struct Implementation {
    python::Value type;
    python::Value function;
  };
  std::vector<Registered> registered;
  std::vector<Implementation> implementations;
  bool looked_for = false;  ///< The modules that may register some were run.
};

class Host final : public python::Host {
 public:
  Host(const CompileOptions& options, model::Migration& migration);

  /// Must be called before anything is run.
  void set_evaluator(python::Evaluator& evaluator) {
    evaluator_ = &evaluator;
    file_ = evaluator.file(0);
  }
  /// Steps go to `direction` until finish().
  void begin(model::Direction& direction);
  void finish();

  std::optional<python::Value> attribute(const python::Symbol& object, std::string_view name,
                                         python::Place place) override;
  std::optional<python::Value> attribute(const python::Unknown& object,
                                         std::string_view name) override;
  void set_attribute(const python::Value& object, std::string_view name, const python::Value& value,
                     const python::CallSite& site) override;
  std::optional<python::Value> call(const python::Value& callee, const python::Arguments& arguments,
                                    const python::CallSite& site) override;
  std::optional<std::string> read_file(std::string_view package, std::string_view path) override {
    return options_.read_file ? options_.read_file(package, path) : std::nullopt;
  }
  void decorated(const python::Symbol& decorator, const python::Value& value) override;
  std::optional<bool> is_instance(const python::Symbol& object,
                                  const python::Symbol& type) override;
  std::optional<bool> truth(const python::Symbol& symbol) override;
  std::optional<std::vector<python::Value>> iterate(const python::Symbol& symbol,
                                                    const python::CallSite& site) override;
  std::optional<python::Value> item(const python::Symbol& symbol) override;
  std::optional<text::MappedText> as_str(const python::Symbol& symbol) override;
  std::optional<text::MappedText> to_str(const python::Symbol& symbol,
                                         python::Place place) override;
  std::optional<python::Value> enter(const python::Value& context,
                                     const python::CallSite& site) override;
  void exit(const python::Value& context, const python::CallSite& site) override;
  void not_followed(std::string_view reason, python::Place place, bool conditional) override;

  // ---- for the operations ----------------------------------------------------------------------

  /// Parses `sql` and appends a step for each of its statements.
  void emit(const Sql& sql, const Operation& operation);
  void emit(const text::MappedText& sql, bool partial, const Operation& operation);
  /// Records that something at this call could not be analysed.
  void not_analyzed(std::string reason, const Operation& operation, std::string sql = {});
  /// The same of something that changes rows at most.
  void rows_not_analyzed(std::string reason, const Operation& operation);
  /// Records that Alembic raises an error at this call.
  void refused(std::string reason, const Operation& operation);
  /// Runs sa.text(…), a str or a statement object.
  python::Value execute(const python::Value& statement, const python::Value* parameters,
                        const Operation& operation);
  /// Whether CREATE TYPE of this enum was already emitted with a table in this run.
  bool remember_type(const std::string& key);
  [[nodiscard]] const CompileOptions& options() const { return options_; }
  [[nodiscard]] Context context(const python::CallSite& site) const;
  [[nodiscard]] SchemaOracle* schema() const { return options_.schema; }
  [[nodiscard]] python::Evaluator* evaluator() const { return evaluator_; }
  [[nodiscard]] CustomOperations& custom() { return custom_; }
  [[nodiscard]] UnitOfWork& unit_of_work() { return unit_of_work_; }
  /// Dotted names of what the migration imports.
  [[nodiscard]] std::vector<std::string> imported_modules() const;

 private:
  std::optional<python::Value> call_path(const std::string& name, const python::Value& callee,
                                         const python::Arguments& arguments,
                                         const python::CallSite& site);
  std::optional<python::Value> call_method(const python::Value& callee,
                                           const python::Arguments& arguments,
                                           const python::CallSite& site);
  /// The span in the migration's file that a call belongs to, and the calls that led there.
  [[nodiscard]] text::Span home_span(const python::CallSite& site) const;
  [[nodiscard]] std::vector<text::Location> via(const python::CallSite& site) const;
  /// The call; only from its method's name on where that stands on a later line than what it is
  /// called on, as in CPython's tracebacks.
  [[nodiscard]] text::Span statement_span(const Operation& operation) const;
  /// Notes a call of the API in Migration::calls, once for each place.
  void record_call(const std::string& function, const python::Arguments& arguments,
                   const python::CallSite& site);
  /// Remembers sa.Column(…) and the like for the call that they turn out to stand in.
  void note_constructor(const std::string& name, const python::Arguments& arguments,
                        const python::CallSite& site);
  /// A question to sa.inspect(bind).
  std::optional<python::Value> inspect(std::string_view question,
                                       const python::Arguments& arguments,
                                       const python::CallSite& site);
  std::optional<python::Value> call_connection(std::string_view method,
                                               const python::Arguments& arguments,
                                               const python::CallSite& site);
  /// The same for a connection in autocommit mode.
  std::optional<python::Value> call_autocommit(std::string_view method,
                                               const python::Arguments& arguments,
                                               const python::CallSite& site);
  std::optional<python::Value> create_all(const python::Value& metadata, bool create,
                                          const Operation& operation);
  void append(model::Step step, const Operation& operation);
  void append(model::NotAnalyzed gap, const Operation& operation);
  /// The step's turn has come.
  void run(model::Step step);
  void commit();

  const CompileOptions& options_;
  text::FileRef file_;
  model::Migration& migration_;
  python::Evaluator* evaluator_ = nullptr;
  model::Direction* direction_ = nullptr;
  int transaction_ = 0;
  int next_transaction_ = 1;
  int autocommit_depth_ = 0;
  std::set<std::string> types_;
  std::vector<std::shared_ptr<Batch>> open_batches_;
  std::vector<model::Call> pending_;
  std::map<std::uint64_t, std::uint32_t>
      call_index_;  ///< Begin and end of a call → Migration::calls.
  std::size_t steps_ = 0;
  bool session_used_ = false;                                ///< By this direction.
  std::map<const python::Symbol*, std::size_t> random_ids_;  ///< Of uuid4() and the like.
  CustomOperations custom_;
  std::vector<CompileFunction> compiled_;
  UnitOfWork unit_of_work_;
};

/// Carries out `op.<name>(…)` or `batch_op.<name>(…)`; nothing when there is no such operation.
std::optional<python::Value> run_operation(Host& host, std::string_view name,
                                           const Operation& operation);

}  // namespace forelock::alembic
