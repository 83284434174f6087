//! `countersign sandbox`: a mock provider on loopback that enforces a profile and explains every refusal, until Ctrl-C.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;

use super::fail::Fail;
use super::files;
use super::output::{self, Outcome};
use super::profiles;
use super::request::secret_of;
use super::session::interruption;
use super::telling::Teller;
use crate::judgement::ExitCode;
use crate::profile::nearest::nearest;
use crate::report::escape;
use crate::sandbox::faults::{self, Fault};
use crate::sandbox::{Builder, Client, Clock, Entry, Limits, Sandbox, StartError, recording};

/// A mock provider on loopback that enforces a profile and explains every refusal.
///
/// Point a client at the printed URLs. What it does wrong is told here, in the answer, and on the inspector page.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign sandbox etrade
  countersign sandbox yahoo --auto-approve --port 8080
  countersign sandbox my-provider.json --client my-key --secret-env CLIENT_SECRET

Ctrl-C stops it, and that is exit code 0.")]
pub(super) struct Arguments {
    /// A profile that comes along, such as etrade, or the path of a profile file
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// The port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The client's identifier in place of a made-up one
    #[arg(long, value_name = "KEY")]
    client: Option<String>,
    /// The environment variable that holds that client's secret
    #[arg(long, value_name = "NAME", requires = "client")]
    secret_env: Option<String>,
    /// The file that holds that client's secret
    #[arg(long, value_name = "PATH", requires = "client", conflicts_with = "secret_env")]
    secret_file: Option<PathBuf>,
    /// The PEM of an RSA public key of the client
    #[arg(long, value_name = "PATH")]
    public_key_file: Option<PathBuf>,
    /// The callback that is configured for the client, for providers that take oob and send users there all the same
    #[arg(long, value_name = "URL")]
    configured_callback: Option<String>,
    /// How far its clock is ahead, in seconds; a negative number is behind
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_hyphen_values = true)]
    clock_offset: i64,
    /// Allow everything at once, without the page
    #[arg(long)]
    auto_approve: bool,
    /// The value of oauth_callback_confirmed
    #[arg(long, value_name = "TEXT", default_value = "true")]
    callback_confirmed: String,
    /// A way to misbehave at clients; `countersign list faults` shows them
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
    /// Write the exchanges into this folder at the end: fixtures.json and exchanges.har, without those of a client of your own
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Do not tell of exchanges
    #[arg(short, long)]
    quiet: bool,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let interrupted = interruption()?;
    let (client, synthetic) = client(arguments)?;
    let profile = profiles::named(&arguments.profile)?;
    if let Some(folder) = &arguments.record {
        files::folder(folder)?;
    }
    let limits =
        Limits { exchanges: if arguments.record.is_some() { MOST_RECORDED } else { Limits::default().exchanges }, ..Limits::default() };
    let mut builder = Sandbox::builder()
        .own_profile(profile.clone())
        .limits(limits)
        .port(arguments.port)
        .clock(Clock::ahead(arguments.clock_offset))
        .auto_approve(arguments.auto_approve)
        .callback_confirmed(&arguments.callback_confirmed);
    if let Some(client) = client {
        builder = builder.client(client);
    }
    if let Some(name) = &arguments.fault {
        builder = builder.fault(fault(name)?);
    }
    // A terminal that is stopped, or a pipe that nobody reads, must not hold the clients up.
    let teller = Arc::new(Teller::new(std::io::stderr()).map_err(Fail::work)?);
    if !arguments.quiet {
        let teller = Arc::clone(&teller);
        builder = builder.on_exchange(move |entry| teller.tell(told(entry)));
    }
    let sandbox = start(builder)?;
    output::print(&begun(&sandbox, synthetic))?;
    while !interrupted.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let exchanges = sandbox.stop();
    teller.finish(Duration::from_secs(1));
    if let Some(folder) = &arguments.record {
        output::write_file(&folder.join("fixtures.json"), recording::fixtures(&exchanges, &profile).as_bytes())?;
        output::write_file(&folder.join("exchanges.har"), recording::har(&exchanges).as_bytes())?;
    }
    Ok(ExitCode::AsExpected)
}

