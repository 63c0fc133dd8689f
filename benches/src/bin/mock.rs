//! Deliveries of the mock, against bare loops of tokio-tungstenite: the same frame, the same clients, one thread.

use std::time::Instant;

use rocketfi_benches::fanout::{
    Crowd, Fanout, Mock, loop_over_all, serve_as_crowd, subscribe, task_for_each,
};
use rocketfi_benches::report::{Row, Sample, Target, Unit};
use rocketfi_benches::{cpu, frames, quick};
use tokio::net::TcpListener;

/// Bytes before a text frame of 126 to 65,535 bytes from a server.
const HEADER: usize = 4;
const CLIENTS: usize = 100;
const NAMES: [&str; 3] = ["bare loop", "bare, a task for each", "mock"];
const RATE: Target = Target::AtLeast(0.9);

/// How frames come: so many at a time, so often in a round.
struct Pace {
    name: &'static str,
    at_a_time: usize,
    times: usize,
}

const PACES: [Pace; 2] = [
    Pace {
        name: "100 clients, frame by frame",
        at_a_time: 1,
        times: 100,
    },
    Pace {
        name: "100 clients, 32 frames at a time",
        at_a_time: 32,
        times: 20,
    },
];

/// What one round of one server took, for each delivery.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    wall: f64,
    cpu: f64,
}

async fn run() {
    let (bare_listener, bare_url) = listen().await;
    let (tasks_listener, tasks_url) = listen().await;
    let mock = Mock::start().await;
    let subscribe = subscribe();
    let mut crowds = [
        Crowd::start(&bare_url, CLIENTS, None),
        Crowd::start(&tasks_url, CLIENTS, None),
        Crowd::start(&mock.url(), CLIENTS, Some(&subscribe)),
    ];
    let mut bare = loop_over_all(bare_listener, CLIENTS).await;
    let mut tasks = task_for_each(tasks_listener, CLIENTS).await;
    let mut mock = mock;
    for crowd in &mut crowds {
        crowd.done().await;
    }
    let rounds = if quick() { 5 } else { 40 };
    for pace in PACES {
        let mut costs = Vec::with_capacity(rounds);
        for round in 0..rounds {
            let mut of_round = [Cost::default(); NAMES.len()];
            for turn in 0..NAMES.len() {
                let place = (turn + round) % NAMES.len();
                let crowd = &mut crowds[place];
                of_round[place] = match place {
                    0 => measure(&mut bare, crowd, &pace).await,
                    1 => measure(&mut tasks, crowd, &pace).await,
                    _ => measure(&mut mock, crowd, &pace).await,
                };
            }
            costs.push(of_round);
        }
        tell(&pace, &costs);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve() {
    // In a task of its own, which waits for its turn behind the sessions. The runtime would let `main` jump the queue,
    // and frames that are sent one by one would be written two by two.
    tokio::spawn(run()).await.expect("it has said why");
}

fn main() {
    serve_as_crowd();
    serve();
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port is free");
    let addr = listener.local_addr().expect("it is bound");
    (listener, format!("ws://{addr}/ws"))
}

async fn measure(server: &mut impl Fanout, crowd: &mut Crowd, pace: &Pace) -> Cost {
    let frames = pace.at_a_time * pace.times;
    crowd
        .read(frames * (HEADER + frames::TICKER.text.len()))
        .await;
    let (wall, cpu) = (Instant::now(), cpu::of_process());
    for _ in 0..pace.times {
        server.send(pace.at_a_time).await;
    }
    crowd.done().await;
    let deliveries = u32::try_from(frames * CLIENTS).expect("a small number");
    Cost {
        wall: wall.elapsed().as_secs_f64() / f64::from(deliveries),
        cpu: cpu::of_process().saturating_sub(cpu).as_secs_f64() / f64::from(deliveries),
    }
}

fn tell(pace: &Pace, rounds: &[[Cost; NAMES.len()]]) {
    for (place, name) in NAMES.into_iter().enumerate() {
        let sample = |figure: fn(&Cost, &Cost) -> f64| -> Sample {
            let figures = rounds.iter().map(|it| figure(&it[place], &it[0]));
            figures.collect()
        };
        let hoped = (place == NAMES.len() - 1).then_some(RATE);
        let row = |what: &str, sample: &Sample, unit| {
            Row::median(
                "mock: fan-out",
                &format!("{name}: {what}"),
                pace.name,
                sample,
                unit,
            )
        };
        row(
            "deliveries a second, over the bare loop",
            &sample(|it, bare| bare.wall / it.wall),
            Unit::Ratio,
        )
        .hoping(hoped)
        .emit();
        row(
            "deliveries a second of CPU, over the bare loop",
            &sample(|it, bare| bare.cpu / it.cpu),
            Unit::Ratio,
        )
        .hoping(hoped)
        .emit();
        row(
            "deliveries a second",
            &sample(|it, _| 1.0 / it.wall),
            Unit::PerSecond,
        )
        .emit();
        row(
            "CPU of a delivery",
            &sample(|it, _| it.cpu * 1e9),
            Unit::Nanos,
        )
        .emit();
    }
}
