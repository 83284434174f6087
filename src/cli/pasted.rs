//! The options that read a whole request as people paste it: HTTP text, a `curl` line, a HAR entry, from a file or from stdin.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::fail::Fail;
use super::files;
use super::request::OwnedRequest;
use crate::intake::pasted::any::Form;
use crate::intake::{IntakeError, Pasted, PastedRequest, SignedRequest, pasted};
use crate::protocol::transmission::Transmission;
use crate::protocol::{SignatureMethod, Source, form_decoded};
use crate::report::shell::quote;

/// A pasted request.
#[derive(Debug, Args)]
#[command(next_help_heading = "A pasted request")]
pub(super) struct PastedOptions {
    /// A file with the request: HTTP text, a curl line or a HAR file; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["curl", "har"])]
    request: Option<PathBuf>,
    /// A curl line; `-` reads it from stdin
    #[arg(long, value_name = "LINE", conflicts_with = "har")]
    curl: Option<String>,
    /// A HAR file
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
    /// Which entry of a HAR file, counted from 0
    #[arg(long, value_name = "NUMBER")]
    entry: Option<usize>,
    /// The scheme of a request whose text does not say it
    #[arg(long, value_name = "http|https", value_parser = ["http", "https"])]
    scheme: Option<String>,
}

impl PastedOptions {
    /// The pasted request; without an option, what stands on stdin, unless that is a terminal or `stdin_is_taken`.
    pub(super) fn read(&self, stdin_is_taken: bool) -> Result<Option<Pasted>, Fail> {
        let https = self.scheme.as_deref().map(|scheme| scheme == "https");
        let (name, text) = match (&self.request, &self.curl, &self.har) {
            (Some(path), _, _) | (_, _, Some(path)) => (path.display().to_string(), file(path, stdin_is_taken)?),
            (_, Some(line), _) if line != "-" => {
                let read = pasted::any::read(line.as_bytes(), None, https).map_err(|error| told("--curl", &error))?;
                return without_secrets(read).map(Some);
            }
            (_, Some(_), _) => ("stdin".to_owned(), stdin(stdin_is_taken)?),
            (None, None, None) if stdin_is_taken || io::stdin().is_terminal() => return Ok(None),
            (None, None, None) => {
                let text = stdin(false)?;
                if text.trim_ascii().is_empty() {
                    return Ok(None);
                }
                ("stdin".to_owned(), text)
            }
        };
        let form = Form::of(&text);
        if self.har.is_some() && form != Form::Har {
            return Err(Fail::usage(format!("{name}: it is no HAR file: it does not begin with a brace"))
                .hint("--request FILE reads HTTP text and curl lines"));
        }
        if self.entry.is_some() && form != Form::Har {
            return Err(Fail::usage(format!("{name}: --entry is for HAR files, and it is none")));
        }
        pasted::any::read(&text, self.entry, https).map(Some).map_err(|error| told(&name, &error))
    }

    /// The options that read the same request again, quoted for a shell.
    pub(super) fn again(&self) -> Vec<String> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let options = [
            ("--request", path(&self.request)),
            ("--curl", self.curl.clone()),
            ("--har", path(&self.har)),
            ("--entry", self.entry.map(|entry| entry.to_string())),
            ("--scheme", self.scheme.clone()),
        ];
        options.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", quote(value?.as_bytes())))).collect()
    }

    /// Whether an option names one.
    pub(super) const fn is_given(&self) -> bool {
        self.request.is_some() || self.curl.is_some() || self.har.is_some()
    }
}

fn file(path: &Path, stdin_is_taken: bool) -> Result<Vec<u8>, Fail> {
    if path.as_os_str() == "-" { stdin(stdin_is_taken) } else { files::octets(path, files::MAX_FILE) }
}

fn stdin(is_taken: bool) -> Result<Vec<u8>, Fail> {
    if is_taken {
        return Err(Fail::usage("stdin cannot hold both the secrets and the request").hint("--secret-env or --secret-file leaves it free"));
    }
    let mut text = Vec::new();
    io::stdin().lock().take(files::MAX_FILE + 1).read_to_end(&mut text)?;
    if text.len() as u64 > files::MAX_FILE {
        return Err(Fail::usage(format!("stdin holds more than {} octets", files::MAX_FILE)));
    }
    Ok(text)
}

