#pragma once

// One session with one client: lifecycle, dispatch, and all state. Used by one thread.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/lint/rule.h"
#include "lsp/analysis.h"
#include "lsp/client.h"
#include "lsp/documents.h"
#include "lsp/json_rpc.h"
#include "lsp/queue.h"

namespace forelock::lsp {

/// What a session is given.
struct SessionParts {
  std::ostream& out;
  std::ostream& log;
  const project::FileSystem& disk;
  Analyzer& analyzer;
  std::span<const lint::Rule* const> rules;
};

class Session {
 public:
  explicit Session(const SessionParts& parts);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Handles one message and answers it if it is a request. `cancelled`: whether the client has
  /// taken back the request of an id. Never throws for the sake of a message.
  void handle(const Json& message, const std::function<bool(const Json&)>& cancelled);
  /// Analyses what changed and publishes it. The loop calls it when no message waits.
  void publish_changes();
  /// Whether something waits for publish_changes().
  [[nodiscard]] bool has_changes() const { return !stale_.empty(); }
  /// `exit` has come.
  [[nodiscard]] bool ended() const { return phase_ == Phase::kEnded; }
  [[nodiscard]] int exit_code() const { return shut_down_ ? 0 : 1; }

  /// One per request or notification of the protocol; see session.cpp and requests.cpp.
  Result on_initialize(const Json& params);
  Result on_shutdown(const Json& params);
  Result on_hover(const Json& params);
  Result on_code_action(const Json& params);
  Result on_diagnostic(const Json& params);
  void on_initialized(const Json& params);
  void on_open(const Json& params);
  void on_change(const Json& params);
  void on_close(const Json& params);
  void on_save(const Json& params);
  void on_files_changed(const Json& params);
  void on_folders_changed(const Json& params);
  void on_exit(const Json& params);

 private:
  enum class Phase { kFresh, kRunning, kShutDown, kEnded };
  /// What was last published for a document.
  struct Published {
    std::int64_t version = 0;
    std::string diagnostics;
  };

  void send(const Json& message);
  Result call(std::string_view method, const Json& params);
  void notify(std::string_view method, const Json& params);

  /// The document that `params.textDocument.uri` names, analysed as it is now.
  struct Current {
    Document* document = nullptr;
    const FileAnalysis* analysis = nullptr;
    std::string folder;
  };
  std::expected<Current, ResponseError> current(const Json& params);

  /// The workspace folder that holds the path, or the path's own folder.
  [[nodiscard]] std::string working_folder(const std::string& path) const;
  /// All open documents in the folder of `path`, which may be parts of the same history.
  void mark_stale(const std::string& path);
  void mark_all_stale();
  /// Analyses the stale documents in the folder of `path`; they are no longer stale, but
  /// unpublished.
  void analyze_folder(const std::string& path);
  /// The disk with the open buffers over it.
  [[nodiscard]] project::OverlayFileSystem files() const;
  /// Publishes what was analysed since the last time.
  void publish_analyzed();
  void publish(const Document& document);
  void report_failure(const std::optional<project::Failure>& failure);

  const SessionParts parts_;
  Phase phase_ = Phase::kFresh;
  bool shut_down_ = false;
  Client client_;
  Documents documents_;
  std::map<std::string, FileAnalysis, std::less<>> analyses_;  ///< By path; of open documents.
  std::set<std::string, std::less<>> stale_;                   ///< Paths to analyse.
  std::set<std::string, std::less<>> unpublished_;             ///< Paths that were analysed since.
  std::set<std::string, std::less<>> changed_;  ///< Paths whose own text or version changed.
  std::map<std::string, Published, std::less<>> published_;
  std::string shown_failure_;  ///< The failure that the user has been told of.
  std::string failure_uri_;    ///< The configuration file that carries a diagnostic.
  std::int64_t next_request_ = 1;
};

}  // namespace forelock::lsp
