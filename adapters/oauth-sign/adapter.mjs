// oauth-sign as request calls it: `request({ method, url, headers, body, oauth: { … } })`, aborted before anything is sent. oauth-sign is
// given a base string URI and parsed parameters, which request makes; both versions are pinned, and what one of them does wrong counts
// for the pair.
import { extras, fields, installed, only, serve, text } from '../shared/loop.mjs';

const { require, version } = installed(import.meta.url);
const request = require('request');
const library = require('oauth-sign');

// request hands over to `sign` of the library, which calls `generateBase` by its own name: the base string is computed once more here.
let base;
const compute = library.sign;
library.sign = (...given) => {
  if (given[0] !== 'PLAINTEXT') base = library.generateBase(given[1], given[2], given[3]);
  return compute(...given);
};

function sign(asked) {
  only(asked);
  base = undefined;
  const isRsa = asked.signature_method.startsWith('RSA');
  const oauth = {
    consumer_key: asked.client.identifier, signature_method: asked.signature_method, nonce: asked.nonce, timestamp: asked.timestamp,
    version: asked.version, transport_method: asked.transmission ?? 'header',
    ...(isRsa ? { private_key: asked.private_key } : { consumer_secret: asked.client.secret }),
    ...(asked.token ? { token: asked.token.identifier, token_secret: asked.token.secret } : {}),
  };
  for (const name of ['callback', 'verifier', 'realm', 'body_hash']) if (asked[name] != null) oauth[name] = asked[name];
  for (const [name, value] of extras(asked)) oauth[name.slice('oauth_'.length)] = value;

  let failure;
  const options = { method: asked.method, url: asked.url, headers: fields(asked.headers), body: asked.body ?? undefined, oauth };
  const sent = request(options, (error) => { failure ??= error; });
  sent.abort();
  if (failure) throw failure;

  const places = { header: ['authorization', sent.getHeader('Authorization')], query: ['url', sent.uri?.href], body: ['body', sent.body] };
  const [place, value] = places[oauth.transport_method];
  if (value == null) throw new Error('nothing was signed');
  const [, signature] = /oauth_signature="?([^"&]*)/.exec(value);
  return { signature: decodeURIComponent(signature), [place]: String(value), stages: { base_string: base } };
}

serve({
  name: 'oauth-sign', version: `${version('oauth-sign')} with request ${version('request')}`,
  homepage: 'https://github.com/request/oauth-sign',
  operations: { sign, percent_encode: (asked) => ({ encoded: library.rfc3986(text(asked.text)) }) },
  signatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'],
  features: [
    'stages', 'form_body', 'duplicates', 'extra_parameters', 'realm', 'callback', 'verifier', 'fixed_nonce', 'transmission', 'body_hash',
  ],
});
