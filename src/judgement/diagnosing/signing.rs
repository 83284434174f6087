//! Failures of `sign` and `base_string`: the search of [`crate::diagnosis`], first for few causes over all failures, then with what was
//! found on the others, at last deeper. What is only wrong as it is sent is looked for among the departures of sending.

use super::{Effort, RunDiagnosis, SUPPORT, Witness};
use crate::deviation::{Cause, Conduct, Side, all};
use crate::diagnosis::{Budget, DEFAULT_MISTAKES, Diagnosis, Evidence, Outcome, SignatureText, Subject, diagnose};
use crate::implementation::reference::with_subject;
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::protocol::SignatureMethod;
use crate::vectors::{Output, Question, Text};

/// One look at the failures that are still unexplained.
struct Round {
    /// The most causes in a set.
    mistakes: usize,
    /// The most comparisons for one failure.
    most: u64,
    /// Whether only those causes are combined that others of the run were explained by.
    among_known: bool,
}

/// The rounds. Who makes seven mistakes at once makes them one by one elsewhere: those are combined before all others.
const ROUNDS: [Round; 6] = [
    Round { mistakes: 1, most: 50_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: 20_000, among_known: true },
    Round { mistakes: 2, most: 200_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: 20_000, among_known: true },
    Round { mistakes: 3, most: 1_000_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: u64::MAX, among_known: false },
];

