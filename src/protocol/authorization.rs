//! The Authorization header (RFC 5849 section 3.5.1; its grammar is RFC 2617 section 1.2) as it is read; [`super::sending`] writes it.

use super::buffer::{Buffer, Padded};
use super::encoding::percent_decode;
use super::error::Malformed;
use super::parameters::{Parameters, Source};
use super::scan;

/// An Authorization header of the OAuth scheme, read.
#[derive(Clone, Debug, Default)]
pub struct Authorization {
    /// The realm: a quoted-string with its backslash escapes undone, not percent-decoded. `None` if there is none.
    pub realm: Option<Vec<u8>>,
    /// All other parameters, names and values decoded, in their order.
    pub parameters: Parameters,
}

/// Whether a field's value is of the OAuth scheme: the name in any letter case, then white space or nothing.
#[must_use]
#[inline]
pub fn is_oauth(value: &[u8]) -> bool {
    let value = value.trim_ascii_start();
    match value.split_at_checked(5) {
        Some((scheme, rest)) => scheme.eq_ignore_ascii_case(b"OAuth") && rest.first().is_none_or(u8::is_ascii_whitespace),
        None => false,
    }
}

impl Authorization {
    /// Reads a header's value: `OAuth`, then `name="value"` parameters separated by commas and optional white space.
    ///
    /// Lenient where the text leaves room: no parameters at all (other rules ask for them), empty list elements (RFC 2616 section
    /// 2.1, rule `#`), characters in quotes that an encoder would have escaped. Strict elsewhere: no unquoted values, no single
    /// quotes, no other separators, no white space around `=`.
    ///
    /// # Errors
    /// [`Malformed::Header`] with the octet, or [`Malformed::PercentEncoding`] with the octet inside the name or value.
    pub fn parse(value: &[u8]) -> Result<Authorization, Malformed> {
        let mut read = Authorization::default();
        read.parse_again(value, &mut Buffer::default()).map(|()| read)
    }

    /// [`Authorization::parse`] into the buffers of an earlier one.
    ///
    /// # Errors
    /// As [`Authorization::parse`].
    pub fn parse_again(&mut self, value: &[u8], quoted: &mut Buffer) -> Result<(), Malformed> {
        self.realm = None;
        self.parameters.clear();
        if !is_oauth(value) {
            return Err(Malformed::Header { at: 0, what: "the scheme is not OAuth" });
        }
        let mut reader = Reader { text: value, at: 0 };
        reader.skip_white();
        reader.at += 5;
        loop {
            reader.skip_white();
            match reader.peek() {
                None => return Ok(()),
                Some(b',') => {
                    reader.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            if reader.plain_parameter(&mut self.parameters) {
                continue;
            }
            let name = reader.name()?;
            let value = reader.quoted_string(quoted)?;
            // A token of RFC 2617, which has no letter case; the names of protocol parameters do (section 3.1).
            if name.octets().eq_ignore_ascii_case(b"realm") {
                if self.realm.replace(value.octets().to_vec()).is_some() {
                    return Err(reader.wrong("realm stands there twice"));
                }
            } else {
                let (mut in_name, mut in_value) = (Ok(()), Ok(()));
                self.parameters.push_with(
                    Source::Header,
                    // Hardly any name has escapes.
                    |octets| match memchr::memchr(b'%', name.octets()) {
                        Some(_) => in_name = percent_decode(name, octets),
                        None => octets.append_padded(name),
                    },
                    |octets| in_value = percent_decode(value, octets),
                );
                in_name.and(in_value)?;
            }
            reader.skip_white();
            if !matches!(reader.peek(), None | Some(b',')) {
                return Err(reader.wrong("parameters are separated by commas"));
            }
        }
    }
}

/// A place in the header's value.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn wrong(&self, what: &'static str) -> Malformed {
        Malformed::Header { at: self.at, what }
    }

