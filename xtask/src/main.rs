//! `cargo xtask`: the repository's own commands, thin callers of the generator.
fn main() {}
