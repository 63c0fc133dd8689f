//! A server that pushes frames as fast as a socket takes them, or at a pace: blocking, on a thread of its own, so that
//! none of its work is counted as the reader's.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rocketfi_protocol::{ClientMessage, ServerMessage, decode_client};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// A server for one connection.
#[derive(Debug)]
pub struct Feed<T> {
    addr: SocketAddr,
    go_tx: Sender<()>,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Feed<T> {
    /// Confirms so many subscriptions, waits for [`go`](Self::go), and pushes. The connection stays open until its other
    /// end closes it.
    ///
    /// # Panics
    /// When there is no loopback.
    pub fn new(
        subscriptions: usize,
        push: impl FnOnce(&mut TcpStream) -> T + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let (go_tx, go_rx) = mpsc::channel();
        let thread = thread::spawn(move || serve(&listener, subscriptions, &go_rx, push));
        Self {
            addr,
            go_tx,
            thread,
        }
    }

    /// Where to connect.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.addr)
    }

    /// Begins to push.
    ///
    /// # Panics
    /// When the server has failed.
    pub fn go(&self) {
        self.go_tx.send(()).expect("a server that waits");
    }

    /// What the push has returned, once the other end has closed the connection.
    ///
    /// # Panics
    /// When the server has failed.
    #[must_use]
    pub fn join(self) -> T {
        self.thread.join().expect("a server that has not failed")
    }
}

fn serve<T>(
    listener: &TcpListener,
    subscriptions: usize,
    go_rx: &Receiver<()>,
    push: impl FnOnce(&mut TcpStream) -> T,
) -> T {
    let (stream, _) = listener.accept().expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut socket = tungstenite::accept(stream).expect("a handshake");
    for _ in 0..subscriptions {
        confirm(&mut socket);
    }
    go_rx.recv().expect("a reader");
    let stream = socket.get_mut();
    let pushed = push(stream);
    // What a reader writes at its end is of no interest.
    while stream.read(&mut [0; 4096]).is_ok_and(|size| size > 0) {}
    pushed
}

/// Confirms the next subscription, unless the other end closes the connection.
///
/// # Panics
/// When something else comes.
pub fn confirm<S: Read + Write>(socket: &mut WebSocket<S>) {
    let Ok(text) = socket.read() else {
        return;
    };
    if text.is_close() {
        return;
    }
    let message = decode_client(text.to_text().expect("text")).expect("a message");
    let ClientMessage::Subscribe(kind) = message else {
        panic!("not a subscription");
    };
    let confirmation = ServerMessage::SubscribeConfirmation(kind);
    let text = rocketfi_protocol::encode(&confirmation);
    socket.send(Message::text(text)).expect("a reader");
}

/// So many frames with this text, as they stand on the wire.
///
/// # Panics
/// When a frame has 64 KiB or more.
#[must_use]
pub fn wire(text: &str, frames: usize) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a frame of less than 64 KiB");
    let mut header = vec![0x81];
    match u8::try_from(length) {
        Ok(short @ 0..126) => header.push(short),
        _ => header.extend([&[126][..], &length.to_be_bytes()].concat()),
    }
    [&header, text.as_bytes()].concat().repeat(frames)
}
