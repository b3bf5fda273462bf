//! Bodies of bytes travel as they are, in both directions. Domain: all bytes.

/// The content type of a body of bytes: where a range is declared (`*/*`, `image/*`), nothing better is known than
/// that it is bytes.
pub fn concrete(media_type: &str) -> &str {
    if media_type.contains('*') { "application/octet-stream" } else { media_type }
}
