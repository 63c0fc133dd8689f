//! One client, from the completed handshake to the end.

use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};

use crate::hub::{Hub, Seat};
use crate::journal::{Ending, Received};
use crate::link::Link;
use crate::outbox::{End, Goodbye};

/// For everything that remains once a session is to end: the queue, the Close frames.
const GOODBYE_DEADLINE: Duration = Duration::from_secs(1);

type Sink<S> = SplitSink<WebSocketStream<S>, Message>;
type Stream<S> = SplitStream<WebSocketStream<S>>;

/// Serves one client until either side ends it. Works over any [`Link`].
///
/// Reading never waits for writing: a client that sends but does not read fills its own queue and
/// is closed, and holds up nobody.
pub(crate) async fn run<S: Link>(socket: WebSocketStream<S>, hub: &Hub, seat: Seat) {
    let Seat { session, mut inbox } = seat;
    let (mut sink, mut stream) = socket.split();
    let step = {
        let mut writing = pin!(write(&mut sink, &mut inbox.frames));
        let mut is_written = false;
        let step = tokio::select! {
            // An order to end comes before anything that could delay it.
            biased;
            end = &mut inbox.end => Step::ordered(end),
            step = read(&mut stream, hub, session) => match step {
                Some(step) => step,
                None => Step::ordered((&mut inbox.end).await),
            },
            result = &mut writing => match result {
                // The queue has come to its end, and that comes with an order.
                Ok(()) => {
                    is_written = true;
                    Step::ordered((&mut inbox.end).await)
                }
                Err(_) => Step::Over(Ending::Lost),
            },
        };
        if let Step::Last { end, deadline } = &step
            && !is_written
            && end.goodbye != Goodbye::Reset
            && timeout_at(*deadline, writing).await.is_err()
        {
            tracing::debug!(session, "some of what was queued could not be written");
        }
        step
    };
    let ending = match step {
        Step::Over(ending) => ending,
        Step::Last { end, deadline } => {
            say(end.goodbye, sink, stream, deadline).await;
            end.ending
        }
    };
    hub.leave(session, ending);
}

/// What comes after the ordinary course of a session.
enum Step {
    /// The connection is already gone.
    Over(Ending),
    /// It is still to be ended, and not later than the deadline.
    Last { end: End, deadline: Instant },
}

impl Step {
    /// What the hub wants. It always gives an order before it lets go of a session.
    fn ordered(end: Result<End, oneshot::error::RecvError>) -> Self {
        end.map_or(Self::Over(Ending::Lost), Self::end)
    }

    fn end(end: End) -> Self {
        Self::Last {
            end,
            deadline: Instant::now() + GOODBYE_DEADLINE,
        }
    }
}

/// Writes what is queued, until the queue is at its end and everything is flushed.
async fn write<S: Link>(
    sink: &mut Sink<S>,
    frames: &mut mpsc::Receiver<Message>,
) -> Result<(), SocketError> {
    while let Some(frame) = frames.recv().await {
        sink.feed(frame).await?;
        while let Ok(frame) = frames.try_recv() {
            sink.feed(frame).await?;
        }
        sink.flush().await?;
    }
    Ok(())
}

/// Reads until the client, or a broken rule, ends the session; `None` when the hub has ordered the
/// end instead. Reading on is also what flushes the pongs with which the WebSocket layer answers
/// pings.
async fn read<S: Link>(stream: &mut Stream<S>, hub: &Hub, session: u64) -> Option<Step> {
    while let Some(frame) = stream.next().await {
        match frame {
            Ok(Message::Text(text)) => hub.receive_text(session, &text),
            Ok(Message::Binary(bytes)) => hub.receive_binary(session, bytes.len()),
            Ok(Message::Ping(_)) => hub.note(session, Received::WebSocketPing),
            Ok(Message::Pong(_)) => hub.note(session, Received::WebSocketPong),
            Ok(Message::Close(frame)) => {
                let code = frame.map(|frame| frame.code.into());
                // Reading on would write the answer.
                if !hub.strike_closing(session) {
                    return None;
                }
                finish_reading(stream, Instant::now() + GOODBYE_DEADLINE).await;
                return Some(Step::Over(Ending::ByClient { code }));
            }
            Ok(Message::Frame(_)) => {}
            Err(error) => return Some(after_error(&error)),
        }
    }
    Some(Step::Over(Ending::Lost))
}

fn after_error(error: &SocketError) -> Step {
    tracing::debug!(%error, "a client cannot be read on");
    match error {
        SocketError::Capacity(_) => {
            Step::end(End::broken_rules(CloseCode::Size, "message too large"))
        }
        SocketError::Utf8(_) => Step::end(End::broken_rules(CloseCode::Invalid, "not UTF-8")),
        SocketError::Protocol(error) if !is_mere_loss(error) => {
            Step::end(End::broken_rules(CloseCode::Protocol, "protocol error"))
        }
        _ => Step::Over(Ending::Lost),
    }
}

fn is_mere_loss(error: &tokio_tungstenite::tungstenite::error::ProtocolError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    matches!(error, ProtocolError::ResetWithoutClosingHandshake)
}

/// Ends the connection as told.
async fn say<S: Link>(goodbye: Goodbye, sink: Sink<S>, stream: Stream<S>, deadline: Instant) {
    let Ok(mut socket) = sink.reunite(stream) else {
        return;
    };
    match goodbye {
        Goodbye::Close(frame) => {
            if let Ok(Ok(())) = timeout_at(deadline, socket.close(frame)).await {
                let mut stream = socket;
                finish_reading(&mut stream, deadline).await;
            }
        }
        Goodbye::Vanish => {}
        Goodbye::Reset => socket.get_ref().abort(),
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

    use rocketfi_protocol::{ClientMessage, encode};
    use tokio::io::DuplexStream;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;
    use crate::journal::Journal;
    use crate::market::{Market, MarketConfig};
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
