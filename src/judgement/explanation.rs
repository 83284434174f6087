//! One request that somebody could not get through: what is wrong with its form, what was signed in place of what should have been, and
//! what the server made of it. It puts readings of pasted text and diagnoses together; showing it is a report's work.

use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Budget, Diagnosis, Evidence, Outcome, SignatureText, Subject, diagnose};
use crate::intake::{Answer, Finding, Weight};
use crate::protocol::{Derivation, Malformed, Request, Secrets, SignatureMethod};

/// Everything that is known.
#[derive(Clone, Copy, Default)]
pub struct Clues<'a> {
    /// The secrets, if they are known.
    pub secrets: Option<Secrets<'a>>,
    /// The signature that was sent, or another one that somebody got.
    pub signature: Option<SignatureText<'a>>,
    /// The base string that was signed.
    pub base_string: Option<&'a [u8]>,
    /// The signature that the server expected.
    pub expected_by_server: Option<SignatureText<'a>>,
    /// The base string that the server derived.
    pub servers_base_string: Option<&'a [u8]>,
    /// Hosts that may have been signed in place of the right one.
    pub hosts: &'a [String],
    /// Paths that may have been signed in place of the right one.
    pub paths: &'a [String],
}

/// What came of it.
#[derive(Debug)]
pub struct Explanation {
    /// The right derivation; its signature is empty without a secret.
    pub right: Derivation,
    /// Whether there was a secret, so that there is a right signature.
    pub is_signed: bool,
    /// What explains the client's value; `None` if none is known that could be explained.
    pub client: Option<Told>,
    /// What explains the server's value.
    pub server: Option<Told>,
    /// What is wrong with the form of the request.
    pub findings: Vec<Finding>,
}

/// A diagnosis with the derivation that it stands for.
#[derive(Debug)]
pub struct Told {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The derivation of the first set, if there is one.
    pub derivation: Option<Derivation>,
    /// The base string, if it was given.
    pub base_string: Option<Vec<u8>>,
    /// How many characters of the signature were compared, if only its beginning was.
    pub characters: Option<usize>,
}

impl Explanation {
    /// Explains a request.
    ///
    /// # Errors
    /// What makes the request one that cannot be derived at all, such as a URL that is not absolute or a private key that is missing.
    pub fn of(
        request: &Request<'_>,
        method: SignatureMethod,
        clues: &Clues<'_>,
        findings: Vec<Finding>,
        budget: &mut Budget<'_>,
    ) -> Result<Explanation, Malformed> {
        let subject = Subject { request, method, secrets: clues.secrets, hosts: clues.hosts, paths: clues.paths };
        let mut right = Derivation::default();
        let conduct = Conduct::default();
        match &clues.secrets {
            Some(secrets) => conduct.derive(&mut right, request, method, secrets)?,
            None => conduct.derive_base_string(&mut right, request)?,
        }
        let client = told(&subject, clues.base_string, clues.signature, budget);
        let server = told(&subject, clues.servers_base_string, clues.expected_by_server, budget);
        Ok(Explanation { right, is_signed: clues.secrets.is_some(), client, server, findings })
    }

    /// Whether something was named that explains the refusal, or the signature is right.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let named = |told: &Option<Told>| told.as_ref().is_some_and(|told| told.diagnosis.outcome != Outcome::Unexplained);
        // What the client signed decides; a server's value alone is explained if that is all that is known.
        let signature = match (&self.client, &self.server) {
            (Some(_), _) => named(&self.client),
            (None, server) => named(server),
        };
        signature || self.findings.iter().any(|finding| finding.weight == Weight::Must)
    }
}

