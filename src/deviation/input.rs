//! Mistakes of input: the derivation is right, and what goes into it is not what is sent. Each carries its parameter, such as
//! `input.host:etws.etrade.com`.

use std::borrow::Cow;
use std::fmt;

use super::stage::Stage;
use crate::protocol::{Malformed, Parameters, Request, Url};

/// What is signed in place of what is sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Another method.
    Method(String),
    /// Another scheme: `http` or `https`.
    Scheme(String),
    /// Another host, with its port if it has one.
    Host(String),
    /// Another path.
    Path(String),
    /// A parameter of query, header or body is left out: all with this name.
    Without(String),
    /// A parameter is signed that is not sent: name and value, decoded.
    With(String, String),
    /// A form-encoded body is not taken for one.
    BodyNotForm,
    /// A body of another media type is taken for a form.
    BodyAsForm,
}

impl Input {
    /// The kinds, each with the shape of its parameter and a sentence for a person.
    pub const KINDS: [(&'static str, &'static str, &'static str); 8] = [
        ("input.method", "METHOD", "another HTTP method is signed than the one that is sent"),
        ("input.scheme", "http|https", "another scheme is signed than the one that is used"),
        ("input.host", "HOST[:PORT]", "another host is signed than the one that is asked"),
        ("input.path", "PATH", "another path is signed than the one that is asked"),
        ("input.without", "NAME", "a parameter is sent and not signed"),
        ("input.with", "NAME=VALUE", "a parameter is signed and not sent"),
        ("input.body-not-form", "", "the form-encoded body is not signed, because it is not known for one"),
        ("input.body-as-form", "", "a body that is not form-encoded is signed as if it were"),
    ];

    /// An id of each kind with some parameter, in the order of [`Input::KINDS`].
    pub const SAMPLES: [&'static str; 8] = [
        "input.method:PUT",
        "input.scheme:https",
        "input.host:www.example.com",
        "input.path:/b",
        "input.without:b",
        "input.with:more=1",
        "input.body-not-form",
        "input.body-as-form",
    ];

    /// Reads an id with its parameter.
    #[must_use]
    pub fn parse(id: &str) -> Option<Input> {
        let (kind, parameter) = match id.split_once(':') {
            Some((kind, parameter)) => (kind, parameter.to_owned()),
            None => (id, String::new()),
        };
        let given = || Some(parameter.clone()).filter(|parameter| !parameter.is_empty());
        Some(match kind {
            "input.method" => Input::Method(given()?),
            "input.scheme" => Input::Scheme(given().filter(|scheme| matches!(scheme.as_str(), "http" | "https"))?),
            "input.host" => Input::Host(given()?),
            "input.path" => Input::Path(given().filter(|path| path.starts_with('/'))?),
            "input.without" => Input::Without(given()?),
            "input.with" => {
                let (name, value) = parameter.split_once('=')?;
                Input::With(name.to_owned(), value.to_owned())
            }
            "input.body-not-form" if parameter.is_empty() => Input::BodyNotForm,
            "input.body-as-form" if parameter.is_empty() => Input::BodyAsForm,
            _ => return None,
        })
    }

    /// The id without its parameter.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Input::Method(_) => "input.method",
            Input::Scheme(_) => "input.scheme",
            Input::Host(_) => "input.host",
            Input::Path(_) => "input.path",
            Input::Without(_) => "input.without",
            Input::With(..) => "input.with",
            Input::BodyNotForm => "input.body-not-form",
            Input::BodyAsForm => "input.body-as-form",
        }
    }

    /// Its stage.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Input::Method(_) => Stage::InputMethod,
            Input::Scheme(_) => Stage::InputScheme,
            Input::Host(_) => Stage::InputAuthority,
            Input::Path(_) => Stage::InputPath,
            Input::Without(_) | Input::With(..) => Stage::InputParameter,
            Input::BodyNotForm | Input::BodyAsForm => Stage::InputBody,
        }
    }

    /// One plain sentence with the parameter in it.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Input::Method(method) => format!("the method {method} is signed, and another one is sent"),
            Input::Scheme(scheme) => format!("an {scheme} URL is signed, and the other scheme is used"),
            Input::Host(host) => format!("the host {host} is signed, and another one is asked"),
            Input::Path(path) => format!("the path {path} is signed, and another one is asked"),
            Input::Without(name) => format!("the parameter {name} is sent and not signed"),
            Input::With(name, _) => format!("the parameter {name} is signed and not sent"),
            Input::BodyNotForm => "the form-encoded body is not signed".to_owned(),
            Input::BodyAsForm => "a body that is not form-encoded is signed as if it were".to_owned(),
        }
    }

    /// What to do instead.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Input::Method(_) => "sign with the method that the request is sent with, after redirects and overrides too",
            Input::Scheme(_) => {
                "sign the URL that is really used; behind a proxy that ends TLS, a server must take the scheme that the client saw"
            }
            Input::Host(_) => "sign the host that the request is sent to, as the Host field has it",
            Input::Path(_) => "sign the path as it stands in the request line",
            Input::Without(_) => "sign every parameter of query, header and form body, and add none after signing",
            Input::With(..) => "send every parameter that was signed",
            Input::BodyNotForm => "send the body as application/x-www-form-urlencoded and give its parameters to the signer",
            Input::BodyAsForm => "sign a body's parameters only if its media type is application/x-www-form-urlencoded",
        }
    }

    /// The section that it breaks.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        match self {
            Input::Method(_) => "3.4.1.1",
            Input::Scheme(_) | Input::Host(_) | Input::Path(_) => "3.4.1.2",
            Input::Without(_) | Input::With(..) | Input::BodyNotForm | Input::BodyAsForm => "3.4.1.3.1",
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Input::Method(text) | Input::Scheme(text) | Input::Host(text) | Input::Path(text) | Input::Without(text) => {
                write!(f, ":{text}")
            }
            Input::With(name, value) => write!(f, ":{name}={value}"),
            Input::BodyNotForm | Input::BodyAsForm => Ok(()),
        }
    }
}

