//! Percent-encoding (RFC 5849 section 3.6), its way back, and forms (section 3.4.1.3.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::{naive, shown};
use crate::protocol::collection::{FormReader, cut};
use crate::protocol::encoding::form_decode;
use crate::protocol::{Buffer, Encoder, Malformed, Parameters, Source, percent_decode, percent_encode};

/// All but the unreserved characters, for the encoder of another library.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encoding has its way back, is that of another library and of the naive one, and twice at once is once and once again; decoding agrees with
/// the naive one, also about where an escape is broken. What stood in a buffer before stays there.
///
/// # Panics
/// Where one of it is not so.
pub fn encoding(data: &[u8]) {
    let encoded = written(b"", |out| percent_encode(data, out));
    assert_eq!(shown(&encoded), shown(&naive::encode(data)), "encoding differs from the naive one");
    let others = percent_encoding::percent_encode(data, RESERVED).to_string();
    assert_eq!(shown(&encoded), shown(others.as_bytes()), "encoding differs from that of percent-encoding");
    let mut back = Buffer::default();
    assert_eq!(percent_decode(&encoded[..], &mut back), Ok(()), "what was encoded cannot be decoded");
    assert_eq!(shown(&back), shown(data), "decoding is not the way back");
    assert_eq!(shown(&written(b"", |out| form_decode(&encoded[..], out))), shown(data), "decoding as a form is not the way back");
    assert_eq!(
        shown(&written(b"", |out| percent_encode(&back, out))),
        shown(&encoded),
        "what is encoded, decoded and encoded again is not the same"
    );
    let twice = written(b"", |out| percent_encode(&encoded[..], out));
    let Some(table) = Encoder::RFC5849.table_with(Encoder::RFC5849) else { panic!("the specification's encoder has no table") };
    let (mut one, mut two) = (Buffer::default(), Buffer::default());
    table.encode_twice(data.into(), &mut one, &mut two);
    assert_eq!((shown(&one), shown(&two)), (shown(&encoded), shown(&twice)), "encoding twice at once differs from once and once again");

    // Whatever stood there stays, at every place within the steps in which memory is written.
    let before = data.get(..data.len() % 37).unwrap_or_default();
    let beside = written(before, |out| percent_encode(data, out));
    assert_eq!(shown(&beside), shown(&[before, &encoded[..]].concat()), "encoding changes what stood before it");

    let mut decoded = Buffer::default();
    match (percent_decode(data, &mut decoded), naive::first_broken_escape(data)) {
        (Ok(()), None) => assert_eq!(shown(&decoded), shown(&naive::decode(data, false)), "decoding differs from the naive one"),
        (Err(Malformed::PercentEncoding(at)), Some(place)) => assert_eq!(at, place, "the broken escape is somewhere else"),
        (told, place) => panic!("decoding says {told:?}, and the first broken escape is at {place:?}"),
    }
    assert_eq!(
        shown(&written(before, |out| form_decode(data, out))),
        shown(&[before, &naive::decode(data, true)[..]].concat()),
        "decoding as a form differs from the naive one"
    );
}

fn written(before: &[u8], write: impl FnOnce(&mut Buffer)) -> Vec<u8> {
    let mut out = Buffer::default();
    out.append(before);
    write(&mut out);
    out.to_vec()
}

/// A form is read as the naive reader does, in one pass as in two, whatever stood in the list before; and what is read and written again is
/// read as the same.
///
/// # Panics
/// Where one of it is not so.
pub fn forms(data: &[u8]) {
    let mut read = Parameters::new();
    read.push_form(data, Source::Body);
    let pairs = pairs(&read);
    assert_eq!(pairs, shown_pairs(&naive::form(data)), "a form is read differently than by the naive reader");

    let mut apart = Parameters::new();
    FormReader { cut: Some(cut), ..FormReader::RFC5849 }.read(data, Source::Body, &mut apart);
    let bare = |list: &Parameters| list.iter().map(|parameter| parameter.bare).collect::<Vec<_>>();
    assert_eq!((&pairs, bare(&read)), (&self::pairs(&apart), bare(&apart)), "cutting and decoding apart differs from both at once");

    let mut text = Buffer::default();
    for parameter in read.iter() {
        if !text.is_empty() {
            text.push(b'&');
        }
        percent_encode(parameter.name, &mut text);
        text.push(b'=');
        percent_encode(parameter.value, &mut text);
    }
    // Into a list that holds something already.
    let count = read.len();
    read.push_form(&text, Source::Query);
    let again = self::pairs(&read);
    assert_eq!(again.len(), 2 * count, "what was read and written again has another number of pairs");
    assert_eq!(again.get(count..), Some(&pairs[..]), "what was read and written again is read as something else");
    assert_eq!(again.get(..count), Some(&pairs[..]), "reading changes what stood in the list before");
}

/// Holds the pairs of a list against those of another.
///
/// # Panics
/// Where they differ.
#[track_caller]
pub(super) fn same_pairs(list: &Parameters, right: &Parameters, law: &str) {
    let is_same = list.iter().map(|one| (one.name, one.value)).eq(right.iter().map(|one| (one.name, one.value)));
    assert!(is_same, "{law}: {:?} and not {:?}", pairs(list), pairs(right));
}

/// The pairs of a list, to be compared and shown.
pub(super) fn pairs(list: &Parameters) -> Vec<(String, String)> {
    list.iter().map(|parameter| (shown(parameter.name), shown(parameter.value))).collect()
}

/// Those of the naive reader.
pub(super) fn shown_pairs(pairs: &[naive::Pair]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| (shown(name), shown(value))).collect()
}
