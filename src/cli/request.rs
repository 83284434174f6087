//! The options that describe one request and whose secrets it is signed with. No option takes a secret as its value: it would stand in
//! the shell's history and in the list of processes.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::fail::Fail;
use super::files;
use crate::profile::nearest::nearest;
use crate::protocol::transmission::{ProtocolParameters, Transmission};
use crate::protocol::{Parameters, PrivateKey, Secret, SignatureMethod};
use crate::report::shell::quote;

/// The largest secret or key file that is read, in octets.
const MAX_SECRET: u64 = 64 * 1024;

/// One request.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(super) struct RequestOptions {
    /// The HTTP method [default: GET]
    #[arg(long)]
    method: Option<String>,
    /// The absolute URL with its query
    #[arg(long)]
    url: Option<String>,
    /// A header field; may be repeated
    #[arg(long = "header", value_name = "N: V")]
    headers: Vec<String>,
    /// The body, or @FILE
    #[arg(long, value_name = "TEXT|@FILE")]
    body: Option<String>,
    /// The client's identifier (oauth_consumer_key)
    #[arg(long, value_name = "KEY")]
    client: Option<String>,
    /// The token's identifier (oauth_token)
    #[arg(long, value_name = "KEY")]
    token: Option<String>,
    /// HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512 or PLAINTEXT [default: HMAC-SHA1]
    #[arg(long, value_name = "NAME")]
    signature_method: Option<String>,
    /// oauth_nonce; if left out, `sign` makes a random one (but for PLAINTEXT), and `explain` takes the request as one without
    #[arg(long)]
    nonce: Option<String>,
    /// oauth_timestamp in seconds; if left out, `sign` takes the time of now (but for PLAINTEXT), and `explain` the request as one without
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<String>,
    /// oauth_callback
    #[arg(long, value_name = "URL|oob")]
    callback: Option<String>,
    /// oauth_verifier
    #[arg(long, value_name = "CODE")]
    verifier: Option<String>,
    /// The realm of the Authorization header
    #[arg(long)]
    realm: Option<String>,
    /// oauth_version; not sent if left out
    #[arg(long = "version", value_name = "1.0")]
    oauth_version: Option<String>,
    /// How the protocol parameters are sent [default: header]
    #[arg(long, value_name = "PLACE")]
    transmission: Option<Place>,
    #[command(flatten)]
    secrets: SecretOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Place {
    Header,
    Body,
    Query,
}

/// Where the secrets are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Secrets (never as a value)")]
pub(super) struct SecretOptions {
    /// The environment variable that holds the client's secret
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// The file that holds the client's secret
    #[arg(long, value_name = "PATH", conflicts_with = "secret_env")]
    secret_file: Option<PathBuf>,
    /// Read the client's secret, and on a second line the token's, from stdin
    #[arg(long, conflicts_with_all = ["secret_env", "secret_file"])]
    secret_stdin: bool,
    /// The environment variable that holds the token's secret
    #[arg(long, value_name = "NAME")]
    token_secret_env: Option<String>,
    /// The file that holds the token's secret
    #[arg(long, value_name = "PATH", conflicts_with = "token_secret_env")]
    token_secret_file: Option<PathBuf>,
    /// The PEM of an RSA private key
    #[arg(long, value_name = "PATH")]
    private_key_file: Option<PathBuf>,
}

/// The secrets of a request. They cannot be printed.
#[derive(Debug, Default)]
pub(super) struct OwnSecrets {
    pub(super) client: Option<Secret>,
    pub(super) token: Option<Secret>,
    pub(super) private_key: Option<PrivateKey>,
}

/// A request by options: owns what a [`crate::protocol::Request`] borrows.
pub(super) struct OwnedRequest {
    pub(super) method: Vec<u8>,
    pub(super) url: Vec<u8>,
    pub(super) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) signature_method: SignatureMethod,
    pub(super) protocol: Parameters,
    pub(super) realm: Option<Vec<u8>>,
    pub(super) transmission: Transmission,
}