impl RunDiagnosis<'_> {
    /// Diagnoses `sign` and `base_string`.
    pub(super) fn signing(&mut self, effort: &mut Effort<'_>) {
        let is_signing = |operation| matches!(operation, crate::vectors::Operation::Sign | crate::vectors::Operation::BaseString);
        let mut open = self.places(is_signing);
        // Simple ones first: what explains them is tried on the others. RSA signatures take long to make.
        open.sort_by_key(|place| self.failures.get(*place).map(|failure| (failure.is_rsa(), weight(&failure.question))));
        let all = open.len();
        let (mut certain, mut possible): (Vec<Vec<Cause>>, Vec<Vec<Cause>>) = (Vec::new(), Vec::new());
        for round in ROUNDS {
            let mut left = Vec::new();
            let waiting = open.len();
            for (number, place) in open.into_iter().enumerate() {
                let Some(failure) = self.failures.get(place) else { continue };
                let mistakes = if failure.is_rsa() && !round.among_known { round.mistakes.min(2) } else { round.mistakes };
                // Half of what is left for each but the simplest, so that the first do not take all of it.
                let share = if number == 0 { effort.most } else { effort.most / 2 };
                let most = round.most.min(effort.most_each).min(share.max(LEAST).min(effort.most));
                let known = [together(&certain), possible.clone()].concat();
                let among = if round.among_known { causes_of(&known) } else { Vec::new() };
                // Of one cause nothing can be combined.
                let diagnosis = match round.among_known && among.len() < 2 {
                    true => Diagnosis::unexplained(),
                    false => self.one(failure, &known, &among, mistakes, most),
                };
                effort.most = effort.most.saturating_sub(diagnosis.tried);
                match diagnosis.outcome {
                    Outcome::Unexplained if effort.most > 0 => left.push(place),
                    Outcome::Explained => add(&diagnosis.sets, &mut certain),
                    Outcome::Ambiguous => add(&diagnosis.sets, &mut possible),
                    _ => {}
                }
                self.set(place, diagnosis);
                if !(effort.watch)(all - waiting + number + 1 - left.len(), all) {
                    return;
                }
            }
            open = left;
        }
    }

    fn one(&mut self, failure: &Witness, known: &[Vec<Cause>], among: &[Cause], mistakes: usize, most: u64) -> Diagnosis {
        let (input, output) = match (&*failure.question, &failure.observation) {
            (Question::Sign(input) | Question::BaseString(input), Observation::Answered(output)) => (input, output),
            _ => return Diagnosis::unexplained(),
        };
        let Some(lax) = self.unchecked(&failure.question) else { return Diagnosis::unexplained() };
        let searched = with_subject(&Conduct::of(&lax).practice.admission, input, |request, method, secrets| {
            let subject = Subject {
                request,
                method: method.unwrap_or(SignatureMethod::HmacSha1),
                secrets: output.signature.is_some().then_some(*secrets),
                hosts: &[],
                paths: &[],
            };
            let mut accept = |causes: &[Cause]| !self.speaks_against(causes);
            let mut search = |evidence: &Evidence<'_>| {
                let mut budget = Budget { most, mistakes, known, among, inputs: false, accept: Some(&mut accept), watch: None };
                diagnose(&subject, evidence, &mut budget)
            };
            let whole = search(&evidence(output, true));
            // Stages that an adapter works out by itself may not be those that were signed.
            if whole.outcome == Outcome::Unexplained && output.stages.is_some() && output.signature.is_some() {
                let alone = search(&evidence(output, false));
                return Diagnosis { tried: whole.tried + alone.tried, ..alone };
            }
            whole
        });
        match searched {
            Ok(diagnosis) if !lax.is_empty() => {
                let sets: Vec<Vec<Cause>> = diagnosis.sets.iter().map(|set| with_lax(set, &lax, failure)).collect();
                let diagnosis = Diagnosis { tried: diagnosis.tried, complete: diagnosis.complete, ..Diagnosis::of_sets(sets) };
                if diagnosis.outcome == Outcome::Explained { self.sending(&failure.question, output, diagnosis) } else { diagnosis }
            }
            Ok(diagnosis) if matches!(diagnosis.outcome, Outcome::Right | Outcome::Explained) => {
                self.sending(&failure.question, output, diagnosis)
            }
            Ok(diagnosis) => diagnosis,
            Err(_) => Diagnosis::unexplained(),
        }
    }

    /// The checks that were not made of a request that must be refused and was signed: none for other requests, and nothing if no such
    /// checks are known. Who refuses one request for the same reason makes the check.
    fn unchecked(&mut self, question: &Question) -> Option<Vec<Cause>> {
        let wanted = Wanted { transmission: false, stages: false };
        let answers =
            |causes: &[Cause]| matches!(Reference::conducting(Conduct::of(causes)).ask_for(question, wanted), Observation::Answered(_));
        if answers(&[]) {
            return Some(Vec::new());
        }
        let table: Vec<Cause> = all().filter(|deviation| deviation.stage.is_admission()).map(Cause::Deviation).collect();
        let mut alone: Vec<&Cause> = table.iter().filter(|cause| answers(std::slice::from_ref(*cause))).collect();
        alone.retain(|cause| !self.speaks_against(std::slice::from_ref(*cause)));
        // Of a narrow and a wide one, that which lets more through of what was signed.
        let lets_through = |cause: &&Cause| {
            let signed = self.failures.iter().filter(|failure| matches!(failure.observation, Observation::Answered(_)));
            let mut lax = Reference::conducting(Conduct::of([*cause]));
            let asked = signed.filter(|failure| question.operation() == failure.question.operation() && !failure.is_rsa());
            asked.filter(|failure| matches!(lax.ask_for(&failure.question, wanted), Observation::Answered(_))).count()
        };
        alone.sort_by_cached_key(|cause| std::cmp::Reverse(lets_through(cause)));
        if let Some(cause) = alone.first() {
            return Some(vec![(*cause).clone()]);
        }
        // The widest of each stage, and then those of them that are needed.
        let mut lax: Vec<Cause> = table;
        lax.dedup_by(|later, earlier| {
            let same = later.stage() == earlier.stage();
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        if !answers(&lax) {
            return None;
        }
        let mut place = 0;
        while place < lax.len() {
            let mut fewer = lax.clone();
            fewer.remove(place);
            if answers(&fewer) {
                lax = fewer;
            } else {
                place += 1;
            }
        }
        (!self.speaks_against(&lax)).then_some(lax)
    }

    /// Whether the cases that went right speak against a set: those whose value it would have changed are more than a few beside the
    /// failures whose value it gives. Of many, some may be cases in which another mistake hides this one.
    ///
    /// A mistake of input belongs to one request, and says nothing of others.
    fn speaks_against(&mut self, causes: &[Cause]) -> bool {
        let lasting: Vec<Cause> = causes.iter().filter(|cause| matches!(cause, Cause::Deviation(_))).cloned().collect();
        if lasting.is_empty() {
            return false;
        }
        let ids: Vec<String> = lasting.iter().map(Cause::to_string).collect();
        if let Some(known) = self.contradicted.get(&ids) {
            return *known;
        }
        let mut deviant = Reference::conducting(Conduct::of(&lasting));
        let is_signing = |witness: &Witness| matches!(*witness.question, Question::Sign(_) | Question::BaseString(_)) && !witness.is_rsa();
        let mut gives = |witness: &Witness| witness.is_answered_by(&mut deviant);
        let supported = self.failures.iter().filter(|failure| is_signing(failure) && gives(failure)).count().max(1);
        let most = supported.div_ceil(SUPPORT);
        let against = self.rights.iter().filter(|right| is_signing(right) && !gives(right));
        let speaks = against.take(most).count() >= most;
        self.contradicted.insert(ids, speaks);
        speaks
    }
}

/// The fewest comparisons that are worth a search.
const LEAST: u64 = 2_000;

/// The causes of some sets, each once; a mistake of input belongs to one request.
fn causes_of(sets: &[Vec<Cause>]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for cause in sets.iter().flatten() {
        if matches!(cause, Cause::Deviation(_)) && !causes.contains(cause) {
            causes.push(cause.clone());
        }
    }
    causes
}

/// A set with the checks that were not made; without them if it gives the answer by itself, because it makes a check needless.
fn with_lax(set: &[Cause], lax: &[Cause], failure: &Witness) -> Vec<Cause> {
    if failure.is_answered_by(&mut Reference::conducting(Conduct::of(set))) { set.to_vec() } else { [set, lax].concat() }
}

/// The length of what a question asks to be signed.
fn weight(question: &Question) -> usize {
    match question {
        Question::Sign(input) | Question::BaseString(input) => {
            input.url.as_bytes().len() + input.body.as_ref().map_or(0, |body| body.as_bytes().len())
        }
        _ => 0,
    }
}

/// Adds sets that are not there yet.
fn add(sets: &[Vec<Cause>], to: &mut Vec<Vec<Cause>>) {
    for set in sets {
        if !to.contains(set) {
            to.push(set.clone());
        }
    }
}

/// Sets that are known, and all of them together in front: an implementation makes its mistakes everywhere.
fn together(known: &[Vec<Cause>]) -> Vec<Vec<Cause>> {
    let mut union: Vec<Cause> = Vec::new();
    for cause in known.iter().flatten() {
        let clashes = union.iter().any(|other| other.stage() == cause.stage());
        // Mistakes of input belong to one request.
        if !clashes && matches!(cause, Cause::Deviation(_)) {
            union.push(cause.clone());
        }
    }
    std::iter::once(union).filter(|union| !union.is_empty()).chain(known.iter().cloned()).collect()
}

fn evidence(output: &Output, with_stages: bool) -> Evidence<'_> {
    let stages = output.stages.as_ref().filter(|_| with_stages);
    Evidence {
        base_uri: stages.and_then(|stages| stages.base_uri.as_ref()).map(Text::as_bytes),
        normalized: stages.and_then(|stages| stages.normalized.as_ref()).map(Text::as_bytes),
        base_string: stages.and_then(|stages| stages.base_string.as_ref()).or(output.base_string.as_ref()).map(Text::as_bytes),
        signature: output.signature.as_ref().map(|text| SignatureText::whole(text.as_bytes())),
    }
}

