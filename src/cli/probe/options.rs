//! The options of `countersign probe`: what they mean, and what must be said twice before anything goes to somebody's live service.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::super::arguments::duration;
use super::super::fail::Fail;
use super::super::output;
use super::super::profiles;
use super::super::reports::Reports;
use super::super::request::SecretOptions;
use super::keeping::Keeping;
use crate::probe::redaction::SHORTEST;
use crate::probe::target::moved;
use crate::probe::{Authorization, Level, Means, Pair, Plan};
use crate::profile::EndpointName;
use crate::profile::nearest::nearest;
use crate::protocol::{Secret, Url};

/// Whether a live provider behaves as documented.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign probe etrade
  countersign probe etrade --client KEY --secret-env CLIENT_SECRET --send --production
  countersign probe rfc5849 --url http://127.0.0.1:8080 --client KEY --secret-env CLIENT_SECRET --authorize=get --send
  countersign probe my.json --level controls --client KEY --secret-file secret.txt --send --junit probe.xml

Without --send nothing is sent: the plan is printed.")]
pub(in crate::cli) struct Arguments {
    /// A profile that comes along, such as etrade, or the path of a profile file; with --url alone, any server by RFC 5849
    #[arg(value_name = "PROFILE", required_unless_present = "url")]
    pub(super) profile: Option<String>,
    /// The server's own address in place of the documented hosts, such as http://127.0.0.1:8080
    #[arg(long, value_name = "BASE")]
    pub(super) url: Option<String>,
    /// Send what the plan says
    #[arg(long)]
    pub(super) send: bool,
    /// The server is somebody's live service, and may be asked
    #[arg(long)]
    pub(super) production: bool,
    /// How far to go: good requests, what is documented, or what harms; rules, and on this machine attacks
    #[arg(long, value_name = "LEVEL")]
    pub(super) level: Option<LevelWord>,
    /// Only these steps and the good requests that they lean on; may be repeated
    #[arg(long, value_name = "ID-GLOB")]
    pub(super) step: Vec<String>,
    /// The client's identifier (oauth_consumer_key)
    #[arg(long, value_name = "KEY")]
    pub(super) client: Option<String>,
    /// Token credentials that are there already, by their identifier
    #[arg(long, value_name = "KEY")]
    pub(super) token: Option<String>,
    /// Ask the resource owner: ask prints the URL and reads the code; get opens it by itself, on this machine only
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "ask")]
    pub(super) authorize: Option<AuthorizeWord>,
    /// oauth_callback
    #[arg(long, value_name = "URL|oob")]
    pub(super) callback: Option<String>,
    /// The realm of the Authorization header
    #[arg(long)]
    pub(super) realm: Option<String>,
    /// A signature method in place of the strongest that is documented
    #[arg(long, value_name = "NAME")]
    pub(super) signature_method: Option<String>,
    /// A further parameter, for providers that ask for one, such as scope; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) parameter: Vec<String>,
    /// An endpoint's path or URL in place of the documented one, such as resource=/me; may be repeated
    #[arg(long, value_name = "ENDPOINT=PATH")]
    pub(super) path: Vec<String>,
    /// The most time for one request
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = duration)]
    pub(super) timeout: Duration,
    /// The most time for all of it
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = duration)]
    pub(super) deadline: Duration,
    /// The most requests; what the plan needs, if left out
    #[arg(long, value_name = "N")]
    pub(super) budget: Option<usize>,
    /// Requests a second; 1, and on this machine as many as there can be
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub(super) rate: Option<f64>,
    /// Take a certificate that nobody vouches for; on this machine only
    #[arg(long)]
    pub(super) insecure: bool,
    /// Show real credentials on a terminal; reports never hold them
    #[arg(long)]
    pub(super) reveal: bool,
    /// What is known to be found: an expectations file whose cases are steps, as probe.PROFILE/STEP
    #[arg(long, value_name = "FILE")]
    pub(super) expect: Option<String>,
    /// Fail on findings of level should, too
    #[arg(long)]
    pub(super) strict: bool,
    /// Only what is not as expected
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Every exchange, every rule, all that is left out
    #[arg(long, short)]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) keeping: Keeping,
    #[command(flatten)]
    pub(super) secrets: SecretOptions,
    #[command(flatten)]
    pub(super) reports: Reports,
}

