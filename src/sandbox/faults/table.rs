//! The table of faults.

use super::answers::{again, first, json, page, problem, typed, with, with_body, without};
use super::redirects as go;
use super::{Act, At, Fault, Wire};
use crate::sandbox::http::Reply;

const STOPS: &str = "stops the login: the server has not understood the callback (RFC 5849 section 2.1)";
const NO_CREDENTIALS: &str = "stops the login: there are no credentials in the answer";
const ONE_READING: &str = "stops the login: there are two readings, and neither may be chosen";
const NOT_FOLLOWED: &str = "does not follow: neither the request nor a secret goes anywhere else";
const ENDS: &str = "gives up after its own time-out and says so";
const BOUNDED: &str = "gives up after an amount that it has chosen before, in bounded memory";
const BROKEN: &str = "reports a broken answer, and uses nothing of it";

const fn row(name: &'static str, at: At, sentence: &'static str, good: &'static str, act: Act) -> Fault {
    Fault { name, at, sentence, good, act }
}

/// Every fault: credentials, media types and statuses, redirections, the way back, refusals, HTTP itself.
#[rustfmt::skip]
pub const TABLE: &[Fault] = &[
    row("confirmed-missing", At::Temporary, "oauth_callback_confirmed is left out", STOPS,
        Act::Form(|said| without(said, "oauth_callback_confirmed"))),
    row("confirmed-false", At::Temporary, "oauth_callback_confirmed is false", STOPS,
        Act::Form(|said| with(said, "oauth_callback_confirmed", "false"))),
    row("confirmed-upper-case", At::Temporary, "oauth_callback_confirmed is TRUE", STOPS,
        Act::Form(|said| with(said, "oauth_callback_confirmed", "TRUE"))),
    row("confirmed-twice", At::Temporary, "oauth_callback_confirmed is there as true and as false", ONE_READING,
        Act::Form(|said| again(said, "oauth_callback_confirmed", "false"))),
    row("token-missing", At::Credentials, "oauth_token is left out", NO_CREDENTIALS,
        Act::Form(|said| without(said, "oauth_token"))),
    row("token-empty", At::Credentials, "oauth_token is empty", NO_CREDENTIALS,
        Act::Form(|said| with(said, "oauth_token", ""))),
    row("token-twice", At::Credentials, "oauth_token is there twice, with two values", ONE_READING,
        Act::Form(|said| again(said, "oauth_token", "another"))),
    row("secret-missing", At::Credentials, "oauth_token_secret is left out", NO_CREDENTIALS,
        Act::Form(|said| without(said, "oauth_token_secret"))),
    row("secret-empty", At::Credentials, "oauth_token_secret is empty", NO_CREDENTIALS,
        Act::Form(|said| with(said, "oauth_token_secret", ""))),
    row("secret-twice", At::Credentials, "oauth_token_secret is there twice, with two values", ONE_READING,
        Act::Form(|said| again(said, "oauth_token_secret", "another"))),
    row("token-special", At::Credentials, "oauth_token holds & = + % / a blank and an é", "decodes it once and encodes it once",
        Act::Form(|said| with(said, "oauth_token", "a&b=c+d%2Fe/f é"))),
    row("token-line-break", At::Credentials, "oauth_token holds a line break and a header field",
        "encodes it, so that no field is put into its requests", Act::Form(|said| with(said, "oauth_token", "a\r\nX-Injected: 1"))),
    row("token-long", At::Credentials, "oauth_token has 64 KiB", "takes it, or refuses it with a reason",
        Act::Form(|said| with(said, "oauth_token", &"t".repeat(65_536)))),
    row("token-not-utf8", At::Credentials, "oauth_token holds octets that are no UTF-8", "keeps the octets, or refuses them with a reason",
        Act::Good(|reply| with_body(reply, |body| [b"oauth_token=%FF%FE&", body.as_slice()].concat()))),
    row("parameters-unknown", At::Credentials, "there are parameters that nobody knows", "takes no notice of them",
        Act::Form(|said| (0..20).for_each(|number| again(said, &format!("x_unknown_{number}"), "1")))),
    row("parameters-many", At::Credentials, "there are a hundred thousand parameters", BOUNDED,
        Act::Form(|said| (0..100_000).for_each(|number| again(said, &format!("p{number}"), "1")))),
    row("escape-broken", At::Credentials, "a value holds a percent sign without digits", "reports it, or takes it literally",
        Act::Good(|reply| with_body(reply, |body| [body.as_slice(), b"&x=%zz"].concat()))),

    row("json", At::Credentials, "the credentials come as JSON", "reports that the answer is no form (RFC 5849 section 2.1)", Act::Good(json)),
    row("type-html", At::Credentials, "the form has the media type text/html", "reads it, or reports the media type",
        Act::Good(|reply| typed(reply, Some("text/html")))),
    row("type-missing", At::Credentials, "the answer has no media type", "reads it, or reports that",
        Act::Good(|reply| typed(reply, None))),
    row("line-end", At::Credentials, "a line's end stands behind the form", "does not take it for a part of the last value",
        Act::Good(|reply| with_body(reply, |body| [body.as_slice(), b"\r\n"].concat()))),
    row("byte-order-mark", At::Credentials, "a byte order mark stands before the form", "does not lose the first parameter without a word",
        Act::Good(|reply| with_body(reply, |body| [b"\xef\xbb\xbf", body.as_slice()].concat()))),
    row("body-empty", At::Credentials, "the body is empty, with status 200", NO_CREDENTIALS, Act::Good(|reply| with_body(reply, |_| Vec::new()))),
    row("no-content", At::Credentials, "the status is 204 and there is no body", NO_CREDENTIALS,
        Act::Good(|reply| Reply { status: 204, body: Vec::new(), ..reply })),
    row("created", At::Credentials, "the status is 201", "takes the credentials, or reports the status",
        Act::Good(|reply| Reply { status: 201, ..reply })),
    row("html-error-200", At::Credentials, "an error page with status 200", NO_CREDENTIALS,
        Act::All(|_| Some(page(200, "Something went wrong")))),
    row("problem-200", At::Credentials, "oauth_problem with status 200", "reports the problem that the body names",
        Act::All(|_| Some(problem(200, "permission_denied")))),
    row("error-escapes", At::Signed, "an error's text holds escapes of terminals, markup and commands of CI services",
        "shows it escaped, and on no line of its own",
        Act::All(|_| Some(Reply { body: b"oauth_problem=x&oauth_problem_advice=\x1b[2J\x1b]0;t\x07\xe2\x80\xae<script>\n::error::x\n".to_vec(), ..problem(401, "x") }))),

    row("redirect-host", At::Signed, "302 to another host", NOT_FOLLOWED, Act::All(|scene| go::other_host(scene, 302))),
    row("redirect-host-307", At::Signed, "307 to another host: method and body would be sent again", NOT_FOLLOWED, Act::All(|scene| go::other_host(scene, 307))),
    row("redirect-host-308", At::Signed, "308 to another host", NOT_FOLLOWED, Act::All(|scene| go::other_host(scene, 308))),
    row("redirect-port", At::Signed, "302 to another port of the same host", NOT_FOLLOWED, Act::All(go::other_port)),
    row("redirect-scheme", At::Signed, "302 to another scheme of the same host", NOT_FOLLOWED, Act::All(go::other_scheme)),
    row("redirect-network-path", At::Signed, "302 with a Location of //host/path", NOT_FOLLOWED, Act::All(go::network_path)),
    row("redirect-userinfo", At::Signed, "302 to http://own-host@other-host/", NOT_FOLLOWED, Act::All(go::user_information)),
    row("redirect-backslash", At::Signed, "302 to http:\\\\other-host/", NOT_FOLLOWED, Act::All(go::backslash)),
    row("redirect-loop", At::Signed, "302 to the very same URL", "does not follow, or signs anew and stops after a few", Act::All(go::itself)),
    row("redirect-script", At::Signed, "302 to a javascript: URL", NOT_FOLLOWED, Act::All(|_| go::script())),
    row("redirect-nowhere", At::Signed, "302 without a Location", "reports the status", Act::All(|_| go::nowhere())),

    row("callback-other-token", At::Callback, "the callback gets another oauth_token than was asked for", "stops the login: it is not its own",
        Act::Form(|said| with(said, "oauth_token", "another"))),
    row("callback-no-verifier", At::Callback, "the callback gets no oauth_verifier", "stops the login: nobody has allowed anything",
        Act::Form(|said| without(said, "oauth_verifier"))),
    row("callback-verifier-twice", At::Callback, "the callback gets two verifiers", ONE_READING,
        Act::Form(|said| again(said, "oauth_verifier", "another"))),

    row("clock-ahead", At::Signed, "the sandbox's clock is a day ahead", "tells of the difference, or takes it from Date and tries once more", Act::Clock(86_400)),
    row("clock-behind", At::Signed, "the sandbox's clock is a year behind", "tells of the difference, or takes it from Date and tries once more", Act::Clock(-31_536_000)),
    row("nonce-used-once", At::Signed, "the first request is refused: nonce_used", "tries again with a new nonce, or reports it",
        Act::All(|scene| first(scene, || problem(401, "nonce_used")))),
    row("unavailable-once", At::Signed, "the first request is answered 503", "tries again with a new nonce, or reports it",
        Act::All(|scene| first(scene, || page(503, "Service Unavailable")))),
    row("retry-after-long", At::Signed, "503 with Retry-After: 10000000", "does not wait for it",
        Act::All(|_| Some(page(503, "Service Unavailable").with("Retry-After", "10000000")))),
    row("rate-limit", At::Signed, "429 with an oauth_problem outside the list", "reports it and does not try at once again",
        Act::All(|_| Some(problem(429, "rate%20limit%20exceeded").with("Retry-After", "60")))),
    row("server-error", At::Signed, "500 with an error page", "reports the status", Act::All(|_| Some(page(500, "Internal Server Error")))),
    row("basic-challenge", At::Signed, "401 with a challenge of the Basic scheme", "sends no secret that way",
        Act::All(|_| Some(page(401, "Unauthorized").with("WWW-Authenticate", "Basic realm=\"x\"")))),
    row("token-expired", At::Resource, "the token is called expired", "renews it or begins a new login, and does not loop",
        Act::All(|_| Some(problem(401, "token_expired")))),

    row("silence", At::Signed, "no answer, and the connection stays open", ENDS, Act::Wire(Wire::Silence)),
    row("close", At::Signed, "no answer, and the connection ends", "reports it, and tries again with a new nonce at most", Act::Wire(Wire::Close)),
    row("truncated", At::Signed, "the connection ends in the middle of the body", BROKEN, Act::Wire(Wire::Truncated)),
    row("half-head", At::Signed, "the connection ends in the middle of the head", BROKEN, Act::Wire(Wire::HalfHead)),
    row("length-short", At::Signed, "Content-Length is five less than the body", BROKEN, Act::Wire(Wire::Length(-5))),
    row("length-long", At::Signed, "Content-Length is more than the body, and the connection stays open", ENDS, Act::Wire(Wire::Length(1000))),
    row("length-negative", At::Signed, "Content-Length is -1", BROKEN, Act::Wire(Wire::LengthText("-1"))),
    row("length-huge", At::Signed, "Content-Length is 10^18", BOUNDED, Act::Wire(Wire::LengthText("1000000000000000000"))),
    row("length-twice", At::Signed, "there are two Content-Length fields with two numbers", BROKEN, Act::Wire(Wire::LengthTwice)),
    row("length-and-chunks", At::Signed, "there are both Content-Length and Transfer-Encoding", BROKEN, Act::Wire(Wire::LengthAndChunks)),
    row("slow-head", At::Signed, "the head comes an octet a second", ENDS, Act::Wire(Wire::SlowHead)),
    row("slow-body", At::Signed, "the body comes an octet a second", ENDS, Act::Wire(Wire::SlowBody)),
    row("endless-head", At::Signed, "header fields without an end", BOUNDED, Act::Wire(Wire::EndlessHead)),
    row("endless-body", At::Signed, "a body without an end", BOUNDED, Act::Wire(Wire::EndlessBody)),
    row("endless-interim", At::Signed, "interim answers of status 103 without an end", BOUNDED, Act::Wire(Wire::EndlessInterim)),
    row("chunk-huge", At::Signed, "a chunk of 2^63 octets is announced", BOUNDED, Act::Wire(Wire::Chunk("8000000000000000"))),
    row("chunk-broken", At::Signed, "a chunk's size is no number", BROKEN, Act::Wire(Wire::Chunk("xyz"))),
    row("gzip-bomb", At::Signed, "a body of some hundred KiB that gzip makes 64 MiB of", BOUNDED, Act::Wire(Wire::Bomb)),
    row("gzip-false", At::Signed, "the body is said to be gzip, and is not", BROKEN, Act::Wire(Wire::NotGzip)),
    row("no-head", At::Signed, "a body without a head, as HTTP/0.9 had it", BROKEN, Act::Wire(Wire::NoHead)),
    row("status-line", At::Signed, "the status is no number", BROKEN, Act::Wire(Wire::StatusLine("HTTP/1.1 abc OK"))),
    row("status-huge", At::Signed, "the status is 99999", BROKEN, Act::Wire(Wire::StatusLine("HTTP/1.1 99999 OK"))),
    row("field-without-colon", At::Signed, "a line of the head is no field", BROKEN, Act::Wire(Wire::Field(b"no field at all"))),
    row("field-control", At::Signed, "a field holds NUL and an escape of terminals", "reports it, or shows it escaped", Act::Wire(Wire::Field(b"X-Odd: a\0b\x1b[2J"))),
    row("two-answers", At::Signed, "a second answer follows at once", "takes the first alone, and does not use the connection again", Act::Wire(Wire::TwoAnswers)),
];
