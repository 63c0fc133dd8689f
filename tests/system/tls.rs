//! `wss://`, with certificates made for the occasion and without a crypto provider of the process.

use std::sync::Arc;

use rocketfi_client::{Builder, ConnectError, GapCause, SessionId};
use rocketfi_mock_server::MockServer;
use rocketfi_tests::samples::{NUMBERS, number_of, numbered};
use rocketfi_tests::{Bench, RawServer, deadline, quick, quiet_server};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::AsyncWriteExt;

/// A self-signed certificate for a name, and a server's configuration that shows it.
fn identity(name: &str) -> (Arc<ServerConfig>, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a plain certificate");
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("the key belongs to the certificate");
    (Arc::new(config), certificate)
}

/// A quiet server with a self-signed certificate for a name, and the certificate.
async fn server_for(name: &str) -> (MockServer, CertificateDer<'static>) {
    let (config, certificate) = identity(name);
    let starting = MockServer::builder().quiet().tls(config).start();
    (starting.await.expect("a port is free"), certificate)
}

fn trusting(root: CertificateDer<'static>) -> impl FnOnce(Builder) -> Builder {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("it is a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    move |builder| builder.tls(Arc::new(config))
}

fn assert_no_provider_of_the_process() {
    assert!(
        CryptoProvider::get_default().is_none(),
        "nobody may install one in these tests"
    );
}

#[tokio::test]
async fn trusted_certificate_opens_a_stream_that_survives_a_loss() {
    assert_no_provider_of_the_process();
    let (server, root) = server_for("localhost").await;
    assert!(server.url().starts_with("wss://"));
    let mut bench = Bench::of(server, trusting(root)).await;
    bench.subscribe([NUMBERS]).await;
    for session in 2..=4 {
        assert_eq!(bench.server.push(numbered(session)), 1);
        bench
            .events
            .until("an update", |event| number_of(event) == Some(session))
            .await;
        bench.server.drop_connections();
        let (cause, _) = bench.events.gap().await;
        assert!(matches!(cause, GapCause::Disconnected { .. }), "{cause:?}");
        assert_eq!(
            bench.events.resubscribed().await,
            (SessionId(session), vec![NUMBERS])
        );
    }
    deadline("the end", bench.client.close()).await;
    assert_no_provider_of_the_process();
}

#[tokio::test]
async fn large_messages_pass_through_tls() {
    let (server, root) = server_for("localhost").await;
    let mut bench = Bench::of(server, trusting(root)).await;
    let text = format!(r#"{{"Big":"{}"}}"#, "x".repeat(1_000_000));
    bench.server.push_text(text);
    let told = bench.events.event().await;
    let rocketfi_client::Event::Unrecognized { message, .. } = told else {
        panic!("{}", rocketfi_tests::label(&told));
    };
    assert_eq!(
        message.payload().map(|payload| payload.as_str().len()),
        Some(1_000_002)
    );
}

async fn error_of(builder: Builder) -> ConnectError {
    match deadline("an answer", builder.connect()).await {
        Ok(_) => panic!("there is a connection"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn certificate_without_trust_is_a_typed_error() {
    assert_no_provider_of_the_process();
    let (server, _root) = server_for("localhost").await;
    let error = error_of(quick(server.url())).await;
    assert!(matches!(error, ConnectError::Certificate(_)), "{error:?}");
    assert!(!error.is_retryable());
    assert_eq!(server.journal().entries(), []);
    assert_no_provider_of_the_process();
}

#[tokio::test]
async fn certificate_for_another_name_is_a_typed_error() {
    let (server, root) = server_for("elsewhere.example").await;
    let error = error_of(trusting(root)(quick(server.url()))).await;
    assert!(matches!(error, ConnectError::Certificate(_)), "{error:?}");
}

#[tokio::test]
async fn tls_to_a_plain_port_is_a_typed_error() {
    let (_, root) = server_for("localhost").await;
    let plain = quiet_server().await;
    let url = format!("wss://localhost:{}/ws", plain.addr().port());
    let error = error_of(trusting(root)(quick(url))).await;
    assert!(matches!(error, ConnectError::Tls(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn plain_websocket_to_a_tls_port_is_a_typed_error() {
    let (server, _root) = server_for("localhost").await;
    let error = error_of(quick(server.url().replace("wss://", "ws://"))).await;
    let is_expected = matches!(
        error,
        ConnectError::Handshake(_) | ConnectError::Interrupted(_)
    );
    assert!(is_expected, "{error:?}");
}

#[tokio::test]
async fn tls_that_fails_while_reconnecting_is_retried() {
    let (config, root) = identity("localhost");
    let starting = MockServer::builder()
        .quiet()
        .tls(Arc::clone(&config))
        .start();
    let server = starting.await.unwrap();
    let addr = server.addr();
    let mut bench = Bench::of(server, trusting(root)).await;
    bench.subscribe([NUMBERS]).await;
    bench.server.shutdown().await;
    bench.events.gap().await;

    let impostor = RawServer::at(addr).await;
    for _ in 0..3 {
        let mut stream = impostor.accept_tcp().await;
        stream
            .write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
            .await
            .unwrap();
    }
    drop(impostor);
    let starting = MockServer::builder()
        .quiet()
        .tls(config)
        .listen(addr)
        .start();
    bench.server = starting.await.unwrap();
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
}
