// ims-lti as a tool that learning platforms launch (LTI 1.1), on Express: https://www.npmjs.com/package/ims-lti
//
// No tokens, no login: the platform's form carries the protocol parameters and is signed with the client's secret alone. `valid_request`
// checks signature, nonce and age; the library's store for nonces is in memory, one for each client, as its documentation has it. Left to
// the application, and here: the client is known, and a launch that is not valid is answered with 401 and the library's message.
import { createRequire } from 'node:module';

const require = createRequire(new URL('./.installed/', import.meta.url));
const express = require('express');
const lti = require('ims-lti');
const MemoryNonceStore = require('ims-lti/lib/memory-nonce-store');

const secrets = new Map([[process.env.CLIENT_IDENTIFIER, process.env.CLIENT_SECRET]]);
const stores = new Map([...secrets.keys()].map((key) => [key, new MemoryNonceStore()]));

const app = express();
app.use(express.urlencoded({ extended: true }));

app.post('/launch', (req, res) => {
  const key = req.body.oauth_consumer_key;
  if (!secrets.has(key)) { return res.status(401).send('there is no such client'); }
  const provider = new lti.Provider(key, secrets.get(key), stores.get(key));
  provider.valid_request(req, (problem, isValid) => {
    if (!isValid) { return res.status(401).type('text').send(problem.message); }
    res.json({ client: key, method: req.method, url: req.originalUrl, link: provider.body.resource_link_id });
  });
});

const listening = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${listening.address().port}`);
});
