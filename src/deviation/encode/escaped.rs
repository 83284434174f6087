//! Encoders that escape more characters than section 3.6 asks for, or write escapes in another way.

use super::encoders;
use super::octets;
use crate::deviation::{Deviation, Rank, Stage};
use crate::protocol::encoding::escape_at;
use crate::protocol::{Buffer, Encoder};

pub(in crate::deviation) const TABLE: &[Deviation] = encoders![
    "encode.space-plus" |text, out| octets::SPACE_PLUS.encode(text, out),
        "a space becomes + and not %20: Python's quote_plus and urlencode do so, Go's url.QueryEscape, Ruby's CGI.escape, Dart's encodeQueryComponent",
        "write %20 for a space: in Python quote(text, safe=''), in Go replace each + in what QueryEscape returns",
        inside Common [
            "https://github.com/gifnksm/oauth-client-rs/issues/16",
            "https://github.com/postmanlabs/postman-app-support/issues/1874",
            "https://github.com/eclipse-ee4j/jersey/issues/705",
            "https://github.com/eclipse-ee4j/jersey/issues/783",
            "https://github.com/googleapis/google-api-java-client/issues/128",
        ];
    "encode.tilde" |text, out| octets::TILDE.encode(text, out),
        "the tilde becomes %7E: Python's quote before version 3.7 does so, PHP's rawurlencode before 5.3, Perl's CGI::escape",
        "leave ~ as it is: in old Python quote(text, safe='~'), in old PHP replace %7E by ~",
        inside Common [
            "https://github.com/request/oauth-sign/issues/4",
            "https://github.com/joestump/python-oauth2/issues/15",
            "https://github.com/jrconlin/oauthsimple/issues/16",
            "https://github.com/AFNetworking/AFOAuth1Client/issues/38",
            "https://github.com/MKSG-MugunthKumar/MKNetworkKit/issues/39",
            "https://github.com/mikeknapp/AppEngine-OAuth-Library/issues/4",
        ],
        everywhere Plausible [];
    "encode.star-kept-tilde" |text, out| octets::STAR_KEPT_TILDE.encode(text, out),
        "the tilde becomes %7E and * stays as it is: Java's URLEncoder, repaired for the space only",
        "in what URLEncoder returns write %20 for +, %2A for * and ~ for %7E",
        inside Common [
            "https://github.com/heremaps/here-aaa-java-sdk/issues/89",
            "https://github.com/googleapis/google-api-java-client/issues/128",
        ],
        everywhere Plausible [];
    "encode.form" |text, out| octets::FORM.encode(text, out),
        "a space becomes +, the tilde %7E, and * stays: encoders of forms, such as Java's URLEncoder, JavaScript's URLSearchParams, Ruby's URI.encode_www_form_component and Rust's form_urlencoded",
        "write %20 for +, %2A for * and ~ for %7E in what a form encoder returns",
        inside Common ["https://github.com/eclipse-ee4j/jersey/issues/783"],
        everywhere Plausible [];
    "encode.form-and-star" |text, out| octets::FORM_STAR.encode(text, out),
        "a space becomes + and the tilde %7E: PHP's urlencode and http_build_query do so, Python's quote_plus and urlencode before version 3.7, Ruby's CGI.escape before 2.5",
        "in PHP use rawurlencode, and PHP_QUERY_RFC3986 with http_build_query; elsewhere write %20 for + and ~ for %7E",
        inside Seen ["https://github.com/joestump/python-oauth2/issues/15"],
        everywhere Plausible [];
    "encode.marks-kept-plus" |text, out| octets::MARKS_KEPT_PLUS.encode(text, out),
        "a space becomes + and !*'() stay: jQuery's param, and encodeURIComponent with + in place of %20",
        "use encodeURIComponent, leave its %20, and replace ! ' ( ) * in what it returns",
        inside Plausible [],
        everywhere Plausible [];
    "encode.rfc-1738" |text, out| octets::RFC_1738.encode(text, out),
        "a space becomes + and parentheses stay: the format RFC1738 of JavaScript's qs",
        "leave qs at its default format, RFC3986",
        inside Plausible [],
        everywhere Plausible [];
    "encode.lower-hex" |text, out| octets::LOWER_HEX.encode(text, out),
        "escapes have lower-case hexadecimal digits",
        "write escapes in upper case: %2F and not %2f",
        inside Seen ["https://github.com/jqlang/jq/issues/451"],
        everywhere Seen ["https://github.com/Shinmera/chirp/issues/5", "https://github.com/jqlang/jq/issues/451"];
    "encode.http-utility" |text, out| octets::HTTP_UTILITY.encode(text, out),
        "a space becomes +, escapes are in lower case and !*() stay: C#'s HttpUtility.UrlEncode",
        "use Uri.EscapeDataString on .NET 4.5 or later",
        inside Plausible [],
        everywhere Plausible [];
    "encode.web-utility" |text, out| octets::WEB_UTILITY.encode(text, out),
        "a space becomes +, the tilde %7E, and !*() stay: C#'s WebUtility.UrlEncode",
        "use Uri.EscapeDataString on .NET 4.5 or later",
        inside Plausible [],
        everywhere Plausible [];
    "encode.dot-and-dash" |text, out| octets::DOT_DASH.encode(text, out),
        "the characters -._ become escapes",
        "leave letters, digits and -._~ as they are",
        inside Plausible [],
        everywhere Plausible [];
    "encode.alphanumeric-only" |text, out| octets::ALPHANUMERIC_ONLY.encode(text, out),
        "the characters -._~ become escapes: Swift's CharacterSet.alphanumerics, NON_ALPHANUMERIC of Rust's percent-encoding, and old versions of curl_easy_escape do so",
        "leave letters, digits and -._~ as they are",
        inside Plausible [],
        everywhere Plausible [];
    "encode.underscore-only" |text, out| octets::UNDERSCORE_ONLY.encode(text, out),
        "the characters -.~ become escapes, in lower case: LuaSocket's url.escape does so",
        "leave letters, digits and -._~ as they are, and write escapes in upper case",
        inside Plausible [],
        everywhere Plausible [];
    "encode.everything" |text, out| octets::EVERYTHING.encode(text, out),
        "every octet becomes an escape, letters and digits too",
        "leave letters, digits and -._~ as they are",
        inside Seen ["https://github.com/restsharp/RestSharp"],
        everywhere Plausible [];
    "encode.escape" escape,
        "characters and not octets are escaped, as by JavaScript's escape: %E9 and %u20AC",
        "use encodeURIComponent and replace ! ' ( ) * in what it returns",
        inside Seen ["https://github.com/request/oauth-sign/issues/4"],
        everywhere Plausible [];
    "encode.code-points" code_points,
        "a character beyond ASCII is escaped by its number and not by its octets, %E9 and %20AC: a shell's printf of \"'$c\", and VBA's AscW",
        "escape the octets of the text in UTF-8, one by one",
        inside Plausible [];
    "encode.signed-octets" signed_octets,
        "octets beyond ASCII are escaped as negative numbers, %FFFFFFC3: C's printf of a signed char",
        "turn each char into an unsigned char before it is written",
        inside Plausible [];
    "encode.unpadded-hex" unpadded_hex,
        "octets below 16 are escaped with one digit, %A for a line end: a format without leading zeros",
        "write each escape with two digits: %0A",
        inside Plausible [];
    "encode.escapes-kept" escapes_kept,
        "what looks like an escape already is not encoded again",
        "encode what is meant, whatever it looks like: the text %2F is encoded as %252F",
        inside Plausible [],
        everywhere Plausible [];
];

