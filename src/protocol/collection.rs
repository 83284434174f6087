//! Which parameters are signed (RFC 5849 section 3.4.1.3.1): how queries and forms are read, what is collected, and a place for what
//! some implementations do to the list afterwards.

use super::buffer::Buffer;
use super::encoding::form_decode;
use super::error::Malformed;
use super::parameters::{Parameter, Parameters, Source};
use super::request::{Request, Url};

/// Is told each piece of a query or form: name and value as they are written, no value without `=`.
pub type EachPiece<'a> = &'a mut dyn FnMut(&[u8], Option<&[u8]>);

/// Cuts a query or a form into its pieces: for each, a name and a value as they are written, `None` for a piece without `=`.
pub type Cut = fn(&[u8], &mut dyn FnMut(&[u8], Option<&[u8]>));

/// Collects the parameters that are signed.
pub type Collect = fn(FormReader, &Request<'_>, &mut Parameters) -> Result<(), Malformed>;

/// Decodes a name or a value of a query or form.
pub type Decode = fn(Piece, &[u8], &mut Buffer);

/// What is being decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands.
    pub source: Source,
    /// Whether it is a name; a value otherwise.
    pub is_name: bool,
}

/// What of a URL is read as its query.
pub type QueryOf = for<'a> fn(&Url<'a>) -> Option<&'a [u8]>;

/// The body of a request, if it is read as a form.
pub type FormOf = for<'a> fn(&Request<'a>) -> Result<Option<&'a [u8]>, Malformed>;

/// How a query or a form is found and read into decoded pairs. `None` is the specification's way: cutting and decoding at once, in one
/// pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct FormReader {
    /// What is read as the query.
    pub query: Option<QueryOf>,
    /// Which body is read as a form.
    pub form: Option<FormOf>,
    /// How it is cut into pairs.
    pub cut: Option<Cut>,
    /// How names and values are decoded.
    pub decode: Option<Decode>,
}

impl FormReader {
    /// The specification's reading: cut at `&` and the first `=`, `%XX` and `+` decoded.
    pub const RFC5849: FormReader = FormReader { query: None, form: None, cut: None, decode: None };

    /// Whether it is the specification's reading.
    #[must_use]
    #[inline]
    pub const fn is_rfc5849(self) -> bool {
        matches!(self, FormReader { query: None, form: None, cut: None, decode: None })
    }

    /// What of this URL is read as its query.
    #[inline]
    #[must_use]
    pub fn query<'a>(self, url: &Url<'a>) -> Option<&'a [u8]> {
        match self.query {
            None => url.query,
            Some(query) => query(url),
        }
    }

    /// The body of this request, if it is read as a form.
    ///
    /// # Errors
    /// As [`Request::form`].
    #[inline]
    pub fn form<'a>(self, request: &Request<'a>) -> Result<Option<&'a [u8]>, Malformed> {
        match self.form {
            None => request.form(),
            Some(form) => form(request),
        }
    }

    /// Appends the pairs of a query or form, decoded.
    pub fn read(self, text: &[u8], source: Source, into: &mut Parameters) {
        if self.cut.is_none() && self.decode.is_none() {
            return into.push_form(text, source);
        }
        let cut = self.cut.unwrap_or(cut);
        let decode = self.decode.unwrap_or(|_, text, out| form_decode(text, out));
        cut(text, &mut |name, value| {
            let write_name = |out: &mut Buffer| decode(Piece { source, is_name: true }, name, out);
            let write_value = |out: &mut Buffer| decode(Piece { source, is_name: false }, value.unwrap_or_default(), out);
            into.push_with(source, write_name, write_value);
            if value.is_none() {
                into.mark_bare();
            }
        });
    }
}

/// Cuts at `&` and at the first `=`; empty pieces are skipped. What [`super::encoding::read_form`] does, without decoding.
pub fn cut(text: &[u8], piece: EachPiece<'_>) {
    for part in text.split(|&octet| octet == b'&').filter(|part| !part.is_empty()) {
        match memchr::memchr(b'=', part) {
            Some(equals) => piece(part.get(..equals).unwrap_or_default(), part.get(equals + 1..)),
            None => piece(part, None),
        }
    }
}

