//! Subscribing, being told, unsubscribing; requests that are answered.

use std::collections::BTreeSet;

use rocketfi_mock_server::market::{Market, MarketConfig};
use rocketfi_mock_server::{MockServer, Received};
use rocketfi_protocol::{
    ClientMessage, RawJson, SerializationFormat, ServerMessage, SignatureScheme, SubscriptionKind,
    Transaction, TransactionData, TransactionResponse, encode,
};
use tokio_tungstenite::tungstenite::Message;

use crate::peer::{connect, every_kind, instrument, quiet, received, start, ticker};

#[tokio::test]
async fn every_kind_is_confirmed_updated_and_unsubscribed() {
    let server = start(MockServer::builder().seed(7).rate(100.0)).await;
    let mut peer = connect(&server).await;
    let kinds = every_kind(&server);
    for kind in &kinds {
        peer.send(&ClientMessage::from(kind.clone())).await;
        let ack = peer
            .message_that(|it| it.name() == "SubscribeConfirmation")
            .await;
        assert_eq!(ack, ServerMessage::SubscribeConfirmation(kind.clone()));
    }
    let mut missing: BTreeSet<_> = kinds
        .iter()
        .flat_map(|kind| kind.updates().iter().map(|name| (kind.clone(), *name)))
        .collect();
    while !missing.is_empty() {
        let message = peer.message().await;
        assert!(
            kinds.iter().any(|kind| message.belongs_to(kind)),
            "{}",
            message.name()
        );
        missing.retain(|(kind, name)| *name != message.name() || !message.belongs_to(kind));
    }
    for kind in &kinds {
        peer.send(&ClientMessage::Unsubscribe(kind.clone())).await;
        let ack = peer
            .message_that(|it| it.name() == "UnsubscribeConfirmation")
            .await;
        assert_eq!(ack, ServerMessage::UnsubscribeConfirmation(kind.clone()));
    }
    // With everything unsubscribed, the next thing to come is an answer.
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_lively_server_shows_a_new_subscriber_the_state_at_once() {
    let server = start(MockServer::builder().quiet().snapshots(true)).await;
    let mut peer = connect(&server).await;
    let account = server.accounts()[0];
    let expected = [
        (ticker(&server), vec!["TickerUpdate"]),
        (
            SubscriptionKind::PriceFeed {
                instrument_id: instrument(&server),
            },
            vec!["MarkPriceUpdate", "QuoteUpdate"],
        ),
        (
            SubscriptionKind::OpenOrders { account },
            vec!["OpenOrdersUpdate"],
        ),
        (
            SubscriptionKind::AccountRisk { account },
            vec!["AccountRiskUpdate"],
        ),
        (SubscriptionKind::PositionFunding { account }, vec![]),
    ];
    for (kind, updates) in expected {
        peer.subscribe(&kind).await;
        for name in updates {
            let message = peer.message().await;
            assert!(
                message.name() == name && message.belongs_to(&kind),
                "{}",
                message.name()
            );
        }
        peer.expect_pong().await;
    }
}

#[tokio::test]
async fn a_quiet_server_says_nothing_by_itself() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    for kind in every_kind(&server) {
        peer.subscribe(&kind).await;
    }
    peer.expect_pong().await;
    assert!(server.tick() > 0);
    assert!(peer.message().await.delivery().is_some());
}

/// Subscribes to everything, ticks, and answers with all that was told.
async fn told(seed: u64, ticks: usize) -> Vec<String> {
    let server = start(MockServer::builder().seed(seed).quiet()).await;
    let mut peer = connect(&server).await;
    for kind in every_kind(&server) {
        peer.subscribe(&kind).await;
    }
    let mut frames = Vec::new();
    for _ in 0..ticks {
        for _ in 0..server.tick() {
            frames.push(peer.text().await);
        }
    }
    frames
}

#[tokio::test]
async fn the_same_seed_gives_the_same_frames_over_the_wire() {
    let frames = told(7, 40).await;
    assert!(frames.len() > 200, "{} frames", frames.len());
    assert_eq!(frames, told(7, 40).await);
    assert_ne!(frames, told(8, 40).await);
}

#[tokio::test]
async fn a_tick_is_told_in_its_own_order_whatever_the_order_of_subscriptions() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let mut kinds = every_kind(&server);
    kinds.reverse();
    for kind in &kinds {
        peer.subscribe(kind).await;
    }
    let mut twin = Market::new(&MarketConfig::new(7));
    for _ in 0..30 {
        let tick = twin.tick();
        let order_events = kinds.iter().flat_map(|kind| tick.told_to(kind));
        let order_events = order_events.filter(|(_, it)| it.name() == "OrderEventUpdate");
        let order_events = order_events.map(|(_, it)| encode(&*it));
        let told = tick
            .updates
            .iter()
            .filter(|it| kinds.iter().any(|kind| it.belongs_to(kind)));
        let expected: Vec<_> = order_events.chain(told.map(encode)).collect();
        assert_eq!(server.tick(), expected.len());
        for frame in expected {
            assert_eq!(peer.text().await, frame);
        }
    }
}

