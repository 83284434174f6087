//! The hosts of the providers that come along, present and former: when a provider moves, requests are signed for the old host and sent
//! to the new one.

use super::document::Profile;
use super::shipped;

/// The hosts, with their port if they have one, that somebody may have signed in place of this one: those of the same provider if it is
/// one of ours, or else those of all.
#[must_use]
pub fn instead_of(host: &str) -> Vec<String> {
    let profiles: Vec<Profile> = shipped::TEXTS.iter().filter_map(|(name, _)| shipped::profile(name)?.ok()).collect();
    let own: Vec<&Profile> = profiles.iter().filter(|profile| of(profile).iter().any(|known| known.eq_ignore_ascii_case(host))).collect();
    let considered = if own.is_empty() { profiles.iter().collect() } else { own };
    let mut hosts: Vec<String> = considered.into_iter().flat_map(of).filter(|known| !known.eq_ignore_ascii_case(host)).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

/// The paths that somebody may have signed in place of this one: those of the provider that has this host, present and former; none for a
/// host of nobody known.
#[must_use]
pub fn paths_instead_of(host: &str, path: &str) -> Vec<String> {
    let profiles = shipped::TEXTS.iter().filter_map(|(name, _)| shipped::profile(name)?.ok());
    let own = profiles.filter(|profile| of(profile).iter().any(|known| known.eq_ignore_ascii_case(host)));
    let urls = own.flat_map(|profile| {
        let endpoints = profile.endpoints.values();
        endpoints.flat_map(|endpoint| endpoint.urls.iter().chain(&endpoint.former_urls)).cloned().collect::<Vec<_>>()
    });
    let path_of = |url: String| {
        let rest = url.split_once("://")?.1;
        let path = rest.get(rest.find('/')?..)?;
        Some(path.split('?').next()?.to_owned())
    };
    let mut paths: Vec<String> = urls.filter_map(path_of).filter(|known| known != path && !known.contains(['{', '*'])).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// The hosts of a profile's endpoints, present and former; those that differ from customer to customer are left out.
#[must_use]
pub fn of(profile: &Profile) -> Vec<String> {
    let endpoints = profile.endpoints.values();
    let urls = endpoints.flat_map(|endpoint| endpoint.urls.iter().chain(&endpoint.former_urls));
    let hosts = urls.filter_map(|url| url.split_once("://")?.1.split(['/', '?']).next().map(str::to_owned));
    hosts.filter(|host| !host.is_empty() && !host.contains(['{', '*'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_moved_has_its_old_host() {
        let hosts = instead_of("api.etrade.com");
        assert!(hosts.contains(&"etws.etrade.com".to_owned()) && hosts.contains(&"apisb.etrade.com".to_owned()), "{hosts:?}");
        assert!(!hosts.iter().any(|host| host.contains("yahoo") || host == "api.etrade.com"), "{hosts:?}");
        assert!(instead_of("example.com").iter().any(|host| host.contains("yahoo")));
    }
}
