//! Frames below the level of messages: binary, too large, broken, in fragments.

use rocketfi_client::{Event, FrameError, GapCause, SessionId};
use rocketfi_tests::samples::NUMBERS;
use rocketfi_tests::{Bench, Listener, RawServer, label, quick};
use tokio::io::AsyncWriteExt;

const SESSION: SessionId = SessionId(1);

#[tokio::test]
async fn binary_frame_is_malformed() {
    let mut bench = Bench::new().await;
    for size in [0, 3, 100_000] {
        bench.server.push_binary(vec![0xff; size]);
        let error = FrameError::Binary;
        let expected = Event::Malformed {
            session: SESSION,
            error,
            size,
        };
        assert_eq!(bench.events.event().await, expected);
    }
    assert_eq!(bench.drain().await, []);
}

#[tokio::test]
async fn message_beyond_the_limit_replaces_the_session() {
    const LIMIT: usize = 64 << 10;
    let mut bench = Bench::with(|builder| builder.max_message_size(LIMIT)).await;
    bench.subscribe([NUMBERS]).await;
    let fits = format!(r#"{{"Big":"{}"}}"#, "x".repeat(LIMIT - 10));
    assert_eq!(fits.len(), LIMIT);
    bench.server.push_text(fits.clone());
    let told = bench.events.event().await;
    assert!(
        matches!(told, Event::Unrecognized { .. }),
        "{}",
        label(&told)
    );
    bench.server.push_text(format!("{fits} "));
    let (cause, kinds) = bench.events.gap().await;
    let GapCause::MessageTooLarge { limit: LIMIT, .. } = cause else {
        panic!("{cause:?}")
    };
    assert_eq!(kinds, [NUMBERS]);
    assert_eq!(
        bench.events.resubscribed().await,
        (SessionId(2), vec![NUMBERS])
    );
}

/// What the bytes of a frame lead to, in a session that is open.
async fn told_about_bytes(bytes: &[u8]) -> Event {
    let server = RawServer::start().await;
    let (connected, mut peer) = tokio::join!(quick(server.url()).connect(), server.accept());
    let (_client, events) = connected.expect("the peer accepts");
    let mut events = Listener::new(events);
    events.connected(SESSION).await;
    peer.get_mut()
        .write_all(bytes)
        .await
        .expect("the client reads");
    events.event().await
}

#[tokio::test]
async fn text_that_is_not_utf8_replaces_the_session() {
    let told = told_about_bytes(&[0x81, 4, b'"', 0xff, 0xfe, b'"']).await;
    assert!(
        matches!(
            told,
            Event::Gap {
                cause: GapCause::InvalidUtf8,
                ..
            }
        ),
        "{told:?}"
    );
}

#[tokio::test]
async fn broken_websocket_frame_replaces_the_session() {
    let reserved_opcode = [0x83, 0];
    let continuation_of_nothing = [0x80, 1, b'x'];
    let ping_in_fragments = [0x09, 0];
    for bytes in [
        &reserved_opcode[..],
        &continuation_of_nothing,
        &ping_in_fragments,
    ] {
        let told = told_about_bytes(bytes).await;
        let Event::Gap {
            cause: GapCause::ProtocolViolation { .. },
            ..
        } = told
        else {
            panic!("{told:?} about {bytes:?}");
        };
    }
}

#[tokio::test]
async fn message_in_fragments_is_one_message() {
    let told = told_about_bytes(b"\x01\x03\"He\x00\x02ll\x80\x02o\"").await;
    assert!(
        matches!(&told, Event::Unrecognized { name, .. } if name == "Hello"),
        "{told:?}"
    );
}
