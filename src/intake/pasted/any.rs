//! Tells which form a pasted text has, and reads it.

use super::{IntakeError, PastedRequest, PastedResponse, curl, har, http_text};

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An HTTP request, or what `curl -v` prints.
    HttpText,
    /// A `curl` command.
    Curl,
    /// A HAR file, or one entry of it.
    Har,
}

impl Form {
    /// Tells the form by how the text begins.
    #[must_use]
    pub fn of(text: &[u8]) -> Form {
        let start = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
        match start.first() {
            Some(b'{' | b'[') => Form::Har,
            _ if curl::is_one(text) => Form::Curl,
            _ => Form::HttpText,
        }
    }
}

/// A request, with the response where the text has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The form that the text has.
    pub form: Form,
    /// The request.
    pub request: PastedRequest,
    /// The response, if there is one.
    pub response: Option<PastedResponse>,
}

/// Reads a text of any form. `entry` is for HAR files, see [`har::exchange`]; `assume_https` for HTTP text, see [`http_text::request`].
///
/// # Errors
/// Those of the form's reader.
pub fn read(text: &[u8], entry: Option<usize>, assume_https: Option<bool>) -> Result<Pasted, IntakeError> {
    let form = Form::of(text);
    let (request, response) = match form {
        Form::HttpText => http_text::exchange(text, assume_https)?,
        Form::Curl => (curl::request(text)?, None),
        Form::Har => har::exchange(text, entry)?,
    };
    Ok(Pasted { form, request, response })
}