#[tokio::test]
async fn clients_that_come_and_go_leave_the_frames_alone() {
    let server = start(MockServer::builder().seed(7).quiet()).await;
    let mut others = Vec::new();
    let mut peer = connect(&server).await;
    peer.subscribe(&ticker(&server)).await;
    let mut frames = Vec::new();
    for round in 0..20 {
        let mut other = connect(&server).await;
        for kind in every_kind(&server).iter().skip(round % 10) {
            other.subscribe(kind).await;
        }
        others.push(other);
        server.tick();
        frames.extend(if round % 2 == 1 {
            Some(peer.text().await)
        } else {
            None
        });
    }
    let alone = told(7, 20).await;
    let tickers: Vec<_> = alone
        .into_iter()
        .filter(|it| it.starts_with("{\"TickerUpdate"))
        .collect();
    assert_eq!(frames, tickers);
}

#[tokio::test]
async fn each_client_gets_what_it_asked_for_and_nothing_else() {
    let server = start(MockServer::builder().quiet().accounts(2)).await;
    let [first, second] = server.accounts() else {
        panic!("two accounts")
    };
    let mut peers = [connect(&server).await, connect(&server).await];
    let kinds = [first, second].map(|account| SubscriptionKind::AccountRisk { account: *account });
    for (peer, kind) in peers.iter_mut().zip(&kinds) {
        peer.subscribe(kind).await;
    }
    for _ in 0..20 {
        server.tick();
    }
    for (peer, kind) in peers.iter_mut().zip(&kinds) {
        for _ in 0..5 {
            let message = peer.message().await;
            assert!(message.belongs_to(kind), "{}", message.name());
        }
    }
}

#[tokio::test]
async fn a_second_identical_subscribe_makes_every_frame_come_twice() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.subscribe(&ticker(&server)).await;
    peer.subscribe(&ticker(&server)).await;
    assert_eq!((server.tick(), server.tick()), (0, 2));
    assert_eq!(peer.text().await, peer.text().await);
    let unsubscribe = ClientMessage::Unsubscribe(ticker(&server));
    let confirmed = ServerMessage::UnsubscribeConfirmation(ticker(&server));
    assert_eq!(peer.ask(&unsubscribe).await, confirmed);
    assert_eq!((server.tick(), server.tick()), (0, 1));
}

fn transaction(server: &MockServer) -> Transaction {
    let instruction = r#"{"PlaceOrder": [ ]}"#.to_owned();
    Transaction {
        data: TransactionData {
            sender: server.accounts()[0],
            instruction: RawJson::new(instruction).expect("JSON"),
            nonce: 12,
        },
        serialization_format: SerializationFormat::Json,
        signature_scheme: SignatureScheme::Eip712,
        signature: "0x1f30".parse().expect("hex"),
    }
}

#[tokio::test]
async fn transactions_are_answered_and_kept_as_they_were() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    let transaction = transaction(&server);

    let submit = ClientMessage::SubmitTransaction(transaction.clone());
    let ServerMessage::TransactionResult(result) = peer.ask(&submit).await else {
        panic!()
    };
    assert_eq!(result.signature, transaction.signature);
    assert_eq!(result.response, TransactionResponse::Ok);

    let register = ClientMessage::RegisterExecuteOnDisconnect(transaction.clone());
    let ServerMessage::ExecuteOnDisconnectRegistered(answer) = peer.ask(&register).await else {
        panic!()
    };
    assert_eq!(
        (answer.signature, answer.deferred_nonce),
        (transaction.signature.clone(), 12)
    );
    let clear = ClientMessage::ClearExecuteOnDisconnect;
    assert_eq!(
        peer.ask(&clear).await,
        ServerMessage::ExecuteOnDisconnectCleared
    );

    let kept = received(server.journal(), |entry| entry.message() == Some(&submit)).await;
    let Some(ClientMessage::SubmitTransaction(kept)) = kept.message() else {
        panic!()
    };
    assert_eq!(kept.data.instruction.as_str(), r#"{"PlaceOrder": [ ]}"#);
}

#[tokio::test]
async fn a_deferred_transaction_is_executed_when_the_session_ends_unless_cleared() {
    let server = quiet().await;
    let register = ClientMessage::RegisterExecuteOnDisconnect(transaction(&server));
    let mut peers = [connect(&server).await, connect(&server).await];
    for peer in &mut peers {
        assert_eq!(
            peer.ask(&register).await.name(),
            "ExecuteOnDisconnectRegistered"
        );
    }
    peers[1].ask(&ClientMessage::ClearExecuteOnDisconnect).await;
    server.drop_connections();
    let executed = Received::DeferredExecuted { nonce: 12 };
    assert_eq!(
        received(server.journal(), |it| it.event == executed)
            .await
            .session,
        1
    );
    assert_eq!(server.journal().count(|it| it.event == executed), 1);
}

#[tokio::test]
async fn pings_are_answered_at_both_layers() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.send_text(r#"{"Ping":null}"#).await;
    assert_eq!(peer.text().await, r#""Pong""#);
    peer.send_frame(Message::Ping("are you there".into())).await;
    let pong = peer.frame().await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong("are you there".into()));
    assert_eq!(
        server
            .journal()
            .count(|it| it.event == Received::WebSocketPing),
        1
    );
}
