"""Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.

Run:   python3 adapter.py
Test:  countersign test --adapter 'python3 adapter.py'

Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.
"""
import base64
import json
import platform
import sys
import traceback
from urllib.parse import quote

# ---- YOUR LIBRARY ----------------------------------------------------------------------------------------------------

OFFER = {
    # Who is tested: this stands in every report.
    "implementation": {"name": "my-library", "version": "0.0.0", "language": "Python", "language_version": platform.python_version()},
    # Add what the library has, and answer it in `answer`: base_string, verify, percent_decode, parse_authorization, ...
    "operations": ["sign", "percent_encode"],
    # Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
    "signature_methods": ["PLAINTEXT"],
    # Add what `sign` hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
    "features": ["fixed_nonce", "no_version"],
    # How many questions may wait in the pipe; they are answered in their order.
    "max_in_flight": 64,
}


def sign(request):
    """Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request."""
    if request["signature_method"] not in OFFER["signature_methods"]:
        # Leave this out when the library is called: it has to refuse names that it does not know.
        raise Unsupported("signature_method:" + request["signature_method"])
    if request.get("version") not in (None, "1.0"):
        # Raise this wherever the library refuses; the codes stand in countersign's vectors/README.md, None will do.
        raise Reject("version_rejected", "oauth_version is not 1.0")
    token = request.get("token") or {}
    secrets = request["client"].get("secret"), token.get("secret")
    # RFC 5849 section 3.4.4; give "authorization" beside the signature if the library makes the header.
    return {"signature": "&".join(percent_encode(octets(secret)) for secret in secrets)}


def percent_encode(text):
    """Section 3.6: the library's own function, if it has one."""
    return quote(text, safe="")


def answer(operation, asked):
    """Add a branch for each operation that is offered."""
    if operation == "sign":
        return sign(asked)
    if operation == "percent_encode":
        return {"encoded": percent_encode(octets(asked["text"]))}
    raise Unsupported("operation:" + operation)


# ---- The protocol: nothing to change from here on --------------------------------------------------------------------


class Reject(Exception):
    """The library refuses the input: a code of the protocol, or None, and a message."""


class Unsupported(Exception):
    """The library does not offer this, such as "feature:realm"."""


def octets(text):
    """The octets of a text: a string, {"base64": "..."} where they are not UTF-8, or null."""
    if isinstance(text, dict):
        return base64.b64decode(text["base64"], validate=True)
    return (text or "").encode()


def main():
    stdout = sys.stdout
    # What the library prints must not get between the answers.
    sys.stdout = sys.stderr
    for line in sys.stdin.buffer:
        about = {}
        try:
            if not line.strip():
                continue
            message = json.loads(line)
            if message["type"] == "bye":
                break
            elif message["type"] == "hello":
                response = json.dumps({"type": "hello", "protocol": 1, **OFFER})
            elif message["type"] == "run":
                about["id"] = message["id"]
                output = answer(message["operation"], message["input"])
                response = json.dumps({"type": "result", **about, "output": output})
            else:
                continue
        except Reject as refusal:
            code, why = refusal.args
            response = json.dumps({"type": "reject", **about, "code": code, "message": why})
        except Unsupported as missing:
            response = json.dumps({"type": "unsupported", **about, "what": str(missing)})
        except Exception as failure:
            response = json.dumps({"type": "error", **about, "message": repr(failure), "traceback": traceback.format_exc()})
        print(response, file=stdout, flush=True)


if __name__ == "__main__":
    main()
