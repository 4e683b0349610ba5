#include "analyzer/cxx/compile.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/FileManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Tooling/CompilationDatabase.h>
#include <clang/Tooling/JSONCompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "analyzer/cxx/tokens.h"
#include "analyzer/cxx/visitor.h"

// The names of overridden functions are Clang's.
// NOLINTBEGIN(readability-identifier-naming)

namespace forelock::cxx {
namespace {

namespace fs = std::filesystem;

/// Headers that are not there are passed over, and what needs them is found by name.
class MissingHeaders : public clang::PPCallbacks {
 public:
  bool FileNotFound(llvm::StringRef) override { return true; }
  bool EmbedFileNotFound(llvm::StringRef) override { return true; }
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(const SqlFunctions& functions, TreeResult& result)
      : functions_(functions), result_(result) {}
  void HandleTranslationUnit(clang::ASTContext& context) override {
    result_ = read_tree(context, functions_);
  }

 private:
  const SqlFunctions& functions_;
  TreeResult& result_;
};

class Action : public clang::ASTFrontendAction {
 public:
  Action(const SqlFunctions& functions, TreeResult& result)
      : functions_(functions), result_(result) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    compiler.getPreprocessor().addPPCallbacks(std::make_unique<MissingHeaders>());
    return std::make_unique<Consumer>(functions_, result_);
  }

 private:
  const SqlFunctions& functions_;
  TreeResult& result_;
};

/// Options of a compile command that are kept: what says which text is compiled, and as which
/// language. Above all no plugins, no `-Xclang`, no response files.
struct KeptOption {
  std::string_view name;
  bool is_path;
  bool joins;  ///< The value may be a part of the same word.
};

constexpr auto kKeptOptions = std::to_array<KeptOption>({
    {"-isystem", true, true},
    {"-iquote", true, true},
    {"-idirafter", true, true},
    {"-isysroot", true, true},
    {"-include", true, false},
    {"-I", true, true},
    {"-D", false, true},
    {"-U", false, true},
});

constexpr auto kKeptFlags = std::to_array<std::string_view>(
    {"-nostdinc", "-nostdinc++", "-pthread", "-m32", "-m64", "-fno-exceptions", "-fno-rtti"});

bool is_kept_flag(std::string_view word) {
  return word.starts_with("-std=") || word.starts_with("-stdlib=") ||
         std::ranges::find(kKeptFlags, word) != kKeptFlags.end();
}

std::vector<std::string> kept_options(const clang::tooling::CompileCommand& command) {
  std::vector<std::string> kept;
  const auto value_of = [&](const KeptOption& option, std::string_view value) {
    return option.is_path ? (fs::path(command.Directory) / value).string() : std::string(value);
  };
  const std::vector<std::string>& words = command.CommandLine;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (is_kept_flag(word)) kept.emplace_back(word);
    for (const KeptOption& option : kKeptOptions) {
      if (!word.starts_with(option.name)) continue;
      if (word.size() == option.name.size()) {
        if (i + 1 < words.size()) {
          kept.emplace_back(option.name);
          kept.push_back(value_of(option, words[++i]));
        }
      } else if (option.joins) {
        kept.emplace_back(option.name);
        kept.push_back(value_of(option, word.substr(option.name.size())));
      }
      break;
    }
  }
  return kept;
}

/// Clang's own headers (stddef.h and the like), where they are installed.
std::optional<std::string> resource_folder() {
  for (const char* folder : {"/usr/lib/llvm-19/lib/clang/19", "/usr/lib/clang/19"}) {
    std::error_code code;
    if (fs::is_directory(fs::path(folder) / "include", code)) return folder;
  }
  return std::nullopt;
}

std::vector<std::string> command_line(const std::string& path,
                                      const clang::tooling::CompilationDatabase* database) {
  const bool c = path.ends_with(".c");
  std::vector<std::string> line = {"clang", "-fsyntax-only", "-w", "-ferror-limit=0"};
  if (const auto folder = resource_folder()) line.push_back("-resource-dir=" + *folder);
  line.insert(line.end(), {"-x", c ? "c" : "c++"});
  std::vector<std::string> kept;
  if (database != nullptr) {
    const auto commands = database->getCompileCommands(path);
    if (!commands.empty()) kept = kept_options(commands.front());
  }
  const bool standard =
      std::ranges::any_of(kept, [](const std::string& word) { return word.starts_with("-std="); });
  if (!standard) line.emplace_back(c ? "-std=gnu17" : "-std=gnu++20");
  std::ranges::move(kept, std::back_inserter(line));
  // Calls with mistakes in them stay in the tree, and constant expressions stay short.
  line.insert(line.end(), {"-Xclang", "-frecovery-ast", "-fconstexpr-steps=100000", "--", path});
  return line;
}

TreeResult parse(const std::string& path, const std::string& text, const SqlFunctions& functions,
                 const clang::tooling::CompilationDatabase* database) {
  TreeResult result;
  const auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  memory->addFile(path, 0, llvm::MemoryBuffer::getMemBufferCopy(text, path));
  // A file system of its own, so that nobody's working folder changes.
  const auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(
      llvm::vfs::createPhysicalFileSystem().release());
  overlay->pushOverlay(memory);
  const auto files =
      llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(), overlay);
  clang::tooling::ToolInvocation invocation(
      command_line(path, database), std::make_unique<Action>(functions, result), files.get());
  clang::IgnoringDiagConsumer ignored;
  invocation.setDiagnosticConsumer(&ignored);
  invocation.run();  // Fails for every error in the source; what could be read was read.
  return result;
}

}  // namespace

std::expected<std::unique_ptr<clang::tooling::CompilationDatabase>, std::string> open_database(
    const std::string& path) {
  std::error_code code;
  const fs::path file =
      fs::is_directory(path, code) ? fs::path(path) / "compile_commands.json" : fs::path(path);
  std::string why;
  std::unique_ptr<clang::tooling::CompilationDatabase> database =
      clang::tooling::JSONCompilationDatabase::loadFromFile(
          file.string(), why, clang::tooling::JSONCommandLineSyntax::AutoDetect);
  if (database == nullptr) return std::unexpected(file.string() + ": " + why);
  return database;
}

SourceResult read_source(const std::string& path, const std::string& text,
                         const SqlFunctions& functions,
                         const clang::tooling::CompilationDatabase* database) {
  TreeResult tree = parse(path, text, functions, database);
  TokenResult tokens = read_tokens(text, functions, tree.known);
  SourceResult result{.calls = std::move(tree.calls), .comments = std::move(tokens.comments)};
  std::ranges::move(tokens.calls, std::back_inserter(result.calls));
  std::ranges::stable_sort(result.calls, {}, &FoundCall::call);
  return result;
}

}  // namespace forelock::cxx

// NOLINTEND(readability-identifier-naming)
