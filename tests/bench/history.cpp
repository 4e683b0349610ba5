#include "tests/bench/history.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

namespace forelock::bench {
namespace {

constexpr std::string_view kFolder = "/p/migrations/versions";

std::string id(std::size_t i) { return fmt::format("{:012x}", i * 0x9E3779B97F4A7C15ULL >> 16U); }

/// The bodies of upgrade and downgrade of revision `i`; tables are made by every sixth one.
std::pair<std::string, std::string> body(std::size_t i) {
  const std::size_t table = i / 6;
  switch (i % 6) {
    case 0:
      return {fmt::format(R"py(    op.create_table(
        "table_{0}",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name", sa.UnicodeText(), nullable=True),
        sa.Column("kind", sa.Enum("a", "b", "c", name="kind_{0}"), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{{}}'::jsonb")),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["table_{1}.id"], name=op.f("fk__table_{0}__parent"), ondelete="cascade"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk__table_{0}")),
        sa.UniqueConstraint("name", name=op.f("uq__table_{0}__name")),
    )
    op.create_index(op.f("ix__table_{0}_parent_id"), "table_{0}", ["parent_id"], unique=False)
)py",
                          table, table == 0 ? 0 : table - 1),
              fmt::format(
                  "    op.drop_index(op.f(\"ix__table_{0}_parent_id\"), table_name=\"table_{0}\")\n"
                  "    op.drop_table(\"table_{0}\")\n"
                  "    op.execute(\"DROP TYPE kind_{0}\")\n",
                  table)};
    case 1:
      return {fmt::format(
                  "    op.add_column(\"table_{0}\", sa.Column(\"extra\", sa.String(length=50)))\n"
                  "    with op.get_context().autocommit_block():\n"
                  "        op.create_index(\"ix__table_{0}_extra\", \"table_{0}\", [\"extra\"], "
                  "postgresql_concurrently=True)\n",
                  table),
              fmt::format("    op.drop_index(\"ix__table_{0}_extra\", table_name=\"table_{0}\")\n"
                          "    op.drop_column(\"table_{0}\", \"extra\")\n",
                          table)};
    case 2:
      return {fmt::format("    op.execute(\"\"\"\n        UPDATE table_{0}\n        SET extra = "
                          "coalesce(name, '') || 'x'\n        WHERE extra IS NULL\n    \"\"\")\n"
                          "    op.alter_column(\"table_{0}\", \"extra\", nullable=False)\n",
                          table),
              fmt::format("    op.alter_column(\"table_{0}\", \"extra\", nullable=True)\n", table)};
    case 3:
      return {fmt::format("    for column in (\"one\", \"two\", \"three\"):\n"
                          "        op.add_column(\"table_{0}\", sa.Column(f\"{{column}}_at\", "
                          "sa.DateTime()))\n",
                          table),
              fmt::format("    for column in (\"three\", \"two\", \"one\"):\n"
                          "        op.drop_column(\"table_{0}\", f\"{{column}}_at\")\n",
                          table)};
    case 4:
      return {fmt::format("    op.create_check_constraint(\"ck__table_{0}__extra\", \"table_{0}\", "
                          "\"length(extra) > 0\")\n"
                          "    with op.batch_alter_table(\"table_{0}\") as batch_op:\n"
                          "        batch_op.alter_column(\"name\", type_=sa.String(200), "
                          "existing_type=sa.UnicodeText())\n",
                          table),
              fmt::format("    op.drop_constraint(\"ck__table_{0}__extra\", \"table_{0}\")\n"
                          "    op.alter_column(\"table_{0}\", \"name\", type_=sa.UnicodeText())\n",
                          table)};
    default:
      return {
          fmt::format("    rows = sa.table(\"table_{0}\", sa.column(\"id\", sa.Integer), "
                      "sa.column(\"extra\", sa.String))\n"
                      "    op.bulk_insert(rows, [{{\"id\": 1, \"extra\": \"a\"}}, "
                      "{{\"id\": 2, \"extra\": \"b\"}}])\n"
                      "    op.execute(rows.update().where(rows.c.id == 1).values(extra=\"c\"))\n",
                      table),
          fmt::format("    op.execute(\"DELETE FROM table_{0} WHERE id IN (1, 2)\")\n", table)};
  }
}

std::string revision(std::size_t i) {
  const auto [upgrade, downgrade] = body(i);
  return fmt::format(R"py("""Change number {0}.

Revision ID: {1}
Revises: {2}
Create Date: 2024-01-01 00:00:00

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{1}"
down_revision = {3}
branch_labels = None
depends_on = None


def upgrade():
{4}

def downgrade():
{5})py",
                     i, id(i), i == 0 ? "" : id(i - 1),
                     i == 0 ? std::string("None") : "\"" + id(i - 1) + "\"", upgrade, downgrade);
}

}  // namespace

GeneratedHistory::GeneratedHistory(std::size_t revisions) {
  files_["/p/alembic.ini"] = "[alembic]\nscript_location = migrations\n";
  files_["/p/migrations/env.py"] = "";
  for (std::size_t i = 0; i < revisions; ++i) {
    files_[fmt::format("{}/{}_change.py", kFolder, id(i))] = revision(i);
  }
}

std::expected<text::FileRef, text::Error> GeneratedHistory::read(const std::string& path,
                                                                 std::string shown) const {
  const auto found = files_.find(path);
  if (found == files_.end()) {
    return std::unexpected(text::Error{text::Error::Kind::kNotFound, "no such file"});
  }
  return std::make_shared<const text::SourceFile>(std::move(shown), found->second);
}

bool GeneratedHistory::is_file(const std::string& path) const { return files_.contains(path); }

bool GeneratedHistory::is_folder(const std::string& path) const {
  const auto next = files_.lower_bound(path + "/");
  return next != files_.end() && next->first.starts_with(path + "/");
}

std::vector<std::string> GeneratedHistory::list(const std::string& folder) const {
  std::set<std::string> names;
  const std::string below = folder + "/";
  for (auto file = files_.lower_bound(below);
       file != files_.end() && file->first.starts_with(below); ++file) {
    const std::string_view rest = std::string_view(file->first).substr(below.size());
    names.emplace(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

std::size_t GeneratedHistory::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [path, text] : files_) bytes += text.size();
  return bytes;
}

}  // namespace forelock::bench
