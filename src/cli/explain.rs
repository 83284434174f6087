//! `countersign explain`: what is wrong with a request that did not get through; or how a case's answer is derived, clause by clause; or
//! all about one deviation.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use super::arguments::Vectors;
use super::fail::Fail;
use super::meant::{Meant, meant};
use super::output::{self, Outcome as Done};
use super::pasted::{self, PastedOptions};
use super::progress::Search;
use super::request::{Fresh, OwnSecrets, RequestOptions};
use super::{explain_deviation, files, fixtures};
use crate::diagnosis::evidence::FEWEST_CHARACTERS;
use crate::diagnosis::{Budget, Outcome, SignatureText, apart};
use crate::implementation::{Implementation as _, Reference};
use crate::intake::pasted::any::Form;
use crate::intake::pasted::http_text;
use crate::intake::{Answer, Finding, Pasted, PastedResponse, SignedRequest};
use crate::judgement::explanation::findings_of_answer;
use crate::judgement::{Clues, ExitCode, Explanation, Keep, Plan, Run, RunError, RunStart, Runner, Surroundings};
use crate::profile::hosts;
use crate::protocol::encoding::percent_decoded_if_whole;
use crate::protocol::signature::base64_octets;
use crate::protocol::{Secrets, SignatureMethod, Url};
use crate::report::{self, Disclosure, ExplanationOptions, Format};
use crate::vectors::{Case, Corpus, LoadError, Status};

/// Name what is wrong with a request that was refused, and prove it by deriving the wrong value again.
///
/// With a CASE-ID: how that case's answer is derived. With --deviation: all about one mistake.
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
#[command(after_help = "\
Examples:
  countersign explain --request refused.http --secret-env CLIENT_SECRET --token-secret-env TOKEN_SECRET
  pbpaste | countersign explain --secret-file client.secret
  countersign explain --request refused.http --response answer.http
  countersign explain --method GET --url 'http://example.com/?a=b' --client KEY --nonce N --timestamp 1 \\
    --base-string 'GET&http%3A%2F%2Fexample.com%3A80%2F&a%3Db…'
  countersign explain sign.uri/default-port-http
  countersign explain --deviation uri.default-port-kept

Exits with 0 when the cause is named or the signature is right, with 1 when it stays unexplained.")]
pub(super) struct Arguments {
    /// The full id of a case; `countersign list cases` shows them
    #[arg(value_name = "CASE-ID", conflicts_with_all = ["deviation", "request", "curl", "har", "url"])]
    case: Option<String>,
    /// All about one deviation; `countersign list deviations` shows them
    #[arg(long, value_name = "ID")]
    deviation: Option<String>,
    #[command(flatten)]
    pasted: PastedOptions,
    #[command(flatten)]
    request: RequestOptions,
    #[command(flatten)]
    clues: ClueOptions,
    #[command(flatten)]
    vectors: Vectors,
    /// Show the right signature: on your own terminal only
    #[arg(long)]
    reveal: bool,
    /// The same as JSON
    #[arg(long)]
    json: bool,
}

/// What is known beside the request.
#[derive(Debug, Args)]
#[command(next_help_heading = "What else is known")]
struct ClueOptions {
    /// The signature that somebody got, or its first 6 or more characters; that of the request if left out
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    signature: Option<String>,
    /// The base string that was signed, or @FILE
    #[arg(long, value_name = "TEXT|@FILE")]
    base_string: Option<String>,
    /// The signature that the server says it expected
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    expected_by_server: Option<String>,
    /// The server's answer: HTTP text, or its body alone
    #[arg(long, value_name = "FILE")]
    response: Option<PathBuf>,
    /// The time at which the request was sent, in seconds; not looked at if left out
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
    /// How long to search
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = super::arguments::duration)]
    budget: Duration,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Done {
    if let Some(id) = &arguments.deviation {
        return explain_deviation::run(id, arguments.json);
    }
    match &arguments.case {
        Some(id) => case(arguments, id),
        None => request(arguments),
    }
}