impl Arguments {
    /// The profile's name: that of any server by RFC 5849, if only an address is given.
    pub(super) fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or("rfc5849")
    }
}

/// How far to go.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum LevelWord {
    /// Good requests only
    Controls,
    /// What is documented
    Rules,
    /// What somebody would send who means harm
    Attacks,
}

/// How the resource owner is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AuthorizeWord {
    /// The URL is printed and the code is read
    Ask,
    /// The URL is opened by ourselves, for servers that allow at once
    Get,
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    number.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.001).ok_or_else(|| "write it as 2/s or 0.5/s".to_owned())
}

/// The plan, and what it is made with.
pub(super) fn plan(arguments: &Arguments) -> Result<(Plan, Means), Fail> {
    let profile = profiles::named(arguments.profile())?;
    let profile = match &arguments.url {
        None => profile,
        Some(base) => {
            let good = Url::parse(base.as_bytes()).is_ok_and(|url| url.query.is_none());
            if !good {
                return Err(Fail::usage(format!("--url: {base:?} is no address of a server")).hint("write it as http://127.0.0.1:8080"));
            }
            moved(&profile, base)
        }
    };
    let own = if arguments.send || !arguments.secrets.reads_stdin() { arguments.secrets.own()? } else { Default::default() };
    if arguments.secrets.reads_stdin() && arguments.authorize == Some(AuthorizeWord::Ask) {
        return Err(Fail::usage("the verification code is read from stdin too").hint("give the secret with --secret-env or --secret-file"));
    }
    if arguments.send && arguments.client.is_none() {
        return Err(Fail::usage("--client is missing").hint("without --send the plan is printed, and no credentials are needed"));
    }
    if let Some(secret) = own.client.as_ref().filter(|secret| arguments.send && secret.expose().len() < SHORTEST) {
        let octets = secret.expose().len();
        output::note(&format!("the client's secret has {octets} octets: it is masked where it stands, and not looked for elsewhere"));
    }
    // A plan can be looked at before there are credentials.
    let is_plan = !arguments.send && own.client.is_none() && own.private_key.is_none();
    let token = match (&arguments.token, own.token) {
        (Some(identifier), Some(secret)) => Some(Pair { identifier: identifier.clone().into_bytes(), secret, ..Pair::default() }),
        (Some(identifier), None) if !arguments.send => Some(Pair::new(identifier, b"")),
        (Some(_), None) => return Err(Fail::usage("the token's secret is missing").hint("give --token-secret-env or --token-secret-file")),
        (None, _) => None,
    };
    let mut means = Means {
        client: arguments.client.clone().unwrap_or_else(|| "KEY".to_owned()),
        secret: own.client.or_else(|| is_plan.then(|| Secret::new(b"none yet".to_vec()))),
        private_key: own.private_key,
        token,
        authorization: match arguments.authorize {
            None => Authorization::Never,
            Some(AuthorizeWord::Ask) => Authorization::Once,
            Some(AuthorizeWord::Get) => Authorization::Freely,
        },
        callback: arguments.callback.clone(),
        realm: arguments.realm.clone(),
        signature_method: arguments.signature_method.clone(),
        parameters: pairs(&arguments.parameter, "--parameter")?,
        paths: paths(&arguments.path)?,
        is_loopback: false,
    };
    means.is_loopback = is_loopback(&Plan::of(&profile, Level::Controls, &means));
    let usual = if means.is_loopback { Level::Attacks } else { Level::Rules };
    let level = arguments.level.map_or(usual, |level| match level {
        LevelWord::Controls => Level::Controls,
        LevelWord::Rules => Level::Rules,
        LevelWord::Attacks => Level::Attacks,
    });
    let mut plan = Plan::of(&profile, level, &means);
    if !arguments.step.is_empty() {
        let ids: Vec<String> = plan.steps.iter().map(|step| step.id.clone()).collect();
        plan.select(&arguments.step).map_err(|pattern| {
            let fail = Fail::usage(format!("no step of this plan matches {pattern:?}"));
            match nearest(&pattern, ids.iter().map(String::as_str)) {
                Some(near) => fail.hint(format!("did you mean {near}?")),
                None => fail.hint("without --send and --step the plan shows all ids"),
            }
        })?;
    }
    Ok((plan, means))
}

