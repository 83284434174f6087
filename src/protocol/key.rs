//! The key of a derivation (RFC 5849 sections 3.4.2 and 3.4.4), and HMAC-SHA1 with a key that stays (RFC 2104 sections 2 and 4). Most
//! requests are signed with the secrets of the one before. Their key is then the same, and so is what either hash of an HMAC is behind
//! its first block, because that block is made of the key alone: only the text is left to be hashed.

use hmac::digest::block_buffer::EagerBuffer;
use hmac::digest::core_api::Block;
use hmac::digest::typenum::U64;
use sha1::{Digest, Sha1, Sha1Core, compress};
use zeroize::{Zeroize, Zeroizing};

use super::buffer::Buffer;
use super::credentials::Secrets;

/// The octets of a block of SHA-1.
const BLOCK: usize = 64;

/// The octets of a hash.
const HASH: usize = 20;

/// What SHA-1 carries from one block to the next.
type State = [u32; 5];

/// Where it begins (FIPS 180-4 section 5.3.1).
const INITIAL: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// A key with all that is known of it: secrets, which are cleared with it.
#[derive(Clone, Default)]
pub(super) struct Key {
    text: Buffer,
    /// Whether it is the key of this derivation, and not one that was kept.
    is_current: bool,
    /// The secrets that it was made of in the way of the specification, one behind the other, and the length of the client's. `None` for
    /// a key that was made in another way.
    secrets: Buffer,
    client: Option<usize>,
    /// The states of the inner and of the outer hash behind the block that is made of the key; `None` until they are asked for.
    states: Option<[State; 2]>,
}

