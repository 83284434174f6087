//! Verifiers that refuse for what is not signed: what has nothing to do with it goes, though nothing of what is signed can.

use super::LIMITS;
use crate::fuzzing::differential::{Kind, Limits, Search};
use crate::implementation::{Description, Implementation, Observation, Offer, Reference};
use crate::vectors::question::VerifyInput;
use crate::vectors::{Output, Question};

/// The reference, which refuses some requests.
struct Refusing(Reference, fn(&VerifyInput) -> bool);

impl Implementation for Refusing {
    fn description(&self) -> &Description {
        self.0.description()
    }

    fn offer(&self) -> &Offer {
        self.0.offer()
    }

    fn ask(&mut self, question: &Question) -> Observation {
        match question {
            Question::Verify(input) if (self.1)(input) => {
                Observation::Answered(Box::new(Output { valid: Some(false), ..Output::default() }))
            }
            _ => self.0.ask(question),
        }
    }
}

fn has_a_type(input: &VerifyInput) -> bool {
    input.headers.iter().any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"content-type"))
}

/// What is left of the first request that is refused wrongly.
fn left(refuses: fn(&VerifyInput) -> bool) -> VerifyInput {
    let limits = Limits { sign: false, runs: 1500, ..LIMITS };
    let searched = Search::new(&mut Refusing(Reference::new(), refuses), None, 4, limits).run(&mut |_, _| true);
    let find = searched.finds.into_iter().find(|find| find.kind == Kind::Rejects).unwrap();
    let Question::Verify(input) = find.question else { panic!("a request is received") };
    *input
}

#[test]
fn an_unsigned_field_goes_where_the_body_stays_and_an_empty_form_where_the_field_stays() {
    let with_a_body = left(|input| input.body.is_some());
    assert!(with_a_body.body.is_some() && with_a_body.headers.len() == 1, "{with_a_body:?}");
    let with_a_type = left(has_a_type);
    assert!(with_a_type.body.is_none() && has_a_type(&with_a_type), "{with_a_type:?}");
    // The server is the one that it was.
    assert!(with_a_body.now.is_some() && with_a_body.window.is_some() && with_a_body.client.is_some());
}
