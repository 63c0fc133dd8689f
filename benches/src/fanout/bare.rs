//! What a broadcast costs with nothing around it: no subscriptions, no journal, no faults, no limits.

use futures_util::SinkExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::Fanout;
use crate::frames;

type Client = WebSocketStream<TcpStream>;

/// Frames that may wait for a task. A task that is further behind has lost some.
const CAPACITY: usize = 1 << 14;

/// One loop: every client in turn, each of which can hold up all others. Nothing is cheaper.
#[derive(Debug)]
pub struct Loop {
    clients: Vec<Client>,
    frame: Message,
}

/// A task for each client, fed by one broadcast channel.
#[derive(Debug)]
pub struct Tasks {
    frames: broadcast::Sender<Message>,
    frame: Message,
}

/// Waits for that many clients.
pub async fn loop_over_all(listener: TcpListener, clients: usize) -> Loop {
    Loop {
        clients: accept(listener, clients).await,
        frame: Message::text(frames::TICKER.text),
    }
}

/// Waits for that many clients.
pub async fn task_for_each(listener: TcpListener, clients: usize) -> Tasks {
    let (frames, _) = broadcast::channel(CAPACITY);
    for client in accept(listener, clients).await {
        tokio::spawn(pass_on(client, frames.subscribe()));
    }
    let frame = Message::text(frames::TICKER.text);
    Tasks { frames, frame }
}

impl Fanout for Loop {
    async fn send(&mut self, times: usize) {
        for client in &mut self.clients {
            for _ in 0..times {
                client.feed(self.frame.clone()).await.expect(READS);
            }
            client.flush().await.expect(READS);
        }
    }
}

impl Fanout for Tasks {
    async fn send(&mut self, times: usize) {
        for _ in 0..times {
            self.frames.send(self.frame.clone()).expect(READS);
        }
        tokio::task::yield_now().await;
    }
}

const READS: &str = "the clients read until the program ends";

async fn accept(listener: TcpListener, clients: usize) -> Vec<Client> {
    let mut accepted = Vec::with_capacity(clients);
    for _ in 0..clients {
        let (stream, _) = listener.accept().await.expect("clients come");
        stream.set_nodelay(true).expect("it is a TCP stream");
        accepted.push(accept_async(stream).await.expect("they ask well"));
    }
    accepted
}

async fn pass_on(mut client: Client, mut frames: broadcast::Receiver<Message>) {
    while let Ok(frame) = frames.recv().await {
        client.feed(frame).await.expect(READS);
        while let Ok(frame) = frames.try_recv() {
            client.feed(frame).await.expect(READS);
        }
        client.flush().await.expect(READS);
    }
}
