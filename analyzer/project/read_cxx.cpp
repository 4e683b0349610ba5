#include <iterator>
#include <utility>

#include "analyzer/cxx/loader/loader.h"
#include "analyzer/project/frontends.h"
#include "analyzer/project/paths.h"

namespace forelock::project {

model::Project read_cxx(const FoundHistory& found, const ReadContext& context) {
  model::Project project;
  project.name = shown_path(found.folder, context.working_folder);
  project.settings = configured_settings(context.configuration);
  std::vector<text::FileRef> files;
  for (const std::string& path : found.files) {
    auto file = context.files.read(path, shown_path(path, context.working_folder));
    if (file) {
      files.push_back(std::move(*file));
    } else {
      project.problems.push_back(
          {model::Problem::Kind::kRead, nullptr, {}, path + ": " + file.error().message});
    }
  }
  auto migrations = cxx::read_cxx_sources(files, context.configuration.cpp_functions,
                                          context.compile_commands, context.working_folder);
  if (!migrations) {
    project.problems.push_back(
        {model::Problem::Kind::kRead, nullptr, {}, std::move(migrations.error().message)});
    return project;
  }
  project.migrations = std::move(*migrations);
  return project;
}

}  // namespace forelock::project