impl RunDiagnosis<'_> {
    /// The signature is explained, or right. If the request is sent otherwise than it should be, the departures of sending are added that
    /// give what was sent: those that were found before, or else one alone, or else two.
    fn sending(&mut self, question: &Question, output: &Output, diagnosis: Diagnosis) -> Diagnosis {
        let signed = diagnosis.sets.first().cloned().unwrap_or_default();
        let sent = Sent::of(output);
        let is_sent = |causes: &[Cause]| {
            let all = [signed.as_slice(), causes].concat();
            match Reference::conducting(Conduct::of(&all)).ask(question) {
                Observation::Answered(own) => sent.is_met_by(&Sent::of(&own)),
                _ => false,
            }
        };
        if sent.is_empty() || is_sent(&[]) {
            return match diagnosis.outcome {
                // Nothing that was sent is wrong, so whatever failed is not about sending.
                Outcome::Right => Diagnosis::unexplained(),
                _ => diagnosis,
            };
        }
        let mut sets: Vec<Vec<Cause>> = self.sent.iter().filter(|set| is_sent(set)).cloned().collect();
        let table: Vec<Cause> = all().filter(|deviation| deviation.stage.side() == Side::Sending).map(Cause::Deviation).collect();
        if sets.is_empty() {
            sets = table.iter().map(|cause| vec![cause.clone()]).filter(|set| is_sent(set)).collect();
        }
        if sets.is_empty() && !Witness::asks_for_rsa(question) {
            for (place, first) in table.iter().enumerate() {
                let seconds = table.iter().skip(place + 1).filter(|second| second.stage() != first.stage());
                sets.extend(seconds.map(|second| vec![first.clone(), second.clone()]).filter(|pair| is_sent(pair)));
            }
        }
        if sets.is_empty() && diagnosis.outcome != Outcome::Right {
            return diagnosis;
        }
        if sets.len() > 1 {
            let against: Vec<usize> = sets.iter().map(|set| self.sent_otherwise(set)).collect();
            let fewest = against.iter().min().copied();
            let mut counts = against.into_iter();
            sets.retain(|_| counts.next() == fewest);
        }
        add(&sets, &mut self.sent);
        let whole = sets.into_iter().map(|set| [signed.as_slice(), &set].concat()).collect();
        Diagnosis { tried: diagnosis.tried, complete: diagnosis.complete, ..Diagnosis::of_sets(whole) }
    }
}

