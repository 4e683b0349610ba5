#include "analyzer/project/pins.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

// As in configuration.cpp.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "analyzer/project/paths.h"

namespace forelock::project {
namespace {

using alembic::Version;

constexpr int kOpen = 9999;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// A version with the number of parts that were written.
struct Written {
  Version version;
  int parts = 0;
  bool wildcard = false;  ///< 1.4.*
};

std::optional<Written> written(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('v')) text.remove_prefix(1);
  std::array<int, 3> parts{};
  Written result;
  std::size_t at = 0;
  while (result.parts < 3) {
    std::size_t digits = 0;
    int number = 0;
    while (at + digits < text.size() && is_digit(text[at + digits]) && digits < 6) {
      number = number * 10 + (text[at + digits] - '0');
      ++digits;
    }
    if (digits == 0) {
      result.wildcard = at < text.size() && text[at] == '*';
      break;
    }
    parts.at(static_cast<std::size_t>(result.parts++)) = number;
    at += digits;
    if (at >= text.size() || text[at] != '.') break;
    ++at;
  }
  if (result.parts == 0) return {};
  result.version = {parts[0], parts[1], parts[2]};
  return result;
}

/// The version with everything after the first `kept` parts open.
Version opened(Version version, int kept) {
  if (kept < 2) version.minor = kOpen;
  if (kept < 3) version.patch = kOpen;
  return version;
}

/// The newest version before `bound`.
Version before(Version bound) {
  if (bound.patch > 0) return {bound.major, bound.minor, bound.patch - 1};
  if (bound.minor > 0) return {bound.major, bound.minor - 1, kOpen};
  return {bound.major - 1, kOpen, kOpen};
}

/// The upper end of one clause, "<2.0".
std::optional<Version> upper_end(std::string_view clause) {
  clause = trimmed(clause);
  struct Operator {
    std::string_view spelling;
    enum class Meaning { kExact, kBelow, kUpTo, kCompatible, kCaret, kTilde, kOther } meaning;
  };
  using Meaning = Operator::Meaning;
  constexpr auto kOperators = std::to_array<Operator>({{"===", Meaning::kExact},
                                                       {"==", Meaning::kExact},
                                                       {"~=", Meaning::kCompatible},
                                                       {"<=", Meaning::kUpTo},
                                                       {">=", Meaning::kOther},
                                                       {"!=", Meaning::kOther},
                                                       {"<", Meaning::kBelow},
                                                       {">", Meaning::kOther},
                                                       {"^", Meaning::kCaret},
                                                       {"~", Meaning::kTilde},
                                                       {"=", Meaning::kExact}});
  Meaning meaning = Meaning::kExact;  // a bare version is one in poetry's tables
  for (const Operator& each : kOperators) {
    if (!clause.starts_with(each.spelling)) continue;
    meaning = each.meaning;
    clause.remove_prefix(each.spelling.size());
    break;
  }
  const auto read = written(clause);
  if (!read || meaning == Meaning::kOther) return {};
  const Version version = read->version;
  switch (meaning) {
    case Meaning::kExact:
      return read->wildcard ? opened(version, read->parts) : version;
    case Meaning::kBelow:
      return before(version);
    case Meaning::kUpTo:
      return version;
    case Meaning::kCompatible:
      return opened(version, read->parts - 1);
    case Meaning::kCaret:
      return opened(version, 1);
    case Meaning::kTilde:
      return opened(version, std::min(read->parts, 2));
    case Meaning::kOther:
      break;
  }
  return {};
}

/// Whether a requirement is of a package, whatever its case and extras; `rest` is what follows.
bool names_package(std::string_view line, std::string_view package, std::string_view& rest) {
  if (line.size() < package.size()) return false;
  for (std::size_t i = 0; i < package.size(); ++i) {
    if (lower(line[i]) != package[i]) return false;
  }
  rest = trimmed(line.substr(package.size()));
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return false;
    rest = trimmed(rest.substr(close + 1));
  }
  return !rest.empty() &&
         std::string_view("=<>~!^(@;").find(rest.front()) != std::string_view::npos;
}

