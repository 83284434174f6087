//! Departures from reading queries and forms (RFC 5849 section 3.4.1.3.1; HTML 4.01 section 17.13.4).
//!
//! | room | what it holds |
//! |---|---|
//! | [`cut`] | where the query begins, and how it is cut into names and values |
//! | [`decode`] | how names and values are decoded |

pub(super) mod cut;
pub(super) mod decode;
