//! Other readings of the Authorization header (RFC 5849 section 3.5.1). Each rewrites the header into one that the specification's reader
//! takes for what the deviant reader sees, or refuses what the deviant reader cannot take: all else stays as it is.

use crate::deviation::Deviation;
use crate::deviation::list::rewrite;
use crate::deviation::rewriting::{each_escape, replaced, with_whole_escapes};
use crate::deviation::rows::departures;
use crate::protocol::authorization::{Authorization, is_oauth};
use crate::protocol::encoding::percent_decoded;
use crate::protocol::verification::{Refusal, find_header};
use crate::protocol::{Buffer, Header, Malformed, Parameter, Parameters};

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "header-reading.scheme-case-sensitive" ReadHeader "3.5.1", "the scheme of the Authorization header is compared with its letter case",
        "compare OAuth without regard to letter case", Plausible [], |practice| {
            practice.checks.find_header = |headers| Ok(find_header(headers)?.filter(|value| value.trim_ascii_start().starts_with(b"OAuth")));
            practice.checks.read_header = |value, into, quoted| match value.trim_ascii_start().strip_prefix(b"OAuth") {
                Some(_) => into.parse_again(value, quoted),
                None => Err(unreadable("the scheme is not OAuth")),
            };
        };
    "header-reading.any-scheme" ReadHeader "3.5.1", "the scheme of the Authorization header is not looked at",
        "read protocol parameters only from a header of the scheme OAuth", Plausible [], |practice| {
            practice.checks.find_header = only_field;
            practice.checks.read_header = |value, into, quoted| {
                let value = value.trim_ascii_start();
                let scheme = value.iter().take_while(|octet| !octet.is_ascii_whitespace()).count();
                into.parse_again(&[b"OAuth", value.get(scheme..).unwrap_or_default()].concat(), quoted)
            };
        };
    "header-reading.scheme-prefix" ReadHeader "3.5.1", "the header is taken for OAuth if it only begins with these letters",
        "ask for white space behind OAuth, or nothing", Plausible [], |practice| {
            practice.checks.find_header = |headers| Ok(only_field(headers)?.filter(|value| begins_with_oauth(value)));
            practice.checks.read_header = |value, into, quoted| {
                let value = value.trim_ascii_start();
                if is_oauth(value) || !begins_with_oauth(value) {
                    return into.parse_again(value, quoted);
                }
                // Letters that follow belong to the scheme for somebody who passes over them.
                let rest = value.get(5..).unwrap_or_default();
                let letters = rest.split(u8::is_ascii_whitespace).next().filter(|word| word.iter().all(u8::is_ascii_alphanumeric));
                let rest = rest.get(letters.map_or(0, <[u8]>::len)..).unwrap_or_default();
                into.parse_again(&[b"OAuth ", rest].concat(), quoted)
            };
        };
    "header-reading.first-of-two" ReadHeader "3.5.1", "of two Authorization fields the first is taken",
        "refuse a request with two Authorization fields", Plausible [],
        |practice| practice.checks.find_header = |headers| Ok(fields(headers).find(|value| is_oauth(value)));
    "header-reading.last-of-two" ReadHeader "3.5.1", "of two Authorization fields the last is taken",
        "refuse a request with two Authorization fields", Plausible [],
        |practice| practice.checks.find_header = |headers| Ok(fields(headers).filter(|value| is_oauth(value)).last());
    "header-reading.plus-is-space" ReadHeader "3.5.1", "a + in a header value is read as a space, as in a form",
        "decode header values with a percent-decoder, not with one for forms", Common [
            "https://github.com/WP-API/OAuth1/issues/143",
            "https://github.com/gorakhargosh/pyoauth",
            "https://rubygems.org/gems/cerner-oauth1a",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(&in_quotes(value, |octet, out| if octet == b'+' { out.extend(b"%20") } else { out.push(octet) }), quoted)
        };
    "header-reading.not-decoded" ReadHeader "3.5.1", "names and values of the header are not percent-decoded",
        "percent-decode each name and value, once", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(&outside_realm(value, |piece| replaced(piece, b"%", b"%25")), quoted)
        };
    "header-reading.decoded-twice" ReadHeader "3.5.1", "names and values of the header are percent-decoded twice",
        "percent-decode each name and value, once", Seen ["https://pypi.org/project/Authlib/1.9.9/"],
        |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            each(&mut into.parameters, |text, out| if crate::protocol::percent_decode(text, out).is_err() { out.clear(); out.append(text); });
            Ok(())
        };
    "header-reading.sanitized" ReadHeader "3.5.1", "escapes are removed from the header before it is read, by a function that cleans input",
        "read the header as it was sent", Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&each_escape(value, |_, _| {}), quoted);
    "header-reading.broken-escapes-kept" ReadHeader "3.6", "a % without two hexadecimal digits is kept as text",
        "refuse a header with a broken escape", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&outside_realm(value, with_whole_escapes), quoted);
    "header-reading.split-in-quotes" ReadHeader "3.5.1", "the header is cut at each comma, also inside quotes",
        "read a quoted value to its closing quote before looking for a comma", Common [
            "https://github.com/laserlemon/simple_oauth/issues/14",
            "https://github.com/notEthan/oauthenticator/issues/1",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            let commas = pieces(value, |octet| octet == b',').any(|piece| piece.contains(&b','));
            if commas { Err(unreadable("a piece has one quote only")) } else { into.parse_again(value, quoted) }
        };
    "header-reading.realm-anywhere" ReadHeader "3.5.1", "every parameter in which the word realm stands is taken for the realm",
        "compare the whole name with realm", Seen ["https://github.com/joestump/python-oauth2/issues/151"],
        |practice| practice.checks.read_header = |value, into, quoted| {
            rebuilt(value, into, quoted, |piece| !contains(piece, b"realm"))
        };
    "header-reading.realm-signed" ReadHeader "3.4.1.3.1", "the realm of the header is taken for a parameter, and signed",
        "leave the header's realm out of the parameters", Common [
            "https://github.com/ciaranj/connect-auth/issues/9",
            "https://github.com/ddo/oauth-1.0a/issues/50",
            "https://github.com/mrjones/oauth/issues/73",
            "https://github.com/dghubble/oauth1/issues/30",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            if let Some(realm) = into.realm.take() {
                into.parameters.push(b"realm", &realm, crate::protocol::Source::Header);
            }
            Ok(())
        };
    "header-reading.realm-required" ReadHeader "3.5.1", "a header without a realm is refused",
        "take headers without a realm: it is optional", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            if into.realm.is_some() { Ok(()) } else { Err(unreadable("there is no realm")) }
        };
    "header-reading.realm-percent-decoded" ReadHeader "3.5.1", "the realm is percent-decoded",
        "read the realm as a quoted string, without decoding", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            into.realm = into.realm.take().map(|realm| percent_decoded(&realm));
            Ok(())
        };
    "header-reading.backslash-is-text" ReadHeader "3.5.1", "a quote ends a value also behind a backslash",
        "undo the backslash escapes of a quoted string", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            let doubled: Vec<u8> = value.iter().flat_map(|octet| std::iter::repeat_n(*octet, if *octet == b'\\' { 2 } else { 1 })).collect();
            into.parse_again(&doubled, quoted)
        };
    "header-reading.blank-required" ReadHeader "3.5.1", "white space behind each comma is asked for",
        "take parameters with and without white space between them", Seen [
            "https://github.com/ciaranj/node-oauth/issues/105",
            "https://github.com/unfiltered/unfiltered/issues/171",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            let missing = pieces(value, |octet| octet == b',').skip(1).any(|piece| piece.first().is_some_and(|octet| !octet.is_ascii_whitespace()));
            if missing { Err(unreadable("no white space stands behind a comma")) } else { into.parse_again(value, quoted) }
        };
    "header-reading.blank-forbidden" ReadHeader "3.5.1", "white space behind a comma is refused",
        "take parameters with and without white space between them", Seen [
            "https://github.com/ciaranj/node-oauth/issues/107",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            let blank = pieces(value, |octet| octet == b',').skip(1).any(|piece| piece.first().is_some_and(u8::is_ascii_whitespace));
            if blank { Err(unreadable("white space stands behind a comma")) } else { into.parse_again(value, quoted) }
        };
    "header-reading.ampersands-accepted" ReadHeader "3.5.1", "an & separates parameters of the header as a comma does",
        "take commas only between parameters", Seen ["https://github.com/ruby-oauth/oauth/issues/12"],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&with_commas(value, b'&'), quoted);
    "header-reading.semicolons-accepted" ReadHeader "3.5.1", "a semicolon separates parameters of the header as a comma does",
        "take commas only between parameters", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&with_commas(value, b';'), quoted);
    "header-reading.separators-optional" ReadHeader "3.5.1", "parameters of the header need no comma between them",
        "ask for a comma between parameters", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&with_commas_behind_quotes(value), quoted);
    "header-reading.unquoted-accepted" ReadHeader "3.5.1", "values of the header may stand without quotes",
        "ask for double quotes around each value", Seen ["https://github.com/notEthan/oauthenticator/issues/1"],
        |practice| practice.checks.read_header = |value, into, quoted| into.parse_again(&requoted(value), quoted);
    "header-reading.single-quotes-accepted" ReadHeader "3.5.1", "values of the header may stand in single quotes",
        "ask for double quotes around each value", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            let value = value.trim_ascii();
            let single = pieces(value, |octet| octet == b',').all(|piece| !piece.contains(&b'"') && piece.trim_ascii().ends_with(b"'"));
            if !single {
                return into.parse_again(value, quoted);
            }
            into.parse_again(&value.iter().map(|octet| if *octet == b'\'' { b'"' } else { *octet }).collect::<Vec<u8>>(), quoted)
        };
    "header-reading.others-ignored" ReadHeader "3.4.1.3.1", "parameters of the header whose names do not begin with oauth_ are passed over",
        "sign every parameter of the header but the realm", Seen [
            "https://github.com/ruby-oauth/oauth/issues/31",
            "https://github.com/twitter/joauth",
        ], |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            into.parameters.retain(|parameter| parameter.name.starts_with(b"oauth_"));
            Ok(())
        };
    "header-reading.names-without-case" ReadHeader "3.1", "names of parameters are compared without regard to letter case",
        "compare names octet by octet", Plausible [],
        |practice| practice.checks.read_header = |value, into, quoted| {
            into.parse_again(value, quoted)?;
            rewrite(&mut into.parameters, |parameter, new| {
                new.push_parameter(Parameter { name: &parameter.name.to_ascii_lowercase(), ..parameter });
            });
            Ok(())
        };
];