void take(std::optional<Version>& into, const std::optional<Version>& version) {
  if (!into && version) into = version;
}

/// "sqlalchemy[asyncio]==1.4.46 ; python_version > '3'"
void read_requirement(std::string_view line, Pins& pins) {
  line = trimmed(line.substr(0, line.find('#')));
  std::string_view rest;
  if (names_package(line, "sqlalchemy", rest)) take(pins.sqlalchemy, newest_allowed(rest));
  if (names_package(line, "alembic", rest)) take(pins.alembic, newest_allowed(rest));
}

template <typename Read>
void each_line(std::string_view text, const Read& read) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// What stands between the first two quotes after `at`.
std::string_view quoted_after(std::string_view text, std::size_t at) {
  const std::size_t open = text.find('"', at);
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  return text.substr(open + 1, close - open - 1);
}

std::optional<Version>* slot_of(std::string_view package, Pins& pins) {
  std::string name(package);
  std::ranges::transform(name, name.begin(), lower);
  if (name == "sqlalchemy") return &pins.sqlalchemy;
  if (name == "alembic") return &pins.alembic;
  return nullptr;
}

/// poetry.lock, uv.lock, pdm.lock: a [[package]] has its name, then its version. These files are
/// large, and written by programs.
void read_lock(std::string_view text, Pins& pins) {
  std::optional<Version>* slot = nullptr;
  each_line(text, [&](std::string_view line) {
    if (line.starts_with("[[")) slot = nullptr;
    if (line.starts_with("name = ")) slot = slot_of(quoted_after(line, 0), pins);
    if (slot != nullptr && line.starts_with("version = ")) {
      take(*slot, version_named(quoted_after(line, 0)));
      slot = nullptr;
    }
  });
}

/// Pipfile.lock: JSON, an object for each package.
void read_pipfile_lock(std::string_view text, Pins& pins) {
  std::optional<Version>* slot = nullptr;
  each_line(text, [&](std::string_view line) {
    if (line.ends_with('{')) {
      slot = slot_of(quoted_after(line, 0), pins);
    } else if (slot != nullptr && line.starts_with("\"version\"")) {
      take(*slot, newest_allowed(quoted_after(line, line.find(':'))));
      slot = nullptr;
    }
  });
}

void read_requirement_list(const toml::node* node, Pins& pins) {
  const toml::array* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr) return;
  for (const toml::node& item : *list) {
    if (const auto text = item.value<std::string>()) read_requirement(*text, pins);
  }
}

/// Tables of poetry and Pipfile: name = "^1.4" or name = {version = "^1.4"}.
void read_requirement_table(const toml::node* node, Pins& pins) {
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  if (table == nullptr) return;
  for (const auto& [key, value] : *table) {
    std::optional<Version>* slot = slot_of(key.str(), pins);
    if (slot == nullptr) continue;
    auto text = value.value<std::string>();
    if (const toml::table* details = value.as_table()) {
      text = (*details)["version"].value<std::string>();
    }
    if (text) take(*slot, newest_allowed(*text));
  }
}

void read_pyproject(const std::string& text, Pins& pins) {
  const toml::parse_result document = toml::parse(text);
  if (!document) return;
  const toml::table& root = document.table();
  read_requirement_list(root["project"]["dependencies"].node(), pins);
  read_requirement_table(root["tool"]["poetry"]["dependencies"].node(), pins);
  read_requirement_table(root["packages"].node(), pins);  // a Pipfile
  const auto groups = [&](const toml::table* table, bool poetry) {
    if (table == nullptr) return;
    for (const auto& [name, group] : *table) {
      if (!poetry) {
        read_requirement_list(&group, pins);
      } else if (const toml::table* inner = group.as_table()) {
        read_requirement_table((*inner)["dependencies"].node(), pins);
      }
    }
  };
  groups(root["project"]["optional-dependencies"].as_table(), false);
  groups(root["dependency-groups"].as_table(), false);
  groups(root["tool"]["poetry"]["group"].as_table(), true);
}

