//! The package that holds what was generated: every document a module, every unit a program.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::CorpusError;
use super::source;
use super::unit::Unit;
use crate::codegen::standalone::{copy_runtime, module_root, write_changed};
use crate::codegen::{Output, workspace};

/// A package on disk.
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    runtime: bool,
}

impl Package {
    /// Writes what all units share.
    pub(crate) fn create(folder: &Path, runtime: bool) -> Result<Self, CorpusError> {
        let package = Self {
            folder: folder.to_owned(),
            runtime,
        };
        package.write("src/equality.rs", include_str!("equality.rs"))?;
        package.write("src/harness.rs", include_str!("harness.rs"))?;
        if runtime {
            package.write("src/runtime/mod.rs", &source::runtime())?;
            let to = folder.join("src/runtime");
            copy_runtime(&to).map_err(|source| CorpusError::file(&to, source))?;
        }
        Ok(package)
    }

    /// Writes a document's module, and how its messages are tried.
    pub(crate) fn write_document(&self, module: &str, output: &Output) -> Result<(), CorpusError> {
        let folder = format!("src/documents/{module}");
        let names = || output.files.iter().map(|(name, _)| name.as_str());
        if !names().any(|name| name == "mod.rs") {
            self.write(&format!("{folder}/mod.rs"), &module_root(names()))?;
        }
        for (name, text) in &output.files {
            self.write(&format!("{folder}/{name}"), text)?;
        }
        let trials = source::trials(module, &output.messages, self.runtime);
        self.write(&format!("src/trials/{module}.rs"), &trials)
    }

    /// Writes the manifest and a root for each unit.
    pub(crate) fn write_units(&self, units: &[Unit]) -> Result<(), CorpusError> {
        for unit in units {
            self.write(&source::root_file(unit), &source::root(unit, self.runtime))?;
        }
        let manifest = source::manifest(units, self.runtime)
            .map_err(|source| CorpusError::file(&self.folder, source))?;
        self.write("Cargo.toml", &manifest)?;
        let lock = self.folder.join("Cargo.lock");
        // Versions are the workspace's own. Cargo adds what raw typify needs besides, and that must last.
        if self.runtime || !lock.exists() {
            let ours = workspace().join("Cargo.lock");
            fs::copy(&ours, &lock).map_err(|source| CorpusError::file(&ours, source))?;
        }
        Ok(())
    }

    fn write(&self, file: &str, text: &str) -> Result<(), CorpusError> {
        let path = self.folder.join(file);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)
            .and_then(|()| write_changed(&path, text))
            .map_err(|source| CorpusError::file(&path, source))
    }
}
