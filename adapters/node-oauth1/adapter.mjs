// node-oauth1, the signer of Postman: `OAuth.SignatureMethod.sign(message, accessor)`, then `OAuth.getAuthorizationHeader(realm,
// parameters)`, `OAuth.addToURL` or `OAuth.formEncode`. A message is an action, a method and a list of decoded pairs, the protocol
// parameters among them.
import { form, installed, only, serve, text } from '../shared/loop.mjs';

const { require, version } = installed(import.meta.url);
const OAuth = require('node-oauth1');

function message(asked) {
  const protocol = [
    ['oauth_consumer_key', asked.client.identifier], ['oauth_token', asked.token?.identifier],
    ['oauth_signature_method', asked.signature_method], ['oauth_timestamp', asked.timestamp], ['oauth_nonce', asked.nonce],
    ['oauth_version', asked.version], ['oauth_callback', asked.callback], ['oauth_verifier', asked.verifier],
    ['oauth_body_hash', asked.body_hash], ...(asked.extra ?? []),
  ].filter(([, value]) => value != null);
  const request = OAuth.decodeForm(form(asked) ?? '');
  return { protocol, request, signed: { action: text(asked.url), method: asked.method, parameters: [...request, ...protocol] } };
}

function sign(asked) {
  only(asked, { hostField: false, noNonce: true });
  const { protocol, request, signed } = message(asked);
  const accessor = { consumerSecret: asked.client.secret, tokenSecret: asked.token?.secret, privateKey: asked.private_key };
  const signature = OAuth.SignatureMethod.sign(signed, accessor);
  const all = [...protocol, ['oauth_signature', signature]];
  const stages = {};
  if (asked.signature_method !== 'PLAINTEXT') stages.base_string = OAuth.SignatureMethod.getBaseString(signed);
  switch (asked.transmission ?? 'header') {
    case 'header': return { signature, authorization: OAuth.getAuthorizationHeader(asked.realm, all), stages };
    case 'query': return { signature, url: OAuth.addToURL(asked.url, all), stages };
    default: return { signature, body: OAuth.formEncode([...request, ...all]), stages };
  }
}

serve({
  name: 'node-oauth1', version: version('node-oauth1'), homepage: 'https://github.com/czardoz/node-oauth1',
  operations: {
    sign,
    base_string: (asked) => {
      only(asked, { hostField: false, noNonce: true });
      return { base_string: OAuth.SignatureMethod.getBaseString(message(asked).signed) };
    },
    base_uri: (asked) => {
      only({ headers: asked.headers }, { hostField: false, noNonce: true });
      return { base_uri: OAuth.SignatureMethod.normalizeUrl(text(asked.url)) };
    },
    normalize: (asked) => ({ normalized: OAuth.SignatureMethod.normalizeParameters(asked.parameters.map((pair) => pair.map(text))) }),
    percent_encode: (asked) => ({ encoded: OAuth.percentEncode(text(asked.text)) }),
    form_decode: (asked) => ({ parameters: OAuth.decodeForm(text(asked.text)).map(([name, value]) => [name, value ?? '']) }),
  },
  signatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512', 'PLAINTEXT'],
  features: [
    'stages', 'form_body', 'duplicates', 'extra_parameters', 'realm', 'callback', 'verifier', 'no_version', 'fixed_nonce', 'transmission',
    'body_hash',
  ],
});
