//! Runs the units on examples. A unit that dies loses one example, not the others.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A thousand times what an example takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// One example to try.
pub(crate) struct Job {
    pub(crate) module: String,
    /// The message's place in the generator's list.
    pub(crate) message: usize,
    pub(crate) example: Value,
}

/// Tries all jobs in order; `None` for what survives, else what went wrong.
pub(crate) fn run(executable: &Path, jobs: &[Job], mut done: impl FnMut()) -> Vec<Option<String>> {
    let mut answers = Vec::with_capacity(jobs.len());
    while answers.len() < jobs.len() {
        let before = answers.len();
        let end = run_until_it_dies(executable, &jobs[before..], |answer| {
            answers.push(answer);
            done();
        });
        if let Err(reason) = end {
            answers.push(Some(reason));
            done();
        }
    }
    answers
}

/// Gives each answer; an error is the fate of the first job without one.
fn run_until_it_dies(
    executable: &Path,
    jobs: &[Job],
    mut each: impl FnMut(Option<String>),
) -> Result<(), String> {
    let failed = |error: io::Error| format!("the unit does not run: {error}");
    let mut child = Command::new(executable)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let lines: Vec<_> = jobs.iter().map(Job::line).collect();
    if let Some(stdin) = child.stdin.take() {
        thread::spawn(move || feed(stdin, &lines));
    }
    let answers = listen(child.stdout.take());
    for _ in jobs {
        match answers.recv_timeout(PATIENCE) {
            Ok(line) => each(answer(&line)),
            Err(RecvTimeoutError::Timeout) => {
                stop(&mut child).map_err(failed)?;
                return Err(format!("took more than {} s", PATIENCE.as_secs()));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait().map_err(failed)?;
                return Err(format!("the program died of it: {status}"));
            }
        }
    }
    stop(&mut child).map_err(failed)
}

impl Job {
    fn line(&self) -> String {
        let Self {
            module,
            message,
            example,
        } = self;
        format!(
            "{}\n",
            json!({"document": module, "message": message, "example": example})
        )
    }
}

/// A unit that died does not read on; that is seen where its answers end.
fn feed(mut stdin: ChildStdin, lines: &[String]) {
    for line in lines {
        if stdin.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

/// A thread reads, so that waiting may end.
fn listen(stdout: Option<ChildStdout>) -> Receiver<String> {
    let (line_tx, line_rx) = channel();
    thread::spawn(move || {
        let lines = stdout
            .into_iter()
            .flat_map(|out| BufReader::new(out).lines());
        for line in lines.map_while(Result::ok) {
            if line_tx.send(line).is_err() {
                return;
            }
        }
    });
    line_rx
}

fn answer(line: &str) -> Option<String> {
    let answer: Option<Value> = serde_json::from_str(line).ok();
    match answer.as_ref().and_then(|answer| answer.get("problem")) {
        Some(Value::Null) => None,
        Some(Value::String(problem)) => Some(problem.clone()),
        _ => Some(format!("not an answer: {line}")),
    }
}

fn stop(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}
