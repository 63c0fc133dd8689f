//! The reader's process, seen from the one that started it.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::flood::reader::{READY, Report};

pub(super) struct Process {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Returns when the client is subscribed.
    pub(super) fn start(url: &str, overflow: &str, capacity: &str) -> Self {
        let bench = std::env::current_exe().expect("a process knows its program");
        let mut child = Command::new(bench)
            .args(["--reader", url, overflow, capacity])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("what runs can be started again");
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = child.stdout.take().expect("it is piped");
        let lines = BufReader::new(stdout).lines();
        let mut process = Self {
            child,
            stdin,
            lines,
        };
        assert_eq!(process.line(), READY);
        process
    }

    /// Lets it read one event more.
    pub(super) fn read_one(&mut self) {
        self.stdin.write_all(b".").expect("the reader is there");
    }

    pub(super) fn finish(self) -> Report {
        let Self {
            mut child,
            stdin,
            mut lines,
        } = self;
        drop(stdin);
        let report = next(&mut lines).parse().expect("the reader reports");
        let status = child.wait().expect("a child can be waited for");
        assert!(status.success(), "the reader: {status}");
        report
    }

    fn line(&mut self) -> String {
        next(&mut self.lines)
    }
}

/// Blocks: the server works on meanwhile, in threads of its own.
fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = lines.next().expect("the reader has something to say");
    line.expect("it is text")
}
