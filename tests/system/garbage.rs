//! Frames that no server should send: each is one event, and the session lives on.

use rocketfi_client::{Event, FrameError, ServerText, SessionId};
use rocketfi_protocol::{
    DecodeError, OrderEventData, ServerMessage, SubscriptionKind, Unrecognized,
};
use rocketfi_tests::samples::{ACCOUNT, INSTRUMENT, NUMBERS, number_of, numbered};
use rocketfi_tests::{Bench, label};

const SESSION: SessionId = SessionId(1);

/// What the client tells about a text frame. A good message right behind it must be told next, in
/// the same session.
async fn told_about(bench: &mut Bench, frame: &str) -> Event {
    bench.server.push_text(frame);
    bench.server.push(numbered(1));
    let told = bench.events.event().await;
    let next = bench.events.event().await;
    assert_eq!(
        number_of(&next),
        Some(1),
        "after {} bytes of garbage",
        frame.len()
    );
    told
}

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.subscribe([NUMBERS]).await;
    bench
}

/// The error of an event about a malformed frame of this size.
fn malformed(event: Event, frame: &str) -> DecodeError {
    match event {
        Event::Malformed {
            session: SESSION,
            error: FrameError::Decode(error),
            size,
        } => {
            assert_eq!(size, frame.len());
            error
        }
        other => panic!("{other:?} about {frame:.80}"),
    }
}

#[tokio::test]
async fn text_that_is_not_json_is_malformed() {
    let mut bench = bench().await;
    let frames = [
        "",
        " ",
        "nonsense",
        "{",
        r#"{"Pong""#,
        r#"{"Error":"cut"#,
        "{'Pong':null}",
        "\u{feff}1",
    ];
    for frame in frames {
        let error = malformed(told_about(&mut bench, frame).await, frame);
        assert!(
            matches!(error, DecodeError::Syntax { .. }),
            "{error:?} about {frame}"
        );
    }
}

#[tokio::test]
async fn json_that_is_no_message_is_malformed() {
    let mut bench = bench().await;
    let frames = [
        "null",
        "true",
        "42",
        "[]",
        r#"["Pong"]"#,
        "{}",
        r#"{"Pong":null,"Error":"two"}"#,
        r#"{"one":1,"two":2}"#,
    ];
    for frame in frames {
        let error = malformed(told_about(&mut bench, frame).await, frame);
        assert_eq!(error, DecodeError::Shape, "about {frame}");
    }
}

#[tokio::test]
async fn known_variant_with_a_bad_body_names_the_variant_and_the_place() {
    let mut bench = bench().await;
    let frames = [
        (r#"{"Error":7}"#, "Error", ""),
        (r#"{"LastMatchPriceUpdate":{}}"#, "LastMatchPriceUpdate", ""),
        (
            r#"{"LastMatchPriceUpdate":{"instrumentId":"0x05a8de04b1273c9f","lastMatchPrice":1}}"#,
            "LastMatchPriceUpdate",
            "lastMatchPrice",
        ),
        (
            r#"{"OrderbookUpdate":{"instrumentId":"0x05a8de04b1273c9f",
                "orderbook":{"asks":[],"bids":[{"price":"1","quantity":"1"},{"price":"1"}]}}}"#,
            "OrderbookUpdate",
            "orderbook.bids[1]",
        ),
        (
            r#"{"SubscribeConfirmation":{"Ticker":{}}}"#,
            "SubscribeConfirmation",
            "Ticker",
        ),
    ];
    for (frame, expected, place) in frames {
        let error = malformed(told_about(&mut bench, frame).await, frame);
        let DecodeError::Body { variant, path, .. } = error else {
            panic!("{error:?} about {frame}");
        };
        assert_eq!(
            (variant.as_str(), path.as_str()),
            (expected, place),
            "about {frame}"
        );
    }
}