fn unreadable(what: &'static str) -> Malformed {
    Malformed::Header { at: 0, what }
}

fn fields<'a>(headers: &[Header<'a>]) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"authorization")).map(|header| header.value)
}

/// The one Authorization field, whatever its scheme.
fn only_field<'a>(headers: &[Header<'a>]) -> Result<Option<&'a [u8]>, Refusal> {
    find_header(headers)?;
    Ok(fields(headers).next())
}

fn begins_with_oauth(value: &[u8]) -> bool {
    value.trim_ascii_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"OAuth"))
}

/// The header with each octet between quotes written by `write`.
fn in_quotes(value: &[u8], write: impl Fn(u8, &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let (mut inside, mut escaped) = (false, false);
    for &octet in value {
        let is_quote = octet == b'"' && !escaped;
        escaped = octet == b'\\' && inside && !escaped;
        inside ^= is_quote;
        if inside && !is_quote { write(octet, &mut out) } else { out.push(octet) }
    }
    out
}

/// The pieces between separators that stand outside of quotes.
fn pieces(value: &[u8], is_separator: fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let (mut inside, mut escaped) = (false, false);
    value.split(move |&octet| {
        inside ^= octet == b'"' && !escaped;
        escaped = octet == b'\\' && inside && !escaped;
        !inside && is_separator(octet)
    })
}

/// Reads a header that holds only those pieces. What the specification's reader refuses stays refused.
fn rebuilt(value: &[u8], into: &mut Authorization, quoted: &mut Buffer, keep: fn(&[u8]) -> bool) -> Result<(), Malformed> {
    into.parse_again(value, quoted)?;
    let rest = value.trim_ascii_start().get(5..).unwrap_or_default();
    let kept: Vec<&[u8]> = pieces(rest, |octet| octet == b',').filter(|piece| keep(piece)).collect();
    into.parse_again(&[b"OAuth ", &kept.join(&b',')[..]].concat(), quoted)
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

/// Changes names and values.
fn each(list: &mut Parameters, change: impl Fn(&[u8], &mut Buffer)) {
    rewrite(list, |parameter, new| {
        let (mut name, mut value) = (Buffer::default(), Buffer::default());
        change(parameter.name, &mut name);
        change(parameter.value, &mut value);
        new.push_parameter(Parameter { name: &name, value: &value, ..parameter });
    });
}

/// The header with each parameter written by `write`, but the realm.
fn outside_realm(value: &[u8], write: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for (number, piece) in pieces(value, |octet| octet == b',').enumerate() {
        if number > 0 {
            out.push(b',');
        }
        let is_realm =
            piece.split(|&octet| octet == b'=').next().is_some_and(|name| name.trim_ascii().to_ascii_lowercase().ends_with(b"realm"));
        if is_realm { out.extend(piece) } else { out.extend(write(piece)) }
    }
    out
}

/// A comma for each of these separators outside of quotes.
fn with_commas(value: &[u8], separator: u8) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    let comma = |octet: &u8| {
        inside ^= *octet == b'"' && !escaped;
        escaped = *octet == b'\\' && inside && !escaped;
        if !inside && *octet == separator { b',' } else { *octet }
    };
    value.iter().map(comma).collect()
}

/// A comma behind each closing quote that has none.
fn with_commas_behind_quotes(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let (mut inside, mut escaped) = (false, false);
    for &octet in value {
        let is_quote = octet == b'"' && !escaped;
        escaped = octet == b'\\' && inside && !escaped;
        out.push(octet);
        if is_quote && inside {
            out.push(b',');
        }
        inside ^= is_quote;
    }
    out
}

/// Values without quotes are put into quotes.
fn requoted(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * value.len());
    for (number, piece) in pieces(value, |octet| octet == b',').enumerate() {
        if number > 0 {
            out.push(b',');
        }
        match memchr::memchr(b'=', piece) {
            Some(at) if !piece.contains(&b'"') => {
                let (name, bare) = piece.split_at(at + 1);
                out.extend(name);
                out.push(b'"');
                out.extend(bare.trim_ascii());
                out.push(b'"');
            }
            _ => out.extend(piece),
        }
    }
    out
}
