// oauthorize and passport-http-oauth as a provider, on Express: https://github.com/jaredhanson/oauthorize
//
// `ConsumerStrategy` authenticates requests for credentials, `TokenStrategy` those for a resource; oauthorize issues and redirects. Both
// are used as the comments of their sources show. Left to the application, and here as in those examples: timestamp and nonce, to which the
// documented callback says yes ("validate the timestamp and nonce as necessary"); the owner of a resource, who is one and always says yes.
// PLAINTEXT cannot be switched off, and nothing asks for TLS.
import { createRequire } from 'node:module';

const require = createRequire(new URL('./.installed/', import.meta.url));
const express = require('express');
const oauthorize = require('oauthorize');
const passport = require('passport');
const { ConsumerStrategy, TokenStrategy } = require('passport-http-oauth');
const session = require('express-session');
const { randomBytes } = require('node:crypto');

const client = { id: 1, key: process.env.CLIENT_IDENTIFIER, secret: process.env.CLIENT_SECRET };
const user = { id: 1 };
const requestTokens = new Map();
const accessTokens = new Map();
const uid = (length) => randomBytes(length).toString('hex').slice(0, length);

function findConsumer(key, done) {
  return key === client.key ? done(null, client, client.secret) : done(null, false);
}

passport.use('consumer', new ConsumerStrategy(
  findConsumer,
  (requestToken, done) => {
    const token = requestTokens.get(requestToken);
    if (!token) { return done(null, false); }
    const { secret, verifier, clientId, userId, authorized } = token;
    return done(null, secret, { verifier, clientId, userId, authorized });
  },
  (timestamp, nonce, done) => done(null, true),
));

passport.use('token', new TokenStrategy(
  findConsumer,
  (accessToken, done) => {
    const token = accessTokens.get(accessToken);
    return token ? done(null, user, token.secret, { token: accessToken }) : done(null, false);
  },
  (timestamp, nonce, done) => done(null, true),
));

const server = oauthorize.createServer();
server.serializeClient((known, done) => done(null, known.id));
server.deserializeClient((id, done) => done(null, id === client.id ? client : false));

const app = express();
app.use(express.urlencoded({ extended: true }));
app.use(session({ secret: 'made up', resave: false, saveUninitialized: false }));
app.use(passport.initialize());

app.post('/oauth/request_token',
  passport.authenticate('consumer', { session: false }),
  server.requestToken((known, callbackURL, done) => {
    const [token, secret] = [uid(8), uid(32)];
    requestTokens.set(token, { secret, clientId: known.id, callbackURL });
    return done(null, token, secret);
  }),
  server.errorHandler());

app.get('/dialog/authorize',
  server.userAuthorization((requestToken, done) => {
    const token = requestTokens.get(requestToken);
    return token ? done(null, client, token.callbackURL) : done(null, false);
  }),
  // The documentation shows a form first; here the owner has agreed before it could be seen.
  (req, res, next) => {
    req.user = user;
    req.body = { transaction_id: req.oauth.transactionID };
    next();
  },
  server.userDecision((requestToken, owner, done) => {
    const token = requestTokens.get(requestToken);
    Object.assign(token, { authorized: true, userId: owner.id, verifier: uid(8) });
    return done(null, token.verifier);
  }),
  (req, res) => res.send(`<p>Your verifier is: <code id="verifier">${req.oauth.verifier}</code></p>`),
  server.errorHandler({ mode: 'indirect' }));

app.post('/oauth/access_token',
  passport.authenticate('consumer', { session: false }),
  server.accessToken(
    (requestToken, verifier, info, done) => done(null, verifier === info.verifier),
    (known, requestToken, info, done) => {
      if (!info.authorized) { return done(null, false); }
      if (known.id !== info.clientId) { return done(null, false); }
      const [token, secret] = [uid(16), uid(64)];
      accessTokens.set(token, { secret, userId: info.userId, clientId: info.clientId });
      return done(null, token, secret);
    },
  ),
  server.errorHandler());

app.all('/api/userinfo',
  passport.authenticate('token', { session: false }),
  (req, res) => res.json({ user: req.user.id, token: req.authInfo.token, method: req.method, url: req.originalUrl }));

const listening = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${listening.address().port}`);
});
