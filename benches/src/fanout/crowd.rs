//! Many clients in a process of their own.

use std::io::{BufRead, Write};
use std::process::Stdio;
use std::{env, io};

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

/// What a program is called with that is to be a crowd.
const WORD: &str = "--crowd";

/// A crowd of clients, from the server's side. They are gone when this is dropped.
#[derive(Debug)]
pub struct Crowd {
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// Killed on drop.
    _process: Child,
}

impl Crowd {
    /// Starts this program again, as that many clients of the server at `url`. With a request, each sends it and
    /// reads one frame in answer.
    ///
    /// # Panics
    /// When the program cannot be started.
    #[must_use]
    pub fn start(url: &str, clients: usize, request: Option<&str>) -> Self {
        let program = env::current_exe().expect("a program knows where it is");
        let mut process = Command::new(program)
            .args([WORD, url, &clients.to_string()])
            .args(request)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this program can be started");
        let orders = process.stdin.take().expect("it is a pipe");
        let answers = process.stdout.take().expect("it is a pipe");
        Self {
            orders,
            answers: BufReader::new(answers).lines(),
            _process: process,
        }
    }

    /// Waits until all are connected, or until what was ordered is done.
    ///
    /// # Panics
    /// When the crowd has failed. It has said why on stderr.
    pub async fn done(&mut self) {
        let line = self.answers.next_line().await;
        assert!(matches!(line, Ok(Some(_))), "the crowd has failed");
    }

    /// Orders every client to read so many bytes.
    ///
    /// # Panics
    /// When the crowd has failed.
    pub async fn read(&mut self, bytes: usize) {
        let order = format!("{bytes}\n");
        let given = self.orders.write_all(order.as_bytes()).await;
        given.expect("the crowd listens");
    }
}

/// Is a crowd until the end, if the program was started as one; else returns at once. The first thing that a program
/// with a [`Crowd`] does.
///
/// # Panics
/// When the server does not do its part.
pub fn serve_as_crowd() {
    let words: Vec<String> = env::args().skip(1).collect();
    let [word, url, clients, request @ ..] = &words[..] else {
        return;
    };
    if word != WORD {
        return;
    }
    let clients = clients.parse().expect("a number of clients");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be had");
    let mut streams = runtime.block_on(connect(url, clients, request.first()));
    answer();
    for order in io::stdin().lock().lines() {
        let bytes = order.expect("text").parse().expect("a number of bytes");
        runtime.block_on(join_all(streams.iter_mut().map(|it| drain(it, bytes))));
        answer();
    }
    std::process::exit(0);
}

fn answer() {
    let mut out = io::stdout().lock();
    out.write_all(b"done\n")
        .and_then(|()| out.flush())
        .expect("the server's process listens");
}

async fn connect(url: &str, clients: usize, request: Option<&String>) -> Vec<TcpStream> {
    let addr = url.trim_start_matches("ws://").trim_end_matches("/ws");
    let mut streams = Vec::with_capacity(clients);
    for _ in 0..clients {
        let stream = TcpStream::connect(addr).await.expect("the server listens");
        let (mut client, _) = client_async(url, stream).await.expect("it is a WebSocket");
        if let Some(request) = request {
            let sent = client.send(Message::text(request.as_str())).await;
            sent.expect("the server reads");
            client.next().await.expect("an answer").expect("a frame");
        }
        // From here on only bytes count. Nothing has come behind the answer, for the server is quiet.
        streams.push(client.into_inner());
    }
    streams
}

async fn drain(stream: &mut TcpStream, mut bytes: usize) {
    let mut buffer = [0; 16 << 10];
    while bytes > 0 {
        let read = stream.read(&mut buffer).await.expect("the server is there");
        assert!(read > 0, "the server has closed");
        bytes -= read;
    }
}
