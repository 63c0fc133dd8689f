//! One child process, and what it took.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use super::error::BenchError;
use crate::codegen::workspace;

/// What a process took, with all that it started and waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// The most memory that it, or one of those it started, ever held.
    pub(crate) peak: u64,
}

/// The cargo that runs us, in the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(workspace());
    command
}

/// Runs it to its end in silence; what it had to say is told if it fails.
pub(crate) fn spend(command: &mut Command) -> Result<Spent, BenchError> {
    let program = format!("{command:?}");
    // A file takes all that is said without being read meanwhile, as a pipe would have to be.
    let words = tempfile::tempfile().map_err(BenchError::Folder)?;
    let stderr = words.try_clone().map_err(BenchError::Folder)?;
    let failed = |source| BenchError::Start {
        program: program.clone(),
        source,
    };
    let begin = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(failed)?;
    let used = child.wait4().map_err(failed)?;
    let wall = begin.elapsed();
    if !used.status.success() {
        return Err(BenchError::Failed {
            program,
            status: used.status,
            words: read_back(words),
        });
    }
    Ok(Spent {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
    })
}

/// As much as can be read: it only explains a failure that is told anyway.
fn read_back(mut file: File) -> String {
    let mut bytes = Vec::new();
    if file.rewind().is_ok() {
        file.read_to_end(&mut bytes).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_spends_time_and_memory() {
        let spent = spend(cargo().arg("--version")).unwrap();
        assert!(spent.wall > Duration::ZERO && spent.cpu > Duration::ZERO);
        assert!(spent.peak > 1 << 20);
    }

    #[test]
    fn a_process_that_fails_is_quoted() {
        let error = spend(cargo().arg("no-such-command")).unwrap_err();
        assert!(error.to_string().contains("no such command"), "{error}");
    }
}
