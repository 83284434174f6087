//! The first two parts of a base string, as departures make them: the method (RFC 5849 section 3.4.1.1) and the base string URI (section
//! 3.4.1.2).

use super::catalogue::{Catalogue, Set};
use super::evidence::Subject;
use super::pool::{May, Pool};
use crate::deviation::input::with_inputs;
use crate::deviation::{Conduct, Stage};
use crate::protocol::Buffer;

/// The most values of each that are kept.
const MOST: usize = 4000;

/// The methods that may have been signed.
pub struct Methods {
    pool: Pool<Vec<u8>>,
}

impl Methods {
    /// Every method that one cause can give: two never make sense together.
    #[must_use]
    pub fn new(subject: &Subject<'_>, catalogue: &Catalogue) -> Methods {
        let derive = |set: &[_]| {
            let conduct = Conduct::of(catalogue.causes(set));
            let method = with_inputs(&conduct.inputs, subject.request, |request| {
                let mut out = Buffer::default();
                (conduct.practice.recipe.method)(request.method, &mut out);
                Ok(out.to_vec())
            });
            method.ok().map(|method| (method.clone(), method))
        };
        let (key, value) = derive(&[]).unwrap_or_default();
        let mut pool = Pool::new(key, value, MOST);
        let numbers = catalogue.of_stages(|stage| matches!(stage, Stage::Method | Stage::InputMethod));
        pool.grow(catalogue, &numbers, &mut || true, derive);
        Methods { pool }
    }

    /// The methods by the number of causes.
    #[must_use]
    pub fn pool(&self) -> &Pool<Vec<u8>> {
        &self.pool
    }
}

/// The base string URIs that may have been signed; they are found level by level, as the search needs them.
pub struct Uris<'a> {
    subject: &'a Subject<'a>,
    catalogue: &'a Catalogue,
    numbers: Set,
    pool: Pool<Vec<u8>>,
}

impl<'a> Uris<'a> {
    /// The URI that the specification gives, for a start.
    #[must_use]
    pub fn new(subject: &'a Subject<'a>, catalogue: &'a Catalogue) -> Uris<'a> {
        let is_wanted = |stage: Stage| stage.is_uri() || matches!(stage, Stage::InputScheme | Stage::InputAuthority | Stage::InputPath);
        let value = derive(subject, catalogue, &[]).unwrap_or_default();
        Uris { subject, catalogue, numbers: catalogue.of_stages(is_wanted), pool: Pool::new(value.clone(), value, MOST) }
    }

    /// Finds the URIs of the next number of causes.
    pub fn grow(&mut self, may: May<'_>) {
        let (subject, catalogue) = (self.subject, self.catalogue);
        self.pool.grow(catalogue, &self.numbers, may, |set| derive(subject, catalogue, set).map(|uri| (uri.clone(), uri)));
    }

    /// The URIs by the number of causes.
    #[must_use]
    pub fn pool(&self) -> &Pool<Vec<u8>> {
        &self.pool
    }
}

fn derive(subject: &Subject<'_>, catalogue: &Catalogue, set: &[u16]) -> Option<Vec<u8>> {
    let conduct = Conduct::of(catalogue.causes(set));
    with_inputs(&conduct.inputs, subject.request, |request| {
        let mut out = Buffer::default();
        let uri = &conduct.practice.recipe.uri;
        (uri.whole)(uri, request, &mut out)?;
        Ok(out.to_vec())
    })
    .ok()
}