fn told(name: &str, error: &IntakeError) -> Fail {
    let fail = Fail::usage(format!("{name}: {error}"));
    match error.hint {
        Some(hint) => fail.hint(hint),
        None => fail,
    }
}

/// A command line is seen by every process and kept in the shell's history: one that holds a secret is refused, and not quoted.
fn without_secrets(pasted: Pasted) -> Result<Pasted, Fail> {
    let refused = |what: &str| {
        Err(Fail::usage(format!("the curl line holds {what}, and a command line is no place for it"))
            .hint("put it into a file and give --request FILE, or pipe it to --curl -"))
    };
    if let Ok(signed) = SignedRequest::read(&pasted.request)
        && signed.get("oauth_signature_method") == Some(SignatureMethod::Plaintext.as_str().as_bytes())
        && signed.signature.is_some()
    {
        return refused("a PLAINTEXT signature, which is made of secrets");
    }
    let is_basic = |value: &[u8]| value.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic "));
    if pasted.request.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case(b"authorization") && is_basic(value)) {
        return refused("a password");
    }
    Ok(pasted)
}

/// A request that options describe, as if it had been pasted: its protocol parameters are put where they will be read again.
pub(super) fn described(owned: &OwnedRequest) -> Result<PastedRequest, Fail> {
    let mut headers = owned.headers.clone();
    let header = crate::protocol::Sending::RFC5849.header(owned.realm.as_deref(), &owned.protocol).map_err(Fail::usage)?;
    headers.push((b"Authorization".to_vec(), header));
    Ok(PastedRequest { method: owned.method.clone(), url: owned.url.clone(), headers, body: owned.body.clone(), notes: Vec::new() })
}

/// A pasted request as one to be signed: its protocol parameters are taken out of the place where they stand, to be put there again.
pub(super) fn to_sign(pasted: &Pasted) -> Result<OwnedRequest, Fail> {
    let signed = SignedRequest::read(&pasted.request).map_err(Fail::usage)?;
    let named = signed.get("oauth_signature_method").unwrap_or(b"HMAC-SHA1");
    let signature_method = SignatureMethod::from_name(named).map_err(Fail::usage)?;
    let mut protocol = signed.sent.clone();
    protocol.retain(|parameter| parameter.name != b"oauth_signature");
    // Parameters of the header that are no protocol parameters stay in it.
    for parameter in signed.protocol.iter().filter(|parameter| !parameter.name.starts_with(b"oauth_")) {
        protocol.push_parameter(parameter);
    }
    let (mut url, mut body) = (signed.url.clone(), signed.body.clone());
    let transmission = match signed.place {
        Some(Source::Query) => {
            url = without_protocol_parameters_of_url(&url);
            Transmission::Query
        }
        Some(Source::Body) => {
            body = body.map(|body| without_protocol_parameters(&body));
            Transmission::Body
        }
        Some(Source::Header) | None => Transmission::Header,
    };
    let (method, headers, realm) = (signed.method, signed.headers, signed.realm);
    Ok(OwnedRequest { method, url, headers, body, signature_method, protocol, realm, transmission })
}

fn without_protocol_parameters_of_url(url: &[u8]) -> Vec<u8> {
    let end = url.iter().position(|octet| *octet == b'#').unwrap_or(url.len());
    let (url, fragment) = url.split_at(end);
    match url.iter().position(|octet| *octet == b'?') {
        None => [url, fragment].concat(),
        Some(mark) => {
            let (before, query) = url.split_at(mark);
            let query = without_protocol_parameters(query.get(1..).unwrap_or_default());
            let mark: &[u8] = if query.is_empty() { b"" } else { b"?" };
            [before, mark, &query, fragment].concat()
        }
    }
}

fn without_protocol_parameters(text: &[u8]) -> Vec<u8> {
    let is_other = |piece: &&[u8]| {
        let name = piece.split(|octet| *octet == b'=').next().unwrap_or_default();
        !form_decoded(name).starts_with(b"oauth_")
    };
    text.split(|octet| *octet == b'&').filter(is_other).collect::<Vec<_>>().join(&b'&')
}
