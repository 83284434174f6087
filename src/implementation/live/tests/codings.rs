//! Packed bodies: good ones out of another implementation, broken ones, and those that are small on the wire only.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::{Behaviour, Expected, LONG, bad_body, comes_of, does, good, never_ends, says, says_and_stays};
use crate::implementation::live::Trouble;

const MOST: usize = 1024 * 1024;

/// What was packed here, and what Python 3 and GNU gzip made of it.
const TEXT: &str = "oauth_token=a&oauth_token_secret=b";
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x4f\x2c\x2d\xc9\x88\x2f\xc9\xcf\x4e\xcd\xb3\x4d\x54\xcb\x47\xf0\xe2\x8b\x53\x93\x8b\x52\x4b\x6c\x93\x00\xc5\xb5\xfa\x73\x22\x00\x00\x00";
const GNU_GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x4f\x2c\x2d\xc9\x88\x2f\xc9\xcf\x4e\xcd\xb3\x4d\x54\xcb\x47\xf0\xe2\x8b\x53\x93\x8b\x52\x4b\x6c\x93\x00\xc5\xb5\xfa\x73\x22\x00\x00\x00";
const ZLIB: &[u8] =
    b"\x78\x9c\xcb\x4f\x2c\x2d\xc9\x88\x2f\xc9\xcf\x4e\xcd\xb3\x4d\x54\xcb\x47\xf0\xe2\x8b\x53\x93\x8b\x52\x4b\x6c\x93\x00\xee\xe9\x0d\x8b";
const DEFLATE: &[u8] = b"\xcb\x4f\x2c\x2d\xc9\x88\x2f\xc9\xcf\x4e\xcd\xb3\x4d\x54\xcb\x47\xf0\xe2\x8b\x53\x93\x8b\x52\x4b\x6c\x93\x00";

