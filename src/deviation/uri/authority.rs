//! Departures from the base string URI (RFC 5849 section 3.4.1.2).

use super::{Deviation, Rank, Stage};

pub(super) const TABLE: &[Deviation] = &[
    Deviation {
        id: "uri.default-port-kept",
        stage: Stage::Port,
        section: "3.4.1.2",
        sentence: "the default port, 80 for http and 443 for https, is kept in the base string URI",
        fix: "leave the port out when it is 80 and the scheme is http, or 443 and https",
        seen: &[
            "https://github.com/ddo/oauth-1.0a/issues/59",
            "https://github.com/scribejava/scribejava/issues/428",
            "https://github.com/r-lib/httr/issues/435",
            "https://github.com/ciaranj/connect-auth/issues/28",
        ],
        rank: Rank::Common,
        apply: |practice| practice.recipe.uri.port = |_, port| port,
    },
    Deviation {
        id: "uri.host-case-kept",
        stage: Stage::Host,
        section: "3.4.1.2",
        sentence: "the host keeps its upper-case letters",
        fix: "write the host in lower case in the base string URI",
        seen: &["https://github.com/joestump/python-oauth2/issues/29", "https://github.com/Katello/katello/issues/1858"],
        rank: Rank::Common,
        apply: |practice| practice.recipe.uri.host = |host, out| out.append(host),
    },
];
