//! A profile of one's own: what is wrong with it is told where it stands, with what was meant, and what is right is served.

use super::{Folder, countersign};

fn shipped(name: &str) -> String {
    std::fs::read_to_string(format!("{}/vectors/profiles/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The place of a text, as `line:column`.
fn place(text: &str, word: &str) -> String {
    let before = &text[..text.find(word).unwrap()];
    format!("{}:{}", before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1)
}

#[test]
fn a_fault_is_told_with_its_place_and_what_was_meant() {
    let folder = Folder::new();
    for (from, to, at, what, hint) in [
        ("\"callback\":", "\"calback\":", "\"calback\"", "unknown field \"calback\"", "hint: did you mean \"callback\"?"),
        (
            "\"kind\": \"token_type\"",
            "\"kind\": \"token_tipe\"",
            "\"token_tipe\"",
            "unknown value \"token_tipe\"",
            "hint: did you mean \"token_type\"?",
        ),
        ("\"is\": \"list_of\"", "\"is\": \"list_off\"", "\"list_off\"", "unknown value \"list_off\"", "hint: did you mean \"list_of\"?"),
        (
            "\"sources\": [{ \"id\": \"omniauth\", \"at\": \"scope\" }, { \"id\": \"trellor\", \"at\": \"arguments, scope\" }]",
            "\"sources\": []",
            "\"id\": \"trello.auth.scope\"",
            "\"trello.auth.scope\": a rule without a source",
            "hint: name an entry of \"sources\"",
        ),
        (
            "\"urls\": [\"https://trello.com/1/OAuthGetRequestToken\"]",
            "\"urls\": []",
            "\"id\": \"trello.rt.url\"",
            "\"trello.rt.url\": the endpoint request_token has no URL",
            "",
        ),
        (
            "\"one_of\": [\"https\"]",
            "\"one_off\": [\"https\"]",
            "\"one_off\"",
            "unknown field \"one_off\"",
            "hint: did you mean \"one_of\"?",
        ),
    ] {
        let text = shipped("trello");
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        let file = folder.file("mine.json", &text);
        let ended = countersign(&["vectors", "lint", &file]).with(1);
        let lines = ended.lines();
        assert_eq!(lines[0], format!("{file}:{}: {what}", place(&text, at)), "{to}");
        assert!(lines.get(1).copied().unwrap_or_default().starts_with(hint), "{to}: {lines:?}");
        assert_eq!(ended.stderr, "note: 1 finding\n", "{to}");
        let refused = countersign(&["sandbox", &file]).with(3);
        assert!(refused.stderr.contains(what), "{}", refused.stderr);
    }
}

#[test]
fn what_is_right_is_left_alone_and_every_fault_of_meaning_is_told() {
    let folder = Folder::new();
    let good = folder.file("good.json", shipped("netsuite"));
    assert_eq!(countersign(&["vectors", "lint", &good]).with(0).stdout, "");
    let fixtures = std::fs::read_to_string(format!("{}/vectors/fixtures/netsuite/errors.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let fixtures = folder.file("fixtures.json", fixtures.replacen("\"title\":", "\"titel\":", 1));
    let told = countersign(&["vectors", "lint", &good, &fixtures]).with(1);
    assert!(told.stdout.starts_with(&format!("{fixtures}:")) && told.stdout.contains("unknown field \"titel\""), "{}", told.stdout);
    let wrong = shipped("netsuite")
        .replace("\"HMAC-SHA256\"]", "\"HMAC-SHA1\"]")
        .replacen("\"HMAC-SHA1\"]", "\"HMAC-SHA256\"]", 1)
        .replace("\"id\": \"php.121\"", "\"id\": \"php.112\"");
    let wrong = folder.file("wrong.json", wrong.replacen("\"id\": \"php.112\"", "\"id\": \"php.121\"", 1));
    let told = countersign(&["vectors", "lint", &wrong]).with(1);
    for part in [
        "\"netsuite.sigmethod\": the signature methods of the endpoint request_token are others",
        "cites the source \"php.112\", which is not there",
        "hint: did you mean \"php.121\"?",
    ] {
        assert!(told.stdout.contains(part), "{part}\n{}", told.stdout);
    }
}
