//! What a request has beside its path, and whether that is what an operation needs. Knows no templates.

use http::HeaderMap;
use http::request::Parts;

use crate::error::Location;
use crate::operation::{Need, OperationInfo};
use crate::parameter::{Pairs, decode_form, split_cookies, split_query};

/// A request taken apart, to be asked by many operations.
#[derive(Debug)]
pub(crate) struct Given<'r> {
    query: Pairs<'r>,
    cookies: Pairs<'r>,
    headers: &'r HeaderMap,
}

impl<'r> Given<'r> {
    /// What stands in the head of a request.
    pub(crate) fn of(parts: &'r Parts) -> Self {
        Self { query: split_query(parts.uri.query().unwrap_or_default()), cookies: split_cookies(&parts.headers), headers: &parts.headers }
    }

    /// Whether the request has all that an operation needs.
    pub(crate) fn meets(&self, info: &OperationInfo) -> bool {
        info.needs.iter().all(|need| self.has(need))
    }

    fn has(&self, need: &Need) -> bool {
        let among = |pairs: &Pairs<'_>| {
            pairs.iter().any(|(name, value)| name == need.name && decode_form(value).is_ok_and(|text| need.takes.fits_text(&text)))
        };
        match need.location {
            Location::Query => among(&self.query),
            Location::Cookie => among(&self.cookies),
            Location::Header => {
                self.headers.get_all(need.name).iter().any(|value| value.to_str().map_or(false, |text| need.takes.fits_text(text.trim())))
            }
            // Routing has matched the path before.
            Location::Path => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Takes;

    #[test]
    fn what_is_needed_is_looked_for_where_it_travels() {
        const NEEDS: &[Need] = &[
            Need { location: Location::Query, name: "Action", takes: Takes::OneOf(&["Start it", "Stop"]) },
            Need { location: Location::Header, name: "X-Copy", takes: Takes::Text },
            Need { location: Location::Cookie, name: "number", takes: Takes::Integer },
        ];
        for (query, header, cookie, met) in [
            ("Action=Stop", Some("a"), Some("number=7"), true),
            ("a=1&Action=x&Action=Start+it", Some(""), Some("a=b; number=-7"), true),
            ("Action=Start%20it", Some("a"), Some("number=%37"), true),
            ("Action=stop", Some("a"), Some("number=7"), false),
            ("action=Stop", Some("a"), Some("number=7"), false),
            ("Action", Some("a"), Some("number=7"), false),
            ("Action=Stop", None, Some("number=7"), false),
            ("Action=Stop", Some("a"), Some("number=x"), false),
            ("Action=Stop", Some("a"), None, false),
        ] {
            let mut request = http::Request::get(format!("/x?{query}"));
            for (name, value) in [("x-copy", header), ("cookie", cookie)] {
                request = value.into_iter().fold(request, |request, value| request.header(name, value));
            }
            let parts = request.body(()).unwrap().into_parts().0;
            let given = Given::of(&parts);
            assert_eq!(NEEDS.iter().all(|need| given.has(need)), met, "{query} {header:?} {cookie:?}");
        }
    }
}
