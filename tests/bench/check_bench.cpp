// The whole check against its floor: only reading and parsing the same text, the Python by
// tree-sitter and the SQL that comes out of it by libpg_query, on one thread and on all.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "analyzer/project/parallel.h"
#include "analyzer/project/pipeline.h"
#include "analyzer/python/evaluator.h"
#include "analyzer/sql/parse.h"
#include "rules/registry.h"
#include "tests/bench/history.h"

namespace forelock::bench {
namespace {

project::Request request(unsigned jobs) {
  project::Request result;
  result.working_folder = "/p";
  result.configuration = project::Configuration{};
  result.jobs = jobs;
  return result;
}

const GeneratedHistory& history(std::size_t revisions) {
  static std::map<std::size_t, GeneratedHistory> histories;
  return histories.try_emplace(revisions, revisions).first->second;
}

/// What both directions of each revision run, as one text.
const std::vector<std::string>& sql_of(std::size_t revisions) {
  static std::map<std::size_t, std::vector<std::string>> known;
  auto [entry, fresh] = known.try_emplace(revisions);
  if (!fresh) return entry->second;
  const auto loaded = project::load(history(revisions), request(0), rules::all_rules());
  for (const model::Migration& migration : loaded->front().project.migrations) {
    std::string& text = entry->second.emplace_back();
    for (const model::Direction* direction : {&migration.upgrade, &migration.downgrade}) {
      for (const model::Step& step : direction->steps) {
        if (step.statement() != nullptr) text += step.statement()->sql + ";\n";
      }
    }
  }
  return entry->second;
}

void parse_floor(std::size_t revisions, unsigned jobs) {
  const GeneratedHistory& files = history(revisions);
  std::vector<std::string> paths;
  for (const auto& [path, text] : files.files()) paths.push_back(path);
  project::parallel_for(paths.size(), jobs, [&](std::size_t i) {
    benchmark::DoNotOptimize(python::parse(*files.read(paths[i], paths[i])));
  });
  const std::vector<std::string>& sql = sql_of(revisions);
  project::parallel_for(sql.size(), jobs,
                        [&](std::size_t i) { benchmark::DoNotOptimize(sql::parse(sql[i])); });
}

void whole_check(std::size_t revisions, unsigned jobs) {
  benchmark::DoNotOptimize(project::check(history(revisions), request(jobs), rules::all_rules()));
}

void BM_ParseFloor(benchmark::State& state) {
  const auto revisions = static_cast<std::size_t>(state.range(0));
  sql_of(revisions);
  for (auto _ : state) parse_floor(revisions, static_cast<unsigned>(state.range(1)));
  state.SetBytesProcessed(static_cast<std::int64_t>(history(revisions).bytes()) *
                          state.iterations());
}

void BM_Load(benchmark::State& state) {
  const auto revisions = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(project::load(
        history(revisions), request(static_cast<unsigned>(state.range(1))), rules::all_rules()));
  }
}

void BM_Check(benchmark::State& state) {
  const auto revisions = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) whole_check(revisions, static_cast<unsigned>(state.range(1)));
  state.SetBytesProcessed(static_cast<std::int64_t>(history(revisions).bytes()) *
                          state.iterations());
  state.counters["revisions/s"] =
      benchmark::Counter(static_cast<double>(revisions) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const int revisions : {100, 500, 1'000, 10'000}) {
    for (const int jobs : {1, 2}) bench->Args({revisions, jobs});
  }
  bench->ArgNames({"revisions", "jobs"})->Unit(benchmark::kMillisecond)->UseRealTime();
}
BENCHMARK(BM_ParseFloor)->Apply(sizes);
BENCHMARK(BM_Load)->Apply(sizes);
BENCHMARK(BM_Check)->Apply(sizes);

template <typename Work>
double best_ms(const Work& work) {
  double best = 1e300;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  return best;
}

/// The numbers that the design sets a goal for.
void print_ratios() {
  for (const std::size_t revisions : {100UL, 1'000UL, 10'000UL}) {
    sql_of(revisions);
    const double floor = best_ms([&] { parse_floor(revisions, 2); });
    const double check = best_ms([&] { whole_check(revisions, 2); });
    std::printf("%5zu revisions, 2 threads: parsing alone %.1f ms, check %.1f ms, ratio %.2f\n",
                revisions, floor, check, check / floor);
  }
}

}  // namespace
}  // namespace forelock::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  forelock::bench::print_ratios();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
