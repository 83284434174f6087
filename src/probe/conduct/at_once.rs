//! One request several times at the same time: a server that looks for a nonce first and keeps it later accepts more than one of them (RFC
//! 5849 section 3.3).

use super::{Conductor, Exchanged, Halt, Hop};
use crate::implementation::live::Outgoing;
use crate::probe::draft::Composed;
use crate::probe::means::Pair;
use crate::probe::outcome::{Outcome, Read};
use crate::probe::step::Step;

impl Conductor<'_, '_, '_> {
    /// Sends it as often as the step says. Of all, two are kept: one that was accepted, and the one that shows what came of the others.
    pub(super) fn send_at_once(
        &mut self,
        step: &Step,
        composed: Composed,
        pair: Option<&Pair>,
        exchanged: &mut Exchanged,
    ) -> Result<(), Halt> {
        let Composed { outgoing, sent, base_string } = composed;
        self.wait_for(step.at_once)?;
        let at = (self.around.now)();
        let all: Vec<Outgoing> = vec![outgoing.clone(); step.at_once];
        let mut hops: Vec<Hop> = Vec::new();
        for answer in self.sender.send_at_once(&all) {
            let answer = answer.map(|incoming| Read::of(&self.plan.profile, step.endpoint, incoming));
            if let Ok(read) = &answer {
                self.hear(step.endpoint, read);
                self.after(step.endpoint, pair, read);
            }
            let (parameters, base_string) = (sent.parameters.clone(), base_string.clone());
            hops.push(Hop { endpoint: step.endpoint, outgoing: outgoing.clone(), parameters, base_string, at, answer });
        }
        let is_enough = hops.iter().filter_map(|hop| hop.answer.as_ref().ok()).try_for_each(|read| self.look(read));
        hops.sort_by_key(told_before);
        exchanged.accepted = hops.iter().filter(|hop| is(hop, &Outcome::Accepted)).count();
        let mut hops = hops.into_iter();
        exchanged.first = if exchanged.accepted > 0 { hops.next() } else { None };
        exchanged.hop = hops.next();
        is_enough
    }
}

fn is(hop: &Hop, outcome: &Outcome) -> bool {
    hop.answer.as_ref().is_ok_and(|read| read.outcome == *outcome)
}

/// What is told before something else: that it was accepted, that the server failed, whatever it said, that it said nothing.
fn told_before(hop: &Hop) -> u8 {
    match &hop.answer {
        _ if is(hop, &Outcome::Accepted) => 0,
        _ if is(hop, &Outcome::ServerError) => 1,
        Ok(_) => 2,
        Err(_) => 3,
    }
}
