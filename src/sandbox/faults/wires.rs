//! Answers that break HTTP: what is written in place of a good answer. All of them end: after a while, after an amount, or with the client.

use std::time::Duration;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wire {
    /// As HTTP wants it.
    #[default]
    Good,
    /// Nothing, and the connection stays open.
    Silence,
    /// Nothing, and the connection ends.
    Close,
    /// Half the body, and the connection ends.
    Truncated,
    /// Half the head, and the connection ends.
    HalfHead,
    /// A length other than the body's: what is added to it.
    Length(i64),
    /// A Content-Length field with this text.
    LengthText(&'static str),
    /// A second Content-Length field with another number.
    LengthTwice,
    /// Both a length and chunks.
    LengthAndChunks,
    /// An octet a second, from the first one on.
    SlowHead,
    /// A good head, and then an octet a second.
    SlowBody,
    /// Fields without an end.
    EndlessHead,
    /// A body without an end.
    EndlessBody,
    /// Interim answers without an end.
    EndlessInterim,
    /// A chunk of this size line.
    Chunk(&'static str),
    /// A gzip body that becomes a thousand times as long.
    Bomb,
    /// The coding is said to be gzip, and is not.
    NotGzip,
    /// No head at all.
    NoHead,
    /// A status line with this text.
    StatusLine(&'static str),
    /// A field line with these octets.
    Field(&'static [u8]),
    /// A second answer right behind the first.
    TwoAnswers,
}

/// The longest that a slow or endless answer goes on.
pub(in crate::sandbox) const LONGEST: Duration = Duration::from_secs(60);
/// The most octets of an endless answer.
pub(in crate::sandbox) const MOST: usize = 256 * 1024 * 1024;

/// A gzip stream (RFC 1952) that becomes about so many zeros: one literal, and then copies of 258 octets from one octet before, in thirteen
/// bits each (RFC 1951 section 3.2.6). The checksum at its end is that of nothing.
pub(in crate::sandbox) fn bomb(octets: usize) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits { out: Vec::new(), held: 0, count: 0 };
    // The last block, with fixed codes: BFINAL, and BTYPE of two bits, the lower first.
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    bits.code(0b0011_0000, 8);
    for _ in 0..octets / 258 {
        bits.code(0b1100_0101, 8);
        bits.code(0, 5);
    }
    bits.code(0, 7);
    out.extend(bits.finish());
    out.extend([0; 8]);
    out
}

struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    /// Numbers begin with their lowest bit.
    fn push(&mut self, value: u32, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.out.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Codes begin with their highest bit.
    fn code(&mut self, code: u32, width: u32) {
        self.push(code.reverse_bits() >> (32 - width), width);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, 7);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::bomb;

    #[test]
    fn a_bomb_is_a_thousandth_of_what_it_becomes() {
        let small = bomb(258);
        // 3 bits, 8, 8 + 5, 7: 31 bits, in four octets; written down by hand from RFC 1951.
        assert_eq!(&small[..10], &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
        assert_eq!(&small[10..14], &[0b0110_0011, 0b0001_1000, 0b0000_0101, 0]);
        assert_eq!(small.len(), 10 + 4 + 8);
        assert!(bomb(10_000_000).len() < 10_000_000 / 150);
    }
}