fn case(arguments: &Arguments, id: &str) -> Done {
    // Fixtures that come along are read only where there is no such case.
    let corpus = if arguments.vectors.paths.is_empty() { arguments.vectors.corpus()? } else { fixtures::opened(&arguments.vectors)?.1 };
    let Some(case) = corpus.find(id)? else { return Err(unknown(arguments, &corpus, id)?) };
    if arguments.json {
        return case_json(case, corpus.digest()?);
    }
    output::print(&report::explain(&case, output::layout(false)))?;
    Ok(ExitCode::AsExpected)
}

/// What `countersign test ID --json -` tells of the reference.
fn case_json(case: Case, suite_digest: String) -> Done {
    if case.status == Status::Withdrawn {
        return Err(
            Fail::usage(format!("{} is withdrawn, and nobody is asked about it", case.full_id())).hint("without --json it is explained")
        );
    }
    let (mut plan, mut run) = (Plan::default(), Run::keeping(Keep::Every));
    plan.add(&case, true).map_err(Fail::work)?;
    let mut reference = Reference::new();
    let countersign = env!("CARGO_PKG_VERSION").to_owned();
    let start = RunStart { countersign, suite_digest, implementation: reference.description().clone(), selected: 1, ..RunStart::default() };
    let mut runner = Runner::start(start, Surroundings::STILL, &mut run)?;
    match runner.put(&mut reference, &plan, std::iter::once(Ok::<_, LoadError>(case)), &|_| true) {
        Ok(()) => {}
        Err(RunError::Case(error)) => return Err(error.into()),
        Err(RunError::Event(error)) => return Err(error.into()),
    }
    runner.finish()?;
    let mut out = Vec::new();
    report::render(&[run], Format::Json, &mut out)?;
    output::print(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::AsExpected)
}

fn unknown(arguments: &Arguments, corpus: &Corpus, id: &str) -> Result<Fail, Fail> {
    let (fixtures, _) = fixtures::opened(&arguments.vectors)?;
    if fixtures.all().any(|exchange| exchange.full_id() == id) {
        let vectors: String = arguments.vectors.again().iter().map(|word| format!(" {}", report::shell::quote(word.as_bytes()))).collect();
        let fail = Fail::usage(format!("{id} is a provider fixture, and has no derivation"));
        return Ok(fail.hint(format!("`countersign test {id}{vectors} --json -` tells what is found in it, and what is to be found")));
    }
    let ids = corpus.cases().map(|case| case.map(|case| case.full_id())).collect::<Result<Vec<_>, _>>()?;
    let fail = Fail::usage(format!("there is no case {id:?}"));
    Ok(match meant(id, &ids) {
        Some(Meant::All { pattern, .. }) => {
            let pattern = report::shell::quote(pattern.as_bytes());
            fail.hint(format!("one case is explained at a time: `countersign list cases {pattern}` shows their ids"))
        }
        Some(near) => fail.hint(format!("did you mean {near}")),
        None => fail.hint("`countersign list cases` shows all ids"),
    })
}

