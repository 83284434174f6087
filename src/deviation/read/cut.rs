//! Departures from cutting queries and forms into names and values (RFC 5849 section 3.4.1.3.1; HTML 4.01 section 17.13.4): at `&`, and
//! each piece at its first `=`.

use crate::deviation::Deviation;
use crate::deviation::list::remove;
use crate::deviation::rows::departures;
use crate::protocol::collection::{Cut, EachPiece, FormReader, cut};
use crate::protocol::encoding::has_broken_escape;
use crate::protocol::{Malformed, Parameters, Request, Source};

const QUERY: &str = "the query begins at the first ? and ends at a #; a ? behind the # belongs to the fragment";
const CUT: &str = "cut queries and forms at & into pairs, each pair at its first =, and leave empty pieces out";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "read.query-in-fragment" QueryText "3.4.1.3.1",
        "what stands behind a ? in the fragment is read as a query",
        QUERY,
        Seen [
            "https://www.npmjs.com/package/node-oauth1/v/1.3.0",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
        ],
        |practice| practice.recipe.read.query = Some(|url| {
            let query = behind_question_mark(url.text)?;
            query.split(|&octet| octet == b'#').next()
        });
    "read.fragment-in-query" QueryText "3.4.1.3.1",
        "the fragment is read as the end of the query",
        QUERY,
        Plausible [],
        |practice| practice.recipe.read.query = Some(|url| url.query.and_then(|_| behind_question_mark(url.text)));
    "read.query-to-the-end" QueryText "3.4.1.3.1",
        "everything behind the first ? of the URL is read as the query, in a fragment and through it",
        QUERY,
        Seen [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/ohauth/v/1.0.1",
            "https://packages.debian.org/bookworm/liboauth-dev",
        ],
        |practice| practice.recipe.read.query = Some(|url| behind_question_mark(url.text));
    "read.query-ends-at-second-question-mark" QueryText "3.4.1.3.1",
        "the query ends at a second ? in the URL; a ? in a form does not end it",
        QUERY,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.read.query = Some(|url| url.query?.split(|&octet| octet == b'?').next());
    "read.query-without-equals-ignored" QueryText "3.4.1.3.1",
        "a query without any = is taken for no list of parameters and is not signed",
        "sign a name without = as one with an empty value, also where it is all that the query has",
        Seen ["https://packages.debian.org/bookworm/liburi-perl"],
        |practice| practice.recipe.read.query = Some(|url| url.query.filter(|query| query.contains(&b'=')));
    "read.semicolon-cuts" Cut "3.4.1.3.1",
        "queries and forms are cut at ; as well as at &",
        CUT,
        Common [
            "https://rubygems.org/gems/oauth/versions/0.5.4",
            "https://rubygems.org/gems/simple_oauth/versions/0.3.1",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/dist/WWW-OAuth",
            "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01",
        ],
        |practice| practice.recipe.read.cut = Some(|text, piece| {
            text.split(|&octet| octet == b';').for_each(|text| cut(text, piece));
        });
    "read.semicolon-and-broken-escapes-vanish" Cut "3.4.1.3.1",
        "pairs with a ; or a broken escape vanish from the list and are sent unsigned, as with Go's URL.Query",
        "read the query with a parser that drops nothing, or refuse the URL",
        Common ["https://pkg.go.dev/github.com/gomodule/oauth1", "https://pkg.go.dev/github.com/mrjones/oauth"],
        |practice| practice.recipe.read.cut = Some(|text, piece| {
            kept(text, piece, |text| !text.contains(&b';') && !has_broken_escape(text));
        });
    "read.broken-escapes-vanish" Cut "3.4.1.3.1",
        "pairs with a broken escape vanish from the list and are sent unsigned",
        "read the query with a parser that drops nothing, or refuse the URL",
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| kept(text, piece, |text| !has_broken_escape(text)));
    "read.value-ends-at-equals" Cut "3.4.1.3.1",
        "a value ends at an = inside it, because pieces are split at every =",
        CUT,
        Common ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6", "https://www.npmjs.com/package/ohauth/v/1.0.1"],
        |practice| practice.recipe.read.cut = Some(|text, piece| {
            cut(text, &mut |name, value| piece(name, value.map(before_equals)));
        });
    "read.several-equals-vanish" Cut "3.4.1.3.1",
        "pairs with an = inside the value vanish from the list, because they do not split into two",
        CUT,
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| {
            kept(text, piece, |text| text.iter().filter(|&&octet| octet == b'=').count() < 2);
        });
    "read.cut-at-last-equals" Cut "3.4.1.3.1",
        "pairs are cut at their last = and not at their first",
        CUT,
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| pieces(text, |part| match memchr::memrchr(b'=', part) {
            Some(equals) => piece(part.get(..equals).unwrap_or_default(), part.get(equals + 1..)),
            None => piece(part, None),
        }));
    "read.empty-pieces-kept" Cut "3.4.1.3.1",
        "an empty piece, such as that of && or of an & at the end, is read as a parameter without name and value",
        CUT,
        Common [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://packages.debian.org/bookworm/libpoco-dev",
            "https://metacpan.org/dist/WWW-OAuth",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
        ],
        |practice| practice.recipe.read.cut = Some(cut_with_empty_pieces);
    "read.query-value-ends-at-equals" Cut "3.4.1.3.1",
        "a value of the query ends at an = inside it, because pieces are split at every =; values of a form do not",
        CUT,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.collect = |reader, request, list| collect_with_query_cut(reader, request, list, |text, piece| {
            cut(text, &mut |name, value| piece(name, value.map(before_equals)));
        });
    "read.query-empty-pieces-kept" Cut "3.4.1.3.1",
        "an empty piece of the query, such as that of &&, is read as a parameter without name and value; one of a form is not",
        CUT,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.collect = |reader, request, list| collect_with_query_cut(reader, request, list, cut_with_empty_pieces);
    "read.query-split" Cut "3.4.1.3.1",
        "the query is split at every & and each piece at every =: an empty piece becomes a parameter, and a value ends at an = inside it",
        CUT,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.collect = |reader, request, list| collect_with_query_cut(reader, request, list, |text, piece| {
            cut_with_empty_pieces(text, &mut |name, value| piece(name, value.map(before_equals)));
        });
    "read.question-mark-cuts" Cut "3.4.1.3.1",
        "a ? inside the query is read as &",
        CUT,
        Seen ["https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.recipe.read.cut = Some(|text, piece| text.split(|&octet| octet == b'?').for_each(|text| cut(text, piece)));
    "read.question-mark-ends" Cut "3.4.1.3.1",
        "the query ends at a ? inside it",
        CUT,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6", "https://www.npmjs.com/package/ohauth/v/1.0.1"],
        |practice| practice.recipe.read.cut = Some(|text, piece| cut(text.split(|&octet| octet == b'?').next().unwrap_or_default(), piece));
    "read.comma-cuts" Cut "3.4.1.3.1",
        "queries and forms are cut at commas as well as at &",
        CUT,
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| text.split(|&octet| octet == b',').for_each(|text| cut(text, piece)));
    "read.blanks-trimmed" Cut "3.4.1.3.1",
        "plus signs and %20 at the ends of a query or form are taken off before it is cut",
        CUT,
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| cut(without_blanks(text), piece));
    "read.as-one-name" Cut "3.4.1.3.1",
        "a query or form is not cut at all and becomes one long name",
        CUT,
        Plausible [],
        |practice| practice.recipe.read.cut = Some(|text, piece| {
            if !text.is_empty() {
                piece(text, None);
            }
        });
];