class Reader {
 public:
  explicit Reader(const FileSystem& files) : files_(files) {}

  [[nodiscard]] Pins read(const std::string& folder) const {
    Pins pins;
    for (const char* lock : {"uv.lock", "poetry.lock", "pdm.lock"}) {
      if (const auto text = text_of(join(folder, lock))) read_lock(*text, pins);
    }
    if (const auto text = text_of(join(folder, "Pipfile.lock"))) read_pipfile_lock(*text, pins);
    for (const std::string& path : requirements(folder)) {
      if (const auto text = text_of(path)) {
        each_line(*text, [&](std::string_view line) { read_requirement(line, pins); });
      }
    }
    for (const char* name : {"pyproject.toml", "Pipfile"}) {
      if (const auto text = text_of(join(folder, name))) read_pyproject(*text, pins);
    }
    if (const auto text = text_of(join(folder, "setup.cfg"))) {
      each_line(*text, [&](std::string_view line) { read_requirement(line, pins); });
    }
    return pins;
  }

 private:
  [[nodiscard]] std::optional<std::string> text_of(const std::string& path) const {
    if (!files_.is_file(path)) return {};
    const auto file = files_.read(path, path);
    if (!file) return {};
    return std::string((*file)->text());
  }

  /// requirements.txt first, then its kin by name, then those of a folder requirements.
  [[nodiscard]] std::vector<std::string> requirements(const std::string& folder) const {
    std::vector<std::string> result;
    const auto add = [&](const std::string& where, std::string_view prefix) {
      std::vector<std::string> names;
      for (const FileSystem::Entry& entry : files_.entries(where)) {
        if (!entry.folder && entry.name.starts_with(prefix) &&
            (entry.name.ends_with(".txt") || entry.name.ends_with(".in"))) {
          names.push_back(entry.name);
        }
      }
      // What is compiled (.txt) is exact, what it is compiled from is not.
      std::ranges::sort(names, {}, [](const std::string& name) {
        return std::tuple(name.ends_with(".in"), name != "requirements.txt", name);
      });
      for (const std::string& name : names) result.push_back(join(where, name));
    };
    add(folder, "requirements");
    add(folder, "constraints");
    if (files_.is_folder(join(folder, "requirements"))) add(join(folder, "requirements"), "");
    return result;
  }

  const FileSystem& files_;
};

}  // namespace

std::optional<Version> version_named(std::string_view text) {
  const auto read = written(text);
  return read && !read->wildcard ? std::optional(read->version) : std::nullopt;
}

std::optional<Version> newest_allowed(std::string_view requirement) {
  requirement = trimmed(requirement.substr(0, requirement.find(';')));
  if (requirement.starts_with('(') && requirement.ends_with(')')) {
    requirement = requirement.substr(1, requirement.size() - 2);
  }
  if (const std::size_t space = requirement.find(" --"); space != std::string_view::npos) {
    requirement = requirement.substr(0, space);  // --hash=…
  }
  std::optional<Version> newest;
  while (!requirement.empty()) {
    const std::size_t comma = std::min(requirement.find(','), requirement.size());
    if (const auto end = upper_end(requirement.substr(0, comma));
        end && (!newest || *end < *newest)) {
      newest = end;
    }
    requirement.remove_prefix(std::min(comma + 1, requirement.size()));
  }
  return newest;
}

Pins find_pins(const FileSystem& files, const std::string& folder, const std::string& root) {
  const Reader reader(files);
  Pins pins;
  constexpr int kMaxFolders = 16;
  std::string at = folder;
  for (int i = 0; i < kMaxFolders && !(pins.alembic && pins.sqlalchemy); ++i, at = parent_of(at)) {
    const Pins here = reader.read(at);
    if (!pins.alembic) pins.alembic = here.alembic;
    if (!pins.sqlalchemy) pins.sqlalchemy = here.sqlalchemy;
    if (at == root || at == "/") break;
  }
  return pins;
}

}  // namespace forelock::project
