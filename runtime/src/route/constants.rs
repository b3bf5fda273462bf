//! What a template fixes beside its path: `/templates?desc=html`, and `/#X-Amz-Target=Service.Action`, which is a header by
//! the custom of AWS's documents. Writing it and telling requests apart by it stand next to each other here.
//!
//! A pair with a placeholder (`?q={q}`) fixes nothing: the query parameter is written where it is declared. Any other
//! fragment is for readers of the document.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
#[cfg(feature = "server")]
use http::{Uri, request::Parts};

#[cfg(feature = "server")]
use crate::parameter::split_query;
use crate::parameter::{escape, percent_decode};

/// The header that a fragment sets.
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What a template fixes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Constants {
    /// Names and values, decoded; a name may stand alone.
    query: Vec<(String, Option<String>)>,
    /// Value of the header `X-Amz-Target`.
    target: Option<&'static str>,
}

impl Constants {
    /// What a template fixes, if anything.
    pub(crate) fn of(template: &'static str) -> Option<Self> {
        let start = template.find(['?', '#'])?;
        let (query, fragment) = match template.get(start..)?.split_once('#') {
            Some((query, fragment)) => (query, fragment),
            None => (template.get(start..)?, ""),
        };
        let decoded = |text: &str| percent_decode(text).unwrap_or_else(|_| text.to_owned());
        let pairs = query.strip_prefix('?').unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.contains('{'));
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => (decoded(name), Some(decoded(value))),
            None => (decoded(pair), None),
        };
        let (name, value) = fragment.split_once('=').unwrap_or_default();
        let target = name.eq_ignore_ascii_case(TARGET.as_str()).then_some(value);
        let constants = Self { query: pairs.map(pair).collect(), target };
        (constants != Self::default()).then_some(constants)
    }

    /// How much is fixed; the more, the earlier an operation is tried.
    #[cfg(feature = "server")]
    pub(crate) fn count(&self) -> usize {
        self.query.len() + usize::from(self.target.is_some())
    }

    /// What stands in the query of every request, and in its headers.
    pub(crate) fn write(&self, headers: &mut HeaderMap) -> Result<String, http::Error> {
        if let Some(target) = self.target {
            headers.insert(TARGET, HeaderValue::from_str(target)?);
        }
        let pair = |(name, value): &(String, Option<String>)| match value {
            Some(value) => format!("{}={}", escape(name), escape(value)),
            None => escape(name),
        };
        Ok(self.query.iter().map(pair).collect::<Vec<_>>().join("&"))
    }

    /// Whether a request has all that is fixed.
    #[cfg(feature = "server")]
    pub(crate) fn fit(&self, parts: &Parts) -> bool {
        let target = parts.headers.get(TARGET);
        self.target.is_none_or(|wanted| target.is_some_and(|found| found == wanted)) && self.fit_query(&parts.uri)
    }

    #[cfg(feature = "server")]
    fn fit_query(&self, uri: &Uri) -> bool {
        let pairs = split_query(uri.query().unwrap_or_default());
        self.query.iter().all(|(name, value)| {
            let wanted = value.as_deref().unwrap_or_default();
            pairs.iter().any(|(known, found)| known == name && percent_decode(&found.replace('+', " ")).is_ok_and(|found| found == wanted))
        })
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_fixed_is_written_and_found_again() {
        for (template, query, target) in [
            ("/a?b=c", "b=c", None),
            ("/a?b=c&full=a%20b+", "b=c&full=a%20b%2B", None),
            ("/{id}?acl", "acl", None),
            ("/?Action=Create&Version=2010-05-08", "Action=Create&Version=2010-05-08", None),
            ("/?q={q}&b=c", "b=c", None),
            ("/#X-Amz-Target=Hub.List", "", Some("Hub.List")),
            ("/?a=b#X-Amz-Target=Hub.List", "a=b", Some("Hub.List")),
        ] {
            let constants = Constants::of(template).unwrap();
            let mut headers = HeaderMap::new();
            assert_eq!(constants.write(&mut headers).unwrap(), query, "{template}");
            assert_eq!(headers.get(TARGET).map(|value| value.to_str().unwrap()), target, "{template}");
            let request = |query: &str, headers: &HeaderMap| {
                let mut parts = http::Request::get(format!("/x?other=1&{query}")).body(()).unwrap().into_parts().0;
                parts.headers = headers.clone();
                parts
            };
            assert!(constants.fit(&request(query, &headers)), "{template}");
            assert!(!constants.fit(&request("b=x", &HeaderMap::new())), "{template}");
        }
        for template in ["/", "/a/{b}", "/a#part", "/a?q={q}", "/a?"] {
            assert_eq!(Constants::of(template), None, "{template}");
        }
    }
}
