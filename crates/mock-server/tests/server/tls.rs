//! The same over TLS.

use std::sync::Arc;

use rocketfi_mock_server::{Ending, MockServer, Received};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;

use crate::peer::{Peer, is_closed, received, start, ticker, within};

fn configs() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key pair");
    let certificate = CertificateDer::from(made.cert.der().to_vec());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("the key is the certificate's");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a certificate");
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

async fn connect_tls(server: &MockServer, config: Arc<ClientConfig>) -> Peer<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(server.addr()).await.expect("a listener");
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TlsConnector::from(config).connect(name, stream);
    let stream = within("the TLS handshake", stream).await.expect("TLS");
    // On the heap: a TLS stream is some kilobytes, and is moved from future to future.
    let handshake = Box::pin(client_async(server.url(), stream));
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
    let mut peer = connect_tls(&server, Arc::clone(&client_config)).await;
    peer.subscribe(&ticker(&server)).await;
    assert_eq!(server.push_text("over TLS"), 1);
    assert_eq!(peer.text().await, "over TLS");
    server.close_connections(1012, "restarting");
    assert_eq!(peer.end().await, Some((1012, "restarting".to_owned())));

    let mut peer = connect_tls(&server, client_config).await;
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
    connect_tls(&server, client_config)
        .await
        .expect_pong()
        .await;
}
