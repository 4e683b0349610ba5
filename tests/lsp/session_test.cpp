#include <gtest/gtest.h>

#include <string>

#include "lsp/json_rpc.h"
#include "tests/lsp/support.h"

namespace forelock::lsp {
namespace {

using nlohmann::json;
using testing::Conversation;
using testing::frame;

const std::string kUri = "file:///w/a.sql";

json at(int line, int character) {
  return {{"textDocument", {{"uri", kUri}}},
          {"position", {{"line", line}, {"character", character}}}};
}

json actions_at(int line, int from, int to, const json& context = json::object()) {
  return {{"textDocument", {{"uri", kUri}}},
          {"range",
           {{"start", {{"line", line}, {"character", from}}},
            {"end", {{"line", line}, {"character", to}}}}},
          {"context", context}};
}

json change(int version, const json& changes) {
  return {{"textDocument", {{"uri", kUri}, {"version", version}}}, {"contentChanges", changes}};
}

TEST(Lifecycle, ExitCodeTellsWhetherShutdownCame) {
  EXPECT_EQ(Conversation().initialize().finish(), 0);
  EXPECT_EQ(Conversation().initialize().notify("exit").run(), 1);
  EXPECT_EQ(Conversation().notify("exit").run(), 1);
  EXPECT_EQ(Conversation().run(), 1);
  EXPECT_EQ(Conversation().initialize().request(1, "shutdown").run(), 0) << "end of the stream";
}

TEST(Lifecycle, InitializeSaysWhoAnswersAndInWhichEncoding) {
  Conversation talk;
  talk.initialize({{"general", {{"positionEncodings", {"utf-16", "utf-8"}}}}}).finish();
  const json result = talk.reply("init")["result"];
  EXPECT_EQ(result["capabilities"]["positionEncoding"], "utf-8");
  EXPECT_EQ(result["serverInfo"]["name"], "forelock");
  EXPECT_FALSE(result["serverInfo"]["version"].get<std::string>().empty());
  EXPECT_EQ(result["capabilities"]["textDocumentSync"]["change"], 2);
  EXPECT_FALSE(result["capabilities"].contains("diagnosticProvider"));
  Conversation old;
  old.initialize({{"offsetEncoding", {"utf-8"}}}).finish();
  EXPECT_EQ(old.reply("init")["result"]["offsetEncoding"], "utf-8");
  Conversation plain;
  plain.initialize().finish();
  EXPECT_EQ(plain.reply("init")["result"]["capabilities"]["positionEncoding"], "utf-16");
}

TEST(Lifecycle, RequestsOutOfTurnAreAnsweredWithAnError) {
  Conversation talk;
  talk.request(1, "textDocument/hover", at(0, 0)).request(2, "shutdown").open(kUri, "BAD");
  talk.initialize().request(3, "initialize", {{"capabilities", json::object()}});
  talk.request(4, "no/such").request(5, "$/such").notify("no/such").request("s", "workspace/x");
  talk.request(6, "shutdown", json::array({nullptr}));
  talk.request(7, "textDocument/hover", at(0, 0)).open(kUri, "BAD").notify("exit");
  EXPECT_EQ(talk.run(), 0);
  EXPECT_EQ(talk.error(1), -32002);
  EXPECT_EQ(talk.error(2), -32002);
  EXPECT_EQ(talk.error(3), -32600);
  EXPECT_EQ(talk.error(4), -32601);
  EXPECT_EQ(talk.error(5), -32601);
  EXPECT_EQ(talk.error("s"), -32601);
  EXPECT_TRUE(talk.reply(6).contains("result"));
  EXPECT_TRUE(talk.reply(6)["result"].is_null());
  EXPECT_EQ(talk.error(7), -32600);
  EXPECT_TRUE(talk.published(kUri).empty());
}

TEST(Lifecycle, ShutdownIsAnsweredWhateverItsParams) {
  for (const char* params : {"", R"(,"params":null)", R"(,"params":[])", R"(,"params":[null])",
                             R"(,"params":{})", R"(,"params":7)"}) {
    Conversation talk;
    talk.initialize();
    talk.raw(frame(std::string(R"({"jsonrpc":"2.0","id":9,"method":"shutdown")") + params + "}"));
    talk.notify("exit");
    EXPECT_EQ(talk.run(), 0) << params;
    EXPECT_TRUE(talk.reply(9).contains("result")) << params;
  }
}

TEST(Lifecycle, BadMessagesAreAnsweredAndSurvived) {
  Conversation talk;
  talk.raw(frame("{")).raw(frame("")).raw("Nonsense\r\n\r\n").raw(frame("[]")).raw(frame("7"));
  talk.raw(frame(R"({"id":{},"method":"x"})")).raw(frame(R"({"id":3})"));
  talk.raw(frame(R"({"id":4,"method":5})")).raw(frame(R"({"id":5,"result":null})"));
  talk.raw(frame(std::string(100'000, '[')));
  EXPECT_EQ(talk.initialize().finish(), 0);
  EXPECT_EQ(talk.error(3), -32600);
  EXPECT_EQ(talk.error(4), -32600);
  EXPECT_TRUE(talk.reply(5).is_null());
  int parse_errors = 0, invalid = 0;
  for (const json& message : talk.messages) {
    if (!message.contains("error") || !message["id"].is_null()) continue;
    parse_errors += message["error"]["code"] == -32700;
    invalid += message["error"]["code"] == -32600;
  }
  EXPECT_EQ(parse_errors, 4);
  EXPECT_EQ(invalid, 3);
}

TEST(Lifecycle, BadParamsAreRefused) {
  Conversation talk;
  talk.request("x", "initialize", 7).initialize().open(kUri, "BAD");
  int id = 0;
  for (const char* method : {"textDocument/hover", "textDocument/codeAction"}) {
    for (const json& params :
         {json(nullptr), json(1), json::array(), json{{"textDocument", 1}},
          json{{"textDocument", {{"uri", 1}}}}, json{{"textDocument", {{"uri", kUri}}}},
          json{{"textDocument", {{"uri", "file:///not/open"}}}},
          json{{"textDocument", {{"uri", kUri}}}, {"position", 1}, {"range", 2}},
          json{{"textDocument", {{"uri", kUri}}},
               {"position", {{"line", -1}, {"character", 0}}},
               {"range", json::object()}}}) {
      talk.request(++id, method, params);
    }
  }
  talk.request(100, "textDocument/diagnostic", at(0, 0));
  for (const char* method : {"textDocument/didOpen", "textDocument/didChange",
                             "textDocument/didClose", "textDocument/didSave"}) {
    talk.notify(method, nullptr).notify(method, {{"textDocument", {{"uri", 5}}}});
    talk.notify(method, {{"textDocument", {{"uri", "file:///x"}}}, {"contentChanges", 3}});
  }
  EXPECT_EQ(talk.finish(), 0);
  EXPECT_EQ(talk.error("x"), -32602);
  for (int i = 1; i <= id; ++i) EXPECT_EQ(talk.error(i), -32602) << i;
  EXPECT_EQ(talk.error(100), -32601) << "this client did not say that it pulls";
}

TEST(Lifecycle, ACancelledRequestIsAnsweredOnce) {
  Conversation talk;
  talk.initialize().open(kUri, "BAD");
  for (int id = 1; id <= 50; ++id) {
    talk.request(id, "textDocument/hover", at(0, 1)).notify("$/cancelRequest", {{"id", id}});
  }
  talk.notify("$/cancelRequest", {{"id", 999}}).notify("$/cancelRequest", 3);
  EXPECT_EQ(talk.finish(), 0);
  for (int id = 1; id <= 50; ++id) {
    ASSERT_FALSE(talk.reply(id).is_null()) << id;
    EXPECT_TRUE(talk.error(id) == 0 || talk.error(id) == -32800) << id;
  }
}

TEST(Diagnostics, ArePushedWithVersionAndExactRange) {
  Conversation talk;
  talk.initialize().open(kUri, "é𝄞\n𝄞 BAD\n", 7);
  talk.request(1, "textDocument/hover", at(0, 0)).finish();
  const auto published = talk.published(kUri);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(published[0]["version"], 7);
  ASSERT_EQ(published[0]["diagnostics"].size(), 1U);
  const json diagnostic = published[0]["diagnostics"][0];
  EXPECT_EQ(diagnostic["range"]["start"], (json{{"line", 1}, {"character", 3}}));
  EXPECT_EQ(diagnostic["range"]["end"], (json{{"line", 1}, {"character", 6}}));
  EXPECT_EQ(diagnostic["code"], "drop-column");
  EXPECT_EQ(diagnostic["source"], "forelock");
  EXPECT_EQ(diagnostic["severity"], 2);
}

TEST(Diagnostics, OnlyTheLastVersionIsPublished) {
  Conversation talk;
  talk.initialize().open(kUri, "", 0);
  for (int version = 1; version <= 1000; ++version) {
    talk.notify("textDocument/didChange",
                change(version, json::array({{{"range",
                                               {{"start", {{"line", 0}, {"character", 0}}},
                                                {"end", {{"line", 0}, {"character", 0}}}}},
                                              {"text", version == 1 ? "BAD" : "x"}}})));
  }
  // A request is answered for the document as it is then, and what it made known is published.
  talk.request(1, "textDocument/hover", at(0, 1001)).finish();
  ASSERT_FALSE(talk.published(kUri).empty());
  EXPECT_EQ(talk.published(kUri).back()["version"], 1000);
  EXPECT_EQ(talk.analyzer.texts.back(), std::string(999, 'x') + "BAD");
  EXPECT_FALSE(talk.reply(1)["result"].is_null());
}

TEST(Diagnostics, AreTakenBackOnClose) {
  Conversation talk;
  talk.initialize().open(kUri, "BAD");
  talk.request(1, "textDocument/hover", at(0, 0));
  talk.notify("textDocument/didClose", {{"textDocument", {{"uri", kUri}}}}).finish();
  ASSERT_FALSE(talk.published(kUri).empty());
  EXPECT_TRUE(talk.published(kUri).back()["diagnostics"].empty());
}

TEST(Diagnostics, ArePulledByAClientThatSaysSoAndNeverPushed) {
  Conversation talk;
  talk.initialize({{"textDocument", {{"diagnostic", json::object()}}}}).open(kUri, "BAD");
  talk.request(1, "textDocument/diagnostic", at(0, 0)).finish();
  EXPECT_TRUE(talk.published(kUri).empty());
  const json first = talk.reply(1)["result"];
  EXPECT_EQ(first["kind"], "full");
  EXPECT_EQ(first["items"].size(), 1U);
  Conversation again;
  again.initialize({{"textDocument", {{"diagnostic", json::object()}}}}).open(kUri, "BAD");
  json params = at(0, 0);
  params["previousResultId"] = first["resultId"];
  again.request(1, "textDocument/diagnostic", params).finish();
  EXPECT_EQ(again.reply(1)["result"]["kind"], "unchanged");
}

TEST(Diagnostics, APythonFileThatIsNoMigrationCostsNothing) {
  Conversation talk;
  talk.initialize().open("file:///w/app.py", "BAD = 1\n", 1, "python");
  talk.request(1, "textDocument/hover",
               {{"textDocument", {{"uri", "file:///w/app.py"}}},
                {"position", {{"line", 0}, {"character", 0}}}});
  talk.finish();
  EXPECT_EQ(talk.analyzer.runs, 0);
  ASSERT_EQ(talk.published("file:///w/app.py").size(), 1U);
  EXPECT_TRUE(talk.published("file:///w/app.py")[0]["diagnostics"].empty());
}

TEST(Hover, SpeaksOfTheRule) {
  Conversation talk;
  talk.initialize({{"textDocument", {{"hover", {{"contentFormat", {"markdown"}}}}}}});
  talk.open(kUri, "BAD -- forelock: ignore[drop-column] x\nfine");
  talk.request(1, "textDocument/hover", at(0, 1)).request(2, "textDocument/hover", at(0, 28));
  talk.request(3, "textDocument/hover", at(1, 1)).request(4, "textDocument/hover", at(99, 9));
  talk.finish();
  EXPECT_EQ(talk.reply(1)["result"]["contents"]["kind"], "markdown");
  EXPECT_NE(talk.reply(1)["result"]["contents"]["value"].get<std::string>().find("**drop-column**"),
            std::string::npos);
  EXPECT_EQ(talk.reply(2)["result"]["range"]["start"]["character"], 24);
  EXPECT_TRUE(talk.reply(3)["result"].is_null());
  EXPECT_TRUE(talk.reply(4)["result"].is_null());
}

TEST(CodeActions, FixIgnoreAndFixAll) {
  Conversation talk;
  talk.initialize({{"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}}});
  talk.open(kUri, "x BAD\n  BAD\n", 3);
  talk.request(1, "textDocument/codeAction", actions_at(0, 3, 3));
  talk.request(2, "textDocument/codeAction", actions_at(0, 0, 0, {{"only", {"source.fixAll"}}}));
  talk.request(3, "textDocument/codeAction", actions_at(0, 3, 3, {{"only", {"refactor"}}}));
  talk.request(4, "textDocument/codeAction", actions_at(1, 2, 5, {{"only", {"quickfix"}}}));
  talk.finish();
  const json first = talk.reply(1)["result"];
  ASSERT_EQ(first.size(), 4U) << first.dump(1);
  EXPECT_EQ(first[0]["title"], "Make it good");
  EXPECT_EQ(first[0]["isPreferred"], true);
  const json edit = first[0]["edit"]["documentChanges"][0];
  EXPECT_EQ(edit["textDocument"], (json{{"uri", kUri}, {"version", 3}}));
  EXPECT_EQ(edit["edits"][0]["newText"], "GOOD");
  EXPECT_EQ(first[0]["diagnostics"][0]["code"], "drop-column");
  EXPECT_FALSE(first[1].contains("isPreferred"));
  const json all = talk.reply(2)["result"];
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["kind"], "source.fixAll.forelock");
  EXPECT_EQ(all[0]["edit"]["documentChanges"][0]["edits"].size(), 2U);
  EXPECT_TRUE(talk.reply(3)["result"].empty());
  const json ignored = talk.reply(4)["result"][1]["edit"]["documentChanges"][0]["edits"][0];
  EXPECT_EQ(ignored["newText"], "  -- forelock: ignore[drop-column]\n");
  EXPECT_EQ(ignored["range"]["start"], (json{{"line", 1}, {"character", 0}}));
}

TEST(CodeActions, ChangesForAClientWithoutDocumentChanges) {
  Conversation talk;
  talk.initialize().open(kUri, "BAD");
  talk.request(1, "textDocument/codeAction", actions_at(0, 0, 0, {{"only", {"quickfix"}}}));
  talk.finish();
  EXPECT_EQ(talk.reply(1)["result"][0]["edit"]["changes"][kUri][0]["newText"], "GOOD");
}

TEST(Files, AreWatchedWhereTheClientCan) {
  Conversation talk;
  talk.initialize({{"workspace", {{"didChangeWatchedFiles", {{"dynamicRegistration", true}}}}}});
  talk.finish();
  bool registered = false;
  for (const json& message : talk.messages) {
    registered |= message.value("method", "") == "client/registerCapability";
  }
  EXPECT_TRUE(registered);
}

}  // namespace
}  // namespace forelock::lsp
