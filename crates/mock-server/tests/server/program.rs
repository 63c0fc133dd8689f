//! The binary, as a user runs it.

use std::process::Stdio;

use rocketfi_protocol::{ServerMessage, decode};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio_tungstenite::connect_async;

use crate::peer::{Peer, within};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rocketfi-mock-server");

/// Starts the program and answers with what it prints up to the example frame.
pub(crate) async fn run(arguments: &[&str]) -> (Child, Vec<String>) {
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0"]).args(arguments);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("cargo has built it");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut lines = Vec::new();
    while !lines.iter().any(|line| line == "try") {
        let line = within("the introduction", output.next_line())
            .await
            .expect("text");
        lines.push(line.expect("the introduction is complete"));
    }
    let example = within("the example", output.next_line())
        .await
        .expect("text");
    lines.extend(example);
    // Keeps the pipe open: the program prints once more at its end.
    tokio::spawn(async move { while let Ok(Some(_)) = output.next_line().await {} });
    (child, lines)
}

#[tokio::test]
async fn what_it_prints_is_enough_to_get_a_stream() {
    let (_child, lines) = run(&["--seed", "7", "--rate", "100", "--accounts", "2"]).await;
    let url = lines[0]
        .strip_prefix("listening on ")
        .expect("the URL comes first");
    let (socket, _) = within("connecting", connect_async(url)).await.unwrap();
    let mut peer = Peer { socket };
    peer.send_text(lines.last().unwrap().trim()).await;
    assert_eq!(peer.message().await.name(), "SubscribeConfirmation");
    let ServerMessage::OrderEventUpdate(update) = decode(&peer.text().await).unwrap() else {
        panic!("no order events")
    };
    assert!(!update.order_events.is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_closes_clients_with_1001_and_succeeds() {
    let (mut child, lines) = run(&["--quiet"]).await;
    let url = lines[0]
        .strip_prefix("listening on ")
        .expect("the URL comes first");
    let (socket, _) = within("connecting", connect_async(url)).await.unwrap();
    let mut peer = Peer { socket };
    peer.expect_pong().await;
    let id = child.id().expect("it runs").to_string();
    let kill = Command::new("kill")
        .args(["-INT", &id])
        .status()
        .await
        .unwrap();
    assert!(kill.success());
    assert_eq!(peer.end().await.map(|(code, _)| code), Some(1001));
    assert!(within("the end", child.wait()).await.unwrap().success());
}

#[tokio::test]
async fn a_closed_stdout_is_no_reason_to_fail() {
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0", "--quiet", "--for", "100ms"]);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("cargo has built it");
    // Before or after the introduction: the last line finds it closed in any case.
    drop(child.stdout.take());
    let output = within("the end", child.wait_with_output()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(!text.contains("panicked"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_on_one_line() {
    let output = Command::new(PROGRAM)
        .args(["--rate", "-1"])
        .output()
        .await
        .unwrap();
    assert!(!output.status.success());
    let output = Command::new(PROGRAM)
        .args(["--listen", "192.0.2.1:1"])
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.starts_with("error: cannot listen on 192.0.2.1:1: "),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}
