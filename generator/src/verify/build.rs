//! Compiling a driver with the cargo of the machine, in a target folder that all drivers share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::{Error, Options};

/// A compiled driver.
#[derive(Debug, Clone)]
pub struct Built {
    /// The program.
    pub program: PathBuf,
    /// How long cargo took.
    pub seconds: f64,
}

/// Where the cargo of the caller builds: `CARGO_TARGET_DIR`, or `target` in the current folder.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// Whether there is a cargo to compile with.
///
/// # Errors
/// [`Error::NoCargo`].
pub fn find_cargo() -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let asked = Command::new(&cargo).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) { Ok(cargo) } else { Err(Error::NoCargo) }
}

/// Compiles the scratch package in a folder. The program is copied beside its sources, where no other build replaces it.
///
/// # Errors
/// There is no cargo, or the driver does not compile: what the compiler says is in the error.
pub fn build_driver(scratch: &Path, name: &str, options: &Options) -> Result<Built, Error> {
    let cargo = find_cargo()?;
    let started = Instant::now();
    let lock = scratch.join("Cargo.lock");
    if let Some(source) = options.lockfile.as_ref().filter(|_| !lock.exists()) {
        std::fs::copy(source, &lock).map_err(|error| Error::file(source, &error))?;
    }
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--manifest-path"]).arg(scratch.join("Cargo.toml")).arg("--target-dir").arg(&options.target);
    // What a surrounding cargo set for its own build does not hold for this one.
    command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
    let output = command.output().map_err(|_| Error::NoCargo)?;
    if !output.status.success() {
        return Err(Error::Compile(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let (made, program) = (options.target.join("debug").join(&file), scratch.join(format!("driver{}", std::env::consts::EXE_SUFFIX)));
    // A running program cannot be written over; a new file under its name can be put in its place.
    let fresh = scratch.join("driver.new");
    std::fs::copy(&made, &fresh).map_err(|error| Error::file(&made, &error))?;
    std::fs::rename(&fresh, &program).map_err(|error| Error::file(&program, &error))?;
    Ok(Built { program, seconds: started.elapsed().as_secs_f64() })
}
