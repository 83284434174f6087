//! Mistakes that are in nobody's table: the vectors catch them all the same, and a diagnosis names no cause for them, unless it is one that
//! gives every answer of theirs.

use std::sync::Arc;

use crate::deviation::{Cause, Conduct, Practice};
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::judgement::diagnosing::{Effort, Witness, diagnose_run, is_alike};
use crate::judgement::{Declared, Verdict, judge};
use crate::protocol::signature::{base64_text, sign, signing_key};
use crate::protocol::{Buffer, Encoder, Parameters, Recipe, SignatureMethod};
use crate::vectors::{Case, Corpus, Level, Operation, Question, Status};

/// How many failures of each are diagnosed, and how many values are compared.
const FAILURES: usize = 3;
const MOST: u64 = 20_000;

/// A mistake, with what it does.
type Mutant = (&'static str, fn(&mut Practice));

const MUTANTS: [Mutant; 12] = [
    ("the method is written backwards", |practice| {
        practice.recipe.method = |method, out| method.iter().rev().for_each(|octet| out.push(octet.to_ascii_uppercase()));
    }),
    ("parameters are sorted by the length of their names", |practice| {
        practice.recipe.order = |list| {
            list.sort_by(|left, right| {
                left.name.len().cmp(&right.name.len()).then(left.name.cmp(right.name)).then(left.value.cmp(right.value))
            });
        };
    }),
    ("the HMAC of the HMAC is sent", |practice| {
        practice.recipe.sign = |method, key, text, secrets, out| {
            if method == SignatureMethod::Plaintext || method.is_rsa() {
                return sign(method, key, text, secrets, out);
            }
            let mut once = Buffer::default();
            sign(method, key, text, secrets, &mut once)?;
            sign(method, key, &once, secrets, out)
        };
    }),
    ("the lowest bit of the key's first octet is flipped", |practice| {
        practice.recipe.key = |encode, secrets, _, out| {
            let mut key = Buffer::default();
            signing_key(encode, secrets, &mut key);
            key.iter().enumerate().for_each(|(place, octet)| out.push(octet ^ u8::from(place == 0)));
        };
    }),
    ("the timestamp is not signed", |practice| practice.recipe.steps.add(|_, list| list.retain(|one| one.name != b"oauth_timestamp"))),
    ("timestamp and nonce change places", |practice| {
        practice.recipe.steps.add(|_, list| {
            let (timestamp, nonce) = (list.first("oauth_timestamp").map(<[u8]>::to_vec), list.first("oauth_nonce").map(<[u8]>::to_vec));
            let (Some(timestamp), Some(nonce)) = (timestamp, nonce) else { return };
            let mut changed = Parameters::new();
            for one in list.iter() {
                let value = match one.name {
                    b"oauth_timestamp" => &nonce,
                    b"oauth_nonce" => &timestamp,
                    _ => one.value,
                };
                changed.push(one.name, value, one.source);
            }
            *list = changed;
        });
    }),
    ("the octets of the signature are written backwards", |practice| {
        practice.recipe.text = |octets, out| {
            let backwards: Vec<u8> = octets.iter().rev().copied().collect();
            base64_text(&backwards, out);
        };
    }),
    ("the digit 7 is escaped", |practice| {
        practice.recipe.encode.value = Encoder::Whole(|text, out| {
            for octet in text {
                if *octet == b'7' { out.append(b"%37") } else { Encoder::RFC5849.encode(std::slice::from_ref(octet), out) }
            }
        });
    }),
    ("the last octet of the base string is lost", |practice| {
        practice.recipe.concatenate = |parts, out| {
            (Recipe::RFC5849.concatenate)(parts, out);
            out.truncate(out.len().saturating_sub(1));
        };
    }),
    ("the base string is written backwards", |practice| {
        practice.recipe.concatenate = |parts, out| {
            let mut right = Buffer::default();
            (Recipe::RFC5849.concatenate)(parts, &mut right);
            right.iter().rev().for_each(|octet| out.push(*octet));
        };
    }),
    ("the key is written twice", |practice| {
        practice.recipe.key = |encode, secrets, _, out| {
            signing_key(encode, secrets, out);
            signing_key(encode, secrets, out);
        };
    }),
    ("every nonce gets an exclamation mark", |practice| {
        practice.recipe.steps.add(|_, list| {
            let mut changed = Parameters::new();
            for one in list.iter() {
                let mark: &[u8] = if one.name == b"oauth_nonce" { b"!" } else { b"" };
                changed.push(one.name, &[one.value, mark].concat(), one.source);
            }
            *list = changed;
        });
    }),
];

/// What is named for requests that cannot tell it from the mistake: with two empty secrets the key is & and both write &&.
const ALIKE: [&str; 1] = ["the key is written twice: key.ampersand-last"];

/// The cases of `sign` that count, without those of RSA, whose signatures take long to make.
fn cases() -> Vec<Case> {
    let is_chosen = |case: &Case| match &case.question {
        Question::Sign(input) => {
            case.status == Status::Active && case.level != Level::Interop && !input.signature_method.as_bytes().starts_with(b"RSA-")
        }
        _ => false,
    };
    Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(is_chosen).collect()
}

fn ask(implementation: &mut Reference, question: &Question) -> Observation {
    implementation.ask_for(question, Wanted { transmission: false, stages: false })
}

/// What somebody does with all cases.
struct Put {
    failures: Vec<Witness>,
    rights: Vec<Witness>,
    /// How many `must` cases failed.
    must: usize,
}

impl Put {
    fn of(cases: &[Case], apply: fn(&mut Practice)) -> Put {
        let mut conduct = Conduct::default();
        apply(&mut conduct.practice);
        let mut mutant = Reference::conducting(conduct);
        let mut put = Put { failures: Vec::new(), rights: Vec::new(), must: 0 };
        for case in cases {
            let witness = Witness { observation: ask(&mut mutant, &case.question), question: Arc::new(case.question.clone()) };
            let verdict = judge(case, &witness.observation, Declared::default()).verdict;
            put.must += usize::from(verdict == Verdict::Fail && case.level == Level::Must);
            if verdict == Verdict::Fail { &mut put.failures } else { &mut put.rights }.push(witness);
        }
        put
    }

    /// The sets that are named for some of the failures, each with whether somebody with these causes gives all answers.
    fn named(&self) -> Vec<(String, bool)> {
        let step = self.failures.len().div_ceil(FAILURES).max(1);
        let looked_at: Vec<Witness> = self.failures.iter().step_by(step).cloned().collect();
        let mut effort = Effort { most: MOST, most_each: MOST, watch: &mut |_, _| true };
        let sets = diagnose_run(&looked_at, &self.rights, &mut effort).into_iter().flat_map(|diagnosis| diagnosis.sets);
        sets.map(|set| (set.iter().map(Cause::to_string).collect::<Vec<_>>().join(" with "), self.is_all_of(&set))).collect()
    }

    fn is_all_of(&self, set: &[Cause]) -> bool {
        let mut deviant = Reference::conducting(Conduct::of(set));
        let mut all = self.failures.iter().chain(&self.rights);
        all.all(|witness| is_alike(Operation::Sign, &ask(&mut deviant, &witness.question), &witness.observation))
    }
}

#[test]
fn what_is_in_no_table_is_caught_and_never_given_a_false_cause() {
    let cases = cases();
    let mut found = Vec::new();
    for (what, apply) in MUTANTS {
        let put = Put::of(&cases, apply);
        assert!(put.must > 0, "{what}: no must case catches it");
        found.extend(put.named().into_iter().filter(|(_, is_all)| !is_all).map(|(set, _)| format!("{what}: {set}")));
    }
    found.retain(|found| !ALIKE.contains(&found.as_str()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The same with what is in the table: it is named, and gives all answers, which its neighbour does not.
#[test]
fn what_is_in_the_table_is_named() {
    let deviation = crate::deviation::find("concatenate.uri-first").unwrap();
    let put = Put::of(&cases(), deviation.apply);
    let named = put.named();
    assert!(named.len() >= FAILURES && named.iter().all(|named| *named == (deviation.id.to_owned(), true)), "{named:?}");
    assert!(!put.is_all_of(&[Cause::parse("concatenate.method-last").unwrap()]));
}
