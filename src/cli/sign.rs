//! `countersign sign`: the reference derivation of one request.

use clap::Args;

use super::fail::Fail;
use super::output::{self, Outcome};
use super::pasted::{PastedOptions, described, to_sign};
use super::request::{Fresh, OwnedRequest, RequestOptions};
use crate::deviation::Conduct;
use crate::intake::{self, Finding, Weight};
use crate::judgement::ExitCode;
use crate::protocol::{Derivation, Header, Request, Secrets, Url};
use crate::report::{self, Disclosure, SignedRequest, escape};

/// Derive one request's signature: every stage, the header, a curl and an openssl line.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
#[command(after_help = "\
Examples:
  countersign sign --url 'https://api.example.com/1?b=2' --client KEY --secret-env CLIENT_SECRET
  printf '%s\\n%s\\n' \"$CLIENT_SECRET\" \"$TOKEN_SECRET\" | countersign sign --method POST \\
    --url https://api.example.com/1 --client KEY --token TOKEN --secret-stdin --reveal")]
pub(super) struct Arguments {
    #[command(flatten)]
    pasted: PastedOptions,
    #[command(flatten)]
    request: RequestOptions,
    /// Sign wrongly on purpose: the ids of deviations, as a diagnosis names them
    #[arg(long, value_name = "ID[,ID…]", value_delimiter = ',')]
    deviate: Vec<String>,
    /// Show key and signature: on your own terminal only
    #[arg(long)]
    reveal: bool,
    /// The same as JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let causes = super::adapter::causes(&arguments.deviate)?;
    let owned = match arguments.pasted.is_given() {
        true => match arguments.pasted.read(arguments.request.reads_stdin())? {
            Some(pasted) => {
                arguments.request.none_beside_a_whole_request()?;
                to_sign(&pasted)?
            }
            None => return Err(Fail::usage("there is no request to sign")),
        },
        false => arguments.request.request(&Fresh::now()?)?,
    };
    let own = arguments.request.own_secrets()?;
    let headers: Vec<_> = owned.headers.iter().map(|(name, value)| Header { name, value }).collect();
    let request = Request {
        method: &owned.method,
        url: Url::parse(&owned.url).map_err(Fail::usage)?,
        headers: &headers,
        body: owned.body.as_deref(),
        protocol: &owned.protocol,
        realm: owned.realm.as_deref(),
    };
    let client = match &own.client {
        Some(secret) => secret.expose(),
        None if owned.signature_method.is_rsa() => &[],
        None => {
            return Err(
                Fail::usage("there is no client secret").hint("--secret-env NAME, --secret-file PATH or --secret-stdin says where it is")
            );
        }
    };
    let token = own.token.as_ref().map_or(&[][..], |secret| secret.expose());
    let secrets = Secrets::new(client, token).with_private_key(own.private_key.as_ref());
    let mut derivation = Derivation::default();
    Conduct::of(&causes).derive(&mut derivation, &request, owned.signature_method, &secrets).map_err(Fail::usage)?;
    if !causes.is_empty() {
        output::note(&format!("wrong on purpose: {}", arguments.deviate.join(", ")));
    }
    for finding in wrong(&owned) {
        output::note(&format!("wrong, and signed all the same: {} (section {})", escape::line(&finding.what), finding.section));
    }
    let key_file = arguments.request.private_key_file().map(|path| path.to_string_lossy().into_owned());
    let signed = SignedRequest {
        request: &request,
        method: owned.signature_method,
        derivation: &derivation,
        transmission: owned.transmission,
        realm: owned.realm.as_deref(),
        disclosure: if arguments.reveal { Disclosure::Revealed } else { Disclosure::Real },
        private_key_file: key_file.as_deref(),
    };
    let text = if arguments.json { report::sign_json(&signed) } else { report::sign(&signed, output::layout(false)) };
    output::print(&text.map_err(Fail::usage)?)?;
    Ok(ExitCode::AsExpected)
}

/// What no server may take, signed or not.
fn wrong(owned: &OwnedRequest) -> Vec<Finding> {
    let read = described(owned).ok().and_then(|request| intake::SignedRequest::read(&request).ok());
    let mut all = read.map_or_else(Vec::new, |signed| [signed.findings.clone(), signed.requirements(None)].concat());
    // It has no signature yet.
    all.retain(|finding| finding.weight == Weight::Must && !finding.is_of_absence());
    all
}