fn request(arguments: &Arguments) -> Done {
    let pasted = read_request(arguments)?;
    let own = arguments.request.own_secrets()?;
    let signed = SignedRequest::read(&pasted.request).map_err(Fail::usage)?;
    let answer = answer(arguments, pasted.response.as_ref())?;
    let headers = signed.list();
    let request = signed.request(&headers).map_err(Fail::usage)?;
    let named = signed.get("oauth_signature_method").unwrap_or(b"HMAC-SHA1");
    let method = SignatureMethod::from_name(named).unwrap_or(SignatureMethod::HmacSha1);
    let given = Given::new(arguments, &signed, &answer, method)?;
    let url = Url::parse(&signed.url).map_err(Fail::usage)?;
    let host = String::from_utf8_lossy(url.authority);
    let (hosts, paths) = (hosts::instead_of(&host), hosts::paths_instead_of(&host, &String::from_utf8_lossy(url.path)));
    let clues = Clues { secrets: secrets(&own, method), hosts: &hosts, paths: &paths, ..given.clues() };
    let findings = findings(arguments, &signed, answer.as_ref());
    if clues.secrets.is_none() && clues.base_string.is_none() && clues.servers_base_string.is_none() {
        let hint = "--secret-env NAME, --secret-file PATH or --secret-stdin says where the client's secret is";
        output::note(&format!("without a secret no signature can be explained: {hint}"));
    }

    let progress = Search::new(std::io::stderr().is_terminal());
    let until = Instant::now() + arguments.clues.budget;
    let mut watch = |tried: u64| {
        progress.tell(tried);
        Instant::now() < until
    };
    let mut budget = Budget { most: u64::MAX, watch: Some(&mut watch), ..Budget::default() };
    let explanation = Explanation::of(&request, method, &clues, findings, &mut budget).map_err(Fail::usage)?;
    progress.finish();

    let told = explanation.client.as_ref().or(explanation.server.as_ref());
    let probe =
        told.filter(|told| told.diagnosis.outcome == Outcome::Ambiguous).and_then(|told| apart::propose(&told.diagnosis, Some(&url)));
    let options = ExplanationOptions {
        layout: output::layout(false),
        disclosure: if arguments.reveal { Disclosure::Revealed } else { Disclosure::Real },
        notes: &pasted.request.notes,
        again: &again(arguments),
        apart: probe.as_ref(),
    };
    let text = if arguments.json { report::explanation_json(&explanation, &options) } else { report::explanation(&explanation, &options) };
    output::print(&text)?;
    Ok(if explanation.is_settled() { ExitCode::AsExpected } else { ExitCode::Unexpected })
}

/// The request by options, or as it was pasted.
fn read_request(arguments: &Arguments) -> Result<Pasted, Fail> {
    if arguments.request.is_given() && !arguments.pasted.is_given() {
        let owned = arguments.request.request(&Fresh::none())?;
        let mut request = pasted::described(&owned)?;
        if request.url.starts_with(b"/") {
            // Some have signed just this: the host is not known, and has to be something.
            request.url = [&b"http://relative.invalid"[..], &request.url].concat();
            request.notes.push(
                "the URL is relative, and only an absolute one can be signed; http://relative.invalid stands for what is missing"
                    .to_owned(),
            );
        }
        return Ok(Pasted { form: Form::HttpText, request, response: None });
    }
    let read = arguments.pasted.read(arguments.request.reads_stdin())?;
    let pasted = read.ok_or_else(|| {
        Fail::usage("there is no request to explain").hint("--request FILE, --curl LINE, --har FILE or --url, or pipe one in; see --help")
    })?;
    arguments.request.none_beside_a_whole_request()?;
    Ok(pasted)
}

fn answer(arguments: &Arguments, pasted: Option<&PastedResponse>) -> Result<Option<Answer>, Fail> {
    let Some(path) = &arguments.clues.response else {
        return Ok(pasted.map(|response| Answer::read(response.status, &response.headers, &response.body)));
    };
    let text = files::octets(path, files::MAX_FILE)?;
    Ok(Some(match http_text::response(&text) {
        Ok(response) => Answer::read(response.status, &response.headers, &response.body),
        // The body alone.
        Err(_) => Answer::read(None, &Vec::new(), &text),
    }))
}

fn findings(arguments: &Arguments, signed: &SignedRequest, answer: Option<&Answer>) -> Vec<Finding> {
    let mut findings = signed.findings.clone();
    // What options describe is not signed yet, and perhaps not whole.
    let is_whole = !arguments.request.is_given();
    findings.extend(signed.requirements(arguments.clues.now).into_iter().filter(|finding| is_whole || !finding.is_of_absence()));
    let timestamp = signed.get("oauth_timestamp").and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    findings.extend(answer.into_iter().flat_map(|answer| findings_of_answer(answer, timestamp)));
    findings
}

