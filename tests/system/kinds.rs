//! Every subscription kind, from the subscribe to the unsubscribe.

use std::collections::BTreeSet;

use rocketfi_client::{Event, SessionId};
use rocketfi_protocol::{ClientMessage, InstrumentId, ServerMessage, SubscriptionKind};
use rocketfi_tests::samples::{ACCOUNT, Case, INSTRUMENT, cases, kinds};
use rocketfi_tests::{Bench, deadline, requests};

#[test]
fn there_is_a_case_for_every_kind_and_every_update() {
    let kinds: Vec<_> = cases()
        .iter()
        .map(|case| case.kind.name().to_owned())
        .collect();
    assert_eq!(kinds, SubscriptionKind::NAMES);
    for Case { kind, updates } in cases() {
        let covered: BTreeSet<_> = updates.iter().map(ServerMessage::name).collect();
        let brought: BTreeSet<_> = kind.updates().iter().copied().collect();
        assert_eq!(covered, brought, "updates of {}", kind.name());
    }
}

/// What the client finds the kinds of a message by.
#[test]
fn update_names_the_instrument_and_the_account_that_its_kind_names() {
    for Case { kind, updates } in cases() {
        for message in updates {
            let instrument = kind.instrument_id();
            let account = kind.account();
            let name = message.name();
            assert!(
                instrument.is_none() || instrument == message.instrument_id(),
                "{name}"
            );
            assert!(account.is_none() || account == message.account(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_kind_is_subscribed_confirmed_updated_and_unsubscribed() {
    let mut bench = Bench::new().await;
    for case in cases() {
        let name = case.kind.name().to_owned();
        go_through_a_life(&mut bench, case).await;
        let left = bench.client.subscriptions().await;
        assert_eq!(left, [], "after {name} was unsubscribed");
    }
    let expected: Vec<_> = kinds()
        .into_iter()
        .flat_map(|kind| {
            [
                ClientMessage::Subscribe(kind.clone()),
                ClientMessage::Unsubscribe(kind),
            ]
        })
        .collect();
    assert_eq!(requests(bench.server.journal(), 1), expected);
}

async fn go_through_a_life(bench: &mut Bench, Case { kind, updates }: Case) {
    let name = kind.name();
    bench.subscribe([kind.clone()]).await;
    for message in updates {
        assert!(message.belongs_to(&kind), "{} and {name}", message.name());
        assert_eq!(
            bench.server.push(message.clone()),
            1,
            "subscribers of {name}"
        );
        let session = SessionId(1);
        assert_eq!(
            bench.events.event().await,
            Event::Message {
                session,
                message: message.clone()
            }
        );
    }
    deadline(
        "the end of a subscription",
        bench.client.unsubscribe(kind.clone()),
    )
    .await
    .unwrap_or_else(|error| panic!("unsubscribing {name}: {error}"));
    assert_eq!(
        bench.server.push_text_to(&kind, "{}"),
        0,
        "subscribers of {name} after the end"
    );
}

#[tokio::test]
async fn an_update_reaches_only_the_kind_it_belongs_to() {
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    for Case { kind, updates } in cases() {
        for message in updates {
            assert_eq!(
                bench.server.push(message.clone()),
                1,
                "deliveries of {}",
                message.name()
            );
            let received = bench.drain().await;
            let [
                Event::Message {
                    message: received, ..
                },
            ] = &received[..]
            else {
                panic!("{} brought {received:?}", message.name());
            };
            let owners: Vec<_> = kinds()
                .into_iter()
                .filter(|kind| received.belongs_to(kind))
                .collect();
            assert_eq!(
                owners,
                std::slice::from_ref(&kind),
                "owners of {}",
                received.name()
            );
        }
    }
}

#[tokio::test]
async fn optional_filters_of_order_events_are_different_subscriptions() {
    let mut bench = Bench::new().await;
    let kind = |account, instrument_id| SubscriptionKind::OrderEvents {
        account,
        instrument_id,
    };
    let filters = [
        kind(None, None),
        kind(Some(ACCOUNT), None),
        kind(None, Some(INSTRUMENT)),
        kind(Some(ACCOUNT), Some(INSTRUMENT)),
    ];
    bench.subscribe(filters.clone()).await;
    for filter in &filters {
        let frame = order_events_for(filter);
        assert_eq!(bench.server.push(frame), 1);
        let received = bench.drain().await;
        let [Event::Message { message, .. }] = &received[..] else {
            panic!("{filter:?} brought {received:?}");
        };
        let owners: Vec<_> = filters.iter().filter(|it| message.belongs_to(it)).collect();
        assert_eq!(owners, [filter]);
    }
}

fn order_events_for(filter: &SubscriptionKind) -> ServerMessage {
    rocketfi_protocol::OrderEventUpdate {
        account: filter.account().into(),
        instrument_id: filter.instrument_id().into(),
        order_events: Vec::new(),
    }
    .into()
}

#[tokio::test]
async fn a_moving_market_brings_every_update_of_every_kind() {
    const MOST_TICKS: usize = 2_000;
    let mut bench = Bench::new().await;
    bench.subscribe(kinds()).await;
    let mut awaited: BTreeSet<&str> = kinds()
        .iter()
        .flat_map(SubscriptionKind::updates)
        .copied()
        .collect();
    for _ in 0..MOST_TICKS {
        if awaited.is_empty() {
            return;
        }
        bench.server.tick();
        for event in bench.drain().await {
            let Event::Message { message, .. } = event else {
                panic!("a market brought {event:?}");
            };
            let owners = kinds()
                .into_iter()
                .filter(|kind| message.belongs_to(kind))
                .count();
            assert_eq!(owners, 1, "owners of {}", message.name());
            awaited.remove(message.name());
        }
    }
    panic!("no {awaited:?} within {MOST_TICKS} ticks");
}

#[tokio::test]
async fn instruments_are_told_apart() {
    let mut bench = Bench::new().await;
    let instruments = bench.server.instruments();
    let ticker = |instrument_id: InstrumentId| SubscriptionKind::Ticker { instrument_id };
    let [wanted, other] = [ticker(instruments[0]), ticker(instruments[1])];
    bench.subscribe([wanted.clone()]).await;
    assert_eq!(bench.server.push_text_to(&other, "{}"), 0);
    for _ in 0..20 {
        bench.server.tick();
    }
    let received = bench.drain().await;
    assert!(!received.is_empty(), "a ticker stands still for 20 ticks");
    for event in received {
        let Event::Message { message, .. } = event else {
            panic!("{event:?}")
        };
        assert!(message.belongs_to(&wanted) && !message.belongs_to(&other));
    }
}
