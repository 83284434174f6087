//! Departures from decoding the names and values of queries and forms (RFC 5849 section 3.4.1.3.1): `%XX` is an octet and `+` a blank,
//! once.

use crate::deviation::Deviation;
use crate::deviation::rewriting::{replaced, unescape};
use crate::deviation::rows::departures;
use crate::protocol::collection::Piece;
use crate::protocol::encoding::escape_at;
use crate::protocol::{Buffer, Source, form_decode};

const ONCE: &str = "decode names and values of query and form exactly once, before they are encoded for the base string";
const PLUS: &str = "decode + as a blank in queries and forms, and only there";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "read.plus-kept" Decode "3.4.1.3.1",
        "a plus sign in query or form stays a plus sign and is not read as a blank",
        PLUS,
        Common [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/ohauth/v/1.0.1",
            "https://cran.r-project.org/package=httr",
        ],
        |practice| practice.recipe.read.decode = Some(|_, text, out| unescape(text, out));
    "read.plus-kept-in-query" Decode "3.4.1.3.1",
        "a plus sign in the query stays a plus sign and is not read as a blank",
        PLUS,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.source {
            Source::Query => unescape(text, out),
            _ => form_decode(text, out),
        });
    "read.plus-kept-in-form" Decode "3.4.1.3.1",
        "a plus sign in the form body stays a plus sign and is not read as a blank",
        PLUS,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.source {
            Source::Body => unescape(text, out),
            _ => form_decode(text, out),
        });
    "read.escaped-plus-as-blank" Decode "3.4.1.3.1",
        "%2B is read as a blank like +, because plus signs are replaced after decoding",
        "replace plus signs by blanks before escapes are decoded",
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            let plain = decoded(text, unescape);
            plain.iter().for_each(|&octet| out.push(if octet == b'+' { b' ' } else { octet }));
        });
    "read.not-decoded" Decode "3.4.1.3.1",
        "names and values of query and form are not decoded before they are encoded: %2C becomes %252C, and %25252C in the base string",
        ONCE,
        Common [
            "https://github.com/postmanlabs/postman-app-support/issues/8879",
            "https://github.com/postmanlabs/postman-app-support/issues/1869",
            "https://github.com/Kong/insomnia/issues/1681",
        ],
        |practice| practice.recipe.read.decode = Some(|_, text, out| out.append(text));
    "read.query-not-decoded" Decode "3.4.1.3.1",
        "names and values of the query are not decoded before they are encoded, those of a form are",
        ONCE,
        Common ["https://github.com/postmanlabs/postman-app-support/issues/8879"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| raw_if(piece.source == Source::Query, text, out));
    "read.form-not-decoded" Decode "3.4.1.3.1",
        "names and values of the form body are not decoded before they are encoded, those of the query are",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| raw_if(piece.source == Source::Body, text, out));
    "read.names-not-decoded" Decode "3.4.1.3.1",
        "names of query and form are not decoded before they are encoded, values are",
        ONCE,
        Common ["https://github.com/adobe/aio-commerce-sdk/issues/574", "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| raw_if(piece.is_name, text, out));
    "read.names-not-decoded-plus-kept" Decode "3.4.1.3.1",
        "names of query and form are not decoded before they are encoded, and a plus sign in a value stays a plus sign",
        ONCE,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.is_name {
            true => out.append(text),
            false => unescape(text, out),
        });
    "read.query-names-not-decoded" Decode "3.4.1.3.1",
        "names of the query are not decoded before they are encoded, values and a form are",
        ONCE,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| {
            raw_if(piece.is_name && piece.source == Source::Query, text, out);
        });
    "read.query-names-not-decoded-plus-kept" Decode "3.4.1.3.1",
        "names of the query are not decoded before they are encoded, and a plus sign in a value of it stays a plus sign; a form is decoded",
        ONCE,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece {
            Piece { source: Source::Query, is_name: true } => out.append(text),
            Piece { source: Source::Query, is_name: false } => unescape(text, out),
            _ => form_decode(text, out),
        });
    "read.values-not-decoded" Decode "3.4.1.3.1",
        "values of query and form are not decoded before they are encoded, names are",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| raw_if(!piece.is_name, text, out));
    "read.only-plus-decoded" Decode "3.4.1.3.1",
        "a plus sign becomes a blank, but escapes are not decoded",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            text.iter().for_each(|&octet| out.push(if octet == b'+' { b' ' } else { octet }));
        });
    "read.decoded-twice" Decode "3.4.1.3.1",
        "escapes in query and form are decoded twice, so that %252F becomes a slash",
        ONCE,
        Common [
            "https://github.com/maraujop/requests-oauth/issues/29",
            "https://github.com/scribejava/scribejava/issues/105",
            "https://pypi.org/project/oauth2/1.9.0.post1/",
            "https://pypi.org/project/oauth10a/1.9.1/",
            "https://pypi.org/project/oauth1-py3/1.0.2/",
        ],
        |practice| practice.recipe.read.decode = Some(|_, text, out| unescape(&decoded(text, as_form), out));
    "read.query-decoded-twice" Decode "3.4.1.3.1",
        "escapes in the query are decoded twice, those of a form once",
        ONCE,
        Seen ["https://pypi.org/project/oauth1-py3/1.0.2/"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.source {
            Source::Query => unescape(&decoded(text, as_form), out),
            _ => form_decode(text, out),
        });
    "read.form-decoded-twice" Decode "3.4.1.3.1",
        "escapes in the form body are decoded twice, those of the query once",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.source {
            Source::Body => unescape(&decoded(text, as_form), out),
            _ => form_decode(text, out),
        });
    "read.decoded-as-form-twice" Decode "3.4.1.3.1",
        "query and form are decoded twice, plus signs too, so that %2B becomes a blank",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| as_form(&decoded(text, as_form), out));
    "read.decoded-as-latin-1" Decode "3.4.1.3.1",
        "each escape beyond ASCII in query and form is read as a character of ISO-8859-1, and encoded as UTF-8 again",
        "decode escapes to octets, and read the octets as UTF-8 if text is needed",
        Seen ["https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28", "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01"],
        |practice| practice.recipe.read.decode = Some(|_, text, out| as_latin_1(text, out));
    "read.query-decoded-as-latin-1" Decode "3.4.1.3.1",
        "each escape beyond ASCII in the query is read as a character of ISO-8859-1, and encoded as UTF-8 again; those of a form are not",
        "decode escapes to octets, and read the octets as UTF-8 if text is needed",
        Seen ["https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28"],
        |practice| practice.recipe.read.decode = Some(|piece, text, out| match piece.source {
            Source::Query => as_latin_1(text, out),
            _ => form_decode(text, out),
        });
    "read.not-utf-8-not-decoded" Decode "3.4.1.3.1",
        "a name or value that does not decode to UTF-8 stays as it is written, as when decodeURIComponent fails: %FF becomes %25FF",
        "keep the octets of a decoded name or value as they are: %FF stays %FF",
        Seen ["https://www.npmjs.com/package/request/v/2.88.2"],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            let plain = decoded(text, as_form);
            out.append(if std::str::from_utf8(&plain).is_ok() { &plain } else { text });
        });
    "read.high-escapes-kept" Decode "3.4.1.3.1",
        "only escapes of ASCII characters are decoded; others are encoded as they are written, and so twice",
        ONCE,
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            let mut rest = text;
            while let Some((&first, behind)) = rest.split_first() {
                match escape_at(rest).filter(u8::is_ascii) {
                    Some(octet) => {
                        out.push(octet);
                        rest = rest.get(3..).unwrap_or_default();
                    }
                    None => {
                        out.push(if first == b'+' { b' ' } else { first });
                        rest = behind;
                    }
                }
            }
        });
    "read.control-characters-dropped" Decode "3.4.1.3.1",
        "control characters that are written as escapes are dropped",
        "keep every octet of names and values, control characters too",
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            decoded(text, as_form).iter().filter(|octet| !octet.is_ascii_control()).for_each(|&octet| out.push(octet));
        });
    "read.html-entities-decoded" Decode "3.4.1.3.1",
        "&amp; &lt; &gt; &quot; and &#39; in names and values are decoded, as by a filter against scripts",
        "take names and values as they were sent, before anything cleans them",
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            let mut text = decoded(text, as_form).to_vec();
            for (entity, character) in ENTITIES.iter().rev() {
                text = replaced(&text, entity, std::slice::from_ref(character));
            }
            out.append(&text);
        });
    "read.html-entities-encoded" Decode "3.4.1.3.1",
        "& < > \" and ' in names and values become entities of HTML, as by a filter against scripts",
        "take names and values as they were sent, before anything cleans them",
        Plausible [],
        |practice| practice.recipe.read.decode = Some(|_, text, out| {
            let mut text = decoded(text, as_form).to_vec();
            for (entity, character) in ENTITIES {
                text = replaced(&text, std::slice::from_ref(character), entity);
            }
            out.append(&text);
        });
];

const ENTITIES: &[(&[u8], u8)] = &[(b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&#39;", b'\'')];

fn as_form(text: &[u8], out: &mut Buffer) {
    form_decode(text, out);
}

/// As a form, and each octet then a character.
fn as_latin_1(text: &[u8], out: &mut Buffer) {
    let characters = decoded(text, as_form).iter().map(|&octet| char::from(octet)).collect::<String>();
    out.append(characters.as_bytes());
}

/// What one pass of decoding gives.
pub(in crate::deviation) fn decoded(text: &[u8], decode: impl Fn(&[u8], &mut Buffer)) -> Buffer {
    let mut out = Buffer::default();
    decode(text, &mut out);
    out
}

fn raw_if(is_raw: bool, text: &[u8], out: &mut Buffer) {
    if is_raw { out.append(text) } else { form_decode(text, out) }
}
