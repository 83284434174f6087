// oauth (node-oauth): `new OAuth(…)` and its get, post, put and delete, which all end in one method that any HTTP method can be given to.
// A form is an object with arrays for repeated names. What it would send is caught where it opens the connection; nonce and timestamp come
// from two methods, replaced here; callback and verifier are extra parameters, as its own token requests pass them.
import { parse } from 'node:querystring';

import { extras, fields, form, installed, only, serve, text } from '../shared/loop.mjs';

const { require, version } = installed(import.meta.url);
const { OAuth } = require('oauth');

function sign(asked) {
  only(asked);
  const isRsa = asked.signature_method === 'RSA-SHA1';
  const secret = isRsa ? asked.private_key : asked.client.secret;
  const oauth = new OAuth(
    null, null, asked.client.identifier, secret, asked.version, null, asked.signature_method, null, fields(asked.headers),
  );
  oauth._getNonce = () => asked.nonce;
  oauth._getTimestamp = () => asked.timestamp;

  let sent, base;
  oauth._createClient = (port, host, method, path, headers) => {
    sent = headers;
    return { on() {}, write() {}, end() {} };
  };
  const compute = oauth._createSignatureBase;
  oauth._createSignatureBase = (...given) => (base = compute.apply(oauth, given));

  const body = form(asked);
  const extra = body === null ? {} : { ...parse(body) };
  if (asked.callback != null) extra.oauth_callback = asked.callback;
  if (asked.verifier != null) extra.oauth_verifier = asked.verifier;
  for (const [name, value] of extras(asked)) extra[name] = value;
  const other = body === null ? asked.body : null;
  const kind = fields(asked.headers)['Content-Type'];
  oauth._performSecureRequest(asked.token?.identifier, asked.token?.secret, asked.method, asked.url, extra, other, kind, () => {});
  const [, signature] = /oauth_signature="([^"]*)"/.exec(sent.Authorization);
  return { signature: decodeURIComponent(signature), authorization: sent.Authorization, stages: { base_string: base } };
}

const oauth = new OAuth(null, null, 'client', 'secret', '1.0', null, 'HMAC-SHA1');

serve({
  name: 'node-oauth', version: version('oauth'), homepage: 'https://github.com/ciaranj/node-oauth',
  operations: {
    sign,
    percent_encode: (asked) => ({ encoded: oauth._encodeData(text(asked.text)) }),
    base_uri: (asked) => {
      only({ nonce: '', timestamp: '', headers: asked.headers }, { hostField: false });
      return { base_uri: oauth._normalizeUrl(text(asked.url)) };
    },
  },
  signatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'],
  features: ['stages', 'form_body', 'duplicates', 'extra_parameters', 'callback', 'verifier', 'fixed_nonce'],
});
