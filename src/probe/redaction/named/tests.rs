//! Values behind names, in the writings that servers were seen to use, and in those that only somebody hostile uses.

use super::*;
use crate::profile::exchange::{Octets, Told as ToldOfItself};

fn masked_in(text: &str) -> String {
    String::from_utf8(without(text.as_bytes(), |_| true)).unwrap()
}

#[test]
fn values_of_credentials_are_masked_in_every_writing() {
    for (text, kept) in [
        (
            "OAuth oauth_token=\"abc\", oauth_nonce=\"n\", oauth_signature=\"x%3D\"",
            "OAuth oauth_token=\"(3 octets)\", oauth_nonce=\"n\", oauth_signature=\"(4 octets)\"",
        ),
        ("oauth_token=abc&oauth_token_secret=de&a=1", "oauth_token=(3 octets)&oauth_token_secret=(2 octets)&a=1"),
        ("{\"oauth_token\": \"abc\", \"x\": 1}", "{\"oauth_token\": \"(3 octets)\", \"x\": 1}"),
        (
            "GET&http%3A%2F%2Fh%2F&oauth_token%3Dabc%26oauth_verifier%3Dv",
            "GET&http%3A%2F%2Fh%2F&oauth_token%3D(3 octets)%26oauth_verifier%3D(1 octets)",
        ),
        ("Location: http://c/?oauth_verifier=1234\nX: y", "Location: http://c/?oauth_verifier=(4 octets)\nX: y"),
        ("the oauth_token is missing", "the oauth_token is missing"),
        ("oauth_token", "oauth_token"),
    ] {
        assert_eq!(masked_in(text), kept, "{text}");
    }
}

#[test]
fn a_secret_is_found_behind_its_name_however_it_is_written() {
    let secret = "Kestrel/9+a";
    for text in [
        "token_secret=@&a=1",
        "OAUTH_TOKEN_SECRET=@&a=1",
        "oauthTokenSecret=@",
        "consumer_secret = @",
        "x=1&client-secret=@",
        "{\"oauth_token_secret\":\"@\"}",
        "{\"oauth_token_secret\" : [ \"@\" ]}",
        "{\\\"oauth_token_secret\\\":\\\"@\\\"}",
        "{'tokenSecret': '@'}",
        "{\"name\":\"oauth_token_secret\",\"value\":\"@\"}",
        "<oauth_token_secret>@</oauth_token_secret>",
        "<o:oauth_token_secret a=\"b\">\n @ \n</o:oauth_token_secret>",
        "<TokenSecret><![CDATA[@]]></TokenSecret>",
        "<name>oauth_token_secret</name><value>@</value>",
        "<tr><td>oauth_token_secret</td>\n<td class=x><b>@</b></td></tr>",
        "<b>oauth_token_secret</b>: <code>@</code>",
        "<input type=\"hidden\" name=\"oauth_token_secret\" value=\"@\">",
        "<input name='oauth_token_secret' value='@'/>",
        "&lt;oauth_token_secret&gt;@&lt;/oauth_token_secret&gt;",
        "&quot;oauth_token_secret&quot;:&quot;@&quot;",
        "<pre>oauth_token=a&amp;oauth_token_secret=@</pre>",
        "%22oauth_token_secret%22%3A%22@%22",
        "a%26oauth_token_secret%3D@%26b",
        "http://h/x?oauth_token_secret=@#y",
        "[oauth_token_secret] => @\n",
        "\"oauth_token_secret\" => \"@\"",
        "oauth_session_handle=@",
        "secret=@",
    ] {
        let text = text.replace('@', secret);
        let found: Vec<&str> =
            named(text.as_bytes()).into_iter().filter(|found| found.sort == Sort::Secret).map(|found| &text[found.place]).collect();
        assert!(matches!(found.as_slice(), [found] if found.trim_end_matches("#y") == secret), "{text}: {found:?}");
    }
}

