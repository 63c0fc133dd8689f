//! The faults, by name. One more that the mock can inflict is one more line.

use std::time::Duration;

use rocketfi_client::{Builder, Config};
use rocketfi_mock_server::{Answer, AnswerTo, MockServer, Times};

/// What a message may not exceed, and what one that does measures.
const LIMIT: usize = 64 << 10;

/// How many events wait for a user who does not read.
const CAPACITY: usize = 64;

pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) blow: Blow,
    adjust: fn(Builder) -> Builder,
}

/// How a fault comes about.
pub(super) enum Blow {
    /// Through the server, at once.
    Server(fn(&MockServer)),
    /// Bytes behind the last frame that the server wrote, which it would never write itself.
    Bytes(&'static [u8]),
    /// The server ends in order, and another one listens on its port as soon as it is free.
    Restart,
    /// The server says nothing until the client has given it up.
    Silence,
    /// The user does not read until the client has ended the session because of it.
    Overflow,
}

/// The moment that recovery is measured from.
pub(super) enum Since {
    /// The connection is about to be cut.
    Cut,
    /// The client announces what only a deadline has told it.
    Gap,
    /// The user reads on.
    Read,
}

impl Fault {
    /// Settings that the client needs for this fault.
    pub(super) fn adjust(&self, builder: Builder) -> Builder {
        (self.adjust)(builder)
    }

    pub(super) const fn since(&self) -> Since {
        match self.blow {
            Blow::Server(_) | Blow::Bytes(_) | Blow::Restart => Since::Cut,
            Blow::Silence => Since::Gap,
            Blow::Overflow => Since::Read,
        }
    }

    const fn new(name: &'static str, blow: Blow) -> Self {
        Self {
            name,
            blow,
            adjust: |builder| builder,
        }
    }

    const fn server(name: &'static str, blow: fn(&MockServer)) -> Self {
        Self::new(name, Blow::Server(blow))
    }

    const fn with(mut self, adjust: fn(Builder) -> Builder) -> Self {
        self.adjust = adjust;
        self
    }
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        Fault::server("reset", reset),
        Fault::server("reset, requests paced as by default", reset).with(pace),
        Fault::server("end of stream without Close", |server| close(server, 1006)),
        Fault::server("close 1000", |server| close(server, 1000)),
        Fault::server("close 1001", |server| close(server, 1001)),
        Fault::server("close 1008", |server| close(server, 1008)),
        Fault::server("close 1011", |server| close(server, 1011)),
        Fault::server("close 1012", |server| close(server, 1012)),
        Fault::server("close 1013", |server| close(server, 1013)),
        Fault::server("reset, then a handshake refused with 503", refuse_once),
        Fault::server("reset, then cut while resubscribing", |server| {
            answer_once(server, Answer::Cut);
        }),
        Fault::server("reset, then an Error for a resubscribe", |server| {
            answer_once(server, Answer::Error("busy".to_owned()));
        }),
        Fault::server("reset, then an ack twice", |server| {
            answer_once(server, Answer::Twice);
        }),
        Fault::new("server restarted on its port", Blow::Restart),
        Fault::new("silent server", Blow::Silence).with(beat_fast),
        Fault::server("message too large", push_too_much).with(|it| it.max_message_size(LIMIT)),
        Fault::new("invalid UTF-8", Blow::Bytes(b"\x81\x02\xc3\x28")),
        Fault::new("reserved opcode", Blow::Bytes(b"\x83\x00")),
        Fault::new("masked frame", Blow::Bytes(b"\x81\x80\0\0\0\0")),
        Fault::new("queue of the user full", Blow::Overflow).with(|it| it.event_capacity(CAPACITY)),
    ]
}

fn reset(server: &MockServer) {
    server.drop_connections();
}

fn close(server: &MockServer, code: u16) {
    server.close_connections(code, "");
}

fn refuse_once(server: &MockServer) {
    server.refuse_handshakes(1, 503);
    reset(server);
}

fn answer_once(server: &MockServer, answer: Answer) {
    server.answer(AnswerTo::any_subscribe(), answer, Times::Once);
    reset(server);
}

fn push_too_much(server: &MockServer) {
    server.push_text("x".repeat(LIMIT + 1));
}

fn pace(builder: Builder) -> Builder {
    builder.request_pacing(Config::new("").request_pacing)
}

/// A silent server is given up soon, so that a thousand runs take a minute.
fn beat_fast(builder: Builder) -> Builder {
    builder
        .heartbeat_interval(Duration::from_millis(20))
        .pong_timeout(Duration::from_millis(40))
}