/// JavaScript's `escape` (ECMA-262 annex B.2.1.1): UTF-16 code units. What is not UTF-8 counts as Latin-1.
fn escape(text: &[u8], out: &mut Buffer) {
    let escape_unit = |unit: u16, out: &mut Buffer| match u8::try_from(unit) {
        Ok(octet) if octet.is_ascii_alphanumeric() || b"@*_+-./".contains(&octet) => out.push(octet),
        Ok(octet) => out.append(format!("%{octet:02X}").as_bytes()),
        Err(_) => out.append(format!("%u{unit:04X}").as_bytes()),
    };
    match std::str::from_utf8(text) {
        Ok(text) => text.encode_utf16().for_each(|unit| escape_unit(unit, out)),
        Err(_) => text.iter().for_each(|octet| escape_unit(u16::from(*octet), out)),
    }
}

/// Section 3.6, but for what is not ASCII. What is not UTF-8 counts as Latin-1.
fn code_points(text: &[u8], out: &mut Buffer) {
    let mut escape_number = |number: u32| match u8::try_from(number) {
        Ok(octet) if octet.is_ascii() => Encoder::RFC5849.encode(&[octet], out),
        _ => out.append(format!("%{number:02X}").as_bytes()),
    };
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().for_each(|character| escape_number(u32::from(character))),
        Err(_) => text.iter().for_each(|octet| escape_number(u32::from(*octet))),
    }
}

/// Section 3.6, but for octets whose highest bit is set: they are extended to 32 bits with their sign.
fn signed_octets(text: &[u8], out: &mut Buffer) {
    for octet in text {
        match octet.is_ascii() {
            true => Encoder::RFC5849.encode(&[*octet], out),
            false => out.append(format!("%FFFFFF{octet:02X}").as_bytes()),
        }
    }
}

/// Section 3.6, but for zeros before a digit.
fn unpadded_hex(text: &[u8], out: &mut Buffer) {
    for octet in text {
        match octet {
            0..16 => out.append(format!("%{octet:X}").as_bytes()),
            _ => Encoder::RFC5849.encode(&[*octet], out),
        }
    }
}

/// Section 3.6 for all but `%XX`.
fn escapes_kept(text: &[u8], out: &mut Buffer) {
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        if escape_at(rest).is_some() {
            let (escape, after) = rest.split_at(3);
            out.append(escape);
            rest = after;
        } else {
            Encoder::RFC5849.encode(std::slice::from_ref(first), out);
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first is what Node 20 prints.
    #[test]
    fn encoders_that_look_beyond_an_octet() {
        let mut out = Buffer::default();
        escape(" !\"#$%&'()*+,-./:;=?@[]_~é😀ß".as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "%20%21%22%23%24%25%26%27%28%29*+%2C-./%3A%3B%3D%3F@%5B%5D_%7E%E9%uD83D%uDE00%DF");
        out.clear();
        // What bash 5.2 prints for `printf '%%%02X' "'$c"` of each but the letter.
        code_points("aé€😀\n".as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "a%E9%20AC%1F600%0A");
        out.clear();
        // What a C compiler for x86-64 makes of `printf("%%%02X", c)` with a `char`, and of `printf("%%%X", c)` with an `unsigned char`.
        signed_octets("aé\n".as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "a%FFFFFFC3%FFFFFFA9%0A");
        out.clear();
        unpadded_hex("aé\n\x10".as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "a%C3%A9%A%10");
        out.clear();
        escape(b"\xffa", &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "%FFa");
        out.clear();
        escapes_kept(b"%2f%zz%4", &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "%2f%25zz%254");
    }
}
