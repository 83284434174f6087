//! Redirections that no client of credentials may follow (the class of CVE-2026-54605: a signed request, or a secret, for another host).

use super::Scene;
use crate::sandbox::http::Reply;

fn to(status: u16, location: String) -> Option<Reply> {
    Some(Reply::new(status, "text/plain;charset=utf-8", "").with("Location", location))
}

/// Whoever comes here has followed.
fn collector(host: &str) -> String {
    format!("{host}/_countersign/followed")
}

pub(super) fn other_host(scene: &Scene<'_>, status: u16) -> Option<Reply> {
    to(status, format!("http://{}", collector(scene.other)))
}

pub(super) fn other_port(scene: &Scene<'_>) -> Option<Reply> {
    let host = scene.authority.rsplit_once(':').map_or(scene.authority, |(host, _)| host);
    // Nobody listens there.
    to(302, format!("http://{}", collector(&format!("{host}:1"))))
}

pub(super) fn other_scheme(scene: &Scene<'_>) -> Option<Reply> {
    to(302, format!("https://{}", collector(scene.authority)))
}

pub(super) fn network_path(scene: &Scene<'_>) -> Option<Reply> {
    to(302, format!("//{}", collector(scene.other)))
}

pub(super) fn user_information(scene: &Scene<'_>) -> Option<Reply> {
    to(302, format!("http://{}@{}", scene.authority, collector(scene.other)))
}

pub(super) fn backslash(scene: &Scene<'_>) -> Option<Reply> {
    to(302, format!("http:\\\\{}", collector(scene.other)))
}

pub(super) fn itself(scene: &Scene<'_>) -> Option<Reply> {
    to(302, format!("http://{}{}", scene.authority, scene.path))
}

pub(super) fn script() -> Option<Reply> {
    to(302, "javascript:alert(1)".to_owned())
}

pub(super) fn nowhere() -> Option<Reply> {
    Some(Reply::new(302, "text/plain;charset=utf-8", ""))
}
