//! The `bothends` command.
fn main() {}
