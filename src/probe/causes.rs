//! Why a good request was not answered: what the answer says of clock, key, token, callback, header, signature, address and health of the
//! server, each told apart from the others. The order is from what is certain to what is likely.

use super::conduct::Hop;
use super::means::{Means, Pair};
use super::outcome::{Outcome, Read};
use super::redaction::Redactor;
use crate::implementation::live::Trouble;
use crate::profile::Profile;
use crate::profile::document::EndpointName;
use crate::profile::kinds::Shape;

mod echoes;
mod shown;

pub use shown::Shown;

/// Why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its name: `clock.skew`.
    pub id: &'static str,
    /// One sentence, without secrets.
    pub because: String,
    /// What to do about it.
    pub advice: String,
}

fn cause(id: &'static str, because: impl Into<String>, advice: impl Into<String>) -> Cause {
    Cause { id, because: because.into(), advice: advice.into() }
}

/// Why there was no whole answer.
#[must_use]
pub fn of_trouble(trouble: &Trouble) -> Cause {
    let (id, advice) = match trouble {
        Trouble::NotAllowed(_) => ("http.not-allowed", "ask the provider's own hosts, over https unless it is on this machine"),
        Trouble::NoAddress(_) => ("http.no-address", "look at the name, and at the network"),
        Trouble::NoConnection(_) => ("http.no-connection", "see whether the server runs, and whether something stands between"),
        Trouble::Tls(_) => ("http.tls", "see who answers there: a captive portal, a proxy, an old certificate"),
        Trouble::Late(_) => ("http.late", "see whether the server is well; --timeout gives it more time"),
        Trouble::Cut(_) => ("http.cut", "see the server's log: it ended the connection in the middle"),
        Trouble::NotHttp(_) => ("http.not-http", "see who answers there: it is no HTTP/1 server, or one that breaks its rules"),
        Trouble::TooLarge(..) | Trouble::TooMany(..) => ("http.too-large", "see who answers there: no answer of a provider is so large"),
        Trouble::Body(_) => ("http.body", "see what writes the body: its length, chunks or compression are not what is said"),
    };
    cause(id, trouble.to_string(), advice)
}

/// Why a good request was not answered as one.
#[must_use]
pub fn of_answer(
    profile: &Profile,
    (hop, read): (&Hop, &Read),
    means: &Means,
    presented: Option<&Pair>,
    shown: &Shown<'_>,
    redactor: &Redactor,
) -> Cause {
    if read.outcome == Outcome::Redirected {
        return redirection(hop, read, redactor);
    }
    let known = [clock, health, problem, text, shape];
    let found = known.iter().find_map(|known| known(profile, hop, read, redactor));
    let found = found.unwrap_or_else(|| {
        cause(
            "answer.bare",
            format!("the answer is {} and says nothing of the reason", read.phrase(redactor)),
            "compare method, place, key and environment with the documentation; see the server's log",
        )
    });
    if found.id != "signature.wrong" {
        return found;
    }
    match shown.diagnosed(hop, read, means, presented) {
        Some(told) => Cause { because: format!("{}: {told}", found.because), ..found },
        None => found,
    }
}

fn redirection(hop: &Hop, read: &Read, redactor: &Redactor) -> Cause {
    let location = read.response.field("location").map(|value| String::from_utf8_lossy(value).into_owned());
    let Some(location) = location else {
        return cause(
            "answer.redirect",
            format!("the answer is {} without a Location", read.response.status),
            "answer a signed request where it was sent",
        );
    };
    let shown = redactor.word(location.split(['?', '#']).next().unwrap_or_default(), 120);
    let own = hop.outgoing.url.split("://").next().unwrap_or_default();
    let other = location.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let hint = match other {
        Some(scheme) if scheme != own => format!("the other scheme, {scheme}, is meant: sign and send there, if it is the provider's own"),
        _ => "sign the final URL, if it is the provider's own: a signature is for one URL, and no redirect is followed".to_owned(),
    };
    cause("answer.redirect", format!("the answer is {} to \"{}\"", read.response.status, shown.escape_debug()), hint)
}

/// The clock, by `Date`, by the timestamps that would be taken, and by the words of the refusal.
fn clock(profile: &Profile, hop: &Hop, read: &Read, _: &Redactor) -> Option<Cause> {
    let skew = read.says.server_time.map(|server| i128::from(server) - i128::from(hop.at));
    let names = read.says.problem.as_ref().map(|problem| problem.name.as_str());
    let words = words(read);
    let is_said = names == Some("timestamp_refused") || words.contains("timestamp out of bounds") || words.contains("\"code\":135");
    if let Some((from, to)) = read.says.timestamps_acceptable {
        let server = read.says.server_time;
        if server.is_some_and(|server| !(from..=to).contains(&server)) {
            return Some(cause(
                "server.clock",
                "the timestamps that it would take do not hold its own Date",
                "the provider's clock or its check is broken: wait, it is not your request",
            ));
        }
        let middle = from.midpoint(to);
        let away = i128::from(middle) - i128::from(hop.at);
        if away.unsigned_abs() > 1 {
            return Some(skewed(away));
        }
    }
    let window = i128::from(profile.timestamp_window);
    match skew {
        Some(skew) if is_said && skew.unsigned_abs() > 1 => Some(skewed(skew)),
        Some(skew) if skew.unsigned_abs() > window.unsigned_abs() && read.outcome == Outcome::Refused => Some(skewed(skew)),
        _ if is_said => Some(cause(
            "server.clock",
            "the timestamp was refused, though the clocks agree",
            "the provider's check is broken, or its window is smaller than documented: wait and try again",
        )),
        _ => None,
    }
}