impl RequestOptions {
    /// The request with its protocol parameters; nonce and timestamp are filled in with `fresh`.
    pub(super) fn request(&self, fresh: &Fresh) -> Result<OwnedRequest, Fail> {
        let missing = |option: &str| Fail::usage(format!("{option} is missing")).hint("--request FILE reads a whole request instead");
        let url = self.url.as_ref().ok_or_else(|| missing("--url"))?;
        let client = self.client.as_ref().ok_or_else(|| missing("--client"))?;
        let named = self.signature_method.as_deref().unwrap_or("HMAC-SHA1");
        let signature_method = SignatureMethod::from_name(named.as_bytes()).map_err(|_| no_such_method(named))?;
        let plaintext = signature_method == SignatureMethod::Plaintext;
        let bytes = |value: &'_ Option<String>| value.as_ref().map(|text| text.as_bytes().to_vec());
        let (nonce, timestamp) = (bytes(&self.nonce), bytes(&self.timestamp));
        let mut protocol = Parameters::new();
        ProtocolParameters {
            client: client.as_bytes(),
            token: self.token.as_deref().map(str::as_bytes),
            signature_method: named.as_bytes(),
            // PLAINTEXT may leave both out (RFC 5849 section 3.1).
            timestamp: timestamp.as_deref().or(fresh.timestamp.as_deref().filter(|_| !plaintext).map(str::as_bytes)),
            nonce: nonce.as_deref().or(fresh.nonce.as_deref().filter(|_| !plaintext).map(str::as_bytes)),
            version: self.oauth_version.as_deref().map(str::as_bytes),
            callback: self.callback.as_deref().map(str::as_bytes),
            verifier: self.verifier.as_deref().map(str::as_bytes),
            body_hash: None,
        }
        .append_to(&mut protocol);
        let mut headers = self.headers.iter().map(|header| field(header)).collect::<Result<Vec<_>, Fail>>()?;
        let transmission = match self.transmission {
            None | Some(Place::Header) => Transmission::Header,
            Some(Place::Body) => Transmission::Body,
            Some(Place::Query) => Transmission::Query,
        };
        if transmission == Transmission::Body && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"content-type")) {
            headers.push((b"Content-Type".to_vec(), b"application/x-www-form-urlencoded".to_vec()));
        }
        Ok(OwnedRequest {
            method: self.method.as_deref().unwrap_or("GET").as_bytes().to_vec(),
            url: url.clone().into_bytes(),
            headers,
            body: self.body.as_deref().map(body).transpose()?,
            signature_method,
            protocol,
            realm: bytes(&self.realm),
            transmission,
        })
    }

    /// Whether a request is described by options.
    pub(super) const fn is_given(&self) -> bool {
        self.url.is_some()
    }

    /// Whether stdin is taken by secrets.
    pub(super) const fn reads_stdin(&self) -> bool {
        self.secrets.reads_stdin()
    }

    /// The options that describe the same request and name the same secrets, quoted for a shell.
    pub(super) fn again(&self) -> Vec<String> {
        let mut words: Vec<String> = self.given().map(|(name, value)| format!("{name} {}", quote(value.as_bytes()))).collect();
        words.extend(self.secrets.again());
        words
    }

    /// Refuses options beside a request that is given as a whole: they would describe another one, and nobody would be heard.
    pub(super) fn none_beside_a_whole_request(&self) -> Result<(), Fail> {
        let mut names: Vec<&str> = self.given().map(|(name, _)| name).collect();
        names.dedup();
        if names.is_empty() {
            return Ok(());
        }
        Err(Fail::usage(format!("a request is given both by {} and as a whole", names.join(", "))).hint("give one of them"))
    }

    /// The options that describe a request, as they were given.
    fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let place = self.transmission.map(|place| match place {
            Place::Header => "header",
            Place::Body => "body",
            Place::Query => "query",
        });
        let described = [
            ("--method", self.method.as_deref()),
            ("--url", self.url.as_deref()),
            ("--body", self.body.as_deref()),
            ("--client", self.client.as_deref()),
            ("--token", self.token.as_deref()),
            ("--signature-method", self.signature_method.as_deref()),
            ("--nonce", self.nonce.as_deref()),
            ("--timestamp", self.timestamp.as_deref()),
            ("--version", self.oauth_version.as_deref()),
            ("--callback", self.callback.as_deref()),
            ("--verifier", self.verifier.as_deref()),
            ("--realm", self.realm.as_deref()),
            ("--transmission", place),
        ];
        let headers = self.headers.iter().map(|header| ("--header", header.as_str()));
        described.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(headers)
    }

    /// The file of the RSA private key.
    pub(super) fn private_key_file(&self) -> Option<&Path> {
        self.secrets.private_key_file.as_deref()
    }

    /// Fetches the secrets.
    pub(super) fn own_secrets(&self) -> Result<OwnSecrets, Fail> {
        self.secrets.own()
    }
}

fn no_such_method(named: &str) -> Fail {
    let known = || SignatureMethod::ALL.iter().map(|method| method.as_str());
    let fail = Fail::usage(format!("there is no signature method {named:?}"));
    match nearest(&named.to_ascii_uppercase(), known()) {
        Some(near) => fail.hint(format!("did you mean {near}?")),
        None => fail.hint(format!("there are {}", known().collect::<Vec<_>>().join(", "))),
    }
}

impl SecretOptions {
    /// Fetches the secrets.
    pub(super) fn own(&self) -> Result<OwnSecrets, Fail> {
        let mut secrets = OwnSecrets {
            client: secret_of(self.secret_env.as_deref(), self.secret_file.as_deref())?,
            token: secret_of(self.token_secret_env.as_deref(), self.token_secret_file.as_deref())?,
            private_key: self.private_key_file.as_deref().map(private_key).transpose()?,
        };
        if self.secret_stdin {
            let (client, token) = from_stdin()?;
            secrets.client = Some(client);
            secrets.token = secrets.token.or(token);
        }
        Ok(secrets)
    }

    /// Whether stdin is taken by secrets.
    pub(super) const fn reads_stdin(&self) -> bool {
        self.secret_stdin
    }

