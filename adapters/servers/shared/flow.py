"""requests-oauthlib asks one server for what it gives, in three legs or in one: flow.py FOLDER URL.

A client that nobody here wrote, and good requests only: whether the server is one at all. It ends with 1 where the resource does not answer
as it does to a client that it knows.
"""
import json
import os
import pathlib
import sys
from urllib.parse import urlsplit

import requests
from requests_oauthlib import OAuth1, OAuth1Session

folder, base = pathlib.Path(sys.argv[1]), sys.argv[2]
profile = json.loads((folder / "profile.json").read_text(encoding="utf-8"))
urls = {name: base + urlsplit(endpoint["urls"][0]).path for name, endpoint in profile["endpoints"].items()}
key, secret, callback = (os.environ[name] for name in ("CLIENT_IDENTIFIER", "CLIENT_SECRET", "CLIENT_CALLBACK"))


def three_legs():
    """Temporary credentials, the owner, token credentials, and the resource with GET and POST."""
    client = OAuth1Session(key, client_secret=secret, callback_uri=callback)
    client.fetch_request_token(urls["request_token"])
    # The owner's browser, which signs nothing.
    allowed = requests.get(client.authorization_url(urls["authorize"]), allow_redirects=False, timeout=10)
    back = allowed.headers.get("Location", "")
    if not back.startswith(callback + "&"):
        yield f"the owner is not sent to the callback: {allowed.status_code}"
    client.parse_authorization_response(back)
    issued = client.fetch_access_token(urls["access_token"])
    answers = [client.get(urls["resource"] + "?file=a%20b"), client.post(urls["resource"], data={"file": "a b"})]
    for method, answer in zip(("GET", "POST"), answers):
        if answer.status_code != 200 or answer.json()["token"] != issued["oauth_token"]:
            yield f"{method} of the resource: {answer.status_code}"


def one_leg():
    """The resource alone, with the protocol parameters in the form."""
    form = dict(line.split("=", 1) for line in (folder / "parameters").read_text(encoding="utf-8").splitlines())
    answer = requests.post(urls["resource"], data=form, auth=OAuth1(key, secret, signature_type="body"), timeout=10)
    if answer.status_code != 200 or answer.json()["client"] != key:
        yield f"POST of the resource: {answer.status_code} {answer.text}"


wrong = list(three_legs() if "request_token" in urls else one_leg())
print(f"{folder.name}: {'; '.join(wrong) or 'answers a client'}")
sys.exit(1 if wrong else 0)
