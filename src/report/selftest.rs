//! A selftest for people: what was not caught, what was not diagnosed as itself, and the numbers; and as JSON, all of it.

mod written;

use super::page::{Layout, Page};
use super::paint::Tone;
use crate::selftest::faults::{FaultTried, Of};
use crate::selftest::together::NamedTogether;
use crate::selftest::{Named, Selftest, Single, unshown};

pub use written::selftest_json;

/// The most cases that are listed for a departure.
const MOST_CASES: usize = 5;

/// Writes which cases catch each departure, those in front that catch the fewest others: `kills` of a case says what it was made for.
#[must_use]
pub fn kills(selftest: &Selftest, layout: Layout) -> String {
    let mut page = Page::new(layout);
    for single in &selftest.singles {
        page.text(0, &format!("{}, caught by {}", single.deviation.id, single.cases.len()));
        for (case, kills) in single.cases.iter().take(MOST_CASES) {
            page.text(2, &format!("{case}, which catches {kills}"));
        }
    }
    page.blank();
    page.finish()
}

/// Writes a selftest. `verbose` lists every departure, and the cases that catch none.
#[must_use]
pub fn selftest(selftest: &Selftest, verbose: bool, layout: Layout) -> String {
    let mut page = Page::new(layout);
    let uncaught: Vec<&Single> = selftest.uncaught().collect();
    list(&mut page, "not caught by any case", uncaught.iter().map(|single| single.deviation.id.to_owned()));
    list(
        &mut page,
        "not diagnosed as themselves",
        selftest.misnamed().map(|single| format!("{}: {}", single.deviation.id, told(&single.diagnosis))),
    );
    list(&mut page, "combinations that were not explained by what was there", selftest.unexplained().map(|tried| tried.ids.join(" with ")));
    let false_causes = selftest.false_causes().map(|tried| {
        let others: Vec<String> = tried.named.otherwise.iter().map(|set| set.join(" with ")).collect();
        format!("{}: {}", tried.ids.join(" with "), others.join("; "))
    });
    list(&mut page, "combinations with a cause that was not there", false_causes);
    list(&mut page, "kills that did not happen", selftest.false_kills.iter().map(|(case, id)| format!("{case}: {id}")));
    list(&mut page, "faults that were not told from the others", selftest.mistaken().map(mistaken));
    list(&mut page, "named by no case that catches them", selftest.unnamed.iter().map(|id| (*id).to_owned()));
    let not_by_must = selftest.not_by_must().map(|single| single.deviation.id.to_owned());
    list(&mut page, "caught by no must case, and nothing in the text is known to leave them open", not_by_must);
    let all_the_same = selftest.caught_all_the_same().map(|single| single.deviation.id.to_owned());
    list(&mut page, "said to be left open, and caught by a must case", all_the_same);
    let left_open = selftest.singles.iter().filter(|single| single.caught_must == 0);
    let left_open = left_open.filter_map(|single| Some((single, single.left_open()?)));
    let told_open = |(single, reason): (&Single, &str)| {
        let by = if single.is_caught() { "should" } else { "interop" };
        format!("{} ({by}): {reason}", single.deviation.id)
    };
    list(&mut page, "left open by the text: caught by should cases, or seen in cases that are never scored", left_open.map(told_open));
    let unshown = selftest.singles.iter().filter(|single| single.is_unshown());
    list(
        &mut page,
        "shown by no request that may be sent",
        unshown.map(|single| format!("{}: {}", single.deviation.id, unshown::reason(single.deviation.id).unwrap_or_default())),
    );
    list(&mut page, "shown all the same", selftest.shown_all_the_same().map(|single| single.deviation.id.to_owned()));
    if verbose {
        let faults = selftest.faults.iter();
        list(&mut page, "faults", faults.map(|tried| format!("{} {}: {}", tried.of.as_str(), tried.name, tried.seen)));
        let all = selftest.singles.iter();
        list(
            &mut page,
            "departures",
            all.map(|single| {
                format!("{}: caught by {}, diagnosed as {}", single.deviation.id, single.caught_must, told(&single.diagnosis))
            }),
        );
        list(&mut page, "must cases that catch no departure", selftest.idle.iter().cloned());
        let inseparable = selftest.combinations.iter().filter(|tried| tried.named.inseparable > 0);
        list(&mut page, "combinations that no request tells from others", inseparable.map(|tried| tried.ids.join(" with ")));
    }
    numbers(&mut page, selftest);
    page.finish()
}

