#pragma once

// What sa.inspect(bind) would answer while a revision runs: the catalog that the history left, with
// the revision's own steps so far.

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "analyzer/alembic/compile.h"
#include "analyzer/postgres/replay.h"

namespace forelock::project {

/// Answers one compilation of the revision that comes after what `replay` replayed.
class ReplayedSchema final : public alembic::SchemaOracle {
 public:
  ReplayedSchema(postgres::Replay replay, std::uint32_t index)
      : replay_(std::move(replay)), index_(index) {}

  std::optional<bool> exists(Kind kind, std::string_view name,
                             std::string_view schema) const override;
  std::optional<alembic::SchemaItems> list(Kind kind, std::string_view schema) const override;
  std::optional<alembic::SchemaItems> parts(Part part, std::string_view table,
                                            std::string_view schema) const override;
  void begin_direction() override;
  void ran(const model::Step& step) override;

 private:
  /// The table, when what is known of it holds under every condition.
  [[nodiscard]] const postgres::Relation* find(std::string_view name,
                                               std::string_view schema) const;
  /// Whether the history tells of everything there is: what it does not name is not there.
  [[nodiscard]] bool knows_all() const;
  void follow_transaction(int transaction);

  postgres::Replay replay_;
  std::uint32_t index_;
  int transaction_ = model::kNoTransaction;
  bool begun_ = false;
  std::set<postgres::Oid> doubtful_;  ///< What conditional steps of this revision changed.
  bool dropped_doubtfully_ = false;
};

/// Notes what a compilation asks and answers nothing.
class AskedSchema final : public alembic::SchemaOracle {
 public:
  std::optional<bool> exists(Kind kind, std::string_view name,
                             std::string_view schema) const override;
  std::optional<alembic::SchemaItems> list(Kind kind, std::string_view schema) const override;
  std::optional<alembic::SchemaItems> parts(Part part, std::string_view table,
                                            std::string_view schema) const override;

  std::optional<bool> check_first(Kind kind, std::string_view name,
                                  std::string_view schema) const override;

  [[nodiscard]] bool asked() const { return asked_; }
  /// What was only checked for before it was created or dropped.
  [[nodiscard]] const std::set<std::string>& checked() const { return checked_; }

 private:
  mutable bool asked_ = false;
  mutable std::set<std::string> checked_;
};

}  // namespace forelock::project