fn told(subject: &Subject<'_>, base_string: Option<&[u8]>, signature: Option<SignatureText<'_>>, budget: &mut Budget<'_>) -> Option<Told> {
    let signature = signature.filter(|_| subject.secrets.is_some());
    let evidence = Evidence { base_string, signature, ..Evidence::default() };
    if evidence.is_empty() {
        return None;
    }
    let mut diagnosis = diagnose(subject, &evidence, budget);
    // A base string that is explained says something even if the signature beside it is made of another one.
    if diagnosis.outcome == Outcome::Unexplained && base_string.is_some() && signature.is_some() {
        diagnosis = diagnose(subject, &Evidence { signature: None, ..evidence }, budget);
    }
    let derivation = diagnosis.sets.first().and_then(|causes| derived(subject, causes));
    // What was explained without the signature says nothing of its beginning.
    let compared = signature.filter(|signature| signature.truncated && diagnosis.one_in.is_some());
    let characters = compared.map(|signature| String::from_utf8_lossy(signature.text).chars().count());
    Some(Told { diagnosis, derivation, base_string: base_string.map(<[u8]>::to_vec), characters })
}

fn derived(subject: &Subject<'_>, causes: &[Cause]) -> Option<Derivation> {
    let mut derivation = Derivation::default();
    let conduct = Conduct::of(causes);
    match &subject.secrets {
        Some(secrets) => conduct.derive(&mut derivation, subject.request, subject.method, secrets),
        None => conduct.derive_base_string(&mut derivation, subject.request),
    }
    .ok()
    .map(|()| derivation)
}

/// What a server's answer says beside its values: the clock, the problem that it names, advice.
#[must_use]
pub fn findings_of_answer(answer: &Answer, timestamp: Option<u64>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let must = |what: String, section| Finding { what, section, at: None, weight: Weight::Must };
    if let (Some((from, to)), Some(sent)) = (answer.timestamps_acceptable, timestamp)
        && !(from..=to).contains(&sent)
    {
        let away = if sent < from { from - sent } else { sent - to };
        findings.push(must(format!("oauth_timestamp {sent} is {away} seconds outside of what the server takes, {from} to {to}"), "3.3"));
    }
    if let (Some(server), Some(sent)) = (answer.server_time, timestamp)
        && server.abs_diff(sent) > 300
    {
        let away = server.abs_diff(sent);
        findings.push(must(format!("oauth_timestamp {sent} is {away} seconds away from the server's clock, {server}"), "3.3"));
    }
    if let Some(problem) = &answer.problem
        && let Some((what, section)) = meaning(&problem.name)
    {
        let names = problem.parameter_names();
        let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        findings.push(must(format!("the server says {}: {what}{names}", problem.name), section));
    }
    findings
}

/// What the names of the problem reporting extension mean, where they name something other than the signature.
fn meaning(problem: &str) -> Option<(&'static str, &'static str)> {
    Some(match problem {
        "timestamp_refused" => ("the timestamp is outside of its window; set the clock", "3.3"),
        "nonce_used" => ("the nonce was used before with this timestamp; make a new one for every request, also for a repetition", "3.3"),
        "parameter_absent" => ("a parameter is missing", "3.1"),
        "parameter_rejected" => ("a parameter is not allowed, or there twice", "3.1"),
        "version_rejected" => ("oauth_version is not 1.0", "3.1"),
        "signature_method_rejected" => ("the signature method is not allowed here", "3.2"),
        "consumer_key_unknown" => {
            ("the client identifier is unknown; look for a key of another environment, or one that is not active yet", "3.2")
        }
        "consumer_key_rejected" => ("the client credentials were withdrawn, or are not allowed here", "3.2"),
        "consumer_key_refused" => ("the client may not do this now; try later", "3.2"),
        "token_used" => ("the temporary credentials were used up", "2.3"),
        "token_expired" => ("the token has expired; get a new one", "3.2"),
        "token_revoked" => ("the token was revoked by its owner", "3.2"),
        "token_rejected" | "token_not_authorized" => ("the token is unknown, or of another environment", "3.2"),
        "additional_authorization_required" => ("the token was authorized for less than is asked", "3.2"),
        "permission_unknown" => ("the owner has not decided yet", "2.2"),
        "permission_denied" => ("the owner has said no", "2.2"),
        "user_refused" => ("the owner may not be asked now", "2.2"),
        _ => return None,
    })
}