fn told(named: &Named) -> String {
    match named {
        Named::Itself => "itself".to_owned(),
        Named::OneOf(ids) => format!("one of {}", ids.join(", ")),
        Named::Unexplained => "nothing".to_owned(),
        Named::Wrongly(ids) => format!("something else: {}", ids.join(", ")),
        Named::NotCaught => "nothing, because no failure of it is looked at".to_owned(),
    }
}

fn mistaken(tried: &FaultTried) -> String {
    let taken_for = match &tried.taken_for {
        Err(why) => why.clone(),
        Ok(names) if names.is_empty() => "taken for none".to_owned(),
        Ok(names) => format!("taken for {}", names.join(", ")),
    };
    format!("{} {}: {taken_for} ({})", tried.of.as_str(), tried.name, tried.seen)
}

fn list(page: &mut Page, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    page.toned(Tone::Heading, &format!("{heading} ({})", lines.len()));
    lines.iter().for_each(|line| page.text(2, line));
    page.blank();
}

fn numbers(page: &mut Page, selftest: &Selftest) {
    if !selftest.singles.is_empty() {
        departures(page, selftest);
    }
    for of in [Of::Adapter, Of::Sandbox] {
        let faults = || selftest.faults.iter().filter(|tried| tried.of == of);
        if faults().next().is_some() {
            let told = faults().filter(|tried| tried.is_told()).count();
            page.text(0, &format!("{} faults of the {}: {told} told from all others", faults().count(), of.as_str()));
        }
    }
    let good = if selftest.singles.is_empty() { "every fault has a verdict of its own" } else { "the vectors have teeth" };
    let (tone, text) = if selftest.is_passed() { (Tone::Good, good) } else { (Tone::Bad, "something is missing, see above") };
    page.toned(tone, text);
}

fn departures(page: &mut Page, selftest: &Selftest) {
    let total = selftest.singles.len();
    let caught = selftest.singles.iter().filter(|single| single.caught_must > 0).count();
    let should = selftest.singles.iter().filter(|single| single.caught_must == 0 && single.is_caught()).count();
    let interop = selftest.singles.iter().filter(|single| single.is_interop_only()).count();
    let itself = selftest.singles.iter().filter(|single| single.diagnosis == Named::Itself).count();
    let one_of = selftest.singles.iter().filter(|single| matches!(single.diagnosis, Named::OneOf(_))).count();
    page.text(
        0,
        &format!(
            "{total} departures alone: {caught} caught by a must case, {should} by should cases, {interop} seen in interop cases; {itself} \
             diagnosed as themselves, {one_of} as one of a set"
        ),
    );
    let combinations = &selftest.combinations;
    if !combinations.is_empty() {
        let failures: usize = combinations.iter().map(|tried| tried.failures).sum();
        let sum = |count: fn(&NamedTogether) -> usize| combinations.iter().map(|tried| count(&tried.named)).sum::<usize>();
        let caught = combinations.iter().filter(|tried| tried.failures > 0).count();
        page.text(
            0,
            &format!(
                "{} combinations: {caught} caught, {failures} failures; of those looked at {} explained by what was there ({} by all of it), \
                 {} by what no request tells from it, {} not, {} falsely",
                combinations.len(),
                sum(|named| named.there),
                sum(|named| named.whole),
                sum(|named| named.inseparable),
                sum(|named| named.unexplained),
                sum(|named| named.falsely),
            ),
        );
    }
    if !selftest.idle.is_empty() {
        page.text(0, &format!("{} must cases catch no departure of the table", selftest.idle.len()));
    }
}
