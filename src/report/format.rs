//! The formats in which finished runs are told to other programs and to browsers, by their names.

use std::io;

use crate::judgement::{Keep, Run};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// JSON, format 1.
    Json,
    /// JUnit XML.
    #[cfg(feature = "reports")]
    Junit,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// SARIF 2.1.0.
    Sarif,
    /// Markdown.
    Markdown,
    /// One HTML page that needs nothing beside itself.
    #[cfg(feature = "reports")]
    Html,
    /// Workflow commands, which GitHub shows beside the lines that they name.
    Github,
    /// What shields.io draws a badge from.
    Badge,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[
        Format::Json,
        #[cfg(feature = "reports")]
        Format::Junit,
        Format::Tap,
        Format::Sarif,
        Format::Markdown,
        #[cfg(feature = "reports")]
        Format::Html,
        Format::Github,
        Format::Badge,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            #[cfg(feature = "reports")]
            Format::Junit => "junit",
            Format::Tap => "tap",
            Format::Sarif => "sarif",
            Format::Markdown => "markdown",
            #[cfg(feature = "reports")]
            Format::Html => "html",
            Format::Github => "github",
            Format::Badge => "badge",
        }
    }

    /// The records that runs must have kept for it: those that list every case, and those that compare implementations.
    #[must_use]
    pub const fn keep(self) -> Keep {
        match self {
            Format::Json | Format::Tap => Keep::Every,
            #[cfg(feature = "reports")]
            Format::Junit | Format::Html => Keep::Every,
            Format::Markdown => Keep::Comparable,
            Format::Sarif | Format::Github | Format::Badge => Keep::Unexpected,
        }
    }
}

/// Writes finished runs. The same runs give the same octets.
///
/// # Errors
/// The writer's.
pub fn render(runs: &[Run], format: Format, mut out: impl io::Write) -> io::Result<()> {
    let text = match format {
        Format::Json => return super::json(runs, out),
        Format::Sarif => return super::sarif(runs, out),
        Format::Badge => return super::badge(runs, out),
        #[cfg(feature = "reports")]
        Format::Junit => super::junit(runs).map_err(io::Error::other)?,
        #[cfg(feature = "reports")]
        Format::Html => super::html(runs),
        Format::Tap => super::tap(runs),
        Format::Markdown => super::markdown(runs),
        Format::Github => super::github(runs),
    };
    out.write_all(text.as_bytes())
}