/// Lets `use_it` see the request as these mistakes make it.
///
/// # Errors
/// [`Malformed::Url`] if a host or a path makes no URL.
pub fn with_inputs<T>(
    inputs: &[Input],
    request: &Request<'_>,
    use_it: impl FnOnce(&Request<'_>) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    if inputs.is_empty() {
        return use_it(request);
    }
    let mut changed = Changed::of(request);
    for input in inputs {
        changed.take(input, request);
    }
    let url = changed.url();
    let url = Url::parse(&url)?;
    let headers: Vec<_> = changed.headers.iter().map(|(name, value)| crate::protocol::Header { name, value }).collect();
    let request = Request {
        method: &changed.method,
        url,
        headers: &headers,
        body: changed.body.as_deref(),
        protocol: &changed.protocol,
        realm: request.realm,
    };
    use_it(&request)
}

/// A request in parts that can be changed.
struct Changed<'a> {
    method: Cow<'a, [u8]>,
    scheme: Cow<'a, [u8]>,
    authority: Cow<'a, [u8]>,
    path: Cow<'a, [u8]>,
    query: Option<Cow<'a, [u8]>>,
    headers: Vec<(&'a [u8], Cow<'a, [u8]>)>,
    body: Option<Cow<'a, [u8]>>,
    protocol: Parameters,
}

