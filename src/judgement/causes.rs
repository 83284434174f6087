//! The failures of a run by what explains them: "37 failures, 1 cause".

use super::record::CaseRecord;
use super::run::Run;
use crate::deviation::Cause;
use crate::diagnosis::Outcome;

/// A set of causes with the failures that it explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseGroup<'a> {
    /// The sets that explain them: one, or several that these failures cannot tell apart.
    pub sets: &'a [Vec<Cause>],
    /// The failures, in their order.
    pub cases: Vec<&'a CaseRecord>,
}

/// One cause with the failures that it takes part in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleCause<'a> {
    /// The cause.
    pub cause: &'a Cause,
    /// The failures of whose explanation it is a part, in their order.
    pub cases: Vec<&'a CaseRecord>,
}

impl Run {
    /// The explained failures, grouped by what explains them; most failures first.
    #[must_use]
    pub fn cause_groups(&self) -> Vec<CauseGroup<'_>> {
        let mut groups: Vec<CauseGroup<'_>> = Vec::new();
        for record in self.unexpected() {
            let Some(diagnosis) = record.diagnosis.as_ref().filter(|diagnosis| !diagnosis.sets.is_empty()) else { continue };
            match groups.iter_mut().find(|group| group.sets == diagnosis.sets.as_slice()) {
                Some(group) => group.cases.push(record),
                None => groups.push(CauseGroup { sets: &diagnosis.sets, cases: vec![record] }),
            }
        }
        // The sort is stable: equal groups stay in the order of their first failure.
        groups.sort_by_key(|group| std::cmp::Reverse(group.cases.len()));
        groups
    }

    /// The causes of the failures that one set explains, each by itself; most failures first.
    #[must_use]
    pub fn single_causes(&self) -> Vec<SingleCause<'_>> {
        let mut causes: Vec<SingleCause<'_>> = Vec::new();
        for record in self.unexpected() {
            let certain = record.diagnosis.as_ref().filter(|diagnosis| diagnosis.outcome == Outcome::Explained);
            for cause in certain.iter().flat_map(|diagnosis| diagnosis.sets.iter().flatten()) {
                match causes.iter_mut().find(|known| known.cause == cause) {
                    Some(known) => known.cases.push(record),
                    None => causes.push(SingleCause { cause, cases: vec![record] }),
                }
            }
        }
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases.len()));
        causes
    }

    /// The failures that nothing explains, or that several sets do.
    pub fn unsettled(&self, outcome: Outcome) -> impl Iterator<Item = &CaseRecord> {
        self.unexpected().filter(move |record| record.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.outcome == outcome))
    }
}
