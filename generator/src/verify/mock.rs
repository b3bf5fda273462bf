//! The generated server on loopback, answering valid made-up data, the document's examples first.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Crates, Error, Options, Subject, build_driver, driver_name, run, write_driver};

/// Compiles the server and runs it until it is stopped. `ready` gets the port; port 0 takes any that is free.
///
/// # Errors
/// The port is taken, or the server cannot be compiled or started, or ends by itself.
pub fn mock(subject: Subject<'_>, crates: Crates<'_>, options: &Options, port: u16, ready: impl FnOnce(u16)) -> Result<(), Error> {
    // Known before anything is compiled; the port is free again when the driver takes it.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    drop(free.map_err(|error| Error::Driver(format!("port {port} of {} cannot be opened: {error}", Ipv4Addr::LOCALHOST)))?);
    write_driver(subject.api, crates, &options.scratch)?;
    let built = build_driver(&options.scratch, &driver_name(subject.api, &options.scratch), options)?;
    let answers = options.scratch.join("answers.json");
    let text = run::mock_answers(subject, options.seed).to_string();
    std::fs::write(&answers, text).map_err(|error| Error::file(&answers, &error))?;
    let mut command = Command::new(&built.program);
    command.arg("mock").arg(port.to_string()).arg(&answers).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Error::file(&built.program, &error))?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.as_mut() {
        BufReader::new(stdout).read_line(&mut line).map_err(|error| Error::file(&built.program, &error))?;
    }
    let said = serde_json::from_str::<Value>(&line).ok();
    match said.and_then(|said| u16::try_from(said.get("port")?.as_u64()?).ok()) {
        Some(port) => ready(port),
        None => return Err(Error::Driver(format!("the mock did not start on port {port}"))),
    }
    // The driver ends when its standard input does, so that it outlives nobody: `wait` would close it at once.
    let _open = child.stdin.take();
    let status = child.wait().map_err(|error| Error::file(&built.program, &error))?;
    if status.success() { Ok(()) } else { Err(Error::Driver(format!("the mock ended: {status}"))) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::model::Api;

    #[test]
    fn a_port_in_use_is_said_before_anything_is_compiled() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let nowhere = Path::new("/nowhere");
        let subject = Subject { api: &Api::default(), tree: &Value::Null, written: &[], excluded: &BTreeSet::new(), refused: &[] };
        let crates = Crates { generated: nowhere, runtime: nowhere };
        let error = mock(subject, crates, &Options::new(nowhere, "nothing"), port, |_| panic!("started")).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with(&format!("port {port} of 127.0.0.1 cannot be opened: ")), "{said}");
    }
}