fn skewed(away: i128) -> Cause {
    let side = if away > 0 { "behind" } else { "ahead of" };
    let seconds = away.unsigned_abs();
    let zone = if seconds >= 1800 && (seconds % 1800 <= 60 || seconds % 1800 >= 1740) {
        "; half and whole hours point to a time zone"
    } else {
        ""
    };
    cause(
        "clock.skew",
        format!("this machine's clock is {seconds} s {side} the server's{zone}"),
        "set the clock, or see which of the two is right",
    )
}

/// A server that is not well, or no longer there.
fn health(_: &Profile, _: &Hop, read: &Read, _: &Redactor) -> Option<Cause> {
    let words = words(read);
    let retired = ["retired", "deprecated", "discontinued", "no longer supported", "no longer available", "sunset"];
    let is_retired = read.response.status >= 400 && retired.iter().any(|word| words.contains(word));
    match read.response.status {
        429 => Some(cause("server.rate-limit", "too many requests, says the server", "wait, and give a lower --rate")),
        _ if read.response.status >= 400 && (words.contains("rate limit") || words.contains("rate%20limit")) => Some(cause(
            "server.rate-limit",
            format!("the server speaks of a rate limit, with status {}", read.response.status),
            "wait, and give a lower --rate",
        )),
        _ if is_retired => Some(cause(
            "server.retired",
            format!("the server says that this is over, with status {}", read.response.status),
            "see the provider's news: another version, or OAuth 2",
        )),
        404 | 405 | 410 => Some(cause(
            "server.moved",
            format!("the answer is {}: nothing is here, or not for this method", read.response.status),
            "compare URL and method with the documentation",
        )),
        503 => Some(cause("server.unavailable", "the server says that it is not available", "wait and try again")),
        500..=599 => Some(cause(
            "server.error",
            format!("the server failed, with status {}", read.response.status),
            "wait and try again; if it stays, the service may be over",
        )),
        _ => None,
    }
}

/// What a named problem means.
fn problem(_: &Profile, hop: &Hop, read: &Read, redactor: &Redactor) -> Option<Cause> {
    let named = read.says.problem.as_ref()?;
    let (id, because, advice): (_, _, &str) = match named.name.as_str() {
        "consumer_key_unknown" => (
            "client.unknown",
            "the client identifier is unknown",
            "compare its length and its ends with what the provider shows, and the key's environment with the host",
        ),
        "consumer_key_rejected" => (
            "client.rejected",
            "the client may not do this: the key has expired, is not active yet, or has not the right",
            "renew it or have it approved; no code is wrong",
        ),
        "consumer_key_refused" => ("client.refused", "the client may not do this for now", "wait"),
        "token_expired" | "access_token_expired" => ("token.expired", "the token has expired", "renew it or begin again"),
        "token_used" => ("token.used", "the temporary credentials were used up", "begin again: each serves once"),
        "token_revoked" => ("token.revoked", "the token was revoked", "begin again"),
        "token_rejected" | "token_not_authorized" => (
            "token.rejected",
            "the token is not taken",
            "see its age, its environment, and whether it is a request token where an access token belongs",
        ),
        "permission_denied" | "permission_unknown" | "additional_authorization_required" => {
            ("token.permission", "the resource owner has not allowed this", "have it allowed")
        }
        "nonce_used" => (
            "nonce.used",
            "a nonce is called used that was never sent before",
            "see whether something sends requests twice: a proxy, a load balancer",
        ),
        "signature_invalid" => (
            "signature.wrong",
            "the server computes another signature",
            "check the secret first: its ends, blanks, the environment; then what the server signs",
        ),
        "signature_method_rejected" => {
            ("signature.method", "the signature method is not taken", "give another one with --signature-method")
        }
        "parameter_rejected" if named.parameter_names().iter().any(|name| name == "oauth_callback") => {
            ("callback.refused", "oauth_callback is not taken", CALLBACK_ADVICE)
        }
        "parameter_absent" if is_lost(hop, named) => ("header.lost", LOST, LOST_ADVICE),
        "parameter_absent" => ("parameter.absent", "a parameter is missing, says the server", "compare with the documentation"),
        "parameter_rejected" => ("parameter.rejected", "a parameter is not taken", "compare with the documentation"),
        "version_rejected" => ("parameter.version", "oauth_version is not taken", "compare with the documentation"),
        _ => return None,
    };
    let names = named.parameter_names();
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(": {}", names.iter().take(6).map(|name| name.escape_debug().to_string()).collect::<Vec<_>>().join(", "))
    };
    Some(cause(
        id,
        format!("{because}, says the server ({}){names}", read.phrase(redactor))
            .replace(", says the server, says the server", ", says the server"),
        advice,
    ))
}

