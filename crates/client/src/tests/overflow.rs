use std::time::Duration;

use rocketfi_protocol::ServerMessage;
use tokio::time::sleep;

use super::harness::*;
use crate::{CloseReason, Config, Event, GapCause, Overflow, SessionId};

fn small(overflow: Overflow) -> Config {
    Config {
        event_capacity: 4,
        overflow,
        ..config()
    }
}

#[tokio::test(start_paused = true)]
async fn reconnect_policy_ends_the_session_and_announces_the_hole() {
    let (client, mut events, mut network, mut peer) = connected(small(Overflow::Reconnect)).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    for number in 0..20 {
        let text = rocketfi_protocol::encode(&data(number));
        // The client hangs up in the middle.
        let _ = futures_util::SinkExt::send(&mut peer.socket, text.into()).await;
        settle().await;
    }
    let mut delivered = 0;
    let gap = loop {
        match next(&mut events).await {
            Event::Message { message, .. } => {
                assert_eq!(message, data(delivered));
                delivered += 1;
            }
            other => break other,
        }
    };
    assert!(delivered >= 4);
    let Event::Gap {
        cause,
        kinds,
        missed,
        ..
    } = gap
    else {
        panic!("{gap:?}")
    };
    assert_eq!(
        (cause, kinds, missed),
        (GapCause::Overflow, vec![ticker(1)], Some(1))
    );
    let mut peer = network.accept().await;
    peer.accept(&ticker(1)).await;
    let session = SessionId(2);
    assert_eq!(next(&mut events).await, Event::Connected { session });
    let kinds = vec![ticker(1)];
    assert_eq!(
        next(&mut events).await,
        Event::Resubscribed { session, kinds }
    );
}

#[tokio::test(start_paused = true)]
async fn after_an_overflow_the_client_dials_when_half_the_queue_is_free() {
    let config = Config {
        event_capacity: 100,
        ..config()
    };
    let (_client, mut events, mut network, mut peer) = connected(config).await;
    for number in 0..200 {
        let text = rocketfi_protocol::encode(&data(number));
        let _ = futures_util::SinkExt::send(&mut peer.socket, text.into()).await;
        settle().await;
    }
    for _ in 0..49 {
        next(&mut events).await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(
            network.dials().len(),
            1,
            "the queue is still more than half full"
        );
    }
    for _ in 0..4 {
        next(&mut events).await;
    }
    network.accept().await;
    assert_eq!(network.dials().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn drop_newest_policy_keeps_the_session_and_counts() {
    let (_client, mut events, _network, mut peer) = connected(small(Overflow::DropNewest)).await;
    for number in 0..100 {
        peer.push(&data(number)).await;
        settle().await;
    }
    let session = SessionId(1);
    let mut delivered = 0;
    settle().await;
    while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.recv()) {
        assert_eq!(
            event,
            Event::Message {
                session,
                message: data(delivered)
            }
        );
        delivered += 1;
    }
    assert!((4..10).contains(&delivered));
    peer.push(&data(1000)).await;
    let missed = 100 - delivered;
    assert_eq!(next(&mut events).await, Event::Lagged { session, missed });
    assert_eq!(
        next(&mut events).await,
        Event::Message {
            session,
            message: data(1000)
        }
    );
}

#[tokio::test(start_paused = true)]
async fn loss_without_a_message_after_it_is_announced_with_the_next_ping() {
    let config = Config {
        heartbeat_interval: Duration::from_secs(1),
        ..small(Overflow::DropNewest)
    };
    let (_client, mut events, _network, mut peer) = connected(config).await;
    for number in 0..100 {
        peer.push(&data(number)).await;
        settle().await;
    }
    while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.recv()) {
        assert!(matches!(event, Event::Message { .. }));
    }
    // Nothing but a heartbeat follows.
    assert_eq!(peer.message().await, rocketfi_protocol::ClientMessage::Ping);
    assert!(matches!(next(&mut events).await, Event::Lagged { .. }));
}