#[tokio::test]
async fn unknown_variant_is_kept_whole() {
    let mut bench = bench().await;
    let frames = [
        (r#""Hello""#, "Hello", None),
        (r#"{"Hello":null}"#, "Hello", Some("null")),
        (
            r#"{"Ping":{"not":"a ping"}}"#,
            "Ping",
            Some(r#"{"not":"a ping"}"#),
        ),
        (
            r#"{"MarginCall": {"level":3.0, "x":[1e400]}}"#,
            "MarginCall",
            Some(r#"{"level":3.0, "x":[1e400]}"#),
        ),
    ];
    for (frame, expected, payload) in frames {
        let told = told_about(&mut bench, frame).await;
        let Event::Unrecognized {
            session: SESSION,
            name,
            message,
        } = told
        else {
            panic!("{told:?} about {frame}");
        };
        assert_eq!((name.as_str(), message.name()), (expected, expected));
        let kept = message.payload().map(rocketfi_protocol::RawJson::as_str);
        assert_eq!(kept, payload, "about {frame}");
    }
}

#[tokio::test]
async fn deep_nesting_is_one_event_and_no_overflow_of_the_stack() {
    const DEPTH: usize = 200_000;
    let mut bench = bench().await;
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    let objects = r#"{"a":"#.repeat(DEPTH);
    for frame in [
        open.clone(),
        format!("{open}{close}"),
        objects,
        format!(r#"{{"TickerUpdate":{open}{close}}}"#),
        format!(r#"{{"Error":{open}{close}}}"#),
    ] {
        malformed(told_about(&mut bench, &frame).await, &frame);
    }
    let unknown = format!(r#"{{"MarginCall":{open}{close}}}"#);
    let told = told_about(&mut bench, &unknown).await;
    assert!(
        matches!(told, Event::Unrecognized { .. }),
        "{}",
        label(&told)
    );
}

#[tokio::test]
async fn text_of_an_error_is_kept_up_to_a_limit() {
    let mut bench = bench().await;
    let text = "zu groß ".repeat(200_000);
    bench
        .server
        .push(ServerMessage::Error(text.as_str().into()));
    let told = bench.events.event().await;
    let Event::ServerError {
        text: kept,
        requests,
        ..
    } = &told
    else {
        panic!("{}", label(&told));
    };
    assert_eq!(*requests, []);
    assert!(kept.len() <= ServerText::MAX_LEN && kept.len() + 3 > ServerText::MAX_LEN);
    assert!(text.starts_with(kept.as_str()));
    assert_eq!(bench.drain().await, []);
}

#[tokio::test]
async fn what_is_told_about_a_bad_frame_is_short_and_holds_nothing_of_it() {
    let mut bench = bench().await;
    let secret = "sentinel".repeat(50_000);
    let frames = [
        secret.clone(),
        format!(r#"{{"LastMatchPriceUpdate":{{"instrumentId":"{secret}","lastMatchPrice":"1"}}}}"#),
        format!(r#"{{"TickerUpdate":"{secret}"}}"#),
        format!(r#"{{"Error":["{secret}"]}}"#),
    ];
    for frame in frames {
        let error = malformed(told_about(&mut bench, &frame).await, &frame);
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(
                shown.len() < 500 && !shown.contains("sentinel"),
                "{shown:.1000}"
            );
        }
    }
}

#[tokio::test]
async fn order_events_without_their_tag_are_order_events() {
    let mut bench = bench().await;
    let kind = SubscriptionKind::OrderEvents {
        account: Some(ACCOUNT),
        instrument_id: Some(INSTRUMENT),
    };
    let frame = format!(
        r#"{{"account":"{ACCOUNT}","instrumentId":"{INSTRUMENT}","orderEvents":[{{"orderId":1,
        "account":"{ACCOUNT}","instrument":"{INSTRUMENT}","eventData":"canceled"}}]}}"#
    );
    let told = told_about(&mut bench, &frame).await;
    let Event::Message { message, .. } = told else {
        panic!("{told:?}")
    };
    assert!(message.belongs_to(&kind), "{message:?}");
    let ServerMessage::OrderEventUpdate(update) = message else {
        panic!("{message:?}")
    };
    assert_eq!(update.order_events[0].event_data, OrderEventData::Canceled);
}

#[tokio::test]
async fn unknown_part_of_a_known_message_costs_only_itself() {
    let mut bench = bench().await;
    let event = |data: &str| {
        format!(
            r#"{{"orderId":1,"account":"{ACCOUNT}","instrument":"{INSTRUMENT}","more":[1],
            "eventData":{data}}}"#
        )
    };
    let events = [
        event(r#""canceled""#),
        event(r#"{"expired":{"at":1}}"#),
        event(r#""canceled""#),
    ];
    let frame = format!(
        r#"{{"OrderEventUpdate":{{"seq":9,"orderEvents":[{}]}}}}"#,
        events.join(",")
    );
    let told = told_about(&mut bench, &frame).await;
    let Event::Message {
        message: ServerMessage::OrderEventUpdate(update),
        ..
    } = told
    else {
        panic!("{told:?}");
    };
    let data: Vec<_> = update
        .order_events
        .into_iter()
        .map(|event| event.event_data)
        .collect();
    let payload = rocketfi_protocol::RawJson::new(r#"{"at":1}"#.to_owned()).unwrap();
    let expired = OrderEventData::Unrecognized(Unrecognized::new("expired", Some(payload)));
    assert_eq!(
        data,
        [OrderEventData::Canceled, expired, OrderEventData::Canceled]
    );
}

#[tokio::test]
async fn confirmation_that_nobody_asked_for_changes_nothing() {
    let mut bench = bench().await;
    let stray = SubscriptionKind::Ticker {
        instrument_id: INSTRUMENT,
    };
    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(stray.clone()));
    bench
        .server
        .push(ServerMessage::UnsubscribeConfirmation(stray));
    bench
        .server
        .push(ServerMessage::UnsubscribeConfirmation(NUMBERS));
    bench
        .server
        .push(ServerMessage::SubscribeConfirmation(NUMBERS));
    bench.server.push(ServerMessage::Pong);
    bench
        .server
        .push_text(r#"{"SubscribeConfirmation":{"NewKind":{"x":1}}}"#);
    assert_eq!(bench.drain().await, []);
    assert_eq!(bench.client.subscriptions().await, [NUMBERS]);
    assert_eq!(bench.server.push(numbered(4)), 1);
    bench
        .events
        .until("an update", |event| number_of(event) == Some(4))
        .await;
}
