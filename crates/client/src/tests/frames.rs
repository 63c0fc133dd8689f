use rocketfi_protocol::RawJson;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::harness::*;
use crate::{Config, Event, Events, FrameError, GapCause, SessionId};

const SESSION: SessionId = SessionId(1);

async fn cause(events: &mut Events) -> GapCause {
    match next(events).await {
        Event::Gap { cause, .. } => cause,
        other => panic!("not a gap: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn garbage_is_one_event_a_frame_and_the_session_lives_on() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    for text in [
        "",
        "nonsense",
        "{",
        "[]",
        "null",
        "{\"TickerUpdate\":7}",
        &"[".repeat(10_000),
    ] {
        peer.send(Message::text(text)).await;
        let Event::Malformed {
            session,
            error,
            size,
        } = next(&mut events).await
        else {
            panic!()
        };
        assert_eq!((session, size), (SESSION, text.len()));
        assert!(matches!(error, FrameError::Decode(_)));
        assert!(error.to_string().len() <= 300);
    }
    peer.push(&data(1)).await;
    assert_eq!(
        next(&mut events).await,
        Event::Message {
            session: SESSION,
            message: data(1)
        }
    );
}

#[tokio::test(start_paused = true)]
async fn binary_frame_is_malformed_and_the_session_lives_on() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    peer.send(Message::Binary(Bytes::from_static(b"\"Pong\"")))
        .await;
    let malformed = Event::Malformed {
        session: SESSION,
        error: FrameError::Binary,
        size: 6,
    };
    assert_eq!(next(&mut events).await, malformed);
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
}

#[tokio::test(start_paused = true)]
async fn unknown_variant_keeps_its_name_and_payload() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    peer.send(Message::text(r#"{"Maintenance":{"at": 7}}"#))
        .await;
    let Event::Unrecognized {
        session,
        name,
        message,
    } = next(&mut events).await
    else {
        panic!()
    };
    assert_eq!(
        (session, name.as_str(), message.name()),
        (SESSION, "Maintenance", "Maintenance")
    );
    assert_eq!(message.payload().map(RawJson::as_str), Some("{\"at\": 7}"));
}

#[tokio::test(start_paused = true)]
async fn ping_message_of_the_server_is_answered_and_is_no_event() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    for ping in ["\"Ping\"", "{\"Ping\":null}"] {
        peer.send(Message::text(ping)).await;
        assert_eq!(peer.text().await, "\"Pong\"");
    }
    peer.push(&data(1)).await;
    assert!(matches!(next(&mut events).await, Event::Message { .. }));
}

#[tokio::test(start_paused = true)]
async fn websocket_ping_is_answered_on_a_connection_that_writes_nothing_else() {
    let (_client, _events, _network, mut peer) = connected(config()).await;
    for payload in [b"one".as_slice(), b"two", b""] {
        peer.ping(payload).await;
        assert_eq!(
            peer.frame().await,
            Some(Message::Pong(Bytes::from_static(payload)))
        );
    }
    assert!(peer.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn close_frame_is_a_gap_with_code_and_reason() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    peer.close(1012, "restarting").await;
    let GapCause::ClosedByServer { code, reason } = cause(&mut events).await else {
        panic!()
    };
    assert_eq!((code, reason.as_str()), (Some(1012), "restarting"));
    // The close is answered, as RFC 6455 wants it.
    assert!(matches!(peer.frame().await, Some(Message::Close(_))));
}

#[tokio::test(start_paused = true)]
async fn text_that_is_not_utf8_ends_the_session() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    let frame = [0x81, 4, b'"', 0xff, 0xfe, b'"'];
    peer.socket.get_mut().write_all(&frame).await.unwrap();
    assert_eq!(cause(&mut events).await, GapCause::InvalidUtf8);
}

#[tokio::test(start_paused = true)]
async fn message_beyond_the_limit_ends_the_session() {
    let config = Config {
        max_message_size: 2000,
        ..config()
    };
    let (_client, mut events, _network, mut peer) = connected(config).await;
    peer.send(Message::text("x".repeat(2000))).await;
    assert!(matches!(
        next(&mut events).await,
        Event::Malformed { size: 2000, .. }
    ));
    peer.send(Message::text("x".repeat(2001))).await;
    let expected = GapCause::MessageTooLarge {
        size: 2001,
        limit: 2000,
    };
    assert_eq!(cause(&mut events).await, expected);
}

#[tokio::test(start_paused = true)]
async fn breach_of_the_websocket_protocol_ends_the_session() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    // A continuation of nothing.
    peer.socket.get_mut().write_all(&[0x80, 0]).await.unwrap();
    assert!(matches!(
        cause(&mut events).await,
        GapCause::ProtocolViolation { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn frame_that_arrives_a_byte_at_a_time_is_one_message() {
    let (_client, mut events, _network, mut peer) = connected(config()).await;
    let text = rocketfi_protocol::encode(&data(1));
    let length = u8::try_from(text.len()).unwrap();
    let header = if length < 126 {
        vec![0x81, length]
    } else {
        vec![0x81, 126, 0, length]
    };
    for byte in header.into_iter().chain(text.bytes()) {
        peer.socket.get_mut().write_all(&[byte]).await.unwrap();
        settle().await;
    }
    assert_eq!(
        next(&mut events).await,
        Event::Message {
            session: SESSION,
            message: data(1)
        }
    );
}