#[test]
fn a_quote_or_an_ampersand_inside_of_a_value_does_not_end_it() {
    for (text, kept) in [
        ("{\"token_secret\":\"a\\\"b&c, d\"}", "{\"token_secret\":\"(9 octets)\"}"),
        ("<token_secret>a&amp;b;c</token_secret>", "<token_secret>(9 octets)</token_secret>"),
        ("&quot;token_secret&quot;:&quot;a&amp;b&quot;, x", "&quot;token_secret&quot;:&quot;(7 octets)&quot;, x"),
    ] {
        assert_eq!(masked_in(text), kept, "{text}");
    }
}

#[test]
fn what_a_server_says_of_a_name_is_left() {
    for text in [
        "the wrong secret: see the portal",
        "<b>oauth_token</b> is missing",
        "oauth_signature_method=\"HMAC-SHA1\", oauth_callback=oob",
        "oauth_token_secret was not sent; secrets: two",
        "<oauth_token_secret/> <oauth_token_secret></oauth_token_secret>",
        "oauth_token_secret=&a=b",
        "oauth_token_secret",
        "<oauth_token_secret",
    ] {
        assert_eq!(masked_in(text), text);
    }
}

#[test]
fn fields_are_read_by_their_names_and_words_are_nobodys_secrets() {
    let headers = [("X-Token-Secret", "Kestrel+9"), ("Location", "/x?oauth_token=t4&token_secret=S%2F7"), ("Content-Type", "text/plain")];
    let headers = headers.map(|(name, value)| (name.to_owned(), Octets::from(value))).to_vec();
    let body = Some(Octets::from("oauth_token_secret: missing_here, \"client_secret\": null, \"client_secret\": \"abcdefgh\""));
    let answer = Response { status: 401, headers, body, told: ToldOfItself::default() };
    let all = told(&answer);
    let values: Vec<String> = all.iter().filter(|told| told.is_a_value()).map(|told| String::from_utf8(told.meant()).unwrap()).collect();
    assert_eq!(values, ["Kestrel+9", "t4", "S/7", "abcdefgh"]);
    assert_eq!(all.len(), 6);
    for (name, is_one) in [("OAuth-Token", true), ("X-Auth-Token", true), ("Set-Cookie", false), ("X-Request-Id", false)] {
        assert_eq!(field(name).is_some(), is_one, "{name}");
    }
}

#[test]
fn a_value_is_one_of_those_that_are_known_however_long_it_is() {
    let long = "Ab/".repeat(30_000);
    for (value, known, is_one) in [
        ("Ab%2Fc", "Ab/c", true),
        ("Ab%2Fc", "Ab/cd", false),
        (&*long.replace('/', "%2F"), &*long, true),
        (&*long.replace('/', "%2F"), &long[..4096], true),
        (&*long.replace('/', "%2F"), "Ab/", false),
    ] {
        let body = Some(Octets::from(format!("oauth_token_secret={value}").as_str()));
        let answer = Response { status: 200, headers: Vec::new(), body, told: ToldOfItself::default() };
        let told = told(&answer);
        assert_eq!(told[0].is_one_of([known.as_bytes()]), is_one, "{known}");
        assert!(told[0].meant().len() <= LONGEST_VALUE);
    }
}

#[test]
fn names_without_an_end_take_no_time_and_no_octets_are_a_surprise() {
    for text in ["oauth_token ", "oauth_token=", "<oauth_token", "a:oauth_token:", "oauth_token</", "&lt;secret", "\"secret\":\"", "x:y:"] {
        let many = text.repeat(400_000 / text.len());
        assert!(named(many.as_bytes()).len() <= many.len());
    }
    let wild: Vec<u8> = (0..=255_u8).cycle().take(5000).map(|octet| octet.wrapping_mul(67)).collect();
    let mut text = b"oauth_token_secret".to_vec();
    for octet in wild {
        text.push(octet);
        text.extend_from_slice(b"token_secret");
    }
    named(&text).iter().for_each(|found| assert!(found.place.end <= text.len()));
    // A flood of them is cut off.
    let flood = "secret=Abc12345&".repeat(1000);
    let answer = Response { status: 200, headers: Vec::new(), body: Some(Octets::from(flood.as_str())), told: ToldOfItself::default() };
    assert_eq!(told(&answer).len(), MOST);
}
