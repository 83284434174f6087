//! A `curl` command, as people type it and as browsers, Postman and documentation copy it: what it would send, told from its options.
//! Nothing is run, and no file is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::curl_data::{Collected, encoded, with_query, without_dots};
use super::curl_options::{CurlOption, Effect, long, short};
use super::fields::is_token;
use super::sh_words::{self, Word};
use super::{Fields, IntakeError, MAX_FIELD, MAX_FIELDS, MAX_TEXT, PastedRequest, check_url, cmd_words, limited, shown, values};

/// The most words of a command that are read.
const MAX_WORDS: usize = 10_000;

/// Reads a command: bash's quoting, or that of `cmd.exe` where its carets are seen.
///
/// # Errors
/// [`IntakeError`] for a quote that is not closed, a command other than `curl`, data from a file, a missing or unreadable URL.
pub fn request(text: &[u8]) -> Result<PastedRequest, IntakeError> {
    limited(text, MAX_TEXT)?;
    let start = without_prompt(text);
    // Places are those of the whole text: the prompt is made blank, not cut off.
    let blank = [vec![b' '; start], text.get(start..).unwrap_or_default().to_vec()].concat();
    let words = if cmd_words::is_one(&blank) { cmd_words::split(&blank)? } else { sh_words::split(&blank)? };
    if words.words.len() > MAX_WORDS {
        return Err(IntakeError::at(text, start, format!("the command has more than {MAX_WORDS} words")));
    }
    let mut own = words.words.iter().skip_while(|word| goes_before(&word.octets));
    if !own.next().is_some_and(|word| is_curl(&word.octets)) {
        return Err(IntakeError::at(text, start, "this is no curl command"));
    }
    let mut command = Command { text, notes: words.notes, ..Command::default() };
    command.read(own)?;
    command.request(start)
}

/// Whether a text begins like a `curl` command.
pub(super) fn is_one(text: &[u8]) -> bool {
    let rest = text.get(without_prompt(text)..).unwrap_or_default();
    let line = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or(rest);
    let line = line.get(..line.len().min(4096)).unwrap_or(line);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.find(|word| !goes_before(word)).is_some_and(is_curl)
}

/// Where the command begins, behind a byte order mark, blanks and a prompt.
fn without_prompt(text: &[u8]) -> usize {
    let mut rest = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
    for prompt in [&b"$ "[..], b"% ", b"> ", b"# "] {
        rest = rest.strip_prefix(prompt).map_or(rest, <[u8]>::trim_ascii_start);
    }
    text.len() - rest.len()
}

/// Variables and commands that may stand before the name of the program.
fn goes_before(word: &[u8]) -> bool {
    let assigns = memchr::memchr(b'=', word).is_some_and(|at| {
        at > 0 && word.get(..at).is_some_and(|name| name.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'_'))
    });
    assigns || matches!(word, b"sudo" | b"time" | b"env" | b"command" | b"exec")
}

fn is_curl(word: &[u8]) -> bool {
    let name = word.rsplit(|&octet| octet == b'/' || octet == b'\\').next().unwrap_or(word);
    name.eq_ignore_ascii_case(b"curl") || name.eq_ignore_ascii_case(b"curl.exe")
}

/// A command as its options are met.
#[derive(Default)]
struct Command<'a> {
    text: &'a [u8],
    notes: Vec<String>,
    method: Option<Vec<u8>>,
    url: Option<Word>,
    fields: Fields,
    /// Fields that `-H 'Name:'` takes out.
    removed: Vec<Vec<u8>>,
    /// Fields that options of their own make.
    own: Vec<(&'static str, Vec<u8>)>,
    data: Collected,
    queries: Vec<Vec<u8>>,
    credentials: Option<Vec<u8>>,
    is_get: bool,
    is_head: bool,
    is_form: bool,
    is_upload: bool,
    other_scheme: bool,
    path_as_is: bool,
    glob_off: bool,
}

