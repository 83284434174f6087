"""Authlib as a provider, in Flask: https://docs.authlib.org/en/latest/flask/1/

The library checks everything but what these hooks and queries know; nonces and temporary credentials are in a cache, with the functions
that the library has for that. Left to the application, and here: the owner of a resource, who is one and always says yes. The signature
methods are the library's default, HMAC-SHA1 alone. `AUTHLIB_INSECURE_TRANSPORT` lets it speak without TLS, as on a machine of one's own.
"""
import logging
import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"

from authlib.integrations.flask_oauth1 import (
    AuthorizationServer, ResourceProtector, create_exists_nonce_func, current_credential, register_nonce_hooks,
    register_temporary_credential_hooks)
from authlib.oauth1 import ClientMixin, TokenCredentialMixin
from authlib.oauth1.rfc5849.errors import OAuth1Error
from cachelib import SimpleCache
from flask import Flask, jsonify, render_template_string, request
from werkzeug.serving import make_server


class User:
    def get_user_id(self):
        return 1


class Client(ClientMixin):
    client_id, client_secret = os.environ["CLIENT_IDENTIFIER"], os.environ["CLIENT_SECRET"]

    def get_default_redirect_uri(self):
        """Where an owner is sent whose client asked for `oob`: the library shows no verifier."""
        return os.environ["CLIENT_CALLBACK"]

    def get_client_secret(self):
        return self.client_secret

    def get_rsa_public_key(self):
        return None


class TokenCredential(TokenCredentialMixin):
    def __init__(self, token, client_id, user_id):
        self.token, self.client_id, self.user_id = token, client_id, user_id

    def get_oauth_token(self):
        return self.token["oauth_token"]

    def get_oauth_token_secret(self):
        return self.token["oauth_token_secret"]


CLIENTS, TOKENS = {Client.client_id: Client()}, {}
app = Flask(__name__)
cache = SimpleCache(threshold=100_000)


def query_client(client_id):
    return CLIENTS.get(client_id)


def query_token(client_id, oauth_token):
    return TOKENS.get((client_id, oauth_token))


def create_token_credential(token, temporary_credential):
    credential = TokenCredential(token, temporary_credential.get_client_id(), temporary_credential.get_user_id())
    TOKENS[credential.client_id, credential.get_oauth_token()] = credential
    return credential


server = AuthorizationServer(app, query_client=query_client)
register_nonce_hooks(server, cache)
register_temporary_credential_hooks(server, cache)
server.register_hook("create_token_credential", create_token_credential)
require_oauth = ResourceProtector(app, query_client=query_client, query_token=query_token, exists_nonce=create_exists_nonce_func(cache))


@app.route("/initiate", methods=["POST"])
def initiate_temporary_credential():
    return server.create_temporary_credentials_response()


@app.route("/authorize", methods=["GET"])
def authorize():
    """The documentation shows a form first; here the owner has agreed before it could be seen."""
    try:
        return server.create_authorization_response(grant_user=User())
    except OAuth1Error as error:
        return render_template_string("<p>{{ error }}</p>", error=error)


@app.route("/token", methods=["POST"])
def issue_token():
    return server.create_token_response()


@app.route("/user", methods=["GET", "POST"])
@require_oauth()
def user_profile():
    return jsonify(
        client=current_credential.client_id, token=current_credential.get_oauth_token(), method=request.method, url=request.url)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
listening = make_server("127.0.0.1", int(os.environ["PORT"]), app)
print(f"ready http://127.0.0.1:{listening.server_port}", flush=True)
listening.serve_forever()
