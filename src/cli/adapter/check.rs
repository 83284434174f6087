//! `countersign adapter check`: whether a program keeps to the adapter protocol.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::super::arguments;
use super::super::fail::Fail;
use super::super::implementations::Named;
use super::super::output::{self, Outcome};
use crate::implementation::adapter::check::{Checked, Found, check};
use crate::judgement::ExitCode;
use crate::report::{Colour, escape};
use crate::vectors::{Corpus, Level, Question, Status};

/// Try whether an adapter keeps to the protocol.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The adapter's command, in shell words
    #[arg(value_name = "CMD")]
    command: String,
    /// How long it may take to answer a question
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = arguments::duration)]
    case_timeout: Duration,
    /// How long it may take to start
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = arguments::duration)]
    start_timeout: Duration,
    /// An environment variable that it sees beside PATH, HOME, LANG and TMPDIR
    #[arg(long, value_name = "NAME")]
    pass_env: Vec<String>,
}

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const ODD: Style = AnsiColor::Yellow.on_default();

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut launch = Named::parse(&arguments.command)?.launch();
    launch.case_timeout = arguments.case_timeout;
    launch.start_timeout = arguments.start_timeout;
    launch.pass_env.clone_from(&arguments.pass_env);
    let (hello, all) = check(&launch, &questions()?).map_err(|what| Fail {
        code: ExitCode::Adapter,
        message: format!("adapter {}: it was not checked: {}", escape::line(&launch.program), escape::line(&what)),
        hint: None,
    })?;
    let description = &hello.description;
    let version = description.version.as_deref().map_or(String::new(), |version| format!(" {version}"));
    let mut text = String::new();
    let names: Vec<&str> = hello.offer.operations.iter().map(|operation| operation.as_str()).collect();
    let _ = writeln!(text, "{}{}: {}", escape::line(&description.name), escape::line(&version), names.join(", "));
    all.iter().for_each(|checked| write(&mut text, checked, output::layout(false).colour));
    let count = |is: fn(&Found) -> bool| all.iter().filter(|checked| is(&checked.found)).count();
    let broken = count(|found| matches!(found, Found::Broken(_)));
    let _ = match (broken, count(|found| matches!(found, Found::Advice(_)))) {
        (0, 0) => writeln!(text, "it keeps to the protocol"),
        (0, _) => writeln!(text, "it keeps to the protocol; see the advice above"),
        _ => writeln!(text, "it does not keep to the protocol"),
    };
    output::print(&text)?;
    Ok(if broken == 0 { ExitCode::AsExpected } else { ExitCode::Unexpected })
}

/// The questions of the embedded cases that everybody must answer.
fn questions() -> Result<Vec<Question>, Fail> {
    let mut questions = Vec::new();
    for case in Corpus::embedded()?.cases() {
        let case = case?;
        if case.status == Status::Active && case.level == Level::Must && !case.expectation.admits_refusal() {
            questions.push(case.question);
        }
    }
    Ok(questions)
}

fn write(text: &mut String, checked: &Checked, colour: Colour) {
    let (style, word, why) = match &checked.found {
        Found::Met => (GOOD, "ok", None),
        Found::Broken(what) => (BAD, "BROKEN", Some(what)),
        Found::Advice(what) => (ODD, "advice", Some(what)),
        Found::NotTried(what) => (ODD, "not tried", Some(what)),
    };
    let style = if colour == Colour::On { style } else { Style::new() };
    let _ = writeln!(text, "  {style}{word:<9}{style:#} {}", checked.requirement);
    if let Some(why) = why {
        let _ = writeln!(text, "            {}", escape::line(why));
    }
}
