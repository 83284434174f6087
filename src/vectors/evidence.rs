//! What speaks for an expected value (`vectors/README.md`, `source`): independent implementations that computed it, each with its version,
//! or a published text in which it stands.

use super::case::SourceKind;
use super::lint::SECTIONS;

/// Where a value is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    kind: SourceKind,
    place: String,
}

/// Why a text names no place where a value is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPublished {
    /// Nobody could look there.
    #[error("it is neither an https address nor a section of an RFC")]
    NoPlace,
    /// It is an address, which may be anybody's.
    #[error("the address does not tell what kind of source it is")]
    NoKind,
    /// It is said to be an RFC and names none.
    #[error("it is no section of an RFC")]
    NoRfc,
}

impl Published {
    /// An `https` address, with the place there in words, or a section of an RFC. Where the kind of the source is not given, the text must
    /// tell it.
    ///
    /// # Errors
    /// A text that is neither, or that does not tell the kind.
    pub fn new(text: &str, kind: Option<SourceKind>) -> Result<Published, NotPublished> {
        let place = text.trim();
        let address = address(place);
        let section = section(place).filter(|(rfc, section)| rfc != "5849" || SECTIONS.contains(&section.as_str()));
        if address.is_none() && section.is_none() {
            return Err(NotPublished::NoPlace);
        }
        let told = address.and_then(rfc_editor).or_else(|| section.is_some().then_some(SourceKind::Rfc));
        let kind = match kind {
            // Nobody publishes what is derived.
            None | Some(SourceKind::Derived) => told.ok_or(NotPublished::NoKind)?,
            Some(SourceKind::Rfc) if told != Some(SourceKind::Rfc) => return Err(NotPublished::NoRfc),
            Some(kind) => kind,
        };
        let place = match (address, section) {
            (None, Some((rfc, section))) => format!("{place}, https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}"),
            _ => place.to_owned(),
        };
        Ok(Published { kind, place })
    }

    /// What kind of source it is.
    #[must_use]
    pub const fn kind(&self) -> SourceKind {
        self.kind
    }

    /// The address and the place there; that of a section is added.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Host and rest of the first `https` address in a text, if it has a host.
fn address(text: &str) -> Option<(&str, &str)> {
    let address = text.split_whitespace().find_map(|word| word.trim_start_matches(['(', '<']).strip_prefix("https://"))?;
    let (host, rest) = address.split_at(address.find(['/', '?', '#']).unwrap_or(address.len()));
    let is_host = host.contains('.') && host.split('.').all(|label| !label.is_empty()) && !host.contains('@');
    is_host.then_some((host, rest))
}

/// What the addresses of the RFC Editor and the IETF tell.
fn rfc_editor((host, path): (&str, &str)) -> Option<SourceKind> {
    let path = path.to_ascii_lowercase();
    match host.to_ascii_lowercase().as_str() {
        "www.rfc-editor.org" | "rfc-editor.org" if path.starts_with("/errata") => Some(SourceKind::Erratum),
        "www.rfc-editor.org" | "rfc-editor.org" | "datatracker.ietf.org" | "tools.ietf.org" if path.contains("/rfc") => {
            Some(SourceKind::Rfc)
        }
        _ => None,
    }
}

/// The numbers of an RFC and of its section, where a text begins with them, as `RFC 5849 section 3.4.1` does.
fn section(text: &str) -> Option<(String, String)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let spaced = text.to_ascii_lowercase().replace([',', ':'], " ").replace('§', " section ");
    let mut words = spaced.strip_prefix("rfc")?.split_whitespace();
    let rfc = words.next().filter(|word| is_number(word))?;
    let section = words.find(|word| *word != "section").filter(|word| word.split('.').all(is_number))?;
    Some((rfc.to_owned(), section.to_owned()))
}

