//! Departures from putting the base string together (RFC 5849 section 3.4.1.1): method, URI and normalized parameters, each encoded, with
//! `&` between them.

use super::{Deviation, Rank, Stage};
use crate::protocol::Buffer;
use crate::protocol::base_string::{Parts, concatenate};

const FIX: &str = "METHOD & encoded URI & encoded parameter string: each part is encoded by itself, and the two & between them are not";

macro_rules! concatenations {
    ($($id:literal $sentence:literal, $rank:ident $seen:expr, $concatenate:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Concatenate,
            section: "3.4.1.1",
            sentence: $sentence,
            fix: FIX,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.concatenate = $concatenate,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = concatenations![
    "concatenate.parameters-raw" "the parameter string is put into the base string without being encoded as a whole", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Uri, Part::Mark(b"&"), Part::Raw(parts.normalized)]);
    "concatenate.method-raw" "the method is put into the base string without being encoded: 50%OFF stays 50%OFF", Common [
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
        ],
        |parts, out| put(parts, out, [Part::Raw(parts.method), Part::Mark(b"&"), Part::Uri, Part::Mark(b"&"), Part::Parameters]);
    "concatenate.uri-raw" "the URI is put into the base string without being encoded", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Raw(parts.uri), Part::Mark(b"&"), Part::Parameters]);
    "concatenate.encoded-again" "the whole base string is encoded once more, so that its two & become %26", Seen [
            "https://community.canvaslms.com/t5/Canvas-Developers-Group/LTI-basic-launch-oauth-signature-mismatch/m-p/402560",
        ],
        |parts, out| again(parts, out, concatenate);
    "concatenate.encoded-in-one-go" "method, URI and parameter string are joined by & first and then encoded in one go", Plausible [],
        |parts, out| again(parts, out, |parts, once| {
            put(parts, once, [Part::Method, Part::Mark(b"&"), Part::Raw(parts.uri), Part::Mark(b"&"), Part::Raw(parts.normalized)]);
        });
    "concatenate.encoded-again-with-raw-uri" "method, URI as it is and encoded parameter string are joined by & and then encoded in one go", Seen [
            "https://community.canvaslms.com/t5/Canvas-Developers-Group/LTI-basic-launch-oauth-signature-mismatch/m-p/402560",
        ],
        |parts, out| again(parts, out, |parts, once| {
            put(parts, once, [Part::Method, Part::Mark(b"&"), Part::Raw(parts.uri), Part::Mark(b"&"), Part::Parameters]);
        });
    "concatenate.parameters-twice" "the parameter string is encoded twice as a whole", Plausible [],
        |parts, out| {
            put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Uri, Part::Mark(b"&")]);
            again(parts, out, |parts, once| parts.encode.encode(parts.normalized, once));
        };
    "concatenate.uri-twice" "the URI is encoded twice", Plausible [],
        |parts, out| {
            put(parts, out, [Part::Method, Part::Mark(b"&")]);
            again(parts, out, |parts, once| parts.encode.encode(parts.uri, once));
            put(parts, out, [Part::Mark(b"&"), Part::Parameters]);
        };
    "concatenate.method-missing" "the method is left out of the base string", Plausible [],
        |parts, out| put(parts, out, [Part::Uri, Part::Mark(b"&"), Part::Parameters]);
    "concatenate.uri-missing" "the URI is left out of the base string", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Parameters]);
    "concatenate.parameters-missing" "the parameter string is left out of the base string", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Uri]);
    "concatenate.uri-alone" "the URI alone is signed", Plausible [],
        |parts, out| out.append(parts.uri);
    "concatenate.parameters-alone" "the parameter string alone is signed", Plausible [],
        |parts, out| out.append(parts.normalized);
    "concatenate.question-mark" "URI and parameter string are joined by ? to one URL, and that is encoded", Plausible [],
        |parts, out| {
            put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Uri]);
            parts.encode.encode(b"?", out);
            put(parts, out, [Part::Parameters]);
        };
    "concatenate.question-mark-raw" "URI and parameter string have a ? between them in place of &", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Uri, Part::Mark(b"?"), Part::Parameters]);
    "concatenate.marks-missing" "the parts of the base string have nothing between them", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Uri, Part::Parameters]);
    "concatenate.line-ends" "the parts of the base string stand on lines of their own", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"\n"), Part::Uri, Part::Mark(b"\n"), Part::Parameters]);
    "concatenate.blanks" "the parts of the base string have a blank between them", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b" "), Part::Uri, Part::Mark(b" "), Part::Parameters]);
    "concatenate.uri-first" "the URI stands before the method", Plausible [],
        |parts, out| put(parts, out, [Part::Uri, Part::Mark(b"&"), Part::Method, Part::Mark(b"&"), Part::Parameters]);
    "concatenate.method-last" "the method stands at the end", Plausible [],
        |parts, out| put(parts, out, [Part::Uri, Part::Mark(b"&"), Part::Parameters, Part::Mark(b"&"), Part::Method]);
    "concatenate.parameters-first" "the parameter string stands before the URI", Plausible [],
        |parts, out| put(parts, out, [Part::Method, Part::Mark(b"&"), Part::Parameters, Part::Mark(b"&"), Part::Uri]);
    "concatenate.ampersand-last" "an & stands behind the base string", Plausible [],
        |parts, out| { concatenate(parts, out); out.push(b'&'); };
    "concatenate.line-end-last" "a line end stands behind the base string: what a shell's echo adds without -n", Plausible [],
        |parts, out| { concatenate(parts, out); out.push(b'\n'); };
    "concatenate.blank-last" "a blank stands behind the base string", Plausible [],
        |parts, out| { concatenate(parts, out); out.push(b' '); };
];

/// A part of a base string.
enum Part<'a> {
    Method,
    Uri,
    Parameters,
    Raw(&'a [u8]),
    Mark(&'static [u8]),
}

fn put<const N: usize>(parts: &Parts<'_>, out: &mut Buffer, wanted: [Part<'_>; N]) {
    for part in wanted {
        match part {
            Part::Method => parts.encode.encode(parts.method, out),
            Part::Uri => parts.encode.encode(parts.uri, out),
            Part::Parameters => parts.encode.encode(parts.normalized, out),
            Part::Raw(octets) | Part::Mark(octets) => out.append(octets),
        }
    }
}

/// What `first` makes, encoded.
fn again(parts: &Parts<'_>, out: &mut Buffer, first: impl FnOnce(&Parts<'_>, &mut Buffer)) {
    let mut once = Buffer::default();
    first(parts, &mut once);
    parts.encode.encode(&*once, out);
}
