use std::cell::RefCell;
use std::io;

use rocketfi_protocol::{ServerMessage, SubscriptionKind};
use tokio_tungstenite::tungstenite::Message;
use tracing::level_filters::LevelFilter;

use super::harness::*;
use super::messages::transaction;
use crate::SubscribeError;

thread_local! {
    /// What this thread, and so this test, has logged since it began to record.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct Recorder;

impl io::Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.iter_mut().for_each(|log| log.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for the whole process: with one for a thread, whether a line is logged would depend on which thread
/// came by it first.
fn record() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| Recorder)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("nothing else sets it");
    LOG.set(Some(Vec::new()));
}

fn recorded() -> String {
    String::from_utf8(LOG.take().expect("recording")).expect("UTF-8")
}

/// Everything that must appear in no log, and in no error's `Debug`.
const SENTINELS: [&str; 4] = ["f3f3f3f3f3f3f3f3", "5e471e1", "SENTINEL", "1.50"];

#[tokio::test(start_paused = true)]
async fn no_log_line_holds_a_payload_a_signature_or_a_full_address() {
    record();
    let mut config = config();
    config.url = "ws://pipe.test/ws?key=SENTINEL".into();
    let (client, mut events, mut network) = start(config);
    network
        .answer_handshake("HTTP/1.1 400 Bad\r\nX: SENTINEL\r\nContent-Length: 8\r\n\r\nSENTINEL")
        .await;
    let mut peer = network.accept().await;
    let kind = SubscriptionKind::Position { account: account() };
    establish(&client, &mut peer, std::slice::from_ref(&kind)).await;
    client.submit_transaction(transaction(1, 0)).await.unwrap();
    peer.push(&data(1)).await;
    peer.error("SENTINEL in an error").await;
    peer.send(Message::text(r#"{"SENTINEL":"SENTINEL"}"#)).await;
    peer.send(Message::text(r#"{"CollateralUpdate":"SENTINEL"}"#))
        .await;
    let unknown = r#"{"SubscribeConfirmation":{"SENTINEL":1}}"#;
    peer.send(Message::text(unknown)).await;
    peer.push(&ServerMessage::SubscribeConfirmation(ticker(9)))
        .await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.error("SENTINEL in a refusal").await;
    let error = outcome(call).await.unwrap_err();
    peer.close(1008, "SENTINEL").await;
    network.accept().await;
    client.close().await;
    rest(&mut events).await;

    let text = recorded();
    assert!(
        text.contains("connected") && text.contains("Position"),
        "{text}"
    );
    for sentinel in SENTINELS {
        assert!(
            !text.to_lowercase().contains(&sentinel.to_lowercase()),
            "{sentinel} in\n{text}"
        );
    }
    assert!(matches!(error, SubscribeError::Rejected { .. }));
    assert!(!format!("{error:?}").contains("SENTINEL"));
}