impl Key {
    /// The key of this derivation; empty if it has none.
    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        if self.is_current { &self.text } else { &[] }
    }

    /// Puts the key aside: the next derivation may have another.
    #[inline]
    pub(super) fn put_aside(&mut self) {
        self.is_current = false;
    }

    /// Makes the key of this derivation in the way of the specification, unless it was made of these secrets before.
    #[inline]
    pub(super) fn make_of(&mut self, secrets: &Secrets<'_>, write: impl FnOnce(&mut Buffer)) {
        let known = self.client.and_then(|client| self.secrets.split_at_checked(client));
        if known != Some((secrets.client(), secrets.token())) {
            self.make(write);
            // At once, so that no half of them is left in memory that grew.
            self.secrets.append_two(secrets.client(), secrets.token());
            self.client = Some(secrets.client().len());
        }
        self.is_current = true;
    }

    /// Makes the key of this derivation in any way.
    #[inline]
    pub(super) fn make(&mut self, write: impl FnOnce(&mut Buffer)) {
        self.wipe();
        write(&mut self.text);
        self.is_current = true;
    }

    /// Appends the twenty octets of the HMAC-SHA1 of a text.
    pub(super) fn append_hmac(&mut self, text: &[u8], out: &mut Buffer) {
        let [mut inner, mut outer] = *self.states.get_or_insert_with(|| states(&self.text));
        let mut rest = EagerBuffer::<U64>::default();
        rest.digest_blocks(text, |blocks| compress(&mut inner, blocks));
        rest.len64_padding_be(bits_behind_a_block(text.len()), |block| compress(&mut inner, std::slice::from_ref(block)));
        let mut last = [0; BLOCK];
        write(&inner, &mut last);
        last[HASH] = 0x80;
        *last.last_chunk_mut().unwrap_or(&mut [0; 8]) = bits_behind_a_block(HASH).to_be_bytes();
        compress(&mut outer, &[last.into()]);
        let mut hash = [0; HASH];
        write(&outer, &mut hash);
        out.append(&hash);
    }

    fn wipe(&mut self) {
        self.text.wipe();
        self.secrets.wipe();
        self.states.zeroize();
        self.client = None;
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// The states behind the blocks of a key.
fn states(key: &[u8]) -> [State; 2] {
    let mut block = Zeroizing::new([0; BLOCK]);
    match block.get_mut(..key.len()) {
        Some(place) => place.copy_from_slice(key),
        // A key that is longer than a block is hashed first.
        None => {
            let mut digest = Sha1::digest(key);
            block[..HASH].copy_from_slice(&digest);
            digest.as_mut_slice().zeroize();
        }
    }
    [0x36, 0x5c].map(|pad| {
        // In its place: what an array is mapped to is copied, and the copies stay.
        let mut padded = Block::<Sha1Core>::default();
        padded.iter_mut().zip(block.iter()).for_each(|(place, octet)| *place = octet ^ pad);
        let mut state = INITIAL;
        compress(&mut state, std::slice::from_ref(&padded));
        padded.as_mut_slice().zeroize();
        state
    })
}

/// The length of a text with one block before it, as the padding of SHA-1 states it.
#[inline]
fn bits_behind_a_block(length: usize) -> u64 {
    (BLOCK as u64).wrapping_add(length as u64).wrapping_mul(8)
}

#[inline]
fn write(state: &State, octets: &mut [u8]) {
    for (place, word) in octets.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, Mac};

    use super::*;

    fn hmac(key: &mut Key, text: &[u8]) -> Vec<u8> {
        let mut out = Buffer::default();
        key.append_hmac(text, &mut out);
        out.to_vec()
    }

    fn hexadecimal(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// RFC 2202 section 3, test cases 1 to 3, 6 and 7.
    #[test]
    fn the_published_values_are_computed() {
        let mut key = Key::default();
        for (octets, text, expected) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b617318655057264e28bc0b6fb378c8ef146be00"),
            (b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (&[0xaa; 20], &[0xdd; 50], "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
            (&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First", "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
            ),
        ] {
            key.make(|out| out.append(octets));
            assert_eq!(hexadecimal(&hmac(&mut key, text)), expected);
        }
    }

    #[test]
    fn keys_and_texts_of_every_length_give_what_the_crate_gives_whichever_key_was_kept() {
        let octets: Vec<u8> = (0..=255).cycle().take(400).collect();
        let mut key = Key::default();
        for text_of_key in [0, 1, 33, 63, 64, 65, 200].map(|length| &octets[..length]) {
            key.make(|out| out.append(text_of_key));
            for length in 0..300 {
                let text = &octets[100..][..length];
                let mut mac = Hmac::<Sha1>::new_from_slice(text_of_key).unwrap();
                mac.update(text);
                assert_eq!(hmac(&mut key, text), &*mac.finalize().into_bytes(), "{} and {length}", text_of_key.len());
            }
        }
    }

    #[test]
    fn a_key_is_made_again_for_other_secrets_only_and_after_another_way() {
        let mut key = Key::default();
        let mut made = Vec::new();
        for (client, token) in [("a", "b"), ("a", "b"), ("ab", ""), ("", "ab"), ("", ""), ("", "")] {
            let secrets = Secrets::new(client.as_bytes(), token.as_bytes());
            key.put_aside();
            assert_eq!(key.text(), b"");
            key.make_of(&secrets, |out| {
                made.push((client, token));
                out.append(client.as_bytes());
                out.push(b'&');
            });
            assert_eq!(key.text(), format!("{client}&").as_bytes());
        }
        assert_eq!(made, [("a", "b"), ("ab", ""), ("", "ab"), ("", "")]);
        key.make(|out| out.append(b"x"));
        key.make_of(&Secrets::new(b"", b""), |out| out.append(b"y"));
        assert_eq!(key.text(), b"y");
    }

    #[test]
    fn nothing_is_left_of_a_key_after_another() {
        let mut key = Key::default();
        key.make_of(&Secrets::new(b"a secret of the client", b"another"), |out| out.append(b"a secret of the client"));
        hmac(&mut key, b"");
        key.make_of(&Secrets::new(b"b", b""), |out| out.append(b"b"));
        assert!(key.states.is_none());
        for buffer in [&key.text, &key.secrets] {
            assert!(buffer.padded(1..128).octets().iter().all(|octet| *octet == 0));
        }
        assert_eq!(format!("{key:?}"), "Key(..)");
    }
}