/// The ids of all steps that this profile can have, whatever was selected and may be used.
pub(super) fn all_steps(plan: &Plan, means: &mut Means) -> Vec<String> {
    let kept = (means.authorization, means.is_loopback);
    (means.authorization, means.is_loopback) = (Authorization::Freely, true);
    let all = Plan::of(&plan.profile, Level::Attacks, means);
    (means.authorization, means.is_loopback) = kept;
    all.steps.into_iter().map(|step| step.id).collect()
}

fn pairs(texts: &[String], option: &str) -> Result<Vec<(String, String)>, Fail> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| Fail::usage(format!("{option} is written NAME=VALUE")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    texts.iter().map(pair).collect()
}

fn paths(texts: &[String]) -> Result<Vec<(EndpointName, String)>, Fail> {
    let known = || EndpointName::ALL.iter().map(|name| name.as_str());
    let path = |(name, path): (String, String)| {
        let endpoint = EndpointName::ALL.into_iter().find(|known| known.as_str() == name);
        let endpoint = endpoint.ok_or_else(|| {
            let fail = Fail::usage(format!("--path: there is no endpoint {name:?}"));
            fail.hint(format!("there are {}", known().collect::<Vec<_>>().join(", ")))
        })?;
        if !path.starts_with('/') && !path.contains("://") {
            return Err(Fail::usage(format!("--path: {path:?} is neither a path nor a URL")).hint("write it as resource=/me"));
        }
        Ok((endpoint, path))
    };
    pairs(texts, "--path")?.into_iter().map(path).collect()
}

/// Whether all requests stay on this machine. The network checks the addresses too.
fn is_loopback(plan: &Plan) -> bool {
    let is_local = |authority: &String| {
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    !plan.targets.is_empty() && plan.authorities().iter().all(is_local)
}

/// What must be said before anything goes out.
pub(super) fn may_send(arguments: &Arguments, plan: &Plan, means: &Means) -> Result<(), Fail> {
    if means.is_loopback {
        return Ok(());
    }
    let hosts = plan.authorities().join(", ");
    if plan.targets.is_empty() {
        return Ok(());
    }
    if !arguments.production {
        let fail = Fail::usage(format!("{hosts}: this is a live service"));
        return Err(fail.hint("--production says that it may be asked; --url http://127.0.0.1:PORT asks a server of your own"));
    }
    if let Some(target) = plan.targets.iter().find(|target| !target.url.starts_with("https://")) {
        return Err(Fail::usage(format!("{}: credentials are not sent without TLS", target.url)));
    }
    if arguments.insecure {
        return Err(Fail::usage("--insecure is for servers on this machine"));
    }
    if means.authorization == Authorization::Freely {
        return Err(Fail::usage("--authorize=get is for servers on this machine").hint("--authorize prints the URL and reads the code"));
    }
    Ok(())
}

/// The most requests unless somebody says otherwise.
pub(super) fn budget(plan: &Plan, means: &Means) -> usize {
    const MOST_LIVE: usize = 400;
    let needed = plan.requests().saturating_mul(2);
    if means.is_loopback { needed.max(100) } else { needed.clamp(20, MOST_LIVE) }
}

/// The least time between two requests.
pub(super) fn interval(arguments: &Arguments, means: &Means) -> Duration {
    match arguments.rate {
        Some(rate) => Duration::try_from_secs_f64(1.0 / rate).unwrap_or(Duration::from_secs(1)),
        None if means.is_loopback => Duration::ZERO,
        None => Duration::from_secs(1),
    }
}
