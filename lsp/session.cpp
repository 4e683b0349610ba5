#include "lsp/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "analyzer/project/paths.h"
#include "lsp/transport.h"

namespace forelock::lsp {
namespace {

struct Request {
  std::string_view method;
  Result (Session::*handler)(const Json&);
};

constexpr auto kRequests = std::to_array<Request>({
    {"initialize", &Session::on_initialize},
    {"shutdown", &Session::on_shutdown},
    {"textDocument/hover", &Session::on_hover},
    {"textDocument/codeAction", &Session::on_code_action},
    {"textDocument/diagnostic", &Session::on_diagnostic},
});

struct Notification {
  std::string_view method;
  void (Session::*handler)(const Json&);
};

constexpr auto kNotifications = std::to_array<Notification>({
    {"initialized", &Session::on_initialized},
    {"exit", &Session::on_exit},
    {"textDocument/didOpen", &Session::on_open},
    {"textDocument/didChange", &Session::on_change},
    {"textDocument/didClose", &Session::on_close},
    {"textDocument/didSave", &Session::on_save},
    {"workspace/didChangeConfiguration", &Session::on_files_changed},
    {"workspace/didChangeWatchedFiles", &Session::on_files_changed},
    {"workspace/didChangeWorkspaceFolders", &Session::on_folders_changed},
});

std::unexpected<ResponseError> error(ErrorCode code, std::string message) {
  return std::unexpected(ResponseError{.code = code, .message = std::move(message)});
}

}  // namespace

Session::Session(const SessionParts& parts) : parts_(parts) {}

void Session::send(const Json& message) { write_frame(parts_.out, to_text(message)); }

void Session::handle(const Json& message, const std::function<bool(const Json&)>& cancelled) {
  const auto refuse = [&](const Json& id, ErrorCode code, std::string text) {
    send(failure(id, {.code = code, .message = std::move(text)}));
  };
  if (message.is_discarded()) {
    return refuse(nullptr, ErrorCode::kParseError, "the message is no JSON");
  }
  const Json* id = find(message, "id");
  const bool valid_id = id != nullptr && is_id(*id);
  const Json* method = find(message, "method");
  if (method == nullptr || !method->is_string()) {
    const bool reply = find(message, "result") != nullptr || find(message, "error") != nullptr;
    if (!reply || method != nullptr) {
      refuse(valid_id ? *id : Json(nullptr), ErrorCode::kInvalidRequest,
             "the message is neither a request nor a reply");
    }
    return;
  }
  if (id != nullptr && !valid_id) {
    return refuse(nullptr, ErrorCode::kInvalidRequest, "an id is a number or a text");
  }
  const std::string_view name = method->get_ref<const std::string&>();
  const Json* found = find(message, "params");
  const Json params = found == nullptr ? Json() : *found;
  if (id == nullptr) return notify(name, params);
  if (cancelled(*id)) {
    return refuse(*id, ErrorCode::kRequestCancelled, "the request was cancelled");
  }
  Result result = call(name, params);
  send(result ? success(*id, *std::move(result)) : failure(*id, result.error()));
}

Result Session::call(std::string_view method, const Json& params) {
  if (phase_ == Phase::kFresh && method != "initialize") {
    return error(ErrorCode::kServerNotInitialized, "the server is not initialized yet");
  }
  if (phase_ == Phase::kShutDown) {
    return error(ErrorCode::kInvalidRequest, "the server has been shut down");
  }
  const auto entry = std::ranges::find(kRequests, method, &Request::method);
  if (entry == kRequests.end()) {
    return error(ErrorCode::kMethodNotFound, fmt::format("unknown request \"{}\"", method));
  }
  try {
    return (this->*entry->handler)(params);
  } catch (const std::exception& failure) {
    parts_.log << "forelock server: " << method << ": " << failure.what() << '\n';
    return error(ErrorCode::kInternalError, fmt::format("{} failed: {}", method, failure.what()));
  }
}

void Session::notify(std::string_view method, const Json& params) {
  if (method != "exit" && phase_ != Phase::kRunning) return;
  const auto entry = std::ranges::find(kNotifications, method, &Notification::method);
  if (entry == kNotifications.end()) return;
  try {
    (this->*entry->handler)(params);
  } catch (const std::exception& failure) {
    parts_.log << "forelock server: " << method << ": " << failure.what() << '\n';
  }
}

Result Session::on_initialize(const Json& params) {
  if (phase_ != Phase::kFresh) {
    return error(ErrorCode::kInvalidRequest, "the server is initialized already");
  }
  if (!params.is_object()) {
    return error(ErrorCode::kInvalidParams, "initialize needs an object of parameters");
  }
  client_ = read_client(params);
  phase_ = Phase::kRunning;
  return initialize_result(client_);
}

Result Session::on_shutdown(const Json&) {
  phase_ = Phase::kShutDown;
  shut_down_ = true;
  stale_.clear();
  return nullptr;
}

void Session::on_exit(const Json&) {
  phase_ = Phase::kEnded;
  stale_.clear();
}

void Session::on_initialized(const Json&) {
  if (!client_.watches_files) return;
  Json watchers = Json::array();
  for (const std::string_view glob : {"**/forelock.toml", "**/.forelock.toml", "**/pyproject.toml",
                                      "**/alembic.ini", "**/*.py", "**/*.sql"}) {
    watchers.push_back({{"globPattern", glob}});
  }
  Json registration = {{"id", "forelock-watch"},
                       {"method", "workspace/didChangeWatchedFiles"},
                       {"registerOptions", {{"watchers", std::move(watchers)}}}};
  Json registrations = Json::object();
  registrations["registrations"] = Json::array();
  registrations["registrations"].push_back(std::move(registration));
  send(request(next_request_++, "client/registerCapability", std::move(registrations)));
}

void Session::on_files_changed(const Json&) {
  mark_all_stale();
  if (client_.pull_diagnostics && client_.diagnostic_refresh) {
    send(request(next_request_++, "workspace/diagnostic/refresh", nullptr));
  }
}

void Session::on_folders_changed(const Json& params) {
  for (const std::string& path : read_folders(find_path(params, {"event", "removed"}))) {
    std::erase(client_.folders, path);
  }
  std::ranges::move(read_folders(find_path(params, {"event", "added"})),
                    std::back_inserter(client_.folders));
  mark_all_stale();
}

std::string Session::working_folder(const std::string& path) const {
  std::string_view best;
  for (const std::string& folder : client_.folders) {
    if (project::is_below(path, folder) && folder.size() > best.size()) best = folder;
  }
  return best.empty() ? project::parent_of(path) : std::string(best);
}

}  // namespace forelock::lsp
