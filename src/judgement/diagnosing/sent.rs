//! What is only wrong as a request is sent (RFC 5849 section 3.5): it is looked for among the departures of sending, once the signature is
//! explained or right.

use super::signing::add;
use super::{RunDiagnosis, Witness};
use crate::deviation::{Cause, Conduct, Side, all};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::vectors::{Output, Question, Text};

impl RunDiagnosis<'_> {
    /// The signature is explained, or right. If the request is sent otherwise than it should be, the departures of sending are added that
    /// give what was sent: those that were found before, or else one alone, or else two.
    pub(super) fn sending(&mut self, question: &Question, output: &Output, diagnosis: Diagnosis) -> Diagnosis {
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
pub(super) struct Sent(Vec<Vec<Vec<u8>>>);

impl Sent {
    pub(super) fn of(output: &Output) -> Sent {
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

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|pieces| pieces.iter().all(Vec::is_empty))
    }

    pub(super) fn is_met_by(&self, other: &Sent) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own.iter().all(Vec::is_empty) || own == other)
    }
}
