//! The same over TLS.

use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rocketfi_mock_server::{Ending, MockServer, Received};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;

use crate::peer::{Peer, is_closed, received, start, ticker, within};
use crate::program;

/// A self-signed certificate for localhost, as a server has it and as a client trusts it.
pub(crate) fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = certificate();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("the key is the certificate's");
    (Arc::new(server), client_config(certificate))
}

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned()]).expect("a key pair")
}

fn client_config(trusted: CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

pub(crate) async fn connect(host: &str, config: Arc<ClientConfig>) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(host).await.expect("a listener");
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TlsConnector::from(config).connect(name, stream);
    within("the TLS handshake", stream).await.expect("TLS")
}

async fn connect_tls(url: &str, config: Arc<ClientConfig>) -> Peer<TlsStream<TcpStream>> {
    let host = url.trim_start_matches("wss://").trim_end_matches("/ws");
    let stream = connect(host, config).await;
    // On the heap: a TLS stream is some kilobytes, and is moved from future to future.
    let handshake = Box::pin(client_async(url, stream));
    let (socket, _) = within("connecting", handshake).await.expect("a handshake");
    Peer { socket }
}

#[tokio::test]
async fn the_server_speaks_tls() {
    let (server_config, client_config) = configs();
    let server = start(MockServer::builder().quiet().tls(server_config)).await;
    assert_eq!(
        server.url(),
        format!("wss://localhost:{}/ws", server.addr().port())
    );
    let mut peer = connect_tls(&server.url(), Arc::clone(&client_config)).await;
    peer.subscribe(&ticker(&server)).await;
    assert_eq!(server.push_text("over TLS"), 1);
    assert_eq!(peer.text().await, "over TLS");
    server.close_connections(1012, "restarting");
    assert_eq!(peer.end().await, Some((1012, "restarting".to_owned())));

    let mut peer = connect_tls(&server.url(), client_config).await;
    peer.expect_pong().await;
    server.drop_connections();
    assert_eq!(peer.end().await, None);
    let cut = Received::Closed {
        ending: Ending::Cut,
    };
    received(server.journal(), |it| is_closed(it) && it.event == cut).await;
}

#[tokio::test]
async fn a_client_without_tls_troubles_nobody() {
    let (server_config, client_config) = configs();
    let server = start(MockServer::builder().quiet().tls(server_config)).await;
    let plain = format!("ws://{}/ws", server.addr());
    assert!(
        within("connecting", tokio_tungstenite::connect_async(plain))
            .await
            .is_err()
    );
    connect_tls(&server.url(), client_config)
        .await
        .expect_pong()
        .await;
}

#[tokio::test]
async fn the_program_speaks_tls_with_a_certificate_from_files() {
    let made = certificate();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| directory.join(name));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let [certificate, key] = [&certificate, &key].map(|path| path.to_str().unwrap());
    let arguments = ["--quiet", "--tls-cert", certificate, "--tls-key", key];
    let (_child, lines) = program::run(&arguments).await;
    let url = lines[0].strip_prefix("listening on ").unwrap();
    assert!(url.starts_with("wss://localhost:"), "{url}");
    connect_tls(url, client_config(made.cert.der().clone()))
        .await
        .expect_pong()
        .await;
}
