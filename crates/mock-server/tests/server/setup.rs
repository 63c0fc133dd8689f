//! Starting, stopping, starting again.

use std::net::SocketAddr;

use rocketfi_mock_server::market::{InstrumentClass, InstrumentSpec, demo_accounts};
use rocketfi_mock_server::{MockServer, StartError};
use rocketfi_protocol::{AssetId, ClientMessage, InstrumentId};
use rust_decimal::Decimal;
use tokio::net::TcpStream;

use crate::peer::{connect, every_kind, quiet, start, ticker, within};

#[tokio::test]
async fn a_shutdown_closes_with_1001_and_frees_the_port() {
    let server = start(MockServer::builder().rate(1000.0)).await;
    let mut peers = [connect(&server).await, connect(&server).await];
    for kind in every_kind(&server) {
        peers[0].send(&ClientMessage::Subscribe(kind)).await;
    }
    let (ends, ()) = tokio::join!(
        async { [peers[0].end().await, peers[1].end().await] },
        within("shutting down", server.shutdown())
    );
    assert_eq!(
        ends.map(|end| end.map(|(code, _)| code)),
        [Some(1001), Some(1001)]
    );
    assert!(
        TcpStream::connect(server.addr()).await.is_err(),
        "nobody listens"
    );
    within("shutting down again", server.shutdown()).await;
}

#[tokio::test]
async fn a_server_can_be_restarted_on_its_port_while_clients_are_still_connected() {
    let first = quiet().await;
    let addr = first.addr();
    first.shutdown().await;
    for _ in 0..2 {
        let server = start(MockServer::builder().quiet().listen(addr)).await;
        let mut peer = connect(&server).await;
        peer.subscribe(&ticker(&server)).await;
        server.shutdown().await;
        assert_eq!(server.sessions(), 0);
    }
}

#[tokio::test]
async fn a_dropped_server_ends_its_sessions() {
    let server = quiet().await;
    let journal = server.journal().clone();
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    drop(server);
    assert_eq!(peer.end().await, None);
    assert_eq!(
        journal.count(|it| it.message() == Some(&ClientMessage::Ping)),
        1
    );
}

#[tokio::test]
async fn accounts_and_instruments_are_those_that_were_asked_for() {
    let named = demo_accounts(3)[2];
    let spec = InstrumentSpec {
        id: InstrumentId::from_u64(42),
        ticker: "ETH-TEST".to_owned(),
        underlying: AssetId(2),
        class: InstrumentClass::Perpetual,
        tick_size: Decimal::new(1, 1),
        lot_size: Decimal::ONE,
    };
    let builder = MockServer::builder()
        .quiet()
        .account(named)
        .account(named)
        .instruments([spec]);
    let server = start(builder).await;
    assert_eq!(server.accounts(), [named]);
    assert_eq!(server.instruments(), [InstrumentId::from_u64(42)]);
    assert_eq!(server.assets(), [0, 1, 2, 3].map(AssetId));
    assert_eq!(quiet().await.accounts(), demo_accounts(1));
    let both = start(MockServer::builder().quiet().accounts(2).account(named)).await;
    assert_eq!(both.accounts(), demo_accounts(3));
}

#[tokio::test]
async fn what_cannot_be_is_an_error_at_the_start() {
    for rate in [-1.0, f64::NAN, f64::INFINITY, 1_001.0] {
        let error = MockServer::builder().rate(rate).start().await.unwrap_err();
        assert!(matches!(error, StartError::Rate { .. }), "{error}");
    }
    let taken = quiet().await;
    let error = MockServer::builder()
        .listen(taken.addr())
        .start()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {}", taken.addr())
    );

    let specs = taken.with_market(|market| market.instruments().cloned().collect::<Vec<_>>());
    let spec = InstrumentSpec {
        underlying: AssetId(9),
        ..specs[0].clone()
    };
    let error = MockServer::builder()
        .instruments([spec])
        .start()
        .await
        .unwrap_err();
    let expected = "instrument BTC-PERP: its underlying is none of the market's assets";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_server_that_listens_everywhere_is_reached_locally() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let server = start(MockServer::builder().quiet().listen(everywhere)).await;
    assert_eq!(
        server.url(),
        format!("ws://127.0.0.1:{}/ws", server.addr().port())
    );
    connect(&server).await.expect_pong().await;
}

#[tokio::test]
async fn an_instrument_that_makes_no_market_is_refused_by_name() {
    let specs = quiet()
        .await
        .with_market(|market| market.instruments().cloned().collect::<Vec<_>>());
    let cases = [
        (
            vec![
                specs[0].clone(),
                InstrumentSpec {
                    id: specs[0].id,
                    ..specs[1].clone()
                },
            ],
            "its id is another's",
        ),
        (
            vec![InstrumentSpec {
                tick_size: Decimal::ZERO,
                ..specs[1].clone()
            }],
            "must be above zero",
        ),
        (
            vec![InstrumentSpec {
                lot_size: Decimal::NEGATIVE_ONE,
                ..specs[1].clone()
            }],
            "must be above zero",
        ),
        (
            vec![InstrumentSpec {
                lot_size: Decimal::new(1, 20),
                ..specs[1].clone()
            }],
            "at most twelve decimals",
        ),
    ];
    for (instruments, fault) in cases {
        let builder = MockServer::builder().instruments(instruments);
        let text = builder.start().await.unwrap_err().to_string();
        assert!(
            text.starts_with("instrument ETH-PERP: ") && text.contains(fault),
            "{text}"
        );
    }
}
