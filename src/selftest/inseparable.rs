//! Departures that no request tells apart, each group with the reason: a diagnosis that names the group is a right one.

/// A group and why nothing parts it.
pub type Group = (&'static [&'static str], &'static str);

/// The groups.
pub const GROUPS: &[Group] = &[];

/// Whether all of these ids belong to one group.
#[must_use]
pub fn covers(ids: &[String]) -> bool {
    GROUPS.iter().any(|(group, _)| ids.iter().all(|id| group.contains(&id.as_str())))
}
