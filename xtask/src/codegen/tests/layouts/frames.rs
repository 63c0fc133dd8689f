//! Layouts whose code is not the same text answer the same frames: the protocol's crate is copied, gets the code made
//! from the layout, and runs its own tests of frames.

use std::fs;
use std::path::Path;

use super::{Gives, LAYOUTS, output};
use crate::codegen::tests::compile::cargo;
use crate::codegen::workspace;

#[test]
fn layouts_in_another_order_answer_the_same_frames() {
    let folder = workspace().join("target/layouts");
    let copy = folder.join("crates/protocol");
    // A file of an earlier copy may be in the way of this one.
    if copy.exists() {
        fs::remove_dir_all(&copy).unwrap();
    }
    copy_folder(&workspace().join("crates/protocol"), &copy);
    fs::write(folder.join("Cargo.toml"), manifest()).unwrap();
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    // One of those with the same code goes first, so that the copy is known to work.
    let same = LAYOUTS.iter().filter(|layout| layout.name == "json");
    for layout in same.chain(LAYOUTS.iter().filter(|layout| layout.gives == Gives::Api)) {
        for (file, text) in output(layout).unwrap().files {
            fs::write(copy.join("src/generated").join(file), text).unwrap();
        }
        println!("{}", layout.name);
        cargo(&folder, &["test", "--test", "frames"]);
    }
}

/// Our workspace with nothing in it but the protocol.
fn manifest() -> String {
    let text = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let mut manifest: toml::Table = toml::from_str(&text).unwrap();
    let members = vec!["crates/protocol".to_owned()];
    manifest["workspace"]["members"] = members.into();
    toml::to_string(&manifest).unwrap()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