/// What is collected where the query is cut like this, and a form as the reader has it.
fn collect_with_query_cut(reader: FormReader, request: &Request<'_>, list: &mut Parameters, cut: Cut) -> Result<(), Malformed> {
    if let Some(query) = reader.query(&request.url) {
        FormReader { cut: Some(cut), ..reader }.read(query, Source::Query, list);
    }
    list.append(request.protocol);
    if let Some(form) = reader.form(request)? {
        reader.read(form, Source::Body, list);
    }
    remove(list, b"oauth_signature");
    Ok(())
}

fn cut_with_empty_pieces(text: &[u8], piece: EachPiece<'_>) {
    for part in text.split(|&octet| octet == b'&') {
        if part.is_empty() { piece(b"", Some(b"")) } else { cut(part, piece) }
    }
}

fn before_equals(value: &[u8]) -> &[u8] {
    value.split(|&octet| octet == b'=').next().unwrap_or_default()
}

fn behind_question_mark(text: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'?', text).and_then(|mark| text.get(mark + 1..))
}

fn pieces(text: &[u8], each: impl FnMut(&[u8])) {
    text.split(|&octet| octet == b'&').filter(|part| !part.is_empty()).for_each(each);
}

/// Cuts those pieces that are to be kept.
fn kept(text: &[u8], piece: EachPiece<'_>, keep: impl Fn(&[u8]) -> bool) {
    pieces(text, |part| {
        if keep(part) {
            cut(part, piece);
        }
    });
}

fn without_blanks(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = text.strip_prefix(b"+").or_else(|| text.strip_prefix(b"%20")) {
        text = rest;
    }
    while let Some(rest) = text.strip_suffix(b"+").or_else(|| text.strip_suffix(b"%20")) {
        text = rest;
    }
    text
}
