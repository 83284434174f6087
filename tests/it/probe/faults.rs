//! Every way in which a sandbox can misbehave is found, by name. The table is held against the list of faults, so that none is forgotten.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign::probe::Level;
use countersign::sandbox::faults::{Fault, TABLE};

use super::{found, means, probe, probe_within, sandbox};

/// What must be found, as the step and the finding.
fn expected(fault: &str) -> &'static str {
    match fault {
        "confirmed-missing" => "rt.control-first: rfc5849.rt.resp.params",
        "confirmed-false" | "confirmed-upper-case" => "rt.control-first: rfc5849.rt.resp.cbc",
        "confirmed-twice" | "token-twice" | "secret-twice" => "rt.control-first: answer.parameter-twice",
        "token-missing" | "token-empty" => "rt.control-first: answer.no-credentials",
        "secret-missing" => "rt.control-first: answer.secret-missing",
        "secret-empty" => "rt.control-first: answer.secret-empty",
        "token-special" => "rt.control-first: answer.token-special",
        "token-line-break" => "rt.control-first: answer.token-control",
        "token-long" => "rt.control-first: answer.token-long",
        "token-not-utf8" => "rt.control-first: answer.not-utf8",
        "parameters-unknown" => "rt.control-first: answer.parameter-unknown",
        "parameters-many" => "rt.control-first: answer.parameters-many",
        "escape-broken" => "rt.control-first: answer.escape-broken",
        "json" => "rt.control-first: answer.not-form",
        "type-html" | "type-missing" => "rt.control-first: rfc5849.rt.resp.type",
        "line-end" => "rt.control-first: answer.line-end",
        "byte-order-mark" => "rt.control-first: answer.byte-order-mark",
        "body-empty" | "no-content" => "rt.control-first: answer.empty",
        "created" => "rt.control-first: rfc5849.rt.resp.status",
        "html-error-200" => "rt.control-first: answer.page",
        "problem-200" => "rt.control-first: token.permission",
        "error-escapes" => "rt.control-first: answer.text-control",
        "redirect-host"
        | "redirect-host-307"
        | "redirect-host-308"
        | "redirect-port"
        | "redirect-scheme"
        | "redirect-network-path"
        | "redirect-userinfo"
        | "redirect-backslash"
        | "redirect-loop"
        | "redirect-script"
        | "redirect-nowhere" => "rt.control-first: answer.redirect",
        "callback-other-token" | "callback-no-verifier" => "auth.control: rfc5849.auth.cb",
        "callback-verifier-twice" => "auth.control: answer.parameter-twice",
        "clock-ahead" | "clock-behind" => "rt.control-first: clock.skew",
        "nonce-used-once" => "rt.control-first: nonce.used",
        "unavailable-once" | "retry-after-long" => "rt.control-first: server.unavailable",
        "rate-limit" => "rt.control-first: server.rate-limit",
        "server-error" => "rt.control-first: server.error",
        "basic-challenge" => "rt.control-first: answer.other-scheme",
        "token-expired" => "api.control-first: token.expired",
        "silence" | "length-long" | "slow-head" | "slow-body" => "rt.control-first: http.late",
        "close" | "truncated" | "half-head" => "rt.control-first: http.cut",
        "no-head" | "status-line" | "status-huge" | "field-without-colon" | "field-control" => "rt.control-first: http.not-http",
        "endless-head" | "endless-body" | "endless-interim" | "length-huge" | "chunk-huge" | "gzip-bomb" => {
            "rt.control-first: http.too-large"
        }
        "length-short" | "length-negative" | "length-twice" | "length-and-chunks" | "chunk-broken" | "gzip-false" | "two-answers" => {
            "rt.control-first: http.body"
        }
        other => panic!("the fault {other} is not expected to be found: say by which finding it is"),
    }
}

#[test]
fn every_fault_of_a_sandbox_is_found_by_name() {
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        // Most of the time is spent waiting for answers that never come.
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(fault) = TABLE.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let got = of(fault);
                    if !got.iter().any(|finding| finding == expected(fault.name)) {
                        missed.lock().unwrap().push(format!("{}: no {:?} in {got:?}", fault.name, expected(fault.name)));
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "{} faults are not found:\n{}", missed.len(), missed.join("\n"));
}

fn of(fault: &'static Fault) -> Vec<String> {
    let sandbox = sandbox("rfc5849").fault(fault).start().unwrap();
    // What never comes is not waited for for long.
    let patience = if expected(fault.name).ends_with("http.late") { 500 } else { 15_000 };
    found(&probe_within(&sandbox, "rfc5849", Level::Controls, &means(), Duration::from_millis(patience)))
}

#[test]
fn without_a_fault_nothing_is_found() {
    let sandbox = sandbox("rfc5849").start().unwrap();
    assert_eq!(found(&probe(&sandbox, "rfc5849", Level::Controls, &means())), [""; 0]);
}
