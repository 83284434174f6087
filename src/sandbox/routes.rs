//! Which endpoint of a profile a path is. All endpoints stand on one origin, at the provider's own paths.

use crate::profile::address;
use crate::profile::document::{EndpointName, Profile};

/// Paths of endpoints, as [`address`] reads them: some have places, some a query of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    paths: Vec<(String, EndpointName)>,
    former: Vec<(String, EndpointName)>,
    /// Every other path is a protected resource.
    any_resource: bool,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// An endpoint.
    Endpoint(EndpointName),
    /// An endpoint that has moved away.
    Former(EndpointName),
    /// Nothing.
    Nowhere,
}

/// The paths of RFC 5849 section 1.2, for a profile that names none.
const OF_THE_RFC: [(EndpointName, &str); 3] =
    [(EndpointName::RequestToken, "/initiate"), (EndpointName::Authorize, "/authorize"), (EndpointName::AccessToken, "/token")];

impl Routes {
    /// Those of a profile; `own` replaces some.
    #[must_use]
    pub fn of(profile: &Profile, own: &[(EndpointName, String)]) -> Routes {
        let mut routes = Routes { paths: Vec::new(), former: Vec::new(), any_resource: false };
        for (&name, endpoint) in &profile.endpoints {
            let of_the_rfc = OF_THE_RFC.iter().find(|(known, _)| *known == name).map(|(_, path)| (*path).to_owned());
            let chosen: Vec<String> = own.iter().filter(|(known, _)| *known == name).map(|(_, path)| path.clone()).collect();
            let documented: Vec<String> = distinct(endpoint.urls.iter().map(|url| path(url)));
            let paths = match (chosen.is_empty(), documented.is_empty()) {
                (false, _) => chosen,
                (true, false) => documented,
                (true, true) => of_the_rfc.into_iter().collect(),
            };
            routes.any_resource |= name == EndpointName::Resource && paths.is_empty();
            routes.paths.extend(paths.into_iter().map(|path| (path, name)));
            routes.former.extend(endpoint.former_urls.iter().map(|url| (path(url), name)));
        }
        routes
    }

    /// What stands at a path. Some providers renew tokens where they give them out; `renews` says whether the request has what only a
    /// renewal has.
    #[must_use]
    pub fn find(&self, path: &str, query: &str, renews: bool) -> Route {
        let is_here = |known: &str| address::path_matches(known, path, query);
        let mut here = self.paths.iter().filter(|(known, _)| is_here(known)).map(|(_, name)| *name);
        match (here.next(), here.next()) {
            (Some(EndpointName::AccessToken), Some(EndpointName::Renew)) if renews => Route::Endpoint(EndpointName::Renew),
            (Some(name), _) => Route::Endpoint(name),
            (None, _) if self.any_resource => Route::Endpoint(EndpointName::Resource),
            (None, _) => match self.former.iter().find(|(known, _)| is_here(known)) {
                Some((_, name)) => Route::Former(*name),
                None => Route::Nowhere,
            },
        }
    }

    /// The first path of an endpoint with its query, places filled; that of a resource that stands anywhere is an example.
    #[must_use]
    pub fn path(&self, name: EndpointName) -> Option<String> {
        let known = self.paths.iter().find(|(_, known)| *known == name).map(|(path, _)| address::filled(path));
        known.or_else(|| (name == EndpointName::Resource && self.any_resource).then(|| "/photos".to_owned()))
    }

    /// The paths, in the order of the flow.
    pub fn iter(&self) -> impl Iterator<Item = (EndpointName, String)> {
        EndpointName::ALL.into_iter().filter_map(|name| Some((name, self.path(name)?)))
    }
}

/// The path of an absolute URL with the query that belongs to it; that of one without a path is `/`.
fn path(url: &str) -> String {
    let path = address::path_and_query(url);
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// Each once, in their order.
fn distinct(paths: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for path in paths.filter(|path| !path.is_empty()) {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shipped;

    fn routes(name: &str) -> Routes {
        Routes::of(&shipped::profile(name).unwrap().unwrap(), &[])
    }

    #[test]
    fn the_paths_are_the_providers_own() {
        let etrade = routes("etrade");
        assert_eq!(etrade.find("/oauth/request_token", "", false), Route::Endpoint(EndpointName::RequestToken));
        assert_eq!(etrade.find("/e/t/etws/authorize", "", false), Route::Endpoint(EndpointName::Authorize));
        assert_eq!(etrade.find("/accounts/rest/accountlist", "", false), Route::Former(EndpointName::Resource));
        assert_eq!(etrade.find("/oauth/Request_token", "", false), Route::Nowhere);
        let yahoo = routes("yahoo");
        assert_eq!(yahoo.find("/oauth/v2/get_token", "", false), Route::Endpoint(EndpointName::AccessToken));
        assert_eq!(yahoo.find("/oauth/v2/get_token", "", true), Route::Endpoint(EndpointName::Renew));
        assert_eq!(yahoo.find("/anything", "", true), Route::Endpoint(EndpointName::Resource));
        let rfc = routes("rfc5849");
        assert_eq!(rfc.iter().map(|(_, path)| path).collect::<Vec<_>>(), ["/initiate", "/authorize", "/token", "/photos"]);
    }

    #[test]
    fn a_path_may_have_places_and_a_query_of_its_own() {
        let wiki = routes("mediawiki");
        for (query, endpoint) in [
            ("title=Special:OAuth/initiate", Route::Endpoint(EndpointName::RequestToken)),
            ("format=json&title=Special%3AOAuth%2Ftoken", Route::Endpoint(EndpointName::AccessToken)),
            ("title=Main_Page", Route::Nowhere),
            ("", Route::Nowhere),
        ] {
            assert_eq!(wiki.find("/index.php", query, false), endpoint, "{query}");
        }
        let shop = routes("woocommerce");
        assert_eq!(shop.find("/wp-json/wc/v3/orders/1", "", false), Route::Endpoint(EndpointName::Resource));
        assert_eq!(shop.find("/wp-json/wc/v3/", "", false), Route::Nowhere);
        assert_eq!(shop.path(EndpointName::Resource).as_deref(), Some("/wp-json/wc/v3/resource"));
    }

    #[test]
    fn a_path_of_ones_own_replaces_the_documented() {
        let profile = shipped::profile("etrade").unwrap().unwrap();
        let routes = Routes::of(&profile, &[(EndpointName::RequestToken, "/x".to_owned())]);
        assert_eq!(routes.find("/x", "", false), Route::Endpoint(EndpointName::RequestToken));
        // It was once the path at another host, so whoever comes there is told where it is now.
        assert_eq!(routes.find("/oauth/request_token", "", false), Route::Former(EndpointName::RequestToken));
    }
}