/// The parameters that are signed (section 3.4.1.3.1): of the query, of the Authorization header, and of a form body, whatever the
/// method. It is a list and not a set. `oauth_signature` is left out wherever it stands; `realm` only in the header, where it never
/// becomes a parameter: a `realm` of query or body is signed like any other. So is an `oauth_` name of query or body beside a header: that
/// it must not be there (section 3.5) is what a verifier says, and signing it leaves nothing unsigned.
///
/// # Errors
/// As [`Request::form`].
pub fn collect(reader: FormReader, request: &Request<'_>, into: &mut Parameters) -> Result<(), Malformed> {
    request.gather_with(reader, into)?;
    // Before it is signed, a request has no signature.
    if !into.iter().all(is_signed) {
        into.retain(is_signed);
    }
    Ok(())
}

/// [`collect`] out of what was gathered already.
pub(super) fn collect_from(gathered: &Parameters, into: &mut Parameters) {
    into.append_those(gathered, is_signed);
}

#[inline]
fn is_signed(parameter: Parameter<'_>) -> bool {
    parameter.name != b"oauth_signature"
}

/// Whether this is the specification's way to collect. Two functions of the same body may have the same address, and then do the same; one
/// function with two addresses may be taken for another, which costs time and nothing else.
#[inline]
pub(super) fn is_rfc5849(way: Collect) -> bool {
    std::ptr::fn_addr_eq(way, collect as Collect)
}

/// Something that is done to the list of parameters. The specification does nothing.
pub type Step = fn(&Request<'_>, &mut Parameters);

/// How many steps there may be.
const MOST: usize = 12;

/// Steps in their order.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    steps: [Option<Step>; MOST],
}

impl Steps {
    /// None, as the specification has it.
    pub const NONE: Steps = Steps { steps: [None; MOST] };

    /// Adds a step behind the others. A thirteenth is not taken: nobody has so many.
    pub fn add(&mut self, step: Step) {
        if let Some(free) = self.steps.iter_mut().find(|step| step.is_none()) {
            *free = Some(step);
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(Option::is_none)
    }

    /// Takes all steps.
    #[inline]
    pub fn take(&self, request: &Request<'_>, parameters: &mut Parameters) {
        for step in self.steps.iter().map_while(|step| *step) {
            step(request, parameters);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts with every kind of piece.
    const TEXTS: [&str; 6] = ["a=1&b=%32+%zz&&c&=d&e==f%3D", "", "&", "a", "a+b%20c=%", "x=%C3%A9&%78=;y"];

    #[test]
    fn reading_in_two_steps_is_reading_in_one() {
        let reader = FormReader { cut: Some(cut), ..FormReader::RFC5849 };
        for text in TEXTS {
            let (mut one, mut two) = (Parameters::new(), Parameters::new());
            one.push_form(text.as_bytes(), Source::Query);
            reader.read(text.as_bytes(), Source::Query, &mut two);
            assert_eq!(format!("{one:?}"), format!("{two:?}"), "{text}");
        }
        let mut bare = Parameters::new();
        reader.read(b"a&b=", Source::Body, &mut bare);
        assert_eq!(bare.iter().map(|parameter| parameter.bare).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn steps_are_taken_in_their_order() {
        let protocol = Parameters::new();
        let url = crate::protocol::Url::parse(b"http://h/").unwrap();
        let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let mut steps = Steps::NONE;
        steps.add(|_, list| list.push(b"a", b"", Source::Query));
        steps.add(|_, list| list.retain(|parameter| parameter.name != b"a"));
        steps.add(|_, list| list.push(b"b", b"", Source::Query));
        let mut list = Parameters::new();
        steps.take(&request, &mut list);
        assert_eq!(format!("{list:?}"), r#"[("b", "")]"#);
    }

    #[test]
    fn there_is_room_for_twelve_steps() {
        let protocol = Parameters::new();
        let url = crate::protocol::Url::parse(b"http://h/").unwrap();
        let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let (mut steps, mut list) = (Steps::NONE, Parameters::new());
        assert!(steps.is_empty());
        for _ in 0..13 {
            steps.add(|_, list| list.push(b"a", b"", Source::Query));
            assert!(!steps.is_empty());
        }
        steps.take(&request, &mut list);
        assert_eq!(list.len(), 12);
    }
}
