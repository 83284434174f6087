//! The three-legged flow of each profile, from the first request to the end of the token, and what each provider refuses on the way.

use countersign::profile::document::EndpointName;
use countersign::profile::fixture::{Fixture, Fixtures};
use countersign::profile::{Level, Party, check, shipped};
use countersign::sandbox::{Client, Clock, Entry, Limits, Sandbox, recording};

use super::{Answer, CLIENT, NOW, SECRET, Signer, builder, get, send};

fn encoded(text: &str) -> String {
    let mut out = countersign::protocol::Buffer::default();
    countersign::protocol::percent_encode(text.as_bytes(), &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

fn path(sandbox: &Sandbox, endpoint: EndpointName) -> String {
    sandbox.url(endpoint).unwrap()[sandbox.origin().len()..].to_owned()
}

fn credentials(answer: &Answer) -> (String, String) {
    assert_eq!((answer.status, answer.field("Content-Type")), (200, super::FORM), "{answer:?}");
    (answer.value("oauth_token"), answer.value("oauth_token_secret"))
}

/// A provider's flow with what differs between providers.
struct Flow {
    sandbox: Sandbox,
    method: &'static str,
    callback: &'static str,
}

impl Flow {
    fn new(profile: &str, method: &'static str, callback: &'static str) -> Flow {
        Flow { sandbox: builder(profile).auto_approve(true).explains(false).start().unwrap(), method, callback }
    }

    fn signer(&self) -> Signer {
        Signer::of(&self.sandbox)
    }

    fn ask(&self, endpoint: EndpointName, signer: &Signer) -> Answer {
        let method = if endpoint == EndpointName::Resource { "GET" } else { self.method };
        send(&self.sandbox, &signer.request(method, &path(&self.sandbox, endpoint)))
    }

    fn temporary(&self) -> (String, String) {
        credentials(&self.ask(EndpointName::RequestToken, &self.signer().callback(self.callback)))
    }

    fn authorize_target(&self, token: &str) -> String {
        let authorize = path(&self.sandbox, EndpointName::Authorize);
        if authorize.contains("etws") {
            format!("{authorize}?key={CLIENT}&token={}", encoded(token))
        } else {
            format!("{authorize}?oauth_token={}", encoded(token))
        }
    }

    fn authorize(&self, token: &str) -> Answer {
        get(&self.sandbox, &self.authorize_target(token))
    }

    /// Token credentials with their whole answer.
    fn access(&self) -> ((String, String), Answer) {
        let temporary = self.temporary();
        let allowed = self.authorize(&temporary.0);
        let code = match allowed.status {
            200 => allowed.field("X-Countersign-Verifier").to_owned(),
            302 => allowed.field("Location").rsplit_once("oauth_verifier=").unwrap().1.to_owned(),
            _ => panic!("{allowed:?}"),
        };
        let answer = self.ask(EndpointName::AccessToken, &self.signer().token(&temporary).verifier(&code));
        (credentials(&answer), answer)
    }
}

#[test]
fn the_flow_of_the_rfc_goes_through_and_the_resource_tells_what_it_got() {
    let flow = Flow::new("rfc5849", "POST", "http://client.example/cb?state=1");
    let asked = flow.ask(EndpointName::RequestToken, &flow.signer().callback(flow.callback));
    assert_eq!(asked.value("oauth_callback_confirmed"), "true");
    let temporary = credentials(&asked);
    let allowed = flow.authorize(&temporary.0);
    let location = allowed.field("Location").to_owned();
    let start = format!("http://client.example/cb?state=1&oauth_token={}&oauth_verifier=", encoded(&temporary.0));
    assert!(allowed.status == 302 && location.starts_with(&start), "{allowed:?}");
    let (access, _) = flow.access();
    let answer = send(&flow.sandbox, &flow.signer().token(&access).request("GET", "/photos?file=a%20b"));
    assert_eq!(answer.status, 200);
    let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(told["token"], access.0);
    assert!(told["parameters"].as_array().unwrap().contains(&serde_json::json!(["file", "a b"])), "{told}");
    assert!(!answer.body.contains(&access.1));
}

#[test]
fn etrade_takes_oob_alone_and_renews_and_revokes() {
    let flow = Flow::new("etrade", "GET", "oob");
    let refused = flow.ask(EndpointName::RequestToken, &flow.signer().callback("http://client.example/"));
    assert_eq!((refused.status, refused.refused(), refused.field("X-Countersign-Rule")), (400, "parameter_rejected", "etrade.rt.callback"));
    let (access, _) = flow.access();
    for endpoint in [EndpointName::Resource, EndpointName::Renew, EndpointName::Resource, EndpointName::Revoke] {
        assert_eq!(flow.ask(endpoint, &flow.signer().token(&access)).status, 200, "{endpoint}");
    }
    assert_eq!(flow.ask(EndpointName::Renew, &flow.signer().token(&access)).refused(), "token_rejected");
    let refused = flow.ask(EndpointName::Resource, &flow.signer().token(&access));
    assert_eq!((refused.status, refused.refused()), (401, "token_rejected"));
    assert!(refused.body.contains("<h1>HTTP Status 401 - oauth_problem=token_rejected</h1>"), "{refused:?}");
}

#[test]
fn yahoo_gives_typeable_tokens_and_renews_with_a_session_handle() {
    let flow = Flow::new("yahoo", "GET", "http://client.example/cb");
    let temporary = flow.ask(EndpointName::RequestToken, &flow.signer().callback(flow.callback));
    assert_eq!((temporary.value("oauth_expires_in").as_str(), temporary.value("oauth_token").len()), ("3600", 12));
    assert!(temporary.value("xoauth_request_auth_url").starts_with(&flow.sandbox.url(EndpointName::Authorize).unwrap()));
    let (access, answer) = flow.access();
    assert!(access.1.bytes().all(|octet| octet.is_ascii_hexdigit()));
    let handle = answer.value("oauth_session_handle");
    let renewing = |handle: &str| {
        let mut signer = flow.signer().token(&access);
        signer.extra.push(("oauth_session_handle".to_owned(), handle.to_owned()));
        signer
    };
    assert_eq!(flow.ask(EndpointName::Renew, &renewing("wrong")).refused(), "token_rejected");
    let renewed = flow.ask(EndpointName::Renew, &renewing(&handle));
    let new = credentials(&renewed);
    assert_ne!((&new.0, &new.1, &renewed.value("oauth_session_handle")), (&access.0, &access.1, &handle));
    assert_eq!(send(&flow.sandbox, &flow.signer().token(&new).request("GET", "/v1/user")).status, 200);
    let old = send(&flow.sandbox, &flow.signer().token(&access).request("GET", "/v1/user"));
    assert_eq!(old.refused(), "token_rejected");
    assert!(old.body.contains("<yahoo:description>") && old.field("Content-Type").starts_with("application/xml"), "{old:?}");
}

#[test]
fn plaintext_is_taken_where_the_profile_says_so_and_nowhere_else() {
    for (profile, method, callback, status) in [("yahoo", "GET", "oob", 200), ("etrade", "GET", "oob", 400)] {
        let flow = Flow::new(profile, method, callback);
        let signer = Signer { method: "PLAINTEXT", ..flow.signer().callback(callback) };
        let answer = flow.ask(EndpointName::RequestToken, &signer);
        assert_eq!(answer.status, status, "{profile}: {answer:?}");
    }
}

#[test]
fn tokens_end_when_the_profile_says() {
    let clock = Clock::manual(NOW);
    let sandbox = builder("etrade").clock(clock.clone()).auto_approve(true).start().unwrap();
    let flow = Flow { sandbox, method: "GET", callback: "oob" };
    let signer = |now: u64| Signer { timestamp: now.to_string(), ..flow.signer() };
    let temporary = flow.temporary();
    let (access, _) = flow.access();
    clock.set(NOW + 301);
    let late = flow.authorize(&temporary.0);
    assert_eq!((late.refused(), late.field("X-Countersign-Rule")), ("token_rejected", "etrade.rt.life"));
    // It sleeps after two hours, wakes when it is renewed, and ends at midnight in New York.
    let later = NOW + 2 * 3600 + 1;
    clock.set(later);
    let asleep = flow.ask(EndpointName::Resource, &signer(later).token(&access));
    assert_eq!((asleep.status, asleep.field("X-Countersign-Rule")), (401, "etrade.at.idle"));
    assert_eq!(flow.ask(EndpointName::Renew, &signer(later).token(&access)).status, 200);
    assert_eq!(flow.ask(EndpointName::Resource, &signer(later).token(&access)).status, 200);
    let tomorrow = NOW + 24 * 3600;
    clock.set(tomorrow);
    let ended = flow.ask(EndpointName::Renew, &signer(tomorrow).token(&access));
    assert_eq!(ended.field("X-Countersign-Rule"), "etrade.at.midnight");
}

#[test]
fn the_page_asks_and_only_the_page_can_decide() {
    for (decision, status) in [("allow", 302), ("deny", 302)] {
        let sandbox = builder("rfc5849").start().unwrap();
        let flow = Flow { sandbox, method: "POST", callback: "http://client.example/cb" };
        let temporary = flow.temporary();
        let page = flow.authorize(&temporary.0);
        assert!(page.status == 200 && page.body.contains("kestrel-client"), "{page:?}");
        let ticket = page.body.split_once("name=\"ticket\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let decide = |ticket: &str| {
            let host = flow.sandbox.origin().split_once("://").unwrap().1.to_owned();
            let body = format!("ticket={ticket}&decision={decision}");
            let request = format!(
                "POST /_countersign/decide HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            send(&flow.sandbox, request.as_bytes())
        };
        assert_eq!(decide("guessed").status, 403);
        assert_eq!(decide("").status, 403);
        let decided = decide(&ticket);
        assert_eq!(decided.status, status, "{decided:?}");
        assert_eq!(decided.field("Location").contains("oauth_problem=permission_denied"), decision == "deny");
        assert_eq!(decided.field("Location").contains("oauth_verifier="), decision == "allow");
        assert_eq!(decide(&ticket).status, 403, "a decision is final");
        if decision == "deny" {
            let refused = flow.ask(EndpointName::AccessToken, &flow.signer().token(&temporary).verifier("x"));
            assert!(refused.field("X-Countersign-Because").contains("the user has refused"), "{refused:?}");
        }
    }
}

#[test]
fn a_page_shows_foreign_text_as_text() {
    let client = Client::new("<script>alert(1)</script>", SECRET);
    let sandbox = Sandbox::builder().client(client).clock(Clock::manual(NOW)).start().unwrap();
    let mut signer = Signer::of(&sandbox).callback("http://h/?<img src=x>");
    signer.client = "<script>alert(1)</script>".to_owned();
    let refused = send(&sandbox, &signer.request("POST", "/initiate"));
    assert_eq!(refused.refused(), "parameter_rejected");
    signer.callback = Some("http://h/?'\"&x".to_owned());
    signer.nonce.push('2');
    signer.callback = Some("http://h/?'&x".to_owned());
    let temporary = credentials(&send(&sandbox, &signer.request("POST", "/initiate")));
    let page = get(&sandbox, &format!("/authorize?oauth_token={}", encoded(&temporary.0)));
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.body.contains("<script"), "{page:?}");
    assert!(page.field("Content-Security-Policy").contains("frame-ancestors 'none'"));
}

#[test]
fn a_former_url_and_no_url_at_all_are_told() {
    let flow = Flow::new("etrade", "GET", "oob");
    let former = get(&flow.sandbox, "/accounts/rest/accountlist");
    assert!(former.status == 404 && former.field("X-Countersign-Because").contains("former URL of resource"), "{former:?}");
    let nowhere = get(&flow.sandbox, "/oauth/Request_token");
    assert!(nowhere.status == 404 && nowhere.field("X-Countersign-Because").contains("/oauth/request_token"), "{nowhere:?}");
}

#[test]
fn when_there_is_no_room_for_tokens_or_nonces_requests_are_refused() {
    let limits = Limits { tokens: 2, nonces: 4, ..Limits::default() };
    let flow = Flow { sandbox: builder("rfc5849").limits(limits).start().unwrap(), method: "POST", callback: "oob" };
    let first = flow.signer().callback("oob");
    assert_eq!(flow.ask(EndpointName::RequestToken, &first).status, 200);
    assert_eq!(flow.ask(EndpointName::RequestToken, &flow.signer().callback("oob")).status, 200);
    let full = flow.ask(EndpointName::RequestToken, &flow.signer().callback("oob"));
    assert!(full.status == 503 && full.field("X-Countersign-Because").contains("another token"), "{full:?}");
    assert_eq!(flow.ask(EndpointName::Resource, &flow.signer()).status, 200);
    let full = flow.ask(EndpointName::Resource, &flow.signer());
    assert!(full.status == 503 && full.field("X-Countersign-Because").contains("remember another nonce"), "{full:?}");
    assert_eq!(flow.ask(EndpointName::RequestToken, &first).refused(), "nonce_used", "and none is forgotten");
}

/// The provider's breaches of its own rules.
fn judged(sandbox: &Sandbox, entry: &Entry) -> Vec<String> {
    let Some(exchange) = entry.exchange() else { return Vec::new() };
    let findings = check(sandbox.profile(), &exchange);
    let findings = findings.into_iter().filter(|finding| finding.by == Party::Provider && finding.level != Level::Info);
    findings.map(|finding| format!("{}: {}", finding.rule, finding.because)).collect()
}

#[test]
fn what_the_sandbox_answers_breaks_no_rule_of_the_profile() {
    for (profile, method, callback) in
        [("etrade", "GET", "oob"), ("yahoo", "GET", "oob"), ("yahoo", "POST", "http://client.example/cb"), ("rfc5849", "POST", "http://h/")]
    {
        let flow = Flow::new(profile, method, callback);
        let (access, _) = flow.access();
        flow.ask(EndpointName::Resource, &flow.signer().token(&access));
        // And refusals of many sorts.
        let good = flow.signer().callback(callback);
        assert_eq!(flow.ask(EndpointName::RequestToken, &flow.signer()).refused(), "parameter_absent");
        for bad in [
            Signer { secret: "wrong".to_owned(), ..good.clone() },
            Signer { client: "nobody".to_owned(), ..good.clone() },
            Signer { timestamp: "1".to_owned(), ..good.clone() },
            Signer { version: Some("2.0"), ..good.clone() },
            Signer { method: "HMAC-SHA256", ..good.clone() },
        ] {
            assert!(flow.ask(EndpointName::RequestToken, &bad).status >= 400);
            assert!(flow.ask(EndpointName::Resource, &bad.token(&access)).status >= 400);
        }
        let entries = flow.sandbox.exchanges();
        assert!(entries.iter().filter(|entry| entry.exchange().is_some()).count() > 10);
        for entry in entries {
            assert_eq!(judged(&flow.sandbox, &entry), Vec::<String>::new(), "{profile}: {}", entry.line());
        }
        // Recorded, they are fixtures of the provider itself: judged again, good ones break nothing that the client must keep.
        let own = shipped::profile(profile).unwrap().unwrap();
        let text = recording::fixtures(&flow.sandbox.exchanges(), &own);
        let fixtures = Fixtures::parse("recorded", &text).unwrap();
        let broken = |case: &Fixture| check(&own, &case.input).into_iter().map(|finding| finding.rule).collect::<Vec<_>>();
        for case in &fixtures.cases {
            let status = case.input.response.as_ref().unwrap().status;
            let signature = case.expect.findings.iter().any(|rule| rule.contains("signature"));
            assert!(status >= 400 || !signature, "{profile}: {}: {:?}", case.title, case.expect.findings);
            // Answers say of themselves what a reader has to find out first, so rules about them are left out here.
            assert!(broken(case).iter().all(|rule| case.expect.findings.contains(rule)), "{profile}: {}", case.title);
        }
        let har: serde_json::Value = serde_json::from_str(&recording::har(&flow.sandbox.exchanges())).unwrap();
        // What was sent with a key that is none of ours may be somebody's, and is left out.
        let ours = flow.sandbox.exchanges().iter().filter(|entry| !entry.is_real()).count();
        assert_eq!(har["log"]["entries"].as_array().unwrap().len(), ours);
        let asked = countersign::intake::pasted::any::read(har.to_string().as_bytes(), Some(0), None);
        assert!(asked.is_ok(), "{:?}", asked.err());
    }
}