impl Command<'_> {
    fn read<'w>(&mut self, words: impl Iterator<Item = &'w Word>) -> Result<(), IntakeError> {
        let mut words = words.peekable();
        let mut only_urls = false;
        while let Some(word) = words.next() {
            let octets = word.octets.as_slice();
            match octets {
                b"--" if !only_urls => only_urls = true,
                [b'-', b'-', name @ ..] if !only_urls => match std::str::from_utf8(name).ok().and_then(long) {
                    Some(option) if option.effect == Effect::Next => {
                        self.next_request();
                        return Ok(());
                    }
                    Some(option) => {
                        let value = if option.takes_value { words.next() } else { None };
                        self.option(option, word, value.map(|value| (value.octets.as_slice(), value.at)))?;
                    }
                    None => {
                        self.unknown(octets);
                        // It may take a value: what is clearly no URL is not taken as one.
                        if words.next_if(|next| !next.octets.starts_with(b"-") && !has_scheme(&next.octets)).is_some() {
                            self.note_once("the word behind an unknown option was taken as its value");
                        }
                    }
                },
                [b'-', letters @ ..] if !only_urls && !letters.is_empty() => {
                    let mut rest = letters;
                    while let [letter, behind @ ..] = rest {
                        rest = behind;
                        let Some(option) = short(*letter) else {
                            self.unknown(&[b'-', *letter]);
                            break;
                        };
                        if option.effect == Effect::Next {
                            self.next_request();
                            return Ok(());
                        }
                        let mut value = None;
                        if option.takes_value {
                            value = if rest.is_empty() {
                                words.next().map(|next| (next.octets.as_slice(), next.at))
                            } else {
                                Some((rest, word.at))
                            };
                            rest = b"";
                        }
                        self.option(option, word, value)?;
                    }
                }
                _ => self.take_url(word.clone()),
            }
        }
        Ok(())
    }

    fn next_request(&mut self) {
        self.notes.push("what follows --next is another request, which was not read".to_owned());
    }

    fn unknown(&mut self, option: &[u8]) {
        const MOST: usize = 20;
        let name = option.split(|&octet| octet == b'=').next().unwrap_or_default();
        if self.notes.len() < MOST {
            self.note_once(&format!("the option {} is unknown and was left out", shown(name)));
        }
    }

    fn take_url(&mut self, word: Word) {
        if self.url.is_none() {
            self.url = Some(word);
        } else {
            self.note_once("there are several URLs; the first was taken");
        }
    }

    fn note_once(&mut self, note: &str) {
        if !self.notes.iter().any(|have| have == note) {
            self.notes.push(note.to_owned());
        }
    }

    fn option(&mut self, option: CurlOption, word: &Word, value: Option<(&[u8], usize)>) -> Result<(), IntakeError> {
        let (value, at) = match value {
            Some(value) => value,
            None if option.takes_value => {
                return Err(IntakeError::at(self.text, word.at, format!("the option {} has no value", shown(&word.octets))));
            }
            None => (&b""[..], word.at),
        };
        match option.effect {
            Effect::Nothing => {}
            Effect::Method => self.method = Some(value.to_vec()),
            Effect::Header => self.header(value, at)?,
            Effect::Data(kind) => self.data.add(kind, value, self.text, at)?,
            Effect::Get => self.is_get = true,
            Effect::Head => self.is_head = true,
            Effect::Form => self.is_form = true,
            Effect::Upload => self.is_upload = true,
            Effect::User => self.credentials = Some([b"Basic ", STANDARD.encode(value).as_bytes()].concat()),
            Effect::OtherScheme => self.other_scheme = true,
            Effect::Bearer => self.credentials = Some([b"Bearer ", value].concat()),
            Effect::Field(name) => self.default_field(name, value),
            Effect::Cookie if memchr::memchr(b'=', value).is_some() => self.default_field("Cookie", value),
            Effect::Cookie => self.note_once("the file of --cookie was not read"),
            Effect::Range => self.default_field("Range", &[b"bytes=", value].concat()),
            Effect::Url => self.take_url(Word { octets: value.to_vec(), at }),
            Effect::UrlQuery => {
                let query = match value {
                    [b'+', raw @ ..] => Some(raw.to_vec()),
                    value => encoded(value),
                };
                self.queries.push(query.ok_or_else(|| IntakeError::at(self.text, at, "the query is in a file, which is not read here"))?);
            }
            Effect::PathAsIs => self.path_as_is = true,
            Effect::GlobOff => self.glob_off = true,
            Effect::Next => {}
            Effect::NotFollowed(note) => self.note_once(note),
        }
        Ok(())
    }

    /// `-H`: `Name: value` is sent, `Name:` takes curl's own field out, `Name;` sends an empty one.
    fn header(&mut self, value: &[u8], at: usize) -> Result<(), IntakeError> {
        if value.starts_with(b"@") {
            self.note_once("the file of --header was not read");
            return Ok(());
        }
        if value.len() > MAX_FIELD || self.fields.len() + self.removed.len() >= MAX_FIELDS {
            return Err(IntakeError::at(
                self.text,
                at,
                format!("the header has more than {MAX_FIELDS} fields, or one of more than {MAX_FIELD} octets"),
            ));
        }
        let Some(end) = memchr::memchr2(b':', b';', value).filter(|&end| end > 0) else {
            self.note_once("a header without a colon was left out, as curl does");
            return Ok(());
        };
        let (name, rest) = value.split_at(end);
        let content = rest.get(1..).unwrap_or_default().trim_ascii();
        match (rest.first(), content.is_empty()) {
            (Some(b':'), true) => self.removed.push(name.to_vec()),
            (Some(b';'), false) => self.note_once("a header without a colon was left out, as curl does"),
            _ => self.fields.push((name.trim_ascii().to_vec(), content.to_vec())),
        }
        Ok(())
    }

    /// A field that an option of its own makes: the last one counts, an empty one is not sent, and cookies are joined.
    fn default_field(&mut self, name: &'static str, value: &[u8]) {
        match self.own.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if name == "Cookie" => known.extend_from_slice(&[b"; ", value].concat()),
            Some((_, known)) => *known = value.to_vec(),
            None => self.own.push((name, value.to_vec())),
        }
    }

    /// Adds a field of curl's own, unless the command has it or takes it out.
    fn add_default(&mut self, name: &str, value: &[u8]) {
        let is_removed = self.removed.iter().any(|removed| removed.eq_ignore_ascii_case(name.as_bytes()));
        if !is_removed && values(&self.fields, name).next().is_none() {
            self.fields.push((name.as_bytes().to_vec(), value.to_vec()));
        }
    }

    fn request(mut self, start: usize) -> Result<PastedRequest, IntakeError> {
        let Some(url) = self.url.take() else { return Err(IntakeError::at(self.text, start, "the command has no URL")) };
        let method = self.method.take().unwrap_or_else(|| self.default_method().to_vec());
        if method.is_empty() || !method.iter().all(|&octet| is_token(octet)) {
            return Err(IntakeError::at(self.text, start, "the method of the command is no method"));
        }
        let mut address = self.absolute(&url.octets);
        if !self.queries.is_empty() {
            address = with_query(&address, &self.queries.join(&b'&'));
        }
        let mut body = self.data.octets.take();
        let is_json = self.data.is_json;
        if self.is_get
            && let Some(query) = body.take().filter(|query| !query.is_empty())
        {
            address = with_query(&address, &query);
        }
        check_url(&address, self.text, url.at)?;
        if self.is_form {
            body = None;
            self.add_default("Content-Type", b"multipart/form-data");
            self.note_once("a multipart body is not signed (RFC 5849 section 3.4.1.3.1) and was left out");
        } else if self.is_upload {
            self.note_once("the file that is uploaded was not read; the body is taken as empty");
        } else if body.is_some() && is_json {
            self.add_default("Content-Type", b"application/json");
            self.add_default("Accept", b"application/json");
        } else if body.is_some() {
            self.add_default("Content-Type", b"application/x-www-form-urlencoded");
        }
        for (name, value) in std::mem::take(&mut self.own) {
            if !value.is_empty() {
                self.add_default(name, &value);
            }
        }
        match self.credentials.take() {
            Some(credentials) if !self.other_scheme => self.add_default("Authorization", &credentials),
            _ => {}
        }
        Ok(PastedRequest { method, url: address, headers: self.fields, body, notes: self.notes })
    }

    fn default_method(&self) -> &'static [u8] {
        if self.is_head {
            b"HEAD"
        } else if self.is_get {
            b"GET"
        } else if self.data.octets.is_some() || self.is_form {
            b"POST"
        } else if self.is_upload {
            b"PUT"
        } else {
            b"GET"
        }
    }

    /// The URL with a scheme; curl takes http where there is none.
    fn absolute(&mut self, url: &[u8]) -> Vec<u8> {
        if !self.glob_off && url.iter().any(|octet| b"[]{}".contains(octet)) {
            self.note_once("curl takes [] and {} in a URL as patterns, unless --globoff is given; they were taken as they stand");
        }
        let path = url.get(..memchr::memchr2(b'?', b'#', url).unwrap_or(url.len())).unwrap_or(url);
        if !path.is_ascii() {
            self.note_once("curl encodes the octets of a path that are not ASCII; they were taken as they stand");
        }
        if memchr::memmem::find(url, b"://").is_some() {
            return if self.path_as_is { url.to_vec() } else { without_dots(url) };
        }
        self.note_once("http was assumed, as curl does for a URL without a scheme");
        let url = [b"http://", url].concat();
        if self.path_as_is { url } else { without_dots(&url) }
    }
}

fn has_scheme(word: &[u8]) -> bool {
    memchr::memmem::find(word, b"://").is_some()
}
