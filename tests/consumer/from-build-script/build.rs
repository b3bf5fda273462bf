//! Makes client and server of the shelf.

fn main() -> Result<(), bothends::BuildError> {
    bothends::Builder::new("shelf.yaml").document("loans.yaml").overlay("overlay.yaml").name("shelf").strict(true).generate()?;
    Ok(())
}
