//! The RSA key of the last question: reading a PEM takes longer than everything else about a signature, and neighbours in a suite mostly
//! share their key.

use crate::protocol::Malformed;

/// The longest text that is read as a key, in octets: an RSA key of 16,384 bits is shorter. Numbers without a limit would be calculated with
/// for hours.
const LIMIT: usize = 16 * 1024;

/// The last key that was read, beside its text.
#[derive(Clone, Debug)]
pub(super) struct LastKey<K> {
    last: Option<(Box<str>, Result<K, Malformed>)>,
}

impl<K> Default for LastKey<K> {
    fn default() -> LastKey<K> {
        LastKey { last: None }
    }
}

impl<K> LastKey<K> {
    /// Reads a key, or finds that it is the last one.
    ///
    /// # Errors
    /// What `from_pem` says; [`Malformed::Key`] if there is no text, or too much of it.
    pub(super) fn read(&mut self, pem: Option<&str>, from_pem: fn(&str) -> Result<K, Malformed>) -> Result<&K, Malformed> {
        let pem = pem.ok_or(Malformed::Key("there is none"))?;
        if pem.len() > LIMIT {
            return Err(Malformed::Key("it is longer than 16 KiB"));
        }
        let last = self.last.take().filter(|(text, _)| **text == *pem);
        let (_, key) = self.last.insert(last.unwrap_or_else(|| (pem.into(), from_pem(pem))));
        key.as_ref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Malformed> {
        if text.is_empty() { Err(Malformed::Key("it is empty")) } else { Ok(text.to_owned()) }
    }

    fn never(_: &str) -> Result<String, Malformed> {
        panic!("it is read a second time")
    }

    #[test]
    fn a_key_is_read_once_and_another_one_anew() {
        let mut keys = LastKey::default();
        assert_eq!(keys.read(Some("a"), read).unwrap(), "a");
        assert_eq!(keys.read(Some("a"), never).unwrap(), "a");
        assert_eq!(keys.read(Some("b"), read).unwrap(), "b");
        assert_eq!(keys.read(Some(""), read), Err(Malformed::Key("it is empty")));
        assert_eq!(keys.read(Some(""), never), Err(Malformed::Key("it is empty")));
        assert_eq!(keys.read(None, never), Err(Malformed::Key("there is none")));
        assert!(keys.read(Some(&"a".repeat(LIMIT + 1)), never).is_err());
    }
}
