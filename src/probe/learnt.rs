//! What a probe learnt of a provider beside its verdicts: how the clocks stand, which timestamps it takes, whether it remembers nonces.

use super::conduct::Conducted;
use super::outcome::Outcome;
use super::plan::Plan;

/// What was learnt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learnt {
    /// The server's clock minus ours, in seconds: the median of all answers with a Date.
    pub skew: Option<i64>,
    /// Timestamps that were taken and that were not, in seconds from the clock.
    pub timestamps: Vec<(i64, bool)>,
    /// Whether a repeated nonce was refused.
    pub remembers_nonces: Option<bool>,
    /// The software that the server names.
    pub server: Option<String>,
    /// Steps of which either outcome is right, and which it was.
    pub open: Vec<(String, bool)>,
}

/// How much of a server's name is kept, in characters: whoever shows it takes secrets out first, and cuts it then.
const LONGEST: usize = 1000;

/// Looks through all that was done.
#[must_use]
pub fn learnt(plan: &Plan, conducted: &Conducted) -> Learnt {
    let mut learnt = Learnt::default();
    let mut skews = Vec::new();
    for exchanged in &conducted.exchanged {
        let Some(step) = plan.steps.get(exchanged.step) else { continue };
        for hop in exchanged.errands.iter().chain(&exchanged.first).chain(&exchanged.hop) {
            let Ok(read) = &hop.answer else { continue };
            if let (Some(server), Ok(at)) = (read.says.server_time, i64::try_from(hop.at)) {
                skews.extend(i64::try_from(server).ok().map(|server| server.saturating_sub(at)));
            }
            if learnt.server.is_none() {
                let named =
                    read.response.field("server").map(|value| String::from_utf8_lossy(value).chars().take(LONGEST).collect::<String>());
                learnt.server = named.filter(|name| !name.is_empty());
            }
        }
        let Some(Ok(read)) = exchanged.hop.as_ref().map(|hop| hop.answer.as_ref()) else { continue };
        let taken = match read.outcome {
            Outcome::Accepted => true,
            Outcome::Refused => false,
            _ => continue,
        };
        if step.id.ends_with(".oauth_nonce-repeated") {
            learnt.remembers_nonces = Some(!taken && learnt.remembers_nonces != Some(false));
        }
        let later = step.edits.iter().find_map(|edit| match edit {
            super::step::Edit::Later(seconds) if step.first.is_none() => Some(*seconds),
            _ => None,
        });
        if let Some(seconds) = later
            && !learnt.timestamps.contains(&(seconds, taken))
        {
            learnt.timestamps.push((seconds, taken));
        }
        if step.wanted == super::step::Wanted::Either {
            learnt.open.push((step.id.clone(), taken));
        }
    }
    learnt.timestamps.sort_unstable();
    skews.sort_unstable();
    learnt.skew = skews.get(skews.len() / 2).copied();
    learnt
}
