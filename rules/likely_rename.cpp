#include "rules/likely_rename.h"

#include <algorithm>
#include <array>
#include <set>

namespace forelock::rules {
namespace {

/// A column that the migration drops from or adds to a table, with its step.
struct ColumnChange {
  std::size_t step = 0;
  postgres::Oid table = 0;
  std::string table_name;
  std::string name;
  model::TypeName type;
};

/// Types between which a rename is thinkable: equal ones, and those of one family.
bool alike(const model::TypeName& a, const model::TypeName& b) {
  if (a.array_dimensions != b.array_dimensions) return false;
  if (a.name.name == b.name.name) return true;
  static constexpr std::array<std::string_view, 4> kTexts = {"varchar", "text", "bpchar", "citext"};
  static constexpr std::array<std::string_view, 3> kIntegers = {"int2", "int4", "int8"};
  static constexpr std::array<std::string_view, 2> kTimes = {"timestamp", "timestamptz"};
  const auto both_in = [&](const auto& family) {
    return std::ranges::find(family, a.name.name) != family.end() &&
           std::ranges::find(family, b.name.name) != family.end();
  };
  return both_in(kTexts) || both_in(kIntegers) || both_in(kTimes);
}

/// The column refers to another table.
bool is_reference(const postgres::Catalog& catalog, postgres::Oid oid, std::string_view name) {
  const postgres::Relation* table = catalog.relation(oid);
  const postgres::Column* column = table == nullptr ? nullptr : table->column(name);
  return column != nullptr && std::ranges::any_of(table->constraints, [&](const auto& constraint) {
           return constraint.kind == model::ConstraintKind::kForeignKey &&
                  std::ranges::find(constraint.columns, column->number) != constraint.columns.end();
         });
}

/// A data change of this migration copies the old column's values, so nothing is lost.
bool copies_values(const postgres::MigrationTrace& trace, const ColumnChange& dropped,
                   const ColumnChange& added) {
  return std::ranges::any_of(trace.upgrade.steps, [&](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) return true;  // What is not known may copy.
    const auto* update = std::get_if<model::Update>(&statement->operation);
    if (update == nullptr) return false;
    return std::ranges::any_of(update->assignments, [&](const auto& assignment) {
      if (assignment.first != added.name) return false;
      bool reads = false;
      model::for_each(assignment.second, [&](const model::Expression& part) {
        reads = reads || part.name == dropped.name || part.kind == model::ExpressionKind::kSubquery;
      });
      return reads;
    });
  });
}

/// The words of a name that say what it is about: "is_admin" has "admin", "user_id" has "user".
std::set<std::string, std::less<>> telling_words(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kTellNothing = {
      "at",  "by",     "code", "count",  "date", "flag", "has",  "id",  "is",   "key",
      "new", "number", "old",  "status", "time", "tmp",  "type", "url", "value"};
  std::set<std::string, std::less<>> words;
  std::string word;
  for (const char c : std::string(name) + "_") {
    if (c != '_') {
      word += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      continue;
    }
    if (!word.empty() && std::ranges::find(kTellNothing, word) == kTellNothing.end()) {
      words.insert(word);
    }
    word.clear();
  }
  return words;
}

/// "phone" and "telephone", "org" and "organisation", "project" and "projects".
bool same_word(std::string_view a, std::string_view b) {
  constexpr std::size_t kShortest = 3;
  if (a.size() > b.size()) std::swap(a, b);
  return a == b || (a.size() >= kShortest && b.find(a) != std::string_view::npos);
}

/// The share of telling words that both names have, in thousandths; 0 when they have none in
/// common.
int likeness(std::string_view a, std::string_view b) {
  const auto left = telling_words(a);
  const auto right = telling_words(b);
  const auto common = std::ranges::count_if(left, [&](const std::string& word) {
    return std::ranges::any_of(right,
                               [&](const std::string& other) { return same_word(word, other); });
  });
  const auto larger = static_cast<long>(std::max(left.size(), right.size()));
  return larger == 0 ? 0 : static_cast<int>(common * 1000 / larger);
}

constexpr int kHalf = 500;

/// A rename that would be thinkable, and how like the names are.
struct Candidate {
  LikelyRename rename;
  int likeness = 0;
};

void add_column_candidates(const postgres::MigrationTrace& trace,
                           std::vector<Candidate>& candidates) {
  std::vector<ColumnChange> dropped;
  std::vector<ColumnChange> added;
  for (std::size_t i = 0; i < trace.upgrade.steps.size(); ++i) {
    const postgres::TraceStep& step = trace.upgrade.steps[i];
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) continue;
    for_each_action<model::DropColumn>(*statement, [&](const auto& alter, const auto& action) {
      const postgres::Relation* table = step.before.find_table(alter.table);
      if (table == nullptr || table->created_in_migration == trace.index) return;
      const postgres::Column* column = table->column(action.column);
      if (column == nullptr || column->added_by_this_migration || table->emptied) return;
      dropped.push_back({i, table->oid, shown(*table), column->name, column->type});
    });
    for_each_action<model::AddColumn>(*statement, [&](const auto& alter, const auto& action) {
      const postgres::Relation* table = step.before.find_table(alter.table);
      if (table == nullptr || table->created_in_migration == trace.index) return;
      added.push_back({i, table->oid, shown(*table), action.column.name, action.column.type});
    });
  }
  for (const ColumnChange& drop : dropped) {
    for (const ColumnChange& add : added) {
      if (add.table != drop.table || add.name == drop.name || !alike(add.type, drop.type) ||
          copies_values(trace, drop, add) ||
          is_reference(trace.upgrade.before, drop.table, drop.name) !=
              is_reference(trace.upgrade.after, add.table, add.name)) {
        continue;
      }
      // A type says little: without words in common two columns have nothing to do with each other,
      // and where there is a choice, half of the words is not enough.
      const auto same = [&](const ColumnChange& other) {
        return other.table == drop.table && alike(other.type, drop.type);
      };
      const bool only =
          std::ranges::count_if(dropped, same) == 1 && std::ranges::count_if(added, same) == 1;
      const int like = likeness(drop.name, add.name);
      if (like > kHalf || (only && like == kHalf)) {
        candidates.push_back(
            {{drop.step, add.step, false, drop.table_name, drop.name, add.name}, like});
      }
    }
  }
}