    /// The options that name the same secrets, quoted for a shell.
    pub(super) fn again(&self) -> Vec<String> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let given = [
            ("--secret-env", self.secret_env.clone()),
            ("--secret-file", path(&self.secret_file)),
            ("--token-secret-env", self.token_secret_env.clone()),
            ("--token-secret-file", path(&self.token_secret_file)),
            ("--private-key-file", path(&self.private_key_file)),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", quote(value?.as_bytes()))));
        given.chain(self.secret_stdin.then(|| "--secret-stdin".to_owned())).collect()
    }
}

/// Values that differ from request to request.
#[derive(Default)]
pub(super) struct Fresh {
    nonce: Option<String>,
    timestamp: Option<String>,
}

impl Fresh {
    /// None: what is not given is left out.
    pub(super) fn none() -> Fresh {
        Fresh::default()
    }

    /// A random nonce of 128 bits, and the time.
    pub(super) fn now() -> Result<Fresh, Fail> {
        let mut octets = [0; 16];
        getrandom::fill(&mut octets).map_err(|error| Fail::work(format!("no random numbers: {error}")))?;
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seconds = since.map_err(|_| Fail::work("the clock stands before 1970"))?.as_secs();
        Ok(Fresh { nonce: Some(octets.iter().map(|octet| format!("{octet:02x}")).collect()), timestamp: Some(seconds.to_string()) })
    }
}

fn field(text: &str) -> Result<(Vec<u8>, Vec<u8>), Fail> {
    // The field is not quoted: it may be an Authorization field.
    let (name, value) = text.split_once(':').ok_or_else(|| Fail::usage("--header: a field is written 'Name: value'"))?;
    Ok((name.trim().into(), value.trim().into()))
}

fn body(text: &str) -> Result<Vec<u8>, Fail> {
    match text.strip_prefix('@') {
        None => Ok(text.into()),
        Some(path) => files::octets(Path::new(path), files::MAX_FILE),
    }
}

/// A secret out of an environment variable or a file.
pub(super) fn secret_of(variable: Option<&str>, file: Option<&Path>) -> Result<Option<Secret>, Fail> {
    if let Some(name) = variable {
        // The value is never quoted, not even where it is no text.
        let value = std::env::var_os(name).ok_or_else(|| Fail::usage(format!("the environment variable {name} is not set")))?;
        let octets = without_line_end(value.into_encoded_bytes());
        warn_of_white_space(&format!("the environment variable {name}"), &octets);
        return Ok(Some(Secret::new(octets)));
    }
    let Some(path) = file else { return Ok(None) };
    let octets = without_line_end(files::octets(path, MAX_SECRET)?);
    warn_if_readable_by_others(path);
    warn_of_white_space(&path.display().to_string(), &octets);
    Ok(Some(Secret::new(octets)))
}

fn private_key(path: &Path) -> Result<PrivateKey, Fail> {
    let octets = zeroize::Zeroizing::new(files::octets(path, MAX_SECRET)?);
    warn_if_readable_by_others(path);
    let pem = std::str::from_utf8(&octets).map_err(|_| Fail::work(format!("{}: is no PEM", path.display())))?;
    PrivateKey::from_pem(pem).map_err(|fault| Fail::work(format!("{}: {fault}", path.display())))
}

fn from_stdin() -> Result<(Secret, Option<Secret>), Fail> {
    let mut octets = zeroize::Zeroizing::new(Vec::new());
    io::stdin().lock().take(MAX_SECRET).read_to_end(&mut octets)?;
    let mut lines = octets.split(|octet| *octet == b'\n').map(|line| Secret::new(without_line_end(line.to_vec())));
    let client = lines.next().filter(|secret| !secret.expose().is_empty()).ok_or_else(|| Fail::usage("there is no secret on stdin"))?;
    Ok((client, lines.next().filter(|secret| !secret.expose().is_empty())))
}

fn without_line_end(mut octets: Vec<u8>) -> Vec<u8> {
    while matches!(octets.last(), Some(b'\n' | b'\r')) {
        octets.pop();
    }
    octets
}

/// Says what in a secret is hardly meant to be there. It is taken as it is, and never quoted.
fn warn_of_white_space(what: &str, octets: &[u8]) {
    let odd = match octets {
        [] => "is empty",
        [0xef, 0xbb, 0xbf, ..] => "begins with a byte order mark",
        _ if octets.contains(&b'\n') => "has more than one line",
        [first, ..] if first.is_ascii_whitespace() => "begins with white space",
        [.., last] if last.is_ascii_whitespace() => "ends with white space",
        _ => return,
    };
    super::output::note(&format!("the secret in {what} {odd}; it is taken as it is"));
}

#[cfg(unix)]
fn warn_if_readable_by_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let others = std::fs::metadata(path).map(|data| data.permissions().mode() & 0o077).unwrap_or(0);
    if others != 0 {
        super::output::note(&format!("{} can be read by others (chmod 600 keeps it private)", path.display()));
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_path: &Path) {}
