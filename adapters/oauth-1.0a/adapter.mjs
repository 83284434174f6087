// oauth-1.0a: `oauth.toHeader(oauth.authorize({ url, method, data }, token))`. The hash functions are the caller's, here the two that its
// documentation shows. A form is an object with arrays for repeated names; callback, verifier and extensions go into `data`, from where
// names with the prefix reach the header. Nonce and timestamp come from two methods, replaced here.
import { createHash, createHmac } from 'node:crypto';
import { parse } from 'node:querystring';

import { Refused, extras, form, installed, only, serve, text } from '../shared/loop.mjs';

const { require, version } = installed(import.meta.url);
const OAuth = require('oauth-1.0a');

const DIGESTS = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' };

function sign(asked) {
  only(asked, { hostField: false });
  const digest = DIGESTS[asked.signature_method];
  if (!digest && asked.signature_method !== 'PLAINTEXT') throw new Refused('there is no hash function for this signature method');
  const oauth = OAuth({
    consumer: { key: asked.client.identifier, secret: asked.client.secret },
    signature_method: asked.signature_method,
    hash_function: digest && ((base, key) => createHmac(digest, key).update(base).digest('base64')),
    body_hash_function: (body) => createHash(digest ?? 'sha1').update(body).digest('base64'),
    realm: asked.realm ?? undefined,
    version: asked.version,
  });
  oauth.getNonce = () => asked.nonce;
  oauth.getTimeStamp = () => asked.timestamp;
  let base;
  const compute = oauth.getBaseString;
  oauth.getBaseString = (...given) => (base = compute.apply(oauth, given));

  const request = { url: asked.url, method: asked.method };
  if (asked.body_hash != null) {
    Object.assign(request, { data: text(asked.body), includeBodyHash: true });
  } else {
    request.data = { ...parse(form(asked) ?? '') };
    if (asked.callback != null) request.data.oauth_callback = asked.callback;
    if (asked.verifier != null) request.data.oauth_verifier = asked.verifier;
    for (const [name, value] of extras(asked)) request.data[name] = value;
  }
  const signed = oauth.authorize(request, asked.token ? { key: asked.token.identifier, secret: asked.token.secret } : undefined);
  return { signature: signed.oauth_signature, authorization: oauth.toHeader(signed).Authorization, stages: { base_string: base } };
}

const oauth = OAuth({ consumer: {} });

serve({
  name: 'oauth-1.0a', version: version('oauth-1.0a'), homepage: 'https://github.com/ddo/oauth-1.0a',
  operations: {
    sign,
    percent_encode: (asked) => ({ encoded: oauth.percentEncode(text(asked.text)) }),
    form_decode: (asked) => {
      const read = Object.entries(oauth.deParam(text(asked.text)));
      return { parameters: read.flatMap(([name, values]) => [].concat(values).map((value) => [name, value])) };
    },
  },
  signatureMethods: [...Object.keys(DIGESTS), 'PLAINTEXT'],
  features: ['stages', 'form_body', 'duplicates', 'extra_parameters', 'realm', 'callback', 'verifier', 'fixed_nonce', 'body_hash'],
});
