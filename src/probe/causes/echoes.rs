//! A refusal that repeats the request says nothing with it: names of parameters are there because they were sent.

use crate::probe::conduct::Hop;
use crate::probe::redaction::named::behind;

/// What every repeated request holds, and no sentence: with a value, it is an echo.
const MARKS: [&str; 3] = ["oauth_nonce", "oauth_timestamp", "oauth_signature_method"];
/// What stands in every good answer, and speaks of no callback.
const CONFIRMED: &str = "oauth_callback_confirmed";

/// The words of an answer, in small letters, without what they repeat: the name and the value of each parameter that was sent.
pub(super) fn without(words: &str, hop: &Hop) -> String {
    let words = words.replace(CONFIRMED, "");
    let places = |name: &str| -> Vec<usize> { words.match_indices(name).map(|(at, _)| at).collect() };
    let value = |at: usize, name: &str| behind(words.as_bytes(), &(at..at + name.len())).map(|(place, _)| place);
    let was_sent = |name: &str| hop.parameters.iter().any(|(sent, _)| sent == name);
    let is_echo = MARKS.iter().any(|name| was_sent(name) && places(name).into_iter().any(|at| value(at, name).is_some()));
    if !is_echo {
        return words;
    }
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (name, _) in &hop.parameters {
        let found = places(name).into_iter().filter_map(|at| Some((at, value(at, name)?.end)));
        cuts.extend(found);
    }
    cuts.sort_unstable();
    let (mut out, mut kept) = (String::with_capacity(words.len()), 0);
    for (from, to) in cuts {
        if from >= kept {
            out.push_str(words.get(kept..from).unwrap_or_default());
        }
        kept = kept.max(to);
    }
    out.push_str(words.get(kept..).unwrap_or_default());
    out
}
