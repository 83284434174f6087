//! The way through the three steps: good requests first and last, the authorization, callbacks that no server may take.

use super::ground::Ground;
use super::{set, step};
use crate::probe::step::{Level, Presents, Step, Wanted};
use crate::profile::EndpointName;
use crate::profile::kinds::Check;
use crate::protocol::Code;

/// The good request that stands first or last.
pub(in crate::probe) fn control(endpoint: EndpointName, id: &str) -> Step {
    let title = match endpoint {
        EndpointName::RequestToken => "a good request for temporary credentials",
        EndpointName::Authorize => "the resource owner allows",
        EndpointName::AccessToken => "a good request for token credentials",
        EndpointName::Renew => "a good renewal",
        EndpointName::Revoke => "a good revocation of credentials that this run was given",
        EndpointName::Resource => "a good request to a protected resource",
    };
    let section = match endpoint {
        EndpointName::RequestToken => "2.1",
        EndpointName::Authorize => "2.2",
        EndpointName::AccessToken => "2.3",
        _ => "3.1",
    };
    Step { is_control: true, level: Level::Controls, ..step(endpoint, id, title).by("RFC5849").section(section) }
}

/// Callbacks that no server should take (`AV-S40`): one of them none may.
pub(in crate::probe) fn callbacks(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = EndpointName::RequestToken;
    for (id, value) in [
        ("javascript", "javascript:alert(1)"),
        ("javascript-case", "JaVaScRiPt:alert(1)"),
        ("data", "data:text/html,<script>alert(1)</script>"),
        ("line-break", "http://countersign.invalid/\r\nX-Injected: 1"),
        ("network-path", "//countersign.invalid/"),
        ("relative", "/callback"),
        ("user", "http://good.invalid@countersign.invalid/"),
    ] {
        let row = step(name, &format!("oauth_callback-{id}"), format!("oauth_callback is {}", value.escape_debug()));
        let row = row.edit(set("oauth_callback", value)).refused(Code::ParameterRejected).by("AV-S40").section("2.1").at(Level::Attacks);
        // Section 2.1 asks for an absolute URI, which a `javascript:` one is; only a line break makes it none.
        steps.push(if id == "line-break" { row } else { row.should() });
    }
    let row = step(name, "token-nobody", "an oauth_token that nobody has is there, although none was given yet");
    let row = row.edit(set("oauth_token", super::ground::NOBODY));
    let rule = ground.rule(|check| matches!(check, Check::ParameterValue { name, .. } if name == "oauth_token"));
    steps.push(row.wants(Wanted::Either).by(rule).section("2.1").at(Level::Attacks).open());
}

/// What stands in the authorization URL beside the token is not looked at (`AV-S39`).
pub(in crate::probe) fn authorization() -> Step {
    let row = step(EndpointName::Authorize, "oauth_callback-ignored", "the authorization URL names another oauth_callback");
    row.presenting(Presents::Undecided).by("AV-S39").section("2.2").at(Level::Attacks)
}
