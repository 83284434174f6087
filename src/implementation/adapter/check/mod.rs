//! Whether a program keeps to the adapter protocol, whatever its answers are worth: what a runner could trip over is tried on purpose.

mod driver;

use std::time::Duration;

use self::driver::{Driver, Said};
use super::launch::Launch;
use super::session::excerpt;
use crate::implementation::wire::{AdapterHello, FromAdapter, FromRunner, ID_LIMIT, Id};
use crate::implementation::{Break, Observation, Offer};
use crate::vectors::question::TextInput;
use crate::vectors::{Operation, Question, Text};

/// One requirement of the protocol, and whether the program meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The requirement, in one sentence.
    pub requirement: &'static str,
    /// What came of it.
    pub found: Found,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is met.
    Met,
    /// It is not: what the program did.
    Broken(String),
    /// The protocol does not demand it, but runners and people are better off with it.
    Advice(String),
    /// It could not be tried: why.
    NotTried(String),
}

/// What a program of which nothing is known yet must say first.
const HELLO: &str =
    r#"{"type":"hello","protocol":{"min":1,"max":1},"runner":{"name":"countersign","version":"0.0.0","later":[1]},"later":{}}"#;

/// How long a program may take to end after its input did.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long is waited for what must not come.
const SILENCE: Duration = Duration::from_millis(200);

/// A check with the question that it asks.
struct Check {
    requirement: &'static str,
    try_it: fn(&Bench<'_>) -> Found,
}

/// The checks, in their order; each has a process of its own, so that none suffers from another.
const CHECKS: [Check; 13] = [
    Check { requirement: "it answers a question, with the question's id", try_it: plain },
    Check { requirement: "its answers hold the value that was asked for", try_it: whole },
    Check { requirement: "it repeats any id: long, with quotes, with characters beyond ASCII", try_it: any_id },
    Check { requirement: "it passes over message types that it does not know", try_it: unknown_message },
    Check { requirement: "it passes over fields that it does not know", try_it: unknown_field },
    Check { requirement: "it says of an operation that it does not know that it is not supported", try_it: unknown_operation },
    Check { requirement: "it goes on after a line that is no message", try_it: broken_line },
    Check { requirement: "it answers each of the questions that it takes at once, and once", try_it: window },
    Check { requirement: "it answers the same question in the same way, whatever came between", try_it: state },
    Check { requirement: "it answers long values, values beyond ASCII and octets that are no text", try_it: values },
    Check { requirement: "it writes nothing on its standard error while nothing is wrong", try_it: quiet },
    Check { requirement: "what it declares it does not call unsupported", try_it: honest },
    Check { requirement: "it ends by itself after bye, and when its input is over", try_it: ends },
];

/// What the checks are made with.
struct Bench<'a> {
    launch: &'a Launch,
    offer: Offer,
    window: u32,
    /// A question that it must be able to answer.
    question: Question,
    /// Others, of every operation that it offers.
    questions: &'a [Question],
}

/// Checks a program. `questions` are many of all operations; of those that it offers the first is asked most.
///
/// # Errors
/// What it did in place of a hello; then nothing else can be tried.
pub fn check(launch: &Launch, questions: &[Question]) -> Result<(AdapterHello, Vec<Checked>), String> {
    let hello = greet(launch)?.1;
    let met = |question: &&Question| hello.offer.lacks_for(question).is_none();
    let Some(question) = questions.iter().find(met).cloned() else {
        return Err("it offers nothing that any case could be asked with: see its operations, signature methods and features".to_owned());
    };
    let bench = Bench { launch, offer: hello.offer.clone(), window: hello.max_in_flight, question, questions };
    let mut all = vec![Checked { requirement: "it says hello, and nothing before", found: Found::Met }];
    all.extend(CHECKS.iter().map(|check| Checked { requirement: check.requirement, found: (check.try_it)(&bench) }));
    Ok((hello, all))
}

