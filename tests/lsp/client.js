"use strict";

// Drives `forelock server` with VS Code's own protocol layer. Prints one JSON object; an assertion
// that fails ends with code 1.
//
// usage: node client.js SCENARIO FORELOCK NODE_MODULES PROJECT FILE

const assert = require("node:assert");
const fs = require("node:fs");
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { performance } = require("node:perf_hooks");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const [scenario, forelock, modules, project, file] = process.argv.slice(2);
const load = createRequire(path.join(modules, "package.json"));
const rpc = load("vscode-jsonrpc/node");
const lsp = load("vscode-languageserver-protocol/node");

const uri = pathToFileURL(file).href;

/// A running server with a connection to it, and the diagnostics it publishes.
class Server {
  constructor() {
    this.child = spawn(forelock, ["server"], { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.child.on("exit", (code) => resolve(code)));
    this.connection = lsp.createProtocolConnection(
      new rpc.StreamMessageReader(this.child.stdout),
      new rpc.StreamMessageWriter(this.child.stdin),
    );
    this.published = [];
    this.waiting = [];
    this.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      this.waiting.splice(0).forEach((wake) => wake());
    });
    this.connection.onRequest(lsp.RegistrationRequest.type, () => undefined);
    this.connection.listen();
  }

  initialize(capabilities) {
    return this.connection.sendRequest(lsp.InitializeRequest.type, {
      processId: process.pid,
      rootUri: pathToFileURL(project).href,
      workspaceFolders: [{ uri: pathToFileURL(project).href, name: "project" }],
      capabilities,
    }).then(async (result) => {
      await this.connection.sendNotification(lsp.InitializedNotification.type, {});
      return result;
    });
  }

  open(text, version) {
    return this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: file.endsWith(".sql") ? "sql" : "python", version, text },
    });
  }

  change(version, contentChanges) {
    return this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  async diagnostics(version) {
    for (;;) {
      const found = this.published.find((p) => p.uri === uri && p.version === version);
      if (found) return found.diagnostics;
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  async stop() {
    await this.connection.sendRequest(lsp.ShutdownRequest.type);
    await this.connection.sendNotification(lsp.ExitNotification.type);
    return this.ended;
  }
}

const capabilities = {
  general: { positionEncodings: ["utf-16"] },
  workspace: {
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, versionSupport: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};

/// The byte-free position of a text, as editors count: UTF-16.
function positionOf(text, part) {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return { line: before.length - 1, character: before.at(-1).length };
}

function applied(text, edits) {
  const lines = text.split("\n");
  const offset = (p) =>
    lines.slice(0, p.line).reduce((sum, line) => sum + line.length + 1, 0) + p.character;
  const sorted = [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start));
  return sorted.reduce(
    (result, edit) =>
      result.slice(0, offset(edit.range.start)) + edit.newText + result.slice(offset(edit.range.end)),
    text,
  );
}

const scenarios = {
  /// Diagnostics, hover, a quick fix, and the end.
  async edit() {
    const server = new Server();
    const hello = await server.initialize(capabilities);
    assert.strictEqual(hello.serverInfo.name, "forelock");
    assert.strictEqual(hello.capabilities.positionEncoding, "utf-16");
    const text = fs.readFileSync(file, "utf8");
    await server.open(text, 1);
    const found = await server.diagnostics(1);
    const wanted = found.filter((d) => d.code === "index-not-concurrent");
    assert.strictEqual(wanted.length, 1, JSON.stringify(found));
    const [diagnostic] = wanted;
    assert.strictEqual(diagnostic.source, "forelock");

    const hover = await server.connection.sendRequest(lsp.HoverRequest.type, {
      textDocument: { uri },
      position: diagnostic.range.start,
    });
    assert.match(hover.contents.value, /index-not-concurrent/);
    assert.strictEqual(hover.contents.kind, "markdown");

    const actions = await server.connection.sendRequest(lsp.CodeActionRequest.type, {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic], only: ["quickfix"] },
    });
    assert.ok(actions.every((action) => action.kind === "quickfix"));
    const ignore = actions.find((action) => /^Ignore .* on this line$/.test(action.title)
      && action.diagnostics[0].code === diagnostic.code);
    const fixes = actions.filter((action) => action.diagnostics[0].code === diagnostic.code
      && !action.title.startsWith("Ignore "));
    assert.ok(ignore, JSON.stringify(actions));
    const edited = {};
    let version = 1;
    for (const action of [...fixes.slice(0, 1), ignore]) {
      const [change] = action.edit.documentChanges;
      assert.deepStrictEqual(change.textDocument, { uri, version: 1 });
      const changed = applied(text, change.edits);
      version += 1;
      await server.change(version, [{ text: changed }]);
      edited[action.title] = {
        text: changed,
        left: (await server.diagnostics(version)).map((d) => d.code),
      };
      assert.ok(!edited[action.title].left.includes(diagnostic.code), JSON.stringify(edited));
    }
    await server.connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, {
      textDocument: { uri },
    });
    const code = await server.stop();
    assert.deepStrictEqual(server.published.at(-1).diagnostics, []);
    return { diagnostic, found, fixes: fixes.map((f) => f.title), edited, code };
  },

  /// Milliseconds from a keystroke to its diagnostics.
  async latency() {
    const server = new Server();
    await server.initialize(capabilities);
    const text = fs.readFileSync(file, "utf8");
    const begin = performance.now();
    await server.open(text, 0);
    await server.diagnostics(0);
    const first = performance.now() - begin;
    const at = positionOf(text, "upgrade");
    const times = [];
    for (let version = 1; version <= 20; version += 1) {
      const before = performance.now();
      await server.change(version, [
        { range: { start: { line: at.line, character: 0 }, end: { line: at.line, character: 0 } },
          text: version % 2 ? "# x\n" : "\n" },
      ]);
      await server.diagnostics(version);
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    return { first, median: times[10], worst: times.at(-1), code: await server.stop() };
  },
};

scenarios[scenario]().then(
  (result) => {
    console.log(JSON.stringify(result));
    process.exit(0);
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
