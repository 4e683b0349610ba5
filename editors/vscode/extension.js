"use strict";

// Starts `forelock server` and hands it the files that may be migrations.

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function documentSelector(cxx) {
  const languages = cxx ? ["python", "sql", "cpp"] : ["python", "sql"];
  return languages.flatMap((language) => [
    { scheme: "file", language },
    { scheme: "untitled", language },
  ]);
}

async function start() {
  const settings = vscode.workspace.getConfiguration("forelock");
  const cxx = settings.get("cxx");
  const server = {
    command: settings.get("path"),
    args: ["server"],
    transport: TransportKind.stdio,
  };
  client = new LanguageClient("forelock", "forelock", server, {
    documentSelector: documentSelector(cxx),
    initializationOptions: { cxx },
  });
  await client.start();
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

exports.activate = async (context) => {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand("forelock.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const ours = ["forelock.path", "forelock.cxx"];
      return ours.some((name) => event.affectsConfiguration(name)) ? restart() : undefined;
    }),
  );
  await start();
};

exports.deactivate = stop;