fn packed(coding: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn zlib(octets: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn deflate(octets: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn too_large() -> Expected {
    Err(Trouble::TooLarge("the body", MOST))
}

fn cut() -> Expected {
    bad_body("its compression is cut, or its checksum is another")
}

fn not_the(coding: &str) -> Expected {
    bad_body(&format!("it is not the {coding} that it is said to be"))
}

/// The same with this octet, counted from the end, turned.
fn turned(octets: &[u8], from_end: usize) -> Vec<u8> {
    let mut octets = octets.to_vec();
    let position = octets.len() - from_end;
    octets[position] ^= 1;
    octets
}

#[test]
fn what_others_have_packed_is_unpacked() {
    let twice = [GZIP, GNU_GZIP].concat();
    let in_chunks: String = GZIP.iter().map(|octet| format!("1\r\n{}\r\n", char::from(*octet))).collect();
    let in_chunks: Vec<u8> = in_chunks.chars().map(|letter| letter as u8).collect();
    let in_chunks =
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", &*in_chunks, b"0\r\n\r\n"].concat();
    comes_of(
        vec![
            says(packed("gzip", GZIP), good(200, TEXT)),
            says(packed("gzip", GNU_GZIP), good(200, TEXT)),
            says(packed(" X-GZip ", GZIP), good(200, TEXT)),
            says(packed("identity, gzip,", GZIP), good(200, TEXT)),
            says(packed("gzip", &twice), good(200, TEXT.repeat(2))),
            says(packed("deflate", ZLIB), good(200, TEXT)),
            says(packed("Deflate", DEFLATE), good(200, TEXT)),
            says(packed("identity", TEXT), good(200, TEXT)),
            says(packed("", TEXT), good(200, TEXT)),
            says_and_stays(in_chunks, good(200, TEXT)),
            says(packed("gzip", ""), good(200, "")),
            says(packed("deflate", ""), good(200, "")),
            says(packed("gzip", gzip(b"")), good(200, "")),
            says(packed("deflate", zlib(b"")), good(200, "")),
            says([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", GZIP].concat(), good(200, TEXT)),
            octet_by_octet("gzip", GZIP),
            octet_by_octet("deflate", ZLIB),
            octet_by_octet("deflate", DEFLATE),
        ],
        LONG,
    );
}

/// A server that sends a packed body in as many pieces as it has octets.
fn octet_by_octet(coding: &'static str, body: &'static [u8]) -> Behaviour {
    does(&format!("{coding} octet by octet"), good(200, TEXT), move |stream| {
        let _ = stream.set_nodelay(true);
        for octet in packed(coding, body) {
            let _ = stream.write_all(&[octet]);
        }
    })
}

#[test]
fn what_is_broken_cut_or_longer_than_its_compression_is_not_taken() {
    let mut behaviours = vec![
        says(packed("gzip", TEXT), not_the("gzip")),
        says(packed("gzip", ZLIB), not_the("gzip")),
        says(packed("gzip", turned(GZIP, 1)), cut()),
        says(packed("gzip", turned(GZIP, 8)), cut()),
        says(packed("gzip", [GZIP, b"x"].concat()), cut()),
        says(packed("gzip", [GZIP, b"some garbage"].concat()), not_the("gzip")),
        says(packed("gzip", [&*turned(GZIP, 8), GZIP].concat()), not_the("gzip")),
        says(packed("gzip", "\x1f"), cut()),
        says(packed("deflate", "\x78"), cut()),
        says(packed("deflate", GZIP), not_the("deflate")),
        says(packed("deflate", turned(ZLIB, 1)), not_the("deflate")),
        says(packed("deflate", [ZLIB, b"x"].concat()), not_the("deflate")),
        says(packed("deflate", [DEFLATE, b"x"].concat()), not_the("deflate")),
        says(packed("deflate", [0xff; 100]), not_the("deflate")),
        says(packed("deflate", zlib_with_dictionary()), not_the("deflate")),
    ];
    for length in 1..GZIP.len() {
        behaviours.push(says(packed("gzip", &GZIP[..length]), cut()));
    }
    for length in 1..ZLIB.len() {
        behaviours.push(says(packed("deflate", &ZLIB[..length]), cut()));
    }
    for length in 1..DEFLATE.len() {
        behaviours.push(says(packed("deflate", &DEFLATE[..length]), cut()));
    }
    comes_of(behaviours, LONG);
}

/// A zlib stream that needs a dictionary (RFC 1950 section 2.2, FDICT), which nobody has agreed on.
fn zlib_with_dictionary() -> Vec<u8> {
    [&[0x78, 0x20 | 0x1b, 0, 0, 0, 1][..], DEFLATE].concat()
}

#[test]
fn a_coding_that_is_unknown_or_inside_another_is_refused() {
    let unknown = |coding: &str| bad_body(&format!("its content coding is unknown: \"{coding}\""));
    let several = || bad_body("it has several content codings");
    comes_of(
        vec![
            says(packed("br", "x"), unknown("br")),
            says(packed("zstd", "x"), unknown("zstd")),
            says(packed("gzip;q=1", GZIP), unknown("gzip;q=1")),
            says(packed("\u{e9}", GZIP), unknown(r"\xc3\xa9")),
            says(packed("gzip, br", GZIP), unknown("br")),
            says(packed("gzip, gzip", gzip(GZIP)), several()),
            says(packed("gzip\r\nContent-Encoding: gzip", gzip(GZIP)), several()),
            says(packed("deflate, gzip", gzip(ZLIB)), several()),
            says(packed(&"gzip,".repeat(1000), GZIP), several()),
        ],
        LONG,
    );
}

#[test]
fn the_limit_counts_what_comes_out() {
    let (most, more) = (vec![0; MOST], vec![0; MOST + 1]);
    // What cannot be packed is a little larger when it is packed all the same.
    let mut seed = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    })
    .take(MOST)
    .collect();
    assert!(gzip(&noise).len() > MOST);
    comes_of(
        vec![
            says(packed("gzip", gzip(&most)), good(200, most.clone())),
            says(packed("gzip", gzip(&more)), too_large()),
            says(packed("deflate", zlib(&most)), good(200, most.clone())),
            says(packed("deflate", zlib(&more)), too_large()),
            says(packed("deflate", deflate(&more)), too_large()),
            says(packed("gzip", gzip(&noise)), good(200, noise)),
            says(packed("gzip", [gzip(&most), gzip(b"x")].concat()), too_large()),
        ],
        LONG,
    );
}

#[test]
fn a_bomb_costs_nothing() {
    let zeros = vec![0; 8 * MOST];
    let (gzip, zlib) = (gzip(&zeros), zlib(&zeros));
    assert!(gzip.len() * 1000 < zeros.len(), "{} octets are no bomb", gzip.len());
    comes_of(
        vec![
            says(packed("gzip", &gzip), too_large()),
            says(packed("deflate", &zlib), too_large()),
            says(packed("gzip", gzip.repeat(100)), too_large()),
            never_ends("empty members without an end", HEAD, EMPTY, too_large()),
            never_ends("a name without an end", NAMED, b"x", not_the("gzip")),
            never_ends("empty blocks without an end", DEFLATED, b"\0\0\0\xff\xff", too_large()),
        ],
        LONG,
    );
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
/// A gzip member without content.
const EMPTY: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
/// The beginning of a member with a file name (RFC 1952 section 2.3, FNAME).
const NAMED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03";
/// The beginning of a stream of stored blocks (RFC 1951 section 3.2.4).
const DEFLATED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n\x78\x9c";
