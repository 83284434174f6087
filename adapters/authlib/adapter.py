"""Authlib's OAuth 1.0: `ClientAuth(…).prepare(method, uri, headers, body)` signs (the sessions for requests and httpx call it so),
`ResourceProtector.validate_request(method, uri, body, headers)` with the application's three methods verifies.

Nonce and timestamp come from two functions of its module, replaced here; so is the time of day that the server reads.
"""
import os
import re
from urllib.parse import unquote

# As the documentation says for http on a developer's machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import authlib
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import url_decode
from authlib.oauth1 import ClientAuth, ResourceProtector
from authlib.oauth1.client import OAuth1Client
from authlib.oauth1.rfc5849 import base_server, client_auth, errors, signature, util
from authlib.oauth1.rfc5849.wrapper import OAuth1Request

import loop

PLACES = {"header": "HEADER", "body": "BODY", "query": "QUERY"}
METHODS = ["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"]
NOTED = {}
compute = signature.construct_base_string


def noting(*given):
    NOTED["base_string"] = compute(*given)
    return NOTED["base_string"]


signature.construct_base_string = noting


def sign(asked):
    loop.only(asked)
    NOTED.clear()
    token, place = asked.get("token") or {}, asked.get("transmission") or "header"
    client_auth.generate_nonce = lambda: asked["nonce"]
    client_auth.generate_timestamp = lambda: asked["timestamp"]
    auth = ClientAuth(
        asked["client"]["identifier"], asked["client"].get("secret"), token=token.get("identifier"), token_secret=token.get("secret"),
        redirect_uri=asked.get("callback"), rsa_key=asked.get("private_key"), verifier=asked.get("verifier"),
        signature_method=asked["signature_method"], signature_type=PLACES[place], realm=asked.get("realm"))
    body = asked.get("body")
    url, headers, body = auth.prepare(
        asked["method"], asked["url"], loop.fields(asked.get("headers") or []), "" if body is None else body)
    name, sent = {"header": ("authorization", headers.get("Authorization")), "body": ("body", body), "query": ("url", url)}[place]
    value = re.search(r'oauth_signature="?([^"&#]*)', sent).group(1)
    return {name: sent, "signature": unquote(value), "stages": dict(NOTED)}


class Client:
    """The application's record of a client."""

    def __init__(self, known):
        self.known = known

    def get_client_secret(self):
        return self.known.get("secret")

    def get_rsa_public_key(self):
        return self.known.get("public_key")


class Token:
    """The application's record of a token."""

    def __init__(self, known):
        self.known = known

    def get_oauth_token_secret(self):
        return self.known.get("secret")


class Server(ResourceProtector):
    def __init__(self, asked):
        self.known, self.token = asked.get("client"), asked.get("token")
        self.seen = [tuple(entry) for entry in asked.get("seen") or []]
        self.EXPIRY_TIME = asked.get("window")
        allowed = asked.get("allowed_methods")
        self.SUPPORTED_SIGNATURE_METHODS = METHODS if allowed is None else allowed

    def get_client_by_id(self, client_id):
        return Client(self.known) if self.known and self.known["identifier"] == client_id else None

    def get_token_credential(self, request):
        return Token(self.token) if self.token and self.token["identifier"] == request.token else None

    def exists_nonce(self, nonce, request):
        return (request.client_id, request.token or "", request.timestamp, nonce) in self.seen


class Clock:
    """What the library reads as the time of day."""

    def __init__(self, now):
        self.time = lambda: now


def verify(asked):
    base_server.time = Clock(asked.get("now") or 0)
    # Its integrations hand over what the web framework has parsed: the form, if there is one.
    form = asked["body"] if loop.is_form(asked) else None
    try:
        Server(asked).validate_request(asked["method"], asked["url"], form, loop.Fields(asked.get("headers") or []))
    except errors.MissingRequiredParameterError as missing:
        if asked.get("token") is None and "oauth_token" in str(missing):
            raise loop.Unsupported("feature:two_legged") from missing
        raise
    return {"valid": True}


def parse_authorization(asked):
    request = OAuth1Request("GET", "https://provider.example/", None, {"Authorization": loop.text(asked["header"])})
    return {"realm": request.realm, "parameters": [pair for pair in request.auth_params if pair[0] != "realm"]}


def parse_token_response(asked):
    token = OAuth1Client(None, "client").parse_response_token(asked["status"], loop.text(asked["body"]))
    return {"identifier": token.get("oauth_token"), "secret": token.get("oauth_token_secret"), "parameters": list(token.items())}


def base_uri(asked):
    hosts = [value for name, value in asked.get("headers") or [] if name.lower() == "host"]
    return {"base_uri": signature.normalize_base_string_uri(loop.text(asked["url"]), hosts[0] if hosts else None)}


loop.serve(
    name="authlib", version=authlib.__version__, homepage="https://github.com/authlib/authlib",
    operations={
        "sign": sign, "verify": verify, "parse_authorization": parse_authorization, "parse_token_response": parse_token_response,
        "base_uri": base_uri,
        "percent_encode": lambda asked: {"encoded": util.escape(loop.text(asked["text"]))},
        "percent_decode": lambda asked: {"decoded": util.unescape(loop.text(asked["text"]))},
        "normalize": lambda asked: {
            "normalized": signature.normalize_parameters([tuple(map(loop.text, pair)) for pair in asked["parameters"]])},
        "form_decode": lambda asked: {"parameters": url_decode(loop.text(asked["text"]))},
    },
    signature_methods=METHODS,
    features=["stages", "form_body", "duplicates", "realm", "callback", "verifier", "fixed_nonce", "transmission"],
    refusals=[ValueError, AuthlibBaseError])