const CALLBACK_ADVICE: &str = "give the one that is registered with --callback; some providers take only oob, others never";
const LOST: &str = "the server has not seen the Authorization header";
const LOST_ADVICE: &str = "see what stands before the server: CGI, FastCGI, WSGI and proxies drop it (CGIPassAuth On, WSGIPassAuthorization On, a RewriteRule with E=HTTP_AUTHORIZATION)";

/// Whether what is called absent was sent in the header.
fn is_lost(hop: &Hop, problem: &crate::intake::Problem) -> bool {
    let absent = problem.parameter_names();
    let in_header = hop.outgoing.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    in_header && absent.iter().any(|name| hop.parameters.iter().any(|(sent, value)| sent == name && !value.is_empty()))
}

/// What servers say that do not name problems.
fn text(_: &Profile, hop: &Hop, read: &Read, redactor: &Redactor) -> Option<Cause> {
    if read.response.status < 400 && read.says.problem.is_none() {
        return None;
    }
    // What it repeats of the request, it does not say.
    let words = echoes::without(&words(read), hop);
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let in_header = hop.outgoing.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if in_header
        && says(&["no oauth parameters", "missing oauth", "not an oauth request", "missing authorization", "oauth parameters supplied"])
    {
        return Some(cause("header.lost", LOST, LOST_ADVICE));
    }
    let shows = !read.says.base_strings.is_empty() || !read.says.signatures.is_empty();
    if hop.endpoint == EndpointName::RequestToken
        && !shows
        && says(&["callback", "\"oob\"", "'oob'", "out-of-band", "\"code\":415", "\"code\":417"])
    {
        return Some(cause("callback.refused", format!("the server speaks of the callback ({})", read.phrase(redactor)), CALLBACK_ADVICE));
    }
    if shows || says(&["signature", "\"code\":32"]) {
        return Some(cause(
            "signature.wrong",
            format!("the server speaks of the signature ({})", read.phrase(redactor)),
            "check the secret first: its ends, blanks, the environment; then what the server signs",
        ));
    }
    if says(&["consumer key", "consumer_key", "api key", "\"code\":215"]) {
        return Some(cause(
            "client.unknown",
            format!("the server speaks of the key ({})", read.phrase(redactor)),
            "compare it with what the provider shows, and its environment with the host",
        ));
    }
    if says(&["token", "\"code\":89"]) && hop.parameters.iter().any(|(name, _)| name == "oauth_token") {
        return Some(cause(
            "token.rejected",
            format!("the server speaks of the token ({})", read.phrase(redactor)),
            "see its age and its environment",
        ));
    }
    None
}

/// What is left: the form of the answer.
fn shape(_: &Profile, _: &Hop, read: &Read, redactor: &Redactor) -> Option<Cause> {
    let status = read.response.status;
    let challenge = read.response.field("www-authenticate").map(<[u8]>::to_ascii_lowercase).unwrap_or_default();
    if status == 401 && !challenge.is_empty() && !challenge.windows(5).any(|part| part == b"oauth") {
        return Some(cause(
            "answer.other-scheme",
            "the server asks for another scheme than OAuth",
            "something else guards the server, or its OAuth is not switched on",
        ));
    }
    if read.outcome == Outcome::Odd {
        return Some(match read.response.told.shape {
            Some(Shape::Html) => cause(
                "answer.page",
                format!("a page comes with status {status} in place of credentials"),
                "an outage, a captive portal, or a login page: open it in a browser",
            ),
            Some(Shape::Empty) | None => {
                cause("answer.empty", format!("nothing comes with status {status} in place of credentials"), "see the server's log")
            }
            Some(Shape::Form) => cause(
                "answer.no-credentials",
                format!("the form that comes with status {status} has no oauth_token"),
                "see the server's log",
            ),
            Some(_) => cause(
                "answer.not-form",
                format!("what comes with status {status} is no form"),
                "send the credentials as application/x-www-form-urlencoded (RFC 5849 section 2.1)",
            ),
        });
    }
    let name = read.says.problem.as_ref().map(|problem| redactor.word(&problem.name, 60))?;
    Some(cause(
        "problem.unknown",
        format!("the server says \"{}\", which is none of the known problems", name.escape_debug()),
        "see the provider's documentation",
    ))
}

/// The beginning of the answer in small letters.
fn words(read: &Read) -> String {
    let body = read.response.octets();
    let text = String::from_utf8_lossy(body.get(..8192).unwrap_or(body)).to_ascii_lowercase();
    text.replace("\": ", "\":")
}
