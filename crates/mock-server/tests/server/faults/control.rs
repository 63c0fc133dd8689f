//! What a test can do with faults.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rocketfi_mock_server::{Fault, Phase};

use super::sights::{injected, kind, numbered, subscribe};
use crate::peer::{connect, quiet, received, ticker};

#[tokio::test]
async fn faults_of_a_phase_happen_one_a_session_in_their_order() {
    let server = quiet().await;
    server.inject(Fault::Close { code: 1012 }, Phase::Opened);
    server.inject(Fault::Close { code: 1013 }, Phase::Opened);
    assert_eq!(connect(&server).await.sights().await, ["Close 1012"]);
    assert_eq!(connect(&server).await.sights().await, ["Close 1013"]);
    connect(&server).await.expect_pong().await;
    assert_eq!(injected(&server), [(1, "close"), (2, "close")]);
}

#[tokio::test]
async fn a_fault_of_now_happens_to_every_session_that_is_open() {
    let server = quiet().await;
    let mut peers = [connect(&server).await, connect(&server).await];
    for peer in &mut peers {
        peer.expect_pong().await;
    }
    server.inject(Fault::StrayError, Phase::Streaming);
    for peer in &mut peers {
        assert_eq!(peer.sight().await, "Error");
        peer.expect_pong().await;
    }
    connect(&server).await.expect_pong().await;
    assert_eq!(injected(&server), [(1, "stray error"), (2, "stray error")]);
}

#[tokio::test]
async fn cleared_faults_do_not_happen() {
    let server = quiet().await;
    let armed = [
        (Fault::Reset, Phase::Dialling),
        (Fault::Fin, Phase::Handshake),
        (Fault::Binary, Phase::Opened),
        (Fault::NoAck, Phase::Subscribing),
        (Fault::Reset, Phase::Closing),
    ];
    for (fault, phase) in armed {
        server.inject(fault, phase);
    }
    server.clear_faults();
    let mut peer = connect(&server).await;
    peer.subscribe(&kind()).await;
    peer.socket.close(None).await.unwrap();
    assert_eq!(peer.sights().await, ["Close 1005"]);
    assert_eq!(injected(&server), []);
}

#[tokio::test]
async fn clearing_mends_the_habits_of_open_sessions_and_loses_nothing() {
    for fault in [Fault::PingsOnly, Fault::NoPongs, Fault::Duplicate] {
        let server = quiet().await;
        let mut peer = connect(&server).await;
        peer.subscribe(&kind()).await;
        server.inject(fault, Phase::Streaming);
        server.clear_faults();
        server.push(numbered(1));
        assert_eq!(peer.sight().await, "1");
        peer.expect_pong().await;
    }
    let server = quiet().await;
    let mut peer = connect(&server).await;
    peer.subscribe(&kind()).await;
    server.inject(Fault::Reorder, Phase::Streaming);
    server.push(numbered(1));
    // It waits for a second one, which need not come.
    server.clear_faults();
    assert_eq!(peer.sight().await, "1");
    peer.expect_pong().await;
}

#[tokio::test]
async fn a_flood_is_of_the_state_that_the_market_has_or_else_of_the_last_update() {
    let server = quiet().await;
    let flood = || server.inject(Fault::Flood { frames: 3 }, Phase::Streaming);
    let mut peer = connect(&server).await;
    peer.subscribe(&kind()).await;
    flood();
    // Nothing was matched yet, and nothing pushed.
    peer.expect_pong().await;
    server.push(numbered(1));
    flood();
    for _ in 0..4 {
        assert_eq!(peer.sight().await, "1");
    }
    peer.expect_pong().await;
    peer.subscribe(&ticker(&server)).await;
    flood();
    for _ in 0..3 {
        assert_eq!(peer.sight().await, "TickerUpdate");
    }
    peer.expect_pong().await;
}

#[tokio::test]
async fn what_is_subscribed_is_told_as_often_as_it_is() {
    let server = quiet().await;
    let mut peer = connect(&server).await;
    server.inject(Fault::NoAck, Phase::Subscribing);
    peer.send(&subscribe()).await;
    received(server.journal(), |it| it.message() == Some(&subscribe())).await;
    assert_eq!(server.subscriptions(1), [kind()]);
    peer.subscribe(&kind()).await;
    assert_eq!(server.subscriptions(1), [kind(), kind()]);
    server.inject(Fault::DropSubscription(kind()), Phase::Streaming);
    assert_eq!(server.subscriptions(1), [kind()]);
    assert_eq!(server.subscriptions(2), []);
}

#[tokio::test]
async fn a_fault_that_cannot_happen_then_is_no_fault() {
    let server = quiet().await;
    let status = 503;
    let refuse = Fault::Refuse {
        status,
        retry_after: None,
    };
    let misfits = [
        (Fault::TwoAcks, Phase::Opened),
        (Fault::Binary, Phase::Handshake),
        (Fault::StrayError, Phase::Closing),
        (refuse, Phase::Dialling),
    ];
    for (fault, phase) in misfits {
        let expected = format!("{} does not fit {phase:?}", fault.name());
        let injecting = catch_unwind(AssertUnwindSafe(|| server.inject(fault, phase)));
        let panic = injecting.expect_err(&expected);
        assert_eq!(panic.downcast_ref(), Some(&expected));
    }
    connect(&server).await.expect_pong().await;
}