    /// Linear white space, folded lines included.
    #[inline]
    fn skip_white(&mut self) {
        while self.peek().is_some_and(|octet| octet.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Reads what most parameters are: name and value of unreserved characters, and a comma behind them. Anything else, and a realm, is left
    /// for a closer look.
    #[inline]
    fn plain_parameter(&mut self, into: &mut Parameters) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let name = Padded::of(rest, scan::unreserved(rest));
        let Some([b'=', b'"', behind @ ..]) = rest.get(name.length..) else { return false };
        let value = Padded::of(behind, scan::unreserved(behind));
        let Some([b'"', b',', ..]) = behind.get(value.length..) else { return false };
        if name.length == 0 || name.octets().eq_ignore_ascii_case(b"realm") {
            return false;
        }
        into.push_padded(name, value, Source::Header);
        self.at += name.length + value.length + br#"="","#.len();
        true
    }

    /// A name and the `=` that follows it at once.
    fn name(&mut self) -> Result<Padded<'a>, Malformed> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = scan::find(rest, |octet| !IN_NAME[octet as usize]).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.wrong("a parameter's name is missing"));
        }
        self.at += length;
        if rest.get(length) != Some(&b'=') {
            return Err(self.wrong("`=` does not follow the name"));
        }
        self.at += 1;
        Ok(Padded::of(rest, length))
    }

    /// A quoted-string of RFC 2616 section 2.2, its backslash escapes undone: where there are none, as it lies in the header.
    fn quoted_string<'b>(&mut self, unescaped: &'b mut Buffer) -> Result<Padded<'b>, Malformed>
    where
        'a: 'b,
    {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("the value is not in double quotes"));
        }
        self.at += 1;
        unescaped.clear();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(end) = scan::find(rest, |octet| matches!(octet, b'"' | b'\\') || is_forbidden(octet)) else {
                self.at = self.text.len();
                return Err(self.wrong("the closing quote is missing"));
            };
            let run = rest.get(..end).unwrap_or_default();
            self.at += end;
            match self.peek() {
                Some(b'"') if unescaped.is_empty() => {
                    self.at += 1;
                    return Ok(Padded::of(rest, end));
                }
                Some(b'"') => {
                    self.at += 1;
                    unescaped.append(run);
                    return Ok(Padded::from(&*unescaped));
                }
                Some(b'\\') => self.at += 1,
                _ => return Err(self.wrong("a control character")),
            }
            unescaped.append(run);
            unescaped.push(self.peek().ok_or_else(|| self.wrong("the closing quote is missing"))?);
            self.at += 1;
        }
    }
}

/// Control characters that no quoted-string has outside an escape (RFC 2616 section 2.2): all but those of folded lines.
const fn is_forbidden(octet: u8) -> bool {
    octet.is_ascii_control() && !octet.is_ascii_whitespace()
}

/// What may stand in a parameter's name: visible characters but those that end it.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0x21;
    while octet < 0x7f {
        table[octet] = !matches!(octet as u8, b'=' | b'"' | b',' | b'\\');
        octet += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(String, String)>;

    fn read(value: &str) -> Result<(Option<String>, Pairs), Malformed> {
        let read = Authorization::parse(value.as_bytes())?;
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        Ok((
            read.realm.as_deref().map(text),
            read.parameters.iter().map(|parameter| (text(parameter.name), text(parameter.value))).collect(),
        ))
    }

    #[test]
    fn what_the_grammar_allows_is_read() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (value, realm, parameters) in [
            ("OAuth", None, vec![]),
            ("oauth\ta=\"1\"", None, vec![pair("a", "1")]),
            ("  OAUTH a=\"1\",b=\"2\" , c=\"\"", None, vec![pair("a", "1"), pair("b", "2"), pair("c", "")]),
            ("OAuth a=\"%41+%2B=,\",\r\n  %6e=\"x\"", None, vec![pair("a", "A++=,"), pair("n", "x")]),
            ("OAuth a=\"1\", REALM=\"say \\\"%20\\\"\"", Some("say \"%20\""), vec![pair("a", "1")]),
            ("OAuth ,, a=\"1\",", None, vec![pair("a", "1")]),
        ] {
            assert_eq!(read(value).unwrap(), (realm.map(str::to_owned), parameters), "{value}");
        }
    }

    #[test]
    fn what_it_does_not_allow_is_refused_with_its_place() {
        for (value, at) in [
            ("Basic a=\"1\"", 0),
            ("OAuth,a=\"1\"", 0),
            ("OAuthX", 0),
            ("OAut", 0),
            ("OAuth a=1", 8),
            ("OAuth a='1'", 8),
            ("OAuth a =\"1\"", 7),
            ("OAuth a= \"1\"", 8),
            ("OAuth a=\"1\" b=\"2\"", 12),
            ("OAuth a=\"1\"&b=\"2\"", 11),
            ("OAuth a=\"1", 10),
            ("OAuth a=\"1\\", 11),
            ("OAuth =\"1\", a=\"1\"", 6),
            ("OAuth a=\"1\", =\"1\",", 13),
            ("OAuth =\"1\"", 6),
            ("OAuth a", 7),
            ("OAuth a=\"\u{1}\"", 9),
            ("OAuth a=\"\u{7f}\"", 9),
            ("OAuth a\u{7f}=\"1\"", 7),
            ("OAuth a\\=\"1\"", 7),
            ("OAuth \u{1f}=\"1\"", 6),
        ] {
            assert!(matches!(read(value), Err(Malformed::Header { at: place, .. }) if place == at), "{value}: {:?}", read(value));
        }
        assert!(matches!(read("OAuth realm=\"a\", realm=\"b\""), Err(Malformed::Header { .. })));
        assert_eq!(read("OAuth a=\"x%4\""), Err(Malformed::PercentEncoding(1)));
        assert_eq!(read("OAuth a%=\"x\""), Err(Malformed::PercentEncoding(1)));
    }
}
