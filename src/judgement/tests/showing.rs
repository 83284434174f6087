//! What causes cannot show in, they change nothing of: who passes them over without asking loses nothing.

use crate::deviation::{Cause, Conduct, all};
use crate::implementation::{Implementation as _, Reference, Wanted};
use crate::judgement::diagnosing::{can_show, is_alike};
use crate::vectors::{Corpus, Operation, Question};

#[test]
fn departures_change_no_answer_in_which_they_cannot_show() {
    let wanted = Wanted { transmission: false, stages: false };
    let is_rsa = |question: &Question| format!("{question:?}").contains("RSA-");
    let cases = Corpus::embedded().unwrap().cases().map(Result::unwrap).collect::<Vec<_>>();
    let mut reference = Reference::new();
    for operation in [Operation::Sign, Operation::BaseString, Operation::Verify] {
        let questions = cases.iter().map(|case| &case.question).filter(|question| question.operation() == operation && !is_rsa(question));
        let answered: Vec<_> = questions.map(|question| (question, reference.ask_for(question, wanted))).collect();
        let hidden: Vec<Cause> = all().map(Cause::Deviation).filter(|cause| !can_show(std::slice::from_ref(cause), operation)).collect();
        assert!(answered.len() > 10 && hidden.len() > 10, "{operation}: {} and {}", answered.len(), hidden.len());
        for cause in hidden {
            let mut deviant = Reference::conducting(Conduct::of([&cause]));
            for (question, right) in &answered {
                assert!(is_alike(operation, right, &deviant.ask_for(question, wanted)), "{cause} shows in {question:?}");
            }
        }
    }
}
