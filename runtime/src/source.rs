//! The crate's own source text as data, for tools that copy the runtime beside what they generate. It must not know
//! which tool that is.

/// A list of files by their paths inside of the package.
macro_rules! files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../", $path)))),*] };
}

/// Every file that the crate needs in order to build: path with forward slashes, text.
pub const FILES: &[(&str, &str)] = files![
    "Cargo.toml",
    "src/body/disk.rs",
    "src/body/mod.rs",
    "src/body/tests.rs",
    "src/body/wrap.rs",
    "src/client/anywhere.rs",
    "src/client/arrival.rs",
    "src/client/base.rs",
    "src/client/call.rs",
    "src/client/error.rs",
    "src/client/mod.rs",
    "src/client/servers.rs",
    "src/client/transport.rs",
    "src/error.rs",
    "src/global.rs",
    "src/instant.rs",
    "src/items/event.rs",
    "src/items/line.rs",
    "src/items/mod.rs",
    "src/items/steady.rs",
    "src/items/tests.rs",
    "src/json/bridge.rs",
    "src/json/deviation.rs",
    "src/json/error.rs",
    "src/json/impls.rs",
    "src/json/mod.rs",
    "src/json/number.rs",
    "src/json/object.rs",
    "src/json/reader.rs",
    "src/json/reading.rs",
    "src/json/tests.rs",
    "src/json/tokenizer.rs",
    "src/json/tolerance.rs",
    "src/json/tolerance_tests.rs",
    "src/json/union.rs",
    "src/json/writer.rs",
    "src/lib.rs",
    "src/maybe.rs",
    "src/media/blob.rs",
    "src/media/form.rs",
    "src/media/json.rs",
    "src/media/mod.rs",
    "src/media/multipart/assemble.rs",
    "src/media/multipart/mod.rs",
    "src/media/multipart/receive.rs",
    "src/media/multipart/split.rs",
    "src/media/multipart/tests.rs",
    "src/media/text.rs",
    "src/media/types.rs",
    "src/media/xml/element.rs",
    "src/media/xml/mod.rs",
    "src/media/xml/tests.rs",
    "src/media/xml/value.rs",
    "src/operation.rs",
    "src/parameter/deep.rs",
    "src/parameter/escape.rs",
    "src/parameter/flat.rs",
    "src/parameter/form.rs",
    "src/parameter/header.rs",
    "src/parameter/mod.rs",
    "src/parameter/path.rs",
    "src/parameter/rows.rs",
    "src/parameter/tests.rs",
    "src/route/constants.rs",
    "src/route/mod.rs",
    "src/route/needs.rs",
    "src/route/segment.rs",
    "src/route/table.rs",
    "src/route/tests.rs",
    "src/secret.rs",
    "src/security.rs",
    "src/server/accept.rs",
    "src/server/authenticate.rs",
    "src/server/context.rs",
    "src/server/mod.rs",
    "src/server/receiver.rs",
    "src/server/refusal.rs",
    "src/server/route.rs",
    "src/server/router.rs",
    "src/server/twins.rs",
    "src/source.rs",
    "src/watch.rs",
    "src/wire/body.rs",
    "src/wire/headers.rs",
    "src/wire/incoming.rs",
    "src/wire/mod.rs",
    "src/wire/request.rs",
    "src/wire/response.rs",
    "src/wire/tests.rs",
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::FILES;

    /// Paths of all files below a folder, relative to the package.
    fn walk(package: &Path, folder: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(package.join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            // The tests of the package as a whole stay at home.
            let at_home = folder.is_empty() && name == "tests";
            if at_home || name.starts_with('.') || name == "target" || name == "Cargo.lock" {
                continue;
            }
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if entry.file_type().unwrap().is_dir() { walk(package, &path, found) } else { found.push(path) }
        }
    }

    #[test]
    fn every_file_of_the_package_is_listed() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        walk(package, "", &mut found);
        found.sort();
        let listed: Vec<_> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed, found, "list every file of the package in `source::FILES`, in this order");
        for (path, text) in FILES {
            assert_eq!(fs::read_to_string(package.join(path)).unwrap(), *text, "{path}");
        }
    }
}
