//! The profiles that come along.

use super::document::Profile;
use super::load::LoadError;

/// Name and text of each, sorted by name.
pub const TEXTS: [(&str, &str); 16] = [
    ("bricklink", include_str!("../../vectors/profiles/bricklink.json")),
    ("discogs", include_str!("../../vectors/profiles/discogs.json")),
    ("etrade", include_str!("../../vectors/profiles/etrade.json")),
    ("flickr", include_str!("../../vectors/profiles/flickr.json")),
    ("lti11", include_str!("../../vectors/profiles/lti11.json")),
    ("magento", include_str!("../../vectors/profiles/magento.json")),
    ("mastercard", include_str!("../../vectors/profiles/mastercard.json")),
    ("mediawiki", include_str!("../../vectors/profiles/mediawiki.json")),
    ("netsuite", include_str!("../../vectors/profiles/netsuite.json")),
    ("rfc5849", include_str!("../../vectors/profiles/rfc5849.json")),
    ("trademe", include_str!("../../vectors/profiles/trademe.json")),
    ("trello", include_str!("../../vectors/profiles/trello.json")),
    ("tumblr", include_str!("../../vectors/profiles/tumblr.json")),
    ("twitter", include_str!("../../vectors/profiles/twitter.json")),
    ("woocommerce", include_str!("../../vectors/profiles/woocommerce.json")),
    ("yahoo", include_str!("../../vectors/profiles/yahoo.json")),
];

/// The profile with this name; `None` if none comes along.
#[must_use]
pub fn profile(name: &str) -> Option<Result<Profile, LoadError>> {
    let (name, text) = TEXTS.iter().find(|(known, _)| *known == name)?;
    Some(Profile::parse(&format!("vectors/profiles/{name}.json"), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::EndpointName;
    use crate::profile::consistency::uncited;

    #[test]
    fn every_profile_that_comes_along_can_be_used() {
        for (name, _) in TEXTS {
            let profile = profile(name).unwrap().unwrap();
            assert_eq!(profile.id, name);
            assert_eq!(uncited(&profile).map(|source| source.id).collect::<Vec<_>>(), [""; 0], "{name}");
            assert!(profile.rules.iter().all(|rule| !rule.statement.ends_with('.')));
        }
        assert!(profile("nobody").is_none());
    }

    #[test]
    fn a_moved_profile_keeps_paths_and_takes_the_scheme() {
        let moved = profile("yahoo").unwrap().unwrap().moved_to("http://127.0.0.1:8080/");
        assert_eq!(moved.endpoints[&EndpointName::AccessToken].urls, ["http://127.0.0.1:8080/oauth/v2/get_token"]);
        let scheme = moved.rule("yahoo.rt.scheme").map(|rule| serde_json::to_string(&rule.check).unwrap()).unwrap();
        assert_eq!(scheme, r#"{"kind":"scheme","one_of":["https","http"]}"#);
    }
}
