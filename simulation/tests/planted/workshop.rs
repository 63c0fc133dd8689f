//! A copy of the workspace, in which the client and the account crate have bugs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Bug, Edit, account_bugs, bugs};

/// Which bug is alive, in the environment of the copy.
const SWITCH: &str = "PLANTED";

/// What every bug of the copy needs, as the module `planted` of its crate.
const SUPPORT: &str = r#"//! Which bug is alive.

use std::sync::OnceLock;

/// Whether it is this one.
pub(crate) fn is(name: &str) -> bool {
    static ALIVE: OnceLock<String> = OnceLock::new();
    ALIVE.get_or_init(|| std::env::var("PLANTED").unwrap_or_default()) == name
}
"#;

/// What some bugs of the client need besides.
const KEEPING: &str = r"
use std::cell::RefCell;

use crate::GapCause;

thread_local! {
    static KEPT: RefCell<Option<GapCause>> = const { RefCell::new(None) };
}

/// Keeps something for later.
pub(crate) fn keep(cause: GapCause) {
    KEPT.set(Some(cause));
}

/// What was kept.
pub(crate) fn kept() -> Option<GapCause> {
    KEPT.take()
}
";

/// What is built of the copy.
const PROGRAMS: [&str; 2] = ["soak", "oracle"];

pub(crate) struct Workshop {
    folder: PathBuf,
}

/// What a program of the copy printed.
pub(crate) struct Found {
    pub(crate) is_sound: bool,
    pub(crate) report: String,
}

impl Found {
    /// The seed that found it, and the rule that it broke.
    pub(crate) fn first_violation(&self) -> String {
        let mut lines = self.report.lines();
        let seed = lines.find(|line| line.starts_with("seed "));
        let rule = lines.next().map(str::trim);
        match (seed, rule) {
            (Some(seed), Some(rule)) => format!("{seed} {rule}"),
            _ => "not found".to_owned(),
        }
    }
}

impl Workshop {
    /// Makes the copy, plants all bugs, and builds it.
    pub(crate) fn open() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = own.parent().expect("the crate lies in the workspace");
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted");
        for name in ["Cargo.toml", "Cargo.lock", "README.md"] {
            write(&copy.join(name), &read(&workspace.join(name)));
        }
        for name in ["benches", "crates", "simulation", "tests", "xtask"] {
            copy_tree(&workspace.join(name), &copy.join(name));
        }
        let client = format!("{SUPPORT}{KEEPING}");
        plant_all(&copy.join("crates/client/src"), bugs::BUGS, &client);
        plant_all(
            &copy.join("crates/account/src"),
            account_bugs::BUGS,
            SUPPORT,
        );
        Self {
            folder: build(&copy),
        }
    }

    /// Runs a program of the copy, `soak` or `oracle`, until it finds something.
    pub(crate) fn run(&self, program: &str, bug: Option<&str>, seeds: u64) -> Found {
        let program = format!("planted-{program}{}", env::consts::EXE_SUFFIX);
        let output = Command::new(self.folder.join(program))
            .args(["--fail-fast", "--seeds", &seeds.to_string()])
            .env(SWITCH, bug.unwrap_or_default())
            .output()
            .expect("the program starts");
        Found {
            is_sound: output.status.success(),
            report: String::from_utf8_lossy(&output.stdout).into_owned(),
        }
    }
}

fn plant_all(source: &Path, bugs: &[Bug], support: &str) {
    let library = source.join("lib.rs");
    let text = read(&library);
    write(&library, &format!("{text}\nmod planted;\n"));
    write(&source.join("planted.rs"), support);
    for bug in bugs {
        for edit in bug.edits {
            plant(source, bug, edit);
        }
    }
}

/// An edit that no longer applies is a failure: the bug must be planted anew.
fn plant(source: &Path, bug: &Bug, edit: &Edit) {
    let file = source.join(edit.file);
    let text = read(&file);
    let places = text.matches(edit.from).count();
    assert_eq!(places, 1, "{}: {:?} in {}", bug.name, edit.from, edit.file);
    let switch = format!("crate::planted::is({:?})", bug.name);
    fs::write(
        &file,
        text.replace(edit.from, &edit.to.replace("BUG", &switch)),
    )
    .expect("the copy can be written");
}

/// Without the network, for everything has been downloaded for the workspace itself; and beside what the workspace has
/// built for its own programs, so that the dependencies need not be built again. Answers with where they are.
fn build(copy: &Path) -> PathBuf {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = own.parent().expect("it lies in the target folder");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--offline", "--locked"])
        .args(["--package", "rocketfi-simulation", "--bins"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(copy)
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "with its bugs:\n{errors}");
    for name in PROGRAMS {
        let program = format!("{name}{}", env::consts::EXE_SUFFIX);
        // The workspace's own programs have the same names.
        let kept = own.join(format!("planted-{program}"));
        let built = target.join("release").join(program);
        fs::copy(built, kept).expect("the copy can be written");
    }
    own.to_owned()
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the workspace can be read") {
        let entry = entry.expect("its entries too");
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_tree(&path, &copy);
        } else {
            fs::create_dir_all(to).expect("the copy can be written");
            fs::copy(&path, &copy).expect("the copy can be written");
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("the copy can be written");
    fs::write(path, text).expect("the copy can be written");
}
