#include "analyzer/history/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace forelock::history {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

model::Migration revision(std::string id, std::vector<std::string> down,
                          std::vector<std::string> depends_on = {},
                          std::vector<std::string> labels = {}) {
  model::Migration migration;
  migration.revision = std::move(id);
  migration.down_revisions = std::move(down);
  migration.depends_on = std::move(depends_on);
  migration.branch_labels = std::move(labels);
  return migration;
}

std::vector<std::string> ids(const RevisionGraph& graph, const std::vector<std::size_t>& indexes) {
  std::vector<std::string> result;
  for (const std::size_t index : indexes) result.push_back(graph.revisions[index].id);
  return result;
}

TEST(RevisionGraph, OrderFollowsParentsWhateverTheFileOrder) {
  const auto graph = build_graph({revision("c", {"b"}), revision("a", {}), revision("b", {"a"})});
  EXPECT_THAT(ids(graph, graph.order), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ids(graph, graph.heads), ElementsAre("c"));
  EXPECT_THAT(ids(graph, graph.bases), ElementsAre("a"));
}

TEST(RevisionGraph, MergeComesAfterBothOfItsParents) {
  const auto graph = build_graph(
      {revision("m", {"x", "y"}), revision("y", {"a"}), revision("x", {"a"}), revision("a", {})});
  EXPECT_THAT(ids(graph, graph.order), ElementsAre("a", "y", "x", "m"));
  EXPECT_THAT(ids(graph, graph.heads), ElementsAre("m"));
}

TEST(RevisionGraph, TwoHeadsAreBothNamed) {
  const auto graph = build_graph({revision("a", {}), revision("b", {"a"}), revision("c", {"a"})});
  EXPECT_THAT(ids(graph, graph.heads), ElementsAre("b", "c"));
}

TEST(RevisionGraph, DependencyOrdersButMakesNoParent) {
  const auto graph = build_graph({revision("late", {}, {"early"}), revision("early", {})});
  EXPECT_THAT(ids(graph, graph.order), ElementsAre("early", "late"));
  EXPECT_THAT(ids(graph, graph.heads), UnorderedElementsAre("early", "late"));
}

TEST(RevisionGraph, DependencyMayBeALabelOrALabelAndAnId) {
  const auto graph =
      build_graph({revision("x", {}, {"billing"}), revision("y", {}, {"billing@b1c2"}),
                   revision("z", {}, {"b1"}), revision("b1c2", {}, {}, {"billing"})});
  EXPECT_THAT(graph.missing, IsEmpty());
  for (const char* id : {"x", "y", "z"}) {
    EXPECT_THAT(ids(graph, graph.find(id)->dependencies), ElementsAre("b1c2")) << id;
  }
}

TEST(RevisionGraph, MissingParentIsNamedAndTheRevisionIsNoBase) {
  const auto graph = build_graph({revision("b", {"gone"})});
  ASSERT_EQ(graph.missing.size(), 1U);
  EXPECT_EQ(graph.missing[0].id, "gone");
  EXPECT_FALSE(graph.missing[0].dependency);
  EXPECT_THAT(graph.bases, IsEmpty());
}

TEST(RevisionGraph, ParentsAreNotShortened) {
  const auto graph = build_graph({revision("abcdef", {}), revision("b", {"abc"})});
  EXPECT_EQ(graph.missing.size(), 1U);
}

TEST(RevisionGraph, DuplicateIdsAreGroupedAndTheFirstIsFound) {
  const auto graph =
      build_graph({revision("a", {}), revision("a", {}), revision("b", {"a"}), revision("a", {})});
  ASSERT_EQ(graph.duplicates.size(), 1U);
  EXPECT_THAT(graph.duplicates[0], ElementsAre(0, 1, 3));
  EXPECT_THAT(graph.revisions[2].parents, ElementsAre(0));
}

TEST(RevisionGraph, CyclesAreFoundAndComeLast) {
  const auto graph = build_graph({revision("x", {"y"}), revision("y", {"x"}), revision("a", {}),
                                  revision("self", {"self"}), revision("after", {"x"})});
  EXPECT_THAT(ids(graph, graph.order), ElementsAre("a", "x", "y", "self", "after"));
  ASSERT_EQ(graph.cycles.size(), 2U);
  EXPECT_THAT(ids(graph, graph.cycles[0]), ElementsAre("x", "y"));
  EXPECT_THAT(ids(graph, graph.cycles[1]), ElementsAre("self"));
}

TEST(RevisionGraph, MigrationsWithoutAnIdAreLeftOut) {
  const auto graph = build_graph({revision("", {}), revision("a", {})});
  ASSERT_EQ(graph.revisions.size(), 1U);
  EXPECT_EQ(graph.revisions[0].migration, 1U);
}

TEST(RevisionGraph, LongHistoriesNeedNoDeepStack) {
  std::vector<model::Migration> migrations;
  for (int i = 0; i < 50'000; ++i) {
    migrations.push_back(
        revision(std::to_string(i), {std::to_string((i + 1) % 50'000)}));  // One great cycle.
  }
  const auto graph = build_graph(migrations);
  ASSERT_EQ(graph.cycles.size(), 1U);
  EXPECT_EQ(graph.cycles[0].size(), 50'000U);
}

class SelectRange : public ::testing::Test {
 protected:
  const RevisionGraph graph_ =
      build_graph({revision("a1", {}), revision("b1", {"a1"}), revision("c1", {"b1"}),
                   revision("c2", {"b1"}), revision("d1", {"c1", "c2"})});
  [[nodiscard]] std::vector<std::string> select(std::string_view range) const {
    const auto selected = select_range(graph_, range);
    return selected ? ids(graph_, *selected) : std::vector<std::string>{"error"};
  }
};

TEST_F(SelectRange, IsOpenAtItsStartAndClosedAtItsEnd) {
  EXPECT_THAT(select("a1:c1"), ElementsAre("b1", "c1"));
}
TEST_F(SelectRange, MayLackAnEnd) {
  EXPECT_THAT(select("b1:"), ElementsAre("c1", "c2", "d1"));
  EXPECT_THAT(select(":b1"), ElementsAre("a1", "b1"));
  EXPECT_THAT(select(":"), ElementsAre("a1", "b1", "c1", "c2", "d1"));
}
TEST_F(SelectRange, OfABranchLeavesOutTheOther) {
  EXPECT_THAT(select("c1:d1"), ElementsAre("c2", "d1"));
}
TEST_F(SelectRange, MayBeOneRevisionOrAShortenedId) {
  EXPECT_THAT(select("c2"), ElementsAre("c2"));
  EXPECT_THAT(select("d"), ElementsAre("d1"));
  EXPECT_THAT(select("base:head"), ElementsAre("a1", "b1", "c1", "c2", "d1"));
}
TEST_F(SelectRange, OfAnUnknownOrAmbiguousIdIsAnError) {
  EXPECT_THAT(select("nope:"), ElementsAre("error"));
  EXPECT_THAT(select("c"), ElementsAre("error"));
}

}  // namespace
}  // namespace forelock::history
