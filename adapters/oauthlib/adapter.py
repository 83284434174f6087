"""oauthlib behind the adapter protocol of countersign: questions on stdin, answers on stdout, one JSON object a line."""
import base64
import json
import re
import sys
from urllib.parse import unquote

import oauthlib
from oauthlib.oauth1 import Client

PLACES = {"header": "AUTH_HEADER", "body": "BODY", "query": "QUERY"}


def sign(asked):
    token = asked.get("token") or {}
    place = asked.get("transmission") or "header"
    client = Client(
        asked["client"]["identifier"], client_secret=asked["client"]["secret"],
        resource_owner_key=token.get("identifier"), resource_owner_secret=token.get("secret"),
        signature_method=asked["signature_method"], signature_type=PLACES[place],
        nonce=asked.get("nonce"), timestamp=asked.get("timestamp"), realm=asked.get("realm"),
        callback_uri=asked.get("callback"), verifier=asked.get("verifier"))
    url, headers, body = client.sign(
        asked["url"], asked["method"], asked.get("body"), dict(asked["headers"]), realm=asked.get("realm"))
    name, sent = {"header": ("authorization", headers.get("Authorization")), "body": ("body", body), "query": ("url", url)}[place]
    signature = re.search(r'oauth_signature="?([^"&#]*)', sent)
    return {name: sent, "signature": unquote(signature.group(1))}


def value(read):
    """Octets that are not UTF-8 are written {"base64": "…"}."""
    return base64.b64decode(read["base64"]) if read.keys() == {"base64"} else read


def say(message):
    print(json.dumps(message), flush=True)


say({"type": "hello", "protocol": 1,
     "implementation": {"name": "oauthlib", "version": oauthlib.__version__, "language": "Python"},
     "operations": ["sign"], "signature_methods": ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"],
     "features": ["form_body", "duplicates", "realm", "callback", "verifier", "fixed_nonce", "transmission"]})
for line in sys.stdin:
    message = json.loads(line, object_hook=value)
    if message["type"] == "run":
        try:
            say({"type": "result", "id": message["id"], "output": sign(message["input"])})
        except ValueError as refusal:
            say({"type": "reject", "id": message["id"], "message": str(refusal)})
        except Exception as failure:
            say({"type": "error", "id": message["id"], "message": repr(failure)})
