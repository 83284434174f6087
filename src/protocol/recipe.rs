//! The one trick: the derivation of a signature (RFC 5849 section 3.4) as a record of decisions, one function each. A deviation is
//! the same record with one field replaced.

use super::base_string::{self, Parts, UriRecipe};
use super::buffer::Buffer;
use super::collection::{self, Collect, FormReader, Steps};
use super::credentials::Secrets;
use super::encoding::Encoder;
use super::error::Malformed;
use super::key::Key;
use super::normalization::{self, EncodedParameters, Encoders, Join};
use super::parameters::Parameters;
use super::request::Request;
use super::signature::{self, SignatureMethod};

/// Makes the octets of a signature: method, key, base string, and the secrets for RSA.
pub type Sign = fn(SignatureMethod, &[u8], &[u8], &Secrets<'_>, &mut Buffer) -> Result<(), Malformed>;

/// Writes what is taken for the client's secret and for the token's.
pub type TakeSecrets = fn(&Secrets<'_>, &Request<'_>, &mut Buffer, &mut Buffer);

/// Writes the key.
pub type MakeKey = fn(Encoder, &Secrets<'_>, &Request<'_>, &mut Buffer);

/// The decisions of section 3.4, in the order in which they are taken.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// The method's letter case (3.4.1.1).
    pub method: fn(&[u8], &mut Buffer),
    /// The base string URI (3.4.1.2): a record of its own.
    pub uri: UriRecipe,
    /// How a query or a form is cut into pairs and decoded (3.4.1.3.1).
    pub read: FormReader,
    /// The parameters that are signed, decoded (3.4.1.3.1).
    pub collect: Collect,
    /// What else happens to the list before it is encoded: nothing, by the specification.
    pub steps: Steps,
    /// Encoding of names, values and of the parts of the base string (3.4.1.3.2 step 1, 3.4.1.1, 3.6).
    pub encode: Encoders,
    /// The order of the encoded parameters (3.4.1.3.2 step 2).
    pub order: fn(&mut EncodedParameters),
    /// Names, values and pairs put together (3.4.1.3.2 steps 3 and 4).
    pub join: Join,
    /// The three parts put together: method, URI, normalized parameters (3.4.1.1).
    pub concatenate: fn(&Parts<'_>, &mut Buffer),
    /// What is taken for the secrets; `None`, by the specification: themselves.
    pub secrets: Option<TakeSecrets>,
    /// Encoding of the secrets (3.4.2, 3.4.4, 3.6).
    pub encode_secret: Encoder,
    /// The key (3.4.2, 3.4.4). The request is for those who take an identifier for a secret.
    pub key: MakeKey,
    /// The octets of the signature (3.4.2, 3.4.3).
    pub sign: Sign,
    /// The text of those octets (3.4.2, 3.4.3); PLAINTEXT has text already.
    pub text: fn(&[u8], &mut Buffer),
}

impl Recipe {
    /// The specification's own decisions.
    pub const RFC5849: Recipe = Recipe {
        method: base_string::upper_case_method,
        uri: UriRecipe::RFC5849,
        read: FormReader::RFC5849,
        collect: collection::collect,
        steps: Steps::NONE,
        encode: Encoders::RFC5849,
        order: normalization::order_by_octets,
        join: Join::RFC5849,
        concatenate: base_string::concatenate,
        secrets: None,
        encode_secret: Encoder::RFC5849,
        key: signature::key_of_request,
        sign: signature::sign,
        text: signature::base64_text,
    };
}

impl Recipe {
    /// The key alone, of whatever this recipe takes for the secrets (3.4.2, 3.4.4).
    pub fn write_key(&self, secrets: &Secrets<'_>, request: &Request<'_>, out: &mut Buffer) {
        let Some(take) = self.secrets else { return (self.key)(self.encode_secret, secrets, request, out) };
        let (mut client, mut token) = (Buffer::default(), Buffer::default());
        take(secrets, request, &mut client, &mut token);
        (self.key)(self.encode_secret, &Secrets::new(&client, &token), request, out);
        client.wipe();
        token.wipe();
    }

    /// Whether the key is known to be the specification's, which depends on the two secrets and nothing else.
    fn makes_key_of_secrets_alone(&self) -> bool {
        self.encode_secret.is_same(Encoder::RFC5849) && std::ptr::fn_addr_eq(self.key, signature::key_of_request as MakeKey)
    }
}

/// Every intermediate value of one derivation. It can be filled again and again without new memory.
#[derive(Clone, Debug, Default)]
pub struct Derivation {
    /// The method as it is signed.
    pub method: Buffer,
    /// The base string URI.
    pub base_uri: Buffer,
    /// The signed parameters, decoded, in the order of query, header, body.
    pub parameters: Parameters,
    /// The same, encoded and sorted.
    pub encoded: EncodedParameters,
    /// The normalized parameters, joined.
    pub normalized: Buffer,
    /// The signature base string.
    pub base_string: Buffer,
    key: Key,
    /// The octets of the signature.
    pub octets: Buffer,
    /// The signature: the value of `oauth_signature`, not yet encoded for transmission.
    pub signature: Buffer,
}

impl Derivation {
    /// The HMAC key, which is the PLAINTEXT signature (empty for RSA). It is a secret: whoever calls this answers for where it goes.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        self.key.text()
    }

    /// Derives base string and signature of a request and keeps every stage.
    ///
    /// # Errors
    /// What a decision of the recipe finds wrong with the request or the key; the stages after that are empty.
    pub fn derive(
        &mut self,
        recipe: &Recipe,
        request: &Request<'_>,
        method: SignatureMethod,
        secrets: &Secrets<'_>,
    ) -> Result<(), Malformed> {
        self.derive_base_string(recipe, request)?;
        self.derive_signature(recipe, request, method, secrets)
    }

    /// What comes after the base string.
    pub(super) fn derive_signature(
        &mut self,
        recipe: &Recipe,
        request: &Request<'_>,
        method: SignatureMethod,
        secrets: &Secrets<'_>,
    ) -> Result<(), Malformed> {
        let Some(take) = recipe.secrets else { return self.sign(recipe, request, method, secrets) };
        let (mut client, mut token) = (Buffer::default(), Buffer::default());
        take(secrets, request, &mut client, &mut token);
        let taken = Secrets::new(&client, &token).with_private_key(secrets.private_key());
        let result = self.sign(recipe, request, method, &taken);
        client.wipe();
        token.wipe();
        result
    }

    /// Key, octets and text of the signature.
    fn sign(&mut self, recipe: &Recipe, request: &Request<'_>, method: SignatureMethod, secrets: &Secrets<'_>) -> Result<(), Malformed> {
        if !method.is_rsa() {
            let write = |key: &mut Buffer| (recipe.key)(recipe.encode_secret, secrets, request, key);
            if recipe.makes_key_of_secrets_alone() { self.key.make_of(secrets, write) } else { self.key.make(write) }
        }
        if method == SignatureMethod::HmacSha1 && signature::is_rfc5849(recipe.sign) {
            self.key.append_hmac(&self.base_string, &mut self.octets);
        } else {
            (recipe.sign)(method, self.key.text(), &self.base_string, secrets, &mut self.octets)?;
        }
        if method == SignatureMethod::Plaintext {
            self.signature.append(&self.octets);
        } else {
            (recipe.text)(&self.octets, &mut self.signature);
        }
        Ok(())
    }

    /// Derives the base string alone: no secret is needed.
    ///
    /// # Errors
    /// As [`Derivation::derive`].
    pub fn derive_base_string(&mut self, recipe: &Recipe, request: &Request<'_>) -> Result<(), Malformed> {
        self.derive_base_string_of(recipe, request, None)
    }

    /// [`Derivation::derive_base_string`] with what [`Request::gather`] has gathered already, so that a verifier need not read a form twice.
    /// It is not looked at where the recipe would gather something else.
    pub(super) fn derive_base_string_of(
        &mut self,
        recipe: &Recipe,
        request: &Request<'_>,
        gathered: Option<&Parameters>,
    ) -> Result<(), Malformed> {
        self.clear();
        (recipe.method)(request.method, &mut self.method);
        (recipe.uri.whole)(&recipe.uri, request, &mut self.base_uri)?;
        match gathered.filter(|_| recipe.read.is_rfc5849() && collection::is_rfc5849(recipe.collect)) {
            Some(gathered) => collection::collect_from(gathered, &mut self.parameters),
            None => (recipe.collect)(recipe.read, request, &mut self.parameters)?,
        }
        recipe.steps.take(request, &mut self.parameters);
        if normalization::is_rfc5849(recipe.order) {
            self.encoded.encode_in_order(&self.parameters, &recipe.encode);
        } else {
            self.encoded.encode(&self.parameters, &recipe.encode);
            (recipe.order)(&mut self.encoded);
        }
        recipe.join.append(&self.encoded, &mut self.normalized);
        let parts = Parts {
            method: &self.method,
            uri: &self.base_uri,
            normalized: &self.normalized,
            twice: recipe.join.is_rfc5849().then_some(&self.encoded),
            encode: recipe.encode.part,
        };
        (recipe.concatenate)(&parts, &mut self.base_string);
        Ok(())
    }

    fn clear(&mut self) {
        for buffer in
            [&mut self.method, &mut self.base_uri, &mut self.normalized, &mut self.base_string, &mut self.octets, &mut self.signature]
        {
            buffer.clear();
        }
        self.key.put_aside();
        self.parameters.clear();
        self.encoded.clear();
    }
}

/// [`Derivation::derive`] into a new derivation.
///
/// # Errors
/// What a decision of the recipe finds wrong with the request or the key.
pub fn derive(recipe: &Recipe, request: &Request<'_>, method: SignatureMethod, secrets: &Secrets<'_>) -> Result<Derivation, Malformed> {
    let mut derivation = Derivation::default();
    derivation.derive(recipe, request, method, secrets).map(|()| derivation)
}