/// Most of `old_table`'s columns are in the new one, too.
bool mostly_same(const postgres::Relation& old_table, const model::CreateTable& created) {
  if (old_table.assumed || old_table.columns.size() < 3) return false;
  const auto same = static_cast<std::size_t>(
      std::ranges::count_if(old_table.columns, [&](const postgres::Column& column) {
        return std::ranges::find(created.columns, column.name, &model::ColumnDefinition::name) !=
               created.columns.end();
      }));
  const std::size_t larger = std::max(old_table.columns.size(), created.columns.size());
  return same * 10 >= larger * 7;
}

/// The migration fills the table, or what it does is not known.
bool is_filled(const postgres::MigrationTrace& trace, std::string_view table) {
  return std::ranges::any_of(trace.upgrade.steps, [&](const postgres::TraceStep& step) {
    const model::Statement* statement = step.step->statement();
    if (statement == nullptr) return true;
    const auto* insert = std::get_if<model::Insert>(&statement->operation);
    return insert != nullptr && insert->table.name == table;
  });
}

void add_table_candidates(const postgres::MigrationTrace& trace,
                          std::vector<Candidate>& candidates) {
  const auto& steps = trace.upgrade.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const model::Statement* statement = steps[i].step->statement();
    if (statement == nullptr) continue;
    const auto* drop = std::get_if<model::Drop>(&statement->operation);
    if (drop == nullptr || drop->kind != model::ObjectKind::kTable) continue;
    for (const model::ObjectReference& object : drop->objects) {
      const postgres::Relation* table = steps[i].before.find_table(object.name);
      if (table == nullptr || table->created_in_migration == trace.index) continue;
      for (std::size_t j = 0; j < steps.size(); ++j) {
        const model::Statement* other = steps[j].step->statement();
        if (other == nullptr) continue;
        const auto* created = std::get_if<model::CreateTable>(&other->operation);
        if (created == nullptr || created->table.name == table->name ||
            !mostly_same(*table, *created) || is_filled(trace, created->table.name)) {
          continue;
        }
        candidates.push_back({{i, j, true, shown(*table), shown(*table),
                               postgres::shown(created->table.schema, created->table.name)},
                              likeness(table->name, created->table.name)});
      }
    }
  }
}

}  // namespace

std::vector<LikelyRename> likely_renames(const postgres::MigrationTrace& trace) {
  std::vector<Candidate> candidates;
  add_column_candidates(trace, candidates);
  add_table_candidates(trace, candidates);
  std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::likeness);
  std::vector<LikelyRename> renames;
  for (const Candidate& candidate : candidates) {
    const LikelyRename& rename = candidate.rename;
    const bool taken = std::ranges::any_of(renames, [&](const LikelyRename& other) {
      return other.table == rename.table &&
             ((other.drop_step == rename.drop_step && other.old_name == rename.old_name) ||
              (other.add_step == rename.add_step && other.new_name == rename.new_name));
    });
    if (!taken) renames.push_back(rename);
  }
  std::ranges::sort(renames, {}, &LikelyRename::drop_step);
  return renames;
}

bool is_likely_rename(const lint::StepContext& ctx, std::string_view old_name) {
  if (ctx.way != lint::Way::kUpgrade) return false;
  return std::ranges::any_of(likely_renames(ctx.migration.trace), [&](const LikelyRename& rename) {
    return rename.drop_step == ctx.index && rename.old_name == old_name;
  });
}

}  // namespace forelock::rules
