"""requests-oauthlib goes the three legs at one server, for its profile and its URL: flow.py PROFILE URL.

A client that nobody here wrote, and good requests only: whether the server is one at all. It ends with 1 where the resource does not know
the token that was issued.
"""
import json
import os
import sys
from urllib.parse import urlsplit

import requests
from requests_oauthlib import OAuth1Session

profile, base = json.load(open(sys.argv[1], encoding="utf-8")), sys.argv[2]
urls = {name: base + urlsplit(endpoint["urls"][0]).path for name, endpoint in profile["endpoints"].items()}
callback = "http://client.invalid/ready?kept=1"

client = OAuth1Session(os.environ["CLIENT_IDENTIFIER"], client_secret=os.environ["CLIENT_SECRET"], callback_uri=callback)
client.fetch_request_token(urls["request_token"])
# The owner's browser, which signs nothing.
allowed = requests.get(client.authorization_url(urls["authorize"]), allow_redirects=False, timeout=10)
back = allowed.headers.get("Location", "")
client.parse_authorization_response(back)
issued = client.fetch_access_token(urls["access_token"])
answers = [client.get(urls["resource"] + "?file=a%20b"), client.post(urls["resource"], data={"file": "a b"})]

wrong = []
if not back.startswith(callback + "&"):
    wrong.append(f"the owner is not sent to the callback: {allowed.status_code}")
for method, answer in zip(("GET", "POST"), answers):
    if answer.status_code != 200 or answer.json()["token"] != issued["oauth_token"]:
        wrong.append(f"{method} of the resource: {answer.status_code}")
print(f"{profile['id']}: {'; '.join(wrong) or 'three legs, and the resource with GET and POST'}")
sys.exit(1 if wrong else 0)
