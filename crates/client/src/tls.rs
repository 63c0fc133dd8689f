//! The TLS configuration, built by hand so that it depends on no process-wide default: rustls panics when it is to
//! choose a crypto provider and finds none, or two.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use crate::{ConfigError, ConfigProblem};

/// What a client trusts unless [`Config::tls`](crate::Config::tls) says otherwise: TLS 1.2 and 1.3 by the `ring`
/// provider, and the roots chosen by the features `webpki-roots` and `native-roots`. For other connections to the same
/// exchange.
///
/// # Errors
/// When there are no roots.
pub fn tls_config() -> Result<Arc<ClientConfig>, ConfigError> {
    Ok(client_config()?)
}

/// The `ring` provider, TLS 1.2 and 1.3, and the roots chosen by features.
pub(crate) fn client_config() -> Result<Arc<ClientConfig>, ConfigProblem> {
    let roots = roots();
    if roots.is_empty() {
        return Err(ConfigProblem::NoRoots);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(ConfigProblem::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn roots() -> RootCertStore {
    #[cfg_attr(
        not(any(feature = "webpki-roots", feature = "native-roots")),
        expect(
            unused_mut,
            reason = "without either feature there are no roots to add"
        )
    )]
    let mut roots = RootCertStore::empty();
    #[cfg(feature = "webpki-roots")]
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    #[cfg(feature = "native-roots")]
    add_native(&mut roots);
    roots
}

/// A store with a few certificates that cannot be read is normal; one with none at all is told by the caller.
#[cfg(feature = "native-roots")]
fn add_native(roots: &mut RootCertStore) {
    let found = rustls_native_certs::load_native_certs();
    let (added, ignored) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(
        added,
        ignored,
        unreadable = found.errors.len(),
        "roots of the operating system"
    );
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(any(feature = "webpki-roots", feature = "native-roots"))]
    fn configuration_is_built_without_a_default_provider() {
        assert!(rustls::crypto::CryptoProvider::get_default().is_none());
        assert!(super::client_config().is_ok());
        assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    }
}