/// Those who confirm a value, without the reference here and without repetitions, and how many implementations they are: version, letter
/// case and punctuation make no other one.
///
/// # Errors
/// The first that names no implementation with a version.
pub fn confirmations(names: &[String]) -> Result<(Vec<&str>, usize), &str> {
    let own = |name: &&str| name.to_ascii_lowercase().contains("countersign");
    let mut given: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty() && !own(name)).collect();
    given.sort_unstable();
    given.dedup();
    let mut implementations = given.iter().map(|name| implementation(name).ok_or(*name)).collect::<Result<Vec<String>, &str>>()?;
    implementations.sort_unstable();
    implementations.dedup();
    Ok((given, implementations.len()))
}

/// The name of `NAME VERSION`, with whatever stands behind it, as it is compared with others.
fn implementation(text: &str) -> Option<String> {
    let is_version = |word: &&str| word.trim_start_matches(['v', 'V']).starts_with(|first: char| first.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().collect();
    let version = words.iter().position(is_version)?;
    let name: String = words.get(..version)?.iter().flat_map(|word| word.chars()).filter(|letter| letter.is_alphanumeric()).collect();
    (!name.is_empty()).then(|| name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_has_an_address_or_a_section_that_somebody_can_open() {
        let kind = |text: &str| Published::new(text, None).map(|published| published.kind());
        for section in ["RFC 5849 section 3.4.1.1", "rfc5849 3.6", "RFC 5849, section 1.2: the example", "RFC5849 § 3.4"] {
            assert_eq!(kind(section), Ok(SourceKind::Rfc), "{section}");
        }
        let place = Published::new("RFC 5849 section 3.6", None).unwrap().place().to_owned();
        assert_eq!(place, "RFC 5849 section 3.6, https://www.rfc-editor.org/rfc/rfc5849#section-3.6");
        assert_eq!(kind("https://www.rfc-editor.org/rfc/rfc5849#section-3.6"), Ok(SourceKind::Rfc));
        assert_eq!(kind("section 3.6, https://datatracker.ietf.org/doc/html/rfc5849"), Ok(SourceKind::Rfc));
        assert_eq!(kind("https://www.rfc-editor.org/errata/eid2550"), Ok(SourceKind::Erratum));
        let nowhere = [
            "",
            "a friend",
            "RFC 5849",
            "RFC 5849 section 99.99",
            "RFC section 3",
            "http://example.com/a",
            "https://",
            "https:///a",
            "https://x",
            "https://a..b/",
        ];
        for text in nowhere {
            assert_eq!(kind(text), Err(NotPublished::NoPlace), "{text}");
        }
    }

    #[test]
    fn the_kind_of_another_address_is_told_by_whoever_gives_it() {
        let address = "https://example.com/docs, under signing";
        assert_eq!(Published::new(address, None), Err(NotPublished::NoKind));
        assert_eq!(Published::new(address, Some(SourceKind::Derived)), Err(NotPublished::NoKind));
        assert_eq!(Published::new(address, Some(SourceKind::Rfc)), Err(NotPublished::NoRfc));
        let vendor = Published::new(address, Some(SourceKind::Vendor)).unwrap();
        assert_eq!((vendor.kind(), vendor.place()), (SourceKind::Vendor, address));
        // Another host that bears a familiar one in its name or path.
        for foreign in ["https://www.rfc-editor.org.example/rfc/rfc5849", "https://example.com/www.rfc-editor.org/rfc5849"] {
            assert_eq!(Published::new(foreign, None), Err(NotPublished::NoKind), "{foreign}");
        }
    }

    #[test]
    fn a_version_or_letter_case_makes_no_other_implementation() {
        let many = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            confirmations(&names).map(|(_, many)| many).map_err(str::to_owned)
        };
        assert_eq!(many(&["oauthlib 4.0.1", "OAUTHLIB 3.2.2", "oauth-lib v4"]), Ok(1));
        assert_eq!(many(&["oauth 0.10.2 (npm)", "ruby oauth 0.5.4", "oauth-1.0a 2.2.6", "gomodule/oauth1 2018-12-15"]), Ok(4));
        assert_eq!(many(&["oauthlib 4.0.1", "oauth-1.0a"]), Err("oauth-1.0a".to_owned()));
    }
}
