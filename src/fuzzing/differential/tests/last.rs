//! The diagnosis of one failure beside others is that which it has among all of them.

use std::sync::Arc;

use super::deviant;
use crate::fuzzing::differential::axes::request;
use crate::fuzzing::differential::verifying::{Doing, without_scruples};
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Implementation, Reference};
use crate::judgement::diagnosing::{Effort, Verdicts, Witness, diagnose_beside, diagnose_last, is_alike};
use crate::vectors::{Operation, Question};

#[test]
fn the_last_failure_is_diagnosed_alone_as_it_is_among_all() {
    for id in ["verify.timestamp-unchecked", "verify.version-required", "method.lower-case"] {
        let (mut failures, mut rights) = (Vec::new(), Vec::new());
        let (mut deviant, mut reference, mut signer) = (deviant(&[id]), Reference::new(), without_scruples());
        let mut numbers = Numbers::new(10);
        while failures.len() < 8 {
            let input = request(&[], &mut numbers);
            let received = Doing::of(&mut numbers).and_then(|doing| doing.received(&input, &mut signer));
            let Some(question) = received.map(|received| Question::Verify(Box::new(received))) else { continue };
            let observation = deviant.ask(&question);
            let is_right = is_alike(Operation::Verify, &reference.ask(&question), &observation);
            let list = if is_right { &mut rights } else { &mut failures };
            list.push(Witness { question: Arc::new(question), observation });
        }
        let (mut was_named, mut verdicts) = (false, Verdicts::default());
        for most in [1, 2, 8] {
            let (mut watch, mut other) = (|_, _| true, |_, _| true);
            let mut effort = Effort { most: 1000, most_each: 1000, watch: &mut watch };
            let all = diagnose_beside(&failures[..most], rights.iter().collect(), &mut effort);
            let mut effort = Effort { most: 1000, most_each: 1000, watch: &mut other };
            let last = diagnose_last(&failures[..most], rights.iter().collect(), &mut effort, &mut verdicts);
            assert_eq!(last.ids(), all.last().unwrap().ids(), "{id} of {most}");
            was_named |= last.ids().iter().flatten().any(|named| named == id);
        }
        assert!(was_named, "{id}");
    }
}
