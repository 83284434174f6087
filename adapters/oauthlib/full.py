"""oauthlib with all that it offers: signing, verifying, and the functions for single stages.

adapter.py beside it is the short one that README.md shows; this one adds RSA, the provider's side and the stages.
Users call it so: `Client(…).sign(uri, http_method, body, headers)`, and as a provider
`SignatureOnlyEndpoint(validator).validate_request(…)` (no token) or `ResourceEndpoint(validator).validate_protected_resource_request(…)`,
with a `RequestValidator` of their own that knows the credentials and the nonces.
"""
import re
from urllib.parse import unquote

import oauthlib
from jwt.exceptions import InvalidKeyError
from oauthlib.common import urldecode
from oauthlib.oauth1 import Client, RequestValidator, ResourceEndpoint, SignatureOnlyEndpoint
from oauthlib.oauth1.rfc5849 import SIGNATURE_METHODS, signature, utils
from oauthlib.oauth1.rfc5849.endpoints import base

import loop

PLACES = {"header": "AUTH_HEADER", "body": "BODY", "query": "QUERY"}
NOTED = {}


def note(stage, function):
    """The library computes its stages with these functions; each notes what it returned."""
    def noting(*given, **named):
        NOTED[stage] = function(*given, **named)
        return NOTED[stage]
    return noting


base_string_uri, normalize_parameters = signature.base_string_uri, signature.normalize_parameters
signature.base_string_uri = note("base_uri", signature.base_string_uri)
signature.normalize_parameters = note("normalized", signature.normalize_parameters)
signature.signature_base_string = note("base_string", signature.signature_base_string)


def sign(asked):
    loop.only(asked)
    NOTED.clear()
    token, place = asked.get("token") or {}, asked.get("transmission") or "header"
    client = Client(
        asked["client"]["identifier"], client_secret=asked["client"].get("secret"),
        resource_owner_key=token.get("identifier"), resource_owner_secret=token.get("secret"),
        signature_method=asked["signature_method"], signature_type=PLACES[place], rsa_key=asked.get("private_key"),
        nonce=asked["nonce"], timestamp=asked["timestamp"], realm=asked.get("realm"),
        callback_uri=asked.get("callback"), verifier=asked.get("verifier"))
    url, headers, body = client.sign(
        asked["url"], asked["method"], asked.get("body"), loop.fields(asked.get("headers") or []), realm=asked.get("realm"))
    name, sent = {"header": ("authorization", headers.get("Authorization")), "body": ("body", body), "query": ("url", url)}[place]
    value = re.search(r'oauth_signature="?([^"&#]*)', sent).group(1)
    return {name: sent, "signature": unquote(value), "stages": dict(NOTED)}


def base_string(asked):
    """The one that `sign` computes on its way, also where the key for what follows is missing."""
    if asked["signature_method"] == "PLAINTEXT":
        raise loop.Unsupported("feature:base_string_of_plaintext")
    try:
        sign(asked)
    except Exception:
        if "base_string" not in NOTED:
            raise
    return {"base_string": NOTED["base_string"]}


class Known(RequestValidator):
    """The application's side: which credentials and nonces there are. Lengths and characters are left to the question."""

    def __init__(self, asked):
        super().__init__()
        self.client, self.token = asked.get("client"), asked.get("token")
        self.seen = [tuple(entry) for entry in asked.get("seen") or []]
        self.lifetime = asked["window"] if asked.get("window") is not None else 10 ** 12
        self.allowed = asked.get("allowed_methods")

    allowed_signature_methods = property(lambda self: self.allowed if self.allowed is not None else SIGNATURE_METHODS)
    timestamp_lifetime = property(lambda self: self.lifetime)
    enforce_ssl = False
    dummy_client, dummy_access_token = "no such client", "no such token"
    check_client_key = check_nonce = check_access_token = lambda self, _: True

    def validate_client_key(self, client_key, request):
        return self.client is not None and client_key == self.client["identifier"]

    def validate_access_token(self, client_key, token, request):
        return self.token is not None and token == self.token["identifier"]

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        return (client_key, access_token or "", timestamp, nonce) not in self.seen

    # As documented: where there is no secret, another one is returned, so that both cases take the same time.
    def get_client_secret(self, client_key, request):
        secret = self.client.get("secret") if self.validate_client_key(client_key, request) else None
        return "no such secret" if secret is None else secret

    def get_access_token_secret(self, client_key, token, request):
        secret = self.token.get("secret") if self.validate_access_token(client_key, token, request) else None
        return "no such secret" if secret is None else secret

    def get_rsa_key(self, client_key, request):
        return (self.client or {}).get("public_key") or ""


class Clock:
    """What the library reads as the time of day."""

    def __init__(self, now):
        self.time = lambda: now


def verify(asked):
    base.time = Clock(asked.get("now") or 0)
    validator = Known(asked)
    request = (asked["url"], asked["method"], asked.get("body"), loop.fields(asked.get("headers") or []))
    if not asked.get("token"):
        valid, read = SignatureOnlyEndpoint(validator).validate_request(*request)
        # This endpoint looks at no token: a request that presents one is for the other.
        if not (valid and read.resource_owner_key):
            return {"valid": bool(valid)}
    valid, _ = ResourceEndpoint(validator).validate_protected_resource_request(*request)
    return {"valid": bool(valid)}


def parse_authorization(asked):
    headers = {"Authorization": loop.text(asked["header"])}
    pairs = signature.collect_parameters(headers=headers, exclude_oauth_signature=False, with_realm=True)
    realms = [value for name, value in pairs if name == "realm"]
    return {"realm": realms[0] if realms else None, "parameters": [pair for pair in pairs if pair[0] != "realm"]}


def base_uri(asked):
    hosts = [value for name, value in asked.get("headers") or [] if name.lower() == "host"]
    return {"base_uri": base_string_uri(loop.text(asked["url"]), hosts[0] if hosts else None)}


loop.serve(
    name="oauthlib", version=oauthlib.__version__, homepage="https://github.com/oauthlib/oauthlib",
    operations={
        "sign": sign, "base_string": base_string, "verify": verify, "parse_authorization": parse_authorization, "base_uri": base_uri,
        "percent_encode": lambda asked: {"encoded": utils.escape(loop.text(asked["text"]))},
        "percent_decode": lambda asked: {"decoded": utils.unescape(loop.text(asked["text"]))},
        "normalize": lambda asked: {"normalized": normalize_parameters([tuple(map(loop.text, pair)) for pair in asked["parameters"]])},
        "form_decode": lambda asked: {"parameters": urldecode(loop.text(asked["text"]))},
    },
    signature_methods=SIGNATURE_METHODS,
    features=["stages", "form_body", "duplicates", "realm", "callback", "verifier", "fixed_nonce", "transmission", "body_hash"],
    refusals=[ValueError, InvalidKeyError])
