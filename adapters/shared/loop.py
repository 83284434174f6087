"""The loop of the adapter protocol for libraries in Python: questions on stdin, answers on stdout, one JSON object a line.

What a library is asked and how stands in the library's own adapter; this file knows no library.
"""
import base64
import json
import platform
import sys
import traceback

# Lines are read and answered one after the other; the pipe holds those that wait.
MAX_IN_FLIGHT = 64


class Unsupported(Exception):
    """The library's interface has no words for this question. Its text is what is missing: `feature:…`, `signature_method:…`."""


class Refused(Exception):
    """The library has refused by its return value and not with an exception."""


def text(value):
    """For an interface that takes text only."""
    if isinstance(value, bytes):
        raise Unsupported("feature:octets")
    return value


def fields(headers):
    """Header fields for an interface that takes a mapping."""
    if len({name.lower() for name, _ in headers}) < len(headers):
        raise Unsupported("feature:repeated_fields")
    return {name: text(value) for name, value in headers}


class Fields(dict):
    """The same as a web framework hands them over: the letter case of names does not count."""

    def __init__(self, headers):
        super().__init__((name.lower(), value) for name, value in fields(headers).items())

    def get(self, name, default=None):
        return super().get(name.lower(), default)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())


def is_form(asked):
    """Whether the application would say that it sends a form."""
    kinds = [value for name, value in asked.get("headers") or [] if name.lower() == "content-type"]
    return asked.get("body") is not None and any(kind.lower().startswith("application/x-www-form-urlencoded") for kind in kinds)


def only(asked, *, version=("1.0",), made_when_absent=True):
    """Refuses to ask what the library would answer with other values than those asked for."""
    if asked.get("version") is not None and asked["version"] not in version:
        raise Unsupported("version:" + asked["version"])
    if made_when_absent and (asked.get("nonce") is None or asked.get("timestamp") is None):
        raise Unsupported("feature:no_nonce")


def _read(pairs):
    """Octets that are not UTF-8 are written {"base64": "…"}."""
    read = dict(pairs)
    return base64.b64decode(read["base64"]) if read.keys() == {"base64"} else read


def _write(value):
    """The other way round, for whatever an adapter answers."""
    if isinstance(value, str):
        try:
            value.encode()
            return value
        except UnicodeEncodeError:
            value = value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _write(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_write(inner) for inner in value]
    return value


def _say(message):
    sys.stdout.write(json.dumps(_write(message)) + "\n")
    sys.stdout.flush()


def serve(*, name, version, homepage, operations, signature_methods=(), features=(), refusals=(ValueError,)):
    """Answers every question.

    `operations` maps a name to a function of the input that returns the output (with `stages` in it, if there are any);
    `refusals` are the exceptions with which the library says no. Any other exception is a failure.
    """
    _say({"type": "hello", "protocol": 1,
          "implementation": {"name": name, "version": version, "language": "Python",
                             "language_version": platform.python_version(), "homepage": homepage},
          "operations": list(operations), "signature_methods": list(signature_methods), "features": list(features),
          "max_in_flight": MAX_IN_FLIGHT})
    for line in sys.stdin:
        message = json.loads(line, object_pairs_hook=_read)
        if message["type"] == "bye":
            return
        if message["type"] == "run":
            _say({"id": message["id"], **_answer(operations, message, tuple(refusals))})


def _answer(operations, message, refusals):
    try:
        output = operations[message["operation"]](message["input"])
        stages = output.pop("stages", None)
        return {"type": "result", "output": output, **({"stages": stages} if stages else {})}
    except Unsupported as missing:
        return {"type": "unsupported", "what": str(missing), "message": str(missing)}
    except (Refused, *refusals) as refusal:
        return {"type": "reject", "message": f"{type(refusal).__name__}: {refusal}"[:500]}
    except Exception as failure:
        return {"type": "error", "message": f"{type(failure).__name__}: {failure}"[:500], "traceback": traceback.format_exc()[-4000:]}
