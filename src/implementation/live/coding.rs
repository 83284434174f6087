//! The content coding of a body (RFC 9110 section 8.4), taken off piece by piece. The limit counts what comes out, and nothing more is
//! unpacked beyond it, so that a small answer cannot become a large one.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

use super::Trouble;
use super::head::Head;
use super::trouble::shown;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Deflate,
}

impl Coding {
    /// Reads it from a head.
    ///
    /// # Errors
    /// [`Trouble::Body`] for a coding that is unknown, or for several one inside the other: no server needs that, and bombs do.
    pub(super) fn of(head: &Head) -> Result<Coding, Trouble> {
        let mut found = Coding::Identity;
        for word in head.words("content-encoding") {
            let coding = match word.to_ascii_lowercase().as_slice() {
                b"" | b"identity" => continue,
                b"gzip" | b"x-gzip" => Coding::Gzip,
                b"deflate" => Coding::Deflate,
                _ => return Err(Trouble::Body(format!("its content coding is unknown: \"{}\"", shown(word)))),
            };
            if found != Coding::Identity {
                return Err(Trouble::Body("it has several content codings".to_owned()));
            }
            found = coding;
        }
        Ok(found)
    }

    /// The most octets on the wire of a body of so many octets. What cannot be packed becomes a little larger (RFC 1951 section 3.2.4).
    pub(super) const fn most_packed(self, body: usize) -> usize {
        match self {
            Coding::Identity => body,
            Coding::Gzip | Coding::Deflate => body.saturating_add(body / 64).saturating_add(1024),
        }
    }
}

/// A body that is being unpacked.
pub(super) struct Unpacking {
    packing: Packing,
    packed: usize,
    most_packed: usize,
    most: usize,
}

enum Packing {
    Identity(Kept),
    Gzip(Box<MultiGzDecoder<Kept>>),
    Deflate(Inflating),
}

impl Unpacking {
    /// Begins with a body of at most so many octets.
    pub(super) fn new(coding: Coding, most: usize) -> Unpacking {
        let kept = Kept { octets: Vec::new(), most, is_over: false };
        let packing = match coding {
            Coding::Identity => Packing::Identity(kept),
            Coding::Gzip => Packing::Gzip(Box::new(MultiGzDecoder::new(kept))),
            Coding::Deflate => Packing::Deflate(Inflating { beginning: Vec::new(), inflate: None, is_over: false, kept }),
        };
        Unpacking { packing, packed: 0, most_packed: coding.most_packed(most), most }
    }

    /// Takes the next octets of the wire.
    ///
    /// # Errors
    /// [`Trouble::TooLarge`] and [`Trouble::Body`].
    pub(super) fn take(&mut self, octets: &[u8]) -> Result<(), Trouble> {
        let taken = octets.get(..self.most_packed.saturating_sub(self.packed)).unwrap_or(octets);
        self.packed += taken.len();
        let (result, coding) = match &mut self.packing {
            Packing::Identity(kept) => (kept.write_all(taken), ""),
            Packing::Gzip(gzip) => (gzip.write_all(taken), "gzip"),
            Packing::Deflate(inflating) => (inflating.write_all(taken), "deflate"),
        };
        if result.is_ok() && taken.len() < octets.len() {
            return Err(self.too_large());
        }
        result.map_err(|_| {
            if self.is_over() { self.too_large() } else { Trouble::Body(format!("it is not the {coding} that it is said to be")) }
        })
    }

    /// The body, if it is whole. One without any octet is empty in every coding: servers name the coding of an answer that has no content.
    ///
    /// # Errors
    /// As [`Unpacking::take`].
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Trouble> {
        if self.packed == 0 {
            return Ok(Vec::new());
        }
        let is_whole = match &mut self.packing {
            Packing::Identity(_) => true,
            Packing::Gzip(gzip) => gzip.try_finish().is_ok(),
            Packing::Deflate(inflating) => inflating.is_over,
        };
        if self.is_over() {
            return Err(self.too_large());
        }
        if !is_whole {
            return Err(Trouble::Body("its compression is cut, or its checksum is another".to_owned()));
        }
        Ok(std::mem::take(&mut self.kept().octets))
    }

    fn kept(&mut self) -> &mut Kept {
        match &mut self.packing {
            Packing::Identity(kept) => kept,
            Packing::Gzip(gzip) => gzip.get_mut(),
            Packing::Deflate(inflating) => &mut inflating.kept,
        }
    }

    fn is_over(&mut self) -> bool {
        self.kept().is_over
    }

    const fn too_large(&self) -> Trouble {
        Trouble::TooLarge("the body", self.most)
    }
}

/// What is kept of a body: all of it, or none of what goes beyond the limit.
struct Kept {
    octets: Vec<u8>,
    most: usize,
    is_over: bool,
}

impl Write for Kept {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if octets.len() > self.most.saturating_sub(self.octets.len()) {
            self.is_over = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.octets.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The coding `deflate`: a zlib stream (RFC 1950), or the bare deflate stream (RFC 1951) that some servers send under this name, as RFC 9110
/// section 8.4.1.2 notes.
struct Inflating {
    /// The first octets, until it is known which of the two it is.
    beginning: Vec<u8>,
    inflate: Option<Decompress>,
    is_over: bool,
    kept: Kept,
}

impl Write for Inflating {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.inflate.is_some() {
            self.unpack(octets)?;
            return Ok(octets.len());
        }
        self.beginning.extend_from_slice(octets);
        if let [method, check, ..] = *self.beginning.as_slice() {
            let is_zlib = method & 0x0f == 8 && u16::from_be_bytes([method, check]).is_multiple_of(31);
            self.inflate = Some(Decompress::new(is_zlib));
            let beginning = std::mem::take(&mut self.beginning);
            self.unpack(&beginning)?;
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Inflating {
    fn unpack(&mut self, octets: &[u8]) -> io::Result<()> {
        let Some(inflate) = &mut self.inflate else { return Ok(()) };
        let (mut octets, mut block) = (octets, [0; 8 * 1024]);
        while !self.is_over {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(octets, &mut block, FlushDecompress::None)?;
            let read = usize::try_from(inflate.total_in() - read).unwrap_or(usize::MAX);
            let written = usize::try_from(inflate.total_out() - written).unwrap_or(usize::MAX);
            octets = octets.get(read..).unwrap_or_default();
            self.kept.write_all(block.get(..written).unwrap_or_default())?;
            self.is_over = status == Status::StreamEnd;
            // A full block may mean that there is more to come out without anything going in.
            if written < block.len() && octets.is_empty() || read == 0 && written == 0 {
                break;
            }
        }
        if octets.is_empty() { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }
}
