//! TLS 1.2 and 1.3 as a client: whom a certificate is believed, the handshake within the deadline, and why there was none. Roots are built
//! in, so that the answer is the same on every machine; nothing is logged, no key leaves, no session is taken up again.

use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::Trouble;
use super::deadline::Deadline;
use super::destination::Destination;
use super::trouble::shown;
use super::wire::is_for_now;

/// What is waited for, and missing when the connection ends.
const HANDSHAKE: &str = "the end of the TLS handshake";

/// Whom a certificate is believed.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// The roots that browsers trust, and these.
    Roots(Vec<CertificateDer<'static>>),
    /// Anybody: for a server on this machine that has made its certificate itself.
    Anybody,
}

/// The settings for all connections of a run.
///
/// # Errors
/// [`Trouble::Tls`] if the library has none of the versions that are wanted.
pub(super) fn config(trust: Trust) -> Result<Arc<ClientConfig>, Trouble> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().map_err(|error| why(&error))?;
    let mut config = match trust {
        Trust::Roots(more) => {
            let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            roots.add_parsable_certificates(more);
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        Trust::Anybody => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody { provider })).with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Agrees on TLS with the server at the other end.
///
/// # Errors
/// [`Trouble::Tls`], [`Trouble::Cut`] and [`Trouble::Late`].
pub(super) fn agree(
    stream: &mut TcpStream,
    config: Arc<ClientConfig>,
    destination: &Destination,
    deadline: Deadline,
) -> Result<ClientConnection, Trouble> {
    let name = match destination.literal {
        Some(address) => ServerName::from(address),
        None => ServerName::try_from(destination.host.clone())
            .map_err(|_| Trouble::Tls(format!("{} is no name that a certificate can have", shown(destination.host.as_bytes()))))?,
    };
    let mut session = ClientConnection::new(config, name).map_err(|error| why(&error))?;
    while session.is_handshaking() || session.wants_write() {
        let left = deadline.left(HANDSHAKE)?;
        let _ = stream.set_write_timeout(Some(left));
        let _ = stream.set_read_timeout(Some(left));
        let moved = if session.wants_write() { session.write_tls(stream) } else { session.read_tls(stream) };
        match moved {
            Ok(0) => return Err(Trouble::Cut(HANDSHAKE)),
            Ok(_) => {}
            Err(error) if is_for_now(error.kind()) => continue,
            Err(_) => return Err(Trouble::Cut(HANDSHAKE)),
        }
        if let Err(error) = session.process_new_packets() {
            // The server is told why, if it takes that at once.
            let _ = stream.set_nonblocking(true);
            let _ = session.write_tls(stream);
            return Err(why(&error));
        }
    }
    Ok(session)
}

/// A library's error in our words: theirs hold names out of the server's certificate, and our own host.
pub(super) fn why(error: &Error) -> Trouble {
    let text = match error {
        Error::InvalidCertificate(error) => format!("the certificate {}", of_certificate(error)),
        Error::AlertReceived(alert) => format!("the server refuses it{}", of_alert(*alert)),
        Error::InvalidMessage(_) => "the server does not speak TLS here".to_owned(),
        Error::PeerIncompatible(_) => "the server offers nothing that is safe: TLS 1.2 or 1.3 is needed".to_owned(),
        Error::DecryptError => "what the server sent cannot be decrypted".to_owned(),
        Error::NoApplicationProtocol => "the server does not speak HTTP/1.1 here".to_owned(),
        other => shown(other.to_string().as_bytes()),
    };
    Trouble::Tls(text)
}

fn of_certificate(error: &CertificateError) -> String {
    let known = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "is for another name",
        CertificateError::UnknownIssuer => "comes from nobody who is trusted",
        CertificateError::BadSignature => "has a wrong signature",
        CertificateError::Revoked => "has been revoked",
        other => return format!("is not taken: {}", shown(other.to_string().as_bytes())),
    };
    known.to_owned()
}

fn of_alert(alert: AlertDescription) -> String {
    alert.as_str().map_or(String::new(), |name| format!(" ({name})"))
}

/// Believes every certificate, and that whoever shows it has its key.
#[derive(Debug)]
struct Anybody {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
