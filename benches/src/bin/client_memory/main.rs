//! What an idle client keeps on the heap: connected, subscribed to one kind, with the default configuration.
//!
//! The server is another process, so that only the clients' side is counted. All clients share one thread and one
//! runtime, whose own memory is there before the first count.

mod server;

use std::sync::Arc;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use rocketfi_benches::quick;
use rocketfi_benches::report::{Row, Sample, Target, Unit};
use rocketfi_client::rustls::crypto::ring;
use rocketfi_client::rustls::pki_types::CertificateDer;
use rocketfi_client::rustls::pki_types::pem::PemObject;
use rocketfi_client::rustls::{ClientConfig, RootCertStore};
use rocketfi_client::{Builder, Client, Event, Events};
use rocketfi_protocol::{InstrumentId, SubscriptionKind};
use tokio::time::sleep;

use crate::server::{BURST, Server};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if server::is_wanted() {
        server::serve();
    }
    for secure in [false, true] {
        let how = if secure { "over TLS" } else { "plain" };
        let (idle, after) = measure(secure).await;
        let target = (!secure).then_some(Target::AtMost(16.0 * 1024.0));
        for (what, sample) in [("subscribed", &idle), ("after 1,000 tickers", &after)] {
            let table = "client: heap of an idle session";
            Row::median(table, what, how, sample, Unit::Bytes)
                .hoping(target)
                .emit();
        }
    }
}

/// Bytes a client, before and after a burst.
async fn measure(secure: bool) -> (Sample, Sample) {
    let (rounds, clients) = if quick() { (1, 20) } else { (5, 100) };
    let server = Server::start(secure);
    let [mut idle, mut after] = [(); 2].map(|()| Sample::default());
    // What is allocated once, whatever the number of clients, is allocated before the first count.
    drop(connect(&server, 0).await);
    for _ in 0..rounds {
        let before = HEAP.current_usage();
        let mut open = Vec::with_capacity(clients);
        let list = HEAP.current_usage() - before;
        for number in 1..=clients {
            open.push(connect(&server, number).await);
        }
        settle().await;
        idle.add(share(HEAP.current_usage() - before - list, clients));
        for (client, events) in &mut open {
            // The server answers the second subscription with a burst.
            client.subscribe(kind(0)).await.expect("a confirmation");
            for _ in 0..BURST {
                let event = events.recv().await;
                assert!(matches!(event, Some(Event::Message { .. })), "{event:?}");
            }
        }
        settle().await;
        after.add(share(HEAP.current_usage() - before - list, clients));
        drop(open);
        settle().await;
    }
    (idle, after)
}

#[expect(clippy::cast_precision_loss, reason = "far from 2^53")]
fn share(bytes: usize, clients: usize) -> f64 {
    bytes as f64 / clients as f64
}

async fn connect(server: &Server, number: usize) -> (Client, Events) {
    let (client, mut events) = builder(server).connect().await.expect("a handshake");
    client
        .subscribe(kind(number))
        .await
        .expect("a confirmation");
    let event = events.recv().await;
    assert!(matches!(event, Some(Event::Connected { .. })));
    (client, events)
}

fn builder(server: &Server) -> Builder {
    let builder = Client::builder(server.url());
    match &server.tls {
        Some(tls) => builder.tls(Arc::clone(tls)),
        None => builder,
    }
}

fn kind(number: usize) -> SubscriptionKind {
    SubscriptionKind::Ticker {
        instrument_id: InstrumentId::from_bytes(number.to_be_bytes()),
    }
}

/// Nothing tells when the other process and the runtime have no more to do.
async fn settle() {
    sleep(Duration::from_millis(300)).await;
}

fn trusting(certificate: &str) -> Arc<ClientConfig> {
    let certificate =
        CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
