"""python-oauth2: `Client(consumer, token).request(uri, method, body, headers)`, with the sending of httplib2 left out.

The client chooses where the protocol parameters go, and writes no callback and no extension of its own; nonce and timestamp come from
two class methods, replaced here. Its `Server` is not asked: under Python 3 it compares octets with text and refuses every request.
"""
import importlib.metadata

import httplib2
import oauth2

import loop

METHODS = {"HMAC-SHA1": oauth2.SignatureMethod_HMAC_SHA1, "PLAINTEXT": oauth2.SignatureMethod_PLAINTEXT}
NOTED = {}


def unsent(self, uri, method="GET", body=None, headers=None, **_):
    NOTED["authorization"] = (headers or {}).get("Authorization")


def noting(self, method, consumer, token):
    sign_request(self, method, consumer, token)
    NOTED["signature"] = self["oauth_signature"]
    if method.name != "PLAINTEXT":
        NOTED["base_string"] = method.signing_base(self, consumer, token)[1]


sign_request = oauth2.Request.sign_request
oauth2.Request.sign_request = noting
httplib2.Http.request = unsent


def sign(asked):
    loop.only(asked)
    NOTED.clear()
    if asked["signature_method"] not in METHODS:
        raise loop.Refused("there is no class for this signature method")
    oauth2.Request.make_nonce = classmethod(lambda cls: asked["nonce"])
    oauth2.Request.make_timestamp = classmethod(lambda cls: asked["timestamp"])
    token = asked.get("token") and oauth2.Token(asked["token"]["identifier"], asked["token"].get("secret"))
    if asked.get("verifier") is not None:
        if not token:
            raise loop.Unsupported("feature:verifier_without_token")
        token.set_verifier(asked["verifier"])
    client = oauth2.Client(oauth2.Consumer(asked["client"]["identifier"], asked["client"].get("secret")), token)
    client.set_signature_method(METHODS[asked["signature_method"]]())
    headers = loop.fields(asked.get("headers") or [])
    body = asked.get("body")
    # It hashes what is no form, for which it wants octets, and parses a form, for which it wants text.
    if isinstance(body, str) and headers.get("Content-Type") != "application/x-www-form-urlencoded":
        body = body.encode()
    client.request(asked["url"], asked["method"], b"" if body is None else body, headers)
    output = {"signature": NOTED["signature"]}
    if "base_string" in NOTED:
        output["stages"] = {"base_string": NOTED["base_string"]}
    if NOTED.get("authorization"):
        output["authorization"] = NOTED["authorization"]
    return output


loop.serve(
    name="python-oauth2", version=importlib.metadata.version("oauth2"), homepage="https://github.com/joestump/python-oauth2",
    operations={
        "sign": sign,
        "percent_encode": lambda asked: {"encoded": oauth2.escape(loop.text(asked["text"]))},
    },
    signature_methods=list(METHODS),
    features=["stages", "form_body", "duplicates", "verifier", "fixed_nonce"],
    refusals=[ValueError, oauth2.Error])
