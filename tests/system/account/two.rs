//! Two accounts on one server.

use std::sync::Arc;

use rocketfi_account::Event;
use rocketfi_client::Event as ClientEvent;
use rocketfi_protocol::{AccountAddress, ServerMessage};
use rocketfi_tests::deadline;
use rocketfi_tests::samples::private_kinds;

use super::stage::{Stage, server_with_accounts};

/// The accounts that a message is about.
fn accounts_in(event: &Event) -> Vec<AccountAddress> {
    let Event::Message { message, .. } = event else {
        return Vec::new();
    };
    let events = match message {
        ServerMessage::OrderEventUpdate(update) => update.order_events.as_slice(),
        _ => &[],
    };
    let of_events = events.iter().map(|event| event.account);
    message.account().into_iter().chain(of_events).collect()
}

#[tokio::test]
async fn accounts_over_two_clients_do_not_mix() {
    let server = Arc::new(server_with_accounts(2).await);
    let mut first = Stage::following(&server, 0).await;
    let mut second = Stage::following(&server, 1).await;
    assert_ne!(first.account.address(), second.account.address());
    for _ in 0..3 {
        first.tick(50);
        assert_eq!(server.drop_connections(), 2);
        first.tick(50);
        first.reconciled().await;
        second.reconciled().await;
    }
    for stage in [&mut first, &mut second] {
        stage.assert_all_is_well().await;
        stage.assert_events_came_in_order();
        let own = stage.account.address();
        let told: Vec<_> = stage.told.iter().flat_map(accounts_in).collect();
        assert!(told.len() > 100 && told.iter().all(|it| *it == own));
    }
}

#[tokio::test]
async fn what_else_a_client_is_subscribed_to_is_handed_on_and_changes_nothing() {
    let server = Arc::new(server_with_accounts(2).await);
    let mut stage = Stage::following(&server, 0).await;
    let other = server.accounts()[1];
    let client = stage.account.client().clone();
    for kind in private_kinds(other) {
        deadline("a confirmation", client.subscribe(kind))
            .await
            .unwrap();
    }
    stage.tick(50);
    stage.drain().await;
    server.drop_connections();
    stage.tick(50);
    stage.reconciled().await;
    stage.assert_all_is_well().await;
    stage.assert_events_came_in_order();
    let told: Vec<_> = stage.told.iter().flat_map(accounts_in).collect();
    assert!(told.iter().all(|it| *it == stage.account.address()));
    let of_other = |event: &&Event| match event {
        Event::Client(ClientEvent::Message { message, .. }) => message.account() == Some(other),
        _ => false,
    };
    assert!(stage.told.iter().filter(of_other).count() > 20);
}

#[tokio::test]
async fn one_account_is_followed_twice_with_the_same_result() {
    let server = Arc::new(server_with_accounts(1).await);
    let mut first = Stage::following(&server, 0).await;
    let mut second = Stage::following(&server, 0).await;
    first.tick(50);
    server.drop_connections();
    first.tick(50);
    first.reconciled().await;
    second.reconciled().await;
    for stage in [&mut first, &mut second] {
        stage.assert_all_is_well().await;
        stage.assert_events_came_in_order();
    }
    let both = first.given(None);
    assert_eq!(second.given(None)[..both.len()], both);
}
