//! Reading the answer to a request for temporary credentials (RFC 5849 section 2.1) or token credentials (section 2.3).

use super::credentials::Secret;
use super::decoding::has_broken_escape;
use super::error::Code;
use super::parameters::{Parameters, Source};
use super::request::{Header, is_form};
use super::verification::Refusal;

/// Which credentials were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Temporary credentials (section 2.1).
    Temporary,
    /// Token credentials (section 2.3).
    Token,
}

/// Credentials out of a token response.
#[derive(Clone, Debug)]
pub struct TokenResponse {
    /// `oauth_token`: the identifier.
    pub identifier: Vec<u8>,
    /// `oauth_token_secret`: the shared secret.
    pub secret: Secret,
    /// All parameters of the body, decoded, in their order.
    pub parameters: Parameters,
}

/// Reads a response: a 2xx status, a form-encoded body, `oauth_token` and `oauth_token_secret` once each, and for temporary
/// credentials `oauth_callback_confirmed=true`.
///
/// Lenient where people need it: any 2xx will do, though the text names 200; the Content-Type is looked at only when the body itself is
/// in doubt, because many providers send form bodies as `text/html` or `text/plain`; one line end after the body is dropped. The shared
/// secret may be empty (the specification does not forbid it), the identifier may not.
///
/// # Errors
/// A [`Refusal`] with the word for what is wrong.
pub fn read(step: Step, status: u16, headers: &[Header<'_>], body: &[u8]) -> Result<TokenResponse, Refusal> {
    if !(200..300).contains(&status) {
        return Err(Refusal::new(Code::StatusRejected, "the status is not 2xx (RFC 5849 sections 2.1 and 2.3 name 200)"));
    }
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    let declared = headers.iter().any(|header| header.name.eq_ignore_ascii_case(b"content-type") && is_form(header.value));
    if !declared && !looks_like_a_form(body) {
        return Err(Refusal::new(Code::MalformedResponse, "the body is not form-encoded (RFC 5849 sections 2.1 and 2.3)"));
    }
    if has_broken_escape(body) {
        return Err(Refusal::new(Code::InvalidPercentEncoding, "the body has a `%` without two hexadecimal digits"));
    }
    let mut parameters = Parameters::new();
    parameters.push_form(body, Source::Body);
    let identifier = single(&parameters, "oauth_token")?;
    let secret = single(&parameters, "oauth_token_secret")?;
    let identifier = identifier.filter(|identifier| !identifier.is_empty());
    let (Some(identifier), Some(secret)) = (identifier, secret) else {
        return Err(Refusal::new(Code::ParameterAbsent, "oauth_token or oauth_token_secret is missing (RFC 5849 sections 2.1 and 2.3)"));
    };
    if step == Step::Temporary && single(&parameters, "oauth_callback_confirmed")? != Some(&b"true"[..]) {
        return Err(Refusal::new(Code::CallbackUnconfirmed, "oauth_callback_confirmed is not `true` (RFC 5849 section 2.1)"));
    }
    Ok(TokenResponse { identifier: identifier.to_vec(), secret: Secret::new(secret.to_vec()), parameters })
}

fn single<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a [u8]>, Refusal> {
    let mut values = parameters.iter().filter(|parameter| parameter.name == name.as_bytes());
    let first = values.next().map(|parameter| parameter.value);
    if values.next().is_some() {
        return Err(Refusal::new(Code::ParameterDuplicated, "a protocol parameter stands there more than once"));
    }
    Ok(first)
}

/// Whether undeclared text is form pairs: it begins like a name and a value, and holds no white space or markup.
fn looks_like_a_form(body: &[u8]) -> bool {
    let name_end = body.iter().position(|&octet| octet == b'=').unwrap_or(0);
    name_end > 0 && !body.iter().any(|octet| octet.is_ascii_whitespace() || matches!(octet, b'<' | b'>' | b'{' | b'}' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Header<'static> = Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" };

    fn code(step: Step, status: u16, headers: &[Header<'_>], body: &str) -> Option<Code> {
        read(step, status, headers, body.as_bytes()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn good_answers_are_read() {
        let read =
            read(Step::Temporary, 200, &[FORM], b"oauth_token=t%20a+b&oauth_token_secret=s&oauth_callback_confirmed=true&x=1\r\n").unwrap();
        assert_eq!(read.identifier, b"t a b");
        assert_eq!(read.secret.expose(), b"s");
        assert_eq!(read.parameters.len(), 4);
        assert_eq!(code(Step::Token, 201, &[], "oauth_token_secret=&oauth_token=t"), None);
    }

    #[test]
    fn each_fault_has_its_word() {
        let good = "oauth_token=t&oauth_token_secret=s";
        for (step, status, headers, body, expected) in [
            (Step::Token, 199, &[FORM][..], good, Code::StatusRejected),
            (Step::Token, 300, &[FORM], good, Code::StatusRejected),
            (Step::Temporary, 200, &[FORM], good, Code::CallbackUnconfirmed),
            (Step::Temporary, 200, &[FORM], "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=TRUE", Code::CallbackUnconfirmed),
            (
                Step::Temporary,
                200,
                &[FORM],
                "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&oauth_callback_confirmed=true",
                Code::ParameterDuplicated,
            ),
            (Step::Token, 200, &[FORM], "oauth_token=t&oauth_token=u&oauth_token_secret=s", Code::ParameterDuplicated),
            (Step::Token, 200, &[FORM], "oauth_token=&oauth_token_secret=s", Code::ParameterAbsent),
            (Step::Token, 200, &[FORM], "oauth_token=t", Code::ParameterAbsent),
            (Step::Token, 200, &[FORM], "oauth_token=t&oauth_token_secret=%g0", Code::InvalidPercentEncoding),
            (Step::Token, 200, &[], "{\"oauth_token\":\"t\"}", Code::MalformedResponse),
            (Step::Token, 200, &[], "<a href=x>", Code::MalformedResponse),
            (Step::Token, 200, &[], "", Code::MalformedResponse),
            (Step::Token, 200, &[Header { name: b"Content-Type", value: b"application/json" }], "{}", Code::MalformedResponse),
            (Step::Token, 200, &[Header { name: b"X-Type", ..FORM }], "{}", Code::MalformedResponse),
            // Where it is declared, the body is a form that has not what it needs.
            (Step::Token, 200, &[FORM], "{}", Code::ParameterAbsent),
        ] {
            assert_eq!(code(step, status, headers, body), Some(expected), "{body}");
        }
    }
}
