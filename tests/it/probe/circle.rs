//! The circle: probing a sandbox that serves a profile gives that profile back.

use countersign::probe::{Level, Means, Pair};
use countersign::profile::shipped;
use countersign::protocol::PrivateKey;
use countersign::sandbox::Sandbox;

use super::{means, probe, sandbox, unexpected};

/// What a client of this sandbox has: what it prints at its start, and what only its user can know.
pub(super) fn means_for(sandbox: &Sandbox) -> Means {
    Means {
        token: sandbox.token().map(|token| Pair { identifier: token.identifier.clone(), secret: token.secret.clone(), ..Pair::default() }),
        private_key: sandbox.private_key().map(|pem| PrivateKey::from_pem(pem).unwrap()),
        parameters: vec![("resource_link_id".to_owned(), "1".to_owned())],
        ..means()
    }
}

#[test]
fn a_sandbox_that_serves_a_profile_is_found_to_keep_it() {
    // One thread a profile: each has a sandbox of its own.
    let threads: Vec<_> = shipped::TEXTS
        .iter()
        .map(|(name, _)| {
            std::thread::spawn(move || {
                let sandbox = sandbox(name).start().unwrap();
                let records = probe(&sandbox, name, Level::Attacks, &means_for(&sandbox));
                (name, records)
            })
        })
        .collect();
    let mut all = Vec::new();
    for thread in threads {
        let (name, records) = thread.join().unwrap();
        all.extend(unexpected(&records).into_iter().map(|wrong| format!("{name}: {wrong}")));
        assert!(records.len() > 20, "{name}: only {} steps", records.len());
    }
    assert!(all.is_empty(), "{} not as expected:\n{}", all.len(), all.join("\n\n"));
}
