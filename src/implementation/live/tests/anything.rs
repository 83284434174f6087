//! Answers that nobody thought of: good ones cut, doubled, turned and put together at random. How they come, in one piece or in many, makes
//! no difference, and whatever they say is within its limits.

use std::time::Duration;

use crate::implementation::live::channel::Channel;
use crate::implementation::live::deadline::Deadline;
use crate::implementation::live::network::read;
use crate::implementation::live::wire::Wire;
use crate::implementation::live::{Incoming, Policy, Trouble};

const GOOD: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 x\r\nWWW-Authenticate: OAuth realm=\"\"\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n06\r\n world\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\noauth_token=a&oauth_token_secret=b",
    b"HTTP/1.0 200 OK\nContent-Encoding: deflate\n\n\xcb\x4f\x2c\x2d\xc9\x88\x2f\xc9\xcf\x4e\xcd\xb3\x4d\x04\x00",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 21\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0",
    b"HTTP/1.1 204 No Content\r\n\r\n",
];

/// Numbers as random as they need to be (Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    /// Changes a piece of an answer.
    fn change(&mut self, octets: &mut Vec<u8>) {
        const TELLING: &[u8] = b"\r\n\0 :;,-+09afx\xff\x1f\x8b";
        let (from, to) = (self.below(octets.len() + 1), self.below(octets.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
        match self.below(6) {
            0 => drop(octets.drain(from..to)),
            1 => drop(octets.splice(from..from, octets[from..to].to_vec())),
            2 => octets.insert(from, TELLING[self.below(TELLING.len())]),
            3 if from < octets.len() => octets[from] = TELLING[self.below(TELLING.len())],
            4 if from < octets.len() => octets[from] ^= 1 << self.below(8),
            _ => octets.truncate(to),
        }
    }

    fn pieces(&mut self, octets: &[u8], longest: usize) -> Vec<Vec<u8>> {
        let (mut rest, mut pieces) = (octets, Vec::new());
        while !rest.is_empty() {
            let (piece, others) = rest.split_at(rest.len().min(1 + self.below(longest)));
            pieces.push(piece.to_vec());
            rest = others;
        }
        pieces
    }
}

fn policy() -> Policy {
    Policy { head: 300, fields: 5, interim: 2, body: 100, ..Policy::default() }
}

fn result(pieces: Vec<Vec<u8>>) -> (Result<Incoming, Trouble>, usize) {
    let mut wire = Wire::new(Channel::Pieces(pieces.into()), Deadline::after(Duration::from_secs(60)), b"GET".to_vec());
    let result = read(&mut wire, "GET", &policy()).map(|answer| Incoming { elapsed: Duration::ZERO, ..answer });
    (result, wire.most_held)
}

/// Of a body that is both too large and broken, one is told: whichever is found first, and that depends on how much is unpacked at once.
fn alike(result: Result<Incoming, Trouble>) -> Result<Incoming, Trouble> {
    match result {
        Err(Trouble::TooLarge("the body", most)) => Err(Trouble::Body(format!("it is not the deflate that it is said to be, {most}"))),
        Err(Trouble::Body(why)) if why.starts_with("it is not the deflate") => Err(Trouble::Body(format!("{why}, 100"))),
        other => other,
    }
}

#[test]
fn how_an_answer_is_cut_into_pieces_makes_no_difference() {
    let (mut numbers, mut good, mut bad) = (Numbers(1), 0, 0);
    for round in 0..5_000 {
        let mut octets = GOOD[numbers.below(GOOD.len())].to_vec();
        if numbers.below(4) == 0 {
            octets.extend_from_slice(GOOD[numbers.below(GOOD.len())]);
        }
        for _ in 0..numbers.below(4) {
            numbers.change(&mut octets);
        }
        let (whole, _) = result(vec![octets.clone()]);
        for longest in [1, 3, 50] {
            let (in_pieces, held) = result(numbers.pieces(&octets, longest));
            assert_eq!(alike(in_pieces), alike(whole.clone()), "round {round}: {}", octets.escape_ascii());
            assert!(held <= 300 + 50, "{held} octets were held in round {round}: {}", octets.escape_ascii());
        }
        match whole {
            Ok(answer) => {
                assert!(answer.body.len() <= 100 && answer.headers.len() <= 5 && (100..1000).contains(&answer.status));
                good += 1;
            }
            Err(trouble) => {
                assert!(trouble.to_string().chars().count() < 200 && trouble.to_string().chars().all(|letter| !letter.is_control()));
                bad += 1;
            }
        }
    }
    // Both kinds were seen in great number, or the changes say nothing.
    assert!(good > 500 && bad > 500, "{good} good, {bad} bad");
}