/// The values that are to be explained.
struct Given {
    signature: Option<(Vec<u8>, bool)>,
    base_string: Option<Vec<u8>>,
    expected: Option<(Vec<u8>, bool)>,
    servers_base_string: Option<Vec<u8>>,
}

impl Given {
    fn new(arguments: &Arguments, signed: &SignedRequest, answer: &Option<Answer>, method: SignatureMethod) -> Result<Given, Fail> {
        let options = &arguments.clues;
        if method == SignatureMethod::Plaintext && (options.signature.is_some() || options.expected_by_server.is_some()) {
            return Err(Fail::usage("a PLAINTEXT signature is made of secrets, and a command line is no place for it")
                .hint("put the request into a file and give --request FILE, or pipe it in"));
        }
        let text = |given: &Option<String>| given.as_deref().map(|text| signature(text, method)).transpose();
        let sent = || signed.signature.clone().map(|signature| (signature, false));
        let base_string = match options.base_string.as_deref() {
            Some(text) => Some(match text.strip_prefix('@') {
                Some(path) => files::octets(path.as_ref(), files::MAX_FILE)?.trim_ascii_end().to_vec(),
                None => text.as_bytes().to_vec(),
            }),
            None => None,
        };
        let echoed = answer.as_ref();
        Ok(Given {
            signature: text(&options.signature)?.or_else(sent),
            base_string,
            expected: text(&options.expected_by_server)?
                .or_else(|| echoed.and_then(|answer| answer.signatures.first().cloned()).map(|signature| (signature, false))),
            servers_base_string: echoed.and_then(|answer| answer.base_strings.first().cloned()),
        })
    }

    fn clues(&self) -> Clues<'_> {
        Clues {
            signature: self.signature.as_ref().map(|(text, truncated)| SignatureText { text, truncated: *truncated }),
            base_string: self.base_string.as_deref(),
            expected_by_server: self.expected.as_ref().map(|(text, truncated)| SignatureText { text, truncated: *truncated }),
            servers_base_string: self.servers_base_string.as_deref(),
            ..Clues::default()
        }
    }
}

/// A signature by its text: percent-encoded ones are decoded, and what is too short for a whole one is a beginning.
fn signature(text: &str, method: SignatureMethod) -> Result<(Vec<u8>, bool), Fail> {
    let text = text.trim().trim_end_matches('…').trim_end_matches("...");
    let plain = percent_decoded_if_whole(text.as_bytes()).unwrap_or_else(|| text.as_bytes().to_vec());
    if plain.len() < FEWEST_CHARACTERS {
        return Err(Fail::usage(format!("a signature of fewer than {FEWEST_CHARACTERS} characters says nothing")));
    }
    let octets = match method {
        SignatureMethod::HmacSha1 => 20,
        SignatureMethod::HmacSha256 => 32,
        SignatureMethod::HmacSha512 => 64,
        _ => 0,
    };
    // A text without padding may be whole and wrong, so only what is clearly shorter is a beginning.
    let whole = base64_octets(&plain).is_some() || plain.len() + 4 >= octets * 4 / 3;
    let truncated = !whole || (octets > 0 && plain.len() < octets * 4 / 3);
    Ok((plain, truncated))
}

fn secrets(own: &OwnSecrets, method: SignatureMethod) -> Option<Secrets<'_>> {
    let is_known = own.client.is_some() || (method.is_rsa() && own.private_key.is_some());
    is_known.then(|| {
        let client = own.client.as_ref().map_or(&[][..], |secret| secret.expose());
        let token = own.token.as_ref().map_or(&[][..], |secret| secret.expose());
        Secrets::new(client, token).with_private_key(own.private_key.as_ref())
    })
}

/// The options with which `countersign sign` derives the request again.
fn again(arguments: &Arguments) -> String {
    arguments.pasted.again().into_iter().chain(arguments.request.again()).collect::<Vec<_>>().join(" ")
}
