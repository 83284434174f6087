//! The circle: probing a sandbox that serves a profile gives that profile back.

use countersign::probe::Level;
use countersign::profile::shipped;

use super::{means, probe, sandbox, unexpected};

#[test]
fn a_sandbox_that_serves_a_profile_is_found_to_keep_it() {
    // One thread a profile: each has a sandbox of its own.
    let threads: Vec<_> = shipped::TEXTS
        .iter()
        .map(|(name, _)| {
            std::thread::spawn(move || {
                let sandbox = sandbox(name).start().unwrap();
                let records = probe(&sandbox, name, Level::Attacks, &means());
                (name, records)
            })
        })
        .collect();
    for thread in threads {
        let (name, records) = thread.join().unwrap();
        let wrong = unexpected(&records);
        assert!(wrong.is_empty(), "{name}: {} not as expected:\n{}", wrong.len(), wrong.join("\n\n"));
        assert!(records.len() > 20, "{name}: only {} steps", records.len());
    }
}
