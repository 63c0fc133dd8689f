//! One client, from the completed handshake to the end.

mod course;
mod ear;

use std::future::poll_fn;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;

use self::course::{Course, Turn};
use crate::hub::{Hub, Seat};
use crate::journal::Ending;
use crate::link::Link;
use crate::outbox::{Goodbye, Order};

/// For everything that remains once a session is to end: the queue, the Close frames.
const GOODBYE_DEADLINE: Duration = Duration::from_secs(1);

/// Serves one client until either side ends it. Works over any [`Link`].
///
/// Reading never waits for writing: a client that sends but does not read fills its own queue and
/// is closed, and holds up nobody.
pub(crate) async fn run<S: Link>(socket: WebSocketStream<S>, hub: &Hub, seat: Seat) {
    let session = seat.session;
    let mut course = Course::new(socket, hub, seat);
    let turn = poll_fn(|cx| course.poll(cx)).await;
    // What comes now comes once, and would make every session as large as its end.
    let ending = Box::pin(finish(course, turn)).await;
    hub.leave(session, ending);
}

/// What comes after the ordinary course of a session.
async fn finish<S: Link>(mut course: Course<'_, S>, turn: Turn) -> Ending {
    let deadline = || Instant::now() + GOODBYE_DEADLINE;
    let end = match turn {
        Turn::Lost | Turn::Ordered(Order::Abandoned) => return Ending::Lost,
        Turn::Broken(end) | Turn::Ordered(Order::End(end)) => end,
        Turn::Closing { code } => tokio::select! {
            biased;
            order = poll_fn(|cx| course.inbox.poll(cx, &mut course.batch, false)) => match order {
                Order::End(end) => end,
                Order::Abandoned => return Ending::Lost,
            },
            () = finish_reading(&mut course.socket, deadline()) => return Ending::ByClient { code },
        },
    };
    say(end.goodbye, course, deadline()).await;
    end.ending
}

/// Ends the connection as told.
async fn say<S: Link>(goodbye: Goodbye, mut course: Course<'_, S>, deadline: Instant) {
    if goodbye != Goodbye::Reset {
        course.inbox.take(&mut course.batch);
        let rest = poll_fn(|cx| course.poll_write(cx));
        if timeout_at(deadline, rest).await.is_err() {
            tracing::debug!("some of what was queued could not be written");
        }
    }
    match goodbye {
        Goodbye::Close(frame) => {
            if let Ok(Ok(())) = timeout_at(deadline, course.socket.close(frame)).await {
                finish_reading(&mut course.socket, deadline).await;
            }
        }
        Goodbye::Vanish => {}
        Goodbye::Reset => course.socket.get_ref().abort(),
    }
}

/// Reads to the end, so that the Close frames pass one another: unread bytes would turn the end of
/// the connection into a reset, which takes a Close frame under way with it.
async fn finish_reading<T: StreamExt + Unpin>(stream: &mut T, deadline: Instant) {
    let rest = async { while stream.next().await.is_some() {} };
    if timeout_at(deadline, rest).await.is_err() {
        tracing::debug!("a client did not answer a Close frame in time");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::SinkExt;
    use rocketfi_protocol::{ClientMessage, encode};
    use tokio::io::DuplexStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;
    use crate::journal::{Journal, Received};
    use crate::market::{Market, MarketConfig};
    use crate::outbox::End;
    use crate::request::Rules;

    fn hub(queue_capacity: usize) -> Arc<Hub> {
        let rules = Rules {
            strict_known: false,
            snapshots: false,
        };
        let market = Market::new(&MarketConfig::new(1));
        Arc::new(Hub::new(market, Journal::new(100), rules, queue_capacity))
    }

    /// A client of a session that runs over a pipe in memory.
    async fn client(hub: &Arc<Hub>) -> WebSocketStream<DuplexStream> {
        let (near, far) = tokio::io::duplex(256);
        let served = WebSocketStream::from_raw_socket(near, Role::Server, None).await;
        let seat = hub.enter(Arc::default());
        let hub = Arc::clone(hub);
        tokio::spawn(async move { run(served, &hub, seat).await });
        WebSocketStream::from_raw_socket(far, Role::Client, None).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_runs_over_any_stream() {
        let hub = hub(8);
        let mut client = client(&hub).await;
        client
            .send(Message::text(encode(&ClientMessage::Ping)))
            .await
            .unwrap();
        assert_eq!(
            client.next().await.unwrap().unwrap(),
            Message::text("\"Pong\"")
        );
        client.close(None).await.unwrap();
        let closed = Received::Closed {
            ending: Ending::ByClient { code: None },
        };
        let is_closed = |entry: &crate::journal::Entry| entry.event == closed;
        hub.journal
            .wait_for(is_closed, Duration::from_secs(5))
            .await
            .unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_cannot_hold_up_the_end() {
        let hub = hub(100);
        let _client = client(&hub).await;
        for _ in 0..100 {
            hub.push_to_all(&Message::text("more than a pipe of 256 bytes holds"));
        }
        let started = Instant::now();
        hub.end_all(&End::close(1001, ""));
        let closed = |entry: &crate::journal::Entry| {
            matches!(
                entry.event,
                Received::Closed {
                    ending: Ending::ByServer { code: Some(1001) }
                }
            )
        };
        hub.journal
            .wait_for(closed, Duration::from_secs(60))
            .await
            .unwrap();
        assert!(started.elapsed() <= GOODBYE_DEADLINE);
    }
}
