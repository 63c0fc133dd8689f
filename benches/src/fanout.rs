//! One stream to many clients: who serves it, and who reads it.
//!
//! The clients live in a process of their own, so that the server's CPU time and memory are its own too. They read
//! bytes and understand none.

mod bare;
mod crowd;

use rocketfi_mock_server::MockServer;
use rocketfi_protocol::{ClientMessage, ServerMessage, SubscriptionKind, decode, encode};

pub use bare::{loop_over_all, task_for_each};
pub use crowd::{Crowd, serve_as_crowd};

use crate::frames;

/// A server of one stream. Sending is all that is measured.
pub trait Fanout: Send {
    /// Sends a frame to all clients, so many times.
    fn send(&mut self, times: usize) -> impl Future<Output = ()> + Send;
}

/// The mock, quiet: the stream is what is pushed.
#[derive(Debug)]
pub struct Mock {
    server: MockServer,
    message: ServerMessage,
}

impl Mock {
    /// A mock that listens.
    ///
    /// # Panics
    /// When there is no port to be had.
    pub async fn start() -> Self {
        let server = MockServer::builder().quiet().start().await;
        Self {
            server: server.expect("a port is free"),
            message: decode(frames::TICKER.text).expect("the frames are good ones"),
        }
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }
}

impl Fanout for Mock {
    async fn send(&mut self, times: usize) {
        for _ in 0..times {
            self.server.push(self.message.clone());
        }
        // The sessions have their turn before this task has its next.
        tokio::task::yield_now().await;
    }
}

/// What a client sends to get the stream of [`Mock`].
///
/// # Panics
/// Never: the frame is a ticker.
#[must_use]
pub fn subscribe() -> String {
    let Ok(ServerMessage::TickerUpdate(update)) = decode(frames::TICKER.text) else {
        unreachable!("the frame is a ticker");
    };
    let instrument_id = update.instrument_id;
    encode(&ClientMessage::Subscribe(SubscriptionKind::Ticker {
        instrument_id,
    }))
}
