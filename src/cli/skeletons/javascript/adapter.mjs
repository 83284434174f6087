// Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.
//
// Run:   node adapter.mjs
// Test:  countersign test --adapter 'node adapter.mjs'
//
// Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.

// The library refuses the input: a code of the protocol, or null, and a message.
class Reject extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// The library does not offer this, such as "feature:realm".
class Unsupported extends Error {}

// ---- YOUR LIBRARY ---------------------------------------------------------------------------------------------------

const OFFER = {
  // Who is tested: this stands in every report.
  implementation: { name: "my-library", version: "0.0.0", language: "JavaScript", language_version: `Node.js ${process.versions.node}` },
  // Add what the library has, and answer it in `answer`: base_string, verify, percent_decode, parse_authorization, ...
  operations: ["sign", "percent_encode"],
  // Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
  signature_methods: ["PLAINTEXT"],
  // Add what `sign` hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
  features: ["fixed_nonce", "no_version"],
  // How many questions may wait in the pipe; they are answered in their order.
  max_in_flight: 64,
};

// Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request.
async function sign(request) {
  if (!OFFER.signature_methods.includes(request.signature_method)) {
    // Leave this out when the library is called: it has to refuse names that it does not know.
    throw new Unsupported(`signature_method:${request.signature_method}`);
  }
  if ((request.version ?? "1.0") !== "1.0") {
    // Throw this wherever the library refuses; the codes stand in countersign's vectors/README.md, null will do.
    throw new Reject("version_rejected", "oauth_version is not 1.0");
  }
  const secrets = [request.client.secret, request.token?.secret];
  // RFC 5849 section 3.4.4; give `authorization` beside the signature if the library makes the header.
  return { signature: secrets.map((secret) => percentEncode(secret ?? "")).join("&") };
}

// Section 3.6: the library's own function, if it has one.
function percentEncode(text) {
  const hex = (octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  if (typeof text === "string") {
    return encodeURIComponent(text).replace(/[!'()*]/g, (character) => hex(character.charCodeAt(0)));
  }
  return octets(text).toString("latin1").replace(/[^A-Za-z0-9._~-]/g, (character) => hex(character.charCodeAt(0)));
}

// Add a branch for each operation that is offered.
async function answer(operation, asked) {
  switch (operation) {
    case "sign":
      return sign(asked);
    case "percent_encode":
      return { encoded: percentEncode(asked.text) };
    default:
      throw new Unsupported(`operation:${operation}`);
  }
}

// ---- The protocol: nothing to change from here on -------------------------------------------------------------------

// The octets of a text: a string, or { base64: "..." } where they are not UTF-8.
function octets(text) {
  const found = typeof text === "string" ? Buffer.from(text) : Buffer.from(text.base64, "base64");
  if (typeof text !== "string" && found.toString("base64") !== text.base64) throw new Error("this is not base64");
  return found;
}

// The lines of the input. The module readline would also end a line at U+2028, which may stand in JSON.
async function* lines(stream) {
  let rest = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const found = (rest + chunk).split("\n");
    rest = found.pop();
    yield* found;
  }
  yield rest;
}

// What the library logs must not get between the answers.
globalThis.console = new console.Console(process.stderr);
for await (const line of lines(process.stdin)) {
  if (line.trim() === "") continue;
  let id;
  let response;
  try {
    const message = JSON.parse(line);
    if (typeof message.type !== "string") throw new Error("a message without type");
    if (message.type === "bye") break;
    if (message.type === "hello") {
      response = JSON.stringify({ type: "hello", protocol: 1, ...OFFER });
    } else if (message.type === "run") {
      if (typeof message.id !== "string") throw new Error("a run message without id");
      id = message.id;
      response = JSON.stringify({ type: "result", id, output: await answer(message.operation, message.input) });
    } else {
      continue;
    }
  } catch (error) {
    if (error instanceof Reject) {
      response = JSON.stringify({ type: "reject", id, code: error.code, message: error.message });
    } else if (error instanceof Unsupported) {
      response = JSON.stringify({ type: "unsupported", id, what: error.message });
    } else {
      response = JSON.stringify({ type: "error", id, message: String(error), traceback: error?.stack });
    }
  }
  process.stdout.write(`${response}\n`);
}