/// A process that said hello.
fn greet(launch: &Launch) -> Result<(Driver, AdapterHello), String> {
    let mut driver = Driver::start(launch).map_err(|error| format!("it cannot be started: {error}"))?;
    driver.say(HELLO);
    match driver.next(launch.start_timeout) {
        Said::Line(line) => match FromAdapter::read(line.as_bytes()) {
            Ok(FromAdapter::Hello(hello)) => Ok((driver, hello)),
            Ok(FromAdapter::Answer { .. }) => Err(format!("it says something else: {}", excerpt(line.as_bytes()))),
            Err(unreadable) => Err(format!("{unreadable}: {}", excerpt(line.as_bytes()))),
        },
        Said::Nothing => Err(format!("it says nothing within {:?}", launch.start_timeout)),
        Said::Over => Err("its output is over".to_owned()),
        Said::NoLine(what) => Err(format!("it writes {what}")),
    }
}

/// A line that asks a question.
fn run(id: &str, question: &Question) -> String {
    let Some(id) = Id::new(id.to_owned()) else { return String::new() };
    let mut line = Vec::new();
    FromRunner::write_run(&id, question, &mut line);
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

impl Bench<'_> {
    /// Does something with a process of its own, and sees that no more comes out than was asked for.
    fn with(&self, act: impl FnOnce(&mut Driver) -> Result<(), String>) -> Found {
        let mut driver = match greet(self.launch) {
            Ok((driver, _)) => driver,
            Err(what) => return Found::Broken(format!("a second process: {what}")),
        };
        match act(&mut driver).and_then(|()| match driver.next(SILENCE) {
            Said::Nothing => Ok(()),
            Said::Line(line) => Err(format!("it says more than it was asked: {}", excerpt(line.as_bytes()))),
            Said::Over => Err("it ends by itself".to_owned()),
            Said::NoLine(what) => Err(format!("it writes {what}")),
        }) {
            Ok(()) => Found::Met,
            Err(what) => Found::Broken(what),
        }
    }

    /// The answer to what was just asked under this id.
    fn answer(&self, driver: &mut Driver, id: &str) -> Result<Observation, String> {
        match self.any_answer(driver)? {
            (Some(found), observation) if found == id => Ok(observation),
            (found, _) => Err(format!("it answers under the id {:?}; asked was {id:?}", found.unwrap_or_default())),
        }
    }

    fn any_answer(&self, driver: &mut Driver) -> Result<(Option<String>, Observation), String> {
        match driver.next(self.launch.case_timeout) {
            Said::Line(line) => match FromAdapter::read(line.as_bytes()) {
                Ok(FromAdapter::Answer { id, observation }) => Ok((id.map(|id| id.as_str().to_owned()), observation)),
                Ok(FromAdapter::Hello(_)) => Err("it says hello again".to_owned()),
                Err(unreadable) => Err(format!("{unreadable}: {}", excerpt(line.as_bytes()))),
            },
            Said::Nothing => Err(format!("it does not answer within {:?}", self.launch.case_timeout)),
            Said::Over => Err("it ends before it answers".to_owned()),
            Said::NoLine(what) => Err(format!("it writes {what}")),
        }
    }

    fn ask(&self, driver: &mut Driver, id: &str, question: &Question) -> Result<Observation, String> {
        driver.say(&run(id, question));
        self.answer(driver, id)
    }
}

fn plain(bench: &Bench<'_>) -> Found {
    bench.with(|driver| match bench.ask(driver, "first", &bench.question)? {
        Observation::Broke { message, .. } => Err(format!("it fails: {message}")),
        answer => lacking(&bench.question, &answer),
    })
}

/// A few questions of each operation: another operation is often another path through a program.
fn whole(bench: &Bench<'_>) -> Found {
    const MOST: usize = 3;
    bench.with(|driver| {
        for operation in &bench.offer.operations {
            let is_asked = |question: &&Question| question.operation() == *operation && bench.offer.lacks_for(question).is_none();
            for (number, question) in bench.questions.iter().filter(is_asked).take(MOST).enumerate() {
                let answer = bench.ask(driver, &format!("{}{number}", operation.as_str()), question)?;
                lacking(question, &answer)?;
            }
        }
        Ok(())
    })
}

