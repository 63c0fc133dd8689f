//! Over `https://`, with a certificate made for the occasion.

use std::sync::Arc;

use rocketfi_account::Source;
use rocketfi_account::client::rustls;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::*;

/// A lively server with a self-signed certificate for a name, and the certificate.
async fn server_for(name: &str) -> (MockServer, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a plain certificate");
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("the key belongs to it");
    let builder = MockServer::builder().seed(7).quiet().tls(Arc::new(config));
    let server = builder.start().await.expect("a port is free");
    server.tick();
    (server, certificate)
}

fn trusting(root: CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("it is a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

#[tokio::test]
async fn private_root_is_trusted_when_it_is_given() {
    let (server, root) = server_for("localhost").await;
    let account = server.accounts()[0];
    assert!(server.url().starts_with("wss://"));
    let source = RestSource::builder(server.url())
        .tls(trusting(root))
        .build()
        .unwrap();
    assert!(source.base().as_str().starts_with("https://localhost:"));
    let positions = within(source.positions(account)).await.unwrap().positions;
    assert_eq!(
        Some(positions),
        server.with_market(|market| market.positions(account))
    );
    assert!(
        CryptoProvider::get_default().is_none(),
        "nobody may install one"
    );
}

#[tokio::test]
async fn certificate_without_trust_or_for_another_name_is_unreachable() {
    let (server, root) = server_for("localhost").await;
    let (other, other_root) = server_for("elsewhere.test").await;
    let account = server.accounts()[0];
    let untrusting = source(server.url());
    let mistaken = RestSource::builder(other.url())
        .tls(trusting(other_root))
        .build()
        .unwrap();
    let plain = server.url().replace("wss://", "ws://");
    let unencrypted = RestSource::builder(plain)
        .tls(trusting(root))
        .build()
        .unwrap();
    for source in [untrusting, mistaken, unencrypted] {
        let error = failure(&source, account).await;
        assert!(matches!(error, SourceError::Unreachable(_)), "{error:?}");
    }
    assert_eq!(server.journal().entries(), []);
    assert_eq!(other.journal().entries(), []);
}
