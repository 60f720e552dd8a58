#!/usr/bin/env node
// The npm compiler behind the two switches of a native solc that py-solc-x uses.
"use strict";
const fs = require("fs");
const path = require("path");
const solc = require("solc");

const modules = path.join(__dirname, "..", "node_modules");
const read = (name) => ({ contents: fs.readFileSync(path.join(modules, name), "utf8") });

if (process.argv.includes("--standard-json")) {
  process.stdout.write(solc.compile(fs.readFileSync(0, "utf8"), { import: read }));
} else {
  process.stdout.write(`solc, the solidity compiler\nVersion: ${solc.version()}\n`);
}