/// An answer that does not say what was asked for is no answer.
fn lacking(question: &Question, observation: &Observation) -> Result<(), String> {
    let Observation::Answered(output) = observation else { return Ok(()) };
    let operation = question.operation();
    output.lacks(operation).map_or(Ok(()), |field| Err(format!("its answer to {} has no {field}", operation.as_str())))
}

fn any_id(bench: &Bench<'_>) -> Found {
    bench.with(|driver| {
        for id in ["x".repeat(ID_LIMIT).as_str(), r#"a "quoted" \ back"#, "é 漢 \u{1f511}", "\t", "1"] {
            bench.ask(driver, id, &bench.question)?;
        }
        Ok(())
    })
}

fn unknown_message(bench: &Bench<'_>) -> Found {
    bench.with(|driver| {
        driver.say(r#"{"type":"something later","id":"x","with":{"what":["ever"]}}"#);
        bench.ask(driver, "after", &bench.question).map(|_| ())
    })
}

fn unknown_field(bench: &Bench<'_>) -> Found {
    bench.with(|driver| {
        let line = run("later", &bench.question);
        let line = line.replacen("{\"type\":", "{\"later\":{\"type\":\"bye\"},\"type\":", 1).replacen(
            "\"input\":{",
            "\"input\":{\"later\":[],",
            1,
        );
        driver.say(&line);
        match bench.answer(driver, "later")? {
            Observation::Broke { message, .. } => Err(format!("it fails: {message}")),
            _ => Ok(()),
        }
    })
}

fn unknown_operation(bench: &Bench<'_>) -> Found {
    bench.with(|driver| {
        driver.say(r#"{"type":"run","id":"other","operation":"something_later","input":{}}"#);
        match bench.answer(driver, "other")? {
            Observation::Unsupported { .. } => bench.ask(driver, "after", &bench.question).map(|_| ()),
            other => Err(format!("it {}", deed(&other))),
        }
    })
}

/// It may say an error without an id, or nothing.
fn broken_line(bench: &Bench<'_>) -> Found {
    let found = bench.with(|driver| {
        driver.say("{\"type\":\"run\",");
        driver.say(&run("after", &bench.question));
        match bench.any_answer(driver)? {
            (None, Observation::Broke { why: Break::Error, .. }) => bench.answer(driver, "after").map(|_| ()),
            (Some(id), _) if id == "after" => Ok(()),
            (id, other) => Err(format!("it {} under the id {:?}", deed(&other), id.unwrap_or_default())),
        }
    });
    match found {
        // No runner sends such a line.
        Found::Broken(what) => Found::Advice(what),
        other => other,
    }
}

fn window(bench: &Bench<'_>) -> Found {
    let count = bench.window.clamp(2, 256);
    bench.with(|driver| {
        let mut open: Vec<String> = (0..count).map(|number| format!("w{number}")).collect();
        if bench.window == 1 {
            return open.iter().try_for_each(|id| bench.ask(driver, id, &bench.question).map(|_| ()));
        }
        open.iter().for_each(|id| driver.say(&run(id, &bench.question)));
        while !open.is_empty() {
            let (id, _) = bench.any_answer(driver)?;
            let id = id.unwrap_or_default();
            let place = open.iter().position(|open| *open == id).ok_or_else(|| format!("it answers {id:?} twice, or unasked"))?;
            open.remove(place);
        }
        Ok(())
    })
}

fn state(bench: &Bench<'_>) -> Found {
    bench.with(|driver| {
        let before = bench.ask(driver, "before", &bench.question)?;
        let others = bench.questions.iter().filter(|question| bench.offer.lacks_for(question).is_none()).take(20);
        for (number, other) in others.enumerate() {
            bench.ask(driver, &format!("between{number}"), other)?;
        }
        let after = bench.ask(driver, "after", &bench.question)?;
        if same(&before, &after) { Ok(()) } else { Err("it answers otherwise after other questions".to_owned()) }
    })
}

/// Messages may differ: they are free text.
fn same(one: &Observation, other: &Observation) -> bool {
    match (one, other) {
        (Observation::Answered(one), Observation::Answered(other)) => one == other,
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

fn values(bench: &Bench<'_>) -> Found {
    let offered = |operation: Operation| bench.offer.operations.contains(&operation);
    let is_sign = |question: &&Question| matches!(question, Question::Sign(_)) && bench.offer.lacks_for(question).is_none();
    let with: Box<dyn Fn(Text) -> Question> = if offered(Operation::PercentEncode) {
        Box::new(|text| Question::PercentEncode(TextInput { text }))
    } else if offered(Operation::PercentDecode) {
        Box::new(|text| Question::PercentDecode(TextInput { text }))
    } else if let Some(Question::Sign(input)) = bench.questions.iter().find(is_sign) {
        Box::new(|text| {
            let mut input = input.clone();
            input.client.secret = Some(text);
            Question::Sign(input)
        })
    } else {
        return Found::NotTried("it offers no operation on texts".to_owned());
    };
    let texts: [Vec<u8>; 5] = [
        Vec::new(),
        vec![b'x'; 1_000_000],
        "é 漢 \u{1f511} \u{feff} \u{2028} \u{0} \u{7f} \" \\ / </script>".as_bytes().to_vec(),
        "\u{10ffff}".repeat(1000).into_bytes(),
        vec![0xff, 0xfe, 0xc0, 0x80],
    ];
    bench.with(|driver| {
        for (number, text) in texts.into_iter().enumerate() {
            let question = with(text.into());
            let id = format!("value{number}");
            bench.ask(driver, &id, &question).map_err(|what| {
                format!("the {} value: {what}", ["empty", "long", "special", "astral", "octet"].get(number).unwrap_or(&""))
            })?;
        }
        Ok(())
    })
}

/// Noise there decides no verdict, and hides what somebody looks for.
fn quiet(bench: &Bench<'_>) -> Found {
    let (mut driver, _) = match greet(bench.launch) {
        Ok(greeted) => greeted,
        Err(what) => return Found::Broken(format!("another process: {what}")),
    };
    let asked = bench.ask(&mut driver, "quiet", &bench.question);
    match (asked, driver.close(FAREWELL).1.trim().lines().next()) {
        (Err(what), _) => Found::Broken(what),
        (Ok(_), None) => Found::Met,
        (Ok(_), Some(line)) => Found::Advice(format!("it writes there, first {}", excerpt(line.as_bytes()))),
    }
}

fn honest(bench: &Bench<'_>) -> Found {
    const MOST: usize = 200;
    bench.with(|driver| {
        let offered = bench.questions.iter().filter(|question| bench.offer.lacks_for(question).is_none());
        for (number, question) in offered.take(MOST).enumerate() {
            if let Observation::Unsupported { what, .. } = bench.ask(driver, &format!("honest{number}"), question)?
                && bench.offer.has(&what)
            {
                return Err(format!("it declares {what}, and says of a question that it does not support it"));
            }
        }
        Ok(())
    })
}

fn ends(bench: &Bench<'_>) -> Found {
    for (says_bye, when) in [(true, "after bye"), (false, "when its input is over")] {
        let mut driver = match greet(bench.launch) {
            Ok((driver, _)) => driver,
            Err(what) => return Found::Broken(format!("another process: {what}")),
        };
        if says_bye {
            driver.say(r#"{"type":"bye"}"#);
        }
        match driver.close(FAREWELL) {
            (Some(status), _) if status.success() => {}
            (Some(status), _) => return Found::Advice(format!("it ends with {status} {when}")),
            (None, _) => return Found::Broken(format!("it had to be killed {when}")),
        }
    }
    Found::Met
}

/// What an observation is, as what somebody does.
fn deed(observation: &Observation) -> String {
    match observation {
        Observation::Answered(_) => "answers".to_owned(),
        Observation::Refused { .. } => "refuses".to_owned(),
        Observation::Unsupported { what, .. } => format!("does not support {what}"),
        Observation::Broke { message, .. } => format!("says an error: {message}"),
    }
}
