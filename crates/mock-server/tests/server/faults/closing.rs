//! Faults between a client's Close frame and its answer.

use rocketfi_mock_server::{Ending, Fault, Phase, Received};
use tokio_tungstenite::tungstenite::Message;

use super::sights::injected;
use crate::peer::{connect, is_closed, quiet, received};

#[tokio::test]
async fn a_close_frame_is_answered_or_not_as_the_fault_says() {
    let cases = [
        (None, "Close 1005"),
        (Some(Fault::Reset), "reset"),
        (Some(Fault::Fin), "end"),
        (Some(Fault::Truncate { after: 0 }), "end"),
        (Some(Fault::Drip), "Close 1005"),
    ];
    for (fault, expected) in cases {
        let server = quiet().await;
        let names: Vec<_> = fault.iter().map(|fault| (1, fault.name())).collect();
        if let Some(fault) = fault {
            server.inject(fault, Phase::Closing);
        }
        let mut peer = connect(&server).await;
        peer.expect_pong().await;
        assert_eq!(injected(&server), [], "nothing happens before the Close");
        peer.send_frame(Message::Close(None)).await;
        assert_eq!(peer.sights().await, [expected], "{names:?}");
        assert_eq!(injected(&server), names);

        let mut next = connect(&server).await;
        next.expect_pong().await;
        next.send_frame(Message::Close(None)).await;
        assert_eq!(next.sights().await, ["Close 1005"], "after {names:?}");
    }
}

#[tokio::test]
async fn a_close_of_the_server_is_no_close_of_the_client() {
    let server = quiet().await;
    server.inject(Fault::Reset, Phase::Closing);
    let mut peer = connect(&server).await;
    peer.expect_pong().await;
    server.close_connections(1012, "");
    assert_eq!(peer.sights().await, ["Close 1012"]);
    // The answer to a Close frame is one too.
    peer.end().await;
    let closed = received(server.journal(), is_closed).await;
    let ending = Ending::ByServer { code: Some(1012) };
    assert_eq!(closed.event, Received::Closed { ending });
    assert_eq!(injected(&server), []);
}
