#include "analyzer/project/baseline.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "analyzer/project/paths.h"

namespace forelock::project {
namespace {

using Json = nlohmann::ordered_json;

std::unexpected<Failure> broken(const std::string& path, std::string why) {
  return std::unexpected(Failure{"the baseline " + std::move(why), path});
}

}  // namespace

std::expected<void, Failure> apply_baseline(lint::Report& report,
                                            const Configuration& configuration,
                                            const FileSystem& files) {
  if (configuration.baseline.empty()) return {};
  const std::string path = absolute(
      configuration.baseline, configuration.path.empty() ? "/" : parent_of(configuration.path));
  const auto file = files.read(path, path);
  if (!file) return broken(path, "cannot be read: " + file.error().message);
  const Json json = Json::parse((*file)->text(), nullptr, false);
  if (!json.is_object() || !json.contains("findings") || !json["findings"].is_array()) {
    return broken(path, "is no JSON that `forelock baseline` wrote");
  }
  std::set<std::string> accepted;
  for (const Json& finding : json["findings"]) {
    if (finding.is_object() && finding.contains("fingerprint") &&
        finding["fingerprint"].is_string()) {
      accepted.insert(finding["fingerprint"].get<std::string>());
    }
  }
  for (lint::Finding& finding : report.findings) {
    if (finding.suppressed || !accepted.contains(finding.fingerprint)) continue;
    finding.suppressed = lint::Suppression{lint::Suppression::Kind::kBaseline, ""};
    --report.counts.findings;
    ++report.counts.suppressed;
  }
  return {};
}

std::string write_baseline(const lint::Report& report) {
  Json findings = Json::array();
  for (const lint::Finding& finding : report.findings) {
    if (finding.suppressed) continue;
    findings.push_back(
        {{"rule", std::string(finding.rule)},
         {"path", finding.location.file == nullptr ? std::string() : finding.location.file->path()},
         {"fingerprint", finding.fingerprint}});
  }
  return Json{{"schema", 1}, {"findings", std::move(findings)}}.dump(
             2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace forelock::project
