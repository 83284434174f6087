//! What `--json` writes beside reports: each document follows its schema, and has no member that the schema does not name.

use serde_json::{Value, json};

use super::{Ended, Folder, countersign, countersign_reading, follows};

const REQUEST: [&str; 10] = [
    "--url",
    "http://photos.example.net:80/photos?file=vacation.jpg&size=original",
    "--client",
    "dpf43f3p2l4k3l03",
    "--token",
    "nnch734d00sl2jdk",
    "--nonce",
    "chapoHbb",
    "--timestamp",
    "137131202",
];
const SECRETS: &str = "kd94hf93k423kf44\npfkkdhi9sl3r4s00\n";

/// A schema that allows no members but those that it names.
fn closed(name: &str) -> jsonschema::Validator {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(close);
                if members.contains_key("properties") {
                    members.insert("additionalProperties".to_owned(), json!(false));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/schema").join(name);
    let mut schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    close(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

fn reading(command: &str, arguments: &[&str]) -> Ended {
    countersign_reading(&[&[command][..], &REQUEST, arguments, &["--secret-stdin", "--json"]].concat(), SECRETS)
}

#[test]
fn lists_follow_their_schema() {
    let schema = closed("list-1.json");
    for list in ["cases", "clauses", "profiles", "rules", "deviations", "faults"] {
        let document = countersign(&["list", list, "--json"]).with(0).json();
        assert!(document[list].as_array().is_some_and(|things| things.len() > 10), "{list}");
        follows(&schema, &document);
        let mut other = document;
        other[list][0].as_object_mut().unwrap().insert("another".to_owned(), json!(1));
        assert!(!schema.is_valid(&other), "{list}");
        other[list][0] = json!({});
        assert!(!schema.is_valid(&other), "{list}");
    }
}

#[test]
fn explanations_follow_their_schema() {
    let schema = closed("explanation-1.json");
    let signed = reading("sign", &["--reveal"]).with(0).json()["signature"].as_str().unwrap().to_owned();
    let wrong =
        reading("sign", &["--reveal", "--deviate", "uri.default-port-kept"]).with(0).json()["signature"].as_str().unwrap().to_owned();
    let base_string = "GET&http%3A%2F%2Fphotos.example.net%3A80%2Fphotos&";
    let mut results = Vec::new();
    for (arguments, code) in [
        (&["--signature", &signed][..], 0),
        (&["--signature", &wrong], 0),
        (&["--signature", &wrong[..8]], 0),
        (&["--signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "--budget", "1s"], 1),
        (&["--signature", &wrong, "--expected-by-server", &signed, "--reveal"], 0),
        (&["--base-string", base_string, "--budget", "1s"], 1),
    ] {
        let document = reading("explain", arguments).with(code).json();
        follows(&schema, &document);
        assert_eq!(document["settled"], json!(code == 0));
        results.push(document["client"]["result"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!([&results[0], &results[3]], ["right", "unexplained"]);
    assert!(results[1..3].iter().all(|result| ["explained", "ambiguous"].contains(&result.as_str())), "{results:?}");
    // Not a request that is right, and octets that are no text.
    let request = "POST /a?b=%FF HTTP/1.1\r\nHost: example.com\r\nAuthorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"1\", \
                   oauth_timestamp=\"x\", oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D\"\r\n\r\n";
    let document = countersign_reading(&["explain", "--scheme", "http", "--json"], request).with(0).json();
    follows(&schema, &document);
    assert!(document["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{document}");
}

#[test]
fn derivations_follow_their_schema() {
    let schema = closed("derivation-1.json");
    let folder = Folder::new();
    let suite: Value = serde_json::from_str(include_str!("../../../vectors/sign/rfc.json")).unwrap();
    let key = suite["cases"].as_array().unwrap().iter().find_map(|case| case["input"]["private_key"].as_str()).unwrap();
    let key = folder.file("key.pem", key);
    for arguments in [
        &["--reveal"][..],
        &[],
        &["--reveal", "--method", "POST", "--transmission", "query"],
        &["--reveal", "--method", "POST", "--transmission", "body"],
        &["--reveal", "--signature-method", "PLAINTEXT"],
        &["--reveal", "--signature-method", "RSA-SHA1", "--private-key-file", &key],
        &["--reveal", "--header", "Content-Type: application/x-www-form-urlencoded", "--method", "POST", "--body", "a=%FF&b"],
    ] {
        let document = reading("sign", arguments).with(0).json();
        follows(&schema, &document);
        assert_eq!(document["signature"].is_string(), arguments.contains(&"--reveal"), "{document}");
    }
}

#[test]
fn pages_of_deviations_follow_their_schema() {
    let schema = closed("deviation-1.json");
    let list = countersign(&["list", "deviations", "--json"]).with(0).json();
    let ids = list["deviations"].as_array().unwrap().iter().map(|deviation| deviation["id"].as_str().unwrap());
    for id in ids.step_by(40).chain(["input.host:etws.etrade.com"]) {
        let page = countersign(&["explain", "--deviation", id, "--json"]).with(0).json();
        follows(&schema, &page);
        assert_eq!(page["id"], id);
    }
}

#[test]
fn a_selftest_follows_its_schema() {
    let document = countersign(&["selftest", "m*", "--pairs", "1", "--triples", "1", "--json"]).with(0).json();
    follows(&closed("selftest-1.json"), &document);
    assert_eq!(document["combinations"].as_array().map(Vec::len), Some(2));
    let faults = countersign(&["selftest", "--faults", "--json"]).with(0).json();
    follows(&closed("selftest-1.json"), &faults);
    assert!(faults["faults"].as_array().is_some_and(|faults| faults.len() > 10));
}