impl<'a> Changed<'a> {
    fn of(request: &Request<'a>) -> Changed<'a> {
        Changed {
            method: request.method.into(),
            scheme: request.url.scheme.into(),
            authority: request.url.authority.into(),
            path: request.url.path.into(),
            query: request.url.query.map(Cow::Borrowed),
            headers: request.headers.iter().map(|header| (header.name, Cow::Borrowed(header.value))).collect(),
            body: request.body.map(Cow::Borrowed),
            protocol: request.protocol.clone(),
        }
    }

    fn take(&mut self, input: &Input, request: &Request<'_>) {
        match input {
            Input::Method(method) => self.method = method.clone().into_bytes().into(),
            Input::Scheme(scheme) => self.scheme = scheme.clone().into_bytes().into(),
            Input::Host(host) => {
                self.authority = host.clone().into_bytes().into();
                self.drop_header(b"host");
                self.drop_header(b":authority");
            }
            Input::Path(path) => self.path = path.clone().into_bytes().into(),
            Input::Without(name) => {
                let is_form = matches!(request.form(), Ok(Some(_)));
                self.query = self.query.as_deref().map(|query| without(query, name.as_bytes()).into());
                if is_form {
                    self.body = self.body.as_deref().map(|body| without(body, name.as_bytes()).into());
                }
                self.protocol.retain(|parameter| parameter.name != name.as_bytes());
            }
            Input::With(name, value) => self.protocol.push(name.as_bytes(), value.as_bytes(), crate::protocol::Source::Header),
            Input::BodyNotForm => self.drop_header(b"content-type"),
            Input::BodyAsForm => {
                self.drop_header(b"content-type");
                self.headers.push((b"Content-Type", Cow::Borrowed(b"application/x-www-form-urlencoded")));
            }
        }
    }

    fn drop_header(&mut self, name: &[u8]) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    fn url(&self) -> Vec<u8> {
        let mut url = [&self.scheme, &b"://"[..], &self.authority, &self.path].concat();
        if let Some(query) = &self.query {
            url.push(b'?');
            url.extend_from_slice(query);
        }
        url
    }
}

/// A query or form without the pairs whose decoded name is this one.
fn without(text: &[u8], name: &[u8]) -> Vec<u8> {
    let mut decoded = crate::protocol::Buffer::default();
    let kept = text.split(|&octet| octet == b'&').filter(|piece| {
        decoded.clear();
        crate::protocol::form_decode(piece.split(|&octet| octet == b'=').next().unwrap_or_default(), &mut decoded);
        *decoded != *name
    });
    kept.collect::<Vec<_>>().join(&b'&')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_written() {
        for id in [
            "input.method:POST",
            "input.scheme:http",
            "input.host:[::1]:8080",
            "input.path:/a:b",
            "input.without:oauth_token",
            "input.with:a=b=c:d",
            "input.with:a=",
            "input.body-not-form",
            "input.body-as-form",
        ] {
            assert_eq!(Input::parse(id).unwrap().to_string(), id);
        }
        for id in
            ["input.method", "input.scheme:ftp", "input.path:x", "input.with:a", "input.body-as-form:x", "input", "uri.x:y", "input.host:"]
        {
            assert_eq!(Input::parse(id), None, "{id}");
        }
    }

    #[test]
    fn a_request_is_changed_where_the_mistake_is_and_nowhere_else() {
        let protocol = Parameters::of_header([(&b"oauth_token"[..], &b"t"[..]), (b"a", b"9")]);
        let headers = [
            crate::protocol::Header { name: b"Host", value: b"h" },
            crate::protocol::Header { name: b"content-type", value: b"application/x-www-form-urlencoded" },
        ];
        let url = Url::parse(b"https://h/p?a=1&b=2&%61=3#f").unwrap();
        let request = Request { method: b"GET", url, headers: &headers, body: Some(b"a=4&c=5"), protocol: &protocol, realm: None };
        let shown = |ids: &[&str]| {
            let inputs: Vec<Input> = ids.iter().map(|id| Input::parse(id).unwrap()).collect();
            with_inputs(&inputs, &request, |request| {
                let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
                let form = request.form()?.map(text).unwrap_or_default();
                let host = request.field("host", "")?.is_some();
                Ok(format!("{} {} {form} {host} {:?}", text(request.method), text(request.url.text), request.protocol))
            })
        };
        assert_eq!(shown(&[]).unwrap(), r#"GET https://h/p?a=1&b=2&%61=3#f a=4&c=5 true [("oauth_token", "t"), ("a", "9")]"#);
        assert_eq!(shown(&["input.without:a"]).unwrap(), r#"GET https://h/p?b=2 c=5 true [("oauth_token", "t")]"#);
        assert_eq!(
            shown(&[
                "input.host:x:1",
                "input.scheme:http",
                "input.method:PUT",
                "input.path:/q",
                "input.body-not-form",
                "input.without:oauth_token"
            ])
            .unwrap(),
            r#"PUT http://x:1/q?a=1&b=2&%61=3  false [("a", "9")]"#
        );
        assert!(shown(&["input.host:a b"]).is_err());
    }
}
