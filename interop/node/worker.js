// The Node process of the tests: requests as lines of JSON on standard input, what happens as lines on standard output.
// Called with the folder whose node_modules hold the published SDK.
"use strict";

const { createRequire } = require("node:module");
const readline = require("node:readline");

const published = createRequire(`${process.argv[2]}/`);

// The SDK logs addresses; standard output is ours.
console.log = console.error;

// What the SDK takes from a browser and Node does not have, or not in every release.
globalThis.window = globalThis;
globalThis.navigator ??= { userAgent: "Node.js" };
globalThis.WebSocket ??= published("ws");
globalThis.XMLHttpRequest = class extends EventTarget {
  readyState = 0;
  status = 0;
  responseText = "";
  #controller = new AbortController();
  #headers = {};

  open(method, url) {
    this.method = method;
    this.url = url;
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  abort() {
    this.#controller.abort();
  }

  send(body) {
    const options = { method: this.method, headers: this.#headers, body: body ?? undefined, signal: this.#controller.signal };
    this.#run(options).catch((error) => {
      this.onerror?.(error);
      this.dispatchEvent(new Event("loadend"));
    });
  }

  async #run(options) {
    const answer = await fetch(this.url, options);
    this.responseText = await answer.text();
    this.status = answer.status;
    this.readyState = 4;
    this.onreadystatechange?.();
    this.dispatchEvent(new Event("loadend"));
  }
};

require("./driver.js");
const carryOut = startDriver(published("agora-signaling-sdk"), (message) =>
  process.stdout.write(`${JSON.stringify(message)}\n`),
);
readline.createInterface({ input: process.stdin }).on("line", (line) => carryOut(JSON.parse(line)));
process.stdin.on("end", () => process.exit(0));
