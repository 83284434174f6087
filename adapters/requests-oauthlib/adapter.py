"""requests-oauthlib: `requests.post(url, data=…, headers=…, auth=OAuth1(…))`, here without the sending.

`OAuth1Session.fetch_request_token` and `fetch_access_token` read token responses; the transport below them hands over the one asked about.
The base string is oauthlib's, noted where that library computes it.
"""
import re
from urllib.parse import unquote

import requests
import requests_oauthlib
from jwt.exceptions import InvalidKeyError
from oauthlib.oauth1.rfc5849 import SIGNATURE_METHODS, signature
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth1, OAuth1Session

import loop

PLACES = {"header": "AUTH_HEADER", "body": "BODY", "query": "QUERY"}
NOTED = {}
compute = signature.signature_base_string


def noting(*given):
    NOTED["base_string"] = compute(*given)
    return NOTED["base_string"]


signature.signature_base_string = noting


def string(sent):
    return sent.decode() if isinstance(sent, bytes) else sent


def sign(asked):
    loop.only(asked)
    NOTED.clear()
    token, place = asked.get("token") or {}, asked.get("transmission") or "header"
    auth = OAuth1(
        asked["client"]["identifier"], asked["client"].get("secret"), token.get("identifier"), token.get("secret"),
        callback_uri=asked.get("callback"), signature_method=asked["signature_method"], signature_type=PLACES[place],
        rsa_key=asked.get("private_key"), verifier=asked.get("verifier"), realm=asked.get("realm"),
        nonce=asked["nonce"], timestamp=asked["timestamp"])
    headers = loop.fields(asked.get("headers") or [])
    request = requests.Request(asked["method"], asked["url"], headers=headers, data=asked.get("body"), auth=auth).prepare()
    name, sent = {"header": ("authorization", request.headers.get("Authorization")),
                  "body": ("body", request.body), "query": ("url", request.url)}[place]
    sent = string(sent)
    value = re.search(r'oauth_signature="?([^"&#]*)', sent).group(1)
    return {name: sent, "signature": unquote(value), "stages": dict(NOTED)}


class Answering(BaseAdapter):
    """A transport that has the answer already."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def send(self, request, **_):
        response = requests.Response()
        response.status_code, response.url, response.request = self.answer["status"], request.url, request
        response.headers.update(loop.fields(self.answer.get("headers") or []))
        body = self.answer["body"]
        response._content = body if isinstance(body, bytes) else body.encode()
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        return response

    def close(self):
        pass


def parse_token_response(asked):
    session = OAuth1Session("client", "secret")
    session.mount("https://", Answering(asked))
    if asked["step"] == "temporary":
        token = session.fetch_request_token("https://provider.example/initiate")
    else:
        token = session.fetch_access_token("https://provider.example/token", verifier="verifier")
    return {"identifier": token.get("oauth_token"), "secret": token.get("oauth_token_secret"), "parameters": list(token.items())}


loop.serve(
    name="requests-oauthlib", version=requests_oauthlib.__version__, homepage="https://github.com/requests/requests-oauthlib",
    operations={"sign": sign, "parse_token_response": parse_token_response}, signature_methods=SIGNATURE_METHODS,
    features=["stages", "form_body", "duplicates", "realm", "callback", "verifier", "fixed_nonce", "transmission"],
    refusals=[ValueError, InvalidKeyError, requests.RequestException])
