//! Keeps the checked-in module up to date with its document. `UPDATE=1 cargo test` writes it again.

use bothends::{BuildError, Builder};

#[test]
fn the_module_is_what_the_document_says() -> Result<(), BuildError> {
    let builder = Builder::from_config("bothends.toml").out("src/lamps");
    if std::env::var_os("UPDATE").is_some() {
        builder.generate()?;
    }
    builder.check()
}
