"""oauthlib as a provider, in a small WSGI application: https://oauthlib.readthedocs.io/en/latest/oauth1/server.html

The library checks signature, timestamp and where the parameters stand, and asks a `RequestValidator` of the application for the rest. The
one below is what the documentation of each method shows. Left to the application, and here: the nonce store, which never forgets; the owner
of a resource, who is one and always says yes; realms, of which there are none. TLS is not asked for (`enforce_ssl`), as on a machine of
one's own. An exception that is not one of the library's is the framework's to answer, here with 500.
"""
import html
import json
import os
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import request_uri

from oauthlib.oauth1 import OAuth1Error, RequestValidator, WebApplicationServer

CLIENTS = {os.environ["CLIENT_IDENTIFIER"]: os.environ["CLIENT_SECRET"]}
REDIRECT_URIS = {os.environ["CLIENT_IDENTIFIER"]: [os.environ["CLIENT_CALLBACK"]]}


class Validator(RequestValidator):
    """What the application knows. Lengths, characters, signature methods and the lifetime of a timestamp are the library's own."""

    enforce_ssl = False
    dummy_client = dummy_request_token = dummy_access_token = "nobody"

    def __init__(self):
        super().__init__()
        self.request_tokens, self.access_tokens, self.nonces = {}, {}, set()

    # As documented: where there is no secret, another one is returned, so that both cases take the same time.
    def get_client_secret(self, client_key, request):
        return CLIENTS.get(client_key, "dummy")

    def get_request_token_secret(self, client_key, token, request):
        return self.request_tokens.get(token, {}).get("oauth_token_secret", "dummy")

    def get_access_token_secret(self, client_key, token, request):
        return self.access_tokens.get(token, {}).get("oauth_token_secret", "dummy")

    def get_rsa_key(self, client_key, request):
        return ""

    def get_realms(self, token, request):
        return []

    def get_default_realms(self, client_key, request):
        return []

    def get_redirect_uri(self, token, request):
        return self.request_tokens[token]["redirect_uri"]

    def validate_client_key(self, client_key, request):
        return client_key in CLIENTS

    def validate_request_token(self, client_key, token, request):
        return self.request_tokens.get(token, {}).get("client_key") == client_key

    def validate_access_token(self, client_key, token, request):
        return self.access_tokens.get(token, {}).get("client_key") == client_key

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        used = (client_key, timestamp, nonce, request_token or access_token)
        if used in self.nonces:
            return False
        self.nonces.add(used)
        return True

    # As the documentation recommends: only what was registered.
    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri in REDIRECT_URIS.get(client_key, [])

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_verifier(self, client_key, token, verifier, request):
        return self.request_tokens.get(token, {}).get("oauth_verifier") == verifier

    def verify_request_token(self, token, request):
        return token in self.request_tokens

    def verify_realms(self, token, realms, request):
        return True

    def save_request_token(self, token, request):
        self.request_tokens[token["oauth_token"]] = dict(token, client_key=request.client_key, redirect_uri=request.redirect_uri)

    def save_verifier(self, token, verifier, request):
        self.request_tokens[token]["oauth_verifier"] = verifier["oauth_verifier"]

    def save_access_token(self, token, request):
        self.access_tokens[token["oauth_token"]] = dict(token, client_key=request.client_key)

    def invalidate_request_token(self, client_key, request_token, request):
        self.request_tokens.pop(request_token, None)


PROVIDER = WebApplicationServer(Validator())


def request_token(arrived):
    headers, body, status = PROVIDER.create_request_token_response(**arrived)
    return status, headers, body


def authorize(arrived):
    """The documentation shows a form first; here the owner has agreed before it could be seen."""
    try:
        headers, body, status = PROVIDER.create_authorization_response(**arrived)
    except OAuth1Error as error:
        return 302, {"Location": error.in_uri("/error")}, ""
    if status == 200:
        verifier = html.escape(parse_qs(body)["oauth_verifier"][0])
        return status, {"Content-Type": "text/html"}, f'<p>Your verifier is: <code id="verifier">{verifier}</code></p>'
    return status, headers, body


def access_token(arrived):
    headers, body, status = PROVIDER.create_access_token_response(**arrived)
    return status, headers, body


def error(arrived):
    return 200, {"Content-Type": "text/plain"}, "client did something bad"


def secret(arrived):
    """The status of a refusal is the documentation's: abort(403)."""
    valid, request = PROVIDER.validate_protected_resource_request(**arrived)
    if not valid:
        return 403, {"Content-Type": "text/plain"}, "forbidden"
    seen = {"client": request.client_key, "token": request.resource_owner_key, "method": request.http_method, "url": request.uri}
    return 200, {"Content-Type": "application/json"}, json.dumps(seen)


VIEWS = {
    ("POST", "/request_token"): request_token,
    ("GET", "/authorize"): authorize,
    ("POST", "/access_token"): access_token,
    ("GET", "/error"): error,
    ("GET", "/secret"): secret,
    ("POST", "/secret"): secret,
}
REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}


def application(environ, start_response):
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    view = VIEWS.get((method, path))
    if view is None:
        status = 405 if any(known == path for _, known in VIEWS) else 404
        status, headers, body = status, {"Content-Type": "text/plain"}, REASONS[status].lower()
    else:
        headers = {"Host": environ["HTTP_HOST"], "Content-Type": environ.get("CONTENT_TYPE", "")}
        if "HTTP_AUTHORIZATION" in environ:
            headers["Authorization"] = environ["HTTP_AUTHORIZATION"]
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        status, headers, body = view({"uri": request_uri(environ), "http_method": method, "body": text, "headers": headers})
    octets = (body or "").encode()
    start_response(f"{status} {REASONS[status]}", [*headers.items(), ("Content-Length", str(len(octets)))])
    return [octets]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


with make_server("127.0.0.1", int(os.environ["PORT"]), application, handler_class=Quiet) as server:
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