#[tokio::test(start_paused = true)]
async fn loss_without_a_message_after_it_is_announced_by_the_gap() {
    let (_client, mut events, _network, mut peer) = connected(small(Overflow::DropNewest)).await;
    for number in 0..100 {
        peer.push(&data(number)).await;
        settle().await;
    }
    peer.cut();
    settle().await;
    let mut delivered = 0;
    let missed = loop {
        match next(&mut events).await {
            Event::Message { .. } => delivered += 1,
            Event::Gap { missed, .. } => break missed,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(missed, Some(100 - delivered));
}

#[tokio::test(start_paused = true)]
async fn loss_before_a_close_is_announced_before_the_end() {
    let (client, mut events, _network, mut peer) = connected(small(Overflow::DropNewest)).await;
    for number in 0..100 {
        peer.push(&data(number)).await;
        settle().await;
    }
    client.close().await;
    let events = rest(&mut events).await;
    let [messages @ .., gap, closed] = events.as_slice() else {
        panic!()
    };
    let missed = Some(100 - messages.len() as u64);
    let Event::Gap {
        missed: told,
        cause: GapCause::Overflow,
        ..
    } = gap
    else {
        panic!()
    };
    assert_eq!(*told, missed);
    assert_eq!(
        *closed,
        Event::Closed {
            reason: CloseReason::Requested
        }
    );
}

#[tokio::test(start_paused = true)]
async fn garbage_and_errors_beyond_their_places_count_as_missed_too() {
    let (client, mut events, _network, mut peer) = connected(small(Overflow::DropNewest)).await;
    let call = subscribe(&client, &ticker(1)).await;
    peer.message().await;
    for number in 0..50 {
        peer.push(&data(number)).await;
    }
    for _ in 0..50 {
        peer.error("no").await;
        peer.send("garbage").await;
    }
    // The call learns it whatever became of the events.
    assert!(outcome(call).await.is_err());
    settle().await;
    let (mut delivered, mut missed) = (0, 0);
    let mut count = |event: Event| match event {
        Event::Lagged { missed: some, .. } => missed += some,
        _ => delivered += 1,
    };
    while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.recv()) {
        count(event);
    }
    peer.push(&ServerMessage::Error("again".into())).await;
    count(next(&mut events).await);
    assert_eq!(delivered + missed, 150);
    assert!(delivered < 30, "{delivered}");
}

#[tokio::test(start_paused = true)]
async fn error_is_told_or_counted_however_many_places_are_left() {
    // With an odd number of places taken, one is left that is not enough for an error and the loss before it.
    for first in [0, 1] {
        let (_client, mut events, _network, mut peer) =
            connected(small(Overflow::DropNewest)).await;
        for number in 0..5 {
            peer.push(&data(number)).await;
        }
        for _ in 0..first {
            peer.error("no").await;
        }
        for _ in 0..20 {
            peer.send("garbage").await;
            peer.error("no").await;
        }
        settle().await;
        let (mut errors, mut missed) = (0, 0);
        while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.recv()) {
            match event {
                Event::ServerError { .. } => errors += 1,
                Event::Lagged { missed: some, .. } => missed += some,
                other => assert!(matches!(other, Event::Message { .. })),
            }
        }
        // Sixteen places, of which each of these takes two.
        assert_eq!(errors, 8);
        peer.push(&data(5)).await;
        let Event::Lagged { missed: rest, .. } = next(&mut events).await else {
            panic!()
        };
        assert_eq!(errors + missed + rest, first + 40);
    }
}

#[tokio::test(start_paused = true)]
async fn lifecycle_events_are_never_lost_even_with_the_smallest_queue() {
    let config = Config {
        event_capacity: 1,
        ..config()
    };
    let (client, mut events, mut network, mut peer) = connected(config).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    for number in 1..50_u64 {
        peer.push(&data(number)).await;
        settle().await;
        peer.cut();
        assert!(matches!(next(&mut events).await, Event::Message { .. }));
        let Event::Gap { session, .. } = next(&mut events).await else {
            panic!()
        };
        assert_eq!(session, SessionId(number));
        peer = network.accept().await;
        peer.accept(&ticker(1)).await;
        settle().await;
        let session = SessionId(number + 1);
        assert_eq!(next(&mut events).await, Event::Connected { session });
        assert!(matches!(
            next(&mut events).await,
            Event::Resubscribed { .. }
        ));
    }
    client.close().await;
    assert_eq!(
        rest(&mut events).await,
        [Event::Closed {
            reason: CloseReason::Requested
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_server_have_places_of_their_own_in_a_full_queue() {
    for overflow in [Overflow::DropNewest, Overflow::Reconnect] {
        let (_client, mut events, _network, mut peer) = connected(small(overflow)).await;
        // As many as fit, one of them in the place that `Connected` has left: one more would be too many.
        for number in 0..5 {
            peer.push(&data(number)).await;
        }
        peer.error("margin call").await;
        settle().await;
        for number in 0..5 {
            let event = next(&mut events).await;
            let message = data(number);
            let session = SessionId(1);
            assert_eq!(event, Event::Message { session, message });
        }
        let event = next(&mut events).await;
        assert!(matches!(event, Event::ServerError { .. }), "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_thrown_away_is_told_before_an_error_and_before_resubscribed() {
    let (client, mut events, mut network, mut peer) = connected(small(Overflow::DropNewest)).await;
    establish(&client, &mut peer, &[ticker(1)]).await;
    peer.cut();
    let mut peer = network.accept().await;
    assert!(matches!(next(&mut events).await, Event::Gap { .. }));
    for number in 0..20 {
        peer.push(&data(number)).await;
        settle().await;
    }
    peer.error("margin call").await;
    for number in 20..40 {
        peer.push(&data(number)).await;
        settle().await;
    }
    peer.accept(&ticker(1)).await;
    settle().await;
    let mut labels = Vec::new();
    let mut told = 0;
    while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.recv()) {
        match event {
            Event::Message { .. } => told += 1,
            Event::Lagged { missed, .. } => {
                told += missed;
                labels.push("lagged");
            }
            Event::ServerError { .. } => labels.push("error"),
            Event::Resubscribed { .. } => labels.push("resubscribed"),
            _ => {}
        }
    }
    assert_eq!(labels, ["lagged", "error", "lagged", "resubscribed"]);
    assert_eq!(told, 40);
}