/// The most exchanges that are recorded; of more, the last ones.
const MOST_RECORDED: usize = 500;

fn start(builder: Builder) -> Result<Sandbox, Fail> {
    builder.start().map_err(|error| match error {
        StartError::Listen(..) => Fail::work(error).hint("--port 0 takes a free one"),
        error => Fail::work(error),
    })
}

fn fault(name: &str) -> Result<&'static Fault, Fail> {
    faults::find(name).ok_or_else(|| {
        let fail = Fail::usage(format!("there is no fault {name:?}"));
        if crate::implementation::wire::Fault::from_name(name).is_some() {
            return fail.hint(format!("it is a fault of adapters: `countersign adapter serve --fault {name}`"));
        }
        match nearest(name, faults::TABLE.iter().map(|fault| fault.name)) {
            Some(near) => fail.hint(format!("did you mean {near}?")),
            None => fail.hint("`countersign list faults` shows them"),
        }
    })
}

/// The client, if it is described, and whether its secret may be printed.
fn client(arguments: &Arguments) -> Result<(Option<Client>, bool), Fail> {
    let secret = secret_of(arguments.secret_env.as_deref(), arguments.secret_file.as_deref())?;
    let mut client = match (&arguments.client, secret) {
        (Some(key), Some(secret)) => Client::without_secret(key).with_real_secret(secret),
        (Some(key), None) => {
            let mut client = made_up()?;
            client.identifier = key.clone().into_bytes();
            client
        }
        (None, _) => made_up()?,
    };
    if let Some(path) = &arguments.public_key_file {
        let octets = files::octets(path, 64 * 1024)?;
        let pem = std::str::from_utf8(&octets).map_err(|_| Fail::work(format!("{}: is no PEM", path.display())))?;
        client = client.with_public_key(pem).map_err(|fault| Fail::work(format!("{}: {fault}", path.display())))?;
    }
    if let Some(callback) = &arguments.configured_callback {
        client = client.with_callback(callback);
    }
    let synthetic = !client.real;
    Ok((Some(client), synthetic))
}

fn made_up() -> Result<Client, Fail> {
    Client::made_up().map_err(Fail::work)
}

/// What is printed at the start.
fn begun(sandbox: &Sandbox, synthetic: bool) -> String {
    let client = sandbox.client();
    let secret = match &client.secret {
        _ if sandbox.private_key().is_some() => "(none: it signs with a key)".to_owned(),
        Some(secret) if synthetic => String::from_utf8_lossy(secret.expose()).into_owned(),
        Some(_) => "(yours)".to_owned(),
        None => "(none)".to_owned(),
    };
    let mut rows =
        vec![("client key".to_owned(), String::from_utf8_lossy(&client.identifier).into_owned()), ("client secret".to_owned(), secret)];
    if let Some(token) = sandbox.token() {
        rows.push(("token".to_owned(), String::from_utf8_lossy(&token.identifier).into_owned()));
        rows.push(("token secret".to_owned(), String::from_utf8_lossy(token.secret.expose()).into_owned()));
    }
    rows.extend(sandbox.urls().into_iter().map(|(name, url)| (name.as_str().to_owned(), url)));
    rows.push(("inspector".to_owned(), format!("{}/_countersign/", sandbox.origin())));
    let mut text = format!("{} sandbox at {}\n", escape::line(&sandbox.profile().name), sandbox.origin());
    for (name, value) in rows {
        text.push_str(&format!("  {name:<14} {}\n", escape::line(&value)));
    }
    if let Some(key) = sandbox.private_key() {
        text.push_str(&format!("the client signs with this key, which is no secret; --public-key-file replaces it\n{key}"));
    }
    text
}

/// An exchange as people are told of it.
fn told(entry: &Entry) -> String {
    let mut text = format!("{}\n", entry.line());
    for (name, value) in entry.details() {
        text.push_str(&format!("    {name}: {value}\n"));
    }
    escape::lines(&text).into_owned()
}
