// The loop of the adapter protocol for libraries in JavaScript: questions on stdin, answers on stdout, one JSON object a line.
// What a library is asked and how stands in the library's own adapter; this file knows no library.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// Lines are read and answered one after the other; the pipe holds those that wait.
const MAX_IN_FLIGHT = 64;

// The library's interface has no words for this question; the text is what is missing: `feature:…`, `signature_method:…`.
export class Unsupported extends Error {}

// The library has refused by its return value and not with an exception.
export class Refused extends Error {}

// `require` for what install.sh put beside the adapter, and the version of a package there.
export function installed(adapter) {
  const require = createRequire(new URL('.installed/', adapter));
  const version = (name) => JSON.parse(readFileSync(new URL(`.installed/node_modules/${name}/package.json`, adapter))).version;
  return { require, version };
}

// For an interface that takes text only.
export function text(value) {
  if (Buffer.isBuffer(value)) throw new Unsupported('feature:octets');
  return value;
}

// Header fields for an interface that takes an object.
export function fields(headers = []) {
  if (new Set(headers.map(([name]) => name.toLowerCase())).size < headers.length) throw new Unsupported('feature:repeated_fields');
  return Object.fromEntries(headers.map(([name, value]) => [name, text(value)]));
}

export function field(asked, wanted) {
  return (asked.headers ?? []).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

// The body, if the application would say that it sends a form.
export function form(asked) {
  const isForm = asked.body != null && /^application\/x-www-form-urlencoded/i.test(field(asked, 'content-type') ?? '');
  return isForm ? text(asked.body) : null;
}

// Refuses to ask what the library would answer with other values than those asked for.
export function only(asked, { hostField = true, noNonce = false } = {}) {
  if (!noNonce && (asked.nonce == null || asked.timestamp == null)) throw new Unsupported('feature:no_nonce');
  if (!hostField && field(asked, 'host') !== undefined) throw new Unsupported('feature:host_field');
}

// Further protocol parameters, for an interface that takes an object and names with the prefix only.
export function extras(asked) {
  const pairs = asked.extra ?? [];
  if (pairs.some(([name]) => !name.startsWith('oauth_'))) throw new Unsupported('feature:extra_without_prefix');
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Unsupported('feature:repeated_extra');
  return pairs;
}

// Octets that are not UTF-8 are written {"base64": "…"}.
function read(_, value) {
  const octets = value !== null && typeof value === 'object' && Object.keys(value).join() === 'base64';
  return octets ? Buffer.from(value.base64, 'base64') : value;
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value))}\n`);
}

// Mistakes of a program, and not its way of saying no. A URL that cannot be read is said with a TypeError, too.
function isFailure(error) {
  if (error.code === 'ERR_INVALID_URL') return false;
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

function answer(operations, message) {
  try {
    const { stages, ...output } = operations[message.operation](message.input);
    return { type: 'result', output, ...(stages && Object.values(stages).some((stage) => stage != null) ? { stages } : {}) };
  } catch (error) {
    if (error instanceof Unsupported) return { type: 'unsupported', what: error.message };
    if (error instanceof Error && !isFailure(error)) return { type: 'reject', message: `${error.name}: ${error.message}`.slice(0, 500) };
    return { type: 'error', message: String(error).slice(0, 500), traceback: String(error?.stack).slice(0, 4000) };
  }
}

// Answers every question. `operations` maps a name to a function of the input that returns the output, with `stages` in it if there are any.
export function serve({ name, version, homepage, operations, signatureMethods = [], features = [] }) {
  const implementation = { name, version, language: 'JavaScript', language_version: process.versions.node, homepage };
  say({
    type: 'hello', protocol: 1, implementation, operations: Object.keys(operations), signature_methods: signatureMethods, features,
    max_in_flight: MAX_IN_FLIGHT,
  });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const message = JSON.parse(line, read);
    if (message.type === 'run') say({ id: message.id, ...answer(operations, message) });
    if (message.type === 'bye') lines.close();
  });
  lines.on('close', () => process.exit(0));
}