impl RunDiagnosis<'_> {
    /// How many requests that went right, and were sent as the specification says, would have been sent otherwise with these causes.
    fn sent_otherwise(&self, causes: &[Cause]) -> usize {
        let wanted = Wanted { transmission: true, stages: false };
        let (mut reference, mut deviant) = (Reference::new(), Reference::conducting(Conduct::of(causes)));
        let mut is_against = |right: &&&Witness| {
            let Observation::Answered(output) = &right.observation else { return false };
            let sent = Sent::of(output);
            let is_met_by = |implementation: &mut Reference| match implementation.ask_for(&right.question, wanted) {
                Observation::Answered(own) => sent.is_met_by(&Sent::of(&own)),
                _ => false,
            };
            !sent.is_empty() && is_met_by(&mut reference) && !is_met_by(&mut deviant)
        };
        let of_sign = |right: &&&Witness| matches!(*right.question, Question::Sign(_)) && !right.is_rsa();
        self.rights.iter().filter(of_sign).filter(|right| is_against(right)).count()
    }
}

/// A request as it is sent, as far as an answer shows it. The order of parameters is free, so the pieces are sorted.
#[derive(Debug, PartialEq, Eq)]
struct Sent(Vec<Vec<Vec<u8>>>);

impl Sent {
    fn of(output: &Output) -> Sent {
        let pieces = |text: Option<&Text>, ends: &[u8]| {
            let text = text.map(Text::as_bytes).unwrap_or_default();
            let (mut pieces, mut separators) = (Vec::new(), Vec::new());
            let mut rest = text;
            while !rest.is_empty() {
                let (piece, behind) = rest.split_at(rest.iter().position(|octet| ends.contains(octet)).unwrap_or(rest.len()));
                let (run, behind) = behind.split_at(behind.iter().position(|octet| !ends.contains(octet)).unwrap_or(behind.len()));
                pieces.push(piece.to_vec());
                // White space around a separator is free, and says something only where it is one. The last piece has none of its own,
                // wherever it stands.
                let marks: Vec<u8> = run.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
                separators.push(if marks.is_empty() && !run.is_empty() { b" ".to_vec() } else { marks });
                rest = behind;
            }
            pieces.sort();
            separators.sort();
            pieces.extend(separators);
            pieces
        };
        Sent(vec![pieces(output.authorization.as_ref(), b",&;\n "), pieces(output.url.as_ref(), b"?&"), pieces(output.body.as_ref(), b"&")])
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|pieces| pieces.iter().all(Vec::is_empty))
    }

    fn is_met_by(&self, other: &Sent) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own.iter().all(Vec::is_empty) || own == other)
    }
}
